//! The overview: what is in the hub and how good it is.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::drift::{Drift, PREVIEW, PUBLISH, Severity, told, verdict};
use karat_hub::view::{AttributeQuality, EntityTypeSummary, Overview};

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::chart::{Flow, Stream, stacked};
use crate::locale::Locale;

#[derive(Template)]
#[template(path = "console/overview/template.html")]
struct OverviewPage {
    page: Page,
    overview: Overview,
    has_unpublished_model: bool,
}

/// Shows the overview.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let asked = console.ask(&visit, |hub| Ok((hub.overview()?, hub.has_unpublished_model()?)));
    let (overview, has_unpublished_model) = asked.await?;
    let page = Page::new(&visit, Section::Home);
    Ok(render(OverviewPage { page, overview, has_unpublished_model }))
}

/// What is in the hub, in a sentence; also what the drawing says to those who do not see it.
pub(super) fn sentence(overview: &Overview, text: Locale) -> String {
    format!(
        "{} {} {} {} {}",
        text.records(overview.records()),
        text.say("from", "uit"),
        text.counted(overview.sources.len(), &["source", "bron"], &["sources", "bronnen"]),
        text.say("make", "vormen"),
        text.customers(overview.entities()),
    )
}

/// More sources than this are drawn as one.
const STREAMS_MAX: usize = 7;

impl OverviewPage {
    fn is_empty(&self) -> bool {
        self.overview.records() == 0
    }

    fn sentence(&self) -> String {
        sentence(&self.overview, self.page.text)
    }

    fn flow(&self) -> String {
        let (text, overview) = (self.page.text, &self.overview);
        let mut streams: Vec<Stream> = overview
            .sources
            .iter()
            .filter(|source| source.records > 0)
            .map(|source| Stream {
                name: source.name.to_string(),
                amount: source.records,
                written: text.count(source.records),
            })
            .collect();
        streams.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.name.cmp(&b.name)));
        if streams.len() > STREAMS_MAX {
            let others = streams.split_off(STREAMS_MAX - 1);
            let amount = others.iter().map(|stream| stream.amount).sum();
            let name = format!("{} {}", others.len(), text.say("others", "andere"));
            streams.push(Stream { name, amount, written: text.count(amount) });
        }
        let out = overview.entities();
        let out_label = [text.count(out), text.say("customers", "klanten").into()];
        Flow { streams, out, out_label }.draw(&self.sentence())
    }

    fn records_per_customer(&self) -> String {
        let customers = self.overview.entities().max(1);
        self.page.text.decimal(self.overview.records() as f64 / customers as f64, 2)
    }

    fn quarantined(&self) -> u64 {
        self.overview.sources.iter().map(|source| source.quarantined).sum()
    }

    /// The attributes of one entity type, which stand under one heading.
    fn quality_of(&self, summary: &EntityTypeSummary) -> Vec<&AttributeQuality> {
        let of_type = |quality: &&AttributeQuality| quality.entity_type == summary.entity_type;
        self.overview.quality.iter().filter(of_type).collect()
    }

    fn quality_bar(&self, quality: &AttributeQuality) -> String {
        let share = |count: u64| count as f64 / quality.entities.max(1) as f64;
        let doubtful = quality.filled.saturating_sub(quality.valid);
        stacked(&[(share(quality.valid), "gold"), (share(doubtful), "doubtful")])
    }

    /// What has shifted since the match model was learnt, a sentence each.
    fn shifts(&self, drift: &Drift) -> Vec<String> {
        let language = self.page.text.language;
        drift.shifts.iter().map(|shift| told(shift, language, &str::to_string)).collect()
    }

    /// How the match model is, if it no longer suits.
    fn verdict(&self, drift: &Drift) -> Option<&'static str> {
        verdict(drift.severity(), self.page.text.language)
    }

    fn is_strong(&self, drift: &Drift) -> bool {
        drift.severity() == Some(Severity::Strong)
    }

    fn trust_bar(&self, trust: &u8) -> String {
        stacked(&[(f64::from(*trust) / 100.0, "gold")])
    }
}
