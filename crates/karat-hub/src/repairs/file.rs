//! The file of a source with steps added or taken out: written at once, and put back if need be.

use std::path::{Path, PathBuf};
use std::{fs, io};

use karat_model::hub_model::Source;
use karat_model::repair_step::RepairStep;

use crate::hub_model::{EditError, REPAIRS, read_steps, with_steps, without_step};

/// A file that was edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedFile {
    path: PathBuf,
    /// What it said before; `None` where there was no file.
    before: Option<String>,
    /// What it says now; `None` where there is none any more.
    after: Option<String>,
    /// How many steps it has more or less.
    pub steps: usize,
}

/// Adds steps to the file of a source, in memory.
///
/// # Errors
///
/// When the file has mistakes or would have them.
pub fn add(dir: &Path, source: &Source, steps: &[RepairStep]) -> Result<EditedFile, EditError> {
    let (path, name) = file_of(dir, source.name.as_str());
    let before = fs::read_to_string(&path).ok();
    let (after, steps) = with_steps(before.as_deref(), steps, &name, source)?;
    Ok(EditedFile { path, before, after: Some(after), steps })
}

/// Takes a step out of the file of a source, in memory.
///
/// # Errors
///
/// When the file has mistakes, or no such step.
pub fn take_out(dir: &Path, source: &str, id: &str) -> Result<EditedFile, EditError> {
    let (path, name) = file_of(dir, source);
    let before = fs::read_to_string(&path).unwrap_or_default();
    let after = without_step(&before, id, &name)?;
    Ok(EditedFile { path, before: Some(before), after, steps: 1 })
}

/// The file of a source, and its name from the folder of the hub.
fn file_of(dir: &Path, source: &str) -> (PathBuf, PathBuf) {
    let named = |ending: &str| Path::new(REPAIRS).join(format!("{source}.{ending}"));
    let is_other = !dir.join(named("yaml")).exists() && dir.join(named("yml")).exists();
    let name = named(if is_other { "yml" } else { "yaml" });
    (dir.join(&name), name)
}

impl EditedFile {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The steps that it has now.
    ///
    /// # Errors
    ///
    /// When it has mistakes.
    pub fn steps_there(&self, source: &Source) -> Result<Vec<RepairStep>, EditError> {
        let text = self.after.as_deref().unwrap_or_default();
        read_steps(text, &self.path, Some(source)).map_err(EditError::Problems)
    }

    /// Writes it; it is there whole, as it was or as it is to be, whenever this is interrupted.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    pub fn write(&self) -> io::Result<()> {
        put(&self.path, self.after.as_deref())
    }

    /// Puts it back as it was.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    pub fn put_back(&self) -> io::Result<()> {
        put(&self.path, self.before.as_deref())
    }
}

fn put(path: &Path, text: Option<&str>) -> io::Result<()> {
    let Some(text) = text else {
        return if path.exists() { fs::remove_file(path) } else { Ok(()) };
    };
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir)?;
    }
    let part = path.with_extension("yaml.part");
    fs::write(&part, text)?;
    fs::rename(&part, path)
}
