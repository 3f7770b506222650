//! The report as JSON, for programs; it holds counts and weights, no values of customers.

use karat_model::evidence::Weight;
use serde_json::{Value, json};

use super::{
    ComparisonFigures, LabelFigures, LevelFigures, MatchingReport, RuleReport, SharedValue,
    ThresholdLadder, TradeOff,
};

impl MatchingReport {
    /// The figures of the report; weights are in bits, shares go from 0 to 1.
    pub fn to_json(&self) -> Value {
        let thresholds = self.trade_offs(self.thresholds()[0], self.thresholds()[1]);
        json!({
            "entity_type": self.entity_type.name(),
            "records": self.records,
            "customers": self.entities,
            "potential_matches": self.potential_matches,
            "compared": self.compared,
            "rounds": self.rounds,
            "prior": self.prior.bits(),
            "link_threshold": self.link_threshold.bits(),
            "review_threshold": self.review_threshold.bits(),
            "expected_precision": self.expected_precision,
            "at_link_threshold": self.at(&self.trade_off(self.link_threshold)),
            "thresholds": thresholds.iter().map(|at| self.at(at)).collect::<Vec<_>>(),
            "compared_with_themselves": self.self_weights.records(),
            "scores": self.scores.iter()
                .map(|(bits, pairs)| json!({ "bits": bits, "pairs": pairs }))
                .collect::<Vec<_>>(),
            "comparisons": self.comparisons.iter().map(comparison).collect::<Vec<_>>(),
            "shared_values": self.shared_values.iter().map(shared_value).collect::<Vec<_>>(),
            "blocking": self.rules.iter().map(rule).collect::<Vec<_>>(),
            "missed": self.missed,
            "held": self.held,
            "cohesion": {
                "customers": self.cohesion.customers,
                "complete": self.cohesion.complete,
                "with_bridge": self.cohesion.with_bridge,
                "with_conflict": self.cohesion.with_conflict,
            },
            "too_large_components": self.ladders.iter().map(ladder).collect::<Vec<_>>(),
            "labels": self.labels.as_ref().map(labels),
            "warnings": self.warnings.iter().map(|[english, _]| english).collect::<Vec<_>>(),
        })
    }

    fn at(&self, trade_off: &TradeOff) -> Value {
        json!({
            "threshold": trade_off.threshold.bits(),
            "pairs": trade_off.pairs,
            "precision": trade_off.precision,
            "recall": trade_off.recall,
            "unlinkable": self.self_weights.unlinkable(trade_off.threshold),
        })
    }
}

pub(crate) fn ladder(ladder: &ThresholdLadder) -> Value {
    json!({
        "records": ladder.records,
        "threshold": ladder.threshold.bits(),
        "clusters": ladder.clusters,
    })
}

fn comparison(comparison: &ComparisonFigures) -> Value {
    json!({
        "name": comparison.label[0],
        "for_customer": comparison.for_customer().bits(),
        "for_strangers": comparison.for_strangers().bits(),
        "levels": comparison.levels.iter().map(level).collect::<Vec<_>>(),
    })
}

fn level(level: &LevelFigures) -> Value {
    json!({
        "name": level.label[0],
        "weight": level.weight.bits(),
        "offset": level.offset.bits(),
        "m": level.m,
        "u": level.u,
        "household": level.household,
        "rarity": level.rarity.map(|range| range.map(Weight::bits)),
    })
}

/// A value that many share, without the value.
pub(crate) fn shared_value(shared: &SharedValue) -> Value {
    json!({
        "attribute": shared.label[0],
        "records": shared.records,
        "customers": shared.customers,
        "weight": shared.weight.bits(),
        "weight_if_rare": shared.rarest.bits(),
    })
}

fn labels(labels: &LabelFigures) -> Value {
    json!({
        "same": labels.same,
        "different": labels.different,
        "prior_offset": labels.prior_offset.bits(),
    })
}

fn rule(rule: &RuleReport) -> Value {
    json!({
        "rule": rule.label[0],
        "keyed": rule.keyed,
        "refined": rule.refined,
        "left_out": rule.left_out,
        "largest": rule.largest,
        "pairs": rule.pairs,
        "marginal": rule.marginal,
        "matches_only_here": rule.matches_only_here,
    })
}
