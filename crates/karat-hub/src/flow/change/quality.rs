//! Judges what a change touched: changed records, the customers near them, and whoever's verdicts
//! hang on those.
//!
//! Who else is judged again: who shares a value that somebody now has or has no more, as long as
//! few do, since a verdict changes only where few become one more or one less; customers beside the
//! neighbourhood whose likeliest potential match is another; and who stands on the way up from
//! somebody, as his parents may be on one circle with him, or were.

use std::collections::{BTreeMap, BTreeSet};

use karat_engine::merging::{self, Member};
use karat_engine::quality::check::{BEARERS_MAX, CheckMemo, CheckNo, Fact, KeyRole, Known};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{Answer, AnswerBy, Check, Requirement};
use karat_model::evidence::Weight;
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_store::{
    FindingRow, Reader, RowNo, SubjectNo, TallyRow, Transaction, ValueKey, VerdictSet,
};
use rustc_hash::FxHashMap;

use super::basis::{Basis, Standard};
use super::records::Records;
use crate::error::Error;
use crate::flow::publish::{EntityMaker, trust};
use crate::flow::quality::{
    Alone, Customer, Judged, Tallies, asked_key, held_key, is_below, read_judged, stored_keys,
    value_of,
};
use crate::flow::settlements::Settlements;

/// What a change touched: each with what came of judging it alone; gone if that is nothing.
pub struct Touched {
    subjects: BTreeMap<SubjectNo, Option<Judged>>,
    memo: CheckMemo,
}

/// Where the customers near are made again.
pub struct Near<'m> {
    /// One for each entity type.
    pub makers: Vec<EntityMaker<'m>>,
    /// Per customer its maker and its cluster there.
    pub clusters: FxHashMap<EntityId, (usize, u32)>,
}

/// The likeliest potential match of each of these customers, and of whom they may be.
pub fn likeliest(
    reader: &dyn Reader,
    customers: &[EntityId],
) -> Result<BTreeMap<EntityId, Weight>, Error> {
    let stored = reader.potential_matches_of(customers)?;
    Ok(likeliest_of(stored.iter().map(|of| (of.pair.weight, [of.left_entity, of.right_entity]))))
}

/// The likeliest of some potential matches, for each customer of one.
pub fn likeliest_of(
    matches: impl Iterator<Item = (Weight, [Option<EntityId>; 2])>,
) -> BTreeMap<EntityId, Weight> {
    let mut likeliest: BTreeMap<EntityId, Weight> = BTreeMap::new();
    for (weight, entities) in matches {
        for entity in entities.into_iter().flatten() {
            let known = likeliest.entry(entity).or_insert(weight);
            *known = weight.max(*known);
        }
    }
    likeliest
}

impl Touched {
    /// The records that changed.
    pub fn records(
        standard: &Standard,
        records: &Records,
        changed: impl Iterator<Item = RowNo>,
    ) -> Touched {
        let mut touched = Touched { subjects: BTreeMap::new(), memo: CheckMemo::none() };
        for row in changed {
            let judged = touched.record(standard, records, row, &Alone);
            touched.subjects.insert(SubjectNo::Record(row), judged);
        }
        touched
    }

    /// A customer as it is now, or that it is no more.
    pub fn add(&mut self, customer: EntityId, judged: Option<Judged>) {
        self.subjects.insert(SubjectNo::Customer(customer), judged);
    }

    fn record(
        &mut self,
        standard: &Standard,
        records: &Records,
        row: RowNo,
        others: &dyn Known,
    ) -> Option<Judged> {
        let known = records.get(row)?;
        let at = (known.source, row);
        let subjects = records.subjects(known.source);
        let (record, cleaned) = (&known.record, &known.cleaned);
        Some(standard.judge.record(at, record, cleaned, subjects, others, &mut self.memo))
    }

    /// Judges whoever hangs on the touched, and writes what came of all.
    pub fn settle(
        mut self,
        transaction: &mut dyn Transaction,
        basis: &Basis,
        records: &mut Records,
        near: &Near,
        beside: &BTreeSet<EntityId>,
    ) -> Result<(), Error> {
        let Some(standard) = &basis.standard else { return Ok(()) };
        let subjects: Vec<SubjectNo> = self.subjects.keys().copied().collect();
        let keys = keys_of(&self.subjects);
        let changed = transaction.publication()?.replace_value_keys_of(&subjects, &keys)?;
        let mut others: BTreeSet<SubjectNo> =
            beside.iter().map(|customer| SubjectNo::Customer(*customer)).collect();
        others.extend(hanging(transaction.reader(), standard, &changed)?);
        if standard.judge.plan.checks().any(|(_, check)| leads(check)) {
            let all: BTreeSet<SubjectNo> = subjects.iter().chain(&others).copied().collect();
            others.extend(above(transaction.reader(), all, &changed)?);
        }
        others.retain(|subject| !self.subjects.contains_key(subject));
        let others = Others::read(transaction.reader(), basis, records, others)?;
        for subject in &others.subjects {
            let judged = self.judge(standard, records, near, &others, *subject, &Alone);
            self.subjects.insert(*subject, judged);
        }
        self.look_around(transaction.reader(), standard, records, near, &others)?;
        self.write(transaction, standard, basis)
    }

