//! Judges the records of files by checks, without a hub, and lets go of them.
//!
//! Arrives: files, and a file or folder of checks.
//! Leaves: a [`Validation`]: per check how many records pass and fail, and the keys of all that fail.
//! Promises: the same checks, cleaning and verdicts as in a hub; nothing is kept, nothing is sent
//! anywhere; the same files give the same counts in any order of rows.
//! Start reading at [`validate`].

mod json;
pub mod tables;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use karat_engine::clean::{CleaningPlan, Memo};
use karat_engine::quality::check::{
    CheckMemo, CheckNo, CheckPlan, Fact, Facts, Population, Verdicts,
};
use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::check::{Check, Day, Scope, Share, Verdict};
use karat_model::claim::CleanRecord;
use karat_model::finding::Severity;
use karat_model::hub_model::{Country, HubModel};
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::SourceRecord;
use rayon::prelude::*;

use crate::error::Error;
use crate::flow::discover::{Discovered, discover};
pub use crate::flow::files::FileProblem;
use crate::flow::files::{model_of, problems};
use crate::flow::keys::{BroughtIds, Keyed, Keys};
use crate::flow::naming::give_names_of_their_own;
use crate::flow::progress::{Progress, Stage};
use crate::hub_model::{self, Problems};

/// How many records one task judges.
const RECORDS_AT_A_TIME: usize = 2_048;

/// What is to be validated.
#[derive(Clone, Debug)]
pub struct ValidateRequest<'a> {
    /// The files with records.
    pub files: &'a [PathBuf],
    /// A file of checks, or a folder of such files.
    pub checks: &'a Path,
    /// The name of the source of all files; each file is a source called after it if left out.
    pub source: Option<SourceName>,
    /// The country of addresses and phone numbers that name none.
    pub country: Country,
    /// The day as of which is judged.
    pub as_of: Day,
}

/// What came of all checks.
#[derive(Clone, Debug)]
pub struct Validation {
    /// How many records were judged.
    pub records: u64,
    /// The checks that can be made on files, in their order.
    pub checks: Vec<Validated>,
    /// How many checks are made in a hub only: of customers, deliveries and definitions.
    pub left_out: usize,
    /// The attributes that checks name.
    pub attributes: AttributeSet,
    /// The files that could not be read, or not to their end.
    pub problems: Vec<FileProblem>,
}

/// What came of one check.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The check.
    pub check: Check,
    /// How many records have which verdict.
    pub counts: Counts,
    /// All records that fail, in order of their keys.
    pub failing: Vec<Failing>,
}

/// How many have which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// As required.
    pub pass: u64,
    /// Not as required.
    pub fail: u64,
    /// Nothing to judge.
    pub not_applicable: u64,
    /// Only the world can tell.
    pub unverified: u64,
    /// The check itself failed.
    pub error: u64,
}

/// A record that fails, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failing {
    /// The record.
    pub record: RecordKey,
    /// The attributes at which it fails; none for the record as a whole.
    pub attributes: Vec<AttributeId>,
}

impl Counts {
    fn add(&mut self, verdict: Verdict) {
        *match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::NotApplicable => &mut self.not_applicable,
            Verdict::Unverified(_) => &mut self.unverified,
            Verdict::Error(_) => &mut self.error,
        } += 1;
    }

    fn merge(&mut self, other: Counts) {
        self.pass += other.pass;
        self.fail += other.fail;
        self.not_applicable += other.not_applicable;
        self.unverified += other.unverified;
        self.error += other.error;
    }

    /// The share of passes among passes and fails, rounded down; `None` where nothing was judged.
    pub fn share(&self) -> Option<Share> {
        Share::of(self.pass, self.pass + self.fail)
    }
}

impl Validated {
    /// Whether fewer pass than the check asks for.
    pub fn is_below(&self) -> bool {
        let (share, pass_min) = (self.counts.share(), self.check.pass_min);
        share.zip(pass_min).is_some_and(|(share, pass_min)| share < pass_min)
    }
}

impl Validation {
    /// Whether a check of severity `error` is below its share of passes.
    pub fn is_refused(&self) -> bool {
        self.checks.iter().any(|it| it.check.severity == Severity::Error && it.is_below())
    }
}

