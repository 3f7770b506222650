//! The first treatment of every value: white space, encoding damage, signs that people do not see.
//!
//! - White space of any kind becomes single spaces; none is left at the ends. What stood before or
//!   within the value is reported, what stood behind it is not: fields of fixed width have it.
//! - UTF-8 that was read as Windows-1252, once or more often, is repaired (`Ã©` is `é`); what was
//!   lost in decoding (U+FFFD) is reported, as it cannot be repaired.
//! - HTML entities become their characters, which is reported; a letter and its combining mark
//!   become one character.
//! - Control characters and marks without width are left out.
//! - Typographic apostrophes and dashes become the plain ones: systems differ in them, names do not.

use std::borrow::Cow;

use karat_model::finding::FindingCode;

use super::output::Output;

/// The most characters that a value may have.
pub const CHARACTERS_MAX: usize = 4096;

/// Tidies a value; `None` when nothing is left or the value is too long.
///
/// A value that is tidy already costs one look at its bytes.
pub fn tidy<'a>(raw: &'a str, out: &mut Output) -> Option<Cow<'a, str>> {
    let from_first = raw.trim_ascii_start();
    let trimmed = from_first.trim_ascii_end();
    let is_indented = from_first.len() < raw.len() && !trimmed.is_empty();
    if is_plain(trimmed) && trimmed.len() <= CHARACTERS_MAX {
        if is_indented {
            out.finding(FindingCode::ExcessWhitespace);
        }
        return Some(Cow::Borrowed(trimmed));
    }
    let too_long = raw.len() > CHARACTERS_MAX && raw.chars().count() > CHARACTERS_MAX;
    if too_long {
        out.finding(FindingCode::TooLong);
        return None;
    }
    tidy_thoroughly(trimmed, is_indented, out).map(Cow::Owned)
}

/// Tidies a value whose lines mean something: line breaks become commas.
pub fn tidy_lines<'a>(raw: &'a str, out: &mut Output) -> Option<Cow<'a, str>> {
    if !raw.contains(['\n', '\r']) {
        return tidy(raw, out);
    }
    let lines = raw.split(['\n', '\r']).map(|line| line.trim().trim_end_matches([',', ';']));
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    tidy(&lines.join(", "), out).map(|text| Cow::Owned(text.into_owned()))
}

/// Whether a text has nothing to tidy: visible ASCII with single spaces between.
fn is_plain(text: &str) -> bool {
    let mut previous = b' ';
    for &byte in text.as_bytes() {
        let visible = matches!(byte, b' '..=b'~') && byte != b'&' && byte != b'`';
        let doubled = byte == b' ' && previous == b' ';
        if !visible || doubled {
            return false;
        }
        previous = byte;
    }
    previous != b' '
}

/// Repeats all repairs until none changes anything; each makes the text shorter or plainer.
fn tidy_thoroughly(text: &str, is_indented: bool, out: &mut Output) -> Option<String> {
    let mut text = Cow::Borrowed(text);
    let mut repaired = false;
    let mut decoded = false;
    let mut spaced = is_indented;
    let mut invisible = false;
    loop {
        let mut changed = false;
        if let Some(right) = repair_encoding(&text) {
            text = Cow::Owned(right);
            repaired = true;
            changed = true;
        }
        if let Some(right) = decode_entities(&text) {
            text = Cow::Owned(right);
            decoded = true;
            changed = true;
        }
        let right = tidy_characters(&text);
        invisible |= right.had_invisible;
        spaced |= right.had_excess_whitespace;
        changed |= right.text != *text;
        text = Cow::Owned(right.text);
        if !changed {
            break;
        }
    }
    if decoded {
        out.finding(FindingCode::EncodedEntities);
    }
    if spaced && !text.is_empty() {
        out.finding(FindingCode::ExcessWhitespace);
    }
    if invisible {
        out.finding(FindingCode::ControlCharacters);
    }
    if repaired || text.contains(char::REPLACEMENT_CHARACTER) {
        out.finding(FindingCode::BrokenEncoding);
        out.doubt();
    }
    Some(text.into_owned()).filter(|text| !text.is_empty())
}

/// Undoes one reading of UTF-8 as Windows-1252.
fn repair_encoding(text: &str) -> Option<String> {
    let mut repaired = String::new();
    let mut kept_from = 0;
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        match misread(&text[at..]) {
            Some((original, length)) => {
                repaired.push_str(&text[kept_from..at]);
                repaired.push(original);
                at += length;
                kept_from = at;
            }
            None => at += character.len_utf8(),
        }
    }
    (kept_from > 0).then(|| {
        repaired.push_str(&text[kept_from..]);
        repaired
    })
}

