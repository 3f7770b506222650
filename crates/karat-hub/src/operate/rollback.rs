//! Rollback: an earlier release, published again over the records and decisions of now.

use std::path::{Path, PathBuf};

use karat_model::id::{EntityId, ModelId};
use karat_model::record::Moment;
use karat_store::{EventKind, EventNo, LoadNo, Reader, Store};
use rustc_hash::FxHashMap;

use crate::error::Error;
use crate::flow::derive::{HeldAgainst, Terms, derive};
use crate::flow::identify::Identified;
use crate::flow::load::{Published, finish_without_arrivals, stored_figures};
use crate::flow::models::read_models;
use crate::flow::progress::Progress;
use crate::flow::publish::publish_all;
use crate::flow::quality::Judging;
use crate::flow::releases::{NewRelease, ReleaseReason, kept, releases};
use crate::hub_model::{FolderText, fingerprint, read, read_text_of};

/// What a rollback came to.
#[derive(Clone, Debug, PartialEq)]
pub struct RolledBack {
    /// The release that is published again.
    pub to: u32,
    /// What was published.
    pub published: Published,
    /// The files of the hub model that say what they said then.
    pub files: Vec<PathBuf>,
}

/// Publishes an earlier release again, and makes the folder say what it said then; of none that is
/// named, the one before. `by` is who asks for it, if that is known.
///
/// Arrivals and decisions stay. Customers that come back together are not held for a steward.
pub fn roll_back(
    store: &mut dyn Store,
    dir: &Path,
    to: Option<u32>,
    discard: bool,
    by: Option<&str>,
    clock: &dyn Fn() -> Moment,
    progress: &dyn Progress,
) -> Result<RolledBack, Error> {
    let list = releases(store.reader())?;
    let last = list.last().ok_or(Error::NothingPublished)?;
    let to = to.unwrap_or(last.no.saturating_sub(1));
    let release =
        list.iter().find(|release| release.no == to).ok_or(Error::NoRelease { no: to })?;
    let published = store.reader().model()?.ok_or(Error::NothingPublished)?;
    let is_published = read(dir).is_ok_and(|now| fingerprint(&now) == published.hub_model);
    if !(is_published || discard) {
        return Err(Error::UnpublishedChanges { dir: dir.into() });
    }
    let kept = kept(store.reader(), to)?;
    let model = read_text_of(dir, &kept.text).map_err(Error::HubModel)?;
    let id = ModelId::of_text(&release.match_model);
    let stored = store.reader().model_with(&id)?.ok_or(Error::NoRelease { no: to })?;
    let frozen = read_models(&stored.content)?;
    // From here on nobody else writes.
    let load = store.begin_load(clock())?;
    let figures = stored_figures(store.reader())?;
    let terms = Terms {
        model: &model,
        frozen,
        thresholds_anew: false,
        held_against: HeldAgainst::Earlier(kept.holds()),
        judging: Judging::anew(&model, dir, clock()),
        quarantined: &|name| figures.quarantined(name),
    };
    let mut derived = derive(store.reader(), terms, progress)?;
    let since =
        list.iter().find(|later| later.no == to + 1).map_or(LoadNo(u64::MAX), |it| LoadNo(it.load));
    let origins = split_since(store.reader(), since)?;
    for identified in &mut derived.identified {
        give_back(identified, &origins);
    }
    let reason = ReleaseReason::RolledBack { to };
    let text: FolderText = kept.text.clone();
    let print = fingerprint(&model);
    let new = NewRelease::after(store.reader(), load, print, text, reason, by)?;
    let changes = publish_all(store, load, clock(), &model, &mut derived, Some(&new), progress)?;
    finish_without_arrivals(store, load, clock)?;
    let failed = |source| Error::Folder { dir: dir.into(), source };
    let files = kept.text.write(dir).map_err(failed)?;
    let published = Published { changes, trained: None, matched: derived.matched() };
    Ok(RolledBack { to, published, files })
}

/// How many events are read at a time.
const EVENTS_AT_A_TIME: usize = 8192;

/// The entities that came out of another one in some load or later, each with the one that was there
/// before.
fn split_since(reader: &dyn Reader, load: LoadNo) -> Result<FxHashMap<EntityId, EntityId>, Error> {
    let mut origins: FxHashMap<EntityId, EntityId> = FxHashMap::default();
    let mut last = EventNo::START;
    loop {
        let events = reader.events(last, EVENTS_AT_A_TIME)?;
        for event in events.iter().filter(|event| event.load >= load) {
            if let (EventKind::Split, Some(whole)) = (event.kind, event.other) {
                let origin = origins.get(&whole).copied().unwrap_or(whole);
                origins.insert(event.entity, origin);
            }
        }
        match events.last() {
            Some(event) if events.len() == EVENTS_AT_A_TIME => last = event.number,
            _ => return Ok(origins),
        }
    }
}

/// Lets an entity that comes back together keep the id it had, and not that of a part of it.
///
/// ```text
/// A [1 2 3]  ──split──►  A [1]  B [2]  C [3]  ──rollback──►  A [1 2 3], B and C lead to A
/// ```
fn give_back(identified: &mut Identified, origins: &FxHashMap<EntityId, EntityId>) {
    let is_part_of = |part: &EntityId, whole: &EntityId| origins.get(part) == Some(whole);
    let taken: FxHashMap<EntityId, EntityId> = identified
        .retired
        .iter()
        .filter_map(|(whole, successor)| {
            successor.filter(|part| is_part_of(part, whole)).map(|part| (part, *whole))
        })
        .collect();
    let kept = |id: EntityId| taken.get(&id).copied().unwrap_or(id);
    for id in &mut identified.ids {
        *id = kept(*id);
    }
    for (id, successor) in &mut identified.retired {
        let is_taken_by = successor.filter(|part| taken.get(part) == Some(id));
        if let Some(part) = is_taken_by {
            *successor = Some(std::mem::replace(id, part));
        } else {
            *successor = successor.map(kept);
        }
    }
    for (id, origin) in &mut identified.split {
        (*id, *origin) = (kept(*id), kept(*origin));
    }
}
