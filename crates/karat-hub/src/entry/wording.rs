//! Wording: what people read when a check fails.

use karat_model::attribute::AttributeSet;
use karat_model::check::{Check, Requirement};

/// What people read when a check fails, in English and in Dutch: its own words, or else what its
/// requirement says of its attributes.
pub fn message(check: &Check, attributes: &AttributeSet) -> [String; 2] {
    if let Some(message) = &check.message {
        return message.clone();
    }
    let labels = check.attributes.iter().map(|id| {
        let attribute = attributes.get(*id);
        [attribute.english.clone(), attribute.dutch.clone()]
    });
    let labels: Vec<[String; 2]> = labels.collect();
    let joined = |language: usize| {
        let names = labels.iter().map(|label| label[language].as_str());
        names.collect::<Vec<&str>>().join(", ")
    };
    let [english, dutch] = [joined(0), joined(1)];
    if labels.is_empty() {
        let name = &check.name;
        return [
            format!("What the check `{name}` asks is not so."),
            format!("Wat de controle `{name}` vraagt, is niet zo."),
        ];
    }
    use Requirement::*;
    match &check.requirement {
        Present | RequiredIf(_) | GroupComplete(_) => {
            [format!("Not known: {english}."), format!("Niet bekend: {dutch}.")]
        }
        UniqueKey | SharedIdentifier(_) => [
            format!("Others have the same: {english}."),
            format!("Anderen hebben dezelfde waarde: {dutch}."),
        ],
        FieldMisuse => [
            format!("Something else stands here: {english}."),
            format!("Hier staat iets anders: {dutch}."),
        ],
        Format(_) | Regex(_) | Charset(_) | Length(_) | PhoneType(_) | InSet(_) | RefTable(_) => [
            format!("Not in the form that is asked for: {english}."),
            format!("Niet in de gevraagde vorm: {dutch}."),
        ],
        _ => [
            format!("Not as `{}` asks: {english}.", check.name),
            format!("Niet zoals `{}` vraagt: {dutch}.", check.name),
        ],
    }
}
