//! Publishes what is not published yet: what a killed load left, or records of a new type.

use std::sync::Arc;

use karat_engine::matching::model::MatchModel;
use karat_model::hub_model::HubModel;
use karat_model::record::Moment;
use karat_store::{RowNo, Store};

use super::change::{Basis, apply};
use super::derive::derive;
use super::models::read_models;
use super::progress::Unwatched;
use super::publish::publish_all;
use crate::error::Error;
use crate::hub_model::fingerprint;

/// More changed records than this are not led through one by one.
const CHANGED_MAX: usize = 1_000;

/// Brings what is published up to the journal and the hub model.
pub fn catch_up(
    store: &mut dyn Store,
    hub_model: &Arc<HubModel>,
    clock: &dyn Fn() -> Moment,
) -> Result<(), Error> {
    let known = store.reader().model()?;
    let models = known.as_ref().and_then(|known| read_models(&known.content).ok());
    let is_same = known.as_ref().is_some_and(|known| known.hub_model == fingerprint(hub_model));
    let is_behind = store.reader().is_behind()?;
    if is_same && models.is_some() && !is_behind {
        return Ok(());
    }
    let is_empty = known.is_none() && !is_behind;
    if is_empty {
        return Ok(());
    }
    let frozen = models.filter(|_| is_same);
    if frozen.is_some()
        && let Some(rows) = store.reader().unpublished(CHANGED_MAX)?
        && lead_through(store, hub_model, clock, &rows)?
    {
        return Ok(());
    }
    derive_all(store, hub_model, frozen.unwrap_or_default(), clock)
}

/// Learns new match models of the records there are, and publishes what they come to.
pub fn relearn(
    store: &mut dyn Store,
    hub_model: &HubModel,
    clock: &dyn Fn() -> Moment,
) -> Result<(), Error> {
    derive_all(store, hub_model, Vec::new(), clock)
}

fn derive_all(
    store: &mut dyn Store,
    hub_model: &HubModel,
    frozen: Vec<MatchModel>,
    clock: &dyn Fn() -> Moment,
) -> Result<(), Error> {
    let load = store.begin_load(clock())?;
    let derived = derive(store.reader(), hub_model, frozen, &[], &Unwatched)?;
    publish_all(store, load, clock(), hub_model, &derived, &Unwatched)?;
    store.finish_load(load, clock(), "{}")?;
    Ok(())
}

/// Leads some changed records through; `false` when that cannot be done for these alone.
fn lead_through(
    store: &mut dyn Store,
    hub_model: &Arc<HubModel>,
    clock: &dyn Fn() -> Moment,
    rows: &[RowNo],
) -> Result<bool, Error> {
    let mut basis = Basis::read(hub_model.clone(), store.reader())?;
    let mut failure = None;
    let mut lacks_model = false;
    let done = store.change(clock(), &mut |transaction| {
        let applied = apply(transaction, &mut basis, rows).map_err(|error| {
            failure = Some(error);
            karat_store::Error::Stopped
        })?;
        lacks_model = applied.lacks_model;
        if lacks_model { Err(karat_store::Error::Stopped) } else { Ok(()) }
    });
    match failure {
        Some(error) => Err(error),
        None if lacks_model => Ok(false),
        None => Ok(done.map(|()| true)?),
    }
}
