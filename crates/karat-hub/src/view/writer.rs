//! Changes: what applications and stewards ask of a hub, one thing at a time.

use std::error::Error;

use karat_model::attribute::{AttributeSet, EntityType};
use karat_model::confirmation::{ConfirmationKind, ConfirmationNo};
use karat_model::decision::{DecisionNo, Overruled, Ruling};
use karat_model::evidence::Weight;
use karat_model::finding::{Finding, FindingCode, FindingNo, FindingState, Repair, StepNo};
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::Moment;
use karat_store::{EntityVersion, Event, Outcome};

use super::{EntityDiff, EntityView, Entry, EntryAnswer, EntryDecision, RecordTag, SavedView};
use crate::feedback::FeedbackState;

/// Is told what became of a change; dropped when the hub stops before.
pub type Answer = Box<dyn FnOnce(Result<Changed, Refused>) + Send>;

/// Changes a hub.
pub trait HubWriter: Send + Sync {
    /// Asks for a change, and does not wait for it; whoever asked is told once it is committed.
    /// Changes are made in the order in which they are asked for, each as if it came alone, and
    /// may be committed together.
    fn ask(&self, request: ChangeRequest, answer: Answer);

    /// Whether changes would be taken now.
    fn ready(&self) -> Result<(), Refused>;
}

/// A change that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeRequest {
    /// What is to change.
    pub change: Change,
    /// Whether it is only tried out: what it would do is told, by doing it, and nothing of it is kept.
    pub is_trial: bool,
    /// By what a repetition of the request is known.
    pub repetition: Option<Repetition>,
    /// What must be so of who is typed in, where the change is an entry: nothing is changed unless
    /// the gate lets it in.
    pub entry: Option<Entry>,
}

impl ChangeRequest {
    /// A change, to be made.
    pub fn of(change: Change) -> ChangeRequest {
        ChangeRequest { change, is_trial: false, repetition: None, entry: None }
    }

    /// A change, to be tried out.
    pub fn trial(change: Change) -> ChangeRequest {
        ChangeRequest { is_trial: true, ..ChangeRequest::of(change) }
    }
}

/// What is to change.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A source record has these values now.
    Upsert {
        /// The record.
        key: RecordKey,
        /// When the source says it changed.
        observed_at: Option<Moment>,
        /// The names of its columns with their values; a name may come more than once.
        values: Vec<(String, String)>,
        /// What must be so, or nothing is changed.
        condition: Condition,
    },
    /// A source no longer has a record.
    Delete {
        /// The record.
        key: RecordKey,
        /// What must be so, or nothing is changed.
        condition: Condition,
    },
    /// A steward decides, all or nothing.
    Decide {
        /// What is decided, in this order.
        rulings: Vec<Ruling>,
        /// Who decides.
        steward: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody says how far findings are, all or nothing.
    Step {
        /// The findings.
        findings: Vec<FindingNo>,
        /// How far they are now.
        state: FindingState,
        /// Until when they stay so: of those that are accepted as they are.
        until: Option<Moment>,
        /// Who says so.
        steward: String,
        /// Why; those that are rejected or accepted have a reason.
        reason: String,
        /// Whether findings that were closed meanwhile, or are further, are left out and not refused.
        lenient: bool,
    },
    /// Somebody undoes the last step that stands of a finding.
    UndoStep {
        /// The finding.
        finding: FindingNo,
        /// The step.
        step: StepNo,
        /// Who undoes it.
        steward: String,
        /// Why; may be empty.
        reason: String,
    },
    /// A steward undoes decisions, all or nothing.
    Undo {
        /// The decisions.
        decisions: Vec<DecisionNo>,
        /// Who undoes it.
        steward: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody takes an item of the work queue, gives it to somebody, or back.
    Assign {
        /// The records of the pair that the item is known by.
        pair: [RecordKey; 2],
        /// Who has it from now on; nobody when it is given back.
        owner: Option<String>,
        /// Who had it when that was asked for: if it is another by now, nothing is changed.
        former: Option<String>,
        /// Who says so.
        steward: String,
    },
    /// Somebody puts an item of the work queue off.
    Snooze {
        /// The records of the pair that the item is known by.
        pair: [RecordKey; 2],
        /// Until when; it is there again at once when that is not said.
        until: Option<Moment>,
        /// Who says so.
        steward: String,
    },
    /// Somebody saves a view of the work queue, under a new name or one of before.
    SaveView {
        /// Whose it is.
        account: String,
        /// The view.
        view: SavedView,
    },
    /// Somebody forgets a saved view, if it is there.
    ForgetView {
        /// Whose it is.
        account: String,
        /// What it is called.
        name: String,
    },
    /// Somebody found out whether a value of a record is so.
    Confirm {
        /// The record.
        key: RecordKey,
        /// The name of the attribute, or of attributes that belong together: `address`.
        attribute: String,
        /// The standardised value, where the record has several.
        value: Option<String>,
        /// How it was found out.
        kind: ConfirmationKind,
        /// Who says so.
        steward: String,
        /// Why; may be empty.
        reason: String,
    },
    /// Somebody undoes a confirmation.
    Withdraw {
        /// The confirmation.
        confirmation: ConfirmationNo,
        /// Who undoes it.
        steward: String,
        /// Why; may be empty.
        reason: String,
    },
}

impl Change {
    /// The source record that comes or goes; `None` for what stewards do.
    pub fn record(&self) -> Option<&RecordKey> {
        match self {
            Change::Upsert { key, .. } | Change::Delete { key, .. } => Some(key),
            Change::Decide { .. }
            | Change::Undo { .. }
            | Change::Step { .. }
            | Change::UndoStep { .. }
            | Change::Assign { .. }
            | Change::Snooze { .. }
            | Change::SaveView { .. }
            | Change::ForgetView { .. }
            | Change::Confirm { .. }
            | Change::Withdraw { .. } => None,
        }
    }
}

/// What must be so of a record for a change to be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    #[default]
    None,
    /// It is not there.
    Absent,
    /// It is there.
    Present,
    /// It has this version.
    Is(RecordTag),
}

