//! The gate in a hub: what it tells is what the record gets, and who is let in under each policy.

use std::collections::BTreeSet;

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::Day;
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::Moment;
use karat_store::{EntryNo, SubjectNo};

use crate::flow::progress::Unwatched;
use crate::live::Writer;
use crate::operate::tests::World;
use crate::view::{
    Change, ChangeRequest, Changed, Condition, Entry, EntryAction, EntryAnswer, EntryCheck,
    HubReader, Likeness, Overriding, Probe, ProbeValues, Refused,
};

const HUB: &str = "\
name: Shop
entry: { policy: strict }
matching:
  link_threshold: 0
  review_band: 30
  gate: off
";

type Typed<'a> = &'a [(&'a str, &'a str)];

/// Nobody of the hub, faultless.
const NEW: Typed = &[
    ("naam", "Mia Zandstra"),
    ("geb", "4-5-1988"),
    ("plaats", "Heino"),
    ("mail", "mia.zandstra@zandpost.example"),
];
/// The same without an e-mail address.
const UNREACHABLE: Typed = &[("naam", "Mia Zandstra"), ("geb", "4-5-1988"), ("plaats", "Heino")];
/// Somebody of the hub.
const KNOWN: Typed = &[
    ("naam", "Jan Jansen"),
    ("geb", "1-3-1971"),
    ("plaats", "Ede"),
    ("mail", "jan.jansen@voorbeeld.example"),
];

fn named(typed: Typed) -> Vec<(String, String)> {
    typed.iter().map(|(column, value)| (column.to_string(), value.to_string())).collect()
}

fn check(typed: Typed, kind: Option<&str>) -> EntryCheck {
    let values = ProbeValues::Columns(SourceName::new("crm"), named(typed));
    EntryCheck {
        probe: Probe { entity_type: EntityType::Person, values },
        kind: kind.map(String::from),
        limit: 5,
        is_discreet: false,
        today: Day(0),
    }
}

fn answer(world: &World, check: &EntryCheck) -> EntryAnswer {
    world.hub().served().unwrap().check_entry(check).unwrap()
}

fn key(id: &str) -> RecordKey {
    RecordKey::new(SourceName::new("crm"), id)
}

fn request(id: &str, typed: Typed, entry: Option<Entry>) -> ChangeRequest {
    let change = Change::Upsert {
        key: key(id),
        observed_at: None,
        values: named(typed),
        condition: Condition::Absent,
    };
    ChangeRequest { entry, ..ChangeRequest::of(change) }
}

fn entry(typed: Typed, kind: &str, overriding: Option<(&str, &str)>) -> Option<Entry> {
    let overriding = overriding.map(|(reason_code, reason)| Overriding {
        reason_code: reason_code.into(),
        reason: reason.into(),
    });
    let check = check(typed, Some(kind).filter(|kind| !kind.is_empty()));
    Some(Entry { check, overriding, entered_by: "balie".into() })
}

fn writer(world: &World) -> Writer {
    Writer::open(&world.hub(), Box::new(|| Moment(9))).unwrap()
}

fn send(writer: &mut Writer, request: ChangeRequest) -> Result<Changed, Refused> {
    writer.change(&[request]).pop().unwrap()
}

#[test]
fn what_the_gate_finds_is_what_the_record_gets() {
    let world = World::saying(HUB);
    let cases: [Typed; 7] = [
        NEW,
        UNREACHABLE,
        KNOWN,
        &[("naam", "Mia Zandstra"), ("mail", "mia@gmial.com"), ("geb", "30-2-1988")],
        &[("naam", "mia@zandpost.example"), ("plaats", "1234 AB")],
        &[("mail", "jan.jansen@voorbeeld.example"), ("plaats", "Ren?e"), ("geb", "1-1-2090")],
        &[("schoenmaat", "41"), ("naam", "  MIA   ZANDSTRA "), ("geb", "n.v.t.")],
    ];
    for (at, typed) in cases.into_iter().enumerate() {
        let told = answer(&world, &check(typed, None));
        let attributes = world.hub().model().attributes.clone();
        let name = |id: AttributeId| attributes.get(id).name.clone();
        let told: BTreeSet<(String, Option<String>)> = told
            .findings
            .iter()
            .map(|found| (found.rule.to_string(), found.attribute.map(name)))
            .collect();
        let id = format!("typed{at}");
        let mut writer = writer(&world);
        send(&mut writer, request(&id, typed, None)).unwrap();
        writer.close().unwrap();
        let store = world.hub().database().open_reader().unwrap();
        let row = store.rows_of(&[key(&id)]).unwrap()[0].1;
        let filed = store.findings_of(&[SubjectNo::Record(row)]).unwrap();
        let filed: BTreeSet<(String, Option<String>)> = filed
            .into_iter()
            .filter(|filed| filed.closed.is_none())
            .map(|filed| (filed.rule.to_string(), filed.attribute))
            .collect();
        assert_eq!(told, filed, "{typed:?}");
    }
}

