//! `case`: writes a value in capitals, in small letters, or each word with a capital.
//!
//! ```yaml
//! - { id: r6, column: land, case: upper }
//! ```
//!
//! A word begins behind whatever is neither a letter nor a digit nor an apostrophe. The Dutch IJ is
//! one letter: `IJmuiden`.

use karat_model::repair_step::LetterCase;

use crate::clean::person_name::letter_case::begins_dutch_after_ij;

/// What becomes of a value; nothing where it is written so.
pub fn apply(letters: LetterCase, value: &str) -> Option<String> {
    let written = match letters {
        LetterCase::Upper => value.to_uppercase(),
        LetterCase::Lower => value.to_lowercase(),
        LetterCase::Title => title(value),
    };
    (written != value).then_some(written)
}

fn title(value: &str) -> String {
    let mut written = String::with_capacity(value.len());
    let mut is_within = false;
    for (at, letter) in value.char_indices() {
        let of_word = &value[at + letter.len_utf8()..];
        let is_digraph = matches!(letter, 'j' | 'J')
            && written.ends_with('I')
            && !value[..at - 1].ends_with(is_of_word)
            && begins_dutch_after_ij(&of_word.to_lowercase());
        if is_within && !is_digraph {
            written.extend(letter.to_lowercase());
        } else {
            written.extend(letter.to_uppercase());
        }
        is_within = is_of_word(letter);
    }
    written
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '\'' | '’')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_written_in_another_case_and_right_ones_stay() {
        use LetterCase::*;
        for (letters, value, expected) in [
            (Upper, "nl", Some("NL")),
            (Upper, "NL", None),
            (Lower, "Jan@Voorbeeld.EXAMPLE", Some("jan@voorbeeld.example")),
            (Lower, "jan@voorbeeld.example", None),
            (Title, "DEN HAAG", Some("Den Haag")),
            (Title, "bergen-op-zoom", Some("Bergen-Op-Zoom")),
            (Title, "'S-HERTOGENBOSCH", Some("'s-Hertogenbosch")),
            (Title, "Den Haag", None),
            (Title, "IJMUIDEN aan de ijssel", Some("IJmuiden Aan De IJssel")),
            (Title, "IJmuiden", None),
            (Title, "ijaz fiji", Some("Ijaz Fiji")),
        ] {
            assert_eq!(apply(letters, value).as_deref(), expected, "{value}");
        }
    }
}
