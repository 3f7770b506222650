//! What the databases share: SQL in their common subset, and what is made of its rows.
//!
//! Questions of [`Reader`](crate::Reader) arrive, and potential matches and postings to be written.
//! Statements leave for the database, and answers for the caller.
//! A statement stands here once when both databases understand it: parameters are `$1`, `$2`, … in
//! the order of their first use, integers are 64 bits wide, some values are looked for at a time by
//! `= ANY($1)`, and what is true is told by a row.
//! Start reading at [`Query`]; `reading.rs` is made of it alone.

pub mod access;
pub mod answers;
pub mod assignments;
pub mod buckets;
pub mod change;
pub mod confirmations;
pub mod decision_row;
pub mod decisions;
pub mod entries;
pub mod findings;
pub mod history;
pub mod integrity;
pub mod look_up;
pub mod match_index;
pub mod memberships;
pub mod profiles;
pub mod publications;
pub mod reading;
pub mod rules;
pub mod schema;
pub mod search;
pub mod sources;
pub mod steps;
pub mod tables;
pub mod taken_in;
pub mod tallies;
pub mod value_keys;
pub mod verdicts;
pub mod waiting;

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use karat_model::id::SourceName;
use rustc_hash::FxHashMap;

use crate::error::Result;
use crate::number::SourceNo;
use crate::search::BucketRow;
use buckets::Buckets;
use search::CachedVocabulary;

/// The names of the sources by their numbers.
pub type SourceNames = Arc<FxHashMap<SourceNo, SourceName>>;

/// What was read before in a transaction, which need not be read again in it.
#[derive(Default)]
pub struct Known {
    /// The sources.
    pub sources: Option<SourceNames>,
    /// Buckets of the match index; those that are not there are known not to be.
    pub buckets: FxHashMap<(buckets::Buckets, u64), Option<Vec<u8>>>,
    /// What each rule says now, by the number of its version; none when nobody asks any more.
    pub rules: Option<Arc<FxHashMap<u64, Option<i64>>>>,
}

/// A value for a parameter.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Whole numbers, for a place `= ANY($1)`.
    Integers(&'a [i64]),
    /// Texts, for such a place.
    Texts(&'a [&'a str]),
}

impl Value<'_> {
    /// A whole number, or nothing.
    pub fn of(number: Option<i64>) -> Value<'static> {
        number.map_or(Value::Null, Value::Integer)
    }
}

/// A row of an answer; a column is read as what its table says it is.
pub trait Row {
    /// A whole number.
    fn integer(&self, column: usize) -> Result<i64>;
    /// A whole number, or none.
    fn integer_or_null(&self, column: usize) -> Result<Option<i64>>;
    /// A text.
    fn text(&self, column: usize) -> Result<Cow<'_, str>>;
    /// A text, or none.
    fn text_or_null(&self, column: usize) -> Result<Option<Cow<'_, str>>>;
    /// Bytes.
    fn bytes(&self, column: usize) -> Result<&[u8]>;
    /// Bytes, or none.
    fn bytes_or_null(&self, column: usize) -> Result<Option<&[u8]>>;
}

/// Visits a row.
pub type Visit<'a> = &'a mut dyn FnMut(&dyn Row) -> Result<()>;

/// A connection that can be asked.
pub trait Query {
    /// Visits the rows of a query that gives few; all are read before the first is visited, or
    /// while they are, as the database likes.
    fn few(&self, select: &str, values: &[Value], visit: Visit) -> Result<()>;

    /// Visits the rows of a query that may give millions, some thousands at a time; within a visit
    /// more can be asked. Its parameters are numbers.
    fn many(&self, select: &str, numbers: &[i64], visit: Visit) -> Result<()>;

    /// Lets all that is asked within see the same committed state.
    fn fixed(&self, read: &mut dyn FnMut() -> Result<()>) -> Result<()>;

    /// Whether it can still be asked: the database may be gone.
    fn is_alive(&self) -> bool;

    /// What the database says of pages and indexes that contradict each other; without values.
    fn damaged_pages(&self) -> Result<Vec<String>>;

    /// The words of the search index, kept from one search to the next.
    fn vocabulary(&self) -> &RefCell<CachedVocabulary>;

    /// What was read before in the transaction at hand.
    fn known(&self) -> &RefCell<Known>;

    /// Reads all rows of a query.
    fn all<T>(
        &self,
        select: &str,
        values: &[Value],
        read: impl Fn(&dyn Row) -> Result<T>,
    ) -> Result<Vec<T>>
    where
        Self: Sized,
    {
        let mut found = Vec::new();
        self.few(select, values, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Reads the row of a query that gives one or none.
    fn first<T>(
        &self,
        select: &str,
        values: &[Value],
        read: impl Fn(&dyn Row) -> Result<T>,
    ) -> Result<Option<T>>
    where
        Self: Sized,
    {
        Ok(self.all(select, values, read)?.into_iter().next())
    }

    /// Reads the number that a query gives.
    fn number(&self, select: &str, values: &[Value]) -> Result<i64>
    where
        Self: Sized,
    {
        Ok(self.first(select, values, |row| row.integer(0))?.unwrap_or_default())
    }
}

/// A connection that can be written to, within a transaction of the caller.
pub trait Write: Query {
    /// Writes; says how many rows that were.
    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64>;

    /// Creates or replaces rows of a table of buckets.
    fn put_buckets(&self, table: Buckets, rows: &[BucketRow]) -> Result<()>;

    /// Adds rows of whole numbers to some columns of a table; `conflict` says what becomes of those
    /// that are there already.
    fn put_numbers<const N: usize>(
        &self,
        into: &str,
        conflict: &str,
        rows: &[[i64; N]],
    ) -> Result<()>
    where
        Self: Sized;

    /// Adds rows of whole numbers, or nothing, to some columns of a table.
    fn add_numbers<const N: usize>(&self, into: &str, rows: &[[Option<i64>; N]]) -> Result<()>
    where
        Self: Sized;
}
