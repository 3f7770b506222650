//! A population: what records are like, in counts.

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::evidence::Weight;
use karat_model::partition::{Edge, Partition};
use karat_model::table::{RecordNo, RecordTable, ValueCode};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::super::Matcher;
use super::super::values::hash;
use super::is_looked_at;

/// What the records are like that a match model was learnt from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Population {
    /// How many records there were.
    pub records: u64,
    /// How many customers were looked at.
    pub customers: u64,
    /// How many records these had.
    pub sampled: u64,
    /// The attributes that were filled and are compared, by name.
    pub attributes: Vec<AttributePopulation>,
    /// The comparisons, by name.
    pub comparisons: Vec<ComparisonPopulation>,
    /// From which weight pairs were counted, in 1/256 bit.
    pub weight_min: i32,
    /// How many keys had blocks that were too large.
    pub oversized: u64,
}

/// How records fill an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributePopulation {
    /// The name of the attribute.
    pub name: String,
    /// How many records fill it.
    pub records: u64,
    /// How many customers do.
    pub customers: u64,
    /// No more customers have a value that is not listed.
    pub unlisted_max: u32,
    /// The most common values: hash and number of customers, in order of hash. Hashes, so that a
    /// model holds no personal values.
    pub common: Vec<(u64, u32)>,
}

/// How pairs that are worth a look agree in a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparisonPopulation {
    /// The name of the comparison.
    pub name: String,
    /// How many customers the pairs are of that reach any level but silence.
    pub customers: u64,
    /// How many pairs reach each level, silence first.
    pub levels: Vec<u64>,
}

impl Population {
    /// What it knows of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&AttributePopulation> {
        self.attributes.iter().find(|of| of.name == name)
    }
}

/// Some customers of all, and the pairs of their records that are worth a look.
pub struct Sample<'s> {
    /// How records are divided.
    pub partition: &'s Partition,
    /// The customers.
    pub customers: Vec<u32>,
    /// The pairs, in order; others may be among them.
    pub edges: &'s [Edge],
    /// How many records there are in all.
    pub records: u64,
}

impl<'s> Sample<'s> {
    /// The most customers that are looked at: enough to see one value in two thousand.
    pub const CUSTOMERS_MAX: usize = 20_000;

    /// Draws from all customers, by the keys of their first records: the same ones for the same
    /// records, in whatever order they arrived.
    pub fn draw(table: &RecordTable, partition: &'s Partition, edges: &'s [Edge]) -> Sample<'s> {
        let mut customers: Vec<u32> = (0..partition.len() as u32).collect();
        if customers.len() > Sample::CUSTOMERS_MAX {
            let first = |customer: u32| table.key(partition.members(customer)[0]).to_string();
            let drawn = customers.par_iter().map(|&customer| (hash(&first(customer)), customer));
            let mut drawn: Vec<(u64, u32)> = drawn.collect();
            drawn.select_nth_unstable(Sample::CUSTOMERS_MAX);
            drawn.truncate(Sample::CUSTOMERS_MAX);
            customers = drawn.into_iter().map(|(_, customer)| customer).collect();
            customers.sort_unstable();
        }
        Sample { partition, customers, edges, records: table.len() as u64 }
    }

    fn records(&self) -> impl Iterator<Item = RecordNo> + '_ {
        self.customers.iter().flat_map(|&customer| self.partition.members(customer).iter().copied())
    }

    /// The pairs of at least this weight that the customers have a part in; of very many, some.
    fn pairs(&self, weight_min: Weight) -> Vec<Edge> {
        const PAIRS_MAX: usize = 100_000;
        let mut is_drawn = vec![false; self.partition.len()];
        self.customers.iter().for_each(|&customer| is_drawn[customer as usize] = true);
        let is_in = |record| is_drawn[self.partition.cluster_of(record) as usize];
        let pairs: Vec<Edge> = self
            .edges
            .iter()
            .filter(|edge| edge.weight >= weight_min && (is_in(edge.left) || is_in(edge.right)))
            .copied()
            .collect();
        let every = pairs.len().div_ceil(PAIRS_MAX).max(1);
        pairs.into_iter().step_by(every).collect()
    }
}

