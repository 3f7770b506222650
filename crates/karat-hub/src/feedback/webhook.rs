//! Webhooks: findings are posted to an application, in batches, signed, and each accepted once.
//!
//! ```text
//! POST /karat
//! Content-Type: application/json
//! Idempotency-Key: 5f0c…                      the same for the same findings
//! Karat-Signature: t=1764000000,v1=ab12…      HMAC-SHA-256 of `1764000000.` and the body
//! ```
//!
//! The time is signed with the body, so that whoever receives it can refuse what was recorded and
//! is sent again later. The form is that of payment services, so that their libraries fit.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use karat_model::id::SourceName;
use karat_model::record::Moment;
use serde::Serialize;
use sha2::Sha256;

use super::work_item::WorkItem;
use crate::share::moment;

/// How many findings are posted at a time.
pub const BATCH_MAX: usize = 500;

/// After how many seconds a batch is tried again that could not be posted.
const WAITS_SECONDS: [u64; 4] = [1, 2, 4, 8];

/// How long is waited at most, whatever the application asks for.
const WAIT_SECONDS_MAX: u64 = 60;

/// A request that is to be posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Where to.
    pub url: String,
    /// By which the application knows a batch that it was sent before.
    pub idempotency_key: String,
    /// The signature of time and body; `None` where there is no secret.
    pub signature: Option<String>,
    /// The body, as JSON.
    pub body: String,
}

/// What the application answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostAnswer {
    /// The status.
    pub status: u16,
    /// After how many seconds to try again, if it says so.
    pub retry_after_seconds: Option<u64>,
}

/// Why a batch was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// The application refuses it, and would again.
    #[error("the application answers {0}")]
    Refused(u16),
    /// It cannot show that it is whom the address names.
    #[error("the application is not trusted: {0}")]
    Untrusted(String),
    /// It is not there, or cannot take it now.
    #[error("the application cannot be reached: {0}")]
    Unreachable(String),
}

/// What posts: the network, the clock, and the secret that both sides know.
pub struct Poster<'p> {
    /// Posts a request; tells what went wrong where there is no answer.
    pub post: &'p mut dyn FnMut(&Post) -> Result<PostAnswer, NotAccepted>,
    /// Waits.
    pub wait: &'p mut dyn FnMut(Duration),
    /// Tells the time.
    pub now: &'p dyn Fn() -> Moment,
    /// What bodies are signed with.
    pub secret: Option<&'p [u8]>,
}

/// The body of a batch.
#[derive(Serialize)]
struct BatchBody<'b> {
    /// The hub that tells.
    hub: &'b str,
    source: &'b str,
    owner: Option<&'b str>,
    findings: Vec<ItemBody<'b>>,
}

#[derive(Serialize)]
struct ItemBody<'b> {
    number: u64,
    record: Option<&'b str>,
    column: Option<&'b str>,
    value: Option<&'b str>,
    rule: &'b str,
    severity: &'static str,
    dimension: &'static str,
    message: &'b str,
    message_nl: &'b str,
    attribute: Option<&'b str>,
    repair: Option<RepairBody<'b>>,
    opened_at: Option<String>,
    repeats: Option<u64>,
}

#[derive(Serialize)]
struct RepairBody<'b> {
    action: &'static str,
    attribute: Option<&'b str>,
    value: Option<&'b str>,
    column: Option<&'b str>,
}

/// To whom a batch goes.
#[derive(Clone, Copy, Debug)]
pub struct Addressed<'a> {
    /// The name of the hub.
    pub hub: &'a str,
    /// The source.
    pub source: &'a SourceName,
    /// Who answers for it.
    pub owner: Option<&'a str>,
    /// Where it is posted.
    pub url: &'a str,
}

