//! The records of a hub, visited on all cores by what is repaired in them.

use std::collections::BTreeMap;

use karat_engine::clean::Memo;
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::{Columns, SourceRecord};
use karat_store::{Reader, StoredRecord};
use rayon::prelude::*;

use crate::error::Error;
use crate::flow::clean::SourceCleaner;
use crate::flow::progress::{Progress, Stage};

/// How the records of some sources are cleaned under some hub models.
pub struct Cleaners<const MODELS: usize>(BTreeMap<SourceName, Source<MODELS>>);

/// How the records of a source are cleaned.
pub struct Source<const MODELS: usize> {
    /// One for each hub model.
    pub cleaners: [SourceCleaner; MODELS],
    /// The columns of the source.
    pub columns: Columns,
}

impl<const MODELS: usize> Cleaners<MODELS> {
    /// Cleaners for those sources that are wanted.
    pub fn new(
        reader: &dyn Reader,
        models: [&HubModel; MODELS],
        is_wanted: impl Fn(&SourceName) -> bool,
    ) -> Result<Cleaners<MODELS>, Error> {
        let sources = reader.sources()?.into_iter().filter(|source| is_wanted(&source.name));
        let source = |name: &SourceName, columns: &Columns| Source {
            cleaners: models.map(|model| SourceCleaner::new(model, name, columns)),
            columns: columns.clone(),
        };
        Ok(Cleaners(sources.map(|it| (it.name.clone(), source(&it.name, &it.columns))).collect()))
    }

    /// Those of a source, if it is wanted.
    pub fn of(&self, source: &SourceName) -> Option<&Source<MODELS>> {
        self.0.get(source)
    }

    /// Looks at each record of the sources, on all cores; what is seen comes in the order in which the
    /// store has the records.
    pub fn visit<T: Send>(
        &self,
        reader: &dyn Reader,
        progress: &dyn Progress,
        look: impl Fn(&Source<MODELS>, &SourceRecord, &mut [Memo; MODELS]) -> Option<T> + Sync,
        mut take: impl FnMut(SourceRecord, T),
    ) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut done = 0;
        progress.begin(Stage::Clean, reader.counts()?.records);
        reader.current_records(&mut |records| {
            done += records.len() as u64;
            let look_at = |memos: &mut BTreeMap<SourceName, [Memo; MODELS]>, it: StoredRecord| {
                let source = self.0.get(&it.record.key.source)?;
                let memos = memos
                    .entry(it.record.key.source.clone())
                    .or_insert_with(|| std::array::from_fn(|_| Memo::new()));
                let seen = look(source, &it.record, memos)?;
                Some((it.record, seen))
            };
            let records = records.into_par_iter().with_min_len(1024);
            let seen: Vec<Option<(SourceRecord, T)>> =
                records.map_init(BTreeMap::new, look_at).collect();
            seen.into_iter().flatten().for_each(|(record, seen)| take(record, seen));
            progress.reached(done);
            if progress.is_stopped() { Err(karat_store::Error::Stopped) } else { Ok(()) }
        })?;
        progress.end();
        Ok(())
    }
}
