//! Calendar dates, in any order and with month names, as `1980-01-31`.
//!
//! ```text
//!   1980-01-31   19800131   31-01-1980   31.1.1980   31 januari 1980   Jan 31, 1980   1980-01-31T00:00
//!   31-01-80     1980-01-31, suspect: the century is guessed
//!   1980-31-01   1980-31-01, invalid; 1980-01-31 is suggested
//!   31-02-1980   1980-02-31, invalid
//! ```
//!
//! Month names are understood in Dutch, English and German.

use jiff::civil::Date;
use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::{FindingCode, Repair};
use karat_model::hub_model::DateOrder;

use super::fold::fold;
use super::output::{Context, Output};
use super::placeholder::{self, Judgement, YearMonthDay};

/// Headers of columns with dates of birth.
pub const BIRTH_DATE_HEADERS: &[&str] = &[
    "birth_date",
    "date_of_birth",
    "dob",
    "geboortedatum",
    "geb_dat",
    "gebdat",
    "geb_datum",
    "gebdatum",
    "geboorte_datum",
    "birthday",
    "birthdate",
    "geburtsdatum",
    "birth_day",
    "geboren",
    "geboren_op",
    "birth_dt",
    "date_naissance",
    "verjaardag",
    "d_o_b",
    "gebdt",
];

/// The years of people and contracts; others are implausible.
const PLAUSIBLE_YEARS: std::ops::RangeInclusive<u16> = 1500..=2100;

/// A two-digit year above this is of the last century.
const LAST_CENTURY_ABOVE: u16 = 30;

/// Whether a value is a date, with or without a time.
pub fn resembles(value: &str, context: &Context) -> bool {
    read(value, context)
        .is_some_and(|written| written.calendar_date().is_some() && written.has_plausible_year())
}

/// Claims the date for an attribute.
pub fn standardise_into(attribute: AttributeId, value: &str, context: &Context, out: &mut Output) {
    let Some(written) = read(value, context) else {
        out.finding(FindingCode::InvalidDate);
        return out.claim(attribute, value.trim(), Validity::Invalid);
    };
    match placeholder::judge_day(written.year_month_day()) {
        Judgement::Placeholder => {
            return out.finding_with(FindingCode::Placeholder, Repair::Clear);
        }
        Judgement::Doubtful => out.doubt(),
        Judgement::Genuine => {}
    }
    let text = written.text();
    if written.calendar_date().is_none() {
        match written.with_day_first() {
            Some(turned) => {
                let repair = Repair::Replace { attribute, value: turned.text().into() };
                out.finding_with(FindingCode::InvalidDate, repair);
            }
            None => out.finding(FindingCode::InvalidDate),
        }
        return out.claim(attribute, text, Validity::Invalid);
    }
    let doubts = [
        (written.is_century_guessed, FindingCode::GuessedCentury),
        (written.is_order_guessed, FindingCode::AmbiguousDate),
        (written.is_repaired, FindingCode::Repaired),
        (!written.has_plausible_year(), FindingCode::ImplausibleDate),
    ];
    let mut validity = Validity::Valid;
    for (_, code) in doubts.into_iter().filter(|(holds, _)| *holds) {
        out.finding(code);
        validity = Validity::Suspect;
    }
    out.claim(attribute, text, validity);
}

/// The date that a value tells, if there is such a day.
pub fn calendar_date(value: &str, context: &Context) -> Option<Date> {
    read(value, context)?.calendar_date()
}

/// A date as it was written; it need not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Written {
    year: u16,
    month: u16,
    day: u16,
    is_century_guessed: bool,
    is_order_guessed: bool,
    is_repaired: bool,
}

impl Written {
    fn calendar_date(self) -> Option<Date> {
        let year = i16::try_from(self.year).ok()?;
        Date::new(year, i8::try_from(self.month).ok()?, i8::try_from(self.day).ok()?).ok()
    }

    /// The date with day and month in each other's place, if only that can be.
    ///
    /// It is proposed and not taken: where one digit is wrong, the month is another.
    fn with_day_first(self) -> Option<Written> {
        let turned = Written { month: self.day, day: self.month, ..self };
        let exists = turned.calendar_date().is_some() && turned.has_plausible_year();
        (self.month > 12 && exists).then_some(turned)
    }

    /// The date as it is kept.
    fn text(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    fn year_month_day(self) -> YearMonthDay {
        (self.year.into(), self.month.into(), self.day.into())
    }

    fn has_plausible_year(self) -> bool {
        PLAUSIBLE_YEARS.contains(&self.year)
    }
}

/// A part of a date.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// Digits, with how many they are.
    Number(u16, usize),
    /// The name of a month.
    Month(u16),
}

