//! Who has which value, for checks that compare whole populations; both ways.
//!
//! ```text
//! by value    │ 18 bits: the bucket │ 38 bits: kept in the bucket, see bucket.rs │ → subjects
//! by subject  │ 2^62, and the bucket as that of verdicts, see subject.rs         │ → values
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::buckets::{BUCKETS_AT_A_TIME, Buckets, entries_of};
use super::{Query, Write};
use crate::bucket;
use crate::error::{Error, Result};
use crate::search::BucketRow;
use crate::store::ValueKey;
use crate::subject::SubjectNo;

/// Below the bits of a key that tell its bucket.
const KEY_SHIFT: u32 = 38;
/// What tells buckets by subject from those by value.
const BY_SUBJECT: u64 = 1 << 62;

/// A value and a subject, one of them first: as it stands in a bucket.
type Entry = (u64, u64);

/// Says who has which value; a bucket that is as it was costs no write.
pub fn replace(write: &impl Write, keys: Vec<(ValueKey, SubjectNo)>) -> Result<()> {
    let mut by_value: Vec<Entry> = keys.iter().map(|(key, of)| (key.0, of.code())).collect();
    drop(keys);
    let mut by_subject: Vec<Entry> = by_value.iter().map(|&(key, of)| (of, key)).collect();
    for entries in [&mut by_value, &mut by_subject] {
        entries.sort_unstable();
        entries.dedup();
    }
    let values = by_value.chunk_by(|a, b| bucket_of_value(a.0) == bucket_of_value(b.0));
    let subjects = by_subject.chunk_by(|a, b| bucket_of_subject(a.0) == bucket_of_subject(b.0));
    let rows = values
        .map(|entries| encode(bucket_of_value(entries[0].0), entries))
        .chain(subjects.map(|entries| encode(bucket_of_subject(entries[0].0), entries)));
    Buckets::ValueKey.replace(write, rows)
}

/// Says which values these subjects have now; gives those that appeared or vanished.
pub fn replace_of(
    write: &impl Write,
    subjects: &[SubjectNo],
    keys: &[(ValueKey, SubjectNo)],
) -> Result<Vec<ValueKey>> {
    let mut subjects = subjects.to_vec();
    subjects.extend(keys.iter().map(|(_, subject)| *subject));
    let known: BTreeSet<Entry> =
        of_subjects(write, &subjects)?.into_iter().map(|(key, of)| (of.code(), key.0)).collect();
    let wanted: BTreeSet<Entry> = keys.iter().map(|(key, of)| (of.code(), key.0)).collect();
    // By bucket, what goes and what comes.
    let mut changes: BTreeMap<u64, Vec<(Entry, bool)>> = BTreeMap::new();
    let mut changed = Vec::new();
    let gone = known.difference(&wanted).map(|entry| (*entry, false));
    for ((subject, key), comes) in gone.chain(wanted.difference(&known).map(|of| (*of, true))) {
        changed.push(ValueKey(key));
        changes.entry(bucket_of_value(key)).or_default().push(((key, subject), comes));
        changes.entry(bucket_of_subject(subject)).or_default().push(((subject, key), comes));
    }
    let changes: Vec<(u64, Vec<(Entry, bool)>)> = changes.into_iter().collect();
    for some in changes.chunks(BUCKETS_AT_A_TIME) {
        let buckets: Vec<u64> = some.iter().map(|(bucket, _)| *bucket).collect();
        let mut known = Buckets::ValueKey.read(write, &buckets)?;
        known.sort_unstable();
        let (mut put, mut gone) = (Vec::new(), Vec::new());
        for (bucket, of_bucket) in some {
            let mut entries: BTreeSet<Entry> =
                decode(*bucket, entries_of(&known, *bucket)).collect::<Result<_>>()?;
            for (entry, comes) in of_bucket {
                if *comes {
                    entries.insert(*entry)
                } else {
                    entries.remove(entry)
                };
            }
            let entries: Vec<Entry> = entries.into_iter().collect();
            if entries.is_empty() {
                gone.push(*bucket)
            } else {
                put.push(encode(*bucket, &entries))
            }
        }
        Buckets::ValueKey.put(write, &put)?;
        if !gone.is_empty() {
            Buckets::ValueKey.remove(write, &gone)?;
        }
    }
    changed.sort_unstable();
    changed.dedup();
    Ok(changed)
}

