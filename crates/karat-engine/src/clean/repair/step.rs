//! A step, ready to be taken on records with the columns of one delivery.

use karat_model::finding::FindingCode;
use karat_model::record::Payload;
use karat_model::repair_step::{LetterCase, RepairStep, RepairVerb};

use super::condition::Condition;
use super::{
    Understood, accept, case, clear, map, r#move, regex, replace, split, swap, trim, values,
};
use crate::clean::fold_header;

/// A step whose columns are found.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its place among those of its source.
    pub no: usize,
    column: u16,
    conditions: Vec<Condition>,
    verb: Verb,
}

/// A verb whose columns are found.
#[derive(Clone, Debug)]
enum Verb {
    OfValues(ValueVerb),
    Move { to: u16 },
    Swap { with: u16 },
    Split { at: String, to: u16 },
    Accept(FindingCode),
}

/// A verb that makes something else of each value of its column, whatever else the record says.
#[derive(Clone, Debug)]
pub enum ValueVerb {
    Replace { text: String, with: String },
    Regex { pattern: ::regex::Regex, with: String },
    Map(Vec<(String, String)>),
    Trim { signs: String },
    Case(LetterCase),
    Clear,
}

impl ValueVerb {
    /// The verb, if it is one of values; `None` also when its pattern is none.
    pub fn of(verb: &RepairVerb) -> Option<ValueVerb> {
        Some(match verb {
            RepairVerb::Replace { text, with } => {
                ValueVerb::Replace { text: text.clone(), with: with.clone() }
            }
            RepairVerb::Regex { pattern, with } => {
                let pattern = regex::compiled(pattern).ok()?;
                ValueVerb::Regex { pattern, with: with.clone() }
            }
            RepairVerb::Map(entries) => ValueVerb::Map(entries.clone()),
            RepairVerb::Trim { signs } => ValueVerb::Trim { signs: signs.clone() },
            RepairVerb::Case(letters) => ValueVerb::Case(*letters),
            RepairVerb::Clear => ValueVerb::Clear,
            RepairVerb::Move { .. }
            | RepairVerb::Swap { .. }
            | RepairVerb::Split { .. }
            | RepairVerb::Accept(_) => return None,
        })
    }

    /// What becomes of a value; nothing where it stays.
    pub fn apply(&self, value: &str) -> Option<String> {
        let changed = match self {
            ValueVerb::Replace { text, with } => replace::apply(text, with, value),
            ValueVerb::Regex { pattern, with } => regex::apply(pattern, with, value),
            ValueVerb::Map(entries) => map::apply(entries, value),
            ValueVerb::Trim { signs } => trim::apply(signs, value),
            ValueVerb::Case(letters) => case::apply(*letters, value),
            ValueVerb::Clear => clear::apply(value),
        };
        changed.filter(|changed| changed != value)
    }
}

impl Step {
    /// Finds its columns among those of a delivery; `None` when one is not there.
    pub fn new(no: usize, step: &RepairStep, columns: &[String]) -> Option<Step> {
        let column = place(&step.column, columns)?;
        let verb = match &step.verb {
            RepairVerb::Move { to } => Verb::Move { to: place(to, columns)? },
            RepairVerb::Swap { with } => Verb::Swap { with: place(with, columns)? },
            RepairVerb::Split { at, to } => Verb::Split { at: at.clone(), to: place(to, columns)? },
            RepairVerb::Accept(code) => Verb::Accept(*code),
            of_values => Verb::OfValues(ValueVerb::of(of_values)?),
        };
        let conditions = step.conditions.iter().map(|it| Condition::new(it, columns));
        Some(Step { no, column, conditions: conditions.collect::<Option<_>>()?, verb })
    }

    /// What becomes of a record; nothing where it stays.
    pub fn apply(&self, payload: &Payload, understood: &mut Understood) -> Option<Payload> {
        if values::is_empty(payload, self.column) && !matches!(self.verb, Verb::Swap { .. }) {
            return None;
        }
        let Verb::OfValues(verb) = &self.verb else {
            let holds = self.conditions.iter().all(|condition| condition.holds(payload));
            return holds.then(|| self.of_record(payload, understood)).flatten();
        };
        // A condition on the column itself is one on the value at hand.
        let (own, others): (Vec<&Condition>, Vec<&Condition>) =
            self.conditions.iter().partition(|condition| condition.is_about(self.column));
        if !others.iter().all(|condition| condition.holds(payload)) {
            return None;
        }
        values::change(payload, self.column, |value| {
            let holds = own.iter().all(|condition| condition.holds_for(value));
            holds.then(|| verb.apply(value)).flatten()
        })
    }

    fn of_record(&self, payload: &Payload, understood: &mut Understood) -> Option<Payload> {
        let changed = match &self.verb {
            Verb::OfValues(_) => None,
            Verb::Move { to } => r#move::apply(payload, self.column, *to),
            Verb::Swap { with } => swap::apply(payload, self.column, *with),
            Verb::Split { at, to } => split::apply(payload, self.column, at, *to),
            Verb::Accept(code) => {
                let (plan, cleaned) = understood.of(payload);
                accept::apply(payload, self.column, *code, plan, cleaned)
            }
        };
        changed.filter(|changed| changed != payload)
    }
}

/// The place of a column: first by its exact header, then by its folded one.
pub fn place(column: &str, columns: &[String]) -> Option<u16> {
    let exact = columns.iter().position(|known| known == column);
    let at = exact.or_else(|| {
        let folded = fold_header(column);
        columns.iter().position(|known| fold_header(known) == folded)
    });
    at.and_then(|at| u16::try_from(at).ok())
}
