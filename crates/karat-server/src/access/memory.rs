//! A directory in memory, for tests.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use karat_model::record::Moment;

use super::directory::{Account, ApiKey, Directory, DirectoryError, Session};
use super::{Role, hash_password};
use crate::serving::Host;

/// The password of every test account.
pub const PASSWORD: &str = "correct horse battery";

/// Keeps everything until it is dropped.
#[derive(Default)]
pub struct MemoryDirectory {
    keys: Mutex<BTreeMap<String, ApiKey>>,
    accounts: Mutex<BTreeMap<String, Account>>,
    sessions: Mutex<BTreeMap<[u8; 32], Session>>,
}

impl Directory for MemoryDirectory {
    fn key(&self, hash: &[u8; 32]) -> Result<Option<ApiKey>, DirectoryError> {
        Ok(self.keys.lock().unwrap().values().find(|key| key.hash == *hash).cloned())
    }

    fn keys(&self) -> Result<Vec<ApiKey>, DirectoryError> {
        Ok(self.keys.lock().unwrap().values().cloned().collect())
    }

    fn put_key(&self, key: &ApiKey) -> Result<(), DirectoryError> {
        self.keys.lock().unwrap().insert(key.id.clone(), key.clone());
        Ok(())
    }

    fn account(&self, name: &str) -> Result<Option<Account>, DirectoryError> {
        Ok(self.accounts.lock().unwrap().get(name).cloned())
    }

    fn accounts(&self) -> Result<Vec<Account>, DirectoryError> {
        Ok(self.accounts.lock().unwrap().values().cloned().collect())
    }

    fn put_account(&self, account: &Account) -> Result<(), DirectoryError> {
        self.accounts.lock().unwrap().insert(account.name.clone(), account.clone());
        Ok(())
    }

    fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, DirectoryError> {
        Ok(self.sessions.lock().unwrap().get(hash).cloned())
    }

    fn put_session(&self, session: &Session, now: Moment) -> Result<(), DirectoryError> {
        let mut sessions = self.sessions.lock().unwrap();
        sessions.retain(|_, session| now < session.expires_at);
        sessions.insert(session.hash, session.clone());
        Ok(())
    }

    fn remove_session(&self, hash: &[u8; 32]) -> Result<(), DirectoryError> {
        self.sessions.lock().unwrap().remove(hash);
        Ok(())
    }

    fn remove_sessions_of(&self, account: &str) -> Result<(), DirectoryError> {
        self.sessions.lock().unwrap().retain(|_, session| session.account != account);
        Ok(())
    }
}

/// An account with the password of all test accounts.
pub fn account(name: &str, role: Role) -> Account {
    Account {
        name: name.into(),
        role,
        password_hash: hash_password(PASSWORD, &test_host()).unwrap(),
        created_at: Moment(0),
        failed_sign_ins: 0,
        locked_until: None,
        disabled: false,
    }
}

/// A host whose clock stands still, and whose chance is counted.
pub fn test_host() -> Host {
    test_host_at(1_795_000_000)
}

/// The same at another moment.
pub fn test_host_at(now: i64) -> Host {
    static COUNTED: AtomicU64 = AtomicU64::new(0);
    let chance = |bytes: &mut [u8]| {
        let count = COUNTED.fetch_add(1, Ordering::Relaxed);
        blake3::Hasher::new().update(&count.to_le_bytes()).finalize_xof().fill(bytes);
    };
    Host {
        now: std::sync::Arc::new(move || Moment(now)),
        elapsed: std::sync::Arc::new(|| Duration::from_secs(1)),
        chance: std::sync::Arc::new(chance),
    }
}
