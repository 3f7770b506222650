//! Verdicts of subjects, as whoever judges packed them.
//!
//! ```text
//! of 16 records that follow each other, or of the customers in one part of all ids:
//! distance to the subject before, how many bytes, the bytes │ … in order
//! ```

use std::collections::BTreeMap;

use super::buckets::{Buckets, entries_of};
use super::{Query, Write};
use crate::error::{Error, Result};
use crate::search::BucketRow;
use crate::subject::SubjectNo;
use crate::varint;
use crate::verdict_set::VerdictSet;

/// Says which verdicts there are now; a bucket that is as it was costs no write.
pub fn replace(write: &impl Write, mut verdicts: VerdictSet) -> Result<()> {
    verdicts.sort();
    let of_bucket = verdicts.places().chunk_by(|a, b| a.0.bucket() == b.0.bucket());
    let rows = of_bucket.map(|places| {
        encode(places[0].0, places.iter().map(|place| (place.0, verdicts.at(place))))
    });
    Buckets::Verdict.replace(write, rows)
}

/// Says which verdicts these subjects have now.
pub fn replace_of(write: &impl Write, subjects: &[SubjectNo], verdicts: &VerdictSet) -> Result<()> {
    // By bucket, what its subjects have now.
    let mut wanted: BTreeMap<u64, BTreeMap<SubjectNo, &[u8]>> = BTreeMap::new();
    let nothing: &[u8] = &[];
    for (subject, bytes) in subjects.iter().map(|&of| (of, nothing)).chain(verdicts.iter()) {
        wanted.entry(subject.bucket().0).or_default().insert(subject, bytes);
    }
    let buckets: Vec<u64> = wanted.keys().copied().collect();
    let mut known = Buckets::Verdict.read(write, &buckets)?;
    known.sort_unstable();
    let (mut put, mut gone) = (Vec::new(), Vec::new());
    for (bucket, of_bucket) in &wanted {
        let stored = entries_of(&known, *bucket);
        let mut all: BTreeMap<SubjectNo, &[u8]> = decode(*bucket, stored)?.into_iter().collect();
        all.extend(of_bucket);
        all.retain(|_, bytes| !bytes.is_empty());
        match all.first_key_value() {
            Some((&first, _)) => {
                let row = encode(first, all.into_iter());
                if row.1 != stored {
                    put.push(row);
                }
            }
            None if !stored.is_empty() => gone.push(*bucket),
            None => {}
        }
    }
    Buckets::Verdict.put(write, &put)?;
    if gone.is_empty() { Ok(()) } else { Buckets::Verdict.remove(write, &gone) }
}

/// The verdicts of these subjects, in order; those that have none are left out.
pub fn of(query: &impl Query, subjects: &[SubjectNo]) -> Result<VerdictSet> {
    let mut subjects = subjects.to_vec();
    subjects.sort_unstable();
    subjects.dedup();
    let mut buckets: Vec<u64> = subjects.iter().map(|subject| subject.bucket().0).collect();
    buckets.dedup();
    let mut stored = Buckets::Verdict.read(query, &buckets)?;
    stored.sort_unstable();
    let mut found = VerdictSet::default();
    for (bucket, entries) in &stored {
        for (subject, bytes) in decode(*bucket, entries)? {
            if subjects.binary_search(&subject).is_ok() {
                found.push(subject, bytes);
            }
        }
    }
    Ok(found)
}

/// Visits the verdicts of all subjects, in order.
pub fn visit(
    query: &impl Query,
    visit: &mut dyn FnMut(SubjectNo, &[u8]) -> Result<()>,
) -> Result<()> {
    Buckets::Verdict.visit(query, &mut |bucket, entries| {
        decode(bucket, entries)?.into_iter().try_for_each(|(subject, bytes)| visit(subject, bytes))
    })
}

/// Writes the verdicts of one bucket, that of this subject; they are in order.
fn encode<'v>(
    first: SubjectNo,
    verdicts: impl Iterator<Item = (SubjectNo, &'v [u8])>,
) -> BucketRow {
    let (bucket, mut last) = first.bucket();
    let mut entries = Vec::new();
    for (subject, bytes) in verdicts {
        varint::write(subject.code() - last, &mut entries);
        varint::write(bytes.len() as u64, &mut entries);
        entries.extend_from_slice(bytes);
        last = subject.code();
    }
    (bucket, entries)
}

/// Reads what was written.
fn decode(bucket: u64, entries: &[u8]) -> Result<Vec<(SubjectNo, &[u8])>> {
    let damaged = Error::Damaged { what: "verdict", number: bucket };
    decoded(bucket, entries).ok_or(damaged)
}

fn decoded(bucket: u64, mut entries: &[u8]) -> Option<Vec<(SubjectNo, &[u8])>> {
    let mut verdicts = Vec::new();
    let mut last = SubjectNo::first_in(bucket);
    while !entries.is_empty() {
        last = last.checked_add(varint::read(&mut entries)?)?;
        let length = usize::try_from(varint::read(&mut entries)?).ok()?;
        let (bytes, rest) = entries.split_at_checked(length)?;
        verdicts.push((SubjectNo::from_code(last)?, bytes));
        entries = rest;
    }
    Some(verdicts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::RowNo;

    #[test]
    fn verdicts_are_read_as_written() {
        let record = |row| SubjectNo::Record(RowNo(row));
        let verdicts: Vec<(SubjectNo, &[u8])> =
            vec![(record(16), &[1, 2]), (record(17), &[0; 300]), (record(31), &[7])];
        let (bucket, entries) = encode(record(16), verdicts.iter().copied());
        assert_eq!((bucket, decode(1, &entries).unwrap()), (1, verdicts));
        assert!(decode(1, &entries[..entries.len() - 1]).is_err());
        assert!(decode(1, &[0]).is_err());
    }
}
