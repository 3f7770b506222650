//! `karat backup`: writes a hub to one file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::open_hub;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::terminal::{Terminal, count, say};

/// Write all that a hub holds to one file, while others read and write it
///
/// The file shows the hub at one moment. Only you may read it. It is a hub database like any other:
/// `karat restore` puts it back, into an SQLite file or into PostgreSQL.
#[derive(Args, Debug)]
pub struct Backup {
    /// The file to write
    file: PathBuf,
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Replace the file if it is there, once the new one is whole
    #[arg(long)]
    replace: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Backup {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?;
        let file = self.file.display();
        if self.file.exists() && !self.replace {
            let hint = "Name another file, or say `--replace`.";
            return Err(Failure::new(format!("{file} is there already"), hint));
        }
        let progress = Bars::start();
        let bytes = hub.backup(&self.file, &progress)?;
        if self.json {
            say!("{}", serde_json::json!({ "file": self.file, "bytes": bytes }));
        } else {
            let tick = Terminal::stdout().bold("✓");
            say!("{tick}  {} is backed up to {file}: {} bytes", hub.database(), count(bytes));
        }
        Ok(ExitCode::SUCCESS)
    }
}
