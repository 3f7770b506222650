//! Ingredients: the hashes of the parts that keys are made of, each prepared once for all rules.

use karat_model::attribute::AttributeId;
use karat_model::match_settings::{KeyForm, KeyPart, Phonetics};
use karat_model::table::{RecordNo, RecordTable};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Key;
use super::rule::{Part, Rule};
use crate::matching::compare::registered_domain;
use crate::matching::fold;
use crate::matching::phonetics::sound;

/// The hashes of one part for all records.
pub(super) struct Ingredient<'a> {
    table: &'a RecordTable,
    /// Attributes that are hashed together, with a hash per value code.
    together: Vec<(AttributeId, Vec<Key>)>,
    /// Whether the order of the attributes does not matter.
    either_way: bool,
    /// An attribute whose values may stand in for the first one's.
    stand_in: Option<(AttributeId, Vec<Key>)>,
}

impl<'a> Ingredient<'a> {
    fn prepare(table: &'a RecordTable, part: Part, phonetics: Phonetics) -> Ingredient<'a> {
        let hashed = |attribute, fold: &(dyn Fn(&str) -> String + Sync)| {
            let dictionary = table.dictionary(attribute);
            let codes: Vec<u32> = dictionary.codes().collect();
            let hashes = codes.par_iter().map(|&code| hash_text(&fold(dictionary.value(code))));
            let hashes: Vec<Key> = std::iter::once(0).chain(hashes.collect::<Vec<Key>>()).collect();
            (attribute, hashes)
        };
        let either_way = part == Part::NamesEitherWay;
        let mut stand_in = None;
        let together = match part {
            Part::Of(KeyPart { attribute, form: KeyForm::RarestWord }) => {
                vec![(attribute, rarest_words(table, attribute))]
            }
            Part::Of(KeyPart { attribute, form }) => {
                let take = taking(attribute, form, phonetics);
                stand_in = match (attribute, form) {
                    (AttributeId::FAMILY_NAME, KeyForm::Sound) => Some(AttributeId::PARTNER_NAME),
                    (AttributeId::GIVEN_NAME, KeyForm::Initial) => Some(AttributeId::INITIALS),
                    _ => None,
                }
                .map(|other| hashed(other, &take));
                vec![hashed(attribute, &take)]
            }
            Part::NamesEitherWay => vec![
                hashed(AttributeId::GIVEN_NAME, &first_word),
                hashed(AttributeId::FAMILY_NAME, &fold::words),
            ],
            Part::Door => vec![
                hashed(AttributeId::POSTCODE, &fold::code),
                hashed(AttributeId::HOUSE_NUMBER, &digits),
            ],
            Part::StreetDoor => vec![
                hashed(AttributeId::STREET, &fold::code),
                hashed(AttributeId::HOUSE_NUMBER, &digits),
            ],
            Part::Domain => {
                let domain = |value: &str| registered_domain(&fold::exact(value)).to_string();
                stand_in = Some(hashed(AttributeId::WEBSITE, &domain));
                vec![hashed(AttributeId::EMAIL, &domain)]
            }
        };
        Ingredient { table, together, either_way, stand_in }
    }

    /// The hash of a record's values in a slot; 0 when one is missing.
    pub(super) fn at(&self, record: RecordNo, slot: u8) -> Key {
        let mut key = 0;
        for (attribute, hashes) in &self.together {
            let code = self.table.column(*attribute).get(record, slot);
            let hash = hashes[code as usize];
            if hash == 0 {
                return if slot == 0 { self.stand_in(record) } else { 0 };
            }
            key = if self.either_way { key ^ hash } else { mix(key, hash) };
        }
        // Two names that are equal cancel out: they still make a key.
        key.max(1)
    }

    fn stand_in(&self, record: RecordNo) -> Key {
        self.stand_in.as_ref().map_or(0, |(attribute, hashes)| {
            hashes[self.table.column(*attribute).first(record) as usize]
        })
    }

    /// The hashes of further values: other addresses, the name of the partner.
    pub(super) fn more(&self, record: RecordNo, found: &mut Vec<Key>) {
        found.clear();
        let stand_in = self.stand_in(record);
        if stand_in != 0 && stand_in != self.at(record, 0) {
            found.push(stand_in);
        }
        for &(_, slot, _) in self.table.column(self.together[0].0).more(record).iter().take(8) {
            found.push(self.at(record, slot));
        }
        found.retain(|&key| key != 0);
        found.sort_unstable();
        found.dedup();
    }
}

/// The ingredients of all rules, each prepared once.
pub(super) struct Pantry<'a>(Vec<(Part, Ingredient<'a>)>);

