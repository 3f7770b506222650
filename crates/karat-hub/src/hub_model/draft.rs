//! The draft: what the folder of a hub says, to be edited from elsewhere than an editor.

use std::path::{Path, PathBuf};
use std::{fs, io};

use karat_model::hub_model::HubModel;
use karat_model::id::{ModelId, SourceName};

use super::discovered::DiscoveredSource;
use super::folder::{SOURCES, read_text_of};
use super::folder_text::FolderText;
use super::new_source::with_source;
use super::problem::Problems;
use super::settings_edit::SettingsError;

/// The folder of a hub, whose files are read and written whole.
#[derive(Clone, Debug)]
pub struct Draft {
    dir: PathBuf,
}

/// Why nothing was saved.
#[derive(Debug)]
pub enum NotSaved {
    /// There is no such file of the hub model.
    NoFile,
    /// The folder says something else than when it was read.
    Changed,
    /// There is a source of this name, or a file for one.
    Taken(SourceName),
    /// A file says something in a way that only a person can change.
    ByHand {
        /// The file, from the hub's folder.
        file: String,
        /// The key.
        key: String,
    },
    /// With this text the hub model could not be read.
    Problems(Problems),
    /// The folder could not be written.
    Folder(io::Error),
}

impl Draft {
    /// The draft in the folder of a hub.
    pub fn new(dir: &Path) -> Draft {
        Draft { dir: dir.into() }
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What the folder says now.
    pub fn text(&self) -> FolderText {
        FolderText::of(&self.dir)
    }

    /// What a text of the folder means.
    pub fn read(&self, text: &FolderText) -> Result<HubModel, Problems> {
        read_text_of(&self.dir, text)
    }

    /// Saves files, if the folder still says what it said under a digest and the whole of it can be
    /// read; no other files than those there are.
    pub fn save(&self, files: &[(String, String)], digest: &str) -> Result<(), NotSaved> {
        let before = self.text();
        if digest_of(&before) != digest {
            return Err(NotSaved::Changed);
        }
        let mut after = before.clone();
        for (name, text) in files {
            if !after.replace(name, text) {
                return Err(NotSaved::NoFile);
            }
        }
        self.read(&after).map_err(NotSaved::Problems)?;
        after.write_changed(&before, &self.dir).map_err(NotSaved::Folder)
    }

    /// The names of the sources that the folder has a file for.
    pub fn sources(&self) -> Vec<SourceName> {
        let files = self.text().files_in(SOURCES).into_iter();
        let stem = |file: PathBuf| file.file_stem().map(|it| it.to_string_lossy().into_owned());
        files.filter_map(stem).map(|name| SourceName::new(&name)).collect()
    }

    /// What the folder would say with a source that it does not have, and what that means; nothing
    /// is written.
    pub fn with_source(
        &self,
        found: &DiscoveredSource,
    ) -> Result<(FolderText, HubModel), NotSaved> {
        with_source(&self.dir, &self.text(), found)
    }

    /// Adds a source, if the folder still says what it said under a digest and the whole of it can
    /// be read with the source; overwrites no file for a source.
    pub fn add_source(&self, found: &DiscoveredSource, digest: &str) -> Result<(), NotSaved> {
        let before = self.text();
        if digest_of(&before) != digest {
            return Err(NotSaved::Changed);
        }
        let (after, _) = with_source(&self.dir, &before, found)?;
        fs::create_dir_all(self.dir.join(SOURCES)).map_err(NotSaved::Folder)?;
        after.write_changed(&before, &self.dir).map_err(NotSaved::Folder)
    }

    /// Gives the folder back what it said when something was published.
    pub fn discard(&self, published: &FolderText) -> Result<(), NotSaved> {
        self.read(published).map_err(NotSaved::Problems)?;
        published.write(&self.dir).map(drop).map_err(NotSaved::Folder)
    }
}

impl From<SettingsError> for NotSaved {
    fn from(error: SettingsError) -> NotSaved {
        match error {
            SettingsError::Problems(problems) => NotSaved::Problems(problems),
            SettingsError::ByHand { file, key } => NotSaved::ByHand { file, key },
        }
    }
}

/// Tells whether two texts are the same.
pub fn digest_of(text: &FolderText) -> String {
    let json = serde_json::to_vec(text).expect("it has only text");
    ModelId::of(&json).to_string()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct World(tempfile::TempDir);

    impl World {
        fn new() -> World {
            let world = World(tempfile::tempdir().unwrap());
            fs::create_dir(world.0.path().join("sources")).unwrap();
            fs::write(world.0.path().join("hub.yaml"), "name: Shop\n").unwrap();
            fs::write(world.0.path().join("sources/crm.yaml"), "files: [crm.csv]\n").unwrap();
            fs::write(world.0.path().join("sources/old.yaml"), b"# caf\xe9\n").unwrap();
            fs::write(world.0.path().join("notes.txt"), "mine").unwrap();
            world
        }

        fn draft(&self) -> Draft {
            Draft::new(self.0.path())
        }

        fn save(&self, name: &str, text: &str) -> Result<(), NotSaved> {
            let digest = digest_of(&self.draft().text());
            self.draft().save(&[(name.into(), text.into())], &digest)
        }

        fn file(&self, name: &str) -> Vec<u8> {
            fs::read(self.0.path().join(name)).unwrap()
        }
    }

    #[test]
    fn a_file_is_saved_and_the_others_stay() {
        let world = World::new();
        let old = world.file("sources/old.yaml");
        world.save("hub.yaml", "name: Store\n").unwrap();
        assert_eq!(world.file("hub.yaml"), b"name: Store\n");
        assert_eq!(world.file("sources/old.yaml"), old, "what is no text is left alone");
        assert!(!world.0.path().join("hub.yaml.part").exists());
    }

    #[test]
    fn what_cannot_be_read_is_not_saved() {
        let world = World::new();
        let refused = world.save("hub.yaml", "name: Shop\nmatching: { link_treshold: 12 }\n");
        let Err(NotSaved::Problems(Problems(problems))) = refused else { panic!("{refused:?}") };
        assert_eq!(problems[0].line, Some(2));
        assert_eq!(world.file("hub.yaml"), b"name: Shop\n");
    }

    #[test]
    fn no_other_file_is_written_than_those_of_the_hub_model() {
        let world = World::new();
        for name in ["notes.txt", "../hub.yaml", "sources/../notes.txt", "/etc/hosts", "new.yaml"] {
            let refused = world.save(name, "x: 1\n");
            assert!(matches!(refused, Err(NotSaved::NoFile)), "{name}: {refused:?}");
        }
        assert_eq!(world.file("notes.txt"), b"mine");
    }

    #[test]
    fn what_somebody_else_wrote_meanwhile_is_not_lost() {
        let world = World::new();
        let digest = digest_of(&world.draft().text());
        fs::write(world.0.path().join("hub.yaml"), "name: Theirs\n").unwrap();
        let mine = [("hub.yaml".to_string(), "name: Mine\n".to_string())];
        assert!(matches!(world.draft().save(&mine, &digest), Err(NotSaved::Changed)));
        assert_eq!(world.file("hub.yaml"), b"name: Theirs\n");
    }

    #[test]
    fn what_was_published_can_be_had_back() {
        let world = World::new();
        fs::remove_file(world.0.path().join("sources/old.yaml")).unwrap();
        let published = world.draft().text();
        world.save("hub.yaml", "name: Store\n").unwrap();
        world.draft().discard(&published).unwrap();
        assert_eq!(world.draft().text(), published);
    }
}
