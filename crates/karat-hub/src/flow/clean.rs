//! Cleans the records of all sources, in parallel, into one table per entity type.

use karat_engine::clean::CleaningPlan;
use karat_engine::quality::measure::QualityCounts;
use karat_model::attribute::EntityType;
use karat_model::claim::CleanRecord;
use karat_model::finding::Finding;
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::{Columns, SourceRecord};
use karat_model::table::{RecordTable, TableBuilder};
use rayon::prelude::*;

use super::keys::key_finding;

/// Cleans a source's records under its part of the hub model.
pub struct SourceCleaner {
    name: SourceName,
    /// How to clean; `None` when the hub model no longer has the source.
    plan: Option<CleaningPlan>,
    counts: QualityCounts,
}

impl SourceCleaner {
    /// A cleaner for records that come under these columns.
    pub fn new(model: &HubModel, name: &SourceName, columns: &Columns) -> SourceCleaner {
        let source = model.source(name);
        let plan = source.map(|source| CleaningPlan::new(model, source, columns));
        SourceCleaner { name: name.clone(), plan, counts: QualityCounts::default() }
    }

    /// What a record becomes; `None` when the hub model no longer has its source.
    pub fn clean(&self, record: &SourceRecord) -> Option<CleanRecord> {
        let mut cleaned = self.plan.as_ref()?.standardise(record);
        let finding = key_finding(&record.key.id).map(|code| Finding { code, column: None });
        cleaned.findings.extend(finding);
        Some(cleaned)
    }
}

/// The records of all sources while they are being cleaned.
pub struct Cleaning {
    sources: Vec<SourceCleaner>,
    builders: Vec<TableBuilder>,
}

/// All records, cleaned.
pub struct Cleaned {
    /// One table per entity type that has records.
    pub tables: Vec<RecordTable>,
    /// What is filled, valid and wrong, per source.
    pub counts: Vec<(SourceName, QualityCounts)>,
}

impl Cleaning {
    /// Begins with the sources and their columns.
    pub fn new(model: &HubModel, sources: &[(SourceName, Columns)]) -> Cleaning {
        let names = || sources.iter().map(|(name, _)| name.clone());
        let builder = |kind| TableBuilder::new(kind, &model.attributes, names());
        let cleaner =
            |(name, columns): &(SourceName, Columns)| SourceCleaner::new(model, name, columns);
        Cleaning {
            sources: sources.iter().map(cleaner).collect(),
            builders: EntityType::ALL.map(builder).into(),
        }
    }

    /// Cleans some records, each with the number by which the store knows it.
    pub fn take(&mut self, records: &[(u64, SourceRecord)]) {
        let sources = &self.sources;
        let source_of = |record: &SourceRecord| {
            sources.iter().position(|source| source.name == record.key.source)
        };
        let cleaned: Vec<Option<(usize, CleanRecord)>> = records
            .par_iter()
            .with_min_len(256)
            .map(|(_, record)| {
                let source = source_of(record)?;
                Some((source, sources[source].clean(record)?))
            })
            .collect();
        for ((row, record), cleaned) in records.iter().zip(cleaned) {
            let Some((source, cleaned)) = cleaned else { continue };
            self.sources[source].counts.observe(&cleaned);
            let builder = &mut self.builders[cleaned.entity_type as usize];
            builder.push(&record.key, record.observed_at, *row, &cleaned.claims);
        }
    }

    /// Puts the tables in order.
    pub fn finish(self) -> Cleaned {
        let filled = self.builders.into_iter().filter(|builder| !builder.is_empty());
        Cleaned {
            tables: filled.map(TableBuilder::finish).collect(),
            counts: self.sources.into_iter().map(|source| (source.name, source.counts)).collect(),
        }
    }
}
