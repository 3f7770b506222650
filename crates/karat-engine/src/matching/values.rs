//! Folded values: what is compared, computed once per distinct value instead of once per pair.

use karat_model::claim::Validity;
use karat_model::table::{Dictionary, NO_VALUE, ValueCode};

use rayon::prelude::*;

use super::similarity::{Letters, jaro_winkler, within_edits};

/// The number of a folded value within its [`ValueSet`]; 0 where there is none.
pub type Fold = u32;

/// The distinct folded values of one or more attributes, with what comparing them needs.
#[derive(Clone, Debug, Default)]
pub struct ValueSet {
    texts: Dictionary,
    /// Per text, in order of number.
    letters: Vec<Letters>,
}

impl ValueSet {
    /// The number of a folded text, which is added when it is new; 0 for an empty text.
    pub fn add(&mut self, folded: &str) -> Fold {
        if folded.is_empty() {
            return NO_VALUE;
        }
        let code = self.texts.encode(folded, Validity::Valid);
        if code as usize > self.letters.len() {
            self.letters.push(Letters::of(folded.as_bytes()));
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

    /// How many letters a text has, and which.
    pub fn letters(&self, fold: Fold) -> Letters {
        self.letters[fold as usize - 1]
    }

    /// The Jaro-Winkler similarity of two texts in thousandths, or 0 if it is less than so many.
    pub fn similarity(&self, left: Fold, right: Fold, least: u32) -> u32 {
        if !self.letters(left).may_reach(self.letters(right), least) {
            return 0;
        }
        let reached = jaro_winkler(self.bytes(left), self.bytes(right));
        if reached >= least { reached } else { 0 }
    }

    /// Whether one edit lies between two texts of at least so many letters.
    pub fn is_letter_off(&self, left: Fold, right: Fold, length_min: usize) -> bool {
        let (a, b) = (self.letters(left), self.letters(right));
        a.count().min(b.count()) >= length_min
            && a.may_be_edits(b, 1)
            && within_edits(self.bytes(left), self.bytes(right), 1)
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

/// How many customers have each value: common values are weaker evidence.
///
/// Two records that agree on a value are weighed by how many *other* customers have it. How often
/// a value of a single customer would turn up at another is estimated from the numbers of values
/// that one and two customers have.
///
/// Source: Good, The Population Frequencies of Species and the Estimation of Population Parameters,
/// Biometrika 40 (1953).
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TermCounts {
    /// How many customers have a value.
    pub customers: u64,
    /// How rare a value is that no other customer is known to have, in 1/256 bit.
    pub rarest: i32,
    /// Hash of the folded text and number of customers, for values that more than two have; in
    /// order of hash. Hashes, so that a model holds no personal values.
    pub counts: Vec<(u64, u32)>,
}

impl TermCounts {
    /// Counts the values that customers have: pairs of a value and a customer, in any order.
    pub fn of(values: &ValueSet, mut held: Vec<(Fold, u32)>) -> TermCounts {
        held.retain(|&(fold, _)| fold != NO_VALUE);
        held.par_sort_unstable();
        held.dedup();
        let by_value = || held.chunk_by(|a, b| a.0 == b.0);
        let of_one = by_value().filter(|customers| customers.len() == 1).count();
        let of_two = by_value().filter(|customers| customers.len() == 2).count();
        let common = by_value().filter(|customers| customers.len() > 2);
        let mut counts: Vec<(u64, u32)> = common
            .map(|customers| (hash(values.text(customers[0].0)), customers.len() as u32))
            .collect();
        counts.sort_unstable();
        let mut customers: Vec<u32> = held.iter().map(|&(_, customer)| customer).collect();
        customers.par_sort_unstable();
        customers.dedup();
        let customers = customers.len() as u64;
        // Twice the doubles to the singles is how often a single turns up again.
        let again = (2.0 * (of_two as f64 + 0.5) / (of_one as f64 + 0.5)).min(1.0);
        TermCounts { customers, rarest: rarity(again, customers), counts }
    }

    /// The rarity of each value of a set: −log2 of its share of the customers, in 1/256 bit.
    pub fn rarities(&self, values: &ValueSet) -> Vec<i32> {
        let rarities = values.folds().into_par_iter().map(|fold| self.rarity(values.text(fold)));
        std::iter::once(0).chain(rarities.collect::<Vec<i32>>()).collect()
    }

    fn rarity(&self, text: &str) -> i32 {
        let wanted = hash(text);
        match self.counts.binary_search_by_key(&wanted, |&(hash, _)| hash) {
            Ok(at) => rarity(f64::from(self.counts[at].1 - 1), self.customers),
            Err(_) => self.rarest,
        }
    }
}

fn rarity(others: f64, customers: u64) -> i32 {
    let share = others / (customers.max(1) as f64);
    ((-share.log2() * 256.0).round() as i32).min(RARITY_MAX)
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
        // Eight customers are called jansen, one of them in two records, and one quist.
        let held = (0..8).map(|customer| (jansen, customer)).chain([(jansen, 0), (quist, 8)]);
        let counts = TermCounts::of(&values, held.chain([(NO_VALUE, 9)]).collect());
        assert_eq!((counts.customers, counts.counts.len()), (9, 1));
        let rarities = counts.rarities(&values);
        assert_eq!(rarities[jansen as usize], rarity(7.0, 9));
        assert!(rarities[jansen as usize] < rarities[quist as usize]);
    }

    #[test]
    fn values_that_never_return_are_rarer() {
        let mut values = ValueSet::default();
        let rarest = |values: &mut ValueSet, doubles: u32| {
            let held = (0..100).flat_map(|customer| {
                let own = values.add(&format!("value {customer}"));
                let shared = (customer < doubles).then_some((own, 1000));
                [(own, customer)].into_iter().chain(shared).collect::<Vec<_>>()
            });
            let held = held.collect();
            TermCounts::of(values, held).rarest
        };
        assert!(rarest(&mut values, 0) > rarest(&mut values, 10));
        assert_eq!(rarest(&mut values, 40), rarest(&mut values, 60), "at most one in all");
    }
}
