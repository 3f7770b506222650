//! The file `hub.yaml`: the hub's name, its attributes, how it matches, and which value wins.

use karat_model::attribute::{Attribute, AttributeId, AttributeSet, Group, Privacy};
use karat_model::hub_model::{Country, HubModel, MatchSettings, Survivorship, SurvivorshipRule};
use karat_model::language::Language;
use karat_model::semantic::SemanticType;
use serde_json::json;

use super::numbers::{Bits, Rate};
use super::problem::{Place, Report};
use super::shape::{Entries, Located, Shape, described, entries, mapping, report_unknown_key};
use super::suggest::{listed, nearest};
use super::tree::{Node, Value};

/// The name of the file.
pub(super) const HUB_FILE: &str = "hub.yaml";

/// The key of the ladder for what has none of its own.
const DEFAULT: &str = "default";

mapping! {
    /// A hub: what it is called, what it knows of customers, how it matches and which value wins.
    HubFile {
        /// What the hub is called.
        name "name": String,
        /// The language of the console unless the reader chooses another; English if left out.
        language "language": Language,
        /// The country of addresses and phone numbers that name none; NL if left out.
        country "country": Country,
        /// Attributes beyond the built-in ones, and descriptions of the built-in ones.
        attributes "attributes": Entries<AttributeEntry>,
        /// How sure Karat must be that two records are about one customer.
        matching "matching": MatchingEntry,
        /// Which value wins: per attribute or group (`name`, `address`) the rules in the order
        /// in which they are tried; `default` is for all others.
        survivorship "survivorship": Entries<Vec<Located<SurvivorshipRule>>>,
    }
}

mapping! {
    /// One attribute of a customer.
    AttributeEntry {
        /// What its values are; only for attributes that are not built in.
        semantic_type "type": OwnType,
        /// The label people read: one text, or one for each language.
        label "label": Label,
        /// What it means to the company.
        definition "definition": String,
        /// Who answers for it.
        owner "owner": String,
        /// How carefully its values must be handled; `personal` if left out.
        privacy "privacy": Privacy,
        /// Whether a golden record keeps all values, best first, instead of one.
        collected "collected": bool,
    }
}

mapping! {
    /// How sure Karat must be that two records are about one customer.
    MatchingEntry {
        /// The share of wrong links that is accepted; 0.01 if left out. It sets the threshold.
        false_discovery_rate "false_discovery_rate": Rate,
        /// A fixed threshold in bits, instead of the rate.
        link_threshold "link_threshold": Bits,
        /// How many bits below the threshold a pair is still shown to a steward; 6 if left out.
        review_band "review_band": Bits,
    }
}

/// The semantic type of an attribute that is not built in.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnType(SemanticType);

impl Shape for OwnType {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<OwnType> {
        let kind = SemanticType::read(node, key, report)?;
        if !kind.needs_attribute() {
            let message = format!("an attribute of your own cannot be of type `{}`", kind.name());
            report
                .error(node.place, message)
                .with_hint(format!("write one of {}", listed(own_types().map(|own| own.name()))));
            return None;
        }
        Some(OwnType(kind))
    }

    fn schema() -> serde_json::Value {
        let choices: Vec<serde_json::Value> = own_types()
            .map(|kind| json!({ "const": kind.name(), "description": kind.definition() }))
            .collect();
        json!({ "oneOf": choices })
    }
}

fn own_types() -> impl Iterator<Item = SemanticType> {
    SemanticType::ALL.iter().copied().filter(|kind| kind.needs_attribute())
}

/// The label people read.
#[derive(Debug)]
pub(super) struct Label {
    english: Option<String>,
    dutch: Option<String>,
}

impl Shape for Label {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Label> {
        if let Value::Scalar(text) = &node.value {
            return Some(Label { english: Some(text.clone()), dutch: Some(text.clone()) });
        }
        let mut label = Label { english: None, dutch: None };
        for (language, text) in entries(node, key, report)? {
            match language.text.as_str() {
                "en" => label.english = String::read(text, "en", report),
                "nl" => label.dutch = String::read(text, "nl", report),
                _ => {
                    report_unknown_key(language, &["en", "nl"], report);
                }
            }
        }
        Some(label)
    }

    fn schema() -> serde_json::Value {
        let in_languages = json!({
            "type": "object",
            "properties": {
                "en": described(String::schema(), "The label in English."),
                "nl": described(String::schema(), "The label in Dutch."),
            },
            "additionalProperties": false,
        });
        json!({ "anyOf": [String::schema(), in_languages] })
    }
}

