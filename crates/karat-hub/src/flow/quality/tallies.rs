//! Tallies: how many subjects got which verdict, by entity type, source, rule and attribute.

use karat_engine::quality::check::{CheckNo, Verdicts};
use karat_engine::quality::score::subject::Worth;
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{Scope, Verdict};
use karat_model::finding::{Dimension, FindingCode};
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_store::{SourceNo, TallyRow, VerdictCounts};
use rustc_hash::FxHashMap;

use super::deliveries::JudgedDelivery;
use super::filing::Numbers;
use super::judge::{Judge, JudgedAs};
use super::rules::{RuleAt, fitness};

/// How many subjects got which verdict; as a difference, counts may be negative.
#[derive(Default)]
pub struct Tallies {
    groups: FxHashMap<JudgedAs, Group>,
    /// Of what the hub model says of attributes: there is no entity type.
    definitions: FxHashMap<(RuleAt, AttributeId), VerdictCounts>,
    /// Of what sources deliver: there is no entity type either.
    deliveries: FxHashMap<(SourceNo, RuleAt, Option<AttributeId>), VerdictCounts>,
    /// Whether it is all there is, and no difference.
    is_whole: bool,
}

/// Those of the records of one source, or of all customers, of one entity type.
struct Group {
    /// The checks that are made on them.
    concerned: Vec<CheckNo>,
    /// By the numbers of rules.
    rules: Vec<VerdictCounts>,
    found: FxHashMap<(FindingCode, Option<AttributeId>), i64>,
}

impl Group {
    fn new(judge: &Judge, of: JudgedAs, source: Option<&SourceName>) -> Group {
        let scope = if of.source.is_some() { Scope::Records } else { Scope::Customers };
        let concerns = |no: &CheckNo| judge.plan.concerns(*no, scope, of.entity_type, source);
        Group {
            concerned: judge.plan.checks().map(|(no, _)| no).filter(concerns).collect(),
            rules: vec![VerdictCounts::default(); judge.rules.all().len()],
            found: FxHashMap::default(),
        }
    }

    fn add(&mut self, rule: RuleAt, verdict: Verdict, sign: i64) {
        add(&mut self.rules[usize::from(rule.0)], verdict, sign);
    }

    /// Counts the score of a customer by what it is worth in cents, and alike in ten-thousandths.
    fn add_worth(
        &mut self,
        [by_worth, alike]: [RuleAt; 2],
        score: Option<f64>,
        worth: Option<Worth>,
        sign: i64,
    ) {
        let counts = &mut self.rules[usize::from(by_worth.0)];
        match (worth, score) {
            (Some(worth), Some(score)) => {
                let scored = worth.scored(score);
                counts.pass += sign * scored as i64;
                counts.fail += sign * (worth.cents() - scored) as i64;
            }
            (Some(_), None) => counts.unverified += sign,
            (None, _) => counts.not_applicable += sign,
        }
        let counts = &mut self.rules[usize::from(alike.0)];
        match score {
            Some(score) => {
                let scored = (score * ALIKE).round() as i64;
                counts.pass += sign * scored;
                counts.fail += sign * (ALIKE as i64 - scored);
            }
            None => counts.not_applicable += sign,
        }
    }
}

/// What each customer counts for where all count alike.
const ALIKE: f64 = 10_000.0;

impl Tallies {
    /// Counts the verdicts of a subject in, or out with −1; its source goes by this name.
    pub fn count(
        &mut self,
        judge: &Judge,
        of: JudgedAs,
        source: Option<&SourceName>,
        (worth, verdicts): (Option<Worth>, &Verdicts),
        sign: i64,
    ) {
        let group = self.groups.entry(of).or_insert_with(|| Group::new(judge, of, source));
        for at in 0..group.concerned.len() {
            let no = group.concerned[at];
            group.add(judge.rules.check(no), verdicts.get(no), sign);
        }
        for &found in verdicts.found() {
            *group.found.entry(found).or_default() += sign;
        }
        if of.source.is_none() {
            for (rule, needs) in judge.rules.uses(of.entity_type) {
                group.add(rule, fitness(needs.iter().map(|no| verdicts.get(*no))), sign);
            }
            if let Some(rules) = judge.rules.of_value() {
                let score = judge.scoring[of.entity_type as usize].score(|no| verdicts.get(no));
                group.add_worth(rules, score, worth, sign);
            }
        }
    }

