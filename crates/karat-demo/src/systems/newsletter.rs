//! The newsletter: an e-mail address, a first name, and whether its reader consented.
//!
//! UTF-8, comma-separated. Some rows went through a program that took them for Windows-1252.

use crate::dice::Dice;
use crate::ledger::{Ledger, utf8};
use crate::noise::{encoding, placeholder, sometimes, typo};
use crate::systems::delimited::Row;
use crate::systems::visit::Visit;
use crate::systems::{CustomerNumbers, Scene, System};
use crate::truth::Entity;
use crate::world::calendar::{TODAY, iso};
use crate::world::person::Person;

/// The newsletter.
pub const SYSTEM: System = System {
    name: "newsletter",
    file: "newsletter.csv",
    opening: "id,email,voornaam,toestemming,datum\n",
    encode: utf8,
    record,
};

fn record(scene: &Scene<'_>, dice: &mut Dice, _numbers: &mut CustomerNumbers, ledger: &mut Ledger) {
    for person in &scene.neighbourhood.people {
        let reads = person.age(TODAY) >= 16 && dice.percent(34);
        let first_email = person.emails.len().saturating_sub(2);
        for (_, email) in person.emails.iter().skip(first_email).filter(|_| reads) {
            // Who changed address sometimes subscribed with both.
            let is_current = email == &person.emails[person.emails.len() - 1].1;
            if is_current || dice.percent(15) {
                subscribe(person, email, dice, ledger);
            }
        }
    }
}

fn subscribe(person: &Person, email: &str, dice: &mut Dice, ledger: &mut Ledger) {
    let visit = Visit::by(person, dice);
    let call = sometimes(12, person.given.call.to_owned(), typo::slip, dice);
    let call = match dice.share([74, 10, 10, 3, 3]) {
        0 => call,
        1 => call.to_lowercase(),
        2 => String::new(),
        3 => placeholder::word(dice),
        _ => person.given.official[0].to_owned(),
    };
    let call = sometimes(120, call, |call, _| encoding::mojibake(call), dice);
    let consent = *dice.pick(&["ja", "ja", "ja", "J", "1", "nee", ""]);
    let number = ledger.next_number();
    let id = format!("N{:06}", 1 + number);
    let email = sometimes(6, email.to_owned(), typo::slip, dice);
    let line = Row::quoted(',')
        .field(&id)
        .field(&email)
        .field(&call)
        .field(consent)
        .field(&iso(visit.updated))
        .end("\n");
    ledger.add(number, id, Entity::Person(person.id), line);
}
