//! The states of a finding towards its source, and which step may follow which.
//!
//! ```text
//!                     ┌────────────────────────────────┐
//! open ──► sent ──► acknowledged ──► fixed in source ──┴─► verified    a later arrival passes
//!   │        │            │                 │
//!   └────────┴────────────┴─────────────────┴──► rejected, or accepted as it is until a day
//! ```
//!
//! A finding that is closed in any other way is just closed: its rule or its record is gone, its
//! value is another one that fails as well, or it was never sent. Once it is closed nothing moves.

use karat_model::finding::FindingState;
use karat_model::language::Language;
use karat_model::record::Moment;
use karat_store::Step;

/// How far a finding is, towards the source of its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedbackState {
    /// Nobody was told.
    Open,
    /// Its owner was told.
    Sent,
    /// The owner has seen it.
    Acknowledged,
    /// The owner says that it is mended in the source.
    FixedInSource,
    /// A later arrival of the record passes.
    Verified,
    /// The owner says that nothing is wrong.
    Rejected,
    /// It is known, and stays as it is for a while.
    AcceptedAsIs,
    /// It is closed, and not by what its source delivered after it was sent.
    Closed,
}

impl FeedbackState {
    /// All states, in the order in which they may follow each other.
    pub const ALL: [FeedbackState; 8] = [
        FeedbackState::Open,
        FeedbackState::Sent,
        FeedbackState::Acknowledged,
        FeedbackState::FixedInSource,
        FeedbackState::Verified,
        FeedbackState::Rejected,
        FeedbackState::AcceptedAsIs,
        FeedbackState::Closed,
    ];

    /// The name in the API and in files.
    pub fn name(self) -> &'static str {
        match self {
            FeedbackState::Open => "open",
            FeedbackState::Verified => "verified",
            FeedbackState::Closed => "closed",
            FeedbackState::Sent => FindingState::Sent.name(),
            FeedbackState::Acknowledged => FindingState::Acknowledged.name(),
            FeedbackState::FixedInSource => FindingState::FixedInSource.name(),
            FeedbackState::Rejected => FindingState::Rejected.name(),
            FeedbackState::AcceptedAsIs => FindingState::AcceptedAsIs.name(),
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<FeedbackState> {
        FeedbackState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What people call it.
    pub fn label(self, language: Language) -> &'static str {
        let [english, dutch] = match self {
            FeedbackState::Open => ["not sent", "niet verstuurd"],
            FeedbackState::Sent => ["sent", "verstuurd"],
            FeedbackState::Acknowledged => ["acknowledged", "in behandeling"],
            FeedbackState::FixedInSource => ["fixed in the source", "hersteld in de bron"],
            FeedbackState::Verified => ["verified", "geverifieerd"],
            FeedbackState::Rejected => ["rejected", "afgewezen"],
            FeedbackState::AcceptedAsIs => ["accepted as it is", "geaccepteerd"],
            FeedbackState::Closed => ["closed", "gesloten"],
        };
        language.say(english, dutch)
    }

    /// Whether somebody may take this step from here.
    pub fn may_take(self, step: FindingState) -> bool {
        use FeedbackState::*;
        match step {
            // What is said to be fixed and is not may be sent once more.
            FindingState::Sent => matches!(self, Open | FixedInSource),
            FindingState::Acknowledged => self == Sent,
            FindingState::FixedInSource => matches!(self, Sent | Acknowledged),
            FindingState::Rejected | FindingState::AcceptedAsIs => {
                matches!(self, Open | Sent | Acknowledged | FixedInSource)
            }
        }
    }
}

impl From<FindingState> for FeedbackState {
    fn from(state: FindingState) -> FeedbackState {
        match state {
            FindingState::Sent => FeedbackState::Sent,
            FindingState::Acknowledged => FeedbackState::Acknowledged,
            FindingState::FixedInSource => FeedbackState::FixedInSource,
            FindingState::Rejected => FeedbackState::Rejected,
            FindingState::AcceptedAsIs => FeedbackState::AcceptedAsIs,
        }
    }
}

/// How a finding was closed, as its source sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It passes since its record arrived anew.
    Mended,
    /// In another way.
    Otherwise,
}

/// The steps that were not undone.
pub fn standing(steps: &[Step]) -> impl DoubleEndedIterator<Item = &Step> {
    steps.iter().filter(|step| step.undone.is_none())
}

/// Whether its owner was told, and that still counts.
pub fn was_sent(steps: &[Step]) -> bool {
    standing(steps).any(|step| step.state == FindingState::Sent)
}

/// How far a finding is, after these steps; `ending` is how it was closed, if it was.
pub fn state_of(steps: &[Step], ending: Option<Ending>) -> FeedbackState {
    match ending {
        Some(Ending::Mended) if was_sent(steps) => FeedbackState::Verified,
        Some(_) => FeedbackState::Closed,
        None => standing(steps)
            .next_back()
            .map_or(FeedbackState::Open, |step| FeedbackState::from(step.state)),
    }
}

