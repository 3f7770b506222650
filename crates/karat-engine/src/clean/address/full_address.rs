//! A whole address in one field: `Kerkstraat 12, 1234 AB Utrecht, Nederland`.
//!
//! Commas, semicolons, bars and new lines part the segments. The last may be the country, one holds
//! the postal code, the first with a house number is the street; what is left is city or extra.
//! Without commas, a postal code after the house number parts street from city.

use karat_model::hub_model::Country;

use crate::clean::output::{Context, Output};

use super::house_number_addition::{self as addition, Width};
use super::line::{self, Column};
use super::{
    Parts, building_part, city, country, delivery_instruction, postcode, postcode_city, region,
};

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "full_address",
    "volledig_adres",
    "complete_address",
    "postal_address",
    "vollstandige_adresse",
    "mailing_address",
    "adresgegevens",
    "address_full",
    "adres_volledig",
    "naw",
    "naw_adres",
    "compleet_adres",
    "adresblok",
    "formatted_address",
    "address_block",
    "volle_adresse",
    "gesamtadresse",
    "komplette_adresse",
];

/// Whether a value looks like a whole address: a street with its number, and a postal code.
pub fn resembles(value: &str, context: &Context) -> bool {
    if !is_composed(value) {
        return false;
    }
    let parts = parse(value, context);
    parts.street.is_some()
        && parts.house_number.is_some()
        && (parts.postcode.is_some() || parts.city.is_some())
}

/// Claims all parts of the address.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    parse(value, context).claim(out);
}

/// Whether a text holds more than one address line.
pub(super) fn is_composed(text: &str) -> bool {
    text.contains(is_separator) || split_without_commas(text, false).is_some()
}

fn is_separator(character: char) -> bool {
    matches!(character, ',' | ';' | '|' | '\n' | '\r')
}

/// Splits a whole address.
pub(super) fn parse(text: &str, context: &Context) -> Parts {
    const SEGMENTS_MAX: usize = 32;
    let mut segments = Vec::new();
    let mut parts = Parts::default();
    for segment in text.splitn(SEGMENTS_MAX, is_separator).map(str::trim) {
        let names_street = !segments.is_empty();
        match split_without_commas(segment, names_street) {
            _ if delivery_instruction::is_one(segment) => parts.add_remark(segment),
            Some((street, rest)) => segments.extend([street, rest]),
            None if segment.contains(char::is_alphanumeric) => segments.push(segment),
            None => {}
        }
    }
    if let [only] = segments[..] {
        let mut line = line::read(only, context, Column::Line);
        if let Some(instruction) = parts.extra {
            line.add_remark(&instruction);
        }
        return line;
    }
    let mut context = *context;
    take_country(&mut segments, &mut parts, &mut context);
    take_postcode(&mut segments, &mut parts, &mut context);
    let line = take_line(&mut segments, &mut parts, &context);
    take_city(&mut segments, line, &mut parts);
    for segment in segments {
        parts.add_extra(segment);
    }
    parts
}

/// Parts `Kerkstraat 12 1234 AB Utrecht` before a Dutch code that follows a house number; a segment
/// before this one may have named the street.
fn split_without_commas(text: &str, names_street: bool) -> Option<(&str, &str)> {
    let mut number_seen = false;
    let mut letters_seen = names_street;
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let digits = line::digits_at_start(word);
        let letters = if word.len() == 4 { words.peek().copied() } else { word.get(4..) };
        let is_code = digits == 4
            && letters
                .is_some_and(|two| two.len() == 2 && two.bytes().all(|b| b.is_ascii_alphabetic()));
        if is_code && number_seen {
            let at = word.as_ptr().addr() - text.as_ptr().addr();
            return Some((&text[..at], &text[at..]));
        }
        number_seen |= letters_seen && digits > 0 || line::holds_number(word);
        letters_seen |= digits == 0;
    }
    None
}

