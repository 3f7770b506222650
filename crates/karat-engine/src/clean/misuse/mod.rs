//! Values in the wrong field: an e-mail address in a name, a phone number in a job title.
//!
//! Arrives: a tidy value of a field that would accept anything, and what the field is for.
//! Leaves: what else the value holds, where, and how the right field would write it.
//! Promises: only what passes the check of its own type is found, so that names and places stay.
//! Start reading at [`find`], the ladder of types; `swapped.rs` looks at two fields together.
//!
//! ```text
//!   given name  "jan@post.example"        an e-mail address, and nothing else
//!   job title   "inkoper, 06-12345987"    a phone number behind a job title
//!   notes       "KvK 68750110 nagevraagd" a KvK number amid other words
//!   notes       "order 0612345987"        nothing: a number of something
//! ```

use std::ops::Range;

use compact_str::CompactString;
use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;
use karat_model::semantic::SemanticType;

use super::output::{Context, Output};
use super::placeholder::{Judgement, judge};
use super::remarks::{self, Remark};
use super::{date, email, iban, kvk_number, phone, vat_number};

pub(super) mod swapped;

/// Something in a field that has a field of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse {
    /// What it is.
    pub semantic_type: SemanticType,
    /// The attribute that it belongs to; `None` where more than one could be meant.
    pub attribute: Option<AttributeId>,
    /// How that attribute writes it.
    pub value: CompactString,
    /// Where it stands.
    pub range: Range<usize>,
}

impl Misuse {
    /// What else stands in the field: without the thing, its label, and the signs around it.
    pub fn rest(&self, value: &str) -> String {
        let is_sign = |c: char| !c.is_alphanumeric() && !matches!(c, '.' | '\'' | '(' | ')');
        let mut before = without_label(&value[..self.range.start]).trim_end_matches(is_sign);
        let mut after = value[self.range.end..].trim_start_matches(is_sign);
        if let (Some(outside), Some(behind)) = (before.strip_suffix('('), after.strip_prefix(')')) {
            (before, after) = (outside.trim_end_matches(is_sign), behind.trim_start());
        }
        let is_between = !before.is_empty() && !after.is_empty();
        let rest = format!("{before}{}{after}", if is_between { " " } else { "" });
        rest.trim().to_owned()
    }

    /// Whether nothing else stands in the field.
    pub fn is_whole(&self, value: &str) -> bool {
        !self.rest(value).contains(char::is_alphanumeric)
    }
}

/// Whether fields of a type take any text, so that anything may stand in them.
pub fn accepts_anything(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    is_of_words(semantic_type) || matches!(semantic_type, Text | Category)
}

/// Whether a field holds words, of which a thing of another type is no part.
fn is_of_words(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    matches!(
        semantic_type,
        FullName
            | PartyName
            | GivenName
            | FamilyName
            | PartnerName
            | CompanyName
            | BirthPlace
            | JobTitle
            | Street
            | AddressLine
            | AddressExtra
            | City
            | Region
    )
}

/// What a value holds that has a field of its own.
pub fn find(value: &str, own: SemanticType, context: &Context) -> Option<Misuse> {
    use SemanticType::*;
    match own {
        Email if !value.contains('@') => return whole(value, find_phone(value, context)),
        Phone if value.contains('@') => return whole(value, find_email(value, context)),
        _ if !accepts_anything(own) => return None,
        _ => {}
    }
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let may_be_email = value.contains('@');
    let may_be_number = digits >= DIGITS_MIN;
    if !may_be_email && !may_be_number {
        return None;
    }
    let email = || find_email(value, context);
    let iban = || find_iban(value, context);
    let vat = || find_vat_number(value, context);
    let kvk = || find_kvk_number(value, context);
    let phone = || find_phone(value, context);
    let date = || find_date(value, own, context);
    email().filter(|_| may_be_email).or_else(|| {
        let number = may_be_number.then(|| iban().or_else(vat).or_else(kvk).or_else(phone));
        number.flatten().or_else(date)
    })
}

