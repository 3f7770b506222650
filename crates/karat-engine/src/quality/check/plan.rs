//! The plan: all checks of a hub, worked out once, that judge subject after subject.

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::check::{Check, CheckName, Day, RefTable, Requirement, Scope, Verdict};
use karat_model::hub_model::{Country, DateOrder, HubModel};
use karat_model::id::SourceName;
use rustc_hash::{FxHashMap, FxHashSet};

use super::delivery::{DeliveryFacts, DeliveryVerdict};
use super::expression::{Expression, Scoped};
use super::facts::Facts;
use super::known::{Known, ValueKey};
use super::memo::CheckMemo;
use super::requirement::{self, Prepared};
use super::subject::Subject;
use super::verdicts::Verdicts;
use crate::clean::Context;

/// The number of a check within its plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CheckNo(pub u16);

/// The hash of all that a plan judges by: the numbers in verdicts are those of one plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanId(pub u64);

/// The values in columns of reference files, by what names them.
#[derive(Clone, Debug, Default)]
pub struct RefTables(pub FxHashMap<RefTable, FxHashSet<String>>);

/// A text of a check that cannot be used: an expression, a pattern, a table that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionMistake {
    /// The check.
    pub check: CheckName,
    /// The key under which the text stands: `only_if`, or the word of the requirement.
    pub key: &'static str,
    /// What is wrong, in English.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// All checks of a hub, worked out once.
#[derive(Debug)]
pub struct CheckPlan {
    id: PlanId,
    pub(super) rules: Vec<Rule>,
    pub(super) attributes: AttributeSet,
    pub(super) context: Context,
}

/// One check, worked out.
#[derive(Debug)]
pub(super) struct Rule {
    pub check: Check,
    pub only_if: Option<Expression>,
    pub prepared: Prepared,
}

