//! Problems: what every refusal looks like (RFC 9457), and the list of all there are.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use karat_hub::view::{Refused, Unavailable};
use serde::Serialize;
use utoipa::ToSchema;

use super::check::EntryBody;

/// The media type of problem details.
pub const PROBLEM_JSON: &str = "application/problem+json";

macro_rules! problem_kinds {
    ($($variant:ident $slug:literal $status:ident $title:literal;)+) => {
        /// The kinds of problem; the names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProblemKind { $(#[doc = $title] $variant),+ }

        impl ProblemKind {
            /// All kinds.
            pub const ALL: &'static [ProblemKind] = &[$(ProblemKind::$variant),+];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(ProblemKind::$variant => $slug),+ }
            }

            /// The status of the answer.
            pub fn status(self) -> StatusCode {
                match self { $(ProblemKind::$variant => StatusCode::$status),+ }
            }

            /// What it is, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(ProblemKind::$variant => $title),+ }
            }
        }
    };
}

problem_kinds! {
    BadRequest "bad-request" BAD_REQUEST "The request is not understood";
    BadParameter "bad-parameter" BAD_REQUEST "A parameter is not understood";
    BrokenJson "broken-json" BAD_REQUEST "The body is no JSON";
    Unauthenticated "unauthenticated" UNAUTHORIZED "Who asks is not known";
    Forbidden "forbidden" FORBIDDEN "Whoever asks may not do this";
    CrossSite "cross-site" FORBIDDEN "The request comes from another site";
    WrongOrigin "wrong-origin" FORBIDDEN "The form stands on a site that may not ask";
    UnknownRoute "unknown-route" NOT_FOUND "There is no such resource";
    UnknownSource "unknown-source" NOT_FOUND "The hub model has no such source";
    UnknownRecord "unknown-record" NOT_FOUND "There is no such record";
    UnknownEntity "unknown-entity" NOT_FOUND "No entity ever had this id";
    NotKept "not-kept" NOT_FOUND "Where the values came from was not kept";
    UnknownDecision "unknown-decision" NOT_FOUND "There is no such decision";
    UnknownFinding "unknown-finding" NOT_FOUND "There is no such finding";
    UnknownConfirmation "unknown-confirmation" NOT_FOUND "There is no such confirmation";
    WrongMethod "wrong-method" METHOD_NOT_ALLOWED "The resource does not do this";
    UndoneAlready "undone-already" CONFLICT "It is undone already";
    UnfitStep "unfit-step" CONFLICT "The step does not follow the state of the finding";
    NotJudged "not-judged" CONFLICT "Nothing was judged yet";
    DeletedEntity "deleted-entity" GONE "All records of the entity were deleted";
    OtherVersion "other-version" PRECONDITION_FAILED "The record is not as the request expects it";
    LongAddress "long-address" URI_TOO_LONG "The address is too long";
    LargeHeaders "large-headers" REQUEST_HEADER_FIELDS_TOO_LARGE "The headers are too large";
    TooLarge "too-large" PAYLOAD_TOO_LARGE "The body is too large";
    NotJson "not-json" UNSUPPORTED_MEDIA_TYPE "The body must be application/json";
    InvalidBody "invalid-body" UNPROCESSABLE_ENTITY "The body does not have the form that is asked for";
    UnknownKind "unknown-kind" UNPROCESSABLE_ENTITY "The hub model has no such kind of customer";
    RefusedEntry "refused-entry" UNPROCESSABLE_ENTITY "The customer lacks what its kind needs, or is probably known already";
    OtherRequest "other-request" UNPROCESSABLE_ENTITY "The Idempotency-Key belongs to another request";
    Failed "failed" INTERNAL_SERVER_ERROR "The hub failed";
    Busy "busy" SERVICE_UNAVAILABLE "The hub has too much to do";
    ReadOnly "read-only" SERVICE_UNAVAILABLE "The hub takes no changes now";
    TooSlow "too-slow" SERVICE_UNAVAILABLE "The answer took too long";
    Unavailable "unavailable" SERVICE_UNAVAILABLE "The hub cannot be read";
}

/// Why a request was refused (RFC 9457). It never holds a personal value, but for what was typed
/// into an entry that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is: a relative address that ends in its stable name.
    #[serde(rename = "type")]
    #[schema(example = "/v1/docs#unknown-record")]
    uri: String,
    /// The kind in a few words.
    #[schema(example = "There is no such record")]
    title: &'static str,
    /// The status of the answer.
    #[schema(example = 404)]
    status: u16,
    /// What is wrong with this request, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What is said of an entry that is refused, as its check would say it, without candidates.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<EntryBody>)]
    entry: Option<serde_json::Value>,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after_seconds: Option<u32>,
}

/// What an operation answers, or why not; a problem is boxed, as it is the rarer one.
pub type Answer = Result<Response, Box<Problem>>;

impl Problem {
    /// A problem of this kind.
    pub fn new(kind: ProblemKind) -> Box<Problem> {
        Box::new(Problem {
            uri: format!("/v1/docs#{}", kind.name()),
            title: kind.title(),
            status: kind.status().as_u16(),
            detail: None,
            entry: None,
            retry_after_seconds: None,
        })
    }

    /// A problem of this kind, with what is wrong and what to do.
    pub fn with(kind: ProblemKind, detail: impl Into<String>) -> Box<Problem> {
        let mut problem = Problem::new(kind);
        problem.detail = Some(detail.into());
        problem
    }

    /// A problem that passes by itself.
    pub fn passing(kind: ProblemKind, seconds: u32) -> Box<Problem> {
        let mut problem = Problem::with(kind, format!("Try again after {seconds} seconds."));
        problem.retry_after_seconds = Some(seconds);
        problem
    }

