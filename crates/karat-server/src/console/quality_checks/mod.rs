//! The checks of a tile, or of a source: what each asks, and how many fail.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::view::{CheckScore, GroupScore, Scorecard};
use karat_model::attribute::EntityType;
use karat_model::finding::Tile;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::chart::stacked;
use crate::quality::{failing_address, told};

#[derive(Template)]
#[template(path = "console/quality_checks/template.html")]
struct ChecksPage {
    page: Page,
    entity_type: EntityType,
    source: Option<String>,
    tile: Option<Tile>,
    /// Those that most fail first.
    checks: Vec<CheckScore>,
}

/// Shows the checks that are asked for.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let of = visit.parameter("of").and_then(EntityType::from_name);
    let entity_type = of.unwrap_or(EntityType::Person);
    let source = visit.parameter("source").map(str::to_string);
    let tile = visit.parameter("tile");
    let tile = tile.and_then(|name| Tile::ALL.into_iter().find(|tile| tile.name() == name));
    let scorecard = console.ask(&visit, |hub| hub.scorecard()).await?;
    let checks = checks(scorecard, entity_type, source.as_deref(), tile);
    let page = Page::new(&visit, Section::Quality);
    Ok(render(ChecksPage { page, entity_type, source, tile, checks }))
}

fn checks(
    scorecard: Scorecard,
    entity_type: EntityType,
    source: Option<&str>,
    tile: Option<Tile>,
) -> Vec<CheckScore> {
    let Scorecard { customers, sources, definitions, .. } = scorecard;
    let is_of = |group: &GroupScore| {
        group.entity_type == entity_type
            && group.source.as_ref().map(|source| source.as_str()) == source
    };
    let groups = customers.into_iter().chain(sources).filter(is_of);
    let definitions = if source.is_none() { definitions } else { Vec::new() };
    let all = groups.flat_map(|group| group.checks).chain(definitions);
    let is_wanted = |check: &CheckScore| tile.is_none_or(|tile| check.dimension.tile() == tile);
    let mut checks: Vec<CheckScore> = all.filter(is_wanted).collect();
    checks.sort_by_key(|check| std::cmp::Reverse(check.counts.fail));
    checks
}

impl ChecksPage {
    fn title(&self) -> String {
        let text = self.page.text;
        let whose = match &self.source {
            Some(source) => format!("{source}, {}", self.entity_type.plural(text.language)),
            None => self.entity_type.plural(text.language).to_string(),
        };
        let tile = self.tile.map(|tile| tile.label(text.language));
        let tile = tile.unwrap_or(text.say("All checks", "Alle controles"));
        format!("{tile}: {whose}")
    }

    fn bar(&self, check: &CheckScore) -> String {
        stacked(&[(check.score().unwrap_or(0.0), "gold")])
    }

    fn label(&self, check: &CheckScore) -> String {
        let told = told(self.page.model(), &check.check, self.page.text);
        told.unwrap_or(&check.check).to_string()
    }

    fn attribute(&self, check: &CheckScore) -> String {
        let Some(name) = &check.attribute else { return String::new() };
        let known = self.page.attributes().find(name);
        known.map_or_else(|| name.clone(), |id| self.page.label(&id).to_string())
    }

    /// The address of those that fail; definitions have nobody who does.
    fn failing(&self, check: &CheckScore) -> Option<String> {
        let is_of_records = check.dimension.tile() != Tile::Defined;
        is_of_records.then(|| failing_address(&check.check, self.source.as_deref()))
    }
}
