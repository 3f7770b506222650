//! The quarantine of a source: the rows of its last delivery that could not be read, masked on the
//! page, and whole in a file.

use std::io::{self, Write};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Response};
use karat_hub::share::quarantine::QuarantineText;
use karat_hub::view::{HubReader, QuarantinePage, Unavailable};
use karat_model::id::SourceName;
use tokio::task::spawn_blocking;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::api::{Sending, begin_parts};
use crate::serving::Server;

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

/// Sends the rows whole, as `karat export quarantine` writes them.
pub(super) async fn download(
    State(server): State<Server>,
    Path(name): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let source = SourceName::new(&name);
    let asked = source.clone();
    let found = Console::of(&server).ask(&visit, move |hub| hub.quarantine(&asked, 0, 0)).await?;
    found.ok_or_else(|| Problem::no_such_page(&visit))?;
    let (sending, mut response) = match begin_parts(&server, "text/csv; charset=utf-8") {
        Ok(begun) => begun,
        Err(busy) => return Ok(busy.into_response()),
    };
    let as_file = HeaderValue::from_static("attachment; filename=\"quarantine.csv\"");
    response.headers_mut().insert(CONTENT_DISPOSITION, as_file);
    spawn_blocking(move || send(server.hub.as_ref(), &source, sending));
    Ok(response)
}

/// Sends the rows, or breaks the answer off.
fn send(hub: &dyn HubReader, source: &SourceName, sending: Sending) {
    let parts = Parts { sending: &sending, part: Vec::new() };
    let is_sent = QuarantineText::begin(parts).and_then(|mut text| {
        let mut written = Ok(());
        let visited = hub.visit_quarantine(source, &mut |row| {
            written = text.write(source.as_str(), &row);
            written.is_ok()
        });
        written?;
        visited.map_err(|unavailable: Unavailable| io::Error::other(unavailable))?;
        text.finish()?.flush()
    });
    if is_sent.is_err() {
        sending.blocking_break_off();
    }
}

/// Gathers what is written into parts, and sends these.
struct Parts<'s> {
    sending: &'s Sending,
    part: Vec<u8>,
}

/// How many bytes are sent together.
const PART_BYTES: usize = 64 * 1024;

impl Write for Parts<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.part.extend_from_slice(bytes);
        if self.part.len() >= PART_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let is_read = self.sending.blocking_send(std::mem::take(&mut self.part));
        if is_read { Ok(()) } else { Err(io::ErrorKind::BrokenPipe.into()) }
    }
}

impl RowsPage {
    /// How many rows come before the next page, if there is one.
    fn next(&self) -> Option<usize> {
        let shown = self.skipped.saturating_add(self.found.rows.len());
        ((shown as u64) < self.found.total && !self.found.rows.is_empty()).then_some(shown)
    }
}
