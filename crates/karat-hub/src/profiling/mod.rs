//! Profiles files, or a source of a hub: what stands in each column, before it is believed.
//!
//! Arrives: files, and what was seen of their sources before, if that was kept.
//! Leaves: the profile of each column, what it seems to mean, and how columns hang together.
//! Promises: what was seen before and what is seen now come to what both would give together, and
//! citizen service numbers of columns that are named for them are taken out before anything is seen.
//! Start reading at [`profile_files`]; `book.rs` keeps what was seen, `suggest.rs` suggests checks,
//! `json.rs` tells what was seen to programs.

mod book;
mod suggest;
mod json;

use std::path::{Path, PathBuf};

use karat_engine::clean::placeholder::is_missing;
use karat_engine::clean::{CleaningPlan, Context, citizen_number, recognise};
use karat_engine::quality::profile::{TableProfiler, TableState};
use karat_model::check::Day;
use karat_model::hub_model::{Country, DateOrder, Format, HubModel, Source};
use karat_model::id::SourceName;
use karat_model::profile::{ColumnProfile, Dependency, Sensitivity};
use karat_model::record::{Columns, Payload};
use karat_model::semantic::SemanticType;

pub use book::ProfileBook;
pub(crate) use suggest::validity_of_sample;
pub use suggest::{SuggestedCheck, as_yaml, suggest_checks};

use crate::connect::{self, FileSummary};
use crate::error::Error;
use crate::flow::discover::{date_order, source_name};
use crate::flow::files::FileProblem;
use crate::flow::progress::{Progress, Stage};

/// What was seen of all sources.
#[derive(Clone, Debug)]
pub struct Profiled {
    /// The sources, in the order in which they were named.
    pub sources: Vec<SourceProfile>,
    /// Columns whose values all stand in a column of another source.
    pub references: Vec<Reference>,
    /// Files that could not be read, or not to their end.
    pub problems: Vec<FileProblem>,
}

/// What was seen of one source.
#[derive(Clone, Debug)]
pub struct SourceProfile {
    /// Its name.
    pub name: SourceName,
    /// How many rows were seen, those of before included.
    pub rows: u64,
    /// How many of them were seen before.
    pub rows_before: u64,
    /// Its columns.
    pub columns: Vec<ProfiledColumn>,
    /// Which columns determine others, by their numbers.
    pub dependencies: Vec<Dependency>,
    /// How its values are read.
    pub context: Context,
}

/// A column, and what it seems to mean.
#[derive(Clone, Debug)]
pub struct ProfiledColumn {
    /// What stands in it.
    pub profile: ColumnProfile,
    /// What its values seem to mean.
    pub guess: SemanticType,
    /// How sure that is, from 0 to 1.
    pub confidence: f32,
    /// What the hub model says that they mean.
    pub told: Option<SemanticType>,
    /// The attribute that it fills, where the hub model names it, or would: not where the meaning
    /// tells.
    pub attribute: Option<String>,
    /// Why it calls for care.
    pub sensitive: Option<Sensitivity>,
}

impl ProfiledColumn {
    /// What its values mean: what the hub model says, or else the guess.
    pub fn meaning(&self) -> SemanticType {
        self.told.unwrap_or(self.guess)
    }
}

/// A column that may refer to records of another source.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// The source and the column that refer.
    pub from: (SourceName, String),
    /// The source and the column that are referred to.
    pub to: (SourceName, String),
    /// The share of the different values that are there.
    pub share: f32,
}

/// Profiles files; each is a source of its own. The book holds what was seen before, and takes what
/// is seen now.
pub fn profile_files(
    files: &[PathBuf],
    country: Country,
    book: &mut ProfileBook,
    progress: &dyn Progress,
) -> Result<Profiled, Error> {
    let mut reading = Reading::default();
    let mut profiled = Profiled::new();
    for path in files {
        let name = source_name(path);
        let source = Source { name: name.clone(), ..nameless_source() };
        let model = HubModel { country, ..HubModel::new("profile") };
        let files = std::slice::from_ref(path);
        let seen = reading.read(files, &Format::default(), &model, &source, progress)?;
        let context = Context { country, date_order: DateOrder::DayFirst };
        profiled.add(name, seen, None, context, book);
    }
    profiled.finish(reading)
}

