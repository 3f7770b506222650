//! Street, number and addition in one line: `Burg. Smitstr. 12A-3`, `12 Baker Street`.
//!
//! The number is the first word after the street that starts with a digit, unless it belongs to the
//! street's name: `Plein 1944`, `1e Jan Steenstraat`, `4 Septemberstraat`, `Straße des 17. Juni`.
//! English and French lines start with the number. A line that holds postal code and city as well
//! is read as a whole address.

use std::borrow::Cow;

use crate::clean::folded::squeezed;
use crate::clean::output::{Context, Output};
use crate::clean::remarks::{self, Remark};

use super::abbreviations::{Spelling, expand};
use super::capitals::place_capitals;
use super::house_number_addition::{self as addition, Width};
use super::{
    Parts, building_part, city, delivery_instruction, full_address, house_number, post_office_box,
};

/// Header names, folded.
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
    let line = without_instruction(line, context, &mut remarks);
    let line = without_units(line, &mut remarks);
    let line = building_part::settle(&line, context.country, &mut remarks);
    let line = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '-' | ':'));
    // Without what stood in between, postcode and city may be side by side.
    let mut parts = if line.len() < text.len() && full_address::is_composed(line) {
        full_address::parse(line, context)
    } else {
        read_street(line, context, column)
    };
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
    let parts = match words.find_number(spelling, column) {
        Some(Number::Trailing(at)) => trailing(&words, at, spelling),
        Some(Number::Leading(end)) => leading(&words, end, spelling),
        Some(Number::Glued(at)) => glued(line, at, spelling),
        Some(Number::Alone) => number_alone(&words),
        None => without_number(line, context),
    };
    let is_remark = parts.street.as_deref().is_some_and(says_there_is_none);
    if is_remark {
        let mut remark = Parts::default();
        remark.add_remark(line);
        return remark;
    }
    parts
}

/// Whether a street says that there is no address: `overleden`, `verhuisd`.
fn says_there_is_none(street: &str) -> bool {
    remarks::of(street).is_some_and(|remark| remark != Remark::Other)
}

/// Where the house number is.
#[derive(Debug, PartialEq, Eq)]
enum Number {
    /// In the word with this index, after the street.
    Trailing(usize),
    /// In the first word; the street ends before the word with this index.
    Leading(usize),
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
        let starts_with_zero = self.line.starts_with('0');
        let starts_with_number = self.is_number(0) && !starts_with_zero;
        if starts_with_number && self.is_only_number(self.len()) {
            return Some(Number::Alone);
        }
        let foreign = foreign_spelling(&self.words[usize::from(starts_with_number)..]);
        let can_lead = starts_with_number && self.len() > 1;
        let leads = spelling.leads_with_number() || foreign == Some(Spelling::English);
        if can_lead && leads {
            return Some(Number::Leading(self.len()));
        }
        // `Highway 3` beside a column of numbers is a street where numbers lead.
        let may_trail = !leads || (column == Column::Line && foreign != Some(Spelling::English));
        if may_trail && let Some(number) = self.find_trailing_number() {
            let is_english = |end| foreign_spelling(&self.words[1..end]) == Some(Spelling::English);
            return Some(match number {
                // `12 Baker Street 3`
                Number::Trailing(at) if can_lead && is_english(self.street_end(at)) => {
                    Number::Leading(self.street_end(at))
                }
                number => number,
            });
        }
        let may_lead = can_lead && column == Column::Line;
        may_lead.then_some(Number::Leading(self.len()))
    }

    /// Whether the word is a number or goes on with one, and is no part of a name.
    fn is_more_number(&self, at: usize) -> bool {
        let word = self.words[at];
        let has_no_letter = digits_and_letters(word).1 == 0;
        has_no_letter || self.is_number(at) || matches!(word, "bis" | "ter")
    }

    /// Whether the words before this one are a number with its addition, and name no street.
    fn is_only_number(&self, end: usize) -> bool {
        let digits = digits_at_start(self.line);
        let is_number =
            || addition_in(&self.line[digits..self.start(end)], Width::Narrow).is_some();
        (0..end).all(|at| self.is_more_number(at)) || (digits > 0 && is_number())
    }

    /// The word before which the street ends: the number, or `nr.` or `t/o` before it.
    fn street_end(&self, number: usize) -> usize {
        let mut end = number;
        while end > 1 && leads_to_number(self.words[end - 1]) {
            end -= 1;
        }
        end
    }

    fn find_trailing_number(&self) -> Option<Number> {
        let mut letters_before = 0;
        for at in 0..self.len() {
            let is_number = self.is_number(at);
            if letters_before > 1 && is_number {
                let names_street = !self.is_only_number(self.street_end(at));
                return Some(if names_street { Number::Trailing(at) } else { Number::Alone });
            }
            if let Some(glued) = self.glued_number(at) {
                return Some(Number::Glued(glued));
            }
            if !is_number {
                letters_before += digits_and_letters(self.words[at]).1;
            }
        }
        None
    }

    /// Whether the word is a house number, and no part of the street's name.
    fn is_number(&self, at: usize) -> bool {
        let Some(word) = self.get(at) else { return false };
        let digits = digits_at_start(word);
        if digits == 0 || digits > 5 {
            return false;
        }
        let has_addition = addition_in(&word[digits..], Width::Wide).is_some();
        has_addition && !self.belongs_to_name(at, digits)
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

    /// The byte at which a number is stuck to the end of a word: `Kerkstraat12A`.
    fn glued_number(&self, at: usize) -> Option<usize> {
        let word = self.words[at];
        let digit = word.find(|c: char| c.is_ascii_digit())?;
        let (name, number) = word.split_at(digit);
        let digits = digits_at_start(number);
        let is_name = digits_and_letters(name).1 >= 3;
        let is_number = digits <= 5 && addition_in(&number[digits..], Width::Narrow).is_some();
        (is_name && is_number).then(|| self.start(at) + digit)
    }
}

