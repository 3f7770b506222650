//! `karat key`: the keys by which applications are let in.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use karat_model::record::Moment;
use karat_server::access::{ApiKey, Directory, Role, create_key};

use super::serve::directory;
use super::{now, open_hub};
use crate::failure::{FOUND, Failure};
use crate::host::host;
use crate::terminal::{Terminal, say};

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Make, list and revoke the keys by which applications are let in
#[derive(Args, Debug)]
pub struct Key {
    #[command(subcommand)]
    work: KeyWork,
    /// The folder of the hub
    #[arg(long, default_value = "hub", global = true)]
    hub: PathBuf,
}

#[derive(Debug, Subcommand)]
enum KeyWork {
    /// Make a key, and show it once
    ///
    /// Keys of one name may be valid at a time: make a new one, let the application use it, then
    /// revoke the old one.
    Create {
        /// What the key is for, such as the name of the application
        name: String,
        /// What it may do: form, reader, writer, steward or administrator
        #[arg(long, value_parser = role)]
        role: Role,
        /// After how many days it is no longer valid
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: Option<u32>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the keys, without their secrets
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Revoke a key
    Revoke {
        /// The id of the key, as the list shows it
        id: String,
    },
}

impl Key {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let directory = directory(&open_hub(&self.hub)?);
        match self.work {
            KeyWork::Create { name, role, days, json } => {
                create(&directory, &name, role, days, json)
            }
            KeyWork::List { json } => list(&directory, json),
            KeyWork::Revoke { id } => revoke(&directory, &id),
        }
    }
}

fn create(
    directory: &dyn Directory,
    name: &str,
    role: Role,
    days: Option<u32>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let expires_at = days.map(|days| Moment(now().0 + i64::from(days) * DAY_SECONDS));
    let made = create_key(directory, name, role, expires_at, &host())?;
    if json {
        let key = serde_json::json!({ "id": made.kept.id, "key": made.token });
        say!("{key:#}");
    } else {
        say!("{}", Terminal::stdout().bold(&made.token));
        eprintln!("This is the only time that the key is shown. Send it as");
        eprintln!("   Authorization: Bearer {}_…", made.kept.id);
    }
    Ok(ExitCode::SUCCESS)
}

fn list(directory: &dyn Directory, json: bool) -> Result<ExitCode, Failure> {
    let keys = directory.keys()?;
    if json {
        let rows: Vec<_> = keys.iter().map(row).collect();
        say!("{:#}", serde_json::Value::from(rows));
        return Ok(ExitCode::SUCCESS);
    }
    if keys.is_empty() {
        say!("There are no keys. `karat key create NAME --role ROLE` makes one.");
    }
    for key in &keys {
        say!("{}   {:<14} {:<10} {}", key.id, key.role.name(), state(key), key.name);
    }
    Ok(ExitCode::SUCCESS)
}

fn revoke(directory: &dyn Directory, id: &str) -> Result<ExitCode, Failure> {
    let keys = directory.keys()?;
    let Some(key) = keys.into_iter().find(|key| key.id == id) else {
        say!("There is no key {id}.");
        return Ok(ExitCode::from(FOUND));
    };
    if key.revoked_at.is_some() {
        say!("Key {id} is revoked already.");
        return Ok(ExitCode::SUCCESS);
    }
    directory.put_key(&ApiKey { revoked_at: Some(now()), ..key })?;
    say!("Key {id} lets nobody in any more.");
    Ok(ExitCode::SUCCESS)
}

fn row(key: &ApiKey) -> serde_json::Value {
    serde_json::json!({
        "id": key.id,
        "name": key.name,
        "role": key.role.name(),
        "state": state(key),
        "created_at": key.created_at.0,
        "expires_at": key.expires_at.map(|moment| moment.0),
        "revoked_at": key.revoked_at.map(|moment| moment.0),
    })
}

fn state(key: &ApiKey) -> &'static str {
    match key.revoked_at {
        Some(_) => "revoked",
        None if !key.is_valid(now()) => "expired",
        None => "valid",
    }
}

/// Reads the name of a role.
pub fn role(name: &str) -> Result<Role, String> {
    let names = Role::ALL.map(Role::name).join(", ");
    Role::from_name(name).ok_or_else(|| format!("the roles are {names}"))
}
