//! Compares the names of persons: given names and family names.
//!
//! A given name may be an initial, a nickname, or stand where the family name should; a family
//! name may be the partner's. Names that are crossed count once, with the given name; the family
//! name is then silent.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::match_settings::Phonetics;
use karat_model::table::{NO_VALUE, RecordNo, RecordTable};

use super::column::only;
use super::full_name::{FullName, FullNameRarities, FullNames};
use super::nicknames::{self, GROUPS_MAX};
use super::{
    Compare, Compared, Frozen, Level, Reach, SILENT, Scope, Side, Terms, labels, level, out_of_line,
};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::name_prefix::without_prefix;
use crate::matching::phonetics::sound;
use crate::matching::values::{Fold, Holders, Rarities, TermCounts, Value, ValueSet};

/// The attributes of a person's name that are compared.
pub const ATTRIBUTES: [AttributeId; 4] = [
    AttributeId::GIVEN_NAME,
    AttributeId::INITIALS,
    AttributeId::FAMILY_NAME,
    AttributeId::PARTNER_NAME,
];

const GIVEN_LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.02),
    out_of_line("initial differs", "voorletter verschilt", Different, 0.01),
    out_of_line(
        "stands in the field of the family name",
        "staat in het veld van de achternaam",
        Close,
        0.005,
    ),
    out_of_line("swapped, and a letter off", "verwisseld, en een letter anders", Close, 0.005),
    out_of_line(
        "given name and family name swapped",
        "voornaam en achternaam verwisseld",
        Close,
        0.01,
    ),
    level("alike", "lijkt erop", Close, 0.03),
    level("initial agrees", "voorletter gelijk", Close, 0.10),
    level("a letter off, or part of it", "een letter anders, of deel ervan", Close, 0.06),
    level("nickname", "roepnaam", Close, 0.06),
    level("first name same, others differ", "eerste voornaam gelijk, andere niet", Same, 0.07),
    level("same", "gelijk", Same, 0.60),
];
const DIFFERENT: u8 = 1;
const INITIAL_DIFFERS: u8 = 2;
const OTHER_FIELD: u8 = 3;
const SWAPPED_LETTER_OFF: u8 = 4;
const SWAPPED: u8 = 5;
const GIVEN_ALIKE: u8 = 6;
const INITIAL_SAME: u8 = 7;
const GIVEN_LETTER_OFF: u8 = 8;
const NICKNAME: u8 = 9;
const FIRST_SAME: u8 = 10;
const GIVEN_SAME: u8 = 11;

const FAMILY_LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.04),
    level("alike", "lijkt erop", Close, 0.03),
    level("sounds alike, or part of it", "klinkt gelijk, of deel ervan", Close, 0.06),
    level("a letter off", "een letter anders", Close, 0.08),
    level("name of the partner", "naam van de partner", Close, 0.03),
    level("same, but for the prefix", "gelijk, op het tussenvoegsel na", Same, 0.03),
    level("same", "gelijk", Same, 0.73),
];
const FAMILY_ALIKE: u8 = 2;
const SOUNDS_ALIKE: u8 = 3;
const FAMILY_LETTER_OFF: u8 = 4;
const PARTNER: u8 = 5;
const PREFIX_DIFFERS: u8 = 6;
const FAMILY_SAME: u8 = 7;

/// From which similarity, in thousandths, family names are a letter off, and alike.
const FAMILY_NEAR_MIN: u32 = 920;
const FAMILY_ALIKE_MIN: u32 = 800;

/// The folded names of all records; both comparisons read them.
pub struct PersonNames<'a> {
    table: &'a RecordTable,
    /// Given names, first given names and family names share numbers, so that swaps are seen.
    values: ValueSet,
    phonetic: Vec<u32>,
    /// The numbers of the names without prefix and spaces.
    stems: Vec<u32>,
    groups: Vec<[u16; GROUPS_MAX]>,
    given: Vec<Fold>,
    first_given: Vec<Fold>,
    family: Vec<Fold>,
    prefixes: Vec<Fold>,
    initials: Vec<u32>,
    /// The first given names with the family names.
    full: FullNames,
}

