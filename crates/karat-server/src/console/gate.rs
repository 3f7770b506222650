//! The gate: pages are for those who signed in, and forms for those who were given them.

use axum::body::{Body, to_bytes};
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::access::{Caller, Known, Permission};
use crate::api::{Problem, ProblemKind};
use crate::serving::Server;

/// Room for a file of the hub model, with three bytes for each that is no letter or digit.
const FORM_BYTES_MAX: usize = 1024 * 1024;
/// The field of every form that holds the token of the session.
pub(super) const CSRF_FIELD: &str = "csrf";

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
        return Problem::new(kind).into_response();
    }
    let is_for_all = path == "/sign-in" || path.starts_with("/assets/");
    if is_for_all {
        return next.run(request).await;
    }
    if caller.is_some_and(|caller| !caller.role.may(Permission::Read)) {
        let detail = "Whoever may only have values checked sees no pages.";
        return Problem::with(ProblemKind::Forbidden, detail).into_response();
    }
    match caller.map(|caller| &caller.by) {
        None => to_sign_in(&request),
        Some(Known::Session { csrf }) if !request.method().is_safe() => {
            let csrf = csrf.clone();
            match with_token(request, &csrf).await {
                Some(request) => next.run(request).await,
                None => Problem::new(ProblemKind::CrossSite).into_response(),
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
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, FORM_BYTES_MAX).await.ok()?;
    let copy = Request::from_parts(parts.clone(), Body::from(body.clone()));
    let Form(fields) = Form::<Vec<(String, String)>>::from_request(copy, &()).await.ok()?;
    let has_token = fields.iter().any(|(name, value)| name == CSRF_FIELD && value == csrf);
    has_token.then(|| Request::from_parts(parts, Body::from(body)))
}

fn percent_encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let written = |byte| {
        if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(written).collect()
}
