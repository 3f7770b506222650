//! Phonetics: keys that are equal for names that sound alike.
//!
//! Arrives: a folded name (see `fold.rs`), and by which rules it sounds.
//! Leaves: its sound key, which only means something beside others by the same rules.
//! Promises: the same key on every machine and for ever, since match models freeze blocks by it.
//! Start reading in `dutch.rs`; each set of rules has a file of its own.

mod cologne;
mod dutch;
mod international;
mod nysiis;

use karat_model::match_settings::Phonetics;

/// The sound key of a folded name; empty for one without letters.
pub fn sound(phonetics: Phonetics, folded: &str) -> String {
    match phonetics {
        Phonetics::Dutch => dutch::sound(folded),
        Phonetics::German => cologne::sound(folded),
        Phonetics::English => nysiis::sound(folded),
        Phonetics::International => international::sound(folded),
    }
}

/// The letters of a folded name, without spaces and digits.
fn letters(folded: &str) -> Vec<u8> {
    folded.bytes().filter(u8::is_ascii_alphabetic).collect()
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether two names have one key.
    fn alike(phonetics: Phonetics, left: &str, right: &str) -> bool {
        sound(phonetics, left) == sound(phonetics, right)
    }

    #[test]
    fn each_language_hears_its_own_spellings() {
        use Phonetics::*;
        for (left, right, expected) in [
            ("meijer", "meyer", [Dutch, German].as_slice()),
            ("hendriks", "hendrickx", &[Dutch, German]),
            ("mueller", "muller", &[Dutch, German, English, International]),
            ("knight", "night", &[English]),
            ("visser", "fisser", &[Dutch, German, International]),
            ("weber", "veber", &[Dutch, German, International]),
            ("bakker", "jansen", &[]),
        ] {
            let found: Vec<Phonetics> =
                Phonetics::ALL.into_iter().filter(|&rules| alike(rules, left, right)).collect();
            assert_eq!(found, expected, "{left} and {right}");
        }
    }

    #[test]
    fn a_name_without_letters_has_no_key() {
        for phonetics in Phonetics::ALL {
            assert_eq!(sound(phonetics, ""), "");
            assert_eq!(sound(phonetics, "12 3"), "");
        }
    }
}
