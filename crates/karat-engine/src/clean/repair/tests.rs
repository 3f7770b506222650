//! Records before and after their steps; what comes to rest, and what is refused.

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::finding::FindingCode;
use karat_model::hub_model::{ColumnMapping, DateOrder, Delivery, Format, HubModel, Party, Source};
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Payload, SourceRecord};
use karat_model::repair_step::{
    LetterCase, RepairCondition, RepairStep, RepairVerb, SourceRepairs,
};
use karat_model::semantic::SemanticType;
use proptest::prelude::*;

use super::*;

const COLUMNS: [(&str, SemanticType); 9] = [
    ("voornaam", SemanticType::GivenName),
    ("achternaam", SemanticType::FamilyName),
    ("postcode", SemanticType::Postcode),
    ("plaats", SemanticType::City),
    ("email", SemanticType::Email),
    ("telefoon", SemanticType::Phone),
    ("geboren", SemanticType::BirthDate),
    ("opmerking", SemanticType::Text),
    ("fax", SemanticType::Ignored),
];

fn plan(steps: &[RepairStep]) -> CleaningPlan {
    let mut model = HubModel::new("test");
    let notes = model.attributes.add_named("notes", SemanticType::Text);
    let mapping = |&(column, semantic_type): &(&str, SemanticType)| ColumnMapping {
        column: column.into(),
        semantic_type,
        attribute: (semantic_type == SemanticType::Text).then_some(notes),
        slot: 0,
        length_max: None,
    };
    let source = Source {
        name: SourceName::new("crm"),
        files: Vec::new(),
        format: Format::default(),
        delivery: Delivery::Full,
        trust: 50,
        party: Party::Always(EntityType::Person),
        country: None,
        date_order: DateOrder::DayFirst,
        columns: COLUMNS.iter().map(mapping).collect(),
        feedback: None,
    };
    model.sources.push(source.clone());
    let repairs = SourceRepairs { source: source.name.clone(), steps: steps.to_vec() };
    model.repairs = [repairs].into();
    let columns: Vec<String> = COLUMNS.iter().map(|(column, _)| column.to_string()).collect();
    CleaningPlan::new(&model, &source, &columns)
}

fn step(column: &str, verb: RepairVerb) -> RepairStep {
    RepairStep {
        id: format!("{}_{column}", verb.word()),
        column: column.into(),
        verb,
        conditions: Vec::new(),
        by: None,
        at: None,
        why: None,
    }
}

fn when(step: RepairStep, column: &str, pattern: &str) -> RepairStep {
    let (column, pattern) = (column.into(), pattern.into());
    RepairStep { conditions: vec![RepairCondition { column, pattern, must_match: true }], ..step }
}

/// A record of `column=value; column=value`.
fn record(values: &str) -> SourceRecord {
    let mut payload = Payload::new();
    for (at, (column, _)) in (0..).zip(&COLUMNS) {
        let given = values.split(';').filter_map(|value| value.split_once('='));
        for (_, value) in given.filter(|(name, _)| name.trim() == *column) {
            payload.push(at, value);
        }
    }
    let key = RecordKey::new(SourceName::new("crm"), "1");
    SourceRecord { key, observed_at: None, payload }
}

fn written(payload: &Payload) -> String {
    let one = |(at, value): (u16, &str)| format!("{}={value}", COLUMNS[usize::from(at)].0);
    payload.iter().map(one).collect::<Vec<_>>().join("; ").replace("; ", ";")
}

fn repaired(plan: &CleaningPlan, record: &SourceRecord) -> Payload {
    let mut memo = Memo::new();
    let mut understood = Understood::new(plan, &mut memo);
    let repaired = plan.repair_plan().apply(&record.payload, &mut understood, None);
    repaired.unwrap_or_else(|| record.payload.clone())
}

fn check(steps: &[RepairStep], rows: &[(&str, &str)]) {
    let plan = plan(steps);
    for (before, after) in rows {
        let repaired = repaired(&plan, &record(before));
        assert_eq!(written(&repaired), *after, "{before}");
    }
}

#[test]
fn a_value_moves_to_an_empty_column_and_not_to_a_filled_one() {
    let verb = || RepairVerb::Move { to: "telefoon".into() };
    let steps = [when(step("opmerking", verb()), "opmerking", r"^06[0-9 -]{8,}$")];
    check(
        &steps,
        &[
            ("opmerking=06-12345987", "telefoon=06-12345987"),
            ("opmerking=bel 06-12345987", "opmerking=bel 06-12345987"),
            (
                "telefoon=020-5550123;opmerking=06-12345987",
                "telefoon=020-5550123;opmerking=06-12345987",
            ),
            ("telefoon= ;opmerking=06-12345987", "telefoon=06-12345987"),
        ],
    );
}

