//! The texts of a hub's folder, as they are kept with what was published under them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::folder::{SOURCES, source_files};
use super::hub_file::HUB_FILE;

/// The texts of `hub.yaml` and of the files of the sources, by their paths in the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderText(BTreeMap<String, String>);

impl FolderText {
    /// Reads the texts of a folder; those that are not there or cannot be read are left out.
    pub fn of(dir: &Path) -> FolderText {
        let sources = source_files(dir).into_iter().map(|file| Path::new(SOURCES).join(file));
        let files = std::iter::once(PathBuf::from(HUB_FILE)).chain(sources);
        let read = |file: PathBuf| Some((name(&file), fs::read_to_string(dir.join(&file)).ok()?));
        FolderText(files.filter_map(read).collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of a file.
    pub(super) fn file(&self, path: &Path) -> Option<&str> {
        self.0.get(&name(path)).map(String::as_str)
    }

    /// The names of the files of the sources, in order.
    pub(super) fn source_files(&self) -> Vec<PathBuf> {
        let names = self.0.keys().map(Path::new);
        let of_sources = names.filter_map(|name| name.strip_prefix(SOURCES).ok());
        of_sources.map(Path::to_path_buf).collect()
    }

    /// Makes a folder say this: writes the files that differ, and removes those of sources that are
    /// not there any more; gives the paths of the files that were touched.
    ///
    /// Each file is there whole, as it was or as it is to be, whenever this is interrupted.
    pub fn write(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let mut touched = Vec::new();
        fs::create_dir_all(dir.join(SOURCES))?;
        for (name, text) in &self.0 {
            let path = dir.join(name);
            let is_there = fs::read_to_string(&path).is_ok_and(|known| known == *text);
            if !is_there {
                let part = dir.join(format!("{name}.part"));
                fs::write(&part, text)?;
                fs::rename(&part, &path)?;
                touched.push(path);
            }
        }
        for file in source_files(dir) {
            let file = Path::new(SOURCES).join(file);
            if self.file(&file).is_none() {
                fs::remove_file(dir.join(&file))?;
                touched.push(dir.join(file));
            }
        }
        Ok(touched)
    }
}

/// A path as it is kept, the same on every platform.
fn name(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.collect::<Vec<String>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_to_say_what_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("sources")).unwrap();
        fs::write(path("hub.yaml"), "name: A\n").unwrap();
        fs::write(path("sources/crm.yaml"), "files: [crm.csv]\n").unwrap();
        fs::write(path("sources/notes.txt"), "mine").unwrap();
        let before = FolderText::of(folder.path());
        assert_eq!(before.source_files(), [PathBuf::from("crm.yaml")]);

        fs::write(path("hub.yaml"), "name: B\n").unwrap();
        fs::rename(path("sources/crm.yaml"), path("sources/erp.yaml")).unwrap();
        let after = FolderText::of(folder.path());
        assert_ne!(before, after);
        let touched = before.write(folder.path()).unwrap();
        let named = ["hub.yaml", "sources/crm.yaml", "sources/erp.yaml"].map(path);
        assert_eq!(touched, named);
        assert_eq!(FolderText::of(folder.path()), before);
        assert_eq!(fs::read_to_string(path("sources/notes.txt")).unwrap(), "mine");
        assert!(before.write(folder.path()).unwrap().is_empty());
    }
}
