//! Findings with what was done about them, as people, applications and sources ask for them.

use karat_model::finding::{FiledFinding, FindingNo};
use karat_model::id::SourceName;
use karat_model::record::Moment;
use karat_store::{FindingFilter, Reader, SourceNo, SubjectNo};

use super::StoredHub;
use crate::error::Error;
use crate::feedback::figures::feedback_figures;
use crate::feedback::follow_up::{FollowUp, follow_up, repeated, source_of};
use crate::feedback::work_item::work_items;
use crate::feedback::{FeedbackState, SourceFeedback, WorkItem};
use crate::view::{FindingDetail, FindingPage, FindingView, FollowUpQuery};

/// How many findings are looked at at a time.
const AT_A_TIME: usize = 1_000;

impl StoredHub {
    pub(super) fn read_finding(
        &self,
        reader: &dyn Reader,
        no: FindingNo,
    ) -> Result<Option<FindingDetail>, Error> {
        at_one_moment(reader, &mut |reader| {
            let Some(finding) = reader.finding(no)? else { return Ok(None) };
            let repeats = repeated(reader, &[&finding])?.get(&no).copied();
            let view = self.views(reader, follow_up(reader, vec![finding])?)?.pop();
            Ok(view.map(|view| FindingDetail { view, repeats }))
        })
    }

    pub(super) fn read_feedback(&self, reader: &dyn Reader) -> Result<Vec<SourceFeedback>, Error> {
        at_one_moment(reader, &mut |reader| feedback_figures(reader, &self.model))
    }

    pub(super) fn read_follow_ups(
        &self,
        reader: &dyn Reader,
        query: &FollowUpQuery,
        after: FindingNo,
        limit: usize,
    ) -> Result<FindingPage, Error> {
        at_one_moment(reader, &mut |reader| {
            let FollowUpQuery { source, state } = query;
            let of_source = source.as_ref().map(|name| source_no(reader, name)).transpose()?;
            if of_source == Some(None) {
                return Ok(FindingPage::default());
            }
            let filter = FindingFilter {
                source: of_source.flatten(),
                of_customers: Some(false),
                is_open: (*state == Some(FeedbackState::Open)).then_some(true),
                ..FindingFilter::default()
            };
            // Only what is open or closed can be so without anybody having done anything.
            let is_stepped =
                !matches!(state, None | Some(FeedbackState::Open | FeedbackState::Closed));
            let is_asked = |of: &FollowUp| {
                let of_source = source_of(&of.finding);
                of_source.is_some()
                    && source.as_ref().is_none_or(|asked| of_source == Some(asked))
                    && state.is_none_or(|asked| of.state() == asked)
            };
            let mut found: Vec<FollowUp> = Vec::new();
            let of_deliveries = match is_stepped {
                true => Vec::new(),
                false => of_sources(reader, filter.source, filter.is_open)?,
            };
            let mut from = after;
            while found.len() <= limit {
                let mut some = match is_stepped {
                    true => reader.stepped_findings(from, AT_A_TIME)?,
                    false => reader.findings(&filter, from, AT_A_TIME)?,
                };
                let last = some.last().map(|last| last.no);
                // The few about what sources deliver stand among them, by number.
                let is_here =
                    |it: &&FiledFinding| it.no > from && last.is_none_or(|no| it.no <= no);
                some.extend(of_deliveries.iter().filter(is_here).cloned());
                some.sort_unstable_by_key(|finding| finding.no);
                found.extend(follow_up(reader, some)?.into_iter().filter(is_asked));
                let Some(last) = last else { break };
                from = last;
            }
            let has_more = found.len() > limit;
            found.truncate(limit);
            let next = found.last().filter(|_| has_more).map(|of| of.finding.no);
            Ok(FindingPage { findings: self.views(reader, found)?, next })
        })
    }

    /// What the owner of a source is to hear and was not sent, among so many findings after one; and
    /// the last of these, when more follow.
    pub(super) fn read_unsent(
        &self,
        reader: &dyn Reader,
        source: &SourceName,
        after: FindingNo,
        limit: usize,
        now: Moment,
    ) -> Result<(Vec<WorkItem>, Option<FindingNo>), Error> {
        at_one_moment(reader, &mut |reader| {
            let known = self.model.source(source).and_then(|known| known.feedback.as_ref());
            let (Some(feedback), Some(no)) = (known, source_no(reader, source)?) else {
                return Ok((Vec::new(), None));
            };
            let filter = FindingFilter {
                source: Some(no),
                is_open: Some(true),
                of_customers: Some(false),
                ..FindingFilter::default()
            };
            let mut found: Vec<FiledFinding> = reader.findings(&filter, after, limit)?;
            let next = found.last().filter(|_| found.len() == limit).map(|finding| finding.no);
            if after == FindingNo(0) {
                // The few about what it delivers go with the first.
                let of_source = reader.findings_of(&[SubjectNo::Source(no)])?.into_iter();
                found.extend(of_source.filter(|finding| finding.closed.is_none()));
            }
            let mut followed = follow_up(reader, found)?;
            followed.retain(|of| {
                source_of(&of.finding).is_some() && of.state_at(now) == FeedbackState::Open
            });
            let mut views: Vec<FindingView> = self.views(reader, followed)?;
            views.retain(|view| feedback.tells(view.finding.rule.as_str(), view.severity));
            Ok((work_items(reader, &self.model, views)?, next))
        })
    }
}

/// The findings about a source, or about all: they are about what it delivers.
fn of_sources(
    reader: &dyn Reader,
    source: Option<SourceNo>,
    is_open: Option<bool>,
) -> Result<Vec<FiledFinding>, Error> {
    let known = reader.source_columns()?.into_iter().map(|(no, ..)| no);
    let asked = known.filter(|no| source.is_none_or(|asked| asked == *no));
    let subjects: Vec<SubjectNo> = asked.map(SubjectNo::Source).collect();
    let mut findings = reader.findings_of(&subjects)?;
    findings.retain(|of| is_open.is_none_or(|asked| of.closed.is_none() == asked));
    Ok(findings)
}

fn source_no(reader: &dyn Reader, name: &SourceName) -> Result<Option<SourceNo>, Error> {
    let columns = reader.source_columns()?;
    Ok(columns.into_iter().find(|(_, known, _)| known == name).map(|(no, ..)| no))
}

/// Reads one committed state.
fn at_one_moment<T>(
    reader: &dyn Reader,
    read: &mut dyn FnMut(&dyn Reader) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut answer = None;
    reader.at_one_moment(&mut |reader| {
        answer = Some(read(reader));
        Ok(())
    })?;
    answer.expect("it was read")
}
