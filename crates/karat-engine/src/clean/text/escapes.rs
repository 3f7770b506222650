//! Codes of programs, web addresses, mail and web pages: `\u00e9`, `%C3%A9` and `=C3=A9` are `é`,
//! `<br>` is a space.
//!
//! Only what cannot be meant is put back: bytes that make a letter of UTF-8 together, and the tags
//! that forms and pages use.

use super::Content;

/// Puts back the characters that codes stand for.
pub(super) fn decode(text: &str, content: Content) -> Option<String> {
    let is_address = content == Content::WebAddress || holds_address(text);
    if is_address || !text.contains(['\\', '%', '=', '<']) {
        return None;
    }
    let mut decoded = String::new();
    let mut kept_from = 0;
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let rest = &text[at..];
        let found = match character {
            '\\' => escaped(rest),
            '%' | '=' => bytes(rest, character),
            '<' => tag(rest).map(|length| (' ', length)),
            _ => None,
        };
        match found {
            Some((original, length)) => {
                decoded.push_str(&text[kept_from..at]);
                decoded.push(original);
                at += length;
                kept_from = at;
            }
            None => at += character.len_utf8(),
        }
    }
    (kept_from > 0).then(|| {
        decoded.push_str(&text[kept_from..]);
        decoded
    })
}

/// Whether a text holds an address on the web; signs at its end are none, and may not be kept.
fn holds_address(text: &str) -> bool {
    const MARK: &str = "://";
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(MARK).any(|(at, _)| {
        is_part(text[..at].chars().next_back()) && is_part(text[at + MARK.len()..].chars().next())
    })
}

/// The text with its breaks of a web page (`<br>`) as breaks of lines, if it has any.
pub(super) fn with_line_breaks(text: &str) -> Option<String> {
    let mut lines = String::new();
    let mut rest = text;
    let mut has_break = false;
    while let Some(start) = rest.find('<') {
        let (before, from_sign) = rest.split_at(start);
        lines.push_str(before);
        let is_break = from_sign.get(1..3).is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let length = tag(from_sign).filter(|_| is_break);
        has_break |= length.is_some();
        lines.push(if length.is_some() { '\n' } else { '<' });
        rest = &from_sign[length.unwrap_or(1)..];
    }
    has_break.then(|| {
        lines.push_str(rest);
        lines
    })
}

/// `\u00e9`, `\'`, `\/`: the character and how many bytes its code has.
fn escaped(text: &str) -> Option<(char, usize)> {
    const LENGTH: usize = 6;
    let sign = text[1..].chars().next().filter(|sign| matches!(sign, '\'' | '"' | '/'));
    if let Some(sign) = sign {
        return Some((sign, 2));
    }
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        let is_code = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| is_code)
    };
    let first = unit(text)?;
    let one = char::decode_utf16([first]).next()?.ok();
    let pair = || {
        let second = unit(text.get(LENGTH..)?)?;
        let original = char::decode_utf16([first, second]).next()?.ok()?;
        Some((original, 2 * LENGTH))
    };
    let (original, length) = one.map(|original| (original, LENGTH)).or_else(pair)?;
    (!original.is_control() && original != '\\').then_some((original, length))
}

/// `%C3%A9`, `=C3=A9`: a letter or sign of UTF-8 beyond ASCII, and how many bytes its code has.
fn bytes(text: &str, mark: char) -> Option<(char, usize)> {
    let byte = |at: usize| {
        let code = text.get(3 * at..3 * at + 3)?.strip_prefix(mark)?;
        let is_code = code.bytes().all(|byte| byte.is_ascii_hexdigit());
        u8::from_str_radix(code, 16).ok().filter(|_| is_code)
    };
    let lead = byte(0)?;
    let width = match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let mut buffer = [lead, 0, 0, 0];
    for (at, place) in buffer[..width].iter_mut().enumerate().skip(1) {
        *place = byte(at)?;
    }
    let original = std::str::from_utf8(&buffer[..width]).ok()?.chars().next()?;
    (!original.is_control()).then_some((original, 3 * width))
}

/// How many bytes a tag has that a text opens with, if it is one of a page.
fn tag(text: &str) -> Option<usize> {
    const NAMES: [&str; 14] =
        ["br", "p", "div", "span", "b", "i", "u", "strong", "em", "font", "li", "ul", "td", "tr"];
    let length = text.find('>')? + 1;
    let inside = &text[1..length - 1];
    let is_closing = inside.starts_with('/');
    let inside = inside.strip_prefix('/').unwrap_or(inside);
    let end = inside.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(inside.len());
    let (name, rest) = inside.split_at(end);
    let is_known = NAMES.iter().any(|known| known.eq_ignore_ascii_case(name));
    let is_bare = matches!(rest.trim(), "" | "/");
    let has_attributes = rest.starts_with(' ') && rest.contains('=') && !rest.contains('<');
    (is_known && (is_bare || has_attributes && !is_closing)).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_put_back() {
        for (text, expected) in [
            (r"Ren\u00e9e", Some("Renée")),
            (r"\ud83d\ude00", Some("😀")),
            (r"O\'Brien", Some("O'Brien")),
            (r"c\/o Jansen", Some("c/o Jansen")),
            ("Ren%C3%A9e", Some("Renée")),
            ("ren%c3%a9e", Some("renée")),
            ("Ren=C3=A9e", Some("Renée")),
            ("Dorp<br>Laan", Some("Dorp Laan")),
            ("Dorp<BR />Laan", Some("Dorp Laan")),
            ("<b>Jansen</b>", Some(" Jansen ")),
            ("<p class=\"a\">Jansen</p>", Some(" Jansen ")),
            // Near misses: what may be meant.
            (r"C:\users", None),
            (r"AC\DC", None),
            (r"\u00", None),
            (r"\u0007", None),
            (r"\ud83d", None),
            ("100% Cé", None),
            ("50%20", None),
            ("%E9", None),
            ("a=b", None),
            ("1 = C3", None),
            ("https://x.example/?q=%C3%A9", None),
            ("a<br>b ://", Some("a b ://")),
            ("<null>", None),
            ("a < b > c", None),
            ("Jan <a@b.example>", None),
            ("<p/a Jansen>", None),
            ("<br", None),
        ] {
            assert_eq!(decode(text, Content::Text).as_deref(), expected, "{text}");
        }
        assert_eq!(decode("bos.example/caf%C3%A9", Content::WebAddress), None);
    }

    #[test]
    fn breaks_of_a_page_are_breaks_of_lines() {
        assert_eq!(with_line_breaks("a<br>b<BR/>c").as_deref(), Some("a\nb\nc"));
        assert_eq!(with_line_breaks("a<b>b"), None);
        assert_eq!(with_line_breaks("a\nb"), None);
    }
}
