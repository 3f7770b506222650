//! Keys: gives each row of a source the id that its record goes by.
//!
//! A row without an id gets one made of its values. Of rows with the same id the latest keeps it and
//! the others get a number behind it; that can only be told when all rows were read, so these wait.
//! Nothing hangs on the order of rows.

use std::hash::BuildHasher;

use karat_engine::clean::CleaningPlan;
use karat_model::finding::FindingCode;
use karat_model::record::{Columns, Moment, Payload, SourceRecord};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// What stands between an id and the number or hash that Karat adds.
const SEPARATOR: char = '~';

/// The ids that rows bring, and which of them more than one row has.
///
/// They are kept as hashes: should two ids have the same one, their rows wait, and a number is
/// passed over, and nothing else.
#[derive(Clone, Debug, Default)]
pub struct BroughtIds {
    seen: FxHashSet<u64>,
    repeated: FxHashSet<u64>,
}

impl BroughtIds {
    /// Adds the id of a row.
    pub fn see(&mut self, plan: &CleaningPlan, payload: &Payload) {
        if let Some(id) = plan.source_id(payload) {
            let hash = hash(id);
            if !self.seen.insert(hash) {
                self.repeated.insert(hash);
            }
        }
    }

    fn is_brought(&self, id: &str) -> bool {
        self.seen.contains(&hash(id))
    }

    fn is_repeated(&self, id: &str) -> bool {
        !self.repeated.is_empty() && self.repeated.contains(&hash(id))
    }
}

/// A row with the id of its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// The id within the source.
    pub id: String,
    /// When the source last changed it, if it says so.
    pub observed_at: Option<Moment>,
    /// Its values.
    pub payload: Payload,
}

/// Gives the rows of one source their ids.
#[derive(Debug)]
pub struct Keys {
    brought: BroughtIds,
    /// Rows whose id others have as well, by id.
    held_back: FxHashMap<String, Vec<Payload>>,
    /// How many rows without an id had these values.
    made: FxHashMap<u64, u32>,
    /// How many rows had no id, though their source has a column for it.
    pub without_key: u64,
    /// How many rows had the id of another row, and other values.
    pub same_key: u64,
}

impl Keys {
    /// Begins, knowing the ids of all rows.
    pub fn new(brought: BroughtIds) -> Keys {
        Keys {
            brought,
            held_back: FxHashMap::default(),
            made: FxHashMap::default(),
            without_key: 0,
            same_key: 0,
        }
    }

    /// Gives a row its id; `None` when it has to wait until all rows were read.
    pub fn give(
        &mut self,
        plan: &CleaningPlan,
        columns: &Columns,
        payload: Payload,
    ) -> Option<Keyed> {
        let id = match plan.source_id(&payload) {
            Some(id) if self.brought.is_repeated(id) => {
                let id = id.to_string();
                self.held_back.entry(id).or_default().push(payload);
                return None;
            }
            Some(id) => id.to_string(),
            None => {
                self.without_key += u64::from(plan.source_id_column().is_some());
                self.make(&payload, columns)
            }
        };
        Some(Keyed { id, observed_at: plan.updated_at(&payload), payload })
    }

    /// Gives the rows that waited their ids: the latest keeps it, others get a number behind it.
    /// Of rows that are the same in all their values one is left.
    pub fn give_held_back(&mut self, plan: &CleaningPlan, columns: &Columns) -> Vec<Keyed> {
        let mut held_back: Vec<(String, Vec<Payload>)> =
            std::mem::take(&mut self.held_back).into_iter().collect();
        held_back.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut given = Vec::with_capacity(held_back.len());
        for (id, payloads) in held_back {
            let with_version =
                |payload: Payload| (plan.updated_at(&payload), digest(&payload, columns), payload);
            let mut versions: Vec<(Option<Moment>, u64, Payload)> =
                payloads.into_iter().map(with_version).collect();
            versions.sort_unstable_by_key(|(at, digest, _)| (std::cmp::Reverse(*at), *digest));
            versions.dedup_by_key(|(_, digest, _)| *digest);
            self.same_key += versions.len() as u64 - 1;
            let free = (2..).map(|number: u32| format!("{id}{SEPARATOR}{number}"));
            let free = free.filter(|numbered| !self.brought.is_brought(numbered));
            let ids = std::iter::once(id.clone()).chain(free);
            let keyed = |(id, (observed_at, _, payload))| Keyed { id, observed_at, payload };
            given.extend(ids.zip(versions).map(keyed));
        }
        given
    }

    /// An id for a row that has none: made of its values, so that the same row keeps it.
    fn make(&mut self, payload: &Payload, columns: &Columns) -> String {
        let digest = digest(payload, columns);
        let count = self.made.entry(digest).or_default();
        *count += 1;
        match *count {
            1 => format!("{SEPARATOR}{digest:016x}"),
            number => format!("{SEPARATOR}{digest:016x}{SEPARATOR}{number}"),
        }
    }
}

fn hash(id: &str) -> u64 {
    FxBuildHasher.hash_one(id)
}

/// A hash of the values of a row by the names of their columns.
fn digest(payload: &Payload, columns: &Columns) -> u64 {
    let mut values: Vec<(&str, &str)> =
        payload.iter().map(|(column, value)| (columns[column as usize].as_str(), value)).collect();
    values.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    for (name, value) in values {
        hasher.update(name.as_bytes()).update(&[0]).update(value.as_bytes()).update(&[1]);
    }
    let first = hasher.finalize().as_bytes()[..8].try_into();
    u64::from_le_bytes(first.expect("a hash has 32 bytes"))
}

