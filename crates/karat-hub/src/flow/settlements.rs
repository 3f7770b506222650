//! Settlements: what stewards settled about values, made ready for merging.
//!
//! What a steward wrote is standardised like a value of the record that it goes with, so that it is
//! written, found and compared like any other. Where that does not give exactly one sound value of
//! the attribute, the text stands as it was written: the steward knows better. This is done anew
//! each time, so that the decision keeps the steward's own words.

use karat_engine::clean::{CleaningPlan, Memo};
use karat_engine::merging::SettledClaim;
use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::decision::{Settled, SettledValue, Settlement, Standing};
use karat_model::hub_model::{ColumnMapping, HubModel, Source};
use karat_model::id::RecordKey;
use karat_model::record::{Payload, SourceRecord};
use karat_model::table::{RecordNo, RecordTable};
use rustc_hash::FxHashMap;

/// What stewards settled, by record.
#[derive(Debug, Default)]
pub struct Settlements {
    of_record: FxHashMap<RecordKey, Vec<SettledClaim>>,
}

impl Settlements {
    /// All that stands; attributes that the hub model does not have any more are left out.
    pub fn new(model: &HubModel, decided: &Standing) -> Settlements {
        let mut of_record: FxHashMap<RecordKey, Vec<SettledClaim>> = FxHashMap::default();
        for Settlement { settled, no } in &decided.settled {
            let Some(attribute) = model.attributes.find(&settled.attribute) else { continue };
            let value = shown(model, settled, attribute);
            let claim = SettledClaim { attribute, slot: settled.slot, value, no: *no };
            of_record.entry(settled.record.clone()).or_default().push(claim);
        }
        Settlements { of_record }
    }

    /// What was settled about the values of a record.
    pub fn of(&self, record: &RecordKey) -> &[SettledClaim] {
        self.of_record.get(record).map_or(&[], Vec::as_slice)
    }

    /// Those of the records of a table.
    pub fn in_table(self, table: &RecordTable) -> SettledRecords {
        let known = self.of_record.into_iter();
        SettledRecords(
            known.filter_map(|(key, claims)| Some((table.find(&key)?, claims))).collect(),
        )
    }
}

/// What stewards settled, by the number of a record in a table.
#[derive(Debug, Default)]
pub struct SettledRecords(FxHashMap<RecordNo, Vec<SettledClaim>>);

impl SettledRecords {
    /// What was settled about the values of a record.
    pub fn of(&self, record: RecordNo) -> &[SettledClaim] {
        if self.0.is_empty() {
            return &[];
        }
        self.0.get(&record).map_or(&[], Vec::as_slice)
    }
}

/// What is shown; a text without a letter or digit is no value.
fn shown(model: &HubModel, settled: &Settled, attribute: AttributeId) -> SettledValue {
    let SettledValue::Text(text) = &settled.value else { return settled.value.clone() };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return SettledValue::None;
    }
    let source = model.source(&settled.record.source);
    let standardised =
        source.and_then(|source| standardised(model, source, settled, attribute, &text));
    SettledValue::Text(standardised.unwrap_or(text))
}

/// The one sound value that cleaning makes of a text.
fn standardised(
    model: &HubModel,
    source: &Source,
    settled: &Settled,
    attribute: AttributeId,
    text: &str,
) -> Option<String> {
    let column = settled.attribute.clone();
    let semantic_type = model.attributes.get(attribute).semantic_type;
    let mapping = ColumnMapping {
        column: column.clone(),
        semantic_type,
        attribute: Some(attribute),
        slot: 0,
        length_max: None,
    };
    let source = Source { columns: vec![mapping], ..source.clone() };
    let plan = CleaningPlan::new(model, &source, &[column]);
    let mut payload = Payload::new();
    payload.push(0, text);
    let record = SourceRecord { key: settled.record.clone(), observed_at: None, payload };
    let cleaned = plan.standardise(&record, &mut Memo::none());
    match &cleaned.claims[..] {
        [claim] if claim.attribute == attribute && claim.validity != Validity::Invalid => {
            Some(claim.value.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::EntityType;
    use karat_model::decision::{Decision, DecisionNo, Ruling};
    use karat_model::hub_model::{DateOrder, Delivery, Format, Party};
    use karat_model::record::Moment;

    use super::*;

    fn settled(attribute: &str, value: &str) -> Option<SettledValue> {
        let record: RecordKey = "crm/1".parse().unwrap();
        let mut model = HubModel::new("test");
        model.sources.push(Source {
            name: record.source.clone(),
            files: Vec::new(),
            format: Format::default(),
            delivery: Delivery::Full,
            trust: 50,
            party: Party::Always(EntityType::Person),
            country: None,
            date_order: DateOrder::DayFirst,
            feedback: None,
            columns: Vec::new(),
        });
        let value = SettledValue::Text(value.into());
        let settled =
            Settled { record: record.clone(), attribute: attribute.into(), slot: 0, value };
        let (no, steward, reason) = (DecisionNo(7), "eva".to_string(), String::new());
        let ruling = Ruling::Value(settled);
        let decision = Decision { no, ruling, steward, at: Moment(0), reason };
        let settlements = Settlements::new(&model, &Standing::of([&decision]));
        settlements.of(&record).first().map(|claim| claim.value.clone())
    }

    #[test]
    fn what_a_steward_writes_is_standardised_where_that_is_plain() {
        for (attribute, text, expected) in [
            ("postcode", "3512ab", "3512 AB"),
            ("birth_date", "12-3-1951", "1951-03-12"),
            ("email", " Eva@Post.Example ", "eva@post.example"),
            ("city", "  breda ", "Breda"),
            // Near misses: what is no such value, or more than one, stands as it was written.
            ("email", "ask her sister", "ask her sister"),
            ("house_number", "12 A", "12 A"),
        ] {
            let expected = SettledValue::Text(expected.into());
            assert_eq!(settled(attribute, text), Some(expected), "{attribute} {text}");
        }
        assert_eq!(settled("city", "  "), Some(SettledValue::None));
        assert_eq!(settled("no_such_attribute", "x"), None);
    }
}
