//! Blocking: which pairs of records deserve a comparison.
//!
//! A rule makes a key of some parts of a record; records with equal keys are candidates.
//!
//! ```text
//! rule "same date of birth"      key              block
//! crm/1001   1980-02-01          h(1980-02-01)    crm/1001, erp/77, shop/9: 3 pairs
//! ```
//!
//! A block that is too large is not thrown away but refined: the next part is added to the key of
//! its records, until the blocks are small enough. A record whose part is missing stays together
//! with the others that miss it. The keys that were refined are frozen in the match model, so that
//! the key of a record is a function of the record and the model alone.
//!
//! A pair is compared by the first rule that makes it: the keys of all rules lie side by side per
//! record, so that looking whether an earlier rule made the pair costs one row of memory.

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::evidence::Found;
use karat_model::match_settings::{BlockingRule, KeyForm, KeyPart, PairScope, Phonetics};
use karat_model::semantic::SemanticType;
use karat_model::table::{NO_VALUE, RecordNo, RecordTable};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::compare::registered_domain;
use super::fold;
use super::matrix::fetch;
use super::phonetics::sound;
use super::progress::{Part as Work, Stopped};

/// The blocking key of a record under a rule; 0 where it has none.
type Key = u32;

/// What a blocking rule is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Of(KeyPart),
    NamesEitherWay,
    Door,
    StreetDoor,
    Domain,
}

const fn part(attribute: AttributeId, form: KeyForm) -> Part {
    Part::Of(KeyPart { attribute, form })
}

const fn whole(attribute: AttributeId) -> Part {
    part(attribute, KeyForm::Whole)
}

const BIRTH_YEAR: Part = part(AttributeId::BIRTH_DATE, KeyForm::Start(4));
const FAMILY_SOUND: Part = part(AttributeId::FAMILY_NAME, KeyForm::Sound);
const GIVEN_FIRST: Part = part(AttributeId::GIVEN_NAME, KeyForm::FirstWord);
const GIVEN_START: Part = part(AttributeId::GIVEN_NAME, KeyForm::Start(2));
const INITIAL: Part = part(AttributeId::GIVEN_NAME, KeyForm::Initial);
const POSTCODE_AREA: Part = part(AttributeId::POSTCODE, KeyForm::Start(3));
const EMAIL_LOCAL: Part = part(AttributeId::EMAIL, KeyForm::LocalPart);
const COMPANY_WORD: Part = part(AttributeId::COMPANY_NAME, KeyForm::RarestWord);
const COMPANY_START: Part = part(AttributeId::COMPANY_NAME, KeyForm::Start(5));

/// One blocking rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What people call it, in English and Dutch.
    pub label: [String; 2],
    /// The comparisons that it decides beforehand; they do not count in training on its pairs.
    implies: Vec<String>,
    parts: Vec<Part>,
    refine: Vec<Part>,
    strength: Strength,
}

impl Rule {
    /// The comparisons that it decides.
    pub fn implied(&self) -> impl Iterator<Item = &str> {
        self.implies.iter().map(String::as_str)
    }

    /// The comparisons in which the pairs of blocks that were refined so often do not differ: what
    /// refined their keys is equal. Equal beginnings of names say too little for that.
    pub fn settled(&self, refined: usize) -> impl Iterator<Item = &'static str> + '_ {
        self.refine.iter().take(refined).filter_map(|part| match part {
            Part::Of(KeyPart { attribute: AttributeId::BIRTH_DATE, form: KeyForm::Start(_) }) => {
                Some("birth_date")
            }
            Part::Of(KeyPart { attribute: AttributeId::FAMILY_NAME, form: KeyForm::Sound }) => {
                Some("name")
            }
            Part::Of(KeyPart {
                attribute: AttributeId::POSTCODE | AttributeId::CITY,
                form: KeyForm::Whole,
            }) => Some("address"),
            _ => None,
        })
    }
}

/// How much equal keys say: blocks of weak rules are refined sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strength {
    Strong,
    Weak,
}

/// The most rules that a table has: each is a bit in [`Visit::pair`].
pub const RULES_MAX: usize = 31;

