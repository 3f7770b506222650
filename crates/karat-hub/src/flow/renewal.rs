//! What a change of the hub model asks of what is published: no more is done than it needs.
//!
//! | What changed | What is done |
//! | --- | --- |
//! | names, definitions, trust, survivorship | everything is derived under the frozen match model |
//! | thresholds, the review band, the gate | the same, under its weights and other thresholds |
//! | columns, semantic types, countries, phonetics | a new match model is learnt |

use karat_engine::matching::model::MatchModel;
use karat_model::hub_model::HubModel;
use karat_store::Reader;

use super::load::TrainingReason;
use super::models::read_models;
use super::releases::ReleaseReason;
use crate::error::Error;
use crate::hub_model::{Scope, fingerprint, scope_of_change};

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
        let release = match scope {
            Scope::Nothing | Scope::Weights => None,
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
