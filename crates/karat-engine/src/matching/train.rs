//! Learns the weights without labels: expectation maximisation over comparison patterns.
//!
//! Pairs are folded to patterns (one level per comparison), counted per stratum: the pairs that a
//! blocking rule is the first to make, and one stratum of random pairs. Three classes explain
//! them: one customer, two strangers, and two members of one household (or branches of one
//! company), who share family name, address and phone but not given name and birth date.
//! The classes share their distributions over all strata; each stratum has its own mix. A rule
//! decides some comparisons beforehand: in its stratum those do not tell the classes apart. They do
//! count in what one customer looks like, since the pairs that agree there are in no later stratum.
//!
//! Sources: Fellegi and Sunter (1969); Winkler, Using the EM Algorithm for Weight Computation in
//! the Fellegi-Sunter Model (1988); Enamorado, Fifield and Imai, APSR 113 (2019) for priors.

use karat_model::evidence::Agreement;
use karat_model::table::RecordNo;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::block::{Blocks, Rule, Visit};
use super::compare::{Compare, Level, Scope};
use super::matrix::{GatheredPairs, Matrix, Rows, Scratch};
use super::model::{ComparisonModel, LevelModel, TrainingReport};
use super::progress::{Part, Stopped};

/// The most pairs that training looks at, per kind.
const RANDOM_PAIRS_MAX: u64 = 1_000_000;
const CANDIDATE_PAIRS_MAX: u64 = 2_000_000;
const ROUNDS_MAX: u32 = 200;
/// The strength of what is expected beforehand, in pairs.
const PRIOR_PAIRS: f64 = 20.0;

/// The least share of strangers for each share of true matches: twenty bits.
const WEIGHT_MAX: f64 = 1.0 / (1 << 20) as f64;

/// One level per comparison, packed four bits each.
type Pattern = u64;
const LEVEL_BITS: u32 = 4;
/// The most comparisons that fit a pattern.
pub const COMPARISONS_MAX: usize = 16;

/// Pairs that were made in the same way.
struct Stratum {
    patterns: Vec<(Pattern, f64)>,
    /// The comparisons that the rule leaves open.
    open: Vec<bool>,
    /// The comparisons in which all pairs more or less agree, because blocks were refined by them.
    settled: Vec<bool>,
    /// How many pairs there are for each that was looked at.
    scale: f64,
    /// The shares of one customer, of a household and of strangers.
    mix: [f64; 3],
}

/// What training gives: the comparisons with their weights, the priors, and how it went.
pub struct Trained {
    /// The comparisons.
    pub comparisons: Vec<ComparisonModel>,
    /// log2 of the odds that two random records are one customer.
    pub prior_bits: f64,
    /// log2 of the odds that they are of one household.
    pub household_prior_bits: f64,
    /// How it went.
    pub report: TrainingReport,
}

