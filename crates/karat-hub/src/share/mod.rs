//! Shares what the hub knows as files: tables in CSV, JSON lines or Parquet.
//!
//! Arrives: rows of one export, handed over one by one, so that no table is held in memory.
//! Leaves: one file with one table, or the same on standard output.
//! Promises: a file is there whole or not at all; the same rows always give the same bytes.
//! Start reading in `table.rs`; each export has a file of its own, all of one shape.
//!
//! ```text
//! crosswalk · golden · lineage · records · findings · potential_matches      the exports
//!                              │ rows
//!                        TableWriter                                         table.rs
//!               ┌──────────────┼──────────────┐
//!            csv.rs      json_lines.rs    parquet.rs                         the formats
//!               └──────────────┼──────────────┘
//!                           Output                                           output.rs
//! ```

mod error;
mod destination;
mod output;
mod table;
mod csv;
mod json_lines;
mod parquet;
pub mod moment;
pub mod crosswalk;
pub mod golden;
pub mod lineage;
pub mod records;
pub mod findings;
pub mod filed_findings;
pub mod quarantine;
pub(crate) mod pair;
pub mod potential_matches;

pub use destination::{Compression, Destination, FileFormat};
pub use error::{Error, Result};
pub use table::{Field, FieldKind, TableWriter};
