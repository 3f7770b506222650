//! Questions: the pairs most worth asking a person about next.
//!
//! *What an answer teaches*: the weights of levels are uncertain, and so the totals of all pairs near
//! the link threshold are. An answer makes them less so, for the pairs that reach the same levels.
//! Those levels are asked about that take away most uncertainty from all doubtful pairs together;
//! after each choice the uncertainty is worked out anew, so that levels that were asked about, or
//! labelled before, make room for others (transductive experimental design). A pair far from the
//! threshold teaches little, because its answer is known (uncertainty sampling); how far that is
//! depends on how uncertain its weights are (moderated probabilities).
//!
//! *What it decides*: of the pairs that teach as much, the one is asked on which most hangs. A link
//! that is the only one between two groups of records holds all pairs of the one with the other
//! together, and a pair of two customers would bring all of theirs together.
//!
//! ```text
//! a ─ b ┈┈ x ─ y      b ┈ x is the weakest point of the customer: four pairs hang on it
//! ```
//!
//! About each customer, or each two that may be one, one question is asked; and questions are
//! divided over the strata of pairs as doubt is, so that the labels speak for all (`strata.rs`).
//!
//! Sources: Lewis and Gale, A Sequential Algorithm for Training Text Classifiers, SIGIR 1994
//! (uncertainty sampling); Yu, Bi and Tresp, Active Learning via Transductive Experimental Design,
//! ICML 2006; MacKay, Neural Computation 4 (1992), for moderated probabilities; Firmani, Saha and
//! Srivastava, Online Entity Resolution Using an Oracle, VLDB 2016 (what a pair decides by the
//! sizes of what it connects).

use karat_model::evidence::Weight;
use karat_model::table::RecordNo;
use rustc_hash::{FxHashMap, FxHashSet};

use super::covariance::{Covariance, sum};
use super::offsets::{self, UNCERTAIN_BITS, information, moderation};
use super::strata::{STRATA, Strata};
use super::{Column, Labelled, PRIOR, width};
use crate::matching::cluster::{Edge, UnionFind};
use crate::matching::{Matched, Matcher};

/// A pair worth asking about.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The record with the smaller number.
    pub left: RecordNo,
    /// The record with the larger number.
    pub right: RecordNo,
    /// The total weight.
    pub weight: Weight,
    /// Per comparison the values of both records as people read them.
    pub values: Vec<[String; 2]>,
    /// What the answer teaches; only the order of these means something.
    pub worth: f64,
}

/// Pairs that lie further from the threshold are not asked about.
const DOUBTFUL_BITS: f64 = 24.0;

/// The most ways to agree that are looked at: those of most doubtful pairs.
const PATTERNS_MAX: usize = 1_000;

/// The most pairs of one pattern that are looked at, those that decide most first.
const PAIRS_PER_PATTERN_MAX: usize = 1_000;

/// The pairs of one stratum that reach the same levels.
struct Pattern {
    columns: Vec<Column>,
    stratum: usize,
    /// How much doubt there is about all of them together.
    doubt: f64,
    /// The most valuable last.
    pairs: Vec<Asked>,
}

/// A pair that may be asked about.
#[derive(Clone, Copy)]
struct Asked {
    edge: Edge,
    /// How much an answer would tell, as a precision.
    information: f64,
    /// How much it would decide: the logarithm of a number of pairs.
    stakes: f64,
}

