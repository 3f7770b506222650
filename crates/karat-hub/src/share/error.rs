//! What can go wrong while a file is written.

use std::io;
use std::path::PathBuf;

/// A result of sharing.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The world failed: no folder, no permission, no space.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file, or `-` for standard output.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The name of the file does not tell its format.
    #[error("cannot tell the format of {path} from its name: use .csv, .jsonl or .parquet")]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The format is compressed in itself.
    #[error("{path} is compressed twice: a Parquet file is compressed inside")]
    CompressedTwice {
        /// The file.
        path: PathBuf,
    },
    /// Two columns of a table have one name.
    #[error("two columns are named {column}")]
    DuplicateColumn {
        /// The name.
        column: String,
    },
    /// A row has another number of fields than the table has columns.
    #[error("row {row} has {fields} fields for {columns} columns")]
    RowLength {
        /// The row, counted from 1.
        row: u64,
        /// How many fields it has.
        fields: usize,
        /// How many columns there are.
        columns: usize,
    },
    /// A field is of another kind than its column.
    #[error("row {row} has the wrong kind of value in column {column}")]
    WrongKind {
        /// The row, counted from 1.
        row: u64,
        /// The column.
        column: String,
    },
}
