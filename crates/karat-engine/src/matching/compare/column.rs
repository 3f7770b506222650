//! Compares the values of one attribute: the best of all pairs of values of two records.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::partition::Partition;
use karat_model::table::{RecordNo, RecordTable};

use super::{Compare, Compared, Frozen, Level, Scope, Side};
use crate::matching::cache::LevelCache;
use crate::matching::values::{Fold, TermCounts, ValueSet};

/// A comparison of one attribute whose equal values reach the highest level.
pub struct ColumnComparison<'a> {
    /// The name in the match model.
    pub name: String,
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// The levels, silence first.
    pub levels: &'static [Level],
    /// Whom a value that agrees can belong to.
    pub scope: Scope,
    /// The values.
    pub column: FoldedColumn<'a>,
    /// The level of two different values.
    pub level_of: fn(&ValueSet, Fold, Fold) -> u8,
}

impl Compare for ColumnComparison<'_> {
    fn name(&self) -> &str {
        &self.name
    }
    fn label(&self) -> [String; 2] {
        self.label.clone()
    }
    fn levels(&self) -> &'static [Level] {
        self.levels
    }
    fn scope(&self) -> Scope {
        self.scope
    }
    fn width(&self) -> usize {
        FoldedColumn::WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.column.fill(record, fields);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        let same = self.levels.len() as u8 - 1;
        self.column.best(left, right, |a, b| {
            if a == b {
                return Compared::rare(same, self.column.rarity(a));
            }
            Compared::at(cache.level(a, b, || (self.level_of)(&self.column.values, a, b)))
        })
    }
    fn show(&self, record: RecordNo) -> String {
        self.column.show(record)
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.column.counts.clone()]
    }
    fn count_by_customer(&mut self, customers: &Partition) {
        self.column.count(&|record| customers.cluster_of(record));
    }
}

/// The folded values of one attribute, and the value of each record in it.
#[derive(Debug)]
pub struct FoldedColumn<'a> {
    table: &'a RecordTable,
    attribute: AttributeId,
    /// The distinct folded values.
    pub values: ValueSet,
    /// Per value code of the attribute's dictionary.
    folds: Vec<Fold>,
    /// How often each occurs.
    pub counts: Arc<TermCounts>,
    rarities: Vec<i32>,
}

impl<'a> FoldedColumn<'a> {
    /// How many numbers are kept per record: the first value, and whether there are more.
    pub const WIDTH: usize = 2;

    /// Folds the values of an attribute, and counts them unless a model has counts.
    pub fn prepare(
        table: &'a RecordTable,
        attribute: AttributeId,
        fold: fn(&str) -> String,
        frozen: Option<Arc<TermCounts>>,
    ) -> FoldedColumn<'a> {
        let mut values = ValueSet::default();
        let folds = values.add_all(table.dictionary(attribute), fold);
        let counts = frozen.clone().unwrap_or_default();
        let rarities = counts.rarities(&values);
        let mut column = FoldedColumn { table, attribute, values, folds, counts, rarities };
        if frozen.is_none() {
            column.count(&|record| record);
        }
        column
    }

    /// Counts how many customers have each value.
    pub fn count(&mut self, customer: &dyn Fn(RecordNo) -> u32) {
        self.counts = Arc::new(TermCounts::of(&self.values, self.held(customer)));
        self.rarities = self.counts.rarities(&self.values);
    }

    /// The values of all records, each with its customer.
    pub fn held(&self, customer: &dyn Fn(RecordNo) -> u32) -> Vec<(Fold, u32)> {
        let records = self.table.records();
        let held = records.flat_map(|record| self.all(record).map(move |fold| (fold, record)));
        held.map(|(fold, record)| (fold, customer(record))).collect()
    }

    /// The folded value of a record in slot 0.
    fn first(&self, record: RecordNo) -> Fold {
        self.folds[self.table.column(self.attribute).first(record) as usize]
    }

    fn has_more(&self, record: RecordNo) -> bool {
        !self.table.column(self.attribute).more(record).is_empty()
    }

    fn all(&self, record: RecordNo) -> impl Iterator<Item = Fold> + '_ {
        let column = self.table.column(self.attribute);
        column.values(record).map(|(_, code)| self.folds[code as usize])
    }

    /// How rare a value is, in 1/256 bit.
    pub fn rarity(&self, fold: Fold) -> i32 {
        self.rarities[fold as usize]
    }

    /// The values of a record as people read them.
    pub fn show(&self, record: RecordNo) -> String {
        let column = self.table.column(self.attribute);
        let dictionary = self.table.dictionary(self.attribute);
        let values: Vec<&str> =
            column.values(record).map(|(_, code)| dictionary.value(code)).collect();
        values.join(", ")
    }

    /// The best of all pairs of values of two records; fields are the first value and a flag for more.
    pub fn best(
        &self,
        left: Side,
        right: Side,
        mut compare: impl FnMut(Fold, Fold) -> Compared,
    ) -> Compared {
        let mut compare =
            |a: Fold, b: Fold| if a == 0 || b == 0 { Compared::SILENT } else { compare(a, b) };
        let single = left.fields[1] == 0 && right.fields[1] == 0;
        if single {
            return compare(left.fields[0], right.fields[0]);
        }
        // Eight by eight is plenty; a record with more values is a shared mailbox, not a person.
        let mut best = Compared::SILENT;
        for a in self.all(left.record).take(8) {
            for b in self.all(right.record).take(8) {
                best = best.or(compare(a, b));
            }
        }
        best
    }

    /// Writes the numbers of a record.
    pub fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        fields[0] = self.first(record);
        fields[1] = u32::from(self.has_more(record));
    }
}

/// The only value counts of a comparison that keeps one set.
pub fn only(frozen: Frozen, name: &str) -> Option<Arc<TermCounts>> {
    frozen(name)?.pop()
}
