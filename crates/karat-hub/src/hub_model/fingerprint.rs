//! The fingerprint of a hub model: tells whether two models say the same.

use karat_model::attribute::{Attribute, AttributeSet, EntityType};
use karat_model::check::{Check, CheckName, CustomerKind, EntrySettings, QualitySettings, Use};
use karat_model::feedback::{Feedback, FeedbackRoute};
use karat_model::hub_model::{
    ColumnMapping, Format, HubModel, MatchSettings, Phonetics, Source, Survivorship,
    SurvivorshipRule,
};
use karat_model::id::ModelId;
use karat_model::match_settings::GateSettings;
use karat_model::repair_step::SourceRepairs;
use serde_json::{Value, json};

use super::repairs_file::step_text;
use super::words::Words;

/// The same text for equal models, another one for different models.
pub fn fingerprint(model: &HubModel) -> String {
    // Taken apart without `..`, so that a new field cannot be forgotten.
    let HubModel {
        name,
        language,
        country,
        attributes,
        sources,
        repairs,
        survivorship,
        matching,
        checks,
        uses,
        kinds,
        quality,
        entry,
        // Wherever a hub is kept, it says the same.
        database: _,
    } = model;
    let learnt = json!([
        country.code(),
        attributes.iter().map(|(_, it)| learnt_of_attribute(it)).collect::<Vec<_>>(),
        sources.iter().map(|it| learnt_of_source(it, attributes)).collect::<Vec<_>>(),
        matching.phonetics.map(Phonetics::name),
    ]);
    let thresholds = matching_text(matching, attributes);
    let mut rest = json!({
        "name": name,
        "language": language.word(),
        "attributes": attributes.iter().map(|(_, it)| attribute_text(it)).collect::<Vec<_>>(),
        "sources": sources.iter().map(source_text).collect::<Vec<_>>(),
        "survivorship": survivorship_text(survivorship, attributes),
    });
    if !repairs.is_empty() {
        // A hub without repairs says what it said before there were any. Match models stay: a hub is
        // repaired so that records match better, not so that it learns from other ones.
        rest["repairs"] = repairs.iter().map(repairs_text).collect();
    }
    let hash = |part: Value| ModelId::of(part.to_string().as_bytes()).to_string();
    let print = [learnt, thresholds, rest].map(hash).join(".");
    match checks_text(checks, uses, kinds, quality, entry, attributes) {
        // A hub without checks says what it said before there were any.
        Value::Null => print,
        judged => format!("{print}.{}", hash(judged)),
    }
}

/// How far a change of a hub model reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// They say the same.
    Nothing,
    /// What is required of values and how quality counts: all values stay, and are judged anew.
    Checks,
    /// Which values win, or how things are called: pairs are weighed and linked as before.
    Values,
    /// From where pairs are linked, told to stewards or held: they weigh what they weighed.
    Thresholds,
    /// What records say, or how it is compared: weights are to be learnt anew.
    Weights,
}

/// How far the change from one hub model to another reaches, by their fingerprints.
pub fn scope_of_change(before: &str, after: &str) -> Scope {
    let parts = |text: &str| text.split('.').map(str::to_string).collect::<Vec<String>>();
    let (before, after) = (parts(before), parts(after));
    match (&before[..], &after[..]) {
        _ if before == after => Scope::Nothing,
        // The fourth part is there if anything is checked.
        ([learnt, thresholds, rest, ..], [now_learnt, now_thresholds, now_rest, ..])
            if learnt == now_learnt =>
        {
            if thresholds != now_thresholds {
                Scope::Thresholds
            } else if rest != now_rest {
                Scope::Values
            } else {
                Scope::Checks
            }
        }
        _ => Scope::Weights,
    }
}

/// The part of a fingerprint that tells what is required and how quality counts; `None` in one of a
/// hub that says nothing of it.
pub fn judging_part(fingerprint: &str) -> Option<&str> {
    fingerprint.split('.').nth(3)
}

