//! What the judge of a hub keeps from one time to the next.

use std::sync::Arc;

use karat_engine::quality::check::{CheckPlan, RefTables};
use karat_model::check::Day;
use karat_model::hub_model::HubModel;
use karat_store::Reader;
use serde::{Deserialize, Serialize};

use super::digest::DigestKey;
use super::judge::Judge;
use super::world::World;
use crate::error::Error;

/// What is kept of judging, in its stored form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The day as of which all is judged, in days since 1970-01-01.
    as_of_day: i32,
    digest_key: DigestKey,
}

impl Kept {
    /// The name it is kept under.
    pub const NAME: &'static str = "quality";

    /// What is kept; `None` in a hub that was never judged.
    pub fn read(reader: &dyn Reader) -> Result<Option<Kept>, Error> {
        let json = reader.statistic(Kept::NAME)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }

    /// The day as of which all is judged, in days since 1970-01-01.
    pub fn as_of_day(&self) -> i32 {
        self.as_of_day
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers become JSON")
    }
}

impl Judge {
    /// The judge of a hub, by the checks of a hub model: as of this day, or else as of that on
    /// which everything was judged last; `None` if nothing ever was.
    pub fn read(
        reader: &dyn Reader,
        model: &HubModel,
        as_of: Option<Day>,
    ) -> Result<Option<Judge>, Error> {
        let kept = Kept::read(reader)?;
        let last = kept.as_ref().map(|kept| Day(kept.as_of_day));
        let Some(day) = as_of.or(last) else { return Ok(None) };
        let digests = kept.map_or_else(DigestKey::new, |kept| kept.digest_key);
        let plan = CheckPlan::new(model, RefTables::default()).map_err(Error::Checks)?;
        let mut judge = Judge::new(model, Arc::new(plan), day, digests);
        judge.world = World::of(&reader.confirmations()?, &model.attributes);
        Ok(Some(judge))
    }

    /// What is to be kept of it.
    pub fn kept(&self) -> Kept {
        Kept { as_of_day: self.as_of.0, digest_key: self.digests.clone() }
    }
}
