//! The steps of a hub, with how many records each of them changes now.

use std::collections::BTreeMap;

use karat_engine::clean::Memo;
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::SourceRecord;
use karat_model::repair_step::RepairStep;
use karat_store::Reader;

use super::records::{Cleaners, Source};
use crate::error::Error;
use crate::flow::progress::Progress;
use crate::hub::Hub;

/// A step, with what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedStep {
    /// Its source.
    pub source: SourceName,
    /// The step.
    pub step: RepairStep,
    /// How many records it changes.
    pub records: u64,
    /// How many records it would change, but does not, as it or a step before it would change the
    /// result again.
    pub restless: u64,
    /// Whether it does nothing as the source never delivered one of its columns.
    pub is_missing: bool,
}

/// The steps that the hub model of the folder has, those of one source if it is named.
pub fn list(
    hub: &Hub,
    only: Option<&SourceName>,
    progress: &dyn Progress,
) -> Result<Vec<ListedStep>, Error> {
    list_under(hub.database().open_reader()?.as_ref(), hub.model(), only, progress)
}

/// The steps that a hub model has.
pub fn list_under(
    reader: &dyn Reader,
    model: &HubModel,
    only: Option<&SourceName>,
    progress: &dyn Progress,
) -> Result<Vec<ListedStep>, Error> {
    let is_wanted = |name: &SourceName| only.is_none_or(|only| only == name);
    let has_steps = |name: &SourceName| is_wanted(name) && !model.repairs_of(name).is_empty();
    let cleaners = Cleaners::new(reader, [model], has_steps)?;
    let mut listed: BTreeMap<(SourceName, usize), ListedStep> = BTreeMap::new();
    for repairs in model.repairs.iter().filter(|repairs| is_wanted(&repairs.source)) {
        let of_source = cleaners.of(&repairs.source);
        let missing = of_source.map(|source| source.cleaners[0].missing_steps());
        for (no, step) in repairs.steps.iter().enumerate() {
            let step = ListedStep {
                source: repairs.source.clone(),
                step: step.clone(),
                records: 0,
                restless: 0,
                is_missing: missing.is_none_or(|missing| missing.contains(&no)),
            };
            listed.insert((repairs.source.clone(), no), step);
        }
    }
    let look = |source: &Source<1>, record: &SourceRecord, memos: &mut [Memo; 1]| {
        let told = source.cleaners[0].repairs(record, &mut memos[0]);
        let mut steps: Vec<(usize, bool)> = told.iter().map(|it| (it.step, it.is_done)).collect();
        // A step may change several columns of a record.
        steps.dedup();
        (!steps.is_empty()).then_some(steps)
    };
    cleaners.visit(reader, progress, look, |record, steps| {
        for (no, is_done) in steps {
            let place = (record.key.source.clone(), no);
            let Some(step) = listed.get_mut(&place) else { continue };
            match is_done {
                true => step.records += 1,
                false => step.restless += 1,
            }
        }
    })?;
    Ok(listed.into_values().collect())
}