/// What a note says became of the customer: few words, no `not`, and nothing that is yet to come.
pub fn fact(value: &str, own: SemanticType) -> Option<FindingCode> {
    const WORDS_MAX: usize = 4;
    const DENIALS: [&str; 5] = ["niet", "not", "nicht", "geen", "no"];
    // Words about someone else: `partner overleden`.
    const OTHERS: [&str; 14] = [
        "partner",
        "man",
        "vrouw",
        "echtgenoot",
        "echtgenote",
        "vader",
        "moeder",
        "zoon",
        "dochter",
        "broer",
        "zus",
        "husband",
        "wife",
        "contactpersoon",
    ];
    // What may be, or is to come: `verhuist volgend jaar`.
    const PLANS: [&str; 23] = [
        "volgend",
        "volgende",
        "komend",
        "komende",
        "binnenkort",
        "straks",
        "gaat",
        "wil",
        "zal",
        "mogelijk",
        "misschien",
        "wellicht",
        "waarschijnlijk",
        "als",
        "indien",
        "next",
        "soon",
        "maybe",
        "if",
        "bald",
        "nächstes",
        "vielleicht",
        "wenn",
    ];
    let is_note = matches!(own, SemanticType::Text | SemanticType::Category);
    if !is_note {
        return None;
    }
    let mut words = value.split(|c: char| !c.is_alphanumeric() && c != '†');
    let says_otherwise = |word: &str| {
        let lists = [&DENIALS[..], &OTHERS[..], &PLANS[..]];
        lists.into_iter().flatten().any(|known| known.eq_ignore_ascii_case(word))
    };
    let is_short = value.split_whitespace().nth(WORDS_MAX).is_none();
    let remark = if is_short { remarks::of(value)? } else { return None };
    let is_certain = matches!(remark, Remark::Deceased | Remark::Bankrupt)
        || remark == Remark::Moved && !value.eq_ignore_ascii_case("moved");
    (is_certain && !words.any(says_otherwise)).then(|| remark.code())
}

/// The fewest digits of a number that has a field of its own.
const DIGITS_MIN: usize = 6;

fn whole(value: &str, found: Option<Misuse>) -> Option<Misuse> {
    found.filter(|found| found.is_whole(value))
}

type Standardise = fn(&str, &Context, &mut Output);

/// The thing at a place, if its type finds nothing wrong with it.
fn found(
    value: &str,
    range: Range<usize>,
    semantic_type: SemanticType,
    standardise: Standardise,
    context: &Context,
) -> Option<Misuse> {
    let text = value.get(range.clone())?;
    if judge(text, semantic_type) == Judgement::Placeholder {
        return None;
    }
    let mut out = Output::default();
    standardise(text, context, &mut out);
    let is_invalid = |claim: &karat_model::claim::Claim| claim.validity == Validity::Invalid;
    let claim = out.claims.into_iter().next().filter(|claim| !is_invalid(claim))?;
    let attribute = Some(claim.attribute);
    Some(Misuse { semantic_type, attribute, value: claim.value, range })
}

/// The words of a text, without punctuation around them, with their places.
fn words(value: &str) -> impl Iterator<Item = Range<usize>> {
    let is_around =
        |c: char| matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | ';' | ',' | ':');
    let is_end = |c: char| matches!(c, '.' | '\'' | '/' | '-');
    let start_of = move |part: &str| part.as_ptr().addr() - value.as_ptr().addr();
    value.split(move |c: char| c.is_whitespace() || is_around(c)).filter_map(move |word| {
        let word = word.trim_matches(is_end);
        (!word.is_empty()).then(|| start_of(word)..start_of(word) + word.len())
    })
}

fn find_email(value: &str, context: &Context) -> Option<Misuse> {
    let is_address = |range: &Range<usize>| email::resembles(&value[range.clone()], context);
    let range = words(value).find(is_address)?;
    found(value, range, SemanticType::Email, email::standardise, context)
}

fn find_iban(value: &str, context: &Context) -> Option<Misuse> {
    const LENGTHS: std::ops::RangeInclusive<usize> = 15..=34;
    let bytes = value.as_bytes();
    let opens = |at: usize| {
        let is_start = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let form = bytes.get(at..at + 4);
        is_start
            && form.is_some_and(|form| {
                form[..2].iter().all(u8::is_ascii_alphabetic)
                    && form[2..].iter().all(u8::is_ascii_digit)
            })
    };
    let starts = (0..bytes.len()).filter(|&at| opens(at));
    starts.into_iter().find_map(|start| {
        let mut count = 0;
        let mut end = start;
        let mut found_last = None;
        while end < bytes.len() && (bytes[end].is_ascii_alphanumeric() || bytes[end] == b' ') {
            count += usize::from(bytes[end] != b' ');
            end += 1;
            let ends_word = bytes.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
            if LENGTHS.contains(&count) && ends_word && bytes[end - 1] != b' ' {
                let one = found(value, start..end, SemanticType::Iban, iban::standardise, context);
                found_last = one.or(found_last);
            }
        }
        found_last
    })
}

fn find_vat_number(value: &str, context: &Context) -> Option<Misuse> {
    let has_form = |range: &Range<usize>| {
        let word = &value.as_bytes()[range.clone()];
        matches!(word, [b'N' | b'n', b'L' | b'l', rest @ ..] if rest.len() >= 12)
            || matches!(word, [b'B' | b'b', b'E' | b'e', b'0' | b'1', rest @ ..] if rest.len() >= 9)
    };
    words(value).filter(has_form).find_map(|range| {
        found(value, range, SemanticType::VatNumber, vat_number::standardise, context)
    })
}

