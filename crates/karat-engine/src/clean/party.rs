//! Tells what a record is about: a person, an organisation, or a person who stands for one.

use karat_model::attribute::EntityType;

use super::fold::squash;
use super::output::Context;

/// Headers of columns that tell the kind of party.
pub const HEADERS: &[&str] = &[
    "party_kind",
    "party_type",
    "customer_type",
    "klanttype",
    "klantsoort",
    "soort_klant",
    "type_klant",
    "relatietype",
    "relatiesoort",
    "soort_relatie",
    "type_relatie",
    "soort",
    "type",
    "kind",
    "account_type",
    "record_type",
    "b2b_b2c",
    "segment_b2b_b2c",
    "persoon_bedrijf",
    "entity_type",
    "entiteit",
    "kundentyp",
    "kundenart",
    "person_or_company",
    "particulier_zakelijk",
    "client_type",
    "debiteursoort",
];

/// What a column says that a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyKind {
    /// A private person.
    Person,
    /// An organisation.
    Organisation,
    /// A person who is the contact of an organisation.
    ContactPerson,
}

impl PartyKind {
    /// The kind that a code or a word tells.
    pub fn from_text(text: &str) -> Option<PartyKind> {
        match &*squash(text) {
            "p" | "persoon" | "person" | "particulier" | "particuliere" | "privepersoon"
            | "individual" | "b2c" | "consument" | "consumer" | "private" | "prive" | "privat"
            | "privatperson" | "privatkunde" | "natuurlijkpersoon" | "naturalperson" | "np"
            | "part" | "household" | "huishouden" | "klantparticulier" => Some(PartyKind::Person),
            "b"
            | "o"
            | "z"
            | "bedrijf"
            | "zakelijk"
            | "zakelijkeklant"
            | "organisatie"
            | "organisation"
            | "organization"
            | "b2b"
            | "company"
            | "business"
            | "corporate"
            | "firma"
            | "firmenkunde"
            | "nietnatuurlijkpersoon"
            | "rechtspersoon"
            | "nnp"
            | "legalentity"
            | "instelling"
            | "org"
            | "enterprise"
            | "unternehmen"
            | "commercial"
            | "bedrijven" => Some(PartyKind::Organisation),
            "contactpersoon" | "contact" | "contactperson" | "cp" | "ansprechpartner"
            | "medewerker" | "employee" => Some(PartyKind::ContactPerson),
            _ => None,
        }
    }
}

/// Whether a value tells the kind of party in a word.
pub fn resembles(value: &str, _: &Context) -> bool {
    PartyKind::from_text(value).is_some()
}

/// What a record has, for telling what it is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence {
    /// What a column says.
    pub kind: Option<PartyKind>,
    /// Whether it has the name of a person, or parts of one.
    pub person_name: bool,
    /// Whether it has the name of a company, its legal form, KvK number or VAT number.
    pub company: bool,
    /// Whether a name in one field is that of a company.
    pub whole_name_is_company: bool,
}

/// Decides what a record is about; what a column says counts first.
///
/// A record with both a person and a company is about the person, who keeps the company as employer.
pub fn decide(evidence: Evidence) -> EntityType {
    let organisation = match evidence.kind {
        Some(kind) => kind == PartyKind::Organisation,
        None if evidence.person_name => false,
        None => evidence.company || evidence.whole_name_is_company,
    };
    if organisation { EntityType::Organisation } else { EntityType::Person }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_understood() {
        for (text, expected) in [
            ("Particulier", Some(PartyKind::Person)),
            ("P", Some(PartyKind::Person)),
            ("B2B", Some(PartyKind::Organisation)),
            ("Zakelijk", Some(PartyKind::Organisation)),
            ("niet-natuurlijk persoon", Some(PartyKind::Organisation)),
            ("Contact person", Some(PartyKind::ContactPerson)),
            ("C", None),
            ("Jansen", None),
        ] {
            assert_eq!(PartyKind::from_text(text), expected, "{text}");
        }
    }

    #[test]
    fn a_column_counts_before_the_values() {
        use EntityType::{Organisation, Person};
        let none = Evidence::default();
        let company = Evidence { company: true, ..none };
        let both = Evidence { person_name: true, ..company };
        for (evidence, expected) in [
            (none, Person),
            (company, Organisation),
            (both, Person),
            (Evidence { kind: Some(PartyKind::Organisation), ..both }, Organisation),
            (Evidence { kind: Some(PartyKind::ContactPerson), ..company }, Person),
            (Evidence { kind: Some(PartyKind::Person), ..company }, Person),
            (Evidence { whole_name_is_company: true, ..none }, Organisation),
        ] {
            assert_eq!(decide(evidence), expected, "{evidence:?}");
        }
    }
}