    fn judge(
        &mut self,
        standard: &Standard,
        records: &Records,
        near: &Near,
        others: &Others,
        subject: SubjectNo,
        known: &dyn Known,
    ) -> Option<Judged> {
        match subject {
            SubjectNo::Record(row) => self.record(standard, records, row, known),
            SubjectNo::Customer(id) => match near.clusters.get(&id) {
                Some(&(at, cluster)) => near.makers[at].judged(cluster, known, &mut self.memo),
                None => others.judge(standard, records, id, known, &mut self.memo),
            },
            SubjectNo::Attribute(_) | SubjectNo::Source(_) => None,
        }
    }

    /// Judges those again of whom others matter.
    fn look_around(
        &mut self,
        reader: &dyn Reader,
        standard: &Standard,
        records: &Records,
        near: &Near,
        others: &Others,
    ) -> Result<(), Error> {
        let holders = holders_of(reader, self.subjects.values().flatten())?;
        let parents = self.parents();
        let subjects: Vec<SubjectNo> = self.subjects.keys().copied().collect();
        for subject in subjects {
            let Some(judged) = &self.subjects[&subject] else { continue };
            let among = Among { subject, holders: &holders, parents: &parents };
            if among.matters(judged) {
                let again = self.judge(standard, records, near, others, subject, &among);
                self.subjects.insert(subject, again);
            }
        }
        Ok(())
    }

    /// The parents to which those lead who have a value: the lowest key.
    fn parents(&self) -> Parents {
        let mut parents = Parents::default();
        for (subject, judged) in &self.subjects {
            for key in judged.iter().flat_map(|judged| &judged.keys) {
                if let KeyRole::Leads { to } = key.role {
                    let parent = parents.entry((is_record(subject), key.key)).or_insert(to);
                    *parent = to.min(*parent);
                }
            }
        }
        parents
    }

    /// Writes verdicts and findings, and by how much tallies are others.
    fn write(
        self,
        transaction: &mut dyn Transaction,
        standard: &Standard,
        basis: &Basis,
    ) -> Result<(), Error> {
        let Standard { judge, numbers, sources } = standard;
        let subjects: Vec<SubjectNo> = self.subjects.keys().copied().collect();
        let mut tallies = Tallies::default();
        let source =
            |of: &crate::flow::quality::JudgedAs| of.source.and_then(|number| sources.get(&number));
        for (_, bytes) in transaction.reader().verdicts_of(&subjects)?.iter() {
            let damaged = karat_store::Error::Damaged { what: "verdicts", number: 0 };
            let (of, worth, verdicts) = read_judged(bytes).ok_or(damaged)?;
            tallies.count(judge, of, source(&of), (worth, &verdicts), -1);
        }
        let mut verdicts = VerdictSet::default();
        let mut findings: Vec<FindingRow> = Vec::new();
        for (subject, judged) in &self.subjects {
            let Some(judged) = judged else { continue };
            let counted = (judged.worth, &judged.verdicts);
            tallies.count(judge, judged.of, source(&judged.of), counted, 1);
            verdicts.push(*subject, &judged.to_bytes());
            findings.extend(judged.faults.iter().map(|it| numbers.finding(*subject, it)));
        }
        let differences: Vec<TallyRow> = tallies.rows(judge, &basis.hub_model, numbers);
        let publication = transaction.publication()?;
        publication.replace_verdicts_of(&subjects, &verdicts)?;
        publication.replace_findings_of(&subjects, &findings)?;
        publication.add_tallies(&differences)?;
        Ok(())
    }
}

/// Judges a subject that is not in the hub among those that are: alone first, and again if others
/// matter.
pub fn judged_among(
    reader: &dyn Reader,
    subject: SubjectNo,
    judge: &mut dyn FnMut(&dyn Known) -> Judged,
) -> Result<Judged, Error> {
    let alone = judge(&Alone);
    if alone.keys.is_empty() {
        return Ok(alone);
    }
    let holders = holders_of(reader, std::iter::once(&alone))?;
    let parents = Parents::default();
    let among = Among { subject, holders: &holders, parents: &parents };
    Ok(if among.matters(&alone) { judge(&among) } else { alone })
}

