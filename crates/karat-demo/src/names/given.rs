//! Given names by origin, gender and generation; and what their bearers are called.

use std::collections::BTreeMap;

use super::{Gender, Origin};
use crate::dice::Dice;
use crate::table::{Weighted, rows, weight};

/// The last birth years of the generations that the table of names distinguishes.
const GENERATION_ENDS: [i16; 5] = [1944, 1959, 1974, 1989, 2004];
const GENERATIONS: usize = GENERATION_ENDS.len() + 1;

/// From this year on most children are simply called by their official name.
const PLAIN_NAMES_SINCE: i16 = 1978;

/// The official given names of a person, and the one used in daily life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenNames {
    /// The names in the register of births: `Johannes`, `Petrus`.
    pub official: Vec<&'static str>,
    /// The name that everybody uses (roepnaam): `Hans`.
    pub call: &'static str,
}

/// All given names and call names.
#[derive(Debug)]
pub struct GivenNameTable {
    /// Per origin, gender and generation.
    names: Vec<[Weighted<&'static str>; GENERATIONS]>,
    call_names: BTreeMap<(Gender, &'static str), Weighted<&'static str>>,
}

impl GivenNameTable {
    /// Reads the data folder.
    pub fn read() -> GivenNameTable {
        let file = include_str!("../data/given_names.tsv");
        let table = |origin: Origin, gender: Gender, generation: usize| {
            let letter = letter(gender);
            Weighted::new(
                rows(file)
                    .filter(|row| row[0] == origin.code() && row[1] == letter)
                    .map(|row| (row[2], weight(row[3 + generation]))),
            )
        };
        let mut names = Vec::new();
        for origin in Origin::ALL {
            for gender in [Gender::Female, Gender::Male] {
                names.push(std::array::from_fn(|generation| table(origin, gender, generation)));
            }
        }
        GivenNameTable { names, call_names: read_call_names() }
    }

    /// The names of a newborn.
    pub fn pick(&self, origin: Origin, gender: Gender, born: i16, dice: &mut Dice) -> GivenNames {
        let mut official = vec![self.one(origin, gender, born, dice)];
        let more = match born {
            ..1960 => dice.share([30, 45, 20, 5]),
            1960..1985 => dice.share([45, 38, 15, 2]),
            _ => dice.share([62, 28, 9, 1]),
        };
        let several_are_usual = !matches!(origin, Origin::Turkish | Origin::Moroccan);
        for _ in 0..if several_are_usual { more } else { 0 } {
            let name = self.one(origin, gender, born - 25, dice);
            if !official.contains(&name) {
                official.push(name);
            }
        }
        // Catholic boys often have Maria for their last name.
        if gender == Gender::Male && origin == Origin::Dutch && official.len() > 1 {
            let catholic = born < 1975 && dice.percent(15);
            if catholic {
                official.push("Maria");
            }
        }
        let call = self.call_name(gender, official[0], born, dice);
        GivenNames { official, call }
    }

    /// What somebody with this official name is called.
    pub fn call_name(
        &self,
        gender: Gender,
        official: &'static str,
        born: i16,
        dice: &mut Dice,
    ) -> &'static str {
        let as_registered = born >= PLAIN_NAMES_SINCE && dice.percent(55);
        match self.call_names.get(&(gender, official)) {
            Some(calls) if !as_registered => calls.pick(dice),
            _ => official,
        }
    }

    fn one(&self, origin: Origin, gender: Gender, born: i16, dice: &mut Dice) -> &'static str {
        let generation = GENERATION_ENDS.partition_point(|&end| end < born);
        self.names[origin as usize * 2 + gender as usize][generation].pick(dice)
    }
}

fn read_call_names() -> BTreeMap<(Gender, &'static str), Weighted<&'static str>> {
    let mut calls: BTreeMap<_, Vec<(&'static str, u32)>> = BTreeMap::new();
    for row in rows(include_str!("../data/call_names.tsv")) {
        let gender = if row[0] == letter(Gender::Female) { Gender::Female } else { Gender::Male };
        calls.entry((gender, row[1])).or_default().push((row[2], weight(row[3])));
    }
    calls.into_iter().map(|(official, calls)| (official, Weighted::new(calls))).collect()
}

fn letter(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "F",
        Gender::Male => "M",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    fn share_of(name: &str, gender: Gender, born: i16) -> u32 {
        let table = GivenNameTable::read();
        let mut dice = Dice::new(1, Purpose::World, 0);
        let bears = |_: &u32| table.one(Origin::Dutch, gender, born, &mut dice) == name;
        (0..10_000).filter(bears).count() as u32
    }

    #[test]
    fn names_belong_to_their_generation() {
        assert!(share_of("Johannes", Gender::Male, 1935) > 400);
        assert!(share_of("Johannes", Gender::Male, 2012) < 100);
        assert!(share_of("Tess", Gender::Female, 2012) > 60);
        assert!(share_of("Tess", Gender::Female, 1935) < 10);
    }

    #[test]
    fn a_johannes_is_called_jan_or_hans_or_otherwise() {
        let table = GivenNameTable::read();
        let mut dice = Dice::new(1, Purpose::World, 0);
        let mut calls: Vec<_> =
            (0..200).map(|_| table.call_name(Gender::Male, "Johannes", 1950, &mut dice)).collect();
        calls.sort_unstable();
        calls.dedup();
        assert!(calls.contains(&"Jan") && calls.contains(&"Hans"), "{calls:?}");
        assert_eq!(table.call_name(Gender::Male, "Sem", 2010, &mut dice), "Sem");
    }

    #[test]
    fn the_tables_are_rich() {
        let distinct = |gender: &str| {
            let mut names: Vec<_> = rows(include_str!("../data/given_names.tsv"))
                .filter(|row| row[1] == gender)
                .map(|row| row[2])
                .collect();
            names.sort_unstable();
            names.dedup();
            names.len()
        };
        assert!(distinct("F") >= 300 && distinct("M") >= 300);
    }
}
