//! The book: what was seen of sources before, in a file of its own.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use karat_engine::quality::profile::{StateError, TableState};
use karat_model::id::SourceName;

use super::{Reference, SourceProfile};
use crate::error::Error;

/// How the file begins.
const MARK: &[u8] = b"karat profile\n";

/// A book that unpacks to more than this is none.
const BYTES_MAX: usize = 4 << 30;

/// A reference has at least so many different values.
const VALUES_MIN: usize = 20;

/// The share of them that must stand in the other column.
const SHARE_MIN: f32 = 0.98;

/// What is referred to tells rows apart at least so well.
const KEY_SCORE_MIN: f32 = 0.98;

/// Shorter values are found in any column of numbers.
const LENGTH_MIN: u32 = 3;

/// What was seen of sources so far.
#[derive(Clone, Debug, Default)]
pub struct ProfileBook {
    states: BTreeMap<SourceName, TableState>,
}

impl ProfileBook {
    /// What was seen of a source.
    pub fn state(&self, source: &SourceName) -> Option<&TableState> {
        self.states.get(source)
    }

    /// Adds what was seen of a source, and gives all of it.
    pub(super) fn add(&mut self, source: SourceName, seen: TableState) -> &TableState {
        match self.states.entry(source) {
            std::collections::btree_map::Entry::Occupied(known) => {
                let known = known.into_mut();
                known.merge(seen);
                known
            }
            std::collections::btree_map::Entry::Vacant(place) => place.insert(seen),
        }
    }

    /// Columns whose values all stand in a key of another source.
    pub(super) fn references(&self, sources: &[SourceProfile]) -> Vec<Reference> {
        let mut found = Vec::new();
        for from in sources {
            for to in sources.iter().filter(|to| to.name != from.name) {
                found.extend(self.references_between(from, to));
            }
        }
        found
    }

    fn references_between(&self, from: &SourceProfile, to: &SourceProfile) -> Vec<Reference> {
        let (Some(from_state), Some(to_state)) = (self.state(&from.name), self.state(&to.name))
        else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (referring, state) in from.columns.iter().zip(from_state.columns()) {
            if referring.profile.length_min_max.1 < LENGTH_MIN {
                continue;
            }
            for (key, key_state) in to.columns.iter().zip(to_state.columns()) {
                if key.profile.key_score() < KEY_SCORE_MIN {
                    continue;
                }
                let share = state.inclusion_in(key_state, VALUES_MIN);
                if let Some(share) = share.filter(|share| *share >= SHARE_MIN) {
                    found.push(Reference {
                        from: (from.name.clone(), referring.profile.header.clone()),
                        to: (to.name.clone(), key.profile.header.clone()),
                        share,
                    });
                }
            }
        }
        found
    }

    /// Reads the book in a file; an empty one if there is no file.
    pub fn read(path: &Path) -> Result<ProfileBook, Error> {
        let unreadable = |source| Error::Unreadable { path: path.to_path_buf(), source };
        let packed = match std::fs::read(path) {
            Ok(packed) => packed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(ProfileBook::default());
            }
            Err(error) => return Err(unreadable(error)),
        };
        let of_book = |error: StateError| Error::NoProfile {
            path: path.to_path_buf(),
            reason: error.to_string(),
        };
        let damaged = || of_book(StateError::Damaged);
        let packed = packed.strip_prefix(MARK).ok_or_else(damaged)?;
        let size = zstd::bulk::Decompressor::upper_bound(packed).ok_or_else(damaged)?;
        let bytes = zstd::bulk::decompress(packed, size.min(BYTES_MAX)).map_err(|_| damaged())?;
        let mut rest = &bytes[..];
        let mut take = || -> Option<Option<&[u8]>> {
            let Some((length, behind)) = rest.split_first_chunk::<8>() else {
                return rest.is_empty().then_some(None);
            };
            let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
            let (taken, behind) = behind.split_at_checked(length)?;
            rest = behind;
            Some(Some(taken))
        };
        let mut book = ProfileBook::default();
        while let Some(name) = take().ok_or_else(damaged)? {
            let name = std::str::from_utf8(name).map_err(|_| damaged())?;
            let state = take().flatten().ok_or_else(damaged)?;
            let state = TableState::from_bytes(state).map_err(of_book)?;
            book.states.insert(SourceName::new(name), state);
        }
        if book.states.is_empty() { Err(damaged()) } else { Ok(book) }
    }

    /// Writes the book to a file, in place of what was there.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let mut bytes = Vec::new();
        for (name, state) in &self.states {
            for part in [name.as_str().as_bytes(), &state.to_bytes()] {
                bytes.extend((part.len() as u64).to_le_bytes());
                bytes.extend(part);
            }
        }
        let packed = zstd::bulk::compress(&bytes, zstd::DEFAULT_COMPRESSION_LEVEL);
        let write = |packed: Vec<u8>| {
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(".part");
            let part = path.with_file_name(name);
            std::fs::write(&part, [MARK, &packed].concat())?;
            std::fs::rename(&part, path)
        };
        let failed = |source| Error::Unwritable { path: path.to_path_buf(), source };
        packed.and_then(write).map_err(failed)
    }
}
