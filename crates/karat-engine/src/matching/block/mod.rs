//! Blocking: which pairs of records deserve a comparison.
//!
//! Arrives: a record table, and the rules that are asked for or that suit its attributes.
//! Leaves: the candidate pairs, each shown to a visitor once; and what each rule did.
//! Promises: the key of a record is a function of the record and the model alone.
//! Start reading at [`Blocks::build`]; then `rule.rs`, `ingredient.rs`, `refine.rs`, `visit.rs`.
//!
//! A rule makes a key of some parts of a record; records with equal keys are candidates.
//!
//! ```text
//! rule "same date of birth"      key              block
//! crm/1001   1980-02-01          h(1980-02-01)    crm/1001, erp/77, shop/9: 3 pairs
//! ```
//!
//! A block that is too large is not thrown away but refined: the next part is added to the key of
//! its records, until the blocks are small enough. A record whose part is missing stays together
//! with the others that miss it. The keys that were refined are frozen in the match model.
//!
//! A pair is compared by the first rule that makes it: the keys of all rules lie side by side per
//! record, so that looking whether an earlier rule made the pair costs one row of memory.

mod ingredient;
mod refine;
mod rule;
mod visit;
mod word;

use karat_model::attribute::AttributeSet;
use karat_model::evidence::Found;
use karat_model::match_settings::{PairScope, Phonetics};
use karat_model::table::{RecordNo, RecordTable};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use ingredient::Pantry;
pub use refine::Oversized;
use refine::{KeyedRule, Limits, Refined};
pub use rule::{RULES_MAX, Rule, rules};
pub use visit::Visit;
pub use word::CommonWords;

/// The blocking key of a record under a rule; 0 where it has none.
pub type Key = u32;

/// What blocking did, per rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleReport {
    /// What people call the rule, in English and Dutch.
    pub label: [String; 2],
    /// Records that have a key.
    pub keyed: u64,
    /// Blocks that were refined.
    pub refined: u64,
    /// Records left out because their block stayed too large.
    pub left_out: u64,
    /// Records of the largest block.
    pub largest: u64,
    /// Pairs that the rule makes, those of other rules included.
    pub pairs: u64,
    /// Pairs that no other rule makes.
    pub marginal: u64,
    /// How many of those are expected to be one customer.
    pub matches_only_here: f64,
}

/// What a model says of keys.
#[derive(Clone, Copy)]
pub struct Frozen<'m> {
    /// Per rule the keys whose blocks are too large.
    pub oversized: &'m [Oversized],
    /// How common words are.
    pub common_words: &'m [CommonWords],
    /// On how many records it was learnt: blocks may be as large as they were then.
    pub records: u64,
}

/// The keys of all records under all rules.
pub struct Blocks {
    rules: usize,
    /// Which pairs are compared, and per record its source.
    scope: PairScope,
    source_of: Vec<u16>,
    /// Per record one key per rule.
    keys: Vec<Key>,
    /// Per rule further keys of records with several values.
    more: Vec<Vec<(Key, RecordNo)>>,
    /// Per rule how often the keys of blocks were refined, of those that were.
    refined: Vec<FxHashMap<Key, u8>>,
    /// Per rule the records that were left out with the key of their block.
    left_out: Vec<Vec<(Key, RecordNo)>>,
    /// Per rule what was too large; `None` when that is what the model says.
    pub oversized: Vec<Option<Oversized>>,
    /// The records of blocks that became too large since the model was learnt, in order.
    pub outgrown: Vec<RecordNo>,
    /// How many more records any block may take before it is too large.
    pub room: usize,
    /// How common words are, where a rule asks for the rarest; none when the model says it.
    pub common_words: Vec<CommonWords>,
    /// What each rule did.
    pub reports: Vec<RuleReport>,
}

