//! Home: what waits, how sure the hub is, and what happened since somebody looked.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::view::{
    AgeBand, EntityTypeSummary, EventNo, Interval, MergesSince, Overview, Scorecard,
    SourceStanding, TrendPoint, UnusualMerge, WorkSummary,
};
use karat_model::attribute::EntityType;
use karat_model::id::SourceName;
use karat_model::record::Moment;

use super::overview::sentence;
use super::page::{Page, Section, render};
use super::sources::lag;
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::chart::{spark, stacked};
use crate::quality::encoded;

/// How many unusual merges are shown.
const UNUSUAL_MAX: usize = 5;

#[derive(Template)]
#[template(path = "console/home/template.html")]
struct HomePage {
    page: Page,
    overview: Overview,
    scorecard: Scorecard,
    work: Arc<WorkSummary>,
    feeds: Vec<SourceStanding>,
    now: Moment,
    merges: MergesSince,
    has_unpublished_model: bool,
}

/// How good the records of a source are, and were.
struct SourceQuality<'h> {
    source: &'h SourceName,
    entity_type: EntityType,
    score: Option<f64>,
    judged: u64,
    trend: Vec<&'h TrendPoint>,
}

/// Shows home.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let seen = visit.seen().unwrap_or(EventNo::START);
    let now = console.now();
    let asked = console.ask(&visit, move |hub| {
        Ok((
            hub.overview()?,
            hub.scorecard()?,
            hub.work_summary(now)?,
            hub.sources()?,
            hub.merges(seen, UNUSUAL_MAX)?,
            hub.has_unpublished_model()?,
        ))
    });
    let (overview, scorecard, work, feeds, merges, has_unpublished_model) = asked.await?;
    let page = Page::new(&visit, Section::Home);
    Ok(render(HomePage {
        page,
        overview,
        scorecard,
        work,
        feeds,
        now,
        merges,
        has_unpublished_model,
    }))
}

impl HomePage {
    fn is_empty(&self) -> bool {
        self.overview.records() == 0
    }

    fn sentence(&self) -> String {
        sentence(&self.overview, self.page.text)
    }

    /// How old the items of a band are.
    fn age(&self, at: &usize) -> String {
        let text = self.page.text;
        let (from, until) = (self.work.ages[*at].days_min, self.work.ages.get(at + 1));
        match (from, until.map(|band| band.days_min)) {
            (0, _) => text.say("younger than a day", "korter dan een dag").into(),
            (from, None) => format!("{from} {}", text.say("days and more", "dagen en langer")),
            (from, Some(until)) => {
                format!("{from} {} {until} {}", text.say("to", "tot"), text.say("days", "dagen"))
            }
        }
    }

    /// How many of the items that wait are in a band, as a bar.
    fn age_bar(&self, band: &AgeBand) -> String {
        stacked(&[(band.items as f64 / self.work.items().max(1) as f64, "gold")])
    }

    /// Whether the hub knows what customers are worth.
    fn has_worth(&self) -> bool {
        self.work.ages.iter().any(|band| band.worth_cents.is_some())
    }

    fn worth(&self, band: &AgeBand) -> String {
        band.worth_cents.map_or_else(String::new, |cents| self.page.text.euros(&cents))
    }

    /// The items of an account.
    fn owned(&self, owner: &str) -> String {
        format!("/work?owner={}", encoded(&format!("@{owner}")))
    }

    /// The sources that are late.
    fn late(&self) -> Vec<&SourceStanding> {
        self.feeds.iter().filter(|source| source.feed.is_late(self.now)).collect()
    }

    fn lag(&self, source: &SourceStanding) -> String {
        lag(self.page.text, source, self.now)
    }

    /// Whether the rhythm of any source is known.
    fn has_rhythm(&self) -> bool {
        self.feeds.iter().any(|source| source.feed.usual_seconds.is_some())
    }

    /// The source that waits longest for a delivery.
    fn quietest(&self) -> Option<&SourceStanding> {
        self.feeds.iter().max_by_key(|source| source.feed.lag_seconds(self.now))
    }