/// `Kerkstraat nr. 12 A achter de kerk`
fn trailing(words: &Words, at: usize, spelling: Spelling) -> Parts {
    let end = words.street_end(at);
    let near = words.words[end..at].iter().find_map(|word| near(word));
    let mut parts = Parts {
        street: street_name(&words.line[..words.end(end - 1)], spelling),
        ..Parts::default()
    };
    number_and_rest(words, at, near, &mut parts);
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
    parts.house_number = house_number::without_zeros(&word[..digits]);
    let city_follows = at + 1 < words.len() && city::is_known(&words.line[words.start(at + 1)..]);
    let (addition, end) = match city_follows {
        true => (addition::read(&word[digits..], Width::Wide), words.end(at)),
        false => addition_after(words, at, words.start(at) + digits),
    };
    parts.addition = addition;
    if let Some(near) = near {
        parts.set_near(near);
    }
    let rest = words.line[end..].trim_matches(|c: char| c.is_whitespace() || c == '-');
    if city::is_known(rest) {
        parts.city = city::city(rest);
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
        let opens_remark = is_one_of(words.words[last], PREPOSITIONS);
        if opens_remark {
            continue;
        }
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
fn leading(words: &Words, end: usize, spelling: Spelling) -> Parts {
    let is_english =
        foreign_spelling(&words.words[1..end]).unwrap_or(spelling) == Spelling::English;
    let mut parts = Parts::default();
    let word = words.words[0];
    let unit = word.split_once('/').filter(|(unit, number)| {
        is_english && digits_at_start(unit) > 0 && digits_at_start(number) > 0
    });
    if let Some((unit, _)) = unit {
        parts.add_extra(&format!("Unit {unit}"));
    }
    let word = unit.map_or(word, |(_, number)| number);
    let (number, tail) = word.split_at(digits_at_start(word));
    parts.house_number = house_number::without_zeros(number);
    let mut street = 1;
    while street + 1 < end && words.is_more_number(street) {
        street += 1;
    }
    if let Some(mut parts) = post_office_box::read(&words.line[words.start(street)..]) {
        parts.add_remark(&words.line[..words.end(street - 1)]);
        return parts;
    }
    let more = &words.line[words.end(0)..words.end(street - 1)];
    match addition_in(&format!("{tail}{more}"), Width::Wide) {
        Some(addition) => parts.addition = addition,
        None => parts.add_remark(&format!("{tail}{more}")),
    }
    parts.street = street_name(&words.line[words.start(street)..words.end(end - 1)], spelling);
    let rest = words.line[words.end(end - 1)..].trim();
    if !rest.is_empty() {
        parts.add_extra(rest);
    }
    parts
}

fn number_alone(words: &Words) -> Parts {
    let mut parts = Parts::default();
    number_and_rest(words, 0, None, &mut parts);
    parts
}

/// A line without a house number is a street; without letters it is a number in an unusual form.
fn without_number(line: &str, context: &Context) -> Parts {
    let letters = digits_and_letters(line).1;
    if letters > 0 {
        return Parts {
            street: street_name(line, Spelling::of(context.country)),
            ..Parts::default()
        };
    }
    house_number::parse(line, context).unwrap_or_else(|| Parts {
        // Digits of other scripts are no house number, but are not lost.
        house_number: line.contains(char::is_alphanumeric).then(|| squeezed(line)),
        ..Parts::default()
    })
}

/// The street as people write it: in full, with its capitals.
pub(super) fn street_name(text: &str, spelling: Spelling) -> Option<String> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '-' | ':'));
    let has_name = text.contains(char::is_alphabetic);
    has_name.then(|| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let spelling = foreign_spelling(&words).unwrap_or(spelling);
        let written = place_capitals(text);
        let street = expand(&written, spelling);
        // `v.d. Boschstraat` opens with a capital once it is in full.
        if street == written { street } else { place_capitals(&street) }
    })
}

