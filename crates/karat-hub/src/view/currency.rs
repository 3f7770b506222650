//! Currency: how fast values change, how many are still so, and which to verify again.

use karat_engine::quality::score::currency::{Decay, LastSeen, Published};
use karat_model::attribute::EntityType;
use karat_model::check::{Day, Share};
use karat_model::id::{EntityId, RecordKey};

/// How current the values of a hub are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Currency {
    /// The day as of which all was judged; `None` in a hub that was never judged.
    pub as_of: Option<Day>,
    /// What is known of each attribute whose values age, those of persons first.
    pub attributes: Vec<AttributeCurrency>,
}

/// How current the values of an attribute are.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeCurrency {
    /// Whose values they are.
    pub entity_type: EntityType,
    /// The name of the attribute.
    pub attribute: String,
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// The published share of values that change in a year.
    pub published: Published,
    /// How fast values change, with what was seen.
    pub decay: Decay,
    /// How many values customers have.
    pub values: u64,
    /// Of how many of them nobody says when they were so.
    pub undated: u64,
    /// How many were found not to be so.
    pub refuted: u64,
    /// The share that is expected to be still so, with the limits that follow from how surely the
    /// rate is known; `None` when of no value it is known when it was so.
    pub current: Option<ShareBetween>,
}

/// A share with its limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShareBetween {
    /// The share.
    pub share: f64,
    /// It is at least this with 97.5 % probability.
    pub low: f64,
    /// It is at most this with 97.5 % probability.
    pub high: f64,
}

/// Which values are to be verified again; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueQuery {
    /// Those of the attribute with this name.
    pub attribute: Option<String>,
    /// Those that the use with this name asks something of.
    pub use_name: Option<String>,
}

/// The values that are no longer sure enough, those first that most harm is expected of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue {
    /// How many there are.
    pub total: u64,
    /// The first of them.
    pub values: Vec<UnsureValue>,
}

/// A value that is no longer sure enough.
#[derive(Clone, Debug, PartialEq)]
pub struct UnsureValue {
    /// The customer.
    pub entity: EntityId,
    /// What it is called; empty when nothing is known by which to call it.
    pub title: String,
    /// The record that says so.
    pub record: RecordKey,
    /// The name of the attribute.
    pub attribute: String,
    /// Which of several values of the attribute; 0 is the first.
    pub slot: u8,
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// When it was last known to be so.
    pub last_seen: LastSeen,
    /// How likely it is still so.
    pub probability: f64,
    /// How likely it should be.
    pub wanted: Share,
    /// The check that wants it.
    pub check: String,
    /// The uses that ask something of the attribute, by name.
    pub uses: Vec<String>,
    /// What is expected to be lost by it: how much the attribute matters, times how likely the value
    /// is wrong, times what a wrong one costs in cents; 1 where no cost is said.
    pub harm: f64,
    /// Who answers for the check, if somebody does.
    pub owner: Option<String>,
}

/// How sure one value is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sure {
    /// When it was last known to be so.
    pub last_seen: LastSeen,
    /// How likely it is still so; `None` when nobody says when it was.
    pub probability: Option<f64>,
}
