//! Letter or addition to the house number: `A`, `2`, `bis`, `II`, `hs`, `3 hoog`, `bus 3`.
//!
//! Letters and other codes are capitals, known words keep their small form, and parts are joined by
//! a hyphen: `12A-3`, `12 a 3` and `12 A/3` all have the addition `A-3`. A Belgian box keeps its
//! word: `bus 3`. Words of the Dutch registers of addresses and persons (BAG, BRP).

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use crate::clean::output::{Context, Output};

use super::address_extra;

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "house_number_addition",
    "huisnummer_toevoeging",
    "toevoeging",
    "huisnummertoevoeging",
    "huisnr_toev",
    "toev",
    "addition",
    "house_number_suffix",
    "huisletter",
    "house_letter",
    "hausnummerzusatz",
    "number_addition",
    "bus",
    "busnummer",
    "hnr_toev",
    "huisnummer_letter",
    "nr_toevoeging",
    "number_suffix",
    "huisnr_toevoeging",
    "zusatz",
    "hnr_toevoeging",
    "nummer_toevoeging",
    "bus_nr",
    "house_nr_addition",
    "house_number_extension",
    "street_number_suffix",
    "hausnr_zusatz",
    "adresszusatz_nummer",
];

/// The most parts an addition has: `A bis 3 hoog` has three.
const PARTS_MAX: usize = 4;

/// Whether a value could be an addition and not much else.
pub fn resembles(value: &str, _context: &Context) -> bool {
    let is_number = value.bytes().all(|b| b.is_ascii_digit());
    value.len() <= 10 && !is_number && read(value, Width::Narrow).is_some()
}

/// Claims the addition; what is none becomes an extra line with a remark.
pub fn standardise(value: &str, _context: &Context, out: &mut Output) {
    match read(value, Width::Wide) {
        Some(addition) => out.claim(AttributeId::HOUSE_NUMBER_ADDITION, addition, Validity::Valid),
        None => {
            let text = address_extra::extra(value);
            if !text.is_empty() {
                out.claim(AttributeId::ADDRESS_EXTRA, text, Validity::Valid);
                out.finding(FindingCode::Remark);
            }
        }
    }
}

/// How much may pass for an addition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// Numbers, single letters, numerals and known words only.
    Narrow,
    /// Short unknown codes too.
    Wide,
}

/// The addition that a text is, if it is one.
pub(super) fn read(text: &str, width: Width) -> Option<String> {
    let mut addition = Addition::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if !first.is_alphanumeric() {
            let is_separator = first.is_whitespace()
                || matches!(first, '-' | '/' | '.' | '+' | '\'' | '&' | ',' | '#' | '_');
            if !is_separator {
                return None;
            }
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let is_opposite = rest.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("t/o"));
        let end = if is_opposite { 3 } else { run_end(rest, first) };
        let (run, after) = rest.split_at(end);
        addition.take(if is_opposite { "to" } else { run }, width)?;
        rest = after;
    }
    addition.finish()
}

/// Whether the word on its own says where in or near a house someone is.
pub(super) fn is_known_word(word: &str) -> bool {
    known(word).is_some()
}

/// Where the run of digits or of letters at the start ends.
fn run_end(text: &str, first: char) -> usize {
    let is_digit = first.is_ascii_digit();
    let goes_on = |c: char| c.is_alphanumeric() && c.is_ascii_digit() == is_digit;
    text.find(|c| !goes_on(c)).unwrap_or(text.len())
}

#[derive(Default)]
struct Addition {
    text: String,
    parts: usize,
    awaits_box_number: bool,
    letter_runs: usize,
    has_unknown_code: bool,
}

impl Addition {
    /// Takes a run of digits or letters; `None` when it is no part of an addition.
    fn take(&mut self, run: &str, width: Width) -> Option<()> {
        if run.as_bytes()[0].is_ascii_digit() {
            return if run.len() <= 4 { self.push(run) } else { None };
        }
        self.letter_runs += 1;
        let is_single = run.len() == 1;
        if is_single || is_roman_numeral(run) {
            return self.push_capitals(run);
        }
        match known(run) {
            Some("hoog") if self.ends_in_number() => {
                // `3e hoog` is `3 hoog`, and both are known as `3`.
                let floor = self.text.strip_suffix("-E").map(str::len);
                self.text.truncate(floor.unwrap_or(self.text.len()));
                Some(())
            }
            Some("bus") => self.push_box(),
            Some(word) => self.push(word),
            None if width == Width::Wide && run.is_ascii() && run.len() <= 4 => {
                self.has_unknown_code = true;
                self.push_capitals(run)
            }
            None => None,
        }
    }

