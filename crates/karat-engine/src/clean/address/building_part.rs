//! Which part of a building, as it is written behind a house number in the countries around us.
//!
//! German lines name the wing, the floor and the flat: `Hauptstr. 5 Hinterhaus 2. OG links`, or after
//! two strokes as DIN 5008 asks: `Hauptstraße 5 // Whg. 12`. All of that is the extra line. In
//! Belgium a box has many spellings: `bus 3`, `bte 3`, `boîte 3`, `b3`, `box 3`, `12/3`.

use std::borrow::Cow;

use karat_model::hub_model::Country;

use super::{Parts, line};

/// Takes what tells a part of the building off the end of a line, as its country writes it.
pub(super) fn settle<'a>(line: &'a str, country: Country, remarks: &mut Parts) -> Cow<'a, str> {
    match country.code() {
        "DE" | "AT" | "CH" | "LI" => Cow::Borrowed(without_building_part(line, remarks)),
        "BE" => belgian_box(line),
        _ => Cow::Borrowed(line),
    }
}

/// Whether a text of its own names a part of a building and no place: `Hinterhaus`, `2. OG links`.
pub(super) fn is_one(text: &str) -> bool {
    let mut words = text.split_whitespace();
    match words.next() {
        Some(first) if is_word(first) => true,
        Some(first) if is_ordinal(first) => words.next().is_some_and(is_floor),
        _ => false,
    }
}

fn without_building_part<'a>(line: &'a str, remarks: &mut Parts) -> &'a str {
    let (door, after_strokes) = match line.split_once("//") {
        Some((door, rest)) => (door.trim_end(), Some(rest)),
        None => (line, None),
    };
    let end = start_of_part(door).unwrap_or(door.len());
    let (door, part) = door.split_at(end);
    for extra in [Some(part), after_strokes].into_iter().flatten() {
        if extra.contains(char::is_alphanumeric) {
            remarks.add_extra(extra);
        }
    }
    door.trim_end()
}

/// The byte after the house number at which the part of the building begins.
fn start_of_part(line: &str) -> Option<usize> {
    let mut letters_seen = false;
    let mut number_seen = false;
    let mut words = line.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let follows = words.peek().copied();
        let opens = is_word(word) || is_ordinal(word) && follows.is_some_and(is_floor);
        if number_seen && opens {
            return Some(word.as_ptr().addr() - line.as_ptr().addr());
        }
        let starts_with_digit = word.starts_with(|c: char| c.is_ascii_digit());
        // `17. Juni` is a day.
        let is_number = letters_seen && starts_with_digit && !word.ends_with('.');
        number_seen |= is_number || line::holds_number(word);
        letters_seen |= word.contains(char::is_alphabetic) && !starts_with_digit;
    }
    None
}

/// `2.`, `2`, `II.`, `III`
fn is_ordinal(word: &str) -> bool {
    let number = word.trim_end_matches('.');
    let is_digits = number.bytes().all(|b| b.is_ascii_digit());
    let is_roman = number.bytes().all(|b| matches!(b, b'I' | b'V' | b'i' | b'v'));
    (1..=4).contains(&number.len()) && (is_digits || is_roman)
}

fn is_floor(word: &str) -> bool {
    is_in(word, &["og", "etage", "stock", "stockwerk", "obergeschoss", "obergeschoß", "et", "ug"])
}

fn is_word(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "hinterhaus",
        "hinterhof",
        "hhs",
        "hh",
        "vorderhaus",
        "vhs",
        "vh",
        "gartenhaus",
        "seitenflügel",
        "seitenfluegel",
        "sfl",
        "quergebäude",
        "quergebaeude",
        "rückgebäude",
        "rueckgebaeude",
        "rgb",
        "nebengebäude",
        "anbau",
        "erdgeschoss",
        "erdgeschoß",
        "eg",
        "dachgeschoss",
        "dachgeschoß",
        "dg",
        "hochparterre",
        "parterre",
        "souterrain",
        "aufgang",
        "eingang",
        "stiege",
        "tür",
        "top",
        "whg",
        "wohnung",
        "zimmer",
        "haus",
        "gebäude",
    ];
    is_in(word, WORDS) || is_glued_floor(word)
}

/// `2.OG`, `3.Etage`
fn is_glued_floor(word: &str) -> bool {
    word.split_once('.').is_some_and(|(number, floor)| is_ordinal(number) && is_floor(floor))
}

fn is_in(word: &str, list: &[&str]) -> bool {
    const LENGTH_MAX: usize = 16;
    let word = word.trim_end_matches(['.', ',', ':']);
    let is_short = word.len() <= LENGTH_MAX;
    is_short && {
        let has_umlaut = !word.is_ascii();
        let lower = if has_umlaut { Cow::Owned(word.to_lowercase()) } else { Cow::Borrowed(word) };
        list.iter().any(|known| known.eq_ignore_ascii_case(&lower))
    }
}

/// Writes the German letters for a floor or a wing in capitals: `3. Og` becomes `3. OG`.
pub(super) fn with_capitals(extra: String) -> String {
    let is_separator = |c: char| matches!(c, ' ' | '.' | ',');
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut before = "";
    for word in extra.split(is_separator).filter(|word| !word.is_empty()) {
        let is_storey = is_ordinal(before) && matches!(word, "Og" | "og" | "Ug" | "ug");
        let is_wing = before.is_empty() && matches!(word, "Eg" | "Dg" | "Hh" | "Vh");
        if is_storey || is_wing {
            places.push((word.as_ptr().addr() - extra.as_ptr().addr(), word.len()));
        }
        before = word;
    }
    let mut extra = extra;
    for (at, length) in places {
        extra[at..at + length].make_ascii_uppercase();
    }
    extra
}

