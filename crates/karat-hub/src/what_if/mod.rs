//! What if the hub model, as it is now, were published: the effect on all customers, beforehand.
//!
//! Arrives: a hub with customers that are published, and a hub model.
//! Leaves: which customers would be merged, divided or show other values, and how many.
//! Promises: nothing is written; what is told is what `karat publish` would do to the same records.
//! A change of thresholds or of survivorship learns nothing anew and cleans once.
//! Start reading at [`what_if`].

mod effect;
mod json;

pub use effect::{
    AttributeEffect, CustomerSample, LargestChange, ThresholdEffect, TypeEffect, ValueSample,
    WhatIf,
};

use std::path::Path;

use karat_engine::matching::model::MatchModel;
use karat_model::hub_model::HubModel;
use karat_store::Reader;

use crate::error::Error;
use crate::flow::derive::{Derived, HeldAgainst, Terms, derive};
use crate::flow::load::stored_figures;
use crate::flow::models::read_models;
use crate::flow::progress::Progress;
use crate::flow::quality::Judging;
use crate::flow::releases::ReleaseReason;
use crate::flow::renewal::Renewal;

/// Compares what a hub model would make of the records with what is published, all at one moment.
pub fn what_if(
    reader: &dyn Reader,
    model: &HubModel,
    retrain: bool,
    progress: &dyn Progress,
) -> Result<WhatIf, Error> {
    let mut result = Err(Error::NothingPublished);
    reader.at_one_moment(&mut |reader| {
        result = what_if_judged(reader, model, retrain, Judging::Not, progress);
        Ok(())
    })?;
    result.map(|(effect, _)| effect)
}

/// The same at the moment that the reader shows, with what was derived and how it is judged.
pub fn what_if_judged(
    reader: &dyn Reader,
    model: &HubModel,
    retrain: bool,
    judging: Judging,
    progress: &dyn Progress,
) -> Result<(WhatIf, Derived), Error> {
    let stored = reader.model()?.ok_or(Error::NothingPublished)?;
    // A model of another version has no thresholds to tell of; it is replaced.
    let before: Vec<MatchModel> = read_models(&stored.content).unwrap_or_default();
    let renewal = Renewal::of(reader, model, retrain)?;
    let figures = stored_figures(reader)?;
    let terms = Terms {
        model,
        frozen: renewal.frozen,
        thresholds_anew: renewal.release == Some(ReleaseReason::Thresholds),
        held_against: HeldAgainst::Published,
        judging,
        quarantined: &|name| figures.quarantined(name),
    };
    let derived = derive(reader, terms, progress)?;
    let reasons = (renewal.release, renewal.trained);
    let effect = effect::compare(reader, model, &before, &derived, reasons, progress)?;
    Ok((effect, derived))
}

/// Reads the hub model of a folder to be previewed for a hub that is elsewhere.
pub fn model_of(dir: &Path) -> Result<HubModel, Error> {
    if !crate::hub_model::is_hub(dir) {
        return Err(Error::NoHub { dir: dir.into() });
    }
    crate::hub_model::read(dir).map_err(Error::HubModel)
}

#[cfg(test)]
mod tests;
