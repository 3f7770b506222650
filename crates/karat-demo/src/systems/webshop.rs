//! The web shop: JSON lines that customers filled in themselves, in a hurry, on a phone.
//!
//! The e-mail address is always there and mostly right. Everything else is free text; who forgets
//! the password orders as a guest and is a new customer.

use jiff::civil::Date;
use serde::Serialize;

use crate::dice::Dice;
use crate::ledger::{Ledger, utf8};
use crate::names::company::capitalised;
use crate::noise::{abbreviation, encoding, placeholder, sometimes, typo};
use crate::systems::visit::Visit;
use crate::systems::{CustomerNumbers, Scene, System};
use crate::truth::Entity;
use crate::world::calendar::{self, FIRST_RECORD, TODAY, iso};
use crate::world::company::Company;
use crate::world::person::{Facts, Person};
use crate::world::place::Address;

/// The web shop.
pub const SYSTEM: System =
    System { name: "webshop", file: "webshop.jsonl", opening: "", encode: utf8, record };

#[derive(Serialize)]
struct Customer {
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    created_at: String,
    updated_at: String,
    guest: bool,
    customer: Contact,
    billing: Delivery,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping: Option<Delivery>,
    newsletter: bool,
}

#[derive(Serialize)]
struct Contact {
    name: String,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthdate: Option<String>,
}

#[derive(Serialize)]
struct Delivery {
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    street: String,
    house_number: String,
    zip: String,
    city: String,
    country: &'static str,
}

fn record(scene: &Scene<'_>, dice: &mut Dice, numbers: &mut CustomerNumbers, ledger: &mut Ledger) {
    let people = &scene.neighbourhood.people;
    for (place, person) in people.iter().enumerate() {
        let employer = scene
            .neighbourhood
            .companies
            .iter()
            .find(|company| company.contacts.iter().any(|contact| contact.person == place));
        for _ in 0..times_recorded(person, dice) {
            let customer = shopper(person, employer, people, scene, dice);
            add(customer, Entity::Person(person.id), dice, numbers, ledger);
        }
    }
    if dice.per_mille(45) {
        let number = ledger.next_number();
        let line = junk(customer_id(number), dice).line();
        ledger.add_untrue(number, line);
    }
}

fn times_recorded(person: &Person, dice: &mut Dice) -> usize {
    let shops = dice.percent(match person.age(TODAY) {
        ..14 => 0,
        14..18 => 30,
        18..50 => 66,
        50..70 => 50,
        _ => 26,
    });
    if shops && !person.emails.is_empty() { 1 + dice.share([85, 13, 2]) } else { 0 }
}

fn shopper(
    person: &Person,
    employer: Option<&Company>,
    people: &[Person],
    scene: &Scene<'_>,
    dice: &mut Dice,
) -> Customer {
    let visit = Visit::by(person, dice);
    let facts = person.on(visit.updated);
    let email = person.on(visit.created).email.unwrap_or_default().to_owned();
    let company = employer.filter(|_| dice.percent(14));
    let billing_address = match company {
        Some(company) => &company.sites[0],
        None => &facts.home.address,
    };
    let sends_elsewhere = dice.percent(12);
    let shipping = match company {
        Some(_) if dice.percent(40) => Some(delivery(&facts.home.address, None, scene, dice)),
        _ if sends_elsewhere => {
            let host = dice.pick(people).on(visit.updated);
            Some(delivery(&host.home.address, None, scene, dice))
        }
        _ => None,
    };
    let created_at = timestamp(visit.created, dice);
    let never_came_back = visit.updated == visit.created;
    let updated_at =
        if never_came_back { created_at.clone() } else { timestamp(visit.updated, dice) };
    let mut customer = Customer {
        id: String::new(),
        created_at,
        updated_at,
        guest: dice.percent(26),
        customer: Contact {
            name: name_line(&facts, dice),
            email: email_field(email, dice),
            phone: phone_field(&facts, dice),
            birthdate: dice.percent(22).then(|| birth_date_field(person, dice)),
        },
        billing: delivery(
            billing_address,
            company.map(|company| company.name.as_str()),
            scene,
            dice,
        ),
        shipping,
        newsletter: dice.percent(38),
    };
    let went_through_an_old_program = dice.percent(9);
    if went_through_an_old_program {
        customer.customer.name = encoding::mojibake(&customer.customer.name);
        customer.billing.street = encoding::mojibake(&customer.billing.street);
    }
    customer
}

/// The name as one types it: `anna de vries`, `A. de Vries`, `DE VRIES`.
fn name_line(facts: &Facts<'_>, dice: &mut Dice) -> String {
    let person = facts.person;
    let family = match facts.second_family {
        // In daily life the second name is often left out.
        Some(_) if dice.percent(50) => facts.family.to_string(),
        _ => facts.family_line(),
    };
    let call = person.given.call;
    let initials = person.initials();
    let name = match dice.share([70, 9, 8, 4, 4, 3, 2]) {
        0 => format!("{call} {family}"),
        1 => format!("{} {family}", &initials[..initials.find('.').map_or(0, |end| end + 1)]),
        2 => format!("{initials} {family}"),
        3 => format!("{} {family}", person.given.official[0]),
        4 => format!("{call} {}", facts.family.name),
        5 => format!("{family} {call}"),
        _ => call.to_owned(),
    };
    let name = sometimes(32, name, typo::slip, dice);
    match dice.share([62, 20, 8, 10]) {
        0 => name,
        1 => name.to_lowercase(),
        2 => name.to_uppercase(),
        _ => name.split(' ').map(capitalised).collect::<Vec<_>>().join(" "),
    }
}

