//! How clerks write an organisation down: each department in its own habits.

use super::abroad::Place;
use super::quarter::Organisation;
use crate::dice::Dice;
use crate::noise::{abbreviation, sometimes, typo};
use crate::systems::delimited::Row;
use crate::systems::visit::Visit;
use crate::world::calendar::{FIRST_RECORD, TODAY, iso};

/// The columns, in the order of [`Entry::row`].
pub const HEADER: &str = "id,company_name,trade_name,kvk_number,vat_number,street,house_number,\
                          postcode,city,country,phone,email,website,iban,updated_at\n";

/// Which department wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    /// Sales knows whom it calls.
    Sales,
    /// Accounts wants to be paid.
    Accounts,
    /// A customer of the web shop types what it wants.
    Shop,
    /// Somebody copied the register.
    Register,
}

/// One record, without its id.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    company_name: String,
    trade_name: String,
    kvk_number: String,
    vat_number: String,
    street: String,
    house_number: String,
    postcode: String,
    city: String,
    country: String,
    phone: String,
    email: String,
    website: String,
    iban: String,
    updated_at: String,
}

impl Entry {
    /// What somebody wrote down of an organisation.
    pub fn about(organisation: &Organisation, dice: &mut Dice) -> Entry {
        let habit = [Habit::Sales, Habit::Accounts, Habit::Shop, Habit::Register]
            [dice.share([32, 32, 22, 14])];
        let visit = Visit::between(FIRST_RECORD, TODAY, dice);
        let head_office = habit == Habit::Register || dice.percent(35);
        let sites = organisation.sites.len() as u32;
        let site = if head_office { 0 } else { dice.below(sites) as usize };
        let (company_name, trade_name) = names(organisation, habit, site, dice);
        let mut entry =
            Entry { company_name, trade_name, updated_at: iso(visit.updated), ..Entry::default() };
        entry.number(organisation, habit, dice);
        entry.reach(organisation, habit, site, dice);
        entry.at(place(organisation, habit, site, dice), dice);
        if habit == Habit::Accounts && dice.percent(50) {
            for text in [&mut entry.company_name, &mut entry.street, &mut entry.city] {
                *text = text.to_uppercase();
            }
        }
        entry
    }

    /// The numbers that authorities and banks gave out.
    fn number(&mut self, of: &Organisation, habit: Habit, dice: &mut Dice) {
        // In percent: the register number, the VAT id, the account.
        let [kvk, vat, iban] = match habit {
            Habit::Sales => [42, 22, 4],
            Habit::Accounts => [34, 74, 66],
            Habit::Shop => [14, 20, 0],
            Habit::Register => [97, 8, 0],
        };
        let is_mixed_up = dice.percent(2);
        let register = if is_mixed_up { &of.sister_register } else { &of.trade_register };
        if let Some(number) = register.as_ref().filter(|_| dice.percent(kvk)) {
            self.kvk_number = match dice.share([920, 20, 25, 20, 15]) {
                0 => number.clone(),
                1 => typo::slip(number, dice),
                2 => number.trim_start_matches('0').to_owned(),
                3 => format!("{} {} {}", &number[..2], &number[2..5], &number[5..]),
                // The number of the branch, which begins with four zeros.
                _ => format!("0000{}", 10_000_000 + of.id % 80_000_000),
            };
        }
        if let Some(number) = of.vat_id.as_ref().filter(|_| dice.percent(vat)) {
            self.vat_number = match dice.share([84, 8, 4, 3]) {
                0 => number.clone(),
                1 => format!("{} {}", &number[..2], &number[2..]),
                2 => number[2..].to_owned(),
                _ => typo::slip(number, dice),
            };
        }
        if let Some(account) = of.iban.as_ref().filter(|_| dice.percent(iban)) {
            self.iban = sometimes(20, account.clone(), typo::slip, dice);
        }
    }

