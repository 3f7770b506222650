//! Facts: what is known of a subject when it is judged.

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::Scope;
use karat_model::claim::{Claim, Validity};
use karat_model::evidence::Weight;
use karat_model::finding::Finding;
use karat_model::id::SourceName;
use karat_model::record::Moment;

/// What is known of a source record or of a customer.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// What it is.
    pub entity_type: EntityType,
    /// [`Scope::Records`] or [`Scope::Customers`].
    pub scope: Scope,
    /// The source of a record.
    pub source: Option<&'a SourceName>,
    /// The kind of customer it is to be, where somebody says so.
    pub kind: Option<&'a str>,
    /// When the source last said so.
    pub observed_at: Option<Moment>,
    /// Its values, in any order.
    pub values: &'a [Fact<'a>],
    /// What cleaning found wrong; of a record only.
    pub findings: &'a [Finding],
    /// By column number, the attribute that findings on it are about.
    pub columns: &'a [Option<AttributeId>],
    /// The records of a customer, in the order by which values name them.
    pub members: &'a [MemberFact<'a>],
    /// The weight of the likeliest potential match of a customer that nobody decided.
    pub potential_match: Option<Weight>,
}

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact<'a> {
    /// The attribute.
    pub attribute: AttributeId,
    /// Which of several; of a golden record the rank.
    pub slot: u8,
    /// The standardised value.
    pub value: &'a str,
    /// How far it can be relied on.
    pub validity: Validity,
    /// Which member claims it; 0 of a record.
    pub record: u32,
}

impl<'a> Fact<'a> {
    /// What a record claims.
    pub fn of_claim(claim: &'a Claim) -> Fact<'a> {
        let Claim { attribute, slot, value, validity, column: _ } = claim;
        Fact { attribute: *attribute, slot: *slot, value, validity: *validity, record: 0 }
    }
}

/// A record of a customer.
#[derive(Clone, Copy, Debug)]
pub struct MemberFact<'a> {
    /// Its source.
    pub source: &'a SourceName,
    /// When the source last said so.
    pub observed_at: Option<Moment>,
    /// What it says.
    pub values: &'a [Fact<'a>],
}
