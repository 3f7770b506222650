//! Answers to requests, kept so that a request that comes again is answered again and not done
//! again.

use karat_model::record::Moment;

use super::Value::{Bytes, Integer};
use super::{Query, Write};
use crate::error::Result;

/// Keeps the answer to a request, and forgets those that are older than so many seconds.
pub fn remember(
    write: &impl Write,
    at: Moment,
    request: &str,
    answer: &[u8],
    keep_seconds: u64,
) -> Result<()> {
    let oldest = at.0.saturating_sub_unsigned(keep_seconds);
    write.execute("DELETE FROM answer WHERE at < $1", &[Integer(oldest)])?;
    let put = "
        INSERT INTO answer (request, at, answer) VALUES ($1, $2, $3)
        ON CONFLICT (request) DO UPDATE SET at = excluded.at, answer = excluded.answer";
    write.execute(put, &[Bytes(&hash(request)), Integer(at.0), Bytes(answer)])?;
    Ok(())
}

/// The answer to a request.
pub fn remembered(query: &impl Query, request: &str) -> Result<Option<Vec<u8>>> {
    let select = "SELECT answer FROM answer WHERE request = $1";
    query.first(select, &[Bytes(&hash(request))], |row| Ok(row.bytes(0)?.to_vec()))
}

/// Callers choose their keys, and may well put an e-mail address in one.
fn hash(request: &str) -> [u8; 32] {
    *blake3::hash(request.as_bytes()).as_bytes()
}
