//! Feedback to sources: what came of it, and the findings that are so far.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::feedback::{FeedbackState, SourceFeedback};
use karat_hub::view::{FindingPage, FollowUpQuery};
use karat_model::finding::FindingNo;
use karat_model::id::SourceName;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::quality::encoded;

/// How many findings a page shows.
const FINDINGS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "console/feedback/template.html")]
struct FeedbackPage {
    page: Page,
    figures: Vec<SourceFeedback>,
    state: FeedbackState,
    source: Option<String>,
    is_first: bool,
    found: FindingPage,
}

/// Shows what came of feedback, and the findings that are so far.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let source = visit.parameter("source").map(str::to_string);
    let state = visit.parameter("state").and_then(FeedbackState::from_name);
    let state = state.unwrap_or(FeedbackState::Sent);
    let after: Option<u64> = visit.parameter("after").and_then(|text| text.parse().ok());
    let after = after.filter(|no| *no <= i64::MAX as u64);
    let query =
        FollowUpQuery { source: source.as_deref().map(SourceName::new), state: Some(state) };
    let from = FindingNo(after.unwrap_or(0));
    let asked = console.ask(&visit, move |hub| {
        Ok((hub.feedback()?, hub.follow_ups(&query, from, FINDINGS_PER_PAGE)?))
    });
    let (figures, found) = asked.await?;
    let page = Page::new(&visit, Section::Quality);
    let is_first = after.is_none();
    Ok(render(FeedbackPage { page, figures, state, source, is_first, found }))
}

impl FeedbackPage {
    fn states(&self) -> [FeedbackState; 8] {
        FeedbackState::ALL
    }

    fn is_here(&self, state: &FeedbackState) -> bool {
        *state == self.state
    }

    fn label(&self, state: &FeedbackState) -> &'static str {
        state.label(self.page.text.language)
    }

    /// This page with another state or source, or from a place on.
    fn address(
        &self,
        state: &FeedbackState,
        source: &Option<String>,
        after: Option<&FindingNo>,
    ) -> String {
        let mut address = format!("/quality/feedback?state={}", state.name());
        if let Some(source) = source {
            address += &format!("&source={}", encoded(source));
        }
        if let Some(FindingNo(no)) = after {
            address += &format!("&after={no}");
        }
        address
    }
}
