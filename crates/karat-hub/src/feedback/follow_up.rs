//! Following findings up: what people did about them, and what their sources delivered since.

use std::collections::BTreeMap;

use karat_model::finding::{ClosedBecause, FiledFinding, FindingNo, Subject};
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::Moment;
use karat_store::{Reader, RowNo, Step, SubjectNo};

use super::states::{Ending, FeedbackState, state_at, state_of, was_sent};
use crate::error::Error;
use crate::flow::quality::Deliveries;

/// Within so many days, what opens again was not mended for good.
pub const RECURRENCE_DAYS: i64 = 90;

const DAY_SECONDS: i64 = 86_400;

/// A finding with what was done about it.
#[derive(Clone, Debug, PartialEq)]
pub struct FollowUp {
    /// The finding.
    pub finding: FiledFinding,
    /// What people did about it, in order.
    pub steps: Vec<Step>,
    /// How it was closed, if it was.
    pub ending: Option<Ending>,
}

impl FollowUp {
    /// How far it is.
    pub fn state(&self) -> FeedbackState {
        state_of(&self.steps, self.ending)
    }

    /// How far it is at a moment.
    pub fn state_at(&self, now: Moment) -> FeedbackState {
        state_at(&self.steps, self.ending, now)
    }
}

/// Whose records or deliveries a finding is about; only the source itself can mend those.
pub fn source_of(finding: &FiledFinding) -> Option<&SourceName> {
    match &finding.subject {
        Subject::Record(key) => Some(&key.source),
        Subject::Source(source) => Some(source),
        _ => None,
    }
}

/// Follows findings up, in their order.
pub fn follow_up(reader: &dyn Reader, findings: Vec<FiledFinding>) -> Result<Vec<FollowUp>, Error> {
    let numbers: Vec<FindingNo> = findings.iter().map(|finding| finding.no).collect();
    let mut steps: BTreeMap<FindingNo, Vec<Step>> = BTreeMap::new();
    for (no, step) in reader.steps_of_findings(&numbers)? {
        steps.entry(no).or_default().push(step);
    }
    let followed = findings.into_iter().map(|finding| FollowUp {
        steps: steps.remove(&finding.no).unwrap_or_default(),
        ending: finding.closed.map(|_| Ending::Otherwise),
        finding,
    });
    let mut followed: Vec<FollowUp> = followed.collect();
    // Only what was sent can have been answered by an arrival.
    let mut closed: BTreeMap<Moment, Vec<RecordKey>> = BTreeMap::new();
    for of in followed.iter().filter(|of| was_sent(&of.steps)) {
        if let (Some(at), Subject::Record(key)) = (passed_at(of), &of.finding.subject) {
            closed.entry(at).or_default().push(key.clone());
        }
    }
    let mut arrived: BTreeMap<Moment, Vec<RecordKey>> = BTreeMap::new();
    for (at, keys) in closed {
        arrived.insert(at, arrived_by(reader, &keys, at)?);
    }
    let is_of_source =
        |of: &FollowUp| passed_at(of).is_some() && matches!(of.finding.subject, Subject::Source(_));
    let deliveries = match followed.iter().any(is_of_source) {
        true => Deliveries::read(reader)?,
        false => Deliveries::default(),
    };
    for of in &mut followed {
        let Some(at) = passed_at(of) else { continue };
        let is_mended = match &of.finding.subject {
            Subject::Record(key) => arrived.get(&at).is_some_and(|keys| keys.contains(key)),
            Subject::Source(source) => {
                let sent = of.steps.iter().map(|step| step.at).max();
                sent.is_some_and(|sent| deliveries.has_come(source, sent, at))
            }
            _ => false,
        };
        if is_mended {
            of.ending = Some(Ending::Mended);
        }
    }
    Ok(followed)
}

