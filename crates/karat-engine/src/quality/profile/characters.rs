//! Which kinds of characters values have.

use karat_model::profile::{CharacterClass, CharacterCounts};

use super::codec::{Reader, StateError, Writer};

/// Counts values by the kinds of characters that they have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Characters(CharacterCounts);

impl Characters {
    /// Adds occurrences of a value with these kinds.
    pub(super) fn add(&mut self, kinds: u8, count: u64) {
        for (at, counter) in self.0.0.iter_mut().enumerate() {
            *counter += count * u64::from(kinds >> at & 1);
        }
    }

    /// Adds other values.
    pub(super) fn merge(&mut self, other: &Characters) {
        for (counter, added) in self.0.0.iter_mut().zip(other.0.0) {
            *counter += added;
        }
    }

    /// The counts.
    pub(super) fn finish(&self) -> CharacterCounts {
        self.0
    }

    /// Writes the counts.
    pub(super) fn write(&self, out: &mut Writer) {
        self.0.0.iter().for_each(|counter| out.number(*counter));
    }

    /// Reads what [`Characters::write`] wrote.
    pub(super) fn read(from: &mut Reader) -> Result<Characters, StateError> {
        let mut characters = Characters::default();
        for counter in &mut characters.0.0 {
            *counter = from.count()?;
        }
        Ok(characters)
    }
}

/// The kinds of the characters of a value, a bit for each.
pub(super) fn kinds_of(value: &str) -> u8 {
    let kind = |byte: u8| if byte < 0x80 { ASCII_KINDS[usize::from(byte)] } else { 0 };
    let kinds = value.bytes().fold(0, |kinds, byte| kinds | kind(byte));
    if value.is_ascii() {
        return kinds;
    }
    let others = value.chars().filter(|character| !character.is_ascii());
    others.fold(kinds, |kinds, character| kinds | kinds_beyond_ascii(character))
}

/// Whether a value with these kinds has one of them.
pub(super) fn has(kinds: u8, class: CharacterClass) -> bool {
    kinds & bit(class) != 0
}

const fn bit(class: CharacterClass) -> u8 {
    1 << class as u8
}

const ASCII_KINDS: [u8; 128] = {
    let mut kinds = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte as usize] = bit(match byte {
            b'a'..=b'z' => CharacterClass::Lower,
            b'A'..=b'Z' => CharacterClass::Upper,
            b'0'..=b'9' => CharacterClass::Digit,
            b' ' | b'\t' | b'\n' | b'\r' => CharacterClass::Space,
            0..0x20 | 0x7f => CharacterClass::Control,
            _ => CharacterClass::Punctuation,
        });
        byte += 1;
    }
    kinds
};

fn kinds_beyond_ascii(character: char) -> u8 {
    let is_latin = matches!(character, '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}');
    if character.is_alphabetic() {
        let case = if character.is_uppercase() {
            bit(CharacterClass::Upper)
        } else if character.is_lowercase() {
            bit(CharacterClass::Lower)
        } else {
            0
        };
        let script =
            if is_latin { CharacterClass::AccentedLatin } else { CharacterClass::OtherScript };
        case | bit(script)
    } else if character.is_whitespace() {
        bit(CharacterClass::Space)
    } else if character.is_control() || matches!(character, '\u{200B}'..='\u{200F}' | '\u{FEFF}') {
        bit(CharacterClass::Control)
    } else if character.is_numeric() {
        bit(CharacterClass::Digit)
    } else {
        bit(CharacterClass::Punctuation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_kinds_of_characters() {
        for (value, expected) in [
            ("", ""),
            ("Jan 3", "lower upper digit space"),
            ("n.v.t.", "lower punctuation"),
            ("Zoë", "lower upper accented_latin"),
            ("Zoe", "lower upper"),
            ("Иван", "lower upper other_script"),
            ("李", "other_script"),
            ("a\u{0}", "lower control"),
            ("a\u{200B}", "lower control"),
            ("a\u{A0}€", "lower space punctuation"),
        ] {
            let kinds = kinds_of(value);
            let all = CharacterClass::ALL.into_iter();
            let found: Vec<&str> =
                all.filter(|class| has(kinds, *class)).map(CharacterClass::name).collect();
            assert_eq!(found.join(" "), expected, "{value}");
        }
    }
}