    /// How to reach it.
    fn reach(&mut self, of: &Organisation, habit: Habit, site: usize, dice: &mut Dice) {
        // In percent: the telephone, the e-mail address, the website.
        let [phone, email, website] = match habit {
            Habit::Sales => [80, 70, 58],
            Habit::Accounts => [62, 42, 6],
            Habit::Shop => [66, 96, 0],
            Habit::Register => [8, 4, 14],
        };
        let is_personal = dice.percent(if habit == Habit::Shop { 45 } else { 25 });
        let contact = dice.pick(&of.contacts);
        if dice.percent(phone) {
            let line = if is_personal { &contact.line } else { &of.sites[site].line };
            self.phone = sometimes(10, line.written(dice), typo::slip, dice);
        }
        if dice.percent(email) {
            let desk = match (&of.domain, habit) {
                (Some(domain), Habit::Accounts) if dice.percent(55) => {
                    let desk =
                        *dice.pick(&["administratie", "facturen", "crediteuren", "boekhouding"]);
                    format!("{desk}@{domain}")
                }
                _ if is_personal => contact.email.clone(),
                _ => of.general_email.clone(),
            };
            self.email = sometimes(10, desk, typo::slip, dice);
        }
        if let Some(domain) = of.domain.as_ref().filter(|_| dice.percent(website)) {
            self.website = match dice.share([50, 25, 25]) {
                0 => format!("www.{domain}"),
                1 => format!("https://www.{domain}"),
                _ => domain.clone(),
            };
        }
    }

    fn at(&mut self, place: Place, dice: &mut Dice) {
        self.street = sometimes(12, place.street, typo::slip, dice);
        self.street =
            sometimes(60, std::mem::take(&mut self.street), abbreviation::abbreviated, dice);
        self.house_number = match place.number.split_once('-') {
            // Who has two houses names one of them, or both.
            Some((first, last)) if last.len() >= first.len() => match dice.share([45, 40, 15]) {
                0 => place.number,
                1 => first.to_owned(),
                _ => last.to_owned(),
            },
            _ => place.number,
        };
        self.postcode = match dice.share([55, 38, 7]) {
            0 => place.postcode,
            1 if place.postcode.len() == 6 => {
                format!("{} {}", &place.postcode[..4], &place.postcode[4..])
            }
            1 => place.postcode,
            _ => String::new(),
        };
        self.city = sometimes(12, place.town, typo::slip, dice);
        self.country = dice.pick(place.country.names()).to_string();
    }

    /// The record as a line.
    pub fn row(&self, id: &str) -> String {
        let fields = [
            id,
            &self.company_name,
            &self.trade_name,
            &self.kvk_number,
            &self.vat_number,
            &self.street,
            &self.house_number,
            &self.postcode,
            &self.city,
            &self.country,
            &self.phone,
            &self.email,
            &self.website,
            &self.iban,
            &self.updated_at,
        ];
        fields.into_iter().fold(Row::quoted(','), Row::field).end("\n")
    }
}

/// Where the record says that the organisation is.
fn place(of: &Organisation, habit: Habit, site: usize, dice: &mut Dice) -> Place {
    let to_the_box = match habit {
        Habit::Accounts => 45,
        Habit::Sales => 10,
        _ => 2,
    };
    if let Some(post_box) = of.post_box.as_ref().filter(|_| dice.percent(to_the_box)) {
        return post_box.clone();
    }
    if let Some(former) = of.former_place.as_ref().filter(|_| site == 0 && dice.percent(30)) {
        return former.clone();
    }
    of.sites[site].place.clone()
}

/// The company name and the trade name, as far as the record has one beside it.
fn names(of: &Organisation, habit: Habit, site: usize, dice: &mut Dice) -> (String, String) {
    let knows_trade_name = match habit {
        Habit::Register => 100,
        Habit::Accounts => 30,
        Habit::Sales => 55,
        Habit::Shop => 65,
    };
    let trade_name = of.trade_name.as_ref().filter(|_| dice.percent(knows_trade_name));
    let has_own_column = habit == Habit::Register || dice.percent(25);
    let registered = match &of.owner {
        // A sole trader is the company: some write the one, some the other.
        Some(owner) if dice.percent(if habit == Habit::Register { 50 } else { 14 }) => {
            owner.clone()
        }
        _ => of.name.clone(),
    };
    let named_after_owner = of.owner.as_ref() == Some(&registered);
    let in_column = match trade_name {
        Some(trade_name) if has_own_column => trade_name.clone(),
        _ if habit == Habit::Register && named_after_owner => of.name.clone(),
        _ => String::new(),
    };
    let name = match trade_name {
        Some(trade_name) if in_column.is_empty() => match dice.percent(20) {
            true => {
                return (
                    format!("{} h.o.d.n. {trade_name}", with_form(of, &registered, habit, dice)),
                    in_column,
                );
            }
            false => trade_name.clone(),
        },
        _ => registered,
    };
    if named_after_owner {
        return (sometimes(20, name, typo::slip, dice), in_column);
    }
    let is_short = matches!(habit, Habit::Sales | Habit::Shop);
    let name = if is_short && dice.percent(9) { colloquial(&name, dice) } else { name };
    let name = if habit == Habit::Register { name } else { respelt(&name, dice) };
    let name = sometimes(25, name, typo::slip, dice);
    let says_where = site > 0 && dice.percent(30);
    let name = match says_where {
        true => format!("{name} {}", of.sites[site].place.town),
        false => name,
    };
    let name = with_form(of, &name, habit, dice);
    let name = match dice.share([965, 15, 10, 10]) {
        0 => name,
        1 => format!("{name} t.a.v. crediteuren"),
        2 => format!("{name} afd. Inkoop"),
        _ => format!("{name} (oud)"),
    };
    let is_careless = habit == Habit::Shop && dice.percent(35);
    (if is_careless { name.to_lowercase() } else { name }, in_column)
}

