//! Parts of blocking keys, as they are written: `email`, `birth_date.year`, `family_name.sound`.

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::match_settings::{KeyForm, KeyPart};
use karat_model::semantic::SemanticType;

use super::match_file::attribute_names;
use super::problem::Report;
use super::shape::Located;
use super::suggest::{listed, nearest};

/// How many letters and digits a start has that does not say it.
const START_STANDARD: u8 = 5;

/// What stands before the length of a start.
const START_OF: &str = "start_";

/// A word for a form, and the semantic types of the values that have it; none for all.
struct FormWord {
    word: &'static str,
    form: KeyForm,
    of: &'static [SemanticType],
}

const fn form(word: &'static str, form: KeyForm, of: &'static [SemanticType]) -> FormWord {
    FormWord { word, form, of }
}

/// The words for forms; where two words mean one form, the first that fits is written.
const FORMS: [FormWord; 8] = {
    use SemanticType::*;
    [
        form("year", KeyForm::Start(4), &[BirthDate]),
        form("area", KeyForm::Start(3), &[Postcode]),
        form("start", KeyForm::Start(START_STANDARD), &[]),
        form("sound", KeyForm::Sound, &[GivenName, FamilyName, CompanyName, Street, City]),
        form("initial", KeyForm::Initial, &[GivenName]),
        form("first_word", KeyForm::FirstWord, &[GivenName, FamilyName, CompanyName, Street, City]),
        form("rarest_word", KeyForm::RarestWord, &[CompanyName]),
        form("local_part", KeyForm::LocalPart, &[Email]),
    ]
};

impl FormWord {
    fn fits(&self, kind: SemanticType) -> bool {
        self.of.is_empty() || self.of.contains(&kind)
    }
}

/// Reads a part; what is wrong is reported.
pub(super) fn parse_key_part(
    text: &Located<String>,
    attributes: &AttributeSet,
    report: &mut Report,
) -> Option<KeyPart> {
    let (name, word) = match text.value.split_once('.') {
        Some((name, word)) => (name, Some(word)),
        None => (text.value.as_str(), None),
    };
    let name_at = Located { place: text.place, value: name.to_string() };
    let attribute = find_attribute(&name_at, attributes, report)?;
    let Some(word) = word else { return Some(KeyPart { attribute, form: KeyForm::Whole }) };
    let kind = attributes.get(attribute).semantic_type;
    let found = form_of(word, kind);
    if found.is_none() {
        let words = FORMS.iter().filter(|form| form.fits(kind)).map(|form| form.word);
        let hint = match nearest(word, words.clone()) {
            Some(meant) => format!("did you mean `{name}.{meant}`?"),
            None => format!("after `{name}.` can stand {}, `{START_OF}3`", listed(words)),
        };
        report.error(text.place, format!("`{name}` has no part `{word}`")).with_hint(hint);
    }
    found.map(|form| KeyPart { attribute, form })
}

/// The attribute with this name; reports one that is not there.
pub(super) fn find_attribute(
    name: &Located<String>,
    attributes: &AttributeSet,
    report: &mut Report,
) -> Option<AttributeId> {
    let found = attributes.find(&name.value);
    if found.is_none() {
        let hint = match nearest(&name.value, attribute_names(attributes)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the attributes are {}", listed(attribute_names(attributes))),
        };
        report.error(name.place, format!("unknown attribute `{}`", name.value)).with_hint(hint);
    }
    found
}

fn form_of(word: &str, kind: SemanticType) -> Option<KeyForm> {
    let start = word.strip_prefix(START_OF).and_then(|length| length.parse().ok());
    let is_length = |length: &u8| (1..=KeyForm::START_MAX).contains(length);
    let named = FORMS.iter().find(|form| form.word == word && form.fits(kind));
    start.filter(is_length).map(KeyForm::Start).or_else(|| named.map(|form| form.form))
}

/// A part as it is written.
pub(super) fn key_part_text(part: KeyPart, attributes: &AttributeSet) -> String {
    let attribute = attributes.get(part.attribute);
    let fits = |word: &&FormWord| word.form == part.form && word.fits(attribute.semantic_type);
    match (part.form, FORMS.iter().find(fits)) {
        (KeyForm::Whole, _) => attribute.name.clone(),
        (_, Some(word)) => format!("{}.{}", attribute.name, word.word),
        (KeyForm::Start(length), None) => format!("{}.{START_OF}{length}", attribute.name),
        // A form that does not fit its attribute, which only a program can make.
        (_, None) => attribute.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::problem::Place;
    use super::*;

    /// What a part reads as, written again; or the mistake.
    fn check(text: &str, expected: &str) {
        let attributes = AttributeSet::builtin();
        let mut report = Report::new("match.yaml");
        let place = Place { line: 1, column: 1 };
        let located = Located { place, value: text.to_string() };
        let found = match parse_key_part(&located, &attributes, &mut report) {
            Some(part) => format!("{:?} {}", part.form, key_part_text(part, &attributes)),
            None => report.finish()[0].to_string().replace("match.yaml:1:1: ", ""),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn parts_are_read_and_written() {
        check("email", "Whole email");
        check("email.local_part", "LocalPart email.local_part");
        check("birth_date.year", "Start(4) birth_date.year");
        check("birth_date.start_4", "Start(4) birth_date.year");
        check("postcode.area", "Start(3) postcode.area");
        check("postcode.start_4", "Start(4) postcode.start_4");
        check("family_name.sound", "Sound family_name.sound");
        check("given_name.initial", "Initial given_name.initial");
        check("company_name.start", "Start(5) company_name.start");
        check("company_name.rarest_word", "RarestWord company_name.rarest_word");
    }

    #[test]
    fn other_parts_are_mistakes() {
        check("emial", "unknown attribute `emial`\n  hint: did you mean `email`?");
        check(
            "family_name.sounds",
            "`family_name` has no part `sounds`\n  hint: did you mean `family_name.sound`?",
        );
        check(
            "email.sound",
            "`email` has no part `sound`\n  hint: after `email.` can stand `start`, `local_part`, `start_3`",
        );
        check("city.start_0", "`city` has no part `start_0`\n  hint: did you mean `city.start`?");
    }
}
