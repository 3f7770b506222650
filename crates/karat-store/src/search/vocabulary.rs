//! The vocabulary: all words of the index, in memory, for finding those that a query may mean.
//!
//! A word is passed over by its length and by the set of its letters, two comparisons of numbers,
//! before its distance is computed: half a million words take a few milliseconds.

use rapidfuzz::distance::osa;

use super::Closeness;

/// All words, and apart from them the few that came since.
///
/// How many entities have a word is as of when all words were read last: it says no more than
/// which of many words are tried.
#[derive(Debug, Default)]
pub struct Vocabulary {
    known: Words,
    added: Words,
}

/// Words in order, with what is quick to compare.
#[derive(Debug, Default)]
struct Words {
    text: String,
    words: Vec<Word>,
}

#[derive(Clone, Copy, Debug)]
struct Word {
    end: u32,
    /// A bit per letter that the word has.
    letters: u32,
    /// How many entities have it.
    entities: u32,
}

/// A word that one of a query may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// The word of the index.
    pub word: String,
    /// How well it matches.
    pub closeness: Closeness,
}

/// The most words that are tried for the beginning of a word; the common ones are taken.
const PREFIX_EXPANSIONS_MAX: usize = 256;
/// The most words that are tried for a mistyped word; the nearest, then the common ones are taken.
const EDIT_EXPANSIONS_MAX: usize = 64;

/// Shorter beginnings begin too many words.
const PREFIX_BYTES_MIN: usize = 2;

/// From how many words on those that came since are put in order with all others.
const ADDED_MAX: usize = 4096;

/// A word that is found: how close it is, how many entities have it, and the word.
type Found<'v> = (Closeness, u32, &'v str);

impl Vocabulary {
    /// Adds a word behind all others; the same word again adds to its entities.
    pub fn push(&mut self, word: &str, entities: u32) {
        self.known.push(word, entities);
    }

    /// Adds words that came since, in any order.
    pub fn add<'w>(&mut self, words: impl Iterator<Item = &'w str>) {
        let mut added: Vec<(&str, u32)> = self.added.iter().collect();
        added.extend(words.map(|word| (word, 1)));
        added.sort_unstable();
        self.added = Words::of(added.into_iter());
        if self.added.words.len() > ADDED_MAX {
            let mut all: Vec<(&str, u32)> = self.known.iter().chain(self.added.iter()).collect();
            // Stable, and two orders already: this merges them.
            all.sort_by_key(|(word, _)| *word);
            self.known = Words::of(all.into_iter());
            self.added = Words::default();
        }
    }

    /// Whether this is one of the words.
    pub fn has(&self, word: &str) -> bool {
        let begins = |part: &Words| part.beginning_with(word).next().is_some_and(|it| it.0 == word);
        begins(&self.known) || begins(&self.added)
    }

    /// The words that a word of a query may mean, the closest first.
    pub fn expand(&self, word: &str, is_beginning: bool) -> Vec<Expansion> {
        let parts = [&self.known, &self.added];
        let mut found: Vec<Found> = parts
            .iter()
            .filter_map(|part| part.beginning_with(word).next().filter(|(at, _)| *at == word))
            .map(|(known, entities)| (Closeness::Exact, entities, known))
            .collect();
        found.dedup_by_key(|(.., known)| *known);
        if is_beginning && word.len() >= PREFIX_BYTES_MIN {
            let longer = parts.iter().flat_map(|part| part.beginning_with(word));
            let longer = longer.filter(|(known, _)| *known != word);
            let longer = longer.map(|(known, entities)| (Closeness::Prefix, entities, known));
            found.extend(most_common(longer.collect(), PREFIX_EXPANSIONS_MAX));
        }
        let mistyped = parts.iter().flat_map(|part| part.mistyped(word)).collect();
        let mut mistyped = most_common(mistyped, EDIT_EXPANSIONS_MAX);
        mistyped.retain(|(.., at)| found.iter().all(|(.., known)| known != at));
        found.extend(mistyped);
        let expansion = |(closeness, _, word): Found| Expansion { word: word.into(), closeness };
        found.into_iter().map(expansion).collect()
    }
}

/// The closest, and among those the most common; ties go by text.
fn most_common(mut found: Vec<Found>, limit: usize) -> Vec<Found> {
    found.sort_unstable_by_key(|&(closeness, entities, word)| {
        (closeness, std::cmp::Reverse(entities), word)
    });
    found.truncate(limit);
    found
}

