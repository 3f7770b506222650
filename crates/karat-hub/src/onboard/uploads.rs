//! The uploads of a hub: a folder in the hub's, in which each upload has one of its own.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use karat_model::id::SourceName;
use karat_model::record::Moment;

use super::upload::{About, Upload, UploadId, file_name};

/// The folder of uploads, within the hub's.
const UPLOADS: &str = "uploads";

/// How large an upload may be.
pub const UPLOAD_BYTES_MAX: u64 = 500_000_000;

/// After so long an upload that became no source is removed.
const KEPT_SECONDS: i64 = 7 * 86_400;

/// What Git is told in folders of what systems deliver.
const IGNORE: &str =
    "# What systems deliver is personal data, and is no part of the hub model.\n*\n";

/// The uploads of a hub.
#[derive(Clone, Debug)]
pub struct Uploads {
    dir: PathBuf,
}

/// Why an upload was not received.
#[derive(Debug, thiserror::Error)]
pub enum NotReceived {
    /// It is larger than [`UPLOAD_BYTES_MAX`].
    #[error("the file is larger than {UPLOAD_BYTES_MAX} bytes")]
    TooLarge,
    /// It could not be written.
    #[error("the file cannot be written")]
    Io(#[from] io::Error),
}

impl Uploads {
    /// The uploads of the hub in a folder.
    pub fn of(hub: &Path) -> Uploads {
        Uploads { dir: hub.join(UPLOADS) }
    }

    /// Begins to receive a file that is to be a source of this name.
    pub fn begin(
        &self,
        id: UploadId,
        name: &SourceName,
        sent_as: &str,
        sent_by: &str,
        at: Moment,
    ) -> Result<Receiving, NotReceived> {
        make_ignored(&self.dir)?;
        let dir = self.dir_of(&id);
        fs::create_dir(&dir)?;
        let about = About {
            name: name.to_string(),
            file: file_name(name, sent_as),
            sent_as: sent_as.to_string(),
            sent_by: sent_by.to_string(),
            sent_at: at.0,
            bytes: 0,
            mapping: None,
        };
        let upload = Upload { id, dir, about };
        // From here on the folder goes when the upload does not come to its end.
        let mut receiving = Receiving { upload, file: None, is_whole: false };
        receiving.upload.write_part()?;
        receiving.file = Some(File::create_new(receiving.upload.path())?);
        Ok(receiving)
    }

    /// The upload with this id.
    pub fn find(&self, id: &UploadId) -> Option<Upload> {
        Upload::read(self.dir_of(id), id.clone())
    }

    /// All uploads, the latest first.
    pub fn all(&self) -> Vec<Upload> {
        let mut all: Vec<Upload> = self.ids().filter_map(|id| self.find(&id)).collect();
        all.sort_by_key(|upload| (std::cmp::Reverse(upload.about.sent_at), upload.id.clone()));
        all
    }

    /// Removes an upload, if it is there.
    pub fn remove(&self, id: &UploadId) -> io::Result<()> {
        match fs::remove_dir_all(self.dir_of(id)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    /// Removes what was uploaded more than a week before, also what never became whole.
    pub fn remove_old(&self, now: Moment) {
        let is_old = |id: &UploadId| {
            let known = self.find(id).or_else(|| Upload::read_part(self.dir_of(id), id.clone()));
            known.is_some_and(|upload| now.0 - upload.about.sent_at > KEPT_SECONDS)
        };
        for id in self.ids().filter(is_old) {
            // What cannot be removed now is tried again with the next upload.
            let _ = self.remove(&id);
        }
    }

    fn dir_of(&self, id: &UploadId) -> PathBuf {
        self.dir.join(id.as_str())
    }

    fn ids(&self) -> impl Iterator<Item = UploadId> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        entries.filter_map(|entry| UploadId::new(&entry.file_name().to_string_lossy()))
    }
}

/// Makes a folder of which Git keeps nothing, unless it is there.
pub(super) fn make_ignored(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let ignore = dir.join(".gitignore");
    if ignore.exists() { Ok(()) } else { fs::write(ignore, IGNORE) }
}

/// A file on its way in; what does not come to its end is removed.
#[derive(Debug)]
pub struct Receiving {
    upload: Upload,
    file: Option<File>,
    is_whole: bool,
}

impl Receiving {
    /// Takes the next bytes.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), NotReceived> {
        self.upload.about.bytes += bytes.len() as u64;
        if self.upload.about.bytes > UPLOAD_BYTES_MAX {
            return Err(NotReceived::TooLarge);
        }
        match &mut self.file {
            Some(file) => Ok(file.write_all(bytes)?),
            None => Ok(()),
        }
    }

    /// Has all of it.
    pub fn finish(mut self) -> Result<Upload, NotReceived> {
        if let Some(file) = self.file.take() {
            file.sync_all()?;
        }
        self.upload.write()?;
        self.is_whole = true;
        Ok(self.upload.clone())
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        if !self.is_whole {
            // What stays is removed when it is old.
            let _ = fs::remove_dir_all(&self.upload.dir);
        }
    }
}