/// Learns the weights of the comparisons from the records themselves.
pub fn train(
    comparisons: &[Box<dyn Compare + '_>],
    matrix: &Matrix,
    rules: &[Rule],
    blocks: &Blocks,
    records: usize,
    work: &Part,
) -> Result<Trained, Stopped> {
    let mut strata = vec![random_stratum(comparisons, matrix, blocks, records, work)?];
    strata.extend(rule_strata(comparisons, matrix, rules, blocks, work)?);
    let mut classes = Classes::start(comparisons, &strata);
    let mut report = TrainingReport { records: records as u64, ..TrainingReport::default() };
    let mut likelihood = f64::NEG_INFINITY;
    let mut converged = false;
    for round in 1..=ROUNDS_MAX {
        let reached = classes.improve(comparisons, &mut strata);
        report.rounds = round;
        converged = (reached - likelihood).abs() < 1e-7 * reached.abs();
        likelihood = reached;
        if converged {
            break;
        }
    }

    let total_pairs = blocks.possible_pairs().max(1.0);
    let expected = |class: usize| -> f64 {
        let candidates = strata[1..].iter().map(|s| s.scale * s.pairs() * s.mix[class]);
        candidates.sum()
    };
    let odds_bits = |class: usize| ((expected(class) + 0.5) / total_pairs).log2();
    report.pairs = strata[1..].iter().map(|s| (s.scale * s.pairs()) as u64).sum();
    report.matches_expected = expected(ONE);
    if !converged {
        report.warnings.push([
            format!("training did not settle within {ROUNDS_MAX} rounds: the weights may be off"),
            format!("de training kwam niet tot rust binnen {ROUNDS_MAX} rondes: de gewichten kunnen afwijken"),
        ]);
    }
    if comparisons.len() < 2 {
        report.warnings.push([
            "there is only one thing to compare: the weights rest on what is usual, not on these data".into(),
            "er is maar één gegeven om te vergelijken: de gewichten berusten op ervaring, niet op deze gegevens".into(),
        ]);
    }
    if report.matches_expected < PRIOR_PAIRS {
        report.warnings.push([
            "training saw hardly any pairs of one customer: what these look like rests on what is usual, not on these data".into(),
            "de training zag nauwelijks paren van één klant: hoe die eruitzien berust op ervaring, niet op deze gegevens".into(),
        ]);
    }
    Ok(Trained {
        comparisons: classes.weights(comparisons),
        prior_bits: odds_bits(ONE),
        household_prior_bits: if classes.has_household { odds_bits(HOUSEHOLD) } else { -100.0 },
        report,
    })
}

/// About how many pairs training looks at.
pub fn pairs_of(blocks: &Blocks, records: usize) -> u64 {
    random_pairs(records) + blocks.pairs() / share_of_keys(blocks)
}

const ONE: usize = 0;
const HOUSEHOLD: usize = 1;
const STRANGERS: usize = 2;

impl Stratum {
    fn pairs(&self) -> f64 {
        self.patterns.iter().map(|(_, count)| count).sum()
    }
}

/// Pairs drawn at random: what strangers look like. A small file gives all its pairs.
fn random_stratum(
    comparisons: &[Box<dyn Compare + '_>],
    matrix: &Matrix,
    blocks: &Blocks,
    records: usize,
    work: &Part,
) -> Result<Stratum, Stopped> {
    let n = records as u64;
    let wanted = random_pairs(records);
    let are_all = all_pairs(records) == wanted;
    const CHUNK: u64 = 100_000;
    const PAIRS_AT_A_TIME: usize = 32;
    let chunks: Vec<u64> = (0..wanted.div_ceil(CHUNK)).collect();
    let counted = chunks.into_par_iter().map(|chunk| {
        let mut tally = Tally::new(comparisons, matrix);
        let numbers = chunk * CHUNK..((chunk + 1) * CHUNK).min(wanted);
        let pairs = numbers.map(|at| if are_all { pair_at(at) } else { random_pair(at, n) });
        let mut pairs = pairs.filter(|&(left, right)| blocks.allow(left, right)).peekable();
        let mut records = Vec::with_capacity(2 * PAIRS_AT_A_TIME);
        while pairs.peek().is_some() {
            records.clear();
            let some = pairs.by_ref().take(PAIRS_AT_A_TIME);
            records.extend(some.flat_map(|(left, right)| [left, right]));
            // Their rows are fetched together: each pair alone would wait for its own.
            tally.enter(&records);
            (0..records.len()).step_by(2).for_each(|at| tally.pair(at, at + 1, 0));
        }
        work.advance(CHUNK.min(wanted))?;
        Ok(tally.counts())
    });
    Ok(Stratum {
        patterns: sum(counted.collect::<Result<_, Stopped>>()?),
        open: vec![true; comparisons.len()],
        settled: vec![false; comparisons.len()],
        scale: 1.0,
        mix: [0.001, 0.001, 0.998],
    })
}

fn all_pairs(records: usize) -> u64 {
    records as u64 * (records as u64).saturating_sub(1) / 2
}

fn random_pairs(records: usize) -> u64 {
    all_pairs(records).min(RANDOM_PAIRS_MAX)
}

/// The pair with this number when pairs are counted (0,1), (0,2), (1,2), (0,3), …
fn pair_at(number: u64) -> (RecordNo, RecordNo) {
    let mut right = ((1.0 + (1.0 + 8.0 * number as f64).sqrt()) / 2.0) as u64;
    while right * (right - 1) / 2 > number {
        right -= 1;
    }
    while (right + 1) * right / 2 <= number {
        right += 1;
    }
    ((number - right * (right - 1) / 2) as RecordNo, right as RecordNo)
}

/// A pair of different records out of `n`, drawn by number: the same for the same number. Left
/// records are taken in order, all over the table, since going through memory costs less than
/// jumping about; records of one source stand together, so that none may be passed over.
fn random_pair(number: u64, n: u64) -> (RecordNo, RecordNo) {
    let step = n.div_ceil(RANDOM_PAIRS_MAX);
    let left = number * step % n;
    let right = (left + 1 + scramble(number) % (n - 1)) % n;
    (left.min(right) as RecordNo, left.max(right) as RecordNo)
}

/// SplitMix64 (Steele, Lea and Flood 2014): well-mixed numbers without state.
fn scramble(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// The candidate pairs, by the rule that makes them first; of many, those of a share of the keys.
fn rule_strata(
    comparisons: &[Box<dyn Compare + '_>],
    matrix: &Matrix,
    rules: &[Rule],
    blocks: &Blocks,
    work: &Part,
) -> Result<Vec<Stratum>, Stopped> {
    let one_in = share_of_keys(blocks);
    let mut strata = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        let counted = blocks.visit_by_refining(
            number,
            |key| scramble(u64::from(key)).is_multiple_of(one_in),
            work,
            || Tally::new(comparisons, matrix),
        )?;
        let implies = |name: &str| rule.implied().any(|implied| implied == name);
        strata.extend(counted.into_iter().enumerate().map(|(refined, counted)| {
            let settles = |name: &str| rule.settled(refined).any(|settled| settled == name);
            Stratum {
                patterns: sum(counted.into_iter().map(|tally| tally.counts()).collect()),
                open: comparisons.iter().map(|known| !implies(known.name())).collect(),
                settled: comparisons.iter().map(|known| settles(known.name())).collect(),
                scale: one_in as f64,
                mix: [0.2, 0.1, 0.7],
            }
        }));
    }
    Ok(strata)
}

/// Of how many keys one is looked at.
fn share_of_keys(blocks: &Blocks) -> u64 {
    blocks.pairs().div_ceil(CANDIDATE_PAIRS_MAX).max(1)
}

/// Counts patterns.
struct Tally<'m> {
    comparisons: &'m [Box<dyn Compare + 'm>],
    matrix: &'m Matrix,
    rows: Rows,
    /// The pairs that wait to be compared together, and their patterns once they are.
    waiting: Vec<[u32; 2]>,
    patterns: Vec<Pattern>,
    counts: FxHashMap<Pattern, u64>,
    scratch: Scratch,
}

impl<'m> Tally<'m> {
    fn new(comparisons: &'m [Box<dyn Compare + 'm>], matrix: &'m Matrix) -> Tally<'m> {
        Tally {
            comparisons,
            matrix,
            rows: Rows::default(),
            waiting: Vec::new(),
            patterns: Vec::new(),
            counts: FxHashMap::default(),
            scratch: Scratch::new(comparisons.len()),
        }
    }

    /// Counts the pairs that wait.
    fn count_waiting(&mut self) {
        let Tally { comparisons, matrix, rows, waiting, patterns, counts, scratch } = self;
        patterns.clear();
        patterns.resize(waiting.len(), 0);
        let pairs = GatheredPairs { rows, pairs: waiting };
        matrix.compare_all(comparisons, pairs, scratch, |at, compared| {
            for (pattern, compared) in patterns.iter_mut().zip(compared) {
                *pattern |= Pattern::from(compared.level) << (at as u32 * LEVEL_BITS);
            }
        });
        patterns.iter().for_each(|pattern| *counts.entry(*pattern).or_default() += 1);
        waiting.clear();
    }

    /// How often each pattern was met.
    fn counts(mut self) -> FxHashMap<Pattern, u64> {
        self.count_waiting();
        self.counts
    }
}

impl Visit for Tally<'_> {
    fn wants(&self, _: u32) -> bool {
        true
    }

    fn enter(&mut self, records: &[RecordNo]) {
        self.count_waiting();
        self.rows.gather(self.matrix, records);
    }

    fn pair(&mut self, left: usize, right: usize, _: u32) {
        self.waiting.push(self.rows.in_order(left, right));
        if self.waiting.len() == GatheredPairs::WAITING_MAX {
            self.count_waiting();
        }
    }
}