/// The character whose UTF-8 bytes open the text as Windows-1252 characters, and their length.
///
/// Only what European names and punctuation use counts: `É–` is a capital and a dash, no phonetic
/// sign.
fn misread(text: &str) -> Option<(char, usize)> {
    let mut characters = text.chars();
    let lead = windows_1252_byte(characters.next()?)?;
    let width = match lead {
        0xC2..=0xC5 | 0xC8 => 2,
        0xE1 | 0xE2 | 0xEF => 3,
        0xF0 => 4,
        _ => return None,
    };
    let mut bytes = [lead, 0, 0, 0];
    for byte in &mut bytes[1..width] {
        *byte = windows_1252_byte(characters.next()?).filter(|byte| (0x80..0xC0).contains(byte))?;
    }
    let original = std::str::from_utf8(&bytes[..width]).ok()?.chars().next()?;
    let plausible = lead != 0xC8 || ('\u{218}'..='\u{21B}').contains(&original);
    plausible.then(|| (original, text.len() - characters.as_str().len()))
}

/// The byte that Windows-1252 writes for a character; its five gaps stand for themselves.
fn windows_1252_byte(character: char) -> Option<u8> {
    if (character as u32) < 0x100 {
        return Some(character as u8);
    }
    const FROM_0X80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž',
        '\u{8F}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}',
        'ž', 'Ÿ',
    ];
    FROM_0X80.iter().position(|&known| known == character).map(|at| 0x80 + at as u8)
}

/// Replaces HTML entities that end in a semicolon.
fn decode_entities(text: &str) -> Option<String> {
    const NAME_LENGTH_MAX: usize = 8;
    let mut decoded = String::new();
    let mut rest = text;
    let mut changed = false;
    while let Some(start) = rest.find('&') {
        let (before, from_sign) = rest.split_at(start);
        decoded.push_str(before);
        let end = from_sign.bytes().take(NAME_LENGTH_MAX + 2).position(|byte| byte == b';');
        let character = end.and_then(|end| entity(&from_sign[1..end]));
        match (character, end) {
            (Some(character), Some(end)) => {
                decoded.push(character);
                rest = &from_sign[end + 1..];
                changed = true;
            }
            _ => {
                decoded.push('&');
                rest = &from_sign[1..];
            }
        }
    }
    decoded.push_str(rest);
    changed.then_some(decoded)
}

/// The character that an entity stands for, without `&` and `;`.
fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32);
    }
    const NAMED: &[(&str, char)] = &[
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", ' '),
        ("euro", '€'),
        ("pound", '£'),
        ("copy", '©'),
        ("reg", '®'),
        ("deg", '°'),
        ("middot", '·'),
        ("szlig", 'ß'),
        ("aelig", 'æ'),
        ("AElig", 'Æ'),
        ("oelig", 'œ'),
        ("OElig", 'Œ'),
        ("oslash", 'ø'),
        ("Oslash", 'Ø'),
        ("eth", 'ð'),
        ("ETH", 'Ð'),
        ("thorn", 'þ'),
        ("THORN", 'Þ'),
        ("lsquo", '\''),
        ("rsquo", '\''),
        ("ldquo", '“'),
        ("rdquo", '”'),
        ("laquo", '«'),
        ("raquo", '»'),
        ("ndash", '-'),
        ("mdash", '-'),
        ("hellip", '…'),
        ("shy", '\u{AD}'),
    ];
    if let Some((_, character)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Some(*character);
    }
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let accent = ACCENTS.iter().find(|accent| accent.entity == &name[1..])?;
    accent.compose(letter)
}

/// A diacritic: how it combines with letters.
struct Accent {
    /// How HTML names it, after the letter.
    entity: &'static str,
    mark: char,
    letters: &'static str,
    composed: &'static str,
}

impl Accent {
    fn compose(&self, letter: char) -> Option<char> {
        let place = self.letters.chars().position(|known| known == letter)?;
        self.composed.chars().nth(place)
    }
}

const fn accent(
    entity: &'static str,
    mark: char,
    letters: &'static str,
    composed: &'static str,
) -> Accent {
    Accent { entity, mark, letters, composed }
}

