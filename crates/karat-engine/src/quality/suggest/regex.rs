//! `regex`: codes of one form, postal codes of one country among them, and names written with Latin
//! letters.

use karat_model::check::Requirement;
use karat_model::semantic::SemanticType;

use super::{Proposal, Seen, is_of_letters, told};

/// The share of the values that have the same form, in per cent.
const SAME_FORM_MIN: u64 = 95;

/// The characters of names, beside Latin letters.
const NAME_SIGNS: &str = " .,'’()/&+-";

/// The same as a regular expression: Latin letters, their accents, digits and these signs.
const NAME_EXPRESSION: &str = r"^[\p{Latin}\p{M}0-9 .,'’()/&+-]*$";

pub(super) fn propose<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    if is_of_letters(seen.meaning) {
        return Some(of_names());
    }
    use SemanticType::*;
    let is_code = matches!(seen.meaning, Identifier | Text | Category | Postcode);
    if is_code { of_codes(seen) } else { None }
}

fn of_names<'a>() -> Proposal<'a> {
    let because = [
        "Nearly all values are written with Latin letters.".to_string(),
        "Bijna alle waarden zijn met Latijnse letters geschreven.".to_string(),
    ];
    let is_of_name = |character: char| {
        let is_latin = character.is_ascii_alphabetic()
            || matches!(character, 'ª' | 'º' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}');
        let is_accent = matches!(character, '\u{300}'..='\u{36F}');
        is_latin || is_accent || character.is_ascii_digit() || NAME_SIGNS.contains(character)
    };
    let passes = move |value: &str| Some(value.chars().all(is_of_name));
    Proposal::of_values(Requirement::Regex(NAME_EXPRESSION.into()), because, passes)
}

fn of_codes<'a>(seen: &'a Seen<'a>) -> Option<Proposal<'a>> {
    let (mut values, mut form) = (0, None);
    // The form of the first value that has the most frequent pattern stands for all.
    let (pattern, count) = seen.profile.patterns.first()?;
    seen.state.each_kept(|value, count| {
        values += count;
        let found = Form::of(value);
        let is_smaller = form.as_ref().is_none_or(|known| found < *known);
        if is_smaller && found.is_of_pattern(pattern) {
            form = Some(found);
        }
    });
    let form = form.filter(|form| form.is_telling())?;
    let mut same = 0;
    seen.state.each_kept(|value, count| same += if Form::of(value) == form { count } else { 0 });
    if same * 100 < values * SAME_FORM_MIN {
        return None;
    }
    let [english, dutch] = told(*count, seen.profile.values());
    let because = [
        format!("{english} of the values have one form."),
        format!("{dutch} van de waarden heeft één vorm."),
    ];
    let requirement = Requirement::Regex(form.as_expression());
    Some(Proposal::of_values(requirement, because, move |value| Some(Form::of(value) == form)))
}

/// The form of a code: kinds of characters with how often each comes in a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Form(Vec<(Piece, usize)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Digit,
    Upper,
    Lower,
    Itself(char),
}

impl Form {
    fn of(value: &str) -> Form {
        let mut pieces: Vec<(Piece, usize)> = Vec::new();
        for character in value.trim().chars() {
            let piece = match character {
                '0'..='9' => Piece::Digit,
                'A'..='Z' => Piece::Upper,
                'a'..='z' => Piece::Lower,
                other => Piece::Itself(other),
            };
            match pieces.last_mut() {
                Some((last, count)) if *last == piece => *count += 1,
                _ => pieces.push((piece, 1)),
            }
        }
        Form(pieces)
    }

    /// Whether values of this form have the pattern, in which long runs are `9+`.
    fn is_of_pattern(&self, pattern: &str) -> bool {
        let mut written = String::new();
        for (piece, count) in &self.0 {
            let class = match piece {
                Piece::Digit => '9',
                Piece::Upper => 'A',
                Piece::Lower => 'a',
                Piece::Itself(character) => *character,
            };
            if *count > 3 {
                written.extend([class, '+']);
            } else {
                written.extend(std::iter::repeat_n(class, *count));
            }
        }
        written == pattern
    }

    /// Whether the form is that of a code: digits, and not words.
    fn is_telling(&self) -> bool {
        let has_digits = self.0.iter().any(|(piece, _)| *piece == Piece::Digit);
        let is_short = self.0.iter().map(|(_, count)| count).sum::<usize>() <= 40;
        let is_more_than_a_digit = self.0.iter().map(|(_, count)| count).sum::<usize>() > 2;
        has_digits && is_short && is_more_than_a_digit
    }

    fn as_expression(&self) -> String {
        let piece = |(piece, count): &(Piece, usize)| {
            let one = match piece {
                Piece::Digit => "[0-9]".to_string(),
                Piece::Upper => "[A-Z]".to_string(),
                Piece::Lower => "[a-z]".to_string(),
                Piece::Itself(sign) if ".+*?()|[]{}^$\\#&~".contains(*sign) => format!("\\{sign}"),
                Piece::Itself(sign) => sign.to_string(),
            };
            if *count == 1 { one } else { format!("{one}{{{count}}}") }
        };
        format!("^{}$", self.0.iter().map(piece).collect::<String>())
    }
}
