//! Facts about what a source delivers as a whole.

use karat_model::attribute::AttributeId;
use karat_model::check::Decimal;
use karat_model::id::SourceName;
use karat_model::record::Moment;

/// What is known of a source and of its last deliveries.
#[derive(Clone, Debug)]
pub struct DeliveryFacts<'a> {
    /// The source.
    pub source: &'a SourceName,
    /// The moment as of which it is judged.
    pub as_of: Moment,
    /// When its last delivery came.
    pub delivered_at: Option<Moment>,
    /// The longest that something took from its arrival until it was published, in seconds.
    pub latency: Option<u64>,
    /// How many records each source has, with this one.
    pub records: &'a [(SourceName, u64)],
    /// How many records the delivery before had.
    pub records_before: Option<u64>,
    /// What is known of the values of attributes, per source.
    pub values: &'a [ValueFacts<'a>],
}

/// What is known of the values of one attribute in one source.
#[derive(Clone, Debug)]
pub struct ValueFacts<'a> {
    /// The source.
    pub source: &'a SourceName,
    /// The attribute.
    pub attribute: AttributeId,
    /// The sum of its numbers.
    pub sum: Option<Decimal>,
    /// How often each value came, now; values that are seldom may be left out of both.
    pub groups: &'a [(&'a str, u64)],
    /// How often each value came in the delivery before.
    pub groups_before: &'a [(&'a str, u64)],
    /// The means of its numbers, of this delivery last.
    pub means: &'a [Decimal],
}
