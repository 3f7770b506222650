//! The words of a name in one field.

use super::known_names::is_given_name;
use super::letter_case::{LetterCase, is_vowel};
use super::{prefixes, titles};
use crate::clean::fold::Folded;
use crate::letters::capital;

/// One word of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word, without the comma.
    pub text: &'a str,
    /// Whether a comma follows.
    pub comma: bool,
}

/// Splits a text into words: at spaces, at commas, and after the dots of `J.P.van`.
pub fn split(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word> = Vec::with_capacity(8);
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let comma = matches!(byte, b',' | b';');
        if byte == b' ' || comma {
            push_piece(&text[start..at], &mut words);
            start = at + 1;
        }
        if comma && let Some(last) = words.last_mut() {
            last.comma = true;
        }
    }
    push_piece(&text[start..], &mut words);
    words
}

fn push_piece<'a>(piece: &'a str, words: &mut Vec<Word<'a>>) {
    let mut push = |text: &'a str| {
        let text = text.trim_matches(['-', '_', '*', ':']);
        if text.bytes().any(|byte| byte != b'.') {
            words.push(Word { text, comma: false });
        }
    };
    let first_dot = piece.bytes().position(|byte| byte == b'.');
    let inner_dot = first_dot.is_some_and(|at| piece[at..].bytes().any(|byte| byte != b'.'));
    if !inner_dot || is_whole(piece) {
        return push(piece);
    }
    let mut rest = piece;
    while let Some(dot) = rest.find('.') {
        let (head, tail) = rest.split_at(dot + 1);
        push(head);
        rest = tail;
    }
    push(rest);
}

/// Whether a word with dots inside is one word of a table.
fn is_whole(piece: &str) -> bool {
    title(piece).is_some()
        || suffix(piece).is_some()
        || prefixes::canonical(piece).is_some()
        || Connector::of(piece).is_some()
}

/// The suffix that a word is; `J.R.` are initials, `Ph.D.` is a degree.
pub fn suffix(text: &str) -> Option<titles::Suffix> {
    let inner_dot = text.trim_end_matches('.').contains('.');
    titles::suffix(text).filter(|suffix| {
        let letters = suffix.canonical.trim_end_matches('.').len();
        !inner_dot || letters > 2 && !suffix.needs_capitals
    })
}

/// The title that a word is; `D.S.` are initials, `ds.` is a title.
pub fn title(text: &str) -> Option<titles::Title> {
    titles::title(text).filter(|_| {
        let mut letters = text.split('.').filter(|part| !part.is_empty());
        let initials =
            text.trim_end_matches('.').contains('.') && letters.all(|part| part.len() == 1);
        !initials || ["t.a.v.", "t.n.v."].iter().any(|usual| text.eq_ignore_ascii_case(usual))
    })
}

/// Joins words with spaces.
pub fn join(words: &[Word]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word.text);
    }
    text
}

/// The canonical prefix at the start of the words, and how many words it takes.
///
/// `single_case` says that capitals mean nothing in this name.
pub fn prefix_at(words: &[Word], single_case: bool) -> Option<(&'static str, usize)> {
    let most = prefixes::words_max(words.first()?.text).min(words.len());
    let until_comma = words[..most].iter().position(|word| word.comma).map_or(most, |at| at + 1);
    let mut folded = Folded::empty();
    let mut ends = [0; prefixes::WORDS_MAX];
    for (at, word) in words[..until_comma].iter().enumerate() {
        folded.push_text(if at > 0 { " " } else { "" });
        folded.push_text(word.text);
        ends[at] = folded.as_bytes().len();
    }
    (1..=until_comma).rev().find_map(|count| {
        let canonical = prefixes::canonical_of_folded(&folded.as_bytes()[..ends[count - 1]])?;
        // `J. v. Dijk`, but `J. V. Dijk` has two initials.
        let letters_only = words[..count].iter().all(|word| word.text.trim_matches('.').len() == 1);
        let dotted = words[..count].iter().any(|word| word.text.ends_with('.'));
        let small =
            words[..count].iter().all(|word| LetterCase::of(word.text) == LetterCase::Lower);
        let capitals_may_be_meant = single_case || !small;
        let initials = letters_only && capitals_may_be_meant && (count == 1 || dotted);
        (!initials).then_some((canonical, count))
    })
}

