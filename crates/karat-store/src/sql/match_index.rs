//! The match index: which records have which key, and which pairs are worth a look.
//!
//! ```text
//! match key   │ 18 bits: the bucket │ 38 bits: kept in the bucket, see bucket.rs │
//! edges       │ of 16 records that follow each other, both ways:
//!             │ distance to the record before, the other record, weight │ … in order
//! ```
//!
//! The other record is told as the distance to that of the edge before when the first is the same;
//! negative weights are folded in between the others (zigzag).

use super::buckets::{BUCKETS_AT_A_TIME, Buckets, entries_of};
use super::{Query, Write};
use crate::bucket;
use crate::error::{Error, Result};
use crate::number::RowNo;
use crate::search::BucketRow;
use crate::store::{EdgeRow, MatchIndex, MatchKey};
use crate::varint;
use karat_model::evidence::Weight;

/// Below the bits of a key that tell its bucket: a hub of a million records has some fifty keys in
/// each bucket.
const KEY_SHIFT: u32 = 38;
/// Below the bits of a row number that tell its bucket of edges.
const EDGE_SHIFT: u32 = 4;

/// An edge as one of its records sees it.
type HalfEdge = (RowNo, RowNo, Weight);

/// Writes the match index anew; a bucket that is as it was costs no write.
pub fn replace(write: &impl Write, index: MatchIndex) -> Result<()> {
    let MatchIndex { mut keys, edges } = index;
    keys.sort_unstable();
    keys.dedup();
    let of_bucket = keys.chunk_by(|a, b| key_bucket(a.0) == key_bucket(b.0));
    Buckets::MatchKey.replace(write, of_bucket.map(encode_keys))?;
    drop(keys);
    let mut halves: Vec<HalfEdge> = edges.iter().flat_map(half_edges).collect();
    drop(edges);
    halves.sort_unstable();
    halves.dedup_by_key(|(record, other, _)| (*record, *other));
    let of_bucket = halves.chunk_by(|a, b| edge_bucket(a.0) == edge_bucket(b.0));
    Buckets::MatchEdge.replace(write, of_bucket.map(encode_edges))
}

/// Adds keys of records.
pub fn add_keys(write: &impl Write, keys: &[(MatchKey, RowNo)]) -> Result<()> {
    let mut added = keys.to_vec();
    added.sort_unstable();
    let parts: Vec<&[(MatchKey, RowNo)]> =
        added.chunk_by(|a, b| key_bucket(a.0) == key_bucket(b.0)).collect();
    for parts in parts.chunks(BUCKETS_AT_A_TIME) {
        let wanted: Vec<u64> = parts.iter().map(|part| key_bucket(part[0].0)).collect();
        let mut known = Buckets::MatchKey.read(write, &wanted)?;
        known.sort_unstable();
        let mut put = Vec::with_capacity(parts.len());
        for part in parts {
            let bucket = key_bucket(part[0].0);
            let stored = entries_of(&known, bucket);
            let mut entries = decode_keys(bucket, stored).collect::<Result<Vec<_>>>()?;
            let before = entries.len();
            entries.extend_from_slice(part);
            entries.sort_unstable();
            entries.dedup();
            if entries.len() > before {
                put.push(encode_keys(&entries));
            }
        }
        Buckets::MatchKey.put(write, &put)?;
    }
    Ok(())
}

