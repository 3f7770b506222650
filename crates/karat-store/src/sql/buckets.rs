//! Tables of buckets: a number, and bytes that hold what belongs to it.
//!
//! A row per thing would be millions of tiny rows; a bucket holds some dozens of them.

use super::Write;
use super::look_up::{LOOKED_UP, looked_up_numbers, places};
use crate::error::Result;
use crate::search::BucketRow;

/// A table of buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Buckets {
    /// The codes of the search index: see `search/code.rs`.
    SearchCode,
    /// The keys of the match index: see `match_index.rs`.
    MatchKey,
    /// The edges of the match index: see `match_index.rs`.
    MatchEdge,
}

impl Buckets {
    /// The name of the table.
    pub fn table(self) -> &'static str {
        match self {
            Buckets::SearchCode => "search_code",
            Buckets::MatchKey => "match_key",
            Buckets::MatchEdge => "match_edge",
        }
    }

    /// Those of these buckets that there are, in any order.
    pub fn read(
        self,
        query: &(impl super::Query + ?Sized),
        wanted: &[u64],
    ) -> Result<Vec<BucketRow>> {
        let table = self.table();
        let select = format!("SELECT bucket, entries FROM {table} WHERE bucket IN ({})", places!());
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
        for part in unknown.chunks(LOOKED_UP) {
            query.few(&select, &looked_up_numbers(part), &mut |row| {
                found.push((row.integer(0)? as u64, row.bytes(1)?.to_vec()));
                Ok(())
            })?;
        }
        if is_kept {
            let known = &mut query.known().borrow_mut().buckets;
            known.extend(unknown.into_iter().map(|bucket| ((self, bucket), None)));
            let read = found[before..].iter();
            known.extend(read.map(|(bucket, entries)| ((self, *bucket), Some(entries.clone()))));
        }
        Ok(found)
    }

    /// Whether so many buckets are kept when they are read: a change reads those of the match index
    /// several times, and few of them.
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
        query: &(impl super::Query + ?Sized),
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
        let delete = format!("DELETE FROM {table} WHERE bucket IN ({})", places!());
        for part in buckets.chunks(LOOKED_UP) {
            write.execute(&delete, &looked_up_numbers(part))?;
        }
        Ok(())
    }
}
