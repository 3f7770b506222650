//! The fingerprint of a hub model: tells whether two models say the same.

use karat_model::attribute::{Attribute, AttributeSet};
use karat_model::hub_model::{
    ColumnMapping, Format, HubModel, MatchSettings, Phonetics, Source, Survivorship,
    SurvivorshipRule,
};
use karat_model::id::ModelId;
use karat_model::match_settings::GateSettings;
use serde_json::{Value, json};

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
        survivorship,
        matching,
        // Wherever a hub is kept, it says the same.
        database: _,
    } = model;
    let canonical = json!({
        "name": name,
        "language": language.word(),
        "country": country.code(),
        "attributes": attributes.iter().map(|(_, it)| attribute_text(it)).collect::<Vec<_>>(),
        "sources": sources.iter().map(|it| source_text(it, attributes)).collect::<Vec<_>>(),
        "survivorship": survivorship_text(survivorship, attributes),
        "matching": matching_text(matching, attributes),
    });
    ModelId::of(canonical.to_string().as_bytes()).to_string()
}

fn attribute_text(attribute: &Attribute) -> Value {
    let Attribute {
        name,
        semantic_type,
        group,
        collected,
        english,
        dutch,
        definition,
        owner,
        privacy,
    } = attribute;
    let group = group.map(|group| group.name());
    json!([
        name,
        semantic_type.name(),
        group,
        collected,
        english,
        dutch,
        definition,
        owner,
        privacy.name(),
    ])
}

fn source_text(source: &Source, attributes: &AttributeSet) -> Value {
    let Source { name, files, format, delivery, trust, party, country, date_order, columns } =
        source;
    let Format { kind, delimiter, encoding, records } = format;
    json!([
        name.as_str(),
        files,
        [json!(kind.map(Words::word)), json!(delimiter), json!(encoding), json!(records)],
        delivery.word(),
        trust,
        party.word(),
        country.map(|country| country.code().to_owned()),
        date_order.word(),
        columns.iter().map(|it| column_text(it, attributes)).collect::<Vec<_>>(),
    ])
}

fn column_text(mapping: &ColumnMapping, attributes: &AttributeSet) -> Value {
    let ColumnMapping { column, semantic_type, attribute, slot } = mapping;
    let attribute = attribute.map(|id| attributes.get(id).name.clone());
    json!([column, semantic_type.name(), attribute, slot])
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
    let MatchSettings {
        false_discovery_rate,
        link_threshold_bits,
        review_band_bits,
        phonetics,
        gate,
        ..
    } = matching;
    let phonetics = phonetics.map(Phonetics::name);
    let GateSettings { single_valued, confirmed_by, large } = gate;
    let single_valued: Vec<&str> =
        single_valued.iter().map(|&id| all.get(id).name.as_str()).collect();
    let gate = json!([single_valued, confirmed_by, large]);
    json!([false_discovery_rate, link_threshold_bits, review_band_bits, phonetics, gate])
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;

    #[test]
    fn equal_models_have_one_fingerprint() {
        let mut moved = HubModel::new("Shop");
        moved.database = Some("postgresql://karat@localhost/karat".into());
        assert_eq!(fingerprint(&HubModel::new("Shop")), fingerprint(&moved));
    }

    #[test]
    fn any_difference_changes_it() {
        let change: [fn(&mut HubModel); 5] = [
            |model| model.name.push('s'),
            |model| model.language = Language::Dutch,
            |model| model.matching.link_threshold_bits = Some(12.0),
            |model| model.survivorship.default.reverse(),
            |model| {
                model.attributes.get_mut(karat_model::attribute::AttributeId::EMAIL).owner =
                    Some("Sales".into())
            },
        ];
        let mut fingerprints = vec![fingerprint(&HubModel::new("Shop"))];
        for change in change {
            let mut model = HubModel::new("Shop");
            change(&mut model);
            fingerprints.push(fingerprint(&model));
        }
        let count = fingerprints.len();
        fingerprints.sort();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), count);
    }
}
