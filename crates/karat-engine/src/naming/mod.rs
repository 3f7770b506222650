//! Writes the names of persons: on an envelope, above a letter, in a list, in conversation.
//!
//! Arrives: the parts of one name, and how the person uses them.
//! Leaves: a text. Promises: no two spaces in a row, no space at a hyphen or at either end, whatever
//! the parts are; every name that the person goes by is in it; pure.
//! Start reading in `compose.rs`, which puts the names in order; the others build on it.
//!
//! The rules are those of the Dutch register of persons for the way somebody is written to
//! (*aanschrijfwijze*) and saluted (*aanhef*): Logisch Ontwerp BRP, with its elements 02.20 to 02.40
//! for the name, 61.10 for name usage, and national tables 36 (prefixes) and 38 (titles and
//! predicates of nobility). Whoever has no partner name goes by the own name, whatever the usage
//! says. With a partner name and no usage known, the partner's name comes first (usage V), by far
//! the most frequent. A prefix keeps its capitals, as a Belgian name has them by law.

mod compose;
mod name;
mod nobility;
mod salutation;
mod sorting;

pub use compose::{everyday, written};
pub use name::PersonName;
pub use salutation::salutation;
pub use sorting::{Sorting, sort_key};

#[cfg(test)]
mod tests;
