//! Tables of buckets: a number, and bytes that hold what belongs to it.
//!
//! A row per thing would be millions of tiny rows; a bucket holds some dozens of them.

use super::Value::Integers;
use super::look_up::by_numbers;
use super::{Query, Write};
use crate::error::Result;
use crate::search::BucketRow;

/// How many buckets are read and written at a time.
pub const BUCKETS_AT_A_TIME: usize = 4096;

/// A table of buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Buckets {
    /// The codes of the search index: see `search/code.rs`.
    SearchCode,
    /// The keys of the match index: see `match_index.rs`.
    MatchKey,
    /// The edges of the match index: see `match_index.rs`.
    MatchEdge,
    /// Verdicts: see `verdicts.rs`.
    Verdict,
    /// Who has which value: see `value_keys.rs`.
    ValueKey,
    /// Tallies as they are now: see `tally.rs`.
    TallyNow,
}

impl Buckets {
    /// The name of the table.
    pub fn table(self) -> &'static str {
        match self {
            Buckets::SearchCode => "search_code",
            Buckets::MatchKey => "match_key",
            Buckets::MatchEdge => "match_edge",
            Buckets::Verdict => "verdict",
            Buckets::ValueKey => "value_key",
            Buckets::TallyNow => "tally_now",
        }
    }

    /// Those of these buckets that there are, in any order.
    pub fn read(self, query: &(impl Query + ?Sized), wanted: &[u64]) -> Result<Vec<BucketRow>> {
        let table = self.table();
        let select = format!("SELECT bucket, entries FROM {table} WHERE bucket = ANY($1)");
        let mut found = Vec::with_capacity(wanted.len());
        let is_kept = self.is_kept(wanted.len());
        let mut unknown = wanted.to_vec();
        if is_kept {
            let known = &query.known().borrow().buckets;
            unknown.retain(|&bucket| match known.get(&(self, bucket)) {
                Some(entries) => {
                    found.extend(entries.clone().map(|entries| (bucket, entries)));
                    false
                }
                None => true,
            });
        }
        let before = found.len();
        by_numbers(query, &select, unknown.iter().copied(), &mut |row| {
            found.push((row.integer(0)? as u64, row.bytes(1)?.to_vec()));
            Ok(())
        })?;
        if is_kept {
            let known = &mut query.known().borrow_mut().buckets;
            known.extend(unknown.into_iter().map(|bucket| ((self, bucket), None)));
            let read = found[before..].iter();
            known.extend(read.map(|(bucket, entries)| ((self, *bucket), Some(entries.clone()))));
        }
        Ok(found)
    }

    /// Whether so many buckets are kept when they are read: a change reads those of the match index
    /// and of verdicts several times, and few of them.
    fn is_kept(self, buckets: usize) -> bool {
        const KEPT_MAX: usize = 1024;
        self != Buckets::SearchCode && buckets <= KEPT_MAX
    }

    /// Creates or replaces buckets.
    pub fn put(self, write: &(impl Write + ?Sized), rows: &[BucketRow]) -> Result<()> {
        self.forget(write, rows.iter().map(|(bucket, _)| *bucket));
        write.put_buckets(self, rows)
    }

    fn forget(self, write: &(impl Write + ?Sized), buckets: impl Iterator<Item = u64>) {
        let known = &mut write.known().borrow_mut().buckets;
        buckets.for_each(|bucket| drop(known.remove(&(self, bucket))));
    }

    /// Some buckets from this one on, in order.
    pub fn read_from(
        self,
        query: &(impl Query + ?Sized),
        first: u64,
        limit: usize,
    ) -> Result<Vec<BucketRow>> {
        let table = self.table();
        let select = format!(
            "SELECT bucket, entries FROM {table} WHERE bucket >= $1 ORDER BY bucket LIMIT $2"
        );
        let place = [super::Value::Integer(first as i64), super::Value::Integer(limit as i64)];
        let mut found = Vec::new();
        query.few(&select, &place, &mut |row| {
            found.push((row.integer(0)? as u64, row.bytes(1)?.to_vec()));
            Ok(())
        })?;
        Ok(found)
    }

    /// Removes buckets.
    pub fn remove(self, write: &(impl Write + ?Sized), buckets: &[u64]) -> Result<()> {
        self.forget(write, buckets.iter().copied());
        let table = self.table();
        let delete = format!("DELETE FROM {table} WHERE bucket = ANY($1)");
        let buckets: Vec<i64> = buckets.iter().map(|&bucket| bucket as i64).collect();
        if !buckets.is_empty() {
            write.execute(&delete, &[Integers(&buckets)])?;
        }
        Ok(())
    }

    /// Makes the table have these buckets, which come in order, and no others; a bucket that is as it
    /// was costs no write.
    pub fn replace(
        self,
        write: &impl Write,
        wanted: impl Iterator<Item = BucketRow>,
    ) -> Result<()> {
        let mut known =
            KnownBuckets { table: self, place: 0, read: Vec::new().into_iter(), is_end: false };
        let (mut put, mut gone) = (Vec::new(), Vec::new());
        let mut next_known = known.next(write)?;
        for row in wanted {
            while let Some((bucket, _)) = next_known.as_ref().filter(|(bucket, _)| *bucket < row.0)
            {
                gone.push(*bucket);
                next_known = known.next(write)?;
            }
            let is_known = next_known.as_ref().is_some_and(|(bucket, _)| *bucket == row.0);
            if is_known {
                let as_it_was = next_known.as_ref() == Some(&row);
                next_known = known.next(write)?;
                if as_it_was {
                    continue;
                }
            }
            put.push(row);
            if put.len() == BUCKETS_AT_A_TIME {
                self.put(write, &put)?;
                put.clear();
            }
        }
        while let Some((bucket, _)) = next_known {
            gone.push(bucket);
            next_known = known.next(write)?;
        }
        self.put(write, &put)?;
        self.remove(write, &gone)
    }

    /// Visits all buckets, in order.
    pub fn visit(
        self,
        query: &impl Query,
        visit: &mut dyn FnMut(u64, &[u8]) -> Result<()>,
    ) -> Result<()> {
        let table = self.table();
        let select = format!("SELECT bucket, entries FROM {table} ORDER BY bucket");
        query.many(&select, &[], &mut |row| visit(row.integer(0)? as u64, row.bytes(1)?))
    }
}

/// What is in a bucket of these, which are in order; nothing when it is not among them.
pub fn entries_of(rows: &[BucketRow], bucket: u64) -> &[u8] {
    let at = rows.binary_search_by_key(&bucket, |(bucket, _)| *bucket);
    at.map_or(&[], |at| &rows[at].1)
}

/// The buckets there are, in order; those before the place at hand may be written meanwhile.
struct KnownBuckets {
    table: Buckets,
    place: u64,
    read: std::vec::IntoIter<BucketRow>,
    is_end: bool,
}

impl KnownBuckets {
    fn next(&mut self, query: &impl Query) -> Result<Option<BucketRow>> {
        if self.read.len() == 0 && !self.is_end {
            let rows = self.table.read_from(query, self.place, BUCKETS_AT_A_TIME)?;
            self.is_end = rows.len() < BUCKETS_AT_A_TIME;
            self.place = rows.last().map_or(self.place, |(bucket, _)| bucket + 1);
            self.read = rows.into_iter();
        }
        Ok(self.read.next())
    }
}