/// The rules that attributes allow, most telling first: those that were asked for, if any apply.
pub fn rules(
    entity_type: EntityType,
    attributes: &AttributeSet,
    filled: &[AttributeId],
    asked: &[BlockingRule],
) -> Vec<Rule> {
    let refine = refiners(entity_type);
    let applies =
        |rule: &&BlockingRule| rule.parts.iter().all(|&part| Part::Of(part).is_available(filled));
    let asked: Vec<Rule> = asked
        .iter()
        .filter(applies)
        .map(|rule| asked_rule(rule, attributes, &refine, filled))
        .collect();
    let mut rules =
        if asked.is_empty() { standard_rules(entity_type, attributes, filled) } else { asked };
    rules.truncate(RULES_MAX);
    rules
}

/// What large blocks are refined by when nothing of their rule suits better.
fn refiners(entity_type: EntityType) -> Vec<Part> {
    let (city, postcode) = (whole(AttributeId::CITY), whole(AttributeId::POSTCODE));
    match entity_type {
        EntityType::Person => vec![INITIAL, FAMILY_SOUND, BIRTH_YEAR, POSTCODE_AREA, city],
        EntityType::Organisation => vec![COMPANY_START, postcode, city],
    }
}

fn asked_rule(
    rule: &BlockingRule,
    attributes: &AttributeSet,
    refine: &[Part],
    filled: &[AttributeId],
) -> Rule {
    let labels = rule.parts.iter().map(|&part| part_label(part, attributes));
    let (english, dutch): (Vec<String>, Vec<String>) =
        labels.map(|[english, dutch]| (english, dutch)).unzip();
    let parts: Vec<Part> = rule.parts.iter().map(|&part| Part::Of(part)).collect();
    Rule {
        label: [
            format!("same {}", english.join(" and ")),
            format!("{} gelijk", dutch.join(" en ")),
        ],
        implies: rule.parts.iter().filter_map(|&part| decided_by(part, attributes)).collect(),
        refine: refine
            .iter()
            .copied()
            .filter(|part| part.is_available(filled) && !parts.contains(part))
            .collect(),
        parts,
        strength: Strength::Weak,
    }
}

/// What people call a part of a key.
fn part_label(part: KeyPart, attributes: &AttributeSet) -> [String; 2] {
    let attribute = attributes.get(part.attribute);
    let (english, dutch) = (&attribute.english, &attribute.dutch);
    let of =
        |form: &str, vorm: &str| [format!("{form} of {english}"), format!("{vorm} van {dutch}")];
    match part.form {
        KeyForm::Whole => [english.clone(), dutch.clone()],
        KeyForm::Start(length) => {
            of(&format!("first {length} characters"), &format!("eerste {length} tekens"))
        }
        KeyForm::Sound => of("sound", "klank"),
        KeyForm::Initial => of("initial", "voorletter"),
        KeyForm::FirstWord => of("first word", "eerste woord"),
        KeyForm::RarestWord => of("rarest word", "zeldzaamste woord"),
        KeyForm::LocalPart => of("first part", "eerste deel"),
    }
}

/// The comparison that an equal part decides, if it says enough to.
fn decided_by(part: KeyPart, attributes: &AttributeSet) -> Option<String> {
    const START_MIN: u8 = 5;
    if matches!(part.form, KeyForm::Start(length) if length < START_MIN) {
        return None;
    }
    let name = match part.attribute {
        AttributeId::GIVEN_NAME | AttributeId::INITIALS => "given_name",
        AttributeId::FAMILY_NAME | AttributeId::PARTNER_NAME => "name",
        AttributeId::POSTCODE | AttributeId::STREET | AttributeId::CITY => "address",
        other => &attributes.get(other).name,
    };
    Some(name.to_string())
}

