//! Towns, streets and addresses.
//!
//! The map is the same for every seed. A postcode (four digits and two letters) determines the
//! street, as it does in the Netherlands: three neighbouring letter pairs share a street, and each
//! has its own stretch of house numbers. So there is no list of streets to keep in memory.

use std::fmt;

use crate::dice::{Dice, scatter};
use crate::table::{Weighted, of_kind, rows, weight};

/// The letters that postcodes use.
const LETTERS: &[u8; 20] = b"ABCDEGHJKLMNPRSTVWXZ";
/// How many letter pairs each four digits have here.
const PAIRS: u32 = 160;
/// Letter pairs that the Dutch post never gave out.
const NEVER_USED: [&[u8; 2]; 3] = [b"SA", b"SD", b"SS"];
const PAIRS_PER_STREET: u32 = 3;
const NUMBERS_PER_PAIR: u32 = 60;

/// A town or village.
#[derive(Debug)]
pub struct Town {
    /// Its name: `'s-Hertogenbosch`.
    pub name: &'static str,
    /// The area code of its landlines: `073`.
    pub area_code: &'static str,
    /// The four digits of its postcodes.
    postcodes: Vec<u16>,
}

/// The name of a street, in two halves that are written as one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreetName(&'static str, &'static str);

impl fmt::Display for StreetName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0)?;
        out.write_str(self.1)
    }
}

/// Four digits and two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Postcode {
    /// The digits, from 1000.
    pub digits: u16,
    /// The letters.
    pub letters: [u8; 2],
}

impl Postcode {
    /// The letters as text.
    pub fn letters(&self) -> &str {
        std::str::from_utf8(&self.letters).expect("postcode letters are ASCII")
    }
}

/// `1234AB`; with `{:#}`: `1234 AB`.
impl fmt::Display for Postcode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if out.alternate() { " " } else { "" };
        write!(out, "{}{space}{}", self.digits, self.letters())
    }
}

/// Where somebody lives or a company has a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The street.
    pub street: StreetName,
    /// The house number.
    pub number: u16,
    /// What follows the number: `A`, `2`, `bis`; mostly nothing.
    pub addition: String,
    /// The postcode.
    pub postcode: Postcode,
    /// The town's name.
    pub town: &'static str,
    /// The area code of landlines.
    pub area_code: &'static str,
}

/// The map.
#[derive(Debug)]
pub struct Map {
    towns: Weighted<Town>,
    streets: Weighted<StreetName>,
    stems: Weighted<&'static str>,
    endings: Weighted<&'static str>,
}

impl Map {
    /// Reads the data folder.
    pub fn read() -> Map {
        let parts = |kind| of_kind(include_str!("../data/street_parts.tsv"), kind);
        Map {
            towns: Weighted::new(rows(include_str!("../data/towns.tsv")).map(|row| {
                let postcodes = row[3].split(',').flat_map(range).collect();
                (Town { name: row[0], area_code: row[2], postcodes }, weight(row[1]))
            })),
            streets: Weighted::new(
                rows(include_str!("../data/streets.tsv"))
                    .map(|row| (StreetName(row[0], ""), weight(row[1]))),
            ),
            stems: parts("stem"),
            endings: parts("ending"),
        }
    }

    /// A town, large ones more often.
    pub fn town(&self, dice: &mut Dice) -> &Town {
        self.towns.pick(dice)
    }

    /// An ordinary house somewhere in a town.
    pub fn house(&self, town: &Town, dice: &mut Dice) -> Address {
        let digits = *dice.pick(&town.postcodes);
        let pair = dice.below(PAIRS);
        let letters = letters(pair);
        let stretch = pair % PAIRS_PER_STREET * NUMBERS_PER_PAIR;
        let number = 1 + stretch + dice.below(NUMBERS_PER_PAIR);
        Address {
            street: self.street(digits, pair),
            number: number as u16,
            addition: addition(town.name, dice),
            postcode: Postcode { digits, letters },
            town: town.name,
            area_code: town.area_code,
        }
    }

    /// The street to which a postcode belongs.
    fn street(&self, digits: u16, pair: u32) -> StreetName {
        let street = u64::from(digits) * 1000 + u64::from(pair / PAIRS_PER_STREET);
        let chance = scatter(street);
        let part = |from: u32, end: u32| (((chance >> from) & 0xffff) as u32 * end) >> 16;
        let well_known = part(0, 100) < 62;
        if well_known {
            *self.streets.at((scatter(chance) % u64::from(self.streets.total())) as u32)
        } else {
            let stem = self.stems.at(part(16, self.stems.total()));
            StreetName(stem, self.endings.at(part(32, self.endings.total())))
        }
    }
}

