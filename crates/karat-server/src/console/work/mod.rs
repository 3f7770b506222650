//! The work queue: what waits for a decision, and the way from one item to the next.

mod filter;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use karat_hub::view::{Cursor, WorkItem, WorkPage as Found};

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::reasons::{Reasons, reasons};

pub(super) use filter::{Choice, Filter};

/// How many items a page shows.
const ITEMS_PER_PAGE: usize = 20;

#[derive(Template)]
#[template(path = "console/work/template.html")]
struct WorkPage {
    page: Page,
    filter: Filter,
    found: Found,
    /// From where on it is shown; nothing when that is from the first.
    after: Option<String>,
}

/// Shows the queue.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let filter = Filter::of(&visit);
    let after = visit.parameter("after").map(str::to_string);
    let (query, from) = (filter.query(), after.clone().map(Cursor));
    let asked = console.ask(&visit, move |hub| hub.work(&query, from.as_ref(), ITEMS_PER_PAGE));
    let found = asked.await?;
    let page = Page::new(&visit, Section::Work);
    Ok(render(WorkPage { page, filter, found, after }))
}

/// Leads to the first item after a place, or to the queue when there is none.
pub(super) async fn next(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let filter = Filter::of(&visit);
    let after = visit.parameter("after").map(str::to_string);
    let (query, from) = (filter.query(), after.clone().map(Cursor));
    let found = console.ask(&visit, move |hub| hub.work(&query, from.as_ref(), 1)).await?;
    let done =
        ["done", "undone"].into_iter().filter_map(|what| Some((what, visit.parameter(what)?)));
    let done: Vec<(&str, &str)> = done.collect();
    let address = match found.items.first() {
        Some(item) => decide_address(&filter, item, after.as_deref(), &done),
        None => filter.address("/work", &done),
    };
    Ok((StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response())
}

/// Where an item is decided about; `after` is where it was found, from where the next one is.
pub(super) fn decide_address(
    filter: &Filter,
    item: &WorkItem,
    after: Option<&str>,
    more: &[(&str, &str)],
) -> String {
    let ids: Vec<String> = item.customers.iter().map(|customer| customer.id.to_string()).collect();
    let ids = ids.join(",");
    let mut parts = vec![("customers", ids.as_str()), ("place", item.place.0.as_str())];
    parts.extend(after.map(|after| ("after", after)));
    parts.extend(more);
    filter.address("/decide", &parts)
}

impl WorkPage {
    fn choices(&self) -> Vec<Vec<Choice>> {
        let sources = self.page.model().sources.iter().map(|it| it.name.as_str().to_string());
        self.filter.choices(self.page.text, &sources.collect::<Vec<_>>())
    }

    /// What a row of choices is about.
    fn heading(&self, row: &usize) -> &'static str {
        let [english, dutch] = [
            ["What", "Wat"],
            ["How likely", "Hoe waarschijnlijk"],
            ["Known to", "Bekend bij"],
            ["State", "Stand"],
        ][*row];
        self.page.text.say(english, dutch)
    }

    fn reasons(&self, item: &WorkItem) -> Reasons {
        reasons(&item.pair, item.held, self.page.attributes(), self.page.text)
    }

    /// Where an item is decided about.
    fn decide(&self, at: &usize) -> String {
        let item = &self.found.items[*at];
        let before = at.checked_sub(1).map(|before| self.found.items[before].place.0.as_str());
        decide_address(&self.filter, item, before.or(self.after.as_deref()), &[])
    }

    fn start(&self) -> String {
        let after: Vec<(&str, &str)> =
            self.after.iter().map(|after| ("after", after.as_str())).collect();
        self.filter.address("/work/next", &after)
    }

    fn address(&self, after: Option<&Cursor>) -> String {
        let after: Vec<(&str, &str)> =
            after.iter().map(|after| ("after", after.0.as_str())).collect();
        self.filter.address("/work", &after)
    }
}
