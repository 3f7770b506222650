//! Compares the names of persons: given names and family names.
//!
//! A given name may be an initial, a nickname, or stand where the family name should; a family
//! name may be the partner's. Names that are swapped count once, with the given name; the family
//! name is then silent.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::{NO_VALUE, RecordNo, RecordTable};

use super::nicknames::{self, GROUPS_MAX};
use super::{Compare, Compared, Level, SILENT, Scope, Side, labels, level};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::similarity::{jaro_winkler, within_edits};
use crate::matching::values::{Fold, TermCounts, ValueSet};

/// The attributes of a person's name that are compared.
pub const ATTRIBUTES: [AttributeId; 4] = [
    AttributeId::GIVEN_NAME,
    AttributeId::INITIALS,
    AttributeId::FAMILY_NAME,
    AttributeId::PARTNER_NAME,
];

const GIVEN_LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.03),
    level("alike", "lijkt erop", Close, 0.03),
    level("initial agrees", "voorletter gelijk", Close, 0.10),
    level("a letter off, or part of it", "een letter anders, of deel ervan", Close, 0.06),
    level("nickname", "roepnaam", Close, 0.06),
    level("first name same, others differ", "eerste voornaam gelijk, andere niet", Same, 0.07),
    level("same", "gelijk", Same, 0.60),
    Level {
        label: ["given name and family name swapped", "voornaam en achternaam verwisseld"],
        agreement: Close,
        share: 0.01,
        ordered: false,
    },
];
const GIVEN_SAME: u8 = 7;
const SWAPPED: u8 = 8;

const FAMILY_LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.04),
    level("alike", "lijkt erop", Close, 0.03),
    level("sounds alike, or part of it", "klinkt gelijk, of deel ervan", Close, 0.06),
    level("a letter off", "een letter anders", Close, 0.08),
    level("name of the partner", "naam van de partner", Close, 0.03),
    level("same", "gelijk", Same, 0.76),
];

/// The folded names of all records; both comparisons read them.
pub struct PersonNames<'a> {
    table: &'a RecordTable,
    /// Given names, first given names and family names share numbers, so that swaps are seen.
    values: ValueSet,
    phonetic: Vec<u32>,
    groups: Vec<[u16; GROUPS_MAX]>,
    given: Vec<Fold>,
    first_given: Vec<Fold>,
    family: Vec<Fold>,
    initials: Vec<u32>,
    given_counts: Arc<TermCounts>,
    family_counts: Arc<TermCounts>,
    given_rarity: Vec<i32>,
    family_rarity: Vec<i32>,
}

/// What is kept per record: whole given name, first given name, initials, family and partner name.
const WIDTH: usize = 5;

impl<'a> PersonNames<'a> {
    /// Prepares the names of a table.
    pub fn prepare(
        table: &'a RecordTable,
        frozen: &dyn Fn(&str) -> Option<Vec<Arc<TermCounts>>>,
    ) -> PersonNames<'a> {
        let mut values = ValueSet::default();
        let given_names = table.dictionary(AttributeId::GIVEN_NAME);
        let given = values.add_all(given_names, fold::words);
        let first_given = values.add_all(given_names, first_word);
        let family = values.add_all(table.dictionary(AttributeId::FAMILY_NAME), fold::words);
        let initials_given = table.dictionary(AttributeId::INITIALS);
        let mut initials = vec![0; initials_given.len() + 1];
        for code in initials_given.codes() {
            initials[code as usize] = pack_initials(&fold::words(initials_given.value(code)), true);
        }

