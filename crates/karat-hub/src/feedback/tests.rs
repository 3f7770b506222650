//! Findings go to the owner of a source and come back: by file, by webhook, and in any order.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use karat_model::finding::{ClosedBecause, FindingNo, FindingState, StepNo};
use karat_model::id::{RecordKey, SourceName};
use karat_model::language::Language;
use karat_model::record::Moment;
use proptest::prelude::*;

use super::webhook::{NotAccepted, Post, PostAnswer, Poster};
use super::{Dispatched, FeedbackState, Receiver, SourceFeedback, dispatch};
use crate::error::Error;
use crate::flow::load::LoadOptions;
use crate::flow::progress::Unwatched;
use crate::hub::Hub;
use crate::live::Writer;
use crate::stored::ServedHub;
use crate::view::{
    Change, ChangeRequest, Condition, FindingView, FollowUpQuery, HubReader, Refused,
};

const DAY: i64 = 86_400;

const HUB: &str = "\
name: Shop
matching:
  link_threshold: 0
  review_band: 30
  gate: off
";

const CRM: &str = "\
files: [../crm.csv]
delivery: changes
columns:
  id: source_id
  naam: full_name
  plaats: city
  mail: email
";

const CHECKS: &str = "\
standard: false
checks:
  in_ede:
    on: records
    attributes: city
    in_set: [Ede]
    message: { en: Not in Ede., nl: Niet in Ede. }
  mail_once: { on: records, attributes: email, unique_key: true }
";

/// A hub whose source hears what is wrong, with a clock that tests set.
struct World {
    folder: tempfile::TempDir,
    now: Arc<AtomicI64>,
    served: ServedHub,
    writer: Writer,
}

impl World {
    fn new(feedback: &str, rows: &str) -> World {
        let folder = tempfile::tempdir().unwrap();
        for dir in ["hub/sources", "hub/checks"] {
            std::fs::create_dir_all(folder.path().join(dir)).unwrap();
        }
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
        };
        write("hub/hub.yaml", HUB);
        write("hub/sources/crm.yaml", &format!("{CRM}feedback: {feedback}\n"));
        write("hub/checks/a.yaml", CHECKS);
        write("crm.csv", &format!("id;naam;plaats;mail\n{rows}"));
        let hub = Hub::open(&folder.path().join("hub")).unwrap();
        let now = Arc::new(AtomicI64::new(100 * DAY));
        let clock = now.clone();
        let tick = move || Moment(clock.fetch_add(1, Ordering::Relaxed));
        let options = LoadOptions { retrain: false, allow_deletes: false };
        hub.load(options, &tick, &Unwatched).unwrap();
        let writer = Writer::open(&hub, Box::new(tick)).unwrap();
        World { served: hub.served().unwrap(), folder, now, writer }
    }

    fn hub(&self) -> Hub {
        Hub::open(&self.folder.path().join("hub")).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Another delivery of the file.
    fn load(&self, rows: &str) {
        std::fs::write(self.path("crm.csv"), format!("id;naam;plaats;mail\n{rows}")).unwrap();
        let options = LoadOptions { retrain: false, allow_deletes: true };
        self.hub().load(options, &|| self.tick(), &Unwatched).unwrap();
    }

    fn tick(&self) -> Moment {
        Moment(self.now.fetch_add(1, Ordering::Relaxed))
    }

    fn days_pass(&self, days: i64) {
        self.now.fetch_add(days * DAY, Ordering::Relaxed);
    }

    /// A record arrives by itself.
    fn put(&mut self, id: &str, city: &str, mail: &str) {
        let values = [("naam", "Tom Blok"), ("plaats", city), ("mail", mail)];
        let values = values.map(|(column, value)| (column.to_string(), value.to_string()));
        self.change(Change::Upsert {
            key: format!("crm/{id}").parse().unwrap(),
            observed_at: None,
            values: values.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
            condition: Condition::None,
        })
        .unwrap();
    }

    fn change(&mut self, change: Change) -> Result<(), Refused> {
        let request = ChangeRequest::of(change);
        self.writer.change(&[request]).pop().unwrap().map(drop)
    }

    fn step(
        &mut self,
        no: FindingNo,
        state: FindingState,
        until: Option<i64>,
    ) -> Result<(), Refused> {
        self.change(Change::Step {
            findings: vec![no],
            state,
            until: until.map(Moment),
            steward: "eva".into(),
            reason: "seen".into(),
            lenient: false,
        })
    }

    fn undo(&mut self, finding: FindingNo, step: StepNo) -> Result<(), Refused> {
        let (steward, reason) = ("eva".into(), String::new());
        self.change(Change::UndoStep { finding, step, steward, reason })
    }

    /// Sends what was not sent; `answer` is what the application answers to each post.
    fn send(
        &mut self,
        answer: &mut dyn FnMut(&Post) -> Result<PostAnswer, NotAccepted>,
    ) -> Result<Dispatched, Error> {
        let World { served, writer, now, folder } = self;
        let out = folder.path().join("list.csv");
        let tick = || Moment(now.fetch_add(1, Ordering::Relaxed));
        let poster = Poster {
            post: answer,
            wait: &mut |_: Duration| {},
            now: &tick,
            secret: Some(b"sesame"),
        };
        let mut receiver = Receiver {
            out: &out,
            language: Language::Dutch,
            is_masked: false,
            steward: "eva",
            poster,
        };
        dispatch(served, writer, &SourceName::new("crm"), &mut receiver, &Unwatched)
    }

    /// Writes a work list; gives its rows.
    fn send_list(&mut self) -> Vec<String> {
        let sent = self.send(&mut |_| panic!("nothing is posted")).unwrap();
        let Some(path) = sent.file else { return Vec::new() };
        let text = std::fs::read_to_string(path).unwrap();
        let rows: Vec<String> = text.lines().skip(1).map(String::from).collect();
        assert_eq!(rows.len() as u64, sent.findings);
        rows
    }

    fn findings(&self) -> Vec<FindingView> {
        let all = FollowUpQuery::default();
        self.served.follow_ups(&all, FindingNo(0), 99_999).unwrap().findings
    }

    fn states(&self) -> BTreeMap<FindingNo, FeedbackState> {
        self.findings().iter().map(|view| (view.finding.no, view.state)).collect()
    }

    /// The findings of a record as `rule: state`, in the order in which they were opened.
    fn of(&self, id: &str) -> Vec<String> {
        let key: RecordKey = format!("crm/{id}").parse().unwrap();
        let of_record =
            self.findings().into_iter().filter(|it| it.finding.record == Some(key.clone()));
        of_record.map(|view| format!("{}: {}", view.finding.rule, view.state.name())).collect()
    }

    /// The last finding of a record.
    fn last_of(&self, id: &str) -> FindingView {
        let key: RecordKey = format!("crm/{id}").parse().unwrap();
        let mut findings = self.findings().into_iter();
        findings.rfind(|view| view.finding.record == Some(key.clone())).unwrap()
    }

    fn figures(&self) -> SourceFeedback {
        self.served.feedback().unwrap().pop().unwrap()
    }
}

