//! What can go wrong in the world around a hub, and what to do about it.

use std::io;
use std::path::PathBuf;

use karat_engine::matching::progress::Stopped;
use karat_engine::quality::check::ExpressionMistake;
use karat_model::id::SourceName;
use karat_store::PostgresUrl;

use thiserror::Error;

use crate::feedback::webhook::NotAccepted;
use crate::hub_model::Problems;
use crate::view::Refused;

/// Mistakes of checks, a line each.
fn told(mistakes: &[ExpressionMistake]) -> String {
    let line = |mistake: &ExpressionMistake| {
        format!("check `{}`, `{}`: {}", mistake.check, mistake.key, mistake.message)
    };
    mistakes.iter().map(line).collect::<Vec<String>>().join("\n")
}

/// Why something could not be done. Bad data is no error: it becomes findings and quarantined rows.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] karat_store::Error),
    /// A file could not be written.
    #[error(transparent)]
    Share(#[from] crate::share::Error),
    /// The operating system gives no more threads.
    #[error("a thread could not be started")]
    Thread(#[source] io::Error),
    /// The hub model says nothing of feedback to a source, or has no such source.
    #[error("the hub model says nothing of feedback to source `{source_name}`")]
    NoFeedback {
        /// The source.
        source_name: SourceName,
    },
    /// A webhook did not take what it was sent.
    #[error("source `{source_name}`: {reason}; {accepted} findings were accepted before")]
    NotAccepted {
        /// The source.
        source_name: SourceName,
        /// How many findings it took before, which stay sent.
        accepted: u64,
        /// Why.
        reason: NotAccepted,
    },
    /// What was sent could not be journaled.
    #[error("what was sent could not be written to the journal")]
    NotJournaled(#[source] Box<Refused>),
    /// There is no hub in a folder.
    #[error("there is no hub in {}", dir.display())]
    NoHub {
        /// The folder, as it was named.
        dir: PathBuf,
    },
    /// The hub model has mistakes.
    #[error("the hub model has mistakes:\n{0}")]
    HubModel(Problems),
    /// A check cannot be worked out.
    #[error("{}", told(.0))]
    Checks(Vec<ExpressionMistake>),
    /// The person stopped the work.
    #[error("stopped; what was published before still stands")]
    Stopped,
    /// More records of a source would vanish than is likely.
    #[error("source `{source_name}`: {absent} of {known} records are not in its full delivery")]
    TooManyDeletes {
        /// The source.
        source_name: SourceName,
        /// How many records would be deleted.
        absent: u64,
        /// How many there would be of before and now.
        known: u64,
    },
    /// The stored match model cannot be used.
    #[error("the stored match model is of another version of Karat, or damaged")]
    OutdatedModel,
    /// There is no release of this number, or what was kept of it is damaged.
    #[error("there is no release {no}")]
    NoRelease {
        /// The number.
        no: u32,
    },
    /// The hub model has changes that were not published, and would be lost.
    #[error("the hub model in {} has changes that were not published", dir.display())]
    UnpublishedChanges {
        /// The folder.
        dir: PathBuf,
    },
    /// The hub model is not the one of which the effect was seen.
    #[error("the hub model in {} says something else than what was seen", dir.display())]
    ChangedSinceSeen {
        /// The folder.
        dir: PathBuf,
    },
    /// The hub model names another database than the one that is served.
    #[error("the hub model in {} names another database", dir.display())]
    OtherDatabase {
        /// The folder.
        dir: PathBuf,
    },
    /// The texts of the hub model could not be written or read.
    #[error("{}: {source}", dir.display())]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// Nothing was published yet.
    #[error("nothing is published yet")]
    NothingPublished,
    /// A `match.yaml` has mistakes, or does not fit the files.
    #[error("the settings have mistakes:\n{0}")]
    MatchFile(Problems),
    /// No file has a column that was named.
    #[error("no file has a column `{column}`")]
    NoColumn {
        /// The column, as it was named.
        column: String,
        /// The columns that there are.
        columns: Vec<String>,
    },
    /// A file holds no match models.
    #[error("{}: no match model: {reason}", path.display())]
    NoMatchModel {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file holds match models of another version of Karat.
    #[error("{}: the match model has version {version}, and this Karat knows {known}", path.display())]
    OtherModelVersion {
        /// The file.
        path: PathBuf,
        /// The version of its models.
        version: u32,
        /// The version that this build knows.
        known: u32,
    },
    /// A file holds no profile that can be gone on with.
    #[error("{}: {reason}", path.display())]
    NoProfile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file cannot be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file holds no Splink model.
    #[error("{}: no Splink model: {reason}", path.display())]
    NoSplinkModel {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file has no labels.
    #[error("{}: the file has no labels", path.display())]
    NoLabels {
        /// The file.
        path: PathBuf,
    },
    /// A label is none of those that there are.
    #[error("{}: a label is neither same, different nor unsure", path.display())]
    UnknownLabel {
        /// The file.
        path: PathBuf,
    },
    /// None of the files that were named could be read.
    #[error("no file could be read: {}", problems.join("; "))]
    NothingReadable {
        /// What is wrong with each.
        problems: Vec<String>,
        /// What to do about the first.
        hint: Option<String>,
    },
    /// A file that was named is not there.
    #[error("{}: there is no such file", path.display())]
    FileNotFound {
        /// The file, as it was named.
        path: PathBuf,
    },
    /// A pattern of file names matches no file.
    #[error("{pattern}: no file matches this pattern")]
    NothingMatches {
        /// The pattern, as it was written.
        pattern: String,
    },
    /// A folder that was named for its files has none.
    #[error("{}: the folder has no files", folder.display())]
    NoFiles {
        /// The folder, as it was named.
        folder: PathBuf,
    },
    /// A pattern of file names is malformed.
    #[error("{pattern}: not a valid pattern of file names: {reason}")]
    InvalidPattern {
        /// The pattern, as it was written.
        pattern: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file is there but cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A file holds nothing but blanks.
    #[error("{}: the file is empty", path.display())]
    EmptyFile {
        /// The file.
        path: PathBuf,
    },
    /// A file has a header or a frame for records, but not one record.
    #[error("{}: the file has a header but no rows", path.display())]
    NoRows {
        /// The file.
        path: PathBuf,
    },
    /// No row of a file could be read; all were quarantined.
    #[error("{}: not one of its {rows} rows could be read", path.display())]
    NoReadableRows {
        /// The file.
        path: PathBuf,
        /// How many rows were quarantined.
        rows: u64,
    },
    /// A file is of a kind that holds no table Karat can read.
    #[error("{}: not a text table: it looks like {kind}", path.display())]
    NotATable {
        /// The file.
        path: PathBuf,
        /// What it looks like, with its article: `a PNG image`.
        kind: &'static str,
    },
    /// The files of a source have more columns than can be numbered.
    #[error("{}: more than 65,536 columns", path.display())]
    TooManyColumns {
        /// The file.
        path: PathBuf,
    },
    /// A JSON document has no array of objects where records were sought.
    #[error("{}: no array of objects found{}", path.display(), at(records))]
    NoRecords {
        /// The file.
        path: PathBuf,
        /// The path at which the hub model says the records are.
        records: Option<String>,
    },
    /// A Parquet file is compressed in a way that cannot be read.
    #[error("{}: Parquet compressed with {codec} is not supported", path.display())]
    UnsupportedCompression {
        /// The file.
        path: PathBuf,
        /// The name of the compression.
        codec: String,
    },
    /// Columns of a Parquet file have a type that cannot be read; the others were read.
    #[error("{}: the type of `{columns}` is not supported", path.display())]
    ColumnsLeftOut {
        /// The file.
        path: PathBuf,
        /// The names of the columns.
        columns: String,
    },
    /// A file breaks off or is damaged part of the way; what came before was read.
    #[error("{}: damaged after line {line}: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The last line, or the last row in a file without lines, that was read well.
        line: u64,
        /// What is wrong, without personal values.
        reason: String,
    },
    /// The format of a source names an encoding that does not exist.
    #[error("unknown encoding `{label}`")]
    UnknownEncoding {
        /// The label in the hub model.
        label: String,
    },
    /// The format of a source names a delimiter that cannot separate fields.
    #[error("`{}` cannot separate fields", delimiter.escape_default())]
    InvalidDelimiter {
        /// The character in the hub model.
        delimiter: char,
    },
}

fn at(records: &Option<String>) -> String {
    records.as_ref().map_or(String::new(), |path| format!(" at `{path}`"))
}

/// Carries an error of the hub through a visit or a transaction of the store, which knows only its
/// own errors.
#[derive(Default)]
pub(crate) struct Failure(Option<Error>);

impl Failure {
    /// Notes why something failed, and stops the store.
    pub(crate) fn note<T>(&mut self, done: Result<T, impl Into<Error>>) -> karat_store::Result<T> {
        done.map_err(|error| {
            self.0 = Some(error.into());
            karat_store::Error::Stopped
        })
    }

    /// What was noted, or else what the store says.
    pub(crate) fn or<T>(self, done: karat_store::Result<T>) -> Result<T, Error> {
        match self.0 {
            Some(error) => Err(error),
            None => Ok(done?),
        }
    }
}

impl From<Stopped> for Error {
    fn from(_: Stopped) -> Error {
        Error::Stopped
    }
}

impl Error {
    /// What to do next, if Karat knows: one sentence.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::NoFeedback { .. } => {
                "Add `feedback: { owner: … }` to the file of the source, then `karat publish`."
            }
            Error::NotAccepted { reason: NotAccepted::Untrusted(_), .. } => {
                "Add who signed its certificate to those that the machine trusts, or name a file \
                 with its certificate in the variable SSL_CERT_FILE."
            }
            Error::NotAccepted { .. } => {
                "See that the application runs and knows the secret, then send again: what was \
                 accepted is not sent twice."
            }
            Error::NotJournaled(_) => "Send again: the same findings go under the same numbers.",
            Error::Checks(_) => {
                "Correct them in the folder `checks`, then `karat check` tells more."
            }
            Error::Store(karat_store::Error::Locked { .. }) => {
                "Wait until it is done, or stop it; readers and `karat serve` may go on meanwhile."
            }
            Error::Store(karat_store::Error::Missing { .. }) => {
                "Load the hub first: `karat load --hub DIR`."
            }
            Error::Store(karat_store::Error::Unreachable { .. }) => {
                "Check that the server runs and has this database, and that `database` in hub.yaml \
                 is right."
            }
            Error::Store(karat_store::Error::SignIn { .. }) => {
                "Set `PGPASSWORD`, or write the password to `~/.pgpass`, which only you may read."
            }
            Error::Store(karat_store::Error::OtherEncoding { .. }) => {
                "Make the database with `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`."
            }
            Error::Store(karat_store::Error::NotAHub { database })
                if PostgresUrl::is_meant(database) =>
            {
                "Name an empty database, or another schema: `?options=-csearch_path%3DNAME`."
            }
            Error::Store(karat_store::Error::NotAHub { .. }) => {
                "Name the database of a hub, or a file that `karat backup` wrote."
            }
            Error::Store(karat_store::Error::NotEmpty { .. }) => {
                "Name an empty database; what is there would be lost."
            }
            Error::Store(karat_store::Error::InUse { .. }) => {
                "Stop `karat serve` and whatever else reads the hub, and try again."
            }
            Error::Store(karat_store::Error::DamagedBackup { .. }) => {
                "Take another backup; nothing was changed."
            }
            Error::Store(karat_store::Error::File { .. }) => {
                "See that the folder is there, that you may write in it, and that the disk has room."
            }
            Error::Store(karat_store::Error::Newer { .. }) => "Use the newer version of Karat.",
            Error::Share(crate::share::Error::Write { source, .. }) => match source.kind() {
                io::ErrorKind::NotFound => "Make the folder first, or name another file.",
                io::ErrorKind::PermissionDenied => "Choose a folder in which you may write.",
                io::ErrorKind::StorageFull => "Make room, or choose another disk.",
                _ => "Choose another file.",
            },
            Error::Share(crate::share::Error::UnknownFormat { .. }) => {
                "Give the file one of these endings, or say the format with `--format`."
            }
            Error::Share(crate::share::Error::CompressedTwice { .. }) => {
                "Leave the second ending out."
            }
            Error::Store(_) | Error::Share(_) | Error::Thread(_) | Error::Stopped => return None,
            Error::NoHub { dir } => {
                let dir = dir.display();
                return Some(format!(
                    "Name its folder with `--hub`; `karat init FILE… --hub {dir}` makes one there."
                ));
            }
            Error::ChangedSinceSeen { .. } => "See what it would change now, then publish it.",
            Error::OtherDatabase { .. } => {
                "Stop `karat serve`, move the hub with `karat migrate`, and serve it again."
            }
            Error::NothingReadable { hint, .. } => return hint.clone(),
            Error::HubModel(_) => "Correct these lines; `karat check` shows them again.",
            Error::MatchFile(_) => {
                "Correct these lines; `karat schema match` tells editors what can stand there."
            }
            Error::NoColumn { columns, .. } => {
                return Some(format!("The columns are {}.", columns.join(", ")));
            }
            Error::NoMatchModel { .. } => "Name a file that `karat match --model-out` has written.",
            Error::OtherModelVersion { .. } => {
                "Learn a new one: match without `--model`, and with `--model-out`."
            }
            Error::NoProfile { .. } => {
                "Name a file that `karat profile --state` has written, or a new one."
            }
            Error::Unwritable { .. } => "Choose a folder in which you may write.",
            Error::NoLabels { .. } => {
                "Name the columns of ids and labels, if they have other names than usual."
            }
            Error::UnknownLabel { .. } => {
                "Write `same`, `different` or `unsure` in the column `label`."
            }
            Error::NoSplinkModel { .. } => {
                "Name a file that Splink's `save_model_to_json` has written."
            }
            Error::TooManyDeletes { .. } => {
                "If they are really gone, load with `--allow-deletes`; if the file has only changes, \
                 say `delivery: changes` in the hub model."
            }
            Error::NoRelease { .. } => "`karat history` lists the releases there are.",
            Error::UnpublishedChanges { .. } => {
                "Publish them with `karat publish`, or give them up with `--discard`."
            }
            Error::Folder { .. } => "See that the folder is there, and that you may write in it.",
            Error::NothingPublished => "Load the hub first: `karat load --hub DIR`.",
            Error::OutdatedModel => "`karat load` learns a new one.",
            Error::FileNotFound { .. } => {
                "Check the spelling; a relative path starts at the current folder, or at the hub's \
                 folder when it stands in the hub model."
            }
            Error::NothingMatches { .. } => {
                "`*` stands for any part of a name and `**` for any folders; put the pattern in \
                 quotes so that the shell leaves it alone."
            }
            Error::NoFiles { .. } => {
                "Files whose names start with a dot, and folders within it, are left out; name what \
                 you mean."
            }
            Error::InvalidPattern { .. } => {
                "Use `*`, `**`, `?` and `[abc]`; write `[[]` for a bracket itself."
            }
            Error::Unreadable { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied => {
                    "Give the user who runs Karat permission to read the file."
                }
                _ => "Check that the file is not in use and that its disk is present.",
            },
            Error::EmptyFile { .. } => "Check whether the export that writes it has finished.",
            Error::NoRows { .. } => "Check whether the export selected any records.",
            Error::NoReadableRows { .. } => {
                "Check the delimiter and the encoding; both can be given in the format of the source."
            }
            Error::NotATable { kind, .. } => match *kind {
                "an Excel workbook" | "an old Excel workbook" | "a zip archive" => {
                    "Save the sheet as CSV (UTF-8), or unpack the archive, and name the resulting file."
                }
                _ => "Karat reads CSV, JSON, JSON lines and Parquet, plain or as .gz or .zst.",
            },
            Error::TooManyColumns { .. } => {
                "Check the delimiter; it can be given in the format of the source."
            }
            Error::NoRecords { .. } => {
                "Name the path to the array in the format of the source, such as \
                 `records: data.customers`."
            }
            Error::UnsupportedCompression { .. } => {
                "Write the file uncompressed, or with Snappy, gzip or Zstandard."
            }
            Error::ColumnsLeftOut { .. } => {
                "All other columns were read; write these as text if you need them."
            }
            Error::Damaged { .. } => {
                "What came before was read; fetch or export the file again and load it once more."
            }
            Error::UnknownEncoding { .. } => {
                "Use a label such as `utf-8`, `windows-1252` or `utf-16le`, or leave it out to have \
                 it found."
            }
            Error::InvalidDelimiter { .. } => {
                "Use one ASCII character other than a quote or a line break, or leave it out to have \
                 it found."
            }
        };
        Some(hint.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_culprit_and_hints_say_what_next() {
        let table = [
            (
                Error::FileNotFound { path: "crm.csv".into() },
                "crm.csv: there is no such file",
                "spelling",
            ),
            (
                Error::NotATable { path: "logo.png".into(), kind: "a PNG image" },
                "logo.png: not a text table: it looks like a PNG image",
                "Karat reads CSV",
            ),
            (
                Error::NotATable { path: "c.xlsx".into(), kind: "an Excel workbook" },
                "c.xlsx: not a text table: it looks like an Excel workbook",
                "Save the sheet as CSV",
            ),
            (
                Error::NoRecords { path: "c.json".into(), records: Some("data.list".into()) },
                "c.json: no array of objects found at `data.list`",
                "records:",
            ),
            (Error::InvalidDelimiter { delimiter: '\n' }, "`\\n` cannot separate fields", "ASCII"),
        ];
        for (error, message, hint) in table {
            assert_eq!(error.to_string(), message);
            assert!(error.hint().is_some_and(|text| text.contains(hint)), "{error}");
        }
    }
}
