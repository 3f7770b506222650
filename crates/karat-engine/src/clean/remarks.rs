//! Remarks that people write where a value should be, and what they say of the customer.
//!
//! ```text
//!   "Kerkstraat 12 (verhuisd)"   moved       "06-12345987 overleden"   deceased
//!   "retour afzender"            returned    "Kerkstraat 12 achterom"  another remark
//! ```

use karat_model::finding::FindingCode;

/// What a remark says of the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remark {
    /// The customer died.
    Deceased,
    /// The customer is bankrupt, or the company closed down.
    Bankrupt,
    /// The customer lives or works elsewhere now.
    Moved,
    /// Mail came back.
    Returned,
    /// Nobody knows the customer, or the address.
    Unknown,
    /// Something else.
    Other,
}

impl Remark {
    /// How a record is found wrong that has such a remark.
    pub fn code(self) -> FindingCode {
        match self {
            Remark::Deceased => FindingCode::Deceased,
            Remark::Bankrupt => FindingCode::Bankrupt,
            Remark::Moved => FindingCode::MovedAway,
            Remark::Returned | Remark::Unknown => FindingCode::Undeliverable,
            Remark::Other => FindingCode::Remark,
        }
    }
}

/// The words, in small letters, in Dutch, English and German.
const WORDS: &[(Remark, &[&str])] = &[
    (Remark::Deceased, &["overleden", "ovl", "overl", "deceased", "verstorben"]),
    (
        Remark::Bankrupt,
        &[
            "failliet",
            "faillissement",
            "bankrupt",
            "insolvent",
            "insolvenz",
            "opgeheven",
            "surseance",
            "liquidatie",
        ],
    ),
    (Remark::Moved, &["verhuisd", "vertrokken", "verzogen", "moved", "verhuist", "umgezogen"]),
    (Remark::Returned, &["retour", "onbestelbaar", "undeliverable", "unzustellbar"]),
    (Remark::Unknown, &["onbekend", "unknown", "unbekannt"]),
    (Remark::Other, &["vervallen", "dubbel", "duplicate", "geblokkeerd"]),
];

/// The longest of the words.
const LENGTH_MAX: usize = 20;

/// What a single word says of the customer, if it is one of the known words.
pub fn class(word: &str) -> Option<Remark> {
    if word == "†" {
        return Some(Remark::Deceased);
    }
    let is_likely = (3..=LENGTH_MAX).contains(&word.len())
        && word.starts_with(|c: char| "orvdmfibslug".contains(c.to_ascii_lowercase()));
    if !is_likely {
        return None;
    }
    let is_it = |known: &&str| known.eq_ignore_ascii_case(word);
    WORDS.iter().find(|(_, words)| words.iter().any(is_it)).map(|(remark, _)| *remark)
}

/// The weightiest thing that the words of a text say of the customer.
pub fn of(text: &str) -> Option<Remark> {
    text.split(|c: char| !c.is_alphanumeric() && c != '†').filter_map(class).min()
}

/// How a field with a remark is found wrong: by what the remark says, as far as that is known.
pub(super) fn code_of(text: &str) -> FindingCode {
    of(text).unwrap_or(Remark::Other).code()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_a_class() {
        for (text, expected) in [
            ("overleden", Some(Remark::Deceased)),
            ("OVERLEDEN 2019", Some(Remark::Deceased)),
            ("†", Some(Remark::Deceased)),
            ("(ovl.)", Some(Remark::Deceased)),
            ("verhuisd naar onbekend adres", Some(Remark::Moved)),
            ("onbekend verzogen", Some(Remark::Moved)),
            ("retour afzender", Some(Remark::Returned)),
            ("adres onbekend", Some(Remark::Unknown)),
            ("failliet verklaard", Some(Remark::Bankrupt)),
            ("verhuisd, overleden", Some(Remark::Deceased)),
            ("dubbel", Some(Remark::Other)),
            // Near misses: words that only open so, and streets.
            ("Overledenenweg", None),
            ("Verhuisdijk", None),
            ("Retourstraat", None),
            ("achterom", None),
            ("", None),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn every_class_has_words_of_its_own() {
        let mut all: Vec<&str> =
            WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        for word in all {
            assert!(class(word).is_some(), "{word}");
        }
    }
}
