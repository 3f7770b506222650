//! The quality of the data: tiles, fitness for use, what to mend first, and how it was before.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::feedback::SourceFeedback;
use karat_hub::view::{Currency, Scorecard};

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::locale::Locale;
use crate::quality::{CurrencySection, QualitySections};

#[derive(Template)]
#[template(path = "console/quality/template.html")]
struct QualityPage<'a> {
    page: Page,
    text: Locale,
    sections: QualitySections<'a>,
    currency: CurrencySection<'a>,
    figures: Vec<SourceFeedback>,
}

/// Shows the scorecard.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let asked = console.ask(&visit, |hub| Ok((hub.scorecard()?, hub.currency()?, hub.feedback()?)));
    let (scorecard, currency, figures): (Scorecard, Currency, _) = asked.await?;
    let model = console.hub.model();
    let page = Page::new(&visit, Section::Quality);
    let text = page.text;
    let sections = QualitySections { text, scorecard: &scorecard, model: &model, is_linked: true };
    let currency = CurrencySection { text, currency: &currency };
    Ok(render(QualityPage { page, text, sections, currency, figures }))
}
