//! Search: finds entities by a few words, also mistyped ones.
//!
//! The folded texts of entities arrive, and queries.
//! What leaves are postings (a term and the numbers of the entities that have it), and the entities
//! that match a query, best first.
//! All is computed from the terms and their postings, so that any database can keep them; the same
//! index gives the same answer.
//! Start reading at [`Vocabulary::expand`], then at [`Ranking`]; [`SearchWriter`] writes the index.
//!
//! A term of some length with digits or `@` is a code: an e-mail address, a postal code, a phone
//! number, an id. It must be typed in full, and only its hash is kept, as most terms are codes and
//! few entities share one. All other terms are words; they are few enough to keep in memory, and
//! may be mistyped.

mod code;
mod filing;
mod pending;
mod posting;
mod ranking;
mod vocabulary;
mod writer;

use karat_model::id::EntityId;

pub(crate) use code::{Bucket, CodeHash, decode_bucket, encode_bucket};
pub(crate) use filing::Filing;
pub(crate) use pending::PendingPostings;
pub(crate) use posting::{decode_postings, encode_postings};
pub(crate) use ranking::Ranking;
pub(crate) use vocabulary::{Expansion, Vocabulary};
pub(crate) use writer::{
    BucketRow, IndexTables, SearchWriter, WaitingText, WordRow, is_time_to_sweep, sweep,
};

/// An entity that matches a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// The entity.
    pub entity: EntityId,
    /// How many terms of the query it matches.
    pub terms_matched: u32,
}

/// How well a term matches one of a query; the best comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Closeness {
    /// It is the same.
    Exact,
    /// It begins with it.
    Prefix,
    /// A letter was mistyped.
    OneEdit,
    /// Two letters were mistyped.
    TwoEdits,
}

/// Longer terms are cut off: nobody types them, and they are hardly words.
const TERM_BYTES_MAX: usize = 64;

/// More terms in a query are left out.
const QUERY_TERMS_MAX: usize = 16;

/// The terms of a text.
pub(crate) fn terms(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().map(|term| &term[..term.floor_char_boundary(TERM_BYTES_MAX)])
}

/// The terms of a query, each once.
pub(crate) fn query_terms(query: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for term in terms(query) {
        if !found.contains(&term) && found.len() < QUERY_TERMS_MAX {
            found.push(term);
        }
    }
    found
}

/// Shorter terms with digits, such as house numbers, are shared by many entities.
const CODE_BYTES_MIN: usize = 6;

/// Whether a term is a code, not a word.
pub(crate) fn is_code(term: &str) -> bool {
    let has_sign = term.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
    has_sign && term.len() >= CODE_BYTES_MIN
}
