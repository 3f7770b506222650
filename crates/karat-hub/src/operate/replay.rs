//! Replay: everything that is derived, derived anew from the journal and published whole.

use karat_model::hub_model::HubModel;
use karat_model::id::EntityId;
use karat_model::record::Moment;
use karat_store::{Reader, Store};

use super::meet::meet;
use super::verify::{SEARCHES, is_alike, is_found};
use crate::error::Error;
use crate::flow::derive::{Derived, Terms, derive, entities_by_row};
use crate::flow::load::{Published, finish_without_arrivals, stored_figures};
use crate::flow::models::read_models;
use crate::flow::progress::Progress;
use crate::flow::publish::publish_all;
use crate::hub_model::fingerprint;

/// Rebuilds what is derived, under the match model that is published; ids stay.
pub fn replay(
    store: &mut dyn Store,
    dir: &std::path::Path,
    model: &HubModel,
    clock: &dyn Fn() -> Moment,
    progress: &dyn Progress,
) -> Result<Published, Error> {
    let stored = store.reader().model()?.ok_or(Error::NothingPublished)?;
    if stored.hub_model != fingerprint(model) {
        return Err(Error::UnpublishedChanges { dir: dir.into() });
    }
    let frozen = read_models(&stored.content)?;
    // From here on nobody else writes.
    let load = store.begin_load(clock())?;
    let figures = stored_figures(store.reader())?;
    let quarantined = |name: &str| figures.quarantined(name);
    let terms = Terms::as_published(model, frozen, &quarantined);
    let mut derived = derive(store.reader(), terms, progress)?;
    let damaged = unlike_derived(store.reader(), model, &derived, progress)?;
    // What is stored of them need not be what it is said to be.
    store.forget_digests(&damaged)?;
    let changes = publish_all(store, load, clock(), model, &mut derived, None, progress)?;
    finish_without_arrivals(store, load, clock)?;
    Ok(Published { changes, trained: None, matched: derived.matched() })
}

/// The entities that are published otherwise than they were derived; all of them when the search
/// index does not find those it should.
fn unlike_derived(
    reader: &dyn Reader,
    model: &HubModel,
    derived: &Derived,
    progress: &dyn Progress,
) -> Result<Vec<EntityId>, Error> {
    let mut unlike: Vec<EntityId> = Vec::new();
    let published = entities_by_row(reader)?;
    for (mastered, identified) in derived.mastered.iter().zip(&derived.identified) {
        for record in mastered.table.records() {
            let id = identified.ids[mastered.matched.partition.cluster_of(record) as usize];
            let is = published.get(mastered.table.row(record) as usize).copied().flatten();
            if is != Some(id) {
                unlike.push(id);
                unlike.extend(is);
            }
        }
    }
    let entities: usize = derived.identified.iter().map(|identified| identified.ids.len()).sum();
    let every = (entities / SEARCHES).max(1);
    let (mut all, mut searched) = (Vec::with_capacity(entities), Vec::new());
    meet(reader, model, derived, progress, &mut |made, published| {
        if let (Some(made), Some(published)) = (made, published) {
            if !is_alike(made, published) {
                unlike.push(published.id);
            } else if all.len() % every == 0 {
                searched.push((published.id, made.entity.search_text.clone()));
            }
            all.push(published.id);
        }
    })?;
    for (id, text) in &searched {
        if !is_found(reader, *id, text)? {
            return Ok(all);
        }
    }
    unlike.sort_unstable();
    unlike.dedup();
    Ok(unlike)
}