impl Condition {
    /// Whether it holds for a record that has this version, or is not there.
    pub fn holds(self, version: Option<RecordTag>) -> bool {
        match self {
            Condition::None => true,
            Condition::Absent => version.is_none(),
            Condition::Present => version.is_some(),
            Condition::Is(wanted) => version == Some(wanted),
        }
    }
}

/// By what a repetition of a request is known, and how its answer is kept.
///
/// The writer keeps [`Repetition::kept`] in the transaction of the change. When it finds something
/// kept under the name, it changes nothing and answers with [`Repetition::recall`].
#[derive(Clone, Debug)]
pub struct Repetition {
    /// The name under which the answer is kept.
    pub name: String,
    /// A hash of all that was asked.
    pub digest: [u8; 32],
    /// Writes the answer.
    pub answer: fn(&ChangeOutcome) -> Vec<u8>,
}

/// Two are the same when they repeat the same request.
impl PartialEq for Repetition {
    fn eq(&self, other: &Repetition) -> bool {
        self.name == other.name && self.digest == other.digest
    }
}

impl Repetition {
    /// For how many seconds an answer is kept.
    pub const KEPT_SECONDS: u64 = 24 * 60 * 60;

    /// What is kept of a request and its answer.
    pub fn kept(&self, outcome: &ChangeOutcome) -> Vec<u8> {
        let mut kept = self.digest.to_vec();
        kept.extend((self.answer)(outcome));
        kept
    }

