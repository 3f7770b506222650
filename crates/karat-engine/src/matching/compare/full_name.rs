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
