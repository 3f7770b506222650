//! Drift: whether the match models still suit the records of the hub.
//!
//! Arrives: a hub with match models, while it lives; or nothing, for what was measured last.
//! Leaves: per entity type what has shifted since its model was learnt, and the words for it.
//! Promises: measuring looks at some customers, however many there are, and holds up no writer;
//! nothing is changed by it: who wants a new model previews it and publishes it.
//! Start reading at [`measure`]; each full derivation measures by the way.

mod measure;
mod telling;
mod watch;
#[cfg(test)]
mod tests;

use karat_model::attribute::EntityType;
use karat_model::id::ModelId;
use karat_model::record::Moment;
use karat_store::{Reader, Store};
use serde::{Deserialize, Serialize};

pub use karat_engine::matching::drift::{Drift, Severity, Shift, ShiftKind};
pub use measure::measure;
pub use telling::{PREVIEW, PUBLISH, advice, told, verdict};
pub use watch::{DriftWatch, Schedule};

use crate::error::Error;

/// How far the match models of a hub have drifted.
#[derive(Clone, Debug, PartialEq)]
pub struct DriftReport {
    /// When it was measured.
    pub measured_at: Moment,
    /// The match models.
    pub match_model: ModelId,
    /// Per entity type with records.
    pub types: Vec<TypeDrift>,
}

/// How far the match model of an entity type has drifted.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeDrift {
    /// The entity type.
    pub entity_type: EntityType,
    /// The drift.
    pub drift: Drift,
}

/// The stored form.
#[derive(Serialize, Deserialize)]
struct Stored {
    measured_at: i64,
    match_model: String,
    types: Vec<(String, Drift)>,
}

impl DriftReport {
    /// The name it is kept under.
    pub const NAME: &'static str = "drift";

    /// How much the largest shift matters; `None` when there is none.
    pub fn severity(&self) -> Option<Severity> {
        self.types.iter().filter_map(|of_type| of_type.drift.severity()).max()
    }

    /// What is known of an entity type.
    pub fn of(&self, entity_type: EntityType) -> Option<&Drift> {
        self.types.iter().find(|known| known.entity_type == entity_type).map(|known| &known.drift)
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        let types = self.types.iter();
        let stored = Stored {
            measured_at: self.measured_at.0,
            match_model: self.match_model.to_string(),
            types: types.map(|of| (of.entity_type.name().to_string(), of.drift.clone())).collect(),
        };
        serde_json::to_string(&stored).expect("a report has only numbers and text")
    }

    /// Reads the stored form; `None` for one of another version of Karat.
    pub fn from_json(json: &str) -> Option<DriftReport> {
        let stored: Stored = serde_json::from_str(json).ok()?;
        let of_type = |(name, drift): (String, Drift)| {
            Some(TypeDrift { entity_type: EntityType::from_name(&name)?, drift })
        };
        Some(DriftReport {
            measured_at: Moment(stored.measured_at),
            match_model: ModelId::of_text(&stored.match_model),
            types: stored.types.into_iter().filter_map(of_type).collect(),
        })
    }
}

/// What was measured last.
pub fn last(reader: &dyn Reader) -> Result<Option<DriftReport>, Error> {
    let json = reader.statistic(DriftReport::NAME)?;
    Ok(json.and_then(|json| DriftReport::from_json(&json)))
}

/// Keeps what was measured, unless something else was published meanwhile that must be led through,
/// or other match models, which were measured when they were.
pub fn keep(store: &mut dyn Store, report: &DriftReport) -> Result<(), Error> {
    let json = report.to_json();
    Ok(store.change(report.measured_at, &mut |transaction| {
        let reader = transaction.reader();
        let is_of_these = reader.model_id()?.as_ref() == Some(&report.match_model);
        // Whoever publishes says that all arrivals count as derived.
        if is_of_these && !reader.is_behind()? {
            transaction.publication()?.put_statistic(DriftReport::NAME, &json)?;
        }
        Ok(())
    })?)
}
