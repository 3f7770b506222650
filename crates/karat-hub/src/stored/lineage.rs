//! Lineage now and as of any moment, computed again by the functions that decided.
//!
//! ```text
//! event or moment ─► entity version: its records, its values
//!                └─► what its publication took in ─► those records as they were then
//!                                                 ├─► the hub model of the release in force
//!                                                 └─► the decisions that stood
//! cleaned and merged again ─► the same values, with lineage; other values are never explained
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use karat_model::golden::GoldenRecord;
use karat_model::hub_model::HubModel;
use karat_model::id::EntityId;
use karat_store::{EntityVersion, EventNo, GoldenValues, Reader, Resolution, SourceNo, TakenIn};

use super::StoredHub;
use super::diff::read_entity_diff;
use super::entities::event_as_of;
use super::people::{details_under, golden_under};
use crate::error::Error;
use crate::flow::derive::standing_by;
use crate::flow::releases::{hub_model_of, in_force_at};
use crate::hub_model::fingerprint;
use crate::view::{AsOf, ExplainedDiff, Lineage, LineageLookup, NotKept};

/// Hub models that were read from the texts of releases, by their fingerprints; `None` for one that
/// was not kept.
pub(super) type FormerHubModels = BTreeMap<String, Option<Arc<HubModel>>>;

impl StoredHub {
    pub(super) fn read_lineage(
        &self,
        reader: &dyn Reader,
        id: EntityId,
        as_of: AsOf,
    ) -> Result<LineageLookup, Error> {
        let event = event_as_of(reader, as_of)?;
        Ok(match reader.resolve_at(id, event)? {
            Resolution::Live => match reader.entity_at(id, event)? {
                Some(version) => match self.lineage_of(reader, &version, as_of, event)? {
                    Ok(lineage) => LineageLookup::Found(Box::new(lineage)),
                    Err(not_kept) => LineageLookup::NotKept(not_kept),
                },
                None => LineageLookup::Unknown,
            },
            Resolution::Redirected(to) => LineageLookup::MovedTo(to),
            Resolution::Retired => LineageLookup::Deleted,
            Resolution::Unknown => LineageLookup::Unknown,
        })
    }

    /// One entity at two moments, with lineage; `None` when its id was not issued by the later one.
    pub(super) fn read_explained_diff(
        &self,
        reader: &dyn Reader,
        id: EntityId,
        from: AsOf,
        to: AsOf,
    ) -> Result<Option<ExplainedDiff>, Error> {
        // What is published meanwhile is not of this diff.
        let now = AsOf::Event(reader.last_event()?);
        let [from, to] = [from, to].map(|as_of| if as_of == AsOf::Now { now } else { as_of });
        let Some(diff) = read_entity_diff(reader, id, from, to)? else { return Ok(None) };
        let explained = |as_of| -> Result<_, Error> {
            let event = event_as_of(reader, as_of)?;
            let version = reader.entity_at(id, event)?;
            version.map(|version| self.lineage_of(reader, &version, as_of, event)).transpose()
        };
        let lineage = [explained(from)?, explained(to)?];
        Ok(Some(ExplainedDiff { diff, lineage }))
    }

    /// Where the values of an entity came from, as it was after an event.
    fn lineage_of(
        &self,
        reader: &dyn Reader,
        version: &EntityVersion,
        as_of: AsOf,
        event: EventNo,
    ) -> Result<Result<Lineage, NotKept>, Error> {
        let Some(taken_in) = taken_in(reader, version, as_of, event)? else {
            return Ok(Err(NotKept::TakenIn));
        };
        let Some(hub_model) = self.hub_model_by(reader, &taken_in)? else {
            return Ok(Err(NotKept::HubModel));
        };
        let rows = reader.rows_of(&version.members)?;
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        let mut records = reader.records_as_of(&rows, taken_in.arrival)?;
        records.sort_unstable_by(|one, other| one.record.key.cmp(&other.record.key));
        let sources = reader.source_columns()?;
        let columns_of = |number: SourceNo| {
            let (_, name, columns) = sources.iter().find(|(known, ..)| *known == number)?;
            Some((name, columns))
        };
        let records = details_under(&hub_model, &columns_of, records);
        let standing = standing_by(reader, taken_in.decision)?;
        let entity = &version.entity;
        let golden = golden_under(&hub_model, &standing, entity.entity_type, &records);
        let is_all = records.len() == version.members.len();
        if !is_all || values_of(&golden, &hub_model) != entity.golden {
            return Ok(Err(NotKept::OtherValues));
        }
        Ok(Ok(Lineage { id: entity.id, event, golden, hub_model }))
    }

