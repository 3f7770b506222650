//! `karat history`: lists the releases of a hub.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::flow::releases::{Release, ReleaseReason};
use karat_hub::share::moment;
use karat_model::language::Language;

use super::{language, open_hub};
use crate::failure::Failure;
use crate::terminal::{Terminal, say};

/// List the releases of a hub: each hub model and match model that was published
#[derive(Args, Debug)]
pub struct History {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl History {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let releases = open_hub(&self.hub)?.releases()?;
        let at = |at: &Option<karat_model::record::Moment>| {
            at.and_then(moment::written).unwrap_or_default()
        };
        if self.json {
            let told = releases.iter().map(|(release, moment)| {
                serde_json::json!({ "published_at": at(moment), "release": release })
            });
            say!("{}", serde_json::json!(told.collect::<Vec<_>>()));
            return Ok(ExitCode::SUCCESS);
        }
        if releases.is_empty() {
            let none = self.lang.say("There are no releases yet.", "Er zijn nog geen releases.");
            say!("{none}");
        }
        let terminal = Terminal::stdout();
        for (release, moment) in &releases {
            let Release { no, match_model, reason, .. } = release;
            let no = terminal.bold(&format!("{no:>4}"));
            say!("{no}  {}  {match_model}  {}", at(moment), told(*reason, self.lang));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Why there was a release.
pub fn told(reason: ReleaseReason, language: Language) -> String {
    let (english, dutch) = match reason {
        ReleaseReason::First => ("first release", "eerste release"),
        ReleaseReason::Values => {
            ("other survivorship, trust or names", "andere survivorship, vertrouwen of namen")
        }
        ReleaseReason::Thresholds => ("other thresholds", "andere drempels"),
        ReleaseReason::Weights => {
            ("other columns or types; learnt anew", "andere kolommen of types; opnieuw geleerd")
        }
        ReleaseReason::Retrained => {
            ("learnt anew, as was asked", "opnieuw geleerd, zoals gevraagd")
        }
        ReleaseReason::Outdated => (
            "learnt anew for another version of Karat",
            "opnieuw geleerd voor een andere versie van Karat",
        ),
        ReleaseReason::Grown => {
            ("learnt anew, as the hub has grown", "opnieuw geleerd, omdat de hub gegroeid is")
        }
        ReleaseReason::RolledBack { to } => {
            return match language {
                Language::English => format!("release {to} again"),
                Language::Dutch => format!("release {to} opnieuw"),
            };
        }
    };
    language.say(english, dutch).to_string()
}