    fn ends_in_number(&self) -> bool {
        let floor = self.text.strip_suffix("-E").unwrap_or(&self.text);
        floor.ends_with(|c: char| c.is_ascii_digit() || matches!(c, 'I' | 'V'))
    }

    fn push(&mut self, part: &str) -> Option<()> {
        let is_box_number = std::mem::take(&mut self.awaits_box_number);
        if !self.text.is_empty() {
            self.text.push(if is_box_number { ' ' } else { '-' });
        }
        self.text.push_str(part);
        self.parts += 1;
        (self.parts <= PARTS_MAX).then_some(())
    }

    fn push_capitals(&mut self, part: &str) -> Option<()> {
        let start = self.text.len();
        self.push(part)?;
        self.text[start..].make_ascii_uppercase();
        Some(())
    }

    fn push_box(&mut self) -> Option<()> {
        self.push("bus")?;
        self.awaits_box_number = true;
        Some(())
    }

    fn finish(self) -> Option<String> {
        // One short code may be unknown; several are words of a remark.
        let is_remark = self.has_unknown_code && self.letter_runs > 1;
        let is_whole = !self.text.is_empty() && !self.awaits_box_number;
        (is_whole && !is_remark).then_some(self.text)
    }
}

fn is_roman_numeral(run: &str) -> bool {
    run.len() <= 5 && run.bytes().all(|b| matches!(b, b'I' | b'V' | b'X' | b'i' | b'v' | b'x'))
}

/// The standard form of a known word.
fn known(run: &str) -> Option<&'static str> {
    let mut lower = [0; 12];
    let buffer = lower.get_mut(..run.len())?;
    buffer.copy_from_slice(run.as_bytes());
    buffer.make_ascii_lowercase();
    Some(match &*buffer {
        b"hs" | b"huis" => "hs",
        b"bis" | b"bs" => "bis",
        b"ter" => "ter",
        b"bg" => "bg",
        b"bel" => "bel",
        b"hoog" | b"hg" | b"etage" | b"verdieping" | b"verd" => "hoog",
        b"boven" | b"bov" => "boven",
        b"beneden" | b"ben" => "beneden",
        b"onder" | b"ond" => "onder",
        b"achter" => "achter",
        b"voor" => "voor",
        b"rood" | b"rd" => "rd",
        b"zwart" | b"zw" => "zw",
        b"links" => "links",
        b"rechts" => "rechts",
        b"to" => "to",
        b"by" => "by",
        b"bus" | b"bte" | b"boite" | b"bo\xc3\xaete" | b"bo\xc3\x8ete" => "bus",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additions() {
        let table = "
            a        | A
            A        | A
            2        | 2
            -2       | 2
            bis      | bis
            BIS      | bis
            bs       | bis
            ii       | II
            III      | III
            hs       | hs
            H.       | H
            huis     | hs
            a3       | A-3
            A-3      | A-3
            a/3      | A-3
            A 3      | A-3
            3 hoog   | 3
            3-hoog   | 3
            3e etage | 3
            2hg      | 2
            II hoog  | II
            hoog     | hoog
            bis a    | bis-A
            rood     | rd
            t/o      | to
            to       | to
            bus 3    | bus 3
            BTE 3B   | bus 3-B
            boîte 4  | bus 4
            A bus 3  | A-bus 3
            pk       | PK
            14       | 14
        ";
        for line in table.lines().filter(|line| line.contains('|')) {
            let (given, expected) = line.split_once('|').expect("filtered");
            let addition = read(given.trim(), Width::Wide);
            assert_eq!(addition.as_deref(), Some(expected.trim()), "{given}");
            assert_eq!(read(expected.trim(), Width::Wide), addition, "{given} again");
        }
    }

    #[test]
    fn other_texts_are_none() {
        for text in ["", "-", "achter de kerk", "Utrecht", "bus", "a b c d e", "12345", "€ 5"] {
            assert_eq!(read(text, Width::Wide), None, "{text}");
        }
        assert_eq!(read("pk", Width::Narrow), None);
        assert_eq!(read("b", Width::Narrow).as_deref(), Some("B"));
    }
}
