//! The plan as a whole: memo, order, keys and ids.

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{Check, CheckName, Day, Requirement, Scope, Share, Verdict};
use karat_model::claim::Validity;
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::Moment;
use karat_model::semantic::SemanticType;
use proptest::prelude::*;

use super::*;

fn named(name: &str, requirement: Requirement, attributes: &[AttributeId]) -> Check {
    let check = Check::new(CheckName::new(name).unwrap(), requirement);
    Check { attributes: attributes.to_vec(), ..check }
}

fn model() -> HubModel {
    let (email, phone, city) = (AttributeId::EMAIL, AttributeId::PHONE, AttributeId::CITY);
    let mut model = HubModel::new("Shop");
    model.checks = [
        named("a", Requirement::Present, &[email]),
        named("b", Requirement::Format(SemanticType::Email), &[email]),
        named("c", Requirement::Regex("[a-z]+".into()), &[city, email]),
        named("d", Requirement::UniqueKey, &[email]),
        named("e", Requirement::Expression("phone.exists(p, p.startsWith('+316'))".into()), &[]),
        named("f", Requirement::FieldMisuse, &[city]),
        named("g", Requirement::Current(Share(9_000)), &[city]),
        Check {
            sources: vec![SourceName::new("erp")],
            ..named("h", Requirement::Present, &[phone])
        },
        named("i", Requirement::HasOwner, &[city]),
        Check {
            of_values: karat_model::check::Quantifier::Any,
            ..named("j", Requirement::Format(SemanticType::Phone), &[phone])
        },
    ]
    .into();
    model
}

fn plan(model: &HubModel) -> CheckPlan {
    CheckPlan::new(model, RefTables::default()).unwrap()
}

fn facts<'a>(values: &'a [Fact<'a>], source: &'a SourceName) -> Facts<'a> {
    Facts {
        entity_type: EntityType::Person,
        scope: Scope::Records,
        source: Some(source),
        kind: None,
        observed_at: Some(Moment(1_700_000_000)),
        values,
        findings: &[],
        columns: &[],
        members: &[],
        potential_match: None,
    }
}

fn value() -> impl Strategy<Value = (AttributeId, String)> {
    let attribute = proptest::sample::select(vec![
        AttributeId::EMAIL,
        AttributeId::PHONE,
        AttributeId::CITY,
        AttributeId::STREET,
    ]);
    let text = prop_oneof![
        Just("jan@voorbeeld.example".to_owned()),
        Just("+31612345987".to_owned()),
        Just("+31201234568".to_owned()),
        "[a-zA-Z@.]{1,6}",
    ];
    (attribute, text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_memo_and_the_order_of_values_change_nothing(
        subjects in proptest::collection::vec(proptest::collection::vec(value(), 0..6), 1..12),
    ) {
        let model = model();
        let plan = plan(&model);
        let source = SourceName::new("crm");
        let mut memo = CheckMemo::new();
        let mut population = Population::default();
        let all: Vec<Vec<Fact>> = subjects.iter().map(|subject| {
            subject.iter().enumerate().map(|(slot, (attribute, value))| Fact {
                attribute: *attribute,
                slot: slot as u8,
                value,
                validity: Validity::Valid,
                record: 0,
            }).collect()
        }).collect();
        for values in &all {
            population.add(&plan.keys(&facts(values, &source)));
        }
        for values in &all {
            let (mut plain, mut remembered, mut turned) =
                (Verdicts::new(), Verdicts::new(), Verdicts::new());
            let today = Day(20_779);
            let given = facts(values, &source);
            plan.judge(&given, &population, today, &mut CheckMemo::none(), &mut plain);
            plan.judge(&given, &population, today, &mut memo, &mut remembered);
            prop_assert_eq!(&plain, &remembered);
            let reversed: Vec<Fact> = values.iter().rev().copied().collect();
            plan.judge(&facts(&reversed, &source), &population, today, &mut memo, &mut turned);
            prop_assert_eq!(&plain, &turned);
            // Every fail leads somewhere, and nothing else does.
            for (no, verdict) in plain.iter() {
                let has_place = plain.failed().iter().any(|failed| failed.check == no);
                prop_assert_eq!(verdict == Verdict::Fail, has_place);
            }
        }
    }
}

#[test]
fn checks_concern_their_scope_entity_type_and_source() {
    let model = model();
    let plan = plan(&model);
    let (crm, erp) = (SourceName::new("crm"), SourceName::new("erp"));
    let h = plan.find(&CheckName::new("h").unwrap()).unwrap();
    let concerns = |scope, source| plan.concerns(h, scope, EntityType::Person, source);
    assert!(concerns(Scope::Records, Some(&erp)));
    assert!(!concerns(Scope::Records, Some(&crm)));
    assert!(!concerns(Scope::Deliveries, Some(&erp)));
    let i = plan.find(&CheckName::new("i").unwrap()).unwrap();
    assert!(!plan.concerns(i, Scope::Customers, EntityType::Person, None));
}

#[test]
fn dated_checks_and_those_that_hang_on_others_are_known() {
    let model = model();
    let plan = plan(&model);
    let names = |which: &dyn Fn(CheckNo) -> bool| {
        let of = plan.checks().filter(|(no, _)| which(*no));
        of.map(|(_, check)| check.name.to_string()).collect::<String>()
    };
    assert_eq!(names(&|no| plan.is_dated(no)), "g");
    assert_eq!(names(&|no| plan.hangs_on_others(no)), "d");
}

#[test]
fn an_id_names_all_that_is_judged_by() {
    let before = model();
    let id = |model: &HubModel| plan(model).id();
    let mut after = model();
    after.name.push('s');
    assert_eq!(id(&before), id(&after));
    let mut checks: Vec<Check> = before.checks.to_vec();
    checks[1].severity = karat_model::finding::Severity::Error;
    after.checks = checks.into();
    assert_ne!(id(&before), id(&after));
    let mut of_country = model();
    of_country.country = karat_model::hub_model::Country::BELGIUM;
    assert_ne!(id(&before), id(&of_country));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let mut model = HubModel::new("Shop");
    model.checks = [
        named("a", Requirement::Regex("(".into()), &[AttributeId::CITY]),
        Check { only_if: Some("citty == ''".into()), ..named("b", Requirement::Present, &[]) },
        named("c", Requirement::Expression("true".into()), &[]),
    ]
    .into();
    let mistakes = CheckPlan::new(&model, RefTables::default()).unwrap_err();
    let places: Vec<_> = mistakes.iter().map(|it| (it.check.as_str(), it.key)).collect();
    assert_eq!(places, [("a", "regex"), ("b", "only_if")]);
}
