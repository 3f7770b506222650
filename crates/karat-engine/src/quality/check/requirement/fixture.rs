//! Fixtures for the words: facts as one line of text, and the verdict with the places of fails.

use karat_model::attribute::{Attribute, AttributeId, AttributeSet, EntityType};
use karat_model::check::{
    Answer, AnswerBy, Check, CheckName, Day, Quantifier, RefTable, Requirement, Scope, Verdict,
};
use karat_model::claim::Validity;
use karat_model::evidence::Weight;
use karat_model::finding::{Finding, FindingCode};
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::Moment;

use super::super::day::day_of_text;
use super::super::usual::Feed;
use super::super::{
    CheckMemo, CheckNo, CheckPlan, DeliveryFacts, DeliveryFault, DeliveryVerdict, Fact, Facts,
    Known, MemberFact, Population, RefTables, ValueFacts, Verdicts,
};

/// The day as of which fixtures are judged: 2026-11-22.
pub(super) const TODAY: Day = Day(20_779);

/// A check of a person of the source crm, and what is known when it judges.
#[derive(Clone)]
pub(super) struct Fixture {
    check: Check,
    tables: RefTables,
    scope: Scope,
    seen: Option<Moment>,
    found: Vec<(FindingCode, AttributeId)>,
    others: Vec<String>,
    members: Vec<String>,
    answers: Vec<(AnswerBy, Answer)>,
    changing: Option<f64>,
    potential_match: Option<Weight>,
}

/// A check with this requirement.
pub(super) fn check(requirement: Requirement) -> Fixture {
    let check = Check::new(CheckName::new("it").unwrap(), requirement);
    Fixture {
        check: Check { on: Scope::Both, ..check },
        tables: RefTables::default(),
        scope: Scope::Records,
        seen: None,
        found: Vec::new(),
        others: Vec::new(),
        members: Vec::new(),
        answers: Vec::new(),
        changing: None,
        potential_match: None,
    }
}

impl Fixture {
    /// Of these attributes.
    pub fn of(mut self, names: &str) -> Fixture {
        let set = AttributeSet::builtin();
        self.check.attributes = names.split(' ').map(|name| set.find(name).unwrap()).collect();
        self
    }

    /// For organisations only.
    pub fn of_organisations(mut self) -> Fixture {
        self.check.entity_types = vec![EntityType::Organisation];
        self
    }

    /// Judges a customer, not a record.
    pub fn of_customers(self) -> Fixture {
        Fixture { scope: Scope::Customers, ..self }
    }

    /// All values or any.
    pub fn quantifier(mut self, quantifier: Quantifier) -> Fixture {
        self.check.of_values = quantifier;
        self
    }

    /// Where this condition holds.
    pub fn only_if(mut self, condition: &str) -> Fixture {
        self.check.only_if = Some(condition.into());
        self
    }

    /// With the values of a reference file.
    pub fn with_table(mut self, table: RefTable, values: &[&str]) -> Fixture {
        self.tables.0.insert(table, values.iter().map(ToString::to_string).collect());
        self
    }

    /// With a finding of cleaning on an attribute.
    pub fn found(mut self, code: FindingCode, attribute: &str) -> Fixture {
        self.found.push((code, AttributeSet::builtin().find(attribute).unwrap()));
        self
    }

    /// Last changed in its source on this day.
    pub fn seen(self, day: &str) -> Fixture {
        Fixture { seen: Some(moment(day)), ..self }
    }

    /// Among these others of the source crm.
    pub fn among(self, others: &[&str]) -> Fixture {
        Fixture { others: others.iter().map(ToString::to_string).collect(), ..self }
    }

    /// A customer of these records: `source@day values`.
    pub fn members(&self, members: &[&str]) -> Fixture {
        let members = members.iter().map(ToString::to_string).collect();
        Fixture { members, ..self.clone() }
    }

    /// Where it was learnt that so many of the values of persons change in a year.
    pub fn changing(self, rate: f64) -> Fixture {
        Fixture { changing: Some(rate), ..self }
    }

    /// The world answered about any value, after all it answered before.
    pub fn answered(&self, kind: AnswerBy, is_so: bool, day: i32) -> Fixture {
        let mut answered = self.clone();
        answered.answers.push((kind, Answer { is_so, on: Day(day) }));
        answered
    }

    /// A customer with a potential match of so many bits.
    pub fn resembling(self, bits: f64) -> Fixture {
        Fixture { potential_match: Some(Weight::from_bits(bits)), ..self }
    }

