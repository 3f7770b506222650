//! A check: what it asks, what came of it where, and who fails.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use karat_hub::view::{CheckScore, FindingPage, FindingQuery, GroupScore};
use karat_model::check::Scope;
use karat_model::finding::{FindingCode, FindingNo};
use karat_model::id::SourceName;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::quality::{encoded, failing_address, told};

/// How many findings a page shows.
const FINDINGS_PER_PAGE: usize = 50;

#[derive(Template)]
#[template(path = "console/quality_check/template.html")]
struct CheckPage {
    page: Page,
    name: String,
    source: Option<String>,
    of_customers: bool,
    of_deliveries: bool,
    is_first: bool,
    /// What came of it: of customers and of records, by entity type and attribute.
    places: Vec<Place>,
    found: FindingPage,
}

/// Where a check was made, and what came of it.
struct Place {
    whose: String,
    source: Option<String>,
    score: CheckScore,
}

/// Shows a check, or a code of cleaning, and who fails.
pub(super) async fn show(
    State(console): State<Console>,
    Path(name): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let source = visit.parameter("source").map(str::to_string);
    let page = Page::new(&visit, Section::Quality);
    let mut checks = page.model().checks.iter();
    let of_deliveries = checks.any(|it| it.name.as_str() == name && it.on == Scope::Deliveries);
    let of_customers = visit.parameter("about") == Some("customers") && source.is_none();
    let after = visit.parameter("after").and_then(|text| text.parse().ok());
    let query = FindingQuery {
        rule: Some(name.clone()),
        source: source.as_deref().map(SourceName::new),
        is_open: Some(true),
        of_customers: (!of_deliveries).then_some(of_customers),
        since: None,
    };
    let from = FindingNo(after.unwrap_or(0));
    let asked = console.ask(&visit, move |hub| {
        Ok((hub.scorecard()?, hub.findings(&query, from, FINDINGS_PER_PAGE)?))
    });
    let (scorecard, found) = asked.await?;
    let language = page.text.language;
    let place = |group: GroupScore| {
        let source = group.source.map(|source| source.to_string());
        let plural = group.entity_type.plural(language);
        let of_check = group.checks.into_iter().filter(|check| check.check == name);
        let place = |score| Place { whose: plural.to_string(), source: source.clone(), score };
        of_check.map(place).collect::<Vec<Place>>()
    };
    let groups = scorecard.customers.into_iter().chain(scorecard.sources);
    let mut places: Vec<Place> = groups.flat_map(place).collect();
    if of_deliveries {
        // What a source delivers is not told apart by entity type.
        places.dedup_by(|next, one| next.source == one.source);
    }
    let is_first = after.is_none();
    let check =
        CheckPage { page, name, source, of_customers, of_deliveries, is_first, places, found };
    if check.is_known() { Ok(render(check)) } else { Err(Problem::no_such_page(&visit)) }
}

impl CheckPage {
    fn title(&self) -> &str {
        let told = told(self.page.model(), &self.name, self.page.text);
        told.or(self.found_message()).unwrap_or(&self.name)
    }

    /// Whether there is such a check or code, or was.
    fn is_known(&self) -> bool {
        let is_check = self.page.model().checks.iter().any(|it| it.name.as_str() == self.name);
        let is_found = !self.places.is_empty() || !self.found.findings.is_empty();
        is_check || is_found || FindingCode::ALL.iter().any(|code| code.name() == self.name)
    }

    /// What a code of cleaning says.
    fn found_message(&self) -> Option<&str> {
        let is_check = self.page.model().checks.iter().any(|it| it.name.as_str() == self.name);
        let first = self.found.findings.first().filter(|_| !is_check)?;
        Some(self.page.text.pick(&first.message))
    }

    fn requirement(&self) -> Option<&CheckScore> {
        self.places.first().map(|place| &place.score)
    }

    fn address(&self, place: &Place) -> String {
        failing_address(&self.name, place.source.as_deref())
    }

    fn is_here(&self, place: &Place) -> bool {
        match &place.source {
            Some(_) => place.source == self.source,
            None => self.of_customers,
        }
    }

    /// This page from a place on.
    fn page_after(&self, after: Option<&FindingNo>) -> String {
        let mut address = format!("/quality/check/{}?", encoded(&self.name));
        match &self.source {
            Some(source) => address += &format!("source={}", encoded(source)),
            None if self.of_customers => address += "about=customers",
            None => address += "about=records",
        }
        if let Some(FindingNo(no)) = after {
            address += &format!("&after={no}");
        }
        address
    }
}
