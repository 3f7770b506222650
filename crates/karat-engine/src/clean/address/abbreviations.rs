//! Writes abbreviated street names in full: `Burg. v.d. Veldestr.` becomes
//! `Burgemeester van der Veldestraat`.
//!
//! The Dutch abbreviations are those of NEN 5825 and of everyday use. `v.d.` stands for `van de`,
//! `van den` and `van der`; it is written as the last, which is the most frequent.

use karat_model::hub_model::Country;

/// The language whose abbreviations a street name uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Dutch,
    German,
    Swiss,
    French,
    English,
}

impl Spelling {
    /// The language of street names in a country, as far as abbreviations go.
    pub(super) fn of(country: Country) -> Spelling {
        match country.code() {
            "DE" | "AT" => Spelling::German,
            "CH" | "LI" => Spelling::Swiss,
            "FR" | "LU" | "MC" => Spelling::French,
            "GB" | "IE" | "US" | "CA" | "AU" | "NZ" | "ZA" => Spelling::English,
            _ => Spelling::Dutch,
        }
    }

    /// Whether house numbers stand before the street.
    pub(super) fn leads_with_number(self) -> bool {
        matches!(self, Spelling::English | Spelling::French)
    }
}

/// Writes the abbreviations in a street name in full.
pub(super) fn expand(street: &str, spelling: Spelling) -> String {
    let mut result = String::with_capacity(street.len() + 12);
    let count = street.split(' ').count();
    for (at, word) in street.split(' ').enumerate() {
        if at > 0 {
            result.push(' ');
        }
        let place = Place { is_first: at == 0, is_last: at + 1 == count };
        push_expanded(word, place, spelling, &mut result);
    }
    result
}

struct Place {
    is_first: bool,
    is_last: bool,
}

fn push_expanded(word: &str, place: Place, spelling: Spelling, result: &mut String) {
    let alone = word.strip_suffix('.').unwrap_or(word);
    let only_word = place.is_first && place.is_last;
    if place.is_last
        && !only_word
        && let Some(full) = last_word(alone, spelling)
    {
        return result.push_str(full);
    }
    let has_dot = word.len() > alone.len();
    match spelling {
        Spelling::English => result.push_str(word),
        Spelling::French if place.is_first && !only_word => {
            result.push_str(french_first_word(alone).unwrap_or(word));
        }
        Spelling::French => result.push_str(word),
        Spelling::German => push_ending(word, german_ending(word, "straße"), result),
        Spelling::Swiss => push_ending(word, german_ending(word, "strasse"), result),
        Spelling::Dutch => push_dutch(word, has_dot, place, result),
    }
}

fn push_ending(word: &str, ending: Option<(usize, &str)>, result: &mut String) {
    match ending {
        Some((stem, full)) => {
            result.push_str(&word[..stem]);
            let is_whole_word = stem == 0;
            let mut characters = full.chars();
            if is_whole_word && let Some(first) = characters.next() {
                result.extend(first.to_uppercase());
            }
            result.push_str(characters.as_str());
        }
        None => result.push_str(word),
    }
}

fn push_dutch(word: &str, has_dot: bool, place: Place, result: &mut String) {
    let only_word = place.is_first && place.is_last;
    let opens_name = place.is_first && !only_word && !has_dot;
    // Without a dot `St` and `Min` may be names, as in `St Albans`.
    let may_be_name = ["st", "min"].iter().any(|name| name.eq_ignore_ascii_case(word));
    if opens_name
        && !may_be_name
        && let Some(title) = dutch_title(word)
    {
        return result.push_str(title);
    }
    let mut rest = word;
    // Titles may be glued to what follows: `Prof.Dr.Dorgelolaan`, `v.d.Boschstraat`.
    while let Some((full, length)) = dutch_opening(rest) {
        result.push_str(full);
        rest = &rest[length..];
        if rest.is_empty() {
            return;
        }
        result.push(' ');
    }
    let ending = if only_word && !has_dot && rest.len() < 5 { None } else { dutch_ending(rest) };
    push_ending(rest, ending, result);
}

/// A title or preposition at the start of a word, in full, and how long its abbreviation is.
fn dutch_opening(word: &str) -> Option<(&'static str, usize)> {
    const PREPOSITIONS: [(&str, &str); 5] = [
        ("v.d.", "van der"),
        ("v/d", "van der"),
        ("v.d", "van der"),
        ("vd", "van der"),
        ("v.", "van"),
    ];
    for (short, full) in PREPOSITIONS {
        let glues = short.ends_with('.');
        let is_here = match word.get(..short.len()) {
            Some(start) if start.eq_ignore_ascii_case(short) => glues || word.len() == short.len(),
            _ => false,
        };
        // `V.Gogh` may be an initial; `v. Goghstraat` and `v.d.Boschstraat` are not.
        let is_initial = short == "v." && word.len() > short.len();
        if is_here && !is_initial {
            return Some((full, short.len()));
        }
    }
    let dot = word.find('.')?;
    Some((dutch_title(&word[..dot])?, dot + 1))
}