impl Matcher<'_> {
    /// The pairs most worth asking about, the most valuable first; never one that is labelled, or
    /// that was asked about and could not be answered.
    pub fn questions(
        &self,
        matched: &Matched,
        labelled: &[Labelled],
        unanswered: &[(RecordNo, RecordNo)],
        wanted: usize,
    ) -> Vec<Question> {
        if wanted == 0 {
            return Vec::new();
        }
        let mut patterns = self.doubtful_patterns(matched, &settled(labelled, unanswered));
        let mut uncertainty = self.uncertainty(labelled);
        let mut asked_of: FxHashSet<[u32; 2]> = FxHashSet::default();
        let clusters = |edge: &Edge| {
            let of = |record| matched.partition.cluster_of(record);
            let (left, right) = (of(edge.left), of(edge.right));
            [left.min(right), left.max(right)]
        };
        let mut shares = Shares::of(&patterns);
        let mut questions = Vec::new();
        while questions.len() < wanted {
            for pattern in &mut patterns {
                let is_asked = |asked: &Asked| asked_of.contains(&clusters(&asked.edge));
                while pattern.pairs.last().is_some_and(is_asked) {
                    pattern.pairs.pop();
                }
            }
            let Some(stratum) = shares.next(&patterns) else { break };
            let Some((at, worth)) = most_valuable(&patterns, stratum, &uncertainty) else { break };
            let pattern = &mut patterns[at];
            let Asked { edge, information, .. } =
                pattern.pairs.pop().expect("a pattern is valuable by its last pair");
            uncertainty.observe(&pattern.columns, information);
            asked_of.insert(clusters(&edge));
            shares.asked[stratum] += 1.0;
            questions.push(self.question(edge, worth));
        }
        questions
    }

    fn question(&self, Edge { left, right, weight }: Edge, worth: f64) -> Question {
        let values = self.comparisons().map(|known| [known.show(left), known.show(right)]);
        Question { left, right, weight, values: values.collect(), worth }
    }

    /// How uncertain offsets are after the labels that there are.
    fn uncertainty(&self, labelled: &[Labelled]) -> Covariance {
        let mut variances = vec![UNCERTAIN_BITS * UNCERTAIN_BITS; width(&self.model)];
        variances[PRIOR] = 0.0;
        let mut covariance = Covariance::independent(&variances);
        let mut labelled = labelled.to_vec();
        labelled.sort_unstable();
        for label in labelled {
            let compared = self.compare(label.left, label.right);
            let columns = offsets::columns(&self.model, &compared);
            covariance.observe(&columns, information(self.model.weigh(&compared).bits()));
        }
        covariance
    }

    /// The doubtful pairs by the levels that they reach; those that are settled are not asked.
    fn doubtful_patterns(&self, matched: &Matched, settled: &Settled) -> Vec<Pattern> {
        let link = Weight(self.model.link_threshold);
        let strata = Strata::new(link, &matched.partition);
        let mut patterns: FxHashMap<(Vec<Column>, usize), Pattern> = FxHashMap::default();
        for (edge, pairs) in decided_pairs(matched) {
            let from_threshold = (edge.weight - link).bits();
            if from_threshold.abs() > DOUBTFUL_BITS {
                continue;
            }
            let columns = offsets::columns(&self.model, &self.compare(edge.left, edge.right));
            let stratum = strata.of(&edge);
            let new =
                || Pattern { columns: columns.clone(), stratum, doubt: 0.0, pairs: Vec::new() };
            let pattern = patterns.entry((columns.clone(), stratum)).or_insert_with(new);
            let information = information(from_threshold * moderation(pattern.columns.len()));
            pattern.doubt += information;
            if !settled.contains(&(edge.left, edge.right)) {
                let stakes = (1.0 + pairs as f64).log2();
                pattern.pairs.push(Asked { edge, information, stakes });
            }
        }
        let mut patterns: Vec<Pattern> = patterns.into_values().collect();
        patterns.sort_by(|a, b| {
            let in_order = || (a.stratum, &a.columns).cmp(&(b.stratum, &b.columns));
            b.doubt.total_cmp(&a.doubt).then_with(in_order)
        });
        patterns.truncate(PATTERNS_MAX);
        for pattern in &mut patterns {
            let value = |asked: &Asked| asked.information * asked.stakes;
            pattern
                .pairs
                .sort_by(|a, b| value(a).total_cmp(&value(b)).then_with(|| b.edge.cmp(&a.edge)));
            let surplus = pattern.pairs.len().saturating_sub(PAIRS_PER_PATTERN_MAX);
            pattern.pairs.drain(..surplus);
        }
        patterns
    }
}

