//! Compares the names of companies by their words, rare words first.
//!
//! "Bakkerij Jansen Utrecht" and "Jansen" share the word that tells them from others;
//! "Bakkerij Jansen" and "Bakkerij Pieters" share one that does not. A company and the one that
//! holds it share all words but one, and are two companies. The legal form is compared by itself.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::{RecordNo, RecordTable};

use super::column::FoldedColumn;
use super::{
    Compare, Compared, Frozen, Level, SILENT, Scope, Side, Terms, labels, level, out_of_line,
};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::values::{Fold, Holders, Rarities, TermCounts, Value, ValueSet};

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.04),
    out_of_line(
        "another company of the same group",
        "een ander bedrijf van dezelfde groep",
        Different,
        0.01,
    ),
    level("shares a rare word", "deelt een zeldzaam woord", Close, 0.03),
    level("the other with words added", "de andere naam met woorden erbij", Close, 0.08),
    level("mostly the same words", "grotendeels dezelfde woorden", Close, 0.08),
    out_of_line("abbreviation", "afkorting", Close, 0.01),
    level(
        "a letter off, or the words in another order",
        "een letter anders, of de woorden in andere volgorde",
        Close,
        0.12,
    ),
    level("same", "gelijk", Same, 0.65),
];
const DIFFERENT: u8 = 1;
const SISTER: u8 = 2;
const RARE_WORD: u8 = 3;
const WORDS_ADDED: u8 = 4;
const MOST_WORDS: u8 = 5;
const ABBREVIATION: u8 = 6;
const LETTER_OFF: u8 = 7;
const SAME: u8 = 8;

/// What the names of two companies of one group, or at one address, are expected to look like.
const OF_GROUP: &[f64] = &[0.0, 0.45, 0.12, 0.22, 0.12, 0.03, 0.01, 0.01, 0.04];

/// Words between others that names are written with or without: `Jansen & Zonen`.
const CONNECTIVES: [&str; 8] = ["en", "and", "und", "et", "the", "de", "het", "der"];

/// What the name of a place tells of a company, as a part of what it would if it were any other
/// word: most companies that are named after their town share no more with each other than that.
const PLACE_PART: f64 = 0.25;

/// Words that tell a company from another one of its group, folded, by what the company is for.
const ROLES: [&[&str]; 7] = [
    &[
        "holding",
        "holdings",
        "beheer",
        "beheermaatschappij",
        "groep",
        "group",
        "groupe",
        "gruppe",
        "beteiligung",
        "beteiligungen",
        "beteiligungsgesellschaft",
        "participatie",
        "participaties",
        "participations",
        "investments",
        "investment",
        "invest",
        "moederbedrijf",
        "moedermaatschappij",
    ],
    &["vastgoed", "onroerend", "immobilien", "immobilier", "immo", "realestate", "properties"],
    &["pensioen", "pensioenfonds", "pensioenbv", "pension", "pensions"],
    &["management", "managementbv", "verwaltung", "verwaltungs", "verwaltungsgesellschaft"],
    &["administratiekantoor", "stak"],
    &["personeelsvereniging", "vrienden"],
    &["lease", "leasing", "finance", "financial", "verzekeringen"],
];

/// The comparison of company names.
pub struct CompanyName<'a> {
    names: FoldedColumn<'a>,
    words: ValueSet,
    word_rarities: Rarities,
    /// Per folded name its distinct words, in order of number, without connectives and without
    /// words that tell what the company is for.
    words_of: Vec<Vec<Fold>>,
    /// Per folded name what the company is for in its group, a bit each.
    roles: Vec<u8>,
}

