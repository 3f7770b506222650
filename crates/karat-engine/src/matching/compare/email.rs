//! Compares e-mail addresses.
//!
//! People change provider and keep their local part, and mistype a letter.

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::RecordTable;

use super::column::{ColumnComparison, FoldedColumn, only};
use super::{Frozen, Level, SILENT, Scope, labels, level};
use crate::matching::fold;
use crate::matching::similarity::{edits, jaro_winkler};
use crate::matching::values::{Fold, ValueSet};

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
pub fn compare<'a>(table: &'a RecordTable, frozen: Frozen) -> ColumnComparison<'a> {
    let frozen = only(frozen, "email");
    ColumnComparison {
        name: "email".to_string(),
        label: labels("E-mail", "E-mail"),
        levels: LEVELS,
        scope: Scope::Shared,
        column: FoldedColumn::prepare(table, AttributeId::EMAIL, fold::exact, frozen),
        level_of: compare_addresses,
    }
}

fn compare_addresses(addresses: &ValueSet, left: Fold, right: Fold) -> u8 {
    // Local parts may agree where providers differ, so the bound is loose.
    let may_be_close = addresses.may_reach(left, right, 700);
    if may_be_close { level_of(addresses.text(left), addresses.text(right)) } else { 1 }
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
