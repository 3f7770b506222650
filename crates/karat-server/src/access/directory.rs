//! The directory: what must be kept of keys, accounts and sessions.

use std::error::Error;

use karat_model::record::Moment;

use super::Role;

/// Keeps keys, accounts and sessions; may block.
pub trait Directory: Send + Sync {
    /// The key whose secret has this hash.
    fn key(&self, hash: &[u8; 32]) -> Result<Option<ApiKey>, DirectoryError>;
    /// All keys, also those that are no longer valid, by id.
    fn keys(&self) -> Result<Vec<ApiKey>, DirectoryError>;
    /// Adds a key, or replaces the one with its id.
    fn put_key(&self, key: &ApiKey) -> Result<(), DirectoryError>;

    /// The account with this name.
    fn account(&self, name: &str) -> Result<Option<Account>, DirectoryError>;
    /// All accounts, by name.
    fn accounts(&self) -> Result<Vec<Account>, DirectoryError>;
    /// Adds an account, or replaces the one with its name.
    fn put_account(&self, account: &Account) -> Result<(), DirectoryError>;

    /// The session with this hash of its secret.
    fn session(&self, hash: &[u8; 32]) -> Result<Option<Session>, DirectoryError>;
    /// Adds a session, and forgets those that expired by now.
    fn put_session(&self, session: &Session, now: Moment) -> Result<(), DirectoryError>;
    /// Forgets a session.
    fn remove_session(&self, hash: &[u8; 32]) -> Result<(), DirectoryError>;
    /// Forgets all sessions of an account.
    fn remove_sessions_of(&self, account: &str) -> Result<(), DirectoryError>;
}

/// The directory could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("keys and accounts cannot be reached")]
pub struct DirectoryError(#[source] pub Box<dyn Error + Send + Sync>);

/// An API key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// What stands in the key before the secret.
    pub id: String,
    /// What it is for. Two keys of one name may be valid at a time, so that it can be rotated.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The hash of the secret.
    pub hash: [u8; 32],
    /// When it was made.
    pub created_at: Moment,
    /// From when on it is no longer valid.
    pub expires_at: Option<Moment>,
    /// When it was revoked.
    pub revoked_at: Option<Moment>,
}

impl ApiKey {
    /// Whether it lets somebody in.
    pub fn is_valid(&self, now: Moment) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expiry| now < expiry)
    }
}

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name to sign in with.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The hash of the password, as a PHC string.
    pub password_hash: String,
    /// When it was made.
    pub created_at: Moment,
    /// How often signing in failed since it last succeeded.
    pub failed_sign_ins: u32,
    /// Until when nobody can sign in.
    pub locked_until: Option<Moment>,
    /// Whether it may no longer be used.
    pub disabled: bool,
}

/// Somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The hash of the secret in the cookie.
    pub hash: [u8; 32],
    /// The name of the account.
    pub account: String,
    /// What every form of the session carries.
    pub csrf: String,
    /// When it began.
    pub created_at: Moment,
    /// When it ends.
    pub expires_at: Moment,
}
