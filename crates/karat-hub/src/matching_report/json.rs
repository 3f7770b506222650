//! The report as JSON, for programs; it holds counts and weights, no values of customers.

use karat_model::evidence::Weight;
use serde_json::{Value, json};

use super::{ComparisonFigures, LabelFigures, LevelFigures, MatchingReport, RuleReport, TradeOff};

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
            "blocking": self.rules.iter().map(rule).collect::<Vec<_>>(),
            "missed": self.missed,
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
