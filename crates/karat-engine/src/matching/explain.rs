//! Explains a pair: the evidence, in the words and the bits that decided.

use karat_model::evidence::{BlockingResult, Evidence, PairExplanation, Verdict, Weight};
use karat_model::table::RecordNo;

use super::Matcher;

/// Why two records of a table are, or are not, the same customer.
pub fn explain(matcher: &Matcher, left: RecordNo, right: RecordNo) -> PairExplanation {
    let compared = matcher.compare(left, right);
    let comparisons = matcher.comparisons.iter().zip(&matcher.model.comparisons);
    let mut evidence: Vec<Evidence> = comparisons
        .zip(&compared)
        .map(|((comparison, model), compared)| {
            let level = &comparison.levels()[compared.level as usize];
            let weights = &model.levels[compared.level as usize];
            Evidence {
                comparison: comparison.name().to_string(),
                label: comparison.label(),
                left: comparison.show(left),
                right: comparison.show(right),
                agreement: level.agreement,
                level: level.label.map(str::to_string),
                weight: Weight(weights.weight),
                term_frequency: Weight(weights.rarity_weight(*compared)),
            }
        })
        .collect();
    let sums = matcher.model.sums(&compared);
    let household = sums.household_correction();
    if household != Weight::ZERO {
        evidence.push(household_evidence(household, matcher.is_person()));
    }
    let found = matcher.blocks.explain(left, right);
    let blocking = matcher.rules.iter().zip(found);
    PairExplanation {
        left: matcher.table.key(left),
        right: matcher.table.key(right),
        blocking: blocking
            .map(|(rule, found)| BlockingResult { rule: rule.label.clone(), found })
            .collect(),
        prior: Weight(matcher.model.prior),
        evidence,
        total: sums.total(),
        calibrated: matcher.model.calibration.calibrate(sums.total()),
        link_threshold: Weight(matcher.model.link_threshold),
        review_threshold: Weight(matcher.model.review_threshold),
    }
}

fn household_evidence(weight: Weight, is_person: bool) -> Evidence {
    use karat_model::evidence::Agreement;
    let (label, level) = if is_person {
        (
            ["Household", "Huishouden"],
            ["could be two members of one household", "kunnen huisgenoten zijn"],
        )
    } else {
        (
            ["Same premises", "Zelfde pand"],
            ["could be two companies at one address", "kunnen twee bedrijven op één adres zijn"],
        )
    };
    Evidence {
        comparison: "household".into(),
        label: label.map(str::to_string),
        left: String::new(),
        right: String::new(),
        agreement: Agreement::Close,
        level: level.map(str::to_string),
        weight,
        term_frequency: Weight::ZERO,
    }
}

/// What the weights of an explanation add up to: the total, by construction.
pub fn sum(explanation: &PairExplanation) -> Weight {
    let evidence = explanation.evidence.iter().map(|e| e.weight + e.term_frequency);
    explanation.prior + evidence.sum()
}

/// The verdict of a pair that may have been kept apart, or joined, by the cluster it is in.
pub fn verdict_in_cluster(explanation: &PairExplanation, together: bool) -> Verdict {
    match (explanation.verdict(), together) {
        (_, true) => Verdict::Same,
        (Verdict::Same, false) => Verdict::Unsure,
        (verdict, false) => verdict,
    }
}
