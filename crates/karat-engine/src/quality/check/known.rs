//! What is known beyond a subject: who else has its values, and what the world answered.

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{Answer, AnswerBy};
use rustc_hash::FxHashMap;

use super::facts::Fact;
use super::plan::CheckNo;

/// A value, as a check sees it, that others may have as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueKey {
    /// The check.
    pub check: CheckNo,
    /// The hash of the check's name and the value; of a unique key within a source of that as well.
    pub key: u64,
    /// What the subject has to do with it.
    pub role: KeyRole,
}

/// What a subject has to do with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyRole {
    /// It has the value.
    Holds,
    /// It names another that must have it.
    Asks,
    /// It has the value, and its parent has that of this key.
    Leads {
        /// The key of the parent.
        to: u64,
    },
}

/// A number that more than so many bear names nobody, so that it leads to no parent.
pub const BEARERS_MAX: usize = 100;

/// What is known beyond a subject.
///
/// A population in memory knows it, and so does the store; both must say the same.
pub trait Known {
    /// How many others than the subject hold a key ([`KeyRole::Holds`] or [`KeyRole::Leads`]).
    fn others(&self, check: CheckNo, key: u64) -> u32;

    /// Whether anybody holds a key that the subject asks for; it may be the subject itself.
    fn is_held(&self, check: CheckNo, key: u64) -> bool;

    /// The key of the parent of the one that holds a key; the lowest one if there are several, and
    /// none if there are more than [`BEARERS_MAX`].
    fn parent(&self, check: CheckNo, key: u64) -> Option<u64>;

    /// The last answer of the world about a value that came in one of these ways.
    fn answer(&self, fact: &Fact, by: &[AnswerBy]) -> Option<Answer>;

    /// The rate at which values of an attribute change, per year, where it was learnt.
    fn yearly_change(&self, entity_type: EntityType, attribute: AttributeId) -> Option<f64>;
}

/// The keys of a whole population, in memory.
#[derive(Clone, Debug, Default)]
pub struct Population {
    held: FxHashMap<(CheckNo, u64), u32>,
    parents: FxHashMap<(CheckNo, u64), u64>,
}

impl Population {
    /// Adds the keys of one subject; each subject once.
    pub fn add(&mut self, keys: &[ValueKey]) {
        for key in keys {
            let place = (key.check, key.key);
            match key.role {
                KeyRole::Asks => continue,
                KeyRole::Holds => {}
                KeyRole::Leads { to } => {
                    let parent = self.parents.entry(place).or_insert(to);
                    *parent = to.min(*parent);
                }
            }
            *self.held.entry(place).or_default() += 1;
        }
    }

    /// Adds those of another part of the population.
    pub fn merge(&mut self, other: Population) {
        for (place, count) in other.held {
            *self.held.entry(place).or_default() += count;
        }
        for (place, to) in other.parents {
            let parent = self.parents.entry(place).or_insert(to);
            *parent = to.min(*parent);
        }
    }
}

impl Known for Population {
    fn others(&self, check: CheckNo, key: u64) -> u32 {
        self.held.get(&(check, key)).map_or(0, |count| count - 1)
    }

    fn is_held(&self, check: CheckNo, key: u64) -> bool {
        self.held.contains_key(&(check, key))
    }

    fn parent(&self, check: CheckNo, key: u64) -> Option<u64> {
        let bearers = self.held.get(&(check, key)).copied().unwrap_or(0);
        let leads = bearers as usize <= BEARERS_MAX;
        self.parents.get(&(check, key)).copied().filter(|_| leads)
    }

    fn answer(&self, _fact: &Fact, _by: &[AnswerBy]) -> Option<Answer> {
        None
    }

    fn yearly_change(&self, _of: EntityType, _attribute: AttributeId) -> Option<f64> {
        None
    }
}
