//! Street, number and addition in one line: `Burg. Smitstr. 12A-3`, `12 Baker Street`.
//!
//! The number is the first word after the street that starts with a digit, unless it belongs to the
//! street's name: `Plein 1944`, `1e Jan Steenstraat`, `4 Septemberstraat`, `Straße des 17. Juni`.
//! English and French lines start with the number. A line that holds postal code and city as well
//! is read as a whole address.

use std::borrow::Cow;

use crate::clean::output::{Context, Output};

use super::abbreviations::{Spelling, expand};
use super::capitals::place_capitals;
use super::house_number_addition::{self as addition, Width};
use super::{Parts, city, full_address, post_office_box};

/// Headers of such columns.
pub const HEADERS: &[&str] = &[
    "address_line",
    "address",
    "adres",
    "address_1",
    "address_line_1",
    "adres_1",
    "adresregel",
    "adresregel_1",
    "addr",
    "addr_1",
    "address_line1",
    "street_address",
    "adresse",
    "anschrift",
    "straat_en_huisnummer",
    "straat_huisnummer",
    "street_and_number",
    "straathuisnr",
    "strasse_hausnummer",
    "adresse_1",
    "straat_nr",
    "addressline",
    "street_line_1",
    "straat_en_huisnr",
    "straat_en_nummer",
    "straatnaam_huisnummer",
    "straatnaam_en_huisnummer",
    "adresszeile_1",
    "adresszeile",
    "strasse_und_hausnummer",
    "strasse_nr",
    "str_nr",
];

/// Whether a value looks like a street with its number.
pub fn resembles(value: &str, context: &Context) -> bool {
    let parts = parse_line(value, context);
    let has_street =
        parts.street.as_deref().is_some_and(|street| digits_and_letters(street).1 >= 4);
    let is_whole = parts.postcode.is_some() || parts.has_remark;
    has_street && parts.house_number.is_some() && !is_whole
}

/// Claims street, house number and addition, and what else the line holds.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    parse_line(value, context).claim(out);
}

/// Splits one address line; a line that holds postal code and city is split as a whole address.
pub fn parse_line(text: &str, context: &Context) -> Parts {
    if full_address::is_composed(text) {
        full_address::parse(text, context)
    } else {
        read(text, context, Column::Line)
    }
}

/// The kind of column that a line came from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// A number is expected; it may even come first.
    Line,
    /// The number may have a column of its own.
    Street,
}

/// Reads a line without commas.
pub(super) fn read(text: &str, context: &Context, column: Column) -> Parts {
    let mut remarks = Parts::default();
    let line = without_parentheses(text, &mut remarks);
    let line = without_care_of(&line, &mut remarks);
    let line = without_unit(line, &mut remarks);
    let line = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '-' | ':'));
    let mut parts = read_street(line, context, column);
    if let Some(extra) = remarks.extra {
        parts.add_extra(&extra);
        parts.has_remark |= remarks.has_remark;
    }
    parts
}

fn read_street(line: &str, context: &Context, column: Column) -> Parts {
    if line.is_empty() {
        return Parts::default();
    }
    if let Some(parts) = post_office_box::read(line) {
        return parts;
    }
    let spelling = Spelling::of(context.country);
    let words = Words::of(line);
    match words.find_number(spelling, column) {
        Some(Number::Trailing(at)) => trailing(&words, at, spelling),
        Some(Number::Leading) => leading(&words, spelling),
        Some(Number::Glued(at)) => glued(line, at, spelling),
        Some(Number::Alone) => number_alone(&words),
        None => without_number(line, spelling),
    }
}

/// Where the house number is.
#[derive(Debug, PartialEq, Eq)]
enum Number {
    /// In the word with this index, after the street.
    Trailing(usize),
    /// In the first word.
    Leading,
    /// At this byte, without a space: `Kerkstraat12`.
    Glued(usize),
    /// There is nothing else.
    Alone,
}

/// The words of a line, with their places.
struct Words<'a> {
    line: &'a str,
    words: Vec<&'a str>,
}

impl<'a> Words<'a> {
    fn of(line: &'a str) -> Words<'a> {
        Words { line, words: line.split_whitespace().collect() }
    }

    fn len(&self) -> usize {
        self.words.len()
    }

    fn get(&self, at: usize) -> Option<&'a str> {
        self.words.get(at).copied()
    }

