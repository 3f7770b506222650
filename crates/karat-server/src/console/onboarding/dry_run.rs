//! The third step: what the rows would come to; and the last: the source is written in the folder.

use std::time::Duration;

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use karat_hub::hub_model::{NotSaved, digest_of};
use karat_hub::onboard::{DryRun, FailedCheck, Mapping, Upload, accept};
use karat_hub::view::{HubReader, Probe, Unavailable};
use karat_model::check::Day;
use karat_model::evidence::Verdict;
use karat_model::hub_model::HubModel;

use super::super::page::{Page, Section, render};
use super::super::rules::{field, not_saved};
use super::super::{Console, Problem, Visit};
use super::{Begun, not_tried, to};
use crate::quality::told;
use crate::serving::Server;

/// How long customers are looked up.
const LOOKING_UP_MAX: Duration = Duration::from_secs(5);

#[derive(Template)]
#[template(path = "console/onboarding/dry_run.html")]
struct DryRunPage {
    page: Page,
    upload: Upload,
    run: DryRun,
    known: Known,
    /// Of the folder at the time.
    digest: String,
    model: HubModel,
}

/// How many of a sample of rows the hub seems to know.
#[derive(Debug, Default)]
struct Known {
    looked_up: u64,
    /// A customer would be joined with.
    joined: u64,
    /// A customer may be the same.
    doubtful: u64,
}

/// Shows what would come of an upload; whoever has said nothing of its columns yet is led there.
pub(super) async fn show(
    State(server): State<Server>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let console = Console::of(&server);
    let begun = Begun::find(&console, &visit, &id).await?;
    let Begun { upload, proposal, model } = begun;
    let said = upload.mapping().unwrap_or(&Mapping::default()).source(&upload, &proposal);
    let Ok(source) = said else { return Ok(to(&format!("/sources/new/{id}"))) };
    let today = Day::of(console.now());
    let tried = console.edit(&visit, move |draft| {
        let digest = digest_of(&draft.text());
        Ok((DryRun::of(draft, proposal, source, today)?, digest))
    });
    let (run, digest) = tried.await?.map_err(|why| not_tried(&visit, why))?;
    let (sample, elapsed) = (run.sample.clone(), server.host.elapsed.clone());
    let look_up = move |hub: &dyn HubReader| look_up(hub, &sample, &*elapsed);
    let known = console.ask(&visit, look_up).await?;
    let page = Page::new(&visit, Section::Sources);
    Ok(render(DryRunPage { page, upload, run, known, digest, model }))
}

/// Looks customers up as search before create does, as many as there is time for.
fn look_up(
    hub: &dyn HubReader,
    sample: &[Probe],
    elapsed: &dyn Fn() -> Duration,
) -> Result<Known, Unavailable> {
    let (begun, mut known) = (elapsed(), Known::default());
    for probe in sample {
        if elapsed().saturating_sub(begun) > LOOKING_UP_MAX {
            break;
        }
        let found = hub.candidates(probe, 1)?;
        known.looked_up += 1;
        match found.candidates.first().map(|candidate| candidate.pair.verdict()) {
            Some(Verdict::Same) => known.joined += 1,
            Some(Verdict::Unsure) => known.doubtful += 1,
            Some(Verdict::Different | Verdict::Related) | None => {}
        }
    }
    Ok(known)
}

/// Writes the source in the folder, and leads to the sources, where it can be loaded.
pub(super) async fn take_over(
    State(server): State<Server>,
    Path(id): Path<String>,
    visit: Visit,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(fields) = fields.map_err(|_| Problem::unfit_form(&visit))?;
    let digest = field(&fields, "digest");
    let console = Console::of(&server);
    let Begun { upload, proposal, .. } = Begun::find(&console, &visit, &id).await?;
    let said = upload.mapping().unwrap_or(&Mapping::default()).source(&upload, &proposal);
    let source = said.map_err(|_| Problem::unfit_form(&visit))?;
    let written = move |draft: &_| accept(draft, &upload, source, &digest);
    let written: Result<String, NotSaved> = console.edit(&visit, written).await?;
    written.map_err(|why| not_saved(&visit, why))?;
    Ok(to("/sources"))
}

impl DryRunPage {
    /// What was looked at, in a sentence.
    fn looked_at(&self) -> String {
        let text = self.page.text;
        let read = self.run.rows + self.run.quarantined;
        let rows = text.counted(read, &["row", "rij"], &["rows", "rijen"]);
        match self.run.is_cut {
            true => format!(
                "{} {rows} {}",
                text.say("The first", "De eerste"),
                text.say(
                    "of a longer file were looked at; loading reads all.",
                    "van een langer bestand zijn bekeken; laden leest alles."
                )
            ),
            false => format!(
                "{} {rows} {}",
                text.say("All", "Alle"),
                text.say("were looked at.", "zijn bekeken.")
            ),
        }
    }

    fn entity_types(&self) -> String {
        let text = self.page.text;
        let types = self.run.entity_types.iter();
        let types =
            types.map(|(of, count)| format!("{} {}", text.count(*count), of.plural(text.language)));
        types.collect::<Vec<String>>().join(", ")
    }

    /// What a check says when it fails, or its name.
    fn check<'a>(&'a self, failed: &'a FailedCheck) -> &'a str {
        let name = failed.check.name.as_str();
        told(&self.model, name, self.page.text).unwrap_or(name)
    }

    fn severity(&self, failed: &FailedCheck) -> &'static str {
        self.page.text.severity(failed.check.severity)
    }

    /// The share of those judged that fail.
    fn share(&self, failed: &FailedCheck) -> String {
        let counts = failed.counts;
        self.page.text.share(counts.fail, counts.pass + counts.fail)
    }

    /// What the folder will say of the source.
    fn source_text(&self) -> &str {
        let file = format!("sources/{}.yaml", self.upload.name());
        self.run.text.file(file.as_ref()).unwrap_or_default()
    }

    fn known_share(&self) -> String {
        self.page.text.share(self.known.joined, self.known.looked_up)
    }
}