/// The rules that suit most tables.
fn standard_rules(
    entity_type: EntityType,
    attributes: &AttributeSet,
    filled: &[AttributeId],
) -> Vec<Rule> {
    use Part::{Door, NamesEitherWay, StreetDoor};
    use Strength::*;
    let is_person = entity_type == EntityType::Person;
    let mut rules: Vec<Rule> = Vec::new();
    let mut add = |english: &str,
                   dutch: &str,
                   implies: &[&str],
                   parts: &[Part],
                   refine: &[Part],
                   strength| {
        let is_available = |part: &Part| part.is_available(filled);
        if parts.iter().all(is_available) {
            rules.push(Rule {
                label: [format!("same {english}"), format!("{dutch} gelijk")],
                implies: implies.iter().map(ToString::to_string).collect(),
                parts: parts.to_vec(),
                refine: refine.iter().copied().filter(is_available).collect(),
                strength,
            });
        }
    };

    let refine = &refiners(entity_type)[..];
    for &id in filled {
        use SemanticType::*;
        let attribute = attributes.get(id);
        let identifies =
            matches!(attribute.semantic_type, Iban | KvkNumber | VatNumber | Identifier);
        if identifies {
            add(
                &attribute.english,
                &attribute.dutch,
                &[&attribute.name],
                &[whole(id)],
                refine,
                Strong,
            );
        }
    }
    add("e-mail", "e-mail", &["email"], &[whole(AttributeId::EMAIL)], refine, Strong);
    add("phone", "telefoon", &["phone"], &[whole(AttributeId::PHONE)], refine, Strong);
    if is_person {
        let birth = whole(AttributeId::BIRTH_DATE);
        let (postcode, city) = (whole(AttributeId::POSTCODE), whole(AttributeId::CITY));
        let born_and_family = [FAMILY_SOUND, GIVEN_START, postcode, city];
        add("date of birth", "geboortedatum", &["birth_date"], &[birth], &born_and_family, Weak);
        let either_way = [birth, BIRTH_YEAR, POSTCODE_AREA, city, whole(AttributeId::BIRTH_PLACE)];
        add(
            "names, in either order",
            "namen, in welke volgorde ook,",
            &["given_name", "name"],
            &[NamesEitherWay],
            &either_way,
            Weak,
        );
        add(
            "postal code and house number",
            "postcode en huisnummer",
            &["address"],
            &[Door],
            &[INITIAL, FAMILY_SOUND, BIRTH_YEAR],
            Weak,
        );
        add(
            "street and house number",
            "straat en huisnummer",
            &["address"],
            &[StreetDoor],
            &[FAMILY_SOUND, INITIAL, BIRTH_YEAR],
            Weak,
        );
        add(
            "postal code",
            "postcode",
            &["address"],
            &[postcode],
            &[FAMILY_SOUND, INITIAL, BIRTH_YEAR],
            Weak,
        );
        add(
            "first part of the e-mail",
            "eerste deel van de e-mail",
            &["email"],
            &[EMAIL_LOCAL],
            &[INITIAL, FAMILY_SOUND, BIRTH_YEAR],
            Weak,
        );
        add(
            "sound of the family name",
            "klank van de achternaam",
            &["name"],
            &[FAMILY_SOUND],
            &[INITIAL, BIRTH_YEAR, GIVEN_START, POSTCODE_AREA, city],
            Weak,
        );
        add(
            "given name",
            "voornaam",
            &["given_name"],
            &[GIVEN_FIRST],
            &[BIRTH_YEAR, POSTCODE_AREA, city, FAMILY_SOUND],
            Weak,
        );
    } else {
        let (postcode, city) = (whole(AttributeId::POSTCODE), whole(AttributeId::CITY));
        add(
            "company name",
            "bedrijfsnaam",
            &["company_name"],
            &[whole(AttributeId::COMPANY_NAME)],
            &[city, postcode],
            Weak,
        );
        add(
            "rarest word of the name",
            "zeldzaamste woord van de naam",
            &["company_name"],
            &[COMPANY_WORD],
            &[city, COMPANY_START, postcode],
            Weak,
        );
        add(
            "start of the name",
            "begin van de naam",
            &["company_name"],
            &[COMPANY_START],
            &[city, postcode],
            Weak,
        );
        add(
            "internet domain",
            "internetdomein",
            &["email", "website"],
            &[Part::Domain],
            refine,
            Weak,
        );
        add(
            "postal code and house number",
            "postcode en huisnummer",
            &["address"],
            &[Door],
            &[COMPANY_START],
            Weak,
        );
        add(
            "street and house number",
            "straat en huisnummer",
            &["address"],
            &[StreetDoor],
            &[COMPANY_START, city],
            Weak,
        );
    }
    rules
}

