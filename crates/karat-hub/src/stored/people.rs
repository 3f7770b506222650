//! Records and customers as several pages show them.

use karat_engine::clean::Memo;
use karat_engine::clean::repair::RepairedColumn;
use karat_engine::merging::{self, Member, display};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::decision::Standing;
use karat_model::golden::GoldenRecord;
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Columns, SourceRecord};
use karat_model::repair_step::RepairStep;
use karat_store::{Reader, SourceNo, StoredEntity, StoredRecord, StoredSource};

use super::StoredHub;
use crate::error::Error;
use crate::flow::clean::SourceCleaner;
use crate::flow::publish::trust;
use crate::flow::settlements::Settlements;
use crate::view::{CustomerSummary, RecordDetail, RepairedValue};

/// How many related customers are told.
const RELATED_MAX: usize = 20;

impl StoredHub {
    /// Records as they came and as they were cleaned; those of sources that are gone are left out.
    pub(super) fn details(
        &self,
        sources: &[StoredSource],
        records: Vec<StoredRecord>,
    ) -> Vec<RecordDetail> {
        let columns_of = |number| {
            let source = sources.iter().find(|source| source.source == number)?;
            Some((&source.name, &source.columns))
        };
        details_under(&self.model, &columns_of, records)
    }

    /// A customer in one line.
    pub(super) fn summary(
        &self,
        reader: &dyn Reader,
        entity: &StoredEntity,
    ) -> Result<CustomerSummary, Error> {
        summary_under(&self.model, reader, entity)
    }

    /// Other customers that a steward said a customer has to do with, as decisions name them.
    pub(super) fn related_to(
        &self,
        reader: &dyn Reader,
        standing: &Standing,
        id: EntityId,
        records: &[RecordDetail],
    ) -> Result<Vec<CustomerSummary>, Error> {
        let own = standing.near(records.iter().map(|detail| &detail.record.key));
        let is_own = |side: &[RecordKey]| side.iter().any(|key| own.binary_search(key).is_ok());
        let sides =
            standing.related.iter().flat_map(|[left, right]| [(left, right), (right, left)]);
        let others = sides.filter(|(side, _)| is_own(side)).flat_map(|(_, other)| other);
        let mut related: Vec<EntityId> = Vec::new();
        for key in others {
            let other = reader.entity_of(key)?;
            related.extend(other.filter(|other| *other != id && !related.contains(other)));
        }
        related.truncate(RELATED_MAX);
        let summaries =
            related.into_iter().filter_map(|id| self.summary_of(reader, id).transpose());
        summaries.collect()
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

/// A customer in one line, under a hub model.
pub(super) fn summary_under(
    model: &HubModel,
    reader: &dyn Reader,
    entity: &StoredEntity,
) -> Result<CustomerSummary, Error> {
    let attributes = &model.attributes;
    let best = |attribute: AttributeId| {
        let values = entity.golden.get(&attributes.get(attribute).name)?;
        values.first().map(String::as_str)
    };
    Ok(CustomerSummary {
        id: entity.id,
        entity_type: entity.entity_type,
        title: called(entity.title.clone()),
        told_by: told_by(entity.entity_type, &best),
        address: display::subtitle_of(&best),
        records: u64::from(entity.records),
        sources: reader.sources_of(entity.id)?,
    })
}

/// Records as they came and as they are cleaned under a hub model; those of sources that are gone
/// are left out. `columns_of` tells the name and the columns of a source.
pub(super) fn details_under<'s>(
    model: &HubModel,
    columns_of: &dyn Fn(SourceNo) -> Option<(&'s SourceName, &'s Columns)>,
    records: Vec<StoredRecord>,
) -> Vec<RecordDetail> {
    let detail = |stored: StoredRecord| {
        let (source, columns) = columns_of(stored.source)?;
        let cleaner = SourceCleaner::new(model, source, columns);
        let cleaned = cleaner.clean(&stored.record)?;
        let title = called(display::title_of(cleaned.entity_type, &|attribute| {
            let claim = cleaned.claims.iter().find(|claim| claim.attribute == attribute)?;
            Some(&claim.value)
        }));
        let columns = columns.clone();
        let repairs = repaired_values(model.repairs_of(source), &cleaner, &stored.record);
        Some(RecordDetail { record: stored.record, columns, title, cleaned, repairs })
    };
    records.into_iter().filter_map(detail).collect()
}

/// What the steps of a source changed in a record.
fn repaired_values(
    steps: &[RepairStep],
    cleaner: &SourceCleaner,
    record: &SourceRecord,
) -> Vec<RepairedValue> {
    let repairs = cleaner.repairs(record, &mut Memo::none());
    let done = repairs.into_iter().filter(|it| it.is_done);
    let told = done.filter_map(|RepairedColumn { step, column, before, after, .. }| {
        let RepairStep { id, by, why, .. } = steps.get(step)?.clone();
        Some(RepairedValue { step: id, by, why, column, before, after })
    });
    told.collect()
}

/// The golden record, under a hub model and what stood, of records that are in order of their keys.
pub(super) fn golden_under(
    model: &HubModel,
    standing: &Standing,
    entity_type: EntityType,
    records: &[RecordDetail],
) -> GoldenRecord {
    let keys = records.iter().map(|detail| &detail.record.key);
    let settlements = Settlements::new(model, &standing.of_records(keys));
    let members: Vec<Member> = (0..)
        .zip(records)
        .map(|(number, detail)| {
            let trust = trust(model, &detail.record.key.source);
            let (at, claims) = (detail.record.observed_at, &detail.cleaned.claims);
            let settled = settlements.of(&detail.record.key);
            Member::of_claims(number, trust, at, claims).settled(settled)
        })
        .collect();
    merging::survive(entity_type, &members, &model.attributes, &model.survivorship, &|record| {
        records[record as usize].record.key.clone()
    })
}

/// A title, or nothing where it says that nothing is known.
pub fn called(title: String) -> String {
    if title == display::UNKNOWN { String::new() } else { title }
}

/// The date of birth of a person, the KvK number of an organisation.
fn told_by<'a>(
    entity_type: EntityType,
    best: &dyn Fn(AttributeId) -> Option<&'a str>,
) -> Option<(AttributeId, String)> {
    let attribute = match entity_type {
        EntityType::Person => AttributeId::BIRTH_DATE,
        EntityType::Organisation => AttributeId::KVK_NUMBER,
    };
    best(attribute).map(|value| (attribute, value.to_string()))
}
