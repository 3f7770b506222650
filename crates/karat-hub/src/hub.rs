//! The façade: a hub is a folder with a hub model and a database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use karat_model::hub_model::HubModel;
use karat_model::record::Moment;
use karat_store::{Database, PostgresUrl, SignIn, Store};

use crate::drift::{self, DriftReport};
use crate::error::Error;
use crate::flow::load::{LoadOptions, LoadReport, Published, load, publish_for};
use crate::flow::progress::{Progress, Stage};
use crate::flow::releases::{InForce, Release, published_at, releases};
use crate::hub_model;
use crate::operate::replay::replay;
use crate::operate::rollback::{RolledBack, roll_back};
use crate::operate::verify::{Verification, VerifyOptions, verify};
use crate::stored::{ServedHub, StoredHub};
use crate::what_if::{WhatIf, what_if};

/// A hub: its folder and its hub model.
#[derive(Clone, Debug)]
pub struct Hub {
    dir: PathBuf,
    model: Arc<HubModel>,
    database: Database,
    /// For whom it loads and publishes, if that is known.
    by: Option<String>,
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
        Ok(Hub { dir: dir.to_path_buf(), model: Arc::new(model), database, by: None })
    }

    /// The database in the folder of a hub.
    pub fn file(dir: &Path) -> Database {
        Database::Sqlite(dir.join(Hub::DATABASE))
    }

    /// The hub as its folder says now, kept where this one is.
    pub fn as_said_now(&self) -> Result<Hub, Error> {
        let now = Hub::open(&self.dir)?;
        if now.model.database != self.model.database {
            return Err(Error::OtherDatabase { dir: self.dir.clone() });
        }
        Ok(Hub { database: self.database.clone(), by: self.by.clone(), ..now })
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

    /// The same on behalf of somebody, which releases keep.
    pub fn on_behalf_of(self, name: &str) -> Hub {
        Hub { by: Some(name.to_string()), ..self }
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
        let (model, by) = (&self.model, self.by.as_deref());
        let report = load(store.as_mut(), &self.dir, model, options, by, clock, progress)?;
        store.close()?;
        Ok(report)
    }

    /// Publishes what the hub model says now of the records that are there; `None` when nothing has
    /// changed.
    pub fn publish(
        &self,
        retrain: bool,
        clock: &dyn Fn() -> Moment,
        progress: &dyn Progress,
    ) -> Result<Option<Published>, Error> {
        let mut store = self.open_published()?;
        let (model, by) = (&self.model, self.by.as_deref());
        let published =
            publish_for(store.as_mut(), &self.dir, model, retrain, by, clock, progress)?;
        store.close()?;
        Ok(published)
    }

    /// Publishes an earlier release again; see [`roll_back`].
    pub fn roll_back(
        &self,
        to: Option<u32>,
        discard: bool,
        clock: &dyn Fn() -> Moment,
        progress: &dyn Progress,
    ) -> Result<RolledBack, Error> {
        let mut store = self.open_published()?;
        let by = self.by.as_deref();
        let rolled = roll_back(store.as_mut(), &self.dir, to, discard, by, clock, progress)?;
        store.close()?;
        Ok(rolled)
    }

    /// Rebuilds what is derived from the journal; see [`replay`].
    pub fn replay(
        &self,
        clock: &dyn Fn() -> Moment,
        progress: &dyn Progress,
    ) -> Result<Published, Error> {
        let mut store = self.open_published()?;
        let published = replay(store.as_mut(), &self.dir, &self.model, clock, progress)?;
        store.close()?;
        Ok(published)
    }

    /// Whether what is published is what follows from the journal; see [`verify`].
    pub fn verify(
        &self,
        options: VerifyOptions,
        progress: &dyn Progress,
    ) -> Result<Verification, Error> {
        let reader = self.database.open_reader()?;
        verify(reader.as_ref(), &self.dir, &self.model, options, progress)
    }

    /// What publishing a hub model would change; see [`what_if`].
    pub fn what_if(
        &self,
        model: &HubModel,
        retrain: bool,
        progress: &dyn Progress,
    ) -> Result<WhatIf, Error> {
        what_if(self.database.open_reader()?.as_ref(), model, retrain, progress)
    }

    /// How far the match models have drifted from the records there are now; kept for whoever asks.
    pub fn measure_drift(&self, clock: &dyn Fn() -> Moment) -> Result<DriftReport, Error> {
        let reader = self.database.open_reader()?;
        let mut in_force = InForce::new(&self.dir, self.model.clone());
        in_force.refresh(reader.as_ref())?;
        let report = drift::measure(reader.as_ref(), in_force.model(), clock())?;
        drop(reader);
        let mut store = self.database.open_writer()?;
        drift::keep(store.as_mut(), &report)?;
        store.close()?;
        Ok(report)
    }

    /// The releases, the first one first, each with when it was published.
    pub fn releases(&self) -> Result<Vec<(Release, Option<Moment>)>, Error> {
        let reader = self.database.open_reader()?;
        let list = releases(reader.as_ref())?.into_iter();
        let with_moment = list.map(|release| {
            let at = published_at(reader.as_ref(), &release)?;
            Ok((release, at))
        });
        with_moment.collect()
    }

    /// Writes all that the hub holds to one file, while others write; gives its size in bytes.
    pub fn backup(&self, to: &Path, progress: &dyn Progress) -> Result<u64, Error> {
        let size = karat_store::backup(&self.database, to, &mut copying(progress))?;
        progress.end();
        Ok(size)
    }

    /// Puts what a backup holds in the place of what the hub holds; gives the number of records.
    pub fn restore(
        &self,
        from: &Path,
        replace: bool,
        progress: &dyn Progress,
    ) -> Result<u64, Error> {
        let watch = &mut copying(progress);
        let records = karat_store::restore(from, &self.database, replace, watch)?;
        progress.end();
        Ok(records)
    }

    /// Opens for writing what is there; makes nothing.
    fn open_published(&self) -> Result<Box<dyn Store>, Error> {
        drop(self.database.open_reader()?);
        Ok(self.database.open_writer()?)
    }

    /// Copies all that the hub holds to an empty database; gives the number of rows.
    ///
    /// The hub model still says where it is kept: whoever edits it moves the hub.
    pub fn migrate(&self, to: &Database, progress: &dyn Progress) -> Result<u64, Error> {
        let moved = karat_store::migrate(&self.database, to, &mut copying(progress))?;
        progress.end();
        Ok(moved)
    }

    /// What can be asked of the hub.
    pub fn reader(&self) -> Result<StoredHub, Error> {
        StoredHub::open(self.dir.clone(), self.database.clone(), self.model.clone())
    }

    /// The same for long, under the hub model that is published at the time.
    pub fn served(&self) -> Result<ServedHub, Error> {
        ServedHub::open(self.dir.clone(), self.database.clone(), self.model.clone())
    }
}

/// Tells how many rows are copied.
fn copying(progress: &dyn Progress) -> impl FnMut(u64, u64) -> Result<(), karat_store::Error> + '_ {
    let mut is_begun = false;
    move |done, total| {
        if !is_begun || (done == 0 && total > 0) {
            progress.begin(Stage::Migrate, total);
            is_begun = true;
        }
        progress.reached(done);
        if progress.is_stopped() { Err(karat_store::Error::Stopped) } else { Ok(()) }
    }
}
