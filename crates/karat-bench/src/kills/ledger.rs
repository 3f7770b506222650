//! What a client did to a hub, and what it was told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::iter::Sum;

use serde_json::{Value, json};

use super::Dice;
use crate::people::People;
use crate::served::{Answered, Client};

/// How many records each client has.
const RECORDS: u64 = 25;
/// How many known persons the records are of.
const PERSONS: u64 = 200;
/// How far back a decision that was not acknowledged is looked for.
const LATEST_DECISIONS: usize = 200;

/// What a client did, and what it was told of it; nobody else changes its records.
pub struct Ledger {
    client: u64,
    /// How many requests it made, so that each says something of its own.
    made: u64,
    /// The e-mail address of each record; none when it is not there.
    records: BTreeMap<String, Known<Option<String>>>,
    /// Its decisions, by what they give as their reason.
    decisions: BTreeMap<String, Known<Option<Made>>>,
    /// The records and decisions of this round.
    touched: BTreeSet<String>,
    /// How many requests came to what.
    pub tally: Tally,
}

/// Something that was acknowledged, and what may have come of it since.
#[derive(Clone, Debug, Default)]
struct Known<T> {
    acknowledged: T,
    asked_for: Option<T>,
}

/// A decision in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Made {
    /// Not known while the decision is not acknowledged.
    number: Option<u64>,
    is_undone: bool,
}

/// How many requests came to what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    put: u64,
    deleted: u64,
    decided: u64,
    undone: u64,
    refused: u64,
    failed: u64,
    unanswered_done: u64,
    unanswered_not_done: u64,
    looked_up: u64,
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Tally>>(tallies: I) -> Tally {
        tallies.fold(Tally::default(), |one, other| Tally {
            put: one.put + other.put,
            deleted: one.deleted + other.deleted,
            decided: one.decided + other.decided,
            undone: one.undone + other.undone,
            refused: one.refused + other.refused,
            failed: one.failed + other.failed,
            unanswered_done: one.unanswered_done + other.unanswered_done,
            unanswered_not_done: one.unanswered_not_done + other.unanswered_not_done,
            looked_up: one.looked_up + other.looked_up,
        })
    }
}

impl Tally {
    /// Prints it.
    pub fn tell(&self) {
        println!(
            "acknowledged: {} records put, {} deleted, {} decisions, {} undone",
            self.put, self.deleted, self.decided, self.undone
        );
        println!("refused: {}; failed: {}", self.refused, self.failed);
        println!(
            "without an answer: {} done, {} not done; looked up afterwards: {}",
            self.unanswered_done, self.unanswered_not_done, self.looked_up
        );
    }

    /// What is wrong with it: nothing may be answered as a failure of the server.
    pub fn failures(&self) -> Option<String> {
        (self.failed > 0).then(|| format!("{} requests failed", self.failed))
    }
}

impl Ledger {
    /// The ledger of a client that did nothing yet.
    pub fn new(client: u64) -> Ledger {
        Ledger {
            client,
            made: 0,
            records: BTreeMap::new(),
            decisions: BTreeMap::new(),
            touched: BTreeSet::new(),
            tally: Tally::default(),
        }
    }

    /// Does something; an error when there is no answer.
    pub fn act(&mut self, client: &Client, people: &People, dice: &mut Dice) -> io::Result<()> {
        self.made += 1;
        match dice.below(100) {
            0..60 => self.put(client, people, dice),
            60..70 => self.delete(client, dice),
            70..84 => self.decide(client, dice),
            84..90 => self.move_one(client, dice),
            _ => self.undo(client, dice),
        }
    }

    fn put(&mut self, client: &Client, people: &People, dice: &mut Dice) -> io::Result<()> {
        let id = format!("kill-{}-{}", self.client, dice.below(RECORDS));
        let email = format!("kill{}v{}@mail.example", self.client, self.made);
        let person = people.person(dice.below(PERSONS), &id, &email);
        self.touched.insert(id.clone());
        let known = self.records.entry(id).or_default();
        known.asked_for = Some(Some(email));
        let is_done = known.settle(&client.put(&person)?, &mut self.tally);
        self.tally.put += u64::from(is_done);
        Ok(())
    }