fn dutch_title(short: &str) -> Option<&'static str> {
    let mut lower = [0; 8];
    let buffer = lower.get_mut(..short.len())?;
    buffer.copy_from_slice(short.as_bytes());
    buffer.make_ascii_lowercase();
    Some(match &*buffer {
        b"burg" | b"burgem" | b"burgm" | b"bgm" => "Burgemeester",
        b"prof" => "Professor",
        b"dr" => "Doctor",
        b"ir" => "Ingenieur",
        b"mr" => "Meester",
        b"ds" => "Dominee",
        b"gen" => "Generaal",
        b"pres" => "President",
        b"adm" => "Admiraal",
        b"min" => "Minister",
        b"past" => "Pastoor",
        b"kard" => "Kardinaal",
        b"mgr" => "Monseigneur",
        b"jhr" => "Jonkheer",
        b"ged" => "Gedempte",
        b"st" => "Sint",
        _ => return None,
    })
}

/// Where the stem of a Dutch street word ends, and its ending in full.
fn dutch_ending(word: &str) -> Option<(usize, &'static str)> {
    /// Ending, in full, and whether only a dot tells it from an ordinary ending.
    const ENDINGS: [(&str, &str, bool); 21] = [
        ("str", "straat", false),
        ("strt", "straat", false),
        ("pln", "plein", false),
        ("wg", "weg", false),
        ("sngl", "singel", false),
        ("sgl", "singel", false),
        ("kd", "kade", false),
        ("grcht", "gracht", false),
        ("dk", "dijk", false),
        ("prk", "park", false),
        ("stg", "steeg", false),
        ("mrkt", "markt", false),
        ("plnts", "plantsoen", false),
        ("plants", "plantsoen", true),
        ("plant", "plantsoen", true),
        ("blvd", "boulevard", false),
        ("ln", "laan", true),
        ("gr", "gracht", true),
        ("pl", "plein", true),
        ("hf", "hof", true),
        ("dr", "dreef", true),
    ];
    let alone = word.strip_suffix('.').unwrap_or(word);
    let has_dot = alone.len() < word.len();
    ending_of(alone, has_dot, &ENDINGS)
}

fn german_ending(word: &str, street: &'static str) -> Option<(usize, &'static str)> {
    let alone = word.strip_suffix('.').unwrap_or(word);
    let has_dot = alone.len() < word.len();
    // Capitals have no ß: outside Switzerland `HAUPTSTRASSE` is `Hauptstraße` again.
    let endings = [
        ("str", street, false),
        ("strasse", street, false),
        ("wg", "weg", false),
        ("pl", "platz", true),
    ];
    ending_of(alone, has_dot, &endings)
}

fn ending_of(
    alone: &str,
    has_dot: bool,
    endings: &[(&str, &'static str, bool)],
) -> Option<(usize, &'static str)> {
    endings.iter().find_map(|&(short, full, needs_dot)| {
        let stem = alone.len().checked_sub(short.len())?;
        let ends_so = alone.get(stem..)?.eq_ignore_ascii_case(short);
        (ends_so && (has_dot || !needs_dot)).then_some((stem, full))
    })
}

/// A Dutch word of a street's name, abbreviated as NEN 5825 does: without dots.
pub(super) fn short_word(word: &str) -> Option<String> {
    const WORDS: [(&str, &str); 24] = [
        ("van de", "vd"),
        ("van den", "vd"),
        ("van der", "vd"),
        ("van", "v"),
        ("Burgemeester", "Burg"),
        ("Professor", "Prof"),
        ("Doctor", "Dr"),
        ("Ingenieur", "Ir"),
        ("Meester", "Mr"),
        ("Dominee", "Ds"),
        ("Generaal", "Gen"),
        ("President", "Pres"),
        ("Admiraal", "Adm"),
        ("Minister", "Min"),
        ("Pastoor", "Past"),
        ("Kardinaal", "Kard"),
        ("Monseigneur", "Mgr"),
        ("Jonkheer", "Jhr"),
        ("Gedempte", "Ged"),
        ("Sint", "St"),
        ("Noord", "N"),
        ("Oost", "O"),
        ("Zuid", "Z"),
        ("West", "W"),
    ];
    const ENDINGS: [(&str, &str); 14] = [
        ("plantsoen", "plnts"),
        ("boulevard", "blvd"),
        ("straat", "str"),
        ("singel", "sngl"),
        ("gracht", "gr"),
        ("steeg", "stg"),
        ("plein", "pln"),
        ("dreef", "dr"),
        ("markt", "mrkt"),
        ("laan", "ln"),
        ("kade", "kd"),
        ("park", "prk"),
        ("dijk", "dk"),
        ("weg", "wg"),
    ];
    let whole = WORDS.iter().find(|(full, _)| full.eq_ignore_ascii_case(word));
    if let Some((_, short)) = whole {
        return Some((*short).to_owned());
    }
    ENDINGS.iter().find_map(|(full, short)| {
        let stem = word.len().checked_sub(full.len())?;
        let ends_so = word.get(stem..)?.eq_ignore_ascii_case(full);
        ends_so.then(|| match word.starts_with(char::is_uppercase) && stem == 0 {
            true => short[..1].to_uppercase() + &short[1..],
            false => format!("{}{short}", &word[..stem]),
        })
    })
}

fn french_first_word(short: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 8] = [
        ("av", "Avenue"),
        ("ave", "Avenue"),
        ("bd", "Boulevard"),
        ("bld", "Boulevard"),
        ("r", "Rue"),
        ("pl", "Place"),
        ("ch", "Chemin"),
        ("imp", "Impasse"),
    ];
    WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(short)).map(|&(_, full)| full)
}