const ROWS: &str =
    "1;Jan Jansen;Ede;jan@voorbeeld.example\n2;Bo Bakker;Epe;bo@gmial.com\n3;Ans Smit;Ede;kapot\n";

#[test]
fn a_work_list_goes_out_once_and_comes_back_mended() {
    let mut world = World::new("{ owner: Sales }", ROWS);
    let rows = world.send_list();
    let told: Vec<&str> = rows.iter().map(|row| row.split_once(',').unwrap().1).collect();
    let since = "1970-04-11T00:00:0";
    assert!(rows.iter().all(|row| row.contains(since)), "{rows:?}");
    let says = |of: &str| told.iter().any(|row| row.starts_with(of));
    assert!(says("crm,2,plaats,Epe,Niet in Ede.,,,,warning,validity,in_ede,city,"), "{told:#?}");
    let typo = "crm,2,mail,bo@gmial.com,Het domein van het e-mailadres lijkt verkeerd gespeld.,\
                replace,bo@gmail.com,,warning,validity,misspelt_email_domain,email,";
    assert!(says(typo), "{told:#?}");
    assert!(says("crm,3,mail,kapot,Dit is geen e-mailadres.,,,,error,validity,invalid_email,"));
    assert_eq!(rows.len(), 3);
    assert_eq!(world.send_list(), [""; 0], "what was sent is not sent again");

    world.put("4", "Epe", "tom@voorbeeld.example");
    let rows = world.send_list();
    assert!(rows.len() == 1 && rows[0].contains("crm,4,plaats,Epe"), "{rows:?}");

    // The next delivery mends one of two things of a record, and another record gets worse.
    world.load("2;Bo Bakker;Ede;bo@gmial.com\n3;Ans Smit;Ede;stuk\n");
    assert_eq!(world.of("2"), ["in_ede: verified", "misspelt_email_domain: sent"]);
    assert_eq!(world.of("3"), ["invalid_email: closed", "invalid_email: open"]);
    let figures = world.figures();
    assert_eq!((figures.sent, figures.verified, figures.waiting), (4, 1, 2));
    assert_eq!((figures.owner.as_deref(), figures.route), (Some("Sales"), Some("work_list")));
    assert_eq!(figures.feedback_yield(), Some(0.25));
}