/// The names of one record, as its row keeps them.
#[derive(Clone, Copy)]
struct Names<'r>(&'r [u32]);

impl Names<'_> {
    const WIDTH: usize = 3 * Value::WIDTH + 4;

    fn value(self, at: usize) -> Value {
        Value::from_fields(&self.0[at * Value::WIDTH..])
    }
    /// The whole given name.
    fn whole(self) -> Value {
        self.value(0)
    }
    /// The first given name.
    fn first(self) -> Value {
        self.value(1)
    }
    fn family(self) -> Value {
        self.value(2)
    }
    fn partner(self) -> Fold {
        self.0[3 * Value::WIDTH]
    }
    fn initials(self) -> u32 {
        self.0[3 * Value::WIDTH + 1]
    }
    fn prefix(self) -> Fold {
        self.0[3 * Value::WIDTH + 2]
    }
    fn full(self) -> FullName {
        self.0[3 * Value::WIDTH + 3]
    }
}

impl<'a> PersonNames<'a> {
    /// Prepares the names of a table.
    pub fn prepare(table: &'a RecordTable, phonetics: Phonetics) -> PersonNames<'a> {
        let mut values = ValueSet::default();
        let given_names = table.dictionary(AttributeId::GIVEN_NAME);
        let given = values.add_all(given_names, fold::words);
        let first_given = values.add_all(given_names, first_word);
        let family = values.add_all(table.dictionary(AttributeId::FAMILY_NAME), fold::words);
        let prefixes = ValueSet::default()
            .add_all(table.dictionary(AttributeId::FAMILY_NAME_PREFIX), fold::code);
        let initials_given = table.dictionary(AttributeId::INITIALS);
        let mut initials = vec![0; initials_given.len() + 1];
        for code in initials_given.codes() {
            initials[code as usize] = pack_initials(&fold::words(initials_given.value(code)), true);
        }

        let (mut sounds, mut names) = (ValueSet::default(), ValueSet::default());
        let mut phonetic = vec![0; values.len() + 1];
        let mut stems = vec![0; values.len() + 1];
        let mut groups = vec![[0; GROUPS_MAX]; values.len() + 1];
        for fold in values.folds() {
            phonetic[fold as usize] = sounds.add(&sound(phonetics, values.text(fold)));
            stems[fold as usize] = names.add(&without_prefix(values.text(fold)).replace(' ', ""));
            groups[fold as usize] = nicknames::groups(values.text(fold));
        }
        // An initial is no name: many share it.
        let is_name = |fold: Fold| fold != NO_VALUE && values.text(fold).len() > 1;
        let full = FullNames::number(table.records().map(|record| {
            let code = |attribute| table.column(attribute).first(record) as usize;
            let first = first_given[code(AttributeId::GIVEN_NAME)];
            let family = family[code(AttributeId::FAMILY_NAME)];
            if is_name(first) { (first, family) } else { (NO_VALUE, family) }
        }));
        PersonNames {
            table,
            values,
            phonetic,
            stems,
            groups,
            given,
            first_given,
            family,
            prefixes,
            initials,
            full,
        }
    }

    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        let code = |attribute| self.table.column(attribute).first(record) as usize;
        let given = code(AttributeId::GIVEN_NAME);
        let (whole, first) = (self.given[given], self.first_given[given]);
        let family = self.family[code(AttributeId::FAMILY_NAME)];
        let values = fields.chunks_exact_mut(Value::WIDTH).zip([whole, first, family]);
        values.for_each(|(fields, fold)| {
            fields.copy_from_slice(&self.values.value(fold).to_fields())
        });
        let stated = self.initials[code(AttributeId::INITIALS)];
        let of_given = || pack_initials(self.text_or_blank(whole), false);
        fields[3 * Value::WIDTH] = self.family[code(AttributeId::PARTNER_NAME)];
        fields[3 * Value::WIDTH + 1] = if stated != 0 { stated } else { of_given() };
        fields[3 * Value::WIDTH + 2] = self.prefixes[code(AttributeId::FAMILY_NAME_PREFIX)];
        fields[3 * Value::WIDTH + 3] = self.full.of(record);
    }

