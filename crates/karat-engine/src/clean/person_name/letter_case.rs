//! Letter case of names: `VAN DER MEER` and `ijssel` as people write them.

use super::prefixes;
use crate::clean::text::unless_misread;
use crate::letters::capital;

/// How the letters of a text are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterCase {
    /// No letters that have a case.
    None,
    /// Capitals only.
    Upper,
    /// Small letters only.
    Lower,
    /// Both.
    Mixed,
}

impl LetterCase {
    /// How the letters of a text are written.
    pub fn of(text: &str) -> LetterCase {
        let mut upper = false;
        let mut lower = false;
        for character in text.chars() {
            upper |= character.is_uppercase();
            lower |= character.is_lowercase();
            if upper && lower {
                return LetterCase::Mixed;
            }
        }
        match (upper, lower) {
            (true, true) => LetterCase::Mixed,
            (true, false) => LetterCase::Upper,
            (false, true) => LetterCase::Lower,
            (false, false) => LetterCase::None,
        }
    }

    /// Whether the case says nothing: all letters have the same one.
    pub fn is_single(self) -> bool {
        self != LetterCase::Mixed
    }
}

/// Writes a name of one or more words as people write names; mixed case is kept.
pub fn push_name(text: &str, out: &mut String) {
    for (number, word) in text.split(' ').enumerate() {
        if number > 0 {
            out.push(' ');
        }
        push_word(word, out);
    }
}

/// A name as people write names.
pub fn name(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_name(text, &mut out);
    out
}

/// Writes one word of a name; hyphens part it, and so does the apostrophe of `O'Brien`.
fn push_word(word: &str, out: &mut String) {
    let plain = matches!(word.as_bytes(), [first, second, ..]
        if !matches!(first, b'i' | b'I' | b'm' | b'M') && word.bytes().all(|byte| byte.is_ascii_alphabetic())
            && word[2..].bytes().all(|byte| byte.is_ascii_lowercase() == second.is_ascii_lowercase()));
    if plain {
        // Nearly every name: one capital, then small letters, or all of one case.
        out.push(char::from(word.as_bytes()[0].to_ascii_uppercase()));
        return push_lower(&word[1..], out);
    }
    let single = LetterCase::of(word).is_single();
    if !single {
        return push_keeping_case(word, out);
    }
    for (number, part) in word.split('-').enumerate() {
        if number > 0 {
            out.push('-');
        }
        let article = matches!(part, "'t" | "'T" | "'s" | "'S" | "'n" | "'N");
        if article {
            out.push_str(if part.ends_with(['t', 'T']) {
                "'t"
            } else if part.ends_with(['s', 'S']) {
                "'s"
            } else {
                "'n"
            });
        } else {
            push_part(part, out);
        }
    }
}

/// Keeps mixed case, but for the Dutch digraph: `Ijsbrand` is IJsbrand, `Ijaz` is not Dutch.
fn push_keeping_case(word: &str, out: &mut String) {
    for (number, part) in word.split('-').enumerate() {
        if number > 0 {
            out.push('-');
        }
        match part.strip_prefix("Ij").filter(|rest| begins_dutch_after_ij(rest)) {
            Some(rest) => {
                out.push_str("IJ");
                out.push_str(rest);
            }
            None => out.push_str(part),
        }
    }
}

/// Whether the rest of a word in small letters is that of a Dutch one that begins with IJ.
pub(in crate::clean) fn begins_dutch_after_ij(rest: &str) -> bool {
    rest.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() && !is_vowel(byte as char))
}

/// Writes one part of a word in title case.
fn push_part(part: &str, out: &mut String) {
    let digraph = part.len() > 2
        && part.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("ij"))
        && begins_dutch_after_ij(&part[2..].to_ascii_lowercase());
    if digraph {
        out.push_str("IJ");
        return push_lower(&part[2..], out);
    }
    let scottish = part.len() > 3
        && part.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("mc"))
        && part[2..].chars().all(char::is_alphabetic);
    if scottish {
        out.push_str("Mc");
        return push_title(&part[2..], out);
    }
    // One letter before an apostrophe is a particle: O'Brien, D'Angelo; Sa'id is one name.
    match part.split_once('\'').filter(|(before, after)| before.len() == 1 && !after.is_empty()) {
        Some((before, after)) => {
            push_title(before, out);
            out.push('\'');
            push_title(after, out);
        }
        None => push_title(part, out),
    }
}

/// Writes a text with its first letter as a capital and the others small.
pub fn push_title(text: &str, out: &mut String) {
    let start = out.len();
    push_recased(text, out);
    if !text.is_ascii() {
        let recased = out.split_off(start);
        out.push_str(&unless_misread(recased, text));
    }
}

fn push_recased(text: &str, out: &mut String) {
    let mut characters = text.chars();
    for character in characters.by_ref() {
        out.push(capital(character));
        if character.is_alphabetic() {
            break;
        }
    }
    push_lower(characters.as_str(), out);
}

/// Lower case, letter for letter; `İ` becomes a plain `i`, without the dot as a separate mark.
pub fn push_lower(text: &str, out: &mut String) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        return out[start..].make_ascii_lowercase();
    }
    for character in text.chars() {
        match character {
            'İ' => out.push('i'),
            _ => out.extend(character.to_lowercase()),
        }
    }
}

/// Whether a letter is a vowel, `y` included.
pub fn is_vowel(letter: char) -> bool {
    matches!(letter.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// Whether the text before a hyphen is a particle that belongs to the word: `al-`, `'s-`, `Saint-`.
pub fn is_hyphened_particle(text: &str) -> bool {
    let folded = crate::clean::fold::fold(text);
    let of_a_word = matches!(
        &*folded,
        "al" | "el"
            | "ben"
            | "bin"
            | "abd"
            | "abu"
            | "ibn"
            | "ait"
            | "ould"
            | "bou"
            | "as"
            | "ar"
            | "at"
            | "ad"
            | "saint"
            | "sainte"
            | "st"
            | "st."
            | "sint"
            | "san"
            | "'s"
            | "'t"
            | "o"
            | "o'"
            | "mac"
            | "ul"
            | "ur"
    );
    of_a_word || prefixes::canonical(&folded).is_some() || folded.len() < 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_people_write_them() {
        for (text, expected) in [
            ("JANSEN", "Jansen"),
            ("jansen", "Jansen"),
            ("Jansen", "Jansen"),
            // A capital would be taken for a Latin one.
            ("мn", "мn"),
            ("москва", "Москва"),
            ("ijssel", "IJssel"),
            ("IJSSEL", "IJssel"),
            ("Ijsbrand", "IJsbrand"),
            ("IJsbrand", "IJsbrand"),
            ("Ijaz", "Ijaz"),
            ("IJAZ", "Ijaz"),
            ("MCDONALD", "McDonald"),
            ("McDonald", "McDonald"),
            ("MACHIEL", "Machiel"),
            ("O'BRIEN", "O'Brien"),
            ("SA'ID", "Sa'id"),
            ("ANNE-MARIE", "Anne-Marie"),
            ("al-sayed", "Al-Sayed"),
            ("al-Sayed", "al-Sayed"),
            ("'S-GRAVESANDE", "'s-Gravesande"),
            ("DeVries", "DeVries"),
            ("ÖZIL", "Özil"),
            ("çelik", "Çelik"),
            ("İBRAHİM", "İbrahim"),
            ("JAN WILLEM", "Jan Willem"),
            ("王", "王"),
        ] {
            assert_eq!(name(text), expected, "{text}");
            assert_eq!(name(expected), expected, "again: {text}");
        }
    }
}