/// A population, with all that was counted of the values.
pub(super) struct Counted<'a> {
    pub population: Population,
    pub values: Vec<Values<'a>>,
}

/// How many customers have each value of an attribute.
pub(super) struct Values<'a> {
    pub name: String,
    /// How many have any.
    pub customers: u64,
    /// Per hash of a value how many, and its code.
    counts: FxHashMap<u64, (u32, ValueCode)>,
    table: &'a RecordTable,
    attribute: AttributeId,
}

impl<'a> Counted<'a> {
    pub fn of(
        matcher: &Matcher<'a>,
        attributes: &AttributeSet,
        sample: &Sample,
        weight_min: Weight,
    ) -> Counted<'a> {
        let table = matcher.table;
        let filled = table.filled_attributes();
        let compared: Vec<AttributeId> =
            filled.filter(|&id| is_looked_at(matcher, id, attributes.get(id))).collect();
        let counted = compared.into_par_iter().map(|id| {
            let values = Values::count(table, attributes, id, sample);
            (values.population(sample), values)
        });
        let mut counted: Vec<(AttributePopulation, Values)> = counted.collect();
        counted.retain(|(of, _)| of.records > 0);
        counted.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let (attributes, values) = counted.into_iter().unzip();
        let population = Population {
            records: sample.records,
            customers: sample.customers.len() as u64,
            sampled: sample.records().count() as u64,
            attributes,
            comparisons: levels(matcher, sample, weight_min),
            weight_min: weight_min.0,
            oversized: 0,
        };
        Counted { population, values }
    }
}

impl<'a> Values<'a> {
    fn count(
        table: &'a RecordTable,
        attributes: &AttributeSet,
        attribute: AttributeId,
        sample: &Sample,
    ) -> Values<'a> {
        let column = table.column(attribute);
        let mut by_code: FxHashMap<ValueCode, u32> = FxHashMap::default();
        let mut customers = 0;
        let mut of_one: Vec<ValueCode> = Vec::new();
        for &customer in &sample.customers {
            of_one.clear();
            for &record in sample.partition.members(customer) {
                of_one.extend(column.values(record).map(|(_, code)| code));
            }
            of_one.sort_unstable();
            of_one.dedup();
            customers += u64::from(!of_one.is_empty());
            of_one.iter().for_each(|code| *by_code.entry(*code).or_default() += 1);
        }
        let dictionary = table.dictionary(attribute);
        let counts = by_code.into_iter();
        let counts = counts.map(|(code, count)| (hash(dictionary.value(code)), (count, code)));
        let name = attributes.get(attribute).name.clone();
        Values { name, customers, counts: counts.collect(), table, attribute }
    }

    /// What is kept of it.
    fn population(&self, sample: &Sample) -> AttributePopulation {
        const LISTED_MAX: usize = 200;
        // A value of fewer customers says nothing about itself.
        const LISTED_MIN: u32 = 3;
        let column = self.table.column(self.attribute);
        let is_filled = |record: &RecordNo| column.values(*record).next().is_some();
        let mut common: Vec<(u64, u32)> =
            self.counts.iter().map(|(&hash, &(count, _))| (hash, count)).collect();
        common.sort_unstable_by_key(|&(hash, count)| (std::cmp::Reverse(count), hash));
        let listed = common.iter().take_while(|(_, count)| *count >= LISTED_MIN).count();
        let unlisted_max = common.get(listed.min(LISTED_MAX)).map_or(0, |(_, count)| *count);
        common.truncate(listed.min(LISTED_MAX));
        common.sort_unstable();
        AttributePopulation {
            name: self.name.clone(),
            records: sample.records().filter(is_filled).count() as u64,
            customers: self.customers,
            unlisted_max,
            common,
        }
    }

    /// The values that are common then or now, and how many customers have each; all other values
    /// come last.
    pub fn bins(&self, then: &AttributePopulation) -> (Vec<u64>, [Vec<u64>; 2]) {
        let least = |customers: u64| (customers / 100).max(20);
        let is_common = |count: u32, customers| u64::from(count) >= least(customers);
        let of_then = then.common.iter().filter(|(_, count)| is_common(*count, then.customers));
        let of_now = self.counts.iter().filter(|(_, (count, _))| is_common(*count, self.customers));
        let of_now = of_now.map(|(hash, _)| *hash);
        let mut hashes: Vec<u64> = of_then.map(|(hash, _)| *hash).chain(of_now).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let count_then = |hash: &u64| {
            let found = then.common.binary_search_by_key(hash, |(known, _)| *known);
            let count = found.map_or(then.unlisted_max, |at| then.common[at].1);
            u64::from(count)
        };
        let count_now =
            |hash: &u64| self.counts.get(hash).map_or(0, |(count, _)| u64::from(*count));
        let mut bins = [hashes.iter().map(count_then).collect::<Vec<u64>>(), Vec::new()];
        bins[1] = hashes.iter().map(count_now).collect();
        for (bins, customers) in bins.iter_mut().zip([then.customers, self.customers]) {
            // A customer may have several values.
            let rest = customers.saturating_sub(bins.iter().sum());
            bins.push(rest);
        }
        (hashes, bins)
    }

    /// A value as people read it.
    pub fn text(&self, hash: u64) -> Option<&str> {
        let (_, code) = self.counts.get(&hash)?;
        Some(self.table.dictionary(self.attribute).value(*code))
    }
}

