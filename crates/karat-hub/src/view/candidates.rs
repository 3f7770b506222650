//! Search before create: who may be meant by some values, without saving them.

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::evidence::PairExplanation;
use karat_model::id::SourceName;

use super::{CustomerSummary, FoundWrong};

/// What is known of somebody who may be in the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// What it is.
    pub entity_type: EntityType,
    /// What is known.
    pub values: ProbeValues,
}

/// What is known of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeValues {
    /// Values by attribute.
    Attributes(Vec<(AttributeId, String)>),
    /// Values by column, as a source would send them.
    Columns(SourceName, Vec<(String, String)>),
}

/// Who may be meant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    /// The entities that may be meant, likeliest first.
    pub candidates: Vec<Candidate>,
    /// What is wrong with the values.
    pub findings: Vec<FoundWrong>,
}

/// An entity that may be meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The entity.
    pub entity: CustomerSummary,
    /// The evidence of its record that fits best; the left one is what was asked about.
    pub pair: PairExplanation,
}
