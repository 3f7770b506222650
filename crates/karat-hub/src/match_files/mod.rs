//! Matches files without a hub: which records are the same customer, and nothing kept.
//!
//! Arrives: files that Karat has never seen, with as much or as little said of them as one likes.
//! Leaves: clusters with entity ids, the pairs that came into question, and the models used.
//! Promises: the same files give the same clusters and the same ids, in any order of files and
//! rows; an id is the one that a hub of these files would give.
//! Start reading at [`match_files`].

mod request;
mod comparisons;
mod model_file;
mod tables;
mod labelled;
mod questions;
mod summary;
pub mod splink;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use karat_engine::matching::labels::questions::Question;
use karat_engine::matching::model::MatchModel;
use karat_engine::matching::{Candidates, Matched, Matcher};
use karat_model::attribute::AttributeSet;
use karat_model::decision::Standing;
use karat_model::evidence::Weight;
use karat_model::hub_model::{HubModel, MatchSettings};
use karat_model::id::{EntityId, SourceName};
use karat_model::table::RecordTable;

use crate::error::Error;
use crate::flow::clean_files::{CleanedFiles, FileIds, clean_files};
use crate::flow::discover::{Discovered, discover};
use crate::flow::files::{FileProblem, problems};
use crate::flow::identify::{Clusters, FormerEntities, NothingIssued, identify};
use crate::flow::master::{FormerCustomers, Known, Learning, Mastered, master};
use crate::flow::naming::give_names_of_their_own;
use crate::flow::progress::{MatchingOf, Progress, Stage};
use crate::flow::publish::one_for_two_customers;
use crate::matching_report::{self, MatchingReport, SharedValue};
pub use labelled::LabelCounts;
use labelled::{TableLabels, find_labels};
pub use model_file::{read_models, write_models};
pub use questions::write_questions;
pub use request::{Given, MatchRequest, Prepared, prepare};
pub use tables::{write_clusters, write_pairs};

/// What matching files gives.
pub struct MatchedFiles {
    /// The files that were read, in order of their names.
    pub files: Vec<MatchedFile>,
    /// The files that could not be read, or not to their end.
    pub problems: Vec<FileProblem>,
    /// What a person should know of the settings, in English.
    pub remarks: Vec<String>,
    /// What became of the labels.
    pub labels: LabelCounts,
    /// The entity types that the files have records of.
    pub types: Vec<MatchedType>,
    /// What was recognised in the files is told in terms of these.
    pub attributes: AttributeSet,
}

/// A file that was matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedFile {
    /// The file, as it was named.
    pub file: String,
    /// The name of the source that it is.
    pub source: SourceName,
    /// How many rows with values were read.
    pub rows: u64,
    /// How many rows could not be read.
    pub quarantined: u64,
    /// Where the ids of its records come from.
    pub ids: FileIds,
}

/// The records of one entity type, divided into entities.
pub struct MatchedType {
    /// What was concluded, and by which model.
    pub mastered: Mastered,
    /// Per cluster its entity id.
    pub ids: Vec<EntityId>,
    /// How many pairs of entities may be the same.
    pub potential_matches: u64,
    /// The values that many of the entities share, those of most entities first.
    pub shared_values: Vec<SharedValue>,
    /// Whether the model was learnt from these files.
    pub is_trained: bool,
    /// How they were matched, if that was asked for.
    pub report: Option<MatchingReport>,
    /// The pairs most worth asking a person about, the most valuable first.
    pub questions: Vec<Question>,
    /// The names of the comparisons, in the order of the values of questions.
    pub compared: Vec<String>,
}

/// Reads, recognises, cleans and matches files.
///
/// A file that cannot be read is listed among the problems and does not stop the others; it is an
/// error when none can be read.
pub fn match_files(
    files: &[PathBuf],
    request: &MatchRequest,
    progress: &dyn Progress,
) -> Result<MatchedFiles, Error> {
    let mut discovered = discover(files, request.country(), progress)?;
    let problems = problems(&discovered)?;
    give_names_of_their_own(&mut discovered);
    let Prepared { model, mut remarks, .. } = prepare(request, &mut discovered)?;
    remarks.extend(remark_on_models(&request.models, &model.matching));
    let CleanedFiles { tables, ids, .. } = clean_files(&model, &mut discovered, progress)?;
    let files = discovered.iter().zip(ids).filter(|(file, _)| file.summary.rows > 0);
    let files: Vec<MatchedFile> = files.map(|(file, ids)| matched_file(file, ids)).collect();
    let (labels, counts) = find_labels(&request.labels, &files, &tables);
    let types = match_tables(tables, labels, &model, request, progress)?;
    let (remarks, attributes) = (remarks, model.attributes);
    Ok(MatchedFiles { files, problems, remarks, labels: counts, types, attributes })
}

