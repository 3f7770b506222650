//! Every operation, asked as an application would, without a socket.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use karat_model::id::EntityId;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::openapi::document;
use super::problem::ProblemKind;
use crate::access::memory::{MemoryDirectory, test_host};
use crate::access::{Access, Role, create_key};
use crate::fixture::{FixtureHub, FixtureWriter};
use crate::serving::{Server, router};

/// A server with a key of each role.
struct Served {
    server: Server,
    keys: Vec<(Role, String)>,
}

struct Answered {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answered {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The name of the problem.
    fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16());
        let kind = json["type"].as_str().unwrap().split_once('#').unwrap().1;
        assert!(ProblemKind::ALL.iter().any(|known| known.name() == kind));
        kind.to_string()
    }
}

impl Served {
    fn new() -> Served {
        Served::of(FixtureHub::new(), FixtureWriter::new())
    }

    fn of(hub: FixtureHub, writer: FixtureWriter) -> Served {
        let (directory, host) = (MemoryDirectory::default(), test_host());
        let key = |role: Role| {
            let made = create_key(&directory, role.name(), role, None, &host).unwrap();
            (role, made.token)
        };
        let keys = Role::ALL.map(key).into();
        let access = Access::Closed(Arc::new(directory));
        let server = Server::new(Arc::new(hub), Some(Arc::new(writer)), access, host);
        Served { server, keys }
    }

    fn key(&self, role: Role) -> &str {
        &self.keys.iter().find(|(known, _)| *known == role).unwrap().1
    }

