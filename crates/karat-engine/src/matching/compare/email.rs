//! Compares e-mail addresses.
//!
//! People change provider and keep their local part, and mistype a letter.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::{RecordNo, RecordTable};

use super::{Compare, Compared, FoldedColumn, Level, SILENT, Scope, Side, labels, level, only};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::similarity::{edits, jaro_winkler};
use crate::matching::values::TermCounts;

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.25),
    level("alike", "lijkt erop", Close, 0.05),
    level(
        "one or two letters off, or another provider",
        "één of twee letters anders, of andere provider",
        Close,
        0.10,
    ),
    level("same", "gelijk", Same, 0.60),
];

/// The comparison of e-mail addresses.
pub struct Email<'a> {
    addresses: FoldedColumn<'a>,
}

impl<'a> Email<'a> {
    /// Prepares the e-mail addresses of a table.
    pub fn prepare(
        table: &'a RecordTable,
        frozen: &dyn Fn(&str) -> Option<Vec<Arc<TermCounts>>>,
    ) -> Email<'a> {
        let frozen = frozen("email").and_then(only);
        Email { addresses: FoldedColumn::prepare(table, AttributeId::EMAIL, fold::exact, frozen) }
    }

    fn compare_addresses(&self, left: u32, right: u32, cache: &mut LevelCache) -> Compared {
        if left == right {
            return Compared::rare(4, self.addresses.rarity(left));
        }
        let values = &self.addresses.values;
        Compared::at(cache.level(left, right, || {
            // Local parts may agree where providers differ, so the bound is loose.
            let may_be_close = values.may_reach(left, right, 700);
            if may_be_close { level_of(values.text(left), values.text(right)) } else { 1 }
        }))
    }
}

/// The level of two different addresses.
fn level_of(left: &str, right: &str) -> u8 {
    let local = |address: &str| address.split('@').next().map_or(0, str::len);
    let (left_local, right_local) = (&left[..local(left)], &right[..local(right)]);
    let long_enough = left_local.len() >= 5;
    if left_local == right_local && long_enough {
        return 3;
    }
    let alike = jaro_winkler(left_local.as_bytes(), right_local.as_bytes());
    match edits(left.as_bytes(), right.as_bytes(), 2) {
        Some(_) if long_enough => 3,
        Some(1) => 3,
        _ if alike >= 900 => 2,
        _ => 1,
    }
}

impl Compare for Email<'_> {
    fn name(&self) -> &str {
        "email"
    }
    fn label(&self) -> [String; 2] {
        labels("E-mail", "E-mail")
    }
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }
    fn scope(&self) -> Scope {
        Scope::Shared
    }
    fn width(&self) -> usize {
        2
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.addresses.fill(record, fields);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        self.addresses.best(left, right, |a, b| self.compare_addresses(a, b, cache))
    }
    fn show(&self, record: RecordNo) -> String {
        self.addresses.show(record)
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.addresses.counts.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_and_other_providers_count() {
        for (left, right, expected) in [
            ("anna.visser@x.nl", "anna.visser@y.nl", 3),
            ("anna.visser@x.nl", "ana.visser@x.nl", 3),
            ("anna.visser@x.nl", "anna.vissers85@y.nl", 2),
            ("jan@x.nl", "jan@y.nl", 3),
            ("jan@x.nl", "jan@provider.nl", 2),
            ("anna.visser@x.nl", "p.bakker@x.nl", 1),
        ] {
            assert_eq!(level_of(left, right), expected, "{left} {right}");
        }
    }
}
