//! Figures of feedback: how much of what a source was told came back right, how soon, and for good.

use std::collections::{BTreeMap, BTreeSet};

use karat_model::finding::{FiledFinding, FindingNo, FindingState};
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::Moment;
use karat_store::Reader;

use super::follow_up::{FollowUp, came_again, follow_up, source_of};
use super::states::{FeedbackState, standing, was_sent};
use crate::error::Error;

/// How many findings are followed up at a time.
const AT_A_TIME: usize = 1_000;
const DAY_SECONDS: f64 = 86_400.0;

/// What came of the feedback to a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SourceFeedback {
    /// The source.
    pub source: String,
    /// Who answers for it, if that was said.
    pub owner: Option<String>,
    /// By which way its owner hears; `None` where nobody does.
    pub route: Option<&'static str>,
    /// How many findings were sent.
    pub sent: u64,
    /// Of those sent, how many the owner acknowledged.
    pub acknowledged: u64,
    /// Of those sent, how many the owner said to be fixed.
    pub fixed_in_source: u64,
    /// Of those sent, how many a later arrival mended.
    pub verified: u64,
    /// Of those sent, how many wait for the source: neither closed, rejected nor accepted.
    pub waiting: u64,
    /// How many were rejected.
    pub rejected: u64,
    /// How many are accepted as they are, or were.
    pub accepted_as_is: u64,
    /// Of those verified, how many came again within [`RECURRENCE_DAYS`].
    ///
    /// [`RECURRENCE_DAYS`]: super::follow_up::RECURRENCE_DAYS
    pub recurred: u64,
    /// The median of days from being sent to being verified.
    pub days_to_verified: Option<f64>,
}

impl SourceFeedback {
    /// The share of what was sent that was verified.
    pub fn feedback_yield(&self) -> Option<f64> {
        share(self.verified, self.sent)
    }

    /// The share of what was verified that came again.
    pub fn recurrence_rate(&self) -> Option<f64> {
        share(self.recurred, self.verified)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The figures of all sources that have feedback, or had any, in order of their names.
pub fn feedback_figures(
    reader: &dyn Reader,
    model: &HubModel,
) -> Result<Vec<SourceFeedback>, Error> {
    let mut gathered: BTreeMap<SourceName, Gathered> = BTreeMap::new();
    for source in model.sources.iter().filter(|source| source.feedback.is_some()) {
        gathered.insert(source.name.clone(), Gathered::default());
    }
    let mut after = FindingNo(0);
    loop {
        let findings = reader.stepped_findings(after, AT_A_TIME)?;
        let Some(last) = findings.last() else { break };
        after = last.no;
        let followed = follow_up(reader, findings)?;
        let is_verified = |of: &&FollowUp| of.state() == FeedbackState::Verified;
        let verified: Vec<&FiledFinding> =
            followed.iter().filter(is_verified).map(|of| &of.finding).collect();
        let again: BTreeSet<FindingNo> = came_again(reader, &verified)?.into_iter().collect();
        for of in &followed {
            if let Some(source) = source_of(&of.finding) {
                let gathered = gathered.entry(source.clone()).or_default();
                gathered.take(of, again.contains(&of.finding.no));
            }
        }
    }
    let figures = gathered.into_iter().map(|(name, gathered)| {
        let source = model.source(&name);
        let feedback = source.and_then(|source| source.feedback.as_ref());
        SourceFeedback {
            source: name.to_string(),
            owner: feedback.and_then(|feedback| feedback.owner.clone()),
            route: feedback.map(|feedback| feedback.route.name()),
            days_to_verified: median(gathered.seconds).map(|seconds| seconds / DAY_SECONDS),
            ..gathered.counts
        }
    });
    Ok(figures.collect())
}

/// What was counted of a source.
#[derive(Default)]
struct Gathered {
    counts: SourceFeedback,
    /// How long each took that was verified.
    seconds: Vec<i64>,
}

impl Gathered {
    fn take(&mut self, of: &FollowUp, comes_again: bool) {
        let FollowUp { finding, steps, .. } = of;
        let has = |state| standing(steps).any(|step| step.state == state);
        let counts = &mut self.counts;
        counts.rejected += u64::from(has(FindingState::Rejected));
        counts.accepted_as_is += u64::from(has(FindingState::AcceptedAsIs));
        if !was_sent(steps) {
            return;
        }
        counts.sent += 1;
        counts.acknowledged += u64::from(has(FindingState::Acknowledged));
        counts.fixed_in_source += u64::from(has(FindingState::FixedInSource));
        match of.state() {
            FeedbackState::Verified => {
                counts.verified += 1;
                counts.recurred += u64::from(comes_again);
                let sent = standing(steps).find(|step| step.state == FindingState::Sent);
                let sent: Option<Moment> = sent.map(|step| step.at);
                let closed = finding.closed.map(|closed| closed.at);
                self.seconds.extend(sent.zip(closed).map(|(sent, closed)| closed.0 - sent.0));
            }
            FeedbackState::Sent | FeedbackState::Acknowledged | FeedbackState::FixedInSource => {
                counts.waiting += 1;
            }
            _ => {}
        }
    }
}

/// The middle of some numbers, or the mean of the two in the middle.
fn median(mut numbers: Vec<i64>) -> Option<f64> {
    numbers.sort_unstable();
    let middle = numbers.len() / 2;
    match numbers.len() {
        0 => None,
        length if length % 2 == 1 => Some(numbers[middle] as f64),
        _ => Some((numbers[middle - 1] + numbers[middle]) as f64 / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![9, 1, 5]), Some(5.0));
        assert_eq!(median(vec![9, 1, 5, 2]), Some(3.5));
    }

    #[test]
    fn where_nothing_was_sent_no_share_is_told() {
        let figures = SourceFeedback { sent: 4, verified: 1, ..SourceFeedback::default() };
        assert_eq!(figures.feedback_yield(), Some(0.25));
        assert_eq!(figures.recurrence_rate(), Some(0.0));
        let nothing = SourceFeedback::default();
        assert_eq!((nothing.feedback_yield(), nothing.recurrence_rate()), (None, None));
    }
}
