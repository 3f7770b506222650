//! Name usage: whether a person goes by the own family name, the partner's, or both.
//!
//! | Code | Goes by | Standardised |
//! | --- | --- | --- |
//! | E | the own name | `own` |
//! | P | the partner's name | `partner` |
//! | V | the partner's name before the own name | `partner_own` |
//! | N | the partner's name after the own name | `own_partner` |
//!
//! The codes are those of the Dutch register of persons (*aanduiding naamgebruik*, Logisch Ontwerp
//! BRP, element 61.10); words are understood as well: `eigen - partner`.
//! It says how somebody is written to; who somebody is it does not tell, so it is not matched on.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use karat_model::name_usage::NameUsage;

use super::fold::squash;
use super::output::{Context, Output};

/// Headers of columns with name usages.
pub const HEADERS: &[&str] = &[
    "name_usage",
    "naamgebruik",
    "naam_gebruik",
    "aanduiding_naamgebruik",
    "code_naamgebruik",
    "naamgebruik_code",
    "achternaamgebruik",
];

/// The usage that a code or words tell.
fn read(text: &str) -> Option<NameUsage> {
    match &*squash(text) {
        "e" | "eigen" | "eigennaam" | "eigengeslachtsnaam" | "own" | "ownname" => {
            Some(NameUsage::Own)
        }
        "p"
        | "partner"
        | "naampartner"
        | "partnernaam"
        | "geslachtsnaampartner"
        | "partnername" => Some(NameUsage::Partner),
        "v"
        | "partnereigen"
        | "partnervooreigen"
        | "partnereigennaam"
        | "naampartnereigennaam"
        | "partnerown"
        | "partnerbeforeown" => Some(NameUsage::PartnerOwn),
        "n"
        | "eigenpartner"
        | "partnernaeigen"
        | "eigenvoorpartner"
        | "eigennaampartner"
        | "eigennaamnaampartner"
        | "ownpartner"
        | "partnerafterown" => Some(NameUsage::OwnPartner),
        _ => None,
    }
}

/// Whether a value tells a usage in words; a letter alone may be anything.
pub fn resembles(value: &str, _: &Context) -> bool {
    read(value).is_some()
}

/// Claims the usage.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    match read(value) {
        Some(usage) => out.claim(AttributeId::NAME_USAGE, usage.name(), Validity::Valid),
        None => out.finding(FindingCode::UnknownNameUsage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usages_are_understood() {
        for (text, expected) in [
            ("E", Some(NameUsage::Own)),
            ("eigen naam", Some(NameUsage::Own)),
            ("p", Some(NameUsage::Partner)),
            ("Naam partner", Some(NameUsage::Partner)),
            ("V", Some(NameUsage::PartnerOwn)),
            ("Partner - eigen", Some(NameUsage::PartnerOwn)),
            ("N", Some(NameUsage::OwnPartner)),
            ("eigen-partner", Some(NameUsage::OwnPartner)),
            ("O", None),
            ("eigenaar", None),
            ("partners", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_standardised_usage_is_itself() {
        for usage in NameUsage::ALL {
            assert_eq!(read(usage.name()), Some(usage));
        }
    }
}
