//! `karat init`: writes a hub model from profiling files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use karat_hub::connect;
use karat_hub::flow::discover::{Discovered, discover};
use karat_hub::hub_model::{self, DiscoveredSource};
use karat_model::hub_model::Country;
use karat_model::language::Language;

use super::language;
use crate::failure::Failure;
use crate::progress::Bars;
use crate::terminal::{Terminal, count, percent};

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
        let progress = Bars::start();
        let files = connect::expand(Path::new(""), &self.files)?;
        let found = discover(&files, self.country, &progress)?;
        let written = write_hub(&self.hub, &self.name, self.lang, self.country, &found)?;
        let terminal = Terminal::stdout();
        for discovered in &found {
            print_source(discovered, terminal);
        }
        println!();
        for path in &written {
            println!("wrote {}", path.display());
        }
        println!(
            "\nLook through {}, then: {}",
            self.hub.join("sources").display(),
            terminal.bold(&format!("karat load --hub {}", self.hub.display()))
        );
        Ok(ExitCode::SUCCESS)
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
    std::fs::create_dir_all(hub)?;
    let mut sources: Vec<DiscoveredSource> = Vec::new();
    for discovered in found.iter().filter(|discovered| !discovered.columns.is_empty()) {
        let mut source = discovered.source.clone();
        source.files = vec![hub_model::path_from_hub(hub, &discovered.path)?];
        sources.push(source);
    }
    if sources.is_empty() {
        let problem = found.iter().find_map(|discovered| discovered.summary.problem.clone());
        let message = problem.unwrap_or_else(|| "no file could be read".into());
        return Err(Failure::new(message, "Name at least one file with a header and rows."));
    }
    hub_model::write(hub, name, language, country, &sources)
        .map_err(|error| Failure::new(error.to_string(), "Choose another folder with --hub."))
}

fn print_source(discovered: &Discovered, terminal: Terminal) {
    let Discovered { source, summary, .. } = discovered;
    println!("\n{}  {} rows", terminal.bold(source.name.as_str()), count(summary.rows));
    if let Some(problem) = &summary.problem {
        println!("  {problem}");
    }
    for column in &source.columns {
        let meaning = match &column.attribute {
            Some(attribute) => format!("{} {attribute}", column.semantic_type.name()),
            None => column.semantic_type.name().to_string(),
        };
        println!(
            "  {:<28} {:<28} {}",
            column.column,
            meaning,
            terminal.dim(&format!("{} filled", percent(f64::from(column.fill))))
        );
    }
}
