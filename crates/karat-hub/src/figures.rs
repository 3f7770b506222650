//! Figures: what a load found out of the whole hub, kept with the publication for the overview.

use std::collections::BTreeMap;

use karat_engine::matching::SharedValue;
use karat_engine::matching::labels::calibration::Calibration;
use karat_engine::quality::measure::QualityCounts;
use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::evidence::Weight;
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use serde::{Deserialize, Serialize};

use crate::flow::identify::Identified;
use crate::flow::master::Mastered;
use crate::flow::publish::one_for_two_customers;

/// The figures of a hub, in their stored form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Per source.
    pub sources: Vec<SourceFigures>,
    /// Per entity type.
    pub types: Vec<TypeFigures>,
    /// Per entity type and attribute.
    pub attributes: Vec<AttributeFigures>,
    /// Per finding and source.
    pub findings: Vec<FindingFigures>,
    /// Values that many customers share, most shared first.
    #[serde(default)]
    pub shared_values: Vec<SharedFigures>,
}

/// The figures of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFigures {
    /// Its name.
    pub name: String,
    /// Rows of its last delivery that could not be read.
    pub quarantined: u64,
    /// Findings on its records.
    pub findings: u64,
    /// Customers that no other source knows; not known of figures of before it was counted.
    #[serde(default)]
    pub alone: Option<u64>,
}

/// The figures of an entity type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TypeFigures {
    /// Its name.
    pub entity_type: String,
    /// Source records.
    pub records: u64,
    /// Customers.
    pub entities: u64,
    /// Customers that may be the same as another: pairs.
    pub potential_matches: u64,
    /// See [`expected_precision`].
    pub expected_precision: Option<f64>,
}

/// How well records of an entity type fill an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeFigures {
    /// The name of the entity type.
    pub entity_type: String,
    /// The name of the attribute.
    pub attribute: String,
    /// Customers.
    pub entities: u64,
    /// Customers of whom some record has a value.
    pub filled: u64,
    /// Customers of whom some record has a valid value.
    pub valid: u64,
}

/// How often a finding was made in a source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingFigures {
    /// The name of the finding.
    pub code: String,
    /// The source.
    pub source: String,
    /// How often.
    pub records: u64,
}

/// A value that many customers share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedFigures {
    /// What people call the attribute, in English and Dutch.
    pub label: [String; 2],
    /// The value.
    pub value: String,
    /// Records that have it.
    pub records: u64,
    /// Customers that have it.
    pub customers: u64,
    /// What agreement on it still weighs, in parts of 256 to a bit.
    pub weight: i32,
    /// What it would weigh if nobody else had it.
    pub rarest: i32,
}

/// How many shared values are kept.
const SHARED_KEPT: usize = 20;

impl Figures {
    /// The name they are kept under.
    pub const NAME: &'static str = "figures";

    /// The figures of what is about to be published.
    pub fn of(
        model: &HubModel,
        mastered: &[Mastered],
        identified: &[Identified],
        shared_values: Vec<SharedValue>,
        counts: &[(SourceName, QualityCounts)],
        quarantined: &dyn Fn(&str) -> u64,
    ) -> Figures {
        let mut figures = Figures::default();
        let alone = known_alone(mastered);
        for (name, counts) in counts {
            let quarantined = quarantined(name.as_str());
            let mut by_code: BTreeMap<&str, u64> = BTreeMap::new();
            for (_, code, count) in counts.findings() {
                *by_code.entry(code.name()).or_default() += count;
            }
            let findings = by_code.values().sum();
            let alone = Some(alone.get(name).copied().unwrap_or(0));
            let name_text = name.to_string();
            figures.sources.push(SourceFigures { name: name_text, quarantined, findings, alone });
            figures.findings.extend(by_code.into_iter().map(|(code, records)| FindingFigures {
                code: code.to_string(),
                source: name.to_string(),
                records,
            }));
        }
        for (mastered, identified) in mastered.iter().zip(identified) {
            figures.types.push(type_figures(mastered, identified));
            figures.attributes.extend(attribute_figures(model, mastered));
        }
        let mut shared_values = shared_values;
        // Those of one entity type are in order already.
        shared_values.sort_by_key(|shared| std::cmp::Reverse(shared.customers));
        shared_values.truncate(SHARED_KEPT);
        figures.shared_values = shared_values.into_iter().map(SharedFigures::of).collect();
        figures
    }

