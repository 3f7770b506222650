//! What customers are a function of, besides records: the hub model, the match models, decisions.

use std::sync::Arc;

use karat_engine::matching::model::MatchModel;
use karat_model::attribute::EntityType;
use karat_model::check::Requirement;
use karat_model::confirmation::ConfirmationNo;
use karat_model::decision::{DecisionNo, Standing};
use karat_model::hub_model::HubModel;
use karat_model::id::{ModelId, RecordKey, SourceName};
use karat_store::{Now, Reader, RowNo, SourceNo};
use rustc_hash::FxHashMap;

use crate::error::Error;
use crate::flow::derive::standing;
use crate::flow::models::read_models;
use crate::flow::quality::{Judge, Judging, Kept, Numbers};

/// What changes are led through under; kept from one to the next.
pub struct Basis {
    /// The hub model.
    pub hub_model: Arc<HubModel>,
    /// The match models in force, one for each entity type that has been matched.
    pub models: Vec<MatchModel>,
    /// What stewards decided.
    pub standing: Standing,
    /// By what quality is judged; `None` in a hub that was never judged, or is to be judged anew.
    pub standard: Option<Standard>,
    /// What the models are in the store; none when they are to be read again.
    model_id: Option<ModelId>,
    /// The last decision that counts in what stands; none when that is to be read again.
    last_decision: Option<DecisionNo>,
    /// What the judge kept, and the last confirmation that it knows.
    judged_under: Option<(Kept, ConfirmationNo)>,
}

/// By what quality is judged while records change.
pub struct Standard {
    /// The judge.
    pub judge: Judge,
    /// The numbers by which the store knows rules and attributes.
    pub numbers: Numbers,
    /// The sources by number.
    pub sources: FxHashMap<SourceNo, SourceName>,
}

impl Standard {
    /// Whether a verdict on a customer hangs on its potential matches.
    pub fn looks_beside(&self) -> bool {
        let looks =
            |requirement: &Requirement| matches!(requirement, Requirement::DuplicateCluster(_));
        self.judge.plan.checks().any(|(_, check)| looks(&check.requirement))
    }
}

impl Basis {
    /// Reads what is in force.
    pub fn read(hub_model: Arc<HubModel>, reader: &dyn Reader) -> Result<Basis, Error> {
        let mut basis = Basis {
            hub_model,
            models: Vec::new(),
            standing: Standing::default(),
            standard: None,
            model_id: None,
            last_decision: None,
            judged_under: None,
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
        let kept = Kept::read(reader)?.map(|kept| (kept, now.last_confirmation));
        if kept != self.judged_under {
            let of = |under: &Option<(Kept, ConfirmationNo)>| under.as_ref().map(|it| it.0.clone());
            match &mut self.standard {
                // Only others found something out.
                Some(standard) if of(&kept) == of(&self.judged_under) => {
                    standard.judge.read_world(reader, &self.hub_model.attributes)?;
                }
                _ => self.standard = self.read_standard(reader)?,
            }
            self.judged_under = kept;
        }
        Ok(())
    }

    fn read_standard(&self, reader: &dyn Reader) -> Result<Option<Standard>, Error> {
        let Some(judge) = Judge::read(reader, &self.hub_model, Judging::AsBefore)? else {
            return Ok(None);
        };
        let numbers = Numbers::read(reader, &judge, &self.hub_model.attributes)?;
        let sources = reader.source_columns()?;
        let sources = sources.into_iter().map(|(number, name, _)| (number, name)).collect();
        Ok(numbers.map(|numbers| Standard { judge, numbers, sources }))
    }

    /// Lets be read again what was taken in since then, within a transaction that was undone: it never
    /// was, and another may come to bear its numbers.
    pub fn forget_since(&mut self, now: &Now) {
        if self.last_decision != Some(now.last_decision) {
            self.last_decision = None;
        }
        let is_later = |(_, confirmation): &mut _| *confirmation != now.last_confirmation;
        self.judged_under.take_if(is_later);
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

    /// Takes in what was found out of values of a record, or undone, since.
    pub fn reconfirm(&mut self, reader: &dyn Reader, row: RowNo) -> Result<(), Error> {
        if let Some(standard) = &mut self.standard {
            let confirmations = reader.confirmations_of(&[row])?;
            standard.judge.world.retell(row, &confirmations, &self.hub_model.attributes);
        }
        if let Some((_, last_confirmation)) = &mut self.judged_under {
            *last_confirmation = reader.now()?.last_confirmation;
        }
        Ok(())
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