fn take_country(segments: &mut Vec<&str>, parts: &mut Parts, context: &mut Context) {
    let [_, .., last] = segments[..] else { return };
    let is_code = last.len() <= 3 && last.bytes().all(|b| b.is_ascii_uppercase());
    let land = if is_code { country::code(last) } else { country::by_name(last) };
    let has_code_before = segments[1..segments.len() - 1].iter().any(|segment| has_digit(segment));
    let found = land
        .map(|land| (land, last.len()))
        .or_else(|| country_at_end(last, has_code_before, context.country));
    let Some((land, length)) = found else { return };
    // A region such as `CA` or `WA` stands beside the city, a country after it.
    let is_region = is_code && segments.len() < 3;
    if is_region {
        return;
    }
    let rest = last[..last.len() - length].trim_end();
    segments.pop();
    if !rest.is_empty() {
        segments.push(rest);
    }
    context.country = land;
    parts.country = Some(land.code().into());
}

/// The country in the last word of `1234 AB Utrecht Nederland`, and the length of that word.
///
/// Behind a code of an earlier segment only the own country is told from a city: `Utrecht Nederland`,
/// but not `Trenton New Jersey`.
fn country_at_end(segment: &str, has_code_before: bool, own: Country) -> Option<(Country, usize)> {
    const LENGTH_MIN: usize = 5;
    let (rest, word) = segment.rsplit_once(' ')?;
    // `1234 Luxembourg` and `06000 Ciudad de México` end in their city.
    let is_name = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let names_city = rest.split_whitespace().next_back().is_some_and(is_name);
    if !names_city || word.len() < LENGTH_MIN {
        return None;
    }
    let land = country::by_name(word)?;
    let is_sure = has_digit(rest) || has_code_before && land == own;
    is_sure.then_some((land, word.len()))
}