/// Eight digits behind the letters KvK.
fn find_kvk_number(value: &str, context: &Context) -> Option<Misuse> {
    const DIGITS: usize = 8;
    let lower = value.to_ascii_lowercase();
    let label = lower.find("kvk").or_else(|| lower.find("k.v.k"))?;
    let start = label + value[label..].find(|c: char| c.is_ascii_digit())?;
    let is_near = start - label <= 14;
    let digits = value[start..].bytes().take_while(u8::is_ascii_digit).count();
    let range = start..start + digits;
    let is_number = is_near && digits == DIGITS;
    is_number
        .then(|| found(value, range, SemanticType::KvkNumber, kvk_number::standardise, context))
        .flatten()
}

/// A phone number that opens as they do, and is not the number of an order.
fn find_phone(value: &str, context: &Context) -> Option<Misuse> {
    const DIGITS: std::ops::RangeInclusive<usize> = 9..=13;
    let is_sign =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | ' ' | '.' | '/');
    let mut at = 0;
    while let Some(start) = value[at..].find(|c: char| matches!(c, '0'..='9' | '+' | '(')) {
        let start = at + start;
        let rest = &value[start..];
        let run = &rest[..rest.find(|c| !is_sign(c)).unwrap_or(rest.len())];
        at = start + run.len().max(1);
        let is_glued = value[..start].ends_with(char::is_alphanumeric)
            || value[at..].starts_with(char::is_alphanumeric)
                && run.ends_with(|c: char| c.is_ascii_digit());
        let number = run.trim_end_matches(|c: char| !c.is_ascii_digit());
        let is_in_brackets = number.starts_with('(') && !number.contains(')');
        let start = start + usize::from(is_in_brackets);
        let number = &number[usize::from(is_in_brackets)..];
        let before = value[..start].trim_end_matches('(');
        let opens = number.trim_start_matches('(').starts_with(['0', '+']);
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let is_number = opens && !is_glued && DIGITS.contains(&digits) && !counts_something(before);
        if is_number && !date::resembles(number, context) {
            let range = start..start + number.len();
            let phone = found(value, range, SemanticType::Phone, phone::standardise, context);
            if phone.as_ref().is_some_and(|phone| phone.value.starts_with('+')) {
                return phone;
            }
        }
    }
    None
}

/// A whole value that is a date, in a field of words; nobody knows which date is meant.
fn find_date(value: &str, own: SemanticType, context: &Context) -> Option<Misuse> {
    let is_date = is_of_words(own) && date::resembles(value, context);
    let date = date::calendar_date(value, context).filter(|_| is_date)?;
    Some(Misuse {
        semantic_type: SemanticType::Date,
        attribute: None,
        value: date.to_string().into(),
        range: 0..value.len(),
    })
}

/// Words that stand before a number of something else.
const COUNTED: &[&str] = &[
    "order",
    "ordernr",
    "ordernummer",
    "bestelling",
    "bestelnummer",
    "factuur",
    "factuurnummer",
    "invoice",
    "ref",
    "referentie",
    "reference",
    "dossier",
    "dossiernummer",
    "polis",
    "polisnummer",
    "klant",
    "klantnummer",
    "klantnr",
    "zaak",
    "zaaknummer",
    "ticket",
    "case",
    "contract",
    "contractnummer",
    "artikel",
    "serienummer",
    "id",
    "bsn",
    "imei",
];

/// Words that stand before what they name.
const LABELS: &[&str] = &[
    "tel",
    "telefoon",
    "telefoonnummer",
    "mob",
    "mobiel",
    "phone",
    "gsm",
    "email",
    "e-mail",
    "mail",
    "iban",
    "rekening",
    "rek",
    "kvk",
    "kvk-nummer",
    "kvknummer",
    "btw",
    "btw-nummer",
    "vat",
    "nr",
    "nummer",
    "t",
    "m",
    "e",
];

fn last_word(before: &str) -> &str {
    let is_sign = |c: char| c.is_whitespace() || matches!(c, ':' | '.' | '#' | '=');
    let before = before.trim_end_matches(is_sign);
    let start = before.rfind(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '('));
    start.map_or(before, |at| before[at..].trim_start_matches([' ', ',', ';', '(']))
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a text before a number says that it is that of an order or the like.
fn counts_something(before: &str) -> bool {
    let word = last_word(before);
    let is_number_word = is_one_of(word, &["nr", "nummer", "number", "no"]);
    let before_that = before.trim_end().strip_suffix(word).unwrap_or_default();
    is_one_of(word, COUNTED) || is_number_word && is_one_of(last_word(before_that), COUNTED)
}