    fn text_or_blank(&self, fold: Fold) -> &str {
        if fold == NO_VALUE { "" } else { self.values.text(fold) }
    }

    /// Whether given name and family name of one record are family name and given name of the other.
    fn are_swapped(&self, left: Names, right: Names) -> bool {
        let is_reversed = |reversed: Names, other: Names| {
            let [given, family] = [reversed.whole().fold, reversed.family().fold];
            let is_family = given == other.family().fold || given == other.partner();
            let are_known = given != NO_VALUE && family != NO_VALUE;
            are_known && is_family && family == other.whole().fold && family != other.family().fold
        };
        is_reversed(left, right) || is_reversed(right, left)
    }

    /// How names that do not agree where they stand agree crosswise, if they do.
    fn crossing(&self, left: Names, right: Names) -> Option<Crossing> {
        let given_as_family = self.agree_with_given(right.family(), left)?;
        let family_as_given = self.agree_with_given(left.family(), right)?;
        match (given_as_family, family_as_given) {
            (Crosswise::Agree, Crosswise::Agree) => Some(Crossing::LetterOff),
            (Crosswise::Agree, _) | (_, Crosswise::Agree) => Some(Crossing::One),
            _ => None,
        }
    }

    /// Whether a family name agrees with the given name of another, or else begins with its initial;
    /// `None` if it does not.
    fn agree_with_given(&self, family: Value, other: Names) -> Option<Crosswise> {
        let initial = first_initial(other.initials());
        if !is_initial(other.whole()) || !family.is_known() || initial == 0 {
            return self.agree(family, other.whole());
        }
        let begins = first_initial(pack_initials(self.values.text(family.fold), false)) == initial;
        begins.then_some(Crosswise::Initial)
    }

    /// Whether a given name and a family name agree, but for a letter; `None` if they do not.
    fn agree(&self, left: Value, right: Value) -> Option<Crosswise> {
        const LENGTH_MIN: usize = 3;
        if !left.is_known() || !right.is_known() {
            return Some(Crosswise::Unknown);
        }
        let agree = left.fold == right.fold
            || left.letters.count().min(right.letters.count()) >= LENGTH_MIN
                && (self.is_letter_off(left, right)
                    || self.values.similarity(left, right, CROSSWISE_MIN) > 0);
        agree.then_some(Crosswise::Agree)
    }

    /// Whether names may agree crosswise, as far as their letters tell.
    fn may_cross(&self, left: Names, right: Names) -> bool {
        let may_agree = |given: Names, family: Names| {
            let (given, own) = (given.whole(), family.family());
            is_initial(given)
                || !own.is_known()
                || family.partner() != NO_VALUE
                || given.letters.may_reach(own.letters, CROSSWISE_MIN)
                || given.letters.may_be_edits(own.letters, 1)
        };
        may_agree(left, right) && may_agree(right, left)
    }

    /// The level of given names that stand where they should.
    fn compare_given(&self, left: Names, right: Names, cache: &mut LevelCache) -> u8 {
        if is_initial(left.whole()) || is_initial(right.whole()) {
            return match (first_initial(left.initials()), first_initial(right.initials())) {
                (0, _) | (_, 0) => 0,
                (a, b) if a == b => INITIAL_SAME,
                _ => INITIAL_DIFFERS,
            };
        }
        if left.whole().fold == right.whole().fold {
            GIVEN_SAME
        } else if left.first().fold == right.first().fold {
            FIRST_SAME
        } else {
            cache.level(left.whole().fold, right.whole().fold, || self.given_level(left, right))
        }
    }

    /// The level of two different first names.
    fn given_level(&self, left: Names, right: Names) -> u8 {
        let (first, other) = (left.first(), right.first());
        let group = |name: Value| &self.groups[name.fold as usize];
        if nicknames::share_group(group(first), group(other)) {
            return NICKNAME;
        }
        let (a, b) = (self.values.text(first.fold), self.values.text(other.fold));
        let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
        let is_part = short.len() >= 3 && long.starts_with(short);
        let alike = self.values.similarity(first, other, 700);
        if is_part || alike >= 920 || self.is_letter_off(first, other) {
            GIVEN_LETTER_OFF
        } else if alike >= 800
            || alike >= 700 && self.sound_same(first, other)
            || self.share_word(left.whole().fold, right.whole().fold)
        {
            GIVEN_ALIKE
        } else {
            DIFFERENT
        }
    }

