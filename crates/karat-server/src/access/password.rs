//! Passwords: hashed with Argon2id (RFC 9106).

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};

use crate::serving::Host;

/// The fewest characters of a password (NIST SP 800-63B-4, 3.1.1.2).
pub const PASSWORD_CHARACTERS_MIN: usize = 15;
const PASSWORD_BYTES_MAX: usize = 1024;
const SALT_BYTES: usize = 16;

/// A password is too short, or too long to be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password has {PASSWORD_CHARACTERS_MIN} characters or more")]
pub struct WeakPassword;

/// What is kept of a password, as a PHC string.
pub fn hash_password(password: &str, host: &Host) -> Result<String, WeakPassword> {
    let is_short = password.chars().count() < PASSWORD_CHARACTERS_MIN;
    if is_short || password.len() > PASSWORD_BYTES_MAX {
        return Err(WeakPassword);
    }
    let mut salt = [0; SALT_BYTES];
    (host.chance)(&mut salt);
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    let hash: PasswordHash = hash.map_err(|_| WeakPassword)?;
    Ok(hash.to_string())
}

/// Whether this is the password. Without a hash the same work is done, so that nobody can tell from
/// the time that there is no such account.
pub fn is_password(password: &str, hash: Option<&str>) -> bool {
    const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    if password.len() > PASSWORD_BYTES_MAX {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODYS)) else { return false };
    let verified = Argon2::default().verify_password(password.as_bytes(), &parsed);
    verified.is_ok() && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::memory::test_host;

    #[test]
    fn only_the_password_fits_its_hash() {
        let host = test_host();
        let hash = hash_password("correct horse battery", &host).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is_password("correct horse battery", Some(&hash)));
        assert!(!is_password("correct horse batterz", Some(&hash)));
        assert!(!is_password("correct horse battery", None));
        assert!(!is_password("", Some("no hash")));
        assert_ne!(hash_password("correct horse battery", &host).unwrap(), hash, "it is salted");
    }

    #[test]
    fn short_passwords_are_refused() {
        let host = test_host();
        assert_eq!(hash_password("fourteen chars", &host), Err(WeakPassword));
        assert_eq!(hash_password(&"x".repeat(2000), &host), Err(WeakPassword));
    }
}
