//! Clean rows: people of the invented world, written down without a slip.

use super::{Cells, Column};
use crate::Retailer;
use crate::dice::{Dice, unrepeated};
use crate::names::Gender;
use crate::world::calendar::{self, TODAY};
use crate::world::neighbourhood::Neighbourhoods;
use crate::world::person::Person;
use crate::world::phone::PhoneStyle;

/// How many policy numbers there are.
const POLICIES: u64 = 900_000;

const TIERS: [&str; 3] = ["Gold", "Silver", "Bronze"];

/// Remarks that belong where remarks are: a beginning and an end. None is as long as the field.
const NOTES: [[&str; 8]; 2] = [
    [
        "belt graag",
        "betaalt altijd",
        "bestelt soms",
        "komt vaak",
        "leest veel",
        "reist graag",
        "werkt vaak",
        "koopt veel",
    ],
    [
        "in de avond",
        "op zaterdag",
        "met korting",
        "in het najaar",
        "samen",
        "voor de tuin",
        "van huis uit",
        "zonder haast",
    ],
];

/// So many clean rows.
pub(super) fn rows(retailer: &Retailer, rows: usize, dice: &mut Dice) -> Vec<Cells> {
    let mut written = Vec::with_capacity(rows);
    // Some of the people are no longer alive, or have no phone.
    for neighbourhood in Neighbourhoods::new(&retailer.tables, retailer.seed, 4 * rows as u64 + 400)
    {
        for person in &neighbourhood.people {
            if written.len() == rows {
                return written;
            }
            let number = written.len() as u64;
            written.extend(row(number, person, retailer.seed, dice));
        }
    }
    written
}

fn row(number: u64, person: &Person, seed: u64, dice: &mut Dice) -> Option<Cells> {
    let facts = person.on(TODAY);
    let is_customer = person.is_alive(TODAY) && person.age(TODAY) >= 18;
    let (phone, email) = (facts.phone()?, facts.email?);
    if !is_customer {
        return None;
    }
    let address = &facts.home.address;
    let updated = calendar::later(TODAY, -dice.between(1, 900));
    let policy = 100_000 + unrepeated(number, seed, POLICIES);
    let [begin, end] = NOTES.map(|parts| *dice.pick(&parts));
    let note = if dice.percent(40) { format!("{begin} {end}") } else { String::new() };
    let gender = match person.gender {
        Gender::Female => "V",
        Gender::Male => "M",
    };
    let mut cells = Cells::default();
    let mut set = |column: Column, value: String| cells[column as usize] = value;
    set(Column::Id, format!("{}", 10_001 + number));
    set(Column::Policy, format!("AB-{policy}"));
    set(Column::Given, person.given.call.to_string());
    set(Column::Prefix, facts.family.prefix.to_string());
    set(Column::Family, facts.family.name.to_string());
    set(Column::Gender, gender.to_string());
    set(Column::Born, calendar::iso(person.born));
    set(Column::Street, address.street.to_string());
    set(Column::Number, address.number.to_string());
    set(Column::Postcode, address.postcode.to_string());
    set(Column::Town, address.town.to_string());
    set(Column::Phone, phone.written(PhoneStyle::Plain));
    set(Column::Email, email.to_string());
    set(Column::Tier, TIERS[dice.share([10, 30, 60])].to_string());
    set(Column::Note, note);
    set(Column::Updated, calendar::iso(updated));
    Some(cells)
}
