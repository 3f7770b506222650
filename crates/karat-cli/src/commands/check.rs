//! `karat check`: explains mistakes in the hub model.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::hub_model::{self, Severity};

use crate::failure::{FOUND, Failure};
use crate::terminal::{Terminal, say};

/// Explain mistakes in the hub model, each with file, line and what to do
#[derive(Args, Debug)]
pub struct Check {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let problems = hub_model::check(&self.hub);
        let wrong = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        if self.json {
            let rows: Vec<serde_json::Value> = problems
                .iter()
                .map(|problem| {
                    serde_json::json!({
                        "file": problem.file,
                        "line": problem.line,
                        "column": problem.column,
                        "severity": if problem.severity == Severity::Error { "error" } else { "warning" },
                        "message": problem.message,
                        "hint": problem.hint,
                    })
                })
                .collect();
            say!("{}", serde_json::Value::from(rows));
        } else {
            for problem in &problems {
                say!("{problem}");
            }
            let terminal = Terminal::stdout();
            let warnings = problems.len() - wrong;
            match (wrong, warnings) {
                (0, 0) => say!("{}", terminal.bold("The hub model is in order.")),
                (0, _) => say!("\nThe hub model can be used; {warnings} to look at."),
                _ => say!("\n{wrong} to mend, {warnings} to look at."),
            }
        }
        Ok(if wrong > 0 { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
    }
}
