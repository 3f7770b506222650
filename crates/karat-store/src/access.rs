//! Who may do what: API keys, accounts and their sessions.
//!
//! The store keeps them and judges nothing: roles are names, and secrets come as hashes.

use karat_model::record::Moment;

/// The hash of a secret that is long and random, so that it needs no salt.
pub type SecretHash = [u8; 32];

/// A key by which a program signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, which is no secret.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it may do, by name.
    pub role: String,
    /// The hash of the secret.
    pub hash: SecretHash,
    /// When it was made.
    pub created_at: Moment,
    /// From when on it is no longer valid.
    pub expires_at: Option<Moment>,
    /// When it was revoked.
    pub revoked_at: Option<Moment>,
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name by which the person signs in.
    pub name: String,
    /// What the person may do, by name.
    pub role: String,
    /// The hash of the password, with its salt and settings.
    pub password_hash: String,
    /// When it was made.
    pub created_at: Moment,
    /// How often signing in failed since it last succeeded.
    pub failed_sign_ins: u32,
    /// Until when nobody can sign in.
    pub locked_until: Option<Moment>,
    /// Whether nobody can sign in at all.
    pub disabled: bool,
}

/// A person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The hash of the secret in the cookie.
    pub hash: SecretHash,
    /// The name of the account.
    pub account: String,
    /// What forms must send along, so that no other site can send them.
    pub csrf: String,
    /// When the person signed in.
    pub created_at: Moment,
    /// When the session ends.
    pub expires_at: Moment,
}
