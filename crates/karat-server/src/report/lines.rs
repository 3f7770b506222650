//! Lines of text for a terminal: how wide, in which colours, with bars of blocks.

use karat_model::language::Language;

/// How to write for a terminal.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// The language.
    pub language: Language,
    /// Whether values of customers are masked, as in `j***@v***`.
    pub masked: bool,
    /// How many characters fit on a line; lines are never longer than 100.
    pub width: usize,
    /// Whether the terminal shows colours.
    pub colour: bool,
}

/// Longer lines are hard to read.
pub(super) const WIDTH_MAX: usize = 100;
/// With less, the columns of a table do not fit side by side.
const WIDTH_MIN: usize = 60;

impl TextOptions {
    /// The width of lines.
    pub(super) fn width(&self) -> usize {
        self.width.clamp(WIDTH_MIN, WIDTH_MAX)
    }

    pub(super) fn paint(&self) -> Paint {
        Paint { colour: self.colour }
    }
}

/// Colours, if the terminal shows them.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    colour: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.into()
        }
    }

    pub(super) fn gold(self, text: &str) -> String {
        self.with("38;5;178", text)
    }

    pub(super) fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(super) fn soft(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.with("38;5;72", text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.with("38;5;167", text)
    }
}

/// A bar in eighths of a cell.
pub(super) fn bar(share: f64, cells: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * cells as f64 * 8.0).round() as usize;
    // What is not nothing is seen.
    let eighths = if share > 0.0 { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// The text without control characters, so that a value cannot take over the terminal.
pub(super) fn readable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '�' } else { c }).collect()
}

/// The text at exactly this width, shortened with `…` or filled with spaces.
pub(super) fn fitted(text: &str, width: usize) -> String {
    let text = readable(text);
    if length(&text) <= width {
        return padded(&text, width);
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    padded(&format!("{kept}…"), width).chars().take(width).collect()
}

pub(super) fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(length(text))))
}

pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// The text broken between words into lines of this width.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in readable(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}