/// The same at a moment: what was accepted until an earlier one is open again.
pub fn state_at(steps: &[Step], ending: Option<Ending>, now: Moment) -> FeedbackState {
    let state = state_of(steps, ending);
    let until = standing(steps).next_back().and_then(|step| step.until);
    match state {
        FeedbackState::AcceptedAsIs if until.is_some_and(|until| until <= now) => {
            FeedbackState::Open
        }
        state => state,
    }
}

#[cfg(test)]
mod tests {
    use karat_model::finding::StepNo;
    use karat_store::Withdrawn;

    use super::*;

    /// Steps as `sent acknowledged-`: one with a dash was undone, and `accepted_as_is@9` is until 9.
    fn steps(text: &str) -> Vec<Step> {
        let step = |(at, word): (usize, &str)| {
            let (word, is_undone) =
                word.strip_suffix('-').map_or((word, false), |word| (word, true));
            let (name, until) = word.split_once('@').unwrap_or((word, ""));
            let undone = Withdrawn { steward: "eva".into(), at: Moment(9), reason: String::new() };
            Step {
                no: StepNo(at as u64 + 1),
                state: FindingState::from_name(name).unwrap(),
                until: until.parse().ok().map(Moment),
                steward: "eva".into(),
                at: Moment(at as i64),
                reason: String::new(),
                undone: is_undone.then_some(undone),
            }
        };
        text.split_whitespace().enumerate().map(step).collect()
    }

    #[test]
    fn each_state_takes_its_steps_and_no_others() {
        // From below, to the right: sent, acknowledged, fixed in source, rejected, accepted as is.
        let table = "
            open             yes  -    -    yes  yes
            sent             -    yes  yes  yes  yes
            acknowledged     -    -    yes  yes  yes
            fixed_in_source  yes  -    -    yes  yes
            verified         -    -    -    -    -
            rejected         -    -    -    -    -
            accepted_as_is   -    -    -    -    -
            closed           -    -    -    -    -";
        let lines = table.trim().lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let mut seen = Vec::new();
        for line in lines {
            let state = FeedbackState::from_name(line[0]).unwrap();
            for (step, expected) in FindingState::ALL.into_iter().zip(&line[1..]) {
                assert_eq!(state.may_take(step), *expected == "yes", "{} {step:?}", line[0]);
            }
            seen.push(state);
        }
        assert_eq!(seen, FeedbackState::ALL);
    }

    #[test]
    fn the_last_step_that_stands_counts_and_an_arrival_above_all() {
        let (mended, otherwise) = (Some(Ending::Mended), Some(Ending::Otherwise));
        for (text, ending, expected) in [
            ("", None, "open"),
            ("sent", None, "sent"),
            ("sent-", None, "open"),
            ("sent acknowledged", None, "acknowledged"),
            ("sent acknowledged-", None, "sent"),
            ("sent acknowledged fixed_in_source", None, "fixed_in_source"),
            ("sent fixed_in_source sent", None, "sent"),
            ("sent rejected", None, "rejected"),
            ("accepted_as_is@9", None, "accepted_as_is"),
            ("sent", mended, "verified"),
            ("sent acknowledged fixed_in_source", mended, "verified"),
            ("sent rejected", mended, "verified"),
            // Nobody was told, or no longer: what the source did was no answer.
            ("", mended, "closed"),
            ("sent-", mended, "closed"),
            ("rejected", mended, "closed"),
            ("sent fixed_in_source", otherwise, "closed"),
            ("", otherwise, "closed"),
        ] {
            assert_eq!(state_of(&steps(text), ending).name(), expected, "{text} {ending:?}");
        }
    }

    #[test]
    fn what_was_accepted_for_a_while_is_open_again_after_it() {
        let accepted = steps("sent accepted_as_is@9");
        assert_eq!(state_at(&accepted, None, Moment(8)), FeedbackState::AcceptedAsIs);
        assert_eq!(state_at(&accepted, None, Moment(9)), FeedbackState::Open);
        assert_eq!(state_at(&steps("sent rejected"), None, Moment(99)), FeedbackState::Rejected);
        let mended = Some(Ending::Mended);
        assert_eq!(state_at(&accepted, mended, Moment(99)), FeedbackState::Verified);
    }

    #[test]
    fn names_and_labels_are_of_one_state() {
        for state in FeedbackState::ALL {
            assert_eq!(FeedbackState::from_name(state.name()), Some(state));
        }
        let mut labels = FeedbackState::ALL.map(|state| state.label(Language::Dutch)).to_vec();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), 8);
    }
}
