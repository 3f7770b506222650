//! Who becomes a customer twice, through the entry gate: invented persons of whom the truth is
//! known are typed, as an application would have it. `karat-bench entry` does the same on a larger
//! scale, over HTTP.

use std::collections::{BTreeMap, BTreeSet};

use karat_model::attribute::EntityType;
use karat_model::check::Day;
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::Moment;

use crate::flow::load::LoadOptions;
use crate::flow::progress::Unwatched;
use crate::hub::Hub;
use crate::live::Writer;
use crate::view::{
    Change, ChangeRequest, Condition, Entry, EntryAction, EntryCheck, EntryReason, HubReader,
    Likeness, Probe, ProbeValues,
};

const HUB: &str = "name: Shop\nentry: { policy: strict }\n";
const PERSONS: &str = "\
files: [../persons.csv]
delivery: full
party: person
columns:
  id: source_id
  first_name: given_name
  prefix: family_name_prefix
  last_name: family_name
  birth_date: birth_date
  street: street
  house_number: house_number
  addition: house_number_addition
  postcode: postcode
  city: city
  email: email
  phone: phone
  gender: gender
  updated_at: updated_at
";
const RECORDS: u64 = 4_000;

/// A hub of invented persons, and what they say.
struct World {
    folder: tempfile::TempDir,
    columns: Vec<String>,
    /// By id.
    rows: BTreeMap<String, Vec<String>>,
    /// By id, who it is.
    truth: BTreeMap<String, String>,
}

impl World {
    fn invent() -> World {
        let (mut out, mut truth) = (Vec::new(), Vec::new());
        karat_demo::write_persons(RECORDS, 1, &mut out, &mut truth).unwrap();
        let mut reader = csv::Reader::from_reader(&out[..]);
        let columns = reader.headers().unwrap().iter().map(String::from).collect();
        let fields = |row: csv::StringRecord| row.iter().map(String::from).collect();
        let rows: Vec<Vec<String>> = reader.records().map(|row| fields(row.unwrap())).collect();
        let truth: Vec<Vec<String>> = csv::Reader::from_reader(&truth[..])
            .records()
            .map(|row| fields(row.unwrap()))
            .collect();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("hub/sources")).unwrap();
        std::fs::write(folder.path().join("hub/hub.yaml"), HUB).unwrap();
        std::fs::write(folder.path().join("hub/sources/persons.yaml"), PERSONS).unwrap();
        World {
            folder,
            columns,
            rows: rows.into_iter().map(|row| (row[0].clone(), row)).collect(),
            truth: truth.into_iter().map(|row| (row[1].clone(), row[2].clone())).collect(),
        }
    }

    fn hub(&self) -> Hub {
        Hub::open(&self.folder.path().join("hub")).unwrap()
    }

    fn load(&self, ids: &BTreeSet<&str>) {
        let mut file = csv::Writer::from_path(self.folder.path().join("persons.csv")).unwrap();
        file.write_record(&self.columns).unwrap();
        ids.iter().for_each(|id| file.write_record(&self.rows[*id]).unwrap());
        file.flush().unwrap();
        let options = LoadOptions { retrain: false, allow_deletes: true };
        self.hub().load(options, &|| Moment(1_790_000_000), &Unwatched).unwrap();
    }

    fn typed(&self, id: &str) -> EntryCheck {
        let filled = self.columns.iter().cloned().zip(self.rows[id].iter().cloned());
        let values: Vec<(String, String)> =
            filled.skip(1).filter(|(_, value)| !value.is_empty()).collect();
        let values = ProbeValues::Columns(SourceName::new("persons"), values);
        EntryCheck {
            probe: Probe { entity_type: EntityType::Person, values },
            kind: Some("customer".into()),
            limit: 5,
            is_discreet: false,
            today: Day(0),
        }
    }
}

#[test]
fn few_become_customers_twice_without_a_warning() {
    let world = World::invent();
    // What customers look like is learnt from all that there was, before it was tidied up.
    world.load(&world.truth.keys().map(String::as_str).collect());
    let customers: BTreeSet<&str> = world.truth.values().map(String::as_str).collect();
    let new: BTreeSet<&str> = customers.iter().copied().step_by(5).collect();
    let (mut known, mut first, mut typed) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for (id, customer) in &world.truth {
        if !new.contains(&**customer) && known.insert(customer.as_str()) {
            first.insert(id.as_str());
        } else {
            typed.push((id.as_str(), customer.as_str()));
        }
    }
    world.load(&first);
    let served = world.hub().served().unwrap();
    let mut writer = Writer::open(&world.hub(), Box::new(|| Moment(1_790_000_001))).unwrap();
    // Of those who lack nothing: known already, and not; each warned of, or made a customer.
    let mut told = [[0u32; 2]; 2];
    for (id, customer) in typed {
        let check = world.typed(id);
        let answer = served.check_entry(&check).unwrap();
        let reasons = answer.decision.reasons.iter();
        if reasons.clone().any(|reason| reason.rule.as_str() != EntryReason::DUPLICATE) {
            continue;
        }
        let is_known = known.contains(customer);
        let is_warned = answer.duplicate != Likeness::None;
        told[usize::from(is_known)][usize::from(is_warned)] += 1;
        assert_eq!(
            answer.decision.action == EntryAction::Refuse,
            answer.duplicate == Likeness::Likely
        );
        if !is_warned {
            let ProbeValues::Columns(source, values) = check.probe.values.clone() else { panic!() };
            let change = Change::Upsert {
                key: RecordKey::new(source, id),
                observed_at: None,
                values,
                condition: Condition::Absent,
            };
            let entry = Some(Entry { check, overriding: None, entered_by: "shop".into() });
            let request = ChangeRequest { entry, ..ChangeRequest::of(change) };
            writer.change(&[request]).pop().unwrap().unwrap();
            known.insert(customer);
        }
    }
    let [[made, warned_in_vain], [unwarned, warned]] = told;
    assert!(warned > 1_000 && made > 200, "{told:?}");
    assert!(unwarned * 100 <= unwarned + warned, "{unwarned} of {warned} are customers twice");
    assert!(warned_in_vain * 10 <= warned_in_vain + made, "{warned_in_vain} of {made} are new");
}
