//! The service desk: tickets about callers whose names were heard, not read.
//!
//! UTF-8, bars between the fields. Half of what one would like to know was never asked, but callers
//! often quote a customer number of another system.

use crate::dice::Dice;
use crate::ledger::{Ledger, utf8};
use crate::names::Gender;
use crate::noise::{phonetic, placeholder, sometimes, typo};
use crate::systems::delimited::Row;
use crate::systems::visit::Visit;
use crate::systems::{CustomerNumbers, Scene, System};
use crate::truth::Entity;
use crate::world::calendar::{self, FIRST_RECORD, TODAY, iso};
use crate::world::company::Company;
use crate::world::person::{Facts, Person};
use crate::world::place::Address;

/// The service desk.
pub const SYSTEM: System = System {
    name: "servicedesk",
    file: "servicedesk.csv",
    opening: "ticket|datum|beller|telefoon|email|postcode|huisnummer|klantnummer|onderwerp\n",
    encode: utf8,
    record,
};

#[derive(Clone, Debug, Default)]
struct Ticket {
    date: String,
    caller: String,
    phone: String,
    email: String,
    postcode: String,
    number: String,
    customer_number: String,
}

fn record(scene: &Scene<'_>, dice: &mut Dice, numbers: &mut CustomerNumbers, ledger: &mut Ledger) {
    for person in &scene.neighbourhood.people {
        let calls = person.age(TODAY) >= 16 && dice.percent(20);
        if calls {
            let since = Visit::by(person, dice).created;
            let last = person.died.unwrap_or(TODAY);
            for _ in 0..1 + dice.share([68, 21, 8, 3]) {
                let day = calendar::between(since, last, dice);
                let entity = Entity::Person(person.id);
                let ticket = call_by(person, day, numbers.quote(entity, dice), dice);
                add(&ticket, entity, scene, dice, ledger);
            }
        }
    }
    for company in &scene.neighbourhood.companies {
        let calls = dice.percent(30);
        if calls {
            let entity = Entity::Company(company.id);
            let ticket = call_from(company, numbers.quote(entity, dice), dice);
            add(&ticket, entity, scene, dice, ledger);
        }
    }
}

fn call_by(
    person: &Person,
    day: jiff::civil::Date,
    customer_number: Option<&str>,
    dice: &mut Dice,
) -> Ticket {
    let facts = person.on(day);
    let mut ticket = Ticket {
        date: iso(day),
        caller: name_line(&facts, dice),
        phone: match facts.phone() {
            Some(phone) if dice.percent(80) => phone.written_freely(dice),
            _ => String::new(),
        },
        email: match facts.email {
            Some(email) if dice.percent(24) => sometimes(60, email.into(), phonetic::by_ear, dice),
            _ => String::new(),
        },
        customer_number: match customer_number {
            Some(number) if dice.percent(38) => sometimes(25, number.into(), typo::slip, dice),
            _ => String::new(),
        },
        ..Ticket::default()
    };
    fill_in_address(&mut ticket, &facts.home.address, dice);
    let is_hopeless = dice.percent(3);
    if is_hopeless {
        return Ticket { date: ticket.date, caller: ticket.caller, ..Ticket::default() };
    }
    if dice.per_mille(6) {
        ticket.phone = placeholder::phone(dice);
    }
    ticket
}

fn call_from(company: &Company, customer_number: Option<&str>, dice: &mut Dice) -> Ticket {
    let day = calendar::between(FIRST_RECORD, TODAY, dice);
    let site = dice.below(company.sites.len() as u32) as usize;
    let mut ticket = Ticket {
        date: iso(day),
        caller: sometimes(150, company.name_on(day).to_owned(), phonetic::by_ear, dice),
        phone: match dice.percent(78) {
            true => company.phones[site].written_freely(dice),
            false => String::new(),
        },
        email: if dice.percent(20) { company.general_email() } else { String::new() },
        customer_number: match customer_number {
            Some(number) if dice.percent(45) => number.to_owned(),
            _ => String::new(),
        },
        ..Ticket::default()
    };
    fill_in_address(&mut ticket, &company.sites[site], dice);
    ticket
}

fn fill_in_address(ticket: &mut Ticket, address: &Address, dice: &mut Dice) {
    let was_asked = dice.percent(64);
    if was_asked {
        ticket.postcode = sometimes(15, address.postcode.to_string(), typo::slip, dice);
        ticket.number = match dice.percent(70) {
            true => address.number_line(),
            false => address.number.to_string(),
        };
    }
}

/// The name as it was heard: `mevr. fan dijk`, `Hans Jansen`, `J. Meyer`.
fn name_line(facts: &Facts<'_>, dice: &mut Dice) -> String {
    let person = facts.person;
    let family = sometimes(260, facts.family.name.to_string(), phonetic::by_ear, dice);
    let prefix = match facts.family.prefix {
        "" => String::new(),
        prefix => format!("{} ", heard_prefix(prefix, dice)),
    };
    let family = match facts.second_family {
        Some(second) if dice.percent(40) => format!("{prefix}{family}-{second}"),
        _ => format!("{prefix}{family}"),
    };
    let call = sometimes(90, person.given.call.to_owned(), phonetic::by_ear, dice);
    let title = match person.gender {
        Gender::Female => *dice.pick(&["mevr.", "mw", "Mevrouw", "mevr"]),
        Gender::Male => *dice.pick(&["dhr.", "dhr", "Meneer", "hr"]),
    };
    let initial: String = call.chars().take(1).collect();
    let name = match dice.share([60, 20, 12, 8]) {
        0 => format!("{call} {family}"),
        1 => format!("{title} {family}"),
        2 => format!("{initial}. {family}"),
        _ => format!("{title} {initial} {family}"),
    };
    if dice.percent(15) { name.to_lowercase() } else { name }
}

fn heard_prefix(prefix: &str, dice: &mut Dice) -> String {
    let changed = dice.percent(14);
    match prefix {
        "van der" | "van den" | "van de" if changed => {
            dice.pick(&["v.d.", "van de", "van der", "vd"]).to_string()
        }
        "van" if changed => "v.".into(),
        _ => prefix.to_owned(),
    }
}

fn add(ticket: &Ticket, entity: Entity, scene: &Scene<'_>, dice: &mut Dice, ledger: &mut Ledger) {
    let number = ledger.next_number();
    let id = format!("T{:07}", 300_000 + number);
    let line = Row::bare('|')
        .field(&id)
        .field(&ticket.date)
        .field(&ticket.caller)
        .field(&ticket.phone)
        .field(&ticket.email)
        .field(&ticket.postcode)
        .field(&ticket.number)
        .field(&ticket.customer_number)
        .field(scene.remarks.of_call(dice))
        .end("\n");
    ledger.add(number, id, entity, line);
}
