//! Drift: how far records have moved away from those that a match model was learnt from.
//!
//! Arrives: a matcher under a frozen model, and some customers of all.
//! Leaves: the shifts that are too large to be chance, each with what was and what is.
//! Promises: growth alone is no shift; of a few records nothing is said; a model holds hashes and
//! counts of its population, no values.
//! Start reading in [`Matcher::drift`]; `population.rs` has what is counted, `stability.rs` the
//! measure.
//!
//! ```text
//! records that taught ──► population ──► model ──┐
//!                                                ├──► stability index per attribute, comparison
//! records of today ─────► population ────────────┘
//! ```
//!
//! A weight is log2(m/u), so what can go stale is looked at where it comes from: what one customer's
//! records look like in the pairs that are worth a look (m), and how records fill attributes and
//! how common their values are (u and rarity).

mod population;
mod stability;
#[cfg(test)]
mod tests;

pub use population::{AttributePopulation, ComparisonPopulation, Population, Sample};

use karat_model::attribute::{Attribute, AttributeId, AttributeSet};
use karat_model::evidence::Weight;
use karat_model::language::Language;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::Matcher;
use super::compare::{self, Compare, Terms};
use super::values::Fold;
use population::{Counted, Values};
use stability::{Stability, stability};

/// Of fewer customers nothing is said.
const CUSTOMERS_MIN: u64 = 200;
/// Of the pairs of fewer customers nothing is said.
const PAIRED_MIN: u64 = 100;
/// A model that was learnt from fewer records knows too little to be compared with.
const LEARNT_MIN: u64 = 300;
/// Fewer customers than this with one value may be chance.
const SHARED_MIN: u32 = 12;
/// So many shared values are told at most.
const SHARED_TOLD: usize = 10;

/// How far records have moved away from those that a match model was learnt from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// How many records the model was learnt from.
    pub learnt_from: u64,
    /// How many records there are now, or about so many.
    pub records: u64,
    /// How many customers were looked at.
    pub customers: u64,
    /// Whether the model knows what it was learnt from; one of an earlier Karat does not.
    pub is_comparable: bool,
    /// How many blocking keys the model has added to itself, because their blocks grew.
    pub outgrown_keys: u64,
    /// What has shifted, the largest first.
    pub shifts: Vec<Shift>,
}

/// Something in which records are no longer like those that a match model was learnt from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// What has shifted.
    pub kind: ShiftKind,
    /// What people call the attribute or comparison, in English and Dutch.
    pub label: [String; 2],
    /// The value, or the level in English and Dutch, that shifted most.
    pub of: Option<[String; 2]>,
    /// Its share then and now; numbers of records for [`ShiftKind::TooFew`].
    pub shares: [f64; 2],
    /// The population stability index; for a shared value the bits that it weighs too much.
    pub index: f64,
    /// How much that matters.
    pub severity: Severity,
}

/// What has shifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShiftKind {
    /// The model was learnt from too few records.
    TooFew,
    /// An attribute is filled that the model has never seen.
    NeverSeen,
    /// Another share of records fills an attribute.
    Filled,
    /// Other values of an attribute are common.
    Values,
    /// Pairs agree in other ways.
    Levels,
    /// A value is shared by many, and the model takes it for rare.
    SharedValue,
}

impl ShiftKind {
    /// Whether what shifted most is a value of customers.
    pub fn is_of_value(self) -> bool {
        matches!(self, ShiftKind::Values | ShiftKind::SharedValue)
    }

    /// The name that programs know it by.
    pub fn name(self) -> &'static str {
        match self {
            ShiftKind::TooFew => "too_few",
            ShiftKind::NeverSeen => "never_seen",
            ShiftKind::Filled => "filled",
            ShiftKind::Values => "values",
            ShiftKind::Levels => "levels",
            ShiftKind::SharedValue => "shared_value",
        }
    }
}

/// How much a shift matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth an eye.
    Moderate,
    /// Worth a new match model.
    Strong,
}

impl Severity {
    /// The usual limits of the population stability index.
    ///
    /// Source: Siddiqi, Credit Risk Scorecards (2006).
    const INDEX: [f64; 2] = [0.10, 0.25];
    /// How many bits a shared value may weigh too much: eightfold odds, and thirty-twofold.
    const BITS: [f64; 2] = [3.0, 5.0];

    /// The name that programs know it by.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Moderate => "moderate",
            Severity::Strong => "strong",
        }
    }

    fn of(measured: f64, [moderate, strong]: [f64; 2]) -> Option<Severity> {
        match measured {
            _ if measured >= strong => Some(Severity::Strong),
            _ if measured >= moderate => Some(Severity::Moderate),
            _ => None,
        }
    }
}

impl Drift {
    /// How much the largest shift matters; `None` when there is none.
    pub fn severity(&self) -> Option<Severity> {
        self.shifts.iter().map(|shift| shift.severity).max()
    }
}

