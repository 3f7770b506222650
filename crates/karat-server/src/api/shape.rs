//! The bodies that several resources share.

use std::collections::BTreeMap;

use karat_hub::share::moment::written;
use karat_hub::view::{
    ChangeOutcome, CustomerSummary, EntityView, Event, EventView, FoundWrong, NearMatch, Outcome,
    ProposedRepair,
};
use karat_model::decision::Overruled;
use karat_model::evidence::{Agreement, Evidence, PairExplanation, Verdict};
use karat_model::hub_model::HubModel;
use karat_model::id::RecordKey;
use karat_model::language::Language;
use serde::Serialize;
use utoipa::ToSchema;

/// The key of a source record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeyBody {
    /// The source.
    #[schema(example = "crm")]
    pub source: String,
    /// The id of the record in its source.
    #[schema(example = "1001")]
    pub id: String,
}

impl From<&RecordKey> for KeyBody {
    fn from(key: &RecordKey) -> KeyBody {
        KeyBody { source: key.source.to_string(), id: key.id.to_string() }
    }
}

/// An entity: a person or an organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntityBody {
    /// Its id, which resolves for ever.
    #[schema(example = "9x3k2m7q0abc")]
    pub id: String,
    /// What it is: `person` or `organisation`.
    #[serde(rename = "type")]
    pub entity_type: &'static str,
    /// What lists call it; empty when nothing is known by which to call it.
    #[schema(example = "Sanne de Wit")]
    pub title: String,
    /// The values of its golden record by attribute, best first.
    pub values: BTreeMap<String, Vec<String>>,
    /// The records it was made of.
    pub records: Vec<KeyBody>,
}

impl From<&EntityView> for EntityBody {
    fn from(entity: &EntityView) -> EntityBody {
        EntityBody {
            id: entity.id.to_string(),
            entity_type: entity.entity_type.name(),
            title: entity.title.clone(),
            values: entity.values.clone(),
            records: entity.records.iter().map(KeyBody::from).collect(),
        }
    }
}

/// An entity in one line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SummaryBody {
    /// Its id.
    pub id: String,
    /// What it is: `person` or `organisation`.
    #[serde(rename = "type")]
    pub entity_type: &'static str,
    /// What lists call it.
    pub title: String,
    /// The value that tells it best from its namesakes, by attribute.
    pub told_by: BTreeMap<String, String>,
    /// Its address on one line; empty when nothing is known of it.
    pub address: String,
    /// How many records it has.
    pub records: u64,
    /// The sources that know it.
    pub sources: Vec<String>,
}

impl SummaryBody {
    /// The summary of an entity.
    pub fn of(summary: &CustomerSummary, model: &HubModel) -> SummaryBody {
        let name = |(attribute, value): &(_, String)| {
            (model.attributes.get(*attribute).name.clone(), value.clone())
        };
        SummaryBody {
            id: summary.id.to_string(),
            entity_type: summary.entity_type.name(),
            title: summary.title.clone(),
            told_by: summary.told_by.iter().map(name).collect(),
            address: summary.address.clone(),
            records: summary.records,
            sources: summary.sources.iter().map(|source| source.to_string()).collect(),
        }
    }
}

/// What one comparison says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvidenceBody {
    /// What was compared: `name`, `birth_date`, …
    pub comparison: String,
    /// The values of the left record.
    pub left: String,
    /// The values of the right record.
    pub right: String,
    /// `same`, `close`, `different` or `silent`.
    pub agreement: &'static str,
    /// The level that was reached, in words.
    pub level: String,
    /// What it adds to the total, in bits.
    pub weight: f64,
    /// What is added or taken off because the value is rare or common, in bits.
    pub term_frequency: f64,
}

