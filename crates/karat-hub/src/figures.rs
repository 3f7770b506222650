//! Figures: what a load found out of the whole hub, kept with the publication for the overview.

use std::collections::BTreeMap;

use karat_engine::matching::SharedValue;
use karat_engine::matching::labels::calibration::Calibration;
use karat_engine::quality::expected::{Spread, Weighed, place};
use karat_engine::quality::measure::QualityCounts;
use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::decision::{Identity, Ruling};
use karat_model::evidence::{Verdict, Weight};
use karat_model::hub_model::HubModel;
use karat_model::id::{RecordKey, SourceName};
use karat_model::partition::Edge;
use karat_model::table::{RecordNo, RecordTable};
use karat_store::JournaledDecision;
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
    /// What precision and recall are expected by.
    #[serde(default)]
    pub weighed: Weighed,
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
        decisions: &[JournaledDecision],
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
            figures.types.push(type_figures(mastered, identified, decisions));
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

fn type_figures(
    mastered: &Mastered,
    identified: &Identified,
    decisions: &[JournaledDecision],
) -> TypeFigures {
    TypeFigures {
        entity_type: mastered.table.entity_type.name().to_string(),
        records: mastered.table.len() as u64,
        entities: identified.ids.len() as u64,
        potential_matches: one_for_two_customers(&mastered.matched).len() as u64,
        expected_precision: expected_precision(
            &mastered.weakest_links,
            &mastered.model.calibration,
        ),
        weighed: weighed(mastered, decisions),
    }
}

/// What precision and recall of the customers of an entity type are expected by.
fn weighed(mastered: &Mastered, decisions: &[JournaledDecision]) -> Weighed {
    let Mastered { table, model, matched, weakest_links, .. } = mastered;
    let at = |total: Weight| place(model.calibration.calibrate(total).bits());
    let is_together = |edge: &&Edge| {
        matched.partition.cluster_of(edge.left) == matched.partition.cluster_of(edge.right)
    };
    let (together, apart): (Vec<&Edge>, Vec<&Edge>) = matched.edges.iter().partition(is_together);
    let mut apart = spread(apart.into_iter().map(|edge| (at(edge.weight), 1)));
    let review = Weight(model.review_threshold).bits().floor() as i32;
    let light = matched.scores.iter().filter(|(bits, _)| *bits < review);
    apart.extend(spread(
        light.map(|(bits, pairs)| (at(Weight::from_bits(f64::from(*bits) + 0.5)), *pairs)),
    ));
    let [mut same, mut different] = [Vec::new(), Vec::new()];
    for entry in decisions.iter().filter(|entry| entry.undone.is_none()) {
        let Ruling::Identity(Identity { left, right, verdict }) = &entry.decision.ruling else {
            continue;
        };
        let Some(heaviest) = heaviest(table, &matched.edges, left, right) else { continue };
        match verdict {
            Verdict::Same => same.push((at(heaviest), 1)),
            Verdict::Different | Verdict::Related => different.push((at(heaviest), 1)),
            Verdict::Unsure => {}
        }
    }
    Weighed {
        weakest: spread(weakest_links.iter().flatten().map(|weakest| (at(*weakest), 1))),
        together: spread(together.into_iter().map(|edge| (at(edge.weight), 1))),
        apart,
        unfound: matched.missed,
        same: spread(same.into_iter()),
        different: spread(different.into_iter()),
    }
}

/// How many there are at each place, in order.
fn spread(placed: impl Iterator<Item = (i32, u64)>) -> Spread {
    let mut counted: BTreeMap<i32, u64> = BTreeMap::new();
    for (place, count) in placed {
        *counted.entry(place).or_default() += count;
    }
    counted.into_iter().collect()
}

/// More records than this of each side are not looked at: of the first the heaviest pair is known.
const SIDE_MAX: usize = 32;

/// What the heaviest pair between two sides weighs; `None` when none was kept.
fn heaviest(
    table: &RecordTable,
    edges: &[Edge],
    left: &[RecordKey],
    right: &[RecordKey],
) -> Option<Weight> {
    let known = |side: &[RecordKey]| -> Vec<RecordNo> {
        side.iter().take(SIDE_MAX).filter_map(|key| table.find(key)).collect()
    };
    let (left, right) = (known(left), known(right));
    let pairs = left.iter().flat_map(|one| right.iter().map(move |other| (one, other)));
    let weights = pairs.filter_map(|(one, other)| {
        let wanted = (*one.min(other), *one.max(other));
        let at = edges.binary_search_by_key(&wanted, |edge| (edge.left, edge.right));
        Some(edges[at.ok()?].weight)
    });
    weights.max()
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