    /// The byte at which a word starts.
    fn start(&self, at: usize) -> usize {
        self.get(at).map_or(self.line.len(), |word| offset(word, self.line))
    }

    /// The byte at which a word ends.
    fn end(&self, at: usize) -> usize {
        self.start(at) + self.words[at].len()
    }

    fn find_number(&self, spelling: Spelling, column: Column) -> Option<Number> {
        let starts_with_number = self.is_number(0);
        let has_letters = digits_and_letters(self.line).1 > 0;
        if starts_with_number && !has_letters {
            return Some(Number::Alone);
        }
        let can_lead = starts_with_number && self.len() > 1;
        let leads = can_lead && (spelling.leads_with_number() || self.foreign_spelling().is_some());
        if leads {
            return Some(Number::Leading);
        }
        let mut letters_before = 0;
        for at in 0..self.len() {
            if letters_before > 0 && self.is_number(at) {
                return Some(Number::Trailing(at));
            }
            letters_before += digits_and_letters(self.words[at]).1;
        }
        if let Some(at) = self.glued_number() {
            return Some(Number::Glued(at));
        }
        match starts_with_number {
            true if self.len() == 1 => Some(Number::Alone),
            true if column == Column::Line => Some(Number::Leading),
            _ => None,
        }
    }

    /// Whether the word is a house number, and no part of the street's name.
    fn is_number(&self, at: usize) -> bool {
        let Some(word) = self.get(at) else { return false };
        let digits = digits_at_start(word);
        if digits == 0 || digits > 5 {
            return false;
        }
        let tail = word[digits..].trim_end_matches(['.', '-', '/', ':']);
        let reads = tail.is_empty() || addition::read(tail, Width::Wide).is_some();
        reads && !self.belongs_to_name(at, digits)
    }

    fn belongs_to_name(&self, at: usize, digits: usize) -> bool {
        let word = self.words[at];
        let (number, tail) = word.split_at(digits);
        let next = self.get(at + 1);
        let name_follows = next.is_some_and(is_name_word);
        let is_ordinal = is_ordinal_ending(tail) && name_follows;
        let is_day =
            next.is_some_and(starts_with_month) && (tail.is_empty() || is_ordinal_ending(tail));
        let Some(before) = at.checked_sub(1).and_then(|at| self.get(at)) else {
            return is_ordinal || is_day;
        };
        let is_year = tail.is_empty() && looks_like_year(number);
        let is_span = looks_like_span(number, tail);
        let follows_month = is_year && is_month(before);
        let follows_square = (is_year || is_span) && is_commemorative(before);
        is_ordinal || is_day || follows_month || follows_square
    }

    /// The language of the words after the first, if they are an English or French street.
    fn foreign_spelling(&self) -> Option<Spelling> {
        let last = self.words[self.len() - 1];
        let second = self.get(1)?;
        if is_one_of(last.trim_end_matches('.'), ENGLISH_STREETS) {
            Some(Spelling::English)
        } else {
            is_one_of(second, FRENCH_STREETS).then_some(Spelling::French)
        }
    }

    /// Where a number is stuck to the end of a word: `Kerkstraat12A`.
    fn glued_number(&self) -> Option<usize> {
        (0..self.len()).find_map(|at| {
            let word = self.words[at];
            let digit = word.find(|c: char| c.is_ascii_digit())?;
            let (name, number) = word.split_at(digit);
            let digits = digits_at_start(number);
            let tail = &number[digits..];
            let is_name = digits_and_letters(name).1 >= 3;
            let is_number =
                digits <= 5 && (tail.is_empty() || addition::read(tail, Width::Wide).is_some());
            (is_name && is_number).then(|| self.start(at) + digit)
        })
    }
}

/// `Kerkstraat nr. 12 A achter de kerk`
fn trailing(words: &Words, at: usize, spelling: Spelling) -> Parts {
    let mut street_end = at;
    let mut opposite = None;
    let before = words.words[at - 1];
    if at > 1 && is_one_of(before.trim_end_matches('.'), NUMBER_WORDS) {
        street_end -= 1;
    } else if at > 1 {
        opposite = near(before);
        street_end -= usize::from(opposite.is_some());
    }
    let mut parts = Parts {
        street: street_name(&words.line[..words.end(street_end - 1)], spelling),
        ..Parts::default()
    };
    number_and_rest(words, at, opposite, &mut parts);
    parts
}