    /// Counts what the checks of definitions say of the attributes that are used; the tallies are
    /// all there are, and so keep how much dimensions weigh.
    pub fn count_definitions(&mut self, judge: &Judge, used: &[AttributeId]) {
        self.is_whole = true;
        for (no, attribute, verdict) in judge.plan.judge_definitions(used) {
            let place = (judge.rules.check(no), attribute);
            add(self.definitions.entry(place).or_default(), verdict, 1);
        }
    }

    /// Counts what checks say of the deliveries of sources.
    pub fn count_deliveries(&mut self, judged: &[JudgedDelivery]) {
        for of in judged {
            let place = (of.source, of.rule, of.attribute);
            add(self.deliveries.entry(place).or_default(), of.verdict, 1);
        }
    }

    /// As they are stored, in order; those that count nothing are left out.
    pub fn rows(&self, judge: &Judge, model: &HubModel, numbers: &Numbers) -> Vec<TallyRow> {
        let mut rows = Vec::new();
        let criticality = |place: &Place| match place.attribute {
            Some(id) => u32::from(model.quality.criticality(&model.attributes, id)),
            None => place.criticality,
        };
        let mut push = |of: (Option<EntityType>, Option<SourceNo>), rule, place: Place, counts| {
            if counts == VerdictCounts::default() {
                return;
            }
            rows.push(TallyRow {
                entity_type: of.0,
                source: of.1,
                rule: numbers.rule(rule),
                attribute: place.attribute.map(|id| numbers.attribute(id)),
                dimension: place.dimension,
                weight: u32::from(place.weight),
                criticality: criticality(&place),
                counts,
            });
        };
        for (of, group) in &self.groups {
            let of = (Some(of.entity_type), of.source);
            for (at, &counts) in (0..).zip(&group.rules) {
                push(of, RuleAt(at), Place::of(judge, RuleAt(at)), counts);
            }
            for (&(code, attribute), &fail) in &group.found {
                // A finding tells what is wrong with a value; checks tell how many are right.
                let dimension = code.dimension();
                let place = Place { attribute, dimension, weight: 0, criticality: 1 };
                let counts = VerdictCounts { fail, ..VerdictCounts::default() };
                push(of, judge.rules.code(code), place, counts);
            }
        }
        for (&(rule, attribute), &counts) in &self.definitions {
            let place = Place { attribute: Some(attribute), ..Place::of(judge, rule) };
            push((None, None), rule, place, counts);
        }
        for (&(source, rule, attribute), &counts) in &self.deliveries {
            let place = Place { attribute, ..Place::of(judge, rule) };
            push((None, Some(source)), rule, place, counts);
        }
        if self.is_whole {
            for (rule, dimension) in judge.rules.dimensions() {
                // It counts in no tile: its weight among dimensions stands as how critical it is.
                let criticality = u32::from(model.quality.weight(dimension));
                let place = Place { attribute: None, dimension, weight: 0, criticality };
                push(
                    (None, None),
                    rule,
                    place,
                    VerdictCounts { pass: 1, ..VerdictCounts::default() },
                );
            }
        }
        rows.sort_unstable();
        rows
    }
}

/// Where a rule counts, and how much.
struct Place {
    attribute: Option<AttributeId>,
    dimension: Dimension,
    weight: u16,
    /// How much it counts where it is about no attribute.
    criticality: u32,
}

impl Place {
    fn of(judge: &Judge, rule: RuleAt) -> Place {
        let check = judge.plan.checks().nth(usize::from(rule.0)).map(|(_, check)| check);
        match check {
            Some(check) => Place {
                attribute: check.own_attribute(),
                dimension: check.dimension,
                weight: check.weight,
                criticality: 1,
            },
            // A use counts for itself.
            None => Place {
                attribute: None,
                dimension: judge.rules.all()[usize::from(rule.0)].dimension,
                weight: 0,
                criticality: 1,
            },
        }
    }
}

fn add(counts: &mut VerdictCounts, verdict: Verdict, sign: i64) {
    let count = match verdict {
        Verdict::Pass => &mut counts.pass,
        Verdict::Fail => &mut counts.fail,
        Verdict::NotApplicable => &mut counts.not_applicable,
        Verdict::Unverified(_) => &mut counts.unverified,
        Verdict::Error(_) => &mut counts.error,
    };
    *count += sign;
}
