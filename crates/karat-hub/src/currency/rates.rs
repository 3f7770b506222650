//! The rates at which values change: what was seen of each attribute.

use std::collections::BTreeMap;

use karat_engine::quality::score::currency::{Decay, published};
use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::check::Requirement;
use karat_model::hub_model::HubModel;
use karat_store::ArrivalNo;
use serde::{Deserialize, Serialize};

/// How often values changed, and how long they were watched, all values together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// How many changes were seen.
    pub changes: u64,
    /// For how many days values were watched.
    pub days: u64,
}

impl Watched {
    /// Adds what else was seen.
    pub fn add(&mut self, other: Watched) {
        self.changes += other.changes;
        self.days += other.days;
    }

    fn is_nothing(self) -> bool {
        self == Watched::default()
    }
}

/// What was seen of the values of each attribute, of persons and of organisations apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seen(BTreeMap<String, BTreeMap<String, Watched>>);

impl Seen {
    /// Adds what was seen of an attribute.
    pub fn add(&mut self, entity_type: EntityType, attribute: &str, watched: Watched) {
        if watched.is_nothing() {
            return;
        }
        let of_type = self.0.entry(entity_type.name().to_string()).or_default();
        of_type.entry(attribute.to_string()).or_default().add(watched);
    }

    fn of(&self, entity_type: EntityType, attribute: &str) -> Watched {
        let of_type = self.0.get(entity_type.name());
        of_type.and_then(|known| known.get(attribute)).copied().unwrap_or_default()
    }
}

/// The rates at which values change, as they were learnt at the last publication.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// By what records were understood: versions of Karat and the hub model.
    pub(super) learnt_under: String,
    /// The last arrival that was looked at.
    pub(super) last_arrival: u64,
    /// What versions of records show.
    pub(super) arrived: Seen,
    /// What people found out.
    pub(super) confirmed: Seen,
}

impl Rates {
    /// The last arrival that they were learnt from.
    pub fn last_arrival(&self) -> ArrivalNo {
        ArrivalNo(self.last_arrival)
    }

    /// What was seen of an attribute.
    pub fn watched(&self, entity_type: EntityType, attribute: &str) -> Watched {
        let mut watched = self.arrived.of(entity_type, attribute);
        watched.add(self.confirmed.of(entity_type, attribute));
        watched
    }

    /// How fast values of an attribute change.
    pub fn decay(
        &self,
        attributes: &AttributeSet,
        entity_type: EntityType,
        id: AttributeId,
    ) -> Decay {
        let attribute = attributes.get(id);
        let Watched { changes, days } = self.watched(entity_type, &attribute.name);
        let before = Decay::published(attribute.semantic_type, entity_type);
        Decay { changes, days, ..before }
    }
}

/// The attributes whose values are known to age: those that a check wants current, and those of
/// which a rate was published.
pub fn aged_attributes(model: &HubModel, entity_type: EntityType) -> Vec<AttributeId> {
    let is_asked = |id: AttributeId| {
        let asks = |requirement: &Requirement| matches!(requirement, Requirement::Current(_));
        model.checks.iter().any(|check| {
            let of_type =
                check.entity_types.is_empty() || check.entity_types.contains(&entity_type);
            of_type && asks(&check.requirement) && check.attributes.contains(&id)
        })
    };
    let ages = |(id, attribute): (AttributeId, &karat_model::attribute::Attribute)| {
        let published = published(attribute.semantic_type, entity_type)?;
        (!published.source.is_empty() || is_asked(id)).then_some(id)
    };
    model.attributes.iter().filter_map(ages).collect()
}
