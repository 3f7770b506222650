//! Folded values: what is compared, computed once per distinct value instead of once per pair.

use karat_model::claim::Validity;
use karat_model::table::{Dictionary, NO_VALUE, ValueCode};

use rayon::prelude::*;

use super::similarity::{letter_bag, may_reach};

/// The number of a folded value within its [`ValueSet`]; 0 where there is none.
pub type Fold = u32;

/// The distinct folded values of one or more attributes, with what comparing them needs.
#[derive(Clone, Debug, Default)]
pub struct ValueSet {
    texts: Dictionary,
    bags: Vec<u64>,
}

impl ValueSet {
    /// The number of a folded text, which is added when it is new; 0 for an empty text.
    pub fn add(&mut self, folded: &str) -> Fold {
        if folded.is_empty() {
            return NO_VALUE;
        }
        let code = self.texts.encode(folded, Validity::Valid);
        if code as usize > self.bags.len() {
            self.bags.push(letter_bag(folded.as_bytes()));
        }
        code
    }

    /// Folds all values of a dictionary; gives the number of the folded text per value code.
    pub fn add_all(&mut self, dictionary: &Dictionary, fold: impl Fn(&str) -> String) -> Vec<Fold> {
        let mut folds = vec![NO_VALUE; dictionary.len() + 1];
        for code in dictionary.codes() {
            folds[code as usize] = self.add(&fold(dictionary.value(code)));
        }
        folds
    }

    /// The number of a folded text, if it is there.
    pub fn find_text(&self, folded: &str) -> Option<Fold> {
        self.texts.find(folded)
    }

    /// The folded text.
    pub fn text(&self, fold: Fold) -> &str {
        self.texts.value(fold)
    }

    /// The folded text as bytes, which are ASCII.
    pub fn bytes(&self, fold: Fold) -> &[u8] {
        self.text(fold).as_bytes()
    }

    /// Whether two texts may reach a Jaro-Winkler similarity of so many thousandths.
    pub fn may_reach(&self, left: Fold, right: Fold, thousandths: u32) -> bool {
        let letters = |fold: Fold| (self.bags[fold as usize - 1], self.text(fold).len());
        may_reach(letters(left), letters(right), thousandths)
    }

    /// How many folded values there are; they are numbered from 1 to this.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// All numbers.
    pub fn folds(&self) -> std::ops::RangeInclusive<ValueCode> {
        self.texts.codes()
    }
}

/// How often each value occurs: common values are weaker evidence.
///
/// A value of a set that was frozen in a model and does not occur there counts as occurring once.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TermCounts {
    /// How many records have a value.
    pub records: u64,
    /// Hash of the folded text and number of records, for values that occur more than once;
    /// in order of hash. Hashes, so that a model holds no personal values.
    pub counts: Vec<(u64, u32)>,
}

impl TermCounts {
    /// Counts the values of a column.
    pub fn of(values: &ValueSet, column: impl Iterator<Item = Fold>) -> TermCounts {
        let mut count_of = vec![0u32; values.len() + 1];
        let mut records = 0;
        for fold in column.filter(|&fold| fold != NO_VALUE) {
            count_of[fold as usize] += 1;
            records += 1;
        }
        let repeated = values.folds().filter(|&fold| count_of[fold as usize] > 1);
        let mut counts: Vec<(u64, u32)> =
            repeated.map(|fold| (hash(values.text(fold)), count_of[fold as usize])).collect();
        counts.sort_unstable();
        TermCounts { records, counts }
    }

    /// The rarity of each value of a set: −log2 of its share of the records, in 1/256 bit.
    pub fn rarities(&self, values: &ValueSet) -> Vec<i32> {
        let rarities = values.folds().into_par_iter().map(|fold| self.rarity(values.text(fold)));
        std::iter::once(0).chain(rarities.collect::<Vec<i32>>()).collect()
    }

    fn rarity(&self, text: &str) -> i32 {
        // A pair that agrees on a value makes it occur twice at least.
        const COUNT_MIN: u32 = 2;
        let wanted = hash(text);
        let found = self.counts.binary_search_by_key(&wanted, |&(hash, _)| hash);
        let count = found.map_or(COUNT_MIN, |at| self.counts[at].1);
        let share = f64::from(count) / (self.records.max(u64::from(count)) as f64);
        ((-share.log2() * 256.0).round() as i32).min(RARITY_MAX)
    }
}

/// One value in a million is as rare as a value gets: twenty bits.
const RARITY_MAX: i32 = 20 * 256;

fn hash(text: &str) -> u64 {
    let bytes: [u8; 8] =
        blake3::hash(text.as_bytes()).as_bytes()[..8].try_into().expect("a hash has 32 bytes");
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_values_are_less_rare() {
        let mut values = ValueSet::default();
        let jansen = values.add("jansen");
        let quist = values.add("quist");
        let column = [jansen; 8].into_iter().chain([quist, NO_VALUE]);
        let counts = TermCounts::of(&values, column);
        assert_eq!((counts.records, counts.counts.len()), (9, 1));
        let rarities = counts.rarities(&values);
        assert!(rarities[jansen as usize] < rarities[quist as usize]);
        assert_eq!(rarities[quist as usize], (-(2.0f64 / 9.0).log2() * 256.0).round() as i32);
    }
}
