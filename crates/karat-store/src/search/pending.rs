//! Postings that were not written yet, in little memory.

use karat_model::claim::Validity;
use karat_model::table::{Dictionary, ValueCode};

/// The terms of entities, collected until there are enough to write them by term.
#[derive(Default)]
pub struct PendingPostings {
    terms: Dictionary,
    /// The terms of all entities, one entity after the other.
    codes: Vec<ValueCode>,
    /// Per entity its number, and the end of its terms in `codes`.
    entities: Vec<(u64, u32)>,
}

impl PendingPostings {
    /// Adds the terms of an entity; entities come in the order of their numbers.
    pub fn add(&mut self, entity_no: u64, text: &str) {
        let start = self.codes.len();
        for term in super::terms(text) {
            // Validity is what the dictionary also keeps of values; terms are all alike.
            let code = self.terms.encode(term, Validity::Valid);
            if !self.codes[start..].contains(&code) {
                self.codes.push(code);
            }
        }
        self.entities.push((entity_no, self.codes.len() as u32));
    }

    /// How many postings there are.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Gives each term with the rising numbers of its entities; words first, in order of text.
    pub fn drain<E>(
        &mut self,
        mut visit: impl FnMut(&str, &[u64]) -> Result<(), E>,
    ) -> Result<(), E> {
        let PendingPostings { terms, codes, entities } = std::mem::take(self);
        let (starts, by_term) = group_by_code(&codes, &entities, terms.len());
        let mut order: Vec<ValueCode> = terms.codes().collect();
        order.sort_unstable_by_key(|&code| (super::is_code(terms.value(code)), terms.value(code)));
        let mut numbers = Vec::new();
        for code in order {
            let range = starts[code as usize - 1] as usize..starts[code as usize] as usize;
            numbers.clear();
            numbers.extend(by_term[range].iter().map(|&at| entities[at as usize].0));
            visit(terms.value(code), &numbers)?;
        }
        Ok(())
    }
}

/// Counting sort: per code the places of its entities, in their order.
fn group_by_code(
    codes: &[ValueCode],
    entities: &[(u64, u32)],
    code_max: usize,
) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0u32; code_max + 1];
    for &code in codes {
        starts[code as usize] += 1;
    }
    for code in 1..starts.len() {
        starts[code] += starts[code - 1];
    }
    let mut next = starts.clone();
    let mut by_term = vec![0; codes.len()];
    let mut start = 0;
    for (at, &(_, end)) in entities.iter().enumerate() {
        for &code in &codes[start..end as usize] {
            let place = &mut next[code as usize - 1];
            by_term[*place as usize] = at as u32;
            *place += 1;
        }
        start = end as usize;
    }
    (starts, by_term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postings_come_by_term_words_first() {
        let mut pending = PendingPostings::default();
        pending.add(3, "jansen ede jansen 6711ab");
        pending.add(5, "");
        pending.add(9, "de jansen 6711ab");
        assert_eq!(pending.len(), 6);
        let mut seen = Vec::new();
        let visited: Result<(), ()> = pending.drain(|term, numbers| {
            seen.push(format!("{term} {numbers:?}"));
            Ok(())
        });
        assert_eq!(visited, Ok(()));
        assert_eq!(seen, ["de [9]", "ede [3]", "jansen [3, 9]", "6711ab [3, 9]"]);
        assert_eq!(pending.len(), 0);
    }
}
