//! The façade: a hub is a folder with a hub model and a database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use karat_model::hub_model::HubModel;
use karat_model::record::Moment;
use karat_store::SqliteStore;

use crate::error::Error;
use crate::flow::load::{LoadOptions, LoadReport, load};
use crate::flow::progress::Progress;
use crate::hub_model;
use crate::stored::StoredHub;

/// A hub: its folder and its hub model.
#[derive(Clone, Debug)]
pub struct Hub {
    dir: PathBuf,
    model: Arc<HubModel>,
}

impl Hub {
    /// The name of the database within the folder.
    pub const DATABASE: &'static str = "karat.db";

    /// Opens the hub in a folder: reads its hub model.
    pub fn open(dir: &Path) -> Result<Hub, Error> {
        if !hub_model::is_hub(dir) {
            return Err(Error::NoHub { dir: dir.to_path_buf() });
        }
        let model = hub_model::read(dir).map_err(Error::HubModel)?;
        Ok(Hub { dir: dir.to_path_buf(), model: Arc::new(model) })
    }

    /// The hub model.
    pub fn model(&self) -> &Arc<HubModel> {
        &self.model
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.dir.join(Hub::DATABASE)
    }

    /// Reads all sources and publishes what changed.
    pub fn load(
        &self,
        options: LoadOptions,
        clock: &dyn Fn() -> Moment,
        progress: &dyn Progress,
    ) -> Result<LoadReport, Error> {
        let mut store = SqliteStore::open_writer(&self.database())?;
        let report = load(&mut store, &self.dir, &self.model, options, clock, progress)?;
        store.close()?;
        Ok(report)
    }

    /// What can be asked of the hub.
    pub fn reader(&self) -> Result<StoredHub, Error> {
        StoredHub::open(self.database(), self.model.clone())
    }
}
