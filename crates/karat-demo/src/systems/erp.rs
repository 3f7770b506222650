//! The ERP: debtors in capitals, name and address in one field each.
//!
//! Windows-1252, semicolons, CRLF, no quotes, names cut at thirty letters. Every accountant had
//! another idea of the order of a name, and of how a legal form is spelled.

use std::borrow::Cow;

use any_ascii::any_ascii_char;
use encoding_rs::WINDOWS_1252;

use crate::dice::Dice;
use crate::ledger::Ledger;
use crate::names::Gender;
use crate::noise::dates::birth_date;
use crate::noise::{abbreviation, sometimes, typo};
use crate::systems::delimited::Row;
use crate::systems::visit::Visit;
use crate::systems::{CustomerNumbers, Scene, System};
use crate::truth::Entity;
use crate::world::calendar::{FIRST_RECORD, TODAY, dutch};
use crate::world::company::Company;
use crate::world::numbers::BankAccount;
use crate::world::person::{Facts, Person};
use crate::world::place::Address;

/// The ERP.
pub const SYSTEM: System = System {
    name: "erp",
    file: "erp.txt",
    opening: "DEBITEURNR;NAAM;ADRES;POSTCODE_PLAATS;LAND;TELEFOON;EMAIL;IBAN;BTW_NUMMER;\
              GEBOORTEDATUM;MUTATIEDATUM\r\n",
    encode: windows_1252,
    record,
};

/// Names are cut at this many letters.
const NAME_LETTERS_MAX: usize = 30;

#[derive(Clone, Debug, Default)]
struct Entry {
    name: String,
    address: String,
    postcode_town: String,
    phone: String,
    email: String,
    iban: String,
    vat_id: String,
    born: String,
    updated: String,
}

fn record(scene: &Scene<'_>, dice: &mut Dice, numbers: &mut CustomerNumbers, ledger: &mut Ledger) {
    for person in &scene.neighbourhood.people {
        let is_debtor = person.age(TODAY) >= 18 && dice.percent(16);
        if is_debtor {
            for _ in 0..1 + dice.share([95, 5]) {
                let entry = private_debtor(person, scene, dice);
                add(entry, Entity::Person(person.id), dice, numbers, ledger);
            }
        }
    }
    for company in &scene.neighbourhood.companies {
        for site in 0..company.sites.len() {
            if dice.percent(if site == 0 { 86 } else { 66 }) {
                for _ in 0..1 + dice.share([92, 8]) {
                    let entry = business_debtor(company, site, scene, dice);
                    add(entry, Entity::Company(company.id), dice, numbers, ledger);
                }
            }
        }
    }
}

fn private_debtor(person: &Person, scene: &Scene<'_>, dice: &mut Dice) -> Entry {
    let visit = Visit::by(person, dice);
    let facts = person.on(visit.updated);
    let is_estate = !person.is_alive(TODAY) && dice.percent(35);
    let name = sometimes(15, name_line(&facts, dice), typo::slip, dice);
    Entry {
        name: if is_estate { format!("Erven {name}") } else { name },
        phone: match facts.phone() {
            Some(phone) if dice.percent(72) => phone.to_string(),
            _ => String::new(),
        },
        email: match facts.email {
            Some(email) if dice.percent(34) => email.to_owned(),
            _ => String::new(),
        },
        iban: if dice.percent(64) { iban_field(person.account, dice) } else { String::new() },
        born: match dice.percent(46) {
            true => birth_date(person.born, 25, dice).dutch(),
            false => String::new(),
        },
        updated: dutch(visit.updated),
        ..Entry::default()
    }
    .at(&facts.home.address, scene, dice)
}

fn business_debtor(company: &Company, site: usize, scene: &Scene<'_>, dice: &mut Dice) -> Entry {
    let visit = Visit::between(FIRST_RECORD, TODAY, dice);
    let spelling = dice.pick(company.form.spellings());
    let name = sometimes(12, company.name_on(visit.updated).to_owned(), typo::slip, dice);
    let name = company.form.attach(&name, spelling);
    let name = if dice.percent(25) { name.replace(" & ", " EN ") } else { name };
    Entry {
        name,
        phone: if dice.percent(76) { company.phones[site].to_string() } else { String::new() },
        email: if dice.percent(30) { company.general_email() } else { String::new() },
        iban: if dice.percent(74) { iban_field(company.account, dice) } else { String::new() },
        vat_id: if dice.percent(82) { vat_field(&company.vat_id, dice) } else { String::new() },
        updated: dutch(visit.updated),
        ..Entry::default()
    }
    .at(&company.sites[site], scene, dice)
}

/// The name as one accountant or another wrote it: `VRIES DE H.`, `DE VRIES H`, `DHR H DE VRIES`.
fn name_line(facts: &Facts<'_>, dice: &mut Dice) -> String {
    let initials = initials(facts.person, dice);
    let (prefix, family) = (facts.family.prefix, family_without_prefix(facts));
    let before = if prefix.is_empty() { String::new() } else { format!("{prefix} ") };
    let behind = if prefix.is_empty() { String::new() } else { format!(" {prefix}") };
    let title = match facts.person.gender {
        Gender::Female => *dice.pick(&["Mw.", "Mevr.", "Mw"]),
        Gender::Male => *dice.pick(&["Dhr.", "Hr.", "Dhr"]),
    };
    match dice.share([34, 18, 14, 12, 10, 8, 4]) {
        0 => format!("{family}{behind} {initials}"),
        1 => format!("{before}{family} {initials}"),
        2 => format!("{initials} {before}{family}"),
        3 => format!("{family}, {initials}{behind}"),
        4 => format!("{title} {initials} {before}{family}"),
        5 => format!("{} {before}{family}", facts.person.given.call),
        _ => format!("Fam. {before}{family}"),
    }
}