/// The day of birth, or the first that the form offers.
fn birth_date_field(person: &Person, dice: &mut Dice) -> String {
    let would_not_say = dice.percent(4);
    if would_not_say { "1900-01-01".into() } else { iso(person.born) }
}

fn email_field(email: String, dice: &mut Dice) -> String {
    match dice.share([940, 35, 10, 8, 7]) {
        1 => capitalised(&email),
        2 => email.replace("gmail", "gmial").replace("hotmail", "hotmial"),
        3 => typo::slip(&email, dice),
        4 => email.replace('@', "+winkel@"),
        _ => email,
    }
}

fn phone_field(facts: &Facts<'_>, dice: &mut Dice) -> Option<String> {
    let phone = facts.phone()?;
    match dice.share([80, 18, 2]) {
        0 => Some(sometimes(10, phone.written_freely(dice), typo::slip, dice)),
        1 => None,
        _ => Some(placeholder::phone(dice)),
    }
}

fn delivery(
    address: &Address,
    company: Option<&str>,
    scene: &Scene<'_>,
    dice: &mut Dice,
) -> Delivery {
    let street = sometimes(28, address.street.to_string(), typo::slip, dice);
    let street = sometimes(50, street, abbreviation::abbreviated, dice);
    let number = match dice.share([50, 35, 15]) {
        0 => address.number_line_closed(),
        1 => address.number_line(),
        _ => format!("{} {}", address.number, address.addition).trim().to_owned(),
    };
    let (street, house_number) = match dice.share([88, 12]) {
        0 => (street, number),
        _ => (format!("{street} {number}"), String::new()),
    };
    let remark = |line: &str, dice: &mut Dice| scene.remarks.added_to(line, dice);
    let letters = address.postcode.letters();
    let zip = match dice.share([52, 24, 16, 5, 3]) {
        0 => address.postcode.to_string(),
        1 => format!("{:#}", address.postcode),
        2 => address.postcode.to_string().to_lowercase(),
        3 => format!("{} {}", address.postcode.digits, letters.to_lowercase()),
        _ => address.postcode.digits.to_string(),
    };
    let city = sometimes(12, address.town.to_owned(), typo::slip, dice);
    let in_lower_case = dice.percent(18);
    Delivery {
        company: company.map(str::to_owned),
        street: sometimes(14, in_case(street, in_lower_case), remark, dice),
        house_number,
        zip,
        city: in_case(city, in_lower_case),
        country: "NL",
    }
}

fn in_case(text: String, lower: bool) -> String {
    if lower { text.to_lowercase() } else { text }
}

fn timestamp(day: Date, dice: &mut Dice) -> String {
    let (hour, minute, second) = (dice.between(6, 23), dice.below(60), dice.below(60));
    format!("{day}T{hour:02}:{minute:02}:{second:02}Z")
}

/// An order that somebody placed to try the shop.
fn junk(id: String, dice: &mut Dice) -> Customer {
    let tried_at = timestamp(calendar::between(FIRST_RECORD, TODAY, dice), dice);
    Customer {
        id,
        created_at: tried_at.clone(),
        updated_at: tried_at,
        guest: true,
        customer: Contact {
            name: "test test".into(),
            email: placeholder::email(dice),
            phone: Some(placeholder::phone(dice)),
            birthdate: None,
        },
        billing: Delivery {
            company: None,
            street: placeholder::word(dice),
            house_number: "1".into(),
            zip: "1234AB".into(),
            city: placeholder::word(dice),
            country: "NL",
        },
        shipping: None,
        newsletter: false,
    }
}

impl Customer {
    fn line(&self) -> String {
        let mut line =
            serde_json::to_string(self).expect("strings and booleans are always valid JSON");
        line.push('\n');
        line
    }
}

fn customer_id(number: u64) -> String {
    format!("WS-{:06}", 20_000 + number)
}

fn add(
    mut customer: Customer,
    entity: Entity,
    dice: &mut Dice,
    numbers: &mut CustomerNumbers,
    ledger: &mut Ledger,
) {
    let number = ledger.next_number();
    match dice.share([9982, 9, 9]) {
        1 => ledger.add_untrue(number, customer.line()),
        accident => {
            customer.id = customer_id(number);
            let line = customer.line();
            if accident == 2 {
                // The export broke off within a line.
                let half = line.floor_char_boundary(line.len() / 2);
                return ledger.add_untrue(number, format!("{}\n", &line[..half]));
            }
            numbers.learn(entity, &customer.id);
            ledger.add(number, customer.id, entity, line);
        }
    }
}