fn read(value: &str, context: &Context) -> Option<Written> {
    let value = value.trim();
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    if digits >= 6 {
        let is_date = is_time(&value[digits..]);
        return if is_date { without_signs(&value[..digits], context) } else { None };
    }
    let (parts, rest) = parts(value)?;
    let written = arrange(parts, context)?;
    is_time(rest).then_some(written)
}

/// Digits only: `19800131`, `31011980`, `310180`, and `1011980` from a spreadsheet.
fn without_signs(digits: &str, context: &Context) -> Option<Written> {
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u16>().ok();
    let by_order = |first: u16, second: u16, year: u16| match context.date_order {
        DateOrder::DayFirst => Written { year, month: second, day: first, ..Written::default() },
        DateOrder::MonthFirst => Written { year, month: first, day: second, ..Written::default() },
    };
    let exists =
        |written: &Written| written.calendar_date().is_some() && written.has_plausible_year();
    match digits.len() {
        8 | 14 => {
            let year_first = Written {
                year: number(0, 4)?,
                month: number(4, 6)?,
                day: number(6, 8)?,
                ..Written::default()
            };
            let year_last = by_order(number(0, 2)?, number(2, 4)?, number(4, 8)?);
            let turned = Written { month: year_last.day, day: year_last.month, ..year_last };
            let found = [year_first, year_last, turned].into_iter().find(exists);
            found.or_else(|| year_first.has_plausible_year().then_some(year_first))
        }
        7 => {
            let written = by_order(number(0, 1)?, number(1, 3)?, number(3, 7)?);
            exists(&written).then_some(Written { is_repaired: true, ..written })
        }
        6 => {
            let year = full_year(number(4, 6)?);
            let written = by_order(number(0, 2)?, number(2, 4)?, year);
            exists(&written).then_some(Written {
                is_century_guessed: true,
                is_order_guessed: true,
                ..written
            })
        }
        _ => None,
    }
}

/// The three parts of a date, and what follows them.
fn parts(value: &str) -> Option<([Part; 3], &str)> {
    let mut parts = [Part::Month(0); 3];
    let mut count = 0;
    let mut rest = value;
    while count < parts.len() {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || "-/.,'_".contains(c));
        let first = rest.chars().next()?;
        let is_digit = first.is_ascii_digit();
        let goes_on = |c: char| if is_digit { c.is_ascii_digit() } else { c.is_alphabetic() };
        let (run, after) = rest.split_at(rest.find(|c| !goes_on(c)).unwrap_or(rest.len()));
        rest = after;
        let part = if is_digit {
            Part::Number(run.parse().ok()?, run.len())
        } else if let Some(month) = month(run) {
            Part::Month(month)
        } else if is_filler(run) {
            continue;
        } else {
            return None;
        };
        parts[count] = part;
        count += 1;
    }
    Some((parts, rest))
}

fn arrange(parts: [Part; 3], context: &Context) -> Option<Written> {
    use Part::{Month, Number};
    let written = match parts {
        [Number(year, 4), Number(month, 1 | 2), Number(day, 1 | 2)]
        | [Number(year, 4), Month(month), Number(day, 1 | 2)]
        | [Number(day, 1 | 2), Month(month), Number(year, 4)]
        | [Month(month), Number(day, 1 | 2), Number(year, 4)] => {
            Written { year, month, day, ..Written::default() }
        }
        [Number(first, 1 | 2), Number(second, 1 | 2), Number(year, 4)] => {
            in_order(first, second, year, context)
        }
        [Number(year @ 32.., 2), Number(month, 1 | 2), Number(day, 1 | 2)] => Written {
            year: full_year(year),
            month,
            day,
            is_century_guessed: true,
            ..Written::default()
        },
        [Number(first, 1 | 2), Number(second, 1 | 2), Number(year, 2)] => {
            let written = in_order(first, second, full_year(year), context);
            let could_be_a_year = first <= 31 && second <= 12 && year <= 31;
            Written { is_century_guessed: true, is_order_guessed: could_be_a_year, ..written }
        }
        [Number(day, 1 | 2), Month(month), Number(year, 2)]
        | [Month(month), Number(day, 1 | 2), Number(year, 2)] => Written {
            year: full_year(year),
            month,
            day,
            is_century_guessed: true,
            ..Written::default()
        },
        _ => return None,
    };
    Some(written)
}

