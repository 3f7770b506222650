//! Where a request comes from: what a browser sends on behalf of another site is refused.

use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderMap, HeaderName,
    HeaderValue, ORIGIN, VARY,
};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Server;
use crate::api::{Problem, ProblemKind};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses to answer, in an open hub, a name that is not this machine's: another site could have
/// given its own name the address of this machine (DNS rebinding).
pub(crate) async fn refuse_foreign(
    State(server): State<Server>,
    request: Request,
    next: Next,
) -> Response {
    let host = request.headers().get(HOST).map(|host| host.to_str().unwrap_or_default());
    if server.access.is_open() && !host.is_none_or(is_this_machine) {
        let detail = "This hub is open, and is only answered under 127.0.0.1 or localhost.";
        return Problem::with(ProblemKind::CrossSite, detail).into_response();
    }
    if is_check(request.uri().path()) && !is_from_here(request.headers()) {
        return let_form_in(&server, request, next).await;
    }
    if !request.method().is_safe() && !is_from_here(request.headers()) {
        return Problem::new(ProblemKind::CrossSite).into_response();
    }
    next.run(request).await
}

/// Goes with a request that a form of another site sends, which the hub model lists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OtherSite;

/// Whether this is where forms have values checked: the one door that other sites may have.
fn is_check(path: &str) -> bool {
    let kind = path.strip_prefix("/v1/").and_then(|rest| rest.strip_suffix("/check"));
    kind.is_some_and(|kind| !kind.contains('/'))
}

/// Lets forms of the sites in that the hub model lists (Fetch standard, 3.2: the CORS protocol);
/// cookies are not let through.
async fn let_form_in(server: &Server, mut request: Request, next: Next) -> Response {
    let origin = request.headers().get(ORIGIN).cloned();
    let model = server.hub.model();
    let is_listed = |origin: &HeaderValue| {
        model.entry.origins.iter().any(|known| known.as_bytes() == origin.as_bytes())
    };
    let Some(origin) = origin.filter(is_listed) else {
        let detail = "The site is none of `entry: origins` in hub.yaml.";
        return Problem::with(ProblemKind::WrongOrigin, detail).into_response();
    };
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight {
        let allowed = [
            (ACCESS_CONTROL_ALLOW_METHODS, "POST"),
            (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
            (ACCESS_CONTROL_MAX_AGE, "600"),
        ];
        (StatusCode::NO_CONTENT, allowed).into_response()
    } else {
        request.extensions_mut().insert(OtherSite);
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(VARY, HeaderValue::from_static("Origin"));
    response
}

/// Whether a request does not come from another site, as far as the browser tells; programs that are
/// no browser tell nothing.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text(&FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    match (text(&ORIGIN), text(&HOST)) {
        (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, at)| at == host),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(name, "localhost" | "127.0.0.1" | "::1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_tell_from_where_they_ask() {
        let from_here = |pairs: &[(&HeaderName, &'static str)]| {
            let pairs = pairs
                .iter()
                .map(|(name, value)| ((*name).clone(), HeaderValue::from_static(value)));
            is_from_here(&pairs.collect())
        };
        assert!(from_here(&[]));
        assert!(from_here(&[(&FETCH_SITE, "same-origin"), (&ORIGIN, "http://a.example")]));
        assert!(!from_here(&[(&FETCH_SITE, "same-site")]));
        assert!(from_here(&[(&ORIGIN, "http://a.example"), (&HOST, "a.example")]));
        assert!(!from_here(&[(&ORIGIN, "http://a.example.evil"), (&HOST, "a.example")]));
        assert!(!from_here(&[(&ORIGIN, "null"), (&HOST, "a.example")]));
    }

    #[test]
    fn one_door_is_for_forms() {
        for path in ["/v1/person/check", "/v1/organisation/check"] {
            assert!(is_check(path), "{path}");
        }
        for path in
            ["/v1/person/match", "/v1/check", "/v1/a/b/check", "/v1/person/check/", "/check"]
        {
            assert!(!is_check(path), "{path}");
        }
    }

    #[test]
    fn this_machine_has_few_names() {
        for host in ["localhost:7171", "127.0.0.1", "127.0.0.1:1", "[::1]:7171"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["localhost.evil.example", "127.0.0.1.nip.example", "evil", ""] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
