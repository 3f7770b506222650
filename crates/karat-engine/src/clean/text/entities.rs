//! HTML entities: `&eacute;` is `é`, `&#39;` is `'`.

use super::characters::ACCENTS;

/// Replaces HTML entities that end in a semicolon.
pub(super) fn decode(text: &str) -> Option<String> {
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
