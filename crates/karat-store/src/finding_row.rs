//! Findings by number: as they are filed, and what is told of them.

use karat_model::finding::{FindingState, Rule, RuleName, StepNo, ValueDigest};
use karat_model::record::Moment;

use crate::number::{AttributeNo, RowNo, RuleNo, SourceNo};
use crate::subject::SubjectNo;

/// Where in its subject something is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The attribute, if it is about one.
    pub attribute: Option<AttributeNo>,
    /// Which of several values of the attribute; 0 is the first.
    pub slot: u8,
    /// The column of the record's source, if it is about one.
    pub column: Option<u16>,
}

impl Place {
    /// The stored form; 0 is the subject as a whole.
    pub(crate) fn code(self) -> i64 {
        let attribute = self.attribute.map_or(0, |attribute| attribute.0 as i64);
        let column = self.column.map_or(0, |column| i64::from(column) + 1);
        attribute << 32 | i64::from(self.slot) << 24 | column
    }

    /// Reads the stored form; `None` when it is damaged.
    pub(crate) fn from_code(code: i64) -> Option<Place> {
        let column = match code & 0xff_ffff {
            0 => None,
            column => Some(u16::try_from(column - 1).ok()?),
        };
        let attribute = u64::try_from(code >> 32).ok()?;
        let attribute = (attribute > 0).then_some(AttributeNo(attribute));
        Some(Place { attribute, slot: (code >> 24) as u8, column })
    }
}

/// A finding that is open; there is one for each subject, rule and place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingRow {
    /// What it is about.
    pub subject: SubjectNo,
    /// The rule that fails.
    pub rule: RuleNo,
    /// Where it fails.
    pub place: Place,
    /// The value that fails, if it is about one: another value is another finding.
    pub value: Option<ValueDigest>,
    /// Of a customer: the record that says so.
    pub record: Option<RowNo>,
}

/// What became of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FindingChanges {
    /// How many were opened.
    pub opened: u64,
    /// How many were closed.
    pub closed: u64,
}

/// Which findings are asked for; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Those of this rule.
    pub rule: Option<RuleName>,
    /// Those that a record of this source says, and those of the source itself.
    pub source: Option<SourceNo>,
    /// Those that are open, or those that are closed.
    pub is_open: Option<bool>,
    /// Those that were opened or closed at this moment or later.
    pub since: Option<Moment>,
    /// Those about customers, or those about records.
    pub of_customers: Option<bool>,
}

/// A version of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRule {
    /// The number of the rule.
    pub no: RuleNo,
    /// What it says.
    pub rule: Rule,
    /// Whether it is asked now, in this version.
    pub is_current: bool,
}

/// A step that somebody took with a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub no: StepNo,
    /// How far it is with this step.
    pub state: FindingState,
    /// Until when it stays so, if that was said.
    pub until: Option<Moment>,
    /// Who took it.
    pub steward: String,
    /// When.
    pub at: Moment,
    /// Why; may be empty.
    pub reason: String,
    /// How it was undone; `None` while it counts.
    pub undone: Option<Withdrawn>,
}

/// How an entry of a journal was undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// Who undid it.
    pub steward: String,
    /// When.
    pub at: Moment,
    /// Why; may be empty.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_written() {
        let whole = Place::default();
        let attribute = Some(AttributeNo(7));
        let places = [
            whole,
            Place { column: Some(0), ..whole },
            Place { column: Some(u16::MAX), ..whole },
            Place { attribute, ..whole },
            Place { attribute, slot: 255, column: Some(3) },
        ];
        let codes = places.map(Place::code);
        assert_eq!((codes[0], codes[1], codes[4]), (0, 1, 7 << 32 | 255 << 24 | 4));
        assert_eq!(codes.map(Place::from_code), places.map(Some));
        assert_eq!(Place::from_code(65_537), None);
        assert_eq!(Place::from_code(-1), None);
    }
}
