//! Compares gender.

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Different, Same};
use karat_model::table::{RecordNo, RecordTable};

use super::{Compare, Compared, Level, SILENT, Scope, Side, labels, level};
use crate::matching::cache::LevelCache;

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.03),
    level("same", "gelijk", Same, 0.97),
];

/// The comparison of gender.
pub struct Gender<'a> {
    table: &'a RecordTable,
}

impl<'a> Gender<'a> {
    /// Prepares the genders of a table.
    pub fn prepare(table: &'a RecordTable) -> Gender<'a> {
        Gender { table }
    }
}

impl Compare for Gender<'_> {
    fn name(&self) -> &str {
        "gender"
    }
    fn label(&self) -> [String; 2] {
        labels("Gender", "Geslacht")
    }
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }
    fn scope(&self) -> Scope {
        Scope::Own
    }
    fn width(&self) -> usize {
        1
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        fields[0] = self.table.column(AttributeId::GENDER).first(record);
    }
    fn compare(&self, left: Side, right: Side, _: &mut LevelCache) -> Compared {
        match (left.fields[0], right.fields[0]) {
            (0, _) | (_, 0) => Compared::SILENT,
            (a, b) => Compared::at(if a == b { 2 } else { 1 }),
        }
    }
    fn show(&self, record: RecordNo) -> String {
        self.table.value(record, AttributeId::GENDER).unwrap_or_default().to_string()
    }
}
