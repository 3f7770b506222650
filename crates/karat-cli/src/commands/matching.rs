//! `karat match`: which records of files are the same customer, without a hub.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use karat_hub::connect;
use karat_hub::error::Error;
use karat_hub::flow::discover::discover;
use karat_hub::flow::files::FileProblem;
use karat_hub::flow::publish::held;
use karat_hub::hub_model::{MatchFile, MatchFileText, match_text};
use karat_hub::mask::mask;
use karat_hub::match_files::splink::SplinkModel;
use karat_hub::match_files::{
    Given, LabelCounts, MatchRequest, MatchedFile, MatchedFiles, MatchedType, Prepared,
    match_files, prepare, read_models, write_clusters, write_models, write_pairs, write_questions,
};
use karat_hub::matching_report::{MatchingReport, SharedValue};
use karat_hub::score::labels::PairLabels;
use karat_hub::share::{self, Destination};
use karat_model::hub_model::Country;
use karat_model::language::Language;
use karat_model::match_settings::PairScope;
use karat_server::report::{ReportOptions, match_html};

use super::gate_lines::gate_lines;
use super::init::country;
use super::language;
use crate::failure::{FOUND, Failure};
use crate::progress::Bars;
use crate::terminal::{Terminal, count, counted, percent, say};

/// Tell which records of files are the same customer, without a hub
#[derive(Args, Debug)]
pub struct Match {
    /// Files and patterns such as 'data/*.csv'; `-` reads standard input
    #[arg(required = true)]
    files: Vec<String>,
    /// The file of clusters: source,id,entity_id; `.csv`, `.jsonl` or `.parquet`. Without it they
    /// go to standard output, and the summary to standard error
    #[arg(long, short)]
    out: Option<PathBuf>,
    /// Write the pairs from the review threshold up to this file, with their weights
    #[arg(long)]
    pairs: Option<PathBuf>,
    /// The column of the ids of records, in all files that have it
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// The country of addresses and phone numbers that name none (ISO 3166, two letters); NL if
    /// left out
    #[arg(long, value_parser = country)]
    country: Option<Country>,
    /// Compare only records of different files
    #[arg(long, conflicts_with = "within")]
    between: bool,
    /// Compare only records of the same file
    #[arg(long)]
    within: bool,
    /// The total weight in bits from which a pair is linked, instead of one that is learnt
    #[arg(long, value_name = "BITS")]
    threshold: Option<f64>,
    /// Settings as YAML: columns, pairs, thresholds, weights, blocking rules
    #[arg(long, value_name = "FILE", conflicts_with = "splink")]
    settings: Option<PathBuf>,
    /// Take over the settings of a Splink model, as far as they go
    #[arg(long, value_name = "FILE")]
    splink: Option<PathBuf>,
    /// Write what comes of the Splink model as YAML, and match nothing
    #[arg(long, value_name = "FILE", requires = "splink")]
    settings_out: Option<PathBuf>,
    /// Use the match model of this file instead of learning one
    #[arg(long, value_name = "FILE", conflicts_with = "settings_out")]
    model: Option<PathBuf>,
    /// Write the match model to this file, as JSON
    #[arg(long, value_name = "FILE")]
    model_out: Option<PathBuf>,
    /// Learn from labelled pairs as well: left_source,left_id,right_source,right_id,label; same,
    /// different or unsure. May be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    labels: Vec<PathBuf>,
    /// Write the pairs most worth labelling to this file, with an empty column `label`; filled
    /// in, it is a file for `--labels`
    #[arg(long, value_name = "FILE", conflicts_with = "settings_out")]
    questions: Option<PathBuf>,
    /// How many pairs to write to the file of questions
    #[arg(long, value_name = "PAIRS", default_value_t = 50, requires = "questions")]
    ask: u16,
    /// Write a report with charts, as one self-contained HTML page
    #[arg(long, value_name = "FILE", conflicts_with = "settings_out")]
    report: Option<PathBuf>,
    /// The language of the report: en or nl
    #[arg(long, default_value = "en", value_parser = language, requires = "report")]
    lang: Language,
    /// Mask the values of customers in the report and the summary, as in j***
    #[arg(long)]
    mask: bool,
    /// Print the summary as JSON; clusters are then written only with `--out`
    #[arg(long)]
    json: bool,
}

