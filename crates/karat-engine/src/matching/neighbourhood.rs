//! What a frozen model says of records hangs on no records but those near them.
//!
//! A change of one record can change the customers of those records only that links lead to, step
//! by step: its neighbourhood. So a change is led through by dividing its neighbourhood anew, and
//! all others stay as they are: the result is that of dividing all records.
//!
//! ```text
//! changed record ──► its keys ──► candidates ──► its edges ──► records that edges lead to, ...
//! ```

use karat_model::attribute::{AttributeSet, EntityType};
use karat_model::evidence::Weight;
use karat_model::table::{RecordNo, RecordTable};

use super::Matcher;
use super::block::{self, Blocks, Key};
use super::cluster::Edge;
use super::model::MatchModel;
use super::values::hash;

/// A key of a record under one of the blocking rules of its entity type, as a hash of 56 bits: two
/// records with one in common are a candidate pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockingKey(pub u64);

impl BlockingKey {
    const BITS: u32 = 56;

    /// `of_type` tells entity types apart.
    fn new(of_type: u64, rule: usize, key: Key) -> BlockingKey {
        let mixed = (of_type.wrapping_add(rule as u64) ^ u64::from(key))
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ mixed >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
        BlockingKey((mixed ^ mixed >> 32) >> (u64::BITS - Self::BITS))
    }
}

/// The keys of all records of a table under a model, each with its record.
pub fn blocking_keys(
    table: &RecordTable,
    attributes: &AttributeSet,
    model: &MatchModel,
) -> Vec<(BlockingKey, RecordNo)> {
    let filled = model.known_attributes(attributes);
    let asked = model.blocking_rules(attributes);
    let rules = block::rules(table.entity_type, attributes, &filled, &asked);
    let (phonetics, frozen) = (model.phonetics(), Some(model.frozen_blocks()));
    let scope = model.pair_scope();
    let blocks = Blocks::build(table, attributes, &rules, phonetics, scope, frozen, None);
    keys_of(&blocks, table.entity_type).collect()
}

fn keys_of(
    blocks: &Blocks,
    entity_type: EntityType,
) -> impl Iterator<Item = (BlockingKey, RecordNo)> + '_ {
    let of_type = hash(entity_type.name());
    let keys = blocks.keys();
    keys.map(move |(rule, key, record)| (BlockingKey::new(of_type, rule, key), record))
}

