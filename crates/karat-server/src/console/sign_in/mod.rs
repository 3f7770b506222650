//! Signing in and out.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::http::header::{COOKIE, HeaderMap, HeaderValue, LOCATION, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::Visit;
use super::page::{Page, Section, render, see_other};
use crate::access::SignInFailed;
use crate::access::guard::{cookie_name, session_secret};
use crate::quality::encoded;
use crate::serving::Server;

/// The cookie whose content the form repeats, which no other site can know.
const FORM_COOKIE: &str = "karat_form";
const NAME_BYTES_MAX: usize = 200;

#[derive(Template)]
#[template(path = "console/sign_in/template.html")]
struct SignInPage {
    page: Page,
    name: String,
    next: String,
    token: String,
    refusal: Option<Refusal>,
}

/// Why signing in did not work.
enum Refusal {
    Wrong,
    Locked,
    Stale,
    Unavailable,
}

/// What the form holds.
#[derive(Deserialize)]
pub(super) struct SignInForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    csrf: String,
}

/// Leads to the form, and from there to what was wanted.
pub(crate) fn before(wanted: &str) -> Response {
    see_other(&format!("/sign-in?next={}", encoded(wanted)))
}

/// Shows the form.
pub(super) async fn ask(State(server): State<Server>, visit: Visit) -> Response {
    if visit.caller().is_some() {
        return see_other("/");
    }
    let next = within_console(visit.parameter("next").unwrap_or("/")).to_string();
    page(&server, &visit, String::new(), next, None)
}

/// Signs in.
pub(super) async fn enter(
    State(server): State<Server>,
    visit: Visit,
    headers: HeaderMap,
    form: Result<Form<SignInForm>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return page(&server, &visit, String::new(), "/".into(), Some(Refusal::Stale));
    };
    let next = within_console(&form.next).to_string();
    let name: String = form.name.trim().chars().take(NAME_BYTES_MAX).collect();
    let is_own_form = form_token(&headers).is_some_and(|token| token == form.csrf);
    if !is_own_form {
        return page(&server, &visit, name, next, Some(Refusal::Stale));
    }
    // Hashing a password takes much memory, on purpose: few at a time.
    let _turn = server.sign_ins.acquire().await;
    let (access, host, tried) = (server.access.clone(), server.host.clone(), name.clone());
    let signed_in = spawn_blocking(move || access.sign_in(&tried, &form.password, &host)).await;
    let refusal = match signed_in {
        Ok(Ok(signed_in)) => {
            let cookie = session_cookie(&server, &signed_in.secret, true);
            let headers = [(LOCATION, next), (SET_COOKIE, cookie)];
            return (StatusCode::SEE_OTHER, headers).into_response();
        }
        Ok(Err(SignInFailed::Refused)) => Refusal::Wrong,
        Ok(Err(SignInFailed::Locked)) => Refusal::Locked,
        Ok(Err(SignInFailed::Directory(_))) | Err(_) => Refusal::Unavailable,
    };
    page(&server, &visit, name, next, Some(refusal))
}

/// Signs out.
pub(super) async fn leave(State(server): State<Server>, headers: HeaderMap) -> Response {
    if let Some(secret) = session_secret(&headers, server.behind_tls) {
        let access = server.access.clone();
        let signed_out = spawn_blocking(move || access.sign_out(&secret)).await;
        if !matches!(signed_out, Ok(Ok(()))) {
            tracing::error!("a session could not be ended");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    }
    let cookie = session_cookie(&server, "", false);
    let headers = [(LOCATION, "/sign-in".to_string()), (SET_COOKIE, cookie)];
    (StatusCode::SEE_OTHER, headers).into_response()
}

fn page(
    server: &Server,
    visit: &Visit,
    name: String,
    next: String,
    refusal: Option<Refusal>,
) -> Response {
    let mut chance = [0; 16];
    (server.host.chance)(&mut chance);
    let token: String = chance.iter().map(|byte| format!("{byte:02x}")).collect();
    let status = match &refusal {
        None => StatusCode::OK,
        Some(Refusal::Wrong) => StatusCode::UNAUTHORIZED,
        Some(Refusal::Locked) => StatusCode::TOO_MANY_REQUESTS,
        Some(Refusal::Stale) => StatusCode::BAD_REQUEST,
        Some(Refusal::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let cookie = format!("{FORM_COOKIE}={token}; Path=/sign-in; HttpOnly; SameSite=Strict");
    let page = Page::new(visit, Section::SignIn);
    let mut response = render(SignInPage { page, name, next, token, refusal });
    *response.status_mut() = status;
    let cookie = HeaderValue::from_str(&cookie).expect("a token is hexadecimal");
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

fn session_cookie(server: &Server, secret: &str, is_kept: bool) -> String {
    let name = cookie_name(server.behind_tls);
    let secure = if server.behind_tls { "; Secure" } else { "" };
    let age = if is_kept { "" } else { "; Max-Age=0" };
    format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{age}")
}

fn form_token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let named = |cookie: &str| {
        Some(cookie.trim().strip_prefix(FORM_COOKIE)?.strip_prefix('=')?.to_string())
    };
    cookies.flat_map(|cookies| cookies.split(';')).find_map(named)
}

/// An address within the console; anything else leads to the first page.
fn within_console(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_path && is_plain { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        assert_eq!(within_console("/customers/abc?lang=nl"), "/customers/abc?lang=nl");
        for next in ["", "//evil.example", "https://evil.example", "/\\evil", "/a\r\nb", "evil"] {
            assert_eq!(within_console(next), "/", "{next}");
        }
    }
}
