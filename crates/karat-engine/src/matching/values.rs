//! Folded values: what is compared, computed once per distinct value instead of once per pair.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use karat_model::partition::Partition;
use karat_model::table::{Dictionary, Encoder, NO_VALUE, RecordNo, ValueCode};

use super::similarity::{Letters, jaro_winkler, within_edits};

/// The number of a folded value within its [`ValueSet`]; 0 where there is none.
pub type Fold = u32;

/// A folded value with its letters, as the row of a record keeps it: the letters tell most pairs
/// apart, so that their texts need not be fetched from all over memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// Its number.
    pub fold: Fold,
    /// How many letters it has, and which.
    pub letters: Letters,
}

impl Value {
    /// How many numbers hold it.
    pub const WIDTH: usize = 3;

    /// The numbers that hold it.
    pub fn to_fields(self) -> [u32; Value::WIDTH] {
        let [low, high] = self.letters.to_fields();
        [self.fold, low, high]
    }

    /// Reads what [`Value::to_fields`] gave.
    #[inline]
    pub fn from_fields(fields: &[u32]) -> Value {
        let letters = Letters::from_fields([fields[1], fields[2]]);
        Value { fold: fields[0], letters }
    }

    /// Whether there is one.
    pub fn is_known(self) -> bool {
        self.fold != NO_VALUE
    }
}

/// The distinct folded values of one or more attributes.
#[derive(Clone, Debug, Default)]
pub struct ValueSet {
    texts: Encoder,
    /// Per folded value its letters, so that its text need not be fetched for each record.
    letters: Vec<[u32; 2]>,
}

impl ValueSet {
    /// The number of a folded text, which is added when it is new; 0 for an empty text.
    pub fn add(&mut self, folded: &str) -> Fold {
        if folded.is_empty() {
            return NO_VALUE;
        }
        let fold = self.texts.encode(folded);
        if fold as usize > self.letters.len() {
            self.letters.push(Letters::of(folded.as_bytes()).to_fields());
        }
        fold
    }

    /// Folds all values of a dictionary; gives the number of the folded text per value code.
    pub fn add_all(&mut self, dictionary: &Dictionary, fold: impl Fn(&str) -> String) -> Vec<Fold> {
        let mut folds = vec![NO_VALUE; dictionary.len() + 1];
        for code in dictionary.codes() {
            let folded = fold(dictionary.value(code));
            folds[code as usize] = self.add(&folded);
        }
        folds
    }

    /// The number of a folded text, if it is there.
    pub fn find_text(&self, folded: &str) -> Option<Fold> {
        self.texts.find(folded)
    }

    /// The folded text.
    pub fn text(&self, fold: Fold) -> &str {
        self.texts.dictionary().value(fold)
    }

    /// The folded text as bytes, which are ASCII.
    pub fn bytes(&self, fold: Fold) -> &[u8] {
        self.text(fold).as_bytes()
    }

    /// A folded value with its letters.
    pub fn value(&self, fold: Fold) -> Value {
        match fold {
            NO_VALUE => Value::default(),
            _ => Value { fold, letters: Letters::from_fields(self.letters[fold as usize - 1]) },
        }
    }

    /// The Jaro-Winkler similarity of two texts in thousandths, or 0 if it is less than so many.
    pub fn similarity(&self, left: Value, right: Value, least: u32) -> u32 {
        if !left.letters.may_reach(right.letters, least) {
            return 0;
        }
        let reached = jaro_winkler(self.bytes(left.fold), self.bytes(right.fold));
        if reached >= least { reached } else { 0 }
    }

    /// Whether one edit lies between two texts of at least so many letters.
    pub fn is_letter_off(&self, left: Value, right: Value, length_min: usize) -> bool {
        let (a, b) = (left.letters, right.letters);
        a.count().min(b.count()) >= length_min
            && a.may_be_edits(b, 1)
            && within_edits(self.bytes(left.fold), self.bytes(right.fold), 1)
    }

    /// How many folded values there are; they are numbered from 1 to this.
    pub fn len(&self) -> usize {
        self.texts.dictionary().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.dictionary().is_empty()
    }

    /// All numbers.
    pub fn folds(&self) -> std::ops::RangeInclusive<ValueCode> {
        self.texts.dictionary().codes()
    }
}

/// Who has values: records, or customers of several records.
#[derive(Clone, Copy)]
pub enum Holders<'p> {
    /// So many, each by itself.
    Single(usize),
    /// So many records of which is not known whose they are; what is counted is in no model.
    Unknown(usize),
    /// Customers.
    Customers(&'p Partition),
}

impl Holders<'_> {
    fn visit(self, mut visit: impl FnMut(&[RecordNo])) {
        match self {
            Holders::Single(holders) | Holders::Unknown(holders) => {
                (0..holders as u32).for_each(|holder| visit(&[holder]))
            }
            Holders::Customers(customers) => customers.clusters().for_each(visit),
        }
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
    /// The most customers that a value usually has; one that more have is shared.
    pub usual: u32,
    /// Hash of the folded text and number of customers, for values that more than two have; in
    /// order of hash. Hashes, so that a model holds no personal values.
    pub counts: Vec<(u64, u32)>,
}