/// What is required and how quality counts; nothing for a hub that says nothing of it.
fn checks_text(
    checks: &[Check],
    uses: &[Use],
    kinds: &[CustomerKind],
    quality: &QualitySettings,
    entry: &EntrySettings,
    attributes: &AttributeSet,
) -> Value {
    let QualitySettings { has_standard_checks: _, weights, value } = quality;
    let counts = attributes.iter().map(|(_, it)| quality_of_attribute(it)).collect::<Vec<_>>();
    let says_nothing = checks.is_empty()
        && uses.is_empty()
        && kinds.is_empty()
        && weights.is_empty()
        && value.is_none()
        && *entry == EntrySettings::standard()
        && counts.iter().all(|it| *it == json!([null, null, null, null]));
    if says_nothing {
        return Value::Null;
    }
    let names = |names: &[CheckName]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let types = |types: &[EntityType]| types.iter().map(|it| it.name()).collect::<Vec<_>>();
    let uses =
        uses.iter().map(|it| json!([it.name, it.label, types(&it.entity_types), names(&it.needs)]));
    let kinds = kinds.iter().map(|it| json!([it.name, types(&it.entity_types), names(&it.needs)]));
    let mut text = json!([
        checks.iter().map(|it| check_text(it, attributes)).collect::<Vec<_>>(),
        uses.collect::<Vec<_>>(),
        kinds.collect::<Vec<_>>(),
        weights
            .iter()
            .map(|(dimension, weight)| json!([dimension.name(), weight]))
            .collect::<Vec<_>>(),
        value.map(|id| attributes.get(id).name.clone()),
        counts,
    ]);
    if *entry != EntrySettings::standard() {
        text.as_array_mut().expect("it is a list").push(entry_text(entry));
    }
    text
}

/// How customers are looked at that are typed in; hubs that say nothing of it say what they said.
fn entry_text(entry: &EntrySettings) -> Value {
    let EntrySettings { policy, duplicates_from_bits, origins, reason_codes } = entry;
    json!([policy.name(), duplicates_from_bits, origins, reason_codes])
}

fn check_text(check: &Check, attributes: &AttributeSet) -> Value {
    json!([
        check.definition(attributes),
        check.pass_min.map(|share| share.to_string()),
        check.cost_cents,
        check.owner,
        check.message,
    ])
}

/// What of an attribute says how its quality counts, and who looks after it.
fn quality_of_attribute(attribute: &Attribute) -> Value {
    let Attribute { steward, legal_basis, retention, criticality, .. } = attribute;
    json!([steward, legal_basis, retention, criticality])
}

/// What of an attribute decides what records say and how it is compared.
fn learnt_of_attribute(attribute: &Attribute) -> Value {
    let group = attribute.group.map(|group| group.name());
    json!([attribute.name, attribute.semantic_type.name(), group])
}

/// What of a source decides what its records say.
fn learnt_of_source(source: &Source, attributes: &AttributeSet) -> Value {
    json!([
        source.name.as_str(),
        source.party.word(),
        source.country.map(|country| country.code().to_owned()),
        source.date_order.word(),
        source.columns.iter().map(|it| column_text(it, attributes)).collect::<Vec<_>>(),
    ])
}

fn attribute_text(attribute: &Attribute) -> Value {
    // The first three say what is compared.
    let Attribute {
        name: _,
        semantic_type: _,
        group: _,
        collected,
        english,
        dutch,
        definition,
        owner,
        privacy,
        // These say how quality counts.
        steward: _,
        legal_basis: _,
        retention: _,
        criticality: _,
    } = attribute;
    json!([collected, english, dutch, definition, owner, privacy.name(),])
}

fn source_text(source: &Source) -> Value {
    // What is left out says what records say.
    let Source {
        name: _,
        files,
        format,
        delivery,
        trust,
        party: _,
        country: _,
        date_order: _,
        columns: _,
        feedback,
    } = source;
    let Format { kind, delimiter, encoding, records } = format;
    let mut text = vec![
        json!(files),
        json!([json!(kind.map(Words::word)), json!(delimiter), json!(encoding), json!(records)]),
        json!(delivery.word()),
        json!(trust),
    ];
    // What is left out leaves the print as it was before there was feedback.
    text.extend(feedback.as_ref().map(feedback_text));
    Value::from(text)
}

fn feedback_text(feedback: &Feedback) -> Value {
    let Feedback { owner, route, rules, severity_min } = feedback;
    let url = match route {
        FeedbackRoute::WorkList => None,
        FeedbackRoute::Webhook { url } => Some(url),
    };
    json!([owner, route.name(), url, rules, severity_min.name()])
}

/// What is mended in a source, with who said so: whoever publishes it tells that as well.
fn repairs_text(repairs: &SourceRepairs) -> Value {
    let SourceRepairs { source, steps } = repairs;
    json!([source.as_str(), steps.iter().map(step_text).collect::<Vec<_>>()])
}

fn column_text(mapping: &ColumnMapping, attributes: &AttributeSet) -> Value {
    let ColumnMapping { column, semantic_type, attribute, slot, length_max } = mapping;
    let attribute = attribute.map(|id| attributes.get(id).name.clone());
    match length_max {
        None => json!([column, semantic_type.name(), attribute, slot]),
        Some(length) => json!([column, semantic_type.name(), attribute, slot, length]),
    }
}

