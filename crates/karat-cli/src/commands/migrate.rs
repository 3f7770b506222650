//! `karat migrate`: moves a hub to another database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::Hub;
use karat_store::{Database, PostgresUrl};

use super::open_hub;
use crate::failure::Failure;
use crate::password;
use crate::progress::Bars;
use crate::terminal::{Terminal, count, say};

/// Move a hub from its file to PostgreSQL, or back
#[derive(Args, Debug)]
pub struct Migrate {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// The URL of an empty PostgreSQL database, without a password; `file` for the file `karat.db`
    #[arg(long)]
    to: String,
}

/// The name of the place that needs no URL.
const FILE: &str = "file";

impl Migrate {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?;
        let to = self.target()?;
        let is_there = hub.database() == &to;
        if is_there {
            return Err(Failure::new(
                format!("the hub is in {to} already"),
                "Name another database with `--to`.",
            ));
        }
        let progress = Bars::start();
        let rows = hub.migrate(&to, &progress)?;
        let terminal = Terminal::stdout();
        say!("{}  {} rows were copied to {to}", terminal.bold("✓"), count(rows));
        match &to {
            Database::Postgres(url) => {
                say!("   To use it, write this line to hub.yaml: `database: {url}`");
            }
            Database::Sqlite(_) => say!("   To use it, take the line `database` out of hub.yaml."),
        }
        say!("   {} is left as it was; remove it when you are satisfied.", hub.database());
        Ok(ExitCode::SUCCESS)
    }

    /// Where the hub goes.
    fn target(&self) -> Result<Database, Failure> {
        if self.to == FILE {
            return Ok(Hub::file(&self.hub));
        }
        let url: PostgresUrl = self.to.parse().map_err(|error: karat_store::UrlError| {
            Failure::new(format!("`--to`: {error}"), error.hint())
        })?;
        let known = password::find(&url.sign_in());
        Ok(Database::Postgres(match known {
            Some(password) => url.with_password(&password),
            None => url,
        }))
    }
}