    /// Whether one of the given names agrees, though not the first: a second name used as the first.
    fn share_word(&self, left: Fold, right: Fold) -> bool {
        let words = |fold| self.values.text(fold).split(' ').filter(|word| word.len() >= 3);
        words(left).any(|word| words(right).any(|other| word == other))
    }

    /// The level of family names that stand where they should.
    fn compare_family(&self, left: Names, right: Names, cache: &mut LevelCache) -> u8 {
        if !left.family().is_known() || !right.family().is_known() {
            return 0;
        }
        let agrees = |a: Fold, b: Fold| a == b && a != NO_VALUE;
        if left.family().fold == right.family().fold {
            if left.prefix() == right.prefix() { FAMILY_SAME } else { PREFIX_DIFFERS }
        } else if agrees(left.family().fold, right.partner())
            || agrees(left.partner(), right.family().fold)
            || agrees(left.partner(), right.partner())
        {
            PARTNER
        } else {
            let (own, other) = (left.family(), right.family());
            cache.level(own.fold, other.fold, || self.family_level(own, other))
        }
    }

    /// The level of two different family names.
    fn family_level(&self, own: Value, other: Value) -> u8 {
        let alike = self.values.similarity(own, other, 600);
        let is_part = || has_all_words(self.values.text(own.fold), self.values.text(other.fold));
        let stem = |name: Value| self.stems[name.fold as usize];
        if alike >= FAMILY_NEAR_MIN || self.is_letter_off(own, other) {
            FAMILY_LETTER_OFF
        } else if stem(own) == stem(other)
            || alike >= 600 && self.sound_same(own, other)
            || is_part()
        {
            SOUNDS_ALIKE
        } else if alike >= FAMILY_ALIKE_MIN {
            FAMILY_ALIKE
        } else {
            DIFFERENT
        }
    }

    fn sound_same(&self, left: Value, right: Value) -> bool {
        self.phonetic[left.fold as usize] == self.phonetic[right.fold as usize]
    }

    /// How many holders have each first given name.
    fn given_counts(&self, holders: Holders) -> Rarities {
        let count = |record, found: &mut Vec<Fold>| self.given_of(record, found);
        Rarities::count(&self.values, holders, count)
    }

    fn given_of(&self, record: RecordNo, found: &mut Vec<Fold>) {
        let code = self.table.column(AttributeId::GIVEN_NAME).first(record);
        found.push(self.first_given[code as usize]);
    }

    /// How many holders have each family name, their own or their partner's.
    fn family_counts(&self, holders: Holders) -> Rarities {
        let count = |record, found: &mut Vec<Fold>| self.family_of(record, found);
        Rarities::count(&self.values, holders, count)
    }

    fn family_of(&self, record: RecordNo, found: &mut Vec<Fold>) {
        let code = |attribute| self.table.column(attribute).first(record) as usize;
        let attributes = [AttributeId::FAMILY_NAME, AttributeId::PARTNER_NAME];
        found.extend(attributes.map(|attribute| self.family[code(attribute)]));
    }

    fn terms<'c>(
        &'c self,
        label: [String; 2],
        level: u8,
        rarities: &'c Rarities,
        of: impl Fn(RecordNo, &mut Vec<Fold>) + 'c,
    ) -> Vec<Terms<'c>> {
        let show = Box::new(|_, name: Fold| self.values.text(name).to_string());
        vec![Terms { label, level, values: &self.values, rarities, of: Box::new(of), show }]
    }

    fn is_letter_off(&self, left: Value, right: Value) -> bool {
        self.values.is_letter_off(left, right, 4)
    }
}

/// From which similarity, in thousandths, names in different fields agree.
const CROSSWISE_MIN: u32 = 880;

/// How a name stands to a name in the other field of the other record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Crosswise {
    Unknown,
    /// The one begins with the initial of the other.
    Initial,
    Agree,
}

