//! The effect of publishing what was derived, on what is published.

use std::collections::BTreeMap;

use karat_engine::matching::model::MatchModel;
use karat_model::attribute::EntityType;
use karat_model::evidence::Weight;
use karat_model::hub_model::HubModel;
use karat_model::id::EntityId;
use karat_store::{GoldenValues, PotentialMatchRow, Reader};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::error::Error;
use crate::flow::derive::{Derived, entities_by_row};
use crate::flow::load::TrainingReason;
use crate::flow::progress::Progress;
use crate::flow::releases::ReleaseReason;
use crate::operate::meet::{meet, published_potential_matches};

/// What would change if something were published.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WhatIf {
    /// What of the hub model is other than what is published; `None` when nothing is.
    pub reason: Option<ReleaseReason>,
    /// Why a match model would be learnt, if one would.
    pub trained: Option<TrainingReason>,
    /// Whether arrivals or decisions wait to be published: what they change is told as well.
    pub is_behind: bool,
    /// Per entity type.
    pub types: Vec<TypeEffect>,
    /// Customers that would go into another one.
    pub merged: u64,
    /// New customers that would be made of records of another one.
    pub split: u64,
    /// Customers that would be new otherwise.
    pub created: u64,
    /// Customers that would be no more, without another in their place.
    pub deleted: u64,
    /// Customers that would show other values.
    pub changed: u64,
    /// Potential matches that would be new.
    pub potential_matches_new: u64,
    /// Potential matches that would be gone.
    pub potential_matches_gone: u64,
    /// Per attribute, by name, in how many customers it would show something else.
    pub attributes: Vec<AttributeEffect>,
    /// Where most records would go from one customer to another, the largest first.
    pub largest: Vec<LargestChange>,
}

impl WhatIf {
    /// What would become of customers and potential matches: how many, and the words for it in
    /// English and Dutch.
    pub fn counts(&self) -> [(u64, [&'static str; 2]); 7] {
        [
            (self.merged, ["customers go into another one", "klanten gaan op in een andere"]),
            (
                self.split,
                ["new customers come out of another one", "nieuwe klanten komen uit een andere"],
            ),
            (
                self.created,
                ["customers are new otherwise", "klanten zijn om een andere reden nieuw"],
            ),
            (self.deleted, ["customers are gone", "klanten verdwijnen"]),
            (self.changed, ["customers show other values", "klanten tonen andere waarden"]),
            (
                self.potential_matches_new,
                ["potential matches are new", "mogelijke matches zijn nieuw"],
            ),
            (
                self.potential_matches_gone,
                ["potential matches are gone", "mogelijke matches verdwijnen"],
            ),
        ]
    }
}

/// What would change for an entity type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeEffect {
    /// The entity type.
    pub entity_type: EntityType,
    /// Its records.
    pub records: u64,
    /// Its customers, before and after.
    pub entities: [u64; 2],
    /// Its potential matches, before and after.
    pub potential_matches: [u64; 2],
    /// How many of these are joins that are held, before and after.
    pub held: [u64; 2],
    /// Its thresholds; `None` when it had no model before.
    pub thresholds: Option<ThresholdEffect>,
}

/// What would become of thresholds, each before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThresholdEffect {
    /// The weight from which pairs are linked.
    pub link: [Weight; 2],
    /// The weight from which a steward is told.
    pub review: [Weight; 2],
}

/// What would change of an attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeEffect {
    /// Its name.
    pub name: String,
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// In how many customers it would show something else.
    pub changed: u64,
    /// How many of these would have a value and have none now.
    pub filled: u64,
    /// How many of these have a value and would have none.
    pub emptied: u64,
    /// Some of them.
    pub samples: Vec<ValueSample>,
}

/// A customer that would show another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSample {
    /// The customer.
    pub entity: EntityId,
    /// What it shows.
    pub before: Vec<String>,
    /// What it would show.
    pub after: Vec<String>,
}

/// Records that would go from one customer to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LargestChange {
    /// The customer that they are in.
    pub from: CustomerSample,
    /// The customer that they would be in.
    pub to: CustomerSample,
    /// How many records.
    pub records: u64,
    /// Whether the first one would be no more: it would be merged; else it would be divided.
    pub is_merge: bool,
}