#[test]
fn only_what_the_route_asks_for_is_sent() {
    let mut world = World::new("{ rules: [in_ede, invalid_email], severity_min: error }", ROWS);
    let rows = world.send_list();
    assert!(rows.len() == 1 && rows[0].contains("invalid_email"), "{rows:?}");
    let other = SourceName::new("shop");
    let unsent = world.served.unsent(&other, FindingNo(0), 9, Moment(0)).unwrap();
    assert_eq!(unsent, (Vec::new(), None));
}

#[test]
fn people_say_how_far_a_finding_is_and_cannot_verify_it() {
    use FindingState::{AcceptedAsIs, Acknowledged, FixedInSource, Rejected, Sent};
    let mut world = World::new("{ owner: Sales }", ROWS);
    let no = world.last_of("3").finding.no;
    let state = |world: &World| world.states()[&no];
    assert!(matches!(world.step(no, Acknowledged, None), Err(Refused::UnfitStep { .. })));
    world.send_list();
    world.step(no, Acknowledged, None).unwrap();
    world.step(no, FixedInSource, None).unwrap();
    assert!(matches!(
        world.step(no, Acknowledged, None),
        Err(Refused::UnfitStep { state: FeedbackState::FixedInSource, .. })
    ));
    assert_eq!(state(&world), FeedbackState::FixedInSource);
    assert!(matches!(world.step(FindingNo(999), Sent, None), Err(Refused::UnknownFinding(_))));

    // Only the last step is undone.
    let steps = world.last_of("3").steps;
    assert!(matches!(world.undo(no, steps[0].no), Err(Refused::NotLastStep(_))));
    world.undo(no, steps[2].no).unwrap();
    assert!(matches!(world.undo(no, steps[2].no), Err(Refused::NotLastStep(_))));
    assert_eq!(state(&world), FeedbackState::Acknowledged);

    let reasonless = Change::Step {
        findings: vec![no],
        state: Rejected,
        until: None,
        steward: "eva".into(),
        reason: " ".into(),
        lenient: false,
    };
    assert!(matches!(world.change(reasonless), Err(Refused::ReasonMissing)));
    let (past, ahead) = (Some(DAY), Some(200 * DAY));
    assert!(matches!(world.step(no, AcceptedAsIs, past), Err(Refused::UntilNotAhead)));
    assert!(matches!(world.step(no, AcceptedAsIs, None), Err(Refused::UntilNotAhead)));
    assert!(matches!(world.step(no, Rejected, ahead), Err(Refused::UntilNotAhead)));
    world.step(no, AcceptedAsIs, ahead).unwrap();
    assert_eq!(state(&world), FeedbackState::AcceptedAsIs);
    assert_eq!(world.send_list(), [""; 0]);
    world.days_pass(101);
    assert_eq!(world.send_list().len(), 1, "it was accepted for a while");
    world.step(no, Rejected, None).unwrap();
    assert_eq!(state(&world), FeedbackState::Rejected);
    assert_eq!(world.send_list(), [""; 0]);
    let figures = world.figures();
    assert_eq!((figures.rejected, figures.accepted_as_is, figures.acknowledged), (1, 1, 1));

    // The source mends it nevertheless; nothing moves after that.
    world.put("3", "Ede", "ans@voorbeeld.example");
    assert_eq!(state(&world), FeedbackState::Verified);
    let last = world.last_of("3").steps.last().unwrap().no;
    assert!(matches!(world.undo(no, last), Err(Refused::UnfitStep { .. })));
    assert!(matches!(world.step(no, Sent, None), Err(Refused::UnfitStep { .. })));
}

