//! The city or town: `DEN HAAG` becomes `Den Haag`, `s gravenhage` becomes `'s-Gravenhage`.

use std::sync::OnceLock;

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use rustc_hash::FxHashSet;

use crate::clean::folded::folded;
use crate::clean::output::{Context, Output};

use super::capitals::place_capitals;
use super::{country, postcode_city};

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "city",
    "town",
    "plaats",
    "woonplaats",
    "stad",
    "place",
    "suburb",
    "ort",
    "stadt",
    "wohnort",
    "locality",
    "plaatsnaam",
    "woonplaatsnaam",
    "city_name",
    "municipality",
    "ville",
    "vestigingsplaats",
    "town_city",
    "village",
    "wplaats",
    "post_town",
    "ortsname",
];

/// Cities that are recognised by their content, folded: the largest of the countries around us.
const LARGE: &[&str] = &[
    "amsterdam",
    "rotterdam",
    "den haag",
    "s gravenhage",
    "utrecht",
    "eindhoven",
    "groningen",
    "tilburg",
    "almere",
    "breda",
    "nijmegen",
    "apeldoorn",
    "arnhem",
    "haarlem",
    "enschede",
    "amersfoort",
    "zaandam",
    "haarlemmermeer",
    "den bosch",
    "s hertogenbosch",
    "zwolle",
    "leiden",
    "zoetermeer",
    "leeuwarden",
    "maastricht",
    "dordrecht",
    "ede",
    "alphen aan den rijn",
    "alkmaar",
    "emmen",
    "delft",
    "venlo",
    "deventer",
    "sittard",
    "helmond",
    "oss",
    "amstelveen",
    "hilversum",
    "heerlen",
    "nieuwegein",
    "purmerend",
    "hoofddorp",
    "schiedam",
    "lelystad",
    "hoorn",
    "vlaardingen",
    "gouda",
    "spijkenisse",
    "assen",
    "bergen op zoom",
    "capelle aan den ijssel",
    "veenendaal",
    "katwijk",
    "zeist",
    "roosendaal",
    "roermond",
    "doetinchem",
    "middelburg",
    "den helder",
    "hoogeveen",
    "terneuzen",
    "woerden",
    "houten",
    "barneveld",
    "harderwijk",
    "kampen",
    "vlissingen",
    "ijmuiden",
    "wageningen",
    "culemborg",
    "antwerpen",
    "gent",
    "brugge",
    "brussel",
    "bruxelles",
    "leuven",
    "mechelen",
    "aalst",
    "kortrijk",
    "hasselt",
    "oostende",
    "genk",
    "liege",
    "luik",
    "namur",
    "namen",
    "charleroi",
    "berlin",
    "hamburg",
    "munchen",
    "koln",
    "frankfurt am main",
    "stuttgart",
    "dusseldorf",
    "dortmund",
    "essen",
    "leipzig",
    "bremen",
    "dresden",
    "hannover",
    "nurnberg",
    "duisburg",
    "bonn",
    "munster",
    "aachen",
    "london",
    "birmingham",
    "manchester",
    "glasgow",
    "liverpool",
    "leeds",
    "sheffield",
    "edinburgh",
    "bristol",
    "cardiff",
    "belfast",
    "leicester",
    "coventry",
    "nottingham",
    "newcastle",
    "sydney",
    "melbourne",
    "brisbane",
    "perth",
    "adelaide",
    "paris",
    "lyon",
    "marseille",
    "lille",
    "toulouse",
    "madrid",
    "barcelona",
    "roma",
    "milano",
    "wien",
    "zurich",
    "luxembourg",
    "dublin",
];

/// Dutch places whose name starts with `'s-`, by what follows, in small letters.
const WITH_GENITIVE: &[&str] = &[
    "gravenhage",
    "hertogenbosch",
    "gravenzande",
    "gravendeel",
    "graveland",
    "gravenpolder",
    "gravenmoer",
    "gravenvoeren",
    "heerenberg",
    "heerenhoek",
    "heerenbroek",
    "heer",
];

/// Whether a value is one of the larger cities around.
pub fn resembles(value: &str, _context: &Context) -> bool {
    is_known(value)
}

/// Claims the city; a postal code beside it is claimed too.
pub fn standardise(value: &str, context: &Context, out: &mut Output) {
    let has_digit = value.contains(|c: char| c.is_ascii_digit());
    if has_digit && postcode_city::parse(value, context).is_some() {
        return postcode_city::standardise(value, context, out);
    }
    match city(value) {
        Some(city) => out.claim(AttributeId::CITY, city, Validity::Valid),
        None => out.finding(FindingCode::NameNotUnderstood),
    }
}

/// Whether a text is one of the larger cities around.
pub(in crate::clean) fn is_known(text: &str) -> bool {
    static KNOWN: OnceLock<FxHashSet<&'static str>> = OnceLock::new();
    let longest = 24;
    let could_be = (3..=longest).contains(&text.len());
    could_be
        && KNOWN.get_or_init(|| LARGE.iter().copied().collect()).contains(folded(text).as_str())
}

