//! The vocabulary: all words of the index, in memory, for finding those that a query may mean.
//!
//! A word is passed over by its length and by the set of its letters, two comparisons of numbers,
//! before its distance is computed: half a million words take a few milliseconds.

use rapidfuzz::distance::osa;

use super::Closeness;

/// Words in order, with what is quick to compare.
#[derive(Debug, Default)]
pub struct Vocabulary {
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

impl Vocabulary {
    /// Adds a word behind all others; the same word again adds to its entities.
    pub fn push(&mut self, word: &str, entities: u32) {
        if !self.words.is_empty() && self.word(self.words.len() - 1) == word {
            let last = self.words.last_mut().expect("there is one");
            last.entities += entities;
            return;
        }
        self.text.push_str(word);
        self.words.push(Word { end: self.text.len() as u32, letters: letters(word), entities });
    }

    /// The words that a word of a query may mean, the closest first.
    pub fn expand(&self, word: &str, is_beginning: bool) -> Vec<Expansion> {
        let exact = self.beginning_with(word).find(|&at| self.word(at) == word);
        let mut found: Vec<(Closeness, usize)> =
            exact.into_iter().map(|at| (Closeness::Exact, at)).collect();
        if is_beginning && word.len() >= PREFIX_BYTES_MIN {
            let longer = self.beginning_with(word).filter(|&at| self.word(at) != word);
            let longer = longer.map(|at| (Closeness::Prefix, at)).collect();
            found.extend(self.most_common(longer, PREFIX_EXPANSIONS_MAX));
        }
        let mut mistyped = self.most_common(self.mistyped(word), EDIT_EXPANSIONS_MAX);
        mistyped.retain(|(_, at)| found.iter().all(|(_, known)| known != at));
        found.extend(mistyped);
        let expansion = |(closeness, at)| Expansion { word: self.word(at).into(), closeness };
        found.into_iter().map(expansion).collect()
    }

    fn word(&self, at: usize) -> &str {
        &self.text[self.start(at)..self.words[at].end as usize]
    }

    fn start(&self, at: usize) -> usize {
        if at == 0 { 0 } else { self.words[at - 1].end as usize }
    }

    /// The words that begin like this.
    fn beginning_with(&self, prefix: &str) -> impl Iterator<Item = usize> {
        let mut range = 0..self.words.len();
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            if self.word(middle) < prefix {
                range.start = middle + 1;
            } else {
                range.end = middle;
            }
        }
        (range.start..self.words.len()).take_while(move |&at| self.word(at).starts_with(prefix))
    }

    /// The words that this may be a slip of the finger of.
    fn mistyped(&self, word: &str) -> Vec<(Closeness, usize)> {
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
                match distance {
                    Some(1) => found.push((Closeness::OneEdit, at)),
                    Some(2) => found.push((Closeness::TwoEdits, at)),
                    _ => {}
                }
            }
        }
        found
    }

    /// The closest, and among those the most common; ties go by text.
    fn most_common(
        &self,
        mut found: Vec<(Closeness, usize)>,
        limit: usize,
    ) -> Vec<(Closeness, usize)> {
        found.sort_unstable_by_key(|&(closeness, at)| {
            (closeness, std::cmp::Reverse(self.words[at].entities), at)
        });
        found.truncate(limit);
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
        let mut vocabulary = Vocabulary::default();
        for word in WORDS.split_whitespace() {
            vocabulary.push(word, 1);
        }
        vocabulary.push("vriesema", 4);
        let show = |found: Expansion| format!("{}:{:?}", found.word, found.closeness);
        let found: Vec<_> = vocabulary.expand(query, is_beginning).into_iter().map(show).collect();
        assert_eq!(found.join(" "), expected, "{query}");
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