/// Whether a word is one or more initials.
///
/// `at_end` asks for more certainty: `Jan Os` has a short family name.
pub fn is_initials(text: &str, single_case: bool, at_end: bool) -> bool {
    let letters = text.trim_end_matches('.');
    let dotted = letters.len() < text.len();
    if letters.len() > 4 && letters.is_ascii() {
        return false;
    }
    if !letters.chars().all(char::is_alphabetic) {
        return false;
    }
    let count = letters.chars().take(5).count();
    let case = LetterCase::of(letters);
    if count == 1 {
        return case != LetterCase::None;
    }
    if count > 4 {
        return false;
    }
    if dotted {
        return count <= 3 && !is_given_name(letters);
    }
    let consonants_only = !letters.chars().any(is_vowel);
    let capitals_that_mean_something = case == LetterCase::Upper && !single_case;
    if capitals_that_mean_something {
        return (consonants_only || count <= 3) && !is_given_name(letters);
    }
    let no_name = case.is_single() && single_case;
    if consonants_only {
        return no_name;
    }
    !at_end && may_be_two_initials(letters, single_case) && !is_given_name(letters)
}

/// Whether a word is two letters, a vowel first, that tell nothing by their case.
pub fn may_be_two_initials(text: &str, single_case: bool) -> bool {
    let mut letters = text.chars();
    let [first, second, end] = [letters.next(), letters.next(), letters.next()];
    single_case
        && first.is_some_and(is_vowel)
        && second.is_some_and(|second| second.is_alphabetic() && !is_vowel(second))
        && end.is_none()
        && LetterCase::of(text).is_single()
}

/// Writes the initials of a word: `JP` and `J.P.` as `J.P.`, `TH.` as `Th.`
pub fn push_initials(text: &str, out: &mut String) {
    /// Initials that Dutch names write with more than one letter.
    const OF_SEVERAL_LETTERS: &[&str] =
        &["th", "ch", "ph", "chr", "joh", "jac", "ij", "fr", "alb", "st", "wm"];
    let letters = text.trim_matches('.');
    let dotted = letters.len() < text.len();
    let folded = crate::clean::fold::fold(letters);
    let one = dotted
        && (OF_SEVERAL_LETTERS.contains(&&*folded) || LetterCase::of(letters) == LetterCase::Mixed);
    if one && &*folded == "ij" {
        out.push_str("IJ.");
    } else if one {
        super::letter_case::push_name(letters, out);
        out.push('.');
    } else {
        for letter in letters.chars().filter(|c| c.is_alphabetic()) {
            push_initial(letter, out);
        }
    }
}

/// Writes the initial of a given name: `IJ.` for IJsbrand, `J.P.` for Jan-Peter.
pub fn push_initial_of(name: &str, out: &mut String) {
    for part in name.split('-') {
        match part.chars().find(|c| c.is_alphabetic()) {
            Some(_) if part.starts_with("IJ") => out.push_str("IJ."),
            Some(letter) => push_initial(letter, out),
            None => {}
        }
    }
}

fn push_initial(letter: char, out: &mut String) {
    out.push(capital(letter));
    out.push('.');
}

/// What ties an own name to the name of a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// `geb.`, `née`: the own name follows.
    Born,
    /// `e.v.`: the name of the husband follows.
    MarriedTo,
}

impl Connector {
    /// The connector that a word is.
    pub fn of(text: &str) -> Option<Connector> {
        match text {
            "geb" | "geb." | "Geb." | "GEB." | "geboren" | "Geboren" | "GEBOREN" | "née"
            | "Née" | "NÉE" => Some(Connector::Born),
            "e.v." | "E.V." | "e.v" | "ev." | "ev" => Some(Connector::MarriedTo),
            _ => None,
        }
    }
}

/// Whether a word joins two persons.
pub fn joins_persons(text: &str) -> bool {
    matches!(
        text,
        "&" | "+"
            | "/"
            | "en"
            | "EN"
            | "En"
            | "and"
            | "AND"
            | "und"
            | "UND"
            | "et"
            | "e/o"
            | "E/O"
            | "en/of"
            | "EN/OF"
    )
}
