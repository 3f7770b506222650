//! Whatever fails, and whoever else writes: what is refused left nothing, and what is done is whole.

use karat_model::decision::{DecisionNo, Identity, Ruling};
use karat_model::evidence::Verdict;
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Moment, Payload};
use karat_store::{Arrival, Fault, Faults, Reader};

use crate::live::Writer;
use crate::operate::tests::{HUB, World};
use crate::view::{Change, ChangeRequest, Changed, Condition, Refused, Repetition};

/// A hub in a file, and one in PostgreSQL.
fn worlds() -> [World; 2] {
    let url = karat_test_postgres::empty_schema();
    [World::new(), World::saying(&format!("{HUB}database: {url}\n"))]
}

fn writer(world: &World) -> Writer {
    Writer::open(&world.hub(), Box::new(|| Moment(9))).unwrap()
}

fn reader(world: &World) -> Box<dyn Reader> {
    world.hub().database().open_reader().unwrap()
}

fn key(text: &str) -> RecordKey {
    text.parse().unwrap()
}

/// A person of the crm; the values are parted by bars.
fn put(id: &str, row: &str) -> Change {
    put_in("crm", id, "naam|geb|plaats|mail", row)
}

fn put_in(source: &str, id: &str, columns: &str, row: &str) -> Change {
    let values = columns.split('|').zip(row.split('|'));
    let values = values.map(|(name, value)| (name.to_string(), value.to_string()));
    let id = [("id".to_string(), id.to_string())];
    Change::Upsert {
        key: key(&format!("{source}/{}", id[0].1)),
        observed_at: None,
        values: id.into_iter().chain(values).collect(),
        condition: Condition::None,
    }
}

fn decide(left: &str, right: &str, verdict: Verdict) -> Change {
    let [left, right] = [left, right].map(|id| vec![key(&format!("crm/{id}"))]);
    let rulings = vec![Ruling::Identity(Identity { left, right, verdict })];
    Change::Decide { rulings, steward: "eva".into(), reason: String::new() }
}

fn request(change: Change) -> ChangeRequest {
    ChangeRequest::of(change)
}

/// What became of one change.
fn do_one(writer: &mut Writer, change: Change) -> Result<Changed, Refused> {
    writer.change(&[request(change)]).pop().unwrap()
}

#[test]
fn what_a_killed_load_left_is_published_before_anything_else() {
    // Its records were counted as published by the next change, and were never looked at again.
    for world in worlds() {
        let mut writer = writer(&world);
        let mut killed = world.hub().database().open_writer().unwrap();
        let load = killed.begin_load(Moment(8)).unwrap();
        let columns = ["id", "naam"].map(String::from);
        let delivery = killed.delivery(load, &SourceName::new("crm"), &columns).unwrap();
        let mut payload = Payload::new();
        payload.push(0, "n");
        payload.push(1, "Nel Noot");
        let change = karat_store::Change::Upsert(payload);
        let arrival = Arrival { id: "n".into(), observed_at: None, change };
        killed.append(&delivery, &[arrival]).unwrap();
        drop(killed);

        do_one(&mut writer, put("m", "Mia Maan|1-2-1970|Ede|")).unwrap();
        assert!(reader(&world).entity_of(&key("crm/n")).unwrap().is_some());
        assert_eq!(world.found(), []);
    }
}

#[test]
fn a_decision_that_was_not_committed_is_forgotten() {
    // Another writer's decision got its number, by which it was taken for the one that was known.
    for world in worlds() {
        let faults = Faults::prepare(world.hub().database()).unwrap();
        let (mut one, mut other) = (writer(&world), writer(&world));
        faults.arm(Fault::Commit).unwrap();
        let refused = do_one(&mut one, decide("0", "1", Verdict::Same));
        assert!(matches!(refused, Err(Refused::Failed(_))), "{refused:?}");
        faults.mend().unwrap();
        do_one(&mut other, decide("2", "3", Verdict::Same)).unwrap();
        do_one(&mut one, put("0", "Jan Jansen|1-3-1971|Epe|")).unwrap();
        do_one(&mut one, put("2", "Ans Smit|3-3-1971|Epe|")).unwrap();
        let entity = |id: &str| reader(&world).entity_of(&key(&format!("crm/{id}"))).unwrap();
        assert_ne!(entity("0"), entity("1"));
        assert_eq!(entity("2"), entity("3"));
        assert_eq!(world.found(), []);
    }
}

