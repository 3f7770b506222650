//! Records that are not in the hub, or not as they are there, among those they may be a match of.

use karat_engine::matching::model::MatchModel;
use karat_engine::matching::neighbourhood::blocking_keys;
use karat_model::attribute::EntityType;
use karat_model::claim::CleanRecord;
use karat_model::id::RecordKey;
use karat_model::table::{RecordNo, RecordTable};
use karat_store::{MatchKey, Reader, RowNo};

use super::records::Records;
use crate::error::Error;

/// A record as it would come.
pub struct Newcomer<'a> {
    /// Its key.
    pub key: &'a RecordKey,
    /// As it is understood.
    pub cleaned: &'a CleanRecord,
    /// Its row, where the hub has it already.
    pub row: Option<RowNo>,
}

/// The row that no record has.
const NO_ROW: RowNo = RowNo(u64::MAX);

/// Newcomers with those that share a key with one of them.
pub struct Company {
    /// All of them, without what the newcomers were before.
    pub table: RecordTable,
    /// The newcomers, in the order in which they were asked about.
    pub newcomers: Vec<RecordNo>,
    /// The keys of each.
    pub keys: Vec<Vec<MatchKey>>,
}

impl Company {
    /// Looks up who shares a key with newcomers of the entity type of a match model.
    pub fn of(
        reader: &dyn Reader,
        records: &mut Records,
        model: &MatchModel,
        newcomers: &[Newcomer],
    ) -> Result<Company, Error> {
        let kind = newcomers.first().map_or(EntityType::Person, |first| first.cleaned.entity_type);
        let (alone, of_alone) = table(records, kind, newcomers, &[]);
        let mut keys = vec![Vec::new(); newcomers.len()];
        for (key, record) in blocking_keys(&alone, &records.hub_model.attributes, model) {
            let newcomer = of_alone.iter().position(|alone| *alone == record);
            keys[newcomer.expect("there are no others")].push(MatchKey(key.0));
        }
        let mut wanted: Vec<MatchKey> = keys.iter().flatten().copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut rows = records.read_sharing(reader, &wanted)?;
        rows.retain(|row| newcomers.iter().all(|newcomer| newcomer.row != Some(*row)));
        let (table, newcomers) = table(records, kind, newcomers, &rows);
        Ok(Company { table, newcomers, keys })
    }
}

/// A table of newcomers and some records of their entity type, and where in it the newcomers are.
fn table(
    records: &Records,
    kind: EntityType,
    newcomers: &[Newcomer],
    rows: &[RowNo],
) -> (RecordTable, Vec<RecordNo>) {
    let sources = newcomers.iter().map(|newcomer| &newcomer.key.source);
    let mut builder = records.table_builder(kind, sources);
    records.add_to(&mut builder, kind, rows.iter().copied());
    for Newcomer { key, cleaned, row } in newcomers {
        builder.push(key, None, row.unwrap_or(NO_ROW).0, &cleaned.claims);
    }
    let table = builder.finish();
    let find = |newcomer: &Newcomer| table.find(newcomer.key).expect("it is in the table");
    let found = newcomers.iter().map(find).collect();
    (table, found)
}
