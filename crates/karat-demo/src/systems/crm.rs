//! The CRM: persons, companies and contact persons, typed by clerks into separate fields.
//!
//! UTF-8, comma-separated. Knows partner names and dates of birth. Clerks abbreviate, forget,
//! now and then put a value into the wrong field, and make a second record without searching first.

use crate::dice::Dice;
use crate::ledger::{Ledger, utf8};
use crate::names::Gender;
use crate::names::family::FamilyName;
use crate::noise::dates::birth_date;
use crate::noise::{abbreviation, encoding, placeholder, sometimes, typo, unless_missing};
use crate::systems::delimited::Row;
use crate::systems::visit::Visit;
use crate::systems::{CustomerNumbers, Scene, System};
use crate::truth::Entity;
use crate::world::calendar::{FIRST_RECORD, TODAY, iso};
use crate::world::company::{Company, Contact};
use crate::world::person::{Facts, NameUse, Person};
use crate::world::phone::{Phone, PhoneStyle};
use crate::world::place::Address;

/// The CRM.
pub const SYSTEM: System = System {
    name: "crm",
    file: "crm.csv",
    opening: "id,type,voorletters,voornaam,tussenvoegsel,achternaam,partner_tussenvoegsel,\
              partner_achternaam,geslacht,geboortedatum,bedrijfsnaam,kvk,functie,straat,huisnummer,\
              toevoeging,postcode,plaats,land,telefoon,mobiel,email,gewijzigd_op\n",
    encode: utf8,
    record,
};

/// The fields of a record, in the order of the file, without the id.
#[derive(Clone, Debug, Default)]
struct Entry {
    kind: &'static str,
    initials: String,
    given: String,
    prefix: String,
    family: String,
    partner_prefix: String,
    partner_family: String,
    gender: &'static str,
    born: String,
    company: String,
    trade_register: String,
    position: String,
    street: String,
    number: String,
    addition: String,
    postcode: String,
    town: String,
    country: &'static str,
    phone: String,
    mobile: String,
    email: String,
    updated: String,
}

fn record(scene: &Scene<'_>, dice: &mut Dice, numbers: &mut CustomerNumbers, ledger: &mut Ledger) {
    for person in &scene.neighbourhood.people {
        for _ in 0..times_recorded(person, dice) {
            let entry = private_customer(person, dice);
            add(entry, Entity::Person(person.id), dice, numbers, ledger);
        }
    }
    for company in &scene.neighbourhood.companies {
        for site in 0..company.sites.len() {
            if dice.percent(if site == 0 { 76 } else { 35 }) {
                let again = dice.percent(7);
                for _ in 0..1 + u32::from(again) {
                    let entry = business_customer(company, site, dice);
                    add(entry, Entity::Company(company.id), dice, numbers, ledger);
                }
            }
        }
        for contact in &company.contacts {
            if dice.percent(72) {
                let person = &scene.neighbourhood.people[contact.person];
                let entry = contact_person(company, contact, person, dice);
                add(entry, Entity::Person(person.id), dice, numbers, ledger);
            }
        }
    }
    if dice.per_mille(40) {
        let number = ledger.next_number();
        let line = junk(dice).row(&customer_number(number));
        ledger.add_untrue(number, line);
    }
}

fn times_recorded(person: &Person, dice: &mut Dice) -> usize {
    let is_customer = dice.percent(match person.age(TODAY) {
        ..12 => 14,
        12..18 => 22,
        _ => 56,
    });
    if is_customer { 1 + dice.share([920, 70, 10]) } else { 0 }
}

fn private_customer(person: &Person, dice: &mut Dice) -> Entry {
    let visit = Visit::by(person, dice);
    let facts = person.on(visit.updated);
    // An e-mail address is asked once and seldom kept up.
    let email = if dice.percent(40) { person.on(visit.created).email } else { facts.email };
    let mut entry = Entry {
        kind: "Persoon",
        born: match dice.percent(83) {
            true => birth_date(person.born, 30, dice).to_string(),
            false => String::new(),
        },
        email: email_field(email, dice),
        updated: iso(visit.updated),
        ..Entry::default()
    };
    fill_in_name(&mut entry, &facts, dice);
    fill_in_address(&mut entry, &facts.home.address, dice);
    fill_in_phones(&mut entry, facts.home.landline, facts.mobile, dice);
    entry
}

fn business_customer(company: &Company, site: usize, dice: &mut Dice) -> Entry {
    let visit = Visit::between(FIRST_RECORD, TODAY, dice);
    let mut entry = Entry {
        kind: "Bedrijf",
        company: company_name(company, &visit, dice),
        trade_register: unless_missing(24, company.trade_register.clone(), dice),
        email: match dice.percent(62) {
            true => company.general_email(),
            false => String::new(),
        },
        updated: iso(visit.updated),
        ..Entry::default()
    };
    fill_in_address(&mut entry, &company.sites[site], dice);
    fill_in_phones(&mut entry, Some(company.phones[site]), None, dice);
    entry
}

