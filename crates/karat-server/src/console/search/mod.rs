//! Search: customers that fit a few words, typos allowed.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Redirect, Response};
use karat_hub::view::{CustomerLookup, MatchedOn, SearchPage as Found};
use karat_model::id::EntityId;
use serde::Deserialize;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::access::Permission;

/// The form. What people search for is personal, and addresses end up in histories and logs:
/// therefore a query travels in the body, also from one page of hits to the next.
#[derive(Default, Deserialize)]
pub(super) struct Question {
    #[serde(default)]
    q: String,
    page: Option<u32>,
}

const QUERY_CHARACTERS_MAX: usize = 200;

#[derive(Template)]
#[template(path = "console/search/template.html")]
struct SearchPage {
    page: Page,
    /// `None` before anything was asked.
    found: Option<Found>,
}

/// Shows the empty form.
pub(super) async fn ask(visit: Visit) -> Response {
    render(SearchPage { page: Page::new(&visit, Section::Search), found: None })
}

/// Shows what a query finds; the id of a customer leads straight to it.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    form: Result<Form<Question>, FormRejection>,
) -> Result<Response, Problem> {
    let question = form.map_or_else(|_| Question::default(), |Form(question)| question);
    let query: String = question.q.trim().chars().take(QUERY_CHARACTERS_MAX).collect();
    if query.is_empty() {
        return Ok(ask(visit).await);
    }
    if let Ok(id) = query.parse::<EntityId>() {
        let lookup = console.ask(&visit, move |hub| hub.customer(id)).await?;
        if lookup != CustomerLookup::Unknown {
            return Ok(Redirect::to(&format!("/customers/{id}")).into_response());
        }
    }
    let asked = query.clone();
    let number = question.page.unwrap_or(1).max(1);
    let found = console.ask(&visit, move |hub| hub.search(&asked, number)).await?;
    let mut page = Page::new(&visit, Section::Search);
    page.query = query;
    let response = render(SearchPage { page, found: Some(found) });
    // With `no-store` a browser cannot go back from a customer to the hits it was found among.
    Ok(([(CACHE_CONTROL, "private, no-cache")], response).into_response())
}

impl SearchPage {
    fn count(&self, found: &Found) -> String {
        let text = self.page.text;
        let count = text.counted(
            found.total,
            &["customer fits", "klant past bij"],
            &["customers fit", "klanten passen bij"],
        );
        let more_than = if found.is_cut { text.say("More than ", "Meer dan ") } else { "" };
        format!("{more_than}{count}")
    }
}
