//! Filed findings: what fails, where, since when, and which customer it is about.

use karat_model::finding::{Dimension, FiledFinding, FindingNo, Severity};
use karat_model::id::{EntityId, SourceName};
use karat_model::record::Moment;
use karat_store::Step;

use crate::feedback::FeedbackState;

/// Which filed findings are asked for; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingQuery {
    /// Those of the check, or the code, with this name.
    pub rule: Option<String>,
    /// Those that a record of this source says.
    pub source: Option<SourceName>,
    /// Those that are open, or those that are closed.
    pub is_open: Option<bool>,
    /// Those about customers, or those about records.
    pub of_customers: Option<bool>,
    /// Those that were opened or closed at this moment or later.
    pub since: Option<Moment>,
}

/// Some filed findings, in the order in which they were opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindingPage {
    /// The findings.
    pub findings: Vec<FindingView>,
    /// The last of them, when more follow.
    pub next: Option<FindingNo>,
}

/// A filed finding, as people read it.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingView {
    /// The finding.
    pub finding: FiledFinding,
    /// How bad it is.
    pub severity: Severity,
    /// The dimension of quality that it lowers.
    pub dimension: Dimension,
    /// What is wrong, in English and Dutch.
    pub message: [String; 2],
    /// Who answers for the check, if somebody does.
    pub owner: Option<String>,
    /// The customer that it is about, or whose record it is about.
    pub entity: Option<EntityId>,
    /// What that customer is called; empty when nothing is known by which to call it.
    pub title: String,
    /// What people did about it, in order.
    pub steps: Vec<Step>,
    /// How far it is, towards the source of its record.
    pub state: FeedbackState,
}

/// A filed finding by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingDetail {
    /// The finding.
    pub view: FindingView,
    /// The earlier finding that it repeats: what had passed no longer does.
    pub repeats: Option<FindingNo>,
}

/// Which findings are followed up; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowUpQuery {
    /// Those of records of this source, and of what it delivers.
    pub source: Option<SourceName>,
    /// Those that are so far.
    pub state: Option<FeedbackState>,
}
