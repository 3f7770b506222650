//! A job: how far it is, and what came of it; and the forms that begin one.

mod begin;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::REFRESH;
use axum::response::Response;
use karat_hub::flow::load::{LoadReport, Published};
use karat_hub::hub_model::fingerprint;
use karat_hub::view::{Job, JobFailure, JobOutcome, JobState, JobView, Previewed, StageReached};
use karat_hub::what_if::{CustomerSample, LargestChange, TypeEffect, ValueSample, WhatIf};
use karat_model::evidence::Weight;

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::chart::stacked;

pub(super) use begin::{load, preview, publish, roll_back, stop};

/// After how many seconds the page of a job that runs is asked for again.
const AGAIN_AFTER: HeaderValue = HeaderValue::from_static("2");

#[derive(Template)]
#[template(path = "console/job/template.html")]
struct JobPage {
    page: Page,
    job: Option<JobView>,
    /// Whether what was previewed is no longer what would be published.
    is_stale: bool,
}

/// Shows the job that runs, or else the one that ended last.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let job = console.operator.as_ref().and_then(|operator| operator.job());
    let is_running = job.as_ref().is_some_and(JobView::is_running);
    let is_stale = match job.as_ref().and_then(previewed) {
        Some(previewed) => is_stale(&console, &visit, previewed).await?,
        None => false,
    };
    let page = Page::new(&visit, Section::Rules);
    let mut response = render(JobPage { page, job, is_stale });
    if is_running {
        response.headers_mut().insert(REFRESH, AGAIN_AFTER);
    }
    Ok(response)
}

/// What a job foresaw, if it did.
fn previewed(job: &JobView) -> Option<&Previewed> {
    let JobState::Ended { result, .. } = &job.state else { return None };
    match result.as_ref() {
        Ok(JobOutcome::Previewed(previewed)) => Some(previewed),
        _ => None,
    }
}

/// Whether the folder says something else than what was previewed, or something was published since.
async fn is_stale(
    console: &Console,
    visit: &Visit,
    previewed: &Previewed,
) -> Result<bool, Problem> {
    let releases = console.ask(visit, |hub| hub.releases()).await?;
    let last = releases.last().map_or(0, |release| release.no);
    let said = console.edit(visit, |draft| draft.read(&draft.text())).await?;
    let is_same = said.is_ok_and(|model| fingerprint(&model) == previewed.hub_model);
    Ok(!is_same || last != previewed.release)
}

impl JobPage {
    fn may_publish(&self) -> bool {
        self.page.may(Permission::Publish)
    }

    fn may_stop(&self, job: &JobView) -> bool {
        let needed = match job.job {
            Job::Preview { .. } => Permission::Decide,
            Job::Publish { .. } | Job::RollBack { .. } | Job::Load(_) => Permission::Publish,
        };
        self.page.may(needed)
    }

    fn title(&self) -> String {
        let text = self.page.text;
        match self.job.as_ref().map(|job| &job.job) {
            None => text.say("No job", "Geen taak").into(),
            Some(Job::Preview { .. }) => {
                text.say("What would change", "Wat er zou wijzigen").into()
            }
            Some(Job::Publish { .. }) => text.say("Publish", "Publiceren").into(),
            Some(Job::RollBack { to, .. }) => {
                format!("{} {to}", text.say("Back to release", "Terug naar release"))
            }
            Some(Job::Load(_)) => text.say("Load", "Laden").into(),
        }
    }

    fn asked(&self, job: &JobView) -> String {
        let text = self.page.text;
        let at = text.date_time(job.asked_at);
        format!("{} {}, {at}", text.say("Asked for by", "Gevraagd door"), job.asked_by)
    }

    fn stage_bar(&self, stage: &StageReached) -> String {
        stacked(&[(self.share(stage).unwrap_or(0.0), "gold")])
    }

    fn share(&self, stage: &StageReached) -> Option<f64> {
        (stage.total > 0).then(|| (stage.done as f64 / stage.total as f64).min(1.0))
    }

