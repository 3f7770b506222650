//! The history of a customer: its versions, the difference of any two, and the way back.
//!
//! Arrives: the id of a customer, also of one that is gone, and the events of two versions.
//! Leaves: the page, of which the address says all that was chosen.
//! Promises: nothing is put back by hand: the way back is a list of decisions, which can be undone.
//! Start reading at [`show`]; `reading.rs` asks the hub, `way_back.rs` finds the decisions.

mod reading;
mod way_back;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use karat_hub::view::{
    EntityDiff, EntityLookup, EntityView, EventKind, EventNo, EventView, Lineage, NotKept, Origin,
    Passage, VersionView,
};
use karat_model::id::{EntityId, RecordKey};

use super::page::{Page, Section, render};
use super::{Console, Problem, Visit, customer};
use crate::access::Permission;
use crate::api::whole;
use crate::chart::{Anchor, Crossing, Lane, Lanes, Mark};
use reading::{Columns, Other, Question, Story, last_title};
use steps::StepBack;
use way_back::WayBack;

/// How many record keys are told in a line.
const KEYS_TOLD_MAX: usize = 4;

#[derive(Template)]
#[template(path = "console/history/template.html")]
struct HistoryPage {
    page: Page,
    story: Story,
    /// The two versions that are compared.
    sides: Vec<Side>,
}

/// Shows the history of a customer.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    entity_id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    let id = customer::id_of(&visit, entity_id)?;
    let page = Page::new(&visit, Section::Elsewhere);
    let event = |name| visit.parameter(name).and_then(whole).map(EventNo);
    let [before, from, to] = ["before", "from", "to"].map(event);
    let way_back = page.may(Permission::Decide);
    let asked = Question { id, before, from, to, way_back };
    let story = console.ask(&visit, move |hub| Story::read(hub, &asked)).await?;
    let story = story.ok_or_else(|| Problem::unknown_customer(&visit))?;
    let mut view = HistoryPage { page, story, sides: Vec::new() };
    view.sides = view.both_sides();
    Ok(render(view))
}

/// One of the two versions that are compared.
struct Side {
    /// What it is called in the address.
    parameter: &'static str,
    label: &'static str,
    event: EventNo,
    /// The version in a line: `3 · 5 Mar 2026, 14:05 UTC`.
    version: String,
    /// Whether it is not on this page, so that its choice has to be kept otherwise.
    is_elsewhere: bool,
    /// The golden record as it was; nothing where the id was no customer.
    values: Vec<ValueRow>,
    /// The keys of the records.
    records: String,
    /// Why nobody knows where the values came from.
    not_kept: &'static str,
}

impl Side {
    fn is_at(&self, event: &EventNo) -> bool {
        self.event == *event
    }
}

/// The values of an attribute.
struct ValueRow {
    label: String,
    /// Then, and afterwards.
    sides: [Vec<Told>; 2],
}

/// A value of a golden record, and where it came from.
struct Told {
    value: String,
    origin: String,
    /// Whether the other side has it as well.
    is_kept: bool,
}

impl HistoryPage {
    /// What the customer is, or was, called.
    fn name(&self) -> &str {
        self.page.called(last_title(&self.story.page.versions).unwrap_or_default())
    }

    /// The customer that this one is part of now.
    fn successor(&self) -> Option<EntityId> {
        match self.story.now {
            EntityLookup::MovedTo(to) => Some(to),
            _ => None,
        }
    }

    fn is_live(&self) -> bool {
        matches!(self.story.now, EntityLookup::Found(_))
    }

    /// What another customer is called, with what tells it from others.
    fn other_name(&self, id: &EntityId) -> String {
        let known = self.story.other(*id).map(|(_, other)| self.page.called(&other.title));
        known.map_or_else(|| id.to_string(), str::to_string)
    }

    /// Which version of all it is, counted from the first one.
    fn ordinal(&self, place: &usize) -> u64 {
        self.story.page.earlier + (self.story.page.versions.len() - place) as u64
    }

