//! What is promised when the database fails: a call that fails at whatever write, or at its commit,
//! changed nothing, and the same writer can go on.

use karat_model::confirmation::ConfirmationKind;
use karat_model::decision::{DecisionNo, Identity, Ruling};
use karat_model::evidence::{Verdict, Weight};
use karat_model::finding::{Dimension, FindingNo, FindingState, ValueDigest};
use karat_model::id::SourceName;
use karat_model::record::{Payload, Quarantined};

use super::findings::{finding, record, rule};
use super::{AT, deliver_people, entity, id, key, moment, publish};
use crate::{
    ApiKey, Arrival, AssignmentRow, Change, ConfirmationRow, Database, Delivery, EdgeRow, EntryRow,
    Error, Fault, Faults, FindingRow, HoldRow, LoadNo, MatchIndex, MatchKey, PotentialMatchRow,
    Publication, Result, RowNo, RuleNo, SavedView, SearchHit, SourceNo, Store, SubjectNo, TallyRow,
    Transaction, ValueKey, VerdictCounts, VerdictSet,
};

/// Both kinds of failing writes.
const WRITES: [fn(u64) -> Fault; 2] = [Fault::Write, Fault::WriteThatRollsBack];

/// Changes and loads fail at each of their writes in turn, and at their commit.
pub fn nothing_is_half_written(store: &mut dyn Store, database: &Database) {
    let faults = Faults::prepare(database).unwrap();
    // The first publication of a hub writes in another way than those that follow.
    for (round, fault) in (0..).zip([WRITES[0], WRITES[1], WRITES[0]]) {
        let mut failing = Failing { store: &mut *store, faults: &faults, fault };
        failing.load(round);
    }
    for (round, fault) in (0..).zip(WRITES) {
        let mut failing = Failing { store: &mut *store, faults: &faults, fault };
        failing.change(round);
    }
    deliver_people(store, 9);
    publish(store, &[entity('z', "Zwolle", &[9])]).unwrap();
}

/// A store in which writes fail.
struct Failing<'a> {
    store: &'a mut dyn Store,
    faults: &'a Faults,
    fault: fn(u64) -> Fault,
}

impl Failing<'_> {
    /// Does something, letting its commit fail, then each of its writes; what it gives when nothing
    /// fails any more.
    fn each_write<T>(&mut self, work: &mut dyn FnMut(&mut dyn Store) -> Result<T>) -> T {
        let before = (self.faults.dump().unwrap(), found(self.store));
        let failures = std::iter::once(Fault::Commit).chain((0..).map(self.fault));
        for fault in failures {
            self.faults.arm(fault).unwrap();
            let done = work(self.store);
            // This fails too where the store has left a transaction open.
            self.faults.mend().unwrap();
            match done {
                Err(error) => {
                    assert!(matches!(error, Error::Database(_)), "{fault:?}: {error}");
                    let now = (self.faults.dump().unwrap(), found(self.store));
                    assert!(now == before, "{fault:?} left something:\n{}\n{}", before.0, now.0);
                }
                Ok(done) => {
                    assert!(fault != Fault::Commit, "it is not committed");
                    assert!(fault != (self.fault)(0), "nothing is written");
                    return done;
                }
            }
        }
        unreachable!("there are endless writes")
    }

    /// A load from its beginning to its end.
    fn load(&mut self, round: u64) {
        let load: LoadNo = self.each_write(&mut |store| store.begin_load(AT));
        let source = SourceName::new("crm");
        let columns = ["name".to_string(), format!("column {round}")];
        let delivery: Delivery =
            self.each_write(&mut |store| store.delivery(load, &source, &columns));
        // Some are new, some changed, some gone; each known one is changed by every round.
        let arrivals: Vec<Arrival> = (1..=6 + round).map(|at| arrival(at, round)).collect();
        let outcomes = self.each_write(&mut |store| store.append(&delivery, &arrivals));
        assert_eq!(outcomes.len(), arrivals.len());
        let last = outcomes.last().unwrap().0;
        let deleted =
            self.each_write(&mut |store| store.delete_absent(&delivery, None, &|row| row != last));
        assert_eq!(deleted, 1);
        let unreadable = [1, 2].map(|line| Quarantined {
            file: "crm.csv".into(),
            line,
            reason: "unreadable".into(),
            raw: Vec::new(),
        });
        self.each_write(&mut |store| store.quarantine(&delivery, &unreadable));
        self.each_write(&mut |store| {
            store.publish(load, AT, &mut |publication| publish_all(publication, round))
        });
        self.each_write(&mut |store| store.finish_load(load, AT, "{}"));
        self.each_write(&mut |store| store.forget_digests(&[id('a')]));
    }

    /// All that a change can do.
    fn change(&mut self, round: u64) {
        self.each_write(&mut |store| {
            store.change(AT, &mut |change| {
                let delivery = change.delivery(&SourceName::new("shop"), &["name".into()])?;
                let arrivals = [arrival(1, round), arrival(2 + round, round)];
                let rows = change.append(&delivery, &arrivals)?;
                let (first, last) = (rows[0].0, rows[1].0);
                decide(change)?;
                confirm(change, first)?;
                // What is read is written first.
                assert!(change.reader().is_behind()?);
                let publication = change.publication()?;
                publish_some(publication, round, first, last)?;
                change.reader().crosswalk(&mut |_, _| Ok(()))?;
                // A failure of what was put off is told in the end.
                let publication = change.publication()?;
                publication.put_entity(&entity('e', &format!("Ens{round}"), &[last.0]), None)?;
                publication.retire_entity(id('c'), Some(id('a')))?;
                change.reader().last_event()?;
                change.append(&delivery, &[arrival(7 + round, round)])?;
                change.publication()?.put_statistic("later", &round.to_string())?;
                assign(change, round)?;
                change.remember(&format!("request {round}"), b"answer", 9)?;
                change.put_api_key(&ApiKey {
                    id: round.to_string(),
                    name: "shop".into(),
                    role: "writer".into(),
                    hash: [round as u8; 32],
                    created_at: AT,
                    expires_at: None,
                    revoked_at: None,
                })
            })
        });
        // It comes back for the next round.
        publish(self.store, &[entity('c', "Ede", &[3])]).unwrap();
    }
}