    /// The hub model that a publication was made under; `None` when that is not known.
    fn hub_model_by(
        &self,
        reader: &dyn Reader,
        taken_in: &TakenIn,
    ) -> Result<Option<Arc<HubModel>>, Error> {
        let Some(release) = in_force_at(reader, taken_in.load)? else {
            // A hub without releases says of the last publication alone what it was made under.
            let is_last = taken_in.event == reader.last_event()?;
            return Ok(is_last.then(|| self.model.clone()));
        };
        let known = || self.former.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = known().get(&release.hub_model) {
            return Ok(model.clone());
        }
        let model = match fingerprint(&self.model) == release.hub_model {
            true => Some(self.model.clone()),
            false => hub_model_of(reader, &release)?.map(Arc::new),
        };
        known().insert(release.hub_model, model.clone());
        Ok(model)
    }
}

/// What had been taken in when an entity was as it was after an event.
///
/// Within a publication its own events come one by one, though all of them follow from what it took
/// in: an entity that it had written by then is explained by it, any other by the one before.
fn taken_in(
    reader: &dyn Reader,
    version: &EntityVersion,
    as_of: AsOf,
    event: EventNo,
) -> Result<Option<TakenIn>, Error> {
    let last = match as_of {
        AsOf::Moment(at) => reader.taken_in_at(at)?,
        AsOf::Now | AsOf::Event(_) => reader.taken_in_by(event)?,
    };
    match last.filter(|last| version.since <= last.event) {
        Some(last) => Ok(Some(last)),
        None => Ok(reader.taken_in_with(version.since)?),
    }
}

