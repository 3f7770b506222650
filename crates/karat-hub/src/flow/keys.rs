//! Keys: gives each row of a source the id that its record goes by.
//!
//! A row without an id gets one made of its values. Of rows with the same id the latest keeps it and
//! the others get a number behind it; that can only be told when all rows were read, so these wait.
//! Nothing hangs on the order of rows.

use karat_engine::clean::CleaningPlan;
use karat_model::finding::FindingCode;
use karat_model::record::{Columns, Moment, Payload};
use rustc_hash::{FxHashMap, FxHashSet};

/// What stands between an id and the number or hash that Karat adds.
const SEPARATOR: char = '~';

/// The ids that more than one row has, by their hashes.
#[derive(Clone, Debug, Default)]
pub struct RepeatedIds {
    seen: FxHashSet<u64>,
    repeated: FxHashSet<u64>,
}

impl RepeatedIds {
    /// Adds the id of a row.
    pub fn see(&mut self, plan: &CleaningPlan, payload: &Payload) {
        if let Some(id) = id(plan, payload) {
            let hash = hash(id);
            if !self.seen.insert(hash) {
                self.repeated.insert(hash);
            }
        }
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
    repeated: FxHashSet<u64>,
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
    /// Begins, knowing which ids are repeated.
    pub fn new(repeated: RepeatedIds) -> Keys {
        Keys {
            repeated: repeated.repeated,
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
        let id = match id(plan, &payload) {
            Some(id) if self.repeated.contains(&hash(id)) => {
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
            for (number, (observed_at, _, payload)) in (1..).zip(versions) {
                let id = if number == 1 { id.clone() } else { format!("{id}{SEPARATOR}{number}") };
                given.push(Keyed { id, observed_at, payload });
            }
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

/// The id that a row brings.
fn id<'p>(plan: &CleaningPlan, payload: &'p Payload) -> Option<&'p str> {
    let id = payload.get(plan.source_id_column()?)?.trim();
    (!id.is_empty()).then_some(id)
}

fn hash(text: &str) -> u64 {
    first_bytes(blake3::hash(text.as_bytes()))
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
    first_bytes(hasher.finalize())
}

fn first_bytes(hash: blake3::Hash) -> u64 {
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
}

/// What the key of a record tells of its delivery.
pub fn key_finding(id: &str) -> Option<FindingCode> {
    match id.rsplit_once(SEPARATOR) {
        Some(("", _)) => Some(FindingCode::MissingKey),
        Some((before, _)) if before.starts_with(SEPARATOR) => Some(FindingCode::MissingKey),
        Some((_, number)) if number.parse::<u32>().is_ok_and(|number| number > 1) => {
            Some(FindingCode::DuplicateKey)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::EntityType;
    use karat_model::hub_model::{
        ColumnMapping, DateOrder, Delivery, Format, HubModel, Party, Source,
    };
    use karat_model::id::SourceName;
    use karat_model::semantic::SemanticType;

    use super::*;

    /// The ids that rows of `id | changed | name` get, each before its name, in order of ids.
    fn keys(rows: &[&str]) -> Vec<String> {
        use SemanticType::*;
        let headers = ["id", "changed", "name"].map(str::to_string);
        let mapping = |(column, semantic_type): (&String, SemanticType)| ColumnMapping {
            column: column.clone(),
            semantic_type,
            attribute: None,
            slot: 0,
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
            columns: headers.iter().zip([SourceId, UpdatedAt, FullName]).map(mapping).collect(),
        };
        let plan = CleaningPlan::new(&HubModel::new("test"), &source, &headers);
        let columns = Columns::from(headers);
        let payloads = rows.iter().map(|row| {
            let mut payload = Payload::new();
            for (column, value) in row.split('|').map(str::trim).enumerate() {
                if !value.is_empty() {
                    payload.push(column as u16, value);
                }
            }
            payload
        });
        let mut repeated = RepeatedIds::default();
        payloads.clone().for_each(|payload| repeated.see(&plan, &payload));
        let mut keys = Keys::new(repeated);
        let mut given: Vec<Keyed> =
            payloads.filter_map(|payload| keys.give(&plan, &columns, payload)).collect();
        given.extend(keys.give_held_back(&plan, &columns));
        let mut lines: Vec<String> = given
            .iter()
            .map(|keyed| format!("{} {}", keyed.id, keyed.payload.get(2).unwrap_or("-")))
            .collect();
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
        assert_eq!(given[..3], ["7 Jan Janssen", "7~2 Jan Jansen", "8 Bo Bakker"]);
        let made: Vec<&str> = given[3..].iter().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(made.len(), 2);
        assert_eq!(made[1], format!("{}~2", made[0]));
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let mut turned = ROWS;
        turned.reverse();
        assert_eq!(keys(&turned), keys(&ROWS));
    }

    #[test]
    fn keys_tell_of_their_delivery() {
        let made = "~00112233445566aa";
        let table = [
            ("7", None),
            ("7~2", Some(FindingCode::DuplicateKey)),
            ("7~1", None),
            ("7~a", None),
            (made, Some(FindingCode::MissingKey)),
            (&format!("{made}~2"), Some(FindingCode::MissingKey)),
        ];
        for (id, expected) in table {
            assert_eq!(key_finding(id), expected, "{id}");
        }
    }
}
