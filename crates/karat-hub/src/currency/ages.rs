//! The ages of values: of how many customers a value was last known to be so how long ago.

use std::collections::BTreeMap;

use karat_engine::quality::score::currency::LastSeen;
use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::check::Day;
use karat_store::Reader;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Values younger than this are counted by the day, older ones by four weeks together.
const BY_DAY_MAX: u32 = 366;
const DAYS_TOGETHER: u32 = 28;

/// The ages of the values of one attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgesOf {
    /// Of how many nobody says when they were so.
    pub never: u64,
    /// How many were found not to be so.
    pub refuted: u64,
    /// By age in days, how many.
    pub days: BTreeMap<u32, u64>,
}

impl AgesOf {
    fn count(&mut self, last_seen: LastSeen, as_of: Day) {
        match last_seen {
            LastSeen::Never => self.never += 1,
            LastSeen::Refuted => self.refuted += 1,
            LastSeen::On(day) => {
                let age = as_of.since(day).max(0) as u32;
                let age = match age < BY_DAY_MAX {
                    true => age,
                    false => age - age % DAYS_TOGETHER + DAYS_TOGETHER / 2,
                };
                *self.days.entry(age).or_default() += 1;
            }
        }
    }

    /// How many values there are.
    pub fn values(&self) -> u64 {
        self.never + self.dated()
    }

    /// Of how many it is known when they were so, or that they are not.
    fn dated(&self) -> u64 {
        self.refuted + self.days.values().sum::<u64>()
    }

    /// The share of them that is expected to be still so, when values change at this rate per year;
    /// `None` when of none it is known when it was so.
    pub fn current(&self, rate: f64) -> Option<f64> {
        let dated = self.dated();
        if dated == 0 {
            return None;
        }
        let still = |(age, count): (&u32, &u64)| {
            let seen = LastSeen::On(Day(0)).current(rate, Day(*age as i32));
            seen.unwrap_or(0.0) * *count as f64
        };
        Some(self.days.iter().map(still).sum::<f64>() / dated as f64)
    }
}

/// The ages of the values of customers, by what these are and by attribute.
#[derive(Clone, Debug, Default)]
pub struct Ages(BTreeMap<(EntityType, AttributeId), AgesOf>);

impl Ages {
    /// The name they are kept under.
    pub const NAME: &'static str = "ages";

    /// Counts the values of a customer.
    pub fn count(
        &mut self,
        entity_type: EntityType,
        values: &[(AttributeId, LastSeen)],
        as_of: Day,
    ) {
        for &(attribute, last_seen) in values {
            self.0.entry((entity_type, attribute)).or_default().count(last_seen, as_of);
        }
    }

    /// The stored form.
    pub fn to_json(&self, attributes: &AttributeSet) -> String {
        let mut stored = StoredAges::default();
        for ((entity_type, id), ages) in &self.0 {
            let of_type = stored.0.entry(entity_type.name().to_string()).or_default();
            of_type.insert(attributes.get(*id).name.clone(), ages.clone());
        }
        serde_json::to_string(&stored).expect("numbers become JSON")
    }
}

/// Ages in their stored form, by the names of entity types and attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredAges(BTreeMap<String, BTreeMap<String, AgesOf>>);

impl StoredAges {
    /// Those of the last publication; none where nothing was judged.
    pub fn read(reader: &dyn Reader) -> Result<StoredAges, Error> {
        let json = reader.statistic(Ages::NAME)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// Those of an attribute.
    pub fn of(&self, entity_type: EntityType, attribute: &str) -> Option<&AgesOf> {
        self.0.get(entity_type.name())?.get(attribute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_to_be_current_hangs_on_ages() {
        let mut ages = AgesOf::default();
        assert_eq!((ages.current(0.1), ages.values()), (None, 0));
        ages.count(LastSeen::Never, Day(5000));
        assert_eq!((ages.current(0.1), ages.values()), (None, 1));
        ages.count(LastSeen::On(Day(5000)), Day(5000));
        assert_eq!(ages.current(0.1), Some(1.0));
        ages.count(LastSeen::Refuted, Day(5000));
        assert_eq!(ages.current(0.1), Some(0.5));
        // Ten years ago, at one in ten a year.
        ages.count(LastSeen::On(Day(5000 - 3653)), Day(5000));
        let current = ages.current(0.1).unwrap();
        assert!((current - (1.0 + (-1.0f64).exp()) / 3.0).abs() < 0.002, "{current}");
        assert_eq!(ages.values(), 4);
    }
}
