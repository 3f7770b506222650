//! Facts about what a source delivers as a whole.

use karat_model::attribute::AttributeId;
use karat_model::check::{Decimal, Share, Verdict};
use karat_model::id::SourceName;
use karat_model::record::Moment;

use super::plan::CheckNo;
use super::usual::{Feed, Sample};

/// What is known of a source and of its last deliveries.
#[derive(Clone, Debug)]
pub struct DeliveryFacts<'a> {
    /// The source.
    pub source: &'a SourceName,
    /// The moment as of which it is judged.
    pub as_of: Moment,
    /// Whether it delivers all records each time, or changes.
    pub feed: Feed,
    /// When its last delivery came.
    pub delivered_at: Option<Moment>,
    /// The longest that something took from its arrival until it was published, in seconds.
    pub latency: Option<u64>,
    /// How many records each source has, with this one.
    pub records: &'a [(SourceName, u64)],
    /// How many records each delivery brought, of the last one last.
    pub volumes: &'a [Sample],
    /// What is known of the columns of the last delivery.
    pub columns: &'a [ColumnFacts<'a>],
    /// What is known of the values of attributes, per source.
    pub values: &'a [ValueFacts<'a>],
}

impl<'a> DeliveryFacts<'a> {
    /// How many records a source has.
    pub(super) fn records_of(&self, source: &SourceName) -> Option<u64> {
        self.records.iter().find(|(name, _)| name == source).map(|(_, count)| *count)
    }

    /// What is known of the values of these attributes in the source itself.
    pub(super) fn values_of(
        &self,
        attributes: &[AttributeId],
    ) -> impl Iterator<Item = &'a ValueFacts<'a>> {
        let values = self.values;
        attributes.iter().filter_map(move |id| {
            values.iter().find(|it| it.source == self.source && it.attribute == *id)
        })
    }

    /// What is known of the columns that are about one of these attributes; of all if there is none.
    pub(super) fn columns_of(
        &self,
        attributes: &[AttributeId],
    ) -> impl Iterator<Item = &'a ColumnFacts<'a>> {
        let is_meant = move |column: &&ColumnFacts| {
            attributes.is_empty() || column.attribute.is_some_and(|id| attributes.contains(&id))
        };
        self.columns.iter().filter(is_meant)
    }
}

/// What is known of a column of a source.
#[derive(Clone, Debug)]
pub struct ColumnFacts<'a> {
    /// Its number among the columns that the source ever had.
    pub column: u16,
    /// The attribute that it is about, if it is about one.
    pub attribute: Option<AttributeId>,
    /// The share of records of each delivery that leave it empty, of the last one last.
    pub empty: &'a [Sample],
    /// How far the distribution of values of each delivery lay from what was usual then, of the last
    /// one last: population stability indexes.
    pub distances: &'a [Sample],
    /// What chance alone hardly makes of the last of these.
    pub chance: f64,
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

/// What came of a check on a delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryVerdict {
    /// The check.
    pub check: CheckNo,
    /// The verdict.
    pub verdict: Verdict,
    /// Where it fails; one at least if it does.
    pub faults: Vec<DeliveryFault>,
}

/// Where a delivery fails a check: what it has, and what was wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeliveryFault {
    /// The attribute, if it is about one.
    pub attribute: Option<AttributeId>,
    /// The column of the source, if it is about one.
    pub column: Option<u16>,
    /// What there is; nothing of a source that never delivered.
    pub is: Option<Figure>,
    /// What there should be.
    pub wanted: Wanted,
}

impl DeliveryFault {
    /// The delivery as a whole is not as wanted.
    pub(super) fn whole(is: Figure, wanted: Wanted) -> DeliveryFault {
        DeliveryFault { attribute: None, column: None, is: Some(is), wanted }
    }

    /// The values of an attribute are not.
    pub(super) fn of_attribute(id: AttributeId, is: Figure, wanted: Wanted) -> DeliveryFault {
        DeliveryFault { attribute: Some(id), ..DeliveryFault::whole(is, wanted) }
    }

    /// A column is not.
    pub(super) fn of_column(of: &ColumnFacts, is: Figure, wanted: Wanted) -> DeliveryFault {
        let (attribute, column) = (of.attribute, Some(of.column));
        DeliveryFault { attribute, column, ..DeliveryFault::whole(is, wanted) }
    }
}

/// A figure of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Records.
    Records(u64),
    /// The share of records that leave something empty.
    Empty(Share),
    /// A population stability index.
    Index(Decimal),
    /// Hours, rounded up.
    Hours(u64),
    /// Values that came or went.
    Groups(u64),
    /// A sum or a mean.
    Number(Decimal),
}

impl Figure {
    /// So many seconds, as hours.
    pub(super) fn hours(seconds: u64) -> Figure {
        Figure::Hours(seconds.div_ceil(3_600))
    }

    /// A number, rounded to ten-thousandths; one that is too large is the largest.
    pub(super) fn index(number: f64) -> Figure {
        Figure::Index(Decimal((number * 10_000.0).round() as i64))
    }

    /// A share of records that leave something empty, from 0 to 1.
    pub(super) fn empty(share: f64) -> Figure {
        Figure::Empty(Share((share.clamp(0.0, 1.0) * 10_000.0).round() as u16))
    }
}

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// That, or more.
    AtLeast(Figure),
    /// That, or less.
    AtMost(Figure),
    /// About that.
    About(Figure),
}
