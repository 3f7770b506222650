//! A dry run: what reading an upload under a mapping would come to, without keeping anything.

use std::collections::BTreeMap;

use karat_engine::clean::{CleaningPlan, Memo};
use karat_engine::quality::measure::QualityCounts;
use karat_model::attribute::{AttributeId, AttributeSet, EntityType, Group};
use karat_model::check::{Check, Day};
use karat_model::claim::CleanRecord;
use karat_model::finding::FindingCode;
use karat_model::hub_model::HubModel;
use karat_model::id::RecordKey;
use karat_model::record::{Columns, SourceRecord};

use super::Proposal;
use crate::connect::Row;
use crate::error::Error;
use crate::flow::clean_files::{FileIds, clean_files};
use crate::flow::discover::Discovered;
use crate::flow::progress::Unwatched;
use crate::hub_model::{CHECKS, DiscoveredSource, Draft, FolderText, NotSaved};
use crate::validate::tables::check_plan;
use crate::validate::{Counts, JudgingFiles};
use crate::view::{Probe, ProbeValues, QuarantinedRow};

/// How many of the rows that cannot be read are shown.
const QUARANTINED_SHOWN: usize = 20;

/// How many rows are looked up among the customers that the hub has.
const SAMPLE_ROWS: usize = 200;

/// What reading an upload would come to.
#[derive(Clone, Debug)]
pub struct DryRun {
    /// What the folder of the hub would say.
    pub text: FolderText,
    /// How many rows could be read.
    pub rows: u64,
    /// Whether the file has more rows than were looked at.
    pub is_cut: bool,
    /// Why the file could not be read to its end, and what to do about it.
    pub problem: Option<(String, Option<String>)>,
    /// How many rows would be quarantined.
    pub quarantined: u64,
    /// The first of them, masked.
    pub quarantined_rows: Vec<QuarantinedRow>,
    /// Where the ids of records come from.
    pub ids: FileIds,
    /// What the records are about.
    pub entity_types: Vec<(EntityType, u64)>,
    /// What cleaning finds wrong, most frequent first.
    pub findings: Vec<DryFinding>,
    /// The checks of the hub that records fail, most fails first.
    pub failed: Vec<FailedCheck>,
    /// What is known of the customers of some rows, to look them up.
    pub sample: Vec<Probe>,
}

/// What cleaning finds wrong with values of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryFinding {
    /// What is wrong.
    pub code: FindingCode,
    /// The column; `None` for the record as a whole.
    pub column: Option<String>,
    /// How often.
    pub count: u64,
}

/// A check that records fail.
#[derive(Clone, Debug)]
pub struct FailedCheck {
    /// The check.
    pub check: Check,
    /// How many records have which verdict.
    pub counts: Counts,
}

/// Why nothing could be tried.
#[derive(Debug)]
pub enum NotTried {
    /// The folder cannot say it.
    Folder(NotSaved),
    /// The file, or the checks of the hub, cannot be read.
    Hub(Error),
}

impl From<NotSaved> for NotTried {
    fn from(refused: NotSaved) -> NotTried {
        NotTried::Folder(refused)
    }
}

impl From<Error> for NotTried {
    fn from(error: Error) -> NotTried {
        NotTried::Hub(error)
    }
}

impl DryRun {
    /// Tries a source on the rows of a proposal, under what the folder of the hub says.
    pub fn of(
        draft: &Draft,
        proposal: Proposal,
        source: DiscoveredSource,
        as_of: Day,
    ) -> Result<DryRun, NotTried> {
        let (text, model) = draft.with_source(&source)?;
        let found = Discovered { source, ..proposal.found };
        let summary = found.summary.clone();
        let quarantined_rows = found.quarantined.iter().take(QUARANTINED_SHOWN);
        let quarantined_rows = quarantined_rows.map(QuarantinedRow::masked).collect();
        let sample = sample(&model, &found);
        let failed = failed(draft, &model, &found, as_of)?;
        let columns = found.columns.clone();
        let cleaned = clean_files(&model, &mut [found], &Unwatched)?;
        let of_type = cleaned.tables.iter().map(|it| (it.entity_type, it.len() as u64));
        Ok(DryRun {
            text,
            rows: summary.rows,
            is_cut: summary.is_cut,
            problem: summary.problem.map(|problem| (problem, summary.hint)),
            quarantined: summary.quarantined,
            quarantined_rows,
            entity_types: of_type.collect(),
            findings: findings(cleaned.counts.iter().map(|(_, counts)| counts), &columns),
            ids: cleaned.ids.into_iter().next().unwrap_or_default(),
            failed,
            sample,
        })
    }
}