/// Cleans the records of files and judges them by checks.
///
/// # Errors
///
/// The mistakes in the checks; files of which none can be read.
pub fn validate(request: &ValidateRequest, progress: &dyn Progress) -> Result<Validation, Error> {
    let mut discovered = discover(request.files, request.country, progress)?;
    let problems = problems(&discovered)?;
    match &request.source {
        // Several files of one source are read as parts of it.
        Some(name) => discovered.iter_mut().for_each(|file| file.source.name = name.clone()),
        None => give_names_of_their_own(&mut discovered),
    }
    let model = model_of("validation", &discovered, request.country);
    let model = hub_model::read_checks_alone(request.checks, model).map_err(Error::HubModel)?;
    let dir = if request.checks.is_dir() { Some(request.checks) } else { request.checks.parent() };
    let plan = tables::check_plan(&model, dir.unwrap_or(Path::new(""))).map_err(Error::HubModel)?;
    let judging = JudgingFiles { model: &model, plan: &plan, as_of: request.as_of };
    let validation = judging.validate(&mut discovered, request.source.as_ref(), progress)?;
    Ok(Validation { problems, ..validation })
}

/// By what the records of files are judged.
pub(crate) struct JudgingFiles<'a> {
    /// Knows the source of each file.
    pub model: &'a HubModel,
    /// The checks.
    pub plan: &'a CheckPlan,
    /// The day as of which is judged.
    pub as_of: Day,
}

impl JudgingFiles<'_> {
    /// Cleans the records of files and judges them; afterwards the files have no rows. Records are
    /// of this source, if one is named.
    pub fn validate(
        &self,
        discovered: &mut [Discovered],
        source: Option<&SourceName>,
        progress: &dyn Progress,
    ) -> Result<Validation, Error> {
        let JudgingFiles { model, plan, as_of } = *self;
        let mut sources = Vec::new();
        for file in discovered {
            sources.extend(Rows::new(model, file, source));
        }
        let records = sources.iter().map(|rows| rows.records.len() as u64).sum();
        progress.begin(Stage::Clean, records);
        let population = population(plan, &sources);
        let mut judged = Judged::new(plan);
        let mut done = 0;
        for rows in &sources {
            if progress.is_stopped() {
                return Err(Error::Stopped);
            }
            judged.merge(judge(plan, rows, &population, as_of));
            done += rows.records.len() as u64;
            progress.reached(done);
        }
        progress.end();
        let (checks, left_out) = judged.finish(plan);
        Ok(Validation {
            records,
            checks,
            left_out,
            attributes: model.attributes.clone(),
            problems: Vec::new(),
        })
    }
}

/// The rows of one file, as records.
struct Rows {
    source: SourceName,
    cleaning: CleaningPlan,
    /// By column number, the attribute that findings on it are about.
    columns: Vec<Option<AttributeId>>,
    records: Vec<SourceRecord>,
}

impl Rows {
    /// Gives the rows of a file their keys; `None` for a file that has none.
    fn new(model: &HubModel, file: &mut Discovered, name: Option<&SourceName>) -> Option<Rows> {
        // Of several files of one source the first describes the source in the hub model.
        let source = model.source(&file.source.name)?;
        let cleaning = CleaningPlan::new(model, source, &file.columns);
        let name = name.unwrap_or(&source.name).clone();
        let rows: Vec<_> = std::mem::take(&mut file.batches).into_iter().flatten().collect();
        let mut brought = BroughtIds::default();
        rows.iter().for_each(|row| brought.see(&cleaning, &row.payload));
        let mut keys = Keys::new(brought);
        let mut keyed: Vec<Keyed> = rows
            .into_iter()
            .filter_map(|row| keys.give(&cleaning, &file.columns, row.payload))
            .collect();
        keyed.extend(keys.give_held_back(&cleaning, &file.columns));
        let record = |Keyed { id, observed_at, payload }: Keyed| SourceRecord {
            key: RecordKey::new(name.clone(), &id),
            observed_at,
            payload,
        };
        let records = keyed.into_iter().map(record).collect();
        let columns = cleaning.attributes_of_columns();
        Some(Rows { source: name, cleaning, columns, records })
    }

    /// Hands over the facts of a record.
    fn with_facts<T>(
        &self,
        record: &SourceRecord,
        cleaned: &CleanRecord,
        then: impl FnOnce(&Facts) -> T,
    ) -> T {
        let values: Vec<Fact> = cleaned.claims.iter().map(Fact::of_claim).collect();
        then(&Facts {
            entity_type: cleaned.entity_type,
            scope: Scope::Records,
            source: Some(&self.source),
            kind: None,
            observed_at: record.observed_at,
            values: &values,
            findings: &cleaned.findings,
            columns: &self.columns,
            members: &[],
            potential_match: None,
        })
    }
}

