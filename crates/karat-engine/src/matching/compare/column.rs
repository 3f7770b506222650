//! Compares the values of one attribute: the best of all pairs of values of two records.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::table::{RecordNo, RecordTable};

use super::{Compare, Compared, Frozen, Level, Scope, Side, Terms};
use crate::matching::cache::LevelCache;
use crate::matching::values::{Fold, Holders, Rarities, TermCounts, Value, ValueSet};

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
    /// Whether an authority gives each customer one value.
    pub is_anchor: bool,
    /// The values.
    pub column: FoldedColumn<'a>,
    /// The level that says nothing when one of the two values is doubtful.
    pub silenced_by_doubt: Option<u8>,
    /// The level of two different values.
    pub level_of: fn(&ValueSet, Value, Value, &mut LevelCache) -> u8,
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
    fn is_anchor(&self) -> bool {
        self.is_anchor
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
            if a.fold == b.fold {
                return Compared::rare(same, self.column.rarity(a.fold));
            }
            let level = (self.level_of)(&self.column.values, a, b, cache);
            let is_silenced = self.silenced_by_doubt == Some(level)
                && (self.column.is_doubtful(left.record, a.fold)
                    || self.column.is_doubtful(right.record, b.fold));
            if is_silenced { Compared::SILENT } else { Compared::at(level) }
        })
    }
    fn show(&self, record: RecordNo) -> String {
        self.column.show(record)
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.column.rarities.counts.clone()]
    }
    fn terms(&self) -> Vec<Terms<'_>> {
        vec![self.column.terms(self.label.clone(), self.levels.len() as u8 - 1)]
    }
    fn count(&mut self, holders: Holders) {
        self.column.count(holders);
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
    pub rarities: Rarities,
}

impl<'a> FoldedColumn<'a> {
    /// How many numbers are kept per record: the first value, and whether there are more.
    pub const WIDTH: usize = Value::WIDTH + 1;
    const MORE: usize = Value::WIDTH;

    /// Folds the values of an attribute, and counts them unless a model has counts.
    pub fn prepare(
        table: &'a RecordTable,
        attribute: AttributeId,
        fold: fn(&str) -> String,
        frozen: Option<Arc<TermCounts>>,
    ) -> FoldedColumn<'a> {
        let mut values = ValueSet::default();
        let folds = values.add_all(table.dictionary(attribute), fold);
        let mut column =
            FoldedColumn { table, attribute, values, folds, rarities: Rarities::default() };
        match frozen {
            Some(counts) => column.rarities = Rarities::of_model(counts, &column.values),
            None => column.count(Holders::Unknown(table.len())),
        }
        column
    }

    /// Counts how many holders have each value.
    pub fn count(&mut self, holders: Holders) {
        self.rarities = Rarities::count(&self.values, holders, |record, found| {
            found.extend(self.all(record));
        });
    }

    /// The folded value of a record in slot 0.
    pub fn first(&self, record: RecordNo) -> Fold {
        self.folds[self.table.column(self.attribute).first(record) as usize]
    }

    /// Whether a record has values in further slots.
    pub fn has_more(&self, record: RecordNo) -> bool {
        !self.table.column(self.attribute).more(record).is_empty()
    }

    /// The folded values of a record.
    pub fn all(&self, record: RecordNo) -> impl Iterator<Item = Fold> + '_ {
        let column = self.table.column(self.attribute);
        column.values(record).map(|(_, code)| self.folds[code as usize])
    }

    /// Whether a record claims a value only with doubts.
    fn is_doubtful(&self, record: RecordNo, fold: Fold) -> bool {
        let column = self.table.column(self.attribute);
        column.has_doubtful(record)
            && !column.values(record).any(|(slot, code)| {
                self.folds[code as usize] == fold
                    && column.validity(record, slot, code) == Validity::Valid
            })
    }

    /// How rare a value is, in 1/256 bit.
    pub fn rarity(&self, fold: Fold) -> i32 {
        self.rarities.of(&self.values, fold)
    }

    /// The values with how many customers have them; agreement on them reaches the level.
    pub fn terms(&self, label: [String; 2], level: u8) -> Terms<'_> {
        let column = self.table.column(self.attribute);
        let show = move |record, fold: Fold| {
            let mut codes = column.values(record).map(|(_, code)| code);
            let code = codes.find(|&code| self.folds[code as usize] == fold);
            code.map_or("", |code| self.table.dictionary(self.attribute).value(code)).to_string()
        };
        Terms {
            label,
            level,
            values: &self.values,
            rarities: &self.rarities,
            of: Box::new(|record, found| found.extend(self.all(record))),
            show: Box::new(show),
        }
    }

    /// The values of a record as people read them.
    pub fn show(&self, record: RecordNo) -> String {
        let column = self.table.column(self.attribute);
        let dictionary = self.table.dictionary(self.attribute);
        let values: Vec<&str> =
            column.values(record).map(|(_, code)| dictionary.value(code)).collect();
        values.join(", ")
    }

    /// The best of all pairs of values of two records.
    pub fn best(
        &self,
        left: Side,
        right: Side,
        mut compare: impl FnMut(Value, Value) -> Compared,
    ) -> Compared {
        let are_single = left.fields[Self::MORE] == 0 && right.fields[Self::MORE] == 0;
        if are_single {
            let [first, other] = [left, right].map(|side| Value::from_fields(side.fields));
            let are_known = first.is_known() && other.is_known();
            return if are_known { compare(first, other) } else { Compared::SILENT };
        }
        let value = |fold| self.values.value(fold);
        self.best_of_all(left.record, right.record, |a, b| compare(value(a), value(b)))
    }

    /// The best of all pairs of values of two records of which one has several.
    pub fn best_of_all(
        &self,
        left: RecordNo,
        right: RecordNo,
        mut compare: impl FnMut(Fold, Fold) -> Compared,
    ) -> Compared {
        // Eight by eight is plenty; a record with more values is a shared mailbox, not a person.
        const VALUES_MAX: usize = 8;
        let mut best = Compared::SILENT;
        for a in self.all(left).take(VALUES_MAX) {
            for b in self.all(right).take(VALUES_MAX) {
                best = best.or(compare(a, b));
            }
        }
        best
    }

    /// Writes the numbers of a record.
    pub fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        let first = self.values.value(self.first(record));
        fields[..Value::WIDTH].copy_from_slice(&first.to_fields());
        fields[Self::MORE] = u32::from(self.has_more(record));
    }
}

/// The only value counts of a comparison that keeps one set.
pub fn only(frozen: Frozen, name: &str) -> Option<Arc<TermCounts>> {
    frozen(name)?.pop()
}