/// What searching finds, by words that are there now, later, or never.
fn found(store: &dyn Store) -> Vec<Vec<SearchHit>> {
    let words = ["ede", "epe", "ede0", "ede1", "ede2", "ens0", "ens1", "en", "zwolle"];
    words.iter().map(|word| store.reader().search(word, 9).unwrap()).collect()
}

fn arrival(at: u64, round: u64) -> Arrival {
    let mut payload = Payload::new();
    payload.push(0, &format!("Jansen{at} {round}"));
    Arrival { id: at.to_string().into(), observed_at: Some(AT), change: Change::Upsert(payload) }
}

fn decide(change: &mut dyn Transaction) -> Result<()> {
    let left = vec![key("crm/1")];
    let right = vec![key("crm/2")];
    let ruling = Ruling::Identity(Identity { left, right, verdict: Verdict::Same });
    let DecisionNo(number) = change.decide(&ruling, "eva", "")?;
    change.decide(&Ruling::Lock(vec![key("crm/3")]), "eva", "")?;
    assert!(change.undo(DecisionNo(number), "jan", "")?);
    Ok(())
}

fn confirm(change: &mut dyn Transaction, record: RowNo) -> Result<()> {
    let (attribute, value) = ("email".into(), ValueDigest(9));
    let kind = ConfirmationKind::Bounced;
    let confirmation = ConfirmationRow { record, attribute, value, kind };
    let confirmed = change.confirm(&confirmation, "eva", "")?;
    assert!(change.withdraw(confirmed, "eva", "")?);
    let step = change.step(FindingNo(1), FindingState::Acknowledged, None, "eva", "")?;
    assert!(change.undo_step(step, "eva", "")?);
    let entry = EntryRow {
        record,
        kind: "lead".into(),
        policy: "soft".into(),
        overridden: vec![],
        reason_code: String::new(),
        reason: String::new(),
        entered_by: "shop".into(),
    };
    change.note_entry(&entry).map(drop)
}

fn assign(change: &mut dyn Transaction, round: u64) -> Result<()> {
    let assignment = AssignmentRow {
        left: RowNo(1),
        right: RowNo(3),
        owner: "eva".into(),
        snoozed_until: Some(moment(round as i64)),
        assigned_by: "jan".into(),
        at: AT,
    };
    change.put_assignment(&assignment)?;
    let view = |name: &str, filter: &str| {
        let [account, name, filter] = ["eva", name, filter].map(String::from);
        SavedView { account, name, filter }
    };
    change.put_saved_view(&view("mine", &format!("from={round}")))?;
    change.put_saved_view(&view("other", ""))?;
    assert!(change.remove_saved_view("eva", "other")?);
    Ok(())
}

fn pair(round: u64) -> [PotentialMatchRow; 1] {
    let weight = Weight(round as i32);
    [PotentialMatchRow { weight, left: RowNo(1), right: RowNo(3), held: None }]
}

