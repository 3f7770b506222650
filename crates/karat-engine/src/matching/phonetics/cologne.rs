//! German names: the Kölner Phonetik.
//!
//! Source: Postel, Die Kölner Phonetik. Ein Verfahren zur Identifizierung von Personennamen auf der
//! Grundlage der Gestaltanalyse, IBM-Nachrichten 19 (1969).

use super::letters;

/// The code of a folded name: digits, vowels only where it starts with one.
pub(super) fn sound(folded: &str) -> String {
    let letters = letters(folded);
    let mut codes: Vec<u8> = Vec::with_capacity(letters.len());
    let mut last = 0;
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map_or(0, |before| letters[before]);
        let after = letters.get(at + 1).copied().unwrap_or(0);
        for &code in codes_of(letter, before, after) {
            // Neighbours of one code are one sound; only then are vowels left out.
            if code != last && (code != b'0' || codes.is_empty()) {
                codes.push(code);
            }
            last = code;
        }
    }
    String::from_utf8(codes).expect("codes are digits")
}

/// The codes of a letter between its neighbours, 0 where there is none.
fn codes_of(letter: u8, before: u8, after: u8) -> &'static [u8] {
    let is_first = before == 0;
    match letter {
        b'a' | b'e' | b'i' | b'j' | b'o' | b'u' | b'y' => b"0",
        b'p' if after == b'h' => b"3",
        b'b' | b'p' => b"1",
        b'd' | b't' if matches!(after, b'c' | b's' | b'z') => b"8",
        b'd' | b't' => b"2",
        b'f' | b'v' | b'w' => b"3",
        b'g' | b'k' | b'q' => b"4",
        b'c' if is_first => match after {
            b'a' | b'h' | b'k' | b'l' | b'o' | b'q' | b'r' | b'u' | b'x' => b"4",
            _ => b"8",
        },
        b'c' if matches!(before, b's' | b'z') => b"8",
        b'c' => match after {
            b'a' | b'h' | b'k' | b'o' | b'q' | b'u' | b'x' => b"4",
            _ => b"8",
        },
        b'x' if matches!(before, b'c' | b'k' | b'q') => b"8",
        b'x' => b"48",
        b'l' => b"5",
        b'm' | b'n' => b"6",
        b'r' => b"7",
        b's' | b'z' => b"8",
        _ => b"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_have_their_codes() {
        for (name, expected) in [
            ("wikipedia", "3412"),
            ("muller ludenscheidt", "65752682"),
            ("breschnew", "17863"),
            ("muller", "657"),
            ("schmidt", "862"),
            ("schneider", "8627"),
            ("fischer", "387"),
            ("weber", "317"),
            ("meyer", "67"),
            ("wagner", "3467"),
            ("becker", "147"),
            ("hoffmann", "0366"),
            ("schafer", "837"),
        ] {
            assert_eq!(sound(name), expected, "{name}");
        }
    }

    #[test]
    fn spellings_of_one_name_sound_alike_and_other_names_do_not() {
        for (left, right, expected) in [
            ("meier", "mayr", true),
            ("schmitt", "schmidt", true),
            ("philipp", "filip", true),
            ("kraus", "krauss", true),
            ("meier", "maler", false),
            ("schmidt", "schmieder", false),
        ] {
            assert_eq!(sound(left) == sound(right), expected, "{left} and {right}");
        }
    }
}