/// `Kerkstraat12`: read again with the space that was forgotten.
fn glued(line: &str, at: usize, spelling: Spelling) -> Parts {
    let (street, rest) = line.split_at(at);
    let words = Words::of(rest);
    let mut parts = Parts { street: street_name(street, spelling), ..Parts::default() };
    number_and_rest(&words, 0, None, &mut parts);
    parts
}

/// The number in a word, the addition that follows it, and what follows that.
fn number_and_rest(words: &Words, at: usize, near: Option<&str>, parts: &mut Parts) {
    let word = words.words[at];
    let digits = digits_at_start(word);
    parts.house_number = house_number(&word[..digits]);
    let city_follows = at + 1 < words.len() && city::is_known(&words.line[words.start(at + 1)..]);
    let (addition, end) = match city_follows {
        true => (addition::read(&word[digits..], Width::Wide), words.end(at)),
        false => addition_after(words, at, words.start(at) + digits),
    };
    parts.addition = match (near, addition) {
        (Some(near), Some(addition)) => Some(format!("{near}-{addition}")),
        (Some(near), None) => Some(near.into()),
        (None, addition) => addition,
    };
    let rest = words.line[end..].trim_matches(|c: char| c.is_whitespace() || c == '-');
    if city::is_known(rest) {
        parts.city = Some(place_capitals(rest));
    } else if !rest.is_empty() {
        parts.add_remark(rest);
    }
}

/// The addition from a byte onwards, and where it ends: the whole rest, or its longest clear start.
fn addition_after(words: &Words, at: usize, start: usize) -> (Option<String>, usize) {
    const WORDS_MAX: usize = 4;
    let line = words.line;
    if let Some(addition) = addition_in(&line[start..], Width::Wide) {
        return (addition, line.len());
    }
    let last_max = (at + WORDS_MAX).min(words.len() - 1);
    for last in (at..last_max).rev() {
        let end = words.end(last);
        if let Some(addition) = addition_in(&line[start..end], Width::Narrow) {
            return (addition, end);
        }
    }
    let end = words.end(at);
    (addition::read(&line[start..end], Width::Wide), end)
}

/// The addition that a text is; `Some(None)` when there is none to read.
fn addition_in(text: &str, width: Width) -> Option<Option<String>> {
    let is_blank = !text.contains(|c: char| c.is_alphanumeric());
    if is_blank { Some(None) } else { addition::read(text, width).map(Some) }
}

/// `12 Baker Street`, `12 bis rue de la Paix`, `5/12 Smith Street`
fn leading(words: &Words, spelling: Spelling) -> Parts {
    let spelling = words.foreign_spelling().unwrap_or(spelling);
    let mut parts = Parts::default();
    let word = words.words[0];
    let unit = word.split_once('/').filter(|(unit, number)| {
        spelling == Spelling::English && digits_at_start(unit) > 0 && digits_at_start(number) > 0
    });
    if let Some((unit, _)) = unit {
        parts.add_extra(&format!("Unit {unit}"));
    }
    let word = unit.map_or(word, |(_, number)| number);
    let (number, tail) = word.split_at(digits_at_start(word));
    parts.house_number = house_number(number);
    let is_more = |word: &str| {
        let is_number = word.bytes().all(|b| b.is_ascii_digit());
        is_number || matches!(word, "-" | "/" | "bis" | "ter")
    };
    let mut street = 1;
    while street + 1 < words.len() && is_more(words.words[street]) {
        street += 1;
    }
    let more = &words.line[words.end(0)..words.end(street - 1)];
    parts.addition = addition::read(&format!("{tail}{more}"), Width::Wide);
    parts.street = street_name(&words.line[words.start(street)..], spelling);
    parts
}

fn number_alone(words: &Words) -> Parts {
    let mut parts = Parts::default();
    number_and_rest(words, 0, None, &mut parts);
    parts
}