    /// Why the last load came to nothing, if it did.
    fn failure(&self) -> Option<String> {
        let failure = self.feeds.iter().find_map(|source| source.failure.clone())?;
        Some(super::source::told(self.page.text, &failure))
    }

    fn quarantined(&self) -> u64 {
        self.overview.sources.iter().map(|source| source.quarantined).sum()
    }

    fn estimate(&self, interval: &Option<Interval>) -> String {
        let text = self.page.text;
        interval.map_or_else(
            || text.say("not known", "niet bekend").into(),
            |it| text.percent(it.estimate),
        )
    }

    /// Between which shares the truth lies, if that is known.
    fn limits(&self, interval: &Option<Interval>) -> String {
        let text = self.page.text;
        interval.map_or_else(String::new, |it| {
            let (low, high) = (text.percent(it.low), text.percent(it.high));
            format!("{low} {} {high}", text.say("to", "tot"))
        })
    }

    fn checked_by(&self, summary: &EntityTypeSummary) -> String {
        let text = self.page.text;
        match summary.expected.judged {
            0 => text
                .say(
                    "No decision of a steward checks it yet, so it may be far off.",
                    "Nog geen beslissing van een datasteward toetst het, dus het kan er ver naast zitten.",
                )
                .into(),
            judged => format!(
                "{} {}",
                text.counted(judged, &["decision", "beslissing"], &["decisions", "beslissingen"]),
                text.say("of stewards check it.", "van datastewards toetsen het."),
            ),
        }
    }

    /// The sources that are scored, the worst first.
    fn sources(&self) -> Vec<SourceQuality<'_>> {
        let mut all: Vec<SourceQuality> = Vec::new();
        for group in &self.scorecard.sources {
            let Some(source) = &group.source else { continue };
            let is_of = |point: &&TrendPoint| {
                point.source.as_ref() == Some(source) && point.entity_type == group.entity_type
            };
            all.push(SourceQuality {
                source,
                entity_type: group.entity_type,
                score: group.overall.score,
                judged: group.overall.counts.judged(),
                trend: self.scorecard.source_trend.iter().filter(is_of).collect(),
            });
        }
        all.sort_by(|one, other| {
            let of = |it: &SourceQuality| it.score.unwrap_or(2.0);
            of(one).total_cmp(&of(other))
        });
        all
    }

    fn spark(&self, quality: &SourceQuality) -> String {
        let shares: Vec<Option<f64>> = quality.trend.iter().map(|point| point.overall).collect();
        spark(&shares)
    }

    /// How the score went since it was first measured alike, in words.
    fn change(&self, quality: &SourceQuality) -> String {
        let text = self.page.text;
        let alike = quality.trend.iter().rposition(|point| point.otherwise.is_some()).unwrap_or(0);
        let of =
            |point: Option<&&TrendPoint>| point.and_then(|it| it.overall.map(|of| (it.at, of)));
        let ends = of(quality.trend.get(alike)).zip(of(quality.trend.last()));
        match ends {
            Some(((since, first), (until, last))) if since != until => {
                let points = (last - first) * 100.0;
                let sign = if points >= 0.0 { "+" } else { "−" };
                format!(
                    "{sign}{} {} {}",
                    text.decimal(points.abs(), 1),
                    text.say("points since", "punten sinds"),
                    text.date(since),
                )
            }
            _ => text.say("measured once", "één keer gemeten").into(),
        }
    }

    fn unusual_because(&self, merge: &UnusualMerge) -> String {
        let text = self.page.text;
        let mut because: Vec<String> = Vec::new();
        for attribute in &merge.conflicts {
            because.push(format!(
                "{} {}",
                text.say("two values of", "twee waarden van"),
                self.page.label(attribute).to_lowercase()
            ));
        }
        if merge.is_of_several {
            let both = text.say(
                "both were customers of several records",
                "beide waren klanten van meer records",
            );
            because.push(both.into());
        }
        because.join("; ")
    }

    /// This page, once what was merged until now was seen.
    fn seen(&self) -> String {
        format!("/?seen={}", self.merges.until.0)
    }
}
