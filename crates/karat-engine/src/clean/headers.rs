//! What a header says: of which kind its column is, and to which group it belongs.
//!
//! ```text
//!   customer.billing_address.zip   →  Postcode, group billing
//!   factuurpostcode                →  Postcode, group factuur
//!   tel_2                          →  Phone, number 2
//! ```

use super::fold::{fold_header, squash};
use super::kinds::{GENERIC, KINDS, Kind};

/// What a header says.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// The folded header.
    pub folded: String,
    /// The kind it names, if any.
    pub kind: Option<&'static Kind>,
    /// How surely it does: whole, at its end, or somewhere within.
    pub sureness: Sureness,
    /// The words that tell parts of one address from those of another.
    pub group: String,
    /// The number in it: 2 for `tel_2`.
    pub number: Option<u32>,
}

/// How surely a header names its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    /// It names none.
    #[default]
    Nothing,
    /// Somewhere within: `postcode_oud`.
    Within,
    /// At its end: `customer_postcode`.
    AtEnd,
    /// As a whole.
    Whole,
}

/// Words that tell one address, or one phone, from another.
const GROUP_WORDS: &[&str] = &[
    "aflever",
    "bezoek",
    "bezorg",
    "bill",
    "billing",
    "business",
    "correspondentie",
    "delivery",
    "factuur",
    "home",
    "invoice",
    "lever",
    "liefer",
    "mail",
    "mailing",
    "old",
    "oud",
    "oude",
    "post",
    "postal",
    "previous",
    "prive",
    "private",
    "rechnungs",
    "ship",
    "shipping",
    "sold",
    "vestigings",
    "visit",
    "visiting",
    "vorig",
    "vorige",
    "werk",
    "woon",
    "work",
    "zakelijk",
    "secondary",
    "alternative",
    "second",
    "tweede",
    "verzend",
    "levering",
    "facturatie",
    "primary",
    "main",
    "hoofd",
];

/// Words within a group that add nothing: `factuuradres` is the group `factuur`.
const GROUP_ENDINGS: &[&str] = &["adres", "address", "adresse", "addr", "s"];

/// Reads a header.
pub fn read(header: &str) -> Header {
    let folded = fold_header(header);
    let mut read = Header { folded, ..Header::default() };
    let whole = squash(&read.folded).to_string();
    if let Some(kind) = named(&whole) {
        read.kind = Some(kind);
        read.sureness = Sureness::Whole;
        read.number = number_behind(&whole);
        return read;
    }
    let folded = read.folded.clone();
    let mut words: Vec<&str> = folded.split('_').collect();
    words.retain(|word| match word.parse::<u32>() {
        Ok(number) => {
            read.number = read.number.or(Some(number));
            false
        }
        Err(_) => !word.is_empty(),
    });
    if let Some(last) = words.last_mut() {
        let bare = last.trim_end_matches(|c: char| c.is_ascii_digit());
        read.number = read.number.or_else(|| last[bare.len()..].parse().ok());
        *last = bare;
    }
    find_kind(&words, &mut read);
    read
}

/// Finds the kind among the words: the whole, then the longest end, then what stands within.
fn find_kind(words: &[&str], read: &mut Header) {
    let given_and_family =
        ["first", "given", "voornaam", "vorname"].iter().any(|word| words.contains(word))
            && ["surname", "last", "achternaam", "nachname", "family"]
                .iter()
                .any(|word| words.contains(word));
    if given_and_family {
        read.kind = super::kinds::of(karat_model::semantic::SemanticType::FullName);
        read.sureness = Sureness::Whole;
        return;
    }
    for start in 0..words.len() {
        if let Some((kind, glued)) = named_with_group(&words[start..].concat()) {
            read.kind = Some(kind);
            read.sureness = if start == 0 { Sureness::Whole } else { Sureness::AtEnd };
            read.group = group(&words[..start], glued);
            return;
        }
    }
    let longest_first = (1..words.len()).rev();
    for count in longest_first {
        for start in 0..words.len() - count {
            let inner = words[start..start + count].concat();
            let found =
                named(&inner).filter(|_| !GENERIC.iter().any(|generic| *squash(generic) == *inner));
            if let Some(kind) = found {
                read.kind = Some(kind);
                read.sureness = Sureness::Within;
                let others: Vec<&str> = [&words[..start], &words[start + count..]].concat();
                read.group = group(&others, "");
                return;
            }
        }
    }
}