/// Who has the values that some were judged with.
fn holders_of<'j>(
    reader: &dyn Reader,
    judged: impl Iterator<Item = &'j Judged>,
) -> Result<FxHashMap<ValueKey, Vec<SubjectNo>>, Error> {
    let held = judged.flat_map(|judged| &judged.keys).flat_map(|key| match key.role {
        KeyRole::Leads { to } => [Some(held_key(key.key)), Some(held_key(to))],
        KeyRole::Holds | KeyRole::Asks => [Some(held_key(key.key)), None],
    });
    let mut wanted: Vec<ValueKey> = held.flatten().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut holders: FxHashMap<ValueKey, Vec<SubjectNo>> = FxHashMap::default();
    for (key, subject) in reader.value_holders(&wanted)? {
        holders.entry(key).or_default().push(subject);
    }
    Ok(holders)
}

/// The values that the touched have now.
fn keys_of(subjects: &BTreeMap<SubjectNo, Option<Judged>>) -> Vec<(ValueKey, SubjectNo)> {
    let known = subjects.iter().filter_map(|(subject, judged)| Some((subject, judged.as_ref()?)));
    let mut keys: Vec<(ValueKey, SubjectNo)> = Vec::new();
    for (subject, judged) in known {
        keys.extend(judged.keys.iter().flat_map(stored_keys).map(|key| (key, *subject)));
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Whose verdicts may be others, as somebody has one of these values who had it not, or the other
/// way round.
fn hanging(
    reader: &dyn Reader,
    standard: &Standard,
    changed: &[ValueKey],
) -> Result<Vec<SubjectNo>, Error> {
    let changed = changed.iter().filter(|key| !is_below(**key)).map(|key| value_of(*key));
    let mut wanted: Vec<ValueKey> = changed.flat_map(|of| [held_key(of), asked_key(of)]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let few = few(standard);
    let mut found = Vec::new();
    for group in reader.value_holders(&wanted)?.chunk_by(|one, next| one.0 == next.0) {
        let asks = group[0].0 == asked_key(value_of(group[0].0));
        if asks || group.len() <= few {
            found.extend(group.iter().map(|(_, subject)| *subject));
        }
    }
    Ok(found)
}

/// Whether a check follows the parents of a subject.
fn leads(check: &Check) -> bool {
    matches!(check.requirement, Requirement::HierarchyAcyclic(_))
}

/// Who stands on the ways up from some subjects, and from whoever has one of these values or is the
/// parent that somebody has now or had: all who are on a circle with them, or were.
fn above(
    reader: &dyn Reader,
    subjects: BTreeSet<SubjectNo>,
    changed: &[ValueKey],
) -> Result<BTreeSet<SubjectNo>, Error> {
    // Records and customers may bear a number, and a change can touch a few of them at once.
    const FOLLOWED_MAX: usize = 4 * BEARERS_MAX;
    let mut found: BTreeSet<SubjectNo> = BTreeSet::new();
    let mut seen: BTreeSet<u64> = BTreeSet::new();
    let mut next: Vec<u64> = changed.iter().map(|key| value_of(*key)).collect();
    let mut from: Vec<SubjectNo> = subjects.into_iter().collect();
    loop {
        let keys = reader.value_keys_of(&from)?.into_iter();
        next.extend(keys.filter(|(key, _)| is_below(*key)).map(|(key, _)| value_of(key)));
        next.retain(|value| seen.insert(*value));
        let wanted: Vec<ValueKey> = next.drain(..).map(held_key).collect();
        if wanted.is_empty() {
            return Ok(found);
        }
        let holders = reader.value_holders(&wanted)?;
        let groups = holders.chunk_by(|one, other| one.0 == other.0);
        let followed = groups.filter(|group| group.len() <= FOLLOWED_MAX).flatten();
        from = followed.map(|(_, subject)| *subject).filter(|it| found.insert(*it)).collect();
    }
}

/// More than so many records and customers may have a value without a verdict being another for one
/// more or less.
fn few(standard: &Standard) -> usize {
    let limits = standard.judge.plan.checks().map(|(_, check)| match check.requirement {
        Requirement::SharedIdentifier(max) => max as usize,
        _ => 1,
    });
    // A change can touch a few of them at once.
    2 * limits.max().unwrap_or(1) + 16
}

/// Who has which value, as the store knows it, for one subject.
struct Among<'h> {
    subject: SubjectNo,
    holders: &'h FxHashMap<ValueKey, Vec<SubjectNo>>,
    parents: &'h Parents,
}

/// By whether they are records, and the key of a value, the key to which those lead who have it.
type Parents = FxHashMap<(bool, u64), u64>;

/// Whether a subject is a record, and not a customer: they are compared among themselves.
fn is_record(subject: &SubjectNo) -> bool {
    matches!(subject, SubjectNo::Record(_))
}

impl Among<'_> {
    /// Whether a verdict of what was judged alone may be another among these.
    fn matters(&self, alone: &Judged) -> bool {
        alone.keys.iter().any(|key| match key.role {
            KeyRole::Holds => self.others(key.check, key.key) > 0,
            KeyRole::Asks => !self.is_held(key.check, key.key),
            KeyRole::Leads { .. } => true,
        })
    }

    /// Those of its own kind who have a value.
    fn holders(&self, key: u64) -> impl Iterator<Item = &SubjectNo> {
        let is_alike = |of: &&SubjectNo| is_record(of) == is_record(&self.subject);
        self.holders.get(&held_key(key)).into_iter().flatten().filter(is_alike)
    }
}

impl Known for Among<'_> {
    fn others(&self, _check: CheckNo, key: u64) -> u32 {
        self.holders(key).filter(|of| **of != self.subject).count() as u32
    }

    fn is_held(&self, _check: CheckNo, key: u64) -> bool {
        self.holders(key).next().is_some()
    }

    fn parent(&self, _check: CheckNo, key: u64) -> Option<u64> {
        let leads = self.holders(key).count() <= BEARERS_MAX;
        self.parents.get(&(is_record(&self.subject), key)).copied().filter(|_| leads)
    }

    fn answer(&self, _fact: &Fact, _by: &[AnswerBy]) -> Option<Answer> {
        None
    }

    fn yearly_change(&self, _of: EntityType, _attribute: AttributeId) -> Option<f64> {
        None
    }
}

