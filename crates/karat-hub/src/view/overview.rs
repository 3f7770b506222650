//! The overview: what is in the hub and how good it is.

use karat_engine::matching::SharedValue;
use karat_engine::matching::drift::Drift;
use karat_engine::quality::expected::Expected;
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::evidence::Weight;
use karat_model::finding::FindingCode;
use karat_model::id::{ModelId, SourceName};
use karat_model::record::Moment;

/// What is in the hub and how good it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overview {
    /// The sources, in order of their names.
    pub sources: Vec<SourceSummary>,
    /// The entity types that have records.
    pub entity_types: Vec<EntityTypeSummary>,
    /// How well the attributes of the golden records are filled, in the order to show them.
    pub quality: Vec<AttributeQuality>,
    /// What is wrong most often, most frequent first.
    pub findings: Vec<FindingTotal>,
    /// Values that many customers share, most shared first.
    pub shared_values: Vec<SharedValue>,
    /// When drift was measured last; `None` before the first time.
    pub drift_measured_at: Option<Moment>,
    /// What the last load did; `None` before the first.
    pub last_load: Option<LastLoad>,
}

impl Overview {
    /// All source records.
    pub fn records(&self) -> u64 {
        self.entity_types.iter().map(|summary| summary.records).sum()
    }

    /// All customers.
    pub fn entities(&self) -> u64 {
        self.entity_types.iter().map(|summary| summary.entities).sum()
    }

    /// All potential matches.
    pub fn potential_matches(&self) -> u64 {
        self.entity_types.iter().map(|summary| summary.potential_matches).sum()
    }
}

/// One source system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceSummary {
    /// Its name.
    pub name: SourceName,
    /// How far it is trusted, 0 to 100.
    pub trust: u8,
    /// How many records it has.
    pub records: u64,
    /// How many rows could not be read.
    pub quarantined: u64,
    /// How many findings its records have.
    pub findings: u64,
    /// When it was last loaded.
    pub last_load: Option<Moment>,
}

/// What is in the hub of one entity type, and how sure Karat is of it.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityTypeSummary {
    /// The entity type.
    pub entity_type: EntityType,
    /// Source records.
    pub records: u64,
    /// Customers.
    pub entities: u64,
    /// Potential matches that await a steward.
    pub potential_matches: u64,
    /// The match model in force.
    pub model: ModelId,
    /// The total from which a pair is linked.
    pub link_threshold: Weight,
    /// The total from which a pair is a potential match.
    pub review_threshold: Weight,
    /// The share of customers with several records that the model itself expects to be put
    /// together rightly, 0 to 1.
    pub expected_precision: Option<f64>,
    /// What precision and recall are expected to be, with how far off they may be.
    pub expected: Expected,
    /// What to mind about the model, in English and Dutch.
    pub warnings: Vec<[String; 2]>,
    /// How far the model has drifted, as far as that was measured.
    pub drift: Option<Drift>,
}

/// How well one attribute of the golden records is filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeQuality {
    /// The entity type.
    pub entity_type: EntityType,
    /// The attribute.
    pub attribute: AttributeId,
    /// Golden records of the entity type.
    pub entities: u64,
    /// How many of them have a value.
    pub filled: u64,
    /// How many of those values are valid.
    pub valid: u64,
}

/// How often something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingTotal {
    /// What is wrong.
    pub code: FindingCode,
    /// How many records it concerns.
    pub records: u64,
    /// The source with most of them.
    pub worst_source: SourceName,
}

/// What the last load did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastLoad {
    /// When it ended.
    pub at: Moment,
    /// How many rows were read.
    pub read: u64,
    /// How many of them were new.
    pub added: u64,
    /// How many of them had changed.
    pub changed: u64,
    /// How many records were gone.
    pub removed: u64,
    /// How many rows could not be read.
    pub quarantined: u64,
}
