//! Lineage: which record's claim each value of an entity came from, and by which rule, now or as it
//! was.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use karat_model::decision::DecisionNo;
use karat_model::golden::{GoldenRecord, Unchosen};
use karat_model::hub_model::{HubModel, SurvivorshipRule};
use karat_model::id::{EntityId, RecordKey};
use karat_store::EventNo;

use super::EntityDiff;

/// The golden record of an entity, with where each value came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Lineage {
    /// The entity.
    pub id: EntityId,
    /// The last event by then.
    pub event: EventNo,
    /// The golden record.
    pub golden: GoldenRecord,
    /// The hub model that was in force, by which its attributes are numbered.
    pub hub_model: Arc<HubModel>,
}

/// The lineage of an entity, or what had become of its id.
#[derive(Clone, Debug, PartialEq)]
pub enum LineageLookup {
    /// It was an entity.
    Found(Box<Lineage>),
    /// It was an entity, but where its values came from was not kept.
    NotKept(NotKept),
    /// Its records were with another entity.
    MovedTo(EntityId),
    /// All its records were deleted.
    Deleted,
    /// It was not issued.
    Unknown,
}

/// Why nobody knows where values came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotKept {
    /// The Karat that published them did not keep which records and decisions it had taken in.
    TakenIn,
    /// The Karat that published them did not keep its hub model, or this one does not understand it.
    HubModel,
    /// What was kept does not lead to the values that were published: another version of Karat
    /// cleaned or merged otherwise.
    OtherValues,
}

/// What it is that was not kept, in a sentence without its end.
impl fmt::Display for NotKept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotKept::TakenIn => {
                "the version of Karat of that time did not keep what it had taken in by then"
            }
            NotKept::HubModel => {
                "the hub model of that time was not kept, or is not understood now"
            }
            NotKept::OtherValues => {
                "this version of Karat would come to other values than were published then"
            }
        })
    }
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The value; `None` when a steward decided that nothing is shown.
    pub value: Option<String>,
    /// The record whose claim won, or that the steward's value goes with.
    pub record: Option<RecordKey>,
    /// The rule by which it won; `None` when none had to choose.
    pub rule: Option<SurvivorshipRule>,
    /// Why it shows though no rule chose it.
    pub unchosen: Option<Unchosen>,
    /// The steward's decision, if it was one.
    pub decision: Option<DecisionNo>,
}

impl Lineage {
    /// Where the values of an attribute came from, best first.
    pub fn origins(&self, attribute: &str) -> Vec<Origin> {
        let Some(attribute) = self.hub_model.attributes.find(attribute) else { return Vec::new() };
        let values = self.golden.all(attribute).map(|value| Origin {
            value: Some(value.value.clone()),
            record: Some(value.winner.record.clone()),
            rule: value.rule,
            unchosen: self.golden.unchosen(value),
            decision: value.decided.map(|decided| decided.no),
        });
        let withheld = self.golden.withheld.iter().filter(|it| it.attribute == attribute);
        let withheld = withheld.map(|withheld| Origin {
            value: None,
            record: None,
            rule: Some(SurvivorshipRule::Decision),
            unchosen: None,
            decision: Some(withheld.no),
        });
        values.chain(withheld).collect()
    }
}

/// One entity at two moments, with where its values came from.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedDiff {
    /// What became of it.
    pub diff: EntityDiff,
    /// The lineage then and afterwards, or why nobody knows; `None` where there was no entity.
    pub lineage: [Option<Result<Lineage, NotKept>>; 2],
}

impl ExplainedDiff {
    /// Where the values that are otherwise came from, then and afterwards, by the names of their
    /// attributes; nothing on a side of which that is not known.
    pub fn origins(&self) -> BTreeMap<&str, [Vec<Origin>; 2]> {
        let origins = |name: &str| {
            [0, 1].map(|side| match &self.lineage[side] {
                Some(Ok(lineage)) => lineage.origins(name),
                _ => Vec::new(),
            })
        };
        self.diff.values().into_keys().map(|name| (name, origins(name))).collect()
    }

    /// Why it is not known where the values came from, then and afterwards.
    pub fn not_kept(&self) -> [Option<NotKept>; 2] {
        [0, 1].map(|side| match self.lineage[side] {
            Some(Err(not_kept)) => Some(not_kept),
            _ => None,
        })
    }
}