        let firsts = |attribute| table.column(attribute).firsts().iter().copied();
        let counts = frozen("name").unwrap_or_else(|| {
            let given = firsts(AttributeId::GIVEN_NAME).map(|code| first_given[code as usize]);
            let own = firsts(AttributeId::FAMILY_NAME);
            let partner = firsts(AttributeId::PARTNER_NAME).filter(|&code| code != NO_VALUE);
            let family = own.chain(partner).map(|code| family[code as usize]);
            vec![
                Arc::new(TermCounts::of(&values, given)),
                Arc::new(TermCounts::of(&values, family)),
            ]
        });
        let [given_counts, family_counts] =
            <[Arc<TermCounts>; 2]>::try_from(counts).unwrap_or_default();
        let mut sounds = ValueSet::default();
        let mut phonetic = vec![0; values.len() + 1];
        let mut groups = vec![[0; GROUPS_MAX]; values.len() + 1];
        for fold in values.folds() {
            phonetic[fold as usize] = sounds.add(&fold::phonetic(values.text(fold)));
            groups[fold as usize] = nicknames::groups(values.text(fold));
        }
        PersonNames {
            given_rarity: given_counts.rarities(&values),
            family_rarity: family_counts.rarities(&values),
            table,
            values,
            phonetic,
            groups,
            given,
            first_given,
            family,
            initials,
            given_counts,
            family_counts,
        }
    }

    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        let code = |attribute| self.table.column(attribute).first(record) as usize;
        let given = code(AttributeId::GIVEN_NAME);
        fields[0] = self.given[given];
        fields[1] = self.first_given[given];
        let stated = self.initials[code(AttributeId::INITIALS)];
        let of_given = || pack_initials(self.text_or_blank(fields[0]), false);
        fields[2] = if stated != 0 { stated } else { of_given() };
        fields[3] = self.family[code(AttributeId::FAMILY_NAME)];
        fields[4] = self.family[code(AttributeId::PARTNER_NAME)];
    }

    fn text_or_blank(&self, fold: Fold) -> &str {
        if fold == NO_VALUE { "" } else { self.values.text(fold) }
    }

    fn are_swapped(&self, left: &[u32], right: &[u32]) -> bool {
        let crosswise = left[0] == right[3] && left[3] == right[0];
        let known = left[0] != NO_VALUE && left[3] != NO_VALUE;
        crosswise && known && left[0] != left[3]
    }

    fn similarity(&self, left: Fold, right: Fold) -> u32 {
        if !self.values.may_reach(left, right, 600) {
            return 0;
        }
        jaro_winkler(self.values.bytes(left), self.values.bytes(right))
    }

    fn is_letter_off(&self, left: Fold, right: Fold) -> bool {
        let (left, right) = (self.values.bytes(left), self.values.bytes(right));
        let long_enough = left.len().min(right.len()) >= 4;
        long_enough && within_edits(left, right, 1)
    }
}

fn first_word(value: &str) -> String {
    let folded = fold::words(value);
    // "Jan-Willem" and "Anne Marie" are one name for those who bear it, but the first part tells most.
    folded.split(' ').next().unwrap_or_default().to_string()
}

/// Up to six initials, five bits each, the first highest.
fn pack_initials(folded: &str, letters_are_initials: bool) -> u32 {
    let letters: Vec<u8> = if letters_are_initials {
        folded.bytes().filter(u8::is_ascii_lowercase).collect()
    } else {
        folded
            .split(' ')
            .filter_map(|word| word.bytes().next())
            .filter(u8::is_ascii_lowercase)
            .collect()
    };
    (0..6).fold(0, |packed, at| {
        packed << 5 | letters.get(at).map_or(0, |letter| u32::from(letter - b'a') + 1)
    })
}

fn first_initial(packed: u32) -> u32 {
    packed >> 25
}

/// The comparison of given names.
pub struct GivenName<'a>(pub Arc<PersonNames<'a>>);

impl GivenName<'_> {
    fn compare_given(&self, left: &[u32], right: &[u32], cache: &mut LevelCache) -> Compared {
        let names = &*self.0;
        let (whole, first) = ((left[0], right[0]), (left[1], right[1]));
        let initial_only = whole.0 == NO_VALUE
            || whole.1 == NO_VALUE
            || names.values.text(whole.0).len() == 1
            || names.values.text(whole.1).len() == 1;
        if initial_only {
            return match (first_initial(left[2]), first_initial(right[2])) {
                (0, _) | (_, 0) => Compared::SILENT,
                (a, b) => Compared::at(if a == b { 3 } else { 1 }),
            };
        }
        if whole.0 == whole.1 {
            return Compared::rare(GIVEN_SAME, names.given_rarity[first.0 as usize]);
        }
        if first.0 == first.1 {
            return Compared::rare(6, names.given_rarity[first.0 as usize]);
        }
        Compared::at(cache.level(whole.0, whole.1, || Self::level_of(names, whole, first)))
    }

    /// The level of two different first names.
    fn level_of(names: &PersonNames, whole: (Fold, Fold), first: (Fold, Fold)) -> u8 {
        let group = |fold: Fold| &names.groups[fold as usize];
        if nicknames::share_group(group(first.0), group(first.1)) {
            return 5;
        }
        let (a, b) = (names.values.text(first.0), names.values.text(first.1));
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let is_part = short.len() >= 3 && long.starts_with(short);
        let alike = names.similarity(first.0, first.1);
        let sounds_same = names.phonetic[first.0 as usize] == names.phonetic[first.1 as usize];
        if is_part || alike >= 920 || names.is_letter_off(first.0, first.1) {
            4
        } else if alike >= 800 || sounds_same && alike >= 700 || shares_word(names, whole) {
            2
        } else {
            1
        }
    }
}

