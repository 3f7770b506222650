//! Refining: adding parts to the keys of blocks that are too large, until blocks are small enough.

use karat_model::table::{NO_VALUE, RecordNo, RecordTable};
use rustc_hash::FxHashMap;

use super::ingredient::{Ingredient, Pantry, mix};
use super::rule::{Rule, Strength};
use super::{Key, RuleReport, runs, sort_by_key};

/// Stands for a missing part when a block is refined.
const MISSING: Key = 0x6d69_7373;

/// The keys of a rule whose blocks were too large, in order: part of the frozen match model.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Oversized {
    /// They were refined: the key below the number of times that it had been refined before. Without
    /// that number a refined key would be taken for one that it happens to be equal to.
    refined: Vec<u64>,
    /// Nothing was left to refine them by.
    left_out: Vec<Key>,
}

/// How large blocks may be.
pub(super) struct Limits {
    /// A larger block is refined.
    refine: usize,
    /// A block that is still larger when nothing is left to refine by is left out.
    leave_out: usize,
}

impl Oversized {
    /// How many keys there are.
    pub fn keys(&self) -> u64 {
        (self.refined.len() + self.left_out.len()) as u64
    }

    fn is_refined(&self, key: Key, often: u8) -> bool {
        self.refined.binary_search(&after_refining(key, often)).is_ok()
    }

    fn is_left_out(&self, key: Key) -> bool {
        self.left_out.binary_search(&key).is_ok()
    }

    /// Adds keys to those of a model; both stay in order.
    fn add(&mut self, more: Oversized) {
        add_in_order(&mut self.refined, more.refined);
        add_in_order(&mut self.left_out, more.left_out);
    }
}

fn add_in_order<K: Ord>(keys: &mut Vec<K>, more: Vec<K>) {
    keys.extend(more);
    keys.sort_unstable();
    keys.dedup();
}

/// A key that had been refined so often.
fn after_refining(key: Key, often: u8) -> u64 {
    u64::from(often) << Key::BITS | u64::from(key)
}

impl Limits {
    pub(super) fn of(strength: Strength, records: usize) -> Limits {
        // Weak rules may make some thirty pairs per record in a file of a million, and more in a
        // small file, where they cost nothing. The keys of strong rules are shared by few.
        let weak = (20_000.0 / (records.max(1) as f64).sqrt()).clamp(16.0, 256.0) as usize;
        match strength {
            Strength::Strong => Limits { refine: weak * 8, leave_out: weak * 32 },
            Strength::Weak => Limits { refine: weak, leave_out: weak * 8 },
        }
    }
}

/// The keys of one rule while they are being refined.
pub(super) struct KeyedRule {
    pub(super) entries: Vec<(Key, RecordNo)>,
    /// How often the keys of blocks were refined, of those that were.
    pub(super) refined: FxHashMap<Key, u8>,
    /// The records of blocks that stayed too large.
    pub(super) left_out: Vec<(Key, RecordNo)>,
}

impl KeyedRule {
    pub(super) fn start(table: &RecordTable, rule: &Rule, pantry: &Pantry) -> KeyedRule {
        let ingredients: Vec<&Ingredient> =
            rule.parts.iter().map(|&part| pantry.ingredient(part)).collect();
        let mut entries = Vec::with_capacity(table.len());
        let mut further = Vec::new();
        for record in table.records() {
            let rest = ingredients[1..].iter().try_fold(0, |key, ingredient| {
                match ingredient.at(record, 0) {
                    0 => None,
                    hash => Some(mix(key, hash)),
                }
            });
            let Some(rest) = rest else { continue };
            let first = ingredients[0].at(record, 0);
            if first != NO_VALUE {
                entries.push((mix(first, rest), record));
            }
            ingredients[0].more(record, &mut further);
            entries.extend(further.iter().map(|&key| (mix(key, rest), record)));
        }
        KeyedRule { entries, refined: FxHashMap::default(), left_out: Vec::new() }
    }