#[test]
fn each_policy_treats_each_kind_as_it_says() {
    let lacks = "reachable";
    let duplicate = "entry:duplicate";
    use EntryAction::{Accept, Ask, Refuse};
    for (policy, kind, typed, action, reasons) in [
        ("strict", "lead", NEW, Accept, vec![]),
        ("strict", "lead", UNREACHABLE, Refuse, vec![lacks]),
        ("strict", "lead", KNOWN, Refuse, vec![duplicate]),
        ("strict", "customer", NEW, Accept, vec![]),
        ("strict", "customer", UNREACHABLE, Refuse, vec![lacks]),
        ("soft", "lead", NEW, Accept, vec![]),
        ("soft", "lead", UNREACHABLE, Ask, vec![lacks]),
        ("soft", "customer", KNOWN, Ask, vec![duplicate]),
        ("async", "lead", UNREACHABLE, Accept, vec![lacks]),
        ("async", "customer", KNOWN, Accept, vec![duplicate]),
    ] {
        let world = World::saying(&HUB.replace("strict", policy));
        let told = answer(&world, &check(typed, Some(kind)));
        let told_reasons: Vec<&str> =
            told.decision.reasons.iter().map(|reason| reason.rule.as_str()).collect();
        assert_eq!((told.decision.action, told_reasons), (action, reasons), "{policy} {kind}");
        let mut writer = writer(&world);
        let done = send(&mut writer, request("typed", typed, entry(typed, kind, None)));
        let is_in = world.hub().served().unwrap().record(&key("typed")).unwrap().is_some();
        match (action, done) {
            (Accept, Ok(Changed::Now(outcome))) => {
                assert_eq!(outcome.entry, Some(told.decision), "{policy} {kind}");
                assert!(is_in);
            }
            (Ask | Refuse, Err(Refused::Entry(refused))) => {
                assert_eq!(refused.decision, told.decision, "{policy} {kind}");
                assert_eq!(refused.findings, told.findings);
                assert!(!is_in, "nothing is saved");
            }
            (_, other) => panic!("{policy} {kind}: {other:?}"),
        }
    }
}

#[test]
fn a_soft_refusal_is_overridden_with_a_reason_that_is_kept() {
    let world = World::saying(&HUB.replace("strict", "soft"));
    let mut writer = writer(&world);
    let mut sent = |id: &str, typed: Typed, why: Option<(&str, &str)>| {
        send(&mut writer, request(id, typed, entry(typed, "lead", why)))
    };
    assert!(matches!(sent("a", UNREACHABLE, None), Err(Refused::Entry(_))));
    assert!(matches!(sent("a", UNREACHABLE, Some(("urgent", ""))), Err(Refused::UnknownReason)));
    assert!(matches!(sent("a", UNREACHABLE, Some(("whim", "so"))), Err(Refused::UnknownReason)));
    sent("a", UNREACHABLE, Some(("urgent", "at the counter"))).unwrap();
    sent("b", KNOWN, Some(("not_a_duplicate", "his son"))).unwrap();
    sent("c", &[("naam", "Gea Wold"), ("mail", "gea@woldpost.example")], None).unwrap();
    let store = world.hub().database().open_reader().unwrap();
    let entries = store.entries(EntryNo(0), 10).unwrap();
    let told: Vec<(Vec<&str>, &str, &str, &str)> = entries
        .iter()
        .map(|it| {
            let entry = &it.entry;
            let overridden = entry.overridden.iter().map(|rule| rule.as_str()).collect();
            (overridden, &*entry.reason_code, &*entry.reason, &*entry.entered_by)
        })
        .collect();
    assert_eq!(
        told,
        [
            (vec!["reachable"], "urgent", "at the counter", "balie"),
            (vec!["entry:duplicate"], "not_a_duplicate", "his son", "balie"),
            (vec![], "", "", "balie"),
        ]
    );
}

#[test]
fn an_entry_names_a_kind_that_there_is() {
    let world = World::saying(HUB);
    let mut writer = writer(&world);
    for kind in ["", "friend"] {
        let done = send(&mut writer, request("a", NEW, entry(NEW, kind, None)));
        assert!(matches!(done, Err(Refused::UnknownKind)), "{kind}");
    }
    send(&mut writer, request("a", NEW, entry(NEW, "lead", None))).unwrap();
}

#[test]
fn two_that_come_together_are_looked_at_one_after_the_other() {
    let world = World::saying(HUB);
    let mut writer = writer(&world);
    let both = ["a", "b"].map(|id| request(id, NEW, entry(NEW, "lead", None)));
    let one_by_one = both.map(|request| send(&mut writer, request));
    assert!(one_by_one[0].is_ok());
    let Err(Refused::Entry(refused)) = &one_by_one[1] else { panic!() };
    assert_eq!(refused.duplicate, Likeness::Likely);
}

