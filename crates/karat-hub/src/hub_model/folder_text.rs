//! The texts of a hub's folder, as they are kept with what was published under them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::folder::{CHECKS, REPAIRS, SOURCES, yaml_files};
use super::hub_file::HUB_FILE;

/// The texts of `hub.yaml`, of the files of the sources, of their repairs and of the checks, by their
/// paths in the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderText(BTreeMap<String, String>);

impl FolderText {
    /// Reads the texts of a folder; those that are not there or cannot be read are left out.
    pub fn of(dir: &Path) -> FolderText {
        let files = std::iter::once(PathBuf::from(HUB_FILE)).chain(files_in_folders(dir));
        let read = |file: PathBuf| Some((name(&file), fs::read_to_string(dir.join(&file)).ok()?));
        FolderText(files.filter_map(read).collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The paths of the files, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Lets a file say something else; tells whether there is such a file.
    pub(super) fn replace(&mut self, name: &str, text: &str) -> bool {
        self.0.get_mut(name).map(|known| text.clone_into(known)).is_some()
    }

    /// Adds a file; tells whether there was none of this name.
    pub(super) fn add(&mut self, name: &str, text: &str) -> bool {
        let is_new = !self.0.contains_key(name);
        if is_new {
            self.0.insert(name.to_string(), text.to_string());
        }
        is_new
    }

    /// The text of a file.
    pub fn file(&self, path: &Path) -> Option<&str> {
        self.0.get(&name(path)).map(String::as_str)
    }

    /// The names of the files in a folder of the hub's, in order.
    pub(super) fn files_in(&self, folder: &str) -> Vec<PathBuf> {
        let names = self.0.keys().map(Path::new);
        let of_folder = names.filter_map(|name| name.strip_prefix(folder).ok());
        of_folder.map(Path::to_path_buf).collect()
    }

    /// Makes a folder say this: writes the files that differ, and removes those of sources, repairs
    /// and checks that are not there any more; gives the paths of the files that were touched.
    ///
    /// Each file is there whole, as it was or as it is to be, whenever this is interrupted.
    pub fn write(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let mut touched = Vec::new();
        fs::create_dir_all(dir.join(SOURCES))?;
        for folder in [REPAIRS, CHECKS] {
            if !self.files_in(folder).is_empty() {
                fs::create_dir_all(dir.join(folder))?;
            }
        }
        for (name, text) in &self.0 {
            let path = dir.join(name);
            let is_there = fs::read_to_string(&path).is_ok_and(|known| known == *text);
            if !is_there {
                write_whole(dir, name, text)?;
                touched.push(path);
            }
        }
        for file in files_in_folders(dir) {
            if self.file(&file).is_none() {
                fs::remove_file(dir.join(&file))?;
                touched.push(dir.join(file));
            }
        }
        Ok(touched)
    }

    /// Writes the files that are otherwise than they were, and touches no other.
    pub(super) fn write_changed(&self, before: &FolderText, dir: &Path) -> io::Result<()> {
        let mut changed = self.0.iter().filter(|(name, text)| before.0.get(*name) != Some(*text));
        changed.try_for_each(|(name, text)| write_whole(dir, name, text))
    }
}

/// Writes a file of a folder, which is there whole whenever this is interrupted.
fn write_whole(dir: &Path, name: &str, text: &str) -> io::Result<()> {
    let part = dir.join(format!("{name}.part"));
    fs::write(&part, text)?;
    fs::rename(&part, dir.join(name))
}

/// The paths of the files of the sources, their repairs and the checks in a hub's folder, in order.
fn files_in_folders(dir: &Path) -> impl Iterator<Item = PathBuf> {
    [SOURCES, REPAIRS, CHECKS].into_iter().flat_map(move |folder| {
        let files = yaml_files(&dir.join(folder)).into_iter();
        files.map(move |file| Path::new(folder).join(file))
    })
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
        fs::create_dir(path("checks")).unwrap();
        fs::write(path("checks/customers.yaml"), "standard: false\n").unwrap();
        fs::create_dir(path("repairs")).unwrap();
        fs::write(path("repairs/crm.yaml"), "steps: []\n").unwrap();
        let before = FolderText::of(folder.path());
        assert_eq!(before.files_in(SOURCES), [PathBuf::from("crm.yaml")]);

        fs::write(path("hub.yaml"), "name: B\n").unwrap();
        fs::rename(path("sources/crm.yaml"), path("sources/erp.yaml")).unwrap();
        fs::rename(path("checks/customers.yaml"), path("checks/others.yaml")).unwrap();
        fs::remove_dir_all(path("repairs")).unwrap();
        let after = FolderText::of(folder.path());
        assert_ne!(before, after);
        assert_eq!(after.files_in(CHECKS), [PathBuf::from("others.yaml")]);
        let touched = before.write(folder.path()).unwrap();
        let named = [
            "checks/customers.yaml",
            "hub.yaml",
            "repairs/crm.yaml",
            "sources/crm.yaml",
            "sources/erp.yaml",
            "checks/others.yaml",
        ]
        .map(path);
        assert_eq!(touched, named);
        assert_eq!(FolderText::of(folder.path()), before);
        assert_eq!(fs::read_to_string(path("sources/notes.txt")).unwrap(), "mine");
        assert!(before.write(folder.path()).unwrap().is_empty());
    }
}
