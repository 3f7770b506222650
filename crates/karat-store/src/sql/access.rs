//! API keys, accounts and sessions.

use karat_model::record::Moment;

use super::Value::{self, Bytes, Integer, Text};
use super::{Query, Row, Write};
use crate::access::{Account, ApiKey, SecretHash, Session};
use crate::error::{Error, Result};

macro_rules! select_api_keys {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, role, hash, created_at, expires_at, revoked_at FROM api_key ",
            $rest
        )
    };
}

macro_rules! select_accounts {
    ($rest:literal) => {
        concat!(
            "SELECT name, role, password_hash, created_at, failed_sign_ins, locked_until, disabled
             FROM account ",
            $rest
        )
    };
}

/// Creates or replaces an API key, by its id.
pub fn put_api_key(write: &impl Write, key: &ApiKey) -> Result<()> {
    let put = "
        INSERT INTO api_key (id, name, role, hash, created_at, expires_at, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role,
            hash = excluded.hash, created_at = excluded.created_at,
            expires_at = excluded.expires_at, revoked_at = excluded.revoked_at";
    let values = [
        Text(&key.id),
        Text(&key.name),
        Text(&key.role),
        Bytes(&key.hash),
        Integer(key.created_at.0),
        moment_or_null(key.expires_at),
        moment_or_null(key.revoked_at),
    ];
    write.execute(put, &values)?;
    Ok(())
}

/// Removes an API key; `false` when there was none.
pub fn remove_api_key(write: &impl Write, id: &str) -> Result<bool> {
    Ok(write.execute("DELETE FROM api_key WHERE id = $1", &[Text(id)])? > 0)
}

/// All API keys, by id.
pub fn api_keys(query: &impl Query) -> Result<Vec<ApiKey>> {
    query.all(select_api_keys!("ORDER BY id"), &[], api_key_of)
}

/// The API key with this hash.
pub fn api_key(query: &impl Query, hash: &SecretHash) -> Result<Option<ApiKey>> {
    query.first(select_api_keys!("WHERE hash = $1"), &[Bytes(hash)], api_key_of)
}

/// Creates or replaces an account, by its name.
pub fn put_account(write: &impl Write, account: &Account) -> Result<()> {
    let put = "
        INSERT INTO account
            (name, role, password_hash, created_at, failed_sign_ins, locked_until, disabled)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (name) DO UPDATE SET role = excluded.role,
            password_hash = excluded.password_hash, created_at = excluded.created_at,
            failed_sign_ins = excluded.failed_sign_ins, locked_until = excluded.locked_until,
            disabled = excluded.disabled";
    let values = [
        Text(&account.name),
        Text(&account.role),
        Text(&account.password_hash),
        Integer(account.created_at.0),
        Integer(i64::from(account.failed_sign_ins)),
        moment_or_null(account.locked_until),
        Integer(i64::from(account.disabled)),
    ];
    write.execute(put, &values)?;
    Ok(())
}

/// Removes an account with its sessions and saved views; `false` when there was none.
pub fn remove_account(write: &impl Write, name: &str) -> Result<bool> {
    remove_sessions_of(write, name)?;
    write.execute("DELETE FROM saved_view WHERE account = $1", &[Text(name)])?;
    Ok(write.execute("DELETE FROM account WHERE name = $1", &[Text(name)])? > 0)
}

/// All accounts, by name.
pub fn accounts(query: &impl Query) -> Result<Vec<Account>> {
    query.all(select_accounts!("ORDER BY name"), &[], account_of)
}

/// The account with this name.
pub fn account(query: &impl Query, name: &str) -> Result<Option<Account>> {
    query.first(select_accounts!("WHERE name = $1"), &[Text(name)], account_of)
}

/// Creates or replaces a session, by its hash.
pub fn put_session(write: &impl Write, session: &Session) -> Result<()> {
    let put = "
        INSERT INTO session (hash, account, csrf, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (hash) DO UPDATE SET account = excluded.account, csrf = excluded.csrf,
            created_at = excluded.created_at, expires_at = excluded.expires_at";
    let values = [
        Bytes(&session.hash),
        Text(&session.account),
        Text(&session.csrf),
        Integer(session.created_at.0),
        Integer(session.expires_at.0),
    ];
    write.execute(put, &values)?;
    Ok(())
}

/// Removes a session; `false` when there was none.
pub fn remove_session(write: &impl Write, hash: &SecretHash) -> Result<bool> {
    Ok(write.execute("DELETE FROM session WHERE hash = $1", &[Bytes(hash)])? > 0)
}

/// Removes the sessions of an account; says how many.
pub fn remove_sessions_of(write: &impl Write, account: &str) -> Result<u64> {
    write.execute("DELETE FROM session WHERE account = $1", &[Text(account)])
}

/// Removes the sessions that have ended; says how many.
pub fn remove_ended_sessions(write: &impl Write, at: Moment) -> Result<u64> {
    write.execute("DELETE FROM session WHERE expires_at <= $1", &[Integer(at.0)])
}

/// The session with this hash, whether it has ended or not.
pub fn session(query: &impl Query, hash: &SecretHash) -> Result<Option<Session>> {
    let select = "
        SELECT hash, account, csrf, created_at, expires_at FROM session WHERE hash = $1";
    query.first(select, &[Bytes(hash)], |row| {
        Ok(Session {
            hash: hash_of(row, 0, "session")?,
            account: row.text(1)?.into_owned(),
            csrf: row.text(2)?.into_owned(),
            created_at: Moment(row.integer(3)?),
            expires_at: Moment(row.integer(4)?),
        })
    })
}

fn moment_or_null(moment: Option<Moment>) -> Value<'static> {
    moment.map_or(Value::Null, |moment| Integer(moment.0))
}

fn hash_of(row: &dyn Row, column: usize, what: &'static str) -> Result<SecretHash> {
    row.bytes(column)?.try_into().map_err(|_| Error::Damaged { what, number: 0 })
}

fn api_key_of(row: &dyn Row) -> Result<ApiKey> {
    Ok(ApiKey {
        id: row.text(0)?.into_owned(),
        name: row.text(1)?.into_owned(),
        role: row.text(2)?.into_owned(),
        hash: hash_of(row, 3, "api_key")?,
        created_at: Moment(row.integer(4)?),
        expires_at: row.integer_or_null(5)?.map(Moment),
        revoked_at: row.integer_or_null(6)?.map(Moment),
    })
}

fn account_of(row: &dyn Row) -> Result<Account> {
    Ok(Account {
        name: row.text(0)?.into_owned(),
        role: row.text(1)?.into_owned(),
        password_hash: row.text(2)?.into_owned(),
        created_at: Moment(row.integer(3)?),
        failed_sign_ins: row.integer(4)? as u32,
        locked_until: row.integer_or_null(5)?.map(Moment),
        disabled: row.integer(6)? != 0,
    })
}
