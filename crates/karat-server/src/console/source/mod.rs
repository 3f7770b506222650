//! A source: what its columns mean, what stands in them, and what its loads brought.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use karat_hub::view::{LoadFailure, SeenColumn, SourceColumn, SourceDetail};
use karat_model::hub_model::{Delivery, Party};
use karat_model::id::SourceName;
use karat_model::record::Moment;

use super::page::{Page, Section, render};
use super::sources::{lag, trust_bar};
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::chart::stacked;
use crate::locale::Locale;

#[derive(Template)]
#[template(path = "console/source/template.html")]
struct SourcePage {
    page: Page,
    found: SourceDetail,
    now: Moment,
}

/// Shows a source.
pub(super) async fn show(
    State(console): State<Console>,
    Path(name): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let name = SourceName::new(&name);
    let found = console.ask(&visit, move |hub| hub.source(&name)).await?;
    let found = found.ok_or_else(|| Problem::no_such_page(&visit))?;
    let page = Page::new(&visit, Section::Sources);
    Ok(render(SourcePage { page, found, now: (console.now)() }))
}

/// Why a load failed, and what to do.
pub(super) fn told(text: Locale, failure: &LoadFailure) -> String {
    let at = text.date_time(failure.at);
    match &failure.message {
        Some(message) => {
            let failed = text.say("The last load failed.", "De laatste keer laden mislukte.");
            let hint = failure.hint.as_deref().unwrap_or_default();
            format!("{failed} {at}: {message}. {hint}").trim_end().to_string()
        }
        None => format!(
            "{} {at}: {}",
            text.say("A load has not ended.", "Een keer laden is niet klaar."),
            text.say("it still runs, or it broke off.", "het loopt nog, of het werd afgebroken.")
        ),
    }
}

/// How many rows of a histogram are drawn.
const BARS_MAX: usize = 12;

/// A row of a histogram.
struct Bar {
    label: String,
    count: u64,
}

impl SourcePage {
    fn trust_bar(&self) -> String {
        trust_bar(self.found.standing.trust)
    }

    fn lag(&self) -> String {
        lag(self.page.text, &self.found.standing, self.now)
    }

    fn is_late(&self) -> bool {
        self.found.standing.feed.is_late(self.now)
    }

    fn failed(&self, failure: &LoadFailure) -> String {
        told(self.page.text, failure)
    }

    /// What its records are about, and what a delivery of it is.
    fn kind(&self) -> String {
        let text = self.page.text;
        let Some(told) = &self.found.standing.told else { return String::new() };
        let party = match told.party {
            Party::Always(entity_type) => entity_type.plural(text.language),
            Party::ByValues => text.say("persons and companies", "personen en bedrijven"),
        };
        let delivery = match told.delivery {
            Delivery::Full => text.say("each delivery is everything", "elke levering is alles"),
            Delivery::Changes => {
                text.say("a delivery is what changed", "een levering is wat wijzigde")
            }
        };
        format!("{party}; {delivery}")
    }

    /// What a column means, as the hub model says.
    fn meaning(&self, column: &SourceColumn) -> String {
        match column.told {
            Some(kind) if !column.is_unmapped() => self.page.text.semantic_type(&kind).to_string(),
            _ => self.page.text.say("nothing is made of it", "er wordt niets van gemaakt").into(),
        }
    }

    /// What a column seems to mean, if that is worth telling beside what the hub model says.
    fn proposed(&self, column: &SourceColumn) -> Option<String> {
        let (kind, confidence) = column.guess?;
        let is_other = column.told.is_some_and(|told| told != kind) && confidence >= SURE;
        let is_worth = (column.is_unmapped() && confidence > 0.0) || is_other;
        let (word, text) = (self.page.text.semantic_type(&kind), self.page.text);
        let sure = text.percent(f64::from(confidence));
        is_worth.then(|| format!("{word}, {sure} {}", text.say("sure", "zeker")))
    }

    fn rows(&self) -> u64 {
        self.found.profiled.map_or(0, |(rows, _)| rows)
    }

    fn filled(&self, seen: &SeenColumn) -> String {
        self.page.text.share(seen.filled, self.rows())
    }

    fn filled_bar(&self, seen: &SeenColumn) -> String {
        let filled = seen.filled as f64 / self.rows().max(1) as f64;
        let valid = match seen.judged {
            0 => 1.0,
            judged => seen.valid as f64 / judged as f64,
        };
        stacked(&[(filled * valid, "gold"), (filled * (1.0 - valid), "doubtful")])
    }

    fn patterns(&self, seen: &SeenColumn) -> Vec<Bar> {
        seen.patterns.iter().map(bar).collect()
    }

    fn top(&self, seen: &SeenColumn) -> Vec<Bar> {
        seen.top.iter().map(bar).collect()
    }

    /// The lengths of values, in as few rows as can be read.
    fn lengths(&self, seen: &SeenColumn) -> Vec<Bar> {
        let step = seen.lengths.len().div_ceil(BARS_MAX).max(1);
        let row = |some: &[(u32, u32, u64)]| {
            let (from, to) = (some[0].0, some[some.len() - 1].1);
            let label = if from == to { from.to_string() } else { format!("{from}–{to}") };
            Bar { label, count: some.iter().map(|(_, _, count)| count).sum() }
        };
        seen.lengths.chunks(step).map(row).collect()
    }

    fn histogram_bar(&self, bars: &[Bar], bar: &Bar) -> String {
        let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
        stacked(&[(bar.count as f64 / most as f64, "gold")])
    }

    fn passed(&self, passed: &u16) -> String {
        self.page.text.percent(f64::from(*passed) / 10_000.0)
    }

    fn candidate_keys(&self) -> Vec<&str> {
        let is_key =
            |column: &&SourceColumn| column.seen.as_ref().is_some_and(|seen| seen.is_candidate_key);
        self.found.columns.iter().filter(is_key).map(|column| column.header.as_str()).collect()
    }
}

/// From here on a guess is told beside what the hub model says.
const SURE: f32 = 0.8;

fn bar((label, count): &(String, u64)) -> Bar {
    Bar { label: label.clone(), count: *count }
}
