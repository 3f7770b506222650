//! The rules as a browser asks for them, over a folder of its own.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use karat_hub::hub_model::{Draft, digest_of};
use karat_hub::view::{Job, JobFailure};
use tower::ServiceExt;

use crate::access::memory::{MemoryDirectory, account, test_host};
use crate::access::{Access, Directory, Known, Role};
use crate::fixture::{FixtureHub, FixtureOperator, FixtureWriter, previewed};
use crate::quality::encoded;
use crate::serving::{Server, router};

const HUB: &str = "name: Van Velzen Wonen\nmatching:\n  review_band: 4 # bits\n";

struct World {
    folder: tempfile::TempDir,
    server: Server,
    operator: Arc<FixtureOperator>,
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("sources")).unwrap();
        std::fs::write(folder.path().join("hub.yaml"), HUB).unwrap();
        let crm = "files: [crm.csv]\ncolumns: { id: source_id }\n";
        std::fs::write(folder.path().join("sources/crm.yaml"), crm).unwrap();
        let hub = Arc::new(FixtureHub { unpublished: true, ..FixtureHub::new() });
        let writer = Some(Arc::new(FixtureWriter::new()) as _);
        let mut server = Server::new(hub, writer, Access::Open, test_host());
        let operator = Arc::new(FixtureOperator::default());
        server.operator = Some(operator.clone());
        server.draft = Some(Arc::new(Draft::new(folder.path())));
        World { folder, server, operator }
    }

    async fn ask(&self, line: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
        let (method, path) = line.split_once(' ').unwrap();
        let fields = form.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(Body::from(fields.collect::<Vec<_>>().join("&")))
            .unwrap();
        let response = router(self.server.clone()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let place = parts.headers.get("location").or(parts.headers.get("refresh"));
        let place = place.map_or("", |value| value.to_str().unwrap());
        let body = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, format!("{place}\n{}", String::from_utf8(body.to_vec()).unwrap()))
    }

    fn digest(&self) -> String {
        digest_of(&Draft::new(self.folder.path()).text())
    }

    fn hub_yaml(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("hub.yaml")).unwrap()
    }

    async fn save(&self, text: &str) -> (StatusCode, String) {
        let digest = self.digest();
        let form = [("name", "hub.yaml"), ("digest", &digest), ("text", text)];
        self.ask("POST /rules/file/save", &form).await
    }
}

