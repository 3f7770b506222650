//! Failures: what went wrong, and what to do next.
//!
//! Exit codes are stable: 0 done, 1 something was found that the user should mend, 2 wrong use,
//! 3 the work failed, 130 stopped by the user.

use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::ExitCode;

use karat_hub::error::Error;
use karat_hub::view::Unavailable;
use karat_server::access::DirectoryError;

use crate::terminal::Terminal;

/// Something was found that the user should mend.
pub const FOUND: u8 = 1;
/// The work failed.
pub const FAILED: u8 = 3;
const STOPPED: u8 = 130;

/// Why a command could not do what was asked.
#[derive(Debug)]
pub struct Failure {
    message: String,
    hint: Option<String>,
    code: u8,
}

impl Failure {
    /// A failure with a hint.
    pub fn new(message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure { message: message.into(), hint: Some(hint.into()), code: FAILED }
    }

    /// A file or folder of the user's cannot be used.
    pub fn of_path(path: &Path, error: io::Error) -> Failure {
        let hint = match error.kind() {
            ErrorKind::NotFound => "Make the folder first, or name another one.",
            ErrorKind::PermissionDenied => "Choose a place where you may write.",
            ErrorKind::StorageFull => "Make room, or choose another disk.",
            _ => "Name another file or folder.",
        };
        Failure::new(format!("{}: {error}", path.display()), hint)
    }

    /// Tells the user, and gives the exit code.
    pub fn report(self) -> ExitCode {
        let terminal = Terminal::stderr();
        match self.code {
            STOPPED => eprintln!("{}", self.message),
            _ => eprintln!("{} {}", terminal.red("error:"), self.message),
        }
        if let Some(hint) = self.hint {
            eprintln!(" {} {hint}", terminal.bold("hint:"));
        }
        ExitCode::from(self.code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let stopped = matches!(error, Error::Stopped | Error::Store(karat_store::Error::Stopped));
        let code = if stopped { STOPPED } else { FAILED };
        let hint = error.hint();
        let message = if stopped { Error::Stopped.to_string() } else { error.to_string() };
        Failure { message, hint, code }
    }
}

impl From<karat_hub::share::Error> for Failure {
    fn from(error: karat_hub::share::Error) -> Failure {
        Error::from(error).into()
    }
}

impl From<Unavailable> for Failure {
    fn from(unavailable: Unavailable) -> Failure {
        match unavailable.0.downcast::<Error>() {
            Ok(error) => (*error).into(),
            Err(cause) => Failure { message: cause.to_string(), hint: None, code: FAILED },
        }
    }
}

impl From<DirectoryError> for Failure {
    fn from(error: DirectoryError) -> Failure {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        Failure::new(
            format!("{error}{cause}"),
            "If another karat writes to the hub, try again when it is done.",
        )
    }
}
