//! Publishes what is not published yet: what a killed writer left, a change of the hub model,
//! records of a type that was never matched, or what a hub that has grown learns anew.

use std::path::Path;
use std::sync::Arc;

use karat_model::hub_model::HubModel;
use karat_model::record::Moment;
use karat_store::{RowNo, Store};

use super::change::{Basis, apply};
use super::load::publish;
use super::progress::Unwatched;
use super::renewal::Renewal;
use crate::error::{Error, Failure};

/// More changed records than this are not led through, but everything is derived.
const CHANGED_MAX: usize = 1_000;

/// Brings what is published up to the journal and the hub model in a folder.
pub fn catch_up(
    store: &mut dyn Store,
    dir: &Path,
    hub_model: &Arc<HubModel>,
    clock: &dyn Fn() -> Moment,
) -> Result<(), Error> {
    let is_behind = store.reader().is_behind()?;
    let is_empty = !is_behind && store.reader().model_id()?.is_none();
    if is_empty {
        return Ok(());
    }
    let is_under_this_model = Renewal::of(store.reader(), hub_model, false)?.is_nothing();
    if is_behind
        && is_under_this_model
        && let Some(rows) = store.reader().unpublished(CHANGED_MAX)?
        && lead_through(store, hub_model, clock, &rows)?
    {
        return Ok(());
    }
    publish(store, dir, hub_model, false, clock, &Unwatched)?;
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
    let mut failure = Failure::default();
    let mut lacks_model = false;
    let done = store.change(clock(), &mut |transaction| {
        lacks_model = failure.note(apply(transaction, &mut basis, rows))?.lacks_model;
        if lacks_model { Err(karat_store::Error::Stopped) } else { Ok(()) }
    });
    match failure.or(done) {
        Err(Error::Store(karat_store::Error::Stopped)) if lacks_model => Ok(false),
        done => done.map(|()| true),
    }
}