/// The last word of an English street name in full; outside English only where nothing else is meant.
fn last_word(short: &str, spelling: Spelling) -> Option<&'static str> {
    const ANYWHERE: [(&str, &str); 9] = [
        ("st", "Street"),
        ("rd", "Road"),
        ("ave", "Avenue"),
        ("cres", "Crescent"),
        ("cct", "Circuit"),
        ("hwy", "Highway"),
        ("tce", "Terrace"),
        ("pde", "Parade"),
        ("gdns", "Gardens"),
    ];
    const ENGLISH: [(&str, &str); 9] = [
        ("dr", "Drive"),
        ("ln", "Lane"),
        ("ct", "Court"),
        ("pl", "Place"),
        ("sq", "Square"),
        ("cl", "Close"),
        ("gr", "Grove"),
        ("blvd", "Boulevard"),
        ("av", "Avenue"),
    ];
    if short.len() > 4 {
        return None;
    }
    let english = if spelling == Spelling::English { &ENGLISH[..] } else { &[] };
    let mut known = ANYWHERE.iter().chain(english);
    known.find(|(word, _)| word.eq_ignore_ascii_case(short)).map(|&(_, full)| full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spelling: Spelling, table: &str) {
        for line in table.lines().filter(|line| line.contains('|')) {
            let (given, expected) = line.split_once('|').expect("filtered");
            let result = expand(given.trim(), spelling);
            assert_eq!(result, expected.trim());
            assert_eq!(expand(&result, spelling), result);
        }
    }

    #[test]
    fn dutch() {
        check(
            Spelling::Dutch,
            "
            Dorpsstr.                   | Dorpsstraat
            Dorpsstr                    | Dorpsstraat
            Beethovenln.                | Beethovenlaan
            Lincoln                     | Lincoln
            Stationspln                 | Stationsplein
            Hoge wg                     | Hoge Weg
            Heren gr.                   | Heren Gracht
            Herengr.                    | Herengracht
            Singel                      | Singel
            Burg. van Reenenlaan        | Burgemeester van Reenenlaan
            Prof. Dr. Dorgelolaan       | Professor Doctor Dorgelolaan
            Prof.Dr.Dorgelolaan         | Professor Doctor Dorgelolaan
            v.d. Boschstraat            | van der Boschstraat
            v.d.Boschstraat             | van der Boschstraat
            Joan v/d Capellenstr        | Joan van der Capellenstraat
            St. Janssingel              | Sint Janssingel
            J.P.Coenstraat              | J.P.Coenstraat
            Burg van Reenenln.          | Burgemeester van Reenenlaan
            Dr Schaepmanlaan            | Doctor Schaepmanlaan
            Burgstraat                  | Burgstraat
            Oude Burg                   | Oude Burg
            Den Burg                    | Den Burg
            St Albans                   | St Albans
            Baker St                    | Baker Street
            De Wet                      | De Wet
            ",
        );
    }

    #[test]
    fn other_languages() {
        check(
            Spelling::German,
            "Hauptstr. | Hauptstraße\n Berliner Str. | Berliner Straße\n Marktpl. | Marktplatz",
        );
        check(Spelling::German, "Hauptstrasse | Hauptstraße\n Neue Strasse | Neue Straße");
        check(Spelling::Swiss, "Bahnhofstr. | Bahnhofstrasse\n Neue Strasse | Neue Strasse");
        check(
            Spelling::English,
            "Ocean Dr | Ocean Drive\n St Johns Rd | St Johns Road\n Dorpsstr | Dorpsstr",
        );
        check(
            Spelling::French,
            "Av. de la Gare | Avenue de la Gare\n bd Voltaire | Boulevard Voltaire",
        );
    }
}