#[test]
fn the_first_of_a_type_comes_in_spite_of_failures() {
    for world in worlds() {
        let shop = "files: [../shop.csv]\ncolumns:\n  id: source_id\n  bedrijf: company_name\n  \
                    plaats: city\n";
        world.write("hub/sources/shop.yaml", shop);
        world.write("shop.csv", "id;bedrijf;plaats\n");
        world.load();
        let faults = Faults::prepare(world.hub().database()).unwrap();
        let mut writer = writer(&world);
        let company = put_in("shop", "1", "bedrijf|plaats", "Noot Bouw BV|Ede");
        let mut failures = 0;
        for at in 0.. {
            faults.arm(Fault::Write(at)).unwrap();
            let done = do_one(&mut writer, company.clone());
            faults.mend().unwrap();
            if done.is_ok() {
                break;
            }
            failures += 1;
        }
        // Once it is in the journal each attempt goes on with what is left to be published.
        assert!(failures > 5, "only {failures}");
        assert!(reader(&world).entity_of(&key("shop/1")).unwrap().is_some());
        assert_eq!(world.found(), []);
    }
}

/// Seeded chance (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ x >> 31) % end
    }

    fn of<'a>(&mut self, some: &[&'a str]) -> &'a str {
        some[self.below(some.len() as u64) as usize]
    }

    /// Something that happens to a hub in which so many decisions were made.
    fn change(&mut self, decisions: u64) -> Change {
        const IDS: [&str; 8] = ["0", "1", "b0", "b1", "c1", "2", "new", "other"];
        let id = self.of(&IDS);
        match self.below(8) {
            0..4 => {
                let name = self.of(&["Jan Jansen", "J. Jansen", "Bo Bakker", "Nel Noot"]);
                let born = self.of(&["1-3-1971", "2-3-1971", ""]);
                let mail = self.of(&["jan.jansen@voorbeeld.example", "noot@voorbeeld.example", ""]);
                let city = self.of(&["Ede", "Epe", "Zwolle"]);
                put(id, &format!("{name}|{born}|{city}|{mail}"))
            }
            4 => Change::Delete { key: key(&format!("crm/{id}")), condition: Condition::None },
            5 if decisions > 0 => Change::Undo {
                decisions: vec![DecisionNo(1 + self.below(decisions))],
                steward: "jan".into(),
                reason: String::new(),
            },
            _ => {
                let verdict = [Verdict::Same, Verdict::Different][self.below(2) as usize];
                let other = self.of(&IDS.map(|it| if it == id { "b2" } else { it }));
                decide(id, other, verdict)
            }
        }
    }
}

#[test]
fn whatever_write_fails_a_change_is_whole_or_left_nothing() {
    for (seed, world) in (0..).zip(worlds()) {
        let faults = Faults::prepare(world.hub().database()).unwrap();
        let (mut writer, mut dice) = (writer(&world), Dice(seed));
        let (mut done, mut failed) = (0, 0);
        for number in 0..40 {
            let decisions = reader(&world).last_decision().unwrap().0;
            let repetition = Some(Repetition {
                name: number.to_string(),
                digest: [0; 32],
                answer: |_| Vec::new(),
            });
            let change = dice.change(decisions);
            let request = ChangeRequest { repetition, ..ChangeRequest::of(change) };
            let before = faults.dump().unwrap();
            let mut at = 0;
            for attempt in 0.. {
                faults
                    .arm(match attempt {
                        0 => Fault::Commit,
                        odd if odd % 2 == 1 => Fault::Write(at),
                        _ => Fault::WriteThatRollsBack(at),
                    })
                    .unwrap();
                let answer = writer.change(std::slice::from_ref(&request)).pop().unwrap();
                faults.mend().unwrap();
                match answer {
                    Err(Refused::Failed(_)) => {
                        assert!(faults.dump().unwrap() == before, "{request:?} left something");
                        failed += 1;
                    }
                    // Who asks again gets the answer that was kept.
                    Ok(_) => {
                        let again = writer.change(std::slice::from_ref(&request)).pop().unwrap();
                        assert!(matches!(again, Ok(Changed::Before(_))), "{again:?}");
                        done += 1;
                        break;
                    }
                    // There is no such record or decision.
                    Err(_) => break,
                }
                at += 1 + dice.below(2 + at / 4);
            }
        }
        assert!(done > 20 && failed > 200, "{done} done, {failed} failed");
        assert_eq!(world.found(), []);
    }
}

