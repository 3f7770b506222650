//! Compares the names of companies by their words, rare words first.
//!
//! "Bakkerij Jansen Utrecht" and "Jansen" share the word that tells them from others;
//! "Bakkerij Jansen" and "Bakkerij Pieters" share one that does not.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::{RecordNo, RecordTable};

use super::column::FoldedColumn;
use super::{Compare, Compared, Frozen, Level, SILENT, Scope, Side, labels, level};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::values::{Fold, Holders, TermCounts, Value, ValueSet};

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.04),
    level("shares a rare word", "deelt een zeldzaam woord", Close, 0.06),
    level("mostly the same words", "grotendeels dezelfde woorden", Close, 0.12),
    level(
        "a letter off, or the words in another order",
        "een letter anders, of de woorden in andere volgorde",
        Close,
        0.13,
    ),
    level("same", "gelijk", Same, 0.65),
];

/// The comparison of company names.
pub struct CompanyName<'a> {
    names: FoldedColumn<'a>,
    words: ValueSet,
    word_counts: Arc<TermCounts>,
    word_rarity: Vec<i32>,
    /// Per folded name its distinct words, in order of number.
    words_of: Vec<Vec<Fold>>,
}

impl<'a> CompanyName<'a> {
    /// Prepares the company names of a table.
    pub fn prepare(table: &'a RecordTable, frozen: Frozen) -> CompanyName<'a> {
        let mut frozen = frozen("company_name").unwrap_or_default().into_iter();
        let (name_counts, word_counts) = (frozen.next(), frozen.next());
        let names =
            FoldedColumn::prepare(table, AttributeId::COMPANY_NAME, fold::words, name_counts);
        let mut words = ValueSet::default();
        let mut words_of = vec![Vec::new()];
        for name in names.values.folds() {
            let mut found: Vec<Fold> =
                names.values.text(name).split(' ').map(|word| words.add(word)).collect();
            found.sort_unstable();
            found.dedup();
            words_of.push(found);
        }
        // Counted over distinct names: a company in all systems does not make its name common.
        let (word_counts, word_rarity) = match word_counts {
            Some(counts) => {
                let rarities = counts.rarities(&words);
                (counts, rarities)
            }
            None => {
                let names = Holders::Single(words_of.len());
                let (counts, rarities) = TermCounts::count(&words, names, |name, found| {
                    found.extend(&words_of[name as usize]);
                });
                (Arc::new(counts), rarities)
            }
        };
        CompanyName { names, words, word_counts, word_rarity, words_of }
    }

    fn compare_names(&self, left: Value, right: Value, cache: &mut LevelCache) -> Compared {
        if left.fold == right.fold {
            return Compared::rare(5, self.names.rarity(left.fold));
        }
        Compared::at(cache.level(left.fold, right.fold, || self.level_of(left, right)))
    }

    /// The level of two different names.
    fn level_of(&self, left: Value, right: Value) -> u8 {
        let [a, b] = [left, right].map(|name| self.names.values.bytes(name.fold));
        let [left_words, right_words] =
            [left, right].map(|name| &self.words_of[name.fold as usize]);
        let letter_off = self.names.values.is_letter_off(left, right, 5);
        if left_words == right_words || letter_off || without_spaces(a).eq(without_spaces(b)) {
            return 4;
        }
        let weight = |words: &[Fold]| -> i32 {
            words.iter().map(|&word| self.word_rarity[word as usize]).sum()
        };
        let shared = |words: &[Fold], others: &[Fold]| -> i32 {
            let in_others = words.iter().copied().filter(|word| self.is_in(*word, others));
            weight(&in_others.collect::<Vec<Fold>>())
        };
        let smaller = weight(left_words).min(weight(right_words)).max(1);
        // A misspelt word is rarer than the right one: the smaller of the two sums keeps symmetry.
        let both = shared(left_words, right_words).min(shared(right_words, left_words));
        let share = 100 * both / smaller;
        let alike = self.names.values.similarity(left, right, 920) > 0;
        if share >= 80 || alike {
            3
        } else if share >= 45 {
            2
        } else {
            1
        }
    }

    /// Whether a word, or a misspelling of it, is among others.
    fn is_in(&self, word: Fold, others: &[Fold]) -> bool {
        let misspelt =
            |other| self.words.is_letter_off(self.words.value(word), self.words.value(other), 6);
        others.iter().any(|&other| other == word || misspelt(other))
    }
}

fn without_spaces(name: &[u8]) -> impl Iterator<Item = &u8> {
    name.iter().filter(|byte| **byte != b' ')
}

impl Compare for CompanyName<'_> {
    fn name(&self) -> &str {
        "company_name"
    }
    fn label(&self) -> [String; 2] {
        labels("Company name", "Bedrijfsnaam")
    }
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }
    fn scope(&self) -> Scope {
        Scope::Own
    }
    fn width(&self) -> usize {
        FoldedColumn::WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.names.fill(record, fields);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        self.names.best(left, right, |a, b| self.compare_names(a, b, cache))
    }
    fn show(&self, record: RecordNo) -> String {
        self.names.show(record)
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.names.counts.clone(), self.word_counts.clone()]
    }
    fn count(&mut self, holders: Holders) {
        self.names.count(holders);
    }
}
