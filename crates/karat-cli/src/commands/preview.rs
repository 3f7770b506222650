//! `karat preview`: tells what publishing the hub model would change.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::mask::mask;
use karat_hub::what_if::{self, LargestChange, ThresholdEffect, TypeEffect, WhatIf};
use karat_model::evidence::Weight;
use karat_model::language::Language;

use super::{language, open_hub};
use crate::failure::Failure;
use crate::progress::Bars;
use crate::terminal::{Terminal, say};

/// Tell what publishing the hub model would change, before anything does
///
/// Compares what the hub model as it is now makes of all records with what is published: customers
/// that would be merged or divided, values that would be others, potential matches, the largest
/// changes, samples. Writes nothing. `karat publish` then does it, and `karat rollback` goes back.
#[derive(Args, Debug)]
pub struct Preview {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Take the hub model of this folder instead
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// With a new match model
    #[arg(long)]
    retrain: bool,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Hide values of customers but their first letters
    #[arg(long)]
    mask: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Preview {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?;
        let model = match &self.model {
            Some(dir) => what_if::model_of(dir)?.into(),
            None => hub.model().clone(),
        };
        let progress = Bars::start();
        let effect = hub.what_if(&model, self.retrain, &progress)?;
        if self.json {
            say!("{}", effect.to_json(self.mask));
            return Ok(ExitCode::SUCCESS);
        }
        let terminal = Terminal::stdout();
        for line in lines(&effect, self.lang, self.mask, terminal) {
            say!("{}", terminal.fitted(&line));
        }
        say!("{}", terminal.dim(&progress.told()));
        Ok(ExitCode::SUCCESS)
    }
}

/// How many of the largest changes, attributes and samples are shown.
const LARGEST_SHOWN: usize = 10;
const ATTRIBUTES_SHOWN: usize = 12;
const SAMPLES_SHOWN: usize = 3;

/// What would become of customers, a line each.
pub fn lines(effect: &WhatIf, language: Language, masked: bool, terminal: Terminal) -> Vec<String> {
    let say = |english: &'static str, dutch: &'static str| language.say(english, dutch);
    let shown = |text: &str| if masked { mask(text) } else { text.to_string() };
    let mut lines = Vec::new();
    lines.push(match effect.reason {
        None if effect.is_behind => say(
            "The hub model says what is published; records wait to be published.",
            "Het hubmodel zegt wat gepubliceerd is; er wachten records op publicatie.",
        )
        .to_string(),
        None => {
            say("The hub model says what is published.", "Het hubmodel zegt wat gepubliceerd is.")
                .to_string()
        }
        Some(reason) => {
            let what = say("What would be published", "Wat gepubliceerd zou worden");
            format!("{what}: {}", reason.told(language))
        }
    });
    for of_type in &effect.types {
        type_lines(of_type, language, terminal, &mut lines);
    }
    lines.push(String::new());
    for (number, [english, dutch]) in effect.counts() {
        lines.push(format!("{:>12}  {}", language.count(number), say(english, dutch)));
    }
    if !effect.largest.is_empty() {
        let head = say("The largest changes", "De grootste veranderingen");
        lines.extend([String::new(), terminal.bold(head)]);
    }
    for LargestChange { from, to, records, is_merge } in effect.largest.iter().take(LARGEST_SHOWN) {
        let goes = match is_merge {
            true => say("goes into", "gaat op in"),
            false => say("loses them to", "verliest ze aan"),
        };
        lines.push(format!(
            "{:>6} {}  {} {} {goes} {} {}",
            language.count(*records),
            if *records == 1 { say("record", "record") } else { say("records", "records") },
            from.entity,
            shown(&from.title),
            to.entity,
            shown(&to.title)
        ));
    }
    if !effect.attributes.is_empty() {
        let head = say("Values that customers would show", "Waarden die klanten zouden tonen");
        lines.extend([String::new(), terminal.bold(head)]);
    }
    for of in effect.attributes.iter().take(ATTRIBUTES_SHOWN) {
        let [english, dutch] = &of.label;
        let (filled, emptied) = (say("filled", "gevuld"), say("emptied", "leeg"));
        lines.push(format!(
            "{:>12}  {} ({} {filled}, {} {emptied})",
            language.count(of.changed),
            language.say(english, dutch),
            language.count(of.filled),
            language.count(of.emptied)
        ));
        for sample in of.samples.iter().take(SAMPLES_SHOWN) {
            let all = |values: &[String]| match values {
                [] => "-".to_string(),
                some => some.iter().map(|value| shown(value)).collect::<Vec<_>>().join(", "),
            };
            let (before, after) = (all(&sample.before), all(&sample.after));
            lines.push(format!("              {}  {before} → {after}", sample.entity));
        }
    }
    lines.push(String::new());
    if effect.reason.is_some() || effect.is_behind {
        let advice = say(
            "`karat publish` does it; `karat rollback` goes back.",
            "`karat publish` voert het uit; `karat rollback` gaat terug.",
        );
        lines.push(advice.to_string());
    }
    lines
}

fn type_lines(
    of_type: &TypeEffect,
    language: Language,
    terminal: Terminal,
    lines: &mut Vec<String>,
) {
    let say = |english: &'static str, dutch: &'static str| language.say(english, dutch);
    let both = |[before, after]: [u64; 2]| match before == after {
        true => language.count(after),
        false => format!("{} → {}", language.count(before), terminal.bold(&language.count(after))),
    };
    let records = say("records are", "records zijn");
    let plural = of_type.entity_type.plural(language);
    lines.push(format!(
        "{}  {records} {} {plural}",
        language.count(of_type.records),
        both(of_type.entities)
    ));
    let potential = say("potential matches", "mogelijke matches");
    let held = say("of them held", "daarvan aangehouden");
    lines.push(format!(
        "   {potential} {}; {held} {}",
        both(of_type.potential_matches),
        both(of_type.held)
    ));
    if let Some(ThresholdEffect { link, review }) = of_type.thresholds {
        let weight = |weight: Weight| {
            let written = format!("{:+.2}", weight.bits());
            if language == Language::Dutch { written.replace('.', ",") } else { written }
        };
        let bits = |[before, after]: [Weight; 2]| match before == after {
            true => weight(after),
            false => format!("{} → {}", weight(before), weight(after)),
        };
        let (linked, told) =
            (say("linked from", "gekoppeld vanaf"), say("shown from", "getoond vanaf"));
        lines.push(format!("   {linked} {} bits; {told} {} bits", bits(link), bits(review)));
    }
}