    /// What happened, in a word or two.
    fn happened(&self, version: &VersionView) -> &'static str {
        let text = self.page.text;
        let has = |passages: &[Passage]| {
            let others = passages.iter().filter_map(|passage| self.story.other(passage.other));
            others.into_iter().any(|(_, other)| self.story.is_whole(version, other))
        };
        match version.event.kind {
            EventKind::Created => text.say("New", "Nieuw"),
            EventKind::Merged => text.say("Merged away", "Opgegaan"),
            EventKind::Split => text.say("Split off", "Afgesplitst"),
            EventKind::Deleted => text.say("Gone", "Verdwenen"),
            EventKind::Updated if has(&version.came_from) => text.say("Merge", "Samenvoeging"),
            EventKind::Updated if has(&version.went_to) => text.say("Split", "Splitsing"),
            EventKind::Updated => text.say("Changed", "Gewijzigd"),
        }
    }

    /// What became of the records of a version, and with whom; each with the other customer.
    fn passages(&self, version: &VersionView) -> Vec<(String, EntityId)> {
        let text = self.page.text;
        let kind = version.event.kind;
        let (came, went) = match kind {
            EventKind::Merged => ("", text.say("went into", "opgegaan in")),
            EventKind::Split => (text.say("split off from", "afgesplitst van"), ""),
            _ => (text.say("came from", "van"), text.say("went to", "naar")),
        };
        let told = |sign: &str, passage: &Passage, how: &str| {
            (format!("{sign} {} {how}", text.records(passage.records.len())), passage.other)
        };
        let came = version.came_from.iter().map(|passage| told("+", passage, came));
        let went = version.went_to.iter().map(|passage| told("−", passage, went));
        let mut passages: Vec<_> = came.chain(went).collect();
        // What is too long ago for its records to be followed still has the other of its event.
        let other = version.event.other.filter(|_| passages.is_empty());
        let how = if kind == EventKind::Merged {
            text.say("Into", "In")
        } else {
            text.say("From", "Van")
        };
        passages.extend(other.map(|other| (how.to_string(), other)));
        passages
    }

    /// The records that came from nobody, or went to nobody, with a version.
    fn records_alone(&self, version: &VersionView) -> Vec<String> {
        let text = self.page.text;
        let passages = version.came_from.iter().chain(&version.went_to);
        let passed: BTreeSet<&RecordKey> = passages.flat_map(|passage| &passage.records).collect();
        let diff = diff_of(&version.event);
        let [went, came] = diff.records();
        let told = |sign: &str, keys: Vec<&RecordKey>, [one, several]: [&str; 2]| {
            let keys: Vec<&RecordKey> =
                keys.into_iter().filter(|key| !passed.contains(key)).collect();
            let what = if keys.len() == 1 { one } else { several };
            (!keys.is_empty()).then(|| format!("{sign} {what}: {}", self.keys(&keys)))
        };
        let new =
            [text.say("new record", "nieuw record"), text.say("new records", "nieuwe records")];
        let gone = [text.say("record gone", "record weg"), text.say("records gone", "records weg")];
        told("+", came, new).into_iter().chain(told("−", went, gone)).collect()
    }

    /// The labels of the attributes that a version has otherwise; nothing of one that is new or gone.
    fn changed(&self, version: &VersionView) -> String {
        let EventView { before, after, .. } = &version.event;
        if before.is_none() || after.is_none() {
            return String::new();
        }
        let diff = diff_of(&version.event);
        let labels = diff.values().into_keys().map(|name| self.label(name));
        labels.collect::<Vec<_>>().join(", ")
    }

    /// Some record keys in a line.
    fn keys<K: std::fmt::Display>(&self, keys: &[K]) -> String {
        let told = keys.iter().take(KEYS_TOLD_MAX).map(ToString::to_string);
        let told = told.collect::<Vec<_>>().join(", ");
        match keys.len().saturating_sub(KEYS_TOLD_MAX) {
            0 => told,
            more => {
                let [and, others] =
                    [("and", "en"), ("more", "andere")].map(|(en, nl)| self.page.text.say(en, nl));
                format!("{told} {and} {} {others}", self.page.text.count(more))
            }
        }
    }

    fn label(&self, name: &str) -> String {
        let known = self.page.attributes().find(name);
        known.map_or_else(|| name.to_string(), |id| self.page.label(&id).to_string())
    }

    fn shown(&self, name: &str, value: &str) -> String {
        let known = self.page.attributes().find(name);
        known.map_or_else(|| value.to_string(), |id| self.page.shown(&id, value))
    }

    /// The chart; nothing when there is one version, or nobody else was involved.
    fn lanes(&self) -> Option<String> {
        let Story { page, others, .. } = &self.story;
        if others.is_empty() || page.versions.is_empty() {
            return None;
        }
        let columns = Columns::of(&self.story);
        let own = self.lane(self.name().to_string(), &page.versions, page.earlier > 0, &columns);
        let lane_of = |other: &Other| {
            let name = format!("{} · {}", self.page.called(&other.title), other.id);
            self.lane(name, &other.versions, false, &columns)
        };
        let lanes = Lanes {
            columns: columns.len(),
            lanes: std::iter::once(own).chain(others.iter().map(lane_of)).collect(),
            crossings: self.crossings(&columns),
            marks: self.marks(&columns),
            ends: self.ends(),
        };
        Some(lanes.draw(&self.sentence()))
    }

    fn lane(
        &self,
        name: String,
        versions: &[VersionView],
        is_cut: bool,
        columns: &Columns,
    ) -> Lane {
        let (mut stretches, mut dots) = (Vec::new(), Vec::new());
        let mut begun: Option<Option<f64>> = is_cut.then_some(None);
        for version in versions.iter().rev() {
            let Some(place) = columns.place(version.event.number) else { continue };
            let is_passage = version.event.entity != self.story.id && place.fract() == 0.0;
            if !is_passage {
                let moment = self.page.text.date_time(version.event.at);
                dots.push((place, format!("{moment}: {}", self.kind(version.event.kind))));
            }
            match (&version.event.after, begun) {
                (Some(_), None) => begun = Some(Some(place)),
                (None, started) => {
                    stretches.push([started.flatten(), Some(place)]);
                    begun = None;
                }
                (Some(_), Some(_)) => {}
            }
        }
        stretches.extend(begun.map(|begun| [begun, None]));
        Lane { name, stretches, dots }
    }

    fn kind(&self, kind: EventKind) -> &'static str {
        let text = self.page.text;
        match kind {
            EventKind::Created => text.say("new", "nieuw"),
            EventKind::Updated => text.say("changed", "gewijzigd"),
            EventKind::Merged => text.say("merged away", "opgegaan in een ander"),
            EventKind::Split => text.say("split off", "afgesplitst"),
            EventKind::Deleted => text.say("gone", "verdwenen"),
        }
    }

    fn crossings(&self, columns: &Columns) -> Vec<Crossing> {
        let mut crossings = Vec::new();
        for version in &self.story.page.versions {
            let at = columns.place(version.event.number).unwrap_or_default();
            let came = version.came_from.iter().map(|passage| (passage.other, true));
            let went = version.went_to.iter().map(|passage| (passage.other, false));
            for (id, comes) in came.chain(went) {
                let Some((lane, other)) = self.story.other(id) else { continue };
                let is_own = matches!(version.event.kind, EventKind::Merged | EventKind::Split);
                let is_whole = is_own || self.story.is_whole(version, other);
                crossings.push(Crossing { other: lane + 1, at, comes, is_whole });
            }
        }
        crossings
    }

    /// Lines at the two versions that are compared, where they are on the page.
    fn marks(&self, columns: &Columns) -> Vec<Mark> {
        let text = self.page.text;
        let labels = [text.say("then", "toen"), text.say("afterwards", "daarna")];
        let marked = self.story.chosen.iter().zip(labels).zip(["review", "threshold"]);
        let mark = |((event, label), class): ((&EventView, &str), _)| {
            let at = columns.place(event.number)?;
            Some(Mark { at, class, label: label.into(), side: Anchor::Start })
        };
        marked.filter_map(mark).collect()
    }

    /// When the first and the last version of the page were.
    fn ends(&self) -> [String; 2] {
        let versions = &self.story.page.versions;
        [versions.last(), versions.first()].map(|version| {
            version.map_or_else(String::new, |version| self.page.text.date(version.event.at))
        })
    }

    /// What the chart tells, in words.
    fn sentence(&self) -> String {
        let versions = self.story.page.versions.iter().rev();
        let told = versions.flat_map(|version| {
            let moment = self.page.text.date_time(version.event.at);
            let passages = self.passages(version).into_iter();
            passages.map(move |(how, other)| format!("{moment}: {how} {}", self.other_name(&other)))
        });
        told.collect::<Vec<_>>().join("; ")
    }

    fn then(&self) -> &Side {
        &self.sides[0]
    }

    fn afterwards(&self) -> &Side {
        &self.sides[1]
    }

    fn both_sides(&self) -> Vec<Side> {
        let text = self.page.text;
        let named = [("from", text.say("Then", "Toen")), ("to", text.say("Afterwards", "Daarna"))];
        let diff = &self.story.diff;
        let side = |side: usize| {
            let event = &self.story.chosen[side];
            let entity = [&diff.diff.before, &diff.diff.after][side].as_ref();
            let lineage = diff.lineage[side].as_ref().and_then(|lineage| lineage.as_ref().ok());
            let keys = entity.iter().flat_map(|entity| &entity.records);
            let (parameter, label) = named[side];
            Side {
                parameter,
                label,
                event: event.number,
                version: self.version(event),
                is_elsewhere: self.place(event.number).is_none(),
                values: entity.map_or_else(Vec::new, |entity| self.golden(entity, lineage)),
                records: keys.map(RecordKey::to_string).collect::<Vec<_>>().join(", "),
                not_kept: diff.not_kept()[side].map_or("", |why| self.not_kept(why)),
            }
        };
        [0, 1].map(side).into()
    }

    /// The place of a version in the list; `None` when it is on another page.
    fn place(&self, event: EventNo) -> Option<usize> {
        self.story.page.versions.iter().position(|version| version.event.number == event)
    }

    /// A version in a line, with its number if it is on this page.
    fn version(&self, event: &EventView) -> String {
        let moment = self.page.text.date_time(event.at);
        match self.place(event.number) {
            Some(place) => format!("{} · {moment}", self.ordinal(&place)),
            None => moment,
        }
    }

    fn is_one_version(&self) -> bool {
        self.story.chosen[0].number == self.story.chosen[1].number
    }

    /// The chosen versions as part of an address, for links to earlier versions.
    fn choice(&self) -> String {
        let [from, to] = [0, 1].map(|side| self.story.chosen[side].number.0);
        format!("from={from}&to={to}")
    }

    /// The event before which the earlier versions are, if there are any.
    fn earlier(&self) -> Option<u64> {
        let page = &self.story.page;
        let first = page.versions.last().filter(|_| page.earlier > 0)?;
        Some(first.event.number.0)
    }

    /// What was otherwise, attribute by attribute.
    fn differences(&self) -> Vec<ValueRow> {
        let values = self.story.diff.diff.values();
        let origins = self.story.diff.origins();
        let row = |(name, sides): (&str, [&[String]; 2])| {
            let none: [Vec<Origin>; 2] = Default::default();
            let origins = origins.get(name).unwrap_or(&none);
            let told = |side: usize| self.told(name, sides[side], &origins[side], sides[1 - side]);
            ValueRow { label: self.label(name), sides: [told(0), told(1)] }
        };
        let mut values: Vec<(&str, [&[String]; 2])> = values.into_iter().collect();
        values.sort_by_key(|(name, _)| self.rank(name));
        values.into_iter().map(row).collect()
    }

    /// Values with where they came from.
    fn told(
        &self,
        name: &str,
        values: &[String],
        origins: &[Origin],
        others: &[String],
    ) -> Vec<Told> {
        let shown = |value: &String| {
            let origin = origins.iter().find(|origin| origin.value.as_ref() == Some(value));
            Told {
                value: self.shown(name, value),
                origin: origin.map(|origin| self.origin(origin)).unwrap_or_default(),
                is_kept: others.contains(value),
            }
        };
        let withheld = origins.iter().filter(|origin| origin.value.is_none()).map(|origin| Told {
            value: self.page.text.say("nothing", "niets").into(),
            origin: self.origin(origin),
            is_kept: true,
        });
        values.iter().map(shown).chain(withheld.filter(|_| values.is_empty())).collect()
    }

    /// Where a value came from, in a few words.
    fn origin(&self, origin: &Origin) -> String {
        let text = self.page.text;
        let by = match origin.decision {
            Some(no) => {
                format!(
                    "{} {}",
                    text.say("decided by a steward, no.", "beslist door een datasteward, nr."),
                    no.0
                )
            }
            None => {
                let by_rule = origin.rule.map(|rule| text.won_by(rule));
                let told = by_rule.or_else(|| Some(text.unchosen(origin.unchosen?)));
                told.unwrap_or_default().to_string()
            }
        };
        match &origin.record {
            Some(record) => format!("{record} · {by}"),
            None => by,
        }
    }

    /// The order in which pages tell attributes.
    fn rank(&self, name: &str) -> usize {
        let known = self.page.attributes().find(name);
        known.map_or(usize::MAX, |id| usize::from(id.0))
    }

    /// The records that are no longer with it.
    fn went(&self) -> Vec<String> {
        let [went, _] = self.story.diff.diff.records();
        went.into_iter().map(RecordKey::to_string).collect()
    }

    /// The records that were not with it then.
    fn came(&self) -> Vec<String> {
        let [_, came] = self.story.diff.diff.records();
        came.into_iter().map(RecordKey::to_string).collect()
    }

    fn is_same(&self) -> bool {
        let diff = &self.story.diff.diff;
        diff.values().is_empty() && diff.records().iter().all(Vec::is_empty)
    }

    /// The golden record as it was.
    fn golden(&self, entity: &EntityView, lineage: Option<&Lineage>) -> Vec<ValueRow> {
        let mut values: BTreeMap<(usize, &String), &Vec<String>> = BTreeMap::new();
        for (name, of_name) in &entity.values {
            values.insert((self.rank(name), name), of_name);
        }
        let row = |((_, name), values): ((usize, &String), &Vec<String>)| {
            let origins = lineage.map(|lineage| lineage.origins(name)).unwrap_or_default();
            let told = self.told(name, values, &origins, values);
            ValueRow { label: self.label(name), sides: [told, Vec::new()] }
        };
        values.into_iter().map(row).collect()
    }

    /// Why nobody knows where the values of a version came from.
    fn not_kept(&self, why: NotKept) -> &'static str {
        let text = self.page.text;
        match why {
            NotKept::TakenIn => text.say(
                "Where these values came from is not known: the version of Karat of that time did not keep what it had taken in.",
                "Waar deze waarden vandaan kwamen is niet bekend: de versie van Karat van toen bewaarde niet wat zij had opgenomen.",
            ),
            NotKept::HubModel => text.say(
                "Where these values came from is not known: the hub model of that time was not kept, or is not understood now.",
                "Waar deze waarden vandaan kwamen is niet bekend: het hubmodel van toen is niet bewaard, of wordt nu niet begrepen.",
            ),
            NotKept::OtherValues => text.say(
                "Where these values came from is not known: this version of Karat would come to other values than were published then.",
                "Waar deze waarden vandaan kwamen is niet bekend: deze versie van Karat zou tot andere waarden komen dan toen zijn gepubliceerd.",
            ),
        }
    }

    /// The labels of the attributes that no decision brings back.
    fn told_otherwise(&self, way: &WayBack) -> String {
        let labels = way.told_otherwise.iter().map(|name| self.label(name));
        labels.collect::<Vec<_>>().join(", ")
    }

    /// What is to be done to get the earlier version back, as forms.
    fn steps(&self) -> Vec<StepBack> {
        self.story.way_back.as_ref().map_or_else(Vec::new, |way| self.steps_of(way))
    }
}

/// What an event made of its customer.
fn diff_of(event: &EventView) -> EntityDiff {
    let EventView { kind, entity, other, before, after, .. } = event.clone();
    EntityDiff { id: entity, kind: Some(kind), other, before, after }
}
