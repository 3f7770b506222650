//! Access: who may ask what.
//!
//! Arrives: an API key, a session of somebody who signed in, or neither.
//! Leaves: a [`Caller`] with a role, or nobody.
//! Promises: everything is closed unless it is opened; secrets are kept as hashes, compared in
//! constant time and shown once; what is tried too often is locked for a while.
//! Start reading at [`Access`]; [`Directory`] is what must be kept.

mod role;
mod directory;
mod secret;
mod key;
mod password;
mod session;
mod stored;
pub(crate) mod guard;
#[cfg(test)]
pub(crate) mod memory;

use std::fmt;
use std::sync::Arc;

use karat_model::record::Moment;

pub use directory::{Account, ApiKey, Directory, DirectoryError, Session};
pub use key::{NewKey, create_key};
pub use password::{PASSWORD_CHARACTERS_MIN, WeakPassword, hash_password};
pub use role::{Permission, Role};
pub use session::{SignInFailed, SignedIn};
pub use stored::{Changes, OwnStore, StoredDirectory};

use crate::serving::Host;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name of the account or the key.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// How it is known.
    pub by: Known,
}

/// How it is known who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// By an API key, with its id.
    Key(String),
    /// By signing in.
    Session {
        /// What every form of the session carries.
        csrf: String,
    },
    /// It is not: the hub is open to whoever reaches it.
    Open,
}

/// Who is let in.
#[derive(Clone)]
pub enum Access {
    /// Anyone may do everything; only for a hub that nobody else can reach.
    Open,
    /// Those with a key or an account.
    Closed(Arc<dyn Directory>),
}

impl Access {
    /// Whose key this is, as it stands in an `Authorization` header.
    pub fn by_key(&self, token: &str, now: Moment) -> Result<Option<Caller>, DirectoryError> {
        match self {
            Access::Open => Ok(Some(anyone())),
            Access::Closed(directory) => key::find(directory.as_ref(), token, now),
        }
    }

    /// Whose session this is, by the secret in its cookie.
    pub fn by_session(&self, secret: &str, now: Moment) -> Result<Option<Caller>, DirectoryError> {
        match self {
            Access::Open => Ok(Some(anyone())),
            Access::Closed(directory) => session::find(directory.as_ref(), secret, now),
        }
    }

    /// Whoever asks without telling who it is.
    pub fn without(&self) -> Option<Caller> {
        match self {
            Access::Open => Some(anyone()),
            Access::Closed(_) => None,
        }
    }

    /// Signs somebody in.
    pub fn sign_in(
        &self,
        name: &str,
        password: &str,
        host: &Host,
    ) -> Result<SignedIn, SignInFailed> {
        match self {
            Access::Open => Err(SignInFailed::Refused),
            Access::Closed(directory) => session::sign_in(directory.as_ref(), name, password, host),
        }
    }

    /// Ends a session.
    pub fn sign_out(&self, secret: &str) -> Result<(), DirectoryError> {
        match self {
            Access::Open => Ok(()),
            Access::Closed(directory) => directory.remove_session(&secret::hash(secret)),
        }
    }

    /// Whether the hub is open to whoever reaches it.
    pub fn is_open(&self) -> bool {
        matches!(self, Access::Open)
    }
}

/// Only whether it is open.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_open() { "Open" } else { "Closed" })
    }
}

fn anyone() -> Caller {
    Caller { name: "anyone".into(), role: Role::Administrator, by: Known::Open }
}
