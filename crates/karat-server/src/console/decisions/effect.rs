//! What decisions do, or would do, to customers and to whoever reads of them.

use std::collections::BTreeMap;

use askama::Template;
use karat_hub::view::{ChangeOutcome, EntityDiff, EventKind};
use karat_model::id::{EntityId, RecordKey};

use crate::console::page::Page;

/// What became, or would become, of customers.
#[derive(Template)]
#[template(path = "console/decisions/effect.html")]
pub(in crate::console) struct Effect<'a> {
    pub page: &'a Page,
    pub outcome: &'a ChangeOutcome,
}

/// A value that becomes another.
struct Becoming {
    label: String,
    before: Vec<String>,
    after: Vec<String>,
}

/// A record whose customer gets another id.
struct Moving {
    record: RecordKey,
    from: EntityId,
    to: EntityId,
}

impl Effect<'_> {
    fn diffs(&self) -> Vec<EntityDiff> {
        self.outcome.diffs()
    }

    /// What happens to a customer, in a sentence.
    fn sentence(&self, diff: &EntityDiff) -> String {
        let text = self.page.text;
        let name = |view: Option<&karat_hub::view::EntityView>| {
            self.page.called(view.map_or("", |view| &view.title)).to_string()
        };
        let [before, after] = [name(diff.before.as_ref()), name(diff.after.as_ref())];
        let id = diff.id;
        let other = || diff.other.map_or_else(String::new, |other| other.to_string());
        match diff.kind {
            Some(EventKind::Merged) => {
                format!("{before} ({id}) {} {}.", text.say("goes into", "gaat op in"), other())
            }
            Some(EventKind::Split) => format!(
                "{after} ({id}) {} {}.",
                text.say(
                    "becomes a customer of its own, out of",
                    "wordt een klant op zichzelf, uit"
                ),
                other()
            ),
            Some(EventKind::Created) => {
                format!("{after} ({id}) {}.", text.say("comes into being", "ontstaat"))
            }
            Some(EventKind::Deleted) => {
                format!("{before} ({id}) {}.", text.say("is gone", "verdwijnt"))
            }
            Some(EventKind::Updated) | None => {
                format!("{after} ({id}) {}.", text.say("changes", "verandert"))
            }
        }
    }

    /// The values of a customer that become others; those of one that goes into another need no list.
    fn values(&self, diff: &EntityDiff) -> Vec<Becoming> {
        if diff.kind == Some(EventKind::Merged) {
            return Vec::new();
        }
        let shown = |name: &str, values: &[String]| -> Vec<String> {
            let id = self.page.attributes().find(name);
            let show = |value: &String| id.map_or(value.clone(), |id| self.page.shown(&id, value));
            values.iter().map(show).collect()
        };
        let label = |name: &str| match self.page.attributes().find(name) {
            Some(id) => self.page.label(&id).to_string(),
            None => name.to_string(),
        };
        let values = diff.values().into_iter().map(|(name, [before, after])| Becoming {
            label: label(name),
            before: shown(name, before),
            after: shown(name, after),
        });
        values.collect()
    }

    /// The records whose customer gets another id: what systems that keep the id must take in.
    fn moving(&self) -> Vec<Moving> {
        let diffs = self.diffs();
        let customer_by_record = |after: bool| -> BTreeMap<RecordKey, EntityId> {
            let of = |diff: &EntityDiff| {
                let view = if after { diff.after.clone() } else { diff.before.clone() };
                let records = view.map_or_else(Vec::new, |view| view.records);
                let id = diff.id;
                records.into_iter().map(move |record| (record, id))
            };
            diffs.iter().flat_map(of).collect()
        };
        let (before, after) = (customer_by_record(false), customer_by_record(true));
        let moving = after.into_iter().filter_map(|(record, to)| {
            let from = *before.get(&record)?;
            (from != to).then_some(Moving { record, from, to })
        });
        moving.collect()
    }

    /// How many earlier decisions no longer count because of these, or the other way round.
    fn conflicts(&self) -> usize {
        self.outcome.conflicts.len()
    }
}
