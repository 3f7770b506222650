//! Names of companies: a family and its trade, a sign above the door, a place, or pure fantasy.

use super::family::FamilyName;
use crate::dice::Dice;
use crate::table::{Weighted, of_kind};

/// The legal form of a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegalForm {
    /// Besloten vennootschap.
    Bv,
    /// Naamloze vennootschap.
    Nv,
    /// Vennootschap onder firma.
    Vof,
    /// Eenmanszaak: the company is its owner.
    SoleTrader,
    /// Maatschap.
    Partnership,
    /// Stichting.
    Foundation,
    /// Vereniging.
    Association,
}

impl LegalForm {
    /// The ways in which people write it, the usual one first; `""` leaves it out.
    pub fn spellings(self) -> &'static [&'static str] {
        match self {
            LegalForm::Bv => &["B.V.", "BV", "bv", "b.v.", "B.V", "Besloten Vennootschap", ""],
            LegalForm::Nv => &["N.V.", "NV", "nv", ""],
            LegalForm::Vof => &["V.O.F.", "VOF", "vof", "v.o.f.", "V.o.f.", ""],
            LegalForm::SoleTrader => &[""],
            LegalForm::Partnership => &["Maatschap", "maatschap", "Mts.", ""],
            LegalForm::Foundation => &["Stichting", "St.", "Stg.", ""],
            // Their names mostly say what they are: `Voetbalvereniging De Brug`.
            LegalForm::Association => &["", "", "Vereniging"],
        }
    }

    /// Whether the form is written before the name: `Stichting De Brug`.
    pub fn goes_before(self) -> bool {
        matches!(self, LegalForm::Partnership | LegalForm::Foundation | LegalForm::Association)
    }

    /// The name with the form in this spelling.
    pub fn attach(self, name: &str, spelling: &str) -> String {
        match spelling {
            "" => name.to_owned(),
            _ if self.goes_before() => format!("{spelling} {name}"),
            _ => format!("{name} {spelling}"),
        }
    }
}

/// All parts of company names.
#[derive(Debug)]
pub struct CompanyNameTable {
    trade_before: Weighted<&'static str>,
    trade_after: Weighted<&'static str>,
    sign: Weighted<&'static str>,
    fantasy_start: Weighted<&'static str>,
    fantasy_end: Weighted<&'static str>,
    association: Weighted<&'static str>,
    position: Weighted<&'static str>,
}

impl CompanyNameTable {
    /// Reads the data folder.
    pub fn read() -> CompanyNameTable {
        let parts = |kind| of_kind(include_str!("../data/company_parts.tsv"), kind);
        CompanyNameTable {
            trade_before: parts("trade_before"),
            trade_after: parts("trade_after"),
            sign: parts("sign"),
            fantasy_start: parts("fantasy_start"),
            fantasy_end: parts("fantasy_end"),
            association: parts("association"),
            position: parts("position"),
        }
    }

    /// A name without its legal form, and the form, for a company of this family in this town.
    pub fn pick(&self, owner: &FamilyName, town: &str, dice: &mut Dice) -> (String, LegalForm) {
        use LegalForm::*;
        let family = capitalised(&owner.to_string());
        let before = self.trade_before.pick(dice);
        let after = self.trade_after.pick(dice);
        match dice.share([20, 22, 16, 8, 20, 6, 8]) {
            0 => {
                let heirs = *dice.pick(&["", "", "", " & Zn", " & Zonen", " en Zoon", " & Co"]);
                let form = [Bv, Vof, SoleTrader][dice.share([40, 22, 38])];
                (format!("{before} {family}{heirs}"), form)
            }
            1 => (format!("{family} {after}"), [Bv, Vof, SoleTrader][dice.share([60, 10, 30])]),
            2 => {
                let form = [Bv, Vof, SoleTrader][dice.share([40, 30, 30])];
                (format!("{before} {}", self.sign.pick(dice)), form)
            }
            3 => (format!("{before} {town}"), [Bv, Vof, SoleTrader][dice.share([50, 25, 25])]),
            4 => {
                let (start, end) = (self.fantasy_start.pick(dice), self.fantasy_end.pick(dice));
                let name = format!("{start}{end}");
                let name = if dice.percent(35) { format!("{name} {after}") } else { name };
                (name, [Bv, Nv, SoleTrader][dice.share([82, 4, 14])])
            }
            5 => {
                let partner = capitalised(self.sign.pick(dice).trim_start_matches("De "));
                (format!("{family} & {partner} {after}"), [Bv, Partnership][dice.share([50, 50])])
            }
            _ => {
                let association = self.association.pick(dice);
                let form = [Foundation, Association][dice.share([40, 60])];
                let name = match dice.percent(60) {
                    true => format!("{association} {}", self.sign.pick(dice)),
                    false => format!("{association} {town}"),
                };
                (name, form)
            }
        }
    }

    /// What somebody does at a company.
    pub fn position(&self, dice: &mut Dice) -> &'static str {
        self.position.pick(dice)
    }
}

/// `van den Berg` opens a company name as `Van den Berg`.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_attached_where_they_belong() {
        assert_eq!(LegalForm::Bv.attach("Jansen Bouw", "BV"), "Jansen Bouw BV");
        assert_eq!(LegalForm::Foundation.attach("De Brug", "St."), "St. De Brug");
        assert_eq!(LegalForm::Bv.attach("Jansen Bouw", ""), "Jansen Bouw");
    }
}