/// How many customers have the values of a set, and how rare that makes each.
#[derive(Debug, Default)]
pub struct Rarities {
    /// How many customers have each.
    pub counts: Arc<TermCounts>,
    /// No value is rarer than this.
    most: i32,
    /// The rarity of each value; those of a model are looked up when two records agree on the value,
    /// which they do on few.
    known: Vec<AtomicI32>,
}

impl Rarities {
    /// In the place of a rarity that was not looked up yet.
    const UNKNOWN: i32 = i32::MIN;

    /// Counts how many holders have each value.
    ///
    /// `values_of` gathers the values of one member of a holder: of a record of a customer.
    pub fn count(
        values: &ValueSet,
        holders: Holders,
        values_of: impl Fn(u32, &mut Vec<Fold>),
    ) -> Rarities {
        let hash_of = |fold| hash(values.text(fold));
        Rarities::count_numbered(values.len(), holders, RARITY_MAX, values_of, hash_of)
    }

    /// Those of a set that a model has counts of.
    pub fn of_model(counts: Arc<TermCounts>, values: &ValueSet) -> Rarities {
        Rarities::of_model_numbered(counts, values.len(), RARITY_MAX)
    }

    /// The rarity of a value of the set: −log2 of its share of the customers, in 1/256 bit.
    pub fn of(&self, values: &ValueSet, fold: Fold) -> i32 {
        self.of_numbered(fold, || hash(values.text(fold)))
    }

    /// Whether a value of the set is shared by more customers than is usual.
    pub fn is_shared(&self, values: &ValueSet, fold: Fold) -> bool {
        let TermCounts { usual, customers, .. } = *self.counts;
        // Of so many customers each has all the others beside it.
        self.of(values, fold) <= rarity(f64::from(usual), customers, self.most)
    }

    /// The same of values that are numbered from 1, and no rarer than so much.
    pub(super) fn of_model_numbered(counts: Arc<TermCounts>, values: usize, most: i32) -> Rarities {
        let unknown = std::iter::repeat_n(Rarities::UNKNOWN, values);
        let known = std::iter::once(0).chain(unknown).map(AtomicI32::new).collect();
        Rarities { counts, most, known }
    }

    /// The rarity of a value with this hash.
    #[inline]
    pub(super) fn of_numbered(&self, number: u32, hash: impl FnOnce() -> u64) -> i32 {
        let known = &self.known[number as usize];
        match known.load(Ordering::Relaxed) {
            Rarities::UNKNOWN => {
                let found = self.counts.rarity_of(hash(), self.most);
                known.store(found, Ordering::Relaxed);
                found
            }
            found => found,
        }
    }

    /// The same of values that are numbered from 1, and no rarer than so much.
    pub(super) fn count_numbered(
        values: usize,
        holders: Holders,
        most: i32,
        values_of: impl Fn(u32, &mut Vec<Fold>),
        hash_of: impl Fn(Fold) -> u64,
    ) -> Rarities {
        let mut count_of = vec![0u32; values + 1];
        let mut customers = 0;
        let mut held = Vec::new();
        holders.visit(|members| {
            held.clear();
            members.iter().for_each(|&member| values_of(member, &mut held));
            held.retain(|fold| *fold != NO_VALUE);
            held.sort_unstable();
            held.dedup();
            customers += u64::from(!held.is_empty());
            held.iter().for_each(|&fold| count_of[fold as usize] += 1);
        });
        let with = |wanted: u32| count_of.iter().filter(|count| **count == wanted).count() as f64;
        // Twice the doubles to the singles is how often a single turns up again.
        let again = (2.0 * (with(2) + 0.5) / (with(1) + 0.5)).min(1.0);
        let rarest = rarity(again, customers, most);
        let is_for_good = !matches!(holders, Holders::Unknown(_));
        let usual = usual(&count_of);
        let mut counts: Vec<(u64, u32)> = (1..=values as Fold)
            .map(|fold| (fold, count_of[fold as usize]))
            .filter(|(_, count)| is_for_good && *count > 2)
            .map(|(fold, count)| (hash_of(fold), count))
            .collect();
        counts.sort_unstable();
        let rarity_of = |count: u32| match count {
            0..=2 => rarest,
            _ => rarity(f64::from(count - 1), customers, most),
        };
        let mut known: Vec<AtomicI32> =
            count_of.into_iter().map(|count| AtomicI32::new(rarity_of(count))).collect();
        known[NO_VALUE as usize] = AtomicI32::new(0);
        let counts = Arc::new(TermCounts { customers, rarest, usual, counts });
        Rarities { counts, most, known }
    }
}