fn contact_person(company: &Company, contact: &Contact, person: &Person, dice: &mut Dice) -> Entry {
    let visit = Visit::by(person, dice);
    let facts = person.on(visit.updated);
    let gives_private_email = dice.percent(25);
    let mut entry = Entry {
        kind: "Contactpersoon",
        company: company_name(company, &visit, dice),
        trade_register: unless_missing(60, company.trade_register.clone(), dice),
        position: unless_missing(12, contact.position.to_owned(), dice),
        born: match dice.percent(18) {
            true => birth_date(person.born, 30, dice).to_string(),
            false => String::new(),
        },
        email: match facts.email {
            Some(private) if gives_private_email => private.to_owned(),
            _ => contact.email.clone(),
        },
        updated: iso(visit.updated),
        ..Entry::default()
    };
    fill_in_name(&mut entry, &facts, dice);
    fill_in_address(&mut entry, &company.sites[0], dice);
    fill_in_phones(&mut entry, Some(company.phones[0]), facts.mobile, dice);
    entry
}

fn company_name(company: &Company, visit: &Visit, dice: &mut Dice) -> String {
    let spellings = company.form.spellings();
    let as_usual = dice.percent(50);
    let spelling = if as_usual { spellings[0] } else { dice.pick(spellings) };
    let name = sometimes(14, company.name_on(visit.updated).to_owned(), typo::slip, dice);
    company.form.attach(&name, spelling)
}

fn fill_in_name(entry: &mut Entry, facts: &Facts<'_>, dice: &mut Dice) {
    let person = facts.person;
    let initials = person.initials();
    let first_initial = || initials.split_inclusive('.').next().unwrap_or_default().to_owned();
    entry.initials = match dice.share([62, 22, 16]) {
        0 => initials.clone(),
        1 => first_initial(),
        _ => String::new(),
    };
    let given = match dice.share([74, 14, 12]) {
        0 => person.given.call.to_owned(),
        1 => person.given.official[0].to_owned(),
        _ => String::new(),
    };
    if entry.initials.is_empty() && given.is_empty() {
        entry.initials = first_initial();
    }
    entry.given = sometimes(14, given, typo::slip, dice);
    entry.gender = match (person.gender, dice.share([91, 7, 2])) {
        (_, 1) => "",
        (Gender::Male, 0) | (Gender::Female, 2) => "M",
        _ => "V",
    };
    match facts.second_family {
        Some(second) if dice.percent(45) => {
            entry.prefix = facts.family.prefix.to_owned();
            entry.family = format!("{}-{second}", facts.family.name);
        }
        Some(second) => fill_in_partner(entry, facts, second, dice),
        None => (entry.prefix, entry.family) = family_fields(facts.family, dice),
    }
    entry.family = sometimes(22, std::mem::take(&mut entry.family), typo::slip, dice);
    if !entry.given.is_empty() && dice.per_mille(6) {
        std::mem::swap(&mut entry.given, &mut entry.family);
    }
    if dice.per_mille(4) {
        entry.given = encoding::lost(&entry.given);
        entry.family = encoding::lost(&entry.family);
    }
}

/// The own name goes into the main fields, the partner's into those for the partner.
fn fill_in_partner(entry: &mut Entry, facts: &Facts<'_>, second: &FamilyName, dice: &mut Dice) {
    let partner_comes_first = facts
        .person
        .wedding
        .as_ref()
        .is_some_and(|wedding| wedding.name_use == NameUse::PartnerOwn);
    let (own, partner) =
        if partner_comes_first { (second, facts.family) } else { (facts.family, second) };
    (entry.prefix, entry.family) = family_fields(own, dice);
    entry.partner_prefix = partner.prefix.to_owned();
    entry.partner_family = partner.name.to_string();
}

fn family_fields(family: &FamilyName, dice: &mut Dice) -> (String, String) {
    let together = !family.prefix.is_empty() && dice.percent(5);
    if together {
        return (String::new(), family.to_string());
    }
    let abbreviated = family.prefix.starts_with("van de") && dice.percent(6);
    let prefix = if abbreviated { "v.d." } else { family.prefix };
    (prefix.to_owned(), family.name.to_string())
}