fn has_digit(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

fn take_postcode(segments: &mut Vec<&str>, parts: &mut Parts, context: &mut Context) {
    for at in (0..segments.len()).rev() {
        // The first segment is the street, unless its code holds letters.
        let segment = segments[at];
        let Some(found) = postcode_city::parse(segment, context) else { continue };
        let code = found.postcode.as_deref().unwrap_or_default();
        let has_letters = code.contains(|c: char| c.is_ascii_alphabetic());
        let fits = postcode::printed(code, context.country).is_some();
        let stands_first = segment.starts_with(|c: char| c.is_ascii_digit());
        // `Stationsplein, 1089` is a house number where codes have another form.
        let is_number =
            !fits && is_short_number(segment) && !segments[..at].iter().any(|it| has_digit(it));
        let is_sure = !is_number
            && (has_letters || found.country.is_some() || (at > 0 && (fits || stands_first)));
        if !is_sure {
            continue;
        }
        segments.remove(at);
        parts.postcode = found.postcode;
        parts.region = found.region;
        parts.country = parts.country.take().or(found.country);
        context.country =
            parts.country.as_deref().and_then(Country::from_code).unwrap_or(context.country);
        parts.city = found.city;
        let names_region = parts.region.is_none()
            && parts.city.as_deref().is_some_and(|city| {
                city.len() <= 3 && city.bytes().all(|b| b.is_ascii_uppercase())
            });
        if names_region {
            parts.region = parts.city.take().map(|code| region::region(&code));
        }
        return;
    }
}

/// Whether a segment is a house number as most are.
fn is_short_number(segment: &str) -> bool {
    segment.len() <= 4 && segment.bytes().all(|b| b.is_ascii_digit())
}

/// Takes street and number; returns how many segments stand before them.
fn take_line(segments: &mut Vec<&str>, parts: &mut Parts, context: &Context) -> usize {
    let read = |segment: &str| line::read(segment, context, Column::Line);
    let numbered = (0..segments.len()).find_map(|at| {
        let found = read(segments[at]);
        found.house_number.is_some().then_some((at, found))
    });
    let Some((at, mut found)) = numbered else {
        if let Some(first) = segments.first() {
            found_into(read(first), parts);
            segments.remove(0);
        }
        return 0;
    };
    segments.remove(at);
    let mut before = at;
    if found.street.is_none() {
        // `12, rue de la Paix` and `Kerkstraat, 12`: the street is the segment beside it.
        let beside = if at > 0 { at - 1 } else { 0 };
        before = beside;
        if beside < segments.len() {
            found.street = read(segments.remove(beside)).street;
        }
    } else if at < segments.len() && found.addition.is_none() {
        found.addition = addition::read(segments[at], Width::Narrow);
        if found.addition.is_some() {
            segments.remove(at);
        }
    }
    found_into(found, parts);
    before
}

fn found_into(found: Parts, parts: &mut Parts) {
    parts.street = found.street;
    parts.house_number = found.house_number;
    parts.addition = found.addition;
    parts.city = parts.city.take().or(found.city);
    if let Some(extra) = found.extra {
        parts.add_extra(&extra);
    }
    parts.has_remark |= found.has_remark;
}

/// The city follows the street; what stands before that is a building or a receiver, unless it is a
/// city that is known.
fn take_city(segments: &mut Vec<&str>, line: usize, parts: &mut Parts) {
    if parts.city.is_some() {
        return;
    }
    let is_city = |at: usize| {
        let segment = segments[at];
        let may_be = !has_digit(segment) && !building_part::is_one(segment);
        may_be && (at >= line || city::is_known(segment))
    };
    if let Some(at) = (0..segments.len()).rfind(|at| is_city(*at)) {
        parts.city = city::city(segments.remove(at));
    }
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::DateOrder;

    use super::*;

    /// Checks the parts in the order of [`Parts`], joined by bars.
    fn check(country: &str, text: &str, expected: &str) {
        let country = Country::from_code(country).expect("a code");
        let context = Context { country, date_order: DateOrder::DayFirst };
        let parts = parse(text, &context);
        let shown = [
            parts.street,
            parts.house_number,
            parts.addition,
            parts.postcode,
            parts.city,
            parts.region,
            parts.country,
            parts.extra,
        ];
        let shown: Vec<_> = shown.into_iter().flatten().collect();
        assert_eq!(shown.join(" | "), expected, "{text}");
    }

    #[test]
    fn dutch_addresses() {
        check("NL", "Kerkstraat 12, 1234 AB Utrecht", "Kerkstraat | 12 | 1234 AB | Utrecht");
        check("NL", "Kerkstraat 12 1234AB Utrecht", "Kerkstraat | 12 | 1234 AB | Utrecht");
        check(
            "NL",
            "Kerkstraat 12\n1234 AB  UTRECHT\nNederland",
            "Kerkstraat | 12 | 1234 AB | Utrecht | NL",
        );
        check(
            "NL",
            "KERKSTRAAT 12A, 1234AB, DEN HAAG, NL",
            "Kerkstraat | 12 | A | 1234 AB | Den Haag | NL",
        );
        check("NL", "Kerkstraat 12, Utrecht", "Kerkstraat | 12 | Utrecht");
        check("NL", "Kerkstraat, 12 1234AB Utrecht", "Kerkstraat | 12 | 1234 AB | Utrecht");
        check("NL", "Kerkstraat12 1234 AB Utrecht", "Kerkstraat | 12 | 1234 AB | Utrecht");
        check("NL", "Gebouw Noord, Kerkstraat 12", "Kerkstraat | 12 | Gebouw Noord");
        check("NL", "Kerkstraat 12, niet bezorgen", "Kerkstraat | 12 | Niet Bezorgen");
        check(
            "NL",
            "Kerkstraat 12 let op de hond, Utrecht",
            "Kerkstraat | 12 | Utrecht | Let op de Hond",
        );
        check(
            "NL",
            "Kerkstraat 12, let op de hond, 4116 AB Buren",
            "Kerkstraat | 12 | 4116 AB | Buren | Let op de Hond",
        );
        check("NL", "Kerkstraat 12, Buren", "Kerkstraat | 12 | Buren");
        check("NL", "c/o Smit, Kerkstraat 12, Epe", "Kerkstraat | 12 | Epe | c/o Smit");
        check("NL", "Utrecht, Kerkstraat 12", "Kerkstraat | 12 | Utrecht");
        check("NL", "Kerkstraat, 1089", "Kerkstraat | 1089");
        check("NL", "Hauptstraße, 50667", "Hauptstraße | 50667");
        check("NL", "Kerkstraat 12, 1234AB Ede Nederland", "Kerkstraat | 12 | 1234 AB | Ede | NL");
        check("NL", "Kerkstraat 12, 1234AB, Ede Nederland", "Kerkstraat | 12 | 1234 AB | Ede | NL");
        check("NL", "Kerkstraat, 12, 1234 AB Utrecht", "Kerkstraat | 12 | 1234 AB | Utrecht");
        check(
            "NL",
            "Kerkstraat 12, 3 hoog, 1234 AB Utrecht",
            "Kerkstraat | 12 | 3 | 1234 AB | Utrecht",
        );
        check("NL", "Postbus 1234, 3500 AB Utrecht", "Postbus | 1234 | 3500 AB | Utrecht");
        check(
            "NL",
            "Gebouw Noord, Kerkstraat 12, 1234 AB Utrecht",
            "Kerkstraat | 12 | 1234 AB | Utrecht | Gebouw Noord",
        );
        check(
            "NL",
            "Kerkstraat 12 1234 AB Utrecht Nederland",
            "Kerkstraat | 12 | 1234 AB | Utrecht | NL",
        );
    }

    #[test]
    fn foreign_addresses() {
        check("NL", "Hauptstr. 5a, D-50667 Köln", "Hauptstraße | 5 | A | 50667 | Köln | DE");
        check(
            "NL",
            "Hauptstr. 5a, 50667 Köln, Deutschland",
            "Hauptstraße | 5 | A | 50667 | Köln | DE",
        );
        check("DE", "Hauptstr. 5a, Hinterhaus, Köln", "Hauptstraße | 5 | A | Köln | Hinterhaus");
        check("DE", "Hauptstr. 5a, 2. OG links", "Hauptstraße | 5 | A | 2. OG links");
        check("BE", "Kerkstraat 12 bus 3, 9000 Gent", "Kerkstraat | 12 | bus 3 | 9000 | Gent");
        check(
            "NL",
            "Kerkstraat 12 bus 3, 9000 Gent, België",
            "Kerkstraat | 12 | bus 3 | 9000 | Gent | BE",
        );
        check("GB", "12 Baker Street, London, NW1 6XE", "Baker Street | 12 | NW1 6XE | London");
        check(
            "NL",
            "12 Baker Street, London NW1 6XE, UK",
            "Baker Street | 12 | NW1 6XE | London | GB",
        );
        check(
            "GB",
            "Flat 3, 12 Baker Street, London NW1 6XE",
            "Baker Street | 12 | NW1 6XE | London | Flat 3",
        );
        check(
            "AU",
            "8 stanley street, winston hills NSW 2153",
            "Stanley Street | 8 | 2153 | Winston Hills | NSW",
        );
        check(
            "US",
            "1600 Pennsylvania Avenue NW, Washington, DC 20500",
            "Pennsylvania Avenue NW | 1600 | 20500 | Washington | DC",
        );
        check("LU", "Rue Neuve 12, 1234 Luxembourg", "Rue Neuve | 12 | 1234 | Luxembourg");
        check("FR", "12, rue de la Paix, 75002 Paris", "Rue de la Paix | 12 | 75002 | Paris");
    }

    #[test]
    fn only_whole_addresses_resemble_them() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        assert!(resembles("Kerkstraat 12, 1234 AB Utrecht", &context));
        assert!(resembles("Kerkstraat 12 1234AB Utrecht", &context));
        assert!(!resembles("Kerkstraat 12", &context));
        assert!(!resembles("Jansen, Jan", &context));
    }
}