fn family_without_prefix(facts: &Facts<'_>) -> String {
    match facts.second_family {
        Some(second) => format!("{}-{second}", facts.family.name),
        None => facts.family.name.to_string(),
    }
}

/// `J.P.`, `J P`, `JP`, or the first initial only.
fn initials(person: &Person, dice: &mut Dice) -> String {
    let initials = person.initials();
    match dice.share([40, 22, 18, 20]) {
        0 => initials,
        1 => initials.trim_end_matches('.').replace('.', " "),
        2 => initials.replace('.', ""),
        _ => initials.chars().take(1).collect(),
    }
}

/// A bank account, sometimes in groups of four, seldom the account number of before 2014.
fn iban_field(account: BankAccount, dice: &mut Dice) -> String {
    let iban = account.to_string();
    match dice.share([80, 14, 4, 2]) {
        0 => iban,
        1 => {
            let groups: Vec<&str> = (0..iban.len())
                .step_by(4)
                .map(|start| &iban[start..iban.len().min(start + 4)])
                .collect();
            groups.join(" ")
        }
        2 => iban[8..].trim_start_matches('0').to_owned(),
        _ => typo::slip(&iban, dice),
    }
}

fn vat_field(vat_id: &str, dice: &mut Dice) -> String {
    match dice.share([78, 12, 6, 4]) {
        0 => vat_id.to_owned(),
        1 => format!("NL {}.{}.{}.{}", &vat_id[2..6], &vat_id[6..8], &vat_id[8..11], &vat_id[11..]),
        2 => vat_id[2..].to_owned(),
        _ => typo::slip(vat_id, dice),
    }
}

impl Entry {
    /// The entry with an address.
    fn at(mut self, address: &Address, scene: &Scene<'_>, dice: &mut Dice) -> Entry {
        let street = sometimes(15, address.street.to_string(), typo::slip, dice);
        let street = sometimes(180, street, abbreviation::abbreviated, dice);
        let number = match dice.share([60, 25, 15]) {
            0 => address.number_line(),
            1 => format!("{} {}", address.number, address.addition).trim().to_owned(),
            _ => address.number_line_closed(),
        };
        let line = format!("{street} {number}");
        let remark = |line: &str, dice: &mut Dice| scene.remarks.added_to(line, dice);
        self.address = sometimes(18, line, remark, dice);
        let town = town(address.town, dice);
        self.postcode_town = match dice.share([60, 22, 10, 5, 3]) {
            0 => format!("{:#}  {town}", address.postcode),
            1 => format!("{} {town}", address.postcode),
            2 => format!("{:#} {town}", address.postcode),
            3 => format!("{town} {}", address.postcode),
            _ => town.to_owned(),
        };
        self
    }

    fn row(&self, id: &str, dice: &mut Dice) -> String {
        let name: String = self.name.to_uppercase().chars().take(NAME_LETTERS_MAX).collect();
        let country = *dice.pick(&["NL", "NL", "NL", "NEDERLAND", ""]);
        Row::bare(';')
            .field(id)
            .field(name.trim())
            .field(&self.address.to_uppercase())
            .field(&self.postcode_town.to_uppercase())
            .field(country)
            .field(&self.phone)
            .field(&self.email.to_uppercase())
            .field(&self.iban)
            .field(&self.vat_id)
            .field(&self.born)
            .field(&self.updated)
            .end("\r\n")
    }
}

/// Some towns go by two names.
fn town<'a>(town: &'a str, dice: &mut Dice) -> &'a str {
    match town {
        "'s-Hertogenbosch" if dice.percent(55) => "Den Bosch",
        "Den Haag" if dice.percent(45) => "'s-Gravenhage",
        _ => town,
    }
}

fn add(
    entry: Entry,
    entity: Entity,
    dice: &mut Dice,
    numbers: &mut CustomerNumbers,
    ledger: &mut Ledger,
) {
    let number = ledger.next_number();
    let id = format!("{:010}", 1_200_000 + number);
    let line = entry.row(&id, dice);
    let id_was_lost = dice.per_mille(1);
    if id_was_lost {
        return ledger.add_untrue(number, entry.row("", dice));
    }
    numbers.learn(entity, &id);
    ledger.add(number, id, entity, line);
}

/// Text as Windows-1252; letters that it lacks lose their accents.
fn windows_1252(text: &str) -> Cow<'_, [u8]> {
    let (bytes, _, lacks_letters) = WINDOWS_1252.encode(text);
    if !lacks_letters {
        return bytes;
    }
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        let is_lacking = WINDOWS_1252.encode(letter.encode_utf8(&mut [0; 4])).2;
        if is_lacking {
            plain.push_str(any_ascii_char(letter));
        } else {
            plain.push(letter);
        }
    }
    WINDOWS_1252.encode(&plain).0.into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_beyond_windows_1252_lose_their_accents() {
        assert_eq!(*windows_1252("JOSÉ"), *b"JOS\xc9");
        assert_eq!(*windows_1252("ŞAHİN É"), *b"SAHIN \xc9");
    }
}
