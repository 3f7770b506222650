//! Publishes what is not published yet: what a killed writer left, a change of the hub model,
//! records of a type that was never matched, or what a hub that has grown learns anew.

use std::path::Path;
use std::sync::Arc;

use karat_model::hub_model::HubModel;
use karat_model::record::Moment;
use karat_store::{RowNo, Store, Transaction};

use super::change::{Basis, Records, apply};
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
    if is_behind && is_under_this_model && lead_through(store, hub_model, clock)? {
        return Ok(());
    }
    publish(store, dir, hub_model, false, clock, &Unwatched)?;
    Ok(())
}

/// Leads the changed records through; `false` when that cannot be done for these alone.
fn lead_through(
    store: &mut dyn Store,
    hub_model: &Arc<HubModel>,
    clock: &dyn Fn() -> Moment,
) -> Result<bool, Error> {
    let mut failure = Failure::default();
    let mut is_led_through = false;
    let done = store.change(clock(), &mut |transaction| {
        // Others may have written until now.
        let rows = transaction.reader().unpublished(CHANGED_MAX)?;
        let led_through = match rows {
            Some(rows) => lead(transaction, hub_model, &rows),
            None => Ok(false),
        };
        is_led_through = failure.note(led_through)?;
        if is_led_through { Ok(()) } else { Err(karat_store::Error::Stopped) }
    });
    match failure.or(done) {
        Err(Error::Store(karat_store::Error::Stopped)) if !is_led_through => Ok(false),
        done => done.map(|()| true),
    }
}

fn lead(
    transaction: &mut dyn Transaction,
    hub_model: &Arc<HubModel>,
    rows: &[RowNo],
) -> Result<bool, Error> {
    let mut basis = Basis::read(hub_model.clone(), transaction.reader())?;
    let mut records = Records::new(hub_model, transaction.reader())?;
    Ok(!apply(transaction, &mut basis, &mut records, rows, &[])?.lacks_model)
}