    /// Checks the verdict on `attribute=value attribute=value`: `fail` is followed by the
    /// attributes at which it fails, `-` for the subject as a whole. A value ends in `!` when it is
    /// invalid, `_` is a blank, and `#1` says which member claims it.
    pub fn gives(&self, expected: &str, facts: &str) {
        let plan = self.plan();
        let outcomes = [CheckMemo::new(), CheckMemo::none()].map(|mut memo| {
            // A memo must not change what is judged the second time.
            let first = self.judge(&plan, facts, &mut memo);
            assert_eq!(self.judge(&plan, facts, &mut memo), first, "{facts}");
            first
        });
        assert_eq!(outcomes, [expected, expected], "{facts}");
    }

    fn plan(&self) -> CheckPlan {
        let mut model = HubModel::new("Shop");
        model.checks = [self.check.clone()].into();
        CheckPlan::new(&model, self.tables.clone()).unwrap()
    }

    fn judge(&self, plan: &CheckPlan, text: &str, memo: &mut CheckMemo) -> String {
        let source = SourceName::new("crm");
        let members: Vec<Member> = self.members.iter().map(|text| Member::read(text)).collect();
        let members_values: Vec<Vec<Fact>> =
            members.iter().map(|member| facts_of(&member.values)).collect();
        let members: Vec<MemberFact> = members
            .iter()
            .zip(&members_values)
            .map(|(member, values)| MemberFact {
                source: &member.source,
                observed_at: member.seen,
                values,
            })
            .collect();
        let findings: Vec<Finding> =
            (0..).zip(&self.found).map(|(at, (code, _))| Finding::new(*code, Some(at))).collect();
        let columns: Vec<Option<AttributeId>> =
            self.found.iter().map(|(_, id)| Some(*id)).collect();
        let values_text = values_of_text(text);
        let values = facts_of(&values_text);
        let facts = Facts {
            entity_type: EntityType::Person,
            scope: self.scope,
            source: (self.scope == Scope::Records).then_some(&source),
            kind: None,
            observed_at: self.seen,
            values: &values,
            findings: &findings,
            columns: &columns,
            members: &members,
            potential_match: self.potential_match,
        };
        let mut population = Population::default();
        population.add(&plan.keys(&facts));
        for other in &self.others {
            let values_text = values_of_text(other);
            let values = facts_of(&values_text);
            population.add(&plan.keys(&Facts { values: &values, ..facts }));
        }
        let world = World { population, answers: &self.answers, changing: self.changing };
        let mut verdicts = Verdicts::new();
        plan.judge(&facts, &world, TODAY, memo, &mut verdicts);
        let mut shown = verdicts.get(CheckNo(0)).name().to_owned();
        for failed in verdicts.failed() {
            let name = failed.attribute.map(|id| plan.attributes.get(id).name.clone());
            shown.push(' ');
            shown.push_str(&name.unwrap_or_else(|| "-".into()));
        }
        assert_eq!(verdicts.failed().is_empty(), verdicts.get(CheckNo(0)) != Verdict::Fail);
        shown
    }
}

struct Member {
    source: SourceName,
    seen: Option<Moment>,
    values: Vec<(AttributeId, String, Validity, u32)>,
}

impl Member {
    fn read(text: &str) -> Member {
        let (source, values) = text.split_once(' ').unwrap();
        let (name, day) = source.split_once('@').map_or((source, None), |(a, b)| (a, Some(b)));
        Member {
            source: SourceName::new(name),
            seen: day.map(moment),
            values: values_of_text(values),
        }
    }
}

fn moment(day: &str) -> Moment {
    Moment(i64::from(day_of_text(day).unwrap().0) * 86_400)
}

fn values_of_text(text: &str) -> Vec<(AttributeId, String, Validity, u32)> {
    let set = AttributeSet::builtin();
    let value = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        let (value, record) = value.split_once('#').unwrap_or((value, "0"));
        let (value, validity) = match value.strip_suffix('!') {
            Some(value) => (value, Validity::Invalid),
            None => (value, Validity::Valid),
        };
        (set.find(name).unwrap(), value.replace('_', " "), validity, record.parse().unwrap())
    };
    text.split_whitespace().map(value).collect()
}

