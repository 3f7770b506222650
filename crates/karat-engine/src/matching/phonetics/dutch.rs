//! Dutch and Flemish names: how they were written before spelling was settled, and how clerks
//! write what they hear.
//!
//! Vowels after the first sound are left out, which takes care of `ae`/`aa`, `ij`/`y`/`ei`,
//! `ou`/`au` and `uy`/`ui`; what is left are the consonants that are heard, each once in a row.

use super::{is_vowel, letters};
use crate::matching::name_prefix::without_prefix;

/// The sound key of a folded name.
pub(super) fn sound(folded: &str) -> String {
    let letters = letters(without_prefix(folded));
    let mut key = String::with_capacity(letters.len());
    let mut at = 0;
    while at < letters.len() {
        let (sounds, width) = sounds_at(&letters, at);
        for sound in sounds.chars() {
            if !key.ends_with(sound) {
                key.push(sound);
            }
        }
        at += width;
    }
    key
}

/// The sounds of the letters from here on, and how many letters they take.
fn sounds_at(letters: &[u8], at: usize) -> (&'static str, usize) {
    let letter = |further: usize| letters.get(at + further).copied().unwrap_or(0);
    let before = at.checked_sub(1).map_or(0, |before| letters[before]);
    let (is_first, is_last) = (at == 0, at + 1 == letters.len());
    match (letter(0), letter(1), letter(2)) {
        (b'c', b'h', b'r') if is_first => ("k", 2),
        (b's', b'c', b'h') => ("s", 3),
        (b'c' | b'g', b'h', _) => ("g", 2),
        (b'g', ..) => ("g", 1),
        (b'p', b'h', _) => ("f", 2),
        // In `Brouwer` and `Nieuwenhuis` the w is not heard.
        (b'w', ..) if before == b'u' => ("", 1),
        (b'f' | b'v' | b'w', ..) => ("f", 1),
        (b't' | b'd', b'h', _) => ("t", 2),
        (b't' | b'd', ..) => ("t", 1),
        (b'c', b'e' | b'i' | b'y', _) => ("s", 1),
        (b'c' | b'q' | b'k', ..) => ("k", 1),
        // Hendrickx is Hendriks; elsewhere an x is heard too weakly to go by.
        (b'x', ..) if matches!(before, b'c' | b'k') => ("ks", 1),
        (b'x', ..) => ("k", 1),
        (b's' | b'z', ..) => ("s", 1),
        // Janse is Jansen, but Allen is Allan; and Jacob is heard with a p.
        (b'n', ..) if is_last && letters.ends_with(b"sen") => ("", 1),
        (b'b', b'b', 0) => ("p", 2),
        (b'b', 0, _) => ("p", 1),
        (b'e', b'i', b'j') => (if is_first { "y" } else { "" }, 3),
        (b'i', b'j', _) | (b'e', b'i' | b'y', _) => (if is_first { "y" } else { "" }, 2),
        (b'a' | b'o', b'u', _) if is_first => ("o", 2),
        // Between vowels a j is a y: Maja and Maya.
        (b'j', next, _) if is_vowel(before) && is_vowel(next) => ("", 1),
        (b'h', ..) if !is_first => ("", 1),
        (vowel, ..) if is_vowel(vowel) && !is_first => ("", 1),
        (other, ..) => (single(other), 1),
    }
}

/// The sound of a letter that sounds as it is written.
fn single(letter: u8) -> &'static str {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
    let at = usize::from(letter - b'a');
    &LETTERS[at..=at]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(left: &str, right: &str, expected: bool) {
        let (a, b) = (sound(left), sound(right));
        assert_eq!(a == b, expected, "{left} {a} and {right} {b}");
    }

    #[test]
    fn spellings_of_one_name_sound_alike() {
        for (left, right) in [
            ("dijkstra", "dykstra"),
            ("kuijpers", "cuypers"),
            ("meijer", "meyer"),
            ("meijer", "meier"),
            ("eijk", "eyck"),
            ("ijzerman", "yzerman"),
            ("bruijn", "bruin"),
            ("hendriks", "hendrickx"),
            ("dierckx", "dirks"),
            ("philipsen", "filipse"),
            ("smit", "smidt"),
            ("schmidt", "smit"),
            ("visscher", "visser"),
            ("ouwerkerk", "auwerkerk"),
            ("brouwer", "brouer"),
            ("maes", "maas"),
            ("christiaan", "kristiaan"),
            ("bosch", "bos"),
            ("jansen", "janse"),
            ("thijs", "tijs"),
            ("verhaegh", "verhaag"),
            ("jacob", "jakop"),
            ("vandenberg", "van den berg"),
            ("vandenberg", "berg"),
            ("vanderlinden", "linden"),
        ] {
            check(left, right, true);
        }
    }

    #[test]
    fn other_names_sound_otherwise() {
        for (left, right) in [
            ("bakker", "jansen"),
            ("jansen", "jansma"),
            ("boer", "boeren"),
            ("dekker", "dekkers"),
            ("vos", "bos"),
            ("van", "berg"),
        ] {
            check(left, right, false);
        }
    }
}