/// Those who are not near, with what is needed to judge them.
struct Others {
    subjects: BTreeSet<SubjectNo>,
    rows: FxHashMap<EntityId, Vec<RowNo>>,
    likeliest: BTreeMap<EntityId, Weight>,
    settlements: Settlements,
    survivorship: karat_model::hub_model::Survivorship,
    trust: FxHashMap<SourceName, u8>,
}

impl Others {
    fn read(
        reader: &dyn Reader,
        basis: &Basis,
        records: &mut Records,
        subjects: BTreeSet<SubjectNo>,
    ) -> Result<Others, Error> {
        let customers = subjects.iter().filter_map(|subject| match subject {
            SubjectNo::Customer(id) => Some(*id),
            _ => None,
        });
        let customers: Vec<EntityId> = customers.collect();
        let mut rows: FxHashMap<EntityId, Vec<RowNo>> = FxHashMap::default();
        for (entity, _, row) in reader.members_of(&customers)? {
            rows.entry(entity).or_default().push(row);
        }
        let of_subjects = subjects.iter().filter_map(|subject| match subject {
            SubjectNo::Record(row) => Some(*row),
            _ => None,
        });
        let all = of_subjects.chain(rows.values().flatten().copied());
        records.read(reader, all.collect::<Vec<RowNo>>())?;
        for rows in rows.values_mut() {
            rows.retain(|row| records.get(*row).is_some());
            rows.sort_by_key(|row| records.get(*row).map(|known| known.record.key.clone()));
        }
        let keys = rows.values().flatten().filter_map(|row| Some(&records.get(*row)?.record.key));
        let decided = basis.standing.of_records(keys.collect::<Vec<&RecordKey>>());
        let model = &*basis.hub_model;
        let trust = model.sources.iter().map(|it| (it.name.clone(), trust(model, &it.name)));
        Ok(Others {
            likeliest: likeliest(reader, &customers)?,
            settlements: Settlements::new(model, &decided),
            survivorship: model.survivorship.clone(),
            trust: trust.collect(),
            subjects,
            rows,
        })
    }

    /// Judges a customer; `None` when it is no more.
    fn judge(
        &self,
        standard: &Standard,
        records: &Records,
        id: EntityId,
        known: &dyn Known,
        memo: &mut CheckMemo,
    ) -> Option<Judged> {
        let rows = self.rows.get(&id)?;
        let members = (0..).zip(rows).filter_map(|(no, row)| {
            let known = records.get(*row)?;
            let key = &known.record.key;
            let trust = self.trust.get(&key.source).copied().unwrap_or(0);
            let claims = &known.cleaned.claims;
            let member = Member::of_claims(no, trust, known.record.observed_at, claims);
            Some((member.settled(self.settlements.of(key)), &key.source))
        });
        let (members, sources): (Vec<Member>, Vec<&SourceName>) = members.unzip();
        let entity_type = records.get(*rows.first()?)?.cleaned.entity_type;
        let survivors = merging::survivors(&members, records.attributes(), &self.survivorship);
        let customer = Customer {
            entity_type,
            members: &members,
            rows,
            sources: &sources,
            survivors: &survivors,
            potential_match: self.likeliest.get(&id).copied(),
            kind: None,
            is_deceased: rows
                .iter()
                .any(|row| records.get(*row).is_some_and(|known| known.cleaned.is_deceased())),
        };
        Some(standard.judge.customer(&customer, known, memo))
    }
}