impl From<&Evidence> for EvidenceBody {
    fn from(evidence: &Evidence) -> EvidenceBody {
        let agreement = match evidence.agreement {
            Agreement::Same => "same",
            Agreement::Close => "close",
            Agreement::Different => "different",
            Agreement::Silent => "silent",
        };
        EvidenceBody {
            comparison: evidence.comparison.clone(),
            left: evidence.left.clone(),
            right: evidence.right.clone(),
            agreement,
            level: evidence.level[0].clone(),
            weight: evidence.weight.bits(),
            term_frequency: evidence.term_frequency.bits(),
        }
    }
}

/// Why two records are, or are not, one customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairBody {
    /// The left record; missing where it is what was asked about, and is no record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<KeyBody>,
    /// The right record.
    pub right: KeyBody,
    /// The total weight in bits: the prior and all that the comparisons add.
    pub weight: f64,
    /// The probability that they are one customer.
    pub probability: f64,
    /// What the weights alone say: `same`, `unsure` or `different`.
    pub verdict: &'static str,
    /// The weight before any value is compared, in bits.
    pub prior: f64,
    /// What each comparison says.
    pub evidence: Vec<EvidenceBody>,
}

impl From<&PairExplanation> for PairBody {
    fn from(pair: &PairExplanation) -> PairBody {
        PairBody {
            left: Some(KeyBody::from(&pair.left)),
            right: KeyBody::from(&pair.right),
            weight: pair.total.bits(),
            probability: pair.probability(),
            verdict: verdict_name(pair.verdict()),
            prior: pair.prior.bits(),
            evidence: pair.evidence.iter().map(EvidenceBody::from).collect(),
        }
    }
}

/// The name of a verdict.
pub fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::Unsure => "unsure",
        Verdict::Related => "related",
        Verdict::Different => "different",
    }
}

/// Something wrong with a value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingBody {
    /// Its stable name.
    #[schema(example = "invalid_email")]
    pub code: &'static str,
    /// `note`, `warning` or `error`.
    pub severity: &'static str,
    /// The dimension of quality that it lowers: `completeness`, `validity`, `consistency`,
    /// `uniqueness`, `accuracy`, `currency`, `plausibility` or `definition`.
    #[schema(example = "validity")]
    pub dimension: &'static str,
    /// What is wrong, in English.
    pub message: &'static str,
    /// What is wrong, in Dutch.
    pub message_nl: &'static str,
    /// The column of the source, if it is about one.
    pub column: Option<String>,
    /// What would mend it, if that is known; a person decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<RepairBody>,
}

/// What would mend a value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RepairBody {
    /// `replace`: the value should read as told. `move`: it belongs in another attribute. `swap`:
    /// two columns hold each other's values. `clear`: it should be empty.
    #[schema(example = "replace")]
    pub action: &'static str,
    /// The attribute that the value fills or belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "email")]
    pub attribute: Option<String>,
    /// What it should read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "sanne@gmail.com")]
    pub value: Option<String>,
    /// The column that holds the value of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl From<&FoundWrong> for FindingBody {
    fn from(found: &FoundWrong) -> FindingBody {
        let FoundWrong { code, column, repair } = found;
        FindingBody {
            code: code.name(),
            severity: code.severity().name(),
            dimension: code.dimension().name(),
            message: code.message(Language::English),
            message_nl: code.message(Language::Dutch),
            column: column.clone(),
            repair: repair.as_ref().map(RepairBody::from),
        }
    }
}

impl From<&ProposedRepair> for RepairBody {
    fn from(repair: &ProposedRepair) -> RepairBody {
        let ProposedRepair { action, attribute, value, column } = repair.clone();
        RepairBody { action, attribute, value, column }
    }
}

/// One entry of the change feed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventBody {
    /// Its place in the feed: counts up from 1 without gaps.
    pub number: u64,
    /// When it was published; never earlier than the event before.
    #[schema(format = DateTime, example = "2026-01-31T12:00:00Z")]
    pub at: Option<String>,
    /// `created`, `updated`, `merged`, `split` or `deleted`.
    pub kind: &'static str,
    /// The entity it happened to.
    pub entity: String,
    /// The entity that it was merged into, or that was split off.
    pub other: Option<String>,
    /// The entity before, where that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<EntityBody>,
    /// The entity afterwards, where that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<EntityBody>,
}