/// A customer, with what lists call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerSample {
    /// Its id.
    pub entity: EntityId,
    /// What lists call it.
    pub title: String,
}

/// How many of the largest changes are told, and how many samples of an attribute.
const LARGEST_MAX: usize = 20;
const SAMPLES_MAX: usize = 5;

/// Compares what was derived with what is published.
pub fn compare(
    reader: &dyn Reader,
    model: &HubModel,
    before: &[MatchModel],
    derived: &Derived,
    (reason, trained): (Option<ReleaseReason>, Option<TrainingReason>),
    progress: &dyn Progress,
) -> Result<WhatIf, Error> {
    let published_pairs = published_potential_matches(reader)?;
    let mut effect =
        WhatIf { reason, trained, is_behind: reader.is_behind()?, ..WhatIf::default() };
    for identified in &derived.identified {
        effect.split += identified.split.len() as u64;
        let new = identified.is_new.iter().filter(|is_new| **is_new).count();
        effect.created += (new - identified.split.len()) as u64;
        let merged = identified.retired.iter().filter(|(_, successor)| successor.is_some()).count();
        effect.merged += merged as u64;
        effect.deleted += (identified.retired.len() - merged) as u64;
    }
    effect.deleted += derived.gone.len() as u64;
    (effect.potential_matches_new, effect.potential_matches_gone) =
        pairs_new_and_gone(derived, &published_pairs);
    let moves = moves(reader, derived)?;
    let wanted: FxHashSet<EntityId> = moves.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
    let mut titles: FxHashMap<EntityId, String> = FxHashMap::default();
    let mut entities_before: BTreeMap<EntityType, u64> = BTreeMap::new();
    let mut attributes: BTreeMap<String, AttributeEffect> = BTreeMap::new();
    meet(reader, model, derived, progress, &mut |made, published| {
        if let Some(published) = published {
            *entities_before.entry(published.entity_type).or_default() += 1;
        }
        let title = published.map(|it| (it.id, &it.title));
        let title = title.or(made.map(|made| (made.entity.id, &made.entity.title)));
        if let Some((id, title)) = title.filter(|(id, _)| wanted.contains(id)) {
            titles.insert(id, title.clone());
        }
        if let (Some(made), Some(published)) = (made, published)
            && made.golden != published.golden
        {
            effect.changed += 1;
            let [is, would_be] = [&published.golden, &made.golden];
            changed_values(published.id, is, would_be, &mut attributes);
        }
    })?;
    effect.attributes = attributes.into_values().collect();
    for of in &mut effect.attributes {
        of.label = match model.attributes.find(&of.name) {
            Some(id) => {
                let attribute = model.attributes.get(id);
                [attribute.english.clone(), attribute.dutch.clone()]
            }
            // The hub model no longer has it.
            None => [of.name.clone(), of.name.clone()],
        };
    }
    effect.attributes.sort_by(|a, b| b.changed.cmp(&a.changed).then(a.name.cmp(&b.name)));
    let retired: FxHashSet<EntityId> =
        derived.identified.iter().flat_map(|of| &of.retired).map(|(id, _)| *id).collect();
    let customer = |entity: EntityId| CustomerSample {
        entity,
        title: titles.get(&entity).cloned().unwrap_or_default(),
    };
    let change = |(from, to, records): (EntityId, EntityId, u64)| LargestChange {
        from: customer(from),
        to: customer(to),
        records,
        is_merge: retired.contains(&from),
    };
    effect.largest = moves.into_iter().map(change).collect();
    effect.types = types(before, derived, &entities_before, &published_pairs);
    Ok(effect)
}

