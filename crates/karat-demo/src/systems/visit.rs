//! When a system learned of somebody, and when it last heard.

use jiff::civil::Date;

use crate::dice::Dice;
use crate::world::calendar::{self, FIRST_RECORD, TODAY};
use crate::world::person::Person;

/// The days between which a record was true.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// The record was made.
    pub created: Date,
    /// The record was last changed.
    pub updated: Date,
}

impl Visit {
    /// A record about a person, made after childhood where the person is past it.
    pub fn by(person: &Person, dice: &mut Dice) -> Visit {
        let grown_up = calendar::later(person.born, 16 * 365 + 4);
        let first = if grown_up < TODAY { grown_up } else { person.born };
        let last = person.died.unwrap_or(TODAY);
        Visit::between(first.max(FIRST_RECORD), last, dice)
    }

    /// A record made between two days.
    pub fn between(first: Date, last: Date, dice: &mut Dice) -> Visit {
        // Of two days the later: customers have come faster and faster.
        let created =
            calendar::between(first, last, dice).max(calendar::between(first, last, dice));
        let created = created.min(last);
        let untouched = dice.percent(40);
        let updated = if untouched { created } else { calendar::between(created, last, dice) };
        Visit { created, updated }
    }
}