impl Blocks {
    /// Makes the keys of all records; or those that one of these records has as well.
    pub fn build(
        table: &RecordTable,
        attributes: &AttributeSet,
        rules: &[Rule],
        phonetics: Phonetics,
        scope: PairScope,
        frozen: Option<Frozen>,
        of: Option<&[RecordNo]>,
    ) -> Blocks {
        let records = table.len();
        let mut blocks = Blocks {
            rules: rules.len(),
            scope,
            source_of: table.records().map(|record| table.source(record)).collect(),
            keys: vec![0; records * rules.len()],
            more: Vec::new(),
            refined: Vec::new(),
            left_out: Vec::new(),
            oversized: Vec::new(),
            outgrown: Vec::new(),
            room: usize::MAX,
            common_words: Vec::new(),
            reports: Vec::new(),
        };
        let limited = frozen.map_or(records, |frozen| frozen.records as usize);
        let common_words = frozen.map(|frozen| frozen.common_words);
        let pantry = Pantry::of(table, attributes, rules, phonetics, common_words);
        let is_asked = of.map(|of| {
            let mut is_asked = vec![false; records];
            of.iter().for_each(|&record| is_asked[record as usize] = true);
            is_asked
        });
        let make = |number: usize| {
            let rule = &rules[number];
            let limits = Limits::of(rule.strength, limited);
            let frozen = frozen.and_then(|frozen| frozen.oversized.get(number));
            let mut keyed = KeyedRule::start(table, rule, &pantry);
            let refined = keyed.refine(rule, &pantry, &limits, frozen, is_asked.as_deref());
            (keyed, refined)
        };
        // As many rules at a time as there are threads: the keys of all at once take much memory.
        let numbers: Vec<usize> = (0..rules.len()).collect();
        for some in numbers.chunks(rayon::current_num_threads()) {
            let made: Vec<_> = some.par_iter().map(|&number| make(number)).collect();
            for (&number, (keyed, refined)) in some.iter().zip(made) {
                blocks.take(number, keyed, refined);
            }
        }
        blocks.outgrown.sort_unstable();
        blocks.outgrown.dedup();
        blocks.common_words = pantry.common_words;
        blocks
    }

    fn take(&mut self, rule: usize, keyed: KeyedRule, refined: Refined) {
        let Refined { oversized, outgrown, room, report } = refined;
        let KeyedRule { entries, refined, left_out } = keyed;
        self.outgrown.extend(outgrown);
        self.room = self.room.min(room);
        let mut more = Vec::new();
        for &(key, record) in &entries {
            let own = &mut self.keys[record as usize * self.rules + rule];
            if *own == 0 { *own = key } else { more.push((key, record)) }
        }
        self.reports.push(RuleReport {
            pairs: runs(&entries).map(pairs_of).sum(),
            keyed: entries.len() as u64,
            largest: runs(&entries).map(|run| run.len() as u64).max().unwrap_or(0),
            ..report
        });
        self.more.push(more);
        self.refined.push(refined);
        self.left_out.push(left_out);
        self.oversized.push(oversized);
    }