impl Matcher<'_> {
    /// The keys of all records, each with its record.
    pub fn keys(&self) -> impl Iterator<Item = (BlockingKey, RecordNo)> + '_ {
        keys_of(&self.blocks, self.table.entity_type)
    }

    /// The records of blocks that have become too large since the model was learnt, in order: the
    /// model of this matcher says so now, and all of them have other keys.
    pub fn outgrown(&self) -> &[RecordNo] {
        &self.blocks.outgrown
    }

    /// How many more records any block may take before its records have other keys.
    pub fn room(&self) -> usize {
        self.blocks.room
    }

    /// The pairs of some records, with each other and with all others, that weigh at least the
    /// review threshold; in order.
    pub fn edges_with(&self, records: &[RecordNo]) -> Vec<Edge> {
        let review = Weight(self.model.review_threshold);
        let mut scratch = self.scratch();
        let weighed = self.blocks.pairs_with(records).into_iter().map(|(left, right)| {
            let compared = self.matrix.compare(&self.comparisons, left, right, &mut scratch);
            Edge { left, right, weight: self.model.weigh(compared) }
        });
        weighed.filter(|edge| edge.weight >= review).collect()
    }

    /// The least weight of a pair that can put two records into one neighbourhood.
    pub fn near(&self) -> Weight {
        self.model.near()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use karat_model::attribute::AttributeId;
    use karat_model::decision::Standing;
    use karat_model::id::{RecordKey, SourceName};
    use karat_model::partition::Partition;
    use karat_model::table::TableBuilder;
    use proptest::prelude::*;

    use super::super::cluster::gate::Former;
    use super::super::fixture::{FAMILY, GIVEN, claims};
    use super::super::progress::Unwatched;
    use super::super::{Candidates, organisation_tests, tests};
    use super::*;

    fn person() -> impl Strategy<Value = String> {
        let date = prop::sample::select(vec!["1980-01-02", "1980-02-01", "1971-05-17", ""]);
        let email = prop::sample::select(vec!["anna0@post.example", "info@club.example", ""]);
        let city = prop::sample::select(vec!["Zwolle", "Breda", ""]);
        (0..4usize, 0..3usize, date, email, city).prop_map(|(given, family, date, email, city)| {
            format!("{}||{}||{date}|{email}|{city}", GIVEN[given], FAMILY[family])
        })
    }

    fn company() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec![
            "Arendhof Bouw",
            "Bouw Arendhof Breda",
            "Arendhof Holding",
            "Brakwater Breda",
            "Breda Media",
            "Media Zwolle",
        ]);
        let kvk = prop::sample::select(vec!["40000000", "40003571", ""]);
        let street = prop::sample::select(vec!["Dorpsstraat", "Kade", ""]);
        let city = prop::sample::select(vec!["Zwolle", "Breda", ""]);
        (name, kvk, street, city)
            .prop_map(|(name, kvk, street, city)| format!("{name}|BV|{kvk}||{street}|4||{city}|||"))
    }

    /// A table of records by their numbers among all.
    fn table(
        kind: EntityType,
        columns: &[AttributeId],
        rows: &[String],
        records: &[RecordNo],
    ) -> RecordTable {
        let source = SourceName::new("crm");
        let mut builder = TableBuilder::new(kind, &AttributeSet::builtin(), [source.clone()]);
        for &record in records {
            let key = RecordKey::new(source.clone(), &format!("{record:04}"));
            builder.push(&key, None, record.into(), &claims(&rows[record as usize], columns));
        }
        builder.finish()
    }

    /// The records that edges lead to, step by step.
    fn near(edges: &[Edge], from: RecordNo, weight_min: Weight) -> Vec<RecordNo> {
        let mut found = BTreeSet::from([from]);
        loop {
            let before = found.len();
            for edge in edges.iter().filter(|edge| edge.weight >= weight_min) {
                if found.contains(&edge.left) || found.contains(&edge.right) {
                    found.extend([edge.left, edge.right]);
                }
            }
            if found.len() == before {
                return found.into_iter().collect();
            }
        }
    }

    fn clusters(table: &RecordTable, partition: &Partition) -> BTreeSet<Vec<u64>> {
        let rows = |members: &[RecordNo]| members.iter().map(|&at| table.row(at)).collect();
        partition.clusters().map(rows).collect()
    }

    fn matcher<'a>(
        table: &'a RecordTable,
        attributes: &'a AttributeSet,
        model: &MatchModel,
    ) -> Matcher<'a> {
        Matcher::frozen(table, attributes, model.clone(), Candidates::Hopeful, &Unwatched)
    }

    /// Checks that each record has the same keys, edges and customer among few as among all.
    fn check(
        kind: EntityType,
        columns: &[AttributeId],
        model: &MatchModel,
        rows: &[String],
    ) -> Result<(), TestCaseError> {
        let attributes = AttributeSet::builtin();
        let everyone: Vec<RecordNo> = (0..rows.len() as RecordNo).collect();
        let whole = table(kind, columns, rows, &everyone);
        let mut all = matcher(&whole, &attributes, model);
        let found = all.partition(&Standing::default()).unwrap();
        prop_assert_eq!(&found.edges, &all.edges_with(&everyone));
        let expected = clusters(&whole, &found.partition);
        let edges_of =
            |edges: &[Edge], table: &RecordTable, record: u64| -> Vec<(u64, u64, Weight)> {
                let numbered =
                    |edge: &Edge| (table.row(edge.left), table.row(edge.right), edge.weight);
                let is_of = |edge: &(u64, u64, Weight)| edge.0 == record || edge.1 == record;
                edges.iter().map(numbered).filter(is_of).collect()
            };
        let keys_of = |matcher: &Matcher, record: RecordNo| -> BTreeSet<BlockingKey> {
            matcher.keys().filter(|(_, of)| *of == record).map(|(key, _)| key).collect()
        };
        for record in whole.records() {
            // Those that share a key with it are enough to find its edges.
            let keys = keys_of(&all, record);
            let sharing = all.keys().filter(|(key, _)| keys.contains(key));
            let mut candidates: Vec<RecordNo> = sharing.map(|(_, other)| other).collect();
            candidates.push(record);
            candidates.sort_unstable();
            candidates.dedup();
            let few = table(kind, columns, rows, &candidates);
            let at = candidates.binary_search(&record).unwrap() as RecordNo;
            let local = matcher(&few, &attributes, model);
            prop_assert_eq!(keys_of(&local, at), keys);
            prop_assert_eq!(
                edges_of(&local.edges_with(&[at]), &few, record.into()),
                edges_of(&found.edges, &whole, record.into())
            );
            // Those that its edges lead to are enough to find its customer.
            let near = near(&found.edges, record, model.near());
            let few = table(kind, columns, rows, &near);
            let local = matcher(&few, &attributes, model);
            let edges = local.edges_with(&few.records().collect::<Vec<_>>());
            let local = local.divide(edges, &Standing::default(), &Former::nothing());
            for cluster in clusters(&few, &local.partition) {
                prop_assert!(expected.contains(&cluster), "{:?} of {:?}", cluster, expected);
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn persons_are_judged_the_same_among_few_as_among_all(
            rows in prop::collection::vec(person(), 2..24)
        ) {
            let attributes = AttributeSet::builtin();
            let taught = tests::population();
            let taught = tests::people(taught.iter().map(String::as_str));
            let model = tests::train(&taught, &attributes).model;
            check(EntityType::Person, &tests::COLUMNS, &model, &rows)?;
        }

        #[test]
        fn organisations_are_judged_the_same_among_few_as_among_all(
            rows in prop::collection::vec(company(), 2..24)
        ) {
            let model = organisation_tests::taught();
            check(EntityType::Organisation, &organisation_tests::COLUMNS, &model, &rows)?;
        }
    }
}
