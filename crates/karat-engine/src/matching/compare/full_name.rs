//! How rare given name and family name are together.
//!
//! The two go together: most who are called Ayşe have a Turkish family name too, so that the shares
//! of both multiplied are far less than the share of those who have both. What a family name adds
//! to a given name is how rare it is among those who have that given name. That is known of full
//! names that more than two customers have; any other is taken for two names that met by chance.

use std::sync::Arc;

use karat_model::table::{NO_VALUE, RecordNo};
use rustc_hash::FxHashMap;

use crate::matching::values::{Fold, Holders, TermCounts, ValueSet, hash};

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

/// How rare full names are.
#[derive(Default)]
pub struct FullNameRarity {
    /// How many customers have each.
    pub counts: Arc<TermCounts>,
    /// Per full name how rare the family name is among those who have the given name, in 1/256 bit.
    beside_given: Vec<i32>,
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

    /// Counts how many customers have each, given how rare the parts are by themselves.
    pub fn count(
        &self,
        values: &ValueSet,
        customers: Holders,
        given: &[i32],
        family: &[i32],
    ) -> FullNameRarity {
        let of = |record, found: &mut Vec<Fold>| found.push(self.of(record));
        let hash = |full: FullName| self.hash(values, full);
        let (counts, rarities) =
            TermCounts::count_numbered(self.parts.len(), customers, RARITY_MAX, of, hash);
        self.beside_given(Arc::new(counts), &rarities, given, family)
    }

    /// The counts of a model.
    pub fn counted(
        &self,
        values: &ValueSet,
        counts: Arc<TermCounts>,
        given: &[i32],
        family: &[i32],
    ) -> FullNameRarity {
        let rarity = |full| counts.rarity_of(self.hash(values, full), RARITY_MAX);
        let of_all = (1..=self.parts.len() as FullName).map(rarity);
        let rarities: Vec<i32> = std::iter::once(0).chain(of_all).collect();
        self.beside_given(counts, &rarities, given, family)
    }

    fn beside_given(
        &self,
        counts: Arc<TermCounts>,
        rarities: &[i32],
        given: &[i32],
        family: &[i32],
    ) -> FullNameRarity {
        let rarest = counts.rarest;
        let beside_given = |((first, last), &together): (&(Fold, Fold), &i32)| {
            let by_itself = family[*last as usize];
            let is_counted = together < rarest;
            if is_counted { (together - given[*first as usize]).min(by_itself) } else { by_itself }
        };
        let of_all = self.parts.iter().zip(&rarities[1..]).map(beside_given);
        let beside_given = std::iter::once(0).chain(of_all).collect();
        FullNameRarity { counts, beside_given }
    }

    fn hash(&self, values: &ValueSet, full: FullName) -> u64 {
        let (first, last) = self.parts[full as usize - 1];
        hash(&format!("{}\n{}", values.text(first), values.text(last)))
    }
}

impl FullNameRarity {
    /// How rare the family name is among those who have the given name, in 1/256 bit; `None` as
    /// long as it was not counted.
    pub fn beside_given(&self, full: FullName) -> Option<i32> {
        self.beside_given.get(full as usize).copied().filter(|_| full != 0)
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
            TermCounts::count(&values, Holders::Customers(&customers), of).1
        };
        let given = by_itself(&|record| names[record as usize].0);
        let family = by_itself(&|record| names[record as usize].1);
        let counted = full.count(&values, Holders::Customers(&customers), &given, &family);
        let beside_given = |record: RecordNo| counted.beside_given(full.of(record));
        assert_eq!(beside_given(0), Some(0), "who is called Ayşe is called Çelik anyway");
        assert_eq!(beside_given(8), Some(family[celik as usize]), "two may have met by chance");

        let frozen = full.counted(&values, counted.counts.clone(), &given, &family);
        assert_eq!(frozen.beside_given, counted.beside_given);
    }

    #[test]
    fn a_name_without_its_half_is_no_full_name() {
        let full = FullNames::number([(1, 2), (0, 2), (1, 0), (1, 2)].into_iter());
        assert_eq!((0..4).map(|record| full.of(record)).collect::<Vec<_>>(), [1, 0, 0, 1]);
        assert_eq!(FullNameRarity::default().beside_given(1), None, "not counted yet");
    }
}