    /// The answer of before, if it was the same request.
    pub fn recall(&self, kept: &[u8]) -> Result<Changed, Refused> {
        match kept.split_at_checked(self.digest.len()) {
            Some((digest, answer)) if digest == self.digest => Ok(Changed::Before(answer.to_vec())),
            _ => Err(Refused::OtherRequest),
        }
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Changed {
    /// It was done now.
    Now(Box<ChangeOutcome>),
    /// It had been done before, with this answer.
    Before(Vec<u8>),
}

/// What a change did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeOutcome {
    /// What it meant to the record; `None` for decisions.
    pub outcome: Option<Outcome>,
    /// The version that the record has now; `None` when it is gone.
    pub version: Option<RecordTag>,
    /// The entity that the record, or the first record of the decision, is in now.
    pub entity: Option<EntityView>,
    /// What happened to entities, in the order of the feed.
    pub events: Vec<Event>,
    /// The potential matches of the entity, heaviest first.
    pub potential_matches: Vec<NearMatch>,
    /// What is wrong with the values of the record.
    pub findings: Vec<FoundWrong>,
    /// The decisions that were made.
    pub decisions: Vec<DecisionNo>,
    /// The steps that were taken with findings.
    pub steps: Vec<StepNo>,
    /// The confirmations that were made; `None` when the change is not about any.
    pub confirmations: Option<Vec<ConfirmationNo>>,
    /// What the gate decided, where the change is an entry.
    pub entry: Option<EntryDecision>,
    /// The decisions that do not count because of a later one, as far as this change is concerned.
    pub conflicts: Vec<Overruled>,
}

impl ChangeOutcome {
    /// What became of each entity, all events of it taken together, in the order of their first.
    pub fn diffs(&self) -> Vec<EntityDiff> {
        let view = |version: &Option<EntityVersion>| {
            let version = version.clone()?;
            Some(EntityView::of(version.entity, version.members))
        };
        let mut diffs: Vec<EntityDiff> = Vec::new();
        for event in &self.events {
            let after = view(&event.after);
            match diffs.iter_mut().find(|diff| diff.id == event.entity) {
                Some(diff) => {
                    (diff.kind, diff.other, diff.after) = (Some(event.kind), event.other, after);
                }
                None => diffs.push(EntityDiff {
                    id: event.entity,
                    kind: Some(event.kind),
                    other: event.other,
                    before: view(&event.before),
                    after,
                }),
            }
        }
        diffs
    }
}

/// A pair of records that keeps two entities from being told apart for sure.
#[derive(Clone, Debug, PartialEq)]
pub struct NearMatch {
    /// The record of the entity that was asked for.
    pub record: RecordKey,
    /// The record of the other entity.
    pub other_record: RecordKey,
    /// The other entity.
    pub other: EntityId,
    /// The total weight, prior included.
    pub weight: Weight,
    /// The probability that it stands for.
    pub probability: f64,
}

/// Something wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundWrong {
    /// What is wrong.
    pub code: FindingCode,
    /// The column, if it is about one.
    pub column: Option<String>,
    /// What would mend it, if that is known.
    pub repair: Option<ProposedRepair>,
}

/// What would mend a value; a person decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProposedRepair {
    /// `replace`, `move`, `swap` or `clear`.
    pub action: &'static str,
    /// The attribute that the value fills or belongs to.
    pub attribute: Option<String>,
    /// What it should read.
    pub value: Option<String>,
    /// The column that holds the value of this one.
    pub column: Option<String>,
}

