//! Countries, and what those around the Netherlands are made of.

use super::quarter::invented_word;
use crate::dice::{Dice, unrepeated};
use crate::table::{Weighted, rows, weight};
use crate::world::numbers;
use crate::world::phone::Phone;
use crate::world::place::Address;

/// Where an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    /// The Netherlands.
    Netherlands,
    /// Belgium.
    Belgium,
    /// Germany.
    Germany,
    /// France.
    France,
    /// The United Kingdom.
    Britain,
}

impl Country {
    /// The countries around the Netherlands.
    pub const ABROAD: [Country; 4] =
        [Country::Belgium, Country::Germany, Country::France, Country::Britain];

    /// The two letters (ISO 3166-1).
    pub fn code(self) -> &'static str {
        ["NL", "BE", "DE", "FR", "GB"][self as usize]
    }

    /// What clerks write.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Country::Netherlands => &["NL", "Nederland", "NEDERLAND", "NL", ""],
            Country::Belgium => &["BE", "België", "Belgie", "BELGIUM"],
            Country::Germany => &["DE", "Duitsland", "Deutschland", "GERMANY"],
            Country::France => &["FR", "Frankrijk", "France"],
            Country::Britain => &["GB", "UK", "United Kingdom", "Engeland"],
        }
    }

    fn dialling_code(self) -> &'static str {
        ["31", "32", "49", "33", "44"][self as usize]
    }
}

/// How a legal form is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Its spellings, the usual one first; none where it is not written.
    pub spellings: &'static [&'static str],
    /// Whether it is written before the name.
    pub goes_before: bool,
}

const fn form(spellings: &'static [&'static str]) -> Form {
    Form { spellings, goes_before: false }
}

/// The forms of a country with their shares.
fn forms(country: Country) -> &'static [(Form, u32)] {
    match country {
        Country::Netherlands => &[],
        Country::Belgium => {
            const {
                &[
                    (form(&["BV", "B.V.", "BVBA", "bvba", "bv"]), 62),
                    (form(&["NV", "N.V.", "nv", "SA"]), 26),
                    (form(&["VZW", "vzw"]), 8),
                    (form(&["Comm.V", "GCV"]), 4),
                ]
            }
        }
        Country::Germany => {
            const {
                &[
                    (form(&["GmbH", "GMBH", "G.m.b.H.", "gmbh"]), 66),
                    (form(&["GmbH & Co. KG", "GmbH & Co.KG", "GmbH und Co. KG"]), 16),
                    (form(&["UG (haftungsbeschränkt)", "UG"]), 8),
                    (form(&["e.K.", "e. K."]), 8),
                    (form(&["AG"]), 2),
                ]
            }
        }
        Country::France => {
            const {
                &[
                    (form(&["SARL", "S.A.R.L.", "sarl"]), 50),
                    (form(&["SAS", "S.A.S."]), 35),
                    (form(&["SA"]), 15),
                ]
            }
        }
        Country::Britain => {
            const {
                &[
                    (form(&["Ltd", "Ltd.", "Limited", "LTD"]), 84),
                    (form(&["LLP"]), 10),
                    (form(&["PLC", "plc"]), 6),
                ]
            }
        }
    }
}

/// An address in any country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The street, or `Postbus`.
    pub street: String,
    /// The number with its addition.
    pub number: String,
    /// The postal code.
    pub postcode: String,
    /// The town.
    pub town: String,
    /// The country.
    pub country: Country,
}

impl Place {
    /// A Dutch address.
    pub fn dutch(address: &Address) -> Place {
        Place {
            street: address.street.to_string(),
            number: address.number_line(),
            postcode: address.postcode.to_string(),
            town: address.town.to_owned(),
            country: Country::Netherlands,
        }
    }
}

/// A telephone number of any country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A Dutch one.
    Dutch(Phone),
    /// One of another country: its dialling code, area code and the rest.
    Foreign(&'static str, &'static str, u64),
}

impl Line {
    /// The number as somebody or other writes it.
    pub fn written(&self, dice: &mut Dice) -> String {
        match self {
            Line::Dutch(phone) => phone.written_freely(dice),
            Line::Foreign(country, area, rest) => match dice.share([50, 25, 25]) {
                0 => format!("+{country} {area} {rest}"),
                1 => format!("00{country}{area}{rest}"),
                _ => format!("+{country}{area}{rest}"),
            },
        }
    }
}

