//! Serves a console of invented people, to look at the pages.
//!
//! `cargo run -p karat-server --example console`, then open the address it prints.

// Test code that a second program uses; the lint only knows the first.
#[allow(clippy::unwrap_used, dead_code)]
#[path = "../src/fixture.rs"]
mod fixture;

use std::sync::Arc;

use axum::response::Html;
use axum::routing::get;
use fixture::FixtureHub;
use karat_model::attribute::AttributeSet;
use karat_model::language::Language;
use karat_server::console;
use karat_server::report::{ReportOptions, TextOptions, assess_html, assess_text, match_html};

/// A day after the last delivery of the fixture.
const NOW: karat_model::record::Moment = karat_model::record::Moment(1_772_546_700 + 86_400);

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let report = |language| {
        let html = assess_html(&fixture::assessment(), &ReportOptions { language, masked: false });
        get(async || Html(html))
    };
    let matching = |language| {
        let options = ReportOptions { language, masked: false };
        let html = match_html(&[fixture::matching_report()], &AttributeSet::builtin(), &options);
        get(async || Html(html))
    };
    let options =
        TextOptions { language: Language::English, masked: false, width: 100, colour: true };
    println!("{}", assess_text(&fixture::assessment(), &options));
    let app = console::router(Arc::new(FixtureHub::new()), Arc::new(|| NOW))
        .route("/report", report(Language::English))
        .route("/rapport", report(Language::Dutch))
        .route("/matching", matching(Language::English))
        .route("/matchen", matching(Language::Dutch));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:7272").await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}
