//! Files without a hub: what is wrong with them, and the hub model that they make.

use karat_model::hub_model::{Country, HubModel};

use super::discover::Discovered;
use crate::error::Error;
use crate::hub_model::{DiscoveredSource, in_memory};

/// Why a file could not be read, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    /// The file, as it was named.
    pub file: String,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The problems of files; an error when no file has rows.
pub fn problems(discovered: &[Discovered]) -> Result<Vec<FileProblem>, Error> {
    let problem = |file: &Discovered| {
        let problem = file.summary.problem.clone()?;
        Some(FileProblem {
            file: file.summary.file.clone(),
            problem,
            hint: file.summary.hint.clone(),
        })
    };
    let problems: Vec<FileProblem> = discovered.iter().filter_map(problem).collect();
    if discovered.iter().any(|file| !file.batches.is_empty()) {
        return Ok(problems);
    }
    let hint = problems.iter().find_map(|problem| problem.hint.clone());
    let problems = problems.into_iter().map(|problem| problem.problem).collect();
    Err(Error::NothingReadable { problems, hint })
}

/// The hub model of the files that have rows.
pub fn model_of(name: &str, discovered: &[Discovered], country: Country) -> HubModel {
    let has_rows = |file: &&Discovered| !file.batches.is_empty();
    let sources: Vec<DiscoveredSource> =
        discovered.iter().filter(has_rows).map(|file| file.source.clone()).collect();
    HubModel { country, ..in_memory(name, &sources) }
}