impl Matcher<'_> {
    /// What the records of some customers are like, to be kept in the model that they taught.
    pub fn population(&self, attributes: &AttributeSet, sample: &Sample) -> Population {
        let review = Weight(self.model.review_threshold);
        let counted = Counted::of(self, attributes, sample, review);
        let oversized = self.model.oversized.iter().map(|of_rule| of_rule.keys()).sum();
        Population { oversized, ..counted.population }
    }

    /// How far the records of some customers have moved away from those that the model in force was
    /// learnt from.
    pub fn drift(&self, attributes: &AttributeSet, sample: &Sample) -> Drift {
        let learnt = &self.model.population;
        let review = Weight(self.model.review_threshold);
        let weight_min = review.max(Weight(learnt.weight_min));
        let counted = Counted::of(self, attributes, sample, weight_min);
        let now = &counted.population;
        let oversized: u64 = self.model.oversized.iter().map(|of_rule| of_rule.keys()).sum();
        let is_comparable = learnt.customers > 0;
        let mut drift = Drift {
            learnt_from: self.model.training.records,
            records: now.records,
            customers: now.customers,
            is_comparable,
            outgrown_keys: if is_comparable {
                oversized.saturating_sub(learnt.oversized)
            } else {
                0
            },
            shifts: Vec::new(),
        };
        if now.customers < CUSTOMERS_MIN {
            return drift;
        }
        let shared = self.shared_shifts(sample);
        drift.shifts.extend(too_few(&drift));
        drift.shifts.extend(self.never_seen(attributes, now));
        if learnt.customers >= CUSTOMERS_MIN {
            drift.shifts.extend(filled(attributes, learnt, now));
            let values = values(attributes, learnt, &counted);
            // What a value weighs too much says more than that it is common.
            let is_told = |shift: &Shift| shared.iter().any(|known| known.of == shift.of);
            drift.shifts.extend(values.filter(|shift| !is_told(shift)));
            // Where the review threshold went up, lighter pairs are not known.
            if review.0 <= learnt.weight_min {
                drift.shifts.extend(self.levels(learnt, now));
            }
        }
        drift.shifts.extend(shared);
        let order = |shift: &Shift| (std::cmp::Reverse(shift.severity), shift.kind);
        drift.shifts.sort_by(|a, b| {
            order(a).cmp(&order(b)).then(b.index.total_cmp(&a.index)).then(a.label.cmp(&b.label))
        });
        drift
    }

    /// The attributes that are compared, and that nobody filled when the model was learnt.
    fn never_seen(&self, attributes: &AttributeSet, now: &Population) -> Vec<Shift> {
        let is_known = |name: &str| self.model.attributes.iter().any(|known| known == name);
        let new = now.attributes.iter().filter(|of| !is_known(&of.name));
        let shift = |of: &AttributePopulation| {
            let then = self.model.training.records;
            let filled = [[0, then], [of.records, now.sampled - of.records]];
            let customers = [then, now.customers];
            let found = stability(&filled[0], &filled[1], customers);
            shift(ShiftKind::NeverSeen, label_of(attributes, &of.name)?, None, &found, 0)
        };
        new.filter_map(shift).collect()
    }

    /// The comparisons in which pairs agree in other ways.
    fn levels(&self, learnt: &Population, now: &Population) -> Vec<Shift> {
        let shift_of = |comparison: &dyn Compare| {
            let of = |population: &Population| {
                let all = &population.comparisons;
                all.iter().find(|known| known.name == comparison.name()).cloned()
            };
            let (then, now) = (of(learnt)?, of(now)?);
            if then.customers.min(now.customers) < PAIRED_MIN {
                return None;
            }
            // Silence is told by what is filled.
            let found = stability(
                then.levels.get(1..)?,
                now.levels.get(1..)?,
                [then.customers, now.customers],
            );
            let level = &comparison.levels()[found.largest + 1];
            let of = Some(level.label.map(str::to_string));
            shift(ShiftKind::Levels, comparison.label(), of, &found, found.largest)
        };
        self.comparisons().filter_map(shift_of).collect()
    }

    /// The values that clearly more customers have than the model knows.
    fn shared_shifts(&self, sample: &Sample) -> Vec<Shift> {
        let of_comparison = self.comparisons.par_iter().flat_map_iter(|comparison| {
            let terms = comparison.terms().into_iter();
            let mut shifts: Vec<Shift> =
                terms.flat_map(|terms| shared_terms(&terms, sample)).collect();
            // Who shares an address shares what stands before its @: that is said once.
            let mut told: Vec<f64> = Vec::new();
            shifts.retain(|shift| {
                let is_new = !told.contains(&shift.shares[1]);
                told.push(shift.shares[1]);
                is_new
            });
            shifts
        });
        let mut shifts: Vec<Shift> = of_comparison.collect();
        shifts.sort_by(|a, b| {
            b.index.total_cmp(&a.index).then_with(|| (&a.label, &a.of).cmp(&(&b.label, &b.of)))
        });
        shifts.truncate(SHARED_TOLD);
        shifts
    }
}