/// What a change told, without the numbers that the database gave it.
fn told(answer: Result<Changed, Refused>) -> String {
    match answer {
        Ok(Changed::Now(outcome)) => {
            let (kinds, matches) = (outcome.diffs(), outcome.potential_matches);
            let found = (outcome.outcome, outcome.version, outcome.findings);
            format!("{found:?} {:?} {kinds:?} {matches:?}", outcome.entity)
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn what_is_tried_out_tells_what_would_happen_and_leaves_nothing() {
    for (seed, world) in (0..).zip(worlds()) {
        let faults = Faults::prepare(world.hub().database()).unwrap();
        let (mut writer, mut dice) = (writer(&world), Dice(seed));
        for _ in 0..60 {
            let change = dice.change(reader(&world).last_decision().unwrap().0);
            let before = faults.dump().unwrap();
            let tried = writer.change(&[ChangeRequest::trial(change.clone())]).pop().unwrap();
            assert!(faults.dump().unwrap() == before, "{change:?} left something");
            // What is done bears the numbers that something else bore while that was tried out.
            let other = dice.change(reader(&world).last_decision().unwrap().0);
            let _ = writer.change(&[ChangeRequest::trial(other)]);
            let done = do_one(&mut writer, change);
            assert_eq!(told(tried), told(done));
        }
        assert_eq!(world.found(), []);
    }
}

#[test]
fn decisions_are_undone_together_or_not_at_all() {
    for world in worlds() {
        let mut writer = writer(&world);
        let before = world.crosswalk();
        for (left, right) in [("0", "1"), ("2", "3")] {
            do_one(&mut writer, decide(left, right, Verdict::Same)).unwrap();
        }
        let undo = |numbers: &[u64]| Change::Undo {
            decisions: numbers.iter().map(|no| DecisionNo(*no)).collect(),
            steward: "eva".into(),
            reason: String::new(),
        };
        let decided = world.crosswalk();
        let refused = do_one(&mut writer, undo(&[1, 9]));
        assert!(matches!(refused, Err(Refused::UnknownDecision(DecisionNo(9)))), "{refused:?}");
        assert_eq!(world.crosswalk(), decided, "nothing was undone");
        do_one(&mut writer, undo(&[1, 2])).unwrap();
        assert_eq!(world.crosswalk(), before);
        let again = do_one(&mut writer, undo(&[2]));
        assert!(matches!(again, Err(Refused::UndoneAlready(DecisionNo(2)))), "{again:?}");
        assert_eq!(world.found(), []);
    }
}

#[test]
fn who_comes_while_others_are_led_through_goes_along() {
    for (seed, world) in (0..).zip(worlds()) {
        let (mut writer, mut dice) = (writer(&world), Dice(seed));
        let mut later = 0;
        for number in 0..40 {
            // Each record once, as those that come are chosen to fit.
            let mut coming: Vec<ChangeRequest> = Vec::new();
            for id in ["0", "1", "b0", "b1", "new"] {
                let delete =
                    Change::Delete { key: key(&format!("crm/{id}")), condition: Condition::None };
                let name = dice.of(&["Jan Jansen", "J. Jansen", "Bo Bakker", "Nel Noot"]);
                let born = dice.of(&["1-3-1971", "2-3-1971", ""]);
                match dice.below(8) {
                    0 => coming.push(request(delete)),
                    1..6 => coming.push(request(put(id, &format!("{name}|{born}|Ede{number}|")))),
                    _ => {}
                }
            }
            let Some(first) = coming.pop() else { continue };
            let all = coming.len() + 1;
            let answers = writer.change_with(&mut vec![first.into()], &mut |group| {
                // Not all are there at once.
                if dice.below(2) == 0 {
                    return None;
                }
                later += usize::from(group.len() > 1);
                coming.pop().map(Into::into)
            });
            assert_eq!(answers.len(), all - coming.len());
            for answer in answers {
                let is_fine =
                    matches!(answer, Ok(Changed::Now(_)) | Err(Refused::UnknownRecord(_)));
                assert!(is_fine, "{answer:?}");
            }
            if number % 8 == 0 {
                assert_eq!(world.found(), []);
            }
        }
        assert!(later > 20, "only {later}");
        assert_eq!(world.found(), []);
    }
}

#[test]
fn changes_that_fail_together_are_made_one_by_one() {
    for world in worlds() {
        let faults = Faults::prepare(world.hub().database()).unwrap();
        let mut writer = writer(&world);
        for at in (0..60).step_by(4) {
            let requests: Vec<ChangeRequest> = [("0", "Jan Jansen"), ("new", "Nel Noot")]
                .map(|(id, name)| request(put(id, &format!("{name}|1-3-1971|Plaats{at}|"))))
                .into();
            faults.arm(Fault::Write(at)).unwrap();
            let answers = writer.change(&requests);
            faults.mend().unwrap();
            for (id, answer) in ["0", "new"].iter().zip(answers) {
                let stored = reader(&world).record(&key(&format!("crm/{id}"))).unwrap();
                let is_there = stored.is_some_and(|stored| {
                    stored.record.payload.iter().any(|(_, value)| value == format!("Plaats{at}"))
                });
                assert_eq!(is_there, answer.is_ok(), "{id} at {at}");
            }
            assert_eq!(world.found(), []);
        }
    }
}
