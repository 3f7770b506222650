//! `karat publish`: publishes what the hub model says now.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::load::{print_published, published_json};
use super::{now, open_hub, whoever};
use crate::failure::Failure;
use crate::progress::Bars;
use crate::terminal::{Terminal, say};

/// Publish what the hub model says now, without reading the sources
///
/// No more is done than the change needs: other survivorship only derives, other thresholds keep the
/// weights of the match model, and only what changes what records say learns a new one. All of it is
/// published at once, as a release that `karat rollback` can go back to. `karat preview` tells the
/// effect beforehand; `karat load` reads the sources first and does the same.
#[derive(Args, Debug)]
pub struct Publish {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Learn a new match model
    #[arg(long)]
    retrain: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Publish {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?.on_behalf_of(&whoever());
        let progress = Bars::start();
        let published = hub.publish(self.retrain, &now, &progress)?;
        if self.json {
            say!("{}", serde_json::json!({ "published": published.as_ref().map(published_json) }));
            return Ok(ExitCode::SUCCESS);
        }
        let terminal = Terminal::stdout();
        match published {
            None => say!("Nothing has changed."),
            Some(published) => print_published(&published, terminal),
        }
        say!("{}", terminal.dim(&progress.told()));
        Ok(ExitCode::SUCCESS)
    }
}
