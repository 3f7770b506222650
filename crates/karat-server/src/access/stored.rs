//! The directory of a hub: keys, accounts and sessions in its store.

use std::sync::{Arc, Mutex, PoisonError};

use karat_model::record::Moment;
use karat_store::{Database, Reader, Store, Transaction};

use super::Role;
use super::directory::{Account, ApiKey, Directory, DirectoryError, Session};

/// How a hub is changed: one thing at a time, committed when this returns.
pub trait Changes: Send + Sync {
    /// Does some work in a transaction.
    fn change(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> karat_store::Result<()>,
    ) -> karat_store::Result<()>;
}

/// Tells the time of day.
pub type Now = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Changes by a store of one's own, which is opened for the first change and kept.
pub struct OwnStore {
    database: Database,
    now: Now,
    store: Mutex<Option<Box<dyn Store>>>,
}

impl OwnStore {
    /// Changes what is in a database.
    pub fn new(database: Database, now: Now) -> OwnStore {
        OwnStore { database, now, store: Mutex::default() }
    }
}

impl Changes for OwnStore {
    fn change(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> karat_store::Result<()>,
    ) -> karat_store::Result<()> {
        let mut kept = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let connected = kept.take().filter(|store| store.reader().is_connected());
        let mut store = match connected {
            Some(store) => store,
            None => self.database.open_writer()?,
        };
        let changed = store.change((self.now)(), work);
        *kept = Some(store);
        changed
    }
}

impl Drop for OwnStore {
    fn drop(&mut self) {
        let kept = self.store.get_mut().unwrap_or_else(PoisonError::into_inner);
        // All changes were committed, so that nothing is lost if this fails.
        let _ = kept.take().map(Store::close);
    }
}

/// The directory of a hub.
pub struct StoredDirectory<C> {
    database: Database,
    changes: C,
    /// A handle that is used by one at a time; a look-up takes some microseconds.
    reader: Mutex<Option<Box<dyn Reader>>>,
}

impl<C: Changes> StoredDirectory<C> {
    /// The directory of the hub in a database.
    pub fn new(database: Database, changes: C) -> StoredDirectory<C> {
        StoredDirectory { database, changes, reader: Mutex::default() }
    }

    fn read<T>(
        &self,
        read: impl FnOnce(&dyn Reader) -> karat_store::Result<T>,
    ) -> Result<T, DirectoryError> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let connected = reader.take().filter(|reader| reader.is_connected());
        let opened = match connected {
            Some(reader) => reader,
            None => self.database.open_reader().map_err(unreachable)?,
        };
        let found = read(opened.as_ref()).map_err(unreachable);
        *reader = Some(opened);
        found
    }

    fn change(
        &self,
        mut work: impl FnMut(&mut dyn Transaction) -> karat_store::Result<()>,
    ) -> Result<(), DirectoryError> {
        self.changes.change(&mut work).map_err(unreachable)
    }
}

impl<C: Changes> Directory for StoredDirectory<C> {
    fn key(&self, hash: &[u8; 32]) -> Result<Option<ApiKey>, DirectoryError> {
        self.read(|reader| reader.api_key(hash))?.map(read_key).transpose()
    }

    fn keys(&self) -> Result<Vec<ApiKey>, DirectoryError> {
        self.read(|reader| reader.api_keys())?.into_iter().map(read_key).collect()
    }

    fn put_key(&self, key: &ApiKey) -> Result<(), DirectoryError> {
        let stored = karat_store::ApiKey {
            id: key.id.clone(),
            name: key.name.clone(),
            role: key.role.name().into(),
            hash: key.hash,
            created_at: key.created_at,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
        };
        self.change(|transaction| transaction.put_api_key(&stored))
    }

    fn account(&self, name: &str) -> Result<Option<Account>, DirectoryError> {
        self.read(|reader| reader.account(name))?.map(read_account).transpose()
    }

