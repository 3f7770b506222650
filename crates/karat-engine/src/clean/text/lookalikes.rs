//! Letters of other scripts that look like Latin ones, and digits that look like letters.
//!
//! A Cyrillic `а` amid Latin letters comes of a keyboard that was switched, or of somebody who wants
//! to look like somebody else; people do not see it, and nothing finds it. It is put right where
//! a word mixes scripts, is mostly Latin, and every other letter in it has a Latin look-alike.
//! Words that are wholly of another script stay.
//!
//! The table: Unicode Technical Standard 39, confusables.txt, the Cyrillic and Greek letters that
//! look like one Latin letter; without small Greek ones that are signs in Latin words (`α`, `γ`, `σ`).

/// Replaces letters that only look Latin in words that are mostly Latin.
pub(in crate::clean) fn repair(text: &str) -> Option<String> {
    // Greek and Cyrillic open with these bytes in UTF-8.
    let may_hold = text.bytes().any(|byte| matches!(byte, 0xCD..=0xD4));
    if !may_hold {
        return None;
    }
    let mut repaired = String::with_capacity(text.len());
    let mut changed = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let in_word = first.is_alphabetic();
        let end = rest.find(|c: char| c.is_alphabetic() != in_word).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match in_latin(run).filter(|_| in_word) {
            Some(right) => {
                repaired.push_str(&right);
                changed = true;
            }
            None => repaired.push_str(run),
        }
        rest = after;
    }
    changed.then_some(repaired)
}

/// The word in Latin letters only, if it is mostly written in these.
fn in_latin(word: &str) -> Option<String> {
    let foreign = word.chars().filter(|&letter| !is_latin(letter)).count();
    let latin = word.chars().count() - foreign;
    let is_mixed = foreign > 0 && latin >= foreign;
    if !is_mixed {
        return None;
    }
    word.chars()
        .map(|letter| if is_latin(letter) { Some(letter) } else { latin_of(letter) })
        .collect()
}

fn is_latin(letter: char) -> bool {
    letter.is_ascii() || matches!(letter, '\u{AA}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}')
}

/// Greek, then Cyrillic letters.
const FOREIGN: &str = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϺͿινορυϲϳЅІЈАВЕКМНОРСТУХҮԌԜӀаеорсухѕіјһԁԛԝүӏѵ";

/// The Latin letters that they look like.
const LATIN: &str = "ABEZHIKMNOPTYXCMJivopucjSIJABEKMHOPCTYXYGWIaeopcyxsijhdqwyiv";

/// The Latin letter that a letter of another script looks like.
fn latin_of(letter: char) -> Option<char> {
    let place = FOREIGN.chars().position(|known| known == letter)?;
    LATIN.as_bytes().get(place).map(|&byte| char::from(byte))
}

/// The text with letters for the digits that stand amid letters: `J0hanna` is `Johanna`.
///
/// A guess that people decide on: `R2D2` and `2e` stay.
pub(in crate::clean) fn without_digits(text: &str) -> Option<String> {
    if !text.bytes().any(|byte| matches!(byte, b'0' | b'1')) {
        return None;
    }
    let characters: Vec<char> = text.chars().collect();
    let mut changed = false;
    let mut repaired = String::with_capacity(text.len());
    for (at, &character) in characters.iter().enumerate() {
        if !character.is_ascii_digit() {
            repaired.push(character);
            continue;
        }
        let before = at.checked_sub(1).map(|before| characters[before]);
        let letter = letter_of(character, before?, *characters.get(at + 1)?)?;
        repaired.push(letter);
        changed = true;
    }
    changed.then_some(repaired)
}

/// The letter that a digit between two letters stands for.
fn letter_of(digit: char, before: char, after: char) -> Option<char> {
    if !before.is_alphabetic() || !after.is_alphabetic() {
        return None;
    }
    let is_capital = before.is_uppercase() && after.is_uppercase();
    match (digit, is_capital) {
        ('0', true) => Some('O'),
        ('0', false) => Some('o'),
        ('1', true) => Some('I'),
        ('1', false) => Some('l'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_mostly_latin_become_latin() {
        for (text, expected) in [
            ("J\u{430}nsen", Some("Jansen")),
            ("\u{412}akker", Some("Bakker")),
            ("Jan \u{41E}ss", Some("Jan Oss")),
            ("Ams\u{442}erdam", None), // the small т looks like no letter
            ("\u{3A1}eters", Some("Peters")),
            ("Ren\u{E9}\u{435}", Some("Renée")),
            ("gm\u{430}il", Some("gmail")),
            // Near misses: another script altogether, half a word in it, signs of science.
            ("Дмитрий", None),
            ("Сара", None),
            ("Αθήνα", None),
            ("Jan Сара", None),
            ("Аndрей", None),
            ("TNFα", None),
            ("50 μg", None),
            ("Renée", None),
        ] {
            assert_eq!(repair(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn each_letter_has_one_look_alike() {
        for letter in FOREIGN.chars() {
            let latin = latin_of(letter).expect("it is in the table");
            assert_eq!(letter.is_uppercase(), latin.is_uppercase(), "{letter} {latin}");
            assert!(!is_latin(letter));
        }
    }

    #[test]
    fn digits_amid_letters_look_like_letters() {
        for (text, expected) in [
            ("J0hanna", Some("Johanna")),
            ("J0HANNA", Some("JOHANNA")),
            ("A1bert", Some("Albert")),
            ("R2D2", None),
            ("Jan 1e", None),
            ("Jan0", None),
            ("J0hanna 2", None),
            ("Johanna", None),
        ] {
            assert_eq!(without_digits(text).as_deref(), expected, "{text}");
        }
    }
}