impl Part {
    /// Whether some record can have it.
    fn is_available(&self, filled: &[AttributeId]) -> bool {
        let has = |id: AttributeId| filled.contains(&id);
        match self {
            Part::Of(KeyPart { attribute, form: KeyForm::Initial }) => {
                has(*attribute)
                    || *attribute == AttributeId::GIVEN_NAME && has(AttributeId::INITIALS)
            }
            Part::Of(KeyPart { attribute, .. }) => has(*attribute),
            Part::NamesEitherWay => has(AttributeId::GIVEN_NAME) && has(AttributeId::FAMILY_NAME),
            Part::Door => has(AttributeId::POSTCODE) && has(AttributeId::HOUSE_NUMBER),
            Part::StreetDoor => has(AttributeId::STREET) && has(AttributeId::HOUSE_NUMBER),
            Part::Domain => has(AttributeId::EMAIL) || has(AttributeId::WEBSITE),
        }
    }
}

/// The hashes of one part for all records.
struct Ingredient<'a> {
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
    fn at(&self, record: RecordNo, slot: u8) -> Key {
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
    fn more(&self, record: RecordNo, found: &mut Vec<Key>) {
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
struct Pantry<'a>(Vec<(Part, Ingredient<'a>)>);

impl<'a> Pantry<'a> {
    fn of(table: &'a RecordTable, rules: &[Rule], phonetics: Phonetics) -> Pantry<'a> {
        let mut parts: Vec<Part> = Vec::new();
        for &part in rules.iter().flat_map(|rule| rule.parts.iter().chain(&rule.refine)) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let prepare = |part| (part, Ingredient::prepare(table, part, phonetics));
        Pantry(parts.into_par_iter().map(prepare).collect())
    }

    fn ingredient(&self, part: Part) -> &Ingredient<'a> {
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
fn mix(key: Key, part: Key) -> Key {
    let mixed = (u64::from(key) << 32 | u64::from(part)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32).max(1) as Key
}

/// Stands for a missing part when a block is refined.
const MISSING: Key = 0x6d69_7373;

/// The keys of a rule whose blocks were too large, in order: part of the frozen match model.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Oversized {
    /// They were refined.
    refined: Vec<Key>,
    /// Nothing was left to refine them by.
    left_out: Vec<Key>,
}

/// What blocking did, per rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleReport {
    /// What people call the rule, in English and Dutch.
    pub label: [String; 2],
    /// Records that have a key.
    pub keyed: u64,
    /// Blocks that were refined.
    pub refined: u64,
    /// Records left out because their block stayed too large.
    pub left_out: u64,
    /// Records of the largest block.
    pub largest: u64,
    /// Pairs that the rule makes, those of other rules included.
    pub pairs: u64,
    /// Pairs that no other rule makes.
    pub marginal: u64,
    /// How many of those are expected to be one customer.
    pub matches_only_here: f64,
}

/// The keys of all records under all rules.
pub struct Blocks {
    rules: usize,
    /// Which pairs are compared, and per record its source.
    scope: PairScope,
    source_of: Vec<u16>,
    /// Per record one key per rule.
    keys: Vec<Key>,
    /// Per rule further keys of records with several values.
    more: Vec<Vec<(Key, RecordNo)>>,
    /// Per rule how often the keys of blocks were refined, of those that were.
    refined: Vec<FxHashMap<Key, u8>>,
    /// Per rule the records that were left out with the key of their block.
    left_out: Vec<Vec<(Key, RecordNo)>>,
    /// Per rule what was too large.
    pub oversized: Vec<Oversized>,
    /// What each rule did.
    pub reports: Vec<RuleReport>,
}

/// How large blocks may be.
struct Limits {
    /// A larger block is refined.
    refine: usize,
    /// A block that is still larger when nothing is left to refine by is left out.
    leave_out: usize,
}

impl Limits {
    fn of(strength: Strength, records: usize) -> Limits {
        // Weak rules may make some thirty pairs per record in a file of a million, and more in a
        // small file, where they cost nothing. The keys of strong rules are shared by few.
        let weak = (20_000.0 / (records.max(1) as f64).sqrt()).clamp(16.0, 256.0) as usize;
        match strength {
            Strength::Strong => Limits { refine: weak * 8, leave_out: weak * 32 },
            Strength::Weak => Limits { refine: weak, leave_out: weak * 8 },
        }
    }
}