fn label_of(attributes: &AttributeSet, name: &str) -> Option<[String; 2]> {
    let attribute: &Attribute = attributes.get(attributes.find(name)?);
    Some([Language::English, Language::Dutch].map(|language| attribute.label(language).to_string()))
}

fn shift(
    kind: ShiftKind,
    label: [String; 2],
    of: Option<[String; 2]>,
    found: &Stability,
    bin: usize,
) -> Option<Shift> {
    let severity = Severity::of(found.index, Severity::INDEX)?;
    Some(Shift { kind, label, of, shares: found.shares[bin], index: found.index, severity })
}

/// A model that was learnt from hardly anything cannot be compared with what there is now.
fn too_few(drift: &Drift) -> Option<Shift> {
    let [then, now] = [drift.learnt_from, drift.records];
    (then < LEARNT_MIN && now >= LEARNT_MIN.max(2 * then)).then(|| Shift {
        kind: ShiftKind::TooFew,
        label: ["Records".into(), "Records".into()],
        of: None,
        shares: [then as f64, now as f64],
        index: 0.0,
        severity: Severity::Strong,
    })
}

/// The attributes that another share of records fills.
fn filled<'a>(
    attributes: &'a AttributeSet,
    learnt: &'a Population,
    now: &'a Population,
) -> impl Iterator<Item = Shift> + 'a {
    let known = learnt.attributes.iter();
    known.filter_map(|then| {
        let records = now.attribute(&then.name).map_or(0, |of| of.records);
        let found = stability(
            &[then.records, learnt.sampled - then.records],
            &[records, now.sampled - records],
            [learnt.customers, now.customers],
        );
        shift(ShiftKind::Filled, label_of(attributes, &then.name)?, None, &found, 0)
    })
}

/// The attributes of which other values are common.
fn values<'a>(
    attributes: &'a AttributeSet,
    learnt: &'a Population,
    counted: &'a Counted<'a>,
) -> impl Iterator<Item = Shift> + 'a {
    counted.values.iter().filter_map(|now: &Values| {
        let then = learnt.attribute(&now.name)?;
        if then.customers.min(now.customers) < CUSTOMERS_MIN {
            return None;
        }
        let (hashes, bins) = now.bins(then);
        let found = stability(&bins[0], &bins[1], [then.customers, now.customers]);
        // All others have the last bin.
        let value = hashes.get(found.largest).and_then(|&hash| now.text(hash));
        let of = value.map(|value| [value.to_string(), value.to_string()]);
        shift(ShiftKind::Values, label_of(attributes, &now.name)?, of, &found, found.largest)
    })
}

/// The values of a comparison that many of some customers have, and that weigh as if they were rare.
fn shared_terms(terms: &Terms, sample: &Sample) -> Vec<Shift> {
    let mut holders: FxHashMap<Fold, (u32, u32)> = FxHashMap::default();
    let mut customers = 0u64;
    let (mut found, mut of_one) = (Vec::new(), Vec::new());
    for &customer in &sample.customers {
        of_one.clear();
        for &record in sample.partition.members(customer) {
            found.clear();
            (terms.of)(record, &mut found);
            of_one.extend(found.iter().filter(|fold| **fold != 0).map(|&fold| (fold, record)));
        }
        of_one.sort_unstable();
        of_one.dedup_by_key(|(fold, _)| *fold);
        customers += u64::from(!of_one.is_empty());
        for &(fold, record) in &of_one {
            holders.entry(fold).or_insert((0, record)).0 += 1;
        }
    }
    let many = holders.into_iter().filter(|(_, (holders, _))| *holders >= SHARED_MIN);
    let shift_of = |(fold, (holders, record)): (Fold, (u32, u32))| {
        let holders = f64::from(holders);
        let rarity = Weight(terms.rarities.of(terms.values, fold)).bits();
        let known = terms.rarities.counts.customers.max(1) as f64;
        // Rarity tells of one customer how many others there are; of two and fewer it is the same.
        let taught = (known * (-rarity).exp2() + 1.0).max(2.0);
        // As few now as it may be, and as many then, but for three standard errors: there are so many
        // values that two would not do.
        let least = (holders - 3.0 * holders.sqrt()).max(1.0) / customers as f64;
        let most = (taught + 3.0 * taught.sqrt() + 3.0) / known;
        if least <= most {
            return None;
        }
        let excess = rarity + least.log2();
        let severity = Severity::of(excess, Severity::BITS)?;
        let value = (terms.show)(record, fold);
        Some(Shift {
            kind: ShiftKind::SharedValue,
            label: terms.label.clone(),
            of: Some([value.clone(), value]),
            shares: [(-rarity).exp2(), holders / customers as f64],
            index: excess,
            severity,
        })
    };
    many.filter_map(shift_of).collect()
}

/// Whether the attributes that drift looks at include this one: those that are compared.
fn is_looked_at(matcher: &Matcher, id: AttributeId, attribute: &Attribute) -> bool {
    compare::is_compared(matcher.table.entity_type, id, attribute)
}