    fn delete(&mut self, client: &Client, dice: &mut Dice) -> io::Result<()> {
        let Some(id) = self.any_record(dice) else { return Ok(()) };
        self.touched.insert(id.clone());
        let path = record_path(&id);
        let known = self.records.entry(id).or_default();
        known.asked_for = Some(None);
        let is_done = known.settle(&client.delete(&path)?, &mut self.tally);
        self.tally.deleted += u64::from(is_done);
        Ok(())
    }

    fn decide(&mut self, client: &Client, dice: &mut Dice) -> io::Result<()> {
        let (Some(left), Some(right)) = (self.any_record(dice), self.any_record(dice)) else {
            return Ok(());
        };
        if left == right {
            return Ok(());
        }
        let kind = if dice.below(2) == 0 { "same" } else { "different" };
        let [left, right] = [left, right].map(|id| [format!("persons/{id}")]);
        self.post_decision(client, &json!({ "kind": kind, "left": left, "right": right }))
    }

    fn move_one(&mut self, client: &Client, dice: &mut Dice) -> io::Result<()> {
        let (Some(record), Some(other)) = (self.any_record(dice), self.any_record(dice)) else {
            return Ok(());
        };
        let to = match record == other {
            true => Value::Null,
            false => client.look_up(&record_path(&other))?.body["entity"].clone(),
        };
        let record = format!("persons/{record}");
        self.post_decision(client, &json!({ "kind": "move", "record": record, "to": to }))
    }

    fn post_decision(&mut self, client: &Client, decide: &Value) -> io::Result<()> {
        let reason = format!("client {} decision {}", self.client, self.made);
        self.touched.insert(reason.clone());
        let body = json!({ "decide": decide, "reason": reason });
        let known = self.decisions.entry(reason).or_default();
        known.asked_for = Some(Some(Made { number: None, is_undone: false }));
        let answer = client.post("/v1/decisions", &body)?;
        if let Some(Some(made)) = &mut known.asked_for {
            made.number = answer.body["decisions"][0].as_u64();
        }
        let is_done = known.settle(&answer, &mut self.tally);
        self.tally.decided += u64::from(is_done);
        Ok(())
    }

    fn undo(&mut self, client: &Client, dice: &mut Dice) -> io::Result<()> {
        let made = self.decisions.iter().filter_map(|(reason, known)| {
            let made = known.acknowledged.filter(|made| !made.is_undone)?;
            Some((reason.clone(), made.number?))
        });
        let made: Vec<(String, u64)> = made.collect();
        let Some((reason, number)) = dice.one_of(&made) else { return Ok(()) };
        self.touched.insert(reason.clone());
        let known = self.decisions.entry(reason).or_default();
        known.asked_for = Some(Some(Made { number: Some(number), is_undone: true }));
        let path = format!("/v1/decisions/{number}/undo");
        let answer = client.post(&path, &json!({ "reason": "client" }))?;
        let is_done = known.settle(&answer, &mut self.tally);
        self.tally.undone += u64::from(is_done);
        Ok(())
    }

    /// One of the records that are there.
    fn any_record(&self, dice: &mut Dice) -> Option<String> {
        let there = self.records.iter().filter(|(_, known)| known.acknowledged.is_some());
        let there: Vec<String> = there.map(|(id, _)| id.clone()).collect();
        dice.one_of(&there)
    }

    /// Looks for all that was done or asked for in this round, and begins the next; adds what is
    /// wrong.
    pub fn check_round(&mut self, client: &Client, wrong: &mut Vec<String>) -> io::Result<()> {
        for name in std::mem::take(&mut self.touched) {
            if self.records.contains_key(&name) {
                self.check_record(client, &name, wrong)?;
            } else {
                self.check_decision(client, &name, wrong)?;
            }
            self.tally.looked_up += 1;
        }
        Ok(())
    }

    /// The same for all that was ever done.
    pub fn check_all(&mut self, client: &Client, wrong: &mut Vec<String>) -> io::Result<()> {
        self.touched.extend(self.records.keys().cloned());
        self.touched.extend(self.decisions.keys().cloned());
        self.check_round(client, wrong)
    }