fn survivorship_text(survivorship: &Survivorship, all: &AttributeSet) -> Value {
    let Survivorship { default, groups, attributes } = survivorship;
    let rules = |rules: &[SurvivorshipRule]| rules.iter().map(|it| it.name()).collect::<Vec<_>>();
    let groups: Vec<Value> =
        groups.iter().map(|(group, ladder)| json!([group.name(), rules(ladder)])).collect();
    let attributes: Vec<Value> =
        attributes.iter().map(|(id, ladder)| json!([all.get(*id).name, rules(ladder)])).collect();
    json!([rules(default), groups, attributes])
}

fn matching_text(matching: &MatchSettings, all: &AttributeSet) -> Value {
    // The others are for `karat match`: a hub model does not say them.
    let MatchSettings { false_discovery_rate, link_threshold_bits, review_band_bits, gate, .. } =
        matching;
    let GateSettings { single_valued, confirmed_by, large } = gate;
    let single_valued: Vec<&str> =
        single_valued.iter().map(|&id| all.get(id).name.as_str()).collect();
    let gate = json!([single_valued, confirmed_by, large]);
    json!([false_discovery_rate, link_threshold_bits, review_band_bits, gate])
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeId;
    use karat_model::check::Requirement;
    use karat_model::id::SourceName;
    use karat_model::language::Language;
    use karat_model::repair_step::{RepairStep, RepairVerb};
    use karat_model::semantic::SemanticType;

    use super::*;

    /// A check that is in no other test.
    fn zip() -> Check {
        Check::new(CheckName::new("zip").unwrap(), Requirement::Present)
    }

    /// Repairs by which a value becomes this one.
    fn repairs(to: &str) -> SourceRepairs {
        let step = RepairStep {
            id: "r1".into(),
            column: "plaats".into(),
            verb: RepairVerb::Map(vec![("E".into(), to.into())]),
            conditions: Vec::new(),
            by: None,
            at: None,
            why: None,
        };
        SourceRepairs { source: SourceName::new("crm"), steps: vec![step] }
    }

    #[test]
    fn a_hub_that_begins_to_check_learns_nothing_anew() {
        let mut model = HubModel::new("Shop");
        let before = fingerprint(&model);
        model.checks = [zip()].into();
        let checked = fingerprint(&model);
        assert_eq!(scope_of_change(&before, &checked), Scope::Checks);
        assert_eq!(scope_of_change(&checked, &before), Scope::Checks);
        model.name.push('s');
        assert_eq!(scope_of_change(&before, &fingerprint(&model)), Scope::Values);
        model.matching.link_threshold_bits = Some(12.0);
        assert_eq!(scope_of_change(&checked, &fingerprint(&model)), Scope::Thresholds);
    }

    #[test]
    fn equal_models_have_one_fingerprint() {
        let mut moved = HubModel::new("Shop");
        moved.database = Some("postgresql://karat@localhost/karat".into());
        assert_eq!(fingerprint(&HubModel::new("Shop")), fingerprint(&moved));
    }

    #[test]
    fn any_difference_changes_it() {
        type Edit = (Scope, fn(&mut HubModel));
        let change: [Edit; 13] = [
            (Scope::Values, |model| model.name.push('s')),
            (Scope::Values, |model| model.language = Language::Dutch),
            (Scope::Thresholds, |model| model.matching.link_threshold_bits = Some(12.0)),
            (Scope::Thresholds, |model| model.matching.gate = GateSettings::off()),
            (Scope::Values, |model| model.survivorship.default.reverse()),
            (Scope::Values, |model| model.repairs = [repairs("Ede")].into()),
            (Scope::Values, |model| model.repairs = [repairs("Epe")].into()),
            (Scope::Values, |model| {
                model.attributes.get_mut(AttributeId::EMAIL).owner = Some("Sales".into())
            }),
            (Scope::Checks, |model| model.checks = [zip()].into()),
            (Scope::Checks, |model| {
                model.checks = [Check { owner: Some("Sales".into()), ..zip() }].into()
            }),
            (Scope::Checks, |model| {
                model.attributes.get_mut(AttributeId::EMAIL).criticality = Some(4)
            }),
            (Scope::Weights, |model| model.matching.phonetics = Some(Phonetics::German)),
            (Scope::Weights, |model| {
                model.attributes.add_named("card", SemanticType::Text);
            }),
        ];
        let before = fingerprint(&HubModel::new("Shop"));
        let mut fingerprints = vec![before.clone()];
        for (scope, change) in change {
            let mut model = HubModel::new("Shop");
            change(&mut model);
            let after = fingerprint(&model);
            assert_eq!(scope_of_change(&before, &after), scope);
            assert_eq!(scope_of_change(&after, &after), Scope::Nothing);
            fingerprints.push(after);
        }
        assert_eq!(before.split('.').count(), 3, "a hub without checks says what it said before");
        let of_before_there_were_parts = "0123456789abcdef";
        assert_eq!(scope_of_change(of_before_there_were_parts, &before), Scope::Weights);
        let count = fingerprints.len();
        fingerprints.sort();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), count);
    }
}