/// The letters of Latin-1 and Latin Extended-A, from the Unicode character database.
const ACCENTS: &[Accent] = &[
    accent("grave", '\u{300}', "AEIOUaeiou", "ÀÈÌÒÙàèìòù"),
    accent("acute", '\u{301}', "AEIOUYaeiouyCLNRSZclnrsz", "ÁÉÍÓÚÝáéíóúýĆĹŃŔŚŹćĺńŕśź"),
    accent("circ", '\u{302}', "AEIOUaeiouCGHJSWYcghjswy", "ÂÊÎÔÛâêîôûĈĜĤĴŜŴŶĉĝĥĵŝŵŷ"),
    accent("tilde", '\u{303}', "ANOanoIUiu", "ÃÑÕãñõĨŨĩũ"),
    accent("macr", '\u{304}', "AEIOUaeiou", "ĀĒĪŌŪāēīōū"),
    accent("breve", '\u{306}', "AEGIOUaegiou", "ĂĔĞĬŎŬăĕğĭŏŭ"),
    accent("dot", '\u{307}', "CEGIZcegz", "ĊĖĠİŻċėġż"),
    accent("uml", '\u{308}', "AEIOUYaeiouy", "ÄËÏÖÜŸäëïöüÿ"),
    accent("ring", '\u{30A}', "AUau", "ÅŮåů"),
    accent("dblac", '\u{30B}', "OUou", "ŐŰőű"),
    accent("caron", '\u{30C}', "CDENRSTZcdenrstz", "ČĎĚŇŘŠŤŽčďěňřšťž"),
    accent("cedil", '\u{327}', "CSTGKLNRcstklnr", "ÇŞŢĢĶĻŅŖçşţķļņŗ"),
    accent("ogon", '\u{328}', "AEIUaeiu", "ĄĘĮŲąęįų"),
];

/// A text whose characters were made plain.
struct Tidied {
    text: String,
    /// Whether characters that people do not see were left out.
    had_invisible: bool,
    /// Whether more than one plain space stood somewhere before the end.
    had_excess_whitespace: bool,
}

/// Makes characters plain one by one.
fn tidy_characters(text: &str) -> Tidied {
    let mut tidied = String::with_capacity(text.len());
    let mut dropped = false;
    let mut excess = false;
    // What stands at the end of the value is no excess: it counts once a character follows.
    let mut excess_if_more_follows = false;
    for character in text.chars() {
        if !character.is_whitespace() && !is_invisible(character) {
            excess |= excess_if_more_follows;
        }
        match character {
            _ if character.is_whitespace() => {
                let is_first = tidied.is_empty() || tidied.ends_with(' ');
                let is_usual = matches!(character, ' ' | IDEOGRAPHIC_SPACE);
                excess_if_more_follows |= is_first || !is_usual;
                if !is_first {
                    tidied.push(' ');
                }
            }
            '‘' | '’' | 'ʼ' | '´' | '`' | '′' => tidied.push('\''),
            '‐'..='―' | '−' => tidied.push('-'),
            '\u{300}'..='\u{328}' => push_combined(&mut tidied, character),
            _ if is_invisible(character) => dropped = true,
            _ => tidied.push(character),
        }
    }
    tidied.truncate(tidied.trim_end().len());
    Tidied { text: tidied, had_invisible: dropped, had_excess_whitespace: excess }
}

/// What stands between words in Chinese and Japanese writing.
const IDEOGRAPHIC_SPACE: char = '\u{3000}';

fn push_combined(text: &mut String, mark: char) {
    let composed = text
        .chars()
        .next_back()
        .and_then(|letter| ACCENTS.iter().find(|accent| accent.mark == mark)?.compose(letter));
    match composed {
        Some(composed) => {
            text.pop();
            text.push(composed);
        }
        None => text.push(mark),
    }
}