/// The keys of all records, for the checks that hang on others.
fn population(plan: &CheckPlan, sources: &[Rows]) -> Population {
    let hangs = plan
        .checks()
        .any(|(no, check)| check.on.includes(Scope::Records) && plan.hangs_on_others(no));
    let mut all = Population::default();
    for rows in sources.iter().filter(|_| hangs) {
        let parts = rows.records.par_chunks(RECORDS_AT_A_TIME).map(|records| {
            let (mut memo, mut part) = (Memo::new(), Population::default());
            for record in records {
                let cleaned = rows.cleaning.standardise(record, &mut memo);
                rows.with_facts(record, &cleaned, |facts| part.add(&plan.keys(facts)));
            }
            part
        });
        parts.collect::<Vec<Population>>().into_iter().for_each(|part| all.merge(part));
    }
    all
}

/// Verdicts, counted.
struct Judged {
    counts: Vec<Counts>,
    failing: Vec<(CheckNo, Failing)>,
}

impl Judged {
    fn new(plan: &CheckPlan) -> Judged {
        let counts = vec![Counts::default(); plan.checks().count()];
        Judged { counts, failing: Vec::new() }
    }

    fn note(&mut self, plan: &CheckPlan, facts: &Facts, record: &RecordKey, verdicts: &Verdicts) {
        for (no, verdict) in verdicts.iter() {
            // A check that is not about such a record says nothing of it.
            if plan.concerns(no, facts.scope, facts.entity_type, facts.source) {
                self.counts[usize::from(no.0)].add(verdict);
            }
            if verdict == Verdict::Fail {
                let places = verdicts.failed().iter().filter(|failed| failed.check == no);
                let mut attributes: Vec<AttributeId> =
                    places.filter_map(|failed| failed.attribute).collect();
                attributes.sort_unstable();
                attributes.dedup();
                self.failing.push((no, Failing { record: record.clone(), attributes }));
            }
        }
    }

    fn merge(&mut self, other: Judged) {
        for (counts, more) in self.counts.iter_mut().zip(other.counts) {
            counts.merge(more);
        }
        self.failing.extend(other.failing);
    }

    fn finish(mut self, plan: &CheckPlan) -> (Vec<Validated>, usize) {
        self.failing.sort_unstable();
        let mut failing = self.failing.into_iter().peekable();
        let mut validated = Vec::new();
        let mut left_out = 0;
        for ((no, check), counts) in plan.checks().zip(self.counts) {
            let mut of_check = Vec::new();
            while let Some((_, next)) = failing.next_if(|(of, _)| *of == no) {
                of_check.push(next);
            }
            if check.on.includes(Scope::Records) {
                validated.push(Validated { check: check.clone(), counts, failing: of_check });
            } else {
                left_out += 1;
            }
        }
        (validated, left_out)
    }
}

fn judge(plan: &CheckPlan, rows: &Rows, population: &Population, as_of: Day) -> Judged {
    let parts = rows.records.par_chunks(RECORDS_AT_A_TIME).map(|records| {
        let (mut memo, mut check_memo) = (Memo::new(), CheckMemo::new());
        let (mut judged, mut verdicts) = (Judged::new(plan), Verdicts::new());
        for record in records {
            let cleaned = rows.cleaning.standardise(record, &mut memo);
            rows.with_facts(record, &cleaned, |facts| {
                plan.judge(facts, population, as_of, &mut check_memo, &mut verdicts);
                judged.note(plan, facts, &record.key, &verdicts);
            });
        }
        judged
    });
    let mut all = Judged::new(plan);
    parts.collect::<Vec<Judged>>().into_iter().for_each(|part| all.merge(part));
    all
}

/// The problems of a plan, as mistakes of the checks.
pub(crate) fn problems_of_plan(
    mistakes: Vec<karat_engine::quality::check::ExpressionMistake>,
) -> Problems {
    let problem = |it: karat_engine::quality::check::ExpressionMistake| hub_model::Problem {
        file: PathBuf::from("checks"),
        line: None,
        column: None,
        message: format!("`{}`, `{}`: {}", it.check, it.key, it.message),
        hint: it.hint,
        severity: hub_model::Severity::Error,
    };
    Problems(mistakes.into_iter().map(problem).collect())
}
