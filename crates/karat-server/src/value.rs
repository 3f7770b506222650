//! Standardised values as people read them: codes as words, dates and numbers in their language.
//!
//! Files and raw values keep the codes; only screens and reports speak.

use jiff::civil::Date;
use karat_model::evidence::Evidence;
use karat_model::semantic::SemanticType;

use crate::country_names::country_name;
use crate::locale::Locale;

impl Locale {
    /// A standardised value as people read it; one that is not understood stays as it is.
    pub fn value(&self, semantic_type: SemanticType, value: &str) -> String {
        use SemanticType as T;
        let word = match semantic_type {
            T::Gender => self.gender(value).map(str::to_string),
            T::Flag => self.flag(value).map(str::to_string),
            T::Country => country_name(value, self.language).map(str::to_string),
            T::BirthDate | T::Date | T::UpdatedAt => {
                value.parse::<Date>().ok().map(|date| self.calendar_date(date))
            }
            T::Number => self.number(value),
            T::Iban => Some(grouped_by_four(value)),
            _ => None,
        };
        word.unwrap_or_else(|| value.to_string())
    }

    /// The values of one side of a comparison as people read them.
    pub(crate) fn compared(&self, evidence: &Evidence, values: &str) -> String {
        // A comparison is named after what it compares; those of other names show plain text.
        let semantic_type = match evidence.comparison.as_str() {
            "gender" => SemanticType::Gender,
            "birth_date" => SemanticType::BirthDate,
            "iban" => SemanticType::Iban,
            _ => return values.into(),
        };
        let words = values.split(", ").map(|value| self.value(semantic_type, value));
        words.collect::<Vec<_>>().join(", ")
    }

    fn gender(&self, value: &str) -> Option<&'static str> {
        match value {
            "male" => Some(self.say("male", "man")),
            "female" => Some(self.say("female", "vrouw")),
            _ => None,
        }
    }

    fn flag(&self, value: &str) -> Option<&'static str> {
        match value {
            "yes" => Some(self.say("yes", "ja")),
            "no" => Some(self.say("no", "nee")),
            _ => None,
        }
    }

    /// A number with the marks of the language, and all its decimals.
    fn number(&self, value: &str) -> Option<String> {
        let (sign, digits) = value.strip_prefix('-').map_or(("", value), |rest| ("−", rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let is_plain = decimals.bytes().all(|byte| byte.is_ascii_digit());
        let whole = self.count(whole.parse::<u64>().ok().filter(|_| is_plain)?);
        let mark = if decimals.is_empty() { "" } else { self.say(".", ",") };
        Some(format!("{sign}{whole}{mark}{decimals}"))
    }
}

/// An account number as it stands on a bank statement (ISO 13616).
fn grouped_by_four(value: &str) -> String {
    let characters: Vec<char> = value.chars().filter(|c| !c.is_whitespace()).collect();
    let groups = characters.chunks(4).map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;

    #[test]
    fn codes_become_words_and_other_values_stay() {
        use SemanticType::*;
        for (semantic_type, value, english, dutch) in [
            (Gender, "female", "female", "vrouw"),
            (Gender, "x", "x", "x"),
            (Flag, "yes", "yes", "ja"),
            (Flag, "misschien", "misschien", "misschien"),
            (Country, "DE", "Germany", "Duitsland"),
            (Country, "Atlantis", "Atlantis", "Atlantis"),
            (BirthDate, "1984-03-12", "12 Mar 1984", "12 mrt 1984"),
            (BirthDate, "1984", "1984", "1984"),
            (Number, "-12345.50", "−12,345.50", "−12.345,50"),
            (Number, "7e3", "7e3", "7e3"),
            (Iban, "NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", "NL91 ABNA 0417 1643 00"),
            (Category, "yes", "yes", "yes"),
            (GivenName, "male", "male", "male"),
        ] {
            let written = |language| Locale::of(language).value(semantic_type, value);
            assert_eq!(written(Language::English), english);
            assert_eq!(written(Language::Dutch), dutch);
        }
    }

    #[test]
    fn comparisons_show_words_as_well() {
        let mut evidence = crate::fixture::linked_pair().evidence.swap_remove(0);
        let mut shown = |comparison: &str, values: &str| {
            evidence.comparison = comparison.into();
            Locale::of(Language::Dutch).compared(&evidence, values)
        };
        assert_eq!(shown("gender", "male"), "man");
        assert_eq!(shown("birth_date", "1984-03-12, 1984-12-03"), "12 mrt 1984, 3 dec 1984");
        assert_eq!(shown("email", "male"), "male");
        assert_eq!(shown("gender", ""), "");
    }
}