fn findings<'c>(
    counts: impl Iterator<Item = &'c QualityCounts>,
    columns: &Columns,
) -> Vec<DryFinding> {
    let mut totals: BTreeMap<(FindingCode, Option<u16>), u64> = BTreeMap::new();
    for (column, code, count) in counts.flat_map(QualityCounts::findings) {
        *totals.entry((code, column)).or_default() += count;
    }
    let header = |column: u16| columns.get(usize::from(column)).cloned();
    let finding = |((code, column), count): ((FindingCode, Option<u16>), u64)| DryFinding {
        code,
        column: column.and_then(header),
        count,
    };
    let mut findings: Vec<DryFinding> = totals.into_iter().map(finding).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.count));
    findings
}

/// The checks of the hub that records of a file fail.
fn failed(
    draft: &Draft,
    model: &HubModel,
    found: &Discovered,
    as_of: Day,
) -> Result<Vec<FailedCheck>, Error> {
    let plan = check_plan(model, &draft.dir().join(CHECKS)).map_err(Error::HubModel)?;
    let judging = JudgingFiles { model, plan: &plan, as_of };
    let validation = judging.validate(&mut [found.clone()], None, &Unwatched)?;
    let failing = validation.checks.into_iter().filter(|it| it.counts.fail > 0);
    let mut failed: Vec<FailedCheck> =
        failing.map(|it| FailedCheck { check: it.check, counts: it.counts }).collect();
    failed.sort_by_key(|it| std::cmp::Reverse(it.counts.fail));
    Ok(failed)
}

/// What is known of the customers of some rows, from all over what was read.
fn sample(model: &HubModel, found: &Discovered) -> Vec<Probe> {
    let Some(source) = model.source(&found.source.name) else { return Vec::new() };
    let plan = CleaningPlan::new(model, source, &found.columns);
    let rows: usize = found.batches.iter().map(Vec::len).sum();
    let step = rows.div_ceil(SAMPLE_ROWS).max(1);
    let mut memo = Memo::new();
    let probe = |row: &Row| {
        let key = RecordKey::new(source.name.clone(), &row.line.to_string());
        let payload = plan.withhold(row.payload.clone());
        let record = SourceRecord { key, observed_at: None, payload };
        probe_of(plan.standardise(&record, &mut memo))
    };
    found.batches.iter().flatten().step_by(step).map(probe).collect()
}

/// What a record says by the attributes that every hub has: one address, one name, all else.
fn probe_of(cleaned: CleanRecord) -> Probe {
    let known = AttributeSet::builtin();
    let is_known = |id: AttributeId| usize::from(id.0) < known.len();
    let mut values: Vec<(AttributeId, String)> = Vec::new();
    let mut slots: BTreeMap<Option<Group>, u8> = BTreeMap::new();
    for claim in cleaned.claims.iter().filter(|claim| is_known(claim.attribute)) {
        let attribute = known.get(claim.attribute);
        let group = attribute.group;
        let is_of_slot = group.is_none() || *slots.entry(group).or_insert(claim.slot) == claim.slot;
        let is_new = attribute.collected || values.iter().all(|(id, _)| *id != claim.attribute);
        if is_of_slot && is_new {
            values.push((claim.attribute, claim.value.to_string()));
        }
    }
    Probe { entity_type: cleaned.entity_type, values: ProbeValues::Attributes(values) }
}
