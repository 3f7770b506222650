//! Destinations: which file a table goes to, and in which format.

use std::path::{Path, PathBuf};

use super::{Error, Result};

/// The formats in which tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileFormat {
    /// Comma-separated values with a header (RFC 4180), UTF-8, lines end in LF.
    Csv,
    /// One JSON object per line, without the values that are missing.
    JsonLines,
    /// Apache Parquet, compressed with Zstandard.
    Parquet,
}

impl FileFormat {
    /// All formats.
    pub const ALL: [FileFormat; 3] = [FileFormat::Csv, FileFormat::JsonLines, FileFormat::Parquet];

    /// The name of the format, which is also the extension of its files.
    pub fn name(self) -> &'static str {
        match self {
            FileFormat::Csv => "csv",
            FileFormat::JsonLines => "jsonl",
            FileFormat::Parquet => "parquet",
        }
    }

    /// The format with this name or extension.
    pub fn from_name(name: &str) -> Option<FileFormat> {
        match name.to_ascii_lowercase().as_str() {
            "csv" => Some(FileFormat::Csv),
            "jsonl" | "ndjson" => Some(FileFormat::JsonLines),
            "parquet" => Some(FileFormat::Parquet),
            _ => None,
        }
    }
}

/// How a whole file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// Not at all.
    None,
    /// With gzip: `.gz`.
    Gzip,
    /// With Zstandard: `.zst`.
    Zstandard,
}

/// Where a table goes: a file or standard output, with format and compression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    path: PathBuf,
    format: FileFormat,
    compression: Compression,
}

impl Destination {
    /// The name of standard output.
    pub const STDOUT: &'static str = "-";

    /// The destination with this path, or `-` for standard output.
    ///
    /// The extension tells the format unless one is given (standard output is CSV), and `.gz` or
    /// `.zst` behind it the compression.
    pub fn new(path: &Path, format: Option<FileFormat>) -> Result<Destination> {
        let is_stdout = path == Path::new(Destination::STDOUT);
        let extension = |path: &Path| -> Option<String> {
            Some(path.extension()?.to_str()?.to_ascii_lowercase())
        };
        let compression = match extension(path).as_deref() {
            Some("gz") => Compression::Gzip,
            Some("zst") => Compression::Zstandard,
            _ => Compression::None,
        };
        let inner = match compression {
            Compression::None => path.to_path_buf(),
            Compression::Gzip | Compression::Zstandard => path.with_extension(""),
        };
        let of_name = || extension(&inner).and_then(|extension| FileFormat::from_name(&extension));
        let of_stdout = || is_stdout.then_some(FileFormat::Csv);
        let format = format
            .or_else(of_name)
            .or_else(of_stdout)
            .ok_or_else(|| Error::UnknownFormat { path: path.into() })?;
        if format == FileFormat::Parquet && compression != Compression::None {
            return Err(Error::CompressedTwice { path: path.into() });
        }
        Ok(Destination { path: path.into(), format, compression })
    }

    /// The path, `-` for standard output.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The format.
    pub fn format(&self) -> FileFormat {
        self.format
    }

    /// The compression of the whole file.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// Whether it is standard output.
    pub fn is_stdout(&self) -> bool {
        self.path == Path::new(Destination::STDOUT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, given: Option<FileFormat>, expected: &str) {
        let found = match Destination::new(Path::new(path), given) {
            Ok(found) => format!("{} {:?}", found.format.name(), found.compression),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn the_name_tells_format_and_compression() {
        check("out/golden.csv", None, "csv None");
        check("golden.JSONL", None, "jsonl None");
        check("golden.ndjson.zst", None, "jsonl Zstandard");
        check("golden.csv.gz", None, "csv Gzip");
        check("golden.parquet", None, "parquet None");
        check("-", None, "csv None");
    }

    #[test]
    fn a_given_format_outranks_the_name() {
        check("golden.txt", Some(FileFormat::Csv), "csv None");
        check("-", Some(FileFormat::Parquet), "parquet None");
        check("golden.gz", Some(FileFormat::JsonLines), "jsonl Gzip");
    }

    #[test]
    fn other_names_are_refused() {
        let hint = "from its name: use .csv, .jsonl or .parquet";
        check("golden.xlsx", None, &format!("cannot tell the format of golden.xlsx {hint}"));
        check("golden", None, &format!("cannot tell the format of golden {hint}"));
        check(
            "golden.parquet.gz",
            None,
            "golden.parquet.gz is compressed twice: a Parquet file is compressed inside",
        );
    }
}
