//! Failures: what went wrong, and what to do next.
//!
//! Exit codes are stable: 0 done, 1 something was found that the user should mend, 2 wrong use,
//! 3 the work failed, 130 stopped by the user.

use std::process::ExitCode;

use karat_hub::error::Error;

use crate::terminal::Terminal;

/// Something was found that the user should mend.
pub const FOUND: u8 = 1;
const FAILED: u8 = 3;
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

    /// Tells the user, and gives the exit code.
    pub fn report(self) -> ExitCode {
        let terminal = Terminal::stderr();
        eprintln!("{} {}", terminal.red("error:"), self.message);
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

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure { message: error.to_string(), hint: None, code: FAILED }
    }
}
