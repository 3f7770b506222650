//! The terminal: colours, width and numbers as people read them.

use std::io::{ErrorKind, IsTerminal, Write};

use indicatif::HumanCount;

use crate::failure::FAILED;

/// Writes a line to standard output, as `println!` does, for whoever still reads.
macro_rules! say {
    ($($text:tt)*) => { $crate::terminal::write_line(format_args!($($text)*)) };
}
pub(crate) use say;

/// Writes a line to standard output; a reader that has seen enough, such as `head`, ends the
/// program in peace.
pub fn write_line(line: std::fmt::Arguments<'_>) {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            eprintln!("error: cannot write to standard output: {error}");
            std::process::exit(FAILED.into());
        }
    }
}

/// What the output can show.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    /// Whether it shows colours.
    pub colour: bool,
    /// How many characters fit on a line.
    pub width: usize,
}

impl Terminal {
    /// What standard output can show.
    pub fn stdout() -> Terminal {
        Terminal::of(std::io::stdout().is_terminal())
    }

    /// What standard error can show.
    pub fn stderr() -> Terminal {
        Terminal::of(std::io::stderr().is_terminal())
    }

    fn of(is_terminal: bool) -> Terminal {
        // https://no-color.org
        let colour_unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let columns = console::Term::stderr().size().1;
        Terminal { colour: is_terminal && !colour_unwanted, width: usize::from(columns) }
    }

    /// Bold text.
    pub fn bold(self, text: &str) -> String {
        self.styled("1", text)
    }

    /// Red text, for errors.
    pub fn red(self, text: &str) -> String {
        self.styled("1;31", text)
    }

    /// Dim text, for what matters less.
    pub fn dim(self, text: &str) -> String {
        self.styled("2", text)
    }

    fn styled(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}

/// A count with thousands separated.
pub fn count(number: u64) -> String {
    HumanCount(number).to_string()
}

/// A count with what is counted, as `1 row` or `2,000 rows`.
pub fn counted(number: u64, one: &str, several: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { several })
}

/// A share as a percentage with one decimal.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}
