//! Tallies: how many subjects got which verdict, by entity type, source, rule and attribute.

use karat_engine::quality::check::{CheckNo, Verdicts};
use karat_model::attribute::AttributeId;
use karat_model::check::{Scope, Verdict};
use karat_model::finding::{Dimension, FindingCode};
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_store::{TallyRow, VerdictCounts};
use rustc_hash::FxHashMap;

use super::filing::Numbers;
use super::judge::{Judge, JudgedAs};
use super::rules::{RuleAt, fitness};

/// How many subjects got which verdict; as a difference, counts may be negative.
#[derive(Default)]
pub struct Tallies {
    groups: FxHashMap<JudgedAs, Group>,
    /// Of what the hub model says of attributes: there is no entity type.
    definitions: FxHashMap<(RuleAt, AttributeId), VerdictCounts>,
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
}

impl Tallies {
    /// Counts the verdicts of a subject in, or out with −1; its source goes by this name.
    pub fn count(
        &mut self,
        judge: &Judge,
        of: JudgedAs,
        source: Option<&SourceName>,
        verdicts: &Verdicts,
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
        }
    }

    /// Counts what the checks of definitions say of the attributes that are used.
    pub fn count_definitions(&mut self, judge: &Judge, used: &[AttributeId]) {
        for (no, attribute, verdict) in judge.plan.judge_definitions(used) {
            let place = (judge.rules.check(no), attribute);
            add(self.definitions.entry(place).or_default(), verdict, 1);
        }
    }

    /// As they are stored, in order; those that count nothing are left out.
    pub fn rows(&self, judge: &Judge, model: &HubModel, numbers: &Numbers) -> Vec<TallyRow> {
        let mut rows = Vec::new();
        let criticality = |attribute: Option<AttributeId>| {
            attribute.map_or(1, |id| model.quality.criticality(&model.attributes, id))
        };
        let mut push = |of: Option<JudgedAs>, rule: RuleAt, place: Place, counts| {
            if counts == VerdictCounts::default() {
                return;
            }
            rows.push(TallyRow {
                entity_type: of.map(|of| of.entity_type),
                source: of.and_then(|of| of.source),
                rule: numbers.rule(rule),
                attribute: place.attribute.map(|id| numbers.attribute(id)),
                dimension: place.dimension,
                weight: u32::from(place.weight),
                criticality: u32::from(criticality(place.attribute)),
                counts,
            });
        };
        for (&of, group) in &self.groups {
            for (at, &counts) in (0..).zip(&group.rules) {
                push(Some(of), RuleAt(at), Place::of(judge, RuleAt(at)), counts);
            }
            for (&(code, attribute), &fail) in &group.found {
                // A finding tells what is wrong with a value; checks tell how many are right.
                let place = Place { attribute, dimension: code.dimension(), weight: 0 };
                let counts = VerdictCounts { fail, ..VerdictCounts::default() };
                push(Some(of), judge.rules.code(code), place, counts);
            }
        }
        for (&(rule, attribute), &counts) in &self.definitions {
            let place = Place { attribute: Some(attribute), ..Place::of(judge, rule) };
            push(None, rule, place, counts);
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
}

impl Place {
    fn of(judge: &Judge, rule: RuleAt) -> Place {
        let check = judge.plan.checks().nth(usize::from(rule.0)).map(|(_, check)| check);
        match check {
            Some(check) => Place {
                attribute: match check.attributes[..] {
                    [attribute] => Some(attribute),
                    _ => None,
                },
                dimension: check.dimension,
                weight: check.weight,
            },
            // A use counts for itself.
            None => Place {
                attribute: None,
                dimension: judge.rules.all()[usize::from(rule.0)].dimension,
                weight: 0,
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
