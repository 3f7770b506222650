//! The folder of a hub: finds its files, and reads them into one hub model.

use std::path::{Path, PathBuf};
use std::{fs, io};

use karat_model::hub_model::{HubModel, Source};
use karat_model::id::SourceName;
use karat_model::repair_step::{RepairStep, SourceRepairs};

use super::attributes::KnownAttributes;
use super::checks_file::{ChecksFile, Gathered, Known as KnownChecks};
use super::feedback::FeedbackEntry;
use super::folder_text::FolderText;
use super::hub_file::{HUB_FILE, HubFile};
use super::problem::{Problem, Problems, Report, Severity};
use super::repairs_file::RepairsFile;
use super::shape::Shape;
use super::source_file::SourceFile;
use super::suggest::nearest;
use super::tree::{self, Node};

/// The folder of the sources, within the hub's.
pub(super) const SOURCES: &str = "sources";

/// The folder of the repairs, within the hub's.
pub const REPAIRS: &str = "repairs";

/// The folder of the checks, within the hub's.
pub const CHECKS: &str = "checks";

/// Whether a folder holds a hub.
pub fn is_hub(dir: &Path) -> bool {
    dir.join(HUB_FILE).exists()
}

/// Reads the hub model of a folder; warnings are left to [`check`].
///
/// # Errors
///
/// All problems of the folder, when one of them is an error.
pub fn read(dir: &Path) -> Result<HubModel, Problems> {
    read_from(&Folder { dir, text: None })
}

/// Reads the hub model that the texts of a folder say, wherever that is or was.
pub fn read_text_of(dir: &Path, text: &FolderText) -> Result<HubModel, Problems> {
    read_from(&Folder { dir, text: Some(text) })
}

fn read_from(folder: &Folder) -> Result<HubModel, Problems> {
    let (model, problems) = examine(folder, false);
    let has_error = problems.iter().any(|problem| problem.severity == Severity::Error);
    model.filter(|_| !has_error).ok_or(Problems(problems))
}

/// All mistakes in the hub model of a folder: those of `hub.yaml` first, then source by source.
/// Reference files of checks are read as well.
pub fn check(dir: &Path) -> Vec<Problem> {
    examine(&Folder { dir, text: None }, true).1
}

/// A folder of a hub: as it is, or as its texts were kept.
struct Folder<'a> {
    dir: &'a Path,
    text: Option<&'a FolderText>,
}

impl Folder<'_> {
    fn is_hub(&self) -> bool {
        match self.text {
            Some(text) => text.file(Path::new(HUB_FILE)).is_some(),
            None => is_hub(self.dir),
        }
    }

    /// The names of the YAML files in a folder of the hub's, in order.
    fn files_in(&self, folder: &str) -> Vec<PathBuf> {
        match self.text {
            Some(text) => text.files_in(folder),
            None => yaml_files(&self.dir.join(folder)),
        }
    }

    /// The text of a file.
    fn read(&self, file: &Path) -> io::Result<String> {
        match self.text {
            Some(text) => text.file(file).map(str::to_string).ok_or(io::ErrorKind::NotFound.into()),
            None => fs::read_to_string(self.dir.join(file)),
        }
    }
}

/// The names of the YAML files in a folder, in order.
pub(super) fn yaml_files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|it| it == "yaml" || it == "yml");
    let mut files: Vec<PathBuf> =
        entries.map(|entry| PathBuf::from(entry.file_name())).filter(is_yaml).collect();
    files.sort();
    files
}

