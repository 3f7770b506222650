//! What headers say about a change: that it may be a repetition, and what it expects to find.

use axum::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};
use karat_hub::view::{ChangeOutcome, Condition, Repetition};

use super::body::weakly;
use super::problem::{Problem, ProblemKind};
use crate::access::{Caller, Known};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const KEY_CHARACTERS_MAX: usize = 128;

/// The repetition that a request may be, by its `Idempotency-Key`.
///
/// The key counts for its caller alone; what was asked is the address, the condition and the body.
pub fn of(
    headers: &HeaderMap,
    caller: &Caller,
    asked: &[&[u8]],
    answer: fn(&ChangeOutcome) -> Vec<u8>,
) -> Result<Option<Repetition>, Box<Problem>> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let is_plain = |key: &&str| {
        let is_visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        is_visible && (1..=KEY_CHARACTERS_MAX).contains(&key.len())
    };
    let key = key.to_str().ok().filter(is_plain).ok_or_else(|| {
        let detail =
            format!("`Idempotency-Key` has 1 to {KEY_CHARACTERS_MAX} visible characters of ASCII.");
        Problem::with(ProblemKind::BadParameter, detail)
    })?;
    let by = match &caller.by {
        Known::Key(id) => format!("key {id}"),
        Known::Session { .. } => format!("account {}", caller.name),
        Known::Open => "anyone".to_string(),
    };
    let name = hash(&[by.as_bytes(), key.as_bytes()]).to_hex().to_string();
    let condition = headers.get(IF_MATCH).map_or(&b""[..], |value| value.as_bytes());
    let mut parts = asked.to_vec();
    parts.push(condition);
    Ok(Some(Repetition { name, digest: *hash(&parts).as_bytes(), answer }))
}

/// The same for one of several changes of a request.
pub fn part_of(whole: &Repetition, number: usize) -> Repetition {
    Repetition { name: format!("{}.{number}", whole.name), ..whole.clone() }
}

/// What a change expects to find (RFC 9110, 13.1.1 and 13.1.2).
pub fn condition(headers: &HeaderMap) -> Result<Condition, Box<Problem>> {
    let header = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?").trim());
    match (header(IF_MATCH), header(IF_NONE_MATCH)) {
        (None, Some("*")) => Ok(Condition::Absent),
        (None, _) => Ok(Condition::None),
        (Some("*"), _) => Ok(Condition::Present),
        (Some(tags), _) if tags.contains(',') => {
            let detail = "`If-Match` takes one ETag, or *.";
            Err(Problem::with(ProblemKind::BadParameter, detail))
        }
        (Some(tag), _) => {
            let tag = weakly(tag).trim_matches('"').parse();
            // What is no version is the version of nothing.
            tag.map(Condition::Is).map_err(|_| {
                let detail = "No record ever had this ETag.";
                Problem::with(ProblemKind::OtherVersion, detail)
            })
        }
    }
}

fn hash(parts: &[&[u8]]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize()
}
