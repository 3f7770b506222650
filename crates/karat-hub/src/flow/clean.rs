//! Cleans the records of all sources, in parallel, into one table per entity type.

use std::sync::Mutex;

use karat_engine::clean::repair::RepairedColumn;
use karat_engine::clean::{CleaningPlan, Memo};
use karat_engine::quality::check::CheckMemo;
use karat_engine::quality::measure::QualityCounts;
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::claim::CleanRecord;
use karat_model::finding::Finding;
use karat_model::hub_model::{HubModel, Source};
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Columns, Moment, Payload, SourceRecord};
use karat_model::table::{NewRecord, RecordTable, TableBuilder};
use karat_store::{RowNo, SourceNo, SubjectNo};
use rayon::prelude::*;

use super::keys::key_finding;
use super::quality::{Alone, Judge, Judged, Quality};

/// Cleans a source's records under its part of the hub model.
pub struct SourceCleaner {
    name: SourceName,
    /// How to clean; `None` when the hub model no longer has the source.
    plan: Option<CleaningPlan>,
}

impl SourceCleaner {
    /// A cleaner for records that come under these columns.
    pub fn new(model: &HubModel, name: &SourceName, columns: &Columns) -> SourceCleaner {
        let source = model.source(name);
        let plan = source.map(|source| CleaningPlan::new(model, source, columns));
        SourceCleaner { name: name.clone(), plan }
    }

    /// A cleaner for records of a source that the hub model need not have.
    pub fn of_source(model: &HubModel, source: &Source, columns: &Columns) -> SourceCleaner {
        let plan = Some(CleaningPlan::new(model, source, columns));
        SourceCleaner { name: source.name.clone(), plan }
    }

    /// When a record says that it changed.
    pub fn updated_at(&self, payload: &Payload) -> Option<Moment> {
        self.plan.as_ref()?.updated_at(payload)
    }

    /// The values of a record without those that may not be kept.
    pub fn withhold(&self, payload: Payload) -> Payload {
        match &self.plan {
            Some(plan) => plan.withhold(payload),
            None => payload,
        }
    }

    /// What the repair steps of the source do to a record.
    pub fn repairs(&self, record: &SourceRecord, memo: &mut Memo) -> Vec<RepairedColumn> {
        self.plan.as_ref().map(|plan| plan.repairs(record, memo)).unwrap_or_default()
    }

    /// The values of a record as they are cleaned.
    pub fn repaired(&self, record: &SourceRecord, memo: &mut Memo) -> Payload {
        match &self.plan {
            Some(plan) => plan.repaired(record, memo),
            None => record.payload.clone(),
        }
    }

    /// The repair steps that do nothing as a column is not there, by their places.
    pub fn missing_steps(&self) -> &[usize] {
        self.plan.as_ref().map_or(&[], |plan| plan.repair_plan().missing())
    }

    /// By column number, the attribute that what is found in a column is about.
    pub fn subjects(&self) -> Vec<Option<AttributeId>> {
        self.plan.as_ref().map(CleaningPlan::subjects).unwrap_or_default()
    }

    /// What a record becomes; `None` when the hub model no longer has its source.
    pub fn clean(&self, record: &SourceRecord) -> Option<CleanRecord> {
        self.clean_remembering(record, &mut Memo::none())
    }

    /// What a record becomes, which is quicker with a memo of this source.
    pub fn clean_remembering(&self, record: &SourceRecord, memo: &mut Memo) -> Option<CleanRecord> {
        let plan = self.plan.as_ref()?;
        let mut cleaned = plan.standardise(record, memo);
        let finding = key_finding(plan, record).map(|code| Finding::new(code, None));
        cleaned.findings.extend(finding);
        Some(cleaned)
    }
}

/// The records of all sources while they are being cleaned.
///
/// Records become claims on all cores, and claims are gathered on one, which takes a third of the
/// time: so the records of one turn are gathered while those of the next are cleaned.
pub struct Cleaning<'j> {
    sources: Vec<SourceCleaner>,
    judging: Option<Judging<'j>>,
    memos: Memos,
    gathering: Gathering<'j>,
    /// What was cleaned in the last turn.
    waiting: Vec<CleanedRow>,
}

/// A record with the number by which the store knows it, and what it became.
struct CleanedRow {
    row: u64,
    key: RecordKey,
    observed_at: Option<Moment>,
    /// The number of its source.
    source: usize,
    cleaned: CleanRecord,
    /// What came of judging it.
    judged: Option<Judged>,
}

/// How records are judged as soon as they are cleaned.
struct Judging<'j> {
    judge: &'j Judge,
    /// Per source its number, and what its columns are about.
    sources: Vec<(SourceNo, Vec<Option<AttributeId>>)>,
}

/// What a task remembers of values: how they were cleaned, per source, and judged.
struct Memory {
    cleaned: Vec<Memo>,
    judged: CheckMemo,
}

/// The memories of tasks: each takes one, and lays it back for the next.
#[derive(Default)]
struct Memos(Mutex<Vec<Memory>>);

impl Memos {
    fn take(&self, sources: usize) -> Memory {
        let laid_back = self.0.lock().expect("no task panics with the lock").pop();
        laid_back.unwrap_or_else(|| Memory {
            cleaned: std::iter::repeat_with(Memo::new).take(sources).collect(),
            judged: CheckMemo::new(),
        })
    }

    fn lay_back(&self, memory: Memory) {
        self.0.lock().expect("no task panics with the lock").push(memory);
    }
}

