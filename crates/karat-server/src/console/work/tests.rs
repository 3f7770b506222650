//! The work queue of a team on a closed hub: who may divide it, and what the others see of it.

use axum::http::StatusCode;

use crate::access::Role;
use crate::serving::Server;
use crate::serving::tests::{Answered, ask, closed_to, session_of};

/// Somebody who signed in.
struct Visitor {
    server: Server,
    session: String,
    token: String,
}

/// A hub with a few accounts, and two of them who signed in.
async fn team(names: [&str; 2]) -> [Visitor; 2] {
    let accounts = [
        ("eva", Role::Steward),
        ("jan", Role::Steward),
        ("ria", Role::Reader),
        ("web", Role::Writer),
    ];
    let server = closed_to(&accounts);
    [Visitor::of(&server, names[0]).await, Visitor::of(&server, names[1]).await]
}

impl Visitor {
    async fn of(server: &Server, name: &str) -> Visitor {
        let (server, session) = (server.clone(), session_of(server, name).await);
        let page = ask(&server, "GET /work?lang=en", &[("Cookie", &session)], "").await;
        let token = page.field("csrf").to_string();
        Visitor { server, session, token }
    }

    async fn get(&self, path: &str) -> String {
        let cookie = [("Cookie", self.session.as_str())];
        ask(&self.server, &format!("GET {path}"), &cookie, "").await.text
    }

    /// Sends a form as this visitor was given it.
    async fn post(&self, path: &str, fields: &str) -> Answered {
        self.post_with(path, &format!("{fields}&csrf={}", self.token)).await
    }

    async fn post_with(&self, path: &str, fields: &str) -> Answered {
        let cookie = [("Cookie", self.session.as_str())];
        ask(&self.server, &format!("POST {path}"), &cookie, fields).await
    }
}

/// An item that nobody has.
const ITEM: &str = "left=shop/77&right=erp/901";

/// What pages say of it.
const NAME: &str = "Jeroen Bakker";

fn assert_led(answer: &Answered, address: &str) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert_eq!(answer.header("location"), address);
}

#[tokio::test]
async fn what_one_steward_assigns_to_another_is_theirs_until_it_is_released() {
    let [eva, jan] = team(["eva", "jan"]).await;
    assert!(!jan.get("/work?owner=mine").await.contains(NAME));
    let to_jan = format!("{ITEM}&owner=jan&former=&back=/work%3Ftype%3Dperson");
    assert_led(&eva.post("/work/assign", &to_jan).await, "/work?type=person");

    let mine = jan.get("/work?owner=mine").await;
    assert!(mine.contains(NAME) && mine.contains("<b>Yours</b>"), "{mine}");
    assert!(!eva.get("/work?owner=mine").await.contains(NAME));
    assert!(eva.get("/work?owner=@jan").await.contains("With <b>jan</b>"));

    // Eva takes it by a page that was shown before it was assigned: somebody was first.
    let taken = eva.post("/work/assign", &format!("{ITEM}&owner=eva&former=")).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(taken.text.contains("Somebody was first"), "{}", taken.text);
    assert!(jan.get("/work?owner=mine").await.contains(NAME), "nothing was changed");

    // Jan gives it back.
    let released = jan.post("/work/assign", &format!("{ITEM}&owner=&former=jan&back=/work")).await;
    assert_led(&released, "/work");
    assert!(!jan.get("/work?owner=mine").await.contains(NAME));
    assert!(eva.get("/work?owner=nobody").await.contains(NAME));
}

#[tokio::test]
async fn what_is_snoozed_waits_elsewhere_for_everybody_until_it_is_woken() {
    let [eva, jan] = team(["eva", "jan"]).await;
    let for_a_week = format!("{ITEM}&days=7&back=/work/next");
    assert_led(&eva.post("/work/snooze", &for_a_week).await, "/work/next");
    assert!(!jan.get("/work").await.contains(NAME));
    let snoozed = jan.get("/work?state=snoozed").await;
    assert!(snoozed.contains(NAME) && snoozed.contains("snoozed until"), "{snoozed}");
    assert_led(&jan.post("/work/snooze", &format!("{ITEM}&days=0&back=/work")).await, "/work");
    assert!(eva.get("/work").await.contains(NAME));
}

