//! `karat account`: the people who may sign in to the console.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use karat_server::access::{
    Account as Kept, Directory, PASSWORD_CHARACTERS_MIN, Role, hash_password,
};

use super::key::role;
use super::serve::directory;
use super::{now, open_hub};
use crate::failure::{FOUND, Failure};
use crate::host::host;
use crate::terminal::say;

/// Make, list, lock out and let in again the people who may sign in to the console
#[derive(Args, Debug)]
pub struct Account {
    #[command(subcommand)]
    work: AccountWork,
    /// The folder of the hub
    #[arg(long, default_value = "hub", global = true)]
    hub: PathBuf,
}

#[derive(Debug, Subcommand)]
enum AccountWork {
    /// Make an account; its password is asked for, or read from standard input
    Create {
        /// The name to sign in with
        name: String,
        /// What the account may do: reader, writer, steward or administrator
        #[arg(long, value_parser = role_of_person)]
        role: Role,
    },
    /// Give an account another password, and let it in again if it was locked or disabled
    Password {
        /// The name of the account
        name: String,
    },
    /// Let an account in no more, and end its sessions
    Disable {
        /// The name of the account
        name: String,
    },
    /// List the accounts
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Account {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let directory = directory(&open_hub(&self.hub)?);
        match self.work {
            AccountWork::Create { name, role } => create(&directory, &name, role),
            AccountWork::Password { name } => with_account(&directory, &name, |account| {
                let password_hash = new_password()?;
                directory.remove_sessions_of(&account.name)?;
                let renewed = Kept { password_hash, failed_sign_ins: 0, ..account };
                directory.put_account(&Kept { locked_until: None, disabled: false, ..renewed })?;
                say!("{name} signs in with the new password from now on.");
                Ok(())
            }),
            AccountWork::Disable { name } => with_account(&directory, &name, |account| {
                directory.put_account(&Kept { disabled: true, ..account })?;
                directory.remove_sessions_of(&name)?;
                say!("{name} is let in no more.");
                Ok(())
            }),
            AccountWork::List { json } => list(&directory, json),
        }
    }
}

/// Reads the name of a role that somebody who signs in can have.
fn role_of_person(name: &str) -> Result<Role, String> {
    match role(name)? {
        Role::Form => Err("forms have keys: `karat key create NAME --role form`".into()),
        role => Ok(role),
    }
}

fn create(directory: &dyn Directory, name: &str, role: Role) -> Result<ExitCode, Failure> {
    if directory.account(name)?.is_some() {
        say!("There is an account {name} already; `karat account password {name}` renews it.");
        return Ok(ExitCode::from(FOUND));
    }
    let password_hash = new_password()?;
    directory.put_account(&Kept {
        name: name.into(),
        role,
        password_hash,
        created_at: now(),
        failed_sign_ins: 0,
        locked_until: None,
        disabled: false,
    })?;
    say!("{name} may sign in, as {}.", role.name());
    Ok(ExitCode::SUCCESS)
}

fn list(directory: &dyn Directory, json: bool) -> Result<ExitCode, Failure> {
    let accounts = directory.accounts()?;
    let state = |account: &Kept| match account.locked_until {
        _ if account.disabled => "disabled",
        Some(until) if now() < until => "locked",
        _ => "active",
    };
    if json {
        let row = |account: &Kept| {
            serde_json::json!({
                "name": account.name,
                "role": account.role.name(),
                "state": state(account),
                "created_at": account.created_at.0,
                "failed_sign_ins": account.failed_sign_ins,
            })
        };
        let rows: Vec<_> = accounts.iter().map(row).collect();
        say!("{:#}", serde_json::Value::from(rows));
        return Ok(ExitCode::SUCCESS);
    }
    if accounts.is_empty() {
        say!("There are no accounts. `karat account create NAME --role ROLE` makes one.");
    }
    for account in &accounts {
        say!("{:<14} {:<9} {}", account.role.name(), state(account), account.name);
    }
    Ok(ExitCode::SUCCESS)
}

fn with_account(
    directory: &dyn Directory,
    name: &str,
    work: impl FnOnce(Kept) -> Result<(), Failure>,
) -> Result<ExitCode, Failure> {
    let Some(account) = directory.account(name)? else {
        say!("There is no account {name}.");
        return Ok(ExitCode::from(FOUND));
    };
    work(account)?;
    Ok(ExitCode::SUCCESS)
}

/// Asks for a password, twice on a terminal; gives what is kept of it.
fn new_password() -> Result<String, Failure> {
    let password = if std::io::stdin().is_terminal() { asked()? } else { read()? };
    let hint = format!("Choose {PASSWORD_CHARACTERS_MIN} characters or more: some words, say.");
    hash_password(&password, &host()).map_err(|weak| Failure::new(weak.to_string(), hint))
}

fn asked() -> Result<String, Failure> {
    let failed =
        |error| Failure::new(format!("no password was read: {error}"), "Try it on a terminal.");
    let terminal = console::Term::stderr();
    let ask = |words: &str| {
        terminal.write_str(words).map_err(failed)?;
        terminal.read_secure_line().map_err(failed)
    };
    let password = ask("Password: ")?;
    if password != ask("The same again: ")? {
        return Err(Failure::new("these are two passwords", "Try it once more."));
    }
    Ok(password)
}

fn read() -> Result<String, Failure> {
    const BYTES_MAX: u64 = 4096;
    let mut password = String::new();
    let read = std::io::stdin().take(BYTES_MAX).read_to_string(&mut password);
    read.map_err(|error| {
        Failure::new(format!("no password was read: {error}"), "Send it to standard input.")
    })?;
    Ok(password.trim_end_matches(['\r', '\n']).to_string())
}
