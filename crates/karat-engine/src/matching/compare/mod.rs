//! Compares two records, one kind of value at a time.
//!
//! Arrives: a table of records, of which each comparison keeps a few numbers per record.
//! Leaves: for a pair, the level of agreement of each comparison.
//! Promises: symmetric, and the same for the same values on every machine.
//! Start reading in `birth_date.rs`, the simplest; each comparison has a file of its own, and those
//! of one attribute share `column.rs`.

mod address;
mod birth_date;
mod category;
mod column;
mod company_name;
mod email;
mod full_name;
mod gender;
mod identifier;
mod internet;
mod legal_form;
mod nicknames;
mod person_name;
mod phone;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use karat_model::attribute::{Attribute, AttributeId, AttributeSet, EntityType};
use karat_model::evidence::Agreement;
use karat_model::match_settings::Phonetics;
use karat_model::semantic::SemanticType;
use karat_model::table::{RecordNo, RecordTable};
use rayon::prelude::*;

pub use internet::registered_domain;

use super::cache::LevelCache;
use super::model::ComparisonModel;
use super::values::{Fold, Holders, Rarities, TermCounts, ValueSet};

/// One level of agreement that a comparison can reach; level 0 is always silence.
#[derive(Debug)]
pub struct Level {
    /// What people read, in English and Dutch.
    pub label: [&'static str; 2],
    /// How far the values agree.
    pub agreement: Agreement,
    /// The share of true matches expected at this level before any data is seen.
    pub share: f64,
    /// Whether a higher level may never weigh less than this one; false for levels out of line.
    pub ordered: bool,
}

const fn level(
    english: &'static str,
    dutch: &'static str,
    agreement: Agreement,
    share: f64,
) -> Level {
    Level { label: [english, dutch], agreement, share, ordered: true }
}

/// A level that may weigh more or less than those beside it.
const fn out_of_line(
    english: &'static str,
    dutch: &'static str,
    agreement: Agreement,
    share: f64,
) -> Level {
    Level { label: [english, dutch], agreement, share, ordered: false }
}

const SILENT: Level = level("not known", "niet bekend", Agreement::Silent, 0.0);

/// The level that a pair reaches, and the rarity of the value it agrees on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The number of the level.
    pub level: u8,
    /// −log2 of the share of records with the value, in 1/256 bit; `None` where rarity says nothing.
    pub rarity: Option<i32>,
}

impl Compared {
    /// Nothing was compared.
    pub const SILENT: Compared = Compared { level: 0, rarity: None };

    fn at(level: u8) -> Compared {
        Compared { level, rarity: None }
    }

    fn rare(level: u8, rarity: i32) -> Compared {
        Compared { level, rarity: Some(rarity) }
    }

    /// The better of two: the higher level, then the rarer value.
    fn or(self, other: Compared) -> Compared {
        if (other.level, other.rarity) > (self.level, self.rarity) { other } else { self }
    }
}

/// What a pair may reach in a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The levels that it may reach, a bit each.
    pub levels: u32,
    /// Those of them at which it agrees on a value of this rarity, in 1/256 bit.
    pub rare: (u32, i32),
}

impl Reach {
    fn one_of(levels: &[u8]) -> Reach {
        Reach { levels: bits(levels), rare: (0, 0) }
    }

    fn or(self, is_possible: bool, levels: &[u8]) -> Reach {
        let more = if is_possible { bits(levels) } else { 0 };
        Reach { levels: self.levels | more, ..self }
    }

    fn or_rare(self, levels: &[u8], rarity: i32) -> Reach {
        Reach { levels: self.levels | bits(levels), rare: (bits(levels), rarity) }
    }
}

fn bits(levels: &[u8]) -> u32 {
    levels.iter().fold(0, |bits, level| bits | 1 << level)
}

/// Whom a value that agrees can belong to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scope {
    /// To one customer.
    Own,
    /// To all members of a household, or all companies of a group.
    Shared,
    /// To one customer, though the companies of a group have values that are alike: the share of
    /// their pairs that is expected at each level before any data is seen.
    Alike(&'static [f64]),
}

/// What a comparison says over again: who agrees in these others is likely to agree in it as well,
/// whether one customer or not. An address made of a name is such a thing.
#[derive(Clone, Copy, Debug)]
pub struct Repeats {
    /// The names of the other comparisons.
    pub comparisons: &'static [&'static str],
    /// The share of strangers who agree in those others that is expected at each level before any
    /// data is seen; zero at levels that say nothing over again.
    pub shares: &'static [f64],
}