/// Posts a batch until it is accepted.
///
/// # Errors
///
/// When the application refuses it, or cannot be reached after some tries.
pub fn deliver(poster: &mut Poster, to: &Addressed, items: &[WorkItem]) -> Result<(), NotAccepted> {
    let body = body(to, items);
    let idempotency_key = idempotency_key(to, items);
    let mut waits = WAITS_SECONDS.into_iter();
    loop {
        let post = Post {
            url: to.url.to_string(),
            idempotency_key: idempotency_key.clone(),
            signature: poster.secret.map(|secret| signature(secret, (poster.now)(), &body)),
            body: body.clone(),
        };
        let (failed, asked) = match (poster.post)(&post) {
            Ok(PostAnswer { status: 200..=299, .. }) => return Ok(()),
            Ok(PostAnswer { status, retry_after_seconds }) if passes(status) => {
                (NotAccepted::Unreachable(format!("it answers {status}")), retry_after_seconds)
            }
            Ok(PostAnswer { status, .. }) => return Err(NotAccepted::Refused(status)),
            Err(NotAccepted::Unreachable(reason)) => (NotAccepted::Unreachable(reason), None),
            Err(failed) => return Err(failed),
        };
        let Some(seconds) = waits.next() else { return Err(failed) };
        let seconds = asked.unwrap_or(seconds).clamp(seconds, WAIT_SECONDS_MAX);
        (poster.wait)(Duration::from_secs(seconds));
    }
}