/// The records that were given one of these keys, in order of keys and numbers.
pub fn candidates(query: &impl Query, keys: &[MatchKey]) -> Result<Vec<(MatchKey, RowNo)>> {
    let mut wanted = keys.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let mut buckets: Vec<u64> = wanted.iter().map(|&key| key_bucket(key)).collect();
    buckets.dedup();
    let mut found = Vec::new();
    for (bucket, stored) in Buckets::MatchKey.read(query, &buckets)? {
        for entry in decode_keys(bucket, &stored) {
            let entry = entry?;
            if wanted.binary_search(&entry.0).is_ok() {
                found.push(entry);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Says which edges these records have now; those between other records stay.
pub fn replace_edges_of(write: &impl Write, records: &[RowNo], edges: &[EdgeRow]) -> Result<()> {
    let mut changing = EdgeBuckets::default();
    let mut records = records.to_vec();
    records.sort_unstable();
    records.dedup();
    changing.read(write, records.iter().copied())?;
    let is_replaced = |record: &RowNo| records.binary_search(record).is_ok();
    let mut others: Vec<RowNo> = Vec::new();
    for halves in changing.buckets.values() {
        others.extend(halves.iter().filter(|half| is_replaced(&half.0)).map(|half| half.1));
    }
    others.extend(edges.iter().flat_map(|edge| [edge.left, edge.right]));
    changing.read(write, others.into_iter())?;
    let mut added: Vec<HalfEdge> = edges.iter().flat_map(half_edges).collect();
    added.sort_unstable();
    added.dedup_by_key(|(record, other, _)| (*record, *other));
    let (mut put, mut gone) = (Vec::new(), Vec::new());
    for (bucket, known) in changing.buckets {
        let stays = |half: &&HalfEdge| !is_replaced(&half.0) && !is_replaced(&half.1);
        let of_bucket = |half: &&HalfEdge| edge_bucket(half.0) == bucket;
        let is_added = |half: &&HalfEdge| {
            added.binary_search_by_key(&(half.0, half.1), |added| (added.0, added.1)).is_ok()
        };
        let mut halves: Vec<HalfEdge> =
            known.iter().filter(stays).filter(|half| !is_added(half)).copied().collect();
        halves.extend(added.iter().filter(of_bucket));
        halves.sort_unstable();
        if halves == known {
            continue;
        }
        if halves.is_empty() { gone.push(bucket) } else { put.push(encode_edges(&halves)) }
    }
    Buckets::MatchEdge.put(write, &put)?;
    Buckets::MatchEdge.remove(write, &gone)
}

/// The edges of these records, each once, in order.
pub fn edges_of(query: &impl Query, records: &[RowNo]) -> Result<Vec<EdgeRow>> {
    let mut records = records.to_vec();
    records.sort_unstable();
    let mut of_records = EdgeBuckets::default();
    of_records.read(query, records.iter().copied())?;
    let mut edges: Vec<EdgeRow> = Vec::new();
    for halves in of_records.buckets.into_values() {
        let wanted = halves.iter().filter(|half| records.binary_search(&half.0).is_ok());
        edges.extend(wanted.map(|&(record, other, weight)| EdgeRow {
            left: record.min(other),
            right: record.max(other),
            weight,
        }));
    }
    edges.sort_unstable();
    edges.dedup();
    Ok(edges)
}

/// Some buckets of edges, by number.
#[derive(Default)]
struct EdgeBuckets {
    buckets: std::collections::BTreeMap<u64, Vec<HalfEdge>>,
}

impl EdgeBuckets {
    /// Reads the buckets of these records, as far as they are not read yet.
    fn read(&mut self, query: &impl Query, records: impl Iterator<Item = RowNo>) -> Result<()> {
        let mut wanted: Vec<u64> =
            records.map(edge_bucket).filter(|bucket| !self.buckets.contains_key(bucket)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        self.buckets.extend(wanted.iter().map(|&bucket| (bucket, Vec::new())));
        for (bucket, stored) in Buckets::MatchEdge.read(query, &wanted)? {
            let damaged = Error::Damaged { what: "match_edge", number: bucket };
            self.buckets.insert(bucket, decode_edges(bucket, &stored).ok_or(damaged)?);
        }
        Ok(())
    }
}

fn key_bucket(key: MatchKey) -> u64 {
    key.0 >> KEY_SHIFT
}

fn edge_bucket(record: RowNo) -> u64 {
    record.0 >> EDGE_SHIFT
}

fn half_edges(edge: &EdgeRow) -> [HalfEdge; 2] {
    let EdgeRow { left, right, weight } = *edge;
    [(left, right, weight), (right, left, weight)]
}

/// Writes the keys of one bucket, which are in order.
fn encode_keys(entries: &[(MatchKey, RowNo)]) -> BucketRow {
    let bucket = key_bucket(entries[0].0);
    let entries = entries.iter().map(|(key, row)| (key.0, row.0));
    (bucket, bucket::encode(bucket << KEY_SHIFT, entries))
}

fn decode_keys(bucket: u64, stored: &[u8]) -> impl Iterator<Item = Result<(MatchKey, RowNo)>> {
    bucket::decode(bucket << KEY_SHIFT, stored).map(move |entry| {
        let damaged = Error::Damaged { what: "match_key", number: bucket };
        entry.map(|(key, row)| (MatchKey(key), RowNo(row))).ok_or(damaged)
    })
}

/// Writes the edges of one bucket, which are in order.
fn encode_edges(halves: &[HalfEdge]) -> BucketRow {
    let bucket = edge_bucket(halves[0].0);
    let mut bytes = Vec::with_capacity(halves.len() * 6);
    let mut last = (bucket << EDGE_SHIFT, 0);
    for &(RowNo(record), RowNo(other), Weight(weight)) in halves {
        let before = if record == last.0 { last.1 } else { 0 };
        varint::write(record - last.0, &mut bytes);
        varint::write(other - before, &mut bytes);
        varint::write(u64::from((weight << 1 ^ weight >> 31) as u32), &mut bytes);
        last = (record, other);
    }
    (bucket, bytes)
}

fn decode_edges(bucket: u64, mut bytes: &[u8]) -> Option<Vec<HalfEdge>> {
    let mut halves = Vec::with_capacity(bytes.len() / 5);
    let mut last = (bucket << EDGE_SHIFT, 0);
    while !bytes.is_empty() {
        let record = last.0.checked_add(varint::read(&mut bytes)?)?;
        let before = if record == last.0 { last.1 } else { 0 };
        let other = varint::read(&mut bytes)?.checked_add(before)?;
        let weight = u32::try_from(varint::read(&mut bytes)?).ok()?;
        let weight = Weight((weight >> 1) as i32 ^ -((weight & 1) as i32));
        halves.push((RowNo(record), RowNo(other), weight));
        last = (record, other);
    }
    Some(halves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_read_as_written() {
        let half = |record, other, weight| (RowNo(record), RowNo(other), Weight(weight));
        for halves in [
            vec![half(16, 1, 7)],
            vec![half(17, 3, i32::MIN), half(17, 9, i32::MAX), half(18, 2, 0), half(31, 1, -1)],
        ] {
            let (bucket, stored) = encode_edges(&halves);
            assert_eq!((bucket, decode_edges(bucket, &stored)), (1, Some(halves)));
        }
        assert_eq!(decode_edges(1, &[0, 1]), None);
        assert_eq!(decode_edges(1, &[0, 1, 0xff, 0xff, 0xff, 0xff, 0x7f]), None);
    }
}