    /// The keys of all records, each with the number of its rule.
    pub fn keys(&self) -> impl Iterator<Item = (usize, Key, RecordNo)> + '_ {
        (0..self.rules).flat_map(move |rule| {
            let own = self.keys.iter().skip(rule).step_by(self.rules).zip(0..);
            let own = own.filter(|(key, _)| **key != 0).map(|(&key, record)| (key, record));
            own.chain(self.more[rule].iter().copied()).map(move |(key, at)| (rule, key, at))
        })
    }

    /// The pairs of which at least one record is among these, each once, in order.
    pub fn pairs_with(&self, records: &[RecordNo]) -> Vec<(RecordNo, RecordNo)> {
        let mut is_asked = vec![false; self.source_of.len()];
        records.iter().for_each(|&record| is_asked[record as usize] = true);
        let mut pairs = Vec::new();
        for rule in 0..self.rules {
            for run in runs(&self.sorted(rule, |_| true)) {
                for (at, &(_, left)) in run.iter().enumerate() {
                    let asked =
                        |right: &RecordNo| is_asked[left as usize] || is_asked[*right as usize];
                    let others = run[at + 1..].iter().map(|&(_, right)| right).filter(asked);
                    pairs.extend(others.map(|right| (left.min(right), left.max(right))));
                }
            }
        }
        pairs.retain(|&(left, right)| left != right && self.allow(left, right));
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    /// The pairs that all rules make, those that several make counted again.
    pub fn pairs(&self) -> u64 {
        self.reports.iter().map(|report| report.pairs).sum()
    }

    fn row(&self, record: RecordNo) -> &[Key] {
        let start = record as usize * self.rules;
        &self.keys[start..start + self.rules]
    }

    /// The records of a rule in order of key, for the keys that are wanted.
    fn sorted(&self, rule: usize, wanted: impl Fn(Key) -> bool) -> Vec<(Key, RecordNo)> {
        let own = self.keys.iter().skip(rule).step_by(self.rules.max(1)).zip(0..);
        let own = own.filter(|(key, _)| **key != 0).map(|(&key, record)| (key, record));
        let all = own.chain(self.more[rule].iter().copied());
        let mut sorted: Vec<(Key, RecordNo)> = all.filter(|&(key, _)| wanted(key)).collect();
        sort_by_key(&mut sorted);
        sorted
    }

    /// Whether a pair is to be compared at all.
    pub fn allow(&self, left: RecordNo, right: RecordNo) -> bool {
        let source = |record: RecordNo| self.source_of[record as usize];
        self.scope == PairScope::Both || self.scope.allows(source(left) == source(right))
    }

    /// How many pairs could be compared, without blocking.
    pub fn possible_pairs(&self) -> f64 {
        self.possible_pairs_of(0..self.source_of.len() as RecordNo)
    }

    /// How many pairs of some records could be compared, without blocking.
    pub fn possible_pairs_of(&self, records: impl Iterator<Item = RecordNo>) -> f64 {
        let pairs = |records: f64| records * (records - 1.0) / 2.0;
        let mut sources: Vec<u16> = records.map(|at| self.source_of[at as usize]).collect();
        sources.sort_unstable();
        let within = sources.chunk_by(|a, b| a == b).map(|source| pairs(source.len() as f64)).sum();
        let all = pairs(sources.len() as f64);
        match self.scope {
            PairScope::Both => all,
            PairScope::Within => within,
            PairScope::Between => all - within,
        }
    }

    /// What each rule makes of a pair.
    pub fn explain(&self, left: RecordNo, right: RecordNo) -> Vec<Found> {
        let among = |keys: &[(Key, RecordNo)], record| -> Vec<Key> {
            keys.iter().filter(|(_, at)| *at == record).map(|(key, _)| *key).collect()
        };
        let in_use = |rule: usize, record| {
            let mut keys = among(&self.more[rule], record);
            keys.extend(Some(self.row(record)[rule]).filter(|own| *own != 0));
            keys
        };
        let share = |left: &[Key], right: &[Key]| left.iter().any(|key| right.contains(key));
        let found = (0..self.rules).map(|rule| {
            let [in_left, in_right] = [left, right].map(|record| in_use(rule, record));
            let left_out = [left, right].map(|record| among(&self.left_out[rule], record));
            let has_none = |used: &[Key], left_out: &[Key]| used.is_empty() && left_out.is_empty();
            if share(&in_left, &in_right) {
                Found::SameKey
            } else if share(&left_out[0], &left_out[1]) {
                Found::BlockTooLarge
            } else if has_none(&in_left, &left_out[0]) || has_none(&in_right, &left_out[1]) {
                Found::MissingKey
            } else {
                Found::DifferentKeys
            }
        });
        found.collect()
    }
}

/// Brings records with equal keys together; those of one key keep their order.
fn sort_by_key(entries: &mut [(Key, RecordNo)]) {
    radsort::sort_by_key(entries, |&(key, _)| key);
}

/// The blocks of a sorted list: runs of equal keys.
fn runs(sorted: &[(Key, RecordNo)]) -> impl Iterator<Item = &[(Key, RecordNo)]> {
    sorted.chunk_by(|a, b| a.0 == b.0)
}

/// How many pairs the records of a block make.
fn pairs_of(run: &[(Key, RecordNo)]) -> u64 {
    run.len() as u64 * (run.len() as u64 - 1) / 2
}
