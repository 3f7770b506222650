//! The languages people read Karat in.

/// A language of the console, the reports and the messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Dutch.
    Dutch,
}

impl Language {
    /// Picks the text in this language; both stand side by side, so none can be forgotten.
    pub fn say<'a>(self, english: &'a str, dutch: &'a str) -> &'a str {
        match self {
            Language::English => english,
            Language::Dutch => dutch,
        }
    }

    /// A whole number with its thousands apart: `61,204`, `61.204`.
    pub fn count(self, number: u64) -> String {
        let digits = number.to_string();
        let mut written = String::new();
        for (at, digit) in digits.chars().enumerate() {
            let starts_thousand = at > 0 && (digits.len() - at).is_multiple_of(3);
            if starts_thousand {
                written.push_str(self.say(",", "."));
            }
            written.push(digit);
        }
        written
    }

    /// The two-letter code of ISO 639-1.
    pub fn code(self) -> &'static str {
        self.say("en", "nl")
    }

    /// The language with this code, if Karat speaks it.
    pub fn from_code(code: &str) -> Option<Language> {
        match code.get(..2)?.to_ascii_lowercase().as_str() {
            "en" => Some(Language::English),
            "nl" => Some(Language::Dutch),
            _ => None,
        }
    }
}