/// When a finding was closed, if that was because it passes.
fn passed_at(of: &FollowUp) -> Option<Moment> {
    let closed = of.finding.closed?;
    (closed.because == ClosedBecause::Passes).then_some(closed.at)
}

/// Those of some records with an arrival that was taken in by what was published at a moment.
///
/// A finding is closed by a publication. Steps are only taken when all that arrived before is
/// published, so that what the publication took in arrived after them.
fn arrived_by(
    reader: &dyn Reader,
    keys: &[RecordKey],
    at: Moment,
) -> Result<Vec<RecordKey>, Error> {
    let rows: BTreeMap<RowNo, RecordKey> =
        reader.rows_of(keys)?.into_iter().map(|(key, row)| (row, key)).collect();
    let numbers: Vec<RowNo> = rows.keys().copied().collect();
    let mut arrived: Vec<RecordKey> =
        reader.arrived_by(&numbers, at)?.iter().map(|row| rows[row].clone()).collect();
    arrived.sort_unstable();
    Ok(arrived)
}

/// A rule at a place of a record: what would be the same finding, had it a number of its own.
type Place = (RecordKey, String, Option<String>, u8, Option<String>);

fn place_of(finding: &FiledFinding) -> Option<Place> {
    let Subject::Record(key) = &finding.subject else { return None };
    let FiledFinding { rule, attribute, slot, column, .. } = finding;
    Some((key.clone(), rule.to_string(), attribute.clone(), *slot, column.clone()))
}

/// All findings at the places of some, in the order in which they were opened.
fn at_places_of(
    reader: &dyn Reader,
    findings: &[&FiledFinding],
) -> Result<BTreeMap<Place, Vec<FiledFinding>>, Error> {
    let mut keys: Vec<RecordKey> = Vec::new();
    for finding in findings {
        if let Subject::Record(key) = &finding.subject {
            keys.push(key.clone());
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let rows = reader.rows_of(&keys)?.into_iter();
    let subjects: Vec<SubjectNo> = rows.map(|(_, row)| SubjectNo::Record(row)).collect();
    let mut at_places: BTreeMap<Place, Vec<FiledFinding>> = BTreeMap::new();
    for finding in reader.findings_of(&subjects)? {
        if let Some(place) = place_of(&finding) {
            at_places.entry(place).or_default().push(finding);
        }
    }
    Ok(at_places)
}

/// Whether `again` is open at the place of `before` within the days after that had passed.
fn recurs(before: &FiledFinding, again: &FiledFinding) -> bool {
    let Some(closed) = before.closed else { return false };
    let within = closed.at.0..=closed.at.0.saturating_add(RECURRENCE_DAYS * DAY_SECONDS);
    closed.because == ClosedBecause::Passes
        && again.no > before.no
        && within.contains(&again.opened_at.0)
}

/// Those of some findings that came again after they had passed, by their numbers.
pub fn came_again(
    reader: &dyn Reader,
    findings: &[&FiledFinding],
) -> Result<Vec<FindingNo>, Error> {
    let at_places = at_places_of(reader, findings)?;
    let comes_again = |finding: &&&FiledFinding| {
        let others = place_of(finding).and_then(|place| at_places.get(&place));
        others.into_iter().flatten().any(|again| recurs(finding, again))
    };
    Ok(findings.iter().filter(comes_again).map(|finding| finding.no).collect())
}

/// Which earlier finding each of some repeats, if it does: what had passed no longer does.
pub fn repeated(
    reader: &dyn Reader,
    findings: &[&FiledFinding],
) -> Result<BTreeMap<FindingNo, FindingNo>, Error> {
    let at_places = at_places_of(reader, findings)?;
    let mut repeated = BTreeMap::new();
    for finding in findings {
        let others = place_of(finding).and_then(|place| at_places.get(&place));
        let before = others.into_iter().flatten().rev().find(|before| recurs(before, finding));
        if let Some(before) = before {
            repeated.insert(finding.no, before.no);
        }
    }
    Ok(repeated)
}
