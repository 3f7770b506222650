//! `karat replay`: rebuilds what is derived from the journal.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::load::{changes_json, changes_line};
use super::{now, open_hub};
use crate::failure::Failure;
use crate::progress::Bars;
use crate::terminal::{Terminal, say};

/// Rebuild all that is derived from the journal, and publish it whole
///
/// Customers, crosswalk, golden records, potential matches and the indexes are derived anew under the
/// match model, decisions and holds that stand. Ids stay. On a sound hub nothing changes.
#[derive(Args, Debug)]
pub struct Replay {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Replay {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?;
        let progress = Bars::start();
        let published = hub.replay(&now, &progress)?;
        if self.json {
            say!("{}", changes_json(&published.changes));
            return Ok(ExitCode::SUCCESS);
        }
        let terminal = Terminal::stdout();
        let tick = terminal.bold("✓");
        if published.changes == Default::default() {
            say!("{tick}  Nothing changed: the customers are those that follow from the journal.");
        } else {
            say!("{tick}  The customers are again those that follow from the journal:");
            say!("   {}", changes_line(&published.changes));
        }
        say!("{}", terminal.dim(&progress.told()));
        Ok(ExitCode::SUCCESS)
    }
}
