//! The list of potential matches: pairs a steward should look at, heaviest first.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::view::{Cursor, PotentialMatchPage as Found, PotentialMatchPair};
use karat_model::evidence::{Evidence, PairExplanation};

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::reasons::{Reasons, is_silent, reasons};
use crate::words::{agreement_class, agreement_sign};

/// How many pairs a page shows.
const PAIRS_PER_PAGE: usize = 20;

#[derive(Template)]
#[template(path = "console/potential_matches/template.html")]
struct PotentialMatchesPage {
    page: Page,
    found: Found,
}

/// Shows a page of potential matches.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let after = visit.parameter("after").map(|cursor| Cursor(cursor.into()));
    let found = console
        .ask(&visit, move |hub| hub.potential_matches(after.as_ref(), PAIRS_PER_PAGE))
        .await?;
    Ok(render(PotentialMatchesPage { page: Page::new(&visit, Section::PotentialMatches), found }))
}

impl PotentialMatchesPage {
    /// What is compared and says something; the rest is told in words.
    fn telling<'a>(&self, pair: &'a PairExplanation) -> Vec<&'a Evidence> {
        let says_nothing = |evidence: &Evidence| {
            is_silent(evidence) || evidence.left.is_empty() && evidence.right.is_empty()
        };
        pair.evidence.iter().filter(|evidence| !says_nothing(evidence)).collect()
    }

    fn reasons(&self, item: &PotentialMatchPair) -> Reasons {
        reasons(&item.pair, item.held, self.page.attributes(), self.page.text)
    }

    fn class(&self, evidence: &Evidence) -> &'static str {
        agreement_class(&evidence.agreement)
    }

    fn sign(&self, evidence: &Evidence) -> &'static str {
        agreement_sign(&evidence.agreement)
    }

    /// The range that is shown: `1–20`.
    fn range(&self) -> String {
        let text = self.page.text;
        let first = self.found.before + 1;
        let last = self.found.before + self.found.pairs.len() as u64;
        format!("{}–{}", text.count(first), text.count(last))
    }
}