/// The name with its legal form, as often as a department knows it.
fn with_form(of: &Organisation, name: &str, habit: Habit, dice: &mut Dice) -> String {
    let knows_form = match habit {
        Habit::Register => 100,
        Habit::Accounts => 74,
        Habit::Sales => 55,
        Habit::Shop => 25,
    };
    let spellings = of.form.spellings;
    let is_sole_trader = of.owner.is_some();
    let knows_form = if is_sole_trader { knows_form / 8 } else { knows_form };
    if spellings.is_empty() || !dice.percent(knows_form) {
        return name.to_owned();
    }
    let is_mistaken = habit != Habit::Register && dice.per_mille(15);
    if is_mistaken && !of.form.goes_before {
        return format!("{name} {}", dice.pick(&["BV", "B.V.", "VOF", "N.V.", "CV"]));
    }
    let usual = habit == Habit::Register || dice.percent(45);
    let spelling = if usual { spellings[0] } else { *dice.pick(spellings) };
    match of.form.goes_before {
        true => format!("{spelling} {name}"),
        false => format!("{name} {spelling}"),
    }
}

/// What people say for short: without the trade, or the first letters.
fn colloquial(name: &str, dice: &mut Dice) -> String {
    const TRADES: [&str; 8] =
        ["bedrijf", "kantoor", "praktijk", "handel", "bureau", "ij", "salon", "Garage"];
    let words: Vec<&str> = name.split(' ').filter(|word| *word != "&" && *word != "en").collect();
    let initials: String = words.iter().filter_map(|word| word.chars().next()).collect();
    let begins_with_trade = TRADES
        .iter()
        .any(|trade| name.split(' ').next().is_some_and(|first| first.ends_with(trade)));
    match words.len() {
        0 | 1 => name.to_owned(),
        _ if begins_with_trade => words[1..].join(" "),
        2 => words[0].to_owned(),
        _ if dice.percent(55) => initials.to_uppercase(),
        count => words[..count - 1].join(" "),
    }
}

/// Words that are written in more than one way.
fn respelt(name: &str, dice: &mut Dice) -> String {
    const SPELLINGS: [(&str, &str); 14] = [
        (" & ", " en "),
        (" & ", "&"),
        ("Zonen", "Zn."),
        ("Zonen", "Zn"),
        ("Administratiekantoor", "Adm.kantoor"),
        ("Administratiekantoor", "Adm. Kantoor"),
        ("International", "Int."),
        ("Installatiebedrijf", "Inst. bedrijf"),
        ("Onroerend Goed", "O.G."),
        ("Internationaal", "Int."),
        ("Maatschappij", "Mij."),
        ("Handelsmaatschappij", "Handelmij"),
        ("Nederlandse", "Ned."),
        ("Automatisering", "Autom."),
    ];
    if !dice.percent(40) {
        return name.to_owned();
    }
    let first = dice.below(SPELLINGS.len() as u32) as usize;
    let order = (0..SPELLINGS.len()).map(|step| SPELLINGS[(first + step) % SPELLINGS.len()]);
    for (long, short) in order {
        if name.contains(long) {
            return name.replacen(long, short, 1);
        }
    }
    match dice.percent(4) {
        true => name.replacen(' ', "", 1),
        false => name.to_owned(),
    }
}