    /// The rows that could not be read in the last delivery of a source.
    pub fn quarantined(&self, source: &str) -> u64 {
        self.sources.iter().find(|of| of.name == source).map_or(0, |of| of.quarantined)
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("figures have only numbers and text")
    }

    /// Reads the stored form; figures of another version of Karat are left out.
    pub fn from_json(json: &str) -> Figures {
        serde_json::from_str(json).unwrap_or_default()
    }
}

/// Per source how many customers no other source knows.
fn known_alone(mastered: &[Mastered]) -> BTreeMap<SourceName, u64> {
    let mut alone: BTreeMap<SourceName, u64> = BTreeMap::new();
    for Mastered { table, matched, .. } in mastered {
        for members in matched.partition.clusters() {
            let source = table.source(members[0]);
            if members.iter().all(|member| table.source(*member) == source) {
                *alone.entry(table.sources()[usize::from(source)].clone()).or_default() += 1;
            }
        }
    }
    alone
}

fn type_figures(mastered: &Mastered, identified: &Identified) -> TypeFigures {
    TypeFigures {
        entity_type: mastered.table.entity_type.name().to_string(),
        records: mastered.table.len() as u64,
        entities: identified.ids.len() as u64,
        potential_matches: one_for_two_customers(&mastered.matched).len() as u64,
        expected_precision: expected_precision(
            &mastered.weakest_links,
            &mastered.model.calibration,
        ),
    }
}

/// The share of customers with several records that the match model itself expects to be put
/// together rightly: the mean probability of their weakest links. `None` when there are none.
///
/// Summed in order of clusters, so that it is the same for any number of threads.
pub fn expected_precision(
    weakest_links: &[Option<Weight>],
    calibration: &Calibration,
) -> Option<f64> {
    let several = || weakest_links.iter().flatten();
    let sum: f64 = several().map(|weakest| calibration.probability(*weakest)).sum();
    let customers = several().count();
    (customers > 0).then(|| sum / customers as f64)
}

fn attribute_figures(model: &HubModel, mastered: &Mastered) -> Vec<AttributeFigures> {
    let Mastered { table, matched, .. } = mastered;
    let entities = matched.partition.len();
    let figures = |attribute: AttributeId| {
        let column = table.column(attribute);
        let mut best: Vec<Option<Validity>> = vec![None; entities];
        for record in table.records() {
            let validities =
                column.values(record).map(|(slot, code)| column.validity(record, slot, code));
            let cluster = matched.partition.cluster_of(record) as usize;
            best[cluster] = best[cluster].max(validities.max());
        }
        AttributeFigures {
            entity_type: table.entity_type.name().to_string(),
            attribute: model.attributes.get(attribute).name.clone(),
            entities: entities as u64,
            filled: best.iter().flatten().count() as u64,
            valid: best.iter().filter(|best| **best == Some(Validity::Valid)).count() as u64,
        }
    };
    table.filled_attributes().map(figures).collect()
}

impl SharedFigures {
    fn of(shared: SharedValue) -> SharedFigures {
        let SharedValue { label, value, records, customers, weight, rarest } = shared;
        let [weight, rarest] = [weight.0, rarest.0];
        SharedFigures { label, value, records, customers, weight, rarest }
    }

    /// The shared value that is kept.
    pub fn to_shared_value(&self) -> SharedValue {
        let SharedFigures { label, value, records, customers, weight, rarest } = self.clone();
        let [weight, rarest] = [weight, rarest].map(Weight);
        SharedValue { label, value, records, customers, weight, rarest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_as_sure_as_its_weakest_link() {
        let even_odds = Some(Weight::ZERO);
        let three_to_one = Some(Weight::from_bits(3f64.log2()));
        let uncalibrated = Calibration::default();
        let expected = expected_precision(&[None, even_odds, three_to_one], &uncalibrated).unwrap();
        assert!((expected - 0.625).abs() < 0.001, "{expected}");
        assert_eq!(expected_precision(&[None], &uncalibrated), None);
    }
}
