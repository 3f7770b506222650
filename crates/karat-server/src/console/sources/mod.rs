//! The sources: what each of them brings, how far it is trusted, and whether it comes as usual.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::hub_model::Draft;
use karat_hub::view::SourceStanding;
use karat_model::id::SourceName;
use karat_model::record::Moment;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::chart::stacked;
use crate::locale::Locale;

#[derive(Template)]
#[template(path = "console/sources/template.html")]
struct SourcesPage {
    page: Page,
    sources: Vec<SourceStanding>,
    /// What the folder of the hub describes, and was never loaded.
    waiting: Vec<SourceName>,
    now: Moment,
}

/// Shows all sources.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let sources = console.ask(&visit, |hub| hub.sources()).await?;
    let waiting = waiting(&console, &visit, &sources).await?;
    let page = Page::new(&visit, Section::Sources);
    Ok(render(SourcesPage { page, sources, waiting, now: (console.now)() }))
}

/// The sources that the folder describes and the hub does not know yet.
async fn waiting(
    console: &Console,
    visit: &Visit,
    sources: &[SourceStanding],
) -> Result<Vec<SourceName>, Problem> {
    if console.draft.is_none() {
        return Ok(Vec::new());
    }
    let mut described = console.edit(visit, Draft::sources).await?;
    described.retain(|name| sources.iter().all(|source| source.name != *name));
    Ok(described)
}

impl SourcesPage {
    fn trust_bar(&self, trust: &u8) -> String {
        trust_bar(*trust)
    }

    fn lag(&self, source: &SourceStanding) -> String {
        lag(self.page.text, source, self.now)
    }

    fn is_late(&self, source: &SourceStanding) -> bool {
        source.feed.is_late(self.now)
    }

    fn owner(&self, source: &SourceStanding) -> String {
        source.told.as_ref().and_then(|told| told.owner.clone()).unwrap_or_default()
    }

    /// Why the last load of any source came to nothing, told once.
    fn failure(&self) -> Option<String> {
        let failure = self.sources.iter().find_map(|source| source.failure.clone())?;
        Some(super::source::told(self.page.text, &failure))
    }
}

/// How far a source is trusted, as a bar.
pub(super) fn trust_bar(trust: u8) -> String {
    stacked(&[(f64::from(trust) / 100.0, "gold")])
}

/// How long it is since the last delivery, beside how long it usually is.
pub(super) fn lag(text: Locale, source: &SourceStanding, now: Moment) -> String {
    let Some(lag) = source.feed.lag_seconds(now) else {
        return text.say("never delivered", "nog nooit geleverd").into();
    };
    match source.feed.usual_seconds {
        Some(usual) => {
            format!("{}, {} {}", span(text, lag), text.say("usually", "meestal"), span(text, usual))
        }
        None => span(text, lag),
    }
}

/// A length of time that people wait: `40 minutes`, `5 hours`, `3 days`.
fn span(text: Locale, seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        0..60 => text.say("under a minute", "minder dan een minuut").into(),
        60..7_200 => text.counted(minutes, &["minute", "minuut"], &["minutes", "minuten"]),
        7_200..172_800 => text.counted(hours, &["hour", "uur"], &["hours", "uur"]),
        _ => text.counted(days, &["day", "dag"], &["days", "dagen"]),
    }
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;

    #[test]
    fn a_wait_is_told_in_the_unit_that_fits() {
        let text = Locale::of(Language::Dutch);
        for (seconds, expected) in [
            (5, "minder dan een minuut"),
            (60, "1 minuut"),
            (7_199, "119 minuten"),
            (7_200, "2 uur"),
            (172_800, "2 dagen"),
        ] {
            assert_eq!(span(text, seconds), expected);
        }
    }
}