#[test]
fn two_columns_swap_where_the_condition_holds_and_only_then() {
    let swap = || RepairVerb::Swap { with: "postcode".into() };
    let steps = [when(step("plaats", swap()), "plaats", r"^\d{4}")];
    check(
        &steps,
        &[
            ("postcode=Ede;plaats=6711 AB", "postcode=6711 AB;plaats=Ede"),
            ("plaats=6711 AB", "postcode=6711 AB"),
            ("postcode=6711 AB;plaats=Ede", "postcode=6711 AB;plaats=Ede"),
            ("postcode=6711 AB;plaats=6712 CD", "postcode=6711 AB;plaats=6712 CD"),
        ],
    );
}

#[test]
fn a_value_is_split_at_a_text_and_not_without_it() {
    let split = || RepairVerb::Split { at: ",".into(), to: "voornaam".into() };
    check(
        &[step("achternaam", split())],
        &[
            ("achternaam=Jansen, Anna, M.", "voornaam=Anna, M.;achternaam=Jansen"),
            ("achternaam=Jansen Anna", "achternaam=Jansen Anna"),
            ("achternaam=Jansen,", "achternaam=Jansen,"),
            ("voornaam=A.;achternaam=Jansen, Anna", "voornaam=A.;achternaam=Jansen, Anna"),
        ],
    );
}

#[test]
fn a_column_is_cleared_where_the_condition_holds() {
    let steps = [when(step("geboren", RepairVerb::Clear), "geboren", "^01-01-19[0-9]0$")];
    check(
        &steps,
        &[
            ("geboren=01-01-1900;plaats=Ede", "plaats=Ede"),
            ("geboren=01-01-1901;plaats=Ede", "plaats=Ede;geboren=01-01-1901"),
        ],
    );
}

#[test]
fn conditions_may_ask_other_columns_and_what_must_not_be() {
    let mut steps = [step("plaats", RepairVerb::Case(LetterCase::Title))];
    let condition = |column: &str, pattern: &str, must_match| RepairCondition {
        column: column.into(),
        pattern: pattern.into(),
        must_match,
    };
    steps[0].conditions = vec![condition("fax", "^$", true), condition("plaats", "IJ", false)];
    check(
        &steps,
        &[
            ("plaats=EDE", "plaats=Ede"),
            ("plaats=EDE;fax=1", "plaats=EDE;fax=1"),
            ("plaats=IJMUIDEN", "plaats=IJMUIDEN"),
        ],
    );
}

#[test]
fn a_proposal_is_accepted_where_it_is_certain() {
    let accept = |column: &str, code| step(column, RepairVerb::Accept(code));
    let steps = [
        accept("email", FindingCode::MisspeltEmailDomain),
        accept("plaats", FindingCode::SwappedAddressFields),
        accept("postcode", FindingCode::SwappedAddressFields),
        accept("opmerking", FindingCode::MisusedField),
        accept("achternaam", FindingCode::MisusedField),
        accept("achternaam", FindingCode::Placeholder),
        accept("geboren", FindingCode::InvalidDate),
    ];
    check(
        &steps,
        &[
            ("email=jan@gmial.com", "email=jan@gmail.com"),
            ("email=jan@gmail.com", "email=jan@gmail.com"),
            // Two addresses in one field are for a person.
            ("email=jan@gmial.com, jan@post.example", "email=jan@gmial.com, jan@post.example"),
            ("postcode=Ede;plaats=6711 AB", "postcode=6711 AB;plaats=Ede"),
            ("achternaam=jan@post.example", "email=jan@post.example"),
            (
                "achternaam=jan@post.example;email=bo@post.example",
                "achternaam=jan@post.example;email=bo@post.example",
            ),
            ("achternaam=Jansen 06-12345987", "achternaam=Jansen;telefoon=06-12345987"),
            ("achternaam=n.v.t.;plaats=Ede", "plaats=Ede"),
            ("achternaam=Nvtsen;plaats=Ede", "achternaam=Nvtsen;plaats=Ede"),
            ("geboren=1980-13-02", "geboren=1980-02-13"),
            // The thirtieth of February is none, whichever way round.
            ("geboren=02-30-1980", "geboren=02-30-1980"),
        ],
    );
}

