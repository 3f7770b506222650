//! An upload: a file in a folder of its own, with what is known of it.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use karat_model::id::SourceName;
use karat_model::record::Moment;
use serde::{Deserialize, Serialize};

use super::Mapping;

/// The file with what is known of an upload, beside the upload itself.
const ABOUT: &str = "upload.json";

/// How many hexadecimal digits an id has.
const ID_DIGITS: usize = 32;

/// The id of an upload, which nobody can guess.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UploadId(String);

impl UploadId {
    /// Reads an id; nothing else than 32 hexadecimal digits is one.
    pub fn new(text: &str) -> Option<UploadId> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_id = text.len() == ID_DIGITS && text.bytes().all(is_digit);
        is_id.then(|| UploadId(text.to_string()))
    }

    /// An id of bytes that are filled with chance.
    pub fn by_chance(chance: &dyn Fn(&mut [u8])) -> UploadId {
        let mut bytes = [0; ID_DIGITS / 2];
        chance(&mut bytes);
        UploadId(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A file that was uploaded whole and is no source yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// Its folder.
    pub(super) dir: PathBuf,
    /// What is known of it.
    pub(super) about: About,
}

/// What is known of an upload, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    /// The name of the source it is to be.
    pub name: String,
    /// The name of the file in the folder.
    pub file: String,
    /// What the file was called where it came from.
    pub sent_as: String,
    /// Who sent it.
    pub sent_by: String,
    /// When, in seconds since 1970.
    pub sent_at: i64,
    /// How large it is.
    pub bytes: u64,
    /// What was said of its columns, if anything was.
    pub mapping: Option<Mapping>,
}

impl Upload {
    /// Reads what is known of an upload; `None` of one that was not received whole.
    pub(super) fn read(dir: PathBuf, id: UploadId) -> Option<Upload> {
        let about = read_about(&dir.join(ABOUT))?;
        Some(Upload { id, dir, about })
    }

    /// Reads what is known of an upload that is not whole.
    pub(super) fn read_part(dir: PathBuf, id: UploadId) -> Option<Upload> {
        let about = read_about(&dir.join(part()))?;
        Some(Upload { id, dir, about })
    }

    /// Keeps what is known of it.
    pub(super) fn write(&self) -> io::Result<()> {
        self.write_part()?;
        fs::rename(self.dir.join(part()), self.dir.join(ABOUT))
    }

    /// Keeps what is known of it while it is not whole.
    pub(super) fn write_part(&self) -> io::Result<()> {
        let json = serde_json::to_vec(&self.about).expect("text and numbers become JSON");
        fs::write(self.dir.join(part()), json)
    }

    /// The name of the source it is to be.
    pub fn name(&self) -> SourceName {
        SourceName::new(&self.about.name)
    }

    /// Where the file is.
    pub fn path(&self) -> PathBuf {
        self.dir.join(&self.about.file)
    }

    /// The name of the file, as it is kept.
    pub fn file(&self) -> &str {
        &self.about.file
    }

    /// What the file was called where it came from.
    pub fn sent_as(&self) -> &str {
        &self.about.sent_as
    }

    /// Who sent it.
    pub fn sent_by(&self) -> &str {
        &self.about.sent_by
    }

    /// When it was sent.
    pub fn sent_at(&self) -> Moment {
        Moment(self.about.sent_at)
    }

    /// How large it is.
    pub fn bytes(&self) -> u64 {
        self.about.bytes
    }

    /// What was said of its columns, if anything was.
    pub fn mapping(&self) -> Option<&Mapping> {
        self.about.mapping.as_ref()
    }

    /// Keeps what is said of its columns.
    pub fn say(&mut self, mapping: Mapping) -> io::Result<()> {
        self.about.mapping = Some(mapping);
        self.write()
    }
}

fn read_about(path: &Path) -> Option<About> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// The name of the file with what is known of an upload, until it is whole.
fn part() -> String {
    format!("{ABOUT}.part")
}

/// The endings by which a kind of file or a compression is known.
const ENDINGS: [&str; 9] = ["csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "gz", "zst"];

/// A name for the file of a source: that of the source, and of the name it was sent with the endings
/// that tell what it is.
pub(super) fn file_name(source: &SourceName, sent_as: &str) -> String {
    let sent_as = sent_as.to_lowercase();
    let last = Path::new(&sent_as).file_name().unwrap_or_default().to_string_lossy();
    let mut parts = last.split('.').rev();
    let mut endings: Vec<&str> = parts.by_ref().take_while(|it| ENDINGS.contains(it)).collect();
    endings.truncate(2);
    endings.reverse();
    let ending: String = endings.iter().map(|ending| format!(".{ending}")).collect();
    format!("{source}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_are_an_id() {
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(UploadId::new(id).unwrap().as_str(), id);
        for other in ["", "../hub.yaml", &id[1..], &id.to_uppercase(), &format!("{id}0")] {
            assert_eq!(UploadId::new(other), None, "{other}");
        }
    }

    #[test]
    fn of_the_name_that_was_sent_only_what_tells_the_kind_is_kept() {
        let shop = SourceName::new("Web shop");
        for (sent_as, expected) in [
            ("klanten.csv", "web_shop.csv"),
            ("Klanten 2026.JSONL.GZ", "web_shop.jsonl.gz"),
            ("../../hub.yaml", "web_shop"),
            ("..\\secret.csv", "web_shop.csv"),
            ("csv", "web_shop.csv"),
            ("", "web_shop"),
            ("a.exe.csv", "web_shop.csv"),
        ] {
            assert_eq!(file_name(&shop, sent_as), expected, "{sent_as}");
        }
    }
}
