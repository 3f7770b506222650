//! Family names: the known ones as frequent as they are, and a long tail of rare ones.
//!
//! Three in five Dutch people bear a name outside the thousand most frequent. Such names are
//! composed the way they came about:
//!
//! ```text
//! stem + ending           Oosterhuizen, Kloosterman, Hagendijk
//! van + place             van Westerbroek, van den Eikenhof
//! van der + feature       van der Voorde, van den Wijngaard
//! father + ending         Lammertsma, Wiebinga, Govertsen
//! ter + place             ter Molenbeek
//! farm + stem + ending    Groot Koerkamp
//! ```
//!
//! Some are then spelled the old way: *Oosterhuysen*, *Hagendyk*.

use std::borrow::Cow;
use std::fmt;

use super::{Gender, Origin};
use crate::dice::Dice;
use crate::table::{Weighted, of_kind, rows, weight};

/// How many in a hundred Dutch people bear a name from the table of frequent names.
const FREQUENT_PERCENT: u32 = 40;

/// A family name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyName {
    /// What stands before it and does not count in sorting (tussenvoegsel), in lower case.
    pub prefix: &'static str,
    /// The name proper.
    pub name: Cow<'static, str>,
}

impl FamilyName {
    /// The name as a woman bears it: Kowalski's daughter is Kowalska.
    pub fn borne_by(&self, gender: Gender, origin: Origin) -> FamilyName {
        match self.name.strip_suffix("ski") {
            Some(stem) if origin == Origin::Polish && gender == Gender::Female => {
                FamilyName { prefix: self.prefix, name: format!("{stem}ska").into() }
            }
            _ => self.clone(),
        }
    }
}

/// `van den Berg`, `Jansen`.
impl fmt::Display for FamilyName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.prefix.is_empty() {
            out.write_str(self.prefix)?;
            out.write_str(" ")?;
        }
        out.write_str(&self.name)
    }
}

/// All family names.
#[derive(Debug)]
pub struct FamilyNameTable {
    /// Per origin.
    frequent: Vec<Weighted<FamilyName>>,
    parts: Parts,
}

#[derive(Debug)]
struct Parts {
    stem: Weighted<&'static str>,
    person_ending: Weighted<&'static str>,
    place_ending: Weighted<&'static str>,
    father: Weighted<&'static str>,
    father_ending: Weighted<&'static str>,
    feature_de: Weighted<&'static str>,
    feature_der: Weighted<&'static str>,
    feature_den: Weighted<&'static str>,
    farm: Weighted<&'static str>,
}

impl FamilyNameTable {
    /// Reads the data folder.
    pub fn read() -> FamilyNameTable {
        let frequent = |origin: Origin| {
            Weighted::new(
                rows(include_str!("../data/family_names.tsv"))
                    .filter(|row| row[0] == origin.code())
                    .map(|row| {
                        let prefix = if row[1] == "-" { "" } else { row[1] };
                        (FamilyName { prefix, name: row[2].into() }, weight(row[3]))
                    }),
            )
        };
        let parts = |kind| of_kind(include_str!("../data/family_name_parts.tsv"), kind);
        FamilyNameTable {
            frequent: Origin::ALL.map(frequent).into(),
            parts: Parts {
                stem: parts("stem"),
                person_ending: parts("person_ending"),
                place_ending: parts("place_ending"),
                father: parts("father"),
                father_ending: parts("father_ending"),
                feature_de: parts("noun_de"),
                feature_der: parts("noun_der"),
                feature_den: parts("noun_den"),
                farm: parts("farm"),
            },
        }
    }

    /// The name of a family.
    pub fn pick(&self, origin: Origin, dice: &mut Dice) -> FamilyName {
        if origin == Origin::Dutch && !dice.percent(FREQUENT_PERCENT) {
            return self.parts.compose(dice);
        }
        self.frequent[origin as usize].pick(dice).clone()
    }
}