/// Control characters, marks without width, and marks that turn the direction of writing.
fn is_invisible(character: char) -> bool {
    let without_width = matches!(
        character,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
    );
    character.is_control() || without_width
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tidied(raw: &str) -> (Option<String>, Vec<FindingCode>) {
        let mut out = Output::default();
        let text = tidy(raw, &mut out).map(Cow::into_owned);
        (text, out.findings.iter().map(|finding| finding.code).collect())
    }

    fn check(raw: &str, expected: &str, findings: &[FindingCode]) {
        let expected = Some(expected.to_owned()).filter(|text| !text.is_empty());
        assert_eq!(tidied(raw), (expected, findings.to_vec()), "{raw:?}");
    }

    #[test]
    fn white_space_is_collapsed() {
        use FindingCode::ExcessWhitespace;
        check("Jan", "Jan", &[]);
        check("  Jan \t van\u{A0}den\n Berg ", "Jan van den Berg", &[ExcessWhitespace]);
        check(" Jan", "Jan", &[ExcessWhitespace]);
        check("Jan  Berg", "Jan Berg", &[ExcessWhitespace]);
        check("Jan\tBerg", "Jan Berg", &[ExcessWhitespace]);
        check("Zoë\u{A0}Berg", "Zoë Berg", &[ExcessWhitespace]);
        check(" Zoë", "Zoë", &[ExcessWhitespace]);
        check("\u{A0}Zoë", "Zoë", &[ExcessWhitespace]);
        // Fields of fixed width are filled up behind the value, and may be empty.
        check("Jan      ", "Jan", &[]);
        check("Zoë  \u{A0}", "Zoë", &[]);
        check("Jan\r\n", "Jan", &[]);
        check("山田\u{3000}太郎", "山田 太郎", &[]);
        check("", "", &[]);
        check("      ", "", &[]);
        check(" \u{3000} ", "", &[]);
    }

    #[test]
    fn plain_values_are_borrowed() {
        let mut out = Output::default();
        assert!(matches!(tidy(" 12, Hoofdstraat ", &mut out), Some(Cow::Borrowed(_))));
        assert!(matches!(tidy("Zoë", &mut out), Some(Cow::Owned(_))));
    }

    #[test]
    fn broken_encodings_are_repaired() {
        use FindingCode::BrokenEncoding;
        check("RenÃ©e", "Renée", &[BrokenEncoding]);
        check("ZoÃ«", "Zoë", &[BrokenEncoding]);
        check("CoÃ¶peratie", "Coöperatie", &[BrokenEncoding]);
        check("in â€™t Veld", "in 't Veld", &[BrokenEncoding]);
        check("YÄ±lmaz", "Yılmaz", &[BrokenEncoding]);
        check("IstrÄƒu È™i È›ara", "Istrău și țara", &[BrokenEncoding]);
        check("RenÃƒÂ©e", "Renée", &[BrokenEncoding]);
        check("Ã\u{81}lvaro", "Álvaro", &[BrokenEncoding]);
        check("Jos\u{FFFD}", "Jos\u{FFFD}", &[BrokenEncoding]);
        check("Josï¿½", "Jos\u{FFFD}", &[BrokenEncoding]);
    }

    #[test]
    fn right_encodings_are_left_alone() {
        for right in ["Renée", "SÃO PAULO", "CAFÉ-BAR", "Ângela", "Ärzte", "Åsa", "Дмитрий", "Łódź"]
        {
            check(right, right, &[]);
        }
        check("“CAFÉ”", "“CAFÉ”", &[]);
        check("CAFÉ–BAR", "CAFÉ-BAR", &[]);
    }

    #[test]
    fn entities_are_decoded() {
        use FindingCode::{EncodedEntities, ExcessWhitespace};
        check("Jansen &amp; Zn", "Jansen & Zn", &[EncodedEntities]);
        check("Jansen &amp;amp; Zn", "Jansen & Zn", &[EncodedEntities]);
        check("Ren&eacute;e &Ouml;zil", "Renée Özil", &[EncodedEntities]);
        check("O&#39;Brien &#x26; Co", "O'Brien & Co", &[EncodedEntities]);
        check("Jan&nbsp;Berg", "Jan Berg", &[EncodedEntities]);
        check(" Jan &amp; Zn", "Jan & Zn", &[EncodedEntities, ExcessWhitespace]);
        check("Jansen & Zn; Bakker", "Jansen & Zn; Bakker", &[]);
        check("&onbekend; &", "&onbekend; &", &[]);
    }

    #[test]
    fn marks_are_composed() {
        check("Rene\u{301}e", "Renée", &[]);
        check("A\u{30A}sa", "Åsa", &[]);
        check("x\u{301}", "x\u{301}", &[]);
    }

    #[test]
    fn invisible_characters_are_left_out() {
        check("Jan\u{200B}sen", "Jansen", &[FindingCode::ControlCharacters]);
        check("\u{FEFF}Jan\u{7}", "Jan", &[FindingCode::ControlCharacters]);
    }

    #[test]
    fn apostrophes_and_dashes_become_plain() {
        check("O’Brien – ’t Hof", "O'Brien - 't Hof", &[]);
    }

    #[test]
    fn a_value_that_is_too_long_is_left_out() {
        check(&"a".repeat(CHARACTERS_MAX + 1), "", &[FindingCode::TooLong]);
        assert!(tidied(&"é".repeat(CHARACTERS_MAX)).0.is_some());
    }

    #[test]
    fn lines_become_parts() {
        let mut out = Output::default();
        let text = tidy_lines("Dorpsstraat 1,\r\n1234 AB  Ons Dorp\n", &mut out);
        assert_eq!(text.as_deref(), Some("Dorpsstraat 1, 1234 AB Ons Dorp"));
    }

    #[test]
    fn composed_letters_line_up() {
        for accent in ACCENTS {
            assert_eq!(
                accent.letters.chars().count(),
                accent.composed.chars().count(),
                "{}",
                accent.entity
            );
        }
    }

    proptest! {
        #[test]
        fn tidying_twice_is_tidying_once(raw in "(\\PC|[ÃÂâ€™Äé&;#39a\u{301}\u{81}\t ]|&[a-z]{2,5};){0,40}") {
            let mut out = Output::default();
            if let Some(once) = tidy(&raw, &mut out) {
                let twice = tidy(&once, &mut out);
                prop_assert_eq!(Some(&once), twice.as_ref());
            }
        }
    }
}