/// How many names of two records stand crosswise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Crossing {
    /// One does, where of the other nothing or an initial is known.
    One,
    /// Both do, but for a letter.
    LetterOff,
}

/// Whether of a given name nothing or an initial is known.
fn is_initial(name: Value) -> bool {
    !name.is_known() || name.letters.count() == 1
}

/// Whether a level of given names leaves open that these stand crosswise.
fn may_be_crossed(given: u8) -> bool {
    matches!(given, 0 | DIFFERENT | INITIAL_DIFFERS | INITIAL_SAME)
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

/// How rare names are by the counts of a model, or else by those of the table.
fn rarities(
    names: &PersonNames,
    frozen: Option<Arc<TermCounts>>,
    count: impl FnOnce(Holders) -> Rarities,
) -> Rarities {
    match frozen {
        Some(counts) => Rarities::of_model(counts, &names.values),
        None => count(Holders::Unknown(names.table.len())),
    }
}

/// The comparison of given names.
pub struct GivenName<'a> {
    names: Arc<PersonNames<'a>>,
    rarities: Rarities,
}

impl<'a> GivenName<'a> {
    const NAME: &'static str = "given_name";

    /// The comparison, with the counts of a model or those of the table.
    pub fn new(names: Arc<PersonNames<'a>>, frozen: Frozen) -> GivenName<'a> {
        let frozen = only(frozen, GivenName::NAME);
        let rarities = rarities(&names, frozen, |holders| names.given_counts(holders));
        GivenName { rarities, names }
    }
}

impl Compare for GivenName<'_> {
    fn name(&self) -> &str {
        GivenName::NAME
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
        Names::WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.names.fill(record, fields);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        let names = &*self.names;
        let (left, right) = (Names(left.fields), Names(right.fields));
        if names.are_swapped(left, right) {
            return Compared::at(SWAPPED);
        }
        let level = names.compare_given(left, right, cache);
        if level >= FIRST_SAME {
            let rarity = self.rarities.of(&names.values, left.first().fold);
            return Compared::rare(level, rarity);
        }
        if !may_be_crossed(level) {
            return Compared::at(level);
        }
        let family = || names.compare_family(left, right, &mut LevelCache::none());
        let crossing = names.crossing(left, right).filter(|_| family() <= DIFFERENT);
        Compared::at(match crossing {
            Some(Crossing::One) => OTHER_FIELD,
            Some(Crossing::LetterOff) => SWAPPED_LETTER_OFF,
            None => level,
        })
    }
    fn reach(&self, left: Side, right: Side) -> Option<Reach> {
        let (left, right) = (Names(left.fields), Names(right.fields));
        let crossed = [OTHER_FIELD, SWAPPED_LETTER_OFF, SWAPPED];
        let may_cross = self.names.may_cross(left, right);
        let first = left.first();
        Some(if first.is_known() && first.fold == right.first().fold {
            let rarity = self.rarities.of(&self.names.values, first.fold);
            let initial = [0, INITIAL_SAME, INITIAL_DIFFERS];
            let same = Reach::one_of(&initial).or_rare(&[FIRST_SAME, GIVEN_SAME], rarity);
            same.or(may_cross, &crossed)
        } else {
            let alike = [GIVEN_ALIKE, INITIAL_SAME, GIVEN_LETTER_OFF, NICKNAME];
            Reach::one_of(&[0, INITIAL_DIFFERS, DIFFERENT]).or(true, &alike).or(may_cross, &crossed)
        })
    }
    fn show(&self, record: RecordNo) -> String {
        let value = |attribute| self.names.table.value(record, attribute);
        value(AttributeId::GIVEN_NAME).or(value(AttributeId::INITIALS)).unwrap_or_default().into()
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.rarities.counts.clone()]
    }
    fn terms(&self) -> Vec<Terms<'_>> {
        let of = |record, found: &mut Vec<Fold>| self.names.given_of(record, found);
        self.names.terms(self.label(), FIRST_SAME, &self.rarities, of)
    }
    fn count(&mut self, holders: Holders) {
        self.rarities = self.names.given_counts(holders);
    }
}