/// What was gathered so far.
struct Gathering<'j> {
    judge: Option<&'j Judge>,
    /// The attributes whose numbers are added up.
    summed: Vec<AttributeId>,
    quality: Quality,
    /// Per source.
    counts: Vec<QualityCounts>,
    /// Per entity type.
    builders: Vec<TableBuilder>,
}

/// All records, cleaned.
pub struct Cleaned {
    /// One table per entity type that has records.
    pub tables: Vec<RecordTable>,
    /// What is filled, valid and wrong, per source.
    pub counts: Vec<(SourceName, QualityCounts)>,
    /// What came of judging them, each alone; nothing if nobody judged.
    pub quality: Quality,
}

impl<'j> Cleaning<'j> {
    /// Begins with the sources and their columns; about so many records will come.
    pub fn new(model: &HubModel, sources: &[(SourceName, Columns)], records: u64) -> Cleaning<'j> {
        let names = || sources.iter().map(|(name, _)| name.clone());
        let builder = |kind| {
            let mut builder = TableBuilder::new(kind, &model.attributes, names());
            builder.expect(records as usize);
            builder
        };
        let cleaner =
            |(name, columns): &(SourceName, Columns)| SourceCleaner::new(model, name, columns);
        Cleaning {
            sources: sources.iter().map(cleaner).collect(),
            judging: None,
            memos: Memos::default(),
            gathering: Gathering {
                judge: None,
                summed: Vec::new(),
                quality: Quality::default(),
                counts: vec![QualityCounts::default(); sources.len()],
                builders: EntityType::ALL.map(builder).into(),
            },
            waiting: Vec::new(),
        }
    }

    /// Lets records be judged as well; the numbers are those of the sources, in their order.
    pub fn judged_by(mut self, judge: &'j Judge, numbers: &[SourceNo]) -> Cleaning<'j> {
        let subjects = self.sources.iter().map(SourceCleaner::subjects);
        let sources = numbers.iter().copied().zip(subjects).collect();
        self.judging = Some(Judging { judge, sources });
        self.gathering.judge = Some(judge);
        self.gathering.summed = judge.summed();
        self
    }

    /// Cleans some records, each with the number by which the store knows it.
    pub fn take(&mut self, records: Vec<(u64, SourceRecord)>) {
        let Cleaning { sources, judging, memos, gathering, waiting } = self;
        let before = std::mem::take(waiting);
        let clean = || clean(sources, judging.as_ref(), memos, records);
        let (cleaned, ()) = rayon::join(clean, || gathering.take(before));
        *waiting = cleaned;
    }

    /// Puts the tables in order.
    pub fn finish(mut self) -> Cleaned {
        self.gathering.take(self.waiting);
        let Gathering { counts, builders, quality, judge: _, summed: _ } = self.gathering;
        let filled: Vec<TableBuilder> =
            builders.into_iter().filter(|builder| !builder.is_empty()).collect();
        let names = self.sources.into_iter().map(|source| source.name);
        Cleaned {
            tables: filled.into_par_iter().map(TableBuilder::finish).collect(),
            counts: names.zip(counts).collect(),
            quality,
        }
    }
}

/// Cleans and judges records, in parallel; one whose source the hub model no longer has is left out.
fn clean(
    sources: &[SourceCleaner],
    judging: Option<&Judging>,
    memos: &Memos,
    records: Vec<(u64, SourceRecord)>,
) -> Vec<CleanedRow> {
    const RECORDS_AT_A_TIME: usize = 1024;
    let clean_one = |(row, record): (u64, SourceRecord), memory: &mut Memory| {
        let source = sources.iter().position(|source| source.name == record.key.source)?;
        let cleaned = sources[source].clean_remembering(&record, &mut memory.cleaned[source])?;
        let judged = judging.map(|judging| {
            let (number, subjects) = &judging.sources[source];
            let at = (*number, RowNo(row));
            judging.judge.record(at, &record, &cleaned, subjects, &Alone, &mut memory.judged)
        });
        let SourceRecord { key, observed_at, .. } = record;
        Some(CleanedRow { row, key, observed_at, source, cleaned, judged })
    };
    let some = records.into_par_iter().chunks(RECORDS_AT_A_TIME).map(|records| {
        let mut taken = memos.take(sources.len());
        let cleaned = records.into_iter().filter_map(|record| clean_one(record, &mut taken));
        let cleaned: Vec<CleanedRow> = cleaned.collect();
        memos.lay_back(taken);
        cleaned
    });
    some.flatten_iter().collect()
}

impl Gathering<'_> {
    fn take(&mut self, mut rows: Vec<CleanedRow>) {
        for row in &mut rows {
            if let (Some(judge), Some(judged)) = (self.judge, row.judged.take()) {
                if let (Some(source), false) = (judged.of.source, self.summed.is_empty()) {
                    self.quality.add_up(source, &self.summed, &row.cleaned);
                }
                let subject = SubjectNo::Record(RowNo(row.row));
                self.quality.take(judge, subject, Some(&row.key.source), judged);
            }
        }
        for CleanedRow { source, cleaned, .. } in &rows {
            self.counts[*source].observe(cleaned);
        }
        for (entity_type, builder) in EntityType::ALL.into_iter().zip(&mut self.builders) {
            let of_type = rows.iter().filter(|row| row.cleaned.entity_type == entity_type);
            builder.push_all(of_type.map(|row| NewRecord {
                key: &row.key,
                observed_at: row.observed_at,
                row: row.row,
                claims: &row.cleaned.claims,
                is_deceased: row.cleaned.is_deceased(),
            }));
        }
    }
}