impl FoundWrong {
    /// A finding with the names of its column and attribute.
    pub fn of(finding: &Finding, columns: &[String], attributes: &AttributeSet) -> FoundWrong {
        let column = |at: u16| columns[usize::from(at)].clone();
        let repair = finding.repair.as_deref().map(|repair| {
            let action = repair.name();
            match repair {
                Repair::Replace { attribute, value } | Repair::Move { to: attribute, value } => {
                    ProposedRepair {
                        action,
                        attribute: Some(attributes.get(*attribute).name.clone()),
                        value: Some(value.to_string()),
                        column: None,
                    }
                }
                Repair::Swap { with } => ProposedRepair {
                    action,
                    column: Some(column(*with)),
                    ..ProposedRepair::default()
                },
                Repair::Clear => ProposedRepair { action, ..ProposedRepair::default() },
            }
        });
        FoundWrong { code: finding.code, column: finding.column.map(column), repair }
    }
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The hub model has no such source.
    #[error("the hub model has no source {0}")]
    UnknownSource(SourceName),
    /// There is no such record.
    #[error("there is no such record in source {}", .0.source)]
    UnknownRecord(RecordKey),
    /// The hub model has no such attribute.
    #[error("the hub model has no such attribute")]
    UnknownAttribute(String),
    /// There is no such decision.
    #[error("there is no decision {}", .0.0)]
    UnknownDecision(DecisionNo),
    /// The decision was undone before.
    #[error("decision {} is undone already", .0.0)]
    UndoneAlready(DecisionNo),
    /// There is no such finding.
    #[error("there is no finding {}", .0.0)]
    UnknownFinding(FindingNo),
    /// The finding has no such step, or another step stands after it, or it is undone already.
    #[error("step {} is not the last one that stands", .0.0)]
    NotLastStep(StepNo),
    /// The step does not follow the state of the finding.
    #[error("finding {} is {}", .finding.0, .state.name())]
    UnfitStep {
        /// The finding.
        finding: FindingNo,
        /// How far it is.
        state: FeedbackState,
    },
    /// A finding that is rejected, or accepted as it is, has a reason.
    #[error("a reason is missing")]
    ReasonMissing,
    /// A finding is accepted, and an item snoozed, until a day that is yet to come; nothing else is
    /// until any day.
    #[error("the day until which it is so must be yet to come")]
    UntilNotAhead,
    /// The two records are no potential match, or no longer.
    #[error("the two records do not wait for a decision")]
    NotWaiting,
    /// Somebody took the item, or gave it away, since it was looked at.
    #[error("the item has another owner by now")]
    AssignedMeanwhile,
    /// A view without a name, or one too many.
    #[error("a saved view needs a name, and there can be so many only")]
    UnfitView,
    /// There is no such confirmation.
    #[error("there is no confirmation {}", .0.0)]
    UnknownConfirmation(ConfirmationNo),
    /// The confirmation was undone before.
    #[error("confirmation {} is undone already", .0.0)]
    WithdrawnAlready(ConfirmationNo),
    /// The record has no such value.
    #[error("the record has no such value")]
    UnknownValue,
    /// The record has several values, and it is not said which is meant.
    #[error("the record has several values of the attribute")]
    SeveralValues,
    /// What was found out is not about values of the attribute.
    #[error("{} says nothing of this attribute", .0.name())]
    OtherConfirmation(ConfirmationKind),
    /// Nothing was judged yet, so that values cannot be told apart.
    #[error("nothing was judged yet")]
    NotJudged,
    /// What must be so is not.
    #[error("the record is not as the request expects it")]
    ConditionFailed,
    /// The hub model has no such kind of customer.
    #[error("the hub model has no such kind of customer")]
    UnknownKind,
    /// The values are of another entity type than was said.
    #[error("the values are of another entity type")]
    OtherEntityType(EntityType),
    /// The reason to accept a customer nevertheless is none that the hub knows.
    #[error("the reason is none that the hub model knows")]
    UnknownReason,
    /// The gate does not let the customer in.
    #[error("the customer lacks what its kind needs, or is probably known already")]
    Entry(Box<EntryAnswer>),
    /// The name of the repetition belongs to another request.
    #[error("another request was made under this key")]
    OtherRequest,
    /// More changes wait than can be taken.
    #[error("too many changes wait")]
    Busy {
        /// When to try again.
        retry_after_seconds: u32,
    },
    /// No changes are taken any more.
    #[error("the hub takes no changes now")]
    Stopped,
    /// The hub failed; the cause carries ids, never personal values.
    #[error("the change could not be made")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repetition(body: u8) -> Repetition {
        let answer = |outcome: &ChangeOutcome| vec![outcome.decisions.len() as u8];
        Repetition { name: "k".into(), digest: [body; 32], answer }
    }

    #[test]
    fn the_same_request_gets_its_answer_again_and_another_does_not() {
        let kept = repetition(1).kept(&ChangeOutcome::default());
        assert_eq!(repetition(1).recall(&kept).unwrap(), Changed::Before(vec![0]));
        assert!(matches!(repetition(2).recall(&kept), Err(Refused::OtherRequest)));
        assert!(matches!(repetition(1).recall(&[1]), Err(Refused::OtherRequest)));
    }

    #[test]
    fn conditions_are_about_one_version() {
        let [one, other] = [1, 2].map(|byte| RecordTag([byte; 12]));
        for (condition, holds) in [
            (Condition::None, [true, true]),
            (Condition::Absent, [true, false]),
            (Condition::Present, [false, true]),
            (Condition::Is(one), [false, true]),
            (Condition::Is(other), [false, false]),
        ] {
            assert_eq!([None, Some(one)].map(|version| condition.holds(version)), holds);
        }
    }
}