impl<'a> Pantry<'a> {
    pub(super) fn of(table: &'a RecordTable, rules: &[Rule], phonetics: Phonetics) -> Pantry<'a> {
        let mut parts: Vec<Part> = Vec::new();
        for &part in rules.iter().flat_map(|rule| rule.parts.iter().chain(&rule.refine)) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let prepare = |part| (part, Ingredient::prepare(table, part, phonetics));
        Pantry(parts.into_par_iter().map(prepare).collect())
    }

    pub(super) fn ingredient(&self, part: Part) -> &Ingredient<'a> {
        let known = self.0.iter().find(|(known, _)| *known == part);
        &known.expect("the parts of all rules are here").1
    }
}

/// How a form is taken of the values of an attribute.
fn taking(
    attribute: AttributeId,
    form: KeyForm,
    phonetics: Phonetics,
) -> impl Fn(&str) -> String + Sync {
    move |value| match form {
        KeyForm::Whole if attribute == AttributeId::EMAIL => fold::exact(value),
        KeyForm::Whole | KeyForm::RarestWord => fold::code(value),
        KeyForm::Start(length) => start(&fold::code(value), length.into()),
        KeyForm::Sound => sound(phonetics, &fold::words(value)),
        KeyForm::Initial => start(&fold::words(value), 1),
        KeyForm::FirstWord => first_word(value),
        KeyForm::LocalPart => email_local(value),
    }
}

fn email_local(value: &str) -> String {
    let folded = fold::exact(value);
    let local = folded.split('@').next().unwrap_or_default();
    // A short local part ("jan") says too little.
    if local.len() >= 5 { local.to_string() } else { String::new() }
}

fn first_word(value: &str) -> String {
    let folded = fold::words(value);
    let first = folded.split(' ').next().unwrap_or_default();
    if first.len() >= 2 { first.to_string() } else { String::new() }
}

fn digits(value: &str) -> String {
    value.chars().take_while(char::is_ascii_digit).collect()
}

fn start(folded: &str, length: usize) -> String {
    folded.get(..length).unwrap_or(folded).to_string()
}

/// Per value the hash of the word that fewest values have. The name of a town is none: companies
/// that are named after their town are many, and have little else in common.
fn rarest_words(table: &RecordTable, attribute: AttributeId) -> Vec<Key> {
    let names = table.dictionary(attribute);
    let folded: Vec<String> = names.codes().map(|code| fold::words(names.value(code))).collect();
    let mut count_of: FxHashMap<&str, u32> = FxHashMap::default();
    for word in folded.iter().flat_map(|name| name.split(' ')) {
        *count_of.entry(word).or_default() += 1;
    }
    let cities = table.dictionary(AttributeId::CITY);
    let cities: FxHashSet<String> =
        cities.codes().map(|city| fold::words(cities.value(city))).collect();
    let rarest = folded.iter().map(|name| {
        let words = name.split(' ').filter(|word| word.len() >= 3 && !cities.contains(*word));
        let rarest = words.min_by_key(|word| (count_of[word], *word));
        hash_text(rarest.unwrap_or(name))
    });
    std::iter::once(0).chain(rarest).collect()
}

/// A hash that is 0 for the empty text only.
fn hash_text(text: &str) -> Key {
    if text.is_empty() {
        return 0;
    }
    // FNV-1a, 64 bits folded to 32: keys are frozen in models, so the hash must never change.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    ((hash ^ hash >> 32) as Key).max(1)
}

/// Mixes a further part into a key; never 0.
pub(super) fn mix(key: Key, part: Key) -> Key {
    let mixed = (u64::from(key) << 32 | u64::from(part)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32).max(1) as Key
}