impl Words {
    /// Words in order; the same word again adds to its entities.
    fn of<'w>(words: impl Iterator<Item = (&'w str, u32)>) -> Words {
        let mut of = Words::default();
        words.for_each(|(word, entities)| of.push(word, entities));
        of
    }

    fn push(&mut self, word: &str, entities: u32) {
        if !self.words.is_empty() && self.word(self.words.len() - 1) == word {
            let last = self.words.last_mut().expect("there is one");
            last.entities += entities;
            return;
        }
        self.text.push_str(word);
        self.words.push(Word { end: self.text.len() as u32, letters: letters(word), entities });
    }

    fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.words.iter().enumerate().map(|(at, word)| (self.word(at), word.entities))
    }

    fn word(&self, at: usize) -> &str {
        &self.text[self.start(at)..self.words[at].end as usize]
    }

    fn start(&self, at: usize) -> usize {
        if at == 0 { 0 } else { self.words[at - 1].end as usize }
    }

    /// The words that begin like this, in order.
    fn beginning_with(&self, prefix: &str) -> impl Iterator<Item = (&str, u32)> {
        let mut range = 0..self.words.len();
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            if self.word(middle) < prefix {
                range.start = middle + 1;
            } else {
                range.end = middle;
            }
        }
        let rest = range.start..self.words.len();
        let words = rest.map(|at| (self.word(at), self.words[at].entities));
        words.take_while(move |(word, _)| word.starts_with(prefix))
    }

    /// The words that this may be a slip of the finger of.
    fn mistyped(&self, word: &str) -> Vec<Found<'_>> {
        let edits_max = edits_max(word);
        if edits_max == 0 {
            return Vec::new();
        }
        let wanted = letters(word);
        let comparator = osa::BatchComparator::new(word.bytes());
        let cutoff = osa::Args::default().score_cutoff(edits_max);
        let mut found = Vec::new();
        let mut start = 0;
        for (at, known) in self.words.iter().enumerate() {
            let length = known.end as usize - start;
            start = known.end as usize;
            // An edit changes the length by one, and at most takes one letter and adds another.
            let may_be_near = length.abs_diff(word.len()) <= edits_max
                && (known.letters ^ wanted).count_ones() as usize <= 2 * edits_max;
            if may_be_near {
                let distance = comparator.distance_with_args(self.word(at).bytes(), &cutoff);
                let closeness = match distance {
                    Some(1) => Closeness::OneEdit,
                    Some(2) => Closeness::TwoEdits,
                    _ => continue,
                };
                found.push((closeness, known.entities, self.word(at)));
            }
        }
        found
    }
}

/// How many slips a word may have: in a short word, or a number, one slip makes another word.
fn edits_max(word: &str) -> usize {
    match word.len() {
        _ if word.bytes().any(|byte| byte.is_ascii_digit()) => 0,
        0..=2 => 0,
        3..=6 => 1,
        _ => 2,
    }
}

fn letters(word: &str) -> u32 {
    word.bytes().fold(0, |letters, byte| letters | 1 << (byte % 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str =
        "12 123 amstel amsterdam de jan jana jansen janssen jantine rotterdam vries vriesema";

    fn check(query: &str, is_beginning: bool, expected: &str) {
        // All known from the start, and some that came since.
        for every in [usize::MAX, 2, 1] {
            let mut vocabulary = Vocabulary::default();
            let (added, known): (Vec<_>, Vec<_>) = WORDS
                .split_whitespace()
                .enumerate()
                .partition(|(at, word)| at % every == every - 1 && *word != "vriesema");
            known.iter().for_each(|(_, word)| vocabulary.push(word, 1));
            vocabulary.push("vriesema", 4);
            added.iter().rev().for_each(|(_, word)| vocabulary.add([*word].into_iter()));
            let show = |found: Expansion| format!("{}:{:?}", found.word, found.closeness);
            let found: Vec<_> =
                vocabulary.expand(query, is_beginning).into_iter().map(show).collect();
            assert_eq!(found.join(" "), expected, "{query}, {every}");
        }
    }

    #[test]
    fn many_words_that_came_since_are_put_in_order() {
        let mut vocabulary = Vocabulary::default();
        let word = |number: usize| format!("w{}", number * 7919 % 100_000);
        for number in 0..2 * ADDED_MAX {
            vocabulary.add([word(number).as_str()].into_iter());
        }
        assert!(vocabulary.added.words.len() <= ADDED_MAX);
        for number in [0, 1, ADDED_MAX, 2 * ADDED_MAX - 1] {
            assert_eq!(vocabulary.expand(&word(number), false)[0].word, word(number));
        }
        assert!(vocabulary.expand("w7918", false).is_empty());
    }

    #[test]
    fn words_are_found_in_spite_of_slips() {
        check("vries", false, "vries:Exact");
        check("vires", false, "vries:OneEdit");
        check("fries", false, "vries:OneEdit");
        check("fires", false, "");
        check("amsteram", false, "amsterdam:OneEdit");
        check("amtserdamm", false, "amsterdam:TwoEdits");
        check("mtserdamm", false, "");
        check("jansen", false, "jansen:Exact janssen:OneEdit");
        check("jna", false, "jan:OneEdit jana:OneEdit");
        check("ed", false, "");
        check("132", false, "");
    }

    #[test]
    fn the_last_word_may_be_a_beginning() {
        check("vrie", true, "vriesema:Prefix vries:Prefix");
        check("jans", true, "jansen:Prefix janssen:Prefix jan:OneEdit jana:OneEdit");
        check("jans", false, "jan:OneEdit jana:OneEdit");
        check("j", true, "");
        check("12", true, "12:Exact 123:Prefix");
    }
}
