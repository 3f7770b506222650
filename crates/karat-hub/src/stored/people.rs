//! Records and customers as several pages show them.

use karat_engine::matching::Matcher;
use karat_engine::matching::model::MatchModel;
use karat_engine::merging::{self, Member, display};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::golden::GoldenRecord;
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::Columns;
use karat_model::table::{RecordNo, RecordTable, TableBuilder};
use karat_store::{Reader, StoredEntity, StoredRecord};

use super::StoredHub;
use crate::error::Error;
use crate::flow::clean::SourceCleaner;
use crate::flow::publish::trust;
use crate::view::{CustomerSummary, RecordDetail};

impl StoredHub {
    /// Records as they came and as they were cleaned; those of sources that are gone are left out.
    pub(super) fn details(
        &self,
        reader: &dyn Reader,
        records: Vec<StoredRecord>,
    ) -> Result<Vec<RecordDetail>, Error> {
        let sources = reader.sources()?;
        let detail = |stored: StoredRecord| {
            let source = sources.iter().find(|source| source.source == stored.source)?;
            let columns: Columns = source.columns.clone();
            let cleaner = SourceCleaner::new(&self.model, &source.name, &columns);
            let cleaned = cleaner.clean(&stored.record)?;
            Some(RecordDetail { record: stored.record, columns, cleaned })
        };
        Ok(records.into_iter().filter_map(detail).collect())
    }

    /// The golden record of records that are in order of their keys.
    pub(super) fn golden(&self, entity_type: EntityType, records: &[RecordDetail]) -> GoldenRecord {
        let members: Vec<Member> = (0..)
            .zip(records)
            .map(|(number, detail)| {
                let trust = trust(&self.model, &detail.record.key.source);
                Member::of_claims(number, trust, detail.record.observed_at, &detail.cleaned.claims)
            })
            .collect();
        merging::survive(
            entity_type,
            &members,
            &self.model.attributes,
            &self.model.survivorship,
            &|record| records[record as usize].record.key.clone(),
        )
    }

    /// A table of a few records, for matching them again under the model that matched them all.
    pub(super) fn table(&self, entity_type: EntityType, records: &[RecordDetail]) -> RecordTable {
        let sources = records.iter().map(|detail| detail.record.key.source.clone());
        let mut builder = TableBuilder::new(entity_type, &self.model.attributes, sources);
        for (number, detail) in (0..).zip(records) {
            let record = &detail.record;
            builder.push(&record.key, record.observed_at, number, &detail.cleaned.claims);
        }
        builder.finish()
    }

    pub(super) fn matcher<'a>(&'a self, table: &'a RecordTable, model: MatchModel) -> Matcher<'a> {
        Matcher::frozen(table, &self.model.attributes, model)
    }

    /// A customer in one line.
    pub(super) fn summary(
        &self,
        reader: &dyn Reader,
        entity: &StoredEntity,
    ) -> Result<CustomerSummary, Error> {
        let mut sources: Vec<SourceName> = reader
            .records_of(entity.id)?
            .into_iter()
            .map(|stored| stored.record.key.source)
            .collect();
        sources.sort();
        sources.dedup();
        let attributes = &self.model.attributes;
        let best = |attribute: AttributeId| {
            let values = entity.golden.get(&attributes.get(attribute).name)?;
            values.first().map(String::as_str)
        };
        Ok(CustomerSummary {
            id: entity.id,
            entity_type: entity.entity_type,
            title: entity.title.clone(),
            subtitle: subtitle(entity.entity_type, &best),
            records: u64::from(entity.records),
            sources,
        })
    }

    /// The customer with this id in one line, if it is there.
    pub(super) fn summary_of(
        &self,
        reader: &dyn Reader,
        id: EntityId,
    ) -> Result<Option<CustomerSummary>, Error> {
        match reader.entity(id)? {
            Some(entity) => Ok(Some(self.summary(reader, &entity)?)),
            None => Ok(None),
        }
    }
}

/// The date of birth or the KvK number, and the address.
fn subtitle<'a>(entity_type: EntityType, best: &dyn Fn(AttributeId) -> Option<&'a str>) -> String {
    let told_by = match entity_type {
        EntityType::Person => best(AttributeId::BIRTH_DATE).map(str::to_string),
        EntityType::Organisation => best(AttributeId::KVK_NUMBER).map(|kvk| format!("KvK {kvk}")),
    };
    let address = Some(display::subtitle_of(best)).filter(|address| !address.is_empty());
    let parts: Vec<String> = [told_by, address].into_iter().flatten().collect();
    parts.join(" · ")
}

/// The number of a record in a table.
pub(super) fn number_of(table: &RecordTable, key: &RecordKey) -> RecordNo {
    table.find(key).expect("the table was made of this record")
}
