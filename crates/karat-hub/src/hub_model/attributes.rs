//! Attributes of a hub: those of its own, and what it says of the built-in ones.

use karat_model::attribute::{Attribute, AttributeId, AttributeSet, Privacy};
use karat_model::semantic::SemanticType;
use serde_json::json;

use super::numbers::Criticality;
use super::problem::Report;
use super::shape::{Entries, Located, Shape, described, entries, mapping, report_unknown_key};
use super::suggest::{listed, nearest};
use super::survivorship::is_reserved;
use super::tree::{Node, Value};

mapping! {
    /// What a hub says of one attribute.
    AttributeParts {
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
        /// Who looks after its values.
        steward "steward": String,
        /// The basis in law on which its values are kept, such as `contract` or `consent`.
        legal_basis "legal_basis": String,
        /// How long its values are kept, such as `7y`.
        retention "retention": String,
        /// How much its quality matters: 0, 1, 2 or 4; 2 for what tells customers apart and 1 for
        /// the others if left out.
        criticality "criticality": Criticality,
    }
}

/// What a hub says of one attribute: the name of its type, or a mapping that says more.
#[derive(Debug)]
pub(super) struct AttributeEntry(AttributeParts);

impl Shape for AttributeEntry {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<AttributeEntry> {
        if let Value::Scalar(_) = node.value {
            let semantic_type = Some(Located::read(node, key, report)?);
            return Some(AttributeEntry(AttributeParts { semantic_type, ..Default::default() }));
        }
        AttributeParts::read(node, key, report).map(AttributeEntry)
    }

    fn schema() -> serde_json::Value {
        json!({ "anyOf": [OwnType::schema(), AttributeParts::schema()] })
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

mapping! {
    /// The label people read, in each language.
    LabelTexts {
        /// The label in English.
        english "en": String,
        /// The label in Dutch.
        dutch "nl": String,
    }
}

/// The label people read: one text, or one for each language.
#[derive(Debug)]
pub(super) struct Label(LabelTexts);

impl Shape for Label {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Label> {
        if let Value::Scalar(_) = node.value {
            let text: Located<String> = Located::read(node, key, report)?;
            let (english, dutch) = (Some(text.clone()), Some(text));
            return Some(Label(LabelTexts { english, dutch, wrong: Vec::new() }));
        }
        LabelTexts::read(node, key, report).map(Label)
    }

    fn schema() -> serde_json::Value {
        json!({ "anyOf": [String::schema(), LabelTexts::schema()] })
    }
}

impl Label {
    /// It in English and in Dutch; what is given in one language alone is read in both.
    pub fn texts(self) -> [String; 2] {
        let [english, dutch] = [self.0.english, self.0.dutch].map(|it| it.map(|it| it.value));
        let any = english.clone().or_else(|| dutch.clone()).unwrap_or_default();
        [english.unwrap_or_else(|| any.clone()), dutch.unwrap_or(any)]
    }
}

/// The attributes that a hub knows.
#[derive(Debug)]
pub(super) struct KnownAttributes {
    /// The built-in ones, and its own.
    pub set: AttributeSet,
    /// Those whose type is missing or wrong, which has been reported.
    untyped: Vec<AttributeId>,
    /// Whether all of them could be read; if not, an unknown one may be one of the others.
    is_complete: bool,
}

impl KnownAttributes {
    /// The built-in attributes.
    pub fn builtin() -> KnownAttributes {
        KnownAttributes { set: AttributeSet::builtin(), untyped: Vec::new(), is_complete: true }
    }

    /// The attributes of a hub model.
    pub fn of(set: AttributeSet) -> KnownAttributes {
        KnownAttributes { set, ..KnownAttributes::builtin() }
    }

    /// The attributes of a hub whose own ones could not be read.
    pub fn incomplete() -> KnownAttributes {
        KnownAttributes { is_complete: false, ..KnownAttributes::builtin() }
    }

    /// The built-in attributes and those that a hub adds.
    pub fn with_own(own: Entries<AttributeEntry>, report: &mut Report) -> KnownAttributes {
        let mut known = KnownAttributes::builtin();
        known.is_complete = !own.has_wrong;
        for (name, AttributeEntry(parts)) in own.entries {
            let id = match AttributeSet::builtin().find(&name.value) {
                Some(id) => {
                    refuse_type(&name.value, &parts, report);
                    Some(id)
                }
                None => known.add(&name, &parts, report),
            };
            match id {
                Some(id) => describe(known.set.get_mut(id), parts),
                None => known.is_complete = false,
            }
        }
        known
    }

    fn add(
        &mut self,
        name: &Located<String>,
        parts: &AttributeParts,
        report: &mut Report,
    ) -> Option<AttributeId> {
        if !is_attribute_name(&name.value) {
            report
                .error(name.place, format!("an attribute cannot be called `{}`", name.value))
                .with_hint(attribute_name_hint(&name.value));
            return None;
        }
        if let Some(OwnType(kind)) = parts.semantic_type.as_ref().map(|kind| kind.value) {
            return Some(self.set.add_named(&name.value, kind));
        }
        if !parts.wrong.contains(&"type") {
            report
                .error(name.place, format!("the attribute `{}` has no type", name.value))
                .with_hint("add `type: category`, for example");
        }
        let id = self.set.add_named(&name.value, SemanticType::Text);
        self.untyped.push(id);
        Some(id)
    }

    /// The attribute with this name; reports that there is none.
    pub fn find(&self, name: &Located<String>, report: &mut Report) -> Option<AttributeId> {
        let found = self.set.find(&name.value);
        if found.is_none() && self.is_complete {
            report
                .error(name.place, format!("unknown attribute `{}`", name.value))
                .with_hint(self.hint(&name.value));
        }
        found
    }

    /// What to do about an attribute that is not there.
    fn hint(&self, name: &str) -> String {
        let meant = nearest(name, self.set.iter().map(|(_, attribute)| &*attribute.name));
        match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("declare it in hub.yaml, under `attributes`: `{name}: category`"),
        }
    }

    /// The semantic type of an attribute, unless it is not known because of a mistake.
    pub fn semantic_type(&self, id: AttributeId) -> Option<SemanticType> {
        let is_typed = !self.untyped.contains(&id);
        is_typed.then(|| self.set.get(id).semantic_type)
    }
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
fn refuse_type(name: &str, parts: &AttributeParts, report: &mut Report) {
    if let Some(kind) = &parts.semantic_type {
        report
            .error(kind.place, format!("the attribute `{name}` is built in and has its type"))
            .with_hint("leave `type` out, or give your attribute another name");
    }
}

fn describe(attribute: &mut Attribute, parts: AttributeParts) {
    if let Some(Label(texts)) = parts.label.map(|label| label.value) {
        if let Some(english) = texts.english {
            attribute.english = english.value;
        }
        if let Some(dutch) = texts.dutch {
            attribute.dutch = dutch.value;
        }
    }
    attribute.definition = parts.definition.map(|definition| definition.value);
    attribute.owner = parts.owner.map(|owner| owner.value);
    attribute.privacy = parts.privacy.map_or(attribute.privacy, |privacy| privacy.value);
    attribute.steward = parts.steward.map(|steward| steward.value);
    attribute.legal_basis = parts.legal_basis.map(|basis| basis.value);
    attribute.retention = parts.retention.map(|retention| retention.value);
    attribute.criticality = parts.criticality.map(|criticality| criticality.value.0);
    attribute.collected = parts.collected.map_or(attribute.collected, |it| it.value);
}
