//! Conditions: what must be so of a record before a step looks at it.

use karat_model::record::Payload;
use karat_model::repair_step::RepairCondition;

use super::{regex, step, values};

/// A condition on a column of one delivery.
#[derive(Clone, Debug)]
pub struct Condition {
    /// `None` when the delivery does not have it: then it is empty.
    column: Option<u16>,
    pattern: ::regex::Regex,
    must_match: bool,
}

impl Condition {
    /// Finds its column among those of a delivery; `None` when the pattern is none.
    pub fn new(condition: &RepairCondition, columns: &[String]) -> Option<Condition> {
        Some(Condition {
            column: step::place(&condition.column, columns),
            pattern: regex::compiled(&condition.pattern).ok()?,
            must_match: condition.must_match,
        })
    }

    /// Whether it is about a column.
    pub fn is_about(&self, column: u16) -> bool {
        self.column == Some(column)
    }

    /// Whether it holds for a record.
    pub fn holds(&self, payload: &Payload) -> bool {
        let Some(column) = self.column else { return self.holds_for("") };
        let mut values = values::of(payload, column).peekable();
        let matches = match values.peek() {
            None => self.pattern.is_match(""),
            Some(_) => values.any(|value| self.pattern.is_match(value)),
        };
        matches == self.must_match
    }

    /// Whether it holds for a value of its column.
    pub fn holds_for(&self, value: &str) -> bool {
        self.pattern.is_match(value) == self.must_match
    }
}
