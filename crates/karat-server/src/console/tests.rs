//! Every page, asked as a browser would, without a socket.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use karat_model::id::EntityId;
use karat_model::record::Moment;
use tower::ServiceExt;

use super::router;
use crate::access::{Caller, Known, Role};
use crate::fixture::FixtureHub;

/// A day after the last delivery of the fixture.
const NOW: Moment = Moment(1_772_546_700 + 86_400);

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The text a reader sees, without tags, from one word on for some lines.
    fn text_from(&self, start: &str, lines: usize) -> String {
        let main = self.body.split_once("<main").unwrap().1;
        let mut seen = String::new();
        let mut in_tag = true;
        for character in main.chars() {
            match character {
                '<' => {
                    in_tag = true;
                    seen.push(' ');
                }
                '>' => in_tag = false,
                _ if in_tag => {}
                other => seen.push(other),
            }
        }
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let lines_seen = seen.lines().map(words).filter(|line| !line.is_empty());
        let wanted = lines_seen.skip_while(|line| !line.contains(start)).take(lines);
        wanted.collect::<Vec<_>>().join("\n")
    }
}

async fn send(hub: FixtureHub, request: Request<Body>) -> Answer {
    let console: Router = router(Arc::new(hub), Arc::new(|| NOW));
    let response = console.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

async fn get(address: &str) -> Answer {
    send(FixtureHub::new(), Request::get(address).body(Body::empty()).unwrap()).await
}

async fn get_as_steward(address: &str) -> Answer {
    let caller = Caller { name: "Eva".into(), role: Role::Steward, by: Known::Open };
    let request = Request::get(address).extension(caller).body(Body::empty()).unwrap();
    send(FixtureHub::new(), request).await
}

async fn search(form: &str) -> Answer {
    let request = Request::post("/search")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_string()))
        .unwrap();
    send(FixtureHub::new(), request).await
}

fn customer(founder: &str) -> String {
    format!("/customers/{}", EntityId::founded_by(&founder.parse().unwrap()))
}

