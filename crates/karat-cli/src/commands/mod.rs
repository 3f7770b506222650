//! The commands: a file per verb, all of one shape: the arguments, and `run`.
//!
//! Arrives: the words that the user typed, as `clap` has read them.
//! Leaves: text or JSON on standard output, files that were asked for, and an exit code.
//! Promises: a command only asks the hub and shows the answer; every failure has a hint.
//! Start reading in `load.rs`.

pub mod demo;
pub mod assess;
pub mod profile;
pub mod suggest;
pub mod matching;
pub mod evaluate;
pub mod init;
pub mod load;
pub mod serve;
pub mod key;
pub mod account;
pub mod export;
pub mod migrate;
pub mod backup;
pub mod restore;
pub mod verify;
pub mod replay;
pub mod preview;
pub mod publish;
pub mod rollback;
pub mod history;
pub mod drift;
pub mod scorecard;
pub mod findings;
pub mod repair;
pub mod feedback;
pub mod currency;
pub mod confirm;
pub mod check;
pub mod explain;
pub mod validate;
mod gate_lines;
pub mod schema;

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use karat_hub::Hub;
use karat_hub::error::Error;
use karat_model::language::Language;
use karat_model::record::Moment;

use crate::password;

/// The time of day.
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(since.as_secs() as i64)
}

/// The name of whoever works on this machine.
pub fn whoever() -> String {
    let names = ["USER", "LOGNAME", "USERNAME"].into_iter();
    let told = names.filter_map(|name| std::env::var(name).ok()).find(|name| !name.is_empty());
    told.unwrap_or_else(|| "command line".into())
}

/// Opens the hub in a folder, with the password of its database.
pub fn open_hub(dir: &Path) -> Result<Hub, Error> {
    Ok(Hub::open(dir)?.with_password(password::find))
}

/// Reads `en` or `nl`.
pub fn language(code: &str) -> Result<Language, String> {
    Language::from_code(code).ok_or_else(|| "Karat speaks en and nl".to_string())
}
