//! A quarter of a town and the organisations in it, with what makes them hard to tell apart.
//!
//! A customer is a legal entity: the branches of a company are part of it; the companies of a group
//! are customers of their own, at one address or not, and so are the shops of a franchise.

use super::abroad::{Abroad, Country, Form, Line, Place};
use crate::dice::{Dice, Purpose};
use crate::names::Origin;
use crate::names::company::{LegalForm, capitalised};
use crate::names::family::FamilyName;
use crate::world::email::{Mailboxes, letters};
use crate::world::neighbourhood::Tables;
use crate::world::numbers::{self, BankAccount};
use crate::world::phone::Phone;
use crate::world::place::Town;

/// The lanes of the dice; the systems and the file of persons use the numbers before.
const QUARTER: Purpose = Purpose::System(9);
const REGION: Purpose = Purpose::System(10);

/// How many organisations a quarter has at least.
const ORGANISATIONS: usize = 20;
/// How many quarters share a trust office and some franchises.
const QUARTERS_PER_REGION: u64 = 100;
/// No organisation has so many lines.
const LINES_MAX: u64 = 64;

/// An invented organisation: one legal entity.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// The number in the truth.
    pub id: u64,
    /// The name in the register, without the legal form.
    pub name: String,
    /// The name above the door, if it is another one.
    pub trade_name: Option<String>,
    /// Of a sole trader, whose company it is: `J. de Vries`.
    pub owner: Option<String>,
    /// The legal form.
    pub form: Form,
    /// The number in the Dutch trade register.
    pub trade_register: Option<String>,
    /// The VAT id: its own, or that of its group.
    pub vat_id: Option<String>,
    /// The bank account.
    pub iban: Option<String>,
    /// The head office, then the branches; never empty.
    pub sites: Vec<Site>,
    /// The post office box.
    pub post_box: Option<Place>,
    /// Where the head office was before.
    pub former_place: Option<Place>,
    /// The internet domain: its own, that of its group or of its franchise.
    pub domain: Option<String>,
    /// The general address for mail.
    pub general_email: String,
    /// Whom one talks to there.
    pub contacts: Vec<Contact>,
    /// The register number of another company of its group, which clerks mix up with its own.
    pub sister_register: Option<String>,
}

/// The head office, or a branch.
#[derive(Clone, Debug)]
pub struct Site {
    /// The address.
    pub place: Place,
    /// Its telephone.
    pub line: Line,
}

/// Somebody who works there.
#[derive(Clone, Debug)]
pub struct Contact {
    /// The e-mail address.
    pub email: String,
    /// The direct or mobile number.
    pub line: Line,
}

/// What the quarters of a region share.
struct Region {
    /// An office at which many companies are registered.
    trust_office: Premises,
    franchises: Vec<Franchise>,
}

/// A trade name that many owners use.
struct Franchise {
    name: String,
    domain: String,
}

/// What companies of one group, or at one address, may share.
#[derive(Clone)]
struct Premises {
    place: Place,
    line: Line,
    domain: String,
    email: String,
}

/// Invents one quarter after the other.
pub struct Quarters<'a> {
    tables: &'a Tables,
    abroad: Abroad,
    mailboxes: Mailboxes,
    seed: u64,
    number: u64,
    organisations: u64,
    region: Option<Region>,
}

