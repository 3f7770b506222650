//! The quarantine of a source: the rows of its last delivery that could not be read, masked.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use karat_hub::view::QuarantinePage;
use karat_model::id::SourceName;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};

/// How many rows a page shows.
const ROWS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "console/quarantine/template.html")]
struct RowsPage {
    page: Page,
    source: SourceName,
    skipped: usize,
    found: QuarantinePage,
}

/// Shows the rows that could not be read.
pub(super) async fn show(
    State(console): State<Console>,
    Path(name): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let source = SourceName::new(&name);
    let skipped = visit.parameter("after").and_then(|text| text.parse().ok()).unwrap_or(0);
    let asked = source.clone();
    let asked = console.ask(&visit, move |hub| hub.quarantine(&asked, skipped, ROWS_PER_PAGE));
    let found = asked.await?.ok_or_else(|| Problem::no_such_page(&visit))?;
    let page = Page::new(&visit, Section::Sources);
    Ok(render(RowsPage { page, source, skipped, found }))
}

impl RowsPage {
    /// How many rows come before the next page, if there is one.
    fn next(&self) -> Option<usize> {
        let shown = self.skipped.saturating_add(self.found.rows.len());
        ((shown as u64) < self.found.total && !self.found.rows.is_empty()).then_some(shown)
    }
}
