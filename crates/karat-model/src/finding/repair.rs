//! Repairs: what would mend a finding.

use compact_str::CompactString;

use crate::attribute::AttributeId;

/// What would mend a finding; a person decides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// The value should read so.
    Replace {
        /// The attribute that the value fills.
        attribute: AttributeId,
        /// What it should read.
        value: CompactString,
    },
    /// It belongs in another field.
    Move {
        /// The attribute that it belongs to.
        to: AttributeId,
        /// What the field there should read.
        value: CompactString,
    },
    /// Two columns hold each other's values.
    Swap {
        /// The column whose value belongs here.
        with: u16,
    },
    /// It should be empty.
    Clear,
}

impl Repair {
    /// The name in exports.
    pub fn name(&self) -> &'static str {
        match self {
            Repair::Replace { .. } => "replace",
            Repair::Move { .. } => "move",
            Repair::Swap { .. } => "swap",
            Repair::Clear => "clear",
        }
    }
}