/// Pairs that need not be asked about, the smaller record number first.
type Settled = FxHashSet<(RecordNo, RecordNo)>;

fn settled(labelled: &[Labelled], unanswered: &[(RecordNo, RecordNo)]) -> Settled {
    let labelled = labelled.iter().map(|label| (label.left, label.right));
    let unanswered = unanswered.iter().map(|&(a, b)| (a.min(b), a.max(b)));
    labelled.chain(unanswered).collect()
}

/// How questions are divided over the strata.
struct Shares {
    doubt: [f64; STRATA],
    asked: [f64; STRATA],
}

impl Shares {
    fn of(patterns: &[Pattern]) -> Shares {
        let mut doubt = [0.0; STRATA];
        patterns.iter().for_each(|pattern| doubt[pattern.stratum] += pattern.doubt);
        Shares { doubt, asked: [0.0; STRATA] }
    }

    /// The stratum that is furthest behind, of those that have pairs left.
    fn next(&self, patterns: &[Pattern]) -> Option<usize> {
        let mut has_pairs = [false; STRATA];
        patterns.iter().for_each(|of| has_pairs[of.stratum] |= !of.pairs.is_empty());
        let all: f64 = self.doubt.iter().sum();
        let next = self.asked.iter().sum::<f64>() + 1.0;
        let behind = |stratum: usize| next * self.doubt[stratum] / all - self.asked[stratum];
        let open = (0..STRATA).filter(|&stratum| has_pairs[stratum]);
        open.reduce(|best, other| if behind(other) > behind(best) { other } else { best })
    }
}

/// The pattern of a stratum whose best pair is worth most, and how much; none when all pairs are asked.
fn most_valuable(
    patterns: &[Pattern],
    stratum: usize,
    uncertainty: &Covariance,
) -> Option<(usize, f64)> {
    let worth = |(at, pattern): (usize, &Pattern)| {
        let &Asked { information, .. } = pattern.pairs.last()?;
        let with_sum = uncertainty.with_sum(&pattern.columns);
        // What an answer takes off the variance of each doubtful pair, by how doubtful it is.
        let shared = patterns.iter().map(|other| {
            let covariance = sum(&with_sum, &other.columns);
            other.doubt * covariance * covariance
        });
        let variance = sum(&with_sum, &pattern.columns);
        Some((at, information * shared.sum::<f64>() / (1.0 + information * variance)))
    };
    let of_stratum = patterns.iter().enumerate().filter(|(_, of)| of.stratum == stratum);
    let worths = of_stratum.filter_map(worth);
    worths.reduce(|best, other| if other.1 > best.1 { other } else { best })
}

/// The pairs that matching kept, each with how many pairs of records it decides by itself.
///
/// Within a customer that is how many pairs it holds together and no heavier pair does (as
/// Kruskal's algorithm makes the heaviest tree); a pair that others stand in for decides itself.
fn decided_pairs(matched: &Matched) -> Vec<(Edge, u64)> {
    let partition = &matched.partition;
    let mut edges = matched.edges.clone();
    edges.sort_unstable_by_key(|edge| (-edge.weight, edge.left, edge.right));
    let records = partition.clusters().map(<[RecordNo]>::len).sum();
    let mut held = UnionFind::new(records);
    let mut sizes = vec![1_u64; records];
    let decided = |edge: Edge| {
        let clusters = [edge.left, edge.right].map(|record| partition.cluster_of(record));
        if clusters[0] != clusters[1] {
            let [left, right] = clusters.map(|cluster| partition.members(cluster).len() as u64);
            return (edge, left * right);
        }
        let [left, right] = [edge.left, edge.right].map(|record| held.find(record) as usize);
        if left == right {
            return (edge, 1);
        }
        let pairs = sizes[left] * sizes[right];
        held.join(edge.left, edge.right);
        let size = sizes[left] + sizes[right];
        sizes[held.find(edge.left) as usize] = size;
        (edge, pairs)
    };
    edges.into_iter().map(decided).collect()
}
