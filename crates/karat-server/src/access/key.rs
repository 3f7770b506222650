//! API keys: `karat_<id>_<secret>`.

use karat_model::record::Moment;

use super::directory::{ApiKey, Directory, DirectoryError};
use super::{Caller, Known, Role, secret};
use crate::serving::Host;

const PREFIX: &str = "karat";
const ID_BYTES: usize = 6;

/// A key that was just made: the only time that all of it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// What is kept of it.
    pub kept: ApiKey,
    /// The whole key, to be shown once.
    pub token: String,
}

/// Makes a key and keeps it.
pub fn create_key(
    directory: &dyn Directory,
    name: &str,
    role: Role,
    expires_at: Option<Moment>,
    host: &Host,
) -> Result<NewKey, DirectoryError> {
    let (id, secret) = (secret::digits(host, ID_BYTES), secret::new(host));
    let token = format!("{PREFIX}_{id}_{secret}");
    let hash = secret::hash(&secret);
    let created_at = (host.now)();
    let name = name.to_string();
    let kept = ApiKey { id, name, role, hash, created_at, expires_at, revoked_at: None };
    directory.put_key(&kept)?;
    Ok(NewKey { kept, token })
}

/// Whose key this is.
pub fn find(
    directory: &dyn Directory,
    token: &str,
    now: Moment,
) -> Result<Option<Caller>, DirectoryError> {
    let Some((id, secret)) = parts(token) else { return Ok(None) };
    let hash = secret::hash(secret);
    let Some(key) = directory.key(&hash)? else { return Ok(None) };
    let is_let_in = secret::same(key.hash, hash) && key.id == id && key.is_valid(now);
    Ok(is_let_in.then(|| Caller { name: key.name, role: key.role, by: Known::Key(key.id) }))
}

/// The id and the secret of a key.
fn parts(token: &str) -> Option<(&str, &str)> {
    let (id, secret) = token.strip_prefix(PREFIX)?.strip_prefix('_')?.split_once('_')?;
    (id.len() == 2 * ID_BYTES && secret.len() == 64).then_some((id, secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::memory::{MemoryDirectory, test_host};

    #[test]
    fn a_key_opens_until_it_expires_or_is_revoked() {
        let (directory, host) = (MemoryDirectory::default(), test_host());
        let now = (host.now)();
        let expiry = Some(Moment(now.0 + 60));
        let made = create_key(&directory, "shop", Role::Writer, expiry, &host).unwrap();
        let caller = |token: &str, now| find(&directory, token, now).unwrap();
        let found = caller(&made.token, now).unwrap();
        assert_eq!((found.name.as_str(), found.role), ("shop", Role::Writer));
        assert_eq!(caller(&made.token, Moment(now.0 + 60)), None);
        // Near misses: another secret, another id, no key at all.
        let other = create_key(&directory, "shop", Role::Writer, None, &host).unwrap();
        let swapped = made.token.replace(&made.kept.id, &other.kept.id);
        for token in [&swapped, &made.token[1..], "", "karat__", &format!("{}0", made.token)] {
            assert_eq!(caller(token, now), None, "{token}");
        }
        assert!(caller(&other.token, now).is_some(), "two keys of one name are valid at a time");
        directory.put_key(&ApiKey { revoked_at: Some(now), ..made.kept }).unwrap();
        assert_eq!(caller(&made.token, now), None);
        assert!(caller(&other.token, now).is_some());
    }

    #[test]
    fn the_secret_is_not_kept() {
        let (directory, host) = (MemoryDirectory::default(), test_host());
        let made = create_key(&directory, "shop", Role::Reader, None, &host).unwrap();
        let (_, secret) = parts(&made.token).unwrap();
        assert!(!format!("{:?}", directory.keys().unwrap()).contains(secret));
    }
}