/// Day and month in the order of the source, or in the other when only that can be.
fn in_order(first: u16, second: u16, year: u16, context: &Context) -> Written {
    let (day, month) = match context.date_order {
        DateOrder::DayFirst => (first, second),
        DateOrder::MonthFirst => (second, first),
    };
    let is_turned = month > 12 && day <= 12;
    let (day, month) = if is_turned { (month, day) } else { (day, month) };
    Written { year, month, day, ..Written::default() }
}

fn full_year(two_digits: u16) -> u16 {
    if two_digits > LAST_CENTURY_ABOVE { 1900 + two_digits } else { 2000 + two_digits }
}

/// Whether what follows a date is nothing or a time: `T00:00:00.000Z`, ` 12:30 PM`.
fn is_time(rest: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_digit() || b":.+-, TZtzAPMapmUC".contains(&byte);
    let opens = rest.starts_with(['T', 't', ' ', ':', ',']) && rest.contains(':');
    let is_blank = rest.trim_matches(['.', ',', ' ']).is_empty() || rest == "Z";
    is_blank || opens && rest.bytes().all(is_sign)
}

fn is_filler(word: &str) -> bool {
    matches!(
        &*fold(word),
        "st" | "nd"
            | "rd"
            | "th"
            | "e"
            | "ste"
            | "de"
            | "of"
            | "den"
            | "maandag"
            | "dinsdag"
            | "woensdag"
            | "donderdag"
            | "vrijdag"
            | "zaterdag"
            | "zondag"
            | "ma"
            | "di"
            | "wo"
            | "do"
            | "vr"
            | "za"
            | "zo"
            | "monday"
            | "tuesday"
            | "wednesday"
            | "thursday"
            | "friday"
            | "saturday"
            | "sunday"
            | "mon"
            | "tue"
            | "wed"
            | "thu"
            | "fri"
            | "sat"
            | "sun"
            | "montag"
            | "dienstag"
            | "mittwoch"
            | "donnerstag"
            | "freitag"
            | "samstag"
            | "sonntag"
    )
}

