//! A file `sources/<name>.yaml`: where a source system's records are, and what its columns mean.

use std::path::Path;

use encoding_rs::Encoding;
use karat_model::hub_model::{Country, DateOrder, Delivery, FileKind, Format, Party, Source};
use karat_model::id::SourceName;
use serde_json::json;

use super::attributes::KnownAttributes;
use super::columns::{ColumnEntry, mappings};
use super::feedback::FeedbackEntry;
use super::numbers::Trust;
use super::problem::Report;
use super::shape::{
    Entries, Located, Shape, described, entries, mapping, report_unknown_key, scalar,
};
use super::suggest::nearest;
use super::tree::Node;

/// Trust in a source whose file does not tell.
const TRUST_STANDARD: u8 = 50;

mapping! {
    /// A source system: where its records are, and what its columns mean.
    SourceFile {
        /// Files and patterns such as `../data/crm*.csv`, from the hub's folder.
        files "files": Vec<Located<String>>,
        /// How the files are written; what is left out is found out.
        format "format": FormatEntry,
        /// Whether a delivery holds all records or only changed ones; `full` if left out.
        delivery "delivery": Delivery,
        /// How far the source is trusted, 0 to 100; 50 if left out.
        trust "trust": Trust,
        /// What its records are about; `by_values` if left out.
        party "party": Party,
        /// The country of its addresses and phone numbers that name none; the hub's if left out.
        country "country": Country,
        /// The order of day and month in its dates; `day_first` if left out.
        dates "dates": DateOrder,
        /// What each column means: its header, or its dotted path in JSON, and a semantic type.
        columns "columns": Entries<ColumnEntry>,
        /// How its owner hears what is wrong with its records; nobody does if left out.
        feedback "feedback": FeedbackEntry,
    }
}

mapping! {
    /// How files are written; what is left out is found out.
    FormatEntry {
        /// The kind of file.
        kind "kind": FileKind,
        /// The character between fields, or `tab`.
        delimiter "delimiter": Delimiter,
        /// The character encoding, such as `utf-8` or `windows-1252`.
        encoding "encoding": EncodingLabel,
        /// For JSON: the path to the list of records, such as `data.customers`.
        records "records": String,
    }
}

/// The word for a tab, which nobody can see.
pub(super) const TAB: &str = "tab";

/// The character between fields.
#[derive(Debug)]
pub(super) struct Delimiter(char);

impl Shape for Delimiter {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Delimiter> {
        let text = scalar(node, key, report)?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Some(Delimiter(character)),
            _ if text == TAB => Some(Delimiter('\t')),
            _ => {
                report
                    .error(node.place, format!("`{key}` must be one character, not `{text}`"))
                    .with_hint("write `\";\"`, `\",\"`, `\"|\"` or `tab`");
                None
            }
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string", "pattern": "^(.|\\t|tab)$" })
    }
}

/// The label of a character encoding.
#[derive(Debug)]
pub(super) struct EncodingLabel(String);