/// Who has one of these values, in order.
pub fn holders(query: &impl Query, keys: &[ValueKey]) -> Result<Vec<(ValueKey, SubjectNo)>> {
    let wanted: BTreeSet<u64> = keys.iter().map(|key| key.0).collect();
    let mut buckets: Vec<u64> = wanted.iter().map(|&key| bucket_of_value(key)).collect();
    buckets.dedup();
    let mut found = Vec::new();
    for (bucket, stored) in Buckets::ValueKey.read(query, &buckets)? {
        for entry in decode(bucket, &stored) {
            let (key, subject) = entry?;
            if wanted.contains(&key) {
                found.push((ValueKey(key), subject_of(bucket, subject)?));
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Which values these subjects have, in order of the subjects.
pub fn of_subjects(
    query: &impl Query,
    subjects: &[SubjectNo],
) -> Result<Vec<(ValueKey, SubjectNo)>> {
    let wanted: BTreeSet<u64> = subjects.iter().map(|subject| subject.code()).collect();
    let mut buckets: Vec<u64> = wanted.iter().map(|&subject| bucket_of_subject(subject)).collect();
    buckets.sort_unstable();
    buckets.dedup();
    let mut found = Vec::new();
    for (bucket, stored) in Buckets::ValueKey.read(query, &buckets)? {
        for entry in decode(bucket, &stored) {
            let (subject, key) = entry?;
            if wanted.contains(&subject) {
                found.push((ValueKey(key), subject_of(bucket, subject)?));
            }
        }
    }
    found.sort_unstable_by_key(|&(key, subject)| (subject, key));
    Ok(found)
}

/// Visits who has which value, in order.
pub fn visit(
    query: &impl Query,
    visit: &mut dyn FnMut(ValueKey, SubjectNo) -> Result<()>,
) -> Result<()> {
    Buckets::ValueKey.visit(query, &mut |bucket, stored| {
        if bucket >= BY_SUBJECT {
            return Ok(());
        }
        decode(bucket, stored).try_for_each(|entry| {
            let (key, subject) = entry?;
            visit(ValueKey(key), subject_of(bucket, subject)?)
        })
    })
}

fn bucket_of_value(key: u64) -> u64 {
    key >> KEY_SHIFT
}

/// The bucket of a subject by its code.
fn bucket_of_subject(subject: u64) -> u64 {
    let subject = SubjectNo::from_code(subject).expect("it is the code of a subject");
    BY_SUBJECT | subject.bucket().0
}

/// Below what no entry of a bucket is.
fn first_in(bucket: u64) -> u64 {
    match bucket >= BY_SUBJECT {
        true => SubjectNo::first_in(bucket - BY_SUBJECT),
        false => bucket << KEY_SHIFT,
    }
}

fn subject_of(bucket: u64, code: u64) -> Result<SubjectNo> {
    SubjectNo::from_code(code).ok_or(Error::Damaged { what: "value_key", number: bucket })
}

/// Writes the entries of one bucket, which are in order.
fn encode(bucket: u64, entries: &[Entry]) -> BucketRow {
    (bucket, bucket::encode(first_in(bucket), entries.iter().copied()))
}

fn decode(bucket: u64, stored: &[u8]) -> impl Iterator<Item = Result<Entry>> {
    bucket::decode(first_in(bucket), stored).map(move |entry| {
        let damaged = Error::Damaged { what: "value_key", number: bucket };
        entry.ok_or(damaged)
    })
}
