//! English names: the New York State Identification and Intelligence System.
//!
//! Source: Taft, Name Search Techniques, Special Report 1 of the New York State Identification and
//! Intelligence System, Albany (1970); keys are not cut off after six letters.

use super::letters;

/// The key of a folded name.
pub(super) fn sound(folded: &str) -> String {
    let mut name = letters(folded);
    if name.is_empty() {
        return String::new();
    }
    replace_start(&mut name);
    replace_end(&mut name);
    let mut key = vec![name[0]];
    let mut at = 1;
    while at < name.len() {
        let width = replace_at(&mut name, at);
        for &letter in &name[at..at + width] {
            if key.last() != Some(&letter) {
                key.push(letter);
            }
        }
        at += width;
    }
    trim_end(&mut key);
    String::from_utf8(key).expect("keys are letters")
}

fn replace_start(name: &mut Vec<u8>) {
    const STARTS: [(&[u8], &[u8]); 6] = [
        (b"mac", b"mcc"),
        (b"kn", b"nn"),
        (b"k", b"c"),
        (b"ph", b"ff"),
        (b"pf", b"ff"),
        (b"sch", b"sss"),
    ];
    if let Some((start, with)) = STARTS.iter().find(|(start, _)| name.starts_with(start)) {
        name.splice(..start.len(), with.iter().copied());
    }
}

fn replace_end(name: &mut Vec<u8>) {
    const ENDS: [(&[u8], u8); 7] = [
        (b"ee", b'y'),
        (b"ie", b'y'),
        (b"dt", b'd'),
        (b"rt", b'd'),
        (b"rd", b'd'),
        (b"nt", b'd'),
        (b"nd", b'd'),
    ];
    if let Some((end, with)) = ENDS.iter().find(|(end, _)| name.ends_with(end)) {
        name.truncate(name.len() - end.len());
        name.push(*with);
    }
}

/// Replaces the letters from here on by those that are heard; tells how many they are.
fn replace_at(name: &mut [u8], at: usize) -> usize {
    let before = name[at - 1];
    let after = name.get(at + 1).copied().unwrap_or(0);
    let follows = |letters: &[u8]| name[at..].starts_with(letters);
    let (with, width): (&[u8], usize) = if follows(b"ev") {
        (b"af", 2)
    } else if follows(b"kn") {
        (b"nn", 2)
    } else if follows(b"sch") {
        (b"sss", 3)
    } else if follows(b"ph") {
        (b"ff", 2)
    } else {
        match name[at] {
            b'a' | b'e' | b'i' | b'o' | b'u' => (b"a", 1),
            b'q' => (b"g", 1),
            b'z' => (b"s", 1),
            b'm' => (b"n", 1),
            b'k' => (b"c", 1),
            b'h' if !is_vowel(before) || !is_vowel(after) => return repeat(name, at),
            b'w' if is_vowel(before) => return repeat(name, at),
            _ => return 1,
        }
    };
    name[at..at + width].copy_from_slice(with);
    width
}

/// Takes the letter before in the place of one that is not heard.
fn repeat(name: &mut [u8], at: usize) -> usize {
    name[at] = name[at - 1];
    1
}

fn trim_end(key: &mut Vec<u8>) {
    if key.len() > 1 && key.ends_with(b"s") {
        key.pop();
    }
    if key.ends_with(b"ay") {
        key.truncate(key.len() - 2);
        key.push(b'y');
    }
    if key.len() > 1 && key.ends_with(b"a") {
        key.pop();
    }
}

/// The vowels of these rules, which take `y` for a consonant.
fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_have_their_keys() {
        for (name, expected) in [
            ("knuth", "nat"),
            ("mckee", "mcy"),
            ("mackie", "mcy"),
            ("bart", "bad"),
            ("hurd", "had"),
            ("hunt", "had"),
            ("vasquez", "vasg"),
            ("bowman", "banan"),
            ("rickert", "racad"),
            ("westphal", "wastfal"),
            ("kuhl", "cal"),
            ("rawson", "rasan"),
            ("jiles", "jal"),
            ("carraway", "cary"),
            ("yamada", "yanad"),
        ] {
            assert_eq!(sound(name), expected, "{name}");
        }
    }

    #[test]
    fn spellings_of_one_name_sound_alike_and_other_names_do_not() {
        for (left, right, expected) in [
            ("knight", "night", true),
            ("phillips", "philips", true),
            ("macdonald", "mcdonald", true),
            ("brown", "browne", true),
            ("knight", "bright", false),
            ("brown", "braun", true),
            ("brown", "barron", false),
        ] {
            assert_eq!(sound(left) == sound(right), expected, "{left} and {right}");
        }
    }
}
