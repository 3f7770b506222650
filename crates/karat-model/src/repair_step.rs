//! Repair steps: what a hub mends in the values of a source before they are cleaned.
//!
//! ```text
//!   what the source sent ──► step ──► step ──► … ──► cleaning
//!   (kept as it came)        r1       r2
//! ```

use crate::finding::FindingCode;
use crate::id::SourceName;

/// The repair steps of one source, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRepairs {
    /// The source.
    pub source: SourceName,
    /// Its steps.
    pub steps: Vec<RepairStep>,
}

/// One step: what is mended in one column, and under which conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairStep {
    /// The name of the step; no other one of the source has it.
    pub id: String,
    /// The column that it looks at.
    pub column: String,
    /// What it does.
    pub verb: RepairVerb,
    /// What must be so of a record.
    pub conditions: Vec<RepairCondition>,
    /// Who wrote it.
    pub by: Option<String>,
    /// When it was written, as a date.
    pub at: Option<String>,
    /// Why it was written.
    pub why: Option<String>,
}

/// What must be so of a column: one of its values matches a pattern, or none does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairCondition {
    /// The column.
    pub column: String,
    /// The regular expression; an empty column has the value "".
    pub pattern: String,
    /// Whether it must match; else it must not.
    pub must_match: bool,
}

/// What a step does with the values of its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepairVerb {
    /// Puts another text in the place of a text, wherever that stands.
    Replace {
        /// The text.
        text: String,
        /// What comes in its place.
        with: String,
    },
    /// Puts another text in the place of whatever a regular expression matches.
    Regex {
        /// The expression.
        pattern: String,
        /// What comes in its place; `$1` is the first group.
        with: String,
    },
    /// Puts other values in the place of whole values.
    Map(Vec<(String, String)>),
    /// Takes white space off both ends, and these signs.
    Trim {
        /// The signs.
        signs: String,
    },
    /// Writes the value in another letter case.
    Case(LetterCase),
    /// Moves the value to another column, if that is empty.
    Move {
        /// The other column.
        to: String,
    },
    /// Lets two columns have each other's values.
    Swap {
        /// The other column.
        with: String,
    },
    /// Leaves what stands before a text, and moves what stands behind it to an empty column.
    Split {
        /// The text; it goes.
        at: String,
        /// The other column.
        to: String,
    },
    /// Empties the column.
    Clear,
    /// Does what a finding of this code proposes, where that is certain.
    Accept(FindingCode),
}

impl RepairVerb {
    /// The words of all verbs, in the order of the manual.
    pub const WORDS: [&str; 10] =
        ["replace", "regex", "map", "trim", "case", "move", "swap", "split", "clear", "accept"];

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            RepairVerb::Replace { .. } => "replace",
            RepairVerb::Regex { .. } => "regex",
            RepairVerb::Map(_) => "map",
            RepairVerb::Trim { .. } => "trim",
            RepairVerb::Case(_) => "case",
            RepairVerb::Move { .. } => "move",
            RepairVerb::Swap { .. } => "swap",
            RepairVerb::Split { .. } => "split",
            RepairVerb::Clear => "clear",
            RepairVerb::Accept(_) => "accept",
        }
    }

    /// The other column that it writes to, if there is one.
    pub fn other_column(&self) -> Option<&str> {
        match self {
            RepairVerb::Move { to } | RepairVerb::Split { to, .. } => Some(to),
            RepairVerb::Swap { with } => Some(with),
            _ => None,
        }
    }
}

/// How letters are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterCase {
    /// In capitals.
    Upper,
    /// In small letters.
    Lower,
    /// In small letters, the first one of each word a capital.
    Title,
}

impl LetterCase {
    /// All of them.
    pub const ALL: [LetterCase; 3] = [LetterCase::Upper, LetterCase::Lower, LetterCase::Title];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            LetterCase::Upper => "upper",
            LetterCase::Lower => "lower",
            LetterCase::Title => "title",
        }
    }
}