/// Profiles the files of a source of a hub.
pub fn profile_source(
    hub: &Path,
    model: &HubModel,
    source: &Source,
    book: &mut ProfileBook,
    progress: &dyn Progress,
) -> Result<Profiled, Error> {
    let files = connect::expand(hub, &source.files)?;
    let mut reading = Reading::default();
    let seen = reading.read(&files, &source.format, model, source, progress)?;
    let country = source.country.unwrap_or(model.country);
    let context = Context { country, date_order: source.date_order };
    let mut profiled = Profiled::new();
    profiled.add(source.name.clone(), seen, Some((model, source)), context, book);
    profiled.finish(reading)
}

/// Profiles what a source of a hub delivered, and suggests checks of it, as judged on a day.
pub(crate) fn profile_delivery(
    model: &HubModel,
    source: &Source,
    seen: TableState,
    as_of: Day,
) -> (SourceProfile, Vec<SuggestedCheck>) {
    let country = source.country.unwrap_or(model.country);
    let context = Context { country, date_order: source.date_order };
    let (mut book, mut profiled) = (ProfileBook::default(), Profiled::new());
    profiled.add(source.name.clone(), seen, Some((model, source)), context, &mut book);
    let suggested = suggest_checks(&profiled, &book, as_of);
    (profiled.sources.pop().expect("a source was added"), suggested)
}

/// The columns of files that nobody described, and what they seem to mean.
pub(crate) fn undescribed_columns(
    profiles: Vec<ColumnProfile>,
    context: Context,
) -> Vec<ProfiledColumn> {
    columns(profiles, None, context)
}

/// A source of which nothing is known.
fn nameless_source() -> Source {
    use karat_model::attribute::EntityType;
    use karat_model::hub_model::{Delivery, Party};
    let discovered = crate::hub_model::DiscoveredSource {
        name: SourceName::new("source"),
        files: Vec::new(),
        format: Format::default(),
        delivery: Delivery::Full,
        party: Party::Always(EntityType::Person),
        country: None,
        date_order: DateOrder::DayFirst,
        trust: 50,
        columns: Vec::new(),
    };
    let model = crate::hub_model::in_memory("profile", &[discovered]);
    model.sources.into_iter().next().expect("a model in memory has the sources it is made of")
}

/// What was read so far, of all files.
#[derive(Default)]
struct Reading {
    has_rows: bool,
    summaries: Vec<FileSummary>,
}

impl Reading {
    fn read(
        &mut self,
        files: &[PathBuf],
        format: &Format,
        model: &HubModel,
        source: &Source,
        progress: &dyn Progress,
    ) -> Result<TableState, Error> {
        let mut profiler = TableProfiler::with_dependencies(is_missing);
        let mut columns: Columns = Columns::from([]);
        let mut plan = CleaningPlan::new(model, source, &columns);
        let mut is_started = false;
        let summary = connect::read_ahead(files, format, &mut |batch| {
            if !is_started {
                progress.begin(Stage::Read, batch.bytes_total);
                is_started = true;
            }
            progress.reached(batch.bytes_read);
            if progress.is_stopped() {
                return Err(Error::Stopped);
            }
            if columns != batch.columns {
                plan = CleaningPlan::new(model, source, &batch.columns);
                columns = batch.columns;
            }
            let payloads: Vec<Payload> =
                batch.rows.into_iter().map(|row| plan.withhold(row.payload)).collect();
            profiler.observe(&columns, &payloads.iter().collect::<Vec<_>>());
            Ok(())
        })?;
        if is_started {
            progress.end();
        }
        self.has_rows |= summary.rows() > 0;
        self.summaries.extend(summary.files);
        Ok(profiler.into_state())
    }
}

impl Profiled {
    fn new() -> Profiled {
        Profiled { sources: Vec::new(), references: Vec::new(), problems: Vec::new() }
    }