/// One comparison, prepared for the records of a table.
pub trait Compare: Send + Sync {
    /// The name in the match model.
    fn name(&self) -> &str;
    /// What people call it, in English and Dutch.
    fn label(&self) -> [String; 2];
    /// The levels, silence first, sameness last.
    fn levels(&self) -> &'static [Level];
    /// Whom a value that agrees can belong to.
    fn scope(&self) -> Scope;
    /// What it says over again.
    fn repeats(&self) -> Option<Repeats> {
        None
    }
    /// Whether an authority gives each customer one value, so that what the pairs of one customer
    /// look like is known beforehand: it is not learnt, and keeps the rest of learning straight.
    fn is_anchor(&self) -> bool {
        false
    }
    /// How many numbers it keeps per record.
    fn width(&self) -> usize;
    /// The comparison before it whose numbers it reads instead of keeping its own.
    fn reads(&self) -> Option<&'static str> {
        None
    }
    /// Writes the numbers of a record.
    fn fill(&self, record: RecordNo, fields: &mut [u32]);
    /// Compares two records by their numbers.
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared;
    /// Which levels two records may reach, as far as that can be told without reading their values;
    /// `None` where comparing costs no more than telling.
    fn reach(&self, _left: Side, _right: Side) -> Option<Reach> {
        None
    }
    /// Compares pairs, each as [`Compare::compare`] does.
    ///
    /// One call for many pairs: what the processor learns of a comparison stays with it.
    fn compare_each(&self, pairs: &Pairs, cache: &mut LevelCache, found: &mut Vec<Compared>) {
        found.extend(pairs.iter().map(|[left, right]| self.compare(left, right, cache)));
    }
    /// What each of some pairs weighs at most; `false` where comparing costs no more than telling.
    fn most_of_each(&self, pairs: &Pairs, model: &ComparisonModel, most: &mut Vec<i32>) -> bool {
        let reached = pairs.iter().map_while(|[left, right]| self.reach(left, right));
        most.extend(reached.map(|reach| model.most(reach)));
        most.len() == pairs.pairs.len()
    }
    /// The value of a record as people read it.
    fn show(&self, record: RecordNo) -> String;
    /// The value counts it weighs rarity with, to be frozen in the model.
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        Vec::new()
    }
    /// The values that it counts, for telling which of them many customers share.
    fn terms(&self) -> Vec<Terms<'_>> {
        Vec::new()
    }
    /// Counts values anew, now that it is known who is who.
    fn count(&mut self, _holders: Holders) {}
}

/// Some pairs of records, and the numbers that a comparison keeps of them.
pub struct Pairs<'a> {
    /// The records.
    pub records: &'a [RecordNo],
    /// Their rows, one after the other, with the numbers of all comparisons.
    pub numbers: &'a [u32],
    /// How long a row is.
    pub width: usize,
    /// Where in a row the numbers of the comparison stand.
    pub span: Range<usize>,
    /// Per pair the places of its records, that with the smaller number first.
    pub pairs: &'a [[u32; 2]],
}

impl<'a> Pairs<'a> {
    /// All pairs, in order.
    pub fn iter(&self) -> impl Iterator<Item = [Side<'a>; 2]> + '_ {
        self.pairs.iter().map(|ends| {
            ends.map(|at| {
                let row = &self.numbers[at as usize * self.width..][..self.width];
                Side { record: self.records[at as usize], fields: &row[self.span.clone()] }
            })
        })
    }
}

/// Gathers the values of a record.
type ValuesOf<'c> = dyn Fn(RecordNo, &mut Vec<Fold>) + 'c;

/// Values that a comparison counts.
pub struct Terms<'c> {
    /// What people call them, in English and Dutch.
    pub label: [String; 2],
    /// The level at which their rarity counts.
    pub level: u8,
    /// All of them.
    pub values: &'c ValueSet,
    /// How rare each is.
    pub rarities: &'c Rarities,
    /// Finds the values of a record.
    pub of: Box<ValuesOf<'c>>,
    /// A value as people read it, which the record has.
    pub show: Box<dyn Fn(RecordNo, Fold) -> String + 'c>,
}

/// One record of a pair: its number and the numbers that the comparison keeps of it.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The record.
    pub record: RecordNo,
    /// What [`Compare::fill`] wrote.
    pub fields: &'a [u32],
}