fn month(name: &str) -> Option<u16> {
    Some(match &*fold(name) {
        "jan" | "januari" | "january" | "januar" | "janner" => 1,
        "feb" | "februari" | "february" | "februar" | "febr" => 2,
        "mrt" | "maart" | "mar" | "march" | "marz" | "mrz" | "maa" => 3,
        "apr" | "april" => 4,
        "mei" | "may" | "mai" => 5,
        "jun" | "juni" | "june" => 6,
        "jul" | "juli" | "july" => 7,
        "aug" | "augustus" | "august" => 8,
        "sep" | "sept" | "september" => 9,
        "okt" | "oktober" | "oct" | "october" => 10,
        "nov" | "november" => 11,
        "dec" | "december" | "dez" | "dezember" => 12,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::output::{check, check_settles};
    use karat_model::hub_model::Country;
    use proptest::prelude::*;

    const DAY_FIRST: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
    const MONTH_FIRST: Context = Context { date_order: DateOrder::MonthFirst, ..DAY_FIRST };

    fn claim(value: &str, context: &Context, out: &mut Output) {
        standardise_into(AttributeId::BIRTH_DATE, value, context, out);
    }

    #[test]
    fn dates_are_understood() {
        for (text, expected) in [
            ("1980-01-31", "1980-01-31"),
            ("1980/01/31", "1980-01-31"),
            ("1980-1-3", "1980-01-03"),
            ("19800131", "1980-01-31"),
            ("31011980", "1980-01-31"),
            ("19121980", "1980-12-19"),
            ("31-01-1980", "1980-01-31"),
            ("31/01/1980", "1980-01-31"),
            ("31.1.1980", "1980-01-31"),
            ("3-1-1980", "1980-01-03"),
            ("03 01 1980", "1980-01-03"),
            ("01/31/1980", "1980-01-31"),
            ("29-02-2000", "2000-02-29"),
            ("31 januari 1980", "1980-01-31"),
            ("31 jan. 1980", "1980-01-31"),
            ("31-jan-1980", "1980-01-31"),
            ("1 mrt 1980", "1980-03-01"),
            ("31 January 1980", "1980-01-31"),
            ("January 31, 1980", "1980-01-31"),
            ("Jan 31st, 1980", "1980-01-31"),
            ("31st of January 1980", "1980-01-31"),
            ("1. März 1980", "1980-03-01"),
            ("31. Dezember 1980", "1980-12-31"),
            ("1980 mei 5", "1980-05-05"),
            ("donderdag 31 januari 1980", "1980-01-31"),
            ("1980-01-31T00:00:00Z", "1980-01-31"),
            ("1980-01-31T00:00:00.000+01:00", "1980-01-31"),
            ("1980-01-31 00:00:00", "1980-01-31"),
            ("31-01-1980 0:00", "1980-01-31"),
            ("1/31/1980 12:00:00 AM", "1980-01-31"),
            ("19800131000000", "1980-01-31"),
            ("31JAN1980:00:00:00", "1980-01-31"),
            ("1630-08-01", "1630-08-01"),
            ("31-01-80", "1980-01-31? !guessed_century"),
            ("31/12/05", "2005-12-31? !guessed_century !ambiguous_date"),
            ("31 jan '80", "1980-01-31? !guessed_century"),
            ("80-01-31", "1980-01-31? !guessed_century"),
            ("310180", "1980-01-31? !guessed_century !ambiguous_date"),
            ("1021980", "1980-02-01? !repaired"),
            ("0980-01-31", "0980-01-31? !implausible_date"),
            ("31-01-2980", "2980-01-31? !implausible_date"),
            ("31-02-1980", "1980-02-31! !invalid_date"),
            ("29-02-1900", "1900-02-29! !invalid_date"),
            ("1856-86-18", "1856-86-18! !invalid_date"),
            ("18568618", "1856-86-18! !invalid_date"),
            ("00-00-1980", "1980-00-00! !invalid_date"),
            ("32-13-1980", "1980-13-32! !invalid_date"),
            ("1980", "1980! !invalid_date"),
            ("01-1980", "01-1980! !invalid_date"),
            ("31-01-1980-7", "31-01-1980-7! !invalid_date"),
            ("rond 1980", "rond 1980! !invalid_date"),
            ("12345", "12345! !invalid_date"),
            ("312999", "312999! !invalid_date"),
        ] {
            check(text, claim, &DAY_FIRST, expected);
        }
    }

    #[test]
    fn day_and_month_in_each_others_place_are_suggested() {
        let suggested = |text: &str| {
            let mut out = Output::default();
            claim(text, &DAY_FIRST, &mut out);
            let repair = out.findings.into_iter().find_map(|finding| finding.repair);
            repair.map(|repair| match *repair {
                Repair::Replace { value, .. } => value,
                other => panic!("{other:?}"),
            })
        };
        assert_eq!(suggested("1980-31-01").as_deref(), Some("1980-01-31"));
        assert_eq!(suggested("19803101").as_deref(), Some("1980-01-31"));
        // Near misses: it exists, it could be neither.
        assert_eq!(suggested("1980-12-01"), None);
        assert_eq!(suggested("1980-31-02"), None);
        assert_eq!(suggested("31-02-1980"), None);
        assert_eq!(suggested("1856-86-18"), None);
    }

    #[test]
    fn days_that_stand_for_none_are_known_however_they_are_written() {
        for (text, expected) in [
            ("1 januari 1900", " !placeholder"),
            ("1-01 1900", " !placeholder"),
            ("31 dec 9999", " !placeholder"),
            ("1 jan 1970", "1970-01-01?"),
            ("2 januari 1900", "1900-01-02"),
            ("2 jan 1970", "1970-01-02"),
        ] {
            check(text, claim, &DAY_FIRST, expected);
        }
    }

    #[test]
    fn the_source_tells_whether_the_month_comes_first() {
        for (text, expected) in [
            ("01/02/1980", "1980-01-02"),
            ("01021980", "1980-01-02"),
            ("31/01/1980", "1980-01-31"),
            ("1980-01-02", "1980-01-02"),
            ("13/13/1980", "1980-13-13! !invalid_date"),
        ] {
            check(text, claim, &MONTH_FIRST, expected);
        }
        check("01/02/1980", claim, &DAY_FIRST, "1980-02-01");
    }

    #[test]
    fn what_is_no_date_does_not_resemble_one() {
        for value in [
            "0612345987",
            "12345678",
            "68750110",
            "1234 AC",
            "1980",
            "31-02-1980",
            "12.50",
            "P-001",
        ] {
            assert!(!resembles(value, &DAY_FIRST), "{value}");
        }
        for value in ["31-01-1980", "19800131", "31 jan 1980", "31-01-80"] {
            assert!(resembles(value, &DAY_FIRST), "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,30}", date in "[0-9]{1,4}[-/. ]([0-9]{1,2}|jan|mei)[-/. ][0-9]{1,4}[ T0:]{0,3}", digits in "[0-9]{0,15}") {
            for context in [DAY_FIRST, MONTH_FIRST] {
                check_settles(&text, claim, &context)?;
                check_settles(&date, claim, &context)?;
                check_settles(&digits, claim, &context)?;
            }
        }
    }
}
