//! What customers are a function of, besides records: the hub model, the match models, decisions.

use std::sync::Arc;

use karat_engine::matching::model::MatchModel;
use karat_model::attribute::EntityType;
use karat_model::decision::{DecisionNo, Standing};
use karat_model::hub_model::HubModel;
use karat_model::id::{ModelId, RecordKey};
use karat_store::{Now, Reader};

use crate::error::Error;
use crate::flow::derive::standing;
use crate::flow::models::read_models;

/// What changes are led through under; kept from one to the next.
pub struct Basis {
    /// The hub model.
    pub hub_model: Arc<HubModel>,
    /// The match models in force, one for each entity type that has been matched.
    pub models: Vec<MatchModel>,
    /// What stewards decided.
    pub standing: Standing,
    /// What the models are in the store; none when they are to be read again.
    model_id: Option<ModelId>,
    /// The last decision that counts in what stands; none when that is to be read again.
    last_decision: Option<DecisionNo>,
}

impl Basis {
    /// Reads what is in force.
    pub fn read(hub_model: Arc<HubModel>, reader: &dyn Reader) -> Result<Basis, Error> {
        let mut basis = Basis {
            hub_model,
            models: Vec::new(),
            standing: Standing::default(),
            model_id: None,
            last_decision: None,
        };
        basis.refresh(reader, &reader.now()?)?;
        Ok(basis)
    }

    /// Reads again what others have changed meanwhile.
    pub fn refresh(&mut self, reader: &dyn Reader, now: &Now) -> Result<(), Error> {
        if now.model_id != self.model_id {
            self.models = match reader.model()? {
                Some(stored) => read_models(&stored.content)?,
                None => Vec::new(),
            };
            self.model_id = now.model_id.clone();
        }
        let last_decision = Some(now.last_decision);
        if last_decision != self.last_decision {
            self.standing = standing(reader)?;
            self.last_decision = last_decision;
        }
        Ok(())
    }

    /// Lets all be read again: what was taken in within a transaction that was undone never was, and
    /// another may come to bear its numbers.
    pub fn forget(&mut self) {
        self.model_id = None;
        self.last_decision = None;
    }

    /// Takes in what was decided or undone since; gives the records of which something else stands.
    pub fn redecide(&mut self, reader: &dyn Reader) -> Result<Vec<RecordKey>, Error> {
        let last_decision = Some(reader.last_decision()?);
        if last_decision == self.last_decision {
            return Ok(Vec::new());
        }
        let before = std::mem::replace(&mut self.standing, standing(reader)?);
        self.last_decision = last_decision;
        Ok(self.standing.changed_since(&before))
    }

    /// The match model of an entity type.
    pub fn model_of(&self, entity_type: EntityType) -> Option<&MatchModel> {
        self.models.iter().find(|model| model.entity_type() == Some(entity_type))
    }

    /// Whether the match models in force are those with this id.
    pub(super) fn has_models(&self, id: &ModelId) -> bool {
        self.model_id.as_ref() == Some(id)
    }

    /// Puts a model that has outgrown itself in the place of the one before.
    pub(super) fn replace_model(&mut self, model: MatchModel) {
        let known = self.models.iter_mut().find(|known| known.entity_type == model.entity_type);
        *known.expect("only a known model is replaced") = model;
        // It is not the stored one until the change is committed.
        self.model_id = None;
    }
}