#[test]
fn what_is_accepted_is_not_found_any_more() {
    let dirty = record("achternaam=Jansen 06-12345987;email=jan@gmial.com");
    let codes = |plan: &CleaningPlan| -> Vec<FindingCode> {
        let cleaned = plan.standardise(&dirty, &mut Memo::none());
        cleaned.findings.iter().map(|finding| finding.code).collect()
    };
    assert!(codes(&plan(&[])).contains(&FindingCode::MisspeltEmailDomain));
    let steps = [
        step("email", RepairVerb::Accept(FindingCode::MisspeltEmailDomain)),
        step("achternaam", RepairVerb::Accept(FindingCode::MisusedField)),
    ];
    let plan = plan(&steps);
    assert_eq!(codes(&plan), []);
    let cleaned = plan.standardise(&dirty, &mut Memo::none());
    let said = |attribute| {
        let claim = cleaned.claims.iter().find(|claim| claim.attribute == attribute);
        claim.map(|claim| claim.value.to_string())
    };
    assert_eq!(said(AttributeId::PHONE).as_deref(), Some("+31612345987"));
    assert_eq!(said(AttributeId::FAMILY_NAME).as_deref(), Some("Jansen"));
    let told = plan.repairs(&dirty, &mut Memo::none());
    let steps: Vec<usize> = told.iter().map(|told| told.step).collect();
    assert_eq!(steps, [0, 1, 1], "the second step changed two columns");
    assert!(told.iter().all(|told| told.is_done));
    assert_eq!(
        (&*told[0].before, &*told[0].after),
        (&["jan@gmial.com".to_string()][..], &["jan@gmail.com".to_string()][..])
    );
}

#[test]
fn a_number_of_a_citizen_stays_withheld_whatever_steps_do() {
    let steps = [
        step("opmerking", RepairVerb::Replace { text: "BSN".into(), with: "order".into() }),
        step("opmerking", RepairVerb::Replace { text: "-".into(), with: "".into() }),
    ];
    let plan = plan(&steps);
    let cleaned = plan.standardise(&record("opmerking=BSN 123456782"), &mut Memo::none());
    assert!(cleaned.claims.iter().all(|claim| !claim.value.contains("123456782")));
    let told = plan.repairs(&record("opmerking=BSN 123456782"), &mut Memo::none());
    let values = told.iter().flat_map(|told| told.before.iter().chain(&told.after));
    assert!(values.into_iter().all(|value| !value.contains("123456782")));
}

#[test]
fn a_step_that_an_earlier_one_would_change_again_is_not_done() {
    let steps = [
        step("plaats", RepairVerb::Case(LetterCase::Upper)),
        step("plaats", RepairVerb::Replace { text: "ADAM".into(), with: "Amsterdam".into() }),
    ];
    check(&steps, &[("plaats=Adam", "plaats=ADAM")]);
    let told = plan(&steps).repairs(&record("plaats=Adam"), &mut Memo::none());
    assert_eq!(told.iter().map(|told| told.is_done).collect::<Vec<_>>(), [true, false]);
    // The other way round it is.
    let [upper, adam] = steps;
    check(&[adam, upper], &[("plaats=ADAM", "plaats=AMSTERDAM")]);
}

#[test]
fn steps_that_do_not_come_to_rest_are_refused_and_near_ones_are_not() {
    let replace =
        |text: &str, with: &str| RepairVerb::Replace { text: text.into(), with: with.into() };
    let regex = |pattern: &str, with: &str| RepairVerb::Regex {
        pattern: pattern.into(),
        with: with.into(),
    };
    let map = |entries: &[(&str, &str)]| {
        RepairVerb::Map(entries.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect())
    };
    let rows: [(RepairVerb, bool); 20] = [
        (replace("str", "straat"), true),
        (replace("str.", "straat"), false),
        (replace("", "x"), true),
        (regex("str", "straat"), true),
        (regex("str$", "straat"), false),
        (regex("x*", "y"), true),
        (regex("x+", "y"), false),
        (regex("(x", "y"), true),
        (regex("(x)", "$1y"), true),
        (regex("(x)", "${1}y"), false),
        (regex("(x)", "$2"), true),
        (map(&[("A", "B"), ("B", "C")]), true),
        (map(&[("A", "B"), ("C", "B")]), false),
        (map(&[("A", "B"), ("B", "B")]), false),
        (map(&[]), true),
        (RepairVerb::Swap { with: "achternaam".into() }, true),
        (RepairVerb::Move { to: "plaats".into() }, true),
        (RepairVerb::Move { to: "fax".into() }, false),
        (RepairVerb::Split { at: "".into(), to: "fax".into() }, true),
        (RepairVerb::Split { at: " ".into(), to: "fax".into() }, false),
    ];
    for (verb, is_refused) in rows {
        let told = format!("{verb:?}");
        let mistakes = mistakes_of(&step("plaats", verb), &[]);
        assert_eq!(!mistakes.is_empty(), is_refused, "{told}: {mistakes:?}");
    }
    let upper = step("plaats", RepairVerb::Case(LetterCase::Upper));
    let mapped = step("plaats", map(&[("ADAM", "Amsterdam")]));
    assert_eq!(mistakes_of(&mapped, std::slice::from_ref(&upper)).len(), 1);
    assert_eq!(mistakes_of(&upper, std::slice::from_ref(&mapped)), []);
    let elsewhere = step("fax", RepairVerb::Case(LetterCase::Upper));
    assert_eq!(mistakes_of(&mapped, &[elsewhere]), []);
}