/// Whether a refusal with this status passes by itself.
fn passes(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// The same for the same findings, whenever they are sent.
fn idempotency_key(to: &Addressed, items: &[WorkItem]) -> String {
    let mut hasher = blake3::Hasher::new();
    for text in [to.hub, to.source.as_str()] {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    for item in items {
        hasher.update(&item.no.0.to_le_bytes());
    }
    hasher.finalize().to_hex()[..32].to_string()
}

/// The signature of a body at a moment: `t=1764000000,v1=` and 64 hexadecimal digits.
pub fn signature(secret: &[u8], at: Moment, body: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length (RFC 2104)");
    mac.update(format!("{}.", at.0).as_bytes());
    mac.update(body.as_bytes());
    let hex: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={},v1={hex}", at.0)
}

fn body(to: &Addressed, items: &[WorkItem]) -> String {
    let findings = items.iter().map(|item| ItemBody {
        number: item.no.0,
        record: item.record.as_deref(),
        column: item.column.as_deref(),
        value: item.value.as_deref(),
        rule: &item.rule,
        severity: item.severity.name(),
        dimension: item.dimension.name(),
        message: &item.message[0],
        message_nl: &item.message[1],
        attribute: item.attribute.as_deref(),
        repair: item.repair.as_ref().map(|repair| RepairBody {
            action: repair.action,
            attribute: repair.attribute.as_deref(),
            value: repair.value.as_deref(),
            column: repair.column.as_deref(),
        }),
        opened_at: moment::written(item.opened_at),
        repeats: item.repeats.map(|no| no.0),
    });
    let source = to.source.as_str();
    let body = BatchBody { hub: to.hub, source, owner: to.owner, findings: findings.collect() };
    serde_json::to_string(&body).expect("texts and numbers become JSON")
}

#[cfg(test)]
mod tests {
    use karat_model::finding::{Dimension, FindingNo, Severity};

    use super::*;

    fn item(no: u64) -> WorkItem {
        WorkItem {
            no: FindingNo(no),
            source: SourceName::new("crm"),
            record: Some("1001".into()),
            rule: "invalid_email".into(),
            severity: Severity::Error,
            dimension: Dimension::Validity,
            message: ["This is no e-mail address.", "Dit is geen e-mailadres."].map(str::to_string),
            attribute: Some("email".into()),
            column: Some("E-mail".into()),
            value: Some("sanne".into()),
            repair: None,
            opened_at: Moment(0),
            repeats: None,
        }
    }

    fn to<'a>(source: &'a SourceName) -> Addressed<'a> {
        Addressed { hub: "Shop", source, owner: Some("Sales"), url: "http://127.0.0.1/k" }
    }

    /// Answers in turn; gives what came of it, what was posted, and how long was waited.
    fn delivered(
        answers: &[Result<PostAnswer, NotAccepted>],
    ) -> (Result<(), NotAccepted>, Vec<Post>, Vec<u64>) {
        let (mut posts, mut waits) = (Vec::new(), Vec::new());
        let mut post = |post: &Post| {
            posts.push(post.clone());
            answers[posts.len() - 1].clone()
        };
        let mut wait = |time: Duration| waits.push(time.as_secs());
        let mut poster = Poster {
            post: &mut post,
            wait: &mut wait,
            now: &|| Moment(1_764_000_000),
            secret: Some(b"sesame"),
        };
        let source = SourceName::new("crm");
        let done = deliver(&mut poster, &to(&source), &[item(7), item(8)]);
        (done, posts, waits)
    }

    fn status(status: u16) -> Result<PostAnswer, NotAccepted> {
        Ok(PostAnswer { status, retry_after_seconds: None })
    }

    #[test]
    fn what_passes_is_tried_again_and_what_is_refused_is_not() {
        let (done, posts, waits) =
            delivered(&[Err(NotAccepted::Unreachable("refused".into())), status(503), status(202)]);
        assert_eq!((done, waits), (Ok(()), vec![1, 2]));
        assert!(posts.iter().all(|post| *post == posts[0]), "the same batch, each time");
        let (done, posts, _) = delivered(&[status(410)]);
        assert_eq!((done, posts.len()), (Err(NotAccepted::Refused(410)), 1));
        let (done, posts, waits) = delivered(&vec![status(500); 5]);
        let reason = "it answers 500".to_string();
        assert_eq!((done, posts.len()), (Err(NotAccepted::Unreachable(reason)), 5));
        assert_eq!(waits, [1, 2, 4, 8]);
        let late = Ok(PostAnswer { status: 429, retry_after_seconds: Some(30) });
        let (_, _, waits) = delivered(&[late, status(200)]);
        assert_eq!(waits, [30]);
        let never = Ok(PostAnswer { status: 429, retry_after_seconds: Some(86_400) });
        let (_, _, waits) = delivered(&[never, status(200)]);
        assert_eq!(waits, [60]);
    }

    #[test]
    fn time_and_body_are_signed() {
        // Computed with `openssl dgst -sha256 -hmac sesame` of `1764000000.{"a":1}`.
        let expected =
            "t=1764000000,v1=f93288fc4252cff019978ad263e73ba0fffcf79af1e2a7a629ffa8088864bdbb";
        let at = Moment(1_764_000_000);
        assert_eq!(signature(b"sesame", at, "{\"a\":1}"), expected);
        let signed = |secret: &[u8], at, body| signature(secret, Moment(at), body);
        let of = |text: String| text.split_once("v1=").map(|(_, digits)| digits.to_string());
        let usual = of(signed(b"sesame", 1, "a"));
        for other in
            [signed(b"sesam", 1, "a"), signed(b"sesame", 2, "a"), signed(b"sesame", 1, "b")]
        {
            assert_ne!(of(other), usual);
        }
    }

    #[test]
    fn the_same_findings_have_the_same_key() {
        let (crm, shop) = (SourceName::new("crm"), SourceName::new("shop"));
        let key = |source, numbers: &[u64]| {
            let items: Vec<WorkItem> = numbers.iter().copied().map(item).collect();
            idempotency_key(&to(source), &items)
        };
        assert_eq!(key(&crm, &[7, 8]), key(&crm, &[7, 8]));
        assert_eq!(key(&crm, &[7, 8]).len(), 32);
        assert_ne!(key(&crm, &[7, 8]), key(&crm, &[7]));
        assert_ne!(key(&crm, &[7, 8]), key(&shop, &[7, 8]));
    }

    #[test]
    fn a_batch_says_what_is_wrong_where() {
        let source = SourceName::new("crm");
        let told: serde_json::Value =
            serde_json::from_str(&body(&to(&source), &[item(7)])).unwrap();
        assert_eq!(told["source"], "crm");
        let finding = &told["findings"][0];
        assert_eq!(finding["number"], 7);
        assert_eq!(finding["record"], "1001");
        assert_eq!([&finding["column"], &finding["value"]], ["E-mail", "sanne"]);
        assert_eq!(finding["message_nl"], "Dit is geen e-mailadres.");
        assert_eq!(finding["opened_at"], "1970-01-01T00:00:00Z");
        assert_eq!(item(7).masked().value.as_deref(), Some("s***"));
    }
}