fn fill_in_address(entry: &mut Entry, address: &Address, dice: &mut Dice) {
    let is_missing = dice.percent(7);
    if is_missing {
        return;
    }
    let street = sometimes(20, address.street.to_string(), typo::slip, dice);
    entry.street = sometimes(45, street, abbreviation::abbreviated, dice);
    entry.number = address.number.to_string();
    entry.addition = unless_missing(12, address.addition.clone(), dice);
    let spaced = dice.percent(40);
    entry.postcode =
        if spaced { format!("{:#}", address.postcode) } else { address.postcode.to_string() };
    entry.town = sometimes(8, address.town.to_owned(), typo::slip, dice);
    entry.country = match dice.share([60, 25, 15]) {
        0 => "Nederland",
        1 => "NL",
        _ => "",
    };
    match dice.share([940, 20, 10, 6, 4, 20]) {
        0 => {}
        // The number went into the street.
        1 => {
            entry.street = format!("{} {}", entry.street, address.number_line());
            entry.number.clear();
            entry.addition.clear();
        }
        // The addition stayed with the number.
        2 => {
            entry.number = address.number_line();
            entry.addition.clear();
        }
        // The postcode went into the town.
        3 => {
            entry.town = format!("{} {}", entry.postcode, entry.town);
            entry.postcode.clear();
        }
        4 => entry.street = placeholder::word(dice),
        _ => entry.postcode.clear(),
    }
}

fn fill_in_phones(
    entry: &mut Entry,
    landline: Option<Phone>,
    mobile: Option<Phone>,
    dice: &mut Dice,
) {
    let written = |phone: Option<Phone>, dice: &mut Dice| match phone {
        Some(phone) if dice.percent(86) => match dice.share([45, 40, 15]) {
            0 => phone.written(PhoneStyle::Plain),
            1 => phone.written(PhoneStyle::Hyphen),
            _ => phone.written_freely(dice),
        },
        _ => String::new(),
    };
    entry.phone = written(landline, dice);
    entry.mobile = sometimes(8, written(mobile, dice), typo::slip, dice);
    let into_the_wrong_field = entry.phone.is_empty() && dice.percent(15);
    if into_the_wrong_field {
        std::mem::swap(&mut entry.phone, &mut entry.mobile);
    }
    if dice.per_mille(9) {
        entry.mobile = placeholder::phone(dice);
    }
}

fn email_field(email: Option<&str>, dice: &mut Dice) -> String {
    match email {
        _ if dice.per_mille(8) => placeholder::email(dice),
        Some(email) if dice.percent(82) => sometimes(14, email.to_owned(), typo::slip, dice),
        _ => String::new(),
    }
}

/// A record that somebody made to try the screen.
fn junk(dice: &mut Dice) -> Entry {
    Entry {
        kind: "Persoon",
        initials: "T.".into(),
        given: "test".into(),
        family: placeholder::word(dice),
        born: "1900-01-01".into(),
        postcode: "1234AB".into(),
        mobile: placeholder::phone(dice),
        email: placeholder::email(dice),
        updated: iso(TODAY),
        ..Entry::default()
    }
}

fn customer_number(number: u64) -> String {
    (100_001 + number).to_string()
}

/// Adds a record, which some accident may spoil.
fn add(
    entry: Entry,
    entity: Entity,
    dice: &mut Dice,
    numbers: &mut CustomerNumbers,
    ledger: &mut Ledger,
) {
    let number = ledger.next_number();
    let id = customer_number(number);
    match dice.share([9970, 10, 10, 10]) {
        1 => {
            // A comma without quotes: the row has a field too many and cannot be read.
            let remark = Entry { town: format!("{}, achterom", entry.town), ..entry };
            ledger.add_untrue(number, remark.row(&id).replace('"', ""));
        }
        2 => ledger.add_untrue(number, entry.row("")),
        accident => {
            numbers.learn(entity, &id);
            if accident == 3 {
                // Exported twice under one id: last year's state too.
                ledger
                    .add_untrue(number, Entry { mobile: String::new(), ..entry.clone() }.row(&id));
            }
            let line = entry.row(&id);
            ledger.add(number, id, entity, line);
        }
    }
}

impl Entry {
    fn row(&self, id: &str) -> String {
        Row::quoted(',')
            .field(id)
            .field(self.kind)
            .field(&self.initials)
            .field(&self.given)
            .field(&self.prefix)
            .field(&self.family)
            .field(&self.partner_prefix)
            .field(&self.partner_family)
            .field(self.gender)
            .field(&self.born)
            .field(&self.company)
            .field(&self.trade_register)
            .field(&self.position)
            .field(&self.street)
            .field(&self.number)
            .field(&self.addition)
            .field(&self.postcode)
            .field(&self.town)
            .field(self.country)
            .field(&self.phone)
            .field(&self.mobile)
            .field(&self.email)
            .field(&self.updated)
            .end("\n")
    }
}