fn facts_of(values: &[(AttributeId, String, Validity, u32)]) -> Vec<Fact<'_>> {
    let mut facts: Vec<Fact> = Vec::new();
    for (attribute, value, validity, record) in values {
        let slot = facts.iter().filter(|fact| fact.attribute == *attribute).count() as u8;
        let (attribute, validity, record) = (*attribute, *validity, *record);
        facts.push(Fact { attribute, slot, value, validity, record });
    }
    facts
}

struct World<'a> {
    population: Population,
    answers: &'a [(AnswerBy, Answer)],
    changing: Option<f64>,
}

impl Known for World<'_> {
    fn others(&self, check: CheckNo, key: u64) -> u32 {
        self.population.others(check, key)
    }

    fn is_held(&self, check: CheckNo, key: u64) -> bool {
        self.population.is_held(check, key)
    }

    fn parent(&self, check: CheckNo, key: u64) -> Option<u64> {
        self.population.parent(check, key)
    }

    fn answer(&self, _fact: &Fact, by: &[AnswerBy]) -> Option<Answer> {
        let last = self.answers.iter().rev().find(|(of, _)| by.contains(of));
        last.map(|(_, answer)| *answer)
    }

    fn yearly_change(&self, of: EntityType, _attribute: AttributeId) -> Option<f64> {
        self.changing.filter(|_| of == EntityType::Person)
    }
}

/// Facts on the source crm of which nothing is known.
pub(super) fn delivery() -> DeliveryFacts<'static> {
    static CRM: std::sync::LazyLock<SourceName> =
        std::sync::LazyLock::new(|| SourceName::new("crm"));
    DeliveryFacts {
        source: &CRM,
        as_of: Moment(i64::from(TODAY.0) * 86_400),
        feed: Feed::Whole,
        delivered_at: None,
        latency: None,
        records: &[],
        volumes: &[],
        columns: &[],
        values: &[],
    }
}

/// What is known of the values of an attribute of the source crm.
pub(super) fn values<'a>(
    attribute: &str,
    groups: &'a [(&'a str, u64)],
    groups_before: &'a [(&'a str, u64)],
) -> ValueFacts<'a> {
    let attribute = AttributeSet::builtin().find(attribute).unwrap();
    let source = delivery().source;
    ValueFacts { source, attribute, sum: None, groups, groups_before, means: &[] }
}

/// The verdict on a delivery.
pub(super) fn judged(requirement: &Requirement, attributes: &str, facts: &DeliveryFacts) -> String {
    judged_delivery(requirement, attributes, facts).verdict.name().to_owned()
}

/// Where a delivery fails.
pub(super) fn faults(
    requirement: &Requirement,
    attributes: &str,
    facts: &DeliveryFacts,
) -> Vec<DeliveryFault> {
    judged_delivery(requirement, attributes, facts).faults
}

fn judged_delivery(
    requirement: &Requirement,
    attributes: &str,
    facts: &DeliveryFacts,
) -> DeliveryVerdict {
    let set = AttributeSet::builtin();
    let names = attributes.split_whitespace();
    let check = Check {
        attributes: names.map(|name| set.find(name).unwrap()).collect(),
        ..Check::new(CheckName::new("it").unwrap(), requirement.clone())
    };
    assert_eq!(check.on, Scope::Deliveries);
    let mut model = HubModel::new("Shop");
    model.checks = [check].into();
    let plan = CheckPlan::new(&model, RefTables::default()).unwrap();
    let judged = plan.judge_delivery(facts).pop().expect("one check gives one verdict");
    assert_eq!(judged.verdict == Verdict::Fail, !judged.faults.is_empty());
    judged
}

/// Checks a word of definitions: said, not said, blank; and of another attribute nothing.
pub(super) fn check_definition(requirement: Requirement, say: fn(&mut Attribute, Option<String>)) {
    let email = AttributeId::EMAIL;
    let check = Check::new(CheckName::new("it").unwrap(), requirement);
    assert_eq!(check.on, Scope::Definitions);
    for (text, expected) in
        [(Some("text"), Verdict::Pass), (Some(" "), Verdict::Fail), (None, Verdict::Fail)]
    {
        let mut model = HubModel::new("Shop");
        model.checks = [check.clone()].into();
        say(model.attributes.get_mut(email), text.map(str::to_owned));
        let plan = CheckPlan::new(&model, RefTables::default()).unwrap();
        assert_eq!(plan.judge_definitions(&[email]), [(CheckNo(0), email, expected)], "{text:?}");
        assert_eq!(plan.judge_definitions(&[]), []);
    }
}