#[test]
fn who_may_not_know_others_is_told_only_how_likely_they_are() {
    let world = World::saying(HUB);
    let open = answer(&world, &check(KNOWN, Some("customer")));
    assert!(!open.candidates.is_empty());
    let discreet =
        answer(&world, &EntryCheck { is_discreet: true, ..check(KNOWN, Some("customer")) });
    assert_eq!(discreet.duplicate, Likeness::Likely);
    assert!(discreet.candidates.is_empty());
    // Others have the e-mail address, which only those are told who may know others.
    std::fs::create_dir(world.path("hub/checks")).unwrap();
    let own = "checks: { own_mail: { on: records, attributes: email, unique_key: true } }";
    world.write("hub/checks/own.yaml", own);
    world.hub().publish(false, &|| Moment(8), &Unwatched).unwrap().unwrap();
    let shared: Typed = &[("naam", "Jo Post"), ("mail", "jan.jansen@voorbeeld.example")];
    let shares = |is_discreet: bool| {
        let told = answer(&world, &EntryCheck { is_discreet, ..check(shared, None) });
        told.findings.iter().any(|found| found.rule.as_str() == "own_mail")
    };
    assert!(shares(false));
    assert!(!shares(true));
}

#[test]
fn no_stored_value_stands_in_what_a_form_is_told() {
    let world = World::saying(HUB);
    let typed: Typed = &[("naam", "Jan Jansen"), ("mail", "jan.jansen@voorbeeld.example")];
    let check = EntryCheck { is_discreet: true, ..check(typed, Some("customer")) };
    let told = answer(&world, &check);
    assert_eq!(told.duplicate, Likeness::Likely, "he is in the hub");
    let text = format!("{told:?}");
    let stored = std::fs::read_to_string(world.path("crm.csv")).unwrap();
    let of_others = stored.lines().skip(1).flat_map(|row| row.split(';').skip(1));
    let is_typed = |value: &str| typed.iter().any(|(_, typed)| *typed == value);
    for value in of_others.filter(|value| !value.is_empty() && !is_typed(value)) {
        assert!(!text.contains(value), "`{value}` in {text}");
    }
    assert!(!text.contains("1971"), "{text}");
}

#[test]
fn what_is_missing_and_what_would_mend_is_told() {
    let world = World::saying(HUB);
    let model = world.hub().model().clone();
    let told = answer(&world, &check(UNREACHABLE, Some("lead")));
    let missing: Vec<&str> =
        told.missing.iter().map(|id| model.attributes.get(*id).name.as_str()).collect();
    assert_eq!(missing, ["email", "phone"]);
    let values = vec![(AttributeId::EMAIL, "mia@gmial.com".to_string())];
    let probe = Probe { entity_type: EntityType::Person, values: ProbeValues::Attributes(values) };
    let told = answer(&world, &EntryCheck { probe, ..check(NEW, None) });
    let found = told.findings.iter().find(|it| it.rule.as_str() == "misspelt_email_domain");
    let found = found.unwrap();
    assert_eq!(found.column.as_deref(), Some("email"));
    assert_eq!(found.repair.as_ref().unwrap().value.as_deref(), Some("mia@gmail.com"));
}

#[test]
fn reference_files_are_known_in_a_hub_that_was_never_judged() {
    let world = World::saying(HUB);
    std::fs::create_dir(world.path("hub/checks")).unwrap();
    let own =
        "checks: { town: { attributes: city, ref_table: { file: towns.csv, column: name } } }";
    world.write("hub/checks/own.yaml", own);
    world.write("hub/checks/towns.csv", "name\nEde\nEpe\n");
    world.hub().publish(false, &|| Moment(8), &Unwatched).unwrap().unwrap();
    let faults = |town: &str| {
        let told = answer(&world, &check(&[("naam", "Jo Post"), ("plaats", town)], None));
        told.findings.iter().filter(|found| found.rule.as_str() == "town").count()
    };
    let judged = ["Ede", "Heino"].map(faults);
    assert_eq!(judged, [0, 1]);
    // As a hub is that was loaded by a Karat that judged nothing, and one whose checks named no file.
    let database = rusqlite::Connection::open(world.path("hub/karat.db")).unwrap();
    let tables = "UPDATE statistic SET json = json_set(json, '$.tables', json('[]'))
        WHERE name = 'quality'";
    for sql in [tables, "DELETE FROM statistic WHERE name = 'quality'"] {
        assert_eq!(database.execute(sql, []).unwrap(), 1);
        assert_eq!(["Ede", "Heino"].map(faults), judged, "{sql}");
    }
}
