//! The entry gate: what is told of a customer that is typed in, before anything is saved.

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{Day, EntryPolicy, Verdict};
use karat_model::claim::Validity;
use karat_model::finding::{Dimension, RuleName, Severity};

use super::{Candidate, Probe, ProposedRepair};

/// A customer that is typed in.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryCheck {
    /// What was typed.
    pub probe: Probe,
    /// The kind of customer, by its name in the hub model; `None` asks for nothing.
    pub kind: Option<String>,
    /// How many candidates are told at most.
    pub limit: usize,
    /// Whether nothing of anybody else may be told.
    pub is_discreet: bool,
    /// The day of today, for a hub that was never judged.
    pub today: Day,
}

/// What is told of a customer that is typed in.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryAnswer {
    /// What the hub model says that such a record is about, whatever it was looked at as.
    pub entity_type: EntityType,
    /// What was understood.
    pub understood: Vec<Understood>,
    /// What is wrong with what was typed: what would be found of the record.
    pub findings: Vec<EntryFinding>,
    /// What the kind needs.
    pub needs: Vec<Need>,
    /// The attributes without a value that the kind needs one of.
    pub missing: Vec<AttributeId>,
    /// Who may be meant, likeliest first; nobody where nothing of others may be told.
    pub candidates: Vec<Candidate>,
    /// Whether the customer is known already.
    pub duplicate: Likeness,
    /// What is to be done.
    pub decision: EntryDecision,
}

/// A value that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// The attribute.
    pub attribute: AttributeId,
    /// The standardised value.
    pub value: String,
    /// How far it can be relied on.
    pub validity: Validity,
    /// The column, or the name of the attribute, under which it was typed.
    pub column: String,
}

/// Something that is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryFinding {
    /// The code of cleaning or the check that found it.
    pub rule: RuleName,
    /// How bad it is.
    pub severity: Severity,
    /// The dimension of quality that it lowers.
    pub dimension: Dimension,
    /// What is wrong, in English and in Dutch.
    pub message: [String; 2],
    /// The attribute, if it is about one.
    pub attribute: Option<AttributeId>,
    /// The column, or the name of the attribute, under which the value was typed.
    pub column: Option<String>,
    /// What would mend it, if that is known.
    pub repair: Option<ProposedRepair>,
}

/// A check that a kind of customer needs, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The check.
    pub check: RuleName,
    /// What came of it.
    pub verdict: Verdict,
    /// What people read when it fails, in English and in Dutch.
    pub message: [String; 2],
    /// The attributes of which it asks something.
    pub attributes: Vec<AttributeId>,
}

/// How likely it is that a customer is known already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Nobody is like this.
    None,
    /// Somebody may be meant.
    Possible,
    /// Somebody is meant, as far as evidence goes.
    Likely,
}

impl Likeness {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Likeness::None => "none",
            Likeness::Possible => "possible",
            Likeness::Likely => "likely",
        }
    }
}

/// What is to be done with a customer that is typed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryDecision {
    /// The policy it was made under.
    pub policy: EntryPolicy,
    /// What is to be done.
    pub action: EntryAction,
    /// Why it is not simply accepted; nothing if it is faultless.
    pub reasons: Vec<EntryReason>,
}

/// What can be done with a customer that is typed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryAction {
    /// It is accepted.
    Accept,
    /// It is accepted if somebody says why.
    Ask,
    /// It is refused.
    Refuse,
}

impl EntryAction {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            EntryAction::Accept => "accept",
            EntryAction::Ask => "ask",
            EntryAction::Refuse => "refuse",
        }
    }
}

/// Why a customer is not simply accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryReason {
    /// The check that fails, or [`EntryReason::DUPLICATE`].
    pub rule: RuleName,
    /// What people read, in English and in Dutch.
    pub message: [String; 2],
}

impl EntryReason {
    /// The rule of who is likely known already; no check has a colon in its name.
    pub const DUPLICATE: &'static str = "entry:duplicate";
}

/// A customer that is to be made of what was typed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What it is looked at as.
    pub check: EntryCheck,
    /// Why it is to be accepted nevertheless.
    pub overriding: Option<Overriding>,
    /// Who typed it in: an account or an API key.
    pub entered_by: String,
}

/// Why a customer is to be accepted nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overriding {
    /// The code of the reason.
    pub reason_code: String,
    /// The reason in words.
    pub reason: String,
}
