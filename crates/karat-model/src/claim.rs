//! Claims: single values of attributes, asserted by one source record.

use compact_str::CompactString;

use crate::attribute::{AttributeId, EntityType};
use crate::finding::{Finding, FindingCode};

/// How far a standardised value can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Validity {
    /// It breaks a rule of its type: a wrong check digit, an impossible number.
    Invalid,
    /// It may be wrong: it was repaired, or is out of the ordinary.
    Suspect,
    /// It has the form of its type.
    Valid,
}

/// One standardised value of one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The attribute.
    pub attribute: AttributeId,
    /// Which of several: claims of one group with the same slot belong together.
    pub slot: u8,
    /// The standardised value, as people should read it; never empty.
    pub value: CompactString,
    /// How far it can be relied on.
    pub validity: Validity,
    /// The column of the source it was taken from.
    pub column: u16,
}

/// What cleaning makes of a source record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanRecord {
    /// What the record is about.
    pub entity_type: EntityType,
    /// The values that were understood.
    pub claims: Vec<Claim>,
    /// What is wrong with the values.
    pub findings: Vec<Finding>,
}

impl CleanRecord {
    /// Whether it remarks that its customer is deceased.
    pub fn is_deceased(&self) -> bool {
        self.findings.iter().any(|finding| finding.code == FindingCode::Deceased)
    }
}