/// The kind with this squashed header.
fn named(squashed: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.headers.iter().any(|header| *squash(header) == *squashed))
}

/// The kind of a header that may be glued to its group: `factuurpostcode`, `postadres`.
fn named_with_group(squashed: &str) -> Option<(&'static Kind, &'static str)> {
    if let Some(kind) = named(squashed) {
        return Some((kind, ""));
    }
    GROUP_WORDS.iter().find_map(|group| {
        let rest = squashed.strip_prefix(group)?;
        let rest = rest.strip_prefix("adres").filter(|rest| rest.len() > 2).unwrap_or(rest);
        named(rest).map(|kind| (kind, *group))
    })
}

/// The group that the other words of a header name.
fn group(words: &[&str], glued: &str) -> String {
    let mut group = glued.to_owned();
    for word in words {
        let stem =
            GROUP_ENDINGS.iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
        let known = |text: &str| GROUP_WORDS.iter().find(|known| **known == text);
        group.extend(known(word).or_else(|| known(stem)).copied());
    }
    group
}

fn number_behind(squashed: &str) -> Option<u32> {
    let bare = squashed.trim_end_matches(|c: char| c.is_ascii_digit());
    squashed[bare.len()..].parse().ok()
}

/// Whether a header says that the values identify something: `polisnr`, `soc_sec_id`.
pub fn names_an_id(folded: &str) -> bool {
    const WORDS: &[&str] = &[
        "id",
        "nr",
        "no",
        "num",
        "number",
        "nummer",
        "code",
        "key",
        "ssn",
        "account",
        "ref",
        "reference",
        "guid",
        "uuid",
        "referentie",
        "kenmerk",
        "sleutel",
        "kennung",
        "pasnummer",
        "bsn",
        "passport",
    ];
    let words: Vec<&str> = folded.split('_').collect();
    let glued = ["nummer", "nr", "code", "number"].iter().any(|ending| {
        words.last().is_some_and(|last| last.len() > ending.len() + 1 && last.ends_with(ending))
    });
    glued || words.iter().any(|word| WORDS.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        for (header, kind, group, number) in [
            ("first_name", "given_name", "", None),
            ("FirstName", "given_name", "", None),
            ("Voornaam", "given_name", "", None),
            ("customer.address.street", "street", "", None),
            ("billing_address.zip", "postcode", "billing", None),
            ("customer.shippingAddress.city", "city", "shipping", None),
            ("factuurpostcode", "postcode", "factuur", None),
            ("Factuuradres postcode", "postcode", "factuur", None),
            ("postadres", "address_line", "post", None),
            ("postcode", "postcode", "", None),
            ("post_plaats", "city", "post", None),
            ("woonplaats", "city", "", None),
            ("bezoekadres", "address_line", "bezoek", None),
            ("postcode_fake", "postcode", "", None),
            ("first_and_surname", "full_name", "", None),
            ("tel1", "phone", "", Some(1)),
            ("tel_2", "phone", "", Some(2)),
            ("telefoon prive", "phone", "prive", None),
            ("address_2", "address_extra", "", Some(2)),
            ("addresses.0.city", "city", "", Some(0)),
            ("geb_dat", "birth_date", "", None),
            ("klantnr", "source_id", "", None),
            ("street_number", "house_number", "", None),
            ("pc_plaats", "postcode_city", "", None),
            ("company.name", "company_name", "", None),
            ("contact.name", "full_name", "", None),
            ("soc_sec_id", "source_id", "", None),
            ("cluster", "truth_label", "", None),
            ("kleur_ogen", "", "", None),
            ("", "", "", None),
        ] {
            let read = read(header);
            let found = read.kind.map_or("", |kind| kind.semantic_type.name());
            assert_eq!((found, &*read.group, read.number), (kind, group, number), "{header}");
        }
    }
}