impl Blocks {
    /// Makes the keys of all records.
    ///
    /// A model that is given as `frozen` says which keys are too large, and on how many records it
    /// was trained: blocks may be as large as they were then.
    pub fn build(
        table: &RecordTable,
        rules: &[Rule],
        phonetics: Phonetics,
        scope: PairScope,
        frozen: Option<(&[Oversized], u64)>,
    ) -> Blocks {
        let records = table.len();
        let mut blocks = Blocks {
            rules: rules.len(),
            scope,
            source_of: table.records().map(|record| table.source(record)).collect(),
            keys: vec![0; records * rules.len()],
            more: Vec::new(),
            refined: Vec::new(),
            left_out: Vec::new(),
            oversized: Vec::new(),
            reports: Vec::new(),
        };
        let limited = frozen.map_or(records, |(_, trained)| trained as usize);
        let pantry = Pantry::of(table, rules, phonetics);
        let make = |number: usize| {
            let rule = &rules[number];
            let limits = Limits::of(rule.strength, limited);
            let frozen = frozen.and_then(|(oversized, _)| oversized.get(number));
            let mut keyed = KeyedRule::start(table, rule, &pantry);
            let (oversized, report) = keyed.refine(rule, &pantry, &limits, frozen);
            (keyed, oversized, report)
        };
        // As many rules at a time as there are threads: the keys of all at once take much memory.
        let numbers: Vec<usize> = (0..rules.len()).collect();
        for some in numbers.chunks(rayon::current_num_threads()) {
            let made: Vec<_> = some.par_iter().map(|&number| make(number)).collect();
            for (&number, (keyed, oversized, report)) in some.iter().zip(made) {
                blocks.take(number, keyed, oversized, report);
            }
        }
        blocks
    }

    fn take(&mut self, rule: usize, keyed: KeyedRule, oversized: Oversized, report: RuleReport) {
        let KeyedRule { entries, refined, left_out } = keyed;
        let mut more = Vec::new();
        for &(key, record) in &entries {
            let own = &mut self.keys[record as usize * self.rules + rule];
            if *own == 0 { *own = key } else { more.push((key, record)) }
        }
        self.reports.push(RuleReport {
            pairs: runs(&entries).map(pairs_of).sum(),
            keyed: entries.len() as u64,
            largest: runs(&entries).map(|run| run.len() as u64).max().unwrap_or(0),
            ..report
        });
        self.more.push(more);
        self.refined.push(refined);
        self.left_out.push(left_out);
        self.oversized.push(oversized);
    }

    /// The pairs that all rules make, those that several make counted again.
    pub fn pairs(&self) -> u64 {
        self.reports.iter().map(|report| report.pairs).sum()
    }

    fn row(&self, record: RecordNo) -> &[Key] {
        let start = record as usize * self.rules;
        &self.keys[start..start + self.rules]
    }

    /// The records of a rule in order of key, for the keys that are wanted.
    fn sorted(&self, rule: usize, wanted: impl Fn(Key) -> bool) -> Vec<(Key, RecordNo)> {
        let own = self.keys.iter().skip(rule).step_by(self.rules.max(1)).zip(0..);
        let own = own.filter(|(key, _)| **key != 0).map(|(&key, record)| (key, record));
        let all = own.chain(self.more[rule].iter().copied());
        let mut sorted: Vec<(Key, RecordNo)> = all.filter(|&(key, _)| wanted(key)).collect();
        sort_by_key(&mut sorted);
        sorted
    }

    /// Whether a pair is to be compared at all.
    pub fn allow(&self, left: RecordNo, right: RecordNo) -> bool {
        let source = |record: RecordNo| self.source_of[record as usize];
        self.scope == PairScope::Both || self.scope.allows(source(left) == source(right))
    }

    /// How many pairs could be compared, without blocking.
    pub fn possible_pairs(&self) -> f64 {
        self.possible_pairs_of(0..self.source_of.len() as RecordNo)
    }

    /// How many pairs of some records could be compared, without blocking.
    pub fn possible_pairs_of(&self, records: impl Iterator<Item = RecordNo>) -> f64 {
        let pairs = |records: f64| records * (records - 1.0) / 2.0;
        let mut sources: Vec<u16> = records.map(|at| self.source_of[at as usize]).collect();
        sources.sort_unstable();
        let within = sources.chunk_by(|a, b| a == b).map(|source| pairs(source.len() as f64)).sum();
        let all = pairs(sources.len() as f64);
        match self.scope {
            PairScope::Both => all,
            PairScope::Within => within,
            PairScope::Between => all - within,
        }
    }