/// A text without the label at its end.
fn without_label(before: &str) -> &str {
    let word = last_word(before);
    if word.is_empty() || !is_one_of(word, LABELS) {
        return before;
    }
    let start = word.as_ptr().addr() - before.as_ptr().addr();
    &before[..start]
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;

    use super::*;
    use SemanticType::*;

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };

    /// `type value | rest`, or nothing.
    fn shown(value: &str, own: SemanticType) -> String {
        find(value, own, &DUTCH).map_or_else(String::new, |found| {
            format!("{} {} | {}", found.semantic_type.name(), found.value, found.rest(value))
        })
    }

    #[test]
    fn things_in_fields_of_words_are_found() {
        for (own, value, expected) in [
            (GivenName, "jan@post.example", "email jan@post.example | "),
            (FamilyName, "Jansen jan@post.example", "email jan@post.example | Jansen"),
            (FullName, "J. Jansen <jan@post.example>", "email jan@post.example | J. Jansen"),
            (FullName, "Jansen 06-12345987", "phone +31612345987 | Jansen"),
            (FullName, "Jansen (06-12345987)", "phone +31612345987 | Jansen"),
            (FullName, "Jansen tel. 020-1234568", "phone +31201234568 | Jansen"),
            (City, "0201234568", "phone +31201234568 | "),
            (City, "NL91 ABNA 0417 1643 00", "iban NL91ABNA0417164300 | "),
            (JobTitle, "inkoper, 06-12345987", "phone +31612345987 | inkoper"),
            (JobTitle, "31-01-1980", "date 1980-01-31 | "),
            (Text, "KvK 68750110 nagevraagd", "kvk_number 68750110 | nagevraagd"),
            (Text, "KvK-nummer: 68750110", "kvk_number 68750110 | "),
            (
                Text,
                "IBAN NL91ABNA0417164300 is van de zoon",
                "iban NL91ABNA0417164300 | is van de zoon",
            ),
            (Text, "mailt via jan@post.example, graag", "email jan@post.example | mailt via graag"),
            (Text, "btw NL853746333B01", "vat_number NL853746333B01 | "),
            (Text, "bel +32 470 12 34 56 na zes uur", "phone +32470123456 | bel na zes uur"),
            (Email, "06-12345987", "phone +31612345987 | "),
            (Phone, "jan@post.example", "email jan@post.example | "),
            // Near misses.
            (Text, "order 0612345987", ""),
            (Text, "factuur nr 0201234568", ""),
            (Text, "order 111222333", ""),
            (Text, "68750110", ""),
            (Text, "KvK 6875011", ""),
            (Text, "NL91ABNA0417164301", ""),
            (Text, "sinds 31-01-1980 klant", ""),
            (Text, "volg ons @bos", ""),
            (Text, "artikelX0612345987", ""),
            (FullName, "Jan Jansen", ""),
            (City, "Utrecht 6", ""),
            (Street, "Laan 1940-1945 12", ""),
            (Street, "Kerkstraat 12", ""),
            (Email, "geen", ""),
            (Email, "06-12345987 jan", ""),
            (Phone, "06-12345987", ""),
            (KvkNumber, "jan@post.example", ""),
        ] {
            assert_eq!(shown(value, own), expected, "{} {value}", own.name());
        }
    }

    #[test]
    fn notes_say_what_became_of_the_customer() {
        for (value, expected) in [
            ("klant is overleden", Some(FindingCode::Deceased)),
            ("Verhuisd", Some(FindingCode::MovedAway)),
            ("failliet", Some(FindingCode::Bankrupt)),
            ("partner overleden", None),
            ("verhuist volgend jaar", None),
            ("wordt binnenkort opgeheven", None),
            ("verhuisd vorig jaar", Some(FindingCode::MovedAway)),
            ("niet verhuisd", None),
            ("vraagt wat er gebeurt als de klant is overleden", None),
            ("moved", None),
            ("onbekend", None),
            ("belt graag", None),
        ] {
            assert_eq!(fact(value, Text), expected, "{value}");
            assert_eq!(fact(value, City), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at(text in "\\PC{0,40}", likely in "[a-zé@. (+)0-9NLBE,:/-]{0,40}") {
            for own in SemanticType::ALL {
                for value in [&text, &likely] {
                    if let Some(found) = find(value, *own, &DUTCH) {
                        prop_assert!(value.get(found.range.clone()).is_some());
                        found.rest(value);
                    }
                    fact(value, *own);
                }
            }
        }
    }
}