    async fn send(&self, request: Request<Body>) -> Answered {
        let response = router(self.server.clone()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Answered { status: parts.status, headers: parts.headers, text }
    }

    /// Asks as an administrator: `GET /v1`, with headers as `Name: value`.
    async fn ask(&self, line: &str, headers: &[&str], body: Option<Value>) -> Answered {
        self.ask_as(Role::Administrator, line, headers, body).await
    }

    async fn ask_as(
        &self,
        role: Role,
        line: &str,
        headers: &[&str],
        body: Option<Value>,
    ) -> Answered {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key(role)));
        for line in headers {
            let (name, value) = line.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        if body.is_some() && !headers.iter().any(|line| line.starts_with("Content-Type")) {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }
}

fn id(founder: &str) -> String {
    EntityId::founded_by(&founder.parse().unwrap()).to_string()
}

fn record() -> Value {
    json!({ "values": { "Achternaam": "Wit", "E-mail": ["a@post.example", "b@post.example"] } })
}

/// Somebody who is typed in.
fn typed(email: &str) -> Value {
    let values = match email {
        "" => json!({ "Achternaam": "Wit" }),
        email => json!({ "Achternaam": "Wit", "E-mail": email }),
    };
    json!({ "source": "crm", "kind": "lead", "values": values })
}

fn same() -> Value {
    json!({ "decide": { "kind": "same", "left": ["crm/1001"], "right": ["shop/A-8812"] } })
}

/// All that can be asked, with what is answered when all is well.
fn everything() -> Vec<(String, Option<Value>, u16)> {
    let sanne = id("crm/1001");
    let get = |path: &str| (format!("GET {path}"), None, 200);
    let entity = |below: &str| get(&format!("/v1/entities/{sanne}{below}"));
    vec![
        get("/v1"),
        get("/healthz"),
        get("/readyz"),
        get("/metrics"),
        get("/v1/openapi.json"),
        get("/v1/docs"),
        get("/v1/sources/crm/records/1001"),
        ("PUT /v1/sources/crm/records/new".into(), Some(record()), 201),
        ("DELETE /v1/sources/crm/records/1001".into(), None, 200),
        (
            "POST /v1/sources/crm/records".into(),
            Some(json!({ "records": [{ "id": "a", "values": { "Achternaam": "Wit" } }] })),
            200,
        ),
        ("POST /v1/person/match".into(), Some(json!({ "values": { "family_name": "Wit" } })), 200),
        ("POST /v1/person/check".into(), Some(json!({ "values": { "family_name": "Wit" } })), 200),
        ("POST /v1/person".into(), Some(typed("a@post.example")), 201),
        get("/v1/entities?q=sanne"),
        ("POST /v1/entities/search".into(), Some(json!({ "q": "sanne" })), 200),
        entity(""),
        entity("/records"),
        entity("/lineage"),
        entity("/lineage?as_of=2026-01-31T12:00:00Z"),
        entity("/history"),
        entity("/potential-matches"),
        entity("/diff?from=0"),
        get("/v1/diff?from=2026-01-31T12:00:00Z&to=2026-02-01T12:00:00%2B01:00"),
        get("/v1/potential-matches"),
        get("/v1/match-models"),
        get("/v1/scorecard"),
        get("/v1/findings?rule=postcode_known&source=crm&about=customers&state=open"),
        get("/v1/findings/4"),
        (
            "POST /v1/findings/4/steps".into(),
            Some(json!({ "state": "fixed_in_source", "reason": "mended" })),
            201,
        ),
        ("POST /v1/findings/4/steps/2/undo".into(), Some(json!({})), 200),
        get("/v1/feedback"),
        get("/v1/repairs"),
        get("/v1/repairs?source=crm"),
        get("/v1/currency"),
        get("/v1/currency/queue?attribute=email&use=email&limit=5"),
        get("/v1/sources/crm/records/1001/confirmations"),
        (
            "POST /v1/sources/crm/records/1001/confirmations".into(),
            Some(json!({ "attribute": "email", "found": "bounced", "reason": "mailbox full" })),
            201,
        ),
        ("POST /v1/confirmations/1/undo".into(), Some(json!({ "reason": "a slip" })), 200),
        get("/v1/decisions"),
        get("/v1/decisions/1"),
        ("POST /v1/decisions?preview=true".into(), Some(same()), 200),
        ("POST /v1/decisions".into(), Some(same()), 201),
        ("POST /v1/decisions/1/undo".into(), Some(json!({ "reason": "a slip" })), 200),
        get("/v1/events"),
        get("/v1/snapshot"),
    ]
}

#[tokio::test]
async fn the_page_about_the_api_is_in_the_language_of_its_reader() {
    let (english, dutch) = (["The API", "Answers"], ["De API", "Antwoorden"]);
    for (path, header, expected, others) in [
        ("/v1/docs", "Accept-Language: en", english, dutch),
        ("/v1/docs", "Accept-Language: nl-NL, en;q=0.5", dutch, english),
        ("/v1/docs", "Cookie: karat_language=nl", dutch, english),
        ("/v1/docs?lang=nl", "Cookie: karat_language=en", dutch, english),
        ("/v1/docs?lang=xx", "Accept-Language: en", english, dutch),
    ] {
        let page = Served::new().ask(&format!("GET {path}"), &[header], None).await;
        assert_eq!(page.status.as_u16(), 200);
        for (heading, other) in expected.into_iter().zip(others) {
            assert!(page.text.contains(&format!(">{heading}</h")), "{path}, {header}: {heading}");
            assert!(!page.text.contains(&format!(">{other}</h")), "{path}, {header}: {other}");
        }
        let code = if expected == dutch { "nl" } else { "en" };
        assert!(page.text.contains(&format!(r#"<html lang="{code}">"#)), "{path}, {header}");
    }
}

#[tokio::test]
async fn every_operation_of_the_document_answers() {
    let mut asked = BTreeSet::new();
    for (line, body, status) in everything() {
        let answered = Served::new().ask(&line, &[], body).await;
        assert_eq!(answered.status.as_u16(), status, "{line}: {}", answered.text);
        let (method, path) = line.split_once(' ').unwrap();
        asked.insert((method.to_lowercase(), template(path.split('?').next().unwrap())));
    }
    let document = serde_json::to_value(document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| (method.clone(), path.clone()))
    });
    assert_eq!(asked, operations.collect(), "what is documented and what there is");
}

/// The template of a path that was asked for.
fn template(path: &str) -> String {
    let path = path.replace("/v1/person", "/v1/{type}");
    let path = path.replace(&id("crm/1001"), "{id}").replace("/crm/", "/{source}/");
    let path =
        path.replace("/records/1001", "/records/{id}").replace("/records/new", "/records/{id}");
    let path = path.replace("/findings/4", "/findings/{number}");
    let path = path.replace("/steps/2", "/steps/{step}");
    let path = path.replace("/confirmations/1", "/confirmations/{number}");
    path.replace("/decisions/1", "/decisions/{number}")
}

/// A schema is called as its type is: of two of one name, the document would have only one.
#[test]
fn each_schema_has_a_name_of_its_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut names = BTreeSet::new();
    for file in files.filter(|file| file.extension().is_some_and(|it| it == "rs")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for derived in text.split("#[derive(").skip(1) {
            let (traits, item) = derived.split_once(")]").unwrap();
            if traits.contains("ToSchema") {
                let mut words = item.split_whitespace();
                let kind = words.find(|word| matches!(*word, "struct" | "enum"));
                let name = words.next().unwrap().trim_matches(|c: char| !c.is_alphanumeric());
                assert!(names.insert(name.to_string()), "{file:?}: {kind:?} {name}");
            }
        }
    }
    assert!(names.len() > 50);
}

#[test]
fn the_document_is_as_it_was() {
    let document = document().to_pretty_json().unwrap();
    insta::assert_snapshot!("openapi", document);
}

#[tokio::test]
async fn everything_is_closed_unless_it_is_opened() {
    let served = Served::new();
    for (line, body, _) in everything() {
        let (method, path) = line.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(path);
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        let answered = served.send(request.body(body).unwrap()).await;
        if path == "/healthz" {
            assert_eq!(answered.status, StatusCode::OK);
        } else {
            assert_eq!(answered.problem(), "unauthenticated", "{line}");
            assert!(answered.header("www-authenticate").starts_with("Bearer"));
        }
    }
    let request = Request::get("/v1/nowhere").body(Body::empty()).unwrap();
    assert_eq!(served.send(request).await.problem(), "unauthenticated");
}

#[tokio::test]
async fn each_role_does_its_own_work() {
    for (line, body, status) in everything() {
        let is_confirmation = line.contains("/confirmations");
        let is_record = line.contains("/records") && !line.starts_with("GET") && !is_confirmation;
        let is_decision =
            (line.contains("/decisions") || is_confirmation) && !line.starts_with("GET");
        for role in Role::ALL {
            let is_entry = line == "POST /v1/person";
            let may = match role {
                Role::Form => line.contains("/check") || line.contains("/healthz"),
                Role::Reader => !is_record && !is_entry && !is_decision && !line.contains("/steps"),
                Role::Writer => !is_decision,
                Role::Steward => !is_record,
                Role::Administrator => true,
            };
            let answered = Served::new().ask_as(role, &line, &[], body.clone()).await;
            let expected = if may { status } else { 403 };
            assert_eq!(answered.status.as_u16(), expected, "{} {line}", role.name());
        }
    }
}

#[tokio::test]
async fn every_refusal_is_a_problem() {
    let large = json!({ "values": { "x": "y".repeat(1 << 20) } });
    let deep = (0..20).fold(json!(1), |inner, _| json!([inner]));
    let sides = json!({ "decide": { "kind": "same", "left": ["crm/1"], "right": ["crm/1"] } });
    let (sanne, gone) = (id("crm/1001"), id("shop/gone"));
    let entity = |id: &str| format!("GET /v1/entities/{id}");
    let confirm = |record: &str| format!("POST /v1/sources/crm/records/{record}/confirmations");
    let bounced = |attribute: &str| json!({ "attribute": attribute, "found": "bounced" });
    let of_decisions = super::cursor::written("7");
    let steps = |no: u64| format!("POST /v1/findings/{no}/steps");
    let cases: Vec<(String, &[&str], Option<Value>, &str)> = vec![
        ("GET /v1/nowhere".into(), &[], None, "unknown-route"),
        ("POST /v1/animal/match".into(), &[], Some(record()), "unknown-route"),
        ("PATCH /v1/entities".into(), &[], None, "wrong-method"),
        ("GET /v1/person/match".into(), &[], None, "wrong-method"),
        ("GET /v1/person/check".into(), &[], None, "wrong-method"),
        ("POST /v1/animal/check".into(), &[], Some(record()), "unknown-route"),
        ("POST /v1/animal".into(), &[], Some(typed("")), "unknown-route"),
        ("POST /v1/person".into(), &[], Some(typed("")), "refused-entry"),
        (
            "POST /v1/person/check".into(),
            &[],
            Some(json!({ "values": {}, "kind": "friend" })),
            "unknown-kind",
        ),
        (
            "POST /v1/person/check".into(),
            &["Sec-Fetch-Site: cross-site", "Origin: https://other.example"],
            Some(record()),
            "wrong-origin",
        ),
        (
            "POST /v1/person/check".into(),
            &["Sec-Fetch-Site: cross-site", "Origin: https://shop.example"],
            Some(record()),
            "wrong-origin",
        ),
        ("GET /v1/sources/nobody/records/1".into(), &[], None, "unknown-source"),
        ("GET /v1/sources/crm/records/none".into(), &[], None, "unknown-record"),
        ("GET /v1/sources/crm/records/%FF".into(), &[], None, "bad-parameter"),
        ("GET /v1/sources/crm/records/%00".into(), &[], None, "bad-parameter"),
        ("DELETE /v1/sources/crm/records/none".into(), &[], None, "unknown-record"),
        (entity("nonsense"), &[], None, "unknown-entity"),
        (entity("000000000000"), &[], None, "unknown-entity"),
        (entity(&gone), &[], None, "deleted-entity"),
        (entity(&format!("{sanne}?as_of=soon")), &[], None, "bad-parameter"),
        (entity(&format!("{sanne}?when=now")), &[], None, "bad-parameter"),
        (entity(&format!("{sanne}?as_of=0")), &[], None, "unknown-entity"),
        ("GET /v1/entities".into(), &[], None, "bad-parameter"),
        ("GET /v1/entities?q=".into(), &[], None, "bad-parameter"),
        ("GET /v1/entities?q=a&identifier=b".into(), &[], None, "bad-parameter"),
        ("GET /v1/entities?q=a&cursor=31".into(), &[], None, "bad-parameter"),
        ("POST /v1/entities/search".into(), &[], Some(json!({ "q": "" })), "invalid-body"),
        ("GET /v1/potential-matches?cursor=xyz".into(), &[], None, "bad-parameter"),
        ("GET /v1/decisions/99".into(), &[], None, "unknown-decision"),
        ("GET /v1/decisions?limit=0".into(), &[], None, "bad-parameter"),
        ("POST /v1/decisions".into(), &[], Some(json!({})), "invalid-body"),
        ("POST /v1/decisions".into(), &[], Some(sides), "invalid-body"),
        ("POST /v1/decisions/2/undo".into(), &[], Some(json!({})), "undone-already"),
        ("POST /v1/decisions/99/undo".into(), &[], Some(json!({})), "unknown-decision"),
        (confirm("none"), &[], Some(bounced("email")), "unknown-record"),
        (confirm("1001"), &[], Some(bounced("street")), "invalid-body"),
        (confirm("1001"), &[], Some(bounced("")), "invalid-body"),
        (confirm("1001"), &[], Some(json!({ "attribute": "email" })), "invalid-body"),
        (format!("GET{}", &confirm("none")[4..]), &[], None, "unknown-record"),
        ("POST /v1/confirmations/2/undo".into(), &[], Some(json!({})), "undone-already"),
        ("POST /v1/confirmations/99/undo".into(), &[], Some(json!({})), "unknown-confirmation"),
        ("POST /v1/confirmations/x/undo".into(), &[], Some(json!({})), "unknown-confirmation"),
        ("GET /v1/repairs?source=nobody".into(), &[], None, "unknown-source"),
        ("GET /v1/currency?at=now".into(), &[], None, "bad-parameter"),
        ("GET /v1/currency/queue?limit=0".into(), &[], None, "bad-parameter"),
        ("GET /v1/events?after=-1".into(), &[], None, "bad-parameter"),
        ("GET /v1/scorecard?at=now".into(), &[], None, "bad-parameter"),
        ("GET /v1/findings?state=shut".into(), &[], None, "bad-parameter"),
        ("GET /v1/findings?about=records&about=customers".into(), &[], None, "bad-parameter"),
        ("GET /v1/findings?since=soon".into(), &[], None, "bad-parameter"),
        ("GET /v1/findings?source=nobody".into(), &[], None, "unknown-source"),
        ("GET /v1/findings?feedback=lost".into(), &[], None, "bad-parameter"),
        ("GET /v1/findings?feedback=sent&state=open".into(), &[], None, "bad-parameter"),
        ("GET /v1/findings/99".into(), &[], None, "unknown-finding"),
        ("GET /v1/findings/x".into(), &[], None, "unknown-finding"),
        (steps(99), &[], Some(json!({ "state": "sent" })), "unknown-finding"),
        (steps(1), &[], Some(json!({ "state": "acknowledged" })), "unfit-step"),
        (steps(4), &[], Some(json!({ "state": "verified" })), "invalid-body"),
        (steps(4), &[], Some(json!({ "state": "rejected" })), "invalid-body"),
        (
            steps(4),
            &[],
            Some(json!({ "state": "accepted_as_is", "reason": "a", "until": "soon" })),
            "invalid-body",
        ),
        (
            steps(4),
            &[],
            Some(json!({ "state": "sent", "reason": "a".repeat(2001) })),
            "invalid-body",
        ),
        ("POST /v1/findings/4/steps/3/undo".into(), &[], Some(json!({})), "unfit-step"),
        ("GET /v1/diff".into(), &[], None, "bad-parameter"),
        ("GET /v1/diff?from=yesterday".into(), &[], None, "bad-parameter"),
        ("GET /v1/diff?from=2&to=1".into(), &[], None, "bad-parameter"),
        ("GET /v1/diff?from=0&limit=501".into(), &[], None, "bad-parameter"),
        (format!("GET /v1/diff?from=0&cursor={of_decisions}"), &[], None, "bad-parameter"),
        (entity(&format!("{gone}/diff?from=0")), &[], None, "unknown-entity"),
        (entity(&format!("{gone}/lineage?as_of=3")), &[], None, "deleted-entity"),
        (entity(&format!("{sanne}/lineage?as_of=soon")), &[], None, "bad-parameter"),
        (entity(&format!("{sanne}/lineage?as_of=1")), &[], None, "not-kept"),
        (entity(&format!("{sanne}/diff?to=1")), &[], None, "bad-parameter"),
        ("PUT /v1/sources/crm/records/1".into(), &[], Some(large), "too-large"),
        ("PUT /v1/sources/crm/records/1".into(), &[], Some(deep), "invalid-body"),
        ("PUT /v1/sources/crm/records/1".into(), &[], Some(json!({ "values": 1 })), "invalid-body"),
        (
            "PUT /v1/sources/crm/records/1".into(),
            &[],
            Some(json!({ "values": {}, "observed_at": "soon" })),
            "invalid-body",
        ),
        (
            "PUT /v1/sources/crm/records/1".into(),
            &["Content-Type: text/plain"],
            Some(record()),
            "not-json",
        ),
        (
            "PUT /v1/sources/crm/records/1001".into(),
            &["If-Match: \"000000000000000000000000\""],
            Some(record()),
            "other-version",
        ),
        (
            "PUT /v1/sources/crm/records/1001".into(),
            &["If-None-Match: *"],
            Some(record()),
            "other-version",
        ),
        (
            "PUT /v1/sources/crm/records/1".into(),
            &["Idempotency-Key: with blanks"],
            Some(record()),
            "bad-parameter",
        ),
    ];
    for (line, headers, body, expected) in cases {
        let answered = Served::new().ask(&line, headers, body).await;
        assert_eq!(answered.problem(), expected, "{line}: {}", answered.text);
    }
}

/// Each limit, kept and overstepped by one; the refusal names it.
#[tokio::test]
async fn at_each_limit_is_well_and_one_over_is_refused() {
    fn nested(levels: usize) -> Value {
        // The body itself is a level.
        let inner = (1..levels).fold(json!("x"), |inner, _| json!({ "a": inner }));
        json!({ "values": inner })
    }
    let put = |body| ("PUT /v1/sources/crm/records/1".to_string(), vec![], Some(body));
    let get = |path: String| (format!("GET {path}"), vec![], None);
    let header = |line: String| ("GET /v1/decisions".to_string(), vec![line], None);
    let decide = |decide: Value, reason: usize| {
        let body = json!({ "decide": decide, "reason": "y".repeat(reason) });
        ("POST /v1/decisions".to_string(), vec![], Some(body))
    };
    let columns = |count: usize| -> serde_json::Map<String, Value> {
        (0..count).map(|at| (format!("c{at}"), json!("x"))).collect()
    };
    let keys = |count: usize| -> Vec<String> { (0..count).map(|at| format!("erp/{at}")).collect() };
    let records = |count: usize| -> Vec<Value> {
        (0..count).map(|at| json!({ "id": at.to_string(), "values": { "x": "y" } })).collect()
    };
    let batch = |records| {
        ("POST /v1/sources/crm/records".into(), vec![], Some(json!({ "records": records })))
    };
    let key =
        "authorization".len() + "Bearer ".len() + Served::new().key(Role::Administrator).len();
    // The rest of a body that has so many bytes with a value of several fields.
    let of_bytes = |bytes: usize| {
        let fields = |last: usize| {
            let full = (0..16).map(|at| (format!("c{at:02}"), json!("x".repeat(64 * 1024 - 100))));
            let mut all: serde_json::Map<String, Value> = full.collect();
            all.insert("rest".into(), json!("x".repeat(last)));
            json!({ "values": all })
        };
        let empty = fields(0).to_string().len();
        fields(bytes - empty)
    };
    let sanne = id("crm/1001");
    type Asked = (String, Vec<String>, Option<Value>);
    type Limit<'a> = (usize, &'a str, Box<dyn Fn(usize) -> Asked + 'a>);
    let limits: Vec<Limit> = vec![
        (16, "invalid-body", Box::new(|n| put(nested(n)))),
        (1024 * 1024, "too-large", Box::new(|n| put(of_bytes(n)))),
        (1000, "invalid-body", Box::new(|n| put(json!({ "values": columns(n) })))),
        (65536, "invalid-body", Box::new(|n| put(json!({ "values": { "x": "y".repeat(n) } })))),
        (512, "invalid-body", Box::new(|n| put(json!({ "values": { "y".repeat(n): "x" } })))),
        (1000, "invalid-body", Box::new(|n| batch(records(n)))),
        (
            512,
            "bad-parameter",
            Box::new(|n| {
                let path = format!("PUT /v1/sources/crm/records/{}", "y".repeat(n));
                (path, vec![], Some(record()))
            }),
        ),
        (
            128,
            "bad-parameter",
            Box::new(|n| {
                let (line, _, body) = put(record());
                (line, vec![format!("Idempotency-Key: {}", "y".repeat(n))], body)
            }),
        ),
        (200, "bad-parameter", Box::new(|n| get(format!("/v1/entities?q={}", "y".repeat(n))))),
        (
            200,
            "bad-parameter",
            Box::new(|n| get(format!("/v1/entities?identifier={}", "y".repeat(n)))),
        ),
        (
            200,
            "invalid-body",
            Box::new(|n| {
                let body = json!({ "q": "y".repeat(n) });
                ("POST /v1/entities/search".into(), vec![], Some(body))
            }),
        ),
        (
            200,
            "invalid-body",
            Box::new(|n| {
                // White space is left out of a query, and counts all the same.
                let body = json!({ "q": format!("{:>n$}", "y") });
                ("POST /v1/entities/search".into(), vec![], Some(body))
            }),
        ),
        (
            50,
            "invalid-body",
            Box::new(|n| {
                let body = json!({ "values": { "family_name": "Wit" }, "limit": n });
                ("POST /v1/person/match".into(), vec![], Some(body))
            }),
        ),
        (100, "bad-parameter", Box::new(|n| get(format!("/v1/potential-matches?limit={n}")))),
        (
            100,
            "bad-parameter",
            Box::new(|n| get(format!("/v1/entities/{sanne}/potential-matches?limit={n}"))),
        ),
        (
            500,
            "bad-parameter",
            Box::new(|n| get(format!("/v1/entities/{sanne}/records?limit={n}"))),
        ),
        (
            500,
            "bad-parameter",
            Box::new(|n| get(format!("/v1/entities/{sanne}/history?limit={n}"))),
        ),
        (500, "bad-parameter", Box::new(|n| get(format!("/v1/decisions?limit={n}")))),
        (500, "bad-parameter", Box::new(|n| get(format!("/v1/diff?from=0&limit={n}")))),
        (1000, "bad-parameter", Box::new(|n| get(format!("/v1/events?limit={n}")))),
        (
            1000,
            "invalid-body",
            Box::new(|n| decide(json!({ "kind": "lock", "records": keys(n) }), 0)),
        ),
        (
            1000,
            "invalid-body",
            Box::new(|n| {
                let sides = json!({ "kind": "same", "left": ["crm/1"], "right": keys(n) });
                decide(sides, 0)
            }),
        ),
        (2000, "invalid-body", Box::new(|n| decide(same()["decide"].clone(), n))),
        (
            2000,
            "invalid-body",
            Box::new(|n| {
                let value = "y".repeat(n);
                let record = "crm/1001";
                let correct = json!({ "kind": "correct", "record": record, "attribute": "city", "value": value });
                decide(correct, 0)
            }),
        ),
        (
            8000,
            "long-address",
            Box::new(|n| {
                let path = "/v1/decisions?limit=";
                get(format!("{path}{}1", "0".repeat(n - path.len() - 1)))
            }),
        ),
        // One header is that with the key.
        (
            64,
            "large-headers",
            Box::new(|n| {
                let (line, _, body) = get("/v1/decisions".into());
                (line, (1..n).map(|at| format!("x-{at}: y")).collect(), body)
            }),
        ),
        (16384, "large-headers", Box::new(|n| header(format!("x: {}", "y".repeat(n - key - 1))))),
    ];
    for (limit, problem, ask) in limits {
        for (amount, is_well) in [(limit, true), (limit + 1, false)] {
            let (line, headers, body) = ask(amount);
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            let answered = Served::new().ask(&line, &headers, body).await;
            let line = line.split('?').next().unwrap();
            if is_well {
                assert!(answered.status.is_success(), "{limit} {line}: {}", answered.text);
            } else {
                assert_eq!(answered.problem(), problem, "{limit} {line}: {}", answered.text);
                let detail = answered.json()["detail"].as_str().unwrap().to_string();
                assert!(detail.contains(&limit.to_string()), "{limit} {line}: {detail}");
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_not_read() {
    for (length, expected) in
        [(16 * 1024 * 1024, "invalid-body"), (16 * 1024 * 1024 + 1, "too-large")]
    {
        let headers = [&format!("Content-Length: {length}")[..]];
        let sent =
            Served::new().ask("POST /v1/sources/crm/records", &headers, Some(json!({}))).await;
        assert_eq!(sent.problem(), expected, "{length}");
    }
}

#[tokio::test]
async fn a_source_that_would_have_too_many_columns_is_the_callers_mistake() {
    use super::problem::Problem;
    use karat_hub::view::Refused;
    let full = karat_store::Error::TooManyColumns { source_no: karat_store::SourceNo(1) };
    let refused = Refused::Failed(Box::new(karat_hub::error::Error::Store(full)));
    let problem: Box<Problem> = refused.into();
    assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let other = Refused::Failed(Box::new(karat_hub::error::Error::NothingPublished));
    let problem: Box<Problem> = other.into();
    assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn broken_json_is_told_from_wrong_json() {
    let served = Served::new();
    let broken = Request::put("/v1/sources/crm/records/1")
        .header(header::AUTHORIZATION, format!("Bearer {}", served.key(Role::Writer)))
        .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
        .body(Body::from("{\"values\": {\"Achternaam\": \"de Wit"))
        .unwrap();
    let answered = served.send(broken).await;
    assert_eq!(answered.problem(), "broken-json");
    assert!(!answered.text.contains("Wit"), "values are not quoted");
}

#[tokio::test]
async fn a_record_is_made_changed_and_deleted() {
    let served = Served::new();
    // Any character may stand in an id, percent-encoded.
    let path = "/v1/sources/crm/records/NL%2F12%20%C3%A9%3F";
    let made = served.ask(&format!("PUT {path}"), &["If-None-Match: *"], Some(record())).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    assert_eq!(made.json()["outcome"], "created");
    let tag = made.header("etag").to_string();
    assert_eq!(tag, format!("\"{}\"", made.json()["version"].as_str().unwrap()));
    let condition = format!("If-Match: {tag}");
    let again = served.ask(&format!("PUT {path}"), &[&condition], Some(record())).await;
    assert_eq!(
        (again.status, again.json()["outcome"].clone()),
        (StatusCode::OK, json!("unchanged"))
    );
    let other = json!({ "values": { "Achternaam": "Smit" } });
    let changed = served.ask(&format!("PUT {path}"), &[&condition], Some(other)).await;
    assert_eq!(changed.json()["outcome"], "updated");
    let late = served.ask(&format!("DELETE {path}"), &[&condition], None).await;
    assert_eq!(late.problem(), "other-version");
    let gone = served.ask(&format!("DELETE {path}"), &[], None).await;
    assert_eq!(gone.json()["outcome"], "deleted");
    assert_eq!(served.ask(&format!("DELETE {path}"), &[], None).await.problem(), "unknown-record");
}

#[tokio::test]
async fn the_same_key_and_request_get_the_same_answer() {
    let served = Served::new();
    let line = "PUT /v1/sources/crm/records/new";
    let key = ["Idempotency-Key: 7f9c"];
    let first = served.ask(line, &key, Some(record())).await;
    let again = served.ask(line, &key, Some(record())).await;
    assert_eq!((again.status, &again.text), (first.status, &first.text), "created, again");
    assert_eq!(
        [first.header("idempotent-replayed"), again.header("idempotent-replayed")],
        ["", "true"]
    );
    let other = json!({ "values": { "Achternaam": "Smit" } });
    assert_eq!(served.ask(line, &key, Some(other.clone())).await.problem(), "other-request");
    let elsewhere = served.ask("PUT /v1/sources/crm/records/other", &key, Some(record())).await;
    assert_eq!(elsewhere.problem(), "other-request");
    // A key counts for its caller alone.
    let anothers = served.ask_as(Role::Writer, line, &key, Some(other)).await;
    assert_eq!(anothers.json()["outcome"], "updated");
}

#[tokio::test]
async fn several_records_are_answered_one_by_one() {
    let records = json!({ "records": [
        { "id": "a", "values": { "Achternaam": "Wit" } },
        { "id": "", "values": {} },
        { "id": "b", "values": [1] },
        { "id": "1001" },
        { "id": "none" },
    ] });
    let answered = Served::new().ask("POST /v1/sources/crm/records", &[], Some(records)).await;
    let answers = answered.json()["answers"].as_array().unwrap().clone();
    let seen: Vec<(u64, String)> = answers
        .iter()
        .map(|answer| {
            let what = answer["change"]["outcome"].as_str().map(String::from);
            let problem = || answer["problem"]["title"].as_str().unwrap().to_string();
            (answer["status"].as_u64().unwrap(), what.unwrap_or_else(problem))
        })
        .collect();
    let expected = [
        (201, "created"),
        (422, "The body does not have the form that is asked for"),
        (422, "The body does not have the form that is asked for"),
        (200, "deleted"),
        (404, "There is no such record"),
    ];
    assert_eq!(seen, expected.map(|(status, what)| (status, what.to_string())));
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let served = Served::new();
    for path in ["/v1/sources/crm/records/1001", &format!("/v1/entities/{}", id("crm/1001"))] {
        let line = format!("GET {path}");
        let first = served.ask(&line, &[], None).await;
        let tag = first.header("etag").to_string();
        assert_eq!(tag.len(), 26, "{tag}");
        for known in [format!("If-None-Match: {tag}"), format!("If-None-Match: \"x\", W/{tag}")] {
            let again = served.ask(&line, &[&known], None).await;
            assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
        }
        let other = served.ask(&line, &["If-None-Match: \"x\""], None).await;
        assert_eq!(other.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_former_id_tells_what_became_of_it() {
    let served = Served::new();
    for (below, query) in [("", "?as_of=3"), ("/records", ""), ("/lineage", "?as_of=3")] {
        let path = format!("/v1/entities/{}{below}{query}", id("erp/20417"));
        let answered = served.ask(&format!("GET {path}"), &[], None).await;
        assert_eq!(answered.status, StatusCode::TEMPORARY_REDIRECT, "{path}");
        assert_eq!(answered.json()["moved_to"], id("crm/1001"));
        let expected = format!("/v1/entities/{}{below}{query}", id("crm/1001"));
        assert_eq!(answered.header("location"), expected);
    }
    let history = format!("GET /v1/entities/{}/history", id("erp/20417"));
    let events = served.ask(&history, &[], None).await.json()["events"].clone();
    assert_eq!(events[1]["kind"], "merged");
    assert_eq!(events[1]["before"]["records"][0]["source"], "erp");
}

#[tokio::test]
async fn match_models_tell_what_has_shifted() {
    let served = Served::new();
    let told = served.ask("GET /v1/match-models", &[], None).await.json();
    assert_eq!(told["severity"], "strong");
    let persons = &told["match_models"][0];
    assert_eq!(persons["learnt_from"], 18_402);
    let shift = &persons["shifts"][0];
    assert_eq!((&shift["kind"], &shift["label"]), (&"filled".into(), &"E-mail".into()));
    assert_eq!((&shift["then"], &shift["now"]), (&0.12.into(), &0.71.into()));
    let organisations = &told["match_models"][1];
    assert_eq!(organisations["severity"], serde_json::Value::Null);
    assert_eq!(organisations["shifts"], serde_json::json!([]));
}

#[tokio::test]
async fn lists_go_on_from_their_cursor() {
    let served = Served::new();
    for (line, list) in [
        ("GET /v1/potential-matches?", "potential_matches"),
        ("GET /v1/decisions?limit=1&", "decisions"),
        ("GET /v1/diff?from=0&limit=1&", "entities"),
        (&format!("GET /v1/entities/{}/records?limit=1&", id("crm/1001")), "records"),
        (&format!("GET /v1/entities/{}/history?limit=1&", id("erp/20417")), "events"),
        ("GET /v1/entities?q=wit&", "entities"),
        ("GET /v1/findings?limit=1&", "findings"),
    ] {
        let first = served.ask(line.trim_end_matches(['?', '&']), &[], None).await.json();
        let cursor = first["next"].as_str().unwrap();
        let second = served.ask(&format!("{line}cursor={cursor}"), &[], None).await.json();
        assert_ne!(first["next"], second["next"], "{line}");
        assert!(!second[list].as_array().unwrap().is_empty(), "{line}");
    }
}

#[tokio::test]
async fn entities_are_found_by_identifier_and_by_record() {
    let served = Served::new();
    let found = async |query: &str| {
        let answered = served.ask(&format!("GET /v1/entities?{query}"), &[], None).await.json();
        answered["entities"].as_array().unwrap().len()
    };
    assert_eq!(found("identifier=sanne.dewit@post.example").await, 1);
    assert_eq!(found("identifier=nobody@post.example").await, 0);
    assert_eq!(found("source=shop&id=A-8812").await, 1);
    assert_eq!(found("source=shop&id=none").await, 0);
}

#[tokio::test]
async fn a_person_comes_with_how_to_write_to_her() {
    let served = Served::new();
    let line = format!("GET /v1/entities/{}", id("crm/1001"));
    let answered = served.ask(&line, &[], None).await.json();
    let expected = json!({
        "written_name": "S. de Wit",
        "salutation": { "en": "Dear Ms De Wit", "nl": "Geachte mevrouw De Wit" },
        "sort_key": { "without_prefix": "Wit, S. de", "with_prefix": "De Wit, S." },
    });
    assert_eq!(answered["addressing"], expected);
    let snapshot = served.ask("GET /v1/snapshot", &[], None).await.text;
    assert!(!snapshot.contains("addressing"), "the feed holds what is stored");
}

#[tokio::test]
async fn an_entity_comes_with_its_address_as_on_mail() {
    let served = Served::new();
    let line = format!("GET /v1/entities/{}", id("crm/1001"));
    let answered = served.ask(&line, &[], None).await.json();
    let expected = json!({
        "kind": "street",
        "takes_parcels": true,
        "lines": ["Biltstraat 40", "3572 BB  UTRECHT"],
        "bag": {
            "street": "Biltstraat",
            "short_name": "Biltstraat",
            "house_number": 40,
            "indication": null,
            "letter": null,
            "addition": null,
            "postcode": "3572BB",
            "city": "Utrecht",
        },
    });
    assert_eq!(answered["mail_address"], expected);
    // Of Bram no street is known.
    let line = format!("GET /v1/entities/{}", id("crm/1002"));
    let answered = served.ask(&line, &[], None).await.json();
    assert_eq!((&answered["mail_address"], answered["id"].is_string()), (&Value::Null, true));
}

#[tokio::test]
async fn a_candidate_comes_with_evidence() {
    let body = json!({ "values": { "Achternaam": "Wit" }, "source": "crm", "limit": 1 });
    let answered = Served::new().ask("POST /v1/person/match", &[], Some(body)).await.json();
    let candidates = answered["candidates"].as_array().unwrap();
    assert_eq!(candidates.len(), 1);
    assert_eq!(candidates[0]["pair"]["evidence"][0]["agreement"], "same");
    assert!(candidates[0]["pair"].get("left").is_none(), "what was asked about is no record");
    assert!(candidates[0]["probability"].as_f64().unwrap() > 0.9);
    let unknown = json!({ "values": { "achternaam": "Wit" } });
    let refused = Served::new().ask("POST /v1/person/match", &[], Some(unknown)).await;
    assert_eq!(refused.problem(), "invalid-body");
}

#[tokio::test]
async fn moving_a_record_is_one_decision() {
    let served = Served::new();
    let to = id("crm/1002");
    let moving = json!({ "decide": { "kind": "move", "record": "shop/A-8812", "to": to } });
    let answered = served.ask("POST /v1/decisions", &[], Some(moving)).await;
    assert_eq!(answered.status, StatusCode::CREATED, "{}", answered.text);
    assert_eq!(answered.json()["decisions"], json!([3]));
    assert_eq!(answered.header("location"), "/v1/decisions/3");
    for (record, to) in [("shop/A-8812", id("crm/1001")), ("shop/A-8812", "x".into())] {
        let moving = json!({ "decide": { "kind": "move", "record": record, "to": to } });
        let refused = served.ask("POST /v1/decisions", &[], Some(moving)).await;
        assert_eq!(refused.problem(), "invalid-body", "{to}");
    }
}

#[tokio::test]
async fn every_kind_of_decision_is_taken_and_told() {
    for decide in [
        json!({ "kind": "different", "left": ["crm/1001"], "right": ["shop/A/8", "erp/1"] }),
        json!({ "kind": "unsure", "left": ["crm/1001"], "right": ["erp/1"] }),
        json!({ "kind": "pin", "record": "crm/1001", "attribute": "email", "slot": 1 }),
        json!({ "kind": "correct", "record": "crm/1001", "attribute": "city", "value": "Ede" }),
        json!({ "kind": "clear", "record": "crm/1001", "attribute": "phone" }),
        json!({ "kind": "lock", "records": ["crm/1001"] }),
    ] {
        let body = json!({ "decide": decide, "reason": "asked" });
        let answered = Served::new().ask("POST /v1/decisions", &[], Some(body)).await;
        assert_eq!(answered.status, StatusCode::CREATED, "{decide}: {}", answered.text);
        assert_eq!(answered.json()["outcome"], "decided");
    }
    let told = Served::new().ask("GET /v1/decisions", &[], None).await.json()["decisions"].clone();
    assert_eq!(told[0]["decided"]["kind"], "correct");
    assert_eq!((&told[0]["counts"], &told[1]["counts"]), (&json!(false), &json!(true)));
    assert_eq!(told[1]["decided"]["left"], json!(["crm/1001"]));
}

#[tokio::test]
async fn the_feed_goes_on_from_where_it_was_left() {
    let served = Served::new();
    let page = served.ask("GET /v1/events?after=1&limit=1", &[], None).await.json();
    assert_eq!(page["events"][0]["number"], 2);
    assert_eq!(page["events"][0]["at"].as_str().unwrap().len(), "2026-01-31T12:00:00Z".len());
    assert!(page["events"][0].get("after").is_none());
    assert_eq!((&page["next_after"], &page["has_more"]), (&json!(2), &json!(true)));
    let last = served.ask("GET /v1/events?after=3&versions=true", &[], None).await.json();
    assert_eq!((&last["next_after"], &last["has_more"]), (&json!(3), &json!(false)));
}

#[tokio::test]
async fn a_diff_tells_what_is_otherwise() {
    let served = Served::new();
    let diff = served.ask("GET /v1/diff?from=0&to=2", &[], None).await.json();
    assert_eq!([&diff["from"], &diff["to"], &diff["next"]], [&json!(0), &json!(2), &json!(null)]);
    let [sanne, bram] = [&diff["entities"][0], &diff["entities"][1]];
    assert_eq!((&sanne["kind"], &sanne["values"]), (&json!("updated"), &json!({})));
    let added = sanne["records_added"].as_array().unwrap();
    assert!(!added.is_empty() && !added.contains(&json!({ "source": "crm", "id": "1001" })));
    assert_eq!(sanne["before"]["records"], json!([{ "source": "crm", "id": "1001" }]));
    assert_eq!((&bram["kind"], &bram["before"]), (&json!("created"), &json!(null)));
    let given_name = json!({ "before": [], "after": ["Bram"] });
    assert_eq!(bram["values"], json!({ "given_name": given_name }));
    let line = format!("GET /v1/entities/{}/diff?from=0", id("crm/1002"));
    let mut alone = served.ask(&line, &[], None).await.json();
    let origin = json!({
        "value": "Bram", "record": { "source": "crm", "id": "1002" },
        "rule": "trust", "decision": null,
    });
    let origins = json!({ "given_name": { "before": [], "after": [origin] } });
    let fields = alone.as_object_mut().unwrap();
    assert_eq!(fields.remove("origins"), Some(origins));
    assert_eq!(fields.remove("not_kept"), Some(json!(null)));
    assert_eq!(&alone, bram);
    let line = format!("GET /v1/entities/{}/diff?from=0", id("crm/1001"));
    let alone = served.ask(&line, &[], None).await.json();
    let not_kept = &alone["not_kept"];
    assert!(not_kept["before"].as_str().unwrap().contains("did not keep"), "{not_kept}");
    assert_eq!(not_kept["after"], json!(null));
}

#[tokio::test]
async fn events_are_sent_as_they_happen() {
    let served = Served::new();
    let request = Request::get("/v1/events")
        .header(header::AUTHORIZATION, format!("Bearer {}", served.key(Role::Reader)))
        .header(header::ACCEPT, "text/event-stream")
        .header("Last-Event-ID", "2")
        .body(Body::empty())
        .unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let response = router(served.server.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let server = served.server.clone();
    tokio::spawn(async move {
        stopped.await.unwrap();
        server.stop_streams();
    });
    // The stream ends when the server stops, and not before.
    tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        stop.send(()).unwrap();
    });
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let events: Vec<&str> = text.split("\n\n").filter(|part| !part.starts_with(':')).collect();
    assert!(events[0].starts_with("id: 3\nevent: merged\ndata: {\"number\":3,"), "{text}");
    assert_eq!(events[1], "", "{text}");
}

#[tokio::test]
async fn a_snapshot_says_where_to_go_on_from_and_that_it_is_whole() {
    let answered = Served::new().ask("GET /v1/snapshot", &[], None).await;
    assert_eq!(answered.header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> =
        answered.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!((&lines[0], &lines[3]), (&json!({ "after": 3 }), &json!({ "entities": 2 })));
    assert_eq!(lines[1]["entity"]["title"], "Bram de Wit");
}

#[tokio::test]
async fn a_hub_in_trouble_says_so() {
    let broken = FixtureHub { broken: true, ..FixtureHub::new() };
    let served = Served::of(broken, FixtureWriter::new());
    for line in ["GET /readyz", "GET /v1/decisions", "GET /v1/entities?q=a"] {
        let answered = served.ask(line, &[], None).await;
        assert_eq!(
            (answered.problem(), answered.header("retry-after")),
            ("unavailable".into(), "5")
        );
        assert!(!answered.text.contains("database"), "causes are for the log");
    }
    assert_eq!(served.ask("GET /healthz", &[], None).await.status, StatusCode::OK);
    let mut busy = FixtureWriter::new();
    busy.busy = true;
    let served = Served::of(FixtureHub::new(), busy);
    let answered = served.ask("PUT /v1/sources/crm/records/1", &[], Some(record())).await;
    assert_eq!((answered.problem(), answered.header("retry-after")), ("busy".into(), "2"));
    assert_eq!(served.ask("GET /readyz", &[], None).await.problem(), "read-only");
    let mut served = Served::new();
    served.server.writer = None;
    let answered = served.ask("PUT /v1/sources/crm/records/1", &[], Some(record())).await;
    assert_eq!(answered.problem(), "read-only");
    assert_eq!(served.ask("GET /readyz", &[], None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_hub_model_that_is_not_published_is_told() {
    for unpublished in [false, true] {
        let hub = FixtureHub { unpublished, ..FixtureHub::new() };
        let about = Served::of(hub, FixtureWriter::new()).ask("GET /v1", &[], None).await.json();
        assert_eq!(about["unpublished_hub_model"], unpublished);
    }
}

#[tokio::test]
async fn methods_that_are_unknown_are_told_which_there_are() {
    let answered = Served::new().ask("POST /v1/entities", &[], None).await;
    assert_eq!(answered.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answered.header("allow").contains("GET"), "{:?}", answered.headers);
    let head = Served::new().ask("HEAD /v1/decisions", &[], None).await;
    assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
    assert_eq!(Method::HEAD.as_str(), "HEAD");
}

/// The words of a line as a shell reads them: quotes of both kinds, nothing else.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for character in line.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None, ' ') => words.push(std::mem::take(&mut word)),
            _ => word.push(character),
        }
    }
    words.push(word);
    words
}

#[tokio::test]
async fn the_page_on_the_api_shows_what_works() {
    let page = include_str!("../../../../docs/api.md");
    let mut ran = 0;
    for line in page.lines().filter(|line| line.starts_with("curl ")) {
        let mut words = words(line).into_iter().skip(1);
        let (mut method, mut path, mut headers, mut body) = (None, None, Vec::new(), None);
        while let Some(word) = words.next() {
            match word.as_str() {
                "-X" => method = words.next(),
                "-d" => body = words.next(),
                "-H" => headers.extend(words.next().filter(|header| header != "$KEY")),
                address => {
                    let asked = address.strip_prefix("$KARAT");
                    path = asked.map(|path| path.replace("$ID", &id("crm/1001")));
                }
            }
        }
        let body: Option<Value> = body.map(|body| serde_json::from_str(&body).unwrap());
        let usual = if body.is_some() { "POST" } else { "GET" };
        let line = format!("{} {}", method.as_deref().unwrap_or(usual), path.unwrap());
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let answered = Served::new().ask(&line, &headers, body).await;
        assert!(answered.status.is_success(), "{line}: {}", answered.text);
        ran += 1;
    }
    assert!(ran > 8);
}

/// Every text of the fixture's customers that could tell who is in the hub.
const OF_OTHERS: [&str; 6] = ["Sanne", "crm/1001", "shop/", "post.example", "entity", "evidence"];

#[tokio::test]
async fn a_form_learns_nothing_of_others() {
    let served = Served::new();
    let body = json!({ "values": { "family_name": "Wit" }, "kind": "lead" });
    let told = served.ask_as(Role::Reader, "POST /v1/person/check", &[], Some(body.clone())).await;
    assert!(told.text.contains("Sanne"), "who reads is told who may be meant: {}", told.text);
    let told = served.ask_as(Role::Form, "POST /v1/person/check", &[], Some(body)).await;
    assert_eq!(told.json()["duplicate"], "possible");
    assert_eq!(told.json()["decision"]["action"], "ask");
    assert_eq!(told.json()["missing"], json!(["email"]));
    for text in OF_OTHERS {
        assert!(!told.text.contains(text), "`{text}` in {}", told.text);
    }
    for page in ["GET /", "GET /work", "GET /search"] {
        let told = served.ask_as(Role::Form, page, &[], None).await;
        assert_eq!(told.problem(), "forbidden", "{page}");
    }
}

#[tokio::test]
async fn forms_of_listed_sites_ask_from_browsers() {
    let served = Served::new();
    let from = |site: &str| format!("Origin: {site}");
    let shop = from("https://shop.example");
    let headers = [
        "Sec-Fetch-Site: cross-site",
        &shop,
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: authorization,content-type",
    ];
    let request = Request::builder().method(Method::OPTIONS).uri("/v1/person/check");
    let request = headers.iter().fold(request, |request, line| {
        let (name, value) = line.split_once(": ").unwrap();
        request.header(name, value)
    });
    let preflight = served.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(preflight.status, StatusCode::NO_CONTENT);
    assert_eq!(preflight.header("access-control-allow-origin"), "https://shop.example");
    assert_eq!(preflight.header("access-control-allow-methods"), "POST");
    assert_eq!(preflight.header("access-control-allow-credentials"), "");
    let body = json!({ "values": { "family_name": "Wit" } });
    let line = "POST /v1/person/check";
    let told = served.ask_as(Role::Form, line, &headers[..2], Some(body.clone())).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    assert_eq!(told.header("access-control-allow-origin"), "https://shop.example");
    assert!(told.header("vary").contains("Origin"));
    // Nothing else is open to other sites, and nobody else may use the door.
    for line in ["POST /v1/person/match", "POST /v1/person"] {
        let told = served.ask_as(Role::Form, line, &headers[..2], Some(body.clone())).await;
        assert_eq!(told.problem(), "cross-site", "{line}");
        assert_eq!(told.header("access-control-allow-origin"), "", "{line}");
    }
    for role in [Role::Reader, Role::Administrator] {
        let told = served.ask_as(role, line, &headers[..2], Some(body.clone())).await;
        assert_eq!(told.problem(), "wrong-origin");
    }
}

#[tokio::test]
async fn a_refused_entry_tells_why_and_a_reason_lets_it_in() {
    let served = Served::new();
    let refused = served.ask("POST /v1/person", &[], Some(typed(""))).await;
    assert_eq!(refused.problem(), "refused-entry");
    let entry = &refused.json()["entry"];
    assert_eq!(entry["decision"]["action"], "ask");
    assert_eq!(entry["decision"]["reasons"][0]["rule"], "reachable");
    assert_eq!(entry["decision"]["reasons"][0]["message"]["nl"], "We kennen geen e-mailadres.");
    assert_eq!(entry["candidates"], Value::Null);
    let mut overridden = typed("");
    overridden["override"] = json!({ "reason_code": "urgent", "reason": "at the counter" });
    let done = served.ask("POST /v1/person", &[], Some(overridden.clone())).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.text);
    // The same key gets the same answer, though the id would be another one.
    let key = ["Idempotency-Key: once"];
    let once = served.ask("POST /v1/person", &key, Some(overridden.clone())).await;
    let again = served.ask("POST /v1/person", &key, Some(overridden)).await;
    assert_eq!((once.status, &once.text), (again.status, &again.text));
    assert_eq!(again.header("idempotent-replayed"), "true");
    let other = served.ask("POST /v1/person", &key, Some(typed("a@post.example"))).await;
    assert_eq!(other.problem(), "other-request");
}

#[tokio::test]
async fn a_finding_tells_what_was_done_about_it_and_the_source_answers() {
    let served = Served::new();
    let found = served.ask("GET /v1/findings/4", &[], None).await.json();
    assert_eq!([&found["feedback"], &found["rule"]], ["acknowledged", "invalid_email"]);
    assert_eq!(found["repeats"], 3);
    let steps = found["steps"].as_array().unwrap();
    assert_eq!(
        steps.iter().map(|step| step["state"].as_str().unwrap()).collect::<Vec<_>>(),
        ["sent", "acknowledged", "rejected"]
    );
    assert_eq!(steps[2]["undone"]["reason"], "a slip");
    let listed = served.ask("GET /v1/findings?feedback=acknowledged&source=shop", &[], None).await;
    assert_eq!(listed.json()["findings"].as_array().unwrap().len(), 1);
    let figures = served.ask("GET /v1/feedback", &[], None).await.json();
    let crm = &figures["sources"][0];
    assert_eq!([&crm["yield"], &crm["recurrence_rate"]], [&json!(0.4), &json!(0.125)]);
    assert_eq!(figures["sources"][1]["yield"], Value::Null);

    // An application of the source answers, and does not accept what is wrong.
    let post = async |role, body: Value| {
        served.ask_as(role, "POST /v1/findings/4/steps", &[], Some(body)).await
    };
    let rejected = json!({ "state": "rejected", "reason": "it is right" });
    assert_eq!(post(Role::Writer, rejected).await.status, StatusCode::CREATED);
    let accepted =
        json!({ "state": "accepted_as_is", "reason": "they move", "until": "2026-12-31" });
    assert_eq!(post(Role::Writer, accepted.clone()).await.problem(), "forbidden");
    assert_eq!(post(Role::Steward, accepted).await.status, StatusCode::CREATED);

    // A repeated request is done once.
    let once = ["Idempotency-Key: k1"];
    let body = json!({ "state": "fixed_in_source" });
    let line = "POST /v1/findings/4/steps";
    for _ in 0..2 {
        let answered = served.ask(line, &once, Some(body.clone())).await;
        assert_eq!(answered.status, StatusCode::CREATED);
    }
    let other = json!({ "state": "rejected", "reason": "no" });
    assert_eq!(served.ask(line, &once, Some(other)).await.problem(), "other-request");
}
