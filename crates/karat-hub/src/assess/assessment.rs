//! The assessment: all that Karat can tell of customer files it has never seen.

use std::time::Duration;

use karat_model::attribute::AttributeSet;
use karat_model::finding::FindingCode;
use karat_model::hub_model::FileKind;
use karat_model::id::SourceName;
use karat_model::profile::ColumnProfile;
use karat_model::record::{Moment, Quarantined};
use karat_model::semantic::SemanticType;

use crate::matching_report::{MatchingReport, ReportedCluster};

/// All that Karat can tell of customer files.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// When it was made, if the caller says so.
    pub made_at: Option<Moment>,
    /// The attributes that ids in here stand for.
    pub attributes: AttributeSet,
    /// The files, in the order they were given.
    pub files: Vec<AssessedFile>,
    /// What matching made of them, per entity type that has records.
    pub matching: Vec<MatchingReport>,
    /// Duplicates within and between the files.
    pub duplicates: DuplicateMatrix,
    /// Per number of records how many customers have that many, smallest first.
    pub cluster_sizes: Vec<(u64, u64)>,
    /// How many findings of each code there are, most frequent first.
    pub findings: Vec<(FindingCode, u64)>,
    /// What to fix first, in that order.
    pub fixes: Vec<Fix>,
    /// How long each stage took, in the order they ran: its name in English and Dutch.
    pub timings: Vec<([String; 2], Duration)>,
}

impl Assessment {
    /// All records of all files.
    pub fn records(&self) -> u64 {
        self.matching.iter().map(|matching| matching.records).sum()
    }

    /// All customers.
    pub fn entities(&self) -> u64 {
        self.matching.iter().map(|matching| matching.entities).sum()
    }

    /// All potential matches.
    pub fn potential_match_total(&self) -> u64 {
        self.matching.iter().map(|matching| matching.potential_matches).sum()
    }

    /// The customer with most records, if any has several.
    pub fn largest_cluster(&self) -> Option<&ReportedCluster> {
        let largest = self.matching.iter().filter_map(|matching| matching.largest_clusters.first());
        // The first of equally large ones, where `max_by_key` would take the last.
        largest.rev().max_by_key(|cluster| cluster.size)
    }

    /// All rows that could not be read.
    pub fn quarantined(&self) -> u64 {
        self.files.iter().map(|file| file.quarantined).sum()
    }

    /// The share of records that repeat a customer another record already holds, 0 to 1.
    pub fn duplicate_rate(&self) -> f64 {
        match self.records() {
            0 => 0.0,
            records => records.saturating_sub(self.entities()) as f64 / records as f64,
        }
    }
}

/// One file and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct AssessedFile {
    /// The file, as it was named.
    pub name: String,
    /// The source name that its records got.
    pub source: SourceName,
    /// How it is written; `None` when it could not be told.
    pub kind: Option<FileKind>,
    /// The character encoding, by its WHATWG label; `None` for Parquet.
    pub encoding: Option<String>,
    /// The character between fields, for delimited text.
    pub delimiter: Option<char>,
    /// Its size in bytes.
    pub bytes: u64,
    /// How many rows were read.
    pub rows: u64,
    /// How many rows could not be read.
    pub quarantined: u64,
    /// A few of those.
    pub quarantined_examples: Vec<Quarantined>,
    /// Its columns, in their order.
    pub columns: Vec<AssessedColumn>,
}

/// One column and what it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct AssessedColumn {
    /// What stands in it.
    pub profile: ColumnProfile,
    /// What it was recognised as.
    pub semantic_type: SemanticType,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
    /// How many values have the form of their type; `None` where every text will do.
    pub valid: Option<u64>,
    /// How many values are placeholders, such as `n.v.t.`.
    pub placeholders: u64,
    /// How many values belong in another field.
    pub misused: u64,
}

/// Duplicates within each file and between each two files, by their numbers in the assessment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DuplicateMatrix {
    /// Per file the records that repeat a customer the same file already holds.
    pub within: Vec<u64>,
    /// Customers that occur in both of two files; the first number is the smaller.
    pub between: Vec<(usize, usize, u64)>,
}

impl DuplicateMatrix {
    /// What two files share; for one file, what it repeats.
    pub fn get(&self, one: usize, other: usize) -> u64 {
        if one == other {
            return self.within.get(one).copied().unwrap_or(0);
        }
        let wanted = (one.min(other), one.max(other));
        let found = self.between.iter().find(|&&(left, right, _)| (left, right) == wanted);
        found.map_or(0, |&(_, _, customers)| customers)
    }
}

/// One thing to fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is the matter.
    pub problem: Problem,
    /// The file, by its number in the assessment; `None` when it is about all.
    pub file: Option<usize>,
    /// The header of the column, if it is about one.
    pub column: Option<String>,
    /// How many records it concerns; customers, for duplicates between files.
    pub records: u64,
}

/// What can be the matter with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Values are wrong in this way.
    Finding(FindingCode),
    /// The file holds the same customer more than once.
    DuplicatesWithin,
    /// Another file, by its number, holds the same customers under other ids.
    DuplicatesBetween(usize),
    /// A column that matters is mostly empty.
    MostlyEmpty,
    /// Rows could not be read.
    UnreadableRows,
    /// No column was recognised as the id of the record.
    NoRecordId,
    /// A column was not recognised.
    UnrecognisedColumn,
}
