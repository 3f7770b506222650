//! A company, its branches, and the people one talks to there.

use jiff::civil::{Date, date};

use super::calendar::{self, TODAY};
use super::email::{self, Mailboxes};
use super::numbers::{self, BankAccount};
use super::person::Person;
use super::phone::Phone;
use super::place::{Address, Map, Town};
use crate::dice::Dice;
use crate::names::Origin;
use crate::names::company::{CompanyNameTable, LegalForm};
use crate::names::family::FamilyNameTable;

/// No company has so many sites.
const SITES_MAX: u64 = 40;

/// An invented company.
#[derive(Clone, Debug)]
pub struct Company {
    /// The number in the truth.
    pub id: u64,
    /// The name without the legal form.
    pub name: String,
    /// The legal form.
    pub form: LegalForm,
    /// The name until this day.
    pub former_name: Option<(Date, String)>,
    /// The number in the trade register.
    pub trade_register: String,
    /// The VAT id.
    pub vat_id: String,
    /// The bank account.
    pub account: BankAccount,
    /// The head office, then the branches; never empty.
    pub sites: Vec<Address>,
    /// The phone number of each site.
    pub phones: Vec<Phone>,
    /// The internet domain: `jansenbouw.nl`.
    pub domain: String,
    /// Whom one talks to there.
    pub contacts: Vec<Contact>,
}

/// A person in a position at a company.
#[derive(Clone, Debug)]
pub struct Contact {
    /// The place of the person among those of the neighbourhood.
    pub person: usize,
    /// What the person does there: `Inkoper`.
    pub position: &'static str,
    /// The business e-mail address.
    pub email: String,
}

impl Company {
    /// The name on a day, without the legal form.
    pub fn name_on(&self, day: Date) -> &str {
        match &self.former_name {
            Some((until, former)) if day < *until => former,
            _ => &self.name,
        }
    }

    /// The address for mail from customers.
    pub fn general_email(&self) -> String {
        format!("info@{}", self.domain)
    }
}

/// What companies are made of.
#[derive(Debug)]
pub struct Companies<'a> {
    /// Company names.
    pub names: &'a CompanyNameTable,
    /// Family names, for owners who live elsewhere.
    pub families: &'a FamilyNameTable,
    /// The map.
    pub map: &'a Map,
    /// The e-mail addresses and domains.
    pub mailboxes: &'a mut Mailboxes,
    /// The seed of the world.
    pub seed: u64,
}

impl Companies<'_> {
    /// Invents a company in a town where some of these people work.
    pub fn invent(&mut self, id: u64, town: &Town, people: &[Person], dice: &mut Dice) -> Company {
        let staff = staff(people, dice);
        let owner = match staff.first() {
            Some(&number) => people[number].family.clone(),
            None => self.families.pick(Origin::Dutch, dice),
        };
        let (name, form) = self.names.pick(&owner, town.name, dice);
        let was_renamed = dice.percent(8);
        let former_name = was_renamed.then(|| {
            let until = calendar::between(date(2014, 1, 1), date(2024, 12, 31), dice);
            (until, self.names.pick(&owner, town.name, dice).0)
        });
        let sites = self.sites(town, form, dice);
        // Companies draw from other numbers than people do.
        let seed = !self.seed;
        let phone = |(place, site): (u64, &Address)| {
            Phone::landline(site.area_code, id * SITES_MAX + place, seed)
        };
        let phones = (0..).zip(&sites).map(phone).collect();
        let domain = self.mailboxes.domain(&name, town.name, dice);
        let contacts = self.contacts(&staff, people, form, &domain, dice);
        Company {
            id,
            former_name: former_name.filter(|(_, former)| *former != name),
            name,
            form,
            trade_register: numbers::trade_register(id, seed),
            vat_id: numbers::vat_id(id, seed, form),
            account: BankAccount::nth(id, seed, dice),
            sites,
            phones,
            domain,
            contacts,
        }
    }

    fn contacts(
        &self,
        staff: &[usize],
        people: &[Person],
        form: LegalForm,
        domain: &str,
        dice: &mut Dice,
    ) -> Vec<Contact> {
        let mut contacts = Vec::new();
        for (rank, &person) in staff.iter().enumerate() {
            let is_owner = rank == 0 && form == LegalForm::SoleTrader;
            let position = if is_owner { "Eigenaar" } else { self.names.position(dice) };
            let email = business_email(&people[person], domain, dice);
            contacts.push(Contact { person, position, email });
        }
        contacts
    }

    /// The head office and, for some, branches; a few are chains.
    fn sites(&self, town: &Town, form: LegalForm, dice: &mut Dice) -> Vec<Address> {
        let may_be_a_chain = matches!(form, LegalForm::Bv | LegalForm::Nv);
        let branches = match dice.share([820, 120, 50, 10]) {
            1 => dice.between(1, 2),
            2 if may_be_a_chain => dice.between(2, 6),
            3 if may_be_a_chain => dice.between(7, 30),
            _ => 0,
        };
        let mut sites = vec![self.map.house(town, dice)];
        for _ in 0..branches {
            let elsewhere = dice.percent(75);
            let town = if elsewhere { self.map.town(dice) } else { town };
            sites.push(self.map.house(town, dice));
        }
        sites
    }
}

/// The places of those who work for a company, one to four, among the people around it.
fn staff(people: &[Person], dice: &mut Dice) -> Vec<usize> {
    let works = |&number: &usize| (20..68).contains(&people[number].age(TODAY));
    let mut candidates: Vec<usize> = (0..people.len()).filter(works).collect();
    let count = (1 + dice.share([55, 28, 12, 5])).min(candidates.len());
    (0..count)
        .map(|_| candidates.swap_remove(dice.below(candidates.len() as u32) as usize))
        .collect()
}

fn business_email(person: &Person, domain: &str, dice: &mut Dice) -> String {
    let family = email::letters(&person.on(TODAY).family.to_string());
    let call = email::letters(person.given.call);
    let initial = &call[..call.len().min(1)];
    let local = match dice.share([50, 30, 20]) {
        0 => format!("{initial}.{family}"),
        1 => call.clone(),
        _ => format!("{call}.{family}"),
    };
    format!("{local}@{domain}")
}
