//! The rows that the last load could not read.

use std::collections::BTreeMap;

use karat_model::id::SourceName;
use karat_model::record::Quarantined;
use karat_store::Reader;

use super::StoredHub;
use crate::error::Error;

impl StoredHub {
    /// The first rows that the last load could not read, each with its source.
    pub fn quarantined(&self, count: usize) -> Result<Vec<(SourceName, Quarantined)>, Error> {
        self.read(|reader| {
            let mut rows = Vec::new();
            let visited = visit_quarantined(reader, &mut |source, row| {
                if rows.len() == count {
                    return Err(karat_store::Error::Stopped);
                }
                rows.push((source.clone(), row));
                Ok(())
            });
            match visited {
                Err(karat_store::Error::Stopped) | Ok(()) => Ok(rows),
                Err(error) => Err(error.into()),
            }
        })
    }
}

/// Visits the rows that the last load could not read, in the order of files and lines.
pub(super) fn visit_quarantined(
    reader: &dyn Reader,
    visit: &mut dyn FnMut(&SourceName, Quarantined) -> Result<(), karat_store::Error>,
) -> Result<(), karat_store::Error> {
    let Some(last) = reader.loads()?.into_iter().next() else { return Ok(()) };
    let sources = reader.sources()?.into_iter().map(|source| (source.source, source.name));
    let names: BTreeMap<_, SourceName> = sources.collect();
    reader.quarantined(last.load, &mut |source, row| match names.get(&source) {
        Some(name) => visit(name, row),
        None => Ok(()),
    })
}