#[tokio::test]
async fn every_page_speaks_both_languages() {
    let pages = [
        ("/", "How sure Karat is", "Hoe zeker Karat is"),
        ("/overview", "Sources", "Bronnen"),
        ("/sources", "usual rhythm", "gebruikelijke ritme"),
        ("/sources/shop", "What its columns mean", "Wat de kolommen betekenen"),
        ("/sources/shop/quarantine", "could not be read", "niet konden worden gelezen"),
        ("/search", "Search customers", "Klanten zoeken"),
        (&customer("crm/1001"), "Why these records are one customer", "Waarom deze records"),
        (
            &format!("{}/cluster", customer("crm/1001")),
            "What holds it together",
            "Wat het bijeenhoudt",
        ),
        ("/quality", "What to mend first", "Wat eerst te herstellen"),
        ("/quality/checks?of=person&tile=complete", "Is everything there?", "Is alles er?"),
        (
            "/quality/check/postcode_known?about=customers",
            "The postcode is not known.",
            "De postcode is niet bekend.",
        ),
        ("/quality/feedback?state=sent", "Feedback to sources", "Terugkoppeling aan bronnen"),
        ("/findings/4", "has seen it", "heeft het gezien"),
        ("/work", "likeliest come first", "waarschijnlijkste staan vooraan"),
        ("/rules", "which of their values win", "welke van hun waarden winnen"),
        ("/rules/releases", "the ids back", "de nummers terug"),
        ("/job", "No job was asked for", "Er is geen taak gevraagd"),
        ("/decisions", "survives every load", "overleeft elke levering"),
        (
            &format!("{}/history", customer("crm/1001")),
            "The whole golden record, as it was",
            "Het hele golden record, zoals het was",
        ),
        ("/compare", "One record", "Het ene record"),
        (
            "/compare?left=crm/1001&right=shop/A-8812",
            "These two are one customer.",
            "Deze twee zijn één klant.",
        ),
        ("/about", "By keyboard", "Met het toetsenbord"),
        ("/nowhere", "There is no such page", "Deze pagina bestaat niet"),
    ];
    for (address, english, dutch) in pages {
        let joint = if address.contains('?') { '&' } else { '?' };
        for (code, expected) in [("en", english), ("nl", dutch)] {
            let answer = get(&format!("{address}{joint}lang={code}")).await;
            assert!(answer.body.contains(expected), "{address} in {code}: {expected}");
            assert!(answer.body.contains(&format!(r#"<html lang="{code}">"#)), "{address}");
        }
    }
}

#[tokio::test]
async fn the_overview_counts_what_goes_in_and_comes_out() {
    let answer = get("/overview?lang=nl").await;
    insta::assert_snapshot!(answer.text_from("Van Velzen", 2), @"
    Van Velzen Wonen
    61.204 records uit 5 bronnen vormen 23.911 klanten.
    ");
    let empty = true;
    for address in ["/", "/overview"] {
        let hub = FixtureHub { empty, ..FixtureHub::new() };
        let answer = send(hub, Request::get(address).body(Body::empty()).unwrap()).await;
        assert!(answer.body.contains("Nothing has been loaded yet."), "{address}");
    }
}

#[tokio::test]
async fn home_tells_how_sure_the_hub_is_and_how_that_is_known() {
    let answer = get("/?lang=en").await;
    insta::assert_snapshot!(answer.text_from("How sure Karat is", 5), @"
    How sure Karat is
    Persons
    Rightly joined precision 99.3% 96.2% to 99.4%
    Found of what belongs together recall 97% 91.3% to 98.9%
    41 decisions of stewards check it. Decisions · 198 potential matches
    ");
    assert_eq!(answer.body.matches("How is this computed?").count(), 4);
    let dutch = get("/?lang=nl").await;
    insta::assert_snapshot!(dutch.text_from("Kwaliteit per bron", 12), @"
    Kwaliteit per bron
    Bron
    Score
    Verloop
    Verandering
    Beoordeeld
    crm personen
    90,9%
    +8,0 punten sinds 22 jan 2026
    113.312
    shop personen
    90,9%
    ");
}

#[tokio::test]
async fn what_was_merged_is_told_until_somebody_saw_it() {
    let answer = get("/?lang=en").await;
    insta::assert_snapshot!(answer.text_from("Merges since you looked", 5), @"
    Merges since you looked
    7 customers went into another one since 1 Mar 2026, 14:05 UTC. These are unusual:
    Sanne de Wit 12 Mar 1984 · Biltstraat 40, 3572 BB Utrecht
    two values of date of birth; both were customers of several records. 3 records of 19ve8c9cx8zb , 2 Mar 2026, 14:05 UTC · Look, and divide : Sanne de Wit
    I have seen these
    ");
    assert!(answer.body.contains(r#"href="/?seen=3""#));
    let answer = get("/?seen=3&lang=en").await;
    let cookies: Vec<_> = answer.headers.get_all(header::SET_COOKIE).iter().collect();
    assert!(cookies.iter().any(|it| it.to_str().unwrap().starts_with("karat_seen=3; Path=/;")));
    assert!(answer.body.contains("No customer went into another one."));
    let again = Request::get("/").header(header::COOKIE, "karat_seen=3").body(Body::empty());
    let again = send(FixtureHub::new(), again.unwrap()).await;
    assert!(again.body.contains("No customer went into another one."));
}

#[tokio::test]
async fn what_is_wrong_with_a_customer_is_answered_on_its_page() {
    let page = customer("crm/1001");
    let answer = get_as_steward(&page).await;
    let section = answer.body.split_once(r#"<h2 id="wrong">"#).unwrap().1;
    let section = section.split_once("</section>").unwrap().0;
    // A form for each step of a finding of a record; of one of a customer there are none.
    assert!(section.contains(r#"action="/findings/4/steps" method="post""#), "{section}");
    assert!(!section.contains(r#"action="/findings/3/steps""#), "{section}");
    let id = page.trim_start_matches("/customers/");
    assert!(section.contains(&format!(r#"name="back" value="{id}""#)));
    assert!(section.contains(r#"id="reject-reason-4""#));
    let alone = get_as_steward("/findings/4").await.body;
    assert!(alone.contains(r#"action="/findings/4/steps""#) && !alone.contains(r#"name="back""#));
    assert!(!get(&page).await.body.contains(r#"action="/findings/4/steps""#), "a reader may not");
}

#[tokio::test]
async fn a_tile_leads_in_two_steps_to_who_fails() {
    let quality = get("/quality").await;
    let tile = "/quality/checks?of=person&tile=complete";
    assert!(quality.body.contains(&format!(r#"href="{}""#, tile.replace('&', "&amp;"))));
    assert!(quality.body.contains("unknown") && quality.body.contains("unowned"));
    let checks = get(tile).await;
    let check = "/quality/check/postcode_known?about=customers";
    assert!(checks.body.contains(&format!(r#"href="{check}""#)), "{}", checks.body);
    assert!(!checks.body.contains("email_form"), "it is of another tile");
    let who = get(check).await;
    assert_eq!(who.body.matches(&format!(r#"href="{}""#, customer("crm/1001"))).count(), 2);
    assert!(!who.body.contains("Next"));
    let of_source = get("/quality/check/invalid_email?source=shop").await;
    assert!(of_source.body.contains("shop/A-8813") && !of_source.body.contains("crm/1001"));
    let second = get("/quality/check/invalid_email?source=shop&after=4").await;
    assert!(second.body.contains("shop/A-8813") && !second.body.contains("shop/A-8812"));
    assert_eq!(get("/quality/check/nothing_like_it").await.status, StatusCode::NOT_FOUND);
    let hub = FixtureHub { empty: true, ..FixtureHub::new() };
    let empty = send(hub, Request::get("/quality").body(Body::empty()).unwrap()).await;
    assert!(empty.body.contains("Nothing was judged yet.") && !empty.body.contains("100%"));
}

#[tokio::test]
async fn a_hub_model_that_is_not_published_is_told() {
    let asked = async |unpublished| {
        let hub = FixtureHub { unpublished, ..FixtureHub::new() };
        send(hub, Request::get("/?lang=nl").body(Body::empty()).unwrap()).await.body
    };
    let told = "Het hubmodel is gewijzigd en niet gepubliceerd.";
    assert!(asked(true).await.contains(told));
    assert!(!asked(false).await.contains(told));
}

#[tokio::test]
async fn a_golden_value_shows_who_won_and_who_lost() {
    let answer = get(&customer("crm/1001")).await;
    insta::assert_snapshot!(answer.text_from("Given name", 8), @"
    Given name
    Sanne
    crm most complete
    Sanne crm/1001 7 Jan 2025 won: most complete
    S. erp/20417 15 Sep 2023 lost: less complete
    Prefix
    de
    crm the only value
    ");
}

#[tokio::test]
async fn a_value_that_a_steward_cleared_shows_what_it_was_and_who_cleared_it_when_and_why() {
    let page = async |code| get(&format!("{}?lang={code}", customer("crm/1001"))).await;
    let (english, dutch) = (page("en").await, page("nl").await);
    insta::assert_snapshot!(english.text_from("Payment", 6), @"
    Payment
    IBAN
    nothing
    a steward decided that no value is right
    Cleared by eva, 3 Mar 2026: account was closed
    NL91 ABNA 0417 1643 00 erp/20417 15 Sep 2023 not shown
    ");
    insta::assert_snapshot!(dutch.text_from("Betaling", 6), @"
    Betaling
    IBAN
    niets
    een datasteward besliste dat geen waarde klopt
    Leeggemaakt door eva, 3 mrt 2026: account was closed
    NL91 ABNA 0417 1643 00 erp/20417 15 sep 2023 niet getoond
    ");
    // One of several: the others stay, and what was cleared is beneath them.
    let cleared = "lost: a steward decided otherwise jan, 3 Mar 2026: of her ex-husband";
    assert!(english.text_from("m.bakker@post.example", 1).contains(cleared));
    assert!(english.text_from("sanne.dewit@post.example", 2).ends_with("shop the only value left"));
    // Near miss: what lost to another claim has no steward.
    assert_eq!(
        english.text_from("S. erp/20417", 1),
        "S. erp/20417 15 Sep 2023 lost: less complete"
    );
    let nobody = get(&customer("crm/13")).await;
    assert!(!nobody.body.contains("decided"));
}

#[tokio::test]
async fn codes_and_dates_are_shown_in_the_language_of_the_reader() {
    let address = customer("crm/1001");
    for (code, gender, born) in [("en", "female", "12 Mar 1984"), ("nl", "vrouw", "12 mrt 1984")] {
        let page = get(&format!("{address}?lang={code}")).await;
        assert!(page.body.contains(&format!(r#"<span class="value">{gender}</span>"#)), "{code}");
        assert!(page.body.contains(&format!("{born} · Biltstraat 40")), "{code}");
        // What the source wrote stays as it is.
        assert!(page.body.contains(r#"<td class="raw">12-03-1984</td>"#), "{code}");
    }
}

#[tokio::test]
async fn a_customer_shows_the_ids_it_had_before() {
    let answer = get(&customer("crm/1001")).await;
    let former = EntityId::founded_by(&"erp/20417".parse().unwrap());
    assert!(answer.body.contains("Before this also"));
    assert!(answer.body.contains(&format!("<code>{former}</code>")), "{former}");
    assert!(!get(&customer("crm/13")).await.body.contains("Before this also"));
}

#[tokio::test]
async fn a_history_tells_versions_and_who_came() {
    let page = customer("crm/1001");
    assert!(get(&page).await.body.contains(&format!(r#"href="{page}/history""#)), "the way there");
    let history = format!("{page}/history");
    let (english, dutch) = (get(&history).await, get(&format!("{history}?lang=nl")).await);
    insta::assert_snapshot!(english.text_from("2 · Merge", 4), @"
    2 · Merge 24 Feb 2026, 14:05 UTC
    City
    + 1 record came from Sanne de Wit
    + new record: shop/A-8812
    ");
    insta::assert_snapshot!(dutch.text_from("2 · Samenvoeging", 4), @"
    2 · Samenvoeging 24 feb 2026, 14:05 UTC
    Plaats
    + 1 record van Sanne de Wit
    + nieuw record: shop/A-8812
    ");
    // The chart has a lane for each of the two, and tells its sentence to who does not see it.
    assert_eq!(english.body.matches(r#"class="lane-name""#).count(), 2);
    assert!(english.body.contains(r#"role="img" aria-label=""#));
    assert!(english.body.contains(r#"class="crossing" d="#), "{}", english.body);
    // Near miss: who never met anybody has no lanes.
    let body = &get(&format!("{}/history", customer("erp/20417"))).await.body;
    assert!(body.contains("This customer is part of another one now"));
    assert!(body.contains(&format!(r#"href="{page}/history""#)), "the way to its successor");
}

#[tokio::test]
async fn any_two_versions_are_compared_with_where_values_came_from() {
    let history = format!("{}/history", customer("crm/1001"));
    let usual = get(&history).await;
    insta::assert_snapshot!(usual.text_from("Version 1 · ", 7), @"
    Version 1 · 22 Feb 2026, 14:05 UTC → version 2 · 24 Feb 2026, 14:05 UTC
    What
    Then
    Afterwards
    Records
    –
    + erp/20417 + shop/A-8812
    ");
    // The value of then has no source, as nobody kept it; that of now has.
    assert!(usual.body.contains("<div><del><i>−</i> Zwolle</del><small></small></div>"));
    assert!(usual.body.contains("<div><ins><i>+</i> Utrecht</ins><small>shop/A-8812 · "));
    assert!(usual.body.contains("did not keep what it had taken in"));
    let chosen = |body: &str, name: &str, event: u64| {
        let radio = format!(r#"name="{name}" value="{event}" form="travel" checked"#);
        assert!(body.contains(&radio), "{radio}");
    };
    // The last two, unless the address says otherwise; in whatever order it names them.
    chosen(&usual.body, "from", 1);
    chosen(&usual.body, "to", 4);
    let turned = get(&format!("{history}?from=4&to=1")).await.body;
    chosen(&turned, "from", 1);
    let same = get(&format!("{history}?from=4&to=4")).await.body;
    assert!(same.contains("One version is chosen on both sides"));
    for nonsense in ["from=x", "to=99", "before=0&from=-1"] {
        assert_eq!(get(&format!("{history}?{nonsense}")).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn stewards_get_the_way_back_as_forms() {
    let history = format!("{}/history", customer("crm/1001"));
    let body = get_as_steward(&history).await.body;
    let back = body.split_once(r#"<h2 id="back">"#).unwrap().1;
    assert!(back.contains(r#"<form action="/decisions" method="post">"#), "{back}");
    assert!(back.contains(&format!(r#"name="back" value="{history}""#)));
    assert!(back.contains(r#"name="csrf""#));
    assert!(back.contains(r#"<input type="hidden" name="kind" value="different">"#), "{back}");
    let side = |side: &str, record: &str| format!(r#"name="{side}" value="{record}""#);
    assert!(back.contains(&side("left", "crm/1001")) && back.contains(&side("right", "erp/20417")));
    let there = get_as_steward(&format!("{history}?from=4")).await.body;
    assert!(there.contains("There is nothing to do."));
    assert!(!get(&history).await.body.contains(r#"id="back""#), "a reader may not decide");
}

#[tokio::test]
async fn there_is_no_history_of_who_never_was() {
    for address in ["/customers/000000000000/history", "/customers/nonsense/history"] {
        let answer = get(address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        assert!(answer.body.contains("No customer has this id"), "{address}");
    }
}

#[tokio::test]
async fn a_person_shows_how_to_write_to_her() {
    let answer = get(&customer("crm/1001")).await;
    insta::assert_snapshot!(answer.text_from("On an envelope", 2), @"
    On an envelope S. de Wit
    Above a letter Geachte mevrouw De Wit Dear Ms De Wit
    ");
}

#[tokio::test]
async fn a_customer_shows_where_mail_is_sent() {
    let answer = get(&customer("crm/1001")).await;
    insta::assert_snapshot!(answer.text_from("Mail address", 1), @"Mail address Biltstraat 40 3572 BB UTRECHT street");
    // The page keeps the two spaces.
    assert!(answer.body.contains("3572 BB  UTRECHT<br>"));
    assert!(!get(&customer("crm/1002")).await.body.contains("Mail address"));
}

#[tokio::test]
async fn potential_matches_say_in_words_why() {
    let answer = get("/work").await;
    insta::assert_snapshot!(answer.text_from("Alike", 2), @"
    Alike address (same), phone (same), name (same family name) Not compared date of birth
    Not linked That is 2.8 bits short of a link.
    ");
}

#[tokio::test]
async fn a_record_shows_raw_and_standardised_values_with_findings() {
    let answer = get(&customer("crm/1001")).await;
    insta::assert_snapshot!(answer.text_from("n.v.t.", 2), @"
    n.v.t.
    warning A placeholder stands where a value should be.
    ");
}

#[tokio::test]
async fn a_waterfall_tells_the_weight_of_each_comparison() {
    let answer = get("/compare?left=crm/1001&right=shop/A-8812").await;
    insta::assert_snapshot!(answer.text_from("At the start", 12), @"
    At the start
    how rarely two records are one customer
    −14.2
    Name same, rare value +1.3
    Sanne de Wit
    = same
    Sanne de Wit
    +8.4
    Date of birth same
    1984-03-12
    = same
    1984-03-12
    ");
}

#[tokio::test]
async fn compare_says_why_not_down_to_blocking() {
    let answer = get("/compare?left=crm/1001&right=crm/1002").await;
    insta::assert_snapshot!(answer.text_from("These two", 3), @"
    These two are two customers.
    A steward decided so.
    Sanne de Wit and Bram de Wit
    ");
    insta::assert_snapshot!(answer.text_from("– same e-mail", 3), @"
    – same e-mail a value is missing
    – same date of birth and family name the values differ
    – same postal code and house number the value is shared by too many records
    ");
}

#[tokio::test]
async fn compare_explains_what_it_cannot_compare() {
    for (right, expected) in [
        ("nonsense", "is no key of a record"),
        ("shop/nobody", "The hub does not know"),
        ("crm/2001", "never compared"),
    ] {
        let answer = get(&format!("/compare?left=crm/1001&right={right}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains(expected), "{right}");
    }
}

#[tokio::test]
async fn search_travels_in_the_body_and_finds() {
    let answer = search("q=sane+de+wit&page=2").await;
    assert_eq!(answer.status, StatusCode::OK);
    insta::assert_snapshot!(answer.text_from("41", 2), @"
    41 customers fit “sane de wit”
    Sanne de Wit
    ");
    assert!(answer.body.contains(">page 2 of 3<"));
    assert!(!answer.body.contains("q=sane"), "a query must not be put into an address");
    assert_eq!(answer.header(header::CACHE_CONTROL), "private, no-cache");
}

#[tokio::test]
async fn search_without_hits_advises() {
    let answer = search("q=nobody").await;
    assert!(answer.body.contains("Nobody fits"));
    assert!(answer.body.contains("You can search for"));
    for form in ["", "q=", "q=+++", "page=7"] {
        assert!(search(form).await.body.contains("What do you know of the customer?"), "{form}");
    }
}

#[tokio::test]
async fn the_id_of_a_customer_leads_to_it() {
    let address = customer("crm/1001");
    let id = address.rsplit('/').next().unwrap();
    let answer = search(&format!("q={id}")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header(header::LOCATION), address);
    let unknown = search("q=000000000000").await;
    assert_eq!(unknown.status, StatusCode::OK, "twelve digits may be a phone number");
}

#[tokio::test]
async fn a_former_id_leads_to_the_customer_of_today() {
    let former = customer("erp/20417");
    let answer = get(&former).await;
    assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT);
    let address = answer.header(header::LOCATION).to_string();
    assert!(address.starts_with(&customer("crm/1001")), "{address}");
    assert!(get(&address).await.body.contains("You came by"));
}

#[tokio::test]
async fn what_is_not_there_shows_a_way_on() {
    for (address, status) in [
        ("/customers/000000000000", StatusCode::NOT_FOUND),
        ("/customers/nonsense", StatusCode::NOT_FOUND),
        ("/customers/%FF", StatusCode::NOT_FOUND),
        ("/customers/000000000000/cluster", StatusCode::NOT_FOUND),
        ("/customers/nonsense/cluster", StatusCode::NOT_FOUND),
        (&format!("{}/cluster", customer("shop/gone")), StatusCode::GONE),
        (&customer("shop/gone"), StatusCode::GONE),
        ("/assets/secret", StatusCode::NOT_FOUND),
        ("/a/b/c", StatusCode::NOT_FOUND),
    ] {
        let answer = get(address).await;
        assert_eq!(answer.status, status, "{address}");
        assert!(answer.body.contains(r#"href="/search""#), "{address}");
    }
}

#[tokio::test]
async fn a_customer_of_several_records_leads_to_its_cluster() {
    let link = |founder: &str| format!(r#"href="{}/cluster""#, customer(founder));
    let several = get(&customer("crm/1001")).await;
    assert_eq!(several.body.matches(&link("crm/1001")).count(), 2);
    assert!(!get(&customer("crm/13")).await.body.contains(&link("crm/13")));
    let former = get(&format!("{}/cluster", customer("erp/20417"))).await;
    assert_eq!(former.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(former.header(header::LOCATION), format!("{}/cluster", customer("crm/1001")));
}

#[tokio::test]
async fn a_cluster_is_drawn_and_told_in_a_table() {
    let page = get(&format!("{}/cluster", customer("crm/1001"))).await;
    for drawn in [
        r#"class="edge bridge""#,
        r#"class="edge tied""#,
        r#"class="edge crossed""#,
        r#"class="edge-sign crossed""#,
        r#"class="node beside""#,
        r#"role="img" aria-label="Drawing. 3 records of 3 sources. Linked pairs: 2 of 3; bridges: 1."#,
    ] {
        assert!(page.body.contains(drawn), "{drawn}");
    }
    insta::assert_snapshot!(page.text_from("1 – 2", 6), @"
    1 – 2 crm/1001 erp/20417
    +9.4
    bridge
    date of birth (same), address (same without addition), name (initials agree)
    phone (different)
    Compare 1 – 2
    ");
    insta::assert_snapshot!(page.text_from("another customer than no.", 1), @"× A steward decided that it is another customer than no. 2.");
    let large = get(&format!("{}/cluster", customer("shop/large"))).await;
    assert!(!large.body.contains("<circle") && large.body.contains("too many records"));
    assert_eq!(large.body.matches("<code>shop/").count(), 60);
}

#[tokio::test]
async fn the_slider_says_what_falls_apart_and_stays_in_the_address() {
    let address = format!("{}/cluster", customer("crm/1001"));
    let whole = get(&address).await;
    insta::assert_snapshot!(whole.text_from("At 6.5 bits", 1), @"At 6.5 bits, the link threshold, these records are one group.");
    assert!(whole.body.contains(r#"min="6.5" max="17" step="0.5" value="6.5""#), "{}", whole.body);
    let divided = get(&format!("{address}?threshold=12")).await;
    insta::assert_snapshot!(divided.text_from("At 12.0 bits", 3), @"
    At 12.0 bits these records fall into 2 groups:
    A no. 1, 3 2 records
    B no. 2 1 record
    ");
    assert!(divided.body.contains(r#"step="0.5" value="12""#));
    assert!(divided.body.contains(r#"class="edge bridge loose""#));
    assert!(divided.body.contains(&format!(r##"href="{address}?threshold=12&#38;lang=nl""##)));
    let dutch = get(&format!("{address}?threshold=12,0&lang=nl")).await;
    insta::assert_snapshot!(dutch.text_from("Bij 12,0 bits", 3), @"
    Bij 12,0 bits vallen deze records uiteen in 2 groepen:
    A nr. 1, 3 2 records
    B nr. 2 1 record
    ");
    assert!(get(&format!("{address}?threshold=x")).await.body.contains(r#"value="6.5""#));
}

#[tokio::test]
async fn a_steward_cuts_splits_moves_locks_and_undoes() {
    let address = format!("{}/cluster", customer("crm/1001"));
    let page = get_as_steward(&format!("{address}?threshold=12")).await.body;
    let hidden =
        |name: &str, value: &str| format!(r#"<input type="hidden" name="{name}" value="{value}">"#);
    for (what, times) in [
        (hidden("kind", "different"), 3),
        (hidden("kind", "move"), 1),
        (hidden("kind", "lock"), 1),
        (hidden("back", &address), 7),
        (hidden("decisions", "11"), 1),
        // The split, two cuts and the lock name all records.
        (hidden("left", "crm/1001"), 4),
        (hidden("right", "erp/20417"), 2),
        (r#"<input type="checkbox" name="right" value="erp/20417">"#.into(), 1),
        (r#"action="/decisions/undo""#.into(), 2),
        (r#"formaction="/decisions/preview""#.into(), 5),
    ] {
        assert_eq!(page.matches(&what).count(), times, "{what}");
    }
    let reader = get(&address).await.body;
    assert!(!reader.contains(r#"action="/decisions"#) && !reader.contains(r#"type="checkbox""#));
    assert!(reader.contains("she said so by phone"), "what was decided is told to all");
    // One record can only be moved or locked.
    let alone = get_as_steward(&format!("{}/cluster", customer("crm/13"))).await.body;
    assert!(
        alone.contains(&hidden("kind", "move")) && !alone.contains(&hidden("kind", "different"))
    );
}

#[tokio::test]
async fn a_hub_that_cannot_be_read_is_said_to_be_so() {
    let broken = FixtureHub { broken: true, ..FixtureHub::new() };
    let answer = send(broken, Request::get("/?lang=nl").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.body.contains("De hub kan niet worden gelezen"));
    assert!(answer.body.contains("the hub cannot be read: the database file is gone"));
}

#[tokio::test]
async fn hostile_values_stay_text() {
    let attacked = customer("crm/13");
    let cluster = format!("{attacked}/cluster?threshold=%3Cscript%3E");
    for address in [attacked.as_str(), &cluster, "/compare?left=%3Cscript%3Ealert(1)&right=x"] {
        let answer = get(address).await;
        assert!(!answer.body.contains("<script>"), "{address}");
        assert!(!answer.body.contains("<img src=x"), "{address}");
    }
    let answer = search("q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!answer.body.contains("<script>"));
}

#[tokio::test]
async fn the_work_queue_is_paged_by_cursor_and_keeps_its_filter() {
    let first = get("/work?type=person").await;
    assert!(first.body.contains(r##"href="/work?type=person&#38;after=p2""##), "{}", first.body);
    let last = get("/work?type=person&after=p2").await;
    assert!(!last.body.contains("rel=\"next\""));
    // An item is found after the one before it, so that a decision leads on to what follows.
    assert!(last.body.contains("&#38;place=p2&#38;after=p2"), "{}", last.body);
    let empty = FixtureHub { empty: true, ..FixtureHub::new() };
    let request = Request::get("/work").body(Body::empty()).unwrap();
    assert!(send(empty, request).await.body.contains("Nothing waits"));
}

#[tokio::test]
async fn items_show_their_age_value_and_owner() {
    let answer = get_as_steward("/work").await;
    insta::assert_snapshot!(answer.text_from("4 days old", 1), @"4 days old · worth 1,250");
    assert!(answer.body.contains("Yours") && answer.body.contains("Nobody has it"));
    assert!(answer.body.contains("Release") && answer.body.contains("Claim"));
    // Who may not decide sees who has it, and no form.
    let reader = get("/work").await;
    assert!(reader.body.contains("With <b>Eva</b>") && !reader.body.contains("/work/assign"));
    assert!(!reader.body.contains("type=\"checkbox\""));
}

#[tokio::test]
async fn views_are_chosen_by_their_names() {
    let all = get_as_steward("/work").await.body;
    assert!(all.contains(r##"href="/work?type=person&#38;from=90">Likely persons</a>"##), "{all}");
    let mine = get_as_steward("/work?owner=mine").await.body;
    assert!(mine.contains("<b aria-current=\"true\">Mine</b>") && mine.contains("Forget"));
    assert!(mine.contains("action=\"/work/views?owner=mine\""), "what is looked at is saved");
    assert!(!mine.contains("Nobody has it"), "only what Eva has");
    let open = get_as_steward("/work?owner=nobody").await.body;
    assert!(open.contains("Nobody has it") && !open.contains("Yours"));
}

#[tokio::test]
async fn the_queue_leads_to_its_first_item_and_on() {
    let next = get("/work/next?type=person&done=7").await;
    assert_eq!(next.status, StatusCode::SEE_OTHER);
    let address = next.header(header::LOCATION);
    assert!(address.starts_with("/decide?type=person&customers="), "{address}");
    assert!(address.contains("&place=p1") && address.ends_with("&done=7"), "{address}");
    let empty = FixtureHub { empty: true, ..FixtureHub::new() };
    let request = Request::get("/work/next?from=90").body(Body::empty()).unwrap();
    assert_eq!(send(empty, request).await.header(header::LOCATION), "/work?from=90");
}

#[tokio::test]
async fn a_chosen_language_is_remembered() {
    let answer = get("/?lang=nl").await;
    let cookie = answer.header(header::SET_COOKIE);
    assert!(cookie.starts_with("karat_language=nl; Path=/"), "{cookie}");
    assert_eq!(get("/?lang=klingon").await.header(header::SET_COOKIE), "");
    let request =
        Request::get("/").header(header::COOKIE, "karat_language=nl").body(Body::empty()).unwrap();
    assert!(send(FixtureHub::new(), request).await.body.contains(r#"<html lang="nl">"#));
}

#[tokio::test]
async fn every_answer_makes_the_browser_careful() {
    for address in ["/", "/nowhere", "/assets/console.css", "/customers/nonsense"] {
        let answer = get(address).await;
        let policy = answer.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.contains("default-src 'none'"), "{address}");
        assert!(policy.contains("frame-ancestors 'none'"), "{address}");
        assert!(!policy.contains("unsafe"), "{address}");
        assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{address}");
        assert_eq!(answer.header(header::REFERRER_POLICY), "no-referrer", "{address}");
    }
    assert_eq!(get("/").await.header(header::CACHE_CONTROL), "no-store");
}

#[tokio::test]
async fn pages_carry_no_inline_script_or_style() {
    let whose = customer("crm/1001");
    let [history, cluster] = ["history", "cluster"].map(|page| format!("{whose}/{page}"));
    let pages =
        ["/", "/overview", &whose, &history, &cluster, "/work", "/decisions", "/compare", "/about"];
    for address in pages {
        let body = get(address).await.body;
        assert!(!body.contains(" style=\""), "{address}");
        assert_eq!(body.matches("<script").count(), 1, "{address}");
        assert!(body.contains(r#"<script src="/assets/console.js" defer>"#), "{address}");
        assert!(!body.contains("//cdn") && !body.contains("https://"), "{address}");
    }
}

#[tokio::test]
async fn sources_tell_their_rhythm_and_who_is_late() {
    let answer = get("/sources").await;
    assert_eq!(answer.status, StatusCode::OK);
    insta::assert_snapshot!(answer.text_from("news", 7), @"
    news
    30
    9,120
    1,140
    402
    0
    19 Feb 2026 13 days, usually 24 hours Late
    ");
    insta::assert_snapshot!(answer.text_from("The last load failed", 1), @"
    The last load failed. 3 Mar 2026, 14:05 UTC: could not read shop.csv. Check whether the export that writes it has finished.
    ");
    assert!(!answer.body.contains("<form method=\"post\" action=\"/sources/load\">"));
}

#[tokio::test]
async fn a_source_tells_its_columns_and_what_they_might_be() {
    let answer = get("/sources/shop").await;
    insta::assert_snapshot!(answer.text_from("klantnr", 6), @"
    klantnr
    record id
    100%
    –
    14,310
    mail
    ");
    insta::assert_snapshot!(answer.text_from("segment", 8), @"
    segment
    nothing is made of it looks like category, 84% sure
    97.8%
    –
    2
    valid filled but not valid empty
    Could be a key, as each row has another value: klantnr
    What stands in each column
    ");
    assert!(answer.body.contains("could not read shop.csv"), "why the last load failed");
    let never = get("/sources/erp").await;
    assert_eq!(never.status, StatusCode::OK);
    assert_eq!(get("/sources/nobody").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rows_in_quarantine_are_masked_and_paged() {
    let first = get("/sources/shop/quarantine").await;
    insta::assert_snapshot!(first.text_from("shop-2026-03.csv", 3), @"
    shop-2026-03.csv:100
    7 fields, but there are 6 columns
    A***-8***;J***;;;;t***
    ");
    assert!(first.body.contains("after=50"), "there are more than a page has");
    let last = get("/sources/shop/quarantine?after=50").await;
    assert!(!last.body.contains("after=100"));
    let none = get("/sources/crm/quarantine").await;
    assert!(none.body.contains("Every row could be read."));
    assert_eq!(get("/sources/nobody/quarantine").await.status, StatusCode::NOT_FOUND);
}
