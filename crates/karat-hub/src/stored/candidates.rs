//! Search before create: who may be meant by some values.
//!
//! The values are cleaned as those of a record are, the match index tells which records share a
//! blocking key with them, and the match model weighs those: what is found is what a record with
//! these values would be compared with if it came.

use karat_engine::matching::cluster::Edge;
use karat_engine::matching::progress::Unwatched;
use karat_engine::matching::{self, Matcher};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::claim::CleanRecord;
use karat_model::hub_model::{ColumnMapping, DateOrder, Delivery, Format, HubModel, Party, Source};
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Columns, Payload, SourceRecord};
use karat_store::{Reader, RowNo};
use rustc_hash::FxHashMap;

use super::StoredHub;
use super::rematch::in_order;
use crate::error::Error;
use crate::flow::change::{Company, Newcomer, Records};
use crate::flow::clean::SourceCleaner;
use crate::view::{Candidate, Candidates, FoundWrong, Probe, ProbeValues, RecordDetail};

/// No source can have an id with this character, as files and addresses cannot.
const PROBE_ID: &str = "\0";

impl StoredHub {
    pub(super) fn read_candidates(
        &self,
        reader: &dyn Reader,
        probe: &Probe,
        limit: usize,
    ) -> Result<Candidates, Error> {
        let asked = self.probe_record(probe);
        let findings = found_wrong(&asked, &self.model);
        let nobody = || Candidates { candidates: Vec::new(), findings: findings.clone() };
        let Some(model) = self.model_of(reader, probe.entity_type)? else { return Ok(nobody()) };
        let attributes = &self.model.attributes;
        let mut records = Records::new(&self.model, reader)?;
        let probe = Newcomer { key: &asked.record.key, cleaned: &asked.cleaned, row: None };
        let Company { table, newcomers, .. } = Company::of(reader, &mut records, &model, &[probe])?;
        let own = newcomers[0];
        let matcher =
            Matcher::frozen(&table, attributes, model, matching::Candidates::Hopeful, &Unwatched);
        let mut edges = matcher.edges_with(&[own]);
        edges.sort_unstable_by_key(|edge| (-edge.weight, edge.left, edge.right));
        let other = |edge: &Edge| if edge.left == own { edge.right } else { edge.left };
        let rows: Vec<RowNo> = edges.iter().map(|edge| RowNo(table.row(other(edge)))).collect();
        let entity_of: FxHashMap<RowNo, EntityId> =
            reader.entities_of_rows(&rows)?.into_iter().collect();
        let mut candidates: Vec<Candidate> = Vec::new();
        for edge in &edges {
            let Some(&id) = entity_of.get(&RowNo(table.row(other(edge)))) else { continue };
            let is_known = candidates.iter().any(|known| known.entity.id == id);
            if is_known || candidates.len() == limit {
                continue;
            }
            let Some(entity) = reader.entity(id)? else { continue };
            let pair = in_order(&asked.record.key, matcher.explain(own, other(edge)));
            candidates.push(Candidate { entity: self.summary(reader, &entity)?, pair });
        }
        Ok(Candidates { candidates, findings })
    }

    /// What is asked about, as if it were a record.
    fn probe_record(&self, probe: &Probe) -> RecordDetail {
        match &probe.values {
            ProbeValues::Columns(source, values) => {
                self.cleaned_probe(&self.model, source, values, probe.entity_type)
            }
            ProbeValues::Attributes(values) => {
                let mut model = HubModel::clone(&self.model);
                let source = source_of_attributes(&model, values, probe.entity_type);
                let name = source.name.clone();
                model.sources = vec![source];
                let named: Vec<(String, String)> = (0..)
                    .zip(values)
                    .map(|(at, (_, value)): (usize, _)| (at.to_string(), value.clone()))
                    .collect();
                self.cleaned_probe(&model, &name, &named, probe.entity_type)
            }
        }
    }

    fn cleaned_probe(
        &self,
        model: &HubModel,
        source: &SourceName,
        values: &[(String, String)],
        entity_type: EntityType,
    ) -> RecordDetail {
        let columns: Columns = values.iter().map(|(column, _)| column.clone()).collect();
        let mut payload = Payload::new();
        (0..).zip(values).for_each(|(column, (_, value))| payload.push(column, value));
        let key = RecordKey::new(source.clone(), PROBE_ID);
        let record = SourceRecord { key, observed_at: None, payload };
        let cleaned = SourceCleaner::new(model, source, &columns).clean(&record);
        let nothing = CleanRecord { entity_type, claims: Vec::new(), findings: Vec::new() };
        // Who asks knows what it is, whatever the values look like.
        let cleaned = CleanRecord { entity_type, ..cleaned.unwrap_or(nothing) };
        RecordDetail { record, columns, title: String::new(), cleaned }
    }
}

/// A source with a column per value, which fills the attribute of that value.
fn source_of_attributes(
    model: &HubModel,
    values: &[(AttributeId, String)],
    entity_type: EntityType,
) -> Source {
    let mapping = |(at, (attribute, _)): (usize, &(AttributeId, String))| ColumnMapping {
        column: at.to_string(),
        semantic_type: model.attributes.get(*attribute).semantic_type,
        attribute: Some(*attribute),
        slot: 0,
        length_max: None,
    };
    Source {
        name: SourceName::new("probe"),
        files: Vec::new(),
        format: Format::default(),
        delivery: Delivery::Changes,
        trust: 0,
        party: Party::Always(entity_type),
        country: None,
        date_order: DateOrder::DayFirst,
        columns: values.iter().enumerate().map(mapping).collect(),
    }
}

fn found_wrong(asked: &RecordDetail, model: &HubModel) -> Vec<FoundWrong> {
    let found = asked.cleaned.findings.iter();
    found.map(|finding| FoundWrong::of(finding, &asked.columns, &model.attributes)).collect()
}