/// The language of a street that is plainly English or French, whatever the country.
fn foreign_spelling(words: &[&str]) -> Option<Spelling> {
    let [first, .., before, last] = words else {
        let [first, last] = words else { return None };
        return spelling_of(first, first, last);
    };
    spelling_of(first, before, last)
}

fn spelling_of(first: &str, before: &str, last: &str) -> Option<Spelling> {
    // `Kerkstraat 12 rd` ends in an addition, `5th Ave` in a street.
    let digits = digits_at_start(before);
    let follows_number = digits > 0 && !is_ordinal_ending(&before[digits..]);
    if !follows_number && is_one_of(last.trim_end_matches('.'), ENGLISH_STREETS) {
        Some(Spelling::English)
    } else {
        is_one_of(first, FRENCH_STREETS).then_some(Spelling::French)
    }
}

/// Whether a street opens with a French word for one.
pub(super) fn is_french(street: &str) -> bool {
    street.split(' ').next().is_some_and(|first| is_one_of(first, FRENCH_STREETS))
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
    // Who lives there with somebody else says so in the address; for whom mail is meant does not.
    match is_one_of(marker.trim_end_matches(':'), &["c/o", "p/a"]) {
        true => remarks.add_extra(after),
        false => remarks.add_remark(after),
    }
    before
}

/// Takes `bellen bij buren` off the end of the line.
fn without_instruction<'a>(line: &'a str, context: &Context, remarks: &mut Parts) -> &'a str {
    let Some((street, instruction)) = delivery_instruction::split(line, context) else {
        return line;
    };
    remarks.add_remark(instruction);
    street
}

/// Takes `unit 5` out of the line; a flat in a building may make two.
fn without_units<'a>(line: &'a str, remarks: &mut Parts) -> Cow<'a, str> {
    const UNITS_MAX: usize = 4;
    let mut line = Cow::Borrowed(line);
    for _ in 0..UNITS_MAX {
        let words = Words::of(&line);
        let found = (0..words.len()).find(|&at| {
            let is_unit = is_one_of(words.words[at].trim_end_matches('.'), UNITS);
            is_unit && words.get(at + 1).is_some_and(is_unit_number)
        });
        let Some(at) = found else { break };
        remarks.add_extra(&line[words.start(at)..words.end(at + 1)]);
        let rest = format!("{}{}", &line[..words.start(at)], &line[words.end(at + 1)..]);
        line = Cow::Owned(rest);
    }
    line
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

/// `nr.`, `t/o` or a dash, before a house number.
fn leads_to_number(word: &str) -> bool {
    let is_dash = !word.contains(char::is_alphanumeric);
    is_dash || near(word).is_some() || is_one_of(word.trim_end_matches('.'), NUMBER_WORDS)
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
    let is_addition = addition::is_known_word(word.trim_end_matches('.'));
    letters >= 2 && digits == 0 && !is_addition && !leads_to_number(word)
}