/// Whether all words of the shorter name stand in the longer one.
fn has_all_words(left: &str, right: &str) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    long.contains(' ') && short.split(' ').all(|word| long.split(' ').any(|other| word == other))
}

/// The comparison of family names.
pub struct FamilyName<'a> {
    names: Arc<PersonNames<'a>>,
    rarities: Rarities,
    /// How rare names are beside the given name; it is not known before customers are.
    full: FullNameRarities,
}

impl<'a> FamilyName<'a> {
    const NAME: &'static str = "name";

    /// The comparison, with the counts of a model or those of the table.
    pub fn new(names: Arc<PersonNames<'a>>, frozen: Frozen) -> FamilyName<'a> {
        let mut own = frozen(FamilyName::NAME).unwrap_or_default().into_iter();
        let (counts, full_counts) = (own.next(), own.next());
        let given = only(frozen, GivenName::NAME);
        let given = given.map(|given| Rarities::of_model(given, &names.values));
        let rarities = rarities(&names, counts, |holders| names.family_counts(holders));
        let full = match (full_counts, given) {
            (Some(counts), Some(given)) => names.full.of_model(counts, given),
            _ => FullNameRarities::default(),
        };
        FamilyName { rarities, full, names }
    }
}

impl Compare for FamilyName<'_> {
    fn name(&self) -> &str {
        FamilyName::NAME
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
        Names::WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.names.fill(record, fields);
    }
    fn reads(&self) -> Option<&'static str> {
        Some(GivenName::NAME)
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        let names = &*self.names;
        let (left, right) = (Names(left.fields), Names(right.fields));
        let level = names.compare_family(left, right, cache);
        if level >= PREFIX_DIFFERS {
            let by_itself = self.rarities.of(&names.values, left.family().fold);
            let has_same_given = left.full() == right.full();
            let full = if has_same_given { left.full() } else { 0 };
            let beside_given = self.full.beside_given(&names.full, &names.values, full, by_itself);
            return Compared::rare(level, beside_given.unwrap_or(by_itself));
        }
        let given = || names.compare_given(left, right, &mut LevelCache::none());
        let is_crossed = names.are_swapped(left, right)
            || level <= DIFFERENT
                && may_be_crossed(given())
                && names.crossing(left, right).is_some();
        if is_crossed { Compared::SILENT } else { Compared::at(level) }
    }
    fn reach(&self, left: Side, right: Side) -> Option<Reach> {
        let (left, right) = (Names(left.fields), Names(right.fields));
        let (own, other) = (left.family(), right.family());
        if !own.is_known() || !other.is_known() {
            return Some(Reach::one_of(&[0]));
        }
        if own.fold == other.fold {
            let rarity = self.rarities.of(&self.names.values, own.fold);
            return Some(Reach::one_of(&[]).or_rare(&[PREFIX_DIFFERS, FAMILY_SAME], rarity));
        }
        let has_partner = left.partner() != NO_VALUE || right.partner() != NO_VALUE;
        let is_near = own.letters.may_reach(other.letters, FAMILY_NEAR_MIN)
            || own.letters.may_be_edits(other.letters, 1);
        let is_alike = own.letters.may_reach(other.letters, FAMILY_ALIKE_MIN);
        let different = Reach::one_of(&[DIFFERENT, SOUNDS_ALIKE]);
        let reach = different.or(has_partner, &[PARTNER]).or(is_near, &[FAMILY_LETTER_OFF]);
        Some(reach.or(is_alike, &[FAMILY_ALIKE]).or(self.names.may_cross(left, right), &[0]))
    }
    fn show(&self, record: RecordNo) -> String {
        let table = self.names.table;
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
        vec![self.rarities.counts.clone(), self.full.together.counts.clone()]
    }
    fn terms(&self) -> Vec<Terms<'_>> {
        let of = |record, found: &mut Vec<Fold>| self.names.family_of(record, found);
        self.names.terms(self.label(), FAMILY_SAME, &self.rarities, of)
    }
    fn count(&mut self, holders: Holders) {
        let names = &*self.names;
        self.rarities = names.family_counts(holders);
        self.full = names.full.count(&names.values, holders, names.given_counts(holders));
    }
}
