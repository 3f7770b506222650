//! Values that were cut off because their field holds no more.
//!
//! ```text
//!   length: 20   "Koninklijke Nederlan"   cut off          "Koninklijke Bakkers."   whole
//!                "Van der Berg en Zone"   cut off          "Hoofdstraat"            whole
//! ```
//!
//! What was cut off is not known, so nothing is repaired.

use karat_model::profile::ColumnProfile;
use karat_model::semantic::SemanticType;

use super::address::city;
use super::misuse;
use super::person_name::{is_family_name, is_given_name};

/// Whether a value is as long as its field can be and breaks off: in a word, in brackets, or behind
/// a sign after which more follows. A value whose last word is a known name is taken for whole.
pub fn is_truncated(value: &str, length_max: u16) -> bool {
    let length = usize::from(length_max);
    let is_full = value.len() >= length && value.chars().count() == length;
    if !is_full {
        return false;
    }
    let last_word = value.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let ends_in_word = value.ends_with(char::is_alphabetic);
    let is_known =
        is_given_name(last_word) || is_family_name(last_word) || city::is_known(last_word);
    let has_open_bracket = value.matches('(').count() > value.matches(')').count();
    let more_follows = value.ends_with(['-', ',', '/', '&', '(']);
    more_follows || has_open_bracket || ends_in_word && !is_known && !city::is_known(value)
}

/// The length of the field of a column, where many values are as long as it and none is longer.
///
/// Values of a fixed form, such as postal codes, all have one length and say nothing.
pub fn length_max(profile: &ColumnProfile, semantic_type: SemanticType) -> Option<u16> {
    const FILLED_MIN: u64 = 1_000;
    const LENGTH_MIN: u32 = 10;
    const ENDINGS_MIN: usize = 3;
    let (shortest, longest) = profile.length_min_max;
    let is_likely = misuse::accepts_anything(semantic_type)
        && profile.filled >= FILLED_MIN
        && longest >= LENGTH_MIN
        && shortest < longest / 2
        && profile.longest() * 100 >= profile.filled;
    let length = u16::try_from(longest).ok().filter(|_| is_likely)?;
    // One long name that comes often is no end of a field.
    let seen = profile.top.iter().map(|(value, _)| value).chain(&profile.sample);
    let mut cut: Vec<&String> = seen.filter(|value| is_truncated(value, length)).collect();
    cut.sort_unstable();
    cut.dedup();
    (cut.len() >= ENDINGS_MIN).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_break_off_are_truncated() {
        for (value, length, expected) in [
            ("Koninklijke Nederlan", 20, true),
            ("Van der Berg en Zone", 20, true),
            ("Kerkstraat 12 (achte", 20, true),
            ("Jansen-de Wit-Bakke-", 20, true),
            ("Coöperatie Zuivelfab", 20, true),
            // Near misses: shorter, whole words, finished.
            ("Koninklijke Nederla", 20, false),
            ("Koninklijke Nederland", 20, false),
            ("Koninklijke Bakkers.", 20, false),
            ("Stichting Amersfoort", 20, false),
            ("Maatschap P. Jansen", 19, false),
            ("Kerkstraat 12 (hoek)", 20, false),
            ("Laan van Meerdervo 4", 20, false),
            ("", 0, false),
        ] {
            assert_eq!(is_truncated(value, length), expected, "{value}");
        }
    }

    fn profile(values: &[String]) -> ColumnProfile {
        let mut profiler = crate::quality::profile::Profiler::new("naam", |_| false);
        values.iter().for_each(|value| profiler.observe(value));
        profiler.finish()
    }

    #[test]
    fn the_length_of_a_field_is_seen_where_values_break_off() {
        let name = |at: usize| format!("Vereniging nr {} tot behoud van molens", 10 + at % 50);
        let whole: Vec<String> = (0..1_200).map(|at| format!("Bos {at}")).collect();
        let cut = |length: usize, count: usize| {
            let mut values = whole.clone();
            values.extend((0..count).map(|at| name(at).chars().take(length).collect()));
            profile(&values)
        };
        use SemanticType::{CompanyName, Postcode};
        assert_eq!(length_max(&cut(30, 40), CompanyName), Some(30));
        // Near misses: too few, whole, of a type with a form, one name that comes often.
        assert_eq!(length_max(&cut(30, 5), CompanyName), None);
        assert_eq!(length_max(&cut(16, 40), CompanyName), None);
        assert_eq!(length_max(&cut(30, 40), Postcode), None);
        let mut values = whole.clone();
        values.extend(vec!["Vereniging tot behoud van mole".to_owned(); 100]);
        assert_eq!(length_max(&profile(&values), CompanyName), None);
    }
}