/// A line without a number is a street, unless it says that there is no address.
fn without_number(line: &str, spelling: Spelling) -> Parts {
    let mut parts = Parts::default();
    let (digits, letters) = digits_and_letters(line);
    if line.split(|c: char| !c.is_alphanumeric()).any(|word| is_one_of(word, REMARK_WORDS)) {
        parts.add_remark(line);
    } else if letters > 0 {
        parts.street = street_name(line, spelling);
    } else if digits > 0 {
        parts.house_number = Some(line.into());
    }
    parts
}

/// The street as people write it: in full, with its capitals.
pub(super) fn street_name(text: &str, spelling: Spelling) -> Option<String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '-' | ':'));
    let has_name = text.contains(char::is_alphanumeric);
    has_name.then(|| {
        let mut street = expand(&place_capitals(text), spelling);
        if street.starts_with("van ") {
            street.replace_range(..1, "V");
        }
        street
    })
}

/// The digits of a house number without leading zeros, if anything is left.
pub(super) fn house_number(digits: &str) -> Option<String> {
    let number = digits.trim_start_matches('0');
    (!number.is_empty()).then(|| number.into())
}

/// Takes `(achter)` out of the line.
fn without_parentheses<'a>(text: &'a str, remarks: &mut Parts) -> Cow<'a, str> {
    if !text.contains('(') {
        return Cow::Borrowed(text);
    }
    let mut outside = String::with_capacity(text.len());
    let mut inside = String::new();
    let mut depth = 0usize;
    for character in text.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => inside.push(character),
            _ => outside.push(character),
        }
        if matches!(character, '(' | ')') {
            outside.push(' ');
        }
    }
    if inside.contains(char::is_alphanumeric) {
        remarks.add_remark(&inside);
    }
    Cow::Owned(outside)
}

/// Takes `c/o Jansen` off the end of the line.
fn without_care_of<'a>(line: &'a str, remarks: &mut Parts) -> &'a str {
    let is_marker = |word: &&str| is_one_of(word.trim_end_matches(':'), CARE_OF);
    let Some(marker) = line.split_whitespace().find(is_marker) else { return line };
    let (before, after) = line.split_at(offset(marker, line));
    remarks.add_remark(after);
    before
}

/// Takes `unit 5` out of the line.
fn without_unit<'a>(line: &'a str, remarks: &mut Parts) -> Cow<'a, str> {
    let words = Words::of(line);
    let found = (0..words.len()).find(|&at| {
        let is_unit = is_one_of(words.words[at].trim_end_matches('.'), UNITS);
        is_unit && words.get(at + 1).is_some_and(is_unit_number)
    });
    let Some(at) = found else { return Cow::Borrowed(line) };
    remarks.add_extra(&line[words.start(at)..words.end(at + 1)]);
    let mut rest = String::with_capacity(line.len());
    rest.push_str(&line[..words.start(at)]);
    rest.push_str(&line[words.end(at + 1)..]);
    Cow::Owned(rest)
}

fn is_unit_number(word: &str) -> bool {
    let word = word.trim_end_matches(',');
    let starts_with_digit = digits_at_start(word) > 0;
    let is_letter = word.len() == 1 && word.as_bytes()[0].is_ascii_alphabetic();
    starts_with_digit || is_letter
}

/// `t/o 12` is opposite number 12, `bij 12` beside it, in the codes of the Dutch registers.
pub(super) fn near(word: &str) -> Option<&'static str> {
    let is_opposite = is_one_of(word, &["t/o", "to", "tegenover"]);
    let is_beside = is_one_of(word, &["by", "bij", "b/", "naast", "nabij"]);
    if is_opposite { Some("to") } else { is_beside.then_some("by") }
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The byte at which a part of a text starts.
fn offset(part: &str, whole: &str) -> usize {
    part.as_ptr().addr() - whole.as_ptr().addr()
}

pub(super) fn digits_at_start(word: &str) -> usize {
    word.bytes().take_while(u8::is_ascii_digit).count()
}

/// How many ASCII digits and how many letters a text holds.
fn digits_and_letters(text: &str) -> (usize, usize) {
    text.chars().fold((0, 0), |(digits, letters), c| {
        (digits + usize::from(c.is_ascii_digit()), letters + usize::from(c.is_alphabetic()))
    })
}