#[tokio::test]
async fn a_view_is_saved_for_whoever_saved_it_and_forgotten() {
    let [eva, jan] = team(["eva", "jan"]).await;
    let saved = eva.post("/work/views?type=person&unknown=1", "name=Quick+ones&do=save&back=/work");
    assert_led(&saved.await, "/work");
    let own = eva.get("/work").await;
    assert!(own.contains(r#"<a href="/work?type=person">Quick ones</a>"#), "{own}");
    assert!(!jan.get("/work").await.contains("Quick ones</a>"), "it is Eva's alone");
    assert_led(&eva.post("/work/views", "name=Quick+ones&do=forget&back=/work").await, "/work");
    assert!(!eva.get("/work").await.contains("Quick ones</a>"));
}

#[tokio::test]
async fn forms_of_the_queue_carry_the_token_and_lead_back_to_the_console_alone() {
    let [eva, _] = team(["eva", "jan"]).await;
    for (path, fields) in [
        ("/work/assign", format!("{ITEM}&owner=eva&former=")),
        ("/work/snooze", format!("{ITEM}&days=1")),
        ("/work/views", "name=Persons&do=save".to_string()),
    ] {
        for token in ["", "&csrf=", "&csrf=guessed"] {
            let refused = eva.post_with(path, &format!("{fields}{token}")).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path} {token:?}");
        }
        let led = eva.post(path, &format!("{fields}&back=//evil.example/")).await;
        assert_led(&led, "/decisions");
    }
}

#[tokio::test]
async fn who_may_not_decide_divides_nothing() {
    for visitor in team(["ria", "web"]).await {
        assert!(!visitor.get("/work").await.contains("action=\"/work/"));
        for (path, fields) in [
            ("/work/assign", format!("{ITEM}&owner=jan&former=")),
            ("/work/snooze", format!("{ITEM}&days=1")),
            ("/work/views", "name=Persons&do=save".to_string()),
        ] {
            let refused = visitor.post(path, &fields).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let server = closed_to(&[]);
    let stranger = ask(&server, "POST /work/assign", &[], ITEM).await;
    assert_led(&stranger, "/sign-in");
}

#[tokio::test]
async fn a_form_that_names_no_item_no_steward_or_no_name_changes_nothing() {
    let [eva, _] = team(["eva", "jan"]).await;
    for (path, fields) in [
        ("/work/assign", "owner=eva&former=".to_string()),
        ("/work/assign", "left=crm&right=&owner=eva".to_string()),
        // Readers and those whom nobody knows decide nothing.
        ("/work/assign", format!("{ITEM}&owner=ria&former=")),
        ("/work/assign", format!("{ITEM}&owner=nobody&former=")),
        ("/work/snooze", format!("{ITEM}&days=")),
        ("/work/snooze", format!("{ITEM}&days=-1")),
        ("/work/snooze", format!("{ITEM}&days=99999999")),
        ("/work/snooze", "days=1".to_string()),
        ("/work/views", "name=&do=save".to_string()),
    ] {
        let refused = eva.post(path, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {fields}");
        assert!(refused.text.contains("Nothing was changed"), "{}", refused.text);
    }
    // An item that does not wait any more.
    for (path, more) in [("/work/assign", "owner=eva&former="), ("/work/snooze", "days=1")] {
        let gone = eva.post(path, &format!("left=crm/1&right=crm/2&{more}")).await;
        assert_eq!(gone.status, StatusCode::CONFLICT, "{path}");
    }
    assert!(eva.get("/work?owner=nobody").await.contains(NAME));
}