impl<'a> CompanyName<'a> {
    /// Prepares the company names of a table.
    pub fn prepare(table: &'a RecordTable, frozen: Frozen) -> CompanyName<'a> {
        let mut frozen = frozen("company_name").unwrap_or_default().into_iter();
        let (name_counts, word_counts) = (frozen.next(), frozen.next());
        let names =
            FoldedColumn::prepare(table, AttributeId::COMPANY_NAME, fold::words, name_counts);
        let mut words = ValueSet::default();
        let mut words_of = vec![Vec::new()];
        let mut roles = vec![0];
        for name in names.values.folds() {
            let text = names.values.text(name);
            roles.push(text.split(' ').map(role).fold(0, |all, role| all | role));
            let has_own = telling_words(text).any(|word| role(word) == 0);
            let own = telling_words(text).filter(|word| !has_own || role(word) == 0);
            let mut found: Vec<Fold> = own.map(|word| words.add(word)).collect();
            found.sort_unstable();
            found.dedup();
            words_of.push(found);
        }
        // Counted over distinct names: a company in all systems does not make its name common.
        let word_counts = word_counts.unwrap_or_else(|| {
            let names = Holders::Single(words_of.len());
            let counted = Rarities::count(&words, names, |name, found| {
                found.extend(&words_of[name as usize]);
            });
            let mut counts = TermCounts::clone(&counted.counts);
            let cities = table.dictionary(AttributeId::CITY);
            let cities = cities.codes().map(|city| fold::words(cities.value(city)));
            counts.make_common(&words, cities, PLACE_PART);
            Arc::new(counts)
        });
        let word_rarities = Rarities::of_model(word_counts, &words);
        CompanyName { names, words, word_rarities, words_of, roles }
    }

    fn compare_names(&self, left: Value, right: Value, cache: &mut LevelCache) -> Compared {
        if left.fold == right.fold {
            return Compared::rare(SAME, self.names.rarity(left.fold));
        }
        // The level and, in whole bits, how rare is what they share: the cache holds a byte.
        let packed = cache.level(left.fold, right.fold, || {
            let (level, rarity) = self.level_of(left, right);
            let bits = (rarity >> 8).clamp(0, SHARED_BITS_MAX) as u8;
            level | bits << LEVEL_BITS
        });
        let (level, bits) = (packed & LEVEL_MASK, packed >> LEVEL_BITS);
        match level {
            DIFFERENT | SISTER | ABBREVIATION => Compared::at(level),
            _ => Compared::rare(level, i32::from(bits) << 8),
        }
    }

    /// The level of two different names, and how rare is what they share, in 1/256 bit.
    fn level_of(&self, left: Value, right: Value) -> (u8, i32) {
        let [a, b] = [left, right].map(|name| self.names.values.text(name.fold));
        let [left_words, right_words] =
            [left, right].map(|name| &self.words_of[name.fold as usize][..]);
        let shared = self.shared(left_words, right_words);
        let [role, other_role] = [left, right].map(|name| self.roles[name.fold as usize]);
        if role != other_role {
            let level = if shared.of_smaller() >= MOST { SISTER } else { self.rare(&shared) };
            return (level, shared.rarity);
        }
        // Another number is another company: Studio 54 is not a misspelt Studio 55.
        let same_digits = digits(a).eq(digits(b));
        let letter_off = same_digits && self.names.values.is_letter_off(left, right, 5);
        if left_words == right_words || letter_off || without_spaces(a).eq(without_spaces(b)) {
            let [rarity, other] = [left, right].map(|name| self.names.rarity(name.fold));
            return (LETTER_OFF, rarity.min(other));
        }
        if abbreviates(a, b) || abbreviates(b, a) {
            return (ABBREVIATION, 0);
        }
        let are_as_long = left_words.len() == right_words.len();
        let alike =
            same_digits && are_as_long && self.names.values.similarity(left, right, 920) > 0;
        let level = if alike || shared.of_larger() >= MOST {
            MOST_WORDS
        } else if shared.of_smaller() >= MOST {
            WORDS_ADDED
        } else {
            self.rare(&shared)
        };
        (level, shared.rarity)
    }

    fn rare(&self, shared: &SharedWords) -> u8 {
        const SOME: i32 = 45;
        if shared.of_smaller() >= SOME { RARE_WORD } else { DIFFERENT }
    }

    /// What the words that two names share tell.
    fn shared(&self, left: &[Fold], right: &[Fold]) -> SharedWords {
        let weight = |words: &mut dyn Iterator<Item = Fold>| -> i32 {
            words.map(|word| self.word_rarities.of(&self.words, word)).sum()
        };
        let all = |words: &[Fold]| weight(&mut words.iter().copied());
        let shared = |words: &[Fold], others: &[Fold]| {
            weight(&mut words.iter().copied().filter(|word| self.is_in(*word, others)))
        };
        // A misspelt word is rarer than the right one: the smaller of the two sums keeps symmetry.
        let rarity = shared(left, right).min(shared(right, left));
        SharedWords { rarity, of: [all(left), all(right)] }
    }

    /// Whether a word, a misspelling of it or a short form is among others.
    fn is_in(&self, word: Fold, others: &[Fold]) -> bool {
        let is_short = |other| {
            let [a, b] = [word, other].map(|word| self.words.text(word));
            is_short_for(a, b) || is_short_for(b, a)
        };
        let misspelt = |other| {
            let [a, b] = [word, other].map(|word| self.words.value(word));
            self.words.is_letter_off(a, b, 6)
                && digits(self.words.text(word)).eq(digits(self.words.text(other)))
        };
        others.iter().any(|&other| other == word || misspelt(other) || is_short(other))
    }
}

/// The words that two names share.
struct SharedWords {
    /// How rare they are together, in 1/256 bit.
    rarity: i32,
    /// How rare all words of each name are together.
    of: [i32; 2],
}

impl SharedWords {
    /// How much of the name that says less stands in the other, in percent of what its words tell.
    fn of_smaller(&self) -> i32 {
        100 * self.rarity / self.of[0].min(self.of[1]).max(1)
    }