/// Whether a number is stuck to a name: `Kerkstraat12a`.
pub(super) fn holds_number(word: &str) -> bool {
    let Some((name, _)) = word.split_once(|c: char| c.is_ascii_digit()) else { return false };
    digits_and_letters(name).1 >= 3
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

const NUMBER_WORDS: &[&str] = &[
    "nr",
    "no",
    "nº",
    "n°",
    "num",
    "nummer",
    "huisnummer",
    "huisnr",
    "hnr",
    "number",
    "#",
    "hausnr",
    "hausnummer",
];

const CARE_OF: &[&str] =
    &["c/o", "p/a", "t.a.v.", "t.a.v", "tav", "attn", "attn.", "t.n.v.", "d.t.v.", "z.hd.", "z.hd"];

/// Additions on their own, but not before other words: `12 achter de kerk`.
const PREPOSITIONS: &[&str] = &["achter", "voor", "onder", "boven", "to", "by", "ter"];

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
    "bd.",
    "bld",
    "bld.",
    "av",
    "av.",
    "ave",
    "chaussée",
    "CHAUSSÉE",
    "drève",
    "allée",
    "ALLÉE",
    "chemin",
    "impasse",
    "quai",
    "route",
    "place",
];

const STREET_ENDINGS: &[&str] = &[
    "straat", "str", "strt", "plein", "laan", "weg", "hof", "park", "kade", "singel", "dreef",
    "pad", "wijk", "straße", "strasse", "platz",
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

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};

    use super::*;

    /// Checks lines of `given | street | number | addition | extra`; absent parts are left blank.
    fn check(country: &str, table: &str) {
        let country = Country::from_code(country).expect("a code");
        let context = Context { country, date_order: DateOrder::DayFirst };
        for line in table.lines().filter(|line| line.contains('|')) {
            let mut cells = line.split('|').map(str::trim);
            let given = cells.next().expect("a line has a first cell");
            let mut expected: Vec<_> = cells.collect();
            expected.resize(4, "");
            let parts = parse_line(given, &context);
            let found = [parts.street, parts.house_number, parts.addition, parts.extra];
            let found: Vec<_> = found.iter().map(|part| part.as_deref().unwrap_or("")).collect();
            assert_eq!(found, expected, "{given}");
        }
    }

    #[test]
    fn dutch_lines() {
        check(
            "NL",
            "
            Velperbroek 46                      | Velperbroek                        | 46
            Velperbroek 48                      | Velperbroek                        | 48
            Kerkstraat 12-2                     | Kerkstraat                         | 12 | 2
            Kerkstraat 12 - 2                   | Kerkstraat                         | 12 | 2
            Kerkstraat 12 II                    | Kerkstraat                         | 12 | II
            Kerkstraat 12-II                    | Kerkstraat                         | 12 | II
            Kerkstraat 12ii                     | Kerkstraat                         | 12 | II
            Kerkstraat 12hs                     | Kerkstraat                         | 12 | hs
            Kerkstraat 12 huis                  | Kerkstraat                         | 12 | hs
            Kerkstraat 12 bis                   | Kerkstraat                         | 12 | bis
            Kerkstraat 12bis                    | Kerkstraat                         | 12 | bis
            Kerkstraat 12 bis A                 | Kerkstraat                         | 12 | bis-A
            Kerkstraat 12A-3                    | Kerkstraat                         | 12 | A-3
            Kerkstraat 12 a 3                   | Kerkstraat                         | 12 | A-3
            Kerkstraat 12a                      | Kerkstraat                         | 12 | A
            Kerkstraat 12 A                     | Kerkstraat                         | 12 | A
            Kerkstraat 12-A                     | Kerkstraat                         | 12 | A
            Kerkstraat 12 3 hoog                | Kerkstraat                         | 12 | 3
            Kerkstraat 12 3hoog                 | Kerkstraat                         | 12 | 3
            Kerkstraat 12-3e etage              | Kerkstraat                         | 12 | 3
            Kerkstraat 12 zw                    | Kerkstraat                         | 12 | zw
            Kerkstraat 12 rood                  | Kerkstraat                         | 12 | rd
            Kerkstraat 12 PK                    | Kerkstraat                         | 12 | PK
            Kerkstraat 12-14                    | Kerkstraat                         | 12 | 14
            Kerkstraat t/o 12                   | Kerkstraat                         | 12 | to
            Kerkstraat tegenover 12             | Kerkstraat                         | 12 | to
            Kerkstraat bij 12                   | Kerkstraat                         | 12 | by
            Kerkstraat nr. 12                   | Kerkstraat                         | 12
            Kerkstraat nr 12 b                  | Kerkstraat                         | 12 | B
            Kerkstraat12                        | Kerkstraat                         | 12
            Kerkstraat12A                       | Kerkstraat                         | 12 | A
            Kerkstraat 0012                     | Kerkstraat                         | 12
            Kerkstraat                          | Kerkstraat                         |
            Plein 1944 7                        | Plein 1944                         | 7
            Plein 1944                          | Plein 1944                         |
            Stationsplein 45                    | Stationsplein                      | 45
            Plein 40-45 12                      | Plein 40-45                        | 12
            1e Jan van der Heijdenstraat 3      | 1e Jan van der Heijdenstraat       | 3
            2e Kostverlorenkade 10 hs           | 2e Kostverlorenkade                | 10 | hs
            1E JAN STEENSTRAAT 3                | 1e Jan Steenstraat                 | 3
            Laan 1940-1945 12                   | Laan 1940-1945                     | 12
            4 Septemberstraat 12                | 4 Septemberstraat                  | 12
            10 Oktoberplein 3a                  | 10 Oktoberplein                    | 3  | A
            18 Septemberplein                   | 18 Septemberplein                  |
            5 Meilaan 20                        | 5 Meilaan                          | 20
            Dorpsstr. 3                         | Dorpsstraat                        | 3
            Dorpsstr.3                          | Dorpsstraat                        | 3
            DORPSSTR 3                          | Dorpsstraat                        | 3
            Prof. Dr. Dorgelolaan 12            | Professor Doctor Dorgelolaan       | 12
            PROF.DR.DORGELOLAAN 12              | Professor Doctor Dorgelolaan       | 12
            Burg. v.d. Veldestr. 5              | Burgemeester van der Veldestraat   | 5
            v.d. Boschstraat 12                 | Van der Boschstraat                | 12
            V.D. BOSCHSTRAAT 12                 | Van der Boschstraat                | 12
            St. Jansstraat 8                    | Sint Jansstraat                    | 8
            Stationspln 1                       | Stationsplein                      | 1
            Beethovenln. 9                      | Beethovenlaan                      | 9
            LAAN VAN NIEUW OOST-INDIË 25        | Laan van Nieuw Oost-Indië          | 25
            van goghstraat 7                    | Van Goghstraat                     | 7
            DE RUIJTERKADE 7                    | De Ruijterkade                     | 7
            'T GOYLAAN 7                        | 't Goylaan                         | 7
            ijsselstraat 7                      | IJsselstraat                       | 7
            J.P. Coenstraat 4                   | J.P. Coenstraat                    | 4
            Johan de Wittlaan 2 hoog            | Johan de Wittlaan                  | 2  | hoog
            46 Velperbroek                      | Velperbroek                        | 46
            Postbus 1234                        | Postbus                            | 1234
            POSTBUS 1234                        | Postbus                            | 1234
            Antwoordnummer 10                   | Antwoordnummer                     | 10
            Kerkstraat 12 unit 5                | Kerkstraat                         | 12 |   | Unit 5
            Kerkstraat 12A appartement 3        | Kerkstraat                         | 12 | A | Appartement 3
            Kerkstraat 12 (achterdeur)          | Kerkstraat                         | 12 |   | Achterdeur
            Kerkstraat 12 c/o Jansen            | Kerkstraat                         | 12 |   | c/o Jansen
            Kerkstraat 12 t.a.v. de directie    | Kerkstraat                         | 12 |   | T.A.V. de Directie
            Kerkstraat 12 achter de kerk        | Kerkstraat                         | 12 |   | Achter de Kerk
            Kerkstraat 12 A bellen bij buren    | Kerkstraat                         | 12 | A | Bellen bij Buren
            Kerkstraat bellen bij buren         | Kerkstraat                         |    |   | Bellen bij Buren
            Kerkstraat 12 3 hoog bellen bij buren | Kerkstraat                       | 12 | 3 | Bellen bij Buren
            KERKSTRAAT 12 NIET BEZORGEN         | Kerkstraat                         | 12 |   | Niet Bezorgen
            Laan van de Buren 12                | Laan van de Buren                  | 12
            c/o Jansen                          |                                    |    |   | c/o Jansen
            overleden                           |                                    |    |   | Overleden
            verhuisd naar onbekend adres        |                                    |    |   | Verhuisd Naar Onbekend Adres
            12                                  |                                    | 12
            12 A                                |                                    | 12 | A
            ---                                 |                                    |
            ",
        );
    }

    #[test]
    fn belgian_german_and_french_lines() {
        check(
            "BE",
            "
            Kerkstraat 12 bus 3                 | Kerkstraat                         | 12 | bus 3
            Kerkstraat 12 Bus 3B                | Kerkstraat                         | 12 | bus 3-B
            Kerkstraat 12A bus 3                | Kerkstraat                         | 12 | A-bus 3
            Rue de la Loi 16 bte 4              | Rue de la Loi                      | 16 | bus 4
            Rue du 8 Mai 1945 12                | Rue du 8 Mai 1945                  | 12
            Rue de la Loi 16 boîte 4            | Rue de la Loi                      | 16 | bus 4
            RUE DE LA LOI 16 BOÎTE 4            | Rue de la Loi                      | 16 | bus 4
            Kerkstraat 12 b3                    | Kerkstraat                         | 12 | bus 3
            Kerkstraat 12/3                     | Kerkstraat                         | 12 | bus 3
            Kerkstraat 12A/3                    | Kerkstraat                         | 12 | A-3
            ",
        );
        check(
            "DE",
            "
            Hauptstr. 5a                        | Hauptstraße                        | 5   | A
            HAUPTSTR. 5 A                       | Hauptstraße                        | 5   | A
            Berliner Str. 12                    | Berliner Straße                    | 12
            Straße des 17. Juni 135             | Straße des 17. Juni                | 135
            Am Markt 1                          | Am Markt                           | 1
            Unter den Linden 77                 | Unter den Linden                   | 77
            Postfach 10 20 30                   | Postfach                           | 102030
            Hauptstr. 5a Hinterhaus             | Hauptstraße                        | 5   | A | Hinterhaus
            Hauptstr. 5 2. Etage rechts         | Hauptstraße                        | 5   |   | 2. Etage rechts
            Hauptstr. Hausnr. 5                 | Hauptstraße                        | 5
            Hauptstr. 5 // Whg. 12              | Hauptstraße                        | 5   |   | Whg. 12
            ",
        );
        check(
            "FR",
            "
            12 rue de la Paix                   | Rue de la Paix                     | 12
            12 bis rue de la Paix               | Rue de la Paix                     | 12  | bis
            8 av. des Champs-Élysées            | Avenue des Champs-Élysées          | 8
            ",
        );
    }

    #[test]
    fn english_and_australian_lines() {
        check(
            "GB",
            "
            12 Baker Street                     | Baker Street                       | 12
            221B Baker Street                   | Baker Street                       | 221 | B
            12-14 High St                       | High Street                        | 12  | 14
            Flat 3 12 Baker Street              | Baker Street                       | 12  |   | Flat 3
            10 DOWNING STREET                   | Downing Street                     | 10
            PO Box 55                           | PO Box                             | 55
            ",
        );
        check(
            "AU",
            "
            8 stanley street                    | Stanley Street                     | 8
            5/12 Smith St                       | Smith Street                       | 12  |   | Unit 5
            Unit 5 12 Smith St                  | Smith Street                       | 12  |   | Unit 5
            12 pinkerton circuit                | Pinkerton Circuit                  | 12
            100 5th Avenue                      | 5th Avenue                         | 100
            ",
        );
        check("NL", "8 stanley street | Stanley Street | 8\n 12 Baker Street | Baker Street | 12");
    }

    #[test]
    fn a_known_city_after_the_number_is_the_city() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        let parts = parse_line("Kerkstraat 12 Utrecht", &context);
        assert_eq!((parts.city.as_deref(), parts.extra), (Some("Utrecht"), None));
        assert!(!parts.has_remark);
        assert!(parse_line("Kerkstraat 12 bij de buren", &context).has_remark);
    }

    #[test]
    fn only_lines_resemble_lines() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        for line in ["Kerkstraat 12", "12 Baker Street", "Postbus 1234", "Velperbroek 46 A"] {
            assert!(resembles(line, &context), "{line}");
        }
        for other in [
            "Kerkstraat",
            "12",
            "1980-01-31",
            "06-12345678",
            "1234 AB",
            "Kerkstraat 12, 1234 AB Utrecht",
        ] {
            assert!(!resembles(other, &context), "{other}");
        }
    }
}
