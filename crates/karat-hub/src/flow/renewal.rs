//! What a change of the hub model asks of what is published: no more is done than it needs.
//!
//! | What changed | What is done |
//! | --- | --- |
//! | names, definitions, trust, survivorship | everything is derived under the frozen match model |
//! | thresholds, the review band, the gate | the same, under its weights and other thresholds |
//! | columns, semantic types, countries, phonetics | a new match model is learnt |
//!
//! A model that was learnt from a few records knows little. So a small hub learns anew by itself
//! each time that it has twice the records it learnt from last: of 1, 2, 4 and so on, if they come
//! one by one, until it has learnt from [`LEARNT_ENOUGH`].

use karat_engine::matching::model::MatchModel;
use karat_model::hub_model::HubModel;
use karat_store::{Publication, Reader};

use super::load::TrainingReason;
use super::models::read_models;
use super::releases::ReleaseReason;
use crate::error::Error;
use crate::hub_model::{Scope, fingerprint, scope_of_change};

/// From how many records a hub learns enough to do without learning by itself. To learn from twice
/// as many takes about a second; from here on drift tells when it is worth it.
pub const LEARNT_ENOUGH: u64 = 5_000;

/// The name under which is kept how many records there were when match models were learnt.
const LEARNT: &str = "learnt";

/// Keeps how many records there were when match models were learnt.
pub fn put_learnt(
    publication: &mut dyn Publication,
    records: u64,
) -> Result<(), karat_store::Error> {
    publication.put_statistic(LEARNT, &records.to_string())
}

/// How many records there were when match models were learnt last; `None` when there is none yet.
pub fn learnt_from(reader: &dyn Reader) -> Result<Option<u64>, Error> {
    let kept = reader.statistic(LEARNT)?.and_then(|json| json.parse().ok());
    if kept.is_some() {
        return Ok(kept);
    }
    // An earlier Karat did not keep it, nor did whoever put the models of another hub here.
    let Some(stored) = reader.model()? else { return Ok(None) };
    let models = read_models(&stored.content).unwrap_or_default();
    Ok(Some(models.iter().map(|model| model.training.records).sum()))
}

/// From how many records on a hub that learnt from so many learns anew by itself; `None` when it
/// has learnt from enough.
pub fn learns_anew_at(learnt_from: u64) -> Option<u64> {
    (learnt_from < LEARNT_ENOUGH).then_some(2 * learnt_from.max(1))
}

/// What a hub model asks of what is published.
pub struct Renewal {
    /// The match models that stay; none when new ones are learnt.
    pub frozen: Vec<MatchModel>,
    /// Why new ones are learnt, if they are.
    pub trained: Option<TrainingReason>,
    /// Why there is a new release, if there is.
    pub release: Option<ReleaseReason>,
}

impl Renewal {
    /// Compares a hub model with the one that is published; new match models may be asked for.
    pub fn of(reader: &dyn Reader, model: &HubModel, retrain: bool) -> Result<Renewal, Error> {
        let learn = |trained, release| Renewal {
            frozen: Vec::new(),
            trained: Some(trained),
            release: Some(release),
        };
        let Some(known) = reader.model()? else {
            return Ok(learn(TrainingReason::First, ReleaseReason::First));
        };
        if retrain {
            return Ok(learn(TrainingReason::Asked, ReleaseReason::Retrained));
        }
        let scope = scope_of_change(&known.hub_model, &fingerprint(model));
        if scope == Scope::Weights {
            return Ok(learn(TrainingReason::HubModelChanged, ReleaseReason::Weights));
        }
        let Ok(frozen) = read_models(&known.content) else {
            return Ok(learn(TrainingReason::Outdated, ReleaseReason::Outdated));
        };
        let learns_at = learnt_from(reader)?.and_then(learns_anew_at);
        if let Some(at) = learns_at
            && reader.counts()?.records >= at
        {
            return Ok(learn(TrainingReason::Grown, ReleaseReason::Grown));
        }
        let release = match scope {
            Scope::Nothing | Scope::Weights => None,
            Scope::Checks => Some(ReleaseReason::Checks),
            Scope::Values => Some(ReleaseReason::Values),
            Scope::Thresholds => Some(ReleaseReason::Thresholds),
        };
        Ok(Renewal { frozen, trained: None, release })
    }

    /// Whether what is published needs no renewal.
    pub fn is_nothing(&self) -> bool {
        self.release.is_none()
    }
}