    /// Adds what was seen of a source to what was seen of it before.
    fn add(
        &mut self,
        name: SourceName,
        seen: TableState,
        told: Option<(&HubModel, &Source)>,
        context: Context,
        book: &mut ProfileBook,
    ) {
        let rows_before = book.state(&name).map_or(0, TableState::rows);
        let state = book.add(name.clone(), seen);
        let profiles = state.finish();
        let context = match told {
            Some(_) => context,
            None => Context { date_order: date_order(&profiles), ..context },
        };
        let source = SourceProfile {
            name,
            rows: state.rows(),
            rows_before,
            columns: columns(profiles, told, context),
            dependencies: state.dependencies(),
            context,
        };
        // Two files with one name are one source.
        self.sources.retain(|known| known.name != source.name);
        self.sources.push(source);
        self.references = book.references(&self.sources);
    }

    fn finish(mut self, reading: Reading) -> Result<Profiled, Error> {
        let problem = |file: FileSummary| {
            Some(FileProblem { file: file.file, problem: file.problem?, hint: file.hint })
        };
        self.problems = reading.summaries.into_iter().filter_map(problem).collect();
        if reading.has_rows {
            return Ok(self);
        }
        let hint = self.problems.iter().find_map(|problem| problem.hint.clone());
        let problems = self.problems.into_iter().map(|problem| problem.problem).collect();
        Err(Error::NothingReadable { problems, hint })
    }
}

fn columns(
    profiles: Vec<ColumnProfile>,
    told: Option<(&HubModel, &Source)>,
    context: Context,
) -> Vec<ProfiledColumn> {
    let recognised = recognise(&profiles, &context);
    let mapping = |header: &str| {
        let (model, source) = told?;
        let mapping = source.columns.iter().find(|mapping| mapping.column == header)?;
        let name = mapping.attribute.map(|id| model.attributes.get(id).name.clone());
        Some((mapping.semantic_type, name))
    };
    let column = |(number, profile): (usize, ColumnProfile)| {
        let found = recognised.iter().find(|found| found.column == number);
        let mapping = mapping(&profile.header);
        let guess = found.map_or(SemanticType::Text, |found| found.semantic_type);
        let meaning = mapping.as_ref().map_or(guess, |(semantic_type, _)| *semantic_type);
        let attribute = match &mapping {
            Some((_, attribute)) => attribute.clone(),
            None => found.and_then(|found| found.attribute.clone()),
        };
        ProfiledColumn {
            guess,
            confidence: found.map_or(0.0, |found| found.confidence),
            told: mapping.map(|(semantic_type, _)| semantic_type),
            attribute,
            sensitive: sensitivity(&profile, meaning),
            profile,
        }
    };
    profiles.into_iter().enumerate().map(column).collect()
}

/// So many values must be there to tell citizen service numbers from other numbers.
const CITIZEN_NUMBERS_MIN: usize = 20;

/// Why a column calls for care. One in eleven numbers passes the check of citizen service numbers by
/// chance, so that nearly all must.
fn sensitivity(profile: &ColumnProfile, meaning: SemanticType) -> Option<Sensitivity> {
    let is_long = |value: &&String| value.bytes().filter(u8::is_ascii_digit).count() >= 8;
    let numbers = profile.sample.iter().filter(is_long).count();
    let is_citizen_number =
        |value: &&String| is_long(value) && citizen_number::is_citizen_number(value.trim());
    let citizen_numbers = profile.sample.iter().filter(is_citizen_number).count();
    let is_told = profile.top.iter().any(|(value, _)| value == citizen_number::WITHHELD);
    let are_nearly_all = numbers >= CITIZEN_NUMBERS_MIN
        && citizen_numbers * 10 >= profile.sample.len() * 9
        && !matches!(meaning, SemanticType::Phone | SemanticType::KvkNumber);
    if is_told || are_nearly_all {
        return Some(Sensitivity::CitizenNumber);
    }
    Sensitivity::of(meaning)
}

#[cfg(test)]
mod defects;
#[cfg(test)]
mod tests;
