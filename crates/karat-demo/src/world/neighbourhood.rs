//! A neighbourhood: some households of one town, and companies whose people live there.

use super::company::{Companies, Company};
use super::email::Mailboxes;
use super::household::{Households, Relative, Wishes};
use super::person::Person;
use super::place::{Map, Town};
use crate::dice::{Dice, Purpose};
use crate::names::Gender;
use crate::names::company::CompanyNameTable;
use crate::names::family::FamilyNameTable;
use crate::names::given::GivenNameTable;

/// How many people a neighbourhood has at least.
const PEOPLE: usize = 24;
/// How many companies there are for a hundred people.
const COMPANIES_PERCENT: u64 = 8;

/// People and companies that know each other.
#[derive(Debug)]
pub struct Neighbourhood {
    /// Its number, from zero.
    pub number: u64,
    /// The people, household after household.
    pub people: Vec<Person>,
    /// The companies.
    pub companies: Vec<Company>,
}

/// All tables of which the world is made.
#[derive(Debug)]
pub struct Tables {
    /// Given names.
    pub given: GivenNameTable,
    /// Family names.
    pub families: FamilyNameTable,
    /// Company names.
    pub company_names: CompanyNameTable,
    /// The map.
    pub map: Map,
}

impl Tables {
    /// Reads the data folder.
    pub fn read() -> Tables {
        Tables {
            given: GivenNameTable::read(),
            families: FamilyNameTable::read(),
            company_names: CompanyNameTable::read(),
            map: Map::read(),
        }
    }
}

/// Invents one neighbourhood after the other until there are enough people.
#[derive(Debug)]
pub struct Neighbourhoods<'a> {
    tables: &'a Tables,
    seed: u64,
    mailboxes: Mailboxes,
    people_wanted: u64,
    people: u64,
    companies: u64,
    number: u64,
}

impl<'a> Neighbourhoods<'a> {
    /// A world of so many people.
    pub fn new(tables: &'a Tables, seed: u64, people_wanted: u64) -> Neighbourhoods<'a> {
        let mailboxes = Mailboxes::new();
        Neighbourhoods {
            tables,
            seed,
            mailboxes,
            people_wanted,
            people: 0,
            companies: 0,
            number: 0,
        }
    }

    fn people(&mut self, town: &Town, dice: &mut Dice) -> Vec<Person> {
        let mut people = Vec::new();
        let mut households = Households {
            given: &self.tables.given,
            families: &self.tables.families,
            map: &self.tables.map,
            mailboxes: &mut self.mailboxes,
            seed: self.seed,
            next_id: self.people + 1,
        };
        if dice.percent(9) {
            block_of_flats(&mut households, town, &mut people, dice);
        }
        while people.len() < PEOPLE {
            let first = people.len();
            households.invent(town, Wishes::default(), &mut people, dice);
            let next_door = match dice.per_mille(25) {
                true => Some(relatives_next_door(&people[first], dice)),
                false => dice.percent(6).then(|| strangers_next_door(&people[first])),
            };
            if let Some(wishes) = next_door {
                households.invent(town, wishes, &mut people, dice);
            }
        }
        people
    }
}

impl Iterator for Neighbourhoods<'_> {
    type Item = Neighbourhood;

    fn next(&mut self) -> Option<Neighbourhood> {
        if self.people >= self.people_wanted {
            return None;
        }
        let number = self.number;
        let mut dice = Dice::new(self.seed, Purpose::World, number);
        let town = self.tables.map.town(&mut dice);
        let mut people = self.people(town, &mut dice);
        people.truncate((self.people_wanted - self.people) as usize);
        self.people += people.len() as u64;
        self.number += 1;
        let mut companies = Vec::new();
        while self.companies < self.people * COMPANIES_PERCENT / 100 {
            self.companies += 1;
            let mut registry = Companies {
                names: &self.tables.company_names,
                families: &self.tables.families,
                map: &self.tables.map,
                mailboxes: &mut self.mailboxes,
                seed: self.seed,
            };
            companies.push(registry.invent(self.companies, town, &people, &mut dice));
        }
        Some(Neighbourhood { number, people, companies })
    }
}

