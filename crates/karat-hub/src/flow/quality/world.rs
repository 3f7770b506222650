//! The world beyond a subject: who else has its values, and what people found out of them.

use karat_engine::quality::check::{CheckNo, Fact, Known};
use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::check::{Answer, AnswerBy, Day};
use karat_model::confirmation::ConfirmationKind;
use karat_model::finding::ValueDigest;
use karat_store::{JournaledConfirmation, RowNo};
use rustc_hash::FxHashMap;

use super::digest::DigestKey;
use super::filing::told_apart;

/// Nobody else is there: what a subject is judged by before others are known.
///
/// Whatever it names is taken to be there, so that only those of which that turns out wrong are
/// judged again.
pub struct Alone;

impl Known for Alone {
    fn others(&self, _check: CheckNo, _key: u64) -> u32 {
        0
    }

    fn is_held(&self, _check: CheckNo, _key: u64) -> bool {
        true
    }

    fn parent(&self, _check: CheckNo, _key: u64) -> Option<u64> {
        None
    }

    fn answer(&self, _fact: &Fact, _by: AnswerBy) -> Option<Answer> {
        None
    }

    fn yearly_change(&self, _attribute: AttributeId) -> Option<f64> {
        None
    }
}

/// What people found out of values, of all records or of some.
#[derive(Debug, Default)]
pub struct World {
    answers: FxHashMap<(RowNo, AttributeId), Vec<Told>>,
}

/// What was said of a value.
#[derive(Debug)]
struct Told {
    value: ValueDigest,
    kind: ConfirmationKind,
    answer: Answer,
}

impl World {
    /// What confirmations say that were not undone.
    pub fn of(confirmations: &[JournaledConfirmation], attributes: &AttributeSet) -> World {
        let mut world = World::default();
        for JournaledConfirmation { record, confirmation, undone } in confirmations {
            let attribute = attributes.find(&confirmation.attribute);
            let (None, Some(attribute)) = (undone, attribute) else { continue };
            let answer = Answer { is_so: confirmation.kind.is_so(), on: Day::of(confirmation.at) };
            let told = Told { value: confirmation.value, kind: confirmation.kind, answer };
            world.answers.entry((*record, attribute)).or_default().push(told);
        }
        world
    }
}

/// What is known beyond one subject, whose values are those of these records.
pub struct Beyond<'a> {
    /// Who else has its values.
    pub others: &'a dyn Known,
    /// What people found out.
    pub world: &'a World,
    /// The records that its values name.
    pub rows: &'a [RowNo],
    /// How values are told apart.
    pub digests: &'a DigestKey,
}

impl Known for Beyond<'_> {
    fn others(&self, check: CheckNo, key: u64) -> u32 {
        self.others.others(check, told_apart(key))
    }

    fn is_held(&self, check: CheckNo, key: u64) -> bool {
        self.others.is_held(check, told_apart(key))
    }

    fn parent(&self, check: CheckNo, key: u64) -> Option<u64> {
        self.others.parent(check, told_apart(key))
    }

    fn answer(&self, fact: &Fact, by: AnswerBy) -> Option<Answer> {
        if self.world.answers.is_empty() {
            return None;
        }
        let kind = match by {
            AnswerBy::Customer => ConfirmationKind::Customer,
            AnswerBy::MailReturned => ConfirmationKind::MailReturned,
            AnswerBy::Bounced => ConfirmationKind::Bounced,
            AnswerBy::WrongNumber => ConfirmationKind::WrongNumber,
            AnswerBy::Register(_) => return None,
        };
        let row = *self.rows.get(fact.record as usize)?;
        let told = self.world.answers.get(&(row, fact.attribute))?;
        let value = self.digests.of(fact.value);
        let of_it = told.iter().rev().find(|told| told.kind == kind && told.value == value);
        of_it.map(|told| told.answer)
    }

    fn yearly_change(&self, _attribute: AttributeId) -> Option<f64> {
        None
    }
}