/// The attributes that a hub knows.
pub(super) struct KnownAttributes {
    pub set: AttributeSet,
    /// Those whose type is missing or wrong, which has been reported already.
    pub untyped: Vec<AttributeId>,
}

impl HubFile {
    /// The hub model without its sources, and what is known of attributes.
    pub fn into_model(self, report: &mut Report) -> (HubModel, KnownAttributes) {
        let name = self.name.filter(|name| !name.value.trim().is_empty());
        if name.is_none() && !self.wrong.contains(&"name") {
            report.error(None, "the hub has no name").with_hint("add `name: My customers`");
        }
        let mut model = HubModel::new(&name.map_or(String::new(), |name| name.value));
        model.language = self.language.map_or(model.language, |language| language.value);
        model.country = self.country.map_or(model.country, |country| country.value);
        let known = self.attributes.map_or_else(builtin, |own| with_own(own.value, report));
        model.attributes = known.set.clone();
        if let Some(matching) = self.matching {
            model.matching = match_settings(matching.value, report);
        }
        if let Some(ladders) = self.survivorship {
            model.survivorship = survivorship(ladders.value, &known.set, report);
        }
        (model, known)
    }
}

fn builtin() -> KnownAttributes {
    KnownAttributes { set: AttributeSet::builtin(), untyped: Vec::new() }
}

fn with_own(own: Entries<AttributeEntry>, report: &mut Report) -> KnownAttributes {
    let mut known = builtin();
    for (name, entry) in own.entries {
        let is_builtin = AttributeSet::builtin().find(&name.value).is_some();
        if !is_builtin && !is_attribute_name(&name.value) {
            report
                .error(name.place, format!("an attribute cannot be called `{}`", name.value))
                .with_hint(attribute_name_hint(&name.value));
            continue;
        }
        let id = if is_builtin {
            refuse_type(&name.value, &entry, &known.set, report)
        } else {
            add_own(&name, &entry, &mut known, report)
        };
        describe(known.set.get_mut(id), entry);
    }
    known
}

/// The ladders are keyed by the names of attributes and groups, so these may not meet.
pub(super) fn is_reserved(name: &str) -> bool {
    name == DEFAULT || group_named(name).is_some()
}

/// Whether an attribute of one's own may have this name.
pub(super) fn is_attribute_name(name: &str) -> bool {
    let is_word = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_word && name.starts_with(char::is_alphabetic) && !is_reserved(name)
}

fn attribute_name_hint(name: &str) -> String {
    if is_reserved(name) {
        format!("`{name}` has a meaning under `survivorship`; write `customer_{name}`, for example")
    } else {
        "use letters, digits and `_`, and start with a letter".into()
    }
}

/// A built-in attribute can be described, but stays what it is.
fn refuse_type(
    name: &str,
    entry: &AttributeEntry,
    attributes: &AttributeSet,
    report: &mut Report,
) -> AttributeId {
    let id = attributes.find(name).expect("the attribute is built in");
    if let Some(kind) = &entry.semantic_type {
        report
            .error(kind.place, format!("the attribute `{name}` is built in and has its type"))
            .with_hint("leave `type` out, or give your attribute another name");
    }
    id
}

fn add_own(
    name: &Located<String>,
    entry: &AttributeEntry,
    known: &mut KnownAttributes,
    report: &mut Report,
) -> AttributeId {
    match &entry.semantic_type {
        Some(kind) => known.set.add_named(&name.value, kind.value.0),
        None => {
            if !entry.wrong.contains(&"type") {
                report
                    .error(name.place, format!("the attribute `{}` has no type", name.value))
                    .with_hint("add `type: category`, for example");
            }
            let id = known.set.add_named(&name.value, SemanticType::Text);
            known.untyped.push(id);
            id
        }
    }
}

fn describe(attribute: &mut Attribute, entry: AttributeEntry) {
    if let Some(label) = entry.label {
        let Label { english, dutch } = label.value;
        attribute.english = english.unwrap_or_else(|| attribute.english.clone());
        attribute.dutch = dutch.unwrap_or_else(|| attribute.dutch.clone());
    }
    attribute.definition = entry.definition.map(|definition| definition.value);
    attribute.owner = entry.owner.map(|owner| owner.value);
    attribute.privacy = entry.privacy.map_or(attribute.privacy, |privacy| privacy.value);
    attribute.collected = entry.collected.map_or(attribute.collected, |it| it.value);
}

