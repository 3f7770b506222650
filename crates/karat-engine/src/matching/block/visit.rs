//! Visiting: showing each candidate pair once, by the first rule that makes it.

use karat_model::table::RecordNo;
use rayon::prelude::*;

use super::{Blocks, Key, pairs_of, runs};
use crate::matching::matrix::fetch;
use crate::matching::progress::{Part as Work, Stopped};

/// Is shown pairs of records, those of a few blocks at a time.
pub trait Visit: Send {
    /// Whether it wants a pair that these rules make, a bit each, as far as the first values of its
    /// records tell.
    fn wants(&self, makers: u32) -> bool;
    /// Pairs of these records follow.
    fn enter(&mut self, records: &[RecordNo]);
    /// A pair that it wants, by the places of its records among those of [`Visit::enter`].
    fn pair(&mut self, left: usize, right: usize, makers: u32);
}

impl Blocks {
    /// Visits the pairs that a rule is the first to make, in parallel, and gathers the visitors.
    ///
    /// Only blocks whose key satisfies `wanted` are visited. A pair that comes of further values
    /// of its records may be visited twice.
    pub fn visit<V: Visit>(
        &self,
        rule: usize,
        wanted: impl Fn(u32) -> bool,
        work: &Work,
        new: impl Fn() -> V + Sync + Send,
    ) -> Result<Vec<V>, Stopped> {
        let sorted = self.sorted(rule, wanted);
        let chosen: Vec<&[(Key, RecordNo)]> = runs(&sorted).filter(|run| run.len() > 1).collect();
        self.visit_runs(rule, &chosen, work, &new)
    }

    /// The same, apart by how often the keys of the blocks were refined.
    pub fn visit_by_refining<V: Visit>(
        &self,
        rule: usize,
        wanted: impl Fn(u32) -> bool,
        work: &Work,
        new: impl Fn() -> V + Sync + Send,
    ) -> Result<Vec<Vec<V>>, Stopped> {
        let sorted = self.sorted(rule, wanted);
        let mut chosen: Vec<Vec<&[(Key, RecordNo)]>> = vec![Vec::new()];
        for run in runs(&sorted).filter(|run| run.len() > 1) {
            let refined = self.refined[rule].get(&run[0].0).map_or(0, |&often| often.into());
            chosen.resize(chosen.len().max(refined + 1), Vec::new());
            chosen[refined].push(run);
        }
        chosen.iter().map(|chosen| self.visit_runs(rule, chosen, work, &new)).collect()
    }

    fn visit_runs<V: Visit>(
        &self,
        rule: usize,
        chosen: &[&[(Key, RecordNo)]],
        work: &Work,
        new: &(impl Fn() -> V + Sync + Send),
    ) -> Result<Vec<V>, Stopped> {
        chunks_of_pairs(chosen)
            .into_par_iter()
            .map(|chunk| {
                let mut visitor = new();
                let mut gathered = Gathered::default();
                for runs in gathered_together(chunk) {
                    gathered.gather(self, runs);
                    gathered.find_pairs(self, rule, runs, &visitor);
                    gathered.show(&mut visitor);
                }
                work.advance(chunk.iter().map(|run| pairs_of(run)).sum())?;
                Ok(visitor)
            })
            .collect()
    }
}

/// Divides blocks into runs of blocks that are gathered together: few records stay close to the
/// processor, and many are fetched faster than one.
fn gathered_together<'a, 'b>(
    blocks: &'a [&'b [(Key, RecordNo)]],
) -> impl Iterator<Item = &'a [&'b [(Key, RecordNo)]]> {
    const RECORDS: usize = 64;
    let mut rest = blocks;
    std::iter::from_fn(move || {
        let mut records = 0;
        let fits = |block: &&&[(Key, RecordNo)]| {
            records += block.len();
            records <= RECORDS
        };
        let together = rest.iter().take_while(fits).count().max(1).min(rest.len());
        let (taken, left) = rest.split_at(together);
        rest = left;
        (!taken.is_empty()).then_some(taken)
    })
}

/// The records of some blocks, with their keys: gathered side by side, because fetching them one by
/// one from all over memory takes longer than comparing them.
#[derive(Default)]
struct Gathered {
    records: Vec<RecordNo>,
    rules: usize,
    keys: Vec<Key>,
    /// The pairs to show, by places in `records`, with the rules that make them.
    pairs: Vec<(u32, u32, u32)>,
    /// The records of those pairs, and per record its place among them.
    shown: Vec<RecordNo>,
    place: Vec<Option<usize>>,
}

impl Gathered {
    fn gather(&mut self, blocks: &Blocks, runs: &[&[(Key, RecordNo)]]) {
        self.rules = blocks.rules;
        self.records.clear();
        self.records.extend(runs.iter().copied().flatten().map(|&(_, record)| record));
        self.keys.clear();
        fetch(&self.records, |record| blocks.row(record));
        self.records.iter().for_each(|&record| self.keys.extend(blocks.row(record)));
    }

    /// Finds the pairs that a rule is the first to make and that are wanted.
    fn find_pairs(
        &mut self,
        blocks: &Blocks,
        rule: usize,
        runs: &[&[(Key, RecordNo)]],
        visitor: &impl Visit,
    ) {
        let earlier = (1 << rule) - 1;
        self.pairs.clear();
        let mut start = 0;
        for run in runs {
            let end = start + run.len();
            for left in start..end {
                for right in left + 1..end {
                    let makers = self.makers(left, right);
                    let is_first = makers & earlier == 0;
                    let makers = makers | 1 << rule;
                    let is_shown = is_first
                        && visitor.wants(makers)
                        && blocks.allow(self.records[left], self.records[right]);
                    if is_shown {
                        self.pairs.push((left as u32, right as u32, makers));
                    }
                }
            }
            start = end;
        }
    }

    /// Shows the pairs that were found.
    fn show(&mut self, visitor: &mut impl Visit) {
        self.shown.clear();
        self.place.clear();
        self.place.resize(self.records.len(), None);
        let Gathered { records, pairs, shown, place, .. } = self;
        for &(left, right, _) in &*pairs {
            for at in [left as usize, right as usize] {
                place[at].get_or_insert_with(|| {
                    shown.push(records[at]);
                    shown.len() - 1
                });
            }
        }
        visitor.enter(shown);
        for &(left, right, makers) in &*pairs {
            let place = |at: u32| place[at as usize].expect("both ends of a pair have a place");
            visitor.pair(place(left), place(right), makers);
        }
    }

    /// The rules under which two records have the same key, a bit each.
    fn makers(&self, left: usize, right: usize) -> u32 {
        let row = |at: usize| &self.keys[at * self.rules..(at + 1) * self.rules];
        let keys = row(left).iter().zip(row(right)).enumerate();
        keys.fold(0, |makers, (rule, (a, b))| makers | u32::from(a == b && *a != 0) << rule)
    }
}

/// Divides blocks into chunks of about as many pairs, for one task each.
fn chunks_of_pairs<'a, 'b>(runs: &'a [&'b [(Key, RecordNo)]]) -> Vec<&'a [&'b [(Key, RecordNo)]]> {
    const PAIRS_PER_CHUNK: u64 = 200_000;
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut pairs = 0;
    for (at, run) in runs.iter().enumerate() {
        pairs += pairs_of(run);
        if pairs >= PAIRS_PER_CHUNK {
            chunks.push(&runs[start..=at]);
            start = at + 1;
            pairs = 0;
        }
    }
    chunks.push(&runs[start..]);
    chunks
}
