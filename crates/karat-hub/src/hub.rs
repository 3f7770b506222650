//! The façade: a hub is a folder with a hub model and a database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use karat_model::hub_model::HubModel;
use karat_model::record::Moment;
use karat_store::{Database, PostgresUrl, SignIn};

use crate::error::Error;
use crate::flow::load::{LoadOptions, LoadReport, load};
use crate::flow::progress::{Progress, Stage};
use crate::hub_model;
use crate::stored::StoredHub;

/// A hub: its folder and its hub model.
#[derive(Clone, Debug)]
pub struct Hub {
    dir: PathBuf,
    model: Arc<HubModel>,
    database: Database,
}

impl Hub {
    /// The name of the database within the folder, unless the hub model names another place.
    pub const DATABASE: &'static str = "karat.db";

    /// Opens the hub in a folder: reads its hub model.
    pub fn open(dir: &Path) -> Result<Hub, Error> {
        if !hub_model::is_hub(dir) {
            return Err(Error::NoHub { dir: dir.to_path_buf() });
        }
        let model = hub_model::read(dir).map_err(Error::HubModel)?;
        let database = match &model.database {
            Some(url) => Database::Postgres(url.parse().expect("the hub model was checked")),
            None => Hub::file(dir),
        };
        Ok(Hub { dir: dir.to_path_buf(), model: Arc::new(model), database })
    }

    /// The database in the folder of a hub.
    pub fn file(dir: &Path) -> Database {
        Database::Sqlite(dir.join(Hub::DATABASE))
    }

    /// The same with the password of its database, if that has a server and the password is known.
    pub fn with_password(mut self, find: impl FnOnce(&SignIn) -> Option<String>) -> Hub {
        if let Database::Postgres(url) = &self.database
            && let Some(password) = find(&url.sign_in())
        {
            self.database = Database::Postgres(PostgresUrl::with_password(url.clone(), &password));
        }
        self
    }

    /// The hub model.
    pub fn model(&self) -> &Arc<HubModel> {
        &self.model
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where it is kept.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Reads all sources and publishes what changed.
    pub fn load(
        &self,
        options: LoadOptions,
        clock: &dyn Fn() -> Moment,
        progress: &dyn Progress,
    ) -> Result<LoadReport, Error> {
        let mut store = self.database.open_writer()?;
        let report = load(store.as_mut(), &self.dir, &self.model, options, clock, progress)?;
        store.close()?;
        Ok(report)
    }

    /// Copies all that the hub holds to an empty database; gives the number of rows.
    ///
    /// The hub model still says where it is kept: whoever edits it moves the hub.
    pub fn migrate(&self, to: &Database, progress: &dyn Progress) -> Result<u64, Error> {
        let mut is_begun = false;
        let moved = karat_store::migrate(&self.database, to, &mut |done, total| {
            if !is_begun {
                progress.begin(Stage::Migrate, total);
                is_begun = true;
            }
            progress.reached(done);
            if progress.is_stopped() { Err(karat_store::Error::Stopped) } else { Ok(()) }
        })?;
        progress.end();
        Ok(moved)
    }

    /// What can be asked of the hub.
    pub fn reader(&self) -> Result<StoredHub, Error> {
        StoredHub::open(self.database.clone(), self.model.clone())
    }
}
