//! Capitals of streets and places: `DE RUIJTERKADE` and `de ruijterkade` become `De Ruijterkade`.
//!
//! A text that already mixes capitals and small letters was written with care and keeps them, but
//! for its first letter. `IJ` is one letter, `'t` and `'s` are small, and so are the small words of
//! the four languages around us.

use crate::clean::text::unless_misread;
use crate::letters::{capital, small};

/// Gives a street or place the capitals that people expect, and one space between words.
pub(in crate::clean) fn place_capitals(text: &str) -> String {
    let was_in_one_case = is_in_one_case(text);
    let result = with_capitals(text, was_in_one_case);
    // `d NL` gains a capital and is then all capitals, as if it had come so.
    let lost_its_small_letters = !was_in_one_case && is_in_one_case(&result);
    let result = if lost_its_small_letters { with_capitals(&result, true) } else { result };
    unless_misread(result, text)
}

fn is_in_one_case(text: &str) -> bool {
    let has_capital = text.chars().any(char::is_uppercase);
    let has_small = text.chars().any(char::is_lowercase);
    has_capital != has_small
}

fn with_capitals(text: &str, in_one_case: bool) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    let mut opening = true;
    for word in text.split_whitespace() {
        if !result.is_empty() {
            result.push(' ');
        }
        if in_one_case {
            push_recased(word, opening, &mut result);
        } else if opening && !starts_with_clitic(word) {
            push_capitalised(word, &mut result);
        } else {
            result.push_str(word);
        }
        opening &= is_clitic(word);
    }
    result
}

/// Writes one word of a text that was all capitals or all small.
fn push_recased(word: &str, opening: bool, result: &mut String) {
    let mut before: Option<char> = None;
    let mut length_before = 0;
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        if !first.is_alphanumeric() {
            result.push(first);
            before = Some(first);
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (part, after) = rest.split_at(end);
        let after_apostrophe = before == Some('\'');
        let is_first = before.is_none();
        let is_article = after.starts_with('\'') && matches!(part, "d" | "D" | "l" | "L");
        let is_single = part.chars().nth(1).is_none();
        let is_small = if after_apostrophe {
            is_single || length_before > 1
        } else if is_first && opening {
            false
        } else {
            is_article || (is_small_word(part) && !after.starts_with('.'))
        };
        if is_small || first.is_ascii_digit() {
            push_small(part, result);
        } else if is_roman_numeral(part) {
            result.push_str(&part.to_ascii_uppercase());
        } else {
            push_small_but_first(part, result);
        }
        length_before = part.chars().count();
        before = part.chars().last();
        rest = after;
    }
}

fn push_small(part: &str, result: &mut String) {
    for character in part.chars() {
        result.push(small(character));
    }
}

fn push_small_but_first(part: &str, result: &mut String) {
    let starts_with_ij = part.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("ij"));
    if starts_with_ij {
        result.push_str("IJ");
        return push_small(&part[2..], result);
    }
    let mut characters = part.chars();
    if let Some(first) = characters.next() {
        result.push(capital(first));
    }
    push_small(characters.as_str(), result);
}

/// Writes a word of a text in mixed case, with a capital first letter.
fn push_capitalised(word: &str, result: &mut String) {
    if let Some(rest) = word.strip_prefix("ij") {
        result.push_str("IJ");
        return result.push_str(rest);
    }
    let mut characters = word.chars();
    if let Some(first) = characters.next() {
        result.push(capital(first));
    }
    result.push_str(characters.as_str());
}

/// Whether the word is `'t` or `'s`, after which a name has yet to begin.
fn is_clitic(word: &str) -> bool {
    matches!(word, "'t" | "'T" | "'s" | "'S" | "'n" | "'N")
}

fn starts_with_clitic(word: &str) -> bool {
    is_clitic(word) || word.starts_with("'s-") || word.starts_with("d'")
}

/// Whether the letters are a number such as `II` or `XIV`; `I` and `V` alone need no care.
fn is_roman_numeral(part: &str) -> bool {
    part.len() >= 2 && part.bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b'i' | b'v' | b'x'))
}

/// Dutch, German, French and English words that stay small inside the name of a street or place.
fn is_small_word(part: &str) -> bool {
    let mut lower = [0; 6];
    let Some(buffer) = lower.get_mut(..part.len()) else { return false };
    buffer.copy_from_slice(part.as_bytes());
    buffer.make_ascii_lowercase();
    matches!(
        &*buffer,
        b"van"
            | b"de"
            | b"den"
            | b"der"
            | b"het"
            | b"ten"
            | b"ter"
            | b"te"
            | b"en"
            | b"aan"
            | b"op"
            | b"in"
            | b"bij"
            | b"onder"
            | b"over"
            | b"tot"
            | b"voor"
            | b"uit"
            | b"of"
            | b"und"
            | b"am"
            | b"an"
            | b"im"
            | b"dem"
            | b"des"
            | b"vor"
            | b"ob"
            | b"zu"
            | b"zum"
            | b"zur"
            | b"von"
            | b"vom"
            | b"auf"
            | b"la"
            | b"le"
            | b"les"
            | b"du"
            | b"sur"
            | b"sous"
            | b"lez"
            | b"et"
            | b"aux"
            | b"the"
            | b"on"
            | b"upon"
            | b"and"
            | b"under"
            | b"by"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_as_people_write_them() {
        let table = "
            DE RUIJTERKADE                | De Ruijterkade
            van der helststraat           | Van der Helststraat
            LAAN VAN NIEUW OOST-INDIË     | Laan van Nieuw Oost-Indië
            'S-GRAVENHAGE                 | 's-Gravenhage
            's-hertogenbosch              | 's-Hertogenbosch
            'T GOYLAAN                    | 't Goylaan
            't goylaan                    | 't Goylaan
            ijsselstraat                  | IJsselstraat
            IJMUIDEN                      | IJmuiden
            capelle aan den ijssel        | Capelle aan den IJssel
            STOKE-ON-TRENT                | Stoke-on-Trent
            WILLEM II STRAAT              | Willem II Straat
            J.P.COENSTRAAT                | J.P.Coenstraat
            1E JAN STEENSTRAAT            | 1e Jan Steenstraat
            O'CONNELL STREET              | O'Connell Street
            rue de l'hôpital              | Rue de l'Hôpital
            HOOFDSTRASSE                  | Hoofdstrasse
            Straße des 17. Juni           | Straße des 17. Juni
            van Goghstraat                | Van Goghstraat
            Van De Goghstraat             | Van De Goghstraat
            ijsbaanpad Zuid               | IJsbaanpad Zuid
            ---                           | ---
        ";
        for line in table.lines().filter(|line| line.contains('|')) {
            let (given, expected) = line.split_once('|').expect("filtered");
            let result = place_capitals(given);
            assert_eq!(result, expected.trim());
            assert_eq!(place_capitals(&result), result);
        }
    }
}
