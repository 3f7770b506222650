//! The password of the database: from `PGPASSWORD`, or from the password file of PostgreSQL.

use std::path::{Path, PathBuf};

use karat_store::{SignIn, password_in};

/// Finds the password for whoever signs in.
pub fn find(sign_in: &SignIn) -> Option<String> {
    let told = std::env::var("PGPASSWORD").ok().filter(|password| !password.is_empty());
    told.or_else(|| {
        let file = password_file()?;
        if !is_private(&file) {
            eprintln!(
                "note: {} is not used, as others may read it; `chmod 600` mends that",
                file.display()
            );
            return None;
        }
        password_in(&std::fs::read_to_string(file).ok()?, sign_in)
    })
}

/// `PGPASSFILE`, or `.pgpass` in the user's folder, if it is there.
fn password_file() -> Option<PathBuf> {
    let named = std::env::var_os("PGPASSFILE").map(PathBuf::from);
    let at_home = || std::env::home_dir().map(|home| home.join(".pgpass"));
    named.or_else(at_home).filter(|file| file.is_file())
}

/// The text of a file with a secret, which others may not read.
pub fn private_file(file: &Path) -> std::io::Result<String> {
    let text = std::fs::read_to_string(file)?;
    if !is_private(file) {
        let message = "others may read it; `chmod 600` mends that";
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, message));
    }
    Ok(text)
}

#[cfg(unix)]
fn is_private(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn is_private(_file: &Path) -> bool {
    true
}
