//! The overview: what is in the hub and how good it is.

use karat_model::attribute::EntityType;
use karat_model::evidence::Weight;
use karat_model::finding::FindingCode;
use karat_model::id::SourceName;
use karat_store::{Load, Reader};

use super::StoredHub;
use crate::drift::{self, DriftReport};
use crate::error::Error;
use crate::figures::{Figures, SharedFigures, TypeFigures};
use crate::flow::load::StoredReport;
use crate::flow::publish::trust;
use crate::view::{
    AttributeQuality, EntityTypeSummary, FindingTotal, LastLoad, Overview, SourceSummary,
};

impl StoredHub {
    pub(super) fn read_overview(&self, reader: &dyn Reader) -> Result<Overview, Error> {
        let figures = reader.statistic(Figures::NAME)?;
        let figures = figures.map(|json| Figures::from_json(&json)).unwrap_or_default();
        let last_load = reader.loads()?.into_iter().find(is_done);
        let last_at = last_load.as_ref().and_then(|load| load.finished_at);
        let drift = drift::last(reader)?;
        let mut sources = Vec::new();
        let counts = self.record_counts(reader)?;
        for stored in reader.sources()? {
            let known = figures.sources.iter().find(|source| source.name == stored.name.as_str());
            sources.push(SourceSummary {
                trust: trust(&self.model, &stored.name),
                name: stored.name,
                records: counts[&stored.source],
                quarantined: known.map_or(0, |source| source.quarantined),
                findings: known.map_or(0, |source| source.findings),
                last_load: last_at,
            });
        }
        let mut entity_types = Vec::new();
        for of_type in &figures.types {
            entity_types.extend(self.entity_type_summary(reader, of_type, drift.as_ref())?);
        }
        Ok(Overview {
            sources,
            entity_types,
            quality: self.quality(&figures),
            findings: finding_totals(&figures),
            shared_values: figures
                .shared_values
                .iter()
                .map(SharedFigures::to_shared_value)
                .collect(),
            drift_measured_at: drift.map(|report| report.measured_at),
            last_load: last_load.and_then(last_load_of),
        })
    }

    fn entity_type_summary(
        &self,
        reader: &dyn Reader,
        figures: &TypeFigures,
        drift: Option<&DriftReport>,
    ) -> Result<Option<EntityTypeSummary>, Error> {
        let Some(entity_type) = EntityType::from_name(&figures.entity_type) else {
            return Ok(None);
        };
        let Some(model) = self.model_of(reader, entity_type)? else { return Ok(None) };
        Ok(Some(EntityTypeSummary {
            entity_type,
            records: figures.records,
            entities: figures.entities,
            potential_matches: figures.potential_matches,
            link_threshold: Weight(model.link_threshold),
            review_threshold: Weight(model.review_threshold),
            expected_precision: figures.expected_precision,
            expected: figures.weighed.expected(),
            warnings: model.training.warnings.clone(),
            drift: drift.and_then(|report| report.of(entity_type)).cloned(),
            model: model.id(),
        }))
    }

    fn quality(&self, figures: &Figures) -> Vec<AttributeQuality> {
        let quality = figures.attributes.iter().filter_map(|figures| {
            Some(AttributeQuality {
                entity_type: EntityType::from_name(&figures.entity_type)?,
                attribute: self.model.attributes.find(&figures.attribute)?,
                entities: figures.entities,
                filled: figures.filled,
                valid: figures.valid,
            })
        });
        quality.collect()
    }
}

/// Per finding how often it was made, and where most often; the most frequent first.
fn finding_totals(figures: &Figures) -> Vec<FindingTotal> {
    let total = |&code: &FindingCode| {
        let of_code = || figures.findings.iter().filter(move |finding| finding.code == code.name());
        let worst = of_code().max_by_key(|finding| finding.records)?;
        let records = of_code().map(|finding| finding.records).sum();
        Some(FindingTotal { code, records, worst_source: SourceName::new(&worst.source) })
    };
    let mut totals: Vec<FindingTotal> = FindingCode::ALL.iter().filter_map(total).collect();
    totals.sort_by_key(|total| (std::cmp::Reverse(total.records), total.code));
    totals
}

/// Whether a load came to its end, and did not fail.
fn is_done(load: &Load) -> bool {
    let report = load.report.as_deref().map(serde_json::from_str::<StoredReport>);
    let has_failed = report.is_some_and(|report| report.is_ok_and(|it| it.failed.is_some()));
    load.finished_at.is_some() && !has_failed
}

fn last_load_of(load: Load) -> Option<LastLoad> {
    let report: StoredReport = serde_json::from_str(&load.report?).unwrap_or_default();
    Some(LastLoad {
        at: load.finished_at?,
        read: report.rows,
        added: report.new,
        changed: report.changed,
        removed: report.deleted,
        quarantined: report.quarantined,
    })
}