#[test]
fn what_passes_without_an_arrival_is_not_verified() {
    let mut world = World::new("{ owner: Sales }", ROWS);
    world.put("5", "Ede", "deel@voorbeeld.example");
    world.put("6", "Ede", "deel@voorbeeld.example");
    world.send_list();
    assert_eq!(world.of("5"), ["mail_once: sent"]);
    // Record 6 gets another address, after which that of 5 stands alone.
    world.put("6", "Ede", "zelf@voorbeeld.example");
    assert_eq!(
        (world.of("5"), world.of("6")),
        (vec!["mail_once: closed".into()], vec!["mail_once: verified".into()])
    );
    // The rule asks for less.
    let checks = CHECKS.replace("[Ede]", "[Ede, Epe]");
    std::fs::write(world.path("hub/checks/a.yaml"), checks).unwrap();
    let tick = || world.tick();
    world.hub().publish(false, &tick, &Unwatched).unwrap().unwrap();
    assert_eq!(world.of("2"), ["in_ede: closed", "misspelt_email_domain: sent"]);
    let because = world
        .findings()
        .iter()
        .filter_map(|it| it.finding.closed)
        .map(|it| it.because)
        .collect::<Vec<_>>();
    assert_eq!(because, [ClosedBecause::Passes; 3]);
}

#[test]
fn what_was_closed_meanwhile_is_left_out_of_what_is_journaled() {
    let mut world = World::new("{ owner: Sales }", ROWS);
    let [closed, open] = ["3", "2"].map(|id| world.last_of(id).finding.no);
    world.put("3", "Ede", "ans@voorbeeld.example");
    let send = |lenient| Change::Step {
        findings: vec![open, closed],
        state: FindingState::Sent,
        until: None,
        steward: "eva".into(),
        reason: String::new(),
        lenient,
    };
    let refused = world.change(send(false));
    assert!(matches!(refused, Err(Refused::UnfitStep { finding, .. }) if finding == closed));
    assert_eq!(world.states()[&open], FeedbackState::Open, "all or nothing");
    world.change(send(true)).unwrap();
    assert_eq!(world.states()[&open], FeedbackState::Sent);
    assert_eq!(world.states()[&closed], FeedbackState::Closed);
}

#[test]
fn what_comes_again_within_ninety_days_is_counted() {
    let mut world = World::new("{ owner: Sales }", "1;Jan Jansen;Ede;jan@voorbeeld.example\n");
    for (id, days) in [("7", 89), ("8", 91)] {
        world.put(id, "Epe", "");
        world.send_list();
        world.days_pass(4);
        world.put(id, "Ede", "");
        world.days_pass(days);
        world.put(id, "Epe", "");
    }
    assert_eq!(world.of("7"), ["in_ede: verified", "in_ede: sent"]);
    assert_eq!(world.of("8"), ["in_ede: verified", "in_ede: open"]);
    let figures = world.figures();
    assert_eq!((figures.verified, figures.recurred), (2, 1));
    assert_eq!(figures.recurrence_rate(), Some(0.5));
    let days = figures.days_to_verified.unwrap();
    assert!((days - 4.0).abs() < 0.001, "{days}");
    let last = |id: &str| {
        let no = world.last_of(id).finding.no;
        world.served.finding(no).unwrap().unwrap().repeats
    };
    assert!(last("7").is_some());
    assert_eq!(last("8"), None, "it is too long ago");
    assert_eq!(world.served.finding(FindingNo(999)).unwrap(), None);
}