/// A town abroad.
#[derive(Debug)]
struct Town {
    name: &'static str,
    postcodes: Vec<&'static str>,
    area_code: &'static str,
}

/// What one country is made of.
#[derive(Debug)]
struct Land {
    towns: Weighted<Town>,
    streets: Weighted<&'static str>,
    families: Weighted<&'static str>,
    trades_before: Weighted<&'static str>,
    trades_after: Weighted<&'static str>,
    forms: Weighted<Form>,
}

/// What the countries around the Netherlands are made of.
#[derive(Debug)]
pub struct Abroad {
    lands: Vec<Land>,
}

/// What an organisation abroad is called and where it is.
#[derive(Debug)]
pub struct Foreigner {
    /// The name without its legal form.
    pub name: String,
    /// The form.
    pub form: Form,
    /// The address.
    pub place: Place,
    /// The number of the n-th line there.
    pub line: Line,
}

impl Abroad {
    /// Reads the data folder.
    pub fn read() -> Abroad {
        Abroad { lands: Country::ABROAD.map(Land::read).into() }
    }

    /// The n-th organisation in a country.
    pub fn organisation(&self, country: Country, n: u64, seed: u64, dice: &mut Dice) -> Foreigner {
        let land = &self.lands[country as usize - 1];
        let town = land.towns.pick(dice);
        let family = land.families.pick(dice);
        let name = match dice.share([22, 26, 14, 4, 34]) {
            0 if country != Country::Britain => {
                format!("{} {family}", land.trades_before.pick(dice))
            }
            2 => {
                format!("{family} & {} {}", land.families.pick(dice), land.trades_after.pick(dice))
            }
            3 => format!("{} {}", town.name, land.trades_after.pick(dice)),
            4 => {
                let word = invented_word(dice);
                let has_trade = dice.percent(70);
                if has_trade { format!("{word} {}", land.trades_after.pick(dice)) } else { word }
            }
            _ => format!("{family} {}", land.trades_after.pick(dice)),
        };
        let form = *land.forms.pick(dice);
        let postcode = *dice.pick(&town.postcodes);
        let postcode = match country {
            Country::Britain => {
                let letters = b"ABDEFGHJLNPQRSTUWXYZ";
                let [a, b] = [0, 1].map(|_| char::from(*dice.pick(letters)));
                format!("{postcode} {}{a}{b}", 1 + dice.below(9))
            }
            _ => postcode.to_owned(),
        };
        let place = Place {
            street: land.streets.pick(dice).to_string(),
            number: (1 + dice.below(180)).to_string(),
            postcode,
            town: town.name.to_owned(),
            country,
        };
        let rest = 2_000_000 + unrepeated(n, seed, 7_000_000);
        let line = Line::Foreign(country.dialling_code(), town.area_code, rest);
        Foreigner { name, form, place, line }
    }

    /// The n-th VAT id of a country.
    pub fn vat_id(country: Country, n: u64, seed: u64) -> String {
        match country {
            Country::Belgium => numbers::belgian_vat_id(n, seed),
            Country::Germany => numbers::german_vat_id(n, seed),
            Country::France => numbers::french_vat_id(n, seed),
            _ => format!("GB{:09}", 100_000_000 + unrepeated(n, seed, 800_000_000)),
        }
    }
}

impl Land {
    fn read(country: Country) -> Land {
        let of_kind = |kind: &'static str| {
            rows(include_str!("../data/abroad.tsv"))
                .filter(move |row| row[0] == country.code() && row[1] == kind)
        };
        let texts = |kind| Weighted::new(of_kind(kind).map(|row| (row[2], weight(row[3]))));
        let town = |row: Vec<&'static str>| {
            let postcodes = row[4].split(',').collect();
            (Town { name: row[2], postcodes, area_code: row[5] }, weight(row[3]))
        };
        Land {
            towns: Weighted::new(of_kind("town").map(town)),
            streets: texts("street"),
            families: texts("family"),
            trades_before: texts("trade_before"),
            trades_after: texts("trade_after"),
            forms: Weighted::new(forms(country).iter().copied()),
        }
    }
}
