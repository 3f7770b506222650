//! `karat restore`: puts a backup in the place of a hub.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::open_hub;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::terminal::{Terminal, counted, say};

/// Put what a backup holds into the database of a hub
///
/// The backup is looked through first: it must be a hub, whole, and of a version that this Karat
/// knows. What was there stays if anything fails.
#[derive(Args, Debug)]
pub struct Restore {
    /// The file that `karat backup` wrote
    file: PathBuf,
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Replace what the hub holds; asks first
    #[arg(long)]
    replace: bool,
    /// Do not ask
    #[arg(long, requires = "replace")]
    yes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Restore {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?;
        let must_ask = self.replace && !self.yes;
        if must_ask {
            ask(&hub.database().to_string())?;
        }
        let progress = Bars::start();
        let records = hub.restore(&self.file, self.replace, &progress)?;
        if self.json {
            say!("{}", serde_json::json!({ "file": self.file, "records": records }));
        } else {
            let tick = Terminal::stdout().bold("✓");
            let (file, database) = (self.file.display(), hub.database());
            let records = counted(records, "record", "records");
            say!("{tick}  {database} holds what {file} held: {records}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Asks whether what a database holds may be lost.
fn ask(database: &str) -> Result<(), Failure> {
    let kept = || {
        let hint = "Say `--yes` when nobody can be asked.";
        Err(Failure::new(format!("{database} was left as it is"), hint))
    };
    if !std::io::stdin().is_terminal() {
        return kept();
    }
    eprint!("Replace all that {database} holds? [y/N] ");
    let mut answer = String::new();
    let is_read = std::io::stdin().lock().read_line(&mut answer).is_ok();
    let is_yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "j" | "ja");
    if is_read && is_yes { Ok(()) } else { kept() }
}
