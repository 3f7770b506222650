//! The records that a change looks at, each read and cleaned once.

use std::sync::Arc;

use karat_engine::clean::Memo;
use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::claim::CleanRecord;
use karat_model::hub_model::HubModel;
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Columns, Payload, SourceRecord};
use karat_model::table::{NewRecord, RecordTable, TableBuilder};
use karat_store::{MatchKey, Reader, RowNo, SourceNo};
use rustc_hash::FxHashMap;

use crate::error::Error;
use crate::flow::clean::SourceCleaner;

/// The number and the name of a source, and its columns.
type Source = (SourceNo, SourceName, Columns);

/// How the records of sources are cleaned, and what became of their values before.
#[derive(Default)]
struct Cleaners(FxHashMap<SourceNo, Cleaner>);

/// How the records of a source are cleaned.
struct Cleaner {
    cleaner: SourceCleaner,
    memo: Memo,
    /// By column number, the attribute that what is found there is about.
    subjects: Vec<Option<AttributeId>>,
}

impl Cleaners {
    fn of(&mut self, hub_model: &HubModel, (number, name, columns): &Source) -> &mut Cleaner {
        let new = || {
            let cleaner = SourceCleaner::new(hub_model, name, columns);
            let subjects = cleaner.subjects();
            Cleaner { cleaner, memo: Memo::new(), subjects }
        };
        self.0.entry(*number).or_insert_with(new)
    }
}

/// Records that were read; those that are gone are known to be.
pub struct Records {
    pub(super) hub_model: Arc<HubModel>,
    columns: Vec<Source>,
    cleaners: Cleaners,
    known: FxHashMap<RowNo, Option<KnownRecord>>,
}

/// A record that is there.
pub struct KnownRecord {
    /// As its source has it.
    pub record: SourceRecord,
    /// The number of its source.
    pub source: SourceNo,
    /// The columns of the source.
    pub columns: Columns,
    /// As it is understood.
    pub cleaned: CleanRecord,
}

impl Records {
    /// None read yet.
    pub fn new(hub_model: &Arc<HubModel>, reader: &dyn Reader) -> Result<Records, Error> {
        Ok(Records {
            hub_model: hub_model.clone(),
            columns: reader.source_columns()?,
            cleaners: Cleaners::default(),
            known: FxHashMap::default(),
        })
    }

    /// Forgets all records, as they may have changed, but not how to clean them.
    pub fn begin_anew(&mut self, reader: &dyn Reader) -> Result<(), Error> {
        self.known.clear();
        let columns = reader.source_columns()?;
        if columns != self.columns {
            self.columns = columns;
            self.cleaners = Cleaners::default();
        }
        Ok(())
    }

    /// Forgets all records, but not how to clean them.
    pub fn forget(&mut self) {
        self.known = FxHashMap::default();
    }

    /// The number and the columns of a source of which records came.
    pub fn columns_of(&self, source: &SourceName) -> Option<(SourceNo, &Columns)> {
        let found = self.columns.iter().find(|(_, name, _)| name == source);
        found.map(|(number, _, columns)| (*number, columns))
    }

    /// The attributes that the hub model has.
    pub fn attributes(&self) -> &AttributeSet {
        &self.hub_model.attributes
    }

