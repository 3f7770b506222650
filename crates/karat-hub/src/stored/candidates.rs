//! Search before create: who may be meant by some values.
//!
//! The values are cleaned as those of a record are. Whom to compare with is found by the search
//! index, by all values together and by each code alone; then the match model weighs every record of
//! those, by the function that decides about records.

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::claim::CleanRecord;
use karat_model::evidence::Verdict;
use karat_model::hub_model::{ColumnMapping, DateOrder, Delivery, Format, HubModel, Party, Source};
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Columns, Payload, SourceRecord};
use karat_store::Reader;

use super::StoredHub;
use crate::error::Error;
use crate::flow::clean::SourceCleaner;
use crate::search_text::folded_query;
use crate::view::{Candidate, Candidates, FoundWrong, Probe, ProbeValues, RecordDetail};

/// How many entities are found by all values together, and by one code.
const FOUND_TOGETHER_MAX: usize = 20;
const FOUND_BY_CODE_MAX: usize = 10;

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
        let findings = found_wrong(&asked.cleaned, &asked.columns);
        let sources = reader.sources()?;
        let mut candidates = Vec::new();
        for id in self.found(reader, &asked.cleaned)? {
            let Some(entity) = reader.entity(id)? else { continue };
            if entity.entity_type != probe.entity_type {
                continue;
            }
            let mut records = self.details(&sources, reader.records_of(id)?);
            let keys: Vec<RecordKey> =
                records.iter().map(|detail| detail.record.key.clone()).collect();
            records.push(asked.clone());
            let explained = self.rematch(reader, probe.entity_type, &records, |rematch| {
                let pairs = keys.iter().map(|key| rematch.explain(&asked.record.key, key));
                pairs.max_by(|one, other| {
                    one.total.cmp(&other.total).then_with(|| other.right.cmp(&one.right))
                })
            })?;
            let pair = explained.flatten().filter(|pair| pair.verdict() != Verdict::Different);
            if let Some(pair) = pair {
                candidates.push(Candidate { entity: self.summary(reader, &entity)?, pair });
            }
        }
        let likeliest_first =
            |candidate: &Candidate| (std::cmp::Reverse(candidate.pair.total), candidate.entity.id);
        candidates.sort_by_key(likeliest_first);
        candidates.truncate(limit);
        Ok(Candidates { candidates, findings })
    }

    /// The entities worth a comparison.
    fn found(&self, reader: &dyn Reader, cleaned: &CleanRecord) -> Result<Vec<EntityId>, Error> {
        let texts: Vec<String> =
            cleaned.claims.iter().map(|claim| folded_query(&claim.value)).collect();
        let mut found: Vec<EntityId> = Vec::new();
        let mut add = |query: &str, limit: usize| -> Result<(), Error> {
            for hit in reader.search(query, limit)? {
                if !found.contains(&hit.entity) {
                    found.push(hit.entity);
                }
            }
            Ok(())
        };
        if !texts.is_empty() {
            add(&texts.join(" "), FOUND_TOGETHER_MAX)?;
        }
        let is_code =
            |text: &&String| text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
        for code in texts.iter().filter(is_code) {
            add(code, FOUND_BY_CODE_MAX)?;
        }
        Ok(found)
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

fn found_wrong(cleaned: &CleanRecord, columns: &Columns) -> Vec<FoundWrong> {
    let column = |at: u16| columns[usize::from(at)].clone();
    let found = cleaned.findings.iter();
    found
        .map(|finding| FoundWrong { code: finding.code, column: finding.column.map(column) })
        .collect()
}
