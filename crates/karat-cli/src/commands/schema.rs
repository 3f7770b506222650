//! `karat schema`: prints the JSON Schema of the hub model, or of the settings of `karat match`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use karat_hub::hub_model;

use crate::failure::Failure;
use crate::terminal::say;

/// Print the JSON Schema of the hub model or of match settings, for editors
#[derive(Args, Debug)]
pub struct Schema {
    /// Which file
    #[arg(value_enum, default_value = "hub")]
    file: File,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum File {
    /// hub.yaml
    Hub,
    /// sources/*.yaml
    Source,
    /// repairs/*.yaml
    Repairs,
    /// checks/*.yaml
    Checks,
    /// match.yaml of `karat match`
    Match,
}

impl Schema {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let schema = match self.file {
            File::Hub => hub_model::hub_schema(),
            File::Source => hub_model::source_schema(),
            File::Repairs => hub_model::repairs_schema(),
            File::Checks => hub_model::checks_schema(),
            File::Match => hub_model::match_schema(),
        };
        say!("{schema:#}");
        Ok(ExitCode::SUCCESS)
    }
}
