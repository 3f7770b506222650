//! `karat drift`: tells whether the match model still suits the records.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::drift::{self, Drift, DriftReport, Severity, TypeDrift, advice, verdict};
use karat_hub::mask::mask;
use karat_hub::share::moment;
use karat_model::language::Language;

use super::{language, now, open_hub};
use crate::failure::{FOUND, Failure};
use crate::terminal::{Terminal, say};

/// Tell whether the match model still suits the records
///
/// Compares some 20,000 customers, or all if there are fewer, with those that the match model was
/// learnt from: how records fill attributes, which values are common, how pairs agree, and which
/// values have come to be shared by many. What chance and growth alone give is not told. `karat serve`
/// measures it every hour, and each load does; the console shows what was measured last. The exit code
/// is 1 when a new model is worth it: `karat preview --retrain` tells what that would change.
#[derive(Args, Debug)]
pub struct DriftCommand {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
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

impl DriftCommand {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let report = open_hub(&self.hub)?.measure_drift(&now)?;
        if self.json {
            say!("{}", json(&report, self.mask));
        } else {
            for line in lines(&report, self.lang, self.mask, Terminal::stdout()) {
                say!("{line}");
            }
        }
        let is_aged = report.severity() == Some(Severity::Strong);
        Ok(if is_aged { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
    }
}

fn shown(masked: bool) -> fn(&str) -> String {
    if masked { mask } else { str::to_string }
}

fn lines(
    report: &DriftReport,
    language: Language,
    masked: bool,
    terminal: Terminal,
) -> Vec<String> {
    let say = |english: &'static str, dutch: &'static str| language.say(english, dutch);
    let mut lines = Vec::new();
    for TypeDrift { entity_type, drift } in &report.types {
        let Drift { learnt_from, records, customers, is_comparable, outgrown_keys, shifts } = drift;
        let mark = match drift.severity() {
            None => terminal.bold("✓"),
            Some(Severity::Moderate) => terminal.bold("!"),
            Some(Severity::Strong) => terminal.red("✗"),
        };
        let plural = entity_type.plural(language);
        let [learnt, now, seen] =
            [*learnt_from, *records, *customers].map(|number| language.count(number));
        let told = match language {
            Language::English => format!(
                "learnt from {learnt} records; there are {now} now ({seen} customers were looked at)"
            ),
            Language::Dutch => format!(
                "geleerd van {learnt} records; nu zijn er {now} ({seen} klanten zijn bekeken)"
            ),
        };
        lines.push(format!("{mark}  {}: {told}", terminal.bold(plural)));
        let told = shifts.iter().map(|shift| drift::told(shift, language, &shown(masked)));
        let bold = |(told, is_strong): (String, bool)| {
            if is_strong { terminal.bold(&told) } else { told }
        };
        let strong = shifts.iter().map(|shift| shift.severity == Severity::Strong);
        lines.extend(told.zip(strong).map(|told| format!("     {}", bold(told))));
        if *outgrown_keys > 0 {
            let keys = say("blocking keys outgrew their blocks", "sleutels ontgroeiden hun blok");
            lines.push(terminal.dim(&format!("     {} {keys}", language.count(*outgrown_keys))));
        }
        if !is_comparable {
            let told = say(
                "The model does not know what it was learnt from; one that is learnt now will.",
                "Het model weet niet waarvan het leerde; een model dat nu wordt geleerd wel.",
            );
            lines.push(terminal.dim(&format!("     {told}")));
        }
    }
    lines.push(String::new());
    let suits =
        say("The match model suits the records.", "Het vergelijkmodel past bij de records.");
    lines.push(verdict(report.severity(), language).unwrap_or(suits).to_string());
    if let Some(advice) = advice(report.severity(), language) {
        lines.push(format!("{} {advice}", terminal.bold(say("hint:", "tip:"))));
    }
    lines
}

fn json(report: &DriftReport, masked: bool) -> serde_json::Value {
    let types = report.types.iter().map(|TypeDrift { entity_type, drift }| {
        let shifts = drift.shifts.iter().map(|shift| {
            serde_json::json!({
                "kind": shift.kind.name(),
                "label": shift.label[0],
                "of": shift.of.as_ref().map(|[of, _]| shown(masked && shift.kind.is_of_value())(of)),
                "then": shift.shares[0],
                "now": shift.shares[1],
                "index": shift.index,
                "severity": shift.severity.name(),
            })
        });
        serde_json::json!({
            "entity_type": entity_type.name(),
            "learnt_from": drift.learnt_from,
            "records": drift.records,
            "looked_at": drift.customers,
            "comparable": drift.is_comparable,
            "outgrown_keys": drift.outgrown_keys,
            "severity": drift.severity().map(Severity::name),
            "shifts": shifts.collect::<Vec<_>>(),
        })
    });
    serde_json::json!({
        "measured_at": moment::written(report.measured_at),
        "match_model": report.match_model.to_string(),
        "severity": report.severity().map(Severity::name),
        "match_models": types.collect::<Vec<_>>(),
    })
}
