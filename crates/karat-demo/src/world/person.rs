//! A person, and what is true of that person on a day.

use std::fmt::Write;

use jiff::civil::Date;

use super::calendar;
use super::numbers::BankAccount;
use super::phone::Phone;
use super::place::Address;
use crate::names::family::FamilyName;
use crate::names::given::GivenNames;
use crate::names::{Gender, Origin};

/// An invented person with a life.
#[derive(Clone, Debug)]
pub struct Person {
    /// The number in the truth.
    pub id: u64,
    /// Where the names come from.
    pub origin: Origin,
    /// The gender.
    pub gender: Gender,
    /// The given names.
    pub given: GivenNames,
    /// The family name of birth.
    pub family: FamilyName,
    /// The day of birth.
    pub born: Date,
    /// The day of death.
    pub died: Option<Date>,
    /// The marriage.
    pub wedding: Option<Wedding>,
    /// Where the person lived, oldest first; never empty.
    pub homes: Vec<Home>,
    /// Mobile phones, oldest first.
    pub mobiles: Vec<(Date, Phone)>,
    /// E-mail addresses, oldest first.
    pub emails: Vec<(Date, String)>,
    /// The bank account.
    pub account: BankAccount,
}

/// A marriage as it shows in a name.
#[derive(Clone, Debug)]
pub struct Wedding {
    /// The day.
    pub on: Date,
    /// The partner's family name.
    pub partner: FamilyName,
    /// How the names are used from then on.
    pub name_use: NameUse,
}

/// Which names a married person uses (naamgebruik).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameUse {
    /// The own name.
    Own,
    /// The partner's.
    Partner,
    /// The partner's, then the own: `Bakker-de Vries`.
    PartnerOwn,
    /// The own, then the partner's.
    OwnPartner,
}

/// A home and since when.
#[derive(Clone, Debug)]
pub struct Home {
    /// The first day.
    pub since: Date,
    /// The address.
    pub address: Address,
    /// The landline, shared by all who live there.
    pub landline: Option<Phone>,
}

/// What is true of a person on a day.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The person.
    pub person: &'a Person,
    /// The family name that comes first.
    pub family: &'a FamilyName,
    /// The family name behind the hyphen.
    pub second_family: Option<&'a FamilyName>,
    /// Where the person lives.
    pub home: &'a Home,
    /// The mobile phone.
    pub mobile: Option<Phone>,
    /// The e-mail address.
    pub email: Option<&'a str>,
}

impl Person {
    /// What is true on a day.
    pub fn on(&self, day: Date) -> Facts<'_> {
        let (family, second_family) = match &self.wedding {
            Some(wedding) if wedding.on <= day => match wedding.name_use {
                NameUse::Own => (&self.family, None),
                NameUse::Partner => (&wedding.partner, None),
                NameUse::PartnerOwn => (&wedding.partner, Some(&self.family)),
                NameUse::OwnPartner => (&self.family, Some(&wedding.partner)),
            },
            _ => (&self.family, None),
        };
        let home = self.homes.iter().rev().find(|home| home.since <= day);
        Facts {
            person: self,
            family,
            second_family,
            home: home.unwrap_or(&self.homes[0]),
            mobile: latest(&self.mobiles, day).copied(),
            email: latest(&self.emails, day).map(String::as_str),
        }
    }

    /// The initials of all official names: `J.P.M.`
    pub fn initials(&self) -> String {
        let mut initials = String::new();
        for name in &self.given.official {
            let first = name.chars().next().expect("names are not empty");
            write!(initials, "{first}.").expect("writing to a string cannot fail");
        }
        initials
    }

    /// The age on a day.
    pub fn age(&self, day: Date) -> i32 {
        calendar::age(self.born, day)
    }

    /// Whether the person is alive on a day.
    pub fn is_alive(&self, day: Date) -> bool {
        self.died.is_none_or(|died| day < died)
    }
}

impl Facts<'_> {
    /// Both family names as they are written: `Bakker-de Vries`.
    pub fn family_line(&self) -> String {
        match self.second_family {
            Some(second) => format!("{}-{second}", self.family),
            None => self.family.to_string(),
        }
    }

    /// The phone on which the person is best reached.
    pub fn phone(&self) -> Option<Phone> {
        self.mobile.or(self.home.landline)
    }
}

/// What was had on a day; before the first there was the first.
fn latest<T>(had: &[(Date, T)], day: Date) -> Option<&T> {
    let current = had.iter().rev().find(|(since, _)| *since <= day);
    current.or(had.first()).map(|(_, thing)| thing)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::dice::{Dice, Purpose};
    use crate::world::place::Map;

    fn bride() -> Person {
        let map = Map::read();
        let mut dice = Dice::new(1, Purpose::World, 0);
        let mut home = |since| {
            let address = map.house(map.town(&mut dice), &mut dice);
            Home { since, address, landline: None }
        };
        let family = |prefix, name: &'static str| FamilyName { prefix, name: name.into() };
        Person {
            id: 1,
            origin: Origin::Dutch,
            gender: Gender::Female,
            given: GivenNames { official: vec!["Johanna", "Maria"], call: "Joke" },
            family: family("de", "Vries"),
            born: date(1985, 5, 1),
            died: None,
            wedding: Some(Wedding {
                on: date(2020, 6, 1),
                partner: family("", "Bakker"),
                name_use: NameUse::PartnerOwn,
            }),
            homes: vec![home(date(2010, 1, 1)), home(date(2020, 1, 1))],
            mobiles: vec![],
            emails: vec![(date(2015, 1, 1), "old".into()), (date(2021, 1, 1), "new".into())],
            account: BankAccount::nth(1, 1, &mut dice),
        }
    }

    #[test]
    fn a_life_changes_what_is_true() {
        let person = bride();
        let told = |day| {
            let facts = person.on(day);
            let first_home = std::ptr::eq(facts.home, &person.homes[0]);
            (facts.family_line(), first_home, facts.email)
        };
        assert_eq!(told(date(2012, 1, 1)), ("de Vries".into(), true, Some("old")));
        assert_eq!(told(date(2020, 2, 1)), ("de Vries".into(), false, Some("old")));
        assert_eq!(told(date(2022, 1, 1)), ("Bakker-de Vries".into(), false, Some("new")));
        assert_eq!(person.initials(), "J.M.");
    }
}
