//! The first treatment of every value: white space, encoding damage, signs that people do not see.
//!
//! Arrives: a raw value, and what it is read as. Leaves: a tidy value, and what was wrong with it.
//! Promises: any text in, never a panic; tidying a tidy value changes nothing.
//! Start reading here; each kind of damage has a file of its own.
//!
//! - White space of any kind becomes single spaces; none is left at the ends. What stood before or
//!   within the value is reported, what stood behind it is not: fields of fixed width have it.
//! - UTF-8 that was read as Windows-1252, once or more often, is repaired (`Ã©` is `é`), and so are
//!   letters of DOS and of Windows that were read as each other; what was lost in decoding (U+FFFD,
//!   `Ren?e`) is reported, as it cannot be repaired.
//! - HTML entities become their characters, and so do the codes of programs, web addresses and mail
//!   (`\u00e9`, `%C3%A9`, `=C3=A9`); tags such as `<br>` become spaces. Both are reported.
//! - Cyrillic and Greek letters that look Latin become Latin in words that are mostly Latin.
//! - A letter and its combining mark become one character.
//! - Control characters and marks without width are left out.
//! - Typographic apostrophes and dashes become the plain ones: systems differ in them, names do not.

use std::borrow::Cow;

use compact_str::CompactString;
use karat_model::finding::FindingCode;

use super::output::Output;

mod characters;
mod encoding;
mod entities;
mod escapes;
mod lookalikes;

pub(in crate::clean) use encoding::unless_misread;
pub(in crate::clean) use lookalikes::{repair as in_latin_letters, without_digits};

/// The most characters that a value may have.
pub const CHARACTERS_MAX: usize = 4096;

/// What a value is read as, which decides what counts as damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The name of somebody, something or some place: question marks in a word are lost letters.
    Name,
    /// An address on the web: `%C3%A9` and `?a=b` belong there.
    WebAddress,
    /// Anything else.
    Text,
}

/// Tidies a value; `None` when nothing is left or the value is too long.
///
/// A value that is tidy already costs one look at its bytes.
pub fn tidy<'a>(raw: &'a str, out: &mut Output) -> Option<Cow<'a, str>> {
    tidy_as(raw, Content::Text, out)
}

/// Tidies a value that is read as something.
pub fn tidy_as<'a>(raw: &'a str, content: Content, out: &mut Output) -> Option<Cow<'a, str>> {
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
    tidy_thoroughly(trimmed, is_indented, content, out).map(Cow::Owned)
}

/// Tidies the lines of an address: line breaks become commas, and so do those of web pages.
pub fn tidy_lines<'a>(raw: &'a str, out: &mut Output) -> Option<Cow<'a, str>> {
    if let Some(broken) = escapes::with_line_breaks(raw) {
        out.finding(FindingCode::EscapedText);
        return tidy_lines(&broken, out).map(|text| Cow::Owned(text.into_owned()));
    }
    if !raw.contains(['\n', '\r']) {
        return tidy_as(raw, Content::Name, out);
    }
    let lines = raw.split(['\n', '\r']).map(|line| line.trim().trim_end_matches([',', ';']));
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    tidy_as(&lines.join(", "), Content::Name, out).map(|text| Cow::Owned(text.into_owned()))
}

/// A text in which each letter and its combining mark are one character.
pub fn composed(text: CompactString) -> CompactString {
    if text.is_ascii() { text } else { characters::compose(&text).map_or(text, Into::into) }
}

/// By byte, whether it may stand in a text that has nothing to tidy: visible ASCII but the signs
/// that codes open with, and those that become others.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        plain[byte as usize] = !matches!(byte, b'&' | b'`' | b'\\' | b'%' | b'=' | b'<' | b'?');
        byte += 1;
    }
    plain
};

/// Whether a text has nothing to tidy: plain characters with single spaces between.
fn is_plain(text: &str) -> bool {
    let mut previous = b' ';
    for &byte in text.as_bytes() {
        let doubled = byte == b' ' && previous == b' ';
        if !PLAIN[byte as usize] || doubled {
            return false;
        }
        previous = byte;
    }
    previous != b' '
}