/// What the key of a record tells of its delivery.
///
/// The id that the record brought says whether Karat added something: a source may have an id such
/// as `7~2` itself.
pub fn key_finding(plan: &CleaningPlan, record: &SourceRecord) -> Option<FindingCode> {
    let id = &*record.key.id;
    match plan.source_id(&record.payload) {
        None => id.starts_with(SEPARATOR).then_some(FindingCode::MissingKey),
        Some(brought) => is_numbered(id, brought).then_some(FindingCode::DuplicateKey),
    }
}

/// Whether an id is another one with a number behind it.
fn is_numbered(id: &str, other: &str) -> bool {
    let number = id.strip_prefix(other).and_then(|rest| rest.strip_prefix(SEPARATOR));
    number.is_some_and(|number| number.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::EntityType;
    use karat_model::hub_model::{
        ColumnMapping, DateOrder, Delivery, Format, HubModel, Party, Source,
    };
    use karat_model::id::{RecordKey, SourceName};
    use karat_model::semantic::SemanticType;

    use super::*;

    const HEADERS: [&str; 3] = ["id", "changed", "name"];

    /// How rows of `id | changed | name` are cleaned.
    fn plan() -> CleaningPlan {
        use SemanticType::*;
        let mapping = |(column, semantic_type): (&str, SemanticType)| ColumnMapping {
            column: column.into(),
            semantic_type,
            attribute: None,
            slot: 0,
            length_max: None,
        };
        let source = Source {
            name: SourceName::new("crm"),
            files: Vec::new(),
            format: Format::default(),
            delivery: Delivery::Full,
            trust: 50,
            party: Party::Always(EntityType::Person),
            country: None,
            date_order: DateOrder::DayFirst,
            feedback: None,
            columns: HEADERS
                .into_iter()
                .zip([SourceId, UpdatedAt, FullName])
                .map(mapping)
                .collect(),
        };
        CleaningPlan::new(&HubModel::new("test"), &source, &HEADERS.map(str::to_string))
    }

    fn payload(row: &str) -> Payload {
        let mut payload = Payload::new();
        for (column, value) in row.split('|').map(str::trim).enumerate() {
            if !value.is_empty() {
                payload.push(column as u16, value);
            }
        }
        payload
    }

    fn given(rows: &[&str]) -> Vec<Keyed> {
        let (plan, columns) = (plan(), Columns::from(HEADERS.map(str::to_string)));
        let mut brought = BroughtIds::default();
        rows.iter().for_each(|row| brought.see(&plan, &payload(row)));
        let mut keys = Keys::new(brought);
        let mut given: Vec<Keyed> =
            rows.iter().filter_map(|row| keys.give(&plan, &columns, payload(row))).collect();
        given.extend(keys.give_held_back(&plan, &columns));
        given
    }

    /// The ids that rows get, each before its name and what is found, in order of ids.
    fn keys(rows: &[&str]) -> Vec<String> {
        let line = |Keyed { id, observed_at, payload }: Keyed| {
            let name = payload.get(2).unwrap_or("-").to_string();
            let key = RecordKey::new(SourceName::new("crm"), &id);
            let finding = key_finding(&plan(), &SourceRecord { key, observed_at, payload });
            let found = finding.map_or(String::new(), |code| format!(" !{}", code.name()));
            format!("{id} {name}{found}")
        };
        let mut lines: Vec<String> = given(rows).into_iter().map(line).collect();
        lines.sort();
        lines
    }

    const ROWS: [&str; 6] = [
        "7 | 2024-01-31 | Jan Jansen",
        "8 | 2024-01-31 | Bo Bakker",
        "7 | 2024-03-01 | Jan Janssen",
        "7 | 2024-03-01 | Jan Janssen",
        "  | 2024-01-31 | Ans Smit",
        "  | 2024-01-31 | Ans Smit",
    ];

    #[test]
    fn the_latest_row_keeps_the_id() {
        let given = keys(&ROWS);
        assert_eq!(given[..3], ["7 Jan Janssen", "7~2 Jan Jansen !duplicate_key", "8 Bo Bakker"]);
        let made: Vec<&str> = given[3..].iter().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(made.len(), 2);
        assert_eq!(made[1], format!("{}~2", made[0]));
        assert!(given[3..].iter().all(|line| line.ends_with("Ans Smit !missing_key")));
    }

    /// The number behind a repeated id once made it the id of another record, which was then lost;
    /// and an id that looks numbered was taken for a repeated one.
    #[test]
    fn an_id_that_looks_numbered_is_one_of_its_own() {
        let rows = [
            "7   | 2024-01-31 | Jan Jansen",
            "7   | 2024-03-01 | Jan Janssen",
            "7~2 | 2024-03-01 | Bo Bakker",
            "~9  | 2024-03-01 | Ans Smit",
        ];
        assert_eq!(
            keys(&rows),
            ["7 Jan Janssen", "7~2 Bo Bakker", "7~3 Jan Jansen !duplicate_key", "~9 Ans Smit"]
        );
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let mut turned = ROWS;
        turned.reverse();
        assert_eq!(keys(&turned), keys(&ROWS));
    }
}