impl From<&EventView> for EventBody {
    fn from(event: &EventView) -> EventBody {
        EventBody {
            number: event.number.0,
            at: written(event.at),
            kind: event.kind.name(),
            entity: event.entity.to_string(),
            other: event.other.map(|id| id.to_string()),
            before: event.before.as_ref().map(EntityBody::from),
            after: event.after.as_ref().map(EntityBody::from),
        }
    }
}

impl From<&Event> for EventBody {
    fn from(event: &Event) -> EventBody {
        EventBody {
            number: event.number.0,
            at: written(event.at),
            kind: event.kind.name(),
            entity: event.entity.to_string(),
            other: event.other.map(|id| id.to_string()),
            before: None,
            after: None,
        }
    }
}

/// A pair of records because of which two entities may be the same.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NearMatchBody {
    /// The record of this entity.
    pub record: KeyBody,
    /// The record of the other entity.
    pub other_record: KeyBody,
    /// The other entity.
    pub other: String,
    /// The total weight in bits.
    pub weight: f64,
    /// The probability that they are the same.
    pub probability: f64,
}

impl From<&NearMatch> for NearMatchBody {
    fn from(near: &NearMatch) -> NearMatchBody {
        NearMatchBody {
            record: KeyBody::from(&near.record),
            other_record: KeyBody::from(&near.other_record),
            other: near.other.to_string(),
            weight: near.weight.bits(),
            probability: near.probability,
        }
    }
}

/// A decision that does not count because of a later one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConflictBody {
    /// The decision that does not count.
    pub decision: u64,
    /// The later one.
    pub overruled_by: u64,
}

impl From<&Overruled> for ConflictBody {
    fn from(overruled: &Overruled) -> ConflictBody {
        ConflictBody { decision: overruled.no.0, overruled_by: overruled.by.0 }
    }
}

/// How many potential matches the answer to a change has at most.
const NEAR_MATCHES_MAX: usize = 20;

/// What a change did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangeBody {
    /// What it meant to the record: `created`, `updated`, `unchanged` or `deleted`; `decided` for
    /// decisions and their undoing, and `confirmed` for confirmations and theirs.
    pub outcome: &'static str,
    /// The version of the record, which its ETag holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The decisions that were made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<u64>,
    /// The confirmations that were made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub confirmations: Vec<u64>,
    /// The entity that the record is in now.
    pub entity: Option<EntityBody>,
    /// What happened to entities.
    pub events: Vec<EventBody>,
    /// The potential matches of the entity, heaviest first, at most 20; below the entity are all.
    pub potential_matches: Vec<NearMatchBody>,
    /// What is wrong with the values.
    pub findings: Vec<FindingBody>,
    /// Decisions that do not count because of a later one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<ConflictBody>,
}

impl From<&ChangeOutcome> for ChangeBody {
    fn from(outcome: &ChangeOutcome) -> ChangeBody {
        let nearest = outcome.potential_matches.iter().take(NEAR_MATCHES_MAX);
        ChangeBody {
            outcome: match outcome.outcome {
                Some(Outcome::New) => "created",
                Some(Outcome::Changed) => "updated",
                Some(Outcome::Unchanged) => "unchanged",
                Some(Outcome::Deleted) => "deleted",
                None if outcome.confirmations.is_some() => "confirmed",
                None => "decided",
            },
            version: outcome.version.map(|version| version.to_string()),
            decisions: outcome.decisions.iter().map(|no| no.0).collect(),
            confirmations: outcome.confirmations.iter().flatten().map(|no| no.0).collect(),
            entity: outcome.entity.as_ref().map(EntityBody::from),
            events: outcome.events.iter().map(EventBody::from).collect(),
            potential_matches: nearest.map(NearMatchBody::from).collect(),
            findings: outcome.findings.iter().map(FindingBody::from).collect(),
            conflicts: outcome.conflicts.iter().map(ConflictBody::from).collect(),
        }
    }
}
