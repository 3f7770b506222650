//! Filed findings: findings that a hub keeps, from when they were opened until after they are closed.
//!
//! ```text
//! opened ──► open ──► closed          what fails again later is opened anew, under a new number
//! ```

use std::fmt;
use std::sync::Arc;

use super::{Dimension, Severity};
use crate::id::{EntityId, RecordKey, SourceName};
use crate::record::Moment;

/// The number of a filed finding; never given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingNo(pub u64);

/// The name of a rule that a finding was made by: a code of cleaning, or a check of the hub model.
/// No check is called like a code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleName(Arc<str>);

impl RuleName {
    /// The rule with this name.
    pub fn new(name: &str) -> RuleName {
        RuleName(name.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The hash of everything that decides what a rule says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleVersion(pub u64);

impl RuleVersion {
    /// The version of a rule with this definition.
    pub fn of(definition: &str) -> RuleVersion {
        let hash = blake3::hash(definition.as_bytes());
        let first: [u8; 8] = hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes");
        RuleVersion(u64::from_le_bytes(first))
    }
}

/// Written as sixteen hexadecimal digits.
impl fmt::Display for RuleVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// What a rule says, in one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: RuleName,
    /// Its version.
    pub version: RuleVersion,
    /// What it is asked of, such as `records`.
    pub scope: String,
    /// How bad it is when it fails.
    pub severity: Severity,
    /// The dimension of quality that it measures.
    pub dimension: Dimension,
    /// What it says, for people who ask what was measured.
    pub definition: String,
}

/// A hash of a value, keyed, so that it tells no more than whether two values are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueDigest(pub u64);

/// What a filed finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A source record.
    Record(RecordKey),
    /// A customer, as it is published.
    Customer(EntityId),
    /// An attribute: what is said, or not said, of its meaning.
    Attribute(String),
    /// A source: what it delivers, and when.
    Source(SourceName),
}

/// A finding that a hub keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledFinding {
    /// Its number.
    pub no: FindingNo,
    /// By which rule it was made.
    pub rule: RuleName,
    /// What the rule said when it was opened.
    pub version: RuleVersion,
    /// What it is about.
    pub subject: Subject,
    /// The attribute, if it is about one.
    pub attribute: Option<String>,
    /// Which of several values of the attribute; 0 is the first.
    pub slot: u8,
    /// The source record that says so: the subject itself, or one of the records of the customer.
    pub record: Option<RecordKey>,
    /// The column of that record's source, if it is about one.
    pub column: Option<String>,
    /// The value that failed, if it is about one.
    pub value: Option<ValueDigest>,
    /// When it was opened.
    pub opened_at: Moment,
    /// How it was closed; `None` while it is open.
    pub closed: Option<Closed>,
}

/// How a finding was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// When.
    pub at: Moment,
    /// Why.
    pub because: ClosedBecause,
}

/// Why a finding was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClosedBecause {
    /// The rule does not fail there any more.
    Passes,
    /// Another value fails there now, which is another finding.
    ValueChanged,
    /// The record was deleted, or the customer is no more.
    SubjectGone,
    /// Nobody asks for the rule any more.
    RuleGone,
}

impl ClosedBecause {
    /// All reasons.
    pub const ALL: [ClosedBecause; 4] = [
        ClosedBecause::Passes,
        ClosedBecause::ValueChanged,
        ClosedBecause::SubjectGone,
        ClosedBecause::RuleGone,
    ];

    /// The name in exports and in the database.
    pub fn name(self) -> &'static str {
        match self {
            ClosedBecause::Passes => "passes",
            ClosedBecause::ValueChanged => "value_changed",
            ClosedBecause::SubjectGone => "subject_gone",
            ClosedBecause::RuleGone => "rule_gone",
        }
    }

    /// The reason with this name.
    pub fn from_name(name: &str) -> Option<ClosedBecause> {
        ClosedBecause::ALL.into_iter().find(|because| because.name() == name)
    }
}

/// The number of a step: they count up in the order in which they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepNo(pub u64);

/// How far people are with a finding; its source alone can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingState {
    /// Its owner was told.
    Sent,
    /// The owner has seen it.
    Acknowledged,
    /// The owner says that it is mended in the source.
    FixedInSource,
    /// The owner says that nothing is wrong.
    Rejected,
    /// It is known, and stays as it is.
    AcceptedAsIs,
}

impl FindingState {
    /// All states, in the order in which they may follow each other.
    pub const ALL: [FindingState; 5] = [
        FindingState::Sent,
        FindingState::Acknowledged,
        FindingState::FixedInSource,
        FindingState::Rejected,
        FindingState::AcceptedAsIs,
    ];

    /// The name in exports and in the database.
    pub fn name(self) -> &'static str {
        match self {
            FindingState::Sent => "sent",
            FindingState::Acknowledged => "acknowledged",
            FindingState::FixedInSource => "fixed_in_source",
            FindingState::Rejected => "rejected",
            FindingState::AcceptedAsIs => "accepted_as_is",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<FindingState> {
        FindingState::ALL.into_iter().find(|state| state.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for because in ClosedBecause::ALL {
            assert_eq!(ClosedBecause::from_name(because.name()), Some(because));
        }
        for state in FindingState::ALL {
            assert_eq!(FindingState::from_name(state.name()), Some(state));
        }
        assert_eq!(FindingState::from_name("open"), None);
    }
}
