//! Wrong encodings: `Ã©` is `é` that was written as UTF-8 and read as Windows-1252.

use super::lookalikes;

/// Undoes one reading in a wrong encoding, if there was one.
pub(super) fn repair(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    // What is left of a wrong reading of UTF-8 may look like one of DOS: first things first.
    repair_utf_8(text).or_else(|| repair_single_bytes(text))
}

/// The text in other capitals, unless these make it look as if it had been read or written wrongly:
/// the text as it was, then. `ã¬` with a capital would be taken for `ì`, and a Cyrillic `М`, which
/// is no Latin `m` as a small letter, amid Latin ones for `M`.
pub(in crate::clean) fn unless_misread(recased: String, text: &str) -> String {
    let is_mended = |text: &str| repair(text).or_else(|| lookalikes::repair(text)).is_some();
    let looks_misread = !recased.is_ascii() && is_mended(&recased);
    if looks_misread && !is_mended(text) { text.to_owned() } else { recased }
}

/// Undoes one reading of UTF-8 as Windows-1252.
fn repair_utf_8(text: &str) -> Option<String> {
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
    let first = characters.next()?;
    if first == 'ã' {
        return misread_in_small_letters(characters.next()?);
    }
    let lead = windows_1252_byte(first)?;
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

/// `renã©e` is `renée`, made small after it was read wrongly; the signs follow no `ã` otherwise.
fn misread_in_small_letters(sign: char) -> Option<(char, usize)> {
    let is_sign = matches!(sign, '¡'..='¿') && !matches!(sign, '°' | '·' | '»');
    let letter = char::from_u32(0xC0 | (sign as u32 & 0x3F))?;
    is_sign.then_some((letter, 'ã'.len_utf8() + sign.len_utf8()))
}

/// Undoes one reading of a text of one byte a letter in the wrong one of such encodings.
///
/// Windows-1252 that was read as ISO 8859-1 leaves control characters (C1); the letters of DOS
/// (code page 850) that were read as either leave these or signs amid the letters of a word:
/// `Ren‚e`, `J”rgen`.
fn repair_single_bytes(text: &str) -> Option<String> {
    let quotes = text.chars().filter(|&c| matches!(c, '“' | '”' | '„')).count();
    let mut repaired = String::with_capacity(text.len());
    let mut before: Option<char> = None;
    let mut characters = text.chars().peekable();
    let mut changed = false;
    while let Some(character) = characters.next() {
        let after = characters.peek().copied();
        let in_word = before.is_some_and(char::is_alphabetic);
        let amid = in_word && after.is_some_and(char::is_lowercase);
        let ends = in_word && after.is_none_or(|c| matches!(c, ' ' | '-' | ','));
        let right = match character {
            '\u{85}' => None,
            '\u{80}'..='\u{9F}' => of_control(character, amid, ends),
            '‚' | 'ƒ' | '†' | '‡' | 'ˆ' | '‰' | '‹' if amid => of_dos(character),
            '„' | '“' | '”' if amid && quotes == 1 => of_dos(character),
            _ => None,
        };
        changed |= right.is_some();
        let right = right.unwrap_or(character);
        repaired.push(right);
        before = Some(right);
    }
    changed.then_some(repaired)
}

/// What a control character of the upper half stands for: a sign or letter of Windows-1252, or a
/// letter of DOS where a sign makes no sense.
fn of_control(character: char, amid: bool, ends: bool) -> Option<char> {
    let windows = FROM_0X80[character as usize - 0x80];
    let is_gap = windows == character;
    let is_no_sign_of_words = matches!(windows, '‚' | 'ƒ' | '„' | 'ˆ' | '‰' | '‹') || is_gap;
    let is_sign_amid = matches!(windows, '†' | '‡' | '“' | '”');
    if amid && (is_no_sign_of_words || is_sign_amid) || ends && is_no_sign_of_words {
        return of_dos(character);
    }
    (!is_gap).then_some(windows)
}

/// The letter that DOS writes with the byte of a character of Windows-1252.
fn of_dos(character: char) -> Option<char> {
    /// Code page 850, from 0x80 on.
    const FROM_0X80_IN_DOS: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø";
    let byte = windows_1252_byte(character)?;
    FROM_0X80_IN_DOS.chars().nth(usize::from(byte.checked_sub(0x80)?))
}

/// The byte that Windows-1252 writes for a character; its five gaps stand for themselves.
fn windows_1252_byte(character: char) -> Option<u8> {
    if (character as u32) < 0x100 {
        return Some(character as u8);
    }
    FROM_0X80.iter().position(|&known| known == character).map(|at| 0x80 + at as u8)
}

/// The characters of Windows-1252 from 0x80 to 0x9F.
const FROM_0X80: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_dos_and_of_windows_are_told_apart() {
        for (text, expected) in [
            ("Ren‚e", Some("Renée")),
            ("J”rgen", Some("Jörgen")),
            ("Fran‡oise", Some("Françoise")),
            ("Ren\u{82}e", Some("Renée")),
            ("Ren\u{82}", Some("René")),
            ("Zo\u{89} Bos", Some("Zoë Bos")),
            ("M\u{81}ller", Some("Müller")),
            ("Sch\u{94}nberg", Some("Schönberg")),
            ("O\u{92}Brien", Some("O’Brien")),
            ("\u{8A}koda", Some("Škoda")),
            ("Kovač \u{96} Zn", Some("Kovač – Zn")),
            ("\u{80} 12", Some("€ 12")),
            // Near misses: signs where signs belong.
            ("“Bos” é", None),
            ("„Bäcker“", None),
            ("Hotel „Adler“", None),
            ("de “kleine” Zoë", None),
            ("Jansen† é", None),
            ("é 5‰", None),
            ("Jan\u{85}sen", None),
            ("Renée", None),
        ] {
            assert_eq!(repair(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_damage_that_lost_its_capitals_is_repaired() {
        assert_eq!(repair("renã©e").as_deref(), Some("renée"));
        assert_eq!(repair("zoã«").as_deref(), Some("zoë"));
        assert_eq!(repair("são joão"), None);
        assert_eq!(repair("«amanhã»"), None);
    }
}