/// Reads all that a folder says, and with `reads_tables` the reference files that its checks name.
fn examine(folder: &Folder, reads_tables: bool) -> (Option<HubModel>, Vec<Problem>) {
    let mut report = Report::new(HUB_FILE);
    let hub = read_hub_file(folder, &mut report);
    let (model, known) = match hub.map(|hub| hub.into_model(&mut report)) {
        Some((model, known)) => (Some(model), known),
        None => (None, KnownAttributes::incomplete()),
    };
    let files = folder.files_in(SOURCES);
    if files.is_empty() && folder.is_hub() {
        report
            .warning(None, "the hub has no sources")
            .with_hint(format!("describe each source system in a file {SOURCES}/<name>.yaml"));
    }
    let mut sources: Vec<Source> = Vec::new();
    let mut problems_of_sources = Vec::new();
    let mut told: Vec<(PathBuf, FeedbackEntry)> = Vec::new();
    for file in &files {
        let path = Path::new(SOURCES).join(file);
        let mut report = Report::new(&path);
        let source = read_source_file(folder, file, &known, &sources, &mut report);
        if let Some((source, feedback)) = source {
            sources.push(source);
            told.extend(feedback.map(|feedback| (path, feedback)));
        }
        problems_of_sources.extend(report.finish());
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    let mut problems = report.finish();
    problems.extend(problems_of_sources);
    let names: Vec<SourceName> = sources.iter().map(|source| source.name.clone()).collect();
    let (repairs, problems_of_repairs) = read_repairs(folder, &sources, &files);
    problems.extend(problems_of_repairs);
    let mut model = model.map(|model| HubModel { sources, repairs: repairs.into(), ..model });
    // Without a hub model, checks are read for their mistakes alone.
    let mut nowhere = HubModel::new("");
    let checked = model.as_mut().unwrap_or(&mut nowhere);
    let tables = reads_tables.then(|| folder.dir.join(CHECKS));
    let known =
        KnownChecks { attributes: &known, sources: Some(&names), tables: tables.as_deref() };
    let problems_of_checks = read_checks(folder, &known, checked);
    let is_error = |problem: &Problem| problem.severity == Severity::Error;
    if !problems_of_checks.iter().any(is_error) {
        let names: Vec<&str> = checked.checks.iter().map(|check| check.name.as_str()).collect();
        for (path, feedback) in told {
            let mut report = Report::new(path);
            feedback.look_for_rules(&names, &mut report);
            problems.extend(report.finish());
        }
    }
    problems.extend(problems_of_checks);
    (model, problems)
}

/// Reads the repairs of a folder, and returns their problems; `files` are those of its sources.
fn read_repairs(
    folder: &Folder,
    sources: &[Source],
    files: &[PathBuf],
) -> (Vec<SourceRepairs>, Vec<Problem>) {
    let name_of =
        |file: &Path| SourceName::new(&file.file_stem().unwrap_or_default().to_string_lossy());
    let mut all: Vec<SourceRepairs> = Vec::new();
    let mut problems = Vec::new();
    for file in folder.files_in(REPAIRS) {
        let path = Path::new(REPAIRS).join(&file);
        let mut report = Report::new(&path);
        let name = name_of(&file);
        let source = sources.iter().find(|source| source.name == name);
        let read: Option<RepairsFile> =
            shape_of(folder.read(&path), &file.to_string_lossy(), &mut report);
        if source.is_none() && !files.iter().any(|file| name_of(file) == name) {
            let names = sources.iter().map(|source| source.name.as_str());
            let hint = match nearest(name.as_str(), names) {
                Some(meant) => format!("is it meant for `{meant}`? then call it {meant}.yaml"),
                None => "the name of the file is the name of the source".into(),
            };
            report.error(None, format!("there is no source `{name}`")).with_hint(hint);
        } else if all.iter().any(|repairs| repairs.source == name) {
            report
                .error(None, format!("there is another file for the source `{name}`"))
                .with_hint("keep one of the two; steps are taken in the order of one file");
        } else if let Some(read) = read {
            let steps = read.into_steps(source, &mut report);
            all.push(SourceRepairs { source: name, steps });
        }
        problems.extend(report.finish());
    }
    all.retain(|repairs| !repairs.steps.is_empty());
    all.sort_by(|a, b| a.source.cmp(&b.source));
    (all, problems)
}

/// Reads steps of a source that are not in its file, or not yet, from a text; the file is named in
/// problems.
///
/// # Errors
///
/// All problems, when one of them is an error.
pub fn read_steps(
    text: &str,
    file: &Path,
    source: Option<&Source>,
) -> Result<Vec<RepairStep>, Problems> {
    let mut report = Report::new(file);
    let read: Option<RepairsFile> = shape_of(Ok(text.to_owned()), "steps", &mut report);
    let steps = read.map(|read| read.into_steps(source, &mut report));
    let problems = report.finish();
    let has_error = problems.iter().any(|problem| problem.severity == Severity::Error);
    steps.filter(|_| !has_error).ok_or(Problems(problems))
}

/// Reads the checks of a folder into a hub model, and returns their problems.
fn read_checks(folder: &Folder, known: &KnownChecks, model: &mut HubModel) -> Vec<Problem> {
    let mut gathered = Gathered::default();
    for file in folder.files_in(CHECKS) {
        let path = Path::new(CHECKS).join(&file);
        let mut report = Report::new(&path);
        let read: Option<ChecksFile> =
            shape_of(folder.read(&path), &file.to_string_lossy(), &mut report);
        gathered.add(read, known, report);
    }
    gathered.into_model(model)
}

/// Reads checks that belong to no hub, from a file or from all files of a folder, into a hub model
/// whose attributes and sources they may name.
///
/// # Errors
///
/// All problems, when one of them is an error.
pub fn read_checks_alone(path: &Path, model: HubModel) -> Result<HubModel, Problems> {
    let is_file = path.is_file();
    let dir = if is_file { path.parent().unwrap_or(Path::new("")) } else { path };
    let files = match path.file_name() {
        Some(name) if is_file => vec![PathBuf::from(name)],
        _ => yaml_files(path),
    };
    let attributes = KnownAttributes::of(model.attributes.clone());
    let known = KnownChecks { attributes: &attributes, sources: None, tables: None };
    let mut gathered = Gathered::default();
    if files.is_empty() {
        let mut report = Report::new(path);
        report
            .error(None, "there are no checks")
            .with_hint("name a YAML file of checks, or a folder of such files");
        gathered.add(None, &known, report);
    }
    for file in files {
        let mut report = Report::new(dir.join(&file));
        let read: Option<ChecksFile> =
            read_shape(&dir.join(&file), &file.to_string_lossy(), &mut report);
        gathered.add(read, &known, report);
    }
    let mut model = model;
    let problems = gathered.into_model(&mut model);
    match problems.iter().any(|problem| problem.severity == Severity::Error) {
        true => Err(Problems(problems)),
        false => Ok(model),
    }
}

fn read_hub_file(folder: &Folder, report: &mut Report) -> Option<HubFile> {
    let dir = folder.dir;
    if !folder.is_hub() {
        report
            .error(None, format!("there is no {HUB_FILE} in {}", dir.display()))
            .with_hint(format!("`karat init FILE… --hub {}` writes one", dir.display()));
        return None;
    }
    shape_of(folder.read(Path::new(HUB_FILE)), HUB_FILE, report)
}

fn read_source_file(
    folder: &Folder,
    file: &Path,
    known: &KnownAttributes,
    earlier: &[Source],
    report: &mut Report,
) -> Option<(Source, Option<FeedbackEntry>)> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let name = SourceName::new(&stem);
    if earlier.iter().any(|source| source.name == name) {
        report
            .error(None, format!("there is another file for the source `{name}`"))
            .with_hint("keep one of the two; the name of the file is the name of the source");
        return None;
    }
    if name.as_str() != stem {
        report
            .warning(None, format!("the source is called `{name}`"))
            .with_hint(format!("rename the file to {name}.yaml, so that the two agree"));
    }
    let text = folder.read(&Path::new(SOURCES).join(file));
    let source: SourceFile = shape_of(text, &file.to_string_lossy(), report)?;
    source.look_for_files(folder.dir, report);
    Some(source.into_source(name, known, report))
}

/// Reads what a file says.
pub(super) fn read_shape<T: Shape + Default>(
    path: &Path,
    name: &str,
    report: &mut Report,
) -> Option<T> {
    shape_of(fs::read_to_string(path), name, report)
}

fn shape_of<T: Shape + Default>(
    text: io::Result<String>,
    name: &str,
    report: &mut Report,
) -> Option<T> {
    let node: Node = tree::parse(&readable(text, report)?, report)?;
    if node.is_nothing() {
        return Some(T::default());
    }
    T::read(&node, name, report)
}

fn readable(text: io::Result<String>, report: &mut Report) -> Option<String> {
    match text {
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            report.error(None, "the file is not UTF-8 text").with_hint("save it as UTF-8");
            None
        }
        Err(error) => {
            report
                .error(None, format!("the file cannot be read: {error}"))
                .with_hint("see that it is a file, and that you may read it");
            None
        }
    }
}
