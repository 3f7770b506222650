//! Explains a pair: the evidence, in the words and the bits that decided.

use karat_model::evidence::{
    Agreement, BlockingResult, Change, Evidence, PairExplanation, Verdict, Weight,
};
use karat_model::table::RecordNo;

use super::Matcher;
use super::compare::{Compared, Level};
use super::model::Repetition;

/// Why two records of a table are, or are not, the same customer; `bonus` is what is added because
/// neither has another match.
pub(super) fn explain(
    matcher: &Matcher,
    left: RecordNo,
    right: RecordNo,
    bonus: Weight,
) -> PairExplanation {
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
    let repetitions = matcher.model.repetitions(&compared);
    evidence.extend(repetitions.map(|repetition| repetition_evidence(matcher, repetition)));
    let sums = matcher.model.sums(&compared);
    let household = sums.household_correction();
    if household != Weight::ZERO {
        evidence.push(household_evidence(household, matcher.is_person()));
    }
    if bonus != Weight::ZERO {
        evidence.push(leftover_evidence(bonus));
    }
    let total = sums.total() + bonus;
    let found = matcher.blocks.explain(left, right);
    let blocking = matcher.rules.iter().zip(found);
    let scope = matcher.model.pair_scope();
    let mut explanation = PairExplanation {
        left: matcher.table.key(left),
        right: matcher.table.key(right),
        blocking: blocking
            .map(|(rule, found)| BlockingResult { rule: rule.label.clone(), found })
            .collect(),
        prior: Weight(matcher.model.prior),
        evidence,
        total,
        calibrated: matcher.model.calibration.calibrate(total),
        link_threshold: Weight(matcher.model.link_threshold),
        review_threshold: Weight(matcher.model.review_threshold),
        changes: Vec::new(),
        out_of_scope: (!matcher.blocks.allow(left, right)).then_some(scope),
    };
    explanation.changes = changes(matcher, &compared, bonus, &explanation);
    explanation
}

/// The most changes that are told.
const CHANGES_MAX: usize = 5;

/// The single changes that would change the answer: per comparison the smallest, by the levels and
/// weights that decided.
fn changes(
    matcher: &Matcher,
    compared: &[Compared],
    bonus: Weight,
    explanation: &PairExplanation,
) -> Vec<Change> {
    let now = explanation.verdict();
    let mut changes: Vec<Change> = Vec::new();
    let models = &matcher.model.comparisons;
    for (at, (comparison, model)) in matcher.comparisons.iter().zip(models).enumerate() {
        let weight_of = |level: usize| model.levels[level].weight;
        let levels = comparison.levels().iter().enumerate();
        // Levels out of line tell of one kind of mistake: no one would hope for it.
        let levels =
            levels.filter(|(level, it)| it.ordered && *level != usize::from(compared[at].level));
        let change = |(number, level): (usize, &Level)| {
            let mut changed = compared.to_vec();
            changed[at] = Compared { level: number as u8, rarity: None };
            let total = matcher.model.weigh(&changed) + bonus;
            let verdict = explanation.verdict_at(total);
            let difference = total - explanation.total;
            // A common value weighs less than another that merely looks like its pair: to hope for
            // that would be to hope for a worse agreement.
            let agrees_more = weight_of(number) - weight_of(compared[at].level.into());
            let is_silent = explanation.evidence[at].agreement == Agreement::Silent;
            let differs = level.agreement == Agreement::Different;
            let is_way = agrees_more.signum() == difference.0.signum()
                && (!is_silent || differs == (difference < Weight::ZERO));
            (verdict != now && is_way).then(|| Change {
                comparison: comparison.name().to_string(),
                label: comparison.label(),
                agreement: level.agreement,
                level: level.label.map(str::to_string),
                difference,
                verdict,
            })
        };
        changes.extend(best_change(levels.filter_map(change), now));
    }
    changes.sort_by_key(|change| (is_less(change, now), change.difference.0.abs()));
    changes.truncate(CHANGES_MAX);
    changes
}

/// Whether a change leaves the question open where another would answer it.
fn is_less(change: &Change, now: Verdict) -> bool {
    now == Verdict::Different && change.verdict == Verdict::Unsure
}

/// A pair that is not linked could be linked, or at least be looked at; one that is, not any more.
/// Of several changes that do it, the smallest.
fn best_change(changes: impl Iterator<Item = Change>, now: Verdict) -> Option<Change> {
    let upwards = changes.filter(|change| now == Verdict::Same || change.verdict > now);
    upwards.min_by_key(|change| (is_less(change, now), change.difference.0.abs()))
}

/// What is taken off because one comparison says over again what others said.
fn repetition_evidence(matcher: &Matcher, repetition: Repetition) -> Evidence {
    let label = |at: usize| matcher.comparisons[at].label().map(|label| label.to_lowercase());
    let others = &matcher.model.comparisons[repetition.comparison].repeats;
    let others: Vec<[String; 2]> = others.iter().map(|&other| label(other)).collect();
    let joined = |language: usize, and: &str| {
        let labels: Vec<&str> = others.iter().map(|label| label[language].as_str()).collect();
        labels.join(and)
    };
    let [english, dutch] = matcher.comparisons[repetition.comparison].label();
    Evidence {
        comparison: "repetition".into(),
        label: [
            format!("{english} repeats {}", joined(0, " and ")),
            format!("{dutch} herhaalt {}", joined(1, " en ")),
        ],
        left: String::new(),
        right: String::new(),
        agreement: Agreement::Close,
        level: [
            "who has the same name has much the same address",
            "wie dezelfde naam heeft, heeft veelal zo'n adres",
        ]
        .map(str::to_string),
        weight: repetition.weight,
        term_frequency: Weight::ZERO,
    }
}

fn household_evidence(weight: Weight, is_person: bool) -> Evidence {
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

fn leftover_evidence(weight: Weight) -> Evidence {
    Evidence {
        comparison: Evidence::LEFTOVER.into(),
        label: ["No other match", "Geen andere match"].map(str::to_string),
        left: String::new(),
        right: String::new(),
        agreement: Agreement::Close,
        level: [
            "nearly all records have a match, and these have no other",
            "bijna alle records hebben een match, en deze geen andere",
        ]
        .map(str::to_string),
        weight,
        term_frequency: Weight::ZERO,
    }
}

/// What the weights of an explanation add up to: the total, by construction.
pub fn sum(explanation: &PairExplanation) -> Weight {
    let evidence = explanation.evidence.iter().map(|e| e.weight + e.term_frequency);
    explanation.prior + evidence.sum()
}
