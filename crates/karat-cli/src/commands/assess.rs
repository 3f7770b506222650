//! `karat assess`: tells what is in customer files, without any configuration.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use karat_hub::assess::{Assessed, FileProblem, assess};
use karat_hub::connect;
use karat_model::hub_model::Country;
use karat_model::language::Language;
use karat_server::report::{ReportOptions, TextOptions, assess_html, assess_text};

use super::init::country;
use super::{language, now};
use crate::failure::{FOUND, Failure};
use crate::progress::Bars;
use crate::terminal::{Terminal, say};

/// Tell what is in customer files: quality, duplicates, and what to fix first
#[derive(Args, Debug)]
pub struct Assess {
    /// Files and patterns such as 'data/*.csv'; `-` reads standard input
    #[arg(required = true)]
    files: Vec<String>,
    /// The language of the report: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// The country of addresses and phone numbers that name none (ISO 3166, two letters)
    #[arg(long, default_value = "NL", value_parser = country)]
    country: Country,
    /// Where the report is written, as one self-contained HTML page
    #[arg(long, default_value = "karat-assessment.html")]
    report: PathBuf,
    /// Mask the values of customers, as in j***
    #[arg(long)]
    mask: bool,
    /// Write which record is which customer to this CSV file: source,id,cluster
    #[arg(long)]
    clusters: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Assess {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let progress = Bars::start();
        let (names, standard_input): (Vec<String>, Vec<String>) =
            self.files.iter().cloned().partition(|name| name != "-");
        let mut files = connect::expand(Path::new(""), &names)?;
        files.extend(standard_input.iter().map(PathBuf::from));
        let assessed =
            assess(&files, self.country, &|| progress.elapsed(), Some(now()), &progress)?;
        let Assessed { assessment, problems, .. } = &assessed;
        let outcome = if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) };
        let html =
            assess_html(assessment, &ReportOptions { language: self.lang, masked: self.mask });
        std::fs::write(&self.report, html)
            .map_err(|error| Failure::of_path(&self.report, error))?;
        if let Some(path) = &self.clusters {
            write_clusters(path, &assessed)?;
        }
        if self.json {
            say!("{:#}", assessed.to_json());
            return Ok(outcome);
        }
        let terminal = Terminal::stdout();
        let options = TextOptions {
            language: self.lang,
            masked: self.mask,
            width: terminal.width,
            colour: terminal.colour,
        };
        say!("{}", assess_text(assessment, &options));
        for FileProblem { problem, hint, .. } in problems {
            say!("\n{problem}");
            if let Some(hint) = hint {
                say!("  {} {hint}", terminal.bold("hint:"));
            }
        }
        let words =
            self.lang.say("The whole report, with charts:", "Het hele rapport, met grafieken:");
        say!("\n{words} {}", terminal.bold(&self.report.display().to_string()));
        Ok(outcome)
    }
}

fn write_clusters(path: &Path, assessed: &Assessed) -> Result<(), Failure> {
    use karat_hub::share::{Destination, Field, FieldKind, TableWriter};
    let failed = |error| Failure::from(karat_hub::error::Error::Share(error));
    let destination = Destination::new(path, None).map_err(failed)?;
    let columns =
        [("source", FieldKind::Text), ("id", FieldKind::Text), ("cluster", FieldKind::Number)];
    let mut table = TableWriter::create(&destination, &columns).map_err(failed)?;
    for (key, cluster) in &assessed.crosswalk {
        let row = [
            Field::Text(key.source.as_str()),
            Field::Text(&key.id),
            Field::Number(i64::from(*cluster)),
        ];
        table.write_row(&row).map_err(failed)?;
    }
    table.finish().map_err(failed)?;
    Ok(())
}