impl Parts {
    fn compose(&self, dice: &mut Dice) -> FamilyName {
        let (prefix, name) = match dice.share([36, 14, 14, 13, 4, 3, 3, 2, 2, 2, 3, 4]) {
            0 => ("", self.joined(&self.person_ending, dice)),
            1 => ("", self.joined(&self.place_ending, dice)),
            2 => ("", join(self.father.pick(dice), self.father_ending.pick(dice))),
            3 => ("van", self.joined(&self.place_ending, dice)),
            4 => ("van den", self.joined(&self.place_ending, dice)),
            5 => ("van de", self.joined(&self.place_ending, dice)),
            6 => ("van der", self.joined(&self.place_ending, dice)),
            7 => ("van de", self.feature_de.pick(dice).to_string()),
            8 => ("van der", self.feature_der.pick(dice).to_string()),
            9 => ("van den", self.feature_den.pick(dice).to_string()),
            10 => (*dice.pick(&["ter", "ten", "te"]), self.joined(&self.place_ending, dice)),
            _ => {
                ("", format!("{} {}", self.farm.pick(dice), self.joined(&self.place_ending, dice)))
            }
        };
        let name = if dice.percent(14) { spelled_the_old_way(name, dice) } else { name };
        FamilyName { prefix, name: name.into() }
    }

    fn joined(&self, endings: &Weighted<&'static str>, dice: &mut Dice) -> String {
        loop {
            let (stem, ending) = (self.stem.pick(dice), endings.pick(dice));
            let says_it_twice = stem.to_lowercase().starts_with(&ending[..3.min(ending.len())]);
            if !says_it_twice {
                return join(stem, ending);
            }
        }
    }
}

/// Stem and ending in one word: `Zwane` + `ers` is `Zwaners`.
fn join(stem: &str, ending: &str) -> String {
    let vowels_meet = stem.ends_with('e') && ending.starts_with(['a', 'e', 'i', 'o', 'u']);
    let stem = if vowels_meet { &stem[..stem.len() - 1] } else { stem };
    format!("{stem}{ending}")
}

/// Pairs of the usual and an older spelling.
const OLD_SPELLINGS: [(&str, &str); 12] = [
    ("ij", "y"),
    ("ui", "uy"),
    ("oek", "oeck"),
    ("aa", "ae"),
    ("berg", "bergh"),
    ("ks", "x"),
    ("ei", "ey"),
    ("kk", "ck"),
    ("hof", "hoff"),
    ("rg", "rgh"),
    ("oo", "o"),
    ("s", "sz"),
];

fn spelled_the_old_way(name: String, dice: &mut Dice) -> String {
    let first = dice.below(OLD_SPELLINGS.len() as u32) as usize;
    for step in 0..OLD_SPELLINGS.len() {
        let (usual, old) = OLD_SPELLINGS[(first + step) % OLD_SPELLINGS.len()];
        let only_at_the_end = usual == "s";
        if only_at_the_end && name.ends_with(usual) {
            return format!("{name}z");
        }
        if !only_at_the_end && name.contains(usual) {
            return name.replacen(usual, old, 1);
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::dice::Purpose;

    fn draw(count: usize) -> BTreeMap<String, usize> {
        let table = FamilyNameTable::read();
        let mut dice = Dice::new(1, Purpose::World, 0);
        let mut seen = BTreeMap::new();
        for _ in 0..count {
            *seen.entry(table.pick(Origin::Dutch, &mut dice).to_string()).or_default() += 1;
        }
        seen
    }

    #[test]
    fn de_jong_is_the_most_frequent_and_rare_names_are_many() {
        let seen = draw(200_000);
        let (most, count) = seen.iter().max_by_key(|&(_, count)| count).unwrap();
        assert_eq!(most, "de Jong");
        // In 2007 de Jong had 83,780 bearers among some 16 million people.
        assert!((900..1600).contains(count), "{count}");
        assert!(seen.len() > 25_000, "{}", seen.len());
    }

    #[test]
    fn polish_daughters_have_names_of_their_own() {
        let borne = |name: &'static str, origin| {
            FamilyName { prefix: "", name: name.into() }
                .borne_by(Gender::Female, origin)
                .to_string()
        };
        assert_eq!(borne("Kowalski", Origin::Polish), "Kowalska");
        assert_eq!(borne("Nowak", Origin::Polish), "Nowak");
        assert_eq!(borne("Kowalski", Origin::Dutch), "Kowalski");
    }

    #[test]
    fn stems_and_endings_join() {
        assert_eq!(join("Zwane", "ers"), "Zwaners");
        assert_eq!(join("Ooster", "huizen"), "Oosterhuizen");
    }
}
