//! The terminal: colours, width and numbers as people read them.

use std::io::{ErrorKind, IsTerminal, Write};

use console::measure_text_width;
use karat_model::language::Language;

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
    /// Whether people look at it.
    is_watched: bool,
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
        let colour = is_terminal && !colour_unwanted;
        Terminal { colour, width: usize::from(columns), is_watched: is_terminal }
    }

    /// A line as it fits on a terminal: broken between words, with what follows indented. A file
    /// or another program gets it whole.
    pub fn fitted(self, line: &str) -> String {
        if self.is_watched { broken(line, self.width) } else { line.to_string() }
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

/// A count, for commands that speak English alone.
pub fn count(number: u64) -> String {
    Language::English.count(number)
}

/// A count with what is counted, as `1 row` or `2,000 rows`.
pub fn counted(number: u64, one: &str, several: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { several })
}

/// A share as a percentage with one decimal.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// A line broken between words into lines of this width, what follows indented further.
fn broken(line: &str, width: usize) -> String {
    if measure_text_width(line) <= width {
        return line.to_string();
    }
    let indent = line.chars().take_while(|character| *character == ' ').count() + 2;
    let mut broken = String::new();
    let mut used = 0;
    for (at, word) in line.split(' ').enumerate() {
        let length = measure_text_width(word);
        if at > 0 && used + 1 + length > width && used > indent {
            broken.push('\n');
            broken.push_str(&" ".repeat(indent));
            used = indent;
        } else if at > 0 {
            broken.push(' ');
            used += 1;
        }
        broken.push_str(word);
        used += length;
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_break_between_words_and_short_ones_stay() {
        assert_eq!(broken("   linked from +0.00 bits", 25), "   linked from +0.00 bits");
        assert_eq!(broken("   linked from +0.00 bits", 24), "   linked from +0.00\n     bits");
        let bold = "\x1b[1m✓\x1b[0m  one two";
        assert_eq!(broken(bold, 10), bold, "colours take no room");
    }
}
