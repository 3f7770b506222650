//! Postings that were not written yet, in little memory.

use karat_model::table::{Encoder, ValueCode};

use super::CodeHash;

/// The terms of entities, collected until there are enough to write them by term.
#[derive(Default)]
pub struct PendingPostings {
    /// Per entity its number, and the end of its words in `word_of`.
    entities: Vec<(u64, u32)>,
    words: Encoder,
    /// The words of all entities, one entity after the other.
    word_of: Vec<ValueCode>,
    /// The codes of all entities, each with the place of its entity in `entities`.
    codes: Vec<(CodeHash, u32)>,
}

impl PendingPostings {
    /// Adds the terms of an entity; entities come in the order of their numbers.
    pub fn add(&mut self, entity_no: u64, text: &str) {
        let (first_word, first_code) = (self.word_of.len(), self.codes.len());
        for term in super::terms(text) {
            if super::is_code(term) {
                let code = (CodeHash::of(term), self.entities.len() as u32);
                if !self.codes[first_code..].contains(&code) {
                    self.codes.push(code);
                }
            } else {
                // Validity is what the dictionary also keeps of values; words are all alike.
                let word = self.words.encode(term);
                if !self.word_of[first_word..].contains(&word) {
                    self.word_of.push(word);
                }
            }
        }
        self.entities.push((entity_no, self.word_of.len() as u32));
    }

    /// How many postings there are.
    pub fn len(&self) -> usize {
        self.word_of.len() + self.codes.len()
    }

    /// Gives the codes and entity numbers of each bucket, in order, and forgets them.
    pub fn drain_codes<E>(
        &mut self,
        mut visit: impl FnMut(u64, &[(CodeHash, u64)]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut codes = std::mem::take(&mut self.codes);
        codes.sort_unstable();
        let mut entries = Vec::new();
        for of_bucket in codes.chunk_by(|(a, _), (b, _)| a.bucket() == b.bucket()) {
            entries.clear();
            let entry = |&(hash, at): &(CodeHash, u32)| (hash, self.entities[at as usize].0);
            entries.extend(of_bucket.iter().map(entry));
            visit(of_bucket[0].0.bucket(), &entries)?;
        }
        Ok(())
    }

    /// Gives each word with the rising numbers of its entities, in the order of text, and forgets
    /// all entities.
    pub fn drain_words<E>(
        &mut self,
        mut visit: impl FnMut(&str, &[u64]) -> Result<(), E>,
    ) -> Result<(), E> {
        let PendingPostings { entities, words, word_of, .. } = std::mem::take(self);
        let words = words.dictionary();
        let (starts, by_word) = group_by_word(&word_of, &entities, words.len());
        let mut order: Vec<ValueCode> = words.codes().collect();
        order.sort_unstable_by_key(|&word| words.value(word));
        let mut entity_nos = Vec::new();
        for word in order {
            let range = starts[word as usize - 1] as usize..starts[word as usize] as usize;
            entity_nos.clear();
            entity_nos.extend(by_word[range].iter().map(|&at| entities[at as usize].0));
            visit(words.value(word), &entity_nos)?;
        }
        Ok(())
    }
}

/// Counting sort: per word the places of its entities, in their order.
fn group_by_word(
    word_of: &[ValueCode],
    entities: &[(u64, u32)],
    word_max: usize,
) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; word_max + 1];
    for &word in word_of {
        starts[word as usize] += 1;
    }
    for word in 1..starts.len() {
        starts[word] += starts[word - 1];
    }
    let mut next = starts.clone();
    let mut by_word = vec![0; word_of.len()];
    let mut start = 0;
    for (at, &(_, end)) in entities.iter().enumerate() {
        for &word in &word_of[start..end as usize] {
            let place = &mut next[word as usize - 1];
            by_word[*place as usize] = at as u32;
            *place += 1;
        }
        start = end as usize;
    }
    (starts, by_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_come_by_term() {
        let mut pending = PendingPostings::default();
        pending.add(3, "jansen ede jansen 6711ab");
        pending.add(5, "");
        pending.add(9, "de jansen 6711ab 6711ab s@example.org 12");
        assert_eq!(pending.len(), 8);
        let mut seen = Vec::new();
        let drained: Result<(), ()> = pending.drain_codes(|bucket, entries| {
            assert!(entries.iter().all(|(hash, _)| hash.bucket() == bucket));
            seen.extend_from_slice(entries);
            Ok(())
        });
        assert_eq!(drained, Ok(()));
        let (postcode, email) = (CodeHash::of("6711ab"), CodeHash::of("s@example.org"));
        let mut expected = [(postcode, 3), (postcode, 9), (email, 9)];
        expected.sort();
        assert_eq!(seen, expected);

        let mut seen = Vec::new();
        let drained: Result<(), ()> = pending.drain_words(|word, numbers| {
            seen.push(format!("{word} {numbers:?}"));
            Ok(())
        });
        assert_eq!(drained, Ok(()));
        assert_eq!(seen, ["12 [9]", "de [9]", "ede [3]", "jansen [3, 9]"]);
        assert_eq!(pending.len(), 0);
    }
}