    /// Visits the pairs that a rule is the first to make, in parallel, and gathers the visitors.
    ///
    /// Only blocks whose key satisfies `wanted` are visited. A pair that comes of further values
    /// of its records may be visited twice.
    pub fn visit<V: Visit>(
        &self,
        rule: usize,
        wanted: impl Fn(u32) -> bool,
        work: &Work,
        new: impl Fn() -> V + Sync + Send,
    ) -> Result<Vec<V>, Stopped> {
        let sorted = self.sorted(rule, wanted);
        let chosen: Vec<&[(Key, RecordNo)]> = runs(&sorted).filter(|run| run.len() > 1).collect();
        self.visit_runs(rule, &chosen, work, &new)
    }

    /// The same, apart by how often the keys of the blocks were refined.
    pub fn visit_by_refining<V: Visit>(
        &self,
        rule: usize,
        wanted: impl Fn(u32) -> bool,
        work: &Work,
        new: impl Fn() -> V + Sync + Send,
    ) -> Result<Vec<Vec<V>>, Stopped> {
        let sorted = self.sorted(rule, wanted);
        let mut chosen: Vec<Vec<&[(Key, RecordNo)]>> = vec![Vec::new()];
        for run in runs(&sorted).filter(|run| run.len() > 1) {
            let refined = self.refined[rule].get(&run[0].0).map_or(0, |&often| often.into());
            chosen.resize(chosen.len().max(refined + 1), Vec::new());
            chosen[refined].push(run);
        }
        chosen.iter().map(|chosen| self.visit_runs(rule, chosen, work, &new)).collect()
    }

    fn visit_runs<V: Visit>(
        &self,
        rule: usize,
        chosen: &[&[(Key, RecordNo)]],
        work: &Work,
        new: &(impl Fn() -> V + Sync + Send),
    ) -> Result<Vec<V>, Stopped> {
        chunks_of_pairs(chosen)
            .into_par_iter()
            .map(|chunk| {
                let mut visitor = new();
                let mut gathered = Gathered::default();
                for runs in gathered_together(chunk) {
                    gathered.gather(self, runs);
                    gathered.find_pairs(self, rule, runs, &visitor);
                    gathered.show(&mut visitor);
                }
                work.advance(chunk.iter().map(|run| pairs_of(run)).sum())?;
                Ok(visitor)
            })
            .collect()
    }

    /// What each rule makes of a pair.
    pub fn explain(&self, left: RecordNo, right: RecordNo) -> Vec<Found> {
        let among = |keys: &[(Key, RecordNo)], record| -> Vec<Key> {
            keys.iter().filter(|(_, at)| *at == record).map(|(key, _)| *key).collect()
        };
        let in_use = |rule: usize, record| {
            let mut keys = among(&self.more[rule], record);
            keys.extend(Some(self.row(record)[rule]).filter(|own| *own != 0));
            keys
        };
        let share = |left: &[Key], right: &[Key]| left.iter().any(|key| right.contains(key));
        let found = (0..self.rules).map(|rule| {
            let [in_left, in_right] = [left, right].map(|record| in_use(rule, record));
            let left_out = [left, right].map(|record| among(&self.left_out[rule], record));
            let has_none = |used: &[Key], left_out: &[Key]| used.is_empty() && left_out.is_empty();
            if share(&in_left, &in_right) {
                Found::SameKey
            } else if share(&left_out[0], &left_out[1]) {
                Found::BlockTooLarge
            } else if has_none(&in_left, &left_out[0]) || has_none(&in_right, &left_out[1]) {
                Found::MissingKey
            } else {
                Found::DifferentKeys
            }
        });
        found.collect()
    }
}

/// Is shown pairs of records, those of a few blocks at a time.
pub trait Visit: Send {
    /// Whether it wants a pair that these rules make, a bit each, as far as the first values of its
    /// records tell.
    fn wants(&self, makers: u32) -> bool;
    /// Pairs of these records follow.
    fn enter(&mut self, records: &[RecordNo]);
    /// A pair that it wants, by the places of its records among those of [`Visit::enter`].
    fn pair(&mut self, left: usize, right: usize, makers: u32);
}