impl<'a> Quarters<'a> {
    /// None was invented yet.
    pub fn new(tables: &'a Tables, seed: u64) -> Quarters<'a> {
        Quarters {
            tables,
            abroad: Abroad::read(),
            mailboxes: Mailboxes::new(),
            // Organisations draw from other numbers than people do.
            seed: !seed,
            number: 0,
            organisations: 0,
            region: None,
        }
    }

    /// The organisations of the next quarter.
    pub fn invent(&mut self) -> Vec<Organisation> {
        let (number, tables) = (self.number, self.tables);
        self.number += 1;
        let region = match self.region.take() {
            Some(region) if number % QUARTERS_PER_REGION != 0 => region,
            _ => self.region(number / QUARTERS_PER_REGION),
        };
        let mut dice = Dice::new(self.seed, QUARTER, number);
        let dice = &mut dice;
        let town = tables.map.town(dice);
        let centre = tables.map.house(town, dice);
        let mut all = Vec::new();
        while all.len() < ORGANISATIONS {
            match dice.share([46, 11, 9, 5, 7, 8, 14]) {
                0 => all.push(self.single(town, dice)),
                1 => self.group(town, &mut all, dice),
                2 => all.push(self.chain(town, dice)),
                3 => all.push(self.franchisee(&region, town, dice)),
                4 => all.push(self.letterbox(&region, town, dice)),
                5 => {
                    // A business centre: a house with many doors.
                    let unit = if dice.percent(60) { dice.below(40) + 1 } else { 0 };
                    let mut tenant = self.single(town, dice);
                    tenant.sites[0].place = match unit {
                        0 => Place::dutch(&centre),
                        unit => Place::dutch(&centre.flat(unit as usize)),
                    };
                    all.push(tenant);
                }
                _ => all.push(self.foreigner(dice)),
            }
        }
        self.region = Some(region);
        all
    }

    fn region(&mut self, number: u64) -> Region {
        let mut dice = Dice::new(self.seed, REGION, number);
        let dice = &mut dice;
        let town = self.tables.map.town(dice);
        let family = self.family(dice);
        let name = format!("{} Trust", capitalised(&family.name));
        let domain = self.mailboxes.domain(&name, town.name, dice);
        let address = self.tables.map.house(town, dice);
        let line = Line::Dutch(Phone::landline(town.area_code, !number, self.seed));
        let trust_office = Premises {
            place: Place::dutch(&address),
            line,
            email: format!("info@{domain}"),
            domain,
        };
        let franchises = (0..4).map(|_| {
            let name = match dice.percent(50) {
                true => invented_word(dice),
                false => format!("{} {}", invented_word(dice), TRADES[dice.below(12) as usize]),
            };
            let domain = self.mailboxes.domain(&name, town.name, dice);
            Franchise { name, domain }
        });
        Region { trust_office, franchises: franchises.collect() }
    }

    fn family(&self, dice: &mut Dice) -> FamilyName {
        self.tables.families.pick(Origin::Dutch, dice)
    }

    /// A Dutch organisation that stands by itself.
    fn single(&mut self, town: &Town, dice: &mut Dice) -> Organisation {
        let family = self.family(dice);
        let (name, form) = match dice.share([80, 8, 12]) {
            0 => self.tables.company_names.pick(&family, town.name, dice),
            1 => (long_name(town.name, dice), LegalForm::Bv),
            _ => {
                let after = TRADES[dice.below(TRADES.len() as u32) as usize];
                let name = invented_word(dice);
                let name = if dice.percent(60) { format!("{name} {after}") } else { name };
                (name, LegalForm::Bv)
            }
        };
        self.dutch(name, form, &family, town, dice)
    }

    /// A Dutch organisation of this name and form.
    fn dutch(
        &mut self,
        name: String,
        form: LegalForm,
        owner: &FamilyName,
        town: &Town,
        dice: &mut Dice,
    ) -> Organisation {
        let id = self.next_id();
        let address = self.tables.map.house(town, dice);
        let line = Line::Dutch(Phone::landline(town.area_code, id * LINES_MAX, self.seed));
        let is_sole_trader = form == LegalForm::SoleTrader;
        let initial = char::from(b'A' + dice.below(26) as u8);
        let owner_name = format!("{initial}. {owner}");
        let has_domain = dice.percent(if is_sole_trader { 45 } else { 85 });
        let domain = has_domain.then(|| self.mailboxes.domain(&name, town.name, dice));
        let general_email = match &domain {
            Some(domain) => format!("info@{domain}"),
            None if dice.percent(50) => self.mailboxes.give_out(letters(&name), dice),
            None => {
                let local = format!("{}.{}", initial.to_ascii_lowercase(), letters(&owner.name));
                self.mailboxes.give_out(local, dice)
            }
        };
        let former_place =
            dice.percent(12).then(|| Place::dutch(&self.tables.map.house(town, dice)));
        let trade_name = match dice.percent(if is_sole_trader { 10 } else { 16 }) {
            true => {
                let (other, _) = self.tables.company_names.pick(owner, town.name, dice);
                Some(other).filter(|other| *other != name)
            }
            false => None,
        };
        let has_box = !is_sole_trader && dice.percent(16);
        let post_box = has_box.then(|| post_box(&address, dice));
        let count = 1 + dice.share([50, 35, 15]) as u64;
        let contacts =
            (1..=count).map(|at| self.contact(id, at, domain.as_deref(), dice)).collect();
        let is_registered = form != LegalForm::Association || dice.percent(60);
        let spellings = match form {
            LegalForm::SoleTrader => &["Eenmanszaak", "eenmanszaak"],
            LegalForm::Association => &[][..],
            other => {
                let all = other.spellings();
                &all[..all.len() - usize::from(all.ends_with(&[""]))]
            }
        };
        let pays_vat = !matches!(form, LegalForm::Foundation | LegalForm::Association);
        let mut place = Place::dutch(&address);
        if !is_sole_trader && address.addition.is_empty() && dice.percent(7) {
            place.number = format!("{}-{}", address.number, address.number + 2);
        }
        Organisation {
            id,
            name,
            trade_name,
            owner: is_sole_trader.then_some(owner_name),
            form: Form { spellings, goes_before: form.goes_before() },
            trade_register: is_registered
                .then(|| numbers::trade_register_in_turn(id, self.seed, u64::from(dice.below(10)))),
            vat_id: pays_vat.then(|| numbers::vat_id(id, self.seed, form)),
            iban: Some(BankAccount::nth(id, self.seed, dice).to_string()),
            sites: vec![Site { place, line }],
            post_box,
            former_place,
            domain,
            general_email,
            contacts,
            sister_register: None,
        }
    }

    fn next_id(&mut self) -> u64 {
        self.organisations += 1;
        self.organisations
    }

    /// Somebody at the n-th desk.
    fn contact(&mut self, id: u64, desk: u64, domain: Option<&str>, dice: &mut Dice) -> Contact {
        let family = self.family(dice);
        let family = letters(&family.to_string());
        let initial = char::from(b'a' + dice.below(26) as u8);
        let email = match domain {
            Some(domain) => format!("{initial}.{family}@{domain}"),
            None => self.mailboxes.give_out(format!("{initial}.{family}"), dice),
        };
        Contact { email, line: Line::Dutch(Phone::mobile(id * 4 + desk, self.seed)) }
    }

    /// A holding and its companies, mostly behind one door, one telephone and one domain.
    fn group(&mut self, town: &Town, all: &mut Vec<Organisation>, dice: &mut Dice) {
        let family = self.family(dice);
        let stem = match dice.percent(65) {
            true => capitalised(&family.to_string()),
            false => invented_word(dice),
        };
        let operates = format!("{stem} {}", TRADES[dice.below(TRADES.len() as u32) as usize]);
        let count = 1 + dice.share([35, 30, 15, 12, 8]) as u32;
        let mut names = vec![match dice.percent(55) {
            true => operates.clone(),
            false => stem.clone(),
        }];
        let first_role = dice.below(ROLES.len() as u32);
        for at in 0..count {
            let role = match at {
                0 => *dice.pick(&["Holding", "Beheer", "Groep", "Holding"]),
                _ => ROLES[((first_role + 5 * at) % ROLES.len() as u32) as usize],
            };
            let of = if dice.percent(65) { &stem } else { &operates };
            let name = format!("{of} {role}");
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let is_fiscal_unity = dice.percent(40);
        let were_founded_together = dice.percent(45);
        let first = all.len();
        for (at, name) in (0..).zip(names) {
            let mut company = self.dutch(name, LegalForm::Bv, &family, town, dice);
            company.trade_name = None;
            if at > 0 {
                let parent = all[first].clone();
                self.join(&mut company, &parent, is_fiscal_unity, dice);
                if were_founded_together {
                    company.trade_register =
                        Some(numbers::trade_register_in_turn(parent.id, self.seed, at));
                }
            } else if were_founded_together {
                company.trade_register =
                    Some(numbers::trade_register_in_turn(company.id, self.seed, 0));
            }
            all.push(company);
        }
        for at in first..all.len() {
            let sister = if at == first { first + 1 } else { first };
            all[at].sister_register = all.get(sister).and_then(|s| s.trade_register.clone());
        }
    }

    /// Gives a company what it shares with the first of its group.
    fn join(&self, company: &mut Organisation, first: &Organisation, unity: bool, dice: &mut Dice) {
        if dice.percent(85) {
            company.sites[0].place = first.sites[0].place.clone();
            company.former_place = first.former_place.clone();
            company.post_box = first.post_box.clone();
        }
        if dice.percent(85) {
            company.sites[0].line = first.sites[0].line.clone();
        }
        if dice.percent(85) {
            company.domain = first.domain.clone();
            company.general_email = first.general_email.clone();
        }
        if dice.percent(60) {
            company.contacts = first.contacts.clone();
        }
        if unity {
            company.vat_id = first.vat_id.clone();
        }
        if dice.percent(12) {
            company.iban = first.iban.clone();
        }
    }

    /// A company with branches, each with an address and a telephone of its own.
    fn chain(&mut self, town: &Town, dice: &mut Dice) -> Organisation {
        let mut chain = self.single(town, dice);
        let branches = match dice.share([70, 24, 6]) {
            0 => dice.between(1, 3),
            1 => dice.between(3, 8),
            _ => dice.between(8, 25),
        };
        for branch in 1..=branches as u64 {
            let elsewhere = dice.percent(80);
            let town = if elsewhere { self.tables.map.town(dice) } else { town };
            let number = chain.id * LINES_MAX + branch;
            let line = match dice.percent(15) {
                true => chain.sites[0].line.clone(),
                false => Line::Dutch(Phone::landline(town.area_code, number, self.seed)),
            };
            let place = Place::dutch(&self.tables.map.house(town, dice));
            chain.sites.push(Site { place, line });
        }
        chain
    }

    /// An owner's shop under the name of a franchise.
    fn franchisee(&mut self, region: &Region, near: &Town, dice: &mut Dice) -> Organisation {
        let franchise = dice.pick(&region.franchises);
        let town = if dice.percent(60) { self.tables.map.town(dice) } else { near };
        let family = self.family(dice);
        let form = [LegalForm::Bv, LegalForm::Vof, LegalForm::SoleTrader][dice.share([50, 25, 25])];
        let trade = TRADES[dice.below(TRADES.len() as u32) as usize];
        let registered = match dice.share([40, 30, 30]) {
            0 => format!("{} {}", franchise.name, town.name),
            1 => format!("{} {trade}", capitalised(&family.to_string())),
            _ => format!("{} {}", franchise.name, capitalised(&family.to_string())),
        };
        let mut shop = self.dutch(registered, form, &family, town, dice);
        shop.trade_name = Some(match dice.percent(60) {
            true => franchise.name.clone(),
            false => format!("{} {}", franchise.name, town.name),
        });
        shop.general_email = match dice.percent(75) {
            true => format!("{}@{}", letters(town.name), franchise.domain),
            false => format!("info@{}", franchise.domain),
        };
        shop.domain = Some(franchise.domain.clone());
        shop
    }

    /// A company that has its seat at a trust office, with hundreds of others.
    fn letterbox(&mut self, region: &Region, town: &Town, dice: &mut Dice) -> Organisation {
        let family = self.family(dice);
        let initials = format!(
            "{}.{}.",
            char::from(b'A' + dice.below(26) as u8),
            char::from(b'A' + dice.below(26) as u8)
        );
        let name = match dice.share([30, 30, 25, 15]) {
            0 => {
                format!("{} {}", invented_word(dice), dice.pick(&["Holding", "Invest", "Finance"]))
            }
            1 => format!("{initials} {family} {}", dice.pick(&["Beheer", "Holding", "Pensioen"])),
            2 => format!("{} {}", capitalised(&family.to_string()), dice.pick(&ROLES)),
            _ => invented_word(dice),
        };
        let mut company = self.dutch(name, LegalForm::Bv, &family, town, dice);
        let office = region.trust_office.clone();
        company.sites[0].place = office.place;
        company.post_box = None;
        if dice.percent(70) {
            company.sites[0].line = office.line;
        }
        if dice.percent(55) {
            company.general_email = office.email;
            company.domain = Some(office.domain).filter(|_| dice.percent(20));
        }
        company
    }

    /// An organisation in a country around the Netherlands.
    fn foreigner(&mut self, dice: &mut Dice) -> Organisation {
        let country = Country::ABROAD[dice.share([45, 30, 12, 13])];
        let id = self.next_id();
        let found = self.abroad.organisation(country, id, self.seed, dice);
        let has_domain = dice.percent(80);
        let domain = has_domain.then(|| {
            let ending = match country {
                Country::Britain => "co.uk".to_owned(),
                other => other.code().to_lowercase(),
            };
            self.mailboxes.domain_ending(&found.name, &found.place.town, &ending, dice)
        });
        let general_email = match &domain {
            Some(domain) => format!("info@{domain}"),
            None => self.mailboxes.give_out(letters(&found.name), dice),
        };
        let count = 1 + dice.share([60, 30, 10]) as u64;
        let contacts =
            (1..=count).map(|at| self.contact(id, at, domain.as_deref(), dice)).collect();
        Organisation {
            id,
            name: found.name,
            trade_name: None,
            owner: None,
            form: found.form,
            trade_register: None,
            vat_id: Some(Abroad::vat_id(country, id, self.seed)),
            iban: None,
            sites: vec![Site { place: found.place, line: found.line }],
            post_box: None,
            former_place: None,
            domain,
            general_email,
            contacts,
            sister_register: None,
        }
    }
}

/// What companies do, common things first.
const TRADES: [&str; 24] = [
    "Bouw",
    "Transport",
    "Consultancy",
    "Techniek",
    "Installaties",
    "Logistiek",
    "Advies",
    "Services",
    "Handel",
    "Schoonmaak",
    "Verhuur",
    "Metaal",
    "Infra",
    "Projecten",
    "Automatisering",
    "Interieur",
    "Zorg",
    "Food",
    "Agro",
    "Beveiliging",
    "Media",
    "Elektro",
    "Tuinen",
    "Trading",
];

/// What the companies of a group are for.
const ROLES: [&str; 16] = [
    "Vastgoed",
    "Verhuur",
    "Materieel",
    "Personeel",
    "Projecten",
    "Onroerend Goed",
    "Services",
    "Werkmaatschappij",
    "Beheer",
    "Pensioen",
    "International",
    "Participaties",
    "Noord",
    "Zuid",
    "Ontwikkeling",
    "Management",
];

/// A word that means nothing: `Velmora`, `Dantis`.
pub fn invented_word(dice: &mut Dice) -> String {
    const STARTS: [&str; 24] = [
        "Ba", "Bel", "Cor", "Da", "Del", "Fa", "Fer", "Ga", "Hel", "Ka", "Kor", "La", "Lin", "Ma",
        "Mer", "No", "Pra", "Ri", "San", "Ta", "Ter", "Va", "Vel", "Zo",
    ];
    const MIDDLES: [&str; 20] = [
        "ba", "bri", "ca", "do", "fi", "ga", "ku", "la", "li", "mo", "na", "ni", "pa", "ra", "ri",
        "sa", "ta", "ti", "va", "vi",
    ];
    const ENDS: [&str; 14] =
        ["", "n", "nt", "r", "ra", "ris", "s", "sta", "tis", "tra", "x", "xa", "co", "dis"];
    let middle = if dice.percent(50) { *dice.pick(&MIDDLES) } else { "" };
    format!("{}{middle}{}{}", dice.pick(&STARTS), dice.pick(&MIDDLES), dice.pick(&ENDS))
}

/// A name that people abbreviate: `Noordelijke Staal Bedrijven`.
fn long_name(town: &str, dice: &mut Dice) -> String {
    const FIRST: [&str; 10] = [
        "Noordelijke",
        "Zuidelijke",
        "Algemene",
        "Eerste",
        "Verenigde",
        "Centrale",
        "Nederlandse",
        "Regionale",
        "Europese",
        "Brabantse",
    ];
    const SECOND: [&str; 16] = [
        "Staal",
        "Beton",
        "Hout",
        "Tapijt",
        "Verzekerings",
        "Olie",
        "Papier",
        "Glas",
        "Zuivel",
        "Vlees",
        "Zand",
        "Textiel",
        "Machine",
        "Kabel",
        "Spoor",
        "Graan",
    ];
    const THIRD: [&str; 8] = [
        "Bedrijven",
        "Maatschappij",
        "Combinatie",
        "Handel",
        "Industrie",
        "Unie",
        "Centrale",
        "Groothandel",
    ];
    let first = if dice.percent(15) { town } else { *dice.pick(&FIRST) };
    format!("{first} {} {}", dice.pick(&SECOND), dice.pick(&THIRD))
}

/// A post office box near an address.
fn post_box(near: &crate::world::place::Address, dice: &mut Dice) -> Place {
    let digits = near.postcode.digits / 10 * 10;
    let letters = *dice.pick(&["AA", "AB", "AC", "AD", "AE", "AG", "BA", "BB"]);
    Place {
        street: "Postbus".to_owned(),
        number: (1 + dice.below(2400)).to_string(),
        postcode: format!("{digits}{letters}"),
        town: near.town.to_owned(),
        country: Country::Netherlands,
    }
}