    fn check_record(
        &mut self,
        client: &Client,
        id: &str,
        wrong: &mut Vec<String>,
    ) -> io::Result<()> {
        let answer = client.look_up(&record_path(id))?;
        let found = match answer.status {
            404 => None,
            _ => {
                let body = answer.done()?.body;
                let email = body["values"]["email"][0].as_str().unwrap_or_default().to_string();
                wrong.extend(half_done(client, id, &email, &body["entity"])?);
                Some(email)
            }
        };
        let known = self.records.entry(id.into()).or_default();
        wrong.extend(known.take(found, &mut self.tally).map(|told| format!("{id}: {told}")));
        Ok(())
    }

    fn check_decision(
        &mut self,
        client: &Client,
        reason: &str,
        wrong: &mut Vec<String>,
    ) -> io::Result<()> {
        let known = self.decisions.entry(reason.into()).or_default();
        let number = known.acknowledged.and_then(|made| made.number);
        let found = match number {
            Some(number) => {
                let answer = client.look_up(&format!("/v1/decisions/{number}"))?;
                (answer.status != 404).then(|| answer.done()).transpose()?.map(|found| found.body)
            }
            None => {
                let path = format!("/v1/decisions?limit={LATEST_DECISIONS}");
                let page = client.get(&path)?;
                let mut decisions = page["decisions"].as_array().into_iter().flatten();
                decisions.find(|decision| decision["reason"] == reason).cloned()
            }
        };
        let found = found.filter(|decision| decision["reason"] == reason).map(|decision| Made {
            number: decision["number"].as_u64(),
            is_undone: !decision["undone"].is_null(),
        });
        if let (Some(Some(asked)), Some(found)) = (&mut known.asked_for, &found) {
            asked.number = found.number;
        }
        wrong.extend(known.take(found, &mut self.tally).map(|told| format!("{reason}: {told}")));
        Ok(())
    }
}

impl<T: Clone + PartialEq + std::fmt::Debug> Known<T> {
    /// Notes what was answered; tells whether what was asked for was done.
    fn settle(&mut self, answer: &Answered, tally: &mut Tally) -> bool {
        match answer.status {
            200..300 => {
                if let Some(asked_for) = self.asked_for.take() {
                    self.acknowledged = asked_for;
                }
                return true;
            }
            // It was not done, and will not be.
            400..500 | 503 => {
                self.asked_for = None;
                tally.refused += 1;
            }
            _ => tally.failed += 1,
        }
        false
    }

    /// Takes what was found for what counts; gives what is wrong with it.
    fn take(&mut self, found: T, tally: &mut Tally) -> Option<String> {
        let asked_for = self.asked_for.take();
        let is_done = asked_for.as_ref() == Some(&found);
        let is_as_before = found == self.acknowledged;
        if asked_for.is_some() {
            tally.unanswered_done += u64::from(is_done);
            tally.unanswered_not_done += u64::from(!is_done);
        }
        let before = std::mem::replace(&mut self.acknowledged, found);
        let is_wrong = !is_done && !is_as_before;
        is_wrong
            .then(|| format!("{:?} was found, not {before:?} or {asked_for:?}", self.acknowledged))
    }
}

/// What is half done of a record: it must be in an entity that has it, and, where it has it alone,
/// shows its e-mail address.
fn half_done(client: &Client, id: &str, email: &str, entity: &Value) -> io::Result<Option<String>> {
    let Some(entity) = entity.as_str() else {
        return Ok(Some(format!("{id} is in no entity")));
    };
    let body = client.get(&format!("/v1/entities/{entity}"))?;
    let records = body["records"].as_array().cloned().unwrap_or_default();
    if !records.iter().any(|record| record["id"] == id) {
        return Ok(Some(format!("{id} is not among the records of its entity {entity}")));
    }
    let shows_it = body["values"]["email"]
        .as_array()
        .is_some_and(|values| values.iter().any(|value| value.as_str() == Some(email)));
    let is_alone = records.len() == 1;
    Ok((is_alone && !shows_it).then(|| format!("{entity} does not show the value of {id}")))
}

fn record_path(id: &str) -> String {
    format!("/v1/sources/persons/records/{id}")
}