fn sum(tallies: Vec<FxHashMap<Pattern, u64>>) -> Vec<(Pattern, f64)> {
    let mut all: Vec<(Pattern, u64)> = tallies.into_iter().flatten().collect();
    all.sort_unstable();
    let runs = all.chunk_by(|a, b| a.0 == b.0);
    runs.map(|run| (run[0].0, run.iter().map(|(_, count)| *count).sum::<u64>() as f64)).collect()
}

fn level_at(pattern: Pattern, comparison: usize) -> usize {
    (pattern >> (comparison as u32 * LEVEL_BITS) & 15) as usize
}

/// What one comparison says over again, and how often strangers do.
struct Repeated {
    /// The comparison, and the others.
    comparison: usize,
    others: Vec<usize>,
    /// The share of each level among strangers who agree in the others; zero for levels that say
    /// nothing over again.
    shares: Vec<f64>,
    expected: Vec<f64>,
    /// The other way round: the share of strangers that agree in the others among those who reach
    /// one of these levels, for the pairs that are blocked by it.
    backwards: f64,
}

/// How many of strangers whose e-mail addresses are alike have the same name, before any data.
const BACKWARDS_EXPECTED: f64 = 0.5;

impl Repeated {
    fn all(comparisons: &[Box<dyn Compare + '_>]) -> Vec<Repeated> {
        let place = |name: &&str| comparisons.iter().position(|known| known.name() == *name);
        let repeated = |at: usize| {
            let repeats = comparisons[at].repeats()?;
            let others = repeats.comparisons.iter().map(place).collect::<Option<_>>()?;
            let expected = repeats.shares.to_vec();
            let (shares, backwards) = (expected.clone(), BACKWARDS_EXPECTED);
            Some(Repeated { comparison: at, others, shares, expected, backwards })
        };
        (0..comparisons.len()).filter_map(repeated).collect()
    }

    /// What the levels of the comparison weigh less where they say something over again: against
    /// strangers who agree in the others instead of any two.
    fn weigh(&self, comparison: &dyn Compare, m: &[f64], levels: &mut [LevelModel]) {
        let says_again = |level: usize| self.shares[level] > 0.0;
        let shares: Vec<f64> = levels
            .iter()
            .map(|level| level.u)
            .zip(&self.shares)
            .map(|(u, share)| if *share > 0.0 { *share } else { u })
            .collect();
        let bits = monotone_bits(comparison, m, &shares);
        for (number, level) in levels.iter_mut().enumerate().filter(|(at, _)| says_again(*at)) {
            let fixed = |bits: f64| (bits * 256.0).round() as i32;
            level.repeated = (fixed(bits[number]) - level.weight).min(0);
            if level.shared {
                let household = fixed((level.household / shares[number]).log2());
                level.household_repeated = (household - level.household_weight).min(0);
            }
        }
    }

    fn learn(&mut self, again: Again) {
        let total: f64 = again.levels.iter().sum::<f64>() + PRIOR_PAIRS;
        for ((share, again), expected) in
            self.shares.iter_mut().zip(again.levels).zip(&self.expected)
        {
            *share = (again + PRIOR_PAIRS * expected) / total;
        }
        let [apart, agreeing] = again.backwards;
        let expected = PRIOR_PAIRS * BACKWARDS_EXPECTED;
        self.backwards = (agreeing + expected) / (apart + agreeing + PRIOR_PAIRS);
    }

    /// Whether a pattern says something over again.
    fn is_in(&self, agrees: &[Vec<bool>], pattern: Pattern) -> bool {
        self.shares[level_at(pattern, self.comparison)] > 0.0
            && self.others.iter().all(|&other| agrees[other][level_at(pattern, other)])
    }
}

/// Which strangers say something over again, as one round counts them.
struct Again {
    /// Those who agree in the others, per level.
    levels: Vec<f64>,
    /// Those who are blocked by it, apart by whether they agree in the others.
    backwards: [f64; 2],
}

impl Again {
    fn none(repeated: &Repeated) -> Again {
        Again { levels: vec![0.0; repeated.shares.len()], backwards: [0.0; 2] }
    }