/// The values of a golden record as they are stored.
fn values_of(golden: &GoldenRecord, model: &HubModel) -> GoldenValues {
    let mut values = GoldenValues::new();
    for value in &golden.values {
        let name = model.attributes.get(value.attribute).name.clone();
        values.entry(name).or_default().push(value.value.clone());
    }
    values
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use karat_model::decision::{DecisionNo, Identity, Ruling, Settled, SettledValue};
    use karat_model::evidence::Verdict;
    use karat_model::golden::GoldenRecord;
    use karat_model::id::RecordKey;
    use karat_model::record::Moment;
    use proptest::prelude::*;

    use super::*;
    use crate::flow::progress::Unwatched;
    use crate::live::Writer;
    use crate::operate::tests::{HUB, World};
    use crate::view::{Change, ChangeRequest, Condition, CustomerLookup, HubReader};

    const SHOP: &str = "\
files: [../shop.csv]
delivery: changes
trust: 30
columns:
  id: source_id
  naam: full_name
  geb: birth_date
  plaats: city
  mail: email
";

    /// Rules by which other values win, which may be published in turn.
    const SURVIVORSHIP: [&str; 3] = [
        "survivorship: { address: [validity, trust, recency] }\n",
        "survivorship: { address: [validity, recency, trust] }\n",
        "survivorship: { address: [frequency], email: [trust] }\n",
    ];

    /// Something that happens to a hub.
    #[derive(Clone, Debug)]
    enum Happening {
        Changes(Vec<Change>),
        /// The hub model says another survivorship, and is published; or nothing is otherwise.
        Publishing(usize),
    }

    fn eventful_world(database: &str) -> World {
        let world = World::saying(&[HUB, database, SURVIVORSHIP[0]].concat());
        world.write("hub/sources/shop.yaml", SHOP);
        world.write(
            "shop.csv",
            "id;naam;geb;plaats;mail\n0;J Jansen;;Oss;jan.jansen@voorbeeld.example\n",
        );
        world.load();
        world
    }

    fn happen(world: &World, happening: &Happening, at: i64) {
        match happening {
            Happening::Changes(changes) => {
                let mut writer = Writer::open(&world.hub(), Box::new(move || Moment(at))).unwrap();
                let request = |change: &Change| ChangeRequest::of(change.clone());
                // What is about no record, or undone already, is refused, and so nothing happens.
                let mut seen = BTreeSet::new();
                let of_other = |change: &&Change| {
                    change.record().is_none_or(|record| seen.insert(record.clone()))
                };
                let requests: Vec<ChangeRequest> =
                    changes.iter().filter(of_other).map(request).collect();
                writer.change(&requests);
                writer.close().unwrap();
            }
            Happening::Publishing(which) => {
                world.write(
                    "hub/hub.yaml",
                    &[HUB, &database_of(world), SURVIVORSHIP[*which]].concat(),
                );
                world.hub().publish(false, &|| Moment(at), &Unwatched).unwrap();
            }
        }
    }

    fn database_of(world: &World) -> String {
        let text = std::fs::read_to_string(world.path("hub/hub.yaml")).unwrap();
        let line = text.lines().find(|line| line.starts_with("database:"));
        line.map(|line| format!("{line}\n")).unwrap_or_default()
    }

    type Remembered = BTreeMap<EntityId, GoldenRecord>;

    /// The lineage of all entities as their pages show it, which is that of now.
    fn shown(world: &World) -> Remembered {
        let served = world.hub().served().unwrap();
        let reader = world.hub().database().open_reader().unwrap();
        let mut ids = Vec::new();
        let visited = reader.entities(&mut |entity| {
            ids.push(entity.id);
            Ok(())
        });
        visited.unwrap();
        let golden = |id| match served.customer(id).unwrap() {
            CustomerLookup::Found(customer) => (id, customer.golden),
            other => panic!("{other:?}"),
        };
        ids.into_iter().map(golden).collect()
    }

    /// The lineage of these ids as of some place; those that were no entities are left out.
    fn as_of(world: &World, ids: &BTreeSet<EntityId>, as_of: AsOf) -> Remembered {
        let hub = world.hub().served().unwrap();
        let lineage = |&id: &EntityId| match hub.lineage(id, as_of).unwrap() {
            LineageLookup::Found(lineage) => Some((id, lineage.golden)),
            LineageLookup::NotKept(not_kept) => panic!("{not_kept} as of {as_of:?}"),
            _ => None,
        };
        ids.iter().filter_map(lineage).collect()
    }

    fn what_was_shown_is_told_ever_after(world: World, happenings: &[Happening]) {
        let mut by_event: BTreeMap<u64, Remembered> = BTreeMap::new();
        let mut by_moment: BTreeMap<i64, Remembered> = BTreeMap::new();
        let mut remember = |world: &World, at: i64| {
            let now = shown(world);
            let ids = now.keys().copied().collect();
            assert_eq!(as_of(world, &ids, AsOf::Now), now);
            by_event.insert(world.events() as u64, now.clone());
            by_moment.insert(at, now);
        };
        remember(&world, 7);
        for (step, happening) in (16..).zip(happenings) {
            let at = step / 2;
            happen(&world, happening, at);
            remember(&world, at);
        }
        let ids: BTreeSet<EntityId> =
            by_event.values().flat_map(|entities| entities.keys().copied()).collect();
        for (&event, remembered) in &by_event {
            assert_eq!(as_of(&world, &ids, AsOf::Event(EventNo(event))), *remembered, "{event}");
        }
        for (&at, remembered) in &by_moment {
            assert_eq!(as_of(&world, &ids, AsOf::Moment(Moment(at))), *remembered, "at {at}");
        }
        // Within publications too, an entity is explained by what it was made of.
        let last = *by_event.keys().next_back().unwrap();
        let some = ids.iter().copied().take(12).collect();
        for event in 0..=last {
            as_of(&world, &some, AsOf::Event(EventNo(event)));
        }
    }

    fn key() -> impl Strategy<Value = RecordKey> {
        let known = ["crm/0", "crm/b0", "crm/c0", "crm/1", "crm/b1", "shop/0", "shop/1", "shop/2"];
        prop::sample::select(known.to_vec()).prop_map(|key| key.parse().unwrap())
    }

    fn change() -> impl Strategy<Value = Change> {
        let name = prop::sample::select(vec!["Jan Jansen", "J. Jansen", "Bo Bakker", "Bo Jansen"]);
        let town = prop::sample::select(vec!["Ede", "Epe", "Oss", ""]);
        let mail =
            prop::sample::select(vec!["jan.jansen@voorbeeld.example", "bo@post.example", ""]);
        let observed_at = prop::sample::select(vec![None, Some(Moment(1)), Some(Moment(9))]);
        let upsert = (key(), name, town, mail, observed_at).prop_map(
            |(key, name, town, mail, observed_at)| Change::Upsert {
                key,
                observed_at,
                values: [("naam", name), ("plaats", town), ("mail", mail)]
                    .map(|(column, value)| (column.into(), value.into()))
                    .into(),
                condition: Condition::None,
            },
        );
        let delete = key().prop_map(|key| Change::Delete { key, condition: Condition::None });
        let verdict = prop::sample::select(vec![Verdict::Same, Verdict::Different]);
        let identity = (key(), key(), verdict).prop_map(|(left, right, verdict)| {
            Ruling::Identity(Identity { left: vec![left], right: vec![right], verdict })
        });
        let attribute = prop::sample::select(vec!["city", "email", "family_name"]);
        let value = prop::sample::select(vec![
            SettledValue::OfRecord,
            SettledValue::None,
            SettledValue::Text("Otterlo".into()),
        ]);
        let settled = (key(), attribute, value).prop_map(|(record, attribute, value)| {
            Ruling::Value(Settled { record, attribute: attribute.into(), slot: 0, value })
        });
        let ruling = prop_oneof![identity, settled].prop_map(|ruling| Change::Decide {
            rulings: vec![ruling],
            steward: "eva".into(),
            reason: String::new(),
        });
        let undo = (1..8u64).prop_map(|no| Change::Undo {
            decisions: vec![DecisionNo(no)],
            steward: "eva".into(),
            reason: String::new(),
        });
        prop_oneof![5 => upsert, 1 => delete, 3 => ruling, 2 => undo]
    }

    fn happening() -> impl Strategy<Value = Happening> {
        prop_oneof![
            6 => prop::collection::vec(change(), 1..3).prop_map(Happening::Changes),
            1 => (0..3usize).prop_map(Happening::Publishing),
        ]
    }

    fn upsert(key: &str, name: &str, town: &str) -> Change {
        Change::Upsert {
            key: key.parse().unwrap(),
            observed_at: key.starts_with("shop").then_some(Moment(9)),
            values: vec![
                ("geb".into(), "1-2-1985".into()),
                ("naam".into(), name.into()),
                ("plaats".into(), town.into()),
                ("mail".into(), "ada@voorbeeld.example".into()),
            ],
            condition: Condition::None,
        }
    }

    fn pin(town: &str) -> Change {
        let value = SettledValue::Text(town.into());
        let (record, attribute) = ("crm/ada".parse().unwrap(), "city".into());
        let ruling = Ruling::Value(Settled { record, attribute, slot: 0, value });
        Change::Decide { rulings: vec![ruling], steward: "eva".into(), reason: String::new() }
    }

    /// The event after each step in the life of Ada, whom two sources know; and her id.
    fn life_of_ada() -> (World, EntityId, Vec<u64>) {
        let world = eventful_world("");
        let undo = Change::Undo {
            decisions: vec![DecisionNo(1)],
            steward: "eva".into(),
            reason: "".into(),
        };
        let [both_know, pinned, moved] = [
            vec![upsert("crm/ada", "Ada Quist", "Ede"), upsert("shop/ada", "Ada Quist", "Oss")],
            vec![pin("Otterlo")],
            vec![upsert("crm/ada", "Ada Quist", "Epe")],
        ];
        let mut places = Vec::new();
        for (at, happening) in (20..).zip([
            Happening::Changes(both_know),
            Happening::Changes(pinned),
            Happening::Changes(moved),
            Happening::Changes(vec![undo]),
            Happening::Publishing(1),
        ]) {
            happen(&world, &happening, at);
            places.push(world.events() as u64);
        }
        let reader = world.hub().database().open_reader().unwrap();
        let id = reader.entity_of(&"crm/ada".parse().unwrap()).unwrap().unwrap();
        (world, id, places)
    }

    /// From where and why she lives where she does.
    fn town(world: &World, id: EntityId, as_of: AsOf) -> String {
        match world.hub().reader().unwrap().lineage(id, as_of).unwrap() {
            LineageLookup::Found(lineage) => {
                let origin = &lineage.origins("city")[0];
                let (value, record) = (origin.value.as_ref().unwrap(), origin.record.as_ref());
                let rule = origin.rule.map_or("-", |rule| rule.name());
                let decision = origin.decision.map_or(0, |no| no.0);
                format!("{value} {} {rule} {decision}", record.unwrap())
            }
            LineageLookup::NotKept(why) => format!("{why:?}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn each_moment_has_its_own_winner_and_rule() {
        let (world, id, places) = life_of_ada();
        let by_event: Vec<String> =
            places.iter().map(|&event| town(&world, id, AsOf::Event(EventNo(event)))).collect();
        insta::assert_snapshot!(by_event.join("\n"), @r"
        Ede crm/ada trust 0
        Otterlo crm/ada decision 1
        Otterlo crm/ada decision 1
        Epe crm/ada trust 0
        Oss shop/ada recency 0
        ");
        let by_moment: Vec<String> =
            (20..25).map(|at| town(&world, id, AsOf::Moment(Moment(at)))).collect();
        assert_eq!(by_moment, by_event);
        assert_eq!(town(&world, id, AsOf::Now), *by_moment.last().unwrap());
        assert_eq!(town(&world, id, AsOf::Event(EventNo(0))), "Unknown");
    }

    #[test]
    fn a_diff_tells_where_values_came_from() {
        let (world, id, places) = life_of_ada();
        let [from, to] = [places[0], places[2]].map(|event| AsOf::Event(EventNo(event)));
        let hub = world.hub().reader().unwrap();
        let explained = hub.entity_diff(id, from, to).unwrap().unwrap();
        let origins = explained.origins();
        assert_eq!(origins.keys().copied().collect::<Vec<_>>(), ["city"]);
        let told = origins["city"].each_ref().map(|side| {
            let origin = &side[0];
            (origin.value.clone().unwrap(), origin.decision.map(|no| no.0))
        });
        assert_eq!(told, [("Ede".into(), None), ("Otterlo".into(), Some(1))]);
        assert_eq!(explained.not_kept(), [None, None]);
        let before = hub.entity_diff(id, AsOf::Event(EventNo(0)), to).unwrap().unwrap();
        assert_eq!(before.lineage[0], None);
    }

    #[test]
    fn what_was_not_kept_is_not_guessed() {
        for (damage, expected) in [
            ("UPDATE publication SET since_event = NULL, event_no = NULL", "TakenIn"),
            ("DELETE FROM statistic WHERE name LIKE 'release %'", "HubModel"),
            (
                "UPDATE statistic SET json = '{\"text\":{},\"holds\":[]}' WHERE name LIKE 'release %'",
                "HubModel",
            ),
            (
                "UPDATE entity_version SET golden = replace(golden, 'Otterlo', 'Breda')",
                "OtherValues",
            ),
        ] {
            let (world, id, places) = life_of_ada();
            let place = AsOf::Event(EventNo(places[1]));
            assert!(town(&world, id, place).starts_with("Otterlo "), "before: {damage}");
            let connection = rusqlite::Connection::open(world.path("hub/karat.db")).unwrap();
            assert!(connection.execute(damage, []).unwrap() > 0, "{damage}");
            assert_eq!(town(&world, id, place), expected, "{damage}");
            let diff = world.hub().reader().unwrap().entity_diff(id, place, AsOf::Now);
            let not_kept = diff.unwrap().unwrap().not_kept();
            assert_eq!(format!("{:?}", not_kept[0]), format!("Some({expected})"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10))]

        #[test]
        fn lineage_as_of_any_event_is_what_it_was_then(
            happenings in prop::collection::vec(happening(), 4..14)
        ) {
            what_was_shown_is_told_ever_after(eventful_world(""), &happenings);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2))]

        #[test]
        fn lineage_in_postgres_as_of_any_event_is_what_it_was_then(
            happenings in prop::collection::vec(happening(), 4..8)
        ) {
            let database = format!("database: {}\n", karat_test_postgres::empty_schema());
            what_was_shown_is_told_ever_after(eventful_world(&database), &happenings);
        }
    }
}
