//! Conflicts: values of which a customer has one, and that contradict each other all the same.
//!
//! Only values of high quality count: valid in every record that says them, and plainly different
//! in the eyes of their comparison, so that a typing error is no conflict.

use std::cmp::Reverse;

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::claim::Validity;
use karat_model::evidence::Agreement;
use karat_model::partition::Conflict;
use karat_model::table::{NO_VALUE, RecordNo, RecordTable, ValueCode};

use crate::matching::Matcher;
use crate::matching::compare::Compare;
use crate::matching::matrix::Scratch;
use crate::matching::model::GateModel;

/// Attributes of which a customer has one value, whether or not the gate holds clusters for them.
/// Of accounts, phones, addresses and the numbers that a company gives out a customer can have
/// several.
const SINGLE_VALUED: [AttributeId; 3] =
    [AttributeId::BIRTH_DATE, AttributeId::KVK_NUMBER, AttributeId::VAT_NUMBER];

/// An attribute of which a customer has one value.
pub(in crate::matching) struct SingleValued {
    pub attribute: AttributeId,
    /// The number of its comparison.
    comparison: usize,
    /// Whether the gate holds clusters for it.
    pub holds: bool,
}

impl SingleValued {
    /// Those of a table that have a comparison.
    pub fn all(
        table: &RecordTable,
        attributes: &AttributeSet,
        comparisons: &[Box<dyn Compare + '_>],
        gate: &GateModel,
    ) -> Vec<SingleValued> {
        let gated = gate.settings(attributes).single_valued;
        let more = gated.iter().copied().filter(|id| !SINGLE_VALUED.contains(id));
        // The numbers of a company with the records of its people are no numbers of theirs.
        let of_companies = [AttributeId::KVK_NUMBER, AttributeId::VAT_NUMBER];
        let applies = |id: &AttributeId| {
            table.entity_type == EntityType::Organisation || !of_companies.contains(id)
        };
        let all = SINGLE_VALUED.into_iter().chain(more).filter(applies);
        let single_valued = all.filter_map(|attribute| {
            let name = &attributes.get(attribute).name;
            let comparison = comparisons.iter().position(|known| known.name() == name)?;
            Some(SingleValued { attribute, comparison, holds: gated.contains(&attribute) })
        });
        single_valued.collect()
    }
}

/// Records of a cluster that say one value, and records that say another that contradicts it.
pub(in crate::matching) struct Clash {
    pub left: Vec<RecordNo>,
    pub right: Vec<RecordNo>,
}

impl Clash {
    /// How many records say the value that fewer say.
    pub fn confirmed_by(&self) -> u32 {
        self.left.len().min(self.right.len()) as u32
    }
}

impl Matcher<'_> {
    /// The values of an attribute within a cluster that contradict each other.
    pub(in crate::matching) fn clashes(
        &self,
        single: &SingleValued,
        members: &[RecordNo],
        scratch: &mut Scratch,
    ) -> Vec<Clash> {
        let said = self.said(single, members);
        let mut clashes = Vec::new();
        let slips: Vec<bool> =
            said.iter().map(|value| self.is_slip(single, value, &said, scratch)).collect();
        for (at, left) in said.iter().enumerate() {
            for (other, right) in said.iter().enumerate().skip(at + 1) {
                let are_meant = !slips[at] && !slips[other];
                if are_meant && self.contradict(single, left[0], right[0], scratch) {
                    clashes.push(Clash { left: left.clone(), right: right.clone() });
                }
            }
        }
        clashes
    }

    /// The conflicts within a cluster: per attribute the one that most records confirm.
    pub(super) fn conflicts(&self, members: &[RecordNo], scratch: &mut Scratch) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        for single in &self.single_valued {
            let clashes = self.clashes(single, members, scratch);
            // Of equally confirmed ones the first.
            let worst = clashes.iter().min_by_key(|clash| Reverse(clash.confirmed_by()));
            conflicts.extend(worst.map(|clash| Conflict {
                attribute: single.attribute,
                left: clash.left[0].min(clash.right[0]),
                right: clash.left[0].max(clash.right[0]),
                confirmed_by: clash.confirmed_by(),
            }));
        }
        conflicts
    }

    /// Records by the value that they say, where there are several.
    fn said(&self, single: &SingleValued, members: &[RecordNo]) -> Vec<Vec<RecordNo>> {
        let mut known = members.iter().filter_map(|&record| self.sure_value(single, record));
        let first = known.next();
        if known.all(|code| Some(code) == first) {
            return Vec::new();
        }
        let mut said: Vec<(ValueCode, Vec<RecordNo>)> = Vec::new();
        for &record in members {
            let Some(code) = self.sure_value(single, record) else { continue };
            match said.iter_mut().find(|(known, _)| *known == code) {
                Some((_, records)) => records.push(record),
                None => said.push((code, vec![record])),
            }
        }
        said.into_iter().map(|(_, records)| records).collect()
    }

    /// Whether a value is like one that more records say: then it is that one with a slip.
    fn is_slip(
        &self,
        single: &SingleValued,
        value: &[RecordNo],
        said: &[Vec<RecordNo>],
        scratch: &mut Scratch,
    ) -> bool {
        said.iter().any(|other| {
            other.len() > value.len() && !self.contradict(single, value[0], other[0], scratch)
        })
    }

    /// Per value that some records say the first that says it.
    pub(super) fn saying(&self, single: &SingleValued, members: &[RecordNo]) -> Vec<RecordNo> {
        let mut said: Vec<(ValueCode, RecordNo)> = members
            .iter()
            .filter_map(|&record| Some((self.sure_value(single, record)?, record)))
            .collect();
        said.sort_unstable();
        said.dedup_by_key(|(code, _)| *code);
        said.into_iter().map(|(_, record)| record).collect()
    }

    /// The value that a record says; not one that it doubts, and not one of several.
    fn sure_value(&self, single: &SingleValued, record: RecordNo) -> Option<ValueCode> {
        let column = self.table.column(single.attribute);
        let code = column.first(record);
        let is_sure = code != NO_VALUE
            && column.more(record).is_empty()
            && column.validity(record, 0, code) == Validity::Valid;
        is_sure.then_some(code)
    }

    /// Whether the values of two records are plainly different.
    pub(super) fn contradict(
        &self,
        single: &SingleValued,
        left: RecordNo,
        right: RecordNo,
        scratch: &mut Scratch,
    ) -> bool {
        let may_both_be_right = match single.attribute {
            AttributeId::VAT_NUMBER => !self.are_of_one_country(left, right),
            AttributeId::BIRTH_DATE => self.are_years_close(left, right),
            _ => false,
        };
        if may_both_be_right {
            return false;
        }
        let compared = self.matrix.compare(&self.comparisons, left, right, scratch);
        let level = compared[single.comparison].level as usize;
        self.comparisons[single.comparison].levels()[level].agreement == Agreement::Different
    }

    /// A company may have a VAT number in each country.
    fn are_of_one_country(&self, left: RecordNo, right: RecordNo) -> bool {
        let country = |record| self.table.value(record, AttributeId::VAT_NUMBER)?.get(..2);
        country(left) == country(right)
    }

    /// Years that are one digit off are a slip, even if the day or the month is another one: who
    /// makes one slip easily makes two.
    fn are_years_close(&self, left: RecordNo, right: RecordNo) -> bool {
        let year = |record| self.table.value(record, AttributeId::BIRTH_DATE)?.get(..4);
        let Some((left, right)) = year(left).zip(year(right)) else { return false };
        left.bytes().zip(right.bytes()).filter(|(a, b)| a != b).count() < 2
    }
}