    fn accounts(&self) -> Result<Vec<Account>, DirectoryError> {
        self.read(|reader| reader.accounts())?.into_iter().map(read_account).collect()
    }

    fn put_account(&self, account: &Account) -> Result<(), DirectoryError> {
        let stored = karat_store::Account {
            name: account.name.clone(),
            role: account.role.name().into(),
            password_hash: account.password_hash.clone(),
            created_at: account.created_at,
            failed_sign_ins: account.failed_sign_ins,
            locked_until: account.locked_until,
            disabled: account.disabled,
        };
        self.change(|transaction| transaction.put_account(&stored))
    }

    fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, DirectoryError> {
        let found = self.read(|reader| reader.session(hash))?;
        Ok(found.map(|stored| {
            let karat_store::Session { hash, account, csrf, created_at, expires_at } = stored;
            Session { hash, account, csrf, created_at, expires_at }
        }))
    }

    fn put_session(&self, session: &Session, _now: Moment) -> Result<(), DirectoryError> {
        let Session { hash, account, csrf, created_at, expires_at } = session.clone();
        let stored = karat_store::Session { hash, account, csrf, created_at, expires_at };
        self.change(|transaction| {
            transaction.remove_ended_sessions()?;
            transaction.put_session(&stored)
        })
    }

    fn remove_session(&self, hash: &[u8; 32]) -> Result<(), DirectoryError> {
        self.change(|transaction| transaction.remove_session(hash).map(drop))
    }

    fn remove_sessions_of(&self, account: &str) -> Result<(), DirectoryError> {
        self.change(|transaction| transaction.remove_sessions_of(account).map(drop))
    }
}

fn read_key(stored: karat_store::ApiKey) -> Result<ApiKey, DirectoryError> {
    Ok(ApiKey {
        role: read_role(&stored.role)?,
        id: stored.id,
        name: stored.name,
        hash: stored.hash,
        created_at: stored.created_at,
        expires_at: stored.expires_at,
        revoked_at: stored.revoked_at,
    })
}

fn read_account(stored: karat_store::Account) -> Result<Account, DirectoryError> {
    Ok(Account {
        role: read_role(&stored.role)?,
        name: stored.name,
        password_hash: stored.password_hash,
        created_at: stored.created_at,
        failed_sign_ins: stored.failed_sign_ins,
        locked_until: stored.locked_until,
        disabled: stored.disabled,
    })
}

/// A role that a later version made is none that this one can judge.
fn read_role(name: &str) -> Result<Role, DirectoryError> {
    Role::from_name(name).ok_or_else(|| DirectoryError("a role is not known".into()))
}

fn unreachable(error: karat_store::Error) -> DirectoryError {
    DirectoryError(Box::new(error))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn key(id: &str) -> ApiKey {
        ApiKey {
            id: id.into(),
            name: "till".into(),
            role: Role::Reader,
            hash: [id.as_bytes()[0]; 32],
            created_at: Moment(1),
            expires_at: None,
            revoked_at: None,
        }
    }

    #[test]
    fn one_writer_does_all_changes_also_after_one_that_failed() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite(folder.path().join("karat.db"));
        let changes = OwnStore::new(database.clone(), Arc::new(|| Moment(7)));
        let directory = StoredDirectory::new(database, changes);
        directory.put_key(&key("a")).unwrap();
        let kept = || directory.changes.store.lock().unwrap().is_some();
        assert!(kept());
        let tries = Cell::new(0);
        let failed = directory.change(|transaction| {
            tries.set(tries.get() + 1);
            transaction.remove_api_key("a")?;
            Err(karat_store::Error::Stopped)
        });
        assert!(failed.is_err() && kept());
        assert_eq!(tries.get(), 1);
        directory.put_key(&key("b")).unwrap();
        assert_eq!(directory.keys().unwrap(), [key("a"), key("b")], "what failed did nothing");
    }
}