/// Which values of a customer would be others.
fn changed_values(
    entity: EntityId,
    is: &GoldenValues,
    would_be: &GoldenValues,
    attributes: &mut BTreeMap<String, AttributeEffect>,
) {
    let only_new = would_be.keys().filter(|name| !is.contains_key(*name));
    for name in is.keys().chain(only_new) {
        let [before, after] = [is, would_be].map(|values| values.get(name));
        if before == after {
            continue;
        }
        let effect = attributes.entry(name.clone()).or_default();
        effect.name.clone_from(name);
        effect.changed += 1;
        effect.filled += u64::from(before.is_none());
        effect.emptied += u64::from(after.is_none());
        if effect.samples.len() < SAMPLES_MAX {
            let [before, after] = [before, after].map(|values| values.cloned().unwrap_or_default());
            effect.samples.push(ValueSample { entity, before, after });
        }
    }
}

/// From which customer to which most records would go; the largest first, ties by id.
fn moves(reader: &dyn Reader, derived: &Derived) -> Result<Vec<(EntityId, EntityId, u64)>, Error> {
    let published = entities_by_row(reader)?;
    let mut moved: FxHashMap<(EntityId, EntityId), u64> = FxHashMap::default();
    for (mastered, identified) in derived.mastered.iter().zip(&derived.identified) {
        for record in mastered.table.records() {
            let row = mastered.table.row(record) as usize;
            let Some(from) = published.get(row).copied().flatten() else { continue };
            let to = identified.ids[mastered.matched.partition.cluster_of(record) as usize];
            if from != to {
                *moved.entry((from, to)).or_default() += 1;
            }
        }
    }
    let mut moved: Vec<(EntityId, EntityId, u64)> =
        moved.into_iter().map(|((from, to), records)| (from, to, records)).collect();
    moved.sort_unstable_by_key(|&(from, to, records)| (std::cmp::Reverse(records), from, to));
    moved.truncate(LARGEST_MAX);
    Ok(moved)
}

/// How many potential matches would be new, and how many gone.
fn pairs_new_and_gone(derived: &Derived, published: &[PotentialMatchRow]) -> (u64, u64) {
    let rows = |pair: &PotentialMatchRow| (pair.left.min(pair.right), pair.left.max(pair.right));
    let before: FxHashSet<_> = published.iter().map(rows).collect();
    let after: FxHashSet<_> = derived.pairs.iter().map(rows).collect();
    (after.difference(&before).count() as u64, before.difference(&after).count() as u64)
}

fn types(
    before: &[MatchModel],
    derived: &Derived,
    entities_before: &BTreeMap<EntityType, u64>,
    published: &[PotentialMatchRow],
) -> Vec<TypeEffect> {
    let mut effects = Vec::new();
    for kind in EntityType::ALL {
        let mastered = derived.mastered.iter().find(|it| it.table.entity_type == kind);
        let had = entities_before.get(&kind).copied().unwrap_or(0);
        if mastered.is_none() && had == 0 {
            continue;
        }
        let matched = derived.matched().into_iter().find(|it| it.entity_type == kind);
        let model_before = before.iter().find(|model| model.entity_type() == Some(kind));
        let thresholds = model_before.zip(mastered).map(|(before, mastered)| {
            let now = &mastered.model;
            ThresholdEffect {
                link: [before.link_threshold, now.link_threshold].map(Weight),
                review: [before.review_threshold, now.review_threshold].map(Weight),
            }
        });
        effects.push(TypeEffect {
            entity_type: kind,
            records: matched.as_ref().map_or(0, |it| it.records),
            entities: [had, matched.as_ref().map_or(0, |it| it.entities)],
            potential_matches: [0, matched.as_ref().map_or(0, |it| it.potential_matches)],
            held: [0, matched.as_ref().map_or(0, |it| it.held)],
            thresholds,
        });
    }
    // A pair is of the type that its record was of.
    let rows: FxHashMap<u64, EntityType> = derived
        .mastered
        .iter()
        .flat_map(|it| {
            it.table.records().map(move |record| (it.table.row(record), it.table.entity_type))
        })
        .collect();
    for pair in published {
        let kind = rows.get(&pair.left.0);
        if let Some(effect) = effects.iter_mut().find(|effect| Some(&effect.entity_type) == kind) {
            effect.potential_matches[0] += 1;
            effect.held[0] += u64::from(pair.held.is_some());
        }
    }
    effects
}