    fn count(
        &mut self,
        repeated: &Repeated,
        stratum: &Stratum,
        agrees: &[Vec<bool>],
        pattern: Pattern,
        strangers: f64,
    ) {
        let level = level_at(pattern, repeated.comparison);
        let is_in = repeated.is_in(agrees, pattern);
        if stratum.open[repeated.comparison] {
            self.levels[level] += if is_in { strangers } else { 0.0 };
        } else if repeated.shares[level] > 0.0 {
            self.backwards[usize::from(is_in)] += strangers;
        }
    }
}

/// The logarithms of shares, as one round needs them.
struct Logs {
    /// Per class, per comparison, per level.
    shares: [Vec<Vec<f64>>; 3],
    /// Per class and comparison: how often values more or less agree.
    agreeing: [Vec<f64>; 3],
    /// Per repeated comparison, per level.
    repeated: Vec<Vec<f64>>,
}

/// What numbers that an authority gives each customer tell of pairs. Who has the same is one
/// customer and who has another is another one, so that where enough pairs have such numbers, what
/// one customer looks like is learnt from the ones, and what two of one group look like from the
/// others.
struct Anchors {
    /// Per comparison whether it is one.
    are_anchors: Vec<bool>,
    /// The anchors that tell, with the levels of equal and of different values: those that no two
    /// customers share, if enough pairs have them.
    telling: Vec<(usize, [usize; 2])>,
    /// Whether enough pairs agree, and contradict each other.
    are_enough: [bool; 2],
}

impl Anchors {
    /// The fewest pairs that are enough to learn from.
    const PAIRS_MIN: f64 = 200.0;

