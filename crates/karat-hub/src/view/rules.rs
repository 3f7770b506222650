//! The rules: how records are matched and which values win, in the release in force.

use karat_engine::matching::SharedValue;
use karat_model::attribute::EntityType;
use karat_model::evidence::Weight;
use karat_model::id::{ModelId, SourceName};
use karat_model::record::Moment;

use crate::flow::releases::ReleaseReason;
use crate::matching_report::ComparisonFigures;

/// How records are matched and which values win; the rest of it is in the hub model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// The release in force; `None` before the first.
    pub release: Option<ReleaseView>,
    /// Whether the folder of the hub says something else.
    pub is_unpublished: bool,
    /// How records are matched, per entity type that has a match model.
    pub types: Vec<MatchRules>,
    /// The sources, the most trusted first.
    pub trust: Vec<(SourceName, u8)>,
    /// Values that more customers share than is usual, those of most customers first.
    pub shared_values: Vec<SharedValue>,
}

/// How the records of one entity type are matched.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchRules {
    /// The entity type.
    pub entity_type: EntityType,
    /// The match model.
    pub model: ModelId,
    /// From how many records it was learnt.
    pub learnt_from: u64,
    /// The weight before any value is compared.
    pub prior: Weight,
    /// The total from which a pair is linked.
    pub link: Threshold,
    /// The total from which a steward is asked.
    pub review: Threshold,
    /// What is compared, and what each agreement weighs.
    pub comparisons: Vec<ComparisonFigures>,
    /// What makes two records worth comparing, in English and Dutch, in the order they are tried.
    pub blocking: Vec<[String; 2]>,
    /// What to mind about the model, in English and Dutch.
    pub warnings: Vec<[String; 2]>,
}

/// A threshold, and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// The total weight.
    pub weight: Weight,
    /// How likely a pair of this weight is one customer, by the model, 0 to 1.
    pub probability: f64,
}

/// A release, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseView {
    /// Its number.
    pub no: u32,
    /// When it was published first, if that is known.
    pub at: Option<Moment>,
    /// Why there is one.
    pub reason: ReleaseReason,
    /// Who published it, or went back to it, where that is known.
    pub by: Option<String>,
    /// The match model that was published with it.
    pub match_model: String,
}