/// How the pairs of some customers agree.
fn levels(matcher: &Matcher, sample: &Sample, weight_min: Weight) -> Vec<ComparisonPopulation> {
    let none = || -> Vec<ComparisonPopulation> {
        let of = |comparison: &dyn super::Compare| ComparisonPopulation {
            name: comparison.name().to_string(),
            customers: 0,
            levels: vec![0; comparison.levels().len()],
        };
        matcher.comparisons().map(of).collect()
    };
    const PAIRS_AT_A_TIME: usize = 4096;
    let pairs = sample.pairs(weight_min);
    // Per pair which comparisons are not silent, a bit each; and how often each level is reached.
    let counted = pairs.par_chunks(PAIRS_AT_A_TIME).map(|pairs| {
        let mut of = none();
        let mut scratch = matcher.scratch();
        let spoken: Vec<u32> = pairs
            .iter()
            .map(|edge| {
                let compared = matcher.matrix.compare(
                    &matcher.comparisons,
                    edge.left,
                    edge.right,
                    &mut scratch,
                );
                let mut spoken = 0;
                for (at, (of, compared)) in of.iter_mut().zip(compared).enumerate() {
                    of.levels[usize::from(compared.level)] += 1;
                    spoken |= u32::from(compared.level != 0) << at;
                }
                spoken
            })
            .collect();
        (of, spoken)
    });
    let counted: Vec<(Vec<ComparisonPopulation>, Vec<u32>)> = counted.collect();
    let mut all = none();
    for (of, _) in &counted {
        for (all, of) in all.iter_mut().zip(of) {
            all.levels.iter_mut().zip(&of.levels).for_each(|(sum, more)| *sum += more);
        }
    }
    // Pairs of one customer are no independent observations: customers are counted.
    let mut spoken_of: FxHashMap<u32, u32> = FxHashMap::default();
    let spoken = counted.iter().flat_map(|(_, spoken)| spoken);
    for (edge, spoken) in pairs.iter().zip(spoken) {
        *spoken_of.entry(sample.partition.cluster_of(edge.left)).or_default() |= spoken;
    }
    for spoken in spoken_of.values() {
        all.iter_mut().enumerate().for_each(|(at, of)| of.customers += u64::from(spoken >> at & 1));
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