/// Steps of all verbs, most of which get in each other's way.
fn some_verb() -> impl Strategy<Value = RepairVerb> {
    let text =
        || prop::sample::select(vec!["a", "b", "ab", "ba", "", " ", ",", "A", "06", "n.v.t."]);
    let column = || prop::sample::select(COLUMNS.map(|(column, _)| column).to_vec());
    let texts = move || (text(), text()).prop_map(|(a, b)| (a.to_owned(), b.to_owned()));
    let patterns = || prop::sample::select(vec!["a", "b+", "^a", "(a)(b)?", r"\d", ".", "x*"]);
    let withs = || prop::sample::select(vec!["", "b", "$0$0", "${1}a", "ba", "$2$1"]);
    let codes = || prop::sample::select(FindingCode::ALL.to_vec());
    prop_oneof![
        texts().prop_map(|(text, with)| RepairVerb::Replace { text, with }),
        (patterns(), withs()).prop_map(|(pattern, with)| RepairVerb::Regex {
            pattern: pattern.into(),
            with: with.into()
        }),
        prop::collection::vec(texts(), 0..3).prop_map(RepairVerb::Map),
        text().prop_map(|signs| RepairVerb::Trim { signs: signs.into() }),
        prop::sample::select(LetterCase::ALL.to_vec()).prop_map(RepairVerb::Case),
        column().prop_map(|to| RepairVerb::Move { to: to.into() }),
        column().prop_map(|with| RepairVerb::Swap { with: with.into() }),
        (text(), column()).prop_map(|(at, to)| RepairVerb::Split { at: at.into(), to: to.into() }),
        Just(RepairVerb::Clear),
        codes().prop_map(RepairVerb::Accept),
    ]
}

fn some_step() -> impl Strategy<Value = RepairStep> {
    let column = prop::sample::select(COLUMNS.map(|(column, _)| column).to_vec());
    let other = prop::sample::select(COLUMNS.map(|(column, _)| column).to_vec());
    let condition = (other, prop::sample::select(vec!["^a", "b", "^$", "@"]), any::<bool>());
    let conditions = prop::option::of(condition);
    (column, some_verb(), conditions).prop_map(|(column, verb, condition)| RepairStep {
        conditions: condition
            .into_iter()
            .map(|(column, pattern, must_match)| RepairCondition {
                column: column.into(),
                pattern: pattern.into(),
                must_match,
            })
            .collect(),
        ..step(column, verb)
    })
}

fn some_record() -> impl Strategy<Value = SourceRecord> {
    let known = prop::sample::select(vec![
        "a",
        "ab",
        "aab",
        "ba",
        "a,b",
        " A ",
        "jan@gmial.com",
        "06-12345987",
        "6711 AB",
        "Ede",
        "Jansen 06-12345987",
        "n.v.t.",
        "Anna",
        "02-13-1980",
    ]);
    let value = prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,9}"];
    prop::collection::vec((0..COLUMNS.len() as u16, value), 0..8).prop_map(|values| {
        let mut payload = Payload::new();
        values.iter().for_each(|(column, value)| payload.push(*column, value));
        SourceRecord { payload, ..record("") }
    })
}

proptest! {
    #[test]
    fn what_was_repaired_is_not_changed_by_being_repaired_again(
        steps in prop::collection::vec(some_step(), 0..6),
        record in some_record(),
    ) {
        let plan = plan(&steps);
        let once = SourceRecord { payload: repaired(&plan, &record), ..record.clone() };
        prop_assert_eq!(&repaired(&plan, &once), &once.payload, "{:?}", steps);
        // What is done is what is told.
        let told = plan.repairs(&record, &mut Memo::none());
        let kept = SourceRecord { payload: plan.withhold(record.payload.clone()), ..record };
        let is_changed = repaired(&plan, &kept) != kept.payload;
        prop_assert_eq!(told.iter().any(|told| told.is_done), is_changed);
        let again = plan.repairs(&once, &mut Memo::none());
        prop_assert!(again.iter().all(|told| !told.is_done), "{:?}", again);
    }

    #[test]
    fn a_repaired_record_is_understood_as_if_it_had_come_so(
        steps in prop::collection::vec(some_step(), 1..5),
        record in some_record(),
    ) {
        let with_steps = plan(&steps);
        let payload = repaired(&with_steps, &SourceRecord {
            payload: with_steps.withhold(record.payload.clone()),
            ..record.clone()
        });
        let sent = SourceRecord { payload, ..record.clone() };
        let understood = with_steps.standardise(&record, &mut Memo::new());
        prop_assert_eq!(understood, plan(&[]).standardise(&sent, &mut Memo::none()));
    }
}