impl Match {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let progress = Bars::start();
        let files = self.expand_files()?;
        let request = self.request()?;
        if let Some(path) = &self.settings_out {
            return write_settings(path, &files, &request, &progress);
        }
        // Told before the work instead of after it.
        let clusters = self.clusters_destination()?;
        let pairs = self.pairs.as_deref().map(destination).transpose()?;
        let questions = self.questions.as_deref().map(destination).transpose()?;
        let matched = match_files(&files, &request, &progress)?;
        let mut written = Vec::new();
        if let Some(pairs) = pairs {
            written.push(wrote(write_pairs(&matched, &pairs).map_err(Error::Share)?, &pairs));
        }
        if let Some(questions) = questions {
            let rows = write_questions(&matched, &questions).map_err(Error::Share)?;
            written.push(wrote(rows, &questions));
        }
        if let Some(path) = &self.model_out {
            let models: Vec<_> = matched.types.iter().map(|found| &found.mastered.model).collect();
            write_models(path, &models)?;
            written.push(format!("wrote {}", path.display()));
        }
        if let Some(path) = &self.report {
            let reports: Vec<MatchingReport> =
                matched.types.iter().filter_map(|found| found.report.clone()).collect();
            let options = ReportOptions { language: self.lang, masked: self.mask };
            std::fs::write(path, match_html(&reports, &matched.attributes, &options))
                .map_err(|error| Failure::of_path(path, error))?;
            written.push(format!("wrote {}", path.display()));
        }
        let is_stdout = clusters.as_ref().is_some_and(Destination::is_stdout);
        if let Some(clusters) = clusters {
            match write_clusters(&matched, &clusters) {
                Err(error) if has_reader_gone(&error) => {}
                rows => {
                    let rows = rows.map_err(Error::Share)?;
                    if !is_stdout {
                        written.insert(0, wrote(rows, &clusters));
                    }
                }
            }
        }
        if self.json {
            let mut json = matched.to_json(self.mask);
            json["seconds"] = progress.elapsed().as_secs_f64().into();
            for (stage, took) in progress.timings() {
                json["seconds_of"][stage] = took.as_secs_f64().into();
            }
            say!("{json:#}");
        } else {
            let terminal = if is_stdout { Terminal::stderr() } else { Terminal::stdout() };
            for line in summary(&matched, &written, self.mask, &progress, terminal) {
                if is_stdout { eprintln!("{line}") } else { say!("{line}") }
            }
        }
        let is_all_read = matched.problems.is_empty();
        Ok(if is_all_read { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
    }

    fn expand_files(&self) -> Result<Vec<PathBuf>, Failure> {
        let (names, standard_input): (Vec<String>, Vec<String>) =
            self.files.iter().cloned().partition(|name| name != "-");
        let mut files = connect::expand(Path::new(""), &names)?;
        files.extend(standard_input.iter().map(PathBuf::from));
        Ok(files)
    }

    fn request(&self) -> Result<MatchRequest, Failure> {
        let given = match (&self.settings, &self.splink) {
            (Some(path), _) => {
                let file = MatchFile::read(path).map_err(Error::MatchFile)?;
                Given::File(Box::new(file))
            }
            (None, Some(path)) => Given::Splink(SplinkModel::read(path)?),
            (None, None) => Given::Nothing,
        };
        let models = match &self.model {
            Some(path) => read_models(path)?,
            None => Vec::new(),
        };
        let mut labels = PairLabels::default();
        for path in &self.labels {
            labels.merge(PairLabels::read(path)?);
        }
        let pairs = match (self.within, self.between) {
            (true, _) => Some(PairScope::Within),
            (_, true) => Some(PairScope::Between),
            _ => None,
        };
        Ok(MatchRequest {
            country: self.country,
            id_column: self.id.clone(),
            pairs,
            link_threshold_bits: self.threshold,
            given,
            models,
            labels,
            questions: if self.questions.is_some() { self.ask.into() } else { 0 },
            wants_report: self.report.is_some(),
        })
    }

    /// Where clusters go; nowhere, when only the summary is asked for.
    fn clusters_destination(&self) -> Result<Option<Destination>, Failure> {
        match &self.out {
            Some(path) => destination(path).map(Some),
            None if self.json => Ok(None),
            None => destination(Path::new(Destination::STDOUT)).map(Some),
        }
    }
}

fn destination(path: &Path) -> Result<Destination, Failure> {
    Destination::new(path, None).map_err(|error| Failure::from(Error::Share(error)))
}

fn wrote(rows: u64, destination: &Destination) -> String {
    format!("wrote {} to {}", counted(rows, "row", "rows"), destination.path().display())
}

/// Whether whoever reads the output, such as `head`, has seen enough.
fn has_reader_gone(error: &share::Error) -> bool {
    matches!(
        error,
        share::Error::Write { path, source }
            if path.as_os_str() == Destination::STDOUT && source.kind() == ErrorKind::BrokenPipe
    )
}

/// Writes the settings that a Splink model comes to, for these files.
fn write_settings(
    path: &Path,
    files: &[PathBuf],
    request: &MatchRequest,
    progress: &Bars,
) -> Result<ExitCode, Failure> {
    let mut discovered = discover(files, request.country(), progress)?;
    let Prepared { model, id_column, remarks } = prepare(request, &mut discovered)?;
    let text = match_text(&MatchFileText {
        remarks: &remarks,
        country: model.country,
        id_column: id_column.as_deref(),
        settings: &model.matching,
        attributes: &model.attributes,
    });
    std::fs::write(path, text).map_err(|error| Failure::of_path(path, error))?;
    for remark in &remarks {
        say!("note: {remark}");
    }
    say!("wrote {}; match with it: --settings {}", path.display(), path.display());
    Ok(ExitCode::SUCCESS)
}

/// What people are told, a line each.
fn summary(
    matched: &MatchedFiles,
    written: &[String],
    masked: bool,
    progress: &Bars,
    terminal: Terminal,
) -> Vec<String> {
    let mut lines = Vec::new();
    let width = matched.files.iter().map(|file| file.file.chars().count()).max().unwrap_or(0);
    for file in &matched.files {
        file_lines(file, width, terminal, &mut lines);
    }
    for FileProblem { problem, hint, .. } in &matched.problems {
        lines.push(problem.clone());
        lines.extend(hint.iter().map(|hint| format!("  {} {hint}", terminal.bold("hint:"))));
    }
    lines.extend(matched.remarks.iter().map(|remark| format!("note: {remark}")));
    label_lines(&matched.labels, &mut lines);
    lines.push(String::new());
    for found in &matched.types {
        type_lines(found, masked, terminal, &mut lines);
    }
    lines.extend_from_slice(written);
    lines.push(terminal.dim(&progress.told()));
    lines.iter().map(|line| terminal.fitted(line)).collect()
}

fn file_lines(file: &MatchedFile, width: usize, terminal: Terminal, lines: &mut Vec<String>) {
    let ids = match &file.ids.column {
        Some(column) => format!("ids in `{column}`"),
        None => "no ids: rows go by their lines".to_string(),
    };
    let name = terminal.bold(&format!("{:<width$}", file.file));
    lines.push(format!("{name}  {:>10}  {ids}", counted(file.rows, "row", "rows")));
    let mut remark = |number: u64, one: &str, several: &str, then: &str| {
        if number > 0 {
            lines.push(format!("  {}{then}", counted(number, one, several)));
        }
    };
    remark(file.quarantined, "row", "rows", " cannot be read");
    remark(
        file.ids.without_key,
        "row has no id",
        "rows have no id",
        "; one was made of the values",
    );
    remark(file.ids.same_key, "row has", "rows have", " the id of another row; all are kept");
}

/// What became of labels, where there were any.
fn label_lines(labels: &LabelCounts, lines: &mut Vec<String>) {
    let LabelCounts { same, different, unsure, contradicted, unknown } = *labels;
    if *labels == LabelCounts::default() {
        return;
    }
    let taught = counted(same + different, "label teaches", "labels teach");
    lines.push(format!("{taught}: {} same, {} different", count(same), count(different)));
    for (number, what) in [
        (unsure, "unsure: left out"),
        (contradicted, "labelled both ways: left out"),
        (unknown, "of records that are not in the files: left out"),
    ] {
        if number > 0 {
            lines.push(format!("  {} {what}", counted(number, "pair is", "pairs are")));
        }
    }
}

fn type_lines(found: &MatchedType, masked: bool, terminal: Terminal, lines: &mut Vec<String>) {
    let records = found.mastered.table.len() as u64;
    lines.push(format!(
        "{}  {} {} {}; {} to look at ({} compared)",
        terminal.bold("✓"),
        counted(records, "record is", "records are"),
        terminal.bold(&count(found.ids.len() as u64)),
        found.mastered.table.entity_type.plural(Language::English),
        counted(found.potential_matches, "potential match", "potential matches"),
        counted(found.mastered.matched.pairs, "pair", "pairs")
    ));
    let expected = found.expected_precision().map_or(String::new(), |share| {
        format!("; {} of those with several records are expected to be right", percent(share))
    });
    lines.push(format!(
        "   linked from {} bits, told of from {}{expected}",
        found.link_threshold(),
        found.review_threshold()
    ));
    shared_lines(&found.shared_values, masked, lines);
    for [warning, _] in &found.mastered.model.training.warnings {
        lines.push(format!("   note: {warning}"));
    }
    let matched = &found.mastered.matched;
    lines.extend(gate_lines(held(matched), &matched.ladders));
}

/// The values that most customers share, and what they still weigh.
fn shared_lines(shared: &[SharedValue], masked: bool, lines: &mut Vec<String>) {
    const TOLD_MAX: usize = 3;
    if shared.is_empty() {
        return;
    }
    let one = "value is shared by more customers than usual, and so weighs less";
    let several = "values are shared by more customers than usual, and so weigh less";
    lines.push(format!("   {}:", counted(shared.len() as u64, one, several)));
    for shared in shared.iter().take(TOLD_MAX) {
        let value = if masked { mask(&shared.value) } else { shared.value.clone() };
        lines.push(format!(
            "     {} “{value}”: {} in {}; {} bits instead of {}",
            shared.label[0],
            counted(shared.customers, "customer", "customers"),
            counted(shared.records, "record", "records"),
            shared.weight,
            shared.rarest
        ));
    }
    let more = shared.len().saturating_sub(TOLD_MAX) as u64;
    if more > 0 {
        lines.push(format!("     and {} more; `--report` shows them", count(more)));
    }
}
