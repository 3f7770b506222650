//! `karat init`: writes a hub model from profiling files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use karat_hub::connect;
use karat_hub::error::Error;
use karat_hub::flow::discover::{Discovered, discover};
use karat_hub::hub_model::{self, DiscoveredSource};
use karat_model::hub_model::Country;
use karat_model::language::Language;
use karat_model::record::Quarantined;

use super::language;
use super::load::QUARANTINED_SHOWN;
use crate::failure::{FOUND, Failure};
use crate::progress::Bars;
use crate::terminal::{Terminal, counted, percent, say};

/// Write a hub model from files: sources, what their columns mean, trust
#[derive(Args, Debug)]
pub struct Init {
    /// Files and patterns such as 'data/*.csv'
    #[arg(required = true)]
    files: Vec<String>,
    /// The folder of the hub to make
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// What the hub is called
    #[arg(long, default_value = "Customers")]
    name: String,
    /// The country of addresses and phone numbers that name none (ISO 3166, two letters)
    #[arg(long, default_value = "NL", value_parser = country)]
    country: Country,
    /// The language of the console: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
}

/// Reads a country code.
pub fn country(code: &str) -> Result<Country, String> {
    Country::from_code(code).ok_or_else(|| "a country code has two letters, such as NL".to_string())
}

impl Init {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        if self.files.iter().any(|name| name == "-") {
            return Err(Failure::new(
                "standard input cannot be a source: each load reads it again",
                "Save what comes through the pipe to a file, and name that file.",
            ));
        }
        let progress = Bars::start();
        let files = connect::expand(Path::new(""), &self.files)?;
        let found = discover(&files, self.country, &progress)?;
        let written = write_hub(&self.hub, &self.name, self.lang, self.country, &found)?;
        let terminal = Terminal::stdout();
        for discovered in &found {
            print_source(discovered, terminal);
        }
        say!("");
        for path in &written {
            say!("wrote {}", path.display());
        }
        say!(
            "\nLook through {}, then: {}",
            self.hub.join("sources").display(),
            terminal.bold(&format!("karat load --hub {}", self.hub.display()))
        );
        let is_all_read = found.iter().all(|discovered| discovered.summary.problem.is_none());
        Ok(if is_all_read { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
    }
}

/// Writes the hub model of what was discovered; files that could not be read are left out.
pub fn write_hub(
    hub: &Path,
    name: &str,
    language: Language,
    country: Country,
    found: &[Discovered],
) -> Result<Vec<PathBuf>, Failure> {
    std::fs::create_dir_all(hub).map_err(|error| Failure::of_path(hub, error))?;
    let mut sources: Vec<DiscoveredSource> = Vec::new();
    for discovered in found.iter().filter(|discovered| !discovered.columns.is_empty()) {
        let mut source = discovered.source.clone();
        let file = hub_model::path_from_hub(hub, &discovered.path)
            .map_err(|error| Failure::of_path(hub, error))?;
        source.files = vec![file];
        sources.push(source);
    }
    if sources.is_empty() {
        return Err(nothing_readable(found));
    }
    hub_model::write(hub, name, language, country, &sources)
        .map_err(|error| Failure::new(error.to_string(), "Choose another folder with --hub."))
}

/// All problems of files of which none could be read, with the hint of the first.
fn nothing_readable(found: &[Discovered]) -> Failure {
    let summaries = || found.iter().map(|discovered| &discovered.summary);
    let problems: Vec<String> = summaries().filter_map(|file| file.problem.clone()).collect();
    let hint = summaries().find_map(|file| file.hint.clone());
    Error::NothingReadable { problems, hint }.into()
}

fn print_source(discovered: &Discovered, terminal: Terminal) {
    let Discovered { source, summary, .. } = discovered;
    let rows = counted(summary.rows, "row", "rows");
    say!("\n{}  {rows}", terminal.bold(source.name.as_str()));
    if let Some(problem) = &summary.problem {
        say!("  {problem}");
        if let Some(hint) = &summary.hint {
            say!("  {} {hint}", terminal.bold("hint:"));
        }
    }
    if summary.quarantined > 0 {
        say!("  {} cannot be read", counted(summary.quarantined, "row", "rows"));
    }
    for Quarantined { line, reason, .. } in discovered.quarantined.iter().take(QUARANTINED_SHOWN) {
        say!("  {}:{line}: {reason}", summary.file);
    }
    for column in &source.columns {
        let meaning = match &column.attribute {
            Some(attribute) => format!("{} {attribute}", column.semantic_type.name()),
            None => column.semantic_type.name().to_string(),
        };
        say!(
            "  {:<28} {:<28} {}",
            column.column,
            meaning,
            terminal.dim(&format!("{} filled", percent(f64::from(column.fill))))
        );
    }
}
