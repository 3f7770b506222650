//! Customers side by side as a browser asks for them, and of which two of them the evidence is.

use axum::http::StatusCode;
use karat_model::id::EntityId;

use crate::access::Role;
use crate::serving::tests::{ask, closed_to, session_of};

/// What somebody of a role sees of three customers, with more in the address.
async fn seen_by(role: Role, more: &str) -> String {
    let server = closed_to(&[("eva", role)]);
    let session = session_of(&server, "eva").await;
    let line = format!("GET /decide?customers={}{more}&lang=en", ids(["1001", "1002", "77"]));
    let answer = ask(&server, &line, &[("Cookie", &session)], "").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.text
}

fn ids<const N: usize>(of: [&str; N]) -> String {
    of.map(|id| {
        let source = if id == "77" { "shop" } else { "crm" };
        EntityId::founded_by(&format!("{source}/{id}").parse().unwrap()).to_string()
    })
    .join(",")
}

#[tokio::test]
async fn the_evidence_is_of_the_likeliest_two_unless_others_are_chosen() {
    let page = seen_by(Role::Steward, "").await;
    assert!(page.contains(r#"<b aria-current="true">1 – 2"#), "{page}");
    assert!(page.contains("If 1 and 2 are the same"), "{page}");
    let others = format!("between={}", ids(["1002", "77"]).replace(',', "%2C"));
    let link = page.split("href=\"").find(|part| part.contains(&others));
    assert!(link.is_some_and(|link| link.contains("2 – 3")), "{others} in {page}");

    let page = seen_by(Role::Steward, &format!("&place=p1&{others}")).await;
    assert!(page.contains(r#"<b aria-current="true">2 – 3"#), "{page}");
    assert!(page.contains("If 2 and 3 are the same"), "{page}");
    assert_eq!(page.matches("class=\"waterfall\"").count(), 1, "{page}");
    assert!(page.contains("&#38;place=p1"), "the place in the queue is kept");
    // Those two are ticked, and the first is not.
    let ticks: Vec<bool> = page
        .split(r#"name="customer""#)
        .skip(1)
        .map(|tick| tick.split('>').next().unwrap().contains("checked"))
        .collect();
    assert_eq!(ticks, [false, true, true]);
}

#[tokio::test]
async fn two_that_were_not_compared_say_so_and_nonsense_counts_for_nothing() {
    let apart = format!("&between={}", ids(["1001", "77"]));
    let page = seen_by(Role::Reader, &apart).await;
    assert!(page.contains("No record of the one was compared"), "{page}");
    for between in ["x", "", "a,b", &ids(["77"]), &ids(["77", "77"])] {
        let page = seen_by(Role::Reader, &format!("&between={between}")).await;
        assert!(page.contains(r#"<b aria-current="true">1 – 2"#), "{between}: {page}");
    }
}

#[tokio::test]
async fn whom_customers_have_to_do_with_stands_side_by_side() {
    let page = seen_by(Role::Reader, "").await;
    let rows: Vec<&str> = page.split("<tr").filter(|row| row.contains("Has to do with")).collect();
    let [row] = rows[..] else { panic!("{page}") };
    assert_eq!(row.matches("Tom Vos").count(), 2, "{row}");
    // The third has nobody, so Tom is not the same for all.
    assert!(!row.contains("the same"), "{row}");
}
