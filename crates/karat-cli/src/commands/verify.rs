//! `karat verify`: tells whether a hub is sound.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::operate::verify::{Check, CheckKind, Verification, VerifyOptions};
use karat_model::language::Language;

use super::{language, open_hub};
use crate::failure::{FOUND, Failure};
use crate::progress::Bars;
use crate::terminal::{Terminal, say};

/// Check that a hub is what follows from its journal, and agrees with itself
///
/// Derives everything anew in memory, under the match model, decisions and holds that stand, and
/// compares it with what is published: crosswalk, golden records, potential matches, match index,
/// search index. Reads the change feed from zero, resolves every id, and lets the database look
/// itself through. Writes nothing, and may run while others read and write. Differences are told by
/// ids and record keys, never by values; the exit code is 1 when there are any.
#[derive(Args, Debug)]
pub struct Verify {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Search for every customer, not for some 500
    #[arg(long)]
    all: bool,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?;
        let progress = Bars::start();
        let options = VerifyOptions { every_search: self.all };
        let verified = hub.verify(options, &progress)?;
        if self.json {
            say!("{}", json(&verified));
        } else {
            print(&verified, self.lang, Terminal::stdout());
            say!("{}", Terminal::stdout().dim(&progress.told()));
        }
        Ok(if verified.is_sound() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
    }
}

/// How many differences of a kind are shown.
const SHOWN: usize = 5;

fn print(verified: &Verification, language: Language, terminal: Terminal) {
    for kind in CheckKind::ALL {
        let [english, dutch] = kind.label();
        let label = language.say(&english, &dutch).to_string();
        let Some(Check { examined, differences, samples }) = verified.checks.get(&kind) else {
            let skipped = language.say("not checked", "niet nagegaan");
            say!("-  {label:<28} {skipped}");
            continue;
        };
        if *differences == 0 {
            say!("{}  {label:<28} {:>12}", terminal.bold("✓"), language.count(*examined));
            continue;
        }
        let word = match (language, differences) {
            (Language::English, 1) => "difference",
            (Language::English, _) => "differences",
            (Language::Dutch, 1) => "verschil",
            (Language::Dutch, _) => "verschillen",
        };
        let told = format!("{} {word}", language.count(*differences));
        say!(
            "{}  {label:<28} {:>12}  {}",
            terminal.red("✗"),
            language.count(*examined),
            terminal.bold(&told)
        );
        for sample in samples.iter().take(SHOWN) {
            say!("{}", terminal.fitted(&format!("     {sample}")));
        }
    }
    say!("");
    if verified.is_sound() {
        say!("{}", language.say("The hub is sound.", "De hub is in orde."));
        return;
    }
    let advice = match is_only_behind(verified) {
        true => language.say(
            "Publish what arrived with `karat publish`, and verify again.",
            "Publiceer wat binnenkwam met `karat publish`, en ga het opnieuw na.",
        ),
        false if is_derivable(verified) => language.say(
            "What is derived can be rebuilt from the journal: `karat replay`.",
            "Wat is afgeleid kan uit het journaal worden herbouwd: `karat replay`.",
        ),
        false => language.say(
            "The database is damaged: put a backup back with `karat restore FILE --replace`.",
            "De database is beschadigd: zet een back-up terug met `karat restore FILE --replace`.",
        ),
    };
    say!("{} {advice}", terminal.bold(language.say("hint:", "tip:")));
}

fn has(verified: &Verification, kind: CheckKind) -> bool {
    verified.checks.get(&kind).is_some_and(|check| check.differences > 0)
}

fn is_only_behind(verified: &Verification) -> bool {
    let others = CheckKind::ALL.into_iter().filter(|kind| *kind != CheckKind::Published);
    others.into_iter().all(|kind| !has(verified, kind))
}

/// Whether `karat replay` mends what was found.
fn is_derivable(verified: &Verification) -> bool {
    let deeper = [
        CheckKind::Database,
        CheckKind::References,
        CheckKind::MatchModel,
        CheckKind::FeedNumbers,
        CheckKind::FeedOrder,
        CheckKind::Redirects,
    ];
    !deeper.into_iter().any(|kind| has(verified, kind))
}

fn json(verified: &Verification) -> serde_json::Value {
    let checks = verified.checks.iter().map(|(kind, check)| {
        serde_json::json!({
            "check": kind.name(),
            "examined": check.examined,
            "differences": check.differences,
            "samples": check.samples,
        })
    });
    serde_json::json!({ "sound": verified.is_sound(), "checks": checks.collect::<Vec<_>>() })
}