/// Divides blocks into runs of blocks that are gathered together: few records stay close to the
/// processor, and many are fetched faster than one.
fn gathered_together<'a, 'b>(
    blocks: &'a [&'b [(Key, RecordNo)]],
) -> impl Iterator<Item = &'a [&'b [(Key, RecordNo)]]> {
    const RECORDS: usize = 64;
    let mut rest = blocks;
    std::iter::from_fn(move || {
        let mut records = 0;
        let fits = |block: &&&[(Key, RecordNo)]| {
            records += block.len();
            records <= RECORDS
        };
        let together = rest.iter().take_while(fits).count().max(1).min(rest.len());
        let (taken, left) = rest.split_at(together);
        rest = left;
        (!taken.is_empty()).then_some(taken)
    })
}

/// The records of some blocks, with their keys: gathered side by side, because fetching them one by
/// one from all over memory takes longer than comparing them.
#[derive(Default)]
struct Gathered {
    records: Vec<RecordNo>,
    rules: usize,
    keys: Vec<Key>,
    /// The pairs to show, by places in `records`, with the rules that make them.
    pairs: Vec<(u32, u32, u32)>,
    /// The records of those pairs, and per record its place among them.
    shown: Vec<RecordNo>,
    place: Vec<Option<usize>>,
}

impl Gathered {
    fn gather(&mut self, blocks: &Blocks, runs: &[&[(Key, RecordNo)]]) {
        self.rules = blocks.rules;
        self.records.clear();
        self.records.extend(runs.iter().copied().flatten().map(|&(_, record)| record));
        self.keys.clear();
        fetch(&self.records, |record| blocks.row(record));
        self.records.iter().for_each(|&record| self.keys.extend(blocks.row(record)));
    }

    /// Finds the pairs that a rule is the first to make and that are wanted.
    fn find_pairs(
        &mut self,
        blocks: &Blocks,
        rule: usize,
        runs: &[&[(Key, RecordNo)]],
        visitor: &impl Visit,
    ) {
        let earlier = (1 << rule) - 1;
        self.pairs.clear();
        let mut start = 0;
        for run in runs {
            let end = start + run.len();
            for left in start..end {
                for right in left + 1..end {
                    let makers = self.makers(left, right);
                    let is_first = makers & earlier == 0;
                    let makers = makers | 1 << rule;
                    let is_shown = is_first
                        && visitor.wants(makers)
                        && blocks.allow(self.records[left], self.records[right]);
                    if is_shown {
                        self.pairs.push((left as u32, right as u32, makers));
                    }
                }
            }
            start = end;
        }
    }

    /// Shows the pairs that were found.
    fn show(&mut self, visitor: &mut impl Visit) {
        self.shown.clear();
        self.place.clear();
        self.place.resize(self.records.len(), None);
        let Gathered { records, pairs, shown, place, .. } = self;
        for &(left, right, _) in &*pairs {
            for at in [left as usize, right as usize] {
                place[at].get_or_insert_with(|| {
                    shown.push(records[at]);
                    shown.len() - 1
                });
            }
        }
        visitor.enter(shown);
        for &(left, right, makers) in &*pairs {
            let place = |at: u32| place[at as usize].expect("both ends of a pair have a place");
            visitor.pair(place(left), place(right), makers);
        }
    }

    /// The rules under which two records have the same key, a bit each.
    fn makers(&self, left: usize, right: usize) -> u32 {
        let row = |at: usize| &self.keys[at * self.rules..(at + 1) * self.rules];
        let keys = row(left).iter().zip(row(right)).enumerate();
        keys.fold(0, |makers, (rule, (a, b))| makers | u32::from(a == b && *a != 0) << rule)
    }
}

/// The keys of one rule while they are being refined.
struct KeyedRule {
    entries: Vec<(Key, RecordNo)>,
    /// How often the keys of blocks were refined, of those that were.
    refined: FxHashMap<Key, u8>,
    /// The records of blocks that stayed too large.
    left_out: Vec<(Key, RecordNo)>,
}