#[tokio::test]
async fn the_rules_are_read_as_tables_in_both_languages() {
    let world = World::new();
    for (code, words) in [
        ("en", ["All other attributes", "the most trusted source", "is a draft", "In force is"]),
        ("nl", ["Alle andere attributen", "de meest vertrouwde bron", "een concept", "Van kracht"]),
    ] {
        let (status, page) = world.ask(&format!("GET /rules?lang={code}"), &[]).await;
        assert_eq!(status, StatusCode::OK);
        for word in words {
            assert!(page.contains(word), "{word} in {page}");
        }
    }
    let (_, page) = world.ask("GET /rules", &[]).await;
    assert!(page.contains(r#"name="review_band" inputmode="decimal" value="4""#), "{page}");
    assert!(page.contains("/rules/file?name=sources%2Fcrm.yaml"), "{page}");
    let (_, page) = world.ask("GET /rules/releases?lang=nl", &[]).await;
    assert!(page.contains("andere drempels") && page.contains("geef het concept op"), "{page}");
}

#[tokio::test]
async fn settings_are_written_with_their_remarks_and_mistakes_are_told() {
    let world = World::new();
    let digest = world.digest();
    let form = |band: &'static str, trust: &'static str| {
        let ladder = ("wins:default", "trust, recency");
        let link = ("link_threshold", "14,5");
        [link, ("review_band", band), ("trust:crm", trust), ladder, ("digest", &*digest)]
    };
    let with = form("many", "50");
    let (status, page) = world.ask("POST /rules/settings", &with).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.contains("in het Engels"), "{page}");
    assert!(page.contains("cannot be `many`") && page.contains(r#"value="many""#), "{page}");
    assert_eq!(world.hub_yaml(), HUB);
    let (_, page) = world.ask("POST /rules/settings?lang=nl", &with).await;
    assert!(page.contains("De melding zelf is in het Engels:"), "{page}");

    let with = form("6", "80");
    let (status, page) = world.ask("POST /rules/settings", &with).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    insta::assert_snapshot!(world.hub_yaml(), @r"
    name: Van Velzen Wonen
    matching:
      link_threshold: 14.5
      review_band: 6                         # bits

    survivorship:
      default: [trust, recency]
    ");
    let crm = std::fs::read_to_string(world.folder.path().join("sources/crm.yaml")).unwrap();
    assert!(crm.ends_with("trust: 80\n"), "{crm}");
    let (status, _) = world.ask("POST /rules/settings", &with).await;
    assert_eq!(status, StatusCode::CONFLICT, "somebody saved meanwhile");
}

#[tokio::test]
async fn which_value_wins_is_chosen_rung_by_rung_in_the_words_of_the_reader() {
    let world = World::new();
    let (_, page) = world.ask("GET /rules?lang=nl", &[]).await;
    let chosen = r#"<option value="trust" selected>de meest vertrouwde bron</option>"#;
    assert!(page.contains(chosen), "{page}");
    let digest = world.digest();
    let rungs = ["recency", "", "validity", "", ""].map(|rule| ("wins:default", rule));
    let form = [("review_band", "4"), ("digest", &*digest)].into_iter().chain(rungs);
    let (status, page) = world.ask("POST /rules/settings", &form.collect::<Vec<_>>()).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert!(world.hub_yaml().contains("default: [recency, validity]"), "{}", world.hub_yaml());
}

#[tokio::test]
async fn a_file_is_saved_when_the_hub_model_can_be_read_with_it() {
    let world = World::new();
    let (status, page) = world.save("name: Shop\r\nmatchin: {}\r\n").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("hub.yaml:2:1") && page.contains("matchin: {}"), "{page}");
    assert_eq!(world.hub_yaml(), HUB);
    let (status, page) = world.save("name: Shop\r\n").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    assert_eq!(world.hub_yaml(), "name: Shop\n");
    for name in ["../hub.yaml", "notes.txt", ""] {
        let address = format!("GET /rules/file?name={}", encoded(name));
        assert_eq!(world.ask(&address, &[]).await.0, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn a_job_is_shown_while_it_runs_and_when_it_has_ended() {
    let world = World::new();
    assert!(world.ask("GET /job", &[]).await.1.contains("No job was asked for"));
    let (status, place) = world.ask("POST /rules/preview", &[("retrain", "yes")]).await;
    assert_eq!((status, place.trim()), (StatusCode::SEE_OTHER, "/job"));
    assert_eq!(world.operator.asked(), Some(Job::Preview { retrain: true }));
    let (_, page) = world.ask("GET /job", &[]).await;
    assert!(page.starts_with("2\n"), "it is asked for again: {page}");
    assert!(page.contains("matching records") && page.contains("25") && page.contains("Stop"));
    let (status, page) = world.ask("POST /rules/preview", &[]).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("Another job runs") && page.contains(r#"href="/job""#), "{page}");

    world.operator.end(Ok(previewed()));
    let (_, page) = world.ask("GET /job", &[]).await;
    assert!(page.starts_with("\n"), "it is not asked for again");
    assert!(page.contains("this is no longer what publishing would do"), "the folder is another");
    assert!(page.contains("<del>Ede</del>") && page.contains("<ins>Epe</ins>"), "{page}");

    let (status, _) = world.ask("POST /rules/publish", &[("seen", "x")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "who publishes is sure");
    let sure = [("seen", "x"), ("sure", "yes")];
    assert_eq!(world.ask("POST /rules/publish", &sure).await.0, StatusCode::SEE_OTHER);
    let seen = Some("x".to_string());
    assert_eq!(world.operator.asked(), Some(Job::Publish { retrain: false, seen }));
    let causes = vec!["there is no release 9".to_string()];
    world.operator.end(Err(JobFailure { is_stopped: false, causes, hint: None }));
    let (_, page) = world.ask("GET /job?lang=nl", &[]).await;
    assert!(page.contains("Het is mislukt") && page.contains("there is no release 9"), "{page}");
    let back = [("to", "1"), ("sure", "yes"), ("discard", "yes")];
    assert_eq!(world.ask("POST /rules/roll-back", &back).await.0, StatusCode::SEE_OTHER);
    assert_eq!(world.operator.asked(), Some(Job::RollBack { to: 1, discard: true }));
}

#[tokio::test]
async fn only_administrators_change_rules_and_stewards_may_look() {
    let world = World::new();
    let directory = MemoryDirectory::default();
    directory.put_account(&account("eva", Role::Steward)).unwrap();
    let mut server = world.server.clone();
    server.access = Access::Closed(Arc::new(directory));
    let signed_in = server.access.sign_in("eva", crate::access::memory::PASSWORD, &server.host);
    let session = signed_in.unwrap();
    let Known::Session { csrf } = &session.caller.by else { panic!("{session:?}") };
    for (address, status) in [
        ("/rules/preview", StatusCode::SEE_OTHER),
        ("/rules/publish", StatusCode::FORBIDDEN),
        ("/rules/roll-back", StatusCode::FORBIDDEN),
        ("/rules/settings", StatusCode::FORBIDDEN),
        ("/rules/discard", StatusCode::FORBIDDEN),
        ("/rules/file/save", StatusCode::FORBIDDEN),
    ] {
        let request = Request::post(address)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Cookie", format!("karat_session={}", session.secret))
            .body(Body::from(format!("csrf={csrf}&sure=yes&to=1")))
            .unwrap();
        let answer = router(server.clone()).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status, "{address}");
        if status == StatusCode::FORBIDDEN {
            let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            let page = String::from_utf8(body.to_vec()).unwrap();
            assert!(page.contains("<h1>You may not do this</h1>"), "{address}: {page}");
            assert!(page.contains("Administrators may."), "{address}: {page}");
        }
    }
    let request = Request::post("/rules/discard?lang=nl")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Cookie", format!("karat_session={}", session.secret))
        .body(Body::from(format!("csrf={csrf}")))
        .unwrap();
    let answer = router(server.clone()).oneshot(request).await.unwrap();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let page = String::from_utf8(body.to_vec()).unwrap();
    assert!(page.contains("Beheerders mogen dat wel."), "{page}");
}
