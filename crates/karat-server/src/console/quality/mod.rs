//! The quality of the data: tiles, fitness for use, what to mend first, and how it was before.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::view::Scorecard;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::locale::Locale;
use crate::quality::QualitySections;

#[derive(Template)]
#[template(path = "console/quality/template.html")]
struct QualityPage<'a> {
    page: Page,
    text: Locale,
    sections: QualitySections<'a>,
}

/// Shows the scorecard.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let scorecard: Scorecard = console.ask(&visit, |hub| hub.scorecard()).await?;
    let model = console.hub.model();
    let page = Page::new(&visit, Section::Quality);
    let text = page.text;
    let sections = QualitySections { text, scorecard: &scorecard, model: &model, is_linked: true };
    Ok(render(QualityPage { page, text, sections }))
}
