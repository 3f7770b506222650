//! What other sites embed: a component that checks a form while it is filled in.
//!
//! Arrives: browsers of visitors of other sites, and of people who look at the demo.
//! Leaves: a script, and a page with a form that uses it.
//! Promises: nothing of the hub is in them; a form without script is posted as it always was.
//! Start reading in `karat-form.js`; what it asks is `POST /v1/{type}/check`.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use karat_hub::entry::kinds_of;
use karat_model::attribute::EntityType;
use karat_model::language::Language;

use crate::console::language_of;
use crate::locale::Locale;
use crate::serving::{Server, refuse_foreign};

const SCRIPT: &str = include_str!("karat-form.js");
const DEMO_SCRIPT: &str = include_str!("demo.js");
const DEMO_STYLE: &str = include_str!("demo.css");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

#[derive(Template)]
#[template(path = "embed/demo.html")]
struct Demo {
    text: Locale,
    hub: String,
    is_open: bool,
    kinds: Vec<String>,
    is_sent: bool,
}

/// The routes, open to everybody.
pub(crate) fn router(server: Server) -> Router {
    Router::new()
        .route("/embed/karat-form.js", get(script))
        .route("/embed/demo", get(demo).post(demo))
        .route("/embed/demo.js", get(demo_script))
        .route("/embed/demo.css", get(demo_style))
        .layer(from_fn_with_state(server.clone(), refuse_foreign))
        .with_state(server)
}

async fn script() -> Response {
    let mut response = asset("text/javascript; charset=utf-8", SCRIPT);
    // Other sites load it.
    response.headers_mut().insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    response
}

async fn demo_script() -> Response {
    asset("text/javascript; charset=utf-8", DEMO_SCRIPT)
}

async fn demo_style() -> Response {
    asset("text/css; charset=utf-8", DEMO_STYLE)
}

fn asset(content_type: &'static str, content: &'static str) -> Response {
    let headers = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "public, max-age=600"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (RESOURCE_POLICY, "same-origin"),
    ];
    (StatusCode::OK, headers, content).into_response()
}

/// Shows the form; what is posted to it is thrown away.
async fn demo(
    State(server): State<Server>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let model = server.hub.model();
    let chosen = uri.query().and_then(|query| query.strip_prefix("lang="));
    let chosen = chosen.and_then(Language::from_code);
    let language = chosen.unwrap_or_else(|| language_of(&headers, &model));
    let demo = Demo {
        text: Locale::of(language),
        hub: model.name.clone(),
        is_open: server.access.is_open(),
        kinds: kinds_of(&model, EntityType::Person).map(|kind| kind.name.clone()).collect(),
        is_sent: method == Method::POST,
    };
    let page = demo.render().expect("a page of plain data renders");
    let headers = [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
             img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (RESOURCE_POLICY, "same-origin"),
    ];
    (headers, Html(page)).into_response()
}

impl Demo {
    /// One of two texts, by the language.
    fn say(&self, english: &'static str, dutch: &'static str) -> &'static str {
        self.text.language.say(english, dutch)
    }

    /// The other language.
    fn other(&self) -> Language {
        match self.text.language {
            Language::English => Language::Dutch,
            Language::Dutch => Language::English,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;
    use crate::access::Access;
    use crate::access::memory::{MemoryDirectory, test_host};
    use crate::fixture::FixtureHub;

    async fn ask(method: &str, path: &str) -> (StatusCode, HeaderMap, String) {
        let access = Access::Closed(Arc::new(MemoryDirectory::default()));
        let server = Server::new(Arc::new(FixtureHub::new()), None, access, test_host());
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = crate::serving::router(server).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn the_component_is_small() {
        assert!(SCRIPT.len() <= 12 * 1024, "{}", SCRIPT.len());
    }

    #[tokio::test]
    async fn other_sites_load_the_component_and_nothing_else() {
        let (status, headers, text) = ask("GET", "/embed/karat-form.js").await;
        assert_eq!((status, &*text), (StatusCode::OK, SCRIPT));
        assert_eq!(headers[RESOURCE_POLICY], "cross-origin");
        for path in ["/embed/demo", "/embed/demo.js", "/embed/demo.css"] {
            let (status, headers, _) = ask("GET", path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert_eq!(headers[RESOURCE_POLICY], "same-origin", "{path}");
        }
    }

    #[tokio::test]
    async fn the_demo_works_in_both_languages_and_without_script() {
        for (path, heading) in [
            ("/embed/demo?lang=en", "A form that is checked"),
            ("/embed/demo?lang=nl", "Een formulier dat"),
        ] {
            let (_, headers, text) = ask("GET", path).await;
            assert!(text.contains(heading), "{text}");
            assert!(text.contains(r#"method="post""#) && text.contains("<karat-form-check"));
            let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(!policy.contains("unsafe"));
        }
        let (status, _, text) = ask("POST", "/embed/demo?lang=en").await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("nothing of it was kept"), "{text}");
    }
}
