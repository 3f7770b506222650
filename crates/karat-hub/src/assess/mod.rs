//! Tells what is in customer files, without any configuration.
//!
//! Arrives: files that Karat has never seen.
//! Leaves: an [`Assessment`]: columns, quality, duplicates, and what to fix first.
//! Promises: nothing is kept, nothing is sent anywhere; the same files give the same customers in
//! any order of files and rows.
//! Start reading at [`assess`]; what it leaves is in `assessment.rs`.

pub mod assessment;
mod columns;
mod duplicates;
mod fixes;
mod json;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod truth_sets;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use karat_engine::matching::{Candidates, Matcher};
use karat_engine::quality::measure::QualityCounts;
use karat_model::decision::Standing;
use karat_model::finding::FindingCode;
use karat_model::hub_model::{Country, HubModel};
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::Moment;
use karat_model::table::RecordTable;

use crate::error::Error;
use crate::flow::clean_files::{CleanedFiles, clean_files};
use crate::flow::discover::{Discovered, discover};
pub use crate::flow::files::FileProblem;
use crate::flow::files::{model_of, problems};
use crate::flow::naming::give_names_of_their_own;
use crate::flow::progress::{MatchingOf, Progress, Stage};
use crate::matching_report::{self, MatchingReport};
use assessment::{AssessedFile, Assessment};
use duplicates::Duplicates;

/// How many of the rows that could not be read are shown, per file.
const QUARANTINED_SHOWN: usize = 5;

/// What assessing files gives.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// What is in the files.
    pub assessment: Assessment,
    /// The files that could not be read, or not to their end.
    pub problems: Vec<FileProblem>,
    /// Every record with the number of its customer; the numbers count up from 0 over all types.
    pub crosswalk: Vec<(RecordKey, u32)>,
    /// The hub model that was made of the files: a hub that starts with it gives these customers.
    pub model: HubModel,
}

/// Reads, recognises, cleans and matches files, and tells what is in them and what to fix first.
///
/// The clock gives the time since any fixed start; it serves the timings only. A file that cannot
/// be read is listed among the problems and does not stop the others; it is an error when none can
/// be read.
pub fn assess(
    files: &[PathBuf],
    country: Country,
    clock: &dyn Fn() -> Duration,
    made_at: Option<Moment>,
    progress: &dyn Progress,
) -> Result<Assessed, Error> {
    let mut stopwatch = Stopwatch::start(clock);
    let mut discovered = discover(files, country, progress)?;
    let problems = problems(&discovered)?;
    give_names_of_their_own(&mut discovered);
    let model = model_of("assessment", &discovered, country);
    stopwatch.lap("Read and recognise", "Lezen en herkennen");

    let CleanedFiles { tables, counts, .. } = clean_files(&model, &mut discovered, progress)?;
    stopwatch.lap("Clean", "Opschonen");

    let matched = match_all(&tables, &model, &discovered, progress)?;
    stopwatch.lap("Match", "Matchen");

    let counts: BTreeMap<SourceName, QualityCounts> = counts.into_iter().collect();
    let duplicates = matched.duplicates.matrix();
    let fixes = fixes::fixes(&discovered, &model, &counts, &duplicates);
    let findings = findings(counts.values());
    let assess_file = |file| assess_file(file, &model, &counts);
    let files = discovered.into_iter().map(assess_file).collect();
    stopwatch.lap("Sum up", "Samenvatten");

    let assessment = Assessment {
        made_at,
        attributes: model.attributes.clone(),
        files,
        matching: matched.matching,
        duplicates,
        cluster_sizes: matched.duplicates.sizes(),
        findings,
        fixes,
        timings: stopwatch.laps,
    };
    Ok(Assessed { assessment, problems, crosswalk: matched.crosswalk, model })
}

/// What matching made of the records of all entity types.
struct AllMatched {
    matching: Vec<MatchingReport>,
    duplicates: Duplicates,
    crosswalk: Vec<(RecordKey, u32)>,
}

fn match_all(
    tables: &[RecordTable],
    model: &HubModel,
    discovered: &[Discovered],
    progress: &dyn Progress,
) -> Result<AllMatched, Error> {
    let mut all = AllMatched {
        matching: Vec::new(),
        duplicates: Duplicates::new(discovered.len()),
        crosswalk: Vec::new(),
    };
    progress.begin(Stage::Match, tables.iter().map(|table| table.len() as u64).sum());
    let mut customers = 0;
    for table in tables {
        let before = all.crosswalk.len() as u64;
        let watch = MatchingOf { progress, before, records: table.len() as u64 };
        let mut matcher = Matcher::train(
            table,
            &model.attributes,
            &model.match_settings(),
            Candidates::All,
            &watch,
        )?;
        let matched = matcher.partition(&Standing::default())?;
        let partition = &matched.partition;
        all.matching.push(matching_report::report(&matcher, table, &matched));
        all.duplicates.add(partition, &files_of(table, discovered));
        let customer = |record| (table.key(record), customers + partition.cluster_of(record));
        all.crosswalk.extend(table.records().map(customer));
        customers += partition.len() as u32;
    }
    progress.end();
    Ok(all)
}

/// Per record of a table the number of its file.
fn files_of(table: &RecordTable, discovered: &[Discovered]) -> Vec<usize> {
    let of_source = |name: &SourceName| {
        let file = discovered.iter().position(|file| file.source.name == *name);
        file.expect("every source is a file")
    };
    let of_sources: Vec<usize> = table.sources().iter().map(of_source).collect();
    table.records().map(|record| of_sources[table.source(record) as usize]).collect()
}

fn assess_file(
    file: Discovered,
    model: &HubModel,
    counts: &BTreeMap<SourceName, QualityCounts>,
) -> AssessedFile {
    let columns = columns::assess_columns(
        file.profiles,
        &file.source.columns,
        model.source(&file.source.name),
        counts.get(&file.source.name),
    );
    let summary = file.summary;
    AssessedFile {
        name: summary.file,
        source: file.source.name,
        kind: summary.kind,
        encoding: summary.encoding.map(str::to_string),
        delimiter: summary.delimiter,
        bytes: file.path.metadata().map_or(0, |found| found.len()),
        rows: summary.rows,
        quarantined: summary.quarantined,
        quarantined_examples: file.quarantined.into_iter().take(QUARANTINED_SHOWN).collect(),
        columns,
    }
}

/// How many findings of each code there are, most frequent first.
fn findings<'c>(counts: impl Iterator<Item = &'c QualityCounts>) -> Vec<(FindingCode, u64)> {
    let mut totals: BTreeMap<FindingCode, u64> = BTreeMap::new();
    for (_, code, count) in counts.flat_map(QualityCounts::findings) {
        *totals.entry(code).or_default() += count;
    }
    let mut findings: Vec<(FindingCode, u64)> = totals.into_iter().collect();
    findings.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    findings
}

/// Takes the time of each stage.
struct Stopwatch<'c> {
    clock: &'c dyn Fn() -> Duration,
    last: Duration,
    laps: Vec<([String; 2], Duration)>,
}

impl<'c> Stopwatch<'c> {
    fn start(clock: &'c dyn Fn() -> Duration) -> Stopwatch<'c> {
        Stopwatch { clock, last: clock(), laps: Vec::new() }
    }

    /// The time since the last lap went to this stage.
    fn lap(&mut self, english: &str, dutch: &str) {
        let now = (self.clock)();
        self.laps.push(([english.into(), dutch.into()], now.saturating_sub(self.last)));
        self.last = now;
    }
}