#[test]
fn a_webhook_that_fails_half_way_goes_on_where_it_was() {
    let rows: String = (0..1_100).map(|no| format!("{no};Jan Jansen;Ede;kapot{no}\n")).collect();
    let mut world = World::new("{ url: 'http://127.0.0.1/karat', owner: Sales }", &rows);
    let mut accepted: Vec<u64> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    let status = |status| Ok(PostAnswer { status, retry_after_seconds: None });
    let numbers = |post: &Post| -> Vec<u64> {
        let body: serde_json::Value = serde_json::from_str(&post.body).unwrap();
        let findings = body["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["number"].as_u64().unwrap()).collect()
    };
    let failed = world.send(&mut |post| {
        keys.push(post.idempotency_key.clone());
        if keys.len() > 1 {
            return status(410);
        }
        accepted.extend(numbers(post));
        status(200)
    });
    let Err(Error::NotAccepted { accepted: before, reason, .. }) = failed else { panic!() };
    assert_eq!((before, reason), (500, NotAccepted::Refused(410)));
    assert_eq!(accepted.len(), 500);

    // The application has taken the batch, and its answer is lost: it knows the batch by its key.
    let mut tries = 0;
    let sent = world.send(&mut |post| {
        assert!(post.signature.as_deref().unwrap().starts_with("t="));
        tries += 1;
        if tries == 1 {
            assert_eq!(Some(&post.idempotency_key), keys.last());
            keys.push(post.idempotency_key.clone());
            return Err(NotAccepted::Unreachable("connection reset".into()));
        }
        if tries > 2 || keys.last() != Some(&post.idempotency_key) {
            keys.push(post.idempotency_key.clone());
        }
        accepted.extend(numbers(post));
        status(202)
    });
    assert_eq!((sent.unwrap().findings, tries), (600, 3));
    let mut once = accepted.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!((once.len(), accepted.len()), (1_100, 1_100), "each was accepted once");
    let nothing = world.send(&mut |_| panic!("there is nothing to post")).unwrap();
    assert_eq!((nothing.findings, nothing.file), (0, None));
    assert_eq!(world.figures().sent, 1_100);
}

/// Something that happens.
#[derive(Clone, Debug)]
enum Happening {
    Put(u8, bool, u8),
    Send,
    Step(usize, FindingState),
    Undo(usize),
    Rule(bool),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (0..4u8, any::<bool>(), 0..4u8).prop_map(|(id, ede, mail)| Happening::Put(id, ede, mail)),
        3 => Just(Happening::Send),
        4 => (any::<usize>(), prop::sample::select(FindingState::ALL.to_vec()))
            .prop_map(|(at, state)| Happening::Step(at, state)),
        2 => any::<usize>().prop_map(Happening::Undo),
        1 => any::<bool>().prop_map(Happening::Rule),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_is_verified_but_by_a_later_arrival(happenings in prop::collection::vec(happening(), 1..30)) {
        let mut world = World::new("{ owner: Sales }", ROWS);
        let mut before = world.findings();
        for happening in happenings {
            let mut arrived = None;
            match &happening {
                Happening::Put(id, ede, mail) => {
                    let mail = ["kapot", "deel@voorbeeld.example", "", "x@gmial.com"][usize::from(*mail)];
                    let id = format!("p{id}");
                    world.put(&id, if *ede { "Ede" } else { "Epe" }, mail);
                    arrived = Some(format!("crm/{id}"));
                }
                Happening::Send => drop(world.send_list()),
                Happening::Step(at, state) if !before.is_empty() => {
                    let no = before[at % before.len()].finding.no;
                    let until = (*state == FindingState::AcceptedAsIs).then_some(999 * DAY);
                    let known = before[at % before.len()].state;
                    let taken = world.step(no, *state, until);
                    prop_assert_eq!(taken.is_ok(), known.may_take(*state), "{:?} {:?}", known, state);
                }
                Happening::Undo(at) if !before.is_empty() => {
                    let view = &before[at % before.len()];
                    if let Some(step) = view.steps.iter().rfind(|step| step.undone.is_none()) {
                        let undone = world.undo(view.finding.no, step.no);
                        prop_assert_eq!(undone.is_ok(), view.finding.closed.is_none());
                    }
                }
                Happening::Rule(is_wide) => {
                    let cities = if *is_wide { "[Ede, Epe]" } else { "[Ede]" };
                    let checks = CHECKS.replace("[Ede]", cities);
                    std::fs::write(world.path("hub/checks/a.yaml"), checks).unwrap();
                    world.hub().publish(false, &|| world.tick(), &Unwatched).unwrap();
                }
                _ => {}
            }
            let now = world.findings();
            for view in &now {
                let known = before.iter().find(|it| it.finding.no == view.finding.no);
                let is_new = known.is_none_or(|known| known.state != FeedbackState::Verified);
                let was_sent = view.steps.iter().any(|step| step.state == FindingState::Sent && step.undone.is_none());
                let record = view.finding.record.as_ref().unwrap().to_string();
                let has_arrived = arrived.as_ref() == Some(&record);
                let passes = view.finding.closed.is_some_and(|closed| closed.because == ClosedBecause::Passes);
                let closes_now = passes && known.is_some_and(|known| known.finding.closed.is_none());
                if view.state == FeedbackState::Verified {
                    if is_new {
                        prop_assert!(was_sent && has_arrived && closes_now, "{:?} {:?}", happening, view);
                    }
                } else {
                    prop_assert!(!(was_sent && has_arrived && closes_now), "{:?} {:?}", happening, view);
                    prop_assert!(!is_new || known.is_none_or(|it| it.state != FeedbackState::Verified));
                }
                if let Some(known) = known.filter(|it| it.finding.closed.is_some()) {
                    prop_assert_eq!(known.state, view.state, "what is closed does not move");
                }
            }
            before = now;
        }
    }
}
