//! The gate: pages are for those who signed in, and forms for those who were given them.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream, Bytes, to_bytes};
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_core::Stream;

use super::{Problem, Visit};
use crate::access::{Caller, Known, Permission};
use crate::api::{self, ProblemKind};
use crate::serving::Server;

/// Room for a file of the hub model, with three bytes for each that is no letter or digit.
const FORM_BYTES_MAX: usize = 1024 * 1024;
/// The field of every form that holds the token of the session.
pub(super) const CSRF_FIELD: &str = "csrf";

/// Where a file is uploaded: the one form that is not read before its token is known.
pub(crate) const UPLOAD_PATH: &str = "/sources/new";
/// How a form with a file says what it is.
const WITH_FILE: &str = "multipart/form-data";

/// Sends those who did not sign in to the page where they do.
pub(super) async fn keep(State(_): State<Server>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let caller = request.extensions().get::<Caller>();
    if path == "/v1" || path.starts_with("/v1/") {
        // What no operation of the API answers comes here, and is no page.
        let kind = match caller {
            Some(_) => ProblemKind::UnknownRoute,
            None => ProblemKind::Unauthenticated,
        };
        return api::Problem::new(kind).into_response();
    }
    let is_for_all = path == "/sign-in" || path.starts_with("/assets/");
    if is_for_all {
        return next.run(request).await;
    }
    if caller.is_some_and(|caller| !caller.role.may(Permission::Read)) {
        let detail = "Whoever may only have values checked sees no pages.";
        return api::Problem::with(ProblemKind::Forbidden, detail).into_response();
    }
    match caller.map(|caller| &caller.by) {
        None => to_sign_in(&request),
        Some(Known::Session { csrf }) if !request.method().is_safe() => {
            let csrf = csrf.clone();
            let visit = request.extensions().get::<Visit>().expect("it has arrived").clone();
            match with_token(request, &csrf).await {
                Some(request) => next.run(request).await,
                None => Problem::stale_form(&visit).into_response(),
            }
        }
        Some(_) => next.run(request).await,
    }
}

fn to_sign_in(request: &Request) -> Response {
    let is_asked_by_link = request.method().is_safe() && request.uri().path() != "/";
    let wanted = request.uri().path_and_query().map_or("/", |wanted| wanted.as_str());
    let address = match is_asked_by_link {
        true => format!("/sign-in?next={}", percent_encoded(wanted)),
        false => "/sign-in".to_string(),
    };
    (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response()
}

/// A request with a form, if the form has this token.
async fn with_token(request: Request, csrf: &str) -> Option<Request> {
    let is_upload = request.method() == Method::POST && request.uri().path() == UPLOAD_PATH;
    if let Some(boundary) = boundary(request.headers()).filter(|_| is_upload) {
        return with_token_first(request, &boundary, csrf).await;
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, FORM_BYTES_MAX).await.ok()?;
    let copy = Request::from_parts(parts.clone(), Body::from(body.clone()));
    let Form(fields) = Form::<Vec<(String, String)>>::from_request(copy, &()).await.ok()?;
    let has_token = fields.iter().any(|(name, value)| name == CSRF_FIELD && value == csrf);
    has_token.then(|| Request::from_parts(parts, Body::from(body)))
}

/// A request with a file, if its form begins with the field of this token, as browsers send a form
/// whose first field that is (RFC 7578, 4); of the file nothing more is read than came along.
async fn with_token_first(request: Request, boundary: &str, csrf: &str) -> Option<Request> {
    let first = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{CSRF_FIELD}\"\r\n\r\n\
         {csrf}\r\n--{boundary}"
    );
    let (parts, body) = request.into_parts();
    let mut rest = body.into_data_stream();
    let mut begun = Vec::new();
    while begun.len() < first.len() {
        let next = poll_fn(|context| Pin::new(&mut rest).poll_next(context)).await?;
        begun.extend_from_slice(&next.ok()?);
    }
    let has_token = begun.starts_with(first.as_bytes());
    let body = Body::from_stream(Begun { begun: Some(begun.into()), rest });
    has_token.then(|| Request::from_parts(parts, body))
}

/// What stands between the fields of a form with a file.
fn boundary(headers: &HeaderMap) -> Option<String> {
    let said = headers.get(CONTENT_TYPE)?.to_str().ok()?.strip_prefix(WITH_FILE)?;
    let boundary = said.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?;
    Some(boundary.trim_matches('"').to_string())
}

/// A body of which the beginning was read before.
struct Begun {
    begun: Option<Bytes>,
    rest: BodyDataStream,
}

impl Stream for Begun {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.begun.take() {
            Some(begun) => Poll::Ready(Some(Ok(begun))),
            None => Pin::new(&mut self.rest).poll_next(context),
        }
    }
}

fn percent_encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let written = |byte| {
        if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(written).collect()
}