fn match_settings(matching: MatchingEntry, report: &mut Report) -> MatchSettings {
    let standard = MatchSettings::standard();
    let (rate, threshold) = (matching.false_discovery_rate, matching.link_threshold);
    if let Some(threshold) = &threshold {
        warn_of_threshold(threshold, rate.as_ref(), report);
    }
    MatchSettings {
        false_discovery_rate: rate.map_or(standard.false_discovery_rate, |rate| rate.value.0),
        link_threshold_bits: threshold.map(|threshold| threshold.value.0),
        review_band_bits: matching
            .review_band
            .map_or(standard.review_band_bits, |band| band.value.0),
    }
}

fn warn_of_threshold(threshold: &Located<Bits>, rate: Option<&Located<Rate>>, report: &mut Report) {
    let bits = threshold.value.0;
    let looks_like_a_probability = bits <= 1.0;
    if looks_like_a_probability {
        report
            .warning(
                threshold.place,
                format!("`link_threshold` links at {bits} bits, which is hardly any evidence"),
            )
            .with_hint(
                "the threshold is in bits, not a probability: 12 bits are odds of 4096 to 1",
            );
    }
    if let Some(rate) = rate {
        report
            .warning(rate.place, "`false_discovery_rate` has no effect beside `link_threshold`")
            .with_hint("remove one of the two");
    }
}

/// Ladders as YAML gives them: what they are for, and their rules.
type Ladders = Entries<Vec<Located<SurvivorshipRule>>>;

fn survivorship(ladders: Ladders, attributes: &AttributeSet, report: &mut Report) -> Survivorship {
    let mut survivorship = Survivorship::standard();
    for (name, rules) in ladders.entries {
        let Some(rules) = ladder(&name, rules, report) else { continue };
        if name.value == DEFAULT {
            survivorship.default = rules;
        } else if let Some(group) = group_named(&name.value) {
            put(&mut survivorship.groups, group, rules);
        } else if let Some(id) = find_survivor(&name, attributes, report) {
            put(&mut survivorship.attributes, id, rules);
        }
    }
    survivorship
}

fn ladder(
    name: &Located<String>,
    rules: Vec<Located<SurvivorshipRule>>,
    report: &mut Report,
) -> Option<Vec<SurvivorshipRule>> {
    let mut ladder = Vec::new();
    for rule in &rules {
        if ladder.contains(&rule.value) {
            let message = format!("`{}` stands here twice", rule.value.name());
            report.warning(rule.place, message).with_hint("the first one decides; remove this one");
        } else {
            ladder.push(rule.value);
        }
    }
    if ladder.is_empty() {
        report
            .error(name.place, format!("`{}` has no rule by which a value wins", name.value))
            .with_hint(format!("write `{}: [validity, trust, recency]`, for example", name.value));
        return None;
    }
    Some(ladder)
}

/// The attribute that a ladder is for.
fn find_survivor(
    name: &Located<String>,
    attributes: &AttributeSet,
    report: &mut Report,
) -> Option<AttributeId> {
    let Some(id) = attributes.find(&name.value) else {
        report_unknown_attribute(name.place, &name.value, attributes, report);
        return None;
    };
    match attributes.get(id).group {
        None => Some(id),
        Some(group) => {
            let message = format!("`{}` survives with its group `{}`", name.value, group.name());
            let hint = format!(
                "set the ladder of `{}`: a street with another source's number is no address",
                group.name()
            );
            report.error(name.place, message).with_hint(hint);
            None
        }
    }
}

/// Reports an attribute that the hub does not have.
pub(super) fn report_unknown_attribute(
    place: Place,
    name: &str,
    attributes: &AttributeSet,
    report: &mut Report,
) {
    let hint = match nearest(name, attributes.iter().map(|(_, attribute)| &*attribute.name)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            format!("declare it in {HUB_FILE}, under `attributes`: `{name}: {{ type: category }}`")
        }
    };
    report.error(place, format!("unknown attribute `{name}`")).with_hint(hint);
}

fn group_named(name: &str) -> Option<Group> {
    [Group::Name, Group::Address].into_iter().find(|group| group.name() == name)
}

/// Replaces the ladder of a key, or adds one.
fn put<K: PartialEq>(
    ladders: &mut Vec<(K, Vec<SurvivorshipRule>)>,
    key: K,
    rules: Vec<SurvivorshipRule>,
) {
    match ladders.iter_mut().find(|(other, _)| *other == key) {
        Some((_, old)) => *old = rules,
        None => ladders.push((key, rules)),
    }
}