    /// How much of the name that says more stands in the other.
    fn of_larger(&self) -> i32 {
        100 * self.rarity / self.of[0].max(self.of[1]).max(1)
    }
}

/// How many bits of a byte hold a level; the others hold how rare is what two names share.
const LEVEL_BITS: u32 = 4;
const LEVEL_MASK: u8 = (1 << LEVEL_BITS) - 1;
const SHARED_BITS_MAX: i32 = 15;

/// The share of words from which two names mostly have the same.
const MOST: i32 = 80;

fn without_spaces(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| *byte != b' ')
}

fn digits(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_digit)
}

/// A folded name without the department or the person that a letter is for.
fn without_department(name: &str) -> &str {
    const OPENINGS: [&str; 12] = [
        " t a v ",
        " tav ",
        " afd ",
        " afdeling ",
        " attn ",
        " att ",
        " z hd ",
        " zhd ",
        " abteilung ",
        " abt ",
        " dept ",
        " department ",
    ];
    let starts = OPENINGS.iter().filter_map(|opening| name.find(opening));
    starts.min().map_or(name, |start| &name[..start])
}

/// The words of a folded name without connectives; all of them where nothing else is left.
fn telling_words(name: &str) -> impl Iterator<Item = &str> {
    let name = without_department(name);
    let tells = |word: &str| !CONNECTIVES.contains(&word);
    let has_telling = name.split(' ').any(tells);
    name.split(' ').filter(move |word| !has_telling || tells(word))
}

/// What a company is for, if a word tells, as a bit; 0 for any other word.
fn role(word: &str) -> u8 {
    let found = ROLES.iter().position(|words| words.contains(&word));
    found.map_or(0, |at| 1 << at)
}

/// Whether a word is short for another: `inst` for `installatiebedrijf`, `mij` for `maatschappij`.
fn is_short_for(short: &str, long: &str) -> bool {
    const SHORT_FORMS: [(&str, &str); 5] = [
        ("mij", "maatschappij"),
        ("zn", "zoon"),
        ("zn", "zonen"),
        ("bros", "brothers"),
        ("intl", "international"),
    ];
    const LEFT_OUT_MIN: usize = 4;
    let is_beginning =
        short.len() >= 3 && short.len() + LEFT_OUT_MIN <= long.len() && long.starts_with(short);
    is_beginning && short != "van" || SHORT_FORMS.contains(&(short, long))
}

/// Whether a name of one word is made of the first letters of the words of another: `NSB` for
/// `Noordelijke Staal Bedrijven`, with or without those of its connectives.
fn abbreviates(short: &str, long: &str) -> bool {
    const WORDS_MIN: usize = 3;
    if short.contains(' ') || short.len() < WORDS_MIN || short.len() >= long.len() {
        return false;
    }
    let is_of = |words: &mut dyn Iterator<Item = &str>| {
        let letters: Vec<u8> = words.filter_map(|word| word.bytes().next()).collect();
        letters.len() >= WORDS_MIN && letters == short.as_bytes()
    };
    is_of(&mut long.split(' ')) || is_of(&mut telling_words(long))
}

impl Compare for CompanyName<'_> {
    fn name(&self) -> &str {
        "company_name"
    }
    fn label(&self) -> [String; 2] {
        labels("Company name", "Bedrijfsnaam")
    }
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }
    fn scope(&self) -> Scope {
        Scope::Alike(OF_GROUP)
    }
    fn width(&self) -> usize {
        FoldedColumn::WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.names.fill(record, fields);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        self.names.best(left, right, |a, b| self.compare_names(a, b, cache))
    }
    fn show(&self, record: RecordNo) -> String {
        self.names.show(record)
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        vec![self.names.rarities.counts.clone(), self.word_rarities.counts.clone()]
    }
    fn terms(&self) -> Vec<Terms<'_>> {
        vec![self.names.terms(self.label(), SAME)]
    }
    fn count(&mut self, holders: Holders) {
        self.names.count(holders);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_short_forms() {
        for (short, long, expected) in [
            ("inst", "installatiebedrijf", true),
            ("int", "international", true),
            ("mij", "maatschappij", true),
            ("zn", "zonen", true),
            ("jan", "jansen", false),
            ("van", "vandenberg", false),
            ("bo", "bouwbedrijf", false),
            ("ink", "installaties", false),
        ] {
            assert_eq!(is_short_for(short, long), expected, "{short} {long}");
        }
    }

    #[test]
    fn abbreviations_are_made_of_first_letters() {
        for (short, long, expected) in [
            ("nsb", "noordelijke staal bedrijven", true),
            ("vvl", "vereniging van loodgieters", true),
            ("vdv", "vrienden van de vecht", false),
            ("vvv", "vrienden van de vecht", true),
            ("vvdv", "vrienden van de vecht", true),
            ("jb", "jansen bouw", false),
            ("nsb", "noordelijke steen en betonwerken", true),
            ("nsb", "noordelijke staal fabrieken", false),
        ] {
            assert_eq!(abbreviates(short, long), expected, "{short} {long}");
        }
    }
}