/// The value counts of a frozen model, by name of comparison.
type Frozen<'f> = &'f (dyn Fn(&str) -> Option<Vec<Arc<TermCounts>>> + Sync);

/// Comparisons that are still to be prepared: those of one kind of value.
type Preparation<'p, 'a> = Box<dyn FnOnce() -> Vec<Box<dyn Compare + 'a>> + Send + 'p>;

/// The comparisons that attributes allow.
///
/// `frozen` holds the value counts of a model, by name of comparison; without it they are counted.
pub fn comparisons<'a>(
    table: &'a RecordTable,
    attributes: &'a AttributeSet,
    filled: &[AttributeId],
    phonetics: Phonetics,
    frozen: Frozen,
) -> Vec<Box<dyn Compare + 'a>> {
    let mut all: Vec<Preparation<'_, 'a>> = Vec::new();
    let any = |wanted: &[AttributeId]| wanted.iter().any(|id| filled.contains(id));
    let is_person = table.entity_type == EntityType::Person;

    if any(&person_name::ATTRIBUTES) && is_person {
        all.push(Box::new(move || {
            let names = Arc::new(person_name::PersonNames::prepare(table, phonetics));
            let given = person_name::GivenName::new(names.clone(), frozen);
            vec![Box::new(given), Box::new(person_name::FamilyName::new(names, frozen))]
        }));
    }
    if any(&[AttributeId::COMPANY_NAME]) && !is_person {
        all.push(only(move || company_name::CompanyName::prepare(table, frozen)));
    }
    if any(&[AttributeId::BIRTH_DATE]) && is_person {
        all.push(only(move || birth_date::compare(table, frozen)));
    }
    if any(&address::ATTRIBUTES) {
        all.push(only(move || address::Address::prepare(table, frozen)));
    }
    let is_on_internet = internet::Internet::suits(table.entity_type);
    let has_email = any(&[AttributeId::EMAIL]);
    if is_on_internet && any(&[AttributeId::EMAIL, AttributeId::WEBSITE]) {
        all.push(only(move || internet::Internet::prepare(table, has_email, frozen)));
    } else if has_email {
        all.push(only(move || email::Email::prepare(table, frozen)));
    }
    if any(&[AttributeId::PHONE]) {
        all.push(only(move || phone::compare(table, frozen)));
    }
    if any(&[AttributeId::GENDER]) && is_person {
        all.push(only(move || gender::Gender::prepare(table)));
    }
    for &id in filled {
        use SemanticType::*;
        let attribute = attributes.get(id);
        match attribute.semantic_type {
            kind if kind.is_identifying_number() => {
                all.push(only(move || identifier::compare(table, id, attribute, frozen)));
            }
            LegalForm => {
                all.push(only(move || legal_form::compare(table, id, attribute, frozen)));
            }
            // It is compared with the e-mail addresses.
            Website if is_on_internet && id == AttributeId::WEBSITE => {}
            BirthPlace | Category | JobTitle | Website | IndustryCode => {
                all.push(only(move || category::compare(table, id, attribute, frozen)));
            }
            _ => {}
        }
    }
    all.into_par_iter().flat_map_iter(|prepare| prepare()).collect()
}

/// Whether [`comparisons`] compares an attribute, were it filled.
pub fn is_compared(entity_type: EntityType, id: AttributeId, attribute: &Attribute) -> bool {
    use SemanticType::*;
    let is_person = entity_type == EntityType::Person;
    let of_person = [AttributeId::BIRTH_DATE, AttributeId::GENDER];
    let of_both = [AttributeId::EMAIL, AttributeId::PHONE];
    let by_type = [LegalForm, BirthPlace, Category, JobTitle, Website, IndustryCode];
    address::ATTRIBUTES.contains(&id)
        || of_both.contains(&id)
        || attribute.semantic_type.is_identifying_number()
        || by_type.contains(&attribute.semantic_type)
        || is_person && (person_name::ATTRIBUTES.contains(&id) || of_person.contains(&id))
        || !is_person && id == AttributeId::COMPANY_NAME
}

/// The preparation of a single comparison.
fn only<'p, 'a: 'p, C: Compare + 'a>(
    prepare: impl FnOnce() -> C + Send + 'p,
) -> Preparation<'p, 'a> {
    Box::new(move || vec![Box::new(prepare()) as Box<dyn Compare + 'a>])
}

/// The label of an attribute in both languages.
fn labels(english: &str, dutch: &str) -> [String; 2] {
    [english.to_string(), dutch.to_string()]
}
