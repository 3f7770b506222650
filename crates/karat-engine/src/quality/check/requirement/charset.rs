//! The value is written with these characters only.
//!
//! `ascii` (plain letters, digits and punctuation), `latin` (letters of the Latin script with their
//! accents, digits, punctuation), `letters` (of any script, with spaces, hyphens, apostrophes and
//! points), `digits`, `letters_digits`, `upper` (no lower-case letters).
//!
//! ```yaml
//! latin_names: { attributes: [given_name, family_name], charset: latin }
//! ```

use karat_model::check::{Charset, Verdict};

use super::super::subject::Subject;
use super::passes;

/// Fails at each value that has another character.
pub(super) fn judge(subject: &mut Subject, charset: Charset) -> Verdict {
    subject.each_value(|_, fact| passes(fact.value.chars().all(|c| belongs(c, charset))))
}

fn belongs(character: char, charset: Charset) -> bool {
    match charset {
        Charset::Ascii => matches!(character, ' '..='~'),
        Charset::Latin => {
            let is_sign = !character.is_alphabetic() && !character.is_control();
            is_sign || is_latin(character)
        }
        Charset::Letters => {
            character.is_alphabetic() || matches!(character, ' ' | '-' | '\'' | '’' | '.')
        }
        Charset::Digits => character.is_ascii_digit(),
        Charset::LettersDigits => character.is_alphabetic() || character.is_ascii_digit(),
        Charset::Upper => !character.is_lowercase(),
    }
}

/// Letters of the Latin script: Basic Latin, Latin-1, Extended-A, -B and Additional (Unicode blocks).
fn is_latin(letter: char) -> bool {
    letter.is_ascii_alphabetic()
        || matches!(letter, '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

#[cfg(test)]
mod tests {
    use karat_model::check::{Charset, Requirement};

    use super::super::fixture::check;

    #[test]
    fn characters_belong_or_not() {
        for (charset, good, bad) in [
            (Charset::Ascii, "Jan-1", "Zoë"),
            (Charset::Latin, "Łucja_O'Neil-1", "Аnna"),
            (Charset::Letters, "Анна", "Ann4"),
            (Charset::Digits, "0123", "12a"),
            (Charset::LettersDigits, "A1é", "A-1"),
            (Charset::Upper, "ÉÉN_1", "Één"),
        ] {
            let name = check(Requirement::Charset(charset)).of("family_name");
            name.gives("pass", &format!("family_name={good}"));
            name.gives("fail family_name", &format!("family_name={bad}"));
            name.gives("not_applicable", "city=Ede");
        }
    }
}
