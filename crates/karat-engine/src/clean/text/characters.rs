//! Characters one by one: white space, plain apostrophes and dashes, marks that combine, characters
//! that people do not see.

/// A text whose characters were made plain.
pub(super) struct Tidied {
    /// What is left.
    pub(super) text: String,
    /// Whether characters that people do not see were left out.
    pub(super) had_invisible: bool,
    /// Whether more than one plain space stood somewhere before the end.
    pub(super) had_excess_whitespace: bool,
}

/// Makes characters plain one by one.
pub(super) fn tidy(text: &str) -> Tidied {
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
            MARK_FIRST..=MARK_LAST => push_combined(&mut tidied, character),
            _ if is_invisible(character) => dropped = true,
            _ => tidied.push(character),
        }
    }
    tidied.truncate(tidied.trim_end().len());
    Tidied { text: tidied, had_invisible: dropped, had_excess_whitespace: excess }
}

/// Between these all marks lie that combine with a letter to one character.
const MARK_FIRST: char = '\u{300}';
const MARK_LAST: char = '\u{328}';

/// The text with each letter and its mark as one character; nothing if it has no marks.
pub(super) fn compose(text: &str) -> Option<String> {
    let is_mark = |c: char| (MARK_FIRST..=MARK_LAST).contains(&c);
    text.contains(is_mark).then(|| {
        let mut composed = String::with_capacity(text.len());
        for character in text.chars() {
            if is_mark(character) {
                push_combined(&mut composed, character);
            } else {
                composed.push(character);
            }
        }
        composed
    })
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

/// A diacritic: how it combines with letters.
pub(super) struct Accent {
    /// How HTML names it, after the letter.
    pub(super) entity: &'static str,
    mark: char,
    letters: &'static str,
    composed: &'static str,
}

impl Accent {
    /// The letter with the diacritic, as one character.
    pub(super) fn compose(&self, letter: char) -> Option<char> {
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
pub(super) const ACCENTS: &[Accent] = &[
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