fn edge(round: u64) -> EdgeRow {
    EdgeRow { left: RowNo(1), right: RowNo(3), weight: Weight(7 + round as i32) }
}

fn hold() -> [HoldRow; 1] {
    [HoldRow { left: vec![RowNo(1)], right: vec![RowNo(3)], reason: "large".into() }]
}

/// All that a load publishes.
fn publish_all(publication: &mut dyn Publication, round: u64) -> Result<()> {
    publication.put_model(format!("model {round}").as_bytes(), "hub model")?;
    publication.put_entity(&entity('a', &format!("Ede{round}"), &[1, 2]), None)?;
    publication.put_entity(&entity('c', &format!("Epe{round} 6711ab"), &[3]), None)?;
    if round.is_multiple_of(2) {
        publication.put_entity(&entity('b', "Ede 6711ab", &[4]), Some(id('a')))?;
    } else {
        publication.retire_entity(id('b'), Some(id('a')))?;
        publication.put_entity(&entity('d', "Ede", &[4, 5]), None)?;
    }
    publication.replace_potential_matches(&pair(round))?;
    let keys = vec![(MatchKey(round), RowNo(1)), (MatchKey(round << 40), RowNo(2))];
    publication.replace_match_index(MatchIndex { keys, edges: vec![edge(round)] })?;
    publication.replace_holds(&hold())?;
    judge(publication, round)?;
    publication.put_statistic("figures", &round.to_string())
}

/// What a load says of how good the data is; each round says other things.
fn judge(publication: &mut dyn Publication, round: u64) -> Result<()> {
    publication.put_rules(&[rule("invalid_iban", round), rule(&format!("check {round}"), 1)])?;
    publication.number_attributes(&[&format!("attribute {round}")])?;
    let of_customer = FindingRow {
        record: Some(RowNo(1 + round)),
        ..finding(SubjectNo::Customer(id('a')), 1, 0, 9)
    };
    let findings = vec![finding(record(1), 1, 0, round), finding(record(2), 2 + round, 0, 9)];
    publication.replace_findings([findings, vec![of_customer]].concat())?;
    let mut verdicts = VerdictSet::default();
    verdicts.push(record(1), &[round as u8]);
    verdicts.push(SubjectNo::Customer(id(if round == 0 { 'a' } else { 'c' })), &[round as u8]);
    publication.replace_verdicts(verdicts)?;
    let key = |of: u64| (ValueKey(of << 40), record(16 * of));
    publication.replace_value_keys(vec![key(1), key(2 + round)])?;
    publication.put_tallies(&[tally(round, 7), tally(9, round as i64)])?;
    publication.keep_measure(round as i64, None, "load")?;
    publication.replace_profiles_of(SourceNo(1), &[(0, b"same".to_vec()), (1, vec![round as u8])])
}

fn tally(source: u64, pass: i64) -> TallyRow {
    TallyRow {
        entity_type: None,
        source: Some(SourceNo(source)),
        rule: RuleNo(1),
        attribute: None,
        dimension: Dimension::Validity,
        weight: 1,
        criticality: 1,
        counts: VerdictCounts { pass, ..VerdictCounts::default() },
    }
}

/// What a change publishes.
fn publish_some(
    publication: &mut dyn Publication,
    round: u64,
    first: RowNo,
    last: RowNo,
) -> Result<()> {
    publication.put_model(format!("changed {round}").as_bytes(), "hub model")?;
    publication.put_entity(&entity('a', &format!("Ens{round}"), &[1, 2, first.0]), None)?;
    publication.put_entity(&entity('e', "Ens", &[last.0]), None)?;
    publication.add_match_keys(&[(MatchKey(9 + round), first), (MatchKey(9 << 40), last)])?;
    publication.replace_edges_of(&[first], &[EdgeRow { right: first, ..edge(round) }])?;
    publication.replace_potential_matches_of(&[RowNo(1)], &pair(9 + round))?;
    let subjects = [record(1), record(2), SubjectNo::Record(last)];
    let findings = [finding(record(1), 1, 7, round), finding(subjects[2], 1, 7, 9)];
    publication.replace_findings_of(&subjects, &findings)?;
    let mut verdicts = VerdictSet::default();
    verdicts.push(subjects[2], &[7, round as u8]);
    publication.replace_verdicts_of(&subjects, &verdicts)?;
    publication.replace_value_keys_of(&subjects, &[(ValueKey(7 + round), subjects[2])])?;
    publication.add_tallies(&[tally(2, 1), tally(77, 1)])?;
    publication.replace_holds(&hold())
}
