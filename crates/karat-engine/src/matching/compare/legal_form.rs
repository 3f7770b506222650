//! Compares the legal forms of companies.
//!
//! At the same name a BV is seldom the NV; but clerks mistake forms, and companies change theirs.
//! A form that is not known says nothing.

use karat_model::attribute::{Attribute, AttributeId};
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::RecordTable;

use super::column::{ColumnComparison, FoldedColumn, only};
use super::{Frozen, Level, SILENT, Scope, level};
use crate::matching::fold;

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.08),
    level(
        "the same in another language, or its successor",
        "hetzelfde in een andere taal, of de opvolger ervan",
        Close,
        0.02,
    ),
    level("same", "gelijk", Same, 0.90),
];
const DIFFERENT: u8 = 1;
const SUCCESSOR: u8 = 2;

/// Forms that are one form in another language, or that one became by law; without spaces.
///
/// Sources: the Belgian Code of companies and associations (2019), which made of the BVBA (SPRL)
/// the BV (SRL) and of the CVBA (SCRL) the CV (SC), and of the ASBL the VZW; a German UG may become
/// a GmbH (GmbHG, section 5a).
const FAMILIES: [&[&str]; 6] = [
    &["bv", "bvba", "sprl", "srl"],
    &["cv", "cvba", "scrl"],
    &["nv", "sa"],
    &["vzw", "asbl"],
    &["ug", "gmbh"],
    &["cooperatie", "cooperatieua", "cooperatieba", "cooperatiewa"],
];

/// The comparison of legal forms.
pub fn compare<'a>(
    table: &'a RecordTable,
    id: AttributeId,
    attribute: &Attribute,
    frozen: Frozen,
) -> ColumnComparison<'a> {
    let frozen = only(frozen, &attribute.name);
    ColumnComparison {
        name: attribute.name.clone(),
        label: [attribute.english.clone(), attribute.dutch.clone()],
        levels: LEVELS,
        scope: Scope::Own,
        is_anchor: false,
        column: FoldedColumn::prepare(table, id, fold::code, frozen),
        silenced_by_doubt: None,
        level_of: |values, left, right, cache| {
            let (left, right) = (left.fold, right.fold);
            cache.level(left, right, || level_of(values.text(left), values.text(right)))
        },
    }
}

/// The level of two different forms.
fn level_of(left: &str, right: &str) -> u8 {
    let are_of = |family: &&[&str]| family.contains(&left) && family.contains(&right);
    if FAMILIES.iter().any(are_of) { SUCCESSOR } else { DIFFERENT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_have_other_names() {
        for (left, right, expected) in [
            ("bv", "bvba", SUCCESSOR),
            ("sprl", "srl", SUCCESSOR),
            ("nv", "sa", SUCCESSOR),
            ("cooperatie", "cooperatieua", SUCCESSOR),
            ("bv", "nv", DIFFERENT),
            ("gmbh", "gmbhcokg", DIFFERENT),
            ("vof", "eenmanszaak", DIFFERENT),
        ] {
            assert_eq!(level_of(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn a_form_is_in_one_family() {
        let mut forms: Vec<&str> = FAMILIES.concat();
        let count = forms.len();
        forms.sort_unstable();
        forms.dedup();
        assert_eq!(forms.len(), count);
    }
}