    /// The problem of an entry that is refused.
    pub fn of_entry(refused: &EntryBody, detail: impl Into<String>) -> Box<Problem> {
        let mut problem = Problem::with(ProblemKind::RefusedEntry, detail);
        problem.entry = Some(serde_json::to_value(refused).expect("an answer becomes JSON"));
        problem
    }

    /// What is wrong with this request.
    pub fn detail_text(&self) -> String {
        self.detail.clone().unwrap_or_default()
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).expect("the list has statuses")
    }
}

impl From<Box<Unavailable>> for Box<Problem> {
    fn from(unavailable: Box<Unavailable>) -> Box<Problem> {
        log_causes("cannot read", unavailable.as_ref());
        Problem::passing(ProblemKind::Unavailable, 5)
    }
}

impl From<Unavailable> for Box<Problem> {
    fn from(unavailable: Unavailable) -> Box<Problem> {
        Box::new(unavailable).into()
    }
}

impl From<Refused> for Box<Problem> {
    fn from(refused: Refused) -> Box<Problem> {
        use ProblemKind as Kind;
        match refused {
            Refused::UnknownSource(_) => Problem::new(Kind::UnknownSource),
            Refused::UnknownRecord(_) => Problem::new(Kind::UnknownRecord),
            Refused::UnknownAttribute(_) => {
                Problem::with(Kind::InvalidBody, "The hub model has no such attribute.")
            }
            Refused::UnknownDecision(_) => Problem::new(Kind::UnknownDecision),
            Refused::UnknownFinding(_) => Problem::new(Kind::UnknownFinding),
            Refused::UnfitStep { state, .. } => {
                Problem::with(Kind::UnfitStep, format!("The finding is `{}`.", state.name()))
            }
            Refused::NotLastStep(_) => Problem::with(
                Kind::UnfitStep,
                "Only the last step that stands of a finding can be undone.",
            ),
            Refused::ReasonMissing => {
                Problem::with(Kind::InvalidBody, "`rejected` and `accepted_as_is` have a `reason`.")
            }
            Refused::UntilNotAhead => Problem::with(
                Kind::InvalidBody,
                "`accepted_as_is` has an `until` that is yet to come, and no other state has one.",
            ),
            Refused::NotWaiting | Refused::AssignedMeanwhile | Refused::UnfitView => {
                Problem::with(Kind::InvalidBody, refused.to_string())
            }
            Refused::UnknownConfirmation(_) => Problem::new(Kind::UnknownConfirmation),
            Refused::UndoneAlready(_) | Refused::WithdrawnAlready(_) => {
                Problem::new(Kind::UndoneAlready)
            }
            Refused::NotJudged => {
                Problem::with(Kind::NotJudged, "`karat publish` judges all that is there.")
            }
            Refused::UnknownValue => {
                Problem::with(Kind::InvalidBody, "The record has no such value of this attribute.")
            }
            Refused::SeveralValues => Problem::with(
                Kind::InvalidBody,
                "The record has several values of this attribute: say which in `value`.",
            ),
            Refused::OtherConfirmation(kind) => Problem::with(
                Kind::InvalidBody,
                format!("`{}` says nothing of values of this attribute.", kind.name()),
            ),
            Refused::ConditionFailed => Problem::with(
                Kind::OtherVersion,
                "Read the record again, and send what it should become with its new ETag.",
            ),
            Refused::UnknownKind => Problem::with(
                Kind::UnknownKind,
                "`kind` names one of those under `kinds` in the files of checks/.",
            ),
            Refused::UnknownReason => Problem::with(
                Kind::InvalidBody,
                "`override` has a `reason_code` of the hub model, and a `reason`.",
            ),
            Refused::OtherEntityType(entity_type) => Problem::with(
                Kind::InvalidBody,
                format!("By the hub model, such a record is of type {}.", entity_type.name()),
            ),
            // Who knows the names of attributes tells more; see `api/create.rs`.
            Refused::Entry(_) => Problem::new(Kind::RefusedEntry),
            Refused::OtherRequest => {
                Problem::with(Kind::OtherRequest, "Use a new key for each new request.")
            }
            Refused::Busy { retry_after_seconds } => {
                Problem::passing(Kind::Busy, retry_after_seconds)
            }
            Refused::Stopped => Problem::passing(Kind::ReadOnly, 5),
            Refused::Failed(cause) if is_too_many_columns(cause.as_ref()) => Problem::with(
                Kind::InvalidBody,
                "A source may have 65536 columns, counting those of all its records.",
            ),
            Refused::Failed(cause) => {
                log_causes("cannot change", cause.as_ref());
                Problem::with(
                    Kind::Failed,
                    "This is not your doing. The log of the server tells more.",
                )
            }
        }
    }
}

/// Whether a change failed because its source would have more columns than can be.
fn is_too_many_columns(cause: &(dyn std::error::Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(cause), |&error| error.source());
    let mut of_store = causes.filter_map(|error| match error.downcast_ref() {
        Some(karat_hub::error::Error::Store(error)) => Some(error),
        _ => error.downcast_ref::<karat_store::Error>(),
    });
    of_store.any(|error| matches!(error, karat_store::Error::TooManyColumns { .. }))
}

/// Tells whoever runs the server; the causes carry ids, never personal values.
fn log_causes(what: &str, error: &(dyn std::error::Error + 'static)) {
    let chain = std::iter::successors(Some(error), |&error| error.source());
    let causes = chain.map(|error| error.to_string()).collect::<Vec<_>>().join(": ");
    tracing::error!(causes, "{what}");
}

impl IntoResponse for Box<Problem> {
    fn into_response(self) -> Response {
        (*self).into_response()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).expect("a problem becomes JSON");
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"karat\""));
        }
        (self.status(), headers, body).into_response()
    }
}
