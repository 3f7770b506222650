//! Ingredients: the hashes of the parts that keys are made of, each prepared once for all rules.

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::match_settings::{KeyForm, KeyPart, Phonetics};
use karat_model::table::{RecordNo, RecordTable};
use rayon::prelude::*;

use super::Key;
use super::rule::{Part, Rule};
use super::word::CommonWords;
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
    fn prepare(
        table: &'a RecordTable,
        part: Part,
        phonetics: Phonetics,
        common_words: &[(AttributeId, &CommonWords)],
    ) -> Ingredient<'a> {
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
                let words = common_words.iter().find(|(of, _)| *of == attribute);
                let (_, words) = words.expect("words were counted for every rule that asks");
                vec![hashed(attribute, &|value| words.rarest(&fold::words(value)).to_string())]
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
pub(super) struct Pantry<'a> {
    ingredients: Vec<(Part, Ingredient<'a>)>,
    /// How common words are, where a rule asks for the rarest; none when the model says it.
    pub(super) common_words: Vec<CommonWords>,
}

impl<'a> Pantry<'a> {
    /// Prepares them; a model that is given says how common words are.
    pub(super) fn of(
        table: &'a RecordTable,
        attributes: &AttributeSet,
        rules: &[Rule],
        phonetics: Phonetics,
        frozen: Option<&[CommonWords]>,
    ) -> Pantry<'a> {
        let mut parts: Vec<Part> = Vec::new();
        for &part in rules.iter().flat_map(|rule| rule.parts.iter().chain(&rule.refine)) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let asks_for_words = |part: &Part| match part {
            Part::Of(KeyPart { attribute, form: KeyForm::RarestWord }) => Some(*attribute),
            _ => None,
        };
        let asked: Vec<AttributeId> = parts.iter().filter_map(asks_for_words).collect();
        let counted: Vec<CommonWords> = match frozen {
            Some(_) => Vec::new(),
            None => {
                let count = |&attribute| CommonWords::count(table, attributes, attribute);
                asked.iter().map(count).collect()
            }
        };
        let known = frozen.unwrap_or(&counted);
        let words_of = |attribute| {
            let words = known.iter().find(|words| words.is_of(attributes, attribute));
            words.unwrap_or(CommonWords::NONE)
        };
        let words: Vec<(AttributeId, &CommonWords)> =
            asked.iter().map(|&attribute| (attribute, words_of(attribute))).collect();
        let prepare = |part| (part, Ingredient::prepare(table, part, phonetics, &words));
        let ingredients = parts.into_par_iter().map(prepare).collect();
        Pantry { ingredients, common_words: counted }
    }

    pub(super) fn ingredient(&self, part: Part) -> &Ingredient<'a> {
        let known = self.ingredients.iter().find(|(known, _)| *known == part);
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

/// A hash that is 0 for the empty text only.
pub(super) fn hash_text(text: &str) -> Key {
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