    /// Reads those that were not read before.
    pub fn read(
        &mut self,
        reader: &dyn Reader,
        rows: impl IntoIterator<Item = RowNo>,
    ) -> Result<(), Error> {
        let mut wanted: Vec<RowNo> =
            rows.into_iter().filter(|row| !self.known.contains_key(row)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        for stored in reader.records_by_row(&wanted)? {
            let source = self.columns.iter().find(|(number, ..)| *number == stored.source);
            let source = source.expect("each record has a source");
            let Cleaner { cleaner, memo, .. } = self.cleaners.of(&self.hub_model, source);
            let (number, _, columns) = source;
            let known = cleaner.clean_remembering(&stored.record, memo).map(|cleaned| {
                let (source, columns) = (*number, columns.clone());
                KnownRecord { record: stored.record, source, columns, cleaned }
            });
            self.known.insert(stored.row, known);
        }
        for row in wanted {
            self.known.entry(row).or_insert(None);
        }
        Ok(())
    }

    /// Reads the records that have one of these keys, or had it once; gives their rows, in order.
    pub fn read_sharing(
        &mut self,
        reader: &dyn Reader,
        keys: &[MatchKey],
    ) -> Result<Vec<RowNo>, Error> {
        let candidates = reader.match_candidates(keys)?;
        let mut rows: Vec<RowNo> = candidates.into_iter().map(|(_, row)| row).collect();
        rows.sort_unstable();
        rows.dedup();
        self.read(reader, rows.iter().copied())?;
        Ok(rows)
    }

    /// A record as it would be understood if it came with these values; `None` when its source or a
    /// column is new.
    pub fn understand(
        &mut self,
        key: &RecordKey,
        values: &[(String, String)],
    ) -> Option<CleanRecord> {
        let source = self.columns.iter().find(|(_, name, _)| *name == key.source)?;
        let columns = &source.2;
        let placed = values.iter().filter(|(_, value)| !value.is_empty()).map(|(column, value)| {
            Some((columns.iter().position(|known| known == column)? as u16, value))
        });
        let mut placed: Vec<(u16, &String)> = placed.collect::<Option<_>>()?;
        placed.sort_by_key(|(column, _)| *column);
        let mut payload = Payload::new();
        placed.into_iter().for_each(|(column, value)| payload.push(column, value));
        let Cleaner { cleaner, memo, .. } = self.cleaners.of(&self.hub_model, source);
        let payload = cleaner.withhold(payload);
        let record = SourceRecord { key: key.clone(), observed_at: None, payload };
        cleaner.clean_remembering(&record, memo)
    }

    /// By column number of a source of which a record was read, the attribute that what is found
    /// there is about.
    pub fn subjects(&self, source: SourceNo) -> &[Option<AttributeId>] {
        self.cleaners.0.get(&source).map_or(&[], |cleaner| &cleaner.subjects)
    }

    /// A record that was read; `None` when it is gone.
    pub fn get(&self, row: RowNo) -> Option<&KnownRecord> {
        self.known.get(&row).expect("it was read").as_ref()
    }

    /// Whether a record that was read is there, and of an entity type.
    pub fn is_of(&self, row: RowNo, entity_type: EntityType) -> bool {
        self.get(row).is_some_and(|record| record.cleaned.entity_type == entity_type)
    }

    /// A table of those of some rows that are of an entity type.
    pub fn table(&self, entity_type: EntityType, rows: impl Iterator<Item = RowNo>) -> RecordTable {
        let mut builder = self.table_builder(entity_type, std::iter::empty());
        self.add_to(&mut builder, entity_type, rows);
        builder.finish()
    }

    /// A table to come of records of all sources, and of some that may be new.
    pub fn table_builder<'s>(
        &'s self,
        entity_type: EntityType,
        more: impl Iterator<Item = &'s SourceName>,
    ) -> TableBuilder {
        let sources = self.columns.iter().map(|(_, name, _)| name).chain(more).cloned();
        TableBuilder::new(entity_type, &self.hub_model.attributes, sources)
    }

    /// Adds those of some rows that are of an entity type to a table.
    pub fn add_to(
        &self,
        builder: &mut TableBuilder,
        entity_type: EntityType,
        rows: impl Iterator<Item = RowNo>,
    ) {
        for row in rows.filter(|row| self.is_of(*row, entity_type)) {
            let KnownRecord { record, cleaned, .. } = self.get(row).expect("it is of the type");
            builder.push_all(std::iter::once(NewRecord {
                key: &record.key,
                observed_at: record.observed_at,
                row: row.0,
                claims: &cleaned.claims,
                is_deceased: cleaned.is_deceased(),
            }));
        }
    }
}
