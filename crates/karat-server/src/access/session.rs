//! Sessions: somebody signed in, for a working day.

use karat_model::record::Moment;

use super::directory::{Account, Directory, DirectoryError, Session};
use super::password::is_password;
use super::{Caller, Known, secret};
use crate::serving::Host;

/// How long a session lasts.
pub const SESSION_SECONDS: i64 = 12 * 60 * 60;
/// After how many failures an account is locked.
const FAILURES_MAX: u32 = 5;
/// How long it is locked then; each further failure doubles it.
const LOCK_SECONDS: i64 = 60;
const LOCK_DOUBLINGS_MAX: u32 = 10;

/// Somebody who just signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub caller: Caller,
    /// What the cookie holds.
    pub secret: String,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInFailed {
    /// The name or the password is wrong, or the account may not be used; which is not told.
    #[error("this name and password let nobody in")]
    Refused,
    /// It was tried too often.
    #[error("it was tried too often")]
    Locked,
    /// The accounts could not be reached.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

/// Signs somebody in.
pub fn sign_in(
    directory: &dyn Directory,
    name: &str,
    password: &str,
    host: &Host,
) -> Result<SignedIn, SignInFailed> {
    let now = (host.now)();
    let account = directory.account(name)?;
    let is_locked = |account: &Account| account.locked_until.is_some_and(|until| now < until);
    if account.as_ref().is_some_and(is_locked) {
        return Err(SignInFailed::Locked);
    }
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let is_right = is_password(password, hash);
    let Some(account) = account else { return Err(SignInFailed::Refused) };
    if !is_right {
        directory.put_account(&after_failure(account, now))?;
        return Err(SignInFailed::Refused);
    }
    if account.disabled {
        return Err(SignInFailed::Refused);
    }
    if account.failed_sign_ins > 0 {
        let cleared = Account { failed_sign_ins: 0, locked_until: None, ..account.clone() };
        directory.put_account(&cleared)?;
    }
    let (secret, csrf) = (secret::new(host), secret::digits(host, 16));
    let session = Session {
        hash: secret::hash(&secret),
        account: account.name.clone(),
        csrf: csrf.clone(),
        created_at: now,
        expires_at: Moment(now.0 + SESSION_SECONDS),
    };
    directory.put_session(&session, now)?;
    let by = Known::Session { csrf };
    Ok(SignedIn { caller: Caller { name: account.name, role: account.role, by }, secret })
}

/// Whose session this is.
pub fn find(
    directory: &dyn Directory,
    secret: &str,
    now: Moment,
) -> Result<Option<Caller>, DirectoryError> {
    let Some(session) = directory.session(&secret::hash(secret))? else { return Ok(None) };
    if now >= session.expires_at {
        return Ok(None);
    }
    let account = directory.account(&session.account)?.filter(|account| !account.disabled);
    let by = Known::Session { csrf: session.csrf };
    Ok(account.map(|account| Caller { name: account.name, role: account.role, by }))
}

fn after_failure(account: Account, now: Moment) -> Account {
    let failed_sign_ins = account.failed_sign_ins.saturating_add(1);
    let beyond = failed_sign_ins.checked_sub(FAILURES_MAX);
    let seconds = |beyond: u32| LOCK_SECONDS << beyond.min(LOCK_DOUBLINGS_MAX);
    let locked_until = beyond.map(|beyond| Moment(now.0 + seconds(beyond)));
    Account { failed_sign_ins, locked_until, ..account }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::memory::{MemoryDirectory, PASSWORD, account, test_host, test_host_at};
    use crate::access::{Role, SignInFailed};

    #[test]
    fn the_password_opens_a_session_that_ends() {
        let (directory, host) = (MemoryDirectory::default(), test_host());
        directory.put_account(&account("eva", Role::Steward)).unwrap();
        let signed_in = sign_in(&directory, "eva", PASSWORD, &host).unwrap();
        let now = (host.now)();
        let caller = |now| find(&directory, &signed_in.secret, now).unwrap();
        assert_eq!(caller(now), Some(signed_in.caller.clone()));
        assert_eq!(caller(Moment(now.0 + SESSION_SECONDS)), None);
        assert_eq!(find(&directory, "other", now).unwrap(), None);
        let disabled = Account { disabled: true, ..account("eva", Role::Steward) };
        directory.put_account(&disabled).unwrap();
        assert_eq!(caller(now), None, "an account that is disabled is out at once");
        let again = sign_in(&directory, "eva", PASSWORD, &host);
        assert!(matches!(again, Err(SignInFailed::Refused)));
    }

    #[test]
    fn who_guesses_is_locked_out_for_longer_and_longer() {
        let directory = MemoryDirectory::default();
        directory.put_account(&account("eva", Role::Reader)).unwrap();
        let start = (test_host().now)().0;
        let tried =
            |password, after| sign_in(&directory, "eva", password, &test_host_at(start + after));
        for _ in 0..FAILURES_MAX {
            assert!(matches!(tried("wrong", 0), Err(SignInFailed::Refused)));
        }
        assert!(matches!(tried(PASSWORD, LOCK_SECONDS - 1), Err(SignInFailed::Locked)));
        assert!(matches!(tried("wrong", LOCK_SECONDS), Err(SignInFailed::Refused)));
        assert!(matches!(tried(PASSWORD, 3 * LOCK_SECONDS - 1), Err(SignInFailed::Locked)));
        assert!(tried(PASSWORD, 3 * LOCK_SECONDS).is_ok());
        assert_eq!(directory.account("eva").unwrap().unwrap().failed_sign_ins, 0);
        assert!(matches!(tried("wrong", 0), Err(SignInFailed::Refused)), "and counts anew");
        assert!(tried(PASSWORD, 0).is_ok());
    }

    #[test]
    fn nobody_is_refused_like_a_wrong_password() {
        let directory = MemoryDirectory::default();
        let refused = sign_in(&directory, "nobody", PASSWORD, &test_host());
        assert!(matches!(refused, Err(SignInFailed::Refused)));
    }
}