    /// Refines large blocks; gives the keys that are too large, those of a model included.
    ///
    /// A model says which keys are too large. Blocks that came up since may grow eightfold before
    /// they are; then the model has outgrown itself, and their records are told.
    ///
    /// Where the keys of some records alone are asked for, blocks without any of them are left out.
    pub(super) fn refine(
        &mut self,
        rule: &Rule,
        pantry: &Pantry,
        limits: &Limits,
        frozen: Option<&Oversized>,
        is_asked: Option<&[bool]>,
    ) -> Refined {
        const GROWTH_MAX: usize = 8;
        let growth = if frozen.is_some() { GROWTH_MAX } else { 1 };
        let mut report = RuleReport { label: rule.label.clone(), ..RuleReport::default() };
        let mut new = Oversized::default();
        let mut outgrown = Vec::new();
        let mut room = usize::MAX;
        let mut done = Vec::with_capacity(self.entries.len());
        let mut pending = std::mem::take(&mut self.entries);
        let mut refiners = rule.refine.iter();
        let mut often = 0;
        while !pending.is_empty() {
            sort_by_key(&mut pending);
            pending.dedup();
            let refiner = refiners.next();
            let mut next = Vec::new();
            for run in runs(&pending) {
                let is_left =
                    |asked: &[bool]| !run.iter().any(|(_, record)| asked[*record as usize]);
                if is_asked.is_some_and(is_left) {
                    continue;
                }
                let key = run[0].0;
                let (was_too_large, most) = match (refiner, frozen) {
                    (Some(_), Some(frozen)) => (frozen.is_refined(key, often), limits.refine),
                    (None, Some(frozen)) => (frozen.is_left_out(key), limits.leave_out),
                    (Some(_), None) => (false, limits.refine),
                    (None, None) => (false, limits.leave_out),
                };
                let has_outgrown = !was_too_large && run.len() > growth * most;
                if has_outgrown {
                    match refiner {
                        Some(_) => new.refined.push(after_refining(key, often)),
                        None => new.left_out.push(key),
                    }
                    if frozen.is_some() {
                        outgrown.extend(run.iter().map(|&(_, record)| record));
                    }
                }
                let is_too_large = was_too_large || has_outgrown;
                if !is_too_large {
                    room = room.min(growth * most - run.len());
                }
                match refiner {
                    Some(&part) if is_too_large => {
                        let ingredient = pantry.ingredient(part);
                        report.refined += 1;
                        next.extend(run.iter().map(|&(key, record)| {
                            let part = ingredient.at(record, 0);
                            (mix(key, if part == 0 { MISSING } else { part }), record)
                        }));
                    }
                    None if is_too_large => {
                        report.left_out += run.len() as u64;
                        self.left_out.extend_from_slice(run);
                    }
                    _ => {
                        if often > 0 && run.len() > 1 {
                            self.refined.insert(key, often);
                        }
                        done.extend_from_slice(run);
                    }
                }
            }
            pending = next;
            often += 1;
        }
        self.entries = done;
        let is_new = frozen.is_none() || new != Oversized::default();
        let oversized = is_new.then(|| {
            let mut all = frozen.cloned().unwrap_or_default();
            all.add(new);
            all
        });
        Refined { oversized, outgrown, room, report }
    }
}

/// What refining the blocks of a rule came to.
pub(super) struct Refined {
    /// The keys that are too large; `None` when they are those of the model.
    pub(super) oversized: Option<Oversized>,
    /// The records of blocks that have become too large since the model was learnt.
    pub(super) outgrown: Vec<RecordNo>,
    /// How many more records any block may take before it is too large.
    pub(super) room: usize,
    pub(super) report: RuleReport,
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::{AttributeSet, EntityType};
    use karat_model::hub_model::Phonetics;

    use super::super::{Pantry, rules};
    use super::*;
    use crate::matching::fixture;
    use crate::matching::tests::COLUMNS;

    #[test]
    fn a_refined_key_is_not_taken_for_one_that_was_not_refined_yet() {
        // Keys have 32 bits: among a million records some are equal by chance, and were then
        // refined again under a frozen model, though they had not been when it was learnt.
        let row = |at: usize| {
            let given = fixture::GIVEN[at % 20];
            format!("{given}||Bakker||19{:02}-0{}-17|a{at}@post.example|Ede", at % 70, at % 9 + 1)
        };
        let rows: Vec<String> = (0..3000).map(row).collect();
        let table = fixture::table(EntityType::Person, &COLUMNS, rows.iter().map(String::as_str));
        let attributes = AttributeSet::builtin();
        let filled: Vec<_> = table.filled_attributes().collect();
        let mut examined = 0;
        for rule in rules(EntityType::Person, &attributes, &filled, &[]) {
            let pantry = Pantry::of(
                &table,
                &attributes,
                std::slice::from_ref(&rule),
                Phonetics::Dutch,
                None,
            );
            let limits = Limits::of(rule.strength, table.len());
            let refine = |frozen: Option<&Oversized>| {
                let mut keyed = KeyedRule::start(&table, &rule, &pantry);
                let refined = keyed.refine(&rule, &pantry, &limits, frozen, None);
                keyed.entries.sort_unstable();
                (keyed, refined)
            };
            let (learnt, refined) = refine(None);
            let model = refined.oversized.expect("a model is learnt");
            assert_eq!(refine(Some(&model)).0.entries, learnt.entries);
            for &key in learnt.refined.keys() {
                // As if a block of another key had been refined that is equal by chance.
                let mut by_chance = Oversized::default();
                by_chance.refined.push(after_refining(key, 0));
                by_chance.add(model.clone());
                assert_eq!(refine(Some(&by_chance)).0.entries, learnt.entries);
                examined += 1;
                if examined % 5 == 0 {
                    break;
                }
            }
        }
        assert!(examined >= 5, "only {examined}");
    }
}