impl KeyedRule {
    fn start(table: &RecordTable, rule: &Rule, pantry: &Pantry) -> KeyedRule {
        let ingredients: Vec<&Ingredient> =
            rule.parts.iter().map(|&part| pantry.ingredient(part)).collect();
        let mut entries = Vec::with_capacity(table.len());
        let mut further = Vec::new();
        for record in table.records() {
            let rest = ingredients[1..].iter().try_fold(0, |key, ingredient| {
                match ingredient.at(record, 0) {
                    0 => None,
                    hash => Some(mix(key, hash)),
                }
            });
            let Some(rest) = rest else { continue };
            let first = ingredients[0].at(record, 0);
            if first != NO_VALUE {
                entries.push((mix(first, rest), record));
            }
            ingredients[0].more(record, &mut further);
            entries.extend(further.iter().map(|&key| (mix(key, rest), record)));
        }
        KeyedRule { entries, refined: FxHashMap::default(), left_out: Vec::new() }
    }

    /// Refines large blocks; gives the keys that were too large.
    fn refine(
        &mut self,
        rule: &Rule,
        pantry: &Pantry,
        limits: &Limits,
        frozen: Option<&Oversized>,
    ) -> (Oversized, RuleReport) {
        // A model says which blocks are too large; new ones may grow eightfold before they are.
        let growth = if frozen.is_some() { 8 } else { 1 };
        let set = |keys: &[Key]| keys.iter().copied().collect::<FxHashSet<Key>>();
        let to_refine = frozen.map(|frozen| set(&frozen.refined)).unwrap_or_default();
        let to_leave_out = frozen.map(|frozen| set(&frozen.left_out)).unwrap_or_default();
        let mut report = RuleReport { label: rule.label.clone(), ..RuleReport::default() };
        let mut oversized = Oversized::default();
        let mut done = Vec::with_capacity(self.entries.len());
        let mut pending = std::mem::take(&mut self.entries);
        let mut refiners = rule.refine.iter();
        let mut often = 0;
        while !pending.is_empty() {
            sort_by_key(&mut pending);
            pending.dedup();
            let refiner = refiners.next();
            let mut next = Vec::new();
            for run in runs(&pending) {
                let key = run[0].0;
                match refiner {
                    Some(&part)
                        if to_refine.contains(&key) || run.len() > growth * limits.refine =>
                    {
                        let ingredient = pantry.ingredient(part);
                        oversized.refined.push(key);
                        next.extend(run.iter().map(|&(key, record)| {
                            let part = ingredient.at(record, 0);
                            (mix(key, if part == 0 { MISSING } else { part }), record)
                        }));
                    }
                    None if to_leave_out.contains(&key)
                        || run.len() > growth * limits.leave_out =>
                    {
                        oversized.left_out.push(key);
                        self.left_out.extend_from_slice(run);
                    }
                    _ => {
                        if often > 0 && run.len() > 1 {
                            self.refined.insert(key, often);
                        }
                        done.extend_from_slice(run);
                    }
                }
            }
            pending = next;
            often += 1;
        }
        report.refined = oversized.refined.len() as u64;
        report.left_out = self.left_out.len() as u64;
        for keys in [&mut oversized.refined, &mut oversized.left_out] {
            keys.sort_unstable();
            keys.dedup();
        }
        self.entries = done;
        (oversized, report)
    }
}

/// Brings records with equal keys together; those of one key keep their order.
fn sort_by_key(entries: &mut [(Key, RecordNo)]) {
    radsort::sort_by_key(entries, |&(key, _)| key);
}

/// The blocks of a sorted list: runs of equal keys.
fn runs(sorted: &[(Key, RecordNo)]) -> impl Iterator<Item = &[(Key, RecordNo)]> {
    sorted.chunk_by(|a, b| a.0 == b.0)
}

/// How many pairs the records of a block make.
fn pairs_of(run: &[(Key, RecordNo)]) -> u64 {
    run.len() as u64 * (run.len() as u64 - 1) / 2
}

/// Divides blocks into chunks of about as many pairs, for one task each.
fn chunks_of_pairs<'a, 'b>(runs: &'a [&'b [(Key, RecordNo)]]) -> Vec<&'a [&'b [(Key, RecordNo)]]> {
    const PAIRS_PER_CHUNK: u64 = 200_000;
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut pairs = 0;
    for (at, run) in runs.iter().enumerate() {
        pairs += pairs_of(run);
        if pairs >= PAIRS_PER_CHUNK {
            chunks.push(&runs[start..=at]);
            start = at + 1;
            pairs = 0;
        }
    }
    chunks.push(&runs[start..]);
    chunks
}
