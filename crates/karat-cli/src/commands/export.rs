//! `karat export`: writes what a hub published to a file.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use karat_hub::error::Error;
use karat_hub::share::{self, Destination, FileFormat};
use karat_hub::stored::ExportKind;
use karat_model::language::Language;

use super::{language, open_hub};
use crate::failure::Failure;
use crate::progress::Bars;
use crate::terminal::counted;

/// Write golden records, the crosswalk, findings and more to a file
#[derive(Args, Debug)]
pub struct Export {
    /// What to write
    #[arg(value_enum)]
    what: What,
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// The file to write, `.csv`, `.jsonl` or `.parquet`; `-` writes to the terminal
    #[arg(long, short, default_value = "-")]
    out: PathBuf,
    /// The format, where the name of the file does not tell
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The language of messages: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// source,id,entity_id
    Crosswalk,
    /// Golden records, a row each
    Golden,
    /// Golden records, a row per value and claim, with the rule that decided
    Lineage,
    /// Source records as they were standardised
    Records,
    /// What is wrong with values: source,id,field,code,…
    Findings,
    /// Rows that the last load could not read: source,file,line,reason,raw
    Quarantine,
    /// Pairs of customers that may be the same
    PotentialMatches,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Csv,
    Jsonl,
    Parquet,
}

impl Export {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let kind = match self.what {
            What::Crosswalk => ExportKind::Crosswalk,
            What::Golden => ExportKind::Golden,
            What::Lineage => ExportKind::Lineage,
            What::Records => ExportKind::Records,
            What::Findings => ExportKind::Findings,
            What::Quarantine => ExportKind::Quarantine,
            What::PotentialMatches => ExportKind::PotentialMatches,
        };
        let is_stdout = self.out.as_os_str() == Destination::STDOUT;
        let format = match self.format {
            Some(Format::Csv) => Some(FileFormat::Csv),
            Some(Format::Jsonl) => Some(FileFormat::JsonLines),
            Some(Format::Parquet) => Some(FileFormat::Parquet),
            None => is_stdout.then_some(FileFormat::Csv),
        };
        let destination = Destination::new(&self.out, format)
            .map_err(|error| Failure::from(Error::from(error)))?;
        let progress = Bars::start();
        let hub = open_hub(&self.hub)?.reader()?;
        let rows = match hub.export(kind, &destination, self.lang, &progress) {
            Err(error) if has_reader_gone(&error) => return Ok(ExitCode::SUCCESS),
            rows => rows?,
        };
        if !is_stdout {
            eprintln!("wrote {} to {}", counted(rows, "row", "rows"), self.out.display());
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether whoever reads the output, such as `head`, has seen enough.
fn has_reader_gone(error: &Error) -> bool {
    matches!(
        error,
        Error::Share(share::Error::Write { path, source })
            if path.as_os_str() == Destination::STDOUT && source.kind() == ErrorKind::BrokenPipe
    )
}
