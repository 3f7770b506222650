//! The guard: finds out who asks, and asks whether they may.

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, COOKIE, HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use karat_model::language::Language;
use tokio::task::spawn_blocking;

use super::{Caller, DirectoryError, Known, Permission, Role};
use crate::api::{MANUAL, Problem, ProblemKind};
use crate::console::sign_in_before;
use crate::locale::Locale;
use crate::serving::{OtherSite, Server};

const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// The name of the cookie of a session; where there is TLS, browsers make sure that no other site
/// and no plain connection can set it.
pub fn cookie_name(behind_tls: bool) -> &'static str {
    if behind_tls { "__Host-karat" } else { "karat_session" }
}

/// What the cookie of a session holds.
pub fn session_secret(headers: &HeaderMap, behind_tls: bool) -> Option<String> {
    let name = cookie_name(behind_tls);
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = cookies.flat_map(|cookies| cookies.split(';'));
    let value =
        |cookie: &str| cookie.trim().strip_prefix(name)?.strip_prefix('=').map(String::from);
    cookies.find_map(value)
}

/// Finds out who asks, and puts a [`Caller`] with the request if somebody does.
pub async fn identify(State(server): State<Server>, mut request: Request, next: Next) -> Response {
    match caller(&server, request.headers()).await {
        Ok(Some(caller)) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Ok(None) => next.run(request).await,
        Err(error) => {
            tracing::error!(
                causes = std::error::Error::source(&error).map(|it| it.to_string()),
                "{error}"
            );
            Problem::passing(ProblemKind::Unavailable, 5).into_response()
        }
    }
}

async fn caller(server: &Server, headers: &HeaderMap) -> Result<Option<Caller>, DirectoryError> {
    if let Some(anyone) = server.access.without() {
        return Ok(Some(anyone));
    }
    let now = (server.host.now)();
    let access = server.access.clone();
    let found = if let Some(token) = headers.get(AUTHORIZATION) {
        let token = token.to_str().unwrap_or_default().trim();
        let bearer = token.split_once(' ').filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
        let Some((_, token)) = bearer else { return Ok(None) };
        let token = token.trim().to_string();
        spawn_blocking(move || access.by_key(&token, now)).await
    } else if let Some(secret) = session_secret(headers, server.behind_tls) {
        spawn_blocking(move || access.by_session(&secret, now)).await
    } else {
        return Ok(None);
    };
    found.unwrap_or_else(|panicked| Err(DirectoryError(Box::new(panicked))))
}

/// Refuses the API to those who did not tell who they are, and changes to pages that cannot know the
/// secret of the session. Whoever opens the manual in a browser is asked to sign in first.
pub async fn close(request: Request, next: Next) -> Response {
    let Some(caller) = request.extensions().get::<Caller>() else {
        if is_reading_manual(&request) {
            let wanted = request.uri().path_and_query().map_or(MANUAL, |wanted| wanted.as_str());
            return sign_in_before(wanted);
        }
        let detail = "Send `Authorization: Bearer karat_…`; `karat key create` makes such a key.";
        return Problem::with(ProblemKind::Unauthenticated, detail).into_response();
    };
    let is_of_form = matches!(caller.by, Known::Key(_)) && caller.role == Role::Form;
    if request.extensions().get::<OtherSite>().is_some() && !is_of_form {
        let detail = "Forms of other sites ask with a key of role `form`.";
        return Problem::with(ProblemKind::WrongOrigin, detail).into_response();
    }
    if let Known::Session { csrf } = &caller.by
        && !request.method().is_safe()
    {
        let token = request.headers().get(CSRF_TOKEN).map(|token| token.as_bytes());
        if token != Some(csrf.as_bytes()) {
            let detail = "Whoever signed in sends the token of the session as X-CSRF-Token.";
            return Problem::with(ProblemKind::CrossSite, detail).into_response();
        }
    }
    next.run(request).await
}

/// Whether a browser asks for the manual, and not a program that shows a key.
fn is_reading_manual(request: &Request) -> bool {
    let headers = request.headers();
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut accepted = accepted.flat_map(|list| list.split(','));
    let is_page = |range: &str| {
        let media_type = range.split(';').next().unwrap_or_default();
        media_type.trim().eq_ignore_ascii_case("text/html")
    };
    request.method().is_safe()
        && request.uri().path() == MANUAL
        && !headers.contains_key(AUTHORIZATION)
        && accepted.any(is_page)
}

/// Lets only those in who may do this, and tells a program who may.
pub fn only<S: Clone + Send + Sync + 'static>(
    permission: Permission,
    methods: MethodRouter<S>,
) -> MethodRouter<S> {
    methods.route_layer(from_fn(move |request: Request, next: Next| async move {
        let caller = request.extensions().get::<Caller>();
        if caller.is_some_and(|caller| caller.role.may(permission)) {
            return next.run(request).await;
        }
        let detail = Locale::of(Language::English).who_may(permission);
        Problem::with(ProblemKind::Forbidden, detail).into_response()
    }))
}
