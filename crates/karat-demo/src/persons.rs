//! One file of persons with duplicates, as large as one likes: for measuring speed.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::dice::{Dice, Purpose};
use crate::ledger::{Ledger, utf8};
use crate::names::Gender;
use crate::noise::dates::birth_date;
use crate::noise::{abbreviation, placeholder, typo};
use crate::systems::visit::Visit;
use crate::truth::{Entity, Truth};
use crate::world::neighbourhood::Neighbourhoods;
use crate::world::person::Person;
use crate::{Persons, Retailer};

const SOURCE: &str = "persons";
const HEADER: &str = "id,first_name,prefix,last_name,birth_date,street,house_number,addition,\
                      postcode,city,email,phone,gender,updated_at\n";
/// The members of a household are scattered over this many rows.
const BLOCK: u64 = 65_536;
/// The lane of the dice; the systems use the numbers before.
const PURPOSE: Purpose = Purpose::System(8);

/// How many in a hundred people have one, two, three, four and five records: 2.1 on average.
const RECORDS_PER_PERSON: [u32; 5] = [38, 31, 17, 9, 5];

/// Writes so many records of persons, and the truth.
pub fn write(
    retailer: &Retailer,
    records: u64,
    mut out: impl Write,
    truth: impl Write,
) -> io::Result<Persons> {
    out.write_all(HEADER.as_bytes())?;
    let mut truth = Truth::begin(truth)?;
    let mut ledger = Ledger::new(SOURCE, retailer.seed, BLOCK);
    let mut people = 0;
    for neighbourhood in Neighbourhoods::new(&retailer.tables, retailer.seed, records) {
        let mut dice = Dice::new(retailer.seed, PURPOSE, neighbourhood.number);
        for person in &neighbourhood.people {
            let missing = records - ledger.rows();
            let wanted = 1 + dice.share(RECORDS_PER_PERSON) as u64;
            for _ in 0..wanted.min(missing) {
                let number = ledger.next_number();
                let line = record(number, person, &mut dice);
                ledger.add(number, number.to_string(), Entity::Person(person.id), line);
            }
            people += u64::from(missing > 0);
        }
        ledger.write_full_blocks(utf8, &mut out, &mut truth)?;
        if ledger.rows() == records {
            break;
        }
    }
    ledger.write_rest(utf8, &mut out, &mut truth)?;
    out.flush()?;
    truth.end()?;
    Ok(Persons { records, people })
}

/// A record as of some day, with a slip here and there.
fn record(number: u64, person: &Person, dice: &mut Dice) -> String {
    let visit = Visit::by(person, dice);
    let facts = person.on(visit.updated);
    let address = &facts.home.address;
    let mut line = String::with_capacity(160);
    write!(line, "{number}").expect(NEVER_FAILS);

    let slips = Slips::drawn(dice);
    let official = dice.percent(20);
    let first = if official { person.given.official[0] } else { person.given.call };
    let family = match facts.second_family {
        Some(second) if dice.percent(40) => format!("{}-{second}", facts.family.name).into(),
        _ => facts.family.name.clone(),
    };
    let swapped = slips.swaps_names;
    let (first, family) = if swapped { (family.as_ref(), first) } else { (first, family.as_ref()) };
    match dice.percent(10) {
        true => field(&mut line, &first[..first.chars().next().map_or(0, char::len_utf8)]),
        false => slipped(&mut line, first, slips.first, dice),
    }
    field(&mut line, facts.family.prefix);
    slipped(&mut line, family, slips.family, dice);
    match dice.percent(88) {
        true => show(&mut line, birth_date(person.born, 30, dice)),
        false => line.push(','),
    }
    match slips.abbreviates {
        true => field(&mut line, &abbreviation::abbreviated(&address.street.to_string(), dice)),
        false if slips.street => slipped(&mut line, &address.street.to_string(), true, dice),
        false => show(&mut line, address.street),
    }
    show(&mut line, address.number);
    field(&mut line, &address.addition);
    match slips.no_postcode {
        true => line.push(','),
        false => show(&mut line, address.postcode),
    }
    slipped(&mut line, address.town, slips.town, dice);
    match facts.email {
        Some(email) if dice.percent(72) => slipped(&mut line, email, slips.email, dice),
        _ => line.push(','),
    }
    match facts.phone() {
        _ if slips.fake_phone => field(&mut line, &placeholder::phone(dice)),
        Some(phone) if dice.percent(76) => show(&mut line, phone),
        _ => line.push(','),
    }
    let gender = match person.gender {
        _ if slips.no_gender => "",
        Gender::Female => "F",
        Gender::Male => "M",
    };
    field(&mut line, gender);
    show(&mut line, visit.updated);
    line.push('\n');
    line
}

const NEVER_FAILS: &str = "writing to a string cannot fail";

/// Which slips a record has.
#[derive(Clone, Copy, Debug)]
struct Slips {
    first: bool,
    family: bool,
    street: bool,
    town: bool,
    email: bool,
    abbreviates: bool,
    swaps_names: bool,
    no_postcode: bool,
    no_gender: bool,
    fake_phone: bool,
}

impl Slips {
    fn drawn(dice: &mut Dice) -> Slips {
        Slips {
            first: dice.per_mille(20),
            family: dice.per_mille(28),
            street: dice.per_mille(24),
            town: dice.per_mille(10),
            email: dice.per_mille(15),
            abbreviates: dice.per_mille(40),
            swaps_names: dice.per_mille(6),
            no_postcode: dice.per_mille(40),
            no_gender: dice.per_mille(80),
            fake_phone: dice.per_mille(8),
        }
    }
}

fn field(line: &mut String, value: &str) {
    line.push(',');
    line.push_str(value);
}

fn show(line: &mut String, value: impl std::fmt::Display) {
    write!(line, ",{value}").expect(NEVER_FAILS);
}

fn slipped(line: &mut String, value: &str, slips: bool, dice: &mut Dice) {
    match slips {
        true => field(line, &typo::slip(value, dice)),
        false => field(line, value),
    }
}
