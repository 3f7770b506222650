//! Accepting: an upload becomes a source in the folder of the hub, which nobody published yet.

use std::path::Path;
use std::{fs, io};

use super::uploads::make_ignored;
use super::{Upload, Uploads};
use crate::hub_model::{DiscoveredSource, Draft, NotSaved, digest_of};

/// The folder of what was delivered by way of an upload, within the hub's.
pub(super) const DELIVERIES: &str = "deliveries";

/// Makes an upload a source of the folder, if that still says what it said under a digest: first its
/// file goes where the source will say it is, then the source is written.
///
/// Gives where the file is, from the hub's folder. When the source cannot be written, the upload is
/// as it was.
pub fn accept(
    draft: &Draft,
    upload: &Upload,
    source: DiscoveredSource,
    digest: &str,
) -> Result<String, NotSaved> {
    if digest_of(&draft.text()) != digest {
        return Err(NotSaved::Changed);
    }
    draft.with_source(&source)?;
    let folder = draft.dir().join(DELIVERIES);
    make_ignored(&folder).map_err(NotSaved::Folder)?;
    let name = free_name(&folder, upload.file());
    let (from, to) = (upload.path(), folder.join(&name));
    fs::rename(&from, &to).map_err(NotSaved::Folder)?;
    let file = format!("{DELIVERIES}/{name}");
    let source = DiscoveredSource { files: vec![file.clone()], ..source };
    if let Err(refused) = draft.add_source(&source, digest) {
        fs::rename(&to, &from).map_err(NotSaved::Folder)?;
        return Err(refused);
    }
    // The source is there; what is left of the upload is removed when it is old.
    let _: io::Result<()> = Uploads::of(draft.dir()).remove(&upload.id);
    Ok(file)
}

/// The name that the file gets among what was delivered before, which is not written over.
fn free_name(folder: &Path, file: &str) -> String {
    let (stem, ending) = match file.split_once('.') {
        Some((stem, ending)) => (stem, format!(".{ending}")),
        None => (file, String::new()),
    };
    let numbered = (2..).map(|number: u32| format!("{stem}_{number}{ending}"));
    let is_free = |name: &String| !folder.join(name).exists();
    let mut names = std::iter::once(file.to_string()).chain(numbered);
    names.find(is_free).expect("some number is free")
}
