//! Serving as a whole: signing in, forms, other sites, and what watchers see.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::get;
use tower::ServiceExt;

use super::{Server, limits, router};
use crate::access::memory::{MemoryDirectory, PASSWORD, account, test_host};
use crate::access::{Access, Directory, Role};
use crate::fixture::{FixtureHub, FixtureWriter};

/// What was answered.
pub(crate) struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answered {
    /// What a header says; nothing where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The content of a cookie that is set.
    fn cookie(&self, name: &str) -> String {
        let cookies = self.headers.get_all("set-cookie").iter();
        let mut cookies = cookies.filter_map(|it| it.to_str().unwrap().strip_prefix(name));
        let value = cookies.find_map(|rest| rest.strip_prefix('=')).unwrap_or_default();
        value.split(';').next().unwrap().to_string()
    }

    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> &str {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.text.split_once(&start).unwrap_or_else(|| panic!("{}", self.text));
        rest.split('"').next().unwrap()
    }
}

fn closed() -> Server {
    closed_to(&[("eva", Role::Steward)])
}

fn server(access: Access) -> Server {
    let hub = FixtureHub::new();
    let writer = Arc::new(FixtureWriter::beside(&hub));
    Server::new(Arc::new(hub), Some(writer), access, test_host())
}

/// A closed hub in which these have an account.
pub(crate) fn closed_to(accounts: &[(&str, Role)]) -> Server {
    let directory = MemoryDirectory::default();
    for (name, role) in accounts {
        directory.put_account(&account(name, *role)).unwrap();
    }
    server(Access::Closed(Arc::new(directory)))
}

/// Asks a server.
pub(crate) async fn ask(
    server: &Server,
    line: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answered {
    let (method, path) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path);
    if !body.is_empty() {
        request = request.header("Content-Type", "application/x-www-form-urlencoded");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.to_string())).unwrap();
    answered(router(server.clone()), request).await
}

async fn answered(router: Router, request: Request<Body>) -> Answered {
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    Answered { status: parts.status, headers: parts.headers, text }
}

/// Fills the form in, as Eva.
async fn sign_in(server: &Server, password: &str, next: &str) -> Answered {
    sign_in_as(server, "eva", password, next).await
}

async fn sign_in_as(server: &Server, name: &str, password: &str, next: &str) -> Answered {
    let form = ask(server, "GET /sign-in", &[], "").await;
    let token = form.cookie("karat_form");
    assert_eq!(form.field("csrf"), token);
    let password = password.replace(' ', "+");
    let body = format!("name={name}&password={password}&next={next}&csrf={token}");
    ask(server, "POST /sign-in", &[("Cookie", &format!("karat_form={token}"))], &body).await
}

/// The cookie of Eva, who signed in.
async fn session(server: &Server) -> String {
    session_of(server, "eva").await
}

/// The cookie of somebody who signed in.
pub(crate) async fn session_of(server: &Server, name: &str) -> String {
    let entered = sign_in_as(server, name, PASSWORD, "/").await;
    format!("karat_session={}", entered.cookie("karat_session"))
}

#[tokio::test]
async fn pages_ask_to_sign_in_and_then_show_what_was_wanted() {
    let server = closed();
    for path in ["/", "/search", "/nowhere"] {
        let sent = ask(&server, &format!("GET {path}"), &[], "").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{path}");
        assert!(sent.header("location").starts_with("/sign-in"), "{path}");
    }
    let wanted = ask(&server, "GET /compare?left=crm/1001", &[], "").await;
    assert_eq!(wanted.header("location"), "/sign-in?next=/compare%3Fleft%3Dcrm/1001");
    let form = ask(&server, &format!("GET {}", wanted.header("location")), &[], "").await;
    assert_eq!(form.field("next"), "/compare?left=crm/1001");
    let dutch = ask(&server, "GET /about?lang=nl", &[], "").await;
    assert!(dutch.header("set-cookie").starts_with("karat_language=nl"), "it is asked in Dutch");
    let style = ask(&server, "GET /assets/console.css", &[], "").await;
    assert_eq!(style.status, StatusCode::OK, "the form is to look well");

    let entered = sign_in(&server, PASSWORD, "/about").await;
    assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/about"));
    let cookie = entered.header("set-cookie");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let session = format!("karat_session={}", entered.cookie("karat_session"));
    let page = ask(&server, "GET /about", &[("Cookie", &session)], "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Sign out"));
    let api = ask(&server, "GET /v1", &[("Cookie", &session)], "").await;
    assert_eq!(api.status, StatusCode::OK, "whoever signed in may read the API");
    let missing = ask(&server, "GET /v1/nowhere", &[("Cookie", &session)], "").await;
    assert!(missing.text.contains("unknown-route"), "{}", missing.text);
}