/// Repeats all repairs until none changes anything; each makes the text shorter or plainer.
fn tidy_thoroughly(
    text: &str,
    is_indented: bool,
    content: Content,
    out: &mut Output,
) -> Option<String> {
    let mut text = Cow::Borrowed(text);
    let mut repaired = false;
    let mut decoded = false;
    let mut unescaped = false;
    let mut latinised = false;
    let mut spaced = is_indented;
    let mut invisible = false;
    loop {
        let mut changed = false;
        let mut take = |right: Option<String>, text: &mut Cow<str>, done: &mut bool| {
            if let Some(right) = right {
                *text = Cow::Owned(right);
                *done = true;
                changed = true;
            }
        };
        take(encoding::repair(&text), &mut text, &mut repaired);
        take(entities::decode(&text), &mut text, &mut decoded);
        take(escapes::decode(&text, content), &mut text, &mut unescaped);
        take(lookalikes::repair(&text), &mut text, &mut latinised);
        let right = characters::tidy(&text);
        invisible |= right.had_invisible;
        spaced |= right.had_excess_whitespace;
        changed |= right.text != *text;
        text = Cow::Owned(right.text);
        if !changed {
            break;
        }
    }
    let is_damaged = repaired || text.contains(char::REPLACEMENT_CHARACTER);
    let has_lost = content == Content::Name && has_lost_letters(&text);
    for (found, code) in [
        (decoded, FindingCode::EncodedEntities),
        (unescaped, FindingCode::EscapedText),
        (spaced && !text.is_empty(), FindingCode::ExcessWhitespace),
        (invisible, FindingCode::ControlCharacters),
        (is_damaged, FindingCode::BrokenEncoding),
        (latinised, FindingCode::LookalikeCharacters),
        (has_lost, FindingCode::LostLetters),
    ] {
        if found {
            out.finding(code);
        }
    }
    if is_damaged || latinised || has_lost {
        out.doubt();
    }
    Some(text.into_owned()).filter(|text| !text.is_empty())
}

/// Whether question marks stand amid the letters of a word: `Ren?e`, `M??ller`.
fn has_lost_letters(text: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    text.match_indices('?').any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at..].trim_start_matches('?').chars().next();
        is_letter(before) && is_letter(after)
    })
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
        check("Ren‚e", "Renée", &[BrokenEncoding]);
        check("O\u{92}Brien", "O'Brien", &[BrokenEncoding]);
        check("renã©e", "renée", &[BrokenEncoding]);
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
    fn codes_of_programs_are_put_back() {
        use FindingCode::{EncodedEntities, EscapedText};
        check(r"Ren\u00e9e", "Renée", &[EscapedText]);
        check("Ren%C3%A9e", "Renée", &[EscapedText]);
        check("Ren=C3=A9e", "Renée", &[EscapedText]);
        check("Dorp<br>Laan", "Dorp Laan", &[EscapedText]);
        check("Dorp&lt;br&gt;Laan", "Dorp Laan", &[EncodedEntities, EscapedText]);
        check("100% zeker = <null>", "100% zeker = <null>", &[]);
        let mut out = Output::default();
        let address = "https://bos.example/caf%C3%A9?a=b";
        assert_eq!(tidy_as(address, Content::WebAddress, &mut out).as_deref(), Some(address));
        assert_eq!(out.findings, []);
    }

    #[test]
    fn letters_that_only_look_latin_become_latin() {
        check("J\u{430}nsen", "Jansen", &[FindingCode::LookalikeCharacters]);
        check("Дмитрий Jansen", "Дмитрий Jansen", &[]);
    }

    #[test]
    fn letters_that_were_lost_in_names_are_reported() {
        let found = |raw, content| {
            let mut out = Output::default();
            let text = tidy_as(raw, content, &mut out).map(Cow::into_owned);
            assert_eq!(text.as_deref(), Some(raw));
            (!out.findings.is_empty(), out.is_doubtful())
        };
        for name in ["Ren?e", "Zo? Bos-L?ffler", "M??ller"] {
            assert_eq!(found(name, Content::Name), (true, true), "{name}");
            assert_eq!(found(name, Content::Text), (false, false), "{name}");
        }
        for name in ["Jan?", "? Jansen", "Jan ? Jansen", "Hoe? Zo", "12?A"] {
            assert_eq!(found(name, Content::Name), (false, false), "{name}");
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