/// Encodings that customer files have.
const ENCODINGS: [&str; 7] =
    ["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "utf-16le", "utf-16be", "macintosh"];

impl Shape for EncodingLabel {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<EncodingLabel> {
        let label = scalar(node, key, report)?;
        let is_known = Encoding::for_label(label.as_bytes()).is_some();
        if !is_known {
            let hint = match nearest(label, ENCODINGS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "leave it out to have it found out; often it is `windows-1252`".into(),
            };
            report.error(node.place, format!("unknown encoding `{label}`")).with_hint(hint);
        }
        is_known.then(|| EncodingLabel(label.to_owned()))
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string", "examples": ENCODINGS })
    }
}

impl SourceFile {
    /// The source, in a hub that knows these attributes, and what it says of feedback: its rules are
    /// to be looked for when the checks are known.
    pub fn into_source(
        self,
        name: SourceName,
        known: &KnownAttributes,
        report: &mut Report,
    ) -> (Source, Option<FeedbackEntry>) {
        if self.columns.is_none() && !self.wrong.contains(&"columns") {
            report
                .warning(None, "no column is mapped, so nothing will match")
                .with_hint("add `columns:` with a line `header: semantic_type` for each column");
        }
        let feedback = self.feedback.as_ref();
        let feedback = feedback.and_then(|entry| entry.value.feedback(entry.place, report));
        let source = Source {
            feedback,
            files: self.file_patterns(&name, report),
            format: self.format.map_or_else(Format::default, |it| format(it.value, report)),
            delivery: self.delivery.map_or(Delivery::Full, |it| it.value),
            trust: self.trust.map_or(TRUST_STANDARD, |it| it.value.0),
            party: self.party.map_or(Party::ByValues, |it| it.value),
            country: self.country.map(|it| it.value),
            date_order: self.dates.map_or(DateOrder::DayFirst, |it| it.value),
            columns: self.columns.map_or_else(Vec::new, |it| mappings(it, known, report)),
            name,
        };
        (source, self.feedback.map(|entry| entry.value))
    }

    fn file_patterns(&self, name: &SourceName, report: &mut Report) -> Vec<String> {
        let files = self.files.iter().flat_map(|files| &files.value);
        let patterns: Vec<String> = files.map(|file| file.value.clone()).collect();
        if patterns.is_empty() && !self.wrong.contains(&"files") {
            report.error(None, "the source has no files").with_hint(format!(
                "add `files: [../data/{name}*.csv]`; paths start at the hub's folder"
            ));
        }
        patterns
    }

    /// Warns of files that are not there.
    pub fn look_for_files(&self, hub: &Path, report: &mut Report) {
        for file in self.files.iter().flat_map(|files| &files.value) {
            look_for(file, hub, report);
        }
    }
}

fn look_for(file: &Located<String>, hub: &Path, report: &mut Report) {
    if file.value == "-" {
        report
            .error(file.place, "standard input cannot be a source: each load reads it again")
            .with_hint("save what comes through the pipe to a file, and name that file");
        return;
    }
    let path = hub.join(&file.value);
    if path.is_dir() {
        report
            .warning(file.place, format!("`{}` is a folder, not a file", file.value))
            .with_hint(format!("add a pattern: `{}/*.csv`", file.value.trim_end_matches('/')));
        return;
    }
    let pattern = format!("{}/{}", glob::Pattern::escape(&hub.to_string_lossy()), file.value);
    let pattern = if Path::new(&file.value).is_absolute() { &file.value } else { &pattern };
    match glob::glob(pattern).map(|mut found| found.next().is_some()) {
        Err(error) => report
            .error(file.place, format!("`{}` is no file pattern: {}", file.value, error.msg))
            .with_hint("`*` stands for any characters, `?` for one, `[ab]` for one of these"),
        Ok(false) if !path.exists() => report
            .warning(file.place, format!("no file matches `{}`", file.value))
            .with_hint(format!("paths start at the hub's folder, so this is {}", path.display())),
        Ok(_) => {}
    }
}

fn format(entry: FormatEntry, report: &mut Report) -> Format {
    let kind = entry.kind.as_ref().map(|kind| kind.value);
    let is_json = matches!(kind, Some(FileKind::Json | FileKind::JsonLines));
    let is_delimited = kind == Some(FileKind::Csv);
    if let Some(delimiter) = entry.delimiter.as_ref().filter(|_| kind.is_some() && !is_delimited) {
        report
            .warning(delimiter.place, "`delimiter` has no meaning for this kind of file")
            .with_hint("remove it, or write `kind: csv`");
    }
    if let Some(records) = entry.records.as_ref().filter(|_| kind.is_some() && !is_json) {
        report
            .warning(records.place, "`records` has no meaning for this kind of file")
            .with_hint("remove it, or write `kind: json`");
    }
    Format {
        kind,
        delimiter: entry.delimiter.map(|delimiter| delimiter.value.0),
        encoding: entry.encoding.map(|encoding| encoding.value.0),
        records: entry.records.map(|records| records.value),
    }
}