impl TermCounts {
    /// Makes values of a set as common as if they told only a part of what they tell.
    pub fn make_common(
        &mut self,
        values: &ValueSet,
        texts: impl Iterator<Item = String>,
        part: f64,
    ) {
        let customers = self.customers.max(1) as f64;
        let known = texts.filter(|text| values.find_text(text).is_some());
        let hashes: BTreeSet<u64> = known.map(|text| hash(&text)).collect();
        for wanted in hashes {
            let found = self.counts.binary_search_by_key(&wanted, |&(hash, _)| hash);
            let count = found.map_or(1, |at| self.counts[at].1);
            let common = (customers * (f64::from(count) / customers).powf(part)).round() as u32;
            match found {
                Ok(at) => self.counts[at].1 = common,
                Err(at) => self.counts.insert(at, (wanted, common)),
            }
        }
    }

    /// Whether any value is shared by more customers than is usual.
    pub fn has_shared(&self) -> bool {
        self.counts.iter().any(|&(_, count)| count > self.usual)
    }

    /// The rarity of a value with this hash, no rarer than so much.
    fn rarity_of(&self, wanted: u64, rarity_max: i32) -> i32 {
        match self.counts.binary_search_by_key(&wanted, |&(hash, _)| hash) {
            Ok(at) => rarity(f64::from(self.counts[at].1 - 1), self.customers, rarity_max),
            Err(_) => self.rarest,
        }
    }
}

/// The most customers that a value usually has, by what the values of an attribute show themselves:
/// as far beyond the 99th percentile as that is beyond the median, in proportion.
///
/// If the numbers of customers were log-normal, two values in a million would lie beyond that. What
/// is usual for names, of which a few are very common, is unheard of for telephone numbers.
fn usual(count_of: &[u32]) -> u32 {
    let mut held: Vec<u32> = count_of.iter().copied().filter(|count| *count > 0).collect();
    let Some(last) = held.len().checked_sub(1) else { return u32::MAX };
    // Of fewer than a hundred values this is the largest, so that none is out of the ordinary.
    let near_last = (held.len() * 99).div_ceil(100).min(last);
    let high = u64::from(*held.select_nth_unstable(near_last).1);
    let median = u64::from(*held.select_nth_unstable(last / 2).1);
    u32::try_from(high * high / median).unwrap_or(u32::MAX).max(2)
}

fn rarity(others: f64, customers: u64, rarity_max: i32) -> i32 {
    let share = others / (customers.max(1) as f64);
    ((-share.log2() * 256.0).round() as i32).min(rarity_max)
}

/// One value in a million is as rare as a value gets: twenty bits.
const RARITY_MAX: i32 = 20 * 256;

/// What stands for a text in a model.
pub(super) fn hash(text: &str) -> u64 {
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
        let held =
            [jansen, jansen, jansen, jansen, jansen, jansen, jansen, jansen, jansen, quist, 0];
        let customers = Partition::from_labels(&[0, 1, 2, 3, 4, 5, 6, 7, 0, 8, 9]);
        let counted = Rarities::count(&values, Holders::Customers(&customers), |record, found| {
            found.push(held[record as usize]);
        });
        let counts = counted.counts.clone();
        assert_eq!((counts.customers, counts.counts.len()), (9, 1));
        let of_model = Rarities::of_model(counts, &values);
        for fold in values.folds() {
            let expected = counted.of(&values, fold);
            assert_eq!(of_model.of(&values, fold), expected);
            assert_eq!(of_model.of(&values, fold), expected, "looked up before");
        }
        assert_eq!(counted.of(&values, jansen), rarity(7.0, 9, RARITY_MAX));
        assert!(counted.of(&values, jansen) < counted.of(&values, quist));
    }

    #[test]
    fn what_is_usual_is_learnt_from_the_values_themselves() {
        // Phones of one customer, some of two; names of which a few are very common.
        let phones = [vec![1; 900], vec![2; 100], vec![40]].concat();
        let names = [vec![1; 500], vec![3; 300], vec![20; 180], vec![80; 20], vec![300]].concat();
        let dates = [vec![38; 400], vec![41; 400], vec![52; 200], vec![900]].concat();
        for (counts, expected) in [(&phones, 4), (&names, 2133), (&dates, 65)] {
            assert_eq!(usual(counts), expected);
        }
        assert!(usual(&[1; 20]) >= 2);
        assert_eq!(usual(&[[1; 20].as_slice(), &[30]].concat()), 900, "too few values to tell");
        assert_eq!(usual(&[]), u32::MAX);
    }

    #[test]
    fn values_that_never_return_are_rarer() {
        let mut values = ValueSet::default();
        let mut rarest = |doubles: u32| {
            let held: Vec<Fold> =
                (0..100).chain(0..doubles).map(|at| values.add(&format!("value {at}"))).collect();
            // The last customer has all that others have as well.
            let customers: Vec<u32> = (0..held.len() as u32).map(|at| at.min(100)).collect();
            let customers = Partition::from_labels(&customers);
            let values_of =
                |record: RecordNo, found: &mut Vec<Fold>| found.push(held[record as usize]);
            Rarities::count(&values, Holders::Customers(&customers), values_of).counts.rarest
        };
        assert!(rarest(0) > rarest(10));
        assert_eq!(rarest(40), rarest(60), "at most one in all");
    }
}