fn block_of_flats(
    households: &mut Households<'_>,
    town: &Town,
    people: &mut Vec<Person>,
    dice: &mut Dice,
) {
    let entrance = households.map.house(town, dice);
    let old = dice.percent(25);
    let flats = dice.between(6, 14) as usize;
    let mut floor_plan: Vec<usize> = (0..40).collect();
    for _ in 0..flats {
        let flat = floor_plan.swap_remove(dice.below(floor_plan.len() as u32) as usize);
        let address = Some(entrance.flat(flat));
        households.invent(town, Wishes { address, old, relative: None }, people, dice);
    }
}

fn relatives_next_door(person: &Person, dice: &mut Dice) -> Wishes {
    let named_alike = person.gender == Gender::Male && dice.percent(50);
    let home = person.homes.last().expect("everybody lives somewhere");
    Wishes {
        address: Some(home.address.next_door()),
        relative: Some(Relative {
            family: person.family.clone(),
            origin: person.origin,
            given: named_alike.then(|| person.given.official[0]),
        }),
        old: false,
    }
}

fn strangers_next_door(person: &Person) -> Wishes {
    let home = person.homes.last().expect("everybody lives somewhere");
    Wishes { address: Some(home.address.next_door()), relative: None, old: false }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::world::calendar::TODAY;

    fn world(people: u64) -> Vec<Neighbourhood> {
        Neighbourhoods::new(&Tables::read(), 1, people).collect()
    }

    #[test]
    fn a_larger_world_begins_with_the_smaller() {
        let small = world(500);
        let large = world(2000);
        let names = |world: &[Neighbourhood]| -> Vec<String> {
            let people = world.iter().flat_map(|part| &part.people);
            people.map(|person| format!("{} {}", person.given.call, person.family)).collect()
        };
        let (small, large) = (names(&small), names(&large));
        assert_eq!((small.len(), large.len()), (500, 2000));
        assert_eq!(small[..], large[..500]);
    }

    #[test]
    fn numbers_of_people_and_companies_are_given_out_once() {
        let world = world(3000);
        let ids: Vec<u64> = world.iter().flat_map(|part| &part.people).map(|p| p.id).collect();
        assert_eq!(ids, (1..=3000).collect::<Vec<_>>());
        let companies = world.iter().map(|part| part.companies.len()).sum::<usize>();
        assert_eq!(companies, 240);
    }

    #[test]
    fn life_is_varied() {
        let world = world(20_000);
        let people: Vec<&Person> = world.iter().flat_map(|part| &part.people).collect();
        let share = |is: &dyn Fn(&Person) -> bool| {
            people.iter().filter(|person| is(person)).count() * 1000 / people.len()
        };
        let between = |low, value, high: usize| assert!((low..high).contains(&value), "{value}");
        between(120, share(&|person| person.age(TODAY) < 18), 260);
        between(150, share(&|person| person.age(TODAY) >= 65), 290);
        between(400, share(&|person| person.homes.len() > 1), 800);
        // 0.5 % in reality.
        between(4, share(&|person| person.family.to_string() == "de Jong"), 8);

        let same_initial = |a: &Person, b: &Person| {
            let initial = |person: &Person| person.given.official[0].chars().next();
            initial(a) == initial(b) && a.family == b.family
        };
        let pairs = || people.windows(2).map(|pair| (pair[0], pair[1]));
        let at = |person: &Person| person.homes.last().unwrap().address.clone();
        let alike_next_door =
            pairs().filter(|(a, b)| same_initial(a, b) && at(a).next_door() == at(b)).count();
        assert!(alike_next_door > 3, "{alike_next_door}");
        let alike_at_home = pairs()
            .filter(|(a, b)| same_initial(a, b) && at(a) == at(b) && a.gender == b.gender)
            .count();
        between(50, alike_at_home, 1500);
        let shared_emails = pairs()
            .filter(|(a, b)| a.emails.first().is_some_and(|email| Some(email) == b.emails.first()));
        between(300, shared_emails.count(), 3000);

        let mut by_home_and_birth = BTreeMap::new();
        for person in &people {
            let home = &person.homes.last().unwrap().address;
            let key = (home.postcode.to_string(), home.number_line(), person.born);
            *by_home_and_birth.entry(key).or_insert(0) += 1;
        }
        let twins = by_home_and_birth.values().filter(|&&count| count > 1).count();
        between(20, twins, 120);
    }
}
