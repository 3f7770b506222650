//! `karat suggest`: suggests checks from what stands in files, or in a source of a hub.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::profiling::{ProfileBook, SuggestedCheck, as_yaml, suggest_checks};
use karat_model::check::Day;
use karat_model::hub_model::Country;
use karat_model::language::Language;

use super::init::country;
use super::profile::profiled;
use super::{language, now};
use crate::failure::{FOUND, Failure};
use crate::terminal::say;

/// Suggest checks from what stands in files, or in a source of a hub
///
/// Prints a file for the folder `checks/` of a hub: look through it, throw out what is no rule of
/// yours, and save the rest there. Each check passes for nearly all of what was seen; its threshold
/// is the share that passes now, rounded down to a tenth of a per cent, so that it only tells when
/// it gets worse. From fewer than 200 rows nothing is suggested.
#[derive(Args, Debug)]
pub struct Suggest {
    /// Files and patterns such as 'data/*.csv'; `-` reads standard input
    #[arg(required_unless_present = "source", conflicts_with = "source")]
    files: Vec<String>,
    /// The folder of the hub
    #[arg(long, default_value = "hub", requires = "source")]
    hub: PathBuf,
    /// The source of the hub whose files are read
    #[arg(long)]
    source: Option<String>,
    /// The language of the reasons: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// The country of addresses and phone numbers that name none (ISO 3166, two letters)
    #[arg(long, default_value = "NL", value_parser = country)]
    country: Country,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Suggest {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let mut book = ProfileBook::default();
        let profiled =
            profiled(&self.files, self.source.as_deref(), &self.hub, self.country, &mut book)?;
        let suggested = suggest_checks(&profiled, &book, Day::of(now()));
        if self.json {
            let checks: Vec<serde_json::Value> = suggested.iter().map(json).collect();
            say!("{:#}", serde_json::json!({ "checks": checks }));
        } else {
            say!("{}", as_yaml(&suggested, self.lang).trim_end());
        }
        for problem in &profiled.problems {
            eprintln!("{}", problem.problem);
        }
        let is_all_read = profiled.problems.is_empty();
        Ok(if is_all_read { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
    }
}

fn json(check: &SuggestedCheck) -> serde_json::Value {
    let [english, dutch] = &check.because;
    serde_json::json!({
        "name": check.name.as_str(),
        "source": check.source.as_str(),
        "column": check.column,
        "attribute": check.attribute,
        "requirement": check.word,
        "argument": check.argument,
        "pass_min": check.passed.as_f64(),
        "because": { "en": english, "nl": dutch },
    })
}
