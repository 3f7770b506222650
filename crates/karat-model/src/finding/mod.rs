//! Findings: what is wrong with a value. Bad data is not an error.
//!
//! Arrives: what cleaning noticed of a value. Leaves: a [`Finding`] with a stable [`FindingCode`],
//! and, where a value can be mended, the [`Repair`] that would do it.
//! A hub keeps it as a [`FiledFinding`], open or closed.
//! Promises: a code keeps its name; its message holds no value of a customer.
//! Start reading in `code.rs`, the list of all codes.

mod code;
mod dimension;
mod repair;
mod filed;

pub use code::FindingCode;
pub use dimension::{Dimension, Tile};
pub use filed::{
    Closed, ClosedBecause, FiledFinding, FindingNo, FindingState, Rule, RuleName, RuleVersion,
    StepNo, Subject, ValueDigest,
};
pub use repair::Repair;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the value was understood.
    Note,
    /// The value is doubtful or was repaired.
    Warning,
    /// The value cannot be used.
    Error,
}

impl Severity {
    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Something wrong with one value of a source record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub code: FindingCode,
    /// The column of the source, if it is about one.
    pub column: Option<u16>,
    /// What would mend it, if that is known; boxed, as few findings have one and all are copied.
    pub repair: Option<Box<Repair>>,
}

impl Finding {
    /// A finding that nothing is known to mend.
    pub fn new(code: FindingCode, column: Option<u16>) -> Finding {
        Finding { code, column, repair: None }
    }

    /// The same finding, with what would mend it.
    pub fn with(self, repair: Repair) -> Finding {
        Finding { repair: Some(Box::new(repair)), ..self }
    }
}
