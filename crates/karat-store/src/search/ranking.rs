//! Ranking: which entities match a query best.

use super::Closeness;

/// Collects the postings of a query.
///
/// A match is one number, so that a million of them sort fast:
/// ```text
/// entity number │ term of the query, 4 bits │ closeness, 2 bits │ commonness, 5 bits
/// ```
#[derive(Debug, Default)]
pub struct Ranking {
    matches: Vec<u64>,
}

const TERM_SHIFT: u32 = 7;
const CLOSENESS_SHIFT: u32 = 5;
const ENTITY_SHIFT: u32 = 11;

/// An entity and how well it matches; the best is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ranked {
    /// How many terms of the query it matches.
    pub terms_matched: u32,
    exactness: u32,
    rarity: u32,
    /// Ties go to the entity that came into the index first.
    entity_no: std::cmp::Reverse<u64>,
}

impl Ranked {
    /// The number of the entity.
    pub fn entity_no(&self) -> u64 {
        self.entity_no.0
    }
}

impl Ranking {
    /// Adds the entities of a term that matches the query's term of this number, below 16.
    pub fn add(&mut self, query_term: usize, closeness: Closeness, entity_nos: &[u64]) {
        let commonness = u64::from(entity_nos.len().max(1).ilog2().min(31));
        let of_term =
            (query_term as u64) << TERM_SHIFT | (closeness as u64) << CLOSENESS_SHIFT | commonness;
        self.matches.extend(entity_nos.iter().map(|number| number << ENTITY_SHIFT | of_term));
    }

    /// All entities that match, best first.
    pub fn best_first(mut self) -> impl Iterator<Item = Ranked> {
        // Stable on purpose: that sort makes use of the rising runs that the postings are.
        self.matches.sort();
        let of_one_entity = |a: &u64, b: &u64| a >> ENTITY_SHIFT == b >> ENTITY_SHIFT;
        let ranked: Vec<Ranked> = self.matches.chunk_by(of_one_entity).map(rank).collect();
        let mut heap = std::collections::BinaryHeap::from(ranked);
        std::iter::from_fn(move || heap.pop())
    }
}

/// Ranks the matches of one entity.
fn rank(matches: &[u64]) -> Ranked {
    let mut ranked = Ranked {
        terms_matched: 0,
        exactness: 0,
        rarity: 0,
        entity_no: std::cmp::Reverse(matches[0] >> ENTITY_SHIFT),
    };
    let of_one_term = |a: &u64, b: &u64| a >> TERM_SHIFT == b >> TERM_SHIFT;
    for closest in matches.chunk_by(of_one_term).map(|of_term| of_term[0] as u32) {
        ranked.terms_matched += 1;
        ranked.exactness += 3 - (closest >> CLOSENESS_SHIFT & 3);
        ranked.rarity += 31 - (closest & 31);
    }
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_terms_then_exact_then_rare_then_first_come_first() {
        let mut ranking = Ranking::default();
        let common: Vec<u64> = (100..200).collect();
        ranking.add(0, Closeness::Exact, &common);
        ranking.add(0, Closeness::OneEdit, &[7, 8]);
        ranking.add(0, Closeness::TwoEdits, &[7, 150]);
        ranking.add(1, Closeness::Exact, &[9, 8]);
        ranking.add(1, Closeness::Exact, &[150, 151]);
        let best: Vec<_> = ranking.best_first().map(|r| (r.entity_no(), r.terms_matched)).collect();
        assert_eq!(best[..7], [(150, 2), (151, 2), (8, 2), (9, 1), (100, 1), (101, 1), (102, 1)]);
        assert_eq!(best.last(), Some(&(7, 1)));
    }
}