/// What is said has no effect where nothing is learnt.
fn remark_on_models(models: &[MatchModel], settings: &MatchSettings) -> Option<String> {
    let says_how_to_learn = settings.prior_bits.is_some()
        || !settings.weights.is_empty()
        || !settings.blocking.is_empty()
        || settings.phonetics.is_some();
    let is_in_vain = says_how_to_learn && !models.is_empty();
    is_in_vain.then(|| {
        "a model is used as it is: prior, weights, blocking rules and phonetics of the settings do not count"
            .to_string()
    })
}

fn matched_file(file: &Discovered, ids: FileIds) -> MatchedFile {
    MatchedFile {
        file: file.summary.file.clone(),
        source: file.source.name.clone(),
        rows: file.summary.rows,
        quarantined: file.summary.quarantined,
        ids,
    }
}

fn match_tables(
    tables: Vec<RecordTable>,
    labels: Vec<TableLabels>,
    model: &HubModel,
    request: &MatchRequest,
    progress: &dyn Progress,
) -> Result<Vec<MatchedType>, Error> {
    progress.begin(Stage::Match, tables.iter().map(|table| table.len() as u64).sum());
    let mut types = Vec::with_capacity(tables.len());
    let mut before = 0;
    for (table, labels) in tables.into_iter().zip(labels) {
        let TableLabels { labelled, unanswered } = labels;
        let watch = MatchingOf { progress, before, records: table.len() as u64 };
        before += table.len() as u64;
        let frozen =
            request.models.iter().find(|known| known.entity_type() == Some(table.entity_type));
        let frozen = frozen.map(|frozen| with_settings(frozen.clone(), &model.matching));
        let is_trained = frozen.is_none();
        let (mut report, mut shared_values) = (None, Vec::new());
        let (mut questions, mut compared) = (Vec::new(), Vec::new());
        let also = &mut |matcher: &Matcher, table: &RecordTable, matched: &Matched| {
            report = request.wants_report.then(|| matching_report::report(matcher, table, matched));
            shared_values = match &report {
                Some(report) => report.shared_values.clone(),
                None => matcher.shared_values(&matched.partition),
            };
            questions = matcher.questions(matched, &labelled, &unanswered, request.questions);
            compared = matcher.comparisons().map(|known| known.name().to_string()).collect();
        };
        let former = FormerCustomers::nobody();
        let known = Known { labels: &labelled, decided: &Standing::default(), former };
        let candidates = if request.wants_report { Candidates::All } else { Candidates::Hopeful };
        let mastered = master(
            model,
            table,
            frozen.map_or(Learning::Anew, Learning::Frozen),
            &known,
            candidates,
            &watch,
            also,
        )?;
        let potential_matches = one_for_two_customers(&mastered.matched).len() as u64;
        types.push(MatchedType {
            mastered,
            ids: Vec::new(),
            potential_matches,
            shared_values,
            is_trained,
            report,
            questions,
            compared,
        });
    }
    progress.end();
    let clusters: Vec<Clusters> = types.iter().map(|of_type| of_type.mastered.clusters()).collect();
    let identified = identify(&clusters, &FormerEntities::none(), &NothingIssued)?;
    for (of_type, identified) in types.iter_mut().zip(identified) {
        of_type.ids = identified.ids;
    }
    questions::keep_most_valuable(&mut types, request.questions);
    Ok(types)
}

/// A frozen model with the thresholds that are asked for now.
fn with_settings(mut model: MatchModel, settings: &MatchSettings) -> MatchModel {
    if let Some(bits) = settings.link_threshold_bits {
        let link = Weight::from_bits(bits);
        model.link_threshold = link.0;
        model.review_threshold = (link - Weight::from_bits(settings.review_band_bits)).0;
    }
    model
}
