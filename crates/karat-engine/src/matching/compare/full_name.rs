//! How rare given name and family name are together.
//!
//! The two go together: most who are called Ayşe have a Turkish family name too, so that the shares
//! of both multiplied are far less than the share of those who have both. What a family name adds
//! to a given name is how rare it is among those who have that given name. That is known of full
//! names that more than two customers have; any other is taken for two names that met by chance.

use std::sync::Arc;

use karat_model::table::{NO_VALUE, RecordNo};
use rustc_hash::FxHashMap;

use crate::matching::values::{Fold, Holders, Rarities, TermCounts, ValueSet, hash};

/// The number of a full name; 0 where one of both names is missing.
pub type FullName = u32;

/// A full name among millions may be rarer than any one value: forty bits.
const RARITY_MAX: i32 = 40 * 256;

/// The full names of all records.
pub struct FullNames {
    of_record: Vec<FullName>,
    /// Per full name, from number 1, its first given name and its family name.
    parts: Vec<(Fold, Fold)>,
}

/// How rare full names are; they are not known before customers are.
#[derive(Default)]
pub struct FullNameRarities {
    /// How rare each is.
    pub together: Rarities,
    /// How rare given names are by themselves.
    given: Option<Rarities>,
}

impl FullNames {
    /// Numbers the first given names with the family names of all records.
    pub fn number(names: impl Iterator<Item = (Fold, Fold)>) -> FullNames {
        let mut number_of: FxHashMap<(Fold, Fold), FullName> = FxHashMap::default();
        let mut parts = Vec::new();
        let of_record = names.map(|name| match name {
            (NO_VALUE, _) | (_, NO_VALUE) => 0,
            _ => *number_of.entry(name).or_insert_with(|| {
                parts.push(name);
                parts.len() as FullName
            }),
        });
        FullNames { of_record: of_record.collect(), parts }
    }

    /// The full name of a record.
    pub fn of(&self, record: RecordNo) -> FullName {
        self.of_record[record as usize]
    }

    /// Counts how many customers have each, given how rare given names are by themselves.
    pub fn count(
        &self,
        values: &ValueSet,
        customers: Holders,
        given: Rarities,
    ) -> FullNameRarities {
        let of = |record, found: &mut Vec<Fold>| found.push(self.of(record));
        let hash = |full: FullName| self.hash(values, full);
        let together = Rarities::count_numbered(self.parts.len(), customers, RARITY_MAX, of, hash);
        FullNameRarities { together, given: Some(given) }
    }

    /// Those that a model has counts of.
    pub fn of_model(&self, counts: Arc<TermCounts>, given: Rarities) -> FullNameRarities {
        let together = Rarities::of_model_numbered(counts, self.parts.len(), RARITY_MAX);
        FullNameRarities { together, given: Some(given) }
    }

    fn hash(&self, values: &ValueSet, full: FullName) -> u64 {
        let (first, last) = self.parts[full as usize - 1];
        hash(&format!("{}\n{}", values.text(first), values.text(last)))
    }
}

impl FullNameRarities {
    /// How rare the family name is among those who have the given name, in 1/256 bit, if that is
    /// less rare than by itself; `None` without a full name, and as long as they were not counted.
    pub fn beside_given(
        &self,
        names: &FullNames,
        values: &ValueSet,
        full: FullName,
        by_itself: i32,
    ) -> Option<i32> {
        let given = self.given.as_ref().filter(|_| full != 0)?;
        let together = self.together.of_numbered(full, || names.hash(values, full));
        let is_counted = together < self.together.counts.rarest;
        if !is_counted {
            return Some(by_itself);
        }
        let (first, _) = names.parts[full as usize - 1];
        Some((together - given.of(values, first)).min(by_itself))
    }
}

#[cfg(test)]
mod tests {
    use karat_model::partition::Partition;

    use super::*;

    #[test]
    fn names_that_go_together_say_less_than_both_by_themselves() {
        let mut values = ValueSet::default();
        let mut fold = |text: &str| values.add(text);
        let (ayse, celik, jan) = (fold("ayse"), fold("celik"), fold("jan"));
        // Eight customers of a hundred are called Ayşe Çelik, as all who are called Ayşe; two of
        // those who are called Jan are called Çelik too.
        let mut names = vec![(ayse, celik); 8];
        names.extend([(jan, celik); 2]);
        names.extend((0..90).map(|at| (jan, fold(&format!("family {at}")))));
        let full = FullNames::number(names.iter().copied());
        let customers = Partition::from_labels(&(0..100).collect::<Vec<u32>>());
        let by_itself = |name_of: &dyn Fn(RecordNo) -> Fold| {
            let of = |record, found: &mut Vec<Fold>| found.push(name_of(record));
            Rarities::count(&values, Holders::Customers(&customers), of)
        };
        let given = || by_itself(&|record| names[record as usize].0);
        let family = by_itself(&|record| names[record as usize].1);
        let counted = full.count(&values, Holders::Customers(&customers), given());
        let beside_given = |rarities: &FullNameRarities, record: RecordNo| {
            let by_itself = family.of(&values, names[record as usize].1);
            rarities.beside_given(&full, &values, full.of(record), by_itself)
        };
        let of_celik = family.of(&values, celik);
        assert_eq!(beside_given(&counted, 0), Some(0), "who is called Ayşe is called Çelik anyway");
        assert_eq!(beside_given(&counted, 8), Some(of_celik), "two may have met by chance");

        let of_model = full.of_model(counted.together.counts.clone(), given());
        for record in 0..100 {
            assert_eq!(beside_given(&of_model, record), beside_given(&counted, record));
        }
    }

    #[test]
    fn a_name_without_its_half_is_no_full_name() {
        let full = FullNames::number([(1, 2), (0, 2), (1, 0), (1, 2)].into_iter());
        assert_eq!((0..4).map(|record| full.of(record)).collect::<Vec<_>>(), [1, 0, 0, 1]);
        let not_counted = FullNameRarities::default();
        assert_eq!(not_counted.beside_given(&full, &ValueSet::default(), 1, 9), None);
    }
}
