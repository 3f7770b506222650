//! Names of any language, coarsely: what sounds alike in Dutch, German or English.

use super::letters;

/// The sound key of a folded name.
///
/// Double letters, `c`/`k`/`q`, `f`/`v`/`ph`/`w`, `s`/`z`, `d`/`t`/`dt` and `g`/`ch` fall together,
/// and vowels after the first letter are left out.
pub(super) fn sound(folded: &str) -> String {
    let bytes = letters(folded);
    let mut key = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let next = bytes.get(at + 1).copied().unwrap_or(0);
        let (sound, width) = match (bytes[at], next) {
            (b's', b'c') if bytes.get(at + 2) == Some(&b'h') => ('s', 3),
            (b'c', b'h') => ('g', 2),
            (b'g', b'h') => ('g', 2),
            (b'p', b'h') => ('f', 2),
            (b'c', b'k') => ('k', 2),
            (b't', b'h') => ('t', 2),
            (b'd', b't') => ('t', 2),
            (b'i', b'j') | (b'e', b'i') | (b'e', b'y') => ('y', 2),
            (b'c', b'e' | b'i' | b'y') => ('s', 1),
            (b'c' | b'q' | b'k', _) => ('k', 1),
            (b'v' | b'w' | b'f', _) => ('f', 1),
            (b'z' | b's', _) => ('s', 1),
            (b'd' | b't', _) => ('t', 1),
            (b'x', _) => ('k', 1),
            (b'h', _) if at > 0 => ('\0', 1),
            (b'a' | b'e' | b'i' | b'o' | b'u' | b'y', _) if at > 0 => ('\0', 1),
            (other, _) => (other as char, 1),
        };
        let vowel_inside = sound == 'y' && at > 0;
        if sound != '\0' && !vowel_inside && !key.ends_with(sound) {
            key.push(sound);
        }
        at += width;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sound_alike_share_a_key() {
        for (left, right) in [
            ("dijkstra", "dykstra"),
            ("cuypers", "kuijpers"),
            ("philips", "filips"),
            ("smit", "smidt"),
            ("visser", "fisser"),
            ("schmidt", "smit"),
        ] {
            assert_eq!(sound(left), sound(right), "{left} {right}");
        }
        assert_ne!(sound("bakker"), sound("jansen"));
    }
}