/// Whether one of the given names agrees, though not the first: a second name used as the first.
fn shares_word(names: &PersonNames, (left, right): (Fold, Fold)) -> bool {
    let words = |fold| names.values.text(fold).split(' ').filter(|word| word.len() >= 3);
    words(left).any(|word| words(right).any(|other| word == other))
}

impl Compare for GivenName<'_> {
    fn name(&self) -> &str {
        "given_name"
    }
    fn label(&self) -> [String; 2] {
        labels("Given name", "Voornaam")
    }
    fn levels(&self) -> &'static [Level] {
        GIVEN_LEVELS
    }
    fn scope(&self) -> Scope {
        Scope::Own
    }
    fn width(&self) -> usize {
        WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.0.fill(record, fields);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        if self.0.are_swapped(left.fields, right.fields) {
            return Compared::at(SWAPPED);
        }
        self.compare_given(left.fields, right.fields, cache)
    }
    fn show(&self, record: RecordNo) -> String {
        let value = |attribute| self.0.table.value(record, attribute);
        value(AttributeId::GIVEN_NAME).or(value(AttributeId::INITIALS)).unwrap_or_default().into()
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        Vec::new()
    }
}

/// The comparison of family names.
pub struct FamilyName<'a>(pub Arc<PersonNames<'a>>);

impl FamilyName<'_> {
    fn compare_family(&self, left: &[u32], right: &[u32], cache: &mut LevelCache) -> Compared {
        let names = &*self.0;
        let (own, partner) = ((left[3], right[3]), (left[4], right[4]));
        if own.0 == NO_VALUE || own.1 == NO_VALUE {
            return Compared::SILENT;
        }
        if own.0 == own.1 {
            return Compared::rare(6, names.family_rarity[own.0 as usize]);
        }
        let agrees = |a: Fold, b: Fold| a == b && a != NO_VALUE;
        if agrees(own.0, partner.1) || agrees(partner.0, own.1) || agrees(partner.0, partner.1) {
            return Compared::at(5);
        }
        Compared::at(cache.level(own.0, own.1, || Self::level_of(names, own)))
    }

    /// The level of two different family names.
    fn level_of(names: &PersonNames, own: (Fold, Fold)) -> u8 {
        let alike = names.similarity(own.0, own.1);
        let sounds_same = names.phonetic[own.0 as usize] == names.phonetic[own.1 as usize];
        let is_part = has_all_words(names.values.text(own.0), names.values.text(own.1));
        if alike >= 920 || names.is_letter_off(own.0, own.1) {
            4
        } else if is_part || sounds_same && alike >= 600 {
            3
        } else if alike >= 800 {
            2
        } else {
            1
        }
    }
}

/// Whether all words of the shorter name stand in the longer one.
fn has_all_words(left: &str, right: &str) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    long.contains(' ') && short.split(' ').all(|word| long.split(' ').any(|other| word == other))
}

impl Compare for FamilyName<'_> {
    fn name(&self) -> &str {
        "name"
    }
    fn label(&self) -> [String; 2] {
        labels("Family name", "Achternaam")
    }
    fn levels(&self) -> &'static [Level] {
        FAMILY_LEVELS
    }
    fn scope(&self) -> Scope {
        Scope::Shared
    }
    fn width(&self) -> usize {
        WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.0.fill(record, fields);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        if self.0.are_swapped(left.fields, right.fields) {
            return Compared::SILENT;
        }
        self.compare_family(left.fields, right.fields, cache)
    }
    fn show(&self, record: RecordNo) -> String {
        let table = self.0.table;
        let parts = [
            AttributeId::PARTNER_NAME_PREFIX,
            AttributeId::PARTNER_NAME,
            AttributeId::FAMILY_NAME_PREFIX,
            AttributeId::FAMILY_NAME,
        ];
        let parts: Vec<&str> =
            parts.into_iter().filter_map(|attribute| table.value(record, attribute)).collect();
        parts.join(" ")
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.0.given_counts.clone(), self.0.family_counts.clone()]
    }
}
