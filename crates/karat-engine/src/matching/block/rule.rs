//! The blocking rules: which parts of a record make a key, and what large blocks are refined by.

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::match_settings::{BlockingRule, KeyForm, KeyPart};

/// What a blocking rule is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
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
    pub(super) parts: Vec<Part>,
    pub(super) refine: Vec<Part>,
    pub(super) strength: Strength,
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
pub(super) enum Strength {
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
        let attribute = attributes.get(id);
        if attribute.semantic_type.is_identifying_number() {
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