impl Address {
    /// The house next door.
    pub fn next_door(&self) -> Address {
        let at_the_end = u32::from(self.number) % NUMBERS_PER_PAIR == 0
            || u32::from(self.number) % NUMBERS_PER_PAIR > NUMBERS_PER_PAIR - 2;
        let number = if at_the_end { self.number - 2 } else { self.number + 2 };
        Address { number, addition: String::new(), ..self.clone() }
    }

    /// The n-th home, from zero, of the block of flats at this number.
    pub fn flat(&self, n: usize) -> Address {
        Address { addition: (n + 1).to_string(), ..self.clone() }
    }

    /// The house number with its addition, the way towns write it: `12`, `12-2`, `12 A`, `12 bis`.
    pub fn number_line(&self) -> String {
        let separator = match self.addition.chars().next() {
            None => "",
            Some(first) if first.is_ascii_digit() => "-",
            Some(_) => " ",
        };
        format!("{}{separator}{}", self.number, self.addition)
    }

    /// The same without a space: `12`, `12-2`, `12A`.
    pub fn number_line_closed(&self) -> String {
        self.number_line().replacen(' ', "", 1)
    }
}

/// `1011-1013` or `1015`.
fn range(text: &'static str) -> std::ops::RangeInclusive<u16> {
    let digits = |text: &str| text.parse().expect("postcodes in the data folder are numbers");
    match text.split_once('-') {
        Some((first, last)) => digits(first)..=digits(last),
        None => digits(text)..=digits(text),
    }
}

fn letters(pair: u32) -> [u8; 2] {
    let letter = |number: u32| LETTERS[number as usize % LETTERS.len()];
    let letters = [letter(pair / LETTERS.len() as u32), letter(pair)];
    let given_out = !NEVER_USED.contains(&&letters);
    if given_out { letters } else { [letters[0], b'T'] }
}

fn addition(town: &str, dice: &mut Dice) -> String {
    let has_upper_flats =
        matches!(town, "Amsterdam" | "Rotterdam" | "Den Haag" | "Utrecht" | "Haarlem");
    if !dice.percent(if has_upper_flats { 40 } else { 9 }) {
        return String::new();
    }
    let usual: &[&str] = match town {
        "Amsterdam" => &["1", "2", "3", "H", "hs", "I", "II", "III", "A"],
        "Utrecht" => &["bis", "bis A", "A", "B"],
        "Rotterdam" => &["A", "B", "C", "A01", "B02", "1"],
        "Haarlem" => &["rd", "zw", "A"],
        _ => &["A", "A", "B", "C", "a", "1", "2"],
    };
    dice.pick(usual).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    #[test]
    fn a_postcode_determines_the_street_and_the_town() {
        let map = Map::read();
        let mut dice = Dice::new(1, Purpose::World, 0);
        let mut known = std::collections::BTreeMap::new();
        for _ in 0..50_000 {
            let town = map.town(&mut dice);
            let house = map.house(town, &mut dice);
            let place = (house.street.to_string(), house.town);
            let before = known.entry(house.postcode.to_string()).or_insert(place.clone());
            assert_eq!(*before, place, "{}", house.postcode);
            assert!(!["SA", "SD", "SS"].contains(&house.postcode.letters()));
        }
    }

    #[test]
    fn the_map_is_rich() {
        let map = Map::read();
        assert!(map.towns.items().len() > 200 && map.streets.items().len() >= 400);
        assert!(map.towns.items().iter().all(|town| matches!(town.area_code.len(), 3 | 4)));
    }

    #[test]
    fn additions_are_written_the_way_towns_do() {
        let map = Map::read();
        let mut dice = Dice::new(1, Purpose::World, 0);
        let house = map.house(map.town(&mut dice), &mut dice);
        let written = |addition: &str| {
            let house = Address { number: 12, addition: addition.into(), ..house.clone() };
            (house.number_line(), house.number_line_closed())
        };
        let both = |open: &str, closed: &str| (open.to_owned(), closed.to_owned());
        assert_eq!(written(""), both("12", "12"));
        assert_eq!(written("2"), both("12-2", "12-2"));
        assert_eq!(written("bis A"), both("12 bis A", "12bis A"));
    }
}
