//! Problems: mistakes in a hub model, with their place and what to do next.

use std::fmt;
use std::path::PathBuf;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The hub model cannot be used.
    Error,
    /// The hub model can be used, but probably does not say what was meant.
    Warning,
}

/// A mistake in a hub model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file, from the hub's folder.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// The character in the line, counted from 1.
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// How bad it is.
    pub severity: Severity,
}

impl Problem {
    /// Adds what to do next.
    pub(super) fn with_hint(&mut self, hint: impl Into<String>) {
        self.hint = Some(hint.into());
    }
}

/// Written as `sources/erp.yaml:12:3: …`, the hint on a line of its own.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        let severity = if self.severity == Severity::Warning { "warning: " } else { "" };
        write!(f, ": {severity}{}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// All mistakes that keep a hub model from being used, and the warnings beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            let between = if at > 0 { "\n" } else { "" };
            write!(f, "{between}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// A place in a file: line and character, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub line: u32,
    pub column: u32,
}

/// Gathers the problems of one file.
#[derive(Debug)]
pub(super) struct Report {
    file: PathBuf,
    problems: Vec<Problem>,
}

impl Report {
    /// A report on a file, named from the hub's folder.
    pub fn new(file: impl Into<PathBuf>) -> Report {
        Report { file: file.into(), problems: Vec::new() }
    }

    /// The file, named from the hub's folder.
    pub fn file(&self) -> &std::path::Path {
        &self.file
    }

    /// Reports a mistake that makes the hub model unusable.
    pub fn error(
        &mut self,
        place: impl Into<Option<Place>>,
        message: impl Into<String>,
    ) -> &mut Problem {
        self.add(Severity::Error, place.into(), message.into())
    }

    /// Reports what probably was not meant.
    pub fn warning(
        &mut self,
        place: impl Into<Option<Place>>,
        message: impl Into<String>,
    ) -> &mut Problem {
        self.add(Severity::Warning, place.into(), message.into())
    }

    fn add(&mut self, severity: Severity, place: Option<Place>, message: String) -> &mut Problem {
        self.problems.push(Problem {
            file: self.file.clone(),
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            message,
            hint: None,
            severity,
        });
        self.problems.last_mut().expect("a problem was just added")
    }

    /// The problems in the order of their places, errors first.
    pub fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| (problem.line, problem.column, problem.severity));
        self.problems
    }
}