/// `1e`, `2de`, `3rd`, `17.`
fn is_ordinal_ending(tail: &str) -> bool {
    matches!(
        tail,
        "e" | "de"
            | "ste"
            | "st"
            | "nd"
            | "rd"
            | "th"
            | "."
            | "E"
            | "DE"
            | "STE"
            | "ST"
            | "ND"
            | "RD"
            | "TH"
            | "º"
            | "er"
            | "re"
            | "ER"
            | "RE"
            | "ème"
            | "eme"
    )
}

/// Whether a word goes on with a name rather than with an addition.
fn is_name_word(word: &str) -> bool {
    let (digits, letters) = digits_and_letters(word);
    letters >= 2 && digits == 0 && !addition::is_known_word(word.trim_end_matches('.'))
}

fn is_month(word: &str) -> bool {
    is_one_of(word, MONTHS)
}

/// `Juni`, `Septemberstraat`, `Meiplein`; `Meijerstraat` is none.
fn starts_with_month(word: &str) -> bool {
    MONTHS.iter().any(|month| {
        let starts_so =
            word.get(..month.len()).is_some_and(|start| start.eq_ignore_ascii_case(month));
        let rest = if starts_so { &word[month.len()..] } else { return false };
        rest.is_empty() || is_one_of(rest.trim_end_matches('.'), STREET_ENDINGS)
    })
}

fn looks_like_year(number: &str) -> bool {
    number.len() == 4 && ("1500".."2030").contains(&number)
}

/// `1940-1945`, `40-45`
fn looks_like_span(number: &str, tail: &str) -> bool {
    let Some(end) = tail.strip_prefix('-').map(|end| end.trim_start_matches('\'')) else {
        return false;
    };
    let is_number = end.bytes().all(|b| b.is_ascii_digit());
    let are_years = looks_like_year(number) && (looks_like_year(end) || end.len() == 2);
    is_number && (are_years || (number == "40" && end == "45"))
}

/// Squares and avenues are named after years.
fn is_commemorative(word: &str) -> bool {
    is_one_of(word, &["plein", "laan", "park", "hof", "place", "platz", "square", "avenue"])
}

const NUMBER_WORDS: &[&str] =
    &["nr", "no", "nº", "n°", "num", "nummer", "huisnummer", "huisnr", "number", "#"];

const CARE_OF: &[&str] =
    &["c/o", "p/a", "t.a.v.", "t.a.v", "tav", "attn", "attn.", "t.n.v.", "d.t.v.", "z.hd.", "z.hd"];

const UNITS: &[&str] = &[
    "unit",
    "flat",
    "apt",
    "apartment",
    "appartement",
    "app",
    "suite",
    "shop",
    "kamer",
    "villa",
    "lot",
    "wohnung",
    "whg",
    "studio",
];

const REMARK_WORDS: &[&str] = &[
    "overleden",
    "verhuisd",
    "onbekend",
    "retour",
    "vertrokken",
    "failliet",
    "deceased",
    "moved",
    "unknown",
    "verzogen",
    "unbekannt",
];

const ENGLISH_STREETS: &[&str] = &[
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "av",
    "lane",
    "drive",
    "court",
    "ct",
    "crescent",
    "cres",
    "circuit",
    "cct",
    "close",
    "way",
    "place",
    "terrace",
    "tce",
    "parade",
    "pde",
    "highway",
    "hwy",
    "square",
    "gardens",
    "grove",
    "rise",
    "mews",
    "boulevard",
    "blvd",
    "hill",
    "row",
    "walk",
    "green",
    "esplanade",
];

const FRENCH_STREETS: &[&str] = &[
    "rue",
    "avenue",
    "boulevard",
    "bd",
    "av",
    "av.",
    "allée",
    "chemin",
    "impasse",
    "quai",
    "route",
    "place",
];

const STREET_ENDINGS: &[&str] = &[
    "straat", "str", "plein", "laan", "weg", "hof", "park", "kade", "singel", "dreef", "pad",
    "wijk", "straße", "strasse", "platz",
];

const MONTHS: &[&str] = &[
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
    "januar",
    "februar",
    "märz",
    "mai",
    "august",
    "dezember",
    "janvier",
    "février",
    "fevrier",
    "mars",
    "avril",
    "juin",
    "juillet",
    "août",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
    "january",
    "february",
    "march",
    "june",
    "july",
    "october",
];
