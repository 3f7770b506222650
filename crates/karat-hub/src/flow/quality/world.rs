//! The world beyond a subject: who else has its values, and what people found out of them.

use karat_engine::quality::check::{CheckNo, Fact, Known};
use karat_model::attribute::{Attribute, AttributeId, AttributeSet, EntityType};
use karat_model::check::{Answer, AnswerBy, Day};
use karat_model::confirmation::{Confirmation, ConfirmationNo};
use karat_model::finding::ValueDigest;
use karat_store::{JournaledConfirmation, RowNo};
use rustc_hash::{FxHashMap, FxHashSet};

use super::digest::DigestKey;
use crate::currency::{Rates, Watched};

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

    fn answer(&self, _fact: &Fact, _by: &[AnswerBy]) -> Option<Answer> {
        None
    }

    fn yearly_change(&self, _of: EntityType, _attribute: AttributeId) -> Option<f64> {
        None
    }
}

/// What is known of the world: what people found out of values, of all records or of some, and how
/// fast values change.
#[derive(Debug, Default)]
pub struct World {
    /// By record, in the order in which it was told.
    told: FxHashMap<RowNo, Vec<Told>>,
    /// The attributes whose values say something only beside others of the same record: the number
    /// of a house without its street.
    parts: FxHashSet<AttributeId>,
    changes: FxHashMap<(EntityType, AttributeId), f64>,
}

/// What was said of a value.
#[derive(Debug)]
struct Told {
    no: ConfirmationNo,
    attribute: AttributeId,
    value: ValueDigest,
    by: AnswerBy,
    answer: Answer,
}

impl World {
    /// What confirmations say that were not undone.
    pub fn of(confirmations: &[JournaledConfirmation], attributes: &AttributeSet) -> World {
        let is_part = |(id, attribute): (AttributeId, &Attribute)| attribute.group.map(|_| id);
        let parts = attributes.iter().filter_map(is_part).collect();
        let mut world = World { parts, ..World::default() };
        for confirmation in confirmations {
            world.tell(confirmation, attributes);
        }
        world
    }

    /// The same, where values change as fast as was learnt.
    pub fn changing_at(mut self, rates: &Rates, attributes: &AttributeSet) -> World {
        for entity_type in EntityType::ALL {
            for (id, attribute) in attributes.iter() {
                if rates.watched(entity_type, &attribute.name) != Watched::default() {
                    let rate = rates.decay(attributes, entity_type, id).rate();
                    self.changes.insert((entity_type, id), rate);
                }
            }
        }
        self
    }

    /// Takes in all that was found out of values of a record, in the place of what was known.
    pub fn retell(
        &mut self,
        row: RowNo,
        confirmations: &[JournaledConfirmation],
        attributes: &AttributeSet,
    ) {
        self.told.remove(&row);
        for confirmation in confirmations {
            self.tell(confirmation, attributes);
        }
    }

    fn tell(&mut self, journaled: &JournaledConfirmation, attributes: &AttributeSet) {
        let JournaledConfirmation { record, confirmation, undone } = journaled;
        let attribute = attributes.find(&confirmation.attribute);
        let (None, Some(attribute)) = (undone, attribute) else { return };
        let answer = Answer { is_so: confirmation.kind.is_so(), on: Day::of(confirmation.at) };
        let by = AnswerBy::from(confirmation.kind);
        let Confirmation { no, value, .. } = *confirmation;
        self.told.entry(*record).or_default().push(Told { no, attribute, value, by, answer });
    }

    /// The last answer about a value that the record at this place of some says, all of one customer.
    pub fn answer(
        &self,
        rows: &[RowNo],
        at: usize,
        attribute: AttributeId,
        value: &dyn Fn() -> ValueDigest,
        by: &[AnswerBy],
    ) -> Option<Answer> {
        if self.told.is_empty() {
            return None;
        }
        let rows = match self.parts.contains(&attribute) {
            true => rows.get(at..=at)?,
            // The same value is the same wherever it stands.
            false => rows,
        };
        let told = rows.iter().filter_map(|row| self.told.get(row)).flatten();
        let is_asked = |told: &&Told| told.attribute == attribute && by.contains(&told.by);
        let mut told = told.filter(is_asked).peekable();
        told.peek()?;
        let value = value();
        told.filter(|told| told.value == value).max_by_key(|told| told.no).map(|told| told.answer)
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
        self.others.others(check, key)
    }

    fn is_held(&self, check: CheckNo, key: u64) -> bool {
        self.others.is_held(check, key)
    }

    fn parent(&self, check: CheckNo, key: u64) -> Option<u64> {
        self.others.parent(check, key)
    }

    fn answer(&self, fact: &Fact, by: &[AnswerBy]) -> Option<Answer> {
        let value = || self.digests.of(fact.value);
        self.world.answer(self.rows, fact.record as usize, fact.attribute, &value, by)
    }

    fn yearly_change(&self, entity_type: EntityType, attribute: AttributeId) -> Option<f64> {
        self.world.changes.get(&(entity_type, attribute)).copied()
    }
}