/// The text without a country at its end, nor punctuation at either end.
pub(super) fn bare(text: &str) -> &str {
    let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.' | '-');
    let mut bare = text.trim_matches(is_end);
    while let Some(city) = before_country(bare) {
        bare = city.trim_matches(is_end);
    }
    bare
}

/// The city as people write it, if the text holds a name at all.
pub(in crate::clean) fn city(text: &str) -> Option<String> {
    let text = bare(text);
    if !text.contains(char::is_alphabetic) {
        return None;
    }
    let named = with_genitive(text).unwrap_or_else(|| place_capitals(text));
    Some(in_full(named))
}

/// What stands before `, Nederland` or `(NL)` at the end.
fn before_country(text: &str) -> Option<&str> {
    let (city, land) = text.rsplit_once([',', '('])?;
    let is_country = country::code(land.trim_end_matches(')')).is_some();
    (is_country && !city.trim().is_empty()).then_some(city)
}

/// `s-gravenhage`, `'S GRAVENHAGE` and `sGravenhage` are all `'s-Gravenhage`.
fn with_genitive(text: &str) -> Option<String> {
    let text = text.trim_start_matches(['\'', '’', '‘', '`', '´']);
    let name = text.strip_prefix(['s', 'S'])?;
    let name = name.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '\''));
    let is_one = WITH_GENITIVE.iter().any(|known| {
        let starts_so =
            name.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known));
        starts_so && !name[known.len()..].starts_with(char::is_alphanumeric)
    });
    is_one.then(|| format!("'s-{}", place_capitals(&name.to_lowercase())))
}

/// Writes `a/d` and `St.` in full.
fn in_full(city: String) -> String {
    let is_plain = !city.contains(['/', '.']);
    if is_plain {
        return city;
    }
    let mut result = String::with_capacity(city.len() + 8);
    let mut words = city.split(' ').peekable();
    while let Some(word) = words.next() {
        if !result.is_empty() {
            result.push(' ');
        }
        let is_on_a_river = ["a/d", "a.d."].iter().any(|short| short.eq_ignore_ascii_case(word));
        let saint = word.strip_prefix("St.").or_else(|| word.strip_prefix("st."));
        match (words.peek(), saint) {
            (Some(river), _) if is_on_a_river => {
                let is_masculine = matches!(*river, "Rijn" | "IJssel" | "rijn" | "ijssel");
                result.push_str(if is_masculine { "aan den" } else { "aan de" });
            }
            (Some(_), Some("")) => result.push_str("Sint"),
            (_, Some(name)) if name.starts_with(char::is_alphabetic) => {
                result.push_str("Sint ");
                result.push_str(name);
            }
            _ => result.push_str(word),
        }
    }
    place_capitals(&result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::output::check;
    use karat_model::hub_model::{Country, DateOrder};

    /// A number in the field was dropped, and nothing said so.
    #[test]
    fn a_number_is_no_city() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        check("6", standardise, &context, " !name_not_understood");
        check("Utrecht 6", standardise, &context, "Utrecht 6");
        check("1234 AB", standardise, &context, "1234 AB");
    }

    #[test]
    fn cities_as_people_write_them() {
        let table = "
            UTRECHT                     | Utrecht
            den haag                    | Den Haag
            DEN HAAG                    | Den Haag
            's-Gravenhage               | 's-Gravenhage
            'S-GRAVENHAGE               | 's-Gravenhage
            s gravenhage                | 's-Gravenhage
            sGravenhage                 | 's-Gravenhage
            ’s-Hertogenbosch            | 's-Hertogenbosch
            S-HERTOGENBOSCH             | 's-Hertogenbosch
            s-heer arendskerke          | 's-Heer Arendskerke
            ijmuiden                    | IJmuiden
            IJSSELSTEIN                 | IJsselstein
            capelle aan den ijssel      | Capelle aan den IJssel
            ALPHEN A/D RIJN             | Alphen aan den Rijn
            Koog a/d Zaan               | Koog aan de Zaan
            bergen op zoom              | Bergen op Zoom
            NOORD-SCHARWOUDE            | Noord-Scharwoude
            St. Michielsgestel          | Sint Michielsgestel
            Utrecht, Nederland          | Utrecht
            Utrecht (NL)                | Utrecht
            Frankfurt am Main           | Frankfurt am Main
            WINSTON HILLS               | Winston Hills
            southend-on-sea             | Southend-on-Sea
            Surhuisterveen              | Surhuisterveen
        ";
        for line in table.lines().filter(|line| line.contains('|')) {
            let (given, expected) = line.split_once('|').expect("filtered");
            let result = city(given).expect("a name");
            assert_eq!(result, expected.trim());
            assert_eq!(city(&result), Some(result.clone()));
        }
        assert_eq!(city("12"), None);
    }
}