    fn of(comparisons: &[Box<dyn Compare + '_>], ties: &Ties, candidates: &[Stratum]) -> Anchors {
        let level = |comparison: &dyn Compare, agreement| {
            let mut levels = comparison.levels().iter();
            levels.position(|level| level.agreement == agreement).unwrap_or(usize::MAX)
        };
        let all = comparisons.iter().enumerate().filter(|(_, comparison)| comparison.is_anchor());
        let telling = all.map(|(at, comparison)| {
            let level = |agreement| level(comparison.as_ref(), agreement);
            (at, [level(Agreement::Same), level(Agreement::Different)])
        });
        let are_own = |at: usize| comparisons[at].scope() == Scope::Own;
        let mut anchors = Anchors {
            are_anchors: comparisons.iter().map(|c| c.is_anchor()).collect(),
            telling: telling.collect(),
            are_enough: [false; 2],
        };
        let every = anchors.telling.clone();
        anchors.telling.retain(|(at, _)| are_own(*at));
        anchors.count(ties, candidates);
        if anchors.are_enough != [true, true] {
            anchors.telling = every;
            anchors.count(ties, candidates);
        }
        anchors
    }

    /// Those that contradict each other count if they are tied: others are strangers.
    fn count(&mut self, ties: &Ties, candidates: &[Stratum]) {
        let patterns = || candidates.iter().flat_map(|stratum| &stratum.patterns);
        let with = |wanted: bool| -> f64 {
            let known = patterns().filter(|(pattern, _)| {
                self.tell(*pattern) == Some(wanted) && (wanted || ties.are_tied(*pattern))
            });
            known.map(|(_, count)| count).sum()
        };
        self.are_enough = [true, false].map(|wanted| with(wanted) >= Anchors::PAIRS_MIN);
    }

    /// Whether they tell the companies of a group apart.
    fn tell_groups(&self) -> bool {
        self.are_enough == [true, true]
    }

    /// Whether a pair is one customer, if its numbers tell and do not contradict each other.
    fn tell(&self, pattern: Pattern) -> Option<bool> {
        let reached = |verdict: usize| {
            self.telling.iter().any(|(at, levels)| level_at(pattern, *at) == levels[verdict])
        };
        match (reached(0), reached(1)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }

    /// Whether a class is learnt from such a pair.
    fn teaches(&self, class: usize, pattern: Pattern) -> bool {
        let wanted = class == ONE;
        !self.are_enough[class] || self.tell(pattern) == Some(wanted)
    }
}

/// What ties two companies of one group: a door, a telephone, a domain, an account or a VAT number.
/// Two whose names are alike and that share nothing else are strangers; if they counted as a group,
/// groups would seem to share hardly anything.
struct Ties {
    /// The comparisons that tell, with the levels at which values are equal, a bit each.
    levels: Vec<(usize, u32)>,
    /// Whether names may be alike at all.
    count: bool,
}

impl Ties {
    fn of(comparisons: &[Box<dyn Compare + '_>]) -> Ties {
        let is_alike = |c: &dyn Compare| matches!(c.scope(), Scope::Alike(_));
        let ties = comparisons.iter().enumerate().filter(|(_, comparison)| {
            comparison.scope() == Scope::Shared
                || is_alike(comparison.as_ref()) && comparison.is_anchor()
        });
        let same = |comparison: &dyn Compare| {
            let levels = comparison.levels().iter().enumerate();
            let same = levels.filter(|(_, level)| level.agreement == Agreement::Same);
            same.fold(0, |all, (at, _)| all | 1 << at)
        };
        Ties {
            levels: ties.map(|(at, comparison)| (at, same(comparison.as_ref()))).collect(),
            count: comparisons.iter().any(|c| is_alike(c.as_ref())),
        }
    }

    fn may_be_household(&self, pattern: Pattern) -> bool {
        !self.count || self.are_tied(pattern)
    }

    fn are_tied(&self, pattern: Pattern) -> bool {
        let is_tied = |&(at, levels): &(usize, u32)| levels >> level_at(pattern, at) & 1 == 1;
        self.levels.iter().any(is_tied)
    }
}

/// The shares of each level, per class and comparison.
struct Classes {
    /// Per class, per comparison, per level.
    shares: [Vec<Vec<f64>>; 3],
    /// What is expected beforehand.
    expected: [Vec<Vec<f64>>; 3],
    shared: Vec<bool>,
    anchors: Anchors,
    ties: Ties,
    has_household: bool,
    /// Whether each level of each comparison is one of agreement.
    agrees: Vec<Vec<bool>>,
    repeated: Vec<Repeated>,
}

impl Classes {
    fn start(comparisons: &[Box<dyn Compare + '_>], strata: &[Stratum]) -> Classes {
        let random = &strata[0];
        let ones: Vec<Vec<f64>> = comparisons.iter().map(|c| expected_shares(c.as_ref())).collect();
        let strangers: Vec<Vec<f64>> = (0..comparisons.len())
            .map(|at| stranger_shares(random, at, comparisons[at].levels().len()))
            .collect();
        let mut ties = Ties::of(comparisons);
        let anchors = Anchors::of(comparisons, &ties, &strata[1..]);
        ties.count &= anchors.tell_groups();
        // What the companies of a group look like can only be learnt where numbers tell them apart:
        // without, any two records of one company that are written differently look like a group.
        let scope = |comparison: &dyn Compare| match comparison.scope() {
            Scope::Alike(_) if !anchors.tell_groups() => Scope::Own,
            scope => scope,
        };
        let shared: Vec<bool> =
            comparisons.iter().map(|c| scope(c.as_ref()) != Scope::Own).collect();
        let household: Vec<Vec<f64>> = comparisons
            .iter()
            .enumerate()
            .map(|(at, comparison)| match scope(comparison.as_ref()) {
                Scope::Own => strangers[at].clone(),
                Scope::Shared => ones[at].clone(),
                Scope::Alike(shares) => in_proportion(shares.iter().copied()),
            })
            .collect();
        // Without anything of one's own to compare, members of a household cannot be told apart.
        let is_shared: Vec<bool> = comparisons.iter().map(|c| c.scope() == Scope::Shared).collect();
        let has_household = is_shared.contains(&true) && is_shared.contains(&false);
        let shares = [ones, household, strangers];
        let agrees = comparisons.iter().map(|comparison| {
            let agrees =
                |level: &Level| matches!(level.agreement, Agreement::Same | Agreement::Close);
            comparison.levels().iter().map(agrees).collect()
        });
        Classes {
            expected: shares.clone(),
            shares,
            shared,
            anchors,
            ties,
            has_household,
            agrees: agrees.collect(),
            repeated: Repeated::all(comparisons),
        }
    }

    /// One round of expectation maximisation; gives the log-likelihood before it.
    fn improve(&mut self, comparisons: &[Box<dyn Compare + '_>], strata: &mut [Stratum]) -> f64 {
        let mut logs = self.logs();
        // Few strangers have the name of a company and its holding; for all that, values that
        // differ speak for nobody being one customer.
        for (at, comparison) in comparisons.iter().enumerate() {
            for (level, spec) in comparison.levels().iter().enumerate() {
                if spec.agreement == Agreement::Different {
                    let strangers = logs.shares[STRANGERS][at][level];
                    let one = &mut logs.shares[ONE][at][level];
                    *one = one.min(strangers);
                }
            }
        }
        let zeros = || -> Vec<Vec<f64>> {
            comparisons.iter().map(|c| vec![0.0; c.levels().len()]).collect()
        };
        let mut counts = [zeros(), zeros(), zeros()];
        let mut again: Vec<Again> = self.repeated.iter().map(Again::none).collect();
        let mut likelihood = 0.0;
        for (number, stratum) in strata.iter_mut().enumerate() {
            let is_random = number == 0;
            let mut mixed = [0.5, if self.has_household { 0.5 } else { 0.0 }, 0.5];
            for &(pattern, count) in &stratum.patterns {
                let (posterior, log) = self.posterior(&logs, stratum, pattern);
                likelihood += count * log;
                for (repeated, again) in self.repeated.iter().zip(&mut again) {
                    let strangers = count * posterior[STRANGERS];
                    again.count(repeated, stratum, &self.agrees, pattern, strangers);
                }
                for class in [ONE, HOUSEHOLD, STRANGERS] {
                    let weight = count * posterior[class];
                    mixed[class] += weight;
                    // Strangers are learnt from random pairs: candidates are no fair sample of them.
                    let teaches = match class {
                        STRANGERS => is_random,
                        _ => !is_random && self.anchors.teaches(class, pattern),
                    };
                    if !teaches || weight == 0.0 {
                        continue;
                    }
                    for (at, counts) in counts[class].iter_mut().enumerate() {
                        let level = level_at(pattern, at);
                        if level != 0 {
                            counts[level] += weight;
                        }
                    }
                }
            }
            let total: f64 = mixed.iter().sum();
            stratum.mix = mixed.map(|part| part / total);
        }
        self.take(counts);
        for (repeated, again) in self.repeated.iter_mut().zip(again) {
            repeated.learn(again);
        }
        likelihood
    }

    fn logs(&self) -> Logs {
        let logs = |shares: &Vec<f64>| shares.iter().map(|share| share.ln()).collect::<Vec<f64>>();
        let agreeing = |(shares, agrees): (&Vec<f64>, &Vec<bool>)| {
            let agreeing = shares.iter().zip(agrees).filter(|(_, agrees)| **agrees);
            agreeing.map(|(share, _)| share).sum::<f64>().ln()
        };
        Logs {
            shares: self.shares.each_ref().map(|class| class.iter().map(logs).collect()),
            agreeing: self
                .shares
                .each_ref()
                .map(|class| class.iter().zip(&self.agrees).map(agreeing).collect()),
            repeated: self.repeated.iter().map(|repeated| logs(&repeated.shares)).collect(),
        }
    }

    /// The probabilities of the classes for a pattern, and the log of its likelihood.
    fn posterior(&self, logs: &Logs, stratum: &Stratum, pattern: Pattern) -> ([f64; 3], f64) {
        let may_be_household = self.has_household && self.ties.may_be_household(pattern);
        let mut log = [0.0; 3];
        for (class, log) in log.iter_mut().enumerate() {
            if class == HOUSEHOLD && !may_be_household {
                *log = f64::NEG_INFINITY;
                continue;
            }
            *log = stratum.mix[class].ln();
            for (at, open) in stratum.open.iter().enumerate() {
                let level = level_at(pattern, at);
                if !open || level == 0 {
                    continue;
                }
                *log += logs.shares[class][at][level];
                if stratum.settled[at] && self.agrees[at][level] {
                    *log -= logs.agreeing[class][at];
                }
            }
        }
        for (repeated, again) in self.repeated.iter().zip(&logs.repeated) {
            let at = repeated.comparison;
            if !repeated.is_in(&self.agrees, pattern) {
                continue;
            }
            if stratum.open[at] {
                let level = level_at(pattern, at);
                log[STRANGERS] += again[level] - logs.shares[STRANGERS][at][level];
            } else {
                let others = repeated.others.iter().filter(|other| stratum.open[**other]);
                let by_chance: f64 = others.map(|&other| logs.agreeing[STRANGERS][other]).sum();
                log[STRANGERS] += (repeated.backwards.ln() - by_chance).max(0.0);
            }
        }
        let most = log.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let likelihoods = log.map(|log| (log - most).exp());
        let total: f64 = likelihoods.iter().sum();
        (likelihoods.map(|likelihood| likelihood / total), most + total.ln())
    }

    fn take(&mut self, counts: [Vec<Vec<f64>>; 3]) {
        for (class, counts) in counts.into_iter().enumerate() {
            for (at, counts) in counts.into_iter().enumerate() {
                let follows_strangers = class == HOUSEHOLD && !self.shared[at];
                let is_known = class == ONE && self.anchors.are_anchors[at];
                if follows_strangers || is_known {
                    continue;
                }
                let strength = if class == STRANGERS { 1.0 } else { PRIOR_PAIRS };
                let total: f64 = counts[1..].iter().sum::<f64>() + strength;
                for (level, count) in counts.iter().enumerate().skip(1) {
                    let prior = strength * self.expected[class][at][level];
                    self.shares[class][at][level] = (count + prior) / total;
                }
            }
        }
        for at in 0..self.shared.len() {
            if !self.shared[at] {
                self.shares[HOUSEHOLD][at] = self.shares[STRANGERS][at].clone();
            }
        }
    }

    /// log2(m/h) per level: what a level says for one customer against two companies of a group,
    /// where there are such. Companies of one group share more than the branches of one company do;
    /// for all that, an agreement never says less for one customer than a disagreement: levels that
    /// seem to, as those that few pairs reach, are pooled.
    fn against_household(
        &self,
        comparison: &dyn Compare,
        m: &[f64],
        household: &[f64],
    ) -> Option<Vec<f64>> {
        self.ties.count.then(|| monotone_bits(comparison, m, household))
    }

    /// The weights of all levels, monotone where levels are ordered.
    fn weights(&self, comparisons: &[Box<dyn Compare + '_>]) -> Vec<ComparisonModel> {
        comparisons
            .iter()
            .enumerate()
            .map(|(at, comparison)| {
                let [m, household, u] =
                    [ONE, HOUSEHOLD, STRANGERS].map(|class| &self.shares[class][at]);
                // A level that hardly any strangers reach is strong evidence, not infinite.
                let u: Vec<f64> = u.iter().zip(m).map(|(u, m)| u.max(m * WEIGHT_MAX)).collect();
                let u = &u;
                let mut weights = monotone_bits(comparison.as_ref(), m, u);
                // What few strangers reach is not evidence for a customer if the values differ, and
                // speaks against one as far as the companies of a group reach it.
                let against_household = self.against_household(comparison.as_ref(), m, household);
                for (at, level) in comparison.levels().iter().enumerate() {
                    if level.agreement == Agreement::Different {
                        let most = against_household.as_ref().map_or(0.0, |bits| bits[at]);
                        weights[at] = weights[at].min(most).min(0.0);
                    }
                }
                let household_bits = |level: usize| match &against_household {
                    Some(bits) => weights[level] - bits[level],
                    None => (household[level] / u[level]).log2(),
                };
                let levels = (0..comparison.levels().len()).map(|level| {
                    let fixed = |bits: f64| (bits * 256.0).round() as i32;
                    let silent = level == 0;
                    LevelModel {
                        m: m[level],
                        u: u[level],
                        household: household[level],
                        weight: if silent { 0 } else { fixed(weights[level]) },
                        offset: 0,
                        household_weight: if silent || !self.shared[at] {
                            0
                        } else {
                            fixed(household_bits(level))
                        },
                        log_u: if silent { 0 } else { fixed(u[level].log2()) },
                        agrees: self.agrees[at][level],
                        repeated: 0,
                        household_repeated: 0,
                        shared: self.shared[at],
                    }
                });
                let mut levels: Vec<LevelModel> = levels.collect();
                let repeated = self.repeated.iter().find(|repeated| repeated.comparison == at);
                if let Some(repeated) = repeated {
                    repeated.weigh(comparison.as_ref(), m, &mut levels);
                }
                ComparisonModel {
                    name: comparison.name().to_string(),
                    levels,
                    repeats: repeated.map_or(Vec::new(), |repeated| repeated.others.clone()),
                    terms: comparison.term_counts(),
                }
            })
            .collect()
    }
}

/// What true matches are expected to look like beforehand.
fn expected_shares(comparison: &dyn Compare) -> Vec<f64> {
    in_proportion(comparison.levels().iter().map(|level| level.share))
}

/// Shares that add up to one, none of them nothing.
fn in_proportion(shares: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let total: f64 = shares.clone().sum();
    shares.map(|share| (share / total).max(1e-6)).collect()
}

/// What strangers look like at first: as the random pairs do, with little left for rare levels.
fn stranger_shares(random: &Stratum, comparison: usize, levels: usize) -> Vec<f64> {
    // A level that no random pair reached is rarer than one pair in as many as were drawn.
    let mut counts = vec![0.1; levels];
    for &(pattern, count) in &random.patterns {
        counts[level_at(pattern, comparison)] += count;
    }
    let total: f64 = counts[1..].iter().sum();
    counts.iter().map(|count| count / total).collect()
}

/// log2(m/u) per level; an ordered level never weighs less than the one below (pooled neighbours).
fn monotone_bits(comparison: &dyn Compare, m: &[f64], u: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, Vec<usize>)> = Vec::new();
    let mut bits = vec![0.0; m.len()];
    for (level, spec) in comparison.levels().iter().enumerate().skip(1) {
        if !spec.ordered {
            bits[level] = (m[level] / u[level]).log2();
            continue;
        }
        pools.push((m[level], u[level], vec![level]));
        while let [.., (m0, u0, _), (m1, u1, _)] = &pools[..] {
            if m0 / u0 <= m1 / u1 {
                break;
            }
            let (m, u, levels) = pools.pop().expect("two pools were seen");
            let below = pools.last_mut().expect("two pools were seen");
            below.0 += m;
            below.1 += u;
            below.2.extend(levels);
        }
    }
    for (m, u, levels) in pools {
        for level in levels {
            bits[level] = (m / u).log2();
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::{AttributeId, AttributeSet};
    use karat_model::match_settings::Phonetics;

    use super::*;
    use crate::matching::compare;

    #[test]
    fn pairs_are_counted_once_each() {
        let pairs: Vec<_> = (0..6).map(pair_at).collect();
        assert_eq!(pairs, [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]);
        for number in 0..1000 {
            let (left, right) = random_pair(number, 7);
            assert!(left < right && right < 7);
        }
    }

    #[test]
    fn random_pairs_come_from_the_whole_of_a_large_table() {
        let n = 10 * RANDOM_PAIRS_MAX;
        let tenth_of_both = |number| (u64::from(random_pair(number, n).0) * 10 / n) as usize;
        let mut drawn = [0; 10];
        (0..RANDOM_PAIRS_MAX).step_by(101).for_each(|number| drawn[tenth_of_both(number)] += 1);
        assert!(drawn.iter().all(|count| *count > 0), "{drawn:?}");
    }

    /// Which share of customers training expects to have no more than the year of birth in common.
    fn share_of_same_year(is_settled: bool) -> f64 {
        let table = super::super::tests::people(["Anna||Visser||1980-02-01|anna@x.nl|Zwolle"]);
        let attributes = AttributeSet::builtin();
        let filled = [AttributeId::BIRTH_DATE, AttributeId::CITY, AttributeId::EMAIL];
        let comparisons =
            compare::comparisons(&table, &attributes, &filled, Phonetics::Dutch, &|_| None);
        let at = |name: &str| comparisons.iter().position(|known| known.name() == name).unwrap();
        let (birth, email) = (at("birth_date"), at("email"));
        let pattern = |birth_level: u64, email_level: u64| {
            birth_level << (birth as u32 * LEVEL_BITS) | email_level << (email as u32 * LEVEL_BITS)
        };
        let open = vec![true; comparisons.len()];
        let apart = vec![false; comparisons.len()];
        // Of random pairs one in a hundred has the year of birth in common, and none the address.
        let random = Stratum {
            patterns: vec![(pattern(1, 1), 990_000.0), (pattern(2, 1), 10_000.0)],
            open: open.clone(),
            settled: apart.clone(),
            scale: 1.0,
            mix: [0.001, 0.001, 0.998],
        };
        // Pairs of one customer, and many strangers whom nothing but the year brought together.
        let mut settled = apart;
        settled[birth] = is_settled;
        let mix = [0.2, 0.1, 0.7];
        let found = Stratum {
            patterns: vec![(pattern(5, 5), 1_000.0), (pattern(2, 0), 20_000.0)],
            open,
            settled,
            scale: 1.0,
            mix,
        };
        let mut strata = vec![random, found];
        let mut classes = Classes::start(&comparisons, &strata);
        for _ in 0..50 {
            classes.improve(&comparisons, &mut strata);
        }
        classes.shares[ONE][birth][2]
    }

    #[test]
    fn blocks_that_were_refined_by_the_year_do_not_teach_that_customers_agree_on_it() {
        let (told, untold) = (share_of_same_year(true), share_of_same_year(false));
        assert!(told < 0.1 && untold > 0.5, "{told} {untold}");
    }
}
