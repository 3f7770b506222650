//! State, province or county: `nsw` becomes `NSW`, `NOORD-BRABANT` becomes `Noord-Brabant`.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;

use crate::clean::folded::folded;
use crate::clean::output::{Context, Output};

use super::capitals::place_capitals;

/// Headers of such columns.
pub const HEADERS: &[&str] = &[
    "region",
    "state",
    "province",
    "provincie",
    "county",
    "regio",
    "bundesland",
    "state_province",
    "gemeente",
    "department",
    "kanton",
    "state_code",
    "gewest",
    "deelstaat",
    "province_code",
    "state_or_province",
    "land_kreis",
    "departement",
];

/// The regions that are recognised: of the Netherlands, Belgium, Germany and Australia.
const KNOWN: &[&str] = &[
    "groningen",
    "friesland",
    "fryslan",
    "drenthe",
    "overijssel",
    "flevoland",
    "gelderland",
    "utrecht",
    "noord holland",
    "zuid holland",
    "zeeland",
    "noord brabant",
    "limburg",
    "antwerpen",
    "oost vlaanderen",
    "west vlaanderen",
    "vlaams brabant",
    "waals brabant",
    "henegouwen",
    "luik",
    "namen",
    "luxemburg",
    "bayern",
    "baden wurttemberg",
    "berlin",
    "brandenburg",
    "bremen",
    "hamburg",
    "hessen",
    "niedersachsen",
    "mecklenburg vorpommern",
    "nordrhein westfalen",
    "rheinland pfalz",
    "saarland",
    "sachsen",
    "sachsen anhalt",
    "schleswig holstein",
    "thuringen",
    "nsw",
    "vic",
    "qld",
    "wa",
    "sa",
    "tas",
    "act",
    "nt",
];

/// Whether a value is a region that is known.
pub fn resembles(value: &str, _context: &Context) -> bool {
    value.len() <= 24 && KNOWN.contains(&folded(value).as_str())
}

/// Claims the region; codes of two or three letters are capitals.
pub fn standardise(value: &str, _context: &Context, out: &mut Output) {
    if value.contains(char::is_alphanumeric) {
        out.claim(AttributeId::REGION, region(value), Validity::Valid);
    }
}

/// The region as people write it.
pub(super) fn region(value: &str) -> String {
    let value = value.trim();
    let is_code = (2..=3).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphabetic());
    if is_code { value.to_ascii_uppercase() } else { place_capitals(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions() {
        assert_eq!(region("nsw"), "NSW");
        assert_eq!(region("NOORD-BRABANT"), "Noord-Brabant");
        assert_eq!(region("Zuid-Holland"), "Zuid-Holland");
    }

    /// `Ã¬` looks like a damaged `ì`: with a capital, the region was another when it came back.
    #[test]
    fn a_capital_makes_no_damage() {
        assert_eq!(region("â¬"), "â¬");
        assert_eq!(region("ä¹ b"), "ä¹ b");
        assert_eq!(region("ä b"), "Ä B");
    }
}
