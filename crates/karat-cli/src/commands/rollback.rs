//! `karat rollback`: goes back to an earlier release.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::load::{print_published, published_json};
use super::{now, open_hub, whoever};
use crate::failure::Failure;
use crate::progress::Bars;
use crate::terminal::{Terminal, say};

/// Publish an earlier release again, over the records of now
///
/// A release is a hub model with its match model. What arrived and what stewards decided since stays. Customers keep their ids, and those that were
/// merged since get theirs back. The files of the hub model say again what they said then.
#[derive(Args, Debug)]
pub struct Rollback {
    /// The number of the release, as `karat history` lists it; the one before by default
    release: Option<u32>,
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Give up changes of the hub model that were not published
    #[arg(long)]
    discard: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Rollback {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?.on_behalf_of(&whoever());
        let progress = Bars::start();
        let rolled = hub.roll_back(self.release, self.discard, &now, &progress)?;
        if self.json {
            let told = serde_json::json!({
                "release": rolled.to,
                "files": rolled.files,
                "published": published_json(&rolled.published),
            });
            say!("{told}");
            return Ok(ExitCode::SUCCESS);
        }
        let terminal = Terminal::stdout();
        print_published(&rolled.published, terminal);
        say!("   release {} is published again", rolled.to);
        for file in &rolled.files {
            say!("   {} says what it said then", file.display());
        }
        say!("{}", terminal.dim(&progress.told()));
        Ok(ExitCode::SUCCESS)
    }
}