#[tokio::test]
async fn a_browser_is_led_to_the_manual_through_the_door_and_a_program_is_told_why_not() {
    let server = closed();
    let browser = ("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
    let led = ask(&server, "GET /v1/docs?lang=nl", &[browser], "").await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    let form = ask(&server, &format!("GET {}", led.header("location")), &[], "").await;
    assert_eq!(form.field("next"), "/v1/docs?lang=nl");
    let entered = sign_in(&server, PASSWORD, "/v1/docs").await;
    assert_eq!(entered.header("location"), "/v1/docs");
    let session = format!("karat_session={}", entered.cookie("karat_session"));
    let page = ask(&server, "GET /v1/docs", &[browser, ("Cookie", &session)], "").await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    // Near misses: what programs ask for, and whoever shows a key that is none.
    for (line, headers) in [
        ("GET /v1/docs", &[][..]),
        ("GET /v1/docs", &[("Accept", "*/*")]),
        ("GET /v1/docs", &[("Accept", "application/json")]),
        ("GET /v1/docs", &[browser, ("Authorization", "Bearer karat_a_b")]),
        ("GET /v1/openapi.json", &[browser]),
        ("GET /v1", &[browser]),
    ] {
        let told = ask(&server, line, headers, "").await;
        assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{line} {headers:?}");
        assert_eq!(told.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn the_form_speaks_both_languages() {
    let server = closed();
    for (code, expected) in [("en", "Password"), ("nl", "Wachtwoord")] {
        let form = ask(&server, &format!("GET /sign-in?lang={code}"), &[], "").await;
        assert!(form.text.contains(expected), "{code}");
        assert!(
            !form.text.contains("Van Velzen Wonen</h1>") && !form.text.contains("role=\"search\"")
        );
    }
}

#[tokio::test]
async fn a_wrong_password_lets_nobody_in_and_locks_in_the_end() {
    let server = closed();
    for _ in 0..5 {
        let refused = sign_in(&server, "wrong", "/").await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(refused.cookie("karat_session").is_empty());
        assert!(refused.text.contains("do not belong together"));
    }
    let locked = sign_in(&server, PASSWORD, "/").await;
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(locked.text.contains("tried too often"));
}

#[tokio::test]
async fn a_form_of_another_site_signs_nobody_in() {
    let server = closed();
    let body = format!("name=eva&password={}&csrf=guessed", PASSWORD.replace(' ', "+"));
    for cookie in ["", "karat_form=", "karat_form=other"] {
        let refused = ask(&server, "POST /sign-in", &[("Cookie", cookie)], &body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{cookie}");
    }
    let token = ask(&server, "GET /sign-in", &[], "").await.cookie("karat_form");
    let headers = [("Cookie", &*format!("karat_form={token}")), ("Sec-Fetch-Site", "cross-site")];
    let refused = ask(&server, "POST /sign-in", &headers, &body.replace("guessed", &token)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn forms_carry_the_token_of_the_session() {
    let server = closed();
    let session = session(&server).await;
    let cookie = [("Cookie", session.as_str())];
    let token = ask(&server, "GET /search", &cookie, "").await.field("csrf").to_string();
    assert_eq!(token.len(), 32);
    let found = ask(&server, "POST /search", &cookie, &format!("q=sanne&csrf={token}")).await;
    assert_eq!(found.status, StatusCode::OK);
    assert_eq!(found.text.matches("<form").count(), found.text.matches(&token).count());
    for body in ["q=sanne", "q=sanne&csrf=", "q=sanne&csrf=other"] {
        let refused = ask(&server, "POST /search", &cookie, body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{body}");
        assert!(refused.text.contains("let the page load anew"), "{}", refused.text);
    }
    let refused = ask(&server, "POST /search?lang=nl", &cookie, "q=sanne").await;
    assert!(refused.text.contains("Er is niets gewijzigd"), "{}", refused.text);
    let json = [("Cookie", session.as_str()), ("Content-Type", "application/json")];
    let refused = ask(&server, "POST /v1/entities/search", &json, r#"{"q": "sanne"}"#).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_steward_takes_steps_with_a_finding_and_a_reader_does_not() {
    let server = closed();
    let session = session(&server).await;
    let cookie = [("Cookie", session.as_str())];
    let page = ask(&server, "GET /findings/4", &cookie, "").await;
    assert_eq!(page.status, StatusCode::OK);
    let token = page.field("csrf").to_string();
    assert_eq!(page.text.matches("<form").count(), page.text.matches(&token).count());
    // It is acknowledged: it may be fixed, rejected or accepted, and not be acknowledged again.
    let offered = |state: &str| page.text.contains(&format!("name=\"state\" value=\"{state}\""));
    assert!(["fixed_in_source", "rejected", "accepted_as_is"].into_iter().all(offered));
    assert!(!offered("acknowledged") && !offered("sent") && !offered("verified"));
    assert!(page.text.contains("name=\"undo\" value=\"2\""), "only the last step is undone");
    let post = async |body: &str| ask(&server, "POST /findings/4/steps", &cookie, body).await;
    for body in [
        "state=fixed_in_source".to_string(),
        "state=rejected&reason=right".to_string(),
        "state=accepted_as_is&until=2027-01-31&reason=known".to_string(),
        "undo=2".to_string(),
    ] {
        let done = post(&format!("{body}&csrf={token}")).await;
        assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/findings/4"));
        assert_eq!(post(&format!("{body}&csrf=other")).await.status, StatusCode::FORBIDDEN);
    }
    for (body, told) in [
        ("state=rejected&reason=", "write down why"),
        ("state=accepted_as_is&until=soon&reason=a", "a day that is yet to come"),
        ("state=acknowledged", "somebody was first"),
        ("state=verified", "Nothing was changed"),
        ("undo=1", "somebody was first"),
    ] {
        let refused = post(&format!("{body}&csrf={token}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert!(refused.text.contains(told), "{body}: {}", refused.text);
    }
    for path in ["/findings/99", "/findings/x", "/findings/99999999999999999999"] {
        let missing = ask(&server, &format!("GET {path}"), &cookie, "").await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{path}");
    }

    let server = closed_to(&[("eva", Role::Reader)]);
    let session = self::session(&server).await;
    let cookie = [("Cookie", session.as_str())];
    let page = ask(&server, "GET /findings/4", &cookie, "").await;
    assert!(page.text.contains("acknowledged") && !page.text.contains("name=\"state\""));
    let body = format!("state=fixed_in_source&csrf={}", page.field("csrf"));
    let refused = ask(&server, "POST /findings/4/steps", &cookie, &body).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let server = closed();
    let session = session(&server).await;
    let cookie = [("Cookie", session.as_str())];
    let token = ask(&server, "GET /", &cookie, "").await.field("csrf").to_string();
    let stayed = ask(&server, "POST /sign-out", &cookie, "csrf=other").await;
    assert_eq!(stayed.status, StatusCode::FORBIDDEN);
    let left = ask(&server, "POST /sign-out", &cookie, &format!("csrf={token}")).await;
    assert_eq!(left.header("location"), "/sign-in");
    assert!(left.header("set-cookie").contains("Max-Age=0"));
    let after = ask(&server, "GET /", &cookie, "").await;
    assert_eq!(after.status, StatusCode::SEE_OTHER, "the cookie alone is worth nothing");
}

#[tokio::test]
async fn behind_tls_the_cookie_insists_on_it() {
    let mut server = closed();
    server.behind_tls = true;
    let cookie = sign_in(&server, PASSWORD, "/").await.header("set-cookie").to_string();
    assert!(cookie.starts_with("__Host-karat="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
    let session = cookie.split(';').next().unwrap();
    assert_eq!(ask(&server, "GET /", &[("Cookie", session)], "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_open_hub_says_so_and_answers_this_machine_only() {
    let server = server(Access::Open);
    for (code, expected) in [("en", "This hub is open"), ("nl", "Deze hub staat open")] {
        for path in ["/", "/search", "/about", "/nowhere"] {
            let page = ask(&server, &format!("GET {path}?lang={code}"), &[], "").await;
            assert!(page.text.contains(expected), "{path}");
        }
    }
    assert!(ask(&server, "GET /v1", &[], "").await.text.contains("\"open\":true"));
    assert!(ask(&server, "GET /v1/docs", &[], "").await.text.contains("This hub is open"));
    let dutch = ask(&server, "GET /v1/docs?lang=nl", &[], "").await;
    assert!(dutch.text.contains("Deze hub staat open"));
    for host in ["localhost:7171", "127.0.0.1:7171"] {
        assert_eq!(ask(&server, "GET /", &[("Host", host)], "").await.status, StatusCode::OK);
    }
    let elsewhere = ask(&server, "GET /", &[("Host", "hub.evil.example")], "").await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    let from_elsewhere = [("Origin", "https://evil.example"), ("Host", "localhost:7171")];
    let refused = ask(&server, "DELETE /v1/sources/crm/records/1001", &from_elsewhere, "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_closed_hub_does_not_say_what_is_in_it() {
    let server = closed();
    for path in ["/", "/v1", "/v1/docs", "/v1/openapi.json", "/metrics", "/readyz", "/sign-in"] {
        let answered = ask(&server, &format!("GET {path}"), &[], "").await;
        assert!(!answered.text.contains("crm"), "{path}");
    }
}

#[tokio::test]
async fn requests_have_ids_and_metrics_know_no_values() {
    let server = server(Access::Open);
    let given = ask(&server, "GET /v1", &[("X-Request-Id", "shop-7")], "").await;
    assert_eq!(given.header("x-request-id"), "shop-7");
    for id in ["", "two words", &"x".repeat(65)] {
        let made = ask(&server, "GET /v1", &[("X-Request-Id", id)], "").await;
        assert_eq!(made.header("x-request-id").len(), 16, "{id}");
    }
    ask(&server, "GET /v1/sources/crm/records/1001", &[], "").await;
    ask(&server, "GET /v1/entities?q=Sanne", &[], "").await;
    ask(&server, "JANSEN /v1/entities", &[], "").await;
    let metrics = ask(&server, "GET /metrics", &[], "").await;
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let line = r#"karat_requests_total{method="GET",route="/v1/sources/{source}/records/{id}",status="200"} 1"#;
    assert!(metrics.text.contains(line), "{}", metrics.text);
    assert!(metrics.text.contains(r#"method="other""#));
    for line in [
        r#"karat_match_model_shifts{entity_type="person",severity="strong"} 2"#,
        r#"karat_match_model_shifts{entity_type="organisation",severity="strong"} 0"#,
        r#"karat_match_model_learnt_records{entity_type="person"} 18402"#,
    ] {
        assert!(metrics.text.lines().any(|known| known == line), "{line} in {}", metrics.text);
    }
    for value in ["1001", "Sanne", "JANSEN", "balie@", "Zwolle"] {
        assert!(!metrics.text.contains(value), "{value}");
    }
}

#[tokio::test]
async fn what_is_too_much_is_refused_and_watchers_are_answered() {
    let server = server(Access::Open);
    let _all = server.requests.clone().acquire_many_owned(256).await.unwrap();
    let refused = ask(&server, "GET /v1", &[], "").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(ask(&server, "GET /healthz", &[], "").await.status, StatusCode::OK);
    assert_eq!(ask(&server, "GET /readyz", &[], "").await.status, StatusCode::OK);
    let large = [("Content-Length", "99999999")];
    let refused = ask(&server, "POST /search", &large, "").await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_panic_ends_one_request_and_says_nothing() {
    async fn broken() -> &'static str {
        panic!("Sanne de Wit")
    }
    let server = server(Access::Open);
    let keep = axum::middleware::from_fn_with_state(server, limits::keep);
    let router = Router::new().route("/", get(broken)).layer(keep);
    let answered = answered(router, Request::get("/").body(Body::empty()).unwrap()).await;
    assert_eq!(answered.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answered.header("content-type"), "application/problem+json");
    assert!(!answered.text.contains("Sanne"));
}

#[tokio::test]
async fn a_customer_is_typed_in_checked_and_created_with_a_reason() {
    let server = server(Access::Open);
    let form = ask(&server, "GET /customers/new?type=person&source=crm&lang=en", &[], "").await;
    assert!(form.text.contains(r#"data-live="/customers/new/check""#), "{}", form.text);
    let typed = "type=person&source=crm&column%3AE-mail=";
    let check = "POST /customers/new/check?lang=en";
    let blank = ask(&server, check, &[], typed).await;
    assert!(blank.text.contains("What Karat says of it will stand here."), "{}", blank.text);
    let typed = "type=person&source=crm&column%3AAchternaam=Wit";
    let told = ask(&server, check, &[], typed).await.text;
    for part in ["Sanne", "We know no e-mail address.", r#"name="reason_code""#] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let create = "POST /customers/new?lang=en";
    let refused = ask(&server, create, &[], typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Not created yet"), "{}", refused.text);
    let because = format!("{typed}&reason_code=urgent&reason=she+waits");
    let made = ask(&server, create, &[], &because).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    assert!(made.header("location").starts_with("/customers/"), "{}", made.header("location"));
    assert!(!made.header("location").contains("Wit"), "no value in an address");
    let of_nothing = ask(&server, create, &[], "type=person&source=elsewhere").await;
    assert_eq!(of_nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
}
