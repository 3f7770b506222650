//! Diffs: what became of entities between two places of the change feed, taken together.

use std::collections::{BTreeMap, BTreeSet};

use karat_model::id::{EntityId, RecordKey};
use karat_store::{EventKind, EventNo};

use super::EntityView;

/// A page of what became of entities between two events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffPage {
    /// The event after which it begins.
    pub from: EventNo,
    /// The last event that counts.
    pub to: EventNo,
    /// The entities of which something is otherwise, in the order in which they were first touched;
    /// one that was changed back is left out.
    pub entities: Vec<EntityDiff>,
    /// The event after which the next page begins; `None` on the last.
    pub next: Option<EventNo>,
}

/// One entity at two moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityDiff {
    /// Its id.
    pub id: EntityId,
    /// What became of it, all events taken together; `None` when it is as it was.
    pub kind: Option<EventKind>,
    /// The entity that it went into, or that its records came from.
    pub other: Option<EntityId>,
    /// The entity then; `None` when there was none.
    pub before: Option<EntityView>,
    /// The entity afterwards; `None` when there is none.
    pub after: Option<EntityView>,
}

impl EntityDiff {
    /// The values then and afterwards of the attributes that have others, by their names.
    pub fn values(&self) -> BTreeMap<&str, [&[String]; 2]> {
        let sides = [&self.before, &self.after];
        let names: BTreeSet<&str> = sides
            .iter()
            .filter_map(|side| side.as_ref())
            .flat_map(|entity| entity.values.keys().map(String::as_str))
            .collect();
        let values = |name: &str| {
            sides.map(|side| {
                let values = side.as_ref().and_then(|entity| entity.values.get(name));
                values.map_or(&[][..], Vec::as_slice)
            })
        };
        let changed = names.into_iter().map(|name| (name, values(name)));
        changed.filter(|(_, [before, after])| before != after).collect()
    }

    /// The records that are no longer with it, and those that were not with it then.
    pub fn records(&self) -> [Vec<&RecordKey>; 2] {
        fn records(side: &Option<EntityView>) -> &[RecordKey] {
            side.as_ref().map_or(&[], |entity| &entity.records)
        }
        let sides = [&self.before, &self.after].map(records);
        let sets = sides.map(|records| records.iter().collect::<BTreeSet<_>>());
        [0, 1].map(|side| sets[side].difference(&sets[1 - side]).copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::EntityType;

    use super::*;

    fn entity(city: &str, records: &[&str]) -> EntityView {
        EntityView {
            id: EntityId::founded_by(&"crm/1".parse().unwrap()),
            entity_type: EntityType::Person,
            title: "Bo Bakker".into(),
            values: BTreeMap::from([
                ("city".into(), vec![city.into()]),
                ("full_name".into(), vec!["Bo Bakker".into()]),
            ]),
            records: records.iter().map(|key| key.parse().unwrap()).collect(),
        }
    }

    #[test]
    fn only_what_is_otherwise_is_told() {
        let diff = EntityDiff {
            id: entity("", &[]).id,
            kind: Some(EventKind::Updated),
            other: None,
            before: Some(entity("Ede", &["crm/1", "crm/2"])),
            after: Some(entity("Epe", &["crm/2", "crm/3"])),
        };
        assert_eq!(
            diff.values(),
            BTreeMap::from([("city", [&["Ede".to_string()][..], &["Epe".to_string()]])])
        );
        let [lost, won] = diff.records().map(|keys| keys[0].to_string());
        assert_eq!((lost, won), ("crm/1".to_string(), "crm/3".to_string()));
        let new = EntityDiff { before: None, ..diff };
        assert_eq!(new.values().len(), 2);
        assert_eq!(new.records().map(|keys| keys.len()), [0, 2]);
    }
}