    fn failure<'a>(&self, result: &'a Result<JobOutcome, JobFailure>) -> Option<&'a JobFailure> {
        result.as_ref().err()
    }

    fn effect<'a>(&self, result: &'a Result<JobOutcome, JobFailure>) -> Option<&'a Previewed> {
        match result {
            Ok(JobOutcome::Previewed(previewed)) => Some(previewed),
            _ => None,
        }
    }

    fn loaded<'a>(&self, result: &'a Result<JobOutcome, JobFailure>) -> Option<&'a LoadReport> {
        match result {
            Ok(JobOutcome::Loaded(report)) => Some(report),
            _ => None,
        }
    }

    /// What was published, whatever job did it.
    fn published<'a>(&self, result: &'a Result<JobOutcome, JobFailure>) -> Option<&'a Published> {
        match result {
            Ok(JobOutcome::Published(published)) => published.as_ref(),
            Ok(JobOutcome::RolledBack(rolled)) => Some(&rolled.published),
            Ok(JobOutcome::Loaded(report)) => report.published.as_ref(),
            Ok(JobOutcome::Previewed(_)) | Err(_) => None,
        }
    }

    /// What was done, in a sentence.
    fn done(&self, result: &Result<JobOutcome, JobFailure>) -> String {
        let text = self.page.text;
        match result {
            Ok(JobOutcome::Published(None)) => {
                text.say("Nothing had changed.", "Er was niets gewijzigd.").into()
            }
            Ok(JobOutcome::Published(Some(_))) => {
                text.say("It is published.", "Het is gepubliceerd.").into()
            }
            Ok(JobOutcome::RolledBack(rolled)) => format!(
                "Release {} {}",
                rolled.to,
                text.say(
                    "is published again, and the folder says what it said then.",
                    "is opnieuw gepubliceerd, en de map zegt wat die toen zei."
                )
            ),
            Ok(JobOutcome::Loaded(_)) => text.say("It is loaded.", "Het is geladen.").into(),
            Ok(JobOutcome::Previewed(_)) | Err(_) => String::new(),
        }
    }

    /// What became of customers: how many, and the words for it.
    fn changes(&self, published: &Published) -> [(u64, &'static str); 5] {
        let (text, changes) = (self.page.text, &published.changes);
        [
            (changes.created, text.say("customers are new", "klanten zijn nieuw")),
            (changes.updated, text.say("customers were changed", "klanten zijn gewijzigd")),
            (
                changes.merged,
                text.say("customers went into another one", "klanten gingen op in een andere"),
            ),
            (
                changes.split,
                text.say(
                    "new customers came out of another one",
                    "nieuwe klanten kwamen uit een andere",
                ),
            ),
            (changes.deleted, text.say("customers are gone", "klanten zijn verdwenen")),
        ]
    }

    /// What would be published, in a sentence.
    fn reason(&self, effect: &WhatIf) -> String {
        let text = self.page.text;
        match effect.reason {
            Some(reason) => format!(
                "{}: {}.",
                text.say("What would be published", "Wat gepubliceerd zou worden"),
                reason.told(text.language)
            ),
            None if effect.is_behind => text
                .say(
                    "The hub model says what is published; records wait to be published.",
                    "Het hubmodel zegt wat gepubliceerd is; er wachten records op publicatie.",
                )
                .into(),
            None => text
                .say(
                    "The hub model says what is published.",
                    "Het hubmodel zegt wat gepubliceerd is.",
                )
                .into(),
        }
    }

    fn has_effect(&self, effect: &WhatIf) -> bool {
        effect.reason.is_some() || effect.is_behind
    }

    fn is_retrained(&self) -> bool {
        matches!(self.job.as_ref().map(|job| &job.job), Some(Job::Preview { retrain: true }))
    }

    fn both(&self, sides: &[u64; 2]) -> String {
        let [before, after] = sides.map(|count| self.page.text.count(count));
        if before == after { after } else { format!("{before} → {after}") }
    }

    fn both_bits(&self, sides: &[Weight; 2]) -> String {
        let [before, after] = sides.map(|weight| self.page.text.bits(weight));
        if before == after { after } else { format!("{before} → {after}") }
    }

    fn type_name(&self, of_type: &TypeEffect) -> &'static str {
        self.page.text.entity_types(&of_type.entity_type)
    }

    fn goes(&self, change: &LargestChange) -> &'static str {
        let text = self.page.text;
        match (change.is_merge, change.records) {
            (true, _) => text.say("goes into", "gaat op in"),
            (false, 1) => text.say("loses it to", "verliest het aan"),
            (false, _) => text.say("loses them to", "verliest ze aan"),
        }
    }

    fn called<'a>(&self, customer: &'a CustomerSample) -> &'a str {
        self.page.called(&customer.title)
    }

    fn before(&self, sample: &ValueSample) -> String {
        shown(&sample.before)
    }

    fn after(&self, sample: &ValueSample) -> String {
        shown(&sample.after)
    }
}

fn shown(values: &[String]) -> String {
    if values.is_empty() { "–".into() } else { values.join(", ") }
}