/// Writes a Belgian box with its word: `12 b3`, `12 box 3` and `12/3` become `12 bus 3`.
fn belgian_box(line: &str) -> Cow<'_, str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let has_digit = |word: &&str| word.contains(|c: char| c.is_ascii_digit());
    let found = match words[..] {
        [.., number, word, box_number] if has_digit(&number) && is_box_word(word) => {
            Some((number, box_number))
        }
        [.., number, boxed] if has_digit(&number) => {
            let digit = boxed.find(|c: char| c.is_ascii_digit());
            let glued = digit.map(|digit| boxed.split_at(digit));
            glued.filter(|(word, _)| is_box_word(word)).map(|(_, box_number)| (number, box_number))
        }
        _ => None,
    };
    let end = |word: &str| word.as_ptr().addr() - line.as_ptr().addr() + word.len();
    if let Some((number, box_number)) = found.filter(|(_, it)| is_box_number(it)) {
        return Cow::Owned(format!("{} bus {box_number}", &line[..end(number)]));
    }
    // `12/3`; a letter before the stroke leaves it open what the number behind it is.
    let names_street = line.contains(char::is_alphabetic);
    let stroke = words.last().and_then(|last| last.split_once('/'));
    match stroke {
        Some((number, box_number))
            if names_street
                && number.ends_with(|c: char| c.is_ascii_digit())
                && is_box_number(box_number) =>
        {
            Cow::Owned(format!("{} bus {box_number}", &line[..end(number)]))
        }
        _ => Cow::Borrowed(line),
    }
}

fn is_box_word(word: &str) -> bool {
    is_in(word, &["b", "bt", "bte", "box"])
}

fn is_box_number(text: &str) -> bool {
    (1..=5).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(country: &str, line: &str, door: &str, extra: &str) {
        let country = Country::from_code(country).expect("a code");
        let mut remarks = Parts::default();
        assert_eq!(settle(line, country, &mut remarks), door, "{line}");
        assert_eq!(remarks.extra.as_deref().unwrap_or(""), extra, "{line}");
        assert!(!remarks.has_remark);
    }

    #[test]
    fn german_parts_of_a_building() {
        check("DE", "Hauptstr. 5 Hinterhaus", "Hauptstr. 5", "Hinterhaus");
        check("DE", "Hauptstr. 5a HH 2. OG links", "Hauptstr. 5a", "HH 2. OG links");
        check("DE", "Hauptstr. 5 2. Etage", "Hauptstr. 5", "2. Etage");
        check("DE", "Hauptstr. 5 III. Stock", "Hauptstr. 5", "III. Stock");
        check("DE", "Hauptstraße5 2. OG", "Hauptstraße5", "2. OG");
        check("DE", "Hauptstr. 5 3.OG", "Hauptstr. 5", "3.OG");
        check("DE", "Hauptstr. 5 // Whg. 12", "Hauptstr. 5", "Whg. 12");
        check("DE", "Hauptstr. 5 SEITENFLÜGEL", "Hauptstr. 5", "Seitenflügel");
        check("AT", "Mariahilfer Str. 12 Stiege 2 Tür 5", "Mariahilfer Str. 12", "Stiege 2 Tür 5");
        check("AT", "Gumpendorfer Str. 12 Top 5", "Gumpendorfer Str. 12", "Top 5");
        check("DE", "Straße des 17. Juni 135 EG", "Straße des 17. Juni 135", "EG");
    }

    #[test]
    fn what_only_looks_like_a_part_of_a_building_stays() {
        for line in [
            "Hinterhausstraße 5",
            "Am Weißen Haus 5",
            "Haus am See 5",
            "Stockstr. 5",
            "5",
            "Hauptstr. 5 a",
            "Hauptstr. 5-7",
        ] {
            check("DE", line, line, "");
        }
        check("NL", "Kerkstraat 5 Hinterhaus", "Kerkstraat 5 Hinterhaus", "");
    }

    #[test]
    fn belgian_boxes() {
        check("BE", "Kerkstraat 12 b3", "Kerkstraat 12 bus 3", "");
        check("BE", "Kerkstraat 12 B 3", "Kerkstraat 12 bus 3", "");
        check("BE", "Kerkstraat 12 b. 3A", "Kerkstraat 12 bus 3A", "");
        check("BE", "Kerkstraat 12/3", "Kerkstraat 12 bus 3", "");
        check("BE", "Kerkstraat 12/0301", "Kerkstraat 12 bus 0301", "");
        check("BE", "Kerkstraat 12A box 3", "Kerkstraat 12A bus 3", "");
        // No box: a letter, a range, another country.
        check("BE", "Kerkstraat 12 b", "Kerkstraat 12 b", "");
        check("BE", "Kerkstraat 12-14", "Kerkstraat 12-14", "");
        check("BE", "Rue du 8 Mai 1945 93 b3", "Rue du 8 Mai 1945 93 bus 3", "");
        check("BE", "Meir79/9", "Meir79 bus 9", "");
        check("BE", "12/3", "12/3", "");
        check("BE", "Kerkstraat 12/A", "Kerkstraat 12/A", "");
        check("NL", "Kerkstraat 12/3", "Kerkstraat 12/3", "");
    }

    #[test]
    fn parts_of_a_building_are_no_cities() {
        for part in ["Hinterhaus", "2. OG links", "EG", "Whg. 5", "3.Etage"] {
            assert!(is_one(part), "{part}");
        }
        for city in ["Köln", "Neuhaus am Rennweg", "Stockach", "2. Wijk", "Topoľčany"] {
            assert!(!is_one(city), "{city}");
        }
    }
}
