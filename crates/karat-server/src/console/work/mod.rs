//! The work queue: what waits for a decision, who has it, and the way from one item to the next.
//! Start reading at [`show`]; which items somebody looks at is in `filter.rs`.

mod filter;
mod assigning;
mod arranging;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::view::{Cursor, SavedView, WorkItem, WorkPage as Found};
use karat_model::record::Moment;

use super::decisions::{AnswerChoice, answer_choices};
use super::page::{Page, Section, render, see_other};
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::reasons::{Reasons, reasons};

pub(super) use arranging::{assign, keep_view, snooze};
use assigning::age;
pub(super) use assigning::{Assigning, stewards};
use filter::Known;
pub(super) use filter::{Choice, Filter};

/// How many customers of an item are decided about together with other items.
const LIKELIEST: usize = 2;

/// Worth is told in whole units.
const CENTS_IN_UNIT: u64 = 100;

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
    now: Moment,
    views: Vec<SavedView>,
    /// The accounts that decide; nobody where whoever looks may not.
    stewards: Vec<String>,
}

/// Shows the queue.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let filter = Filter::of(&visit);
    let after = visit.parameter("after").map(str::to_string);
    let account = visit.caller().map(|caller| caller.name.clone());
    let (query, from) = (filter.query(account.as_deref()), after.clone().map(Cursor));
    let now = console.now();
    let asked = console.ask(&visit, move |hub| {
        let views = account.map_or(Ok(Vec::new()), |account| hub.saved_views(&account))?;
        Ok((hub.work(&query, now, from.as_ref(), ITEMS_PER_PAGE)?, views))
    });
    let (found, views) = asked.await?;
    let stewards = stewards(&console, &visit).await?;
    let page = Page::new(&visit, Section::Work);
    Ok(render(WorkPage { page, filter, found, after, now, views, stewards }))
}

/// Leads to the first item after a place, or to the queue when there is none.
pub(super) async fn next(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let filter = Filter::of(&visit);
    let after = visit.parameter("after").map(str::to_string);
    let account = visit.caller().map(|caller| caller.name.as_str());
    let (query, from) = (filter.query_of_next(account), after.clone().map(Cursor));
    let now = console.now();
    let found = console.ask(&visit, move |hub| hub.work(&query, now, from.as_ref(), 1)).await?;
    let done =
        ["done", "undone"].into_iter().filter_map(|what| Some((what, visit.parameter(what)?)));
    let done: Vec<(&str, &str)> = done.collect();
    let address = match found.items.first() {
        Some(item) => decide_address(&filter, item, after.as_deref(), &done),
        // What fits may be further on.
        None => {
            let next = found.next.iter().map(|next| ("after", next.0.as_str()));
            filter.address("/work", &next.chain(done).collect::<Vec<_>>())
        }
    };
    Ok(see_other(&address))
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
    fn choices(&self) -> Vec<(&'static str, Vec<Choice>)> {
        let model = self.page.model();
        let sources = model.sources.iter().map(|it| it.name.as_str().to_string());
        let others = self.stewards.iter().filter(|name| Some(name.as_str()) != self.page.account());
        let known = Known {
            sources: sources.collect(),
            others: others.cloned().collect(),
            has_own: self.page.may(Permission::Decide),
            has_worth: model.quality.value.is_some(),
        };
        self.filter.choices(self.page.text, &known)
    }

    /// The saved views as links, each with its name.
    fn saved(&self) -> Vec<Choice> {
        let here = self.filter.parameters();
        let choice = |view: &SavedView| Choice {
            label: view.name.clone(),
            address: match view.filter.as_str() {
                "" => "/work".into(),
                filter => format!("/work?{filter}"),
            },
            is_here: view.filter == here,
        };
        self.views.iter().map(choice).collect()
    }

    /// What is told of an item beside its customers: since when it waits, what it is worth.
    fn facts(&self, item: &WorkItem) -> Vec<String> {
        let text = self.page.text;
        let age = item.since.map(|since| age(text, since, self.now));
        let worth = item.worth_cents.map(|cents| {
            format!("{} {}", text.say("worth", "waard"), text.count(cents / CENTS_IN_UNIT))
        });
        age.into_iter().chain(worth).collect()
    }

    fn assigning(&self, at: &usize) -> Assigning<'_> {
        let item = &self.found.items[*at];
        let names: Vec<&str> =
            item.customers.iter().map(|customer| self.page.name(customer)).collect();
        Assigning {
            page: &self.page,
            assignment: &item.assignment,
            stewards: &self.stewards,
            back: self.page.address.clone(),
            onward: self.page.address.clone(),
            about: names.join(", "),
            now: self.now,
        }
    }

    fn answers(&self) -> [AnswerChoice; 4] {
        answer_choices(self.page.text)
    }

    /// The customers of an item that are decided about together with other items.
    fn likeliest(&self, item: &WorkItem) -> String {
        let ids: Vec<String> =
            item.customers.iter().take(LIKELIEST).map(|customer| customer.id.to_string()).collect();
        ids.join(",")
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

#[cfg(test)]
mod tests;
