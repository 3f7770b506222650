//! Bodies: what is sent, within limits, and what is answered.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::problem::{Problem, ProblemKind};

/// The most bytes of a body.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;
/// The most bytes of a body with several records.
pub const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most levels of arrays and objects within each other.
const DEPTH_MAX: usize = 16;

/// A body as it came, and its headers.
pub struct Sent {
    /// The headers of the request.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Takes the whole body of a request that must be JSON.
pub async fn sent(request: Request, bytes_max: usize) -> Result<Sent, Box<Problem>> {
    let (parts, body) = request.into_parts();
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|it| it.split(';').next()).unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(ProblemKind::NotJson));
    }
    let too_large = |_| {
        let detail = format!("A body may have {bytes_max} bytes.");
        Problem::with(ProblemKind::TooLarge, detail)
    };
    let body = to_bytes(body, bytes_max).await.map_err(too_large)?;
    Ok(Sent { headers: parts.headers, body })
}

/// Reads JSON of the form that is asked for.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Box<Problem>> {
    if depth(body) > DEPTH_MAX {
        let detail = format!("Arrays and objects may stand {DEPTH_MAX} deep in each other.");
        return Err(Problem::with(ProblemKind::InvalidBody, detail));
    }
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            Category::Data => {
                // Only what the program itself says: other messages quote what was sent.
                let message = error.to_string();
                let missing = message.strip_prefix("missing field").is_some();
                let what = message.split(" at line").next().filter(|_| missing);
                let what = what.unwrap_or("not of the form that is asked for");
                let detail = format!("Up to line {line}, column {column}: {what}.");
                Problem::with(ProblemKind::InvalidBody, detail)
            }
            _ => {
                let detail = format!("It breaks at line {line}, column {column}.");
                Problem::with(ProblemKind::BrokenJson, detail)
            }
        }
    })
}

/// How many levels of arrays and objects stand within each other, told without reading values.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut is_escaped) = (0_usize, 0, false, false);
    for &byte in json {
        if in_text {
            in_text = byte != b'"' || is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Answers with JSON.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    raw(status, serde_json::to_vec(body).expect("an answer becomes JSON"))
}

/// Answers with the bytes of JSON.
pub fn raw(status: StatusCode, json: Vec<u8>) -> Response {
    let content_type = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (status, content_type, json).into_response()
}

/// Answers with JSON under a version, or with 304 when the caller has that version (RFC 9110, 13.1.2).
pub fn versioned(headers: &HeaderMap, version: &str, body: &impl Serialize) -> Response {
    let tag = format!("\"{version}\"");
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known = known
        .flat_map(|tags| tags.split(','))
        .any(|known| weakly(known) == tag || known.trim() == "*");
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        json(StatusCode::OK, body)
    };
    let tag = HeaderValue::from_str(&tag).expect("versions are hexadecimal");
    response.headers_mut().insert(ETAG, tag);
    response
}

/// A tag without the mark of a weak one.
pub fn weakly(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// A version of an answer: a hash of it.
pub fn version_of(body: &impl Serialize) -> String {
    let json = serde_json::to_vec(body).expect("an answer becomes JSON");
    blake3::hash(&json).to_hex()[..24].to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_texts() {
        for (json, expected) in [
            ("1", 0),
            ("{}", 1),
            (r#"{"a": [[1], {"b": 2}]}"#, 3),
            (r#"{"a": "[[[["}"#, 1),
            (r#"{"a": "\"[[", "b": "\\"}"#, 1),
            ("]]]]", 0),
        ] {
            assert_eq!(depth(json.as_bytes()), expected, "{json}");
        }
    }

    #[test]
    fn what_was_sent_is_not_quoted() {
        for body in [r#"{"Jansen": 1}"#, r#""Jansen""#, r#"["Jansen", "#, r#"Jansen"#] {
            let problem = read::<Vec<u64>>(body.as_bytes()).unwrap_err();
            let text = serde_json::to_string(&problem).unwrap();
            assert!(!text.contains("Jansen"), "{text}");
        }
    }
}