impl CheckPlan {
    /// Works out the checks of a hub model, in its order.
    ///
    /// # Errors
    ///
    /// All texts of checks that cannot be used.
    pub fn new(model: &HubModel, tables: RefTables) -> Result<CheckPlan, Vec<ExpressionMistake>> {
        let attributes = model.attributes.clone();
        let context = Context { country: model.country, date_order: DateOrder::DayFirst };
        let mut mistakes = Vec::new();
        let mut rules = Vec::with_capacity(model.checks.len());
        for check in model.checks.iter() {
            match Rule::new(check, &attributes, &tables, &context) {
                Ok(rule) => rules.push(rule),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let id = plan_id(model, &tables);
        Ok(CheckPlan { id, rules, attributes, context })
    }

    /// What names all that it judges by.
    pub fn id(&self) -> PlanId {
        self.id
    }

    /// The checks, with their numbers.
    pub fn checks(&self) -> impl Iterator<Item = (CheckNo, &Check)> {
        self.rules.iter().enumerate().map(|(at, rule)| (CheckNo(at as u16), &rule.check))
    }

    /// The check with this number.
    pub fn check(&self, no: CheckNo) -> &Check {
        &self.rules[usize::from(no.0)].check
    }

    /// The number of the check with this name.
    pub fn find(&self, name: &CheckName) -> Option<CheckNo> {
        self.checks().find(|(_, check)| check.name == *name).map(|(no, _)| no)
    }

    /// Whether a check is made on subjects of this scope, entity type and source; on others it is
    /// not applicable, and they do not count.
    pub fn concerns(
        &self,
        no: CheckNo,
        scope: Scope,
        entity_type: EntityType,
        source: Option<&SourceName>,
    ) -> bool {
        concerns(self.check(no), scope, entity_type, source)
    }

    /// Whether verdicts of a check change as days go by.
    pub fn is_dated(&self, no: CheckNo) -> bool {
        let rule = &self.rules[usize::from(no.0)];
        requirement::is_dated(&rule.check.requirement)
            || [rule.only_if.as_ref(), rule.prepared.expression()]
                .into_iter()
                .flatten()
                .any(Expression::is_dated)
    }

    /// Whether verdicts of a check hang on other subjects, by the keys that [`CheckPlan::keys`] gives.
    pub fn hangs_on_others(&self, no: CheckNo) -> bool {
        requirement::hangs_on_others(&self.check(no).requirement)
    }

    /// Whether any check has an expression.
    pub(super) fn has_expressions(&self) -> bool {
        self.rules.iter().any(|it| it.only_if.is_some() || it.prepared.expression().is_some())
    }

    /// Judges a record or a customer by all checks.
    pub fn judge(
        &self,
        facts: &Facts,
        known: &dyn Known,
        as_of: Day,
        memo: &mut CheckMemo,
        into: &mut Verdicts,
    ) {
        into.begin(self.id, self.rules.len() as u16);
        memo.of(self.id);
        let found = facts.findings.iter().map(|finding| {
            let column = finding.column.map(usize::from);
            let attribute = column.and_then(|at| facts.columns.get(at).copied().flatten());
            (finding.code, attribute)
        });
        into.note_cleaning(found, facts.values.iter().map(|fact| fact.attribute));
        let order = memo.take_order(facts);
        let scoped = Scoped::new(self, facts, as_of);
        for (at, rule) in self.rules.iter().enumerate() {
            let no = CheckNo(at as u16);
            if !concerns(&rule.check, facts.scope, facts.entity_type, facts.source) {
                continue;
            }
            if let Some(condition) = &rule.only_if {
                match condition.holds(&scoped) {
                    Verdict::Pass => {}
                    Verdict::Error(why) => {
                        into.set(no, Verdict::Error(why));
                        continue;
                    }
                    _ => continue,
                }
            }
            let before = into.failed_mut().len();
            let mut subject = Subject {
                no,
                check: &rule.check,
                prepared: &rule.prepared,
                plan: self,
                facts,
                order: &order,
                known,
                as_of,
                scoped: &scoped,
                memo: &mut *memo,
                failed: into.failed_mut(),
            };
            let verdict = requirement::judge(&mut subject);
            if verdict != Verdict::Fail {
                into.failed_mut().truncate(before);
            }
            into.set(no, verdict);
        }
        memo.put_order(order);
    }

    /// The keys of a record or a customer for the checks that hang on others.
    pub fn keys(&self, facts: &Facts) -> Vec<ValueKey> {
        let mut keys = Vec::new();
        for (at, rule) in self.rules.iter().enumerate() {
            requirement::keys(CheckNo(at as u16), &rule.check, facts, &mut keys);
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Judges a source and its deliveries by the checks of deliveries that concern it.
    pub fn judge_delivery(&self, facts: &DeliveryFacts) -> Vec<DeliveryVerdict> {
        let checks = self.checks().filter(|(_, check)| {
            let is_meant = check.sources.is_empty() || check.sources.contains(facts.source);
            check.on == Scope::Deliveries && is_meant
        });
        let judge = |(check, of): (CheckNo, &Check)| {
            let mut faults = Vec::new();
            let verdict = requirement::judge_delivery(of, facts, &mut faults);
            DeliveryVerdict { check, verdict, faults }
        };
        checks.map(judge).collect()
    }

    /// Judges what the hub model says of attributes, by the checks of definitions: those that a
    /// check names, or else those that are used.
    pub fn judge_definitions(&self, used: &[AttributeId]) -> Vec<(CheckNo, AttributeId, Verdict)> {
        let mut verdicts = Vec::new();
        for (no, check) in self.checks().filter(|(_, check)| check.on == Scope::Definitions) {
            let ids = if check.attributes.is_empty() { used } else { &check.attributes };
            for &id in ids {
                let attribute = self.attributes.get(id);
                verdicts.push((no, id, requirement::judge_definition(check, attribute)));
            }
        }
        verdicts
    }
}

impl Rule {
    fn new(
        check: &Check,
        attributes: &AttributeSet,
        tables: &RefTables,
        context: &Context,
    ) -> Result<Rule, ExpressionMistake> {
        let of_key = |key: &'static str| {
            move |(message, hint): (String, Option<String>)| ExpressionMistake {
                check: check.name.clone(),
                key,
                message,
                hint,
            }
        };
        let only_if = check.only_if.as_deref().map(|text| Expression::new(text, attributes));
        let only_if = only_if.transpose().map_err(of_key("only_if"))?;
        let prepared = Prepared::new(check, attributes, tables, context)
            .map_err(of_key(check.requirement.word()))?;
        Ok(Rule { check: check.clone(), only_if, prepared })
    }
}

/// What is wrong with the texts of a check; whether its reference file is there is not asked.
pub fn mistakes_of(check: &Check, attributes: &AttributeSet) -> Vec<ExpressionMistake> {
    let mut tables = RefTables::default();
    if let Requirement::RefTable(table) = &check.requirement {
        tables.0.insert(table.clone(), FxHashSet::default());
    }
    let condition = Check { requirement: Requirement::Present, ..check.clone() };
    let requirement = Check { only_if: None, ..check.clone() };
    let parts = [condition, requirement];
    // The country decides no mistake.
    let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
    parts.iter().filter_map(|part| Rule::new(part, attributes, &tables, &context).err()).collect()
}

/// Whether a check is made on subjects of this scope, entity type and source.
pub(super) fn concerns(
    check: &Check,
    scope: Scope,
    entity_type: EntityType,
    source: Option<&SourceName>,
) -> bool {
    let of_type = check.entity_types.is_empty() || check.entity_types.contains(&entity_type);
    let of_source =
        check.sources.is_empty() || source.is_none_or(|source| check.sources.contains(source));
    check.on.includes(scope) && of_type && of_source
}

fn plan_id(model: &HubModel, tables: &RefTables) -> PlanId {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(model.country.code());
    model.attributes.iter().for_each(|(_, attribute)| add(&attribute.name));
    karat_model::finding::FindingCode::ALL.iter().for_each(|code| add(code.name()));
    model.checks.iter().for_each(|check| add(&check.definition(&model.attributes)));
    let mut named: Vec<(&RefTable, &FxHashSet<String>)> = tables.0.iter().collect();
    named.sort_unstable_by_key(|(table, _)| *table);
    for (table, values) in named {
        add(&table.file);
        add(&table.column);
        let mut values: Vec<&String> = values.iter().collect();
        values.sort_unstable();
        values.into_iter().for_each(|value| add(value));
    }
    let first: [u8; 8] = hasher.finalize().as_bytes()[..8].try_into().expect("a hash has 32 bytes");
    PlanId(u64::from_le_bytes(first))
}
