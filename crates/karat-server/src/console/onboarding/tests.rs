//! Onboarding as a browser asks for it, over a folder of its own.

use std::fs;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode};
use karat_hub::hub_model::Draft;
use karat_hub::onboard::UPLOAD_BYTES_MAX;
use tower::ServiceExt;

use crate::access::memory::{MemoryDirectory, PASSWORD, account, test_host};
use crate::access::{Access, Directory, Known, Role};
use crate::fixture::{FixtureHub, FixtureWriter};
use crate::quality::encoded;
use crate::serving::{Server, router};

const BOUNDARY: &str = "----invented";

/// Invented people; the last row has a field too many.
const PEOPLE: &str = "klantnr;naam;mail;segment\n\
    1;Anna de Bos;anna@voorbeeld.example;gold\n\
    2;Bram Visser;bram@voorbeeld.example;silver\n\
    3;Cees Kok;cees@voorbeeld.example;gold;x\n";

struct World {
    folder: tempfile::TempDir,
    server: Server,
    /// The cookie and the token of whoever signed in.
    session: Option<(String, String)>,
}

impl World {
    fn new(access: Access) -> World {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("hub.yaml"), "name: Van Velzen Wonen\n").unwrap();
        let writer = Some(Arc::new(FixtureWriter::new()) as _);
        let mut server = Server::new(Arc::new(FixtureHub::new()), writer, access, test_host());
        server.draft = Some(Arc::new(Draft::new(folder.path())));
        World { folder, server, session: None }
    }

    fn open() -> World {
        World::new(Access::Open)
    }

    /// Of somebody who signed in with this role.
    fn signed_in(role: Role) -> World {
        let directory = MemoryDirectory::default();
        directory.put_account(&account("eva", role)).unwrap();
        let mut world = World::new(Access::Closed(Arc::new(directory)));
        let session = world.server.access.sign_in("eva", PASSWORD, &world.server.host).unwrap();
        let Known::Session { csrf } = &session.caller.by else { panic!("{session:?}") };
        world.session = Some((format!("karat_session={}", session.secret), csrf.clone()));
        world
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String) {
        let response = router(self.server.clone()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let place = parts.headers.get("location").map_or("", |value| value.to_str().unwrap());
        let body = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, format!("{place}\n{}", String::from_utf8(body.to_vec()).unwrap()))
    }

    async fn ask(&self, line: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
        let (method, path) = line.split_once(' ').unwrap();
        let fields =
            form.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(Body::from(fields.collect::<Vec<_>>().join("&")));
        self.send(request.unwrap()).await
    }

    /// Sends the body of a form with a file.
    async fn upload_body(&self, body: impl Into<Body>) -> (StatusCode, String) {
        let mut request = Request::post("/sources/new")
            .header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"));
        if let Some((cookie, _)) = &self.session {
            request = request.header("Cookie", cookie);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    async fn upload(&self, name: &str, file: &str, text: &str) -> (StatusCode, String) {
        let token = self.session.as_ref().map_or("", |(_, token)| token);
        self.upload_body(form(&[("csrf", token), ("name", name)], file, text)).await
    }

    /// The address of the upload that is there.
    async fn uploaded(&self) -> String {
        let (status, place) = self.upload("Web shop", "klanten.csv", PEOPLE).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{place}");
        place.trim().to_string()
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    fn uploads(&self) -> usize {
        let folders = fs::read_dir(self.folder.path().join("uploads")).into_iter().flatten();
        folders.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count()
    }
}

/// A form as browsers send it: the fields, then the file.
fn form(fields: &[(&str, &str)], file: &str, text: &str) -> String {
    let field = |(name, value): &(&str, &str)| {
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    };
    let fields: String = fields.iter().map(field).collect();
    format!(
        "{fields}--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"{file}\"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n--{BOUNDARY}--\r\n"
    )
}

/// What the fields of the mapping say.
const MAPPING: [(&str, &str); 10] = [
    ("party", "person"),
    ("delivery", "changes"),
    ("country", "be"),
    ("dates", "month_first"),
    ("key", "klantnr"),
    ("updated_at", ""),
    ("trust", "70"),
    ("column:naam", "full_name"),
    ("column:mail", "email"),
    ("column:segment", "category:segment"),
];

#[tokio::test]
async fn a_file_becomes_a_source_by_steps() {
    let world = World::open();
    let upload = world.uploaded().await;
    for (code, words) in [
        ("en", ["what its columns mean", "full name", "were looked at", "A new attribute"]),
        ("nl", ["wat de kolommen betekenen", "volledige naam", "bekeken", "Een nieuw attribuut"]),
    ] {
        let (status, page) = world.ask(&format!("GET {upload}?lang={code}"), &[]).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for word in words {
            assert!(page.contains(word), "{word} in {page}");
        }
        assert!(!page.contains("Anna") && !page.contains("voorbeeld"), "{page}");
    }
    let (_, page) = world.ask(&format!("GET {upload}"), &[]).await;
    assert!(page.contains("<option selected>klantnr</option>"), "{page}");
    assert!(page.contains(r#"<option value="email" selected>"#), "{page}");
    let (status, place) = world.ask(&format!("GET {upload}/dry-run"), &[]).await;
    assert_eq!((status, place.trim()), (StatusCode::SEE_OTHER, &*upload), "first the mapping");

    let (status, place) = world.ask(&format!("POST {upload}"), &MAPPING).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{place}");
    for (code, words) in [
        ("en", ["dry run", "Probably known already", "web_shop.csv:4", "5 fields"]),
        ("nl", ["proefrun", "Waarschijnlijk al bekend", "web_shop.csv:4", "5 velden"]),
    ] {
        let (status, page) = world.ask(&format!("GET {upload}/dry-run?lang={code}"), &[]).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        for word in words {
            assert!(page.contains(word), "{word} in {page}");
        }
        assert!(!page.contains("Cees") && page.contains("C***"), "{page}");
    }
    assert_eq!(world.file("sources/web_shop.yaml"), "", "nothing is written yet");

    let (_, page) = world.ask(&format!("GET {upload}/dry-run"), &[]).await;
    let (_, rest) = page.split_once(r#"name="digest" value=""#).unwrap();
    let digest = rest.split('"').next().unwrap();
    let stale = world.ask(&format!("POST {upload}/accept"), &[("digest", "of before")]).await;
    assert_eq!(stale.0, StatusCode::CONFLICT);
    let (status, place) = world.ask(&format!("POST {upload}/accept"), &[("digest", digest)]).await;
    assert_eq!((status, place.trim()), (StatusCode::SEE_OTHER, "/sources"));
    let source = world.file("sources/web_shop.yaml");
    for said in
        ["trust: 70", "mail: email", "delivery: changes", "country: BE", "dates: month_first"]
    {
        assert!(source.contains(said), "{said} in {source}");
    }
    assert!(world.file("hub.yaml").contains("segment: { type: category }"));
    assert_eq!(world.file("deliveries/web_shop.csv"), PEOPLE);
    assert_eq!(world.uploads(), 0);
    let (_, page) = world.ask("GET /sources", &[]).await;
    assert!(page.contains("not loaded yet") && page.contains("sources/web_shop.yaml"), "{page}");
}

#[tokio::test]
async fn a_mapping_with_mistakes_is_shown_again_as_it_was_typed() {
    let world = World::open();
    let upload = world.uploaded().await;
    let mut form = MAPPING;
    (form[2].1, form[4].1, form[6].1) = ("NLD", "", "many");
    let (status, page) = world.ask(&format!("POST {upload}?lang=en"), &form).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for word in
        ["Choose the column with the key", "from 0 to 100", r#"value="many""#, "a code of two"]
    {
        assert!(page.contains(word), "{word} in {page}");
    }
    assert!(page.contains(r#"<option value="category:segment" selected>"#), "{page}");
}

#[tokio::test]
async fn what_cannot_be_a_source_is_refused_with_a_hint_and_not_kept() {
    let world = World::open();
    let with_source = "files: [erp.csv]\ncolumns: { id: source_id }\n";
    fs::create_dir(world.folder.path().join("sources")).unwrap();
    fs::write(world.folder.path().join("sources/erp.yaml"), with_source).unwrap();
    for (name, file, text, expected) in [
        ("", "a.csv", PEOPLE, "Give the source a name"),
        ("?!", "a.csv", PEOPLE, "Give the source a name"),
        ("new", "a.csv", PEOPLE, "there is a source of this name"),
        ("shop", "a.csv", PEOPLE, "there is a source of this name"),
        ("ERP", "a.csv", PEOPLE, "there is a source of this name"),
        ("web", "", "", "Choose a file"),
        ("web", "a.csv", "", "No table could be read"),
        ("web", "a.csv", "id;naam\n", "No table could be read"),
        ("web", "a.html", "<!DOCTYPE html><p>Hello</p>", "a web page"),
    ] {
        let (status, page) = world.upload(name, file, text).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {file}");
        assert!(page.contains(expected), "{name} {file}: {expected} in {page}");
        assert!(!page.contains("uploads/"), "no path of the machine: {page}");
        assert_eq!(world.uploads(), 0, "{name} {file}");
    }
    assert_eq!(world.file("sources/erp.yaml"), with_source);
}

#[tokio::test]
async fn an_upload_can_be_left_taken_up_again_and_discarded() {
    let world = World::open();
    let upload = world.uploaded().await;
    let (_, page) = world.ask("GET /sources/new", &[]).await;
    assert!(
        page.contains(&format!(r#"href="{upload}""#)) && page.contains("klanten.csv"),
        "{page}"
    );
    for address in ["/sources/new/nobody", "/sources/new/..%2Fhub.yaml/dry-run"] {
        assert_eq!(world.ask(&format!("GET {address}"), &[]).await.0, StatusCode::NOT_FOUND);
    }
    let (status, place) = world.ask(&format!("POST {upload}/discard"), &[]).await;
    assert_eq!((status, place.trim()), (StatusCode::SEE_OTHER, "/sources/new"));
    assert_eq!(world.ask(&format!("GET {upload}"), &[]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.uploads(), 0);
}

#[tokio::test]
async fn a_form_with_a_file_is_taken_from_those_alone_who_were_given_it() {
    let world = World::signed_in(Role::Administrator);
    let (_, token) = world.session.clone().unwrap();
    for (why, body) in [
        ("no token", form(&[("name", "web")], "a.csv", PEOPLE)),
        ("another token", form(&[("csrf", "x"), ("name", "web")], "a.csv", PEOPLE)),
        ("a token that begins so", form(&[("csrf", &token[..9])], "a.csv", PEOPLE)),
        ("a token that comes late", form(&[("name", "web"), ("csrf", &token)], "a.csv", PEOPLE)),
        ("no form", "nothing".to_string()),
    ] {
        let (status, page) = world.upload_body(body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{why}: {page}");
        assert_eq!(world.uploads(), 0, "{why}");
    }
    world.uploaded().await;
    assert_eq!(world.uploads(), 1);

    // Elsewhere a form with a file is no form.
    let elsewhere = Request::post("/rules/discard")
        .header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"))
        .header("Cookie", &world.session.as_ref().unwrap().0)
        .body(Body::from(form(&[("csrf", &token)], "a.csv", PEOPLE)));
    assert_eq!(world.send(elsewhere.unwrap()).await.0, StatusCode::FORBIDDEN);

    let steward = World::signed_in(Role::Steward);
    let (status, _) = steward.upload("web", "a.csv", PEOPLE).await;
    assert_eq!((status, steward.uploads()), (StatusCode::FORBIDDEN, 0));
    let nobody = World { session: None, ..World::signed_in(Role::Administrator) };
    let (status, place) = nobody.upload("web", "a.csv", PEOPLE).await;
    assert_eq!((status, place.trim()), (StatusCode::SEE_OTHER, "/sign-in"));
}

/// A body that is made while it is sent: so many times the same bytes.
struct Repeated(Option<Bytes>, Bytes, u64);

impl futures_core::Stream for Repeated {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let next = self.0.take().or_else(|| {
            let left = self.2.checked_sub(1)?;
            self.2 = left;
            Some(self.1.clone())
        });
        std::task::Poll::Ready(next.map(Ok))
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_told_so_and_nothing_of_it_is_kept() {
    let world = World::open();
    let whole = form(&[("csrf", ""), ("name", "web")], "a.csv", "id;naam\n");
    let begun = whole.split_once(&format!("\r\n--{BOUNDARY}--")).unwrap().0.to_string();
    let part = Bytes::from(vec![b'x'; 1024 * 1024]);
    let parts = UPLOAD_BYTES_MAX / part.len() as u64 + 1;
    let body = Body::from_stream(Repeated(Some(begun.into()), part, parts));
    let (status, page) = world.upload_body(body).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.contains("The file is larger than") && page.contains("karat init"), "{page}");
    assert_eq!(world.uploads(), 0);
}

#[tokio::test]
async fn rows_in_quarantine_are_given_whole_to_those_who_decide() {
    let steward = World::signed_in(Role::Steward);
    let ask = async |world: &World, source: &str| {
        let request = Request::get(format!("/sources/{source}/quarantine.csv"))
            .header("Cookie", &world.session.as_ref().unwrap().0);
        world.send(request.body(Body::empty()).unwrap()).await
    };
    let (status, text) = ask(&steward, "shop").await;
    assert_eq!(status, StatusCode::OK);
    let lines: Vec<&str> = text.trim().lines().collect();
    assert_eq!(lines[0], "source,file,line,reason,raw");
    assert_eq!((lines.len(), lines[1].ends_with("A-8812;Jo;;;;too;many")), (58, true), "{text}");
    assert_eq!(ask(&steward, "nobody").await.0, StatusCode::NOT_FOUND);
    let reader = World::signed_in(Role::Reader);
    assert_eq!(ask(&reader, "shop").await.0, StatusCode::FORBIDDEN);
}
