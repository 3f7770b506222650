//! Columns: what each column of a source means, and whether they make sense together.

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::hub_model::ColumnMapping;
use karat_model::semantic::SemanticType;
use serde_json::json;

use super::attributes::KnownAttributes;
use super::discovered::DiscoveredSource;
use super::numbers::{Length, Slot};
use super::problem::{Place, Report};
use super::shape::{Entries, Located, Shape, described, entries, mapping, report_unknown_key};
use super::tree::{Node, Value};

/// What a column means: the name of a semantic type, or a mapping that says more.
#[derive(Debug)]
pub(super) struct ColumnEntry {
    semantic_type: Located<SemanticType>,
    attribute: Option<Located<String>>,
    slot: u8,
    length_max: Option<u16>,
}

mapping! {
    /// What a column means, where the semantic type alone does not tell.
    ColumnParts {
        /// What the values of the column mean.
        semantic_type "type": SemanticType,
        /// The attribute that it fills; for identifiers, categories, flags, dates, numbers, texts.
        attribute "attribute": String,
        /// Which address, phone or e-mail of the record, counted from 0; the parts of one address
        /// share it.
        slot "slot": Slot,
        /// How many characters the field can hold: a value that long may be cut off.
        length "length": Length,
    }
}

impl ColumnEntry {
    /// Reports an attribute that the column of a file without a hub cannot fill.
    pub fn check_attribute(&self, report: &mut Report) {
        let kind = self.semantic_type.value;
        let Some(name) = &self.attribute else { return };
        let builtin = AttributeSet::builtin();
        let holds = builtin.find(&name.value).map(|id| builtin.get(id).semantic_type);
        match holds.filter(|holds| *holds != kind) {
            _ if !kind.needs_attribute() => report_needless(name, kind, report),
            Some(holds) => report_mismatch(name, holds, kind, report),
            None => {}
        }
    }

    /// Puts what is said of a column in the place of what was recognised; tells whether the file
    /// has it.
    pub fn correct(&self, name: &str, file: &mut DiscoveredSource) -> bool {
        let found = file.columns.iter_mut().find(|column| column.column == name);
        let Some(column) = found else { return false };
        column.semantic_type = self.semantic_type.value;
        column.attribute = self.attribute.as_ref().map(|name| name.value.clone());
        column.slot = self.slot;
        column.length_max = self.length_max;
        column.confidence = 1.0;
        column.is_operational = false;
        if column.semantic_type == SemanticType::SourceId {
            file.name_id(name);
        }
        true
    }
}

impl Shape for ColumnEntry {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<ColumnEntry> {
        if node.is_nothing() {
            report
                .error(node.place, format!("the column `{key}` has no semantic type"))
                .with_hint("write `ignored` to leave the column alone");
            return None;
        }
        if let Value::Scalar(_) = node.value {
            let semantic_type = Located::read(node, key, report)?;
            return Some(ColumnEntry { semantic_type, attribute: None, slot: 0, length_max: None });
        }
        let parts = ColumnParts::read(node, key, report)?;
        if parts.semantic_type.is_none() && !parts.wrong.contains(&"type") {
            report
                .error(node.place, format!("the column `{key}` has no semantic type"))
                .with_hint("add `type: …`; `type: ignored` leaves the column alone");
        }
        Some(ColumnEntry {
            semantic_type: parts.semantic_type?,
            attribute: parts.attribute,
            slot: parts.slot.map_or(0, |slot| slot.value.0),
            length_max: parts.length.map(|length| length.value.0),
        })
    }

    fn schema() -> serde_json::Value {
        let mut parts = ColumnParts::schema();
        parts["required"] = json!(["type"]);
        json!({ "anyOf": [SemanticType::schema(), parts] })
    }
}

/// The mappings of a source; what is wrong with them, and between them, is reported.
pub(super) fn mappings(
    columns: Located<Entries<ColumnEntry>>,
    known: &KnownAttributes,
    report: &mut Report,
) -> Vec<ColumnMapping> {
    let mut mappings: Vec<(Place, ColumnMapping)> = Vec::new();
    for (name, entry) in columns.value.entries {
        let mapping = ColumnMapping {
            semantic_type: entry.semantic_type.value,
            attribute: attribute(&name.value, &entry, known, report),
            slot: entry.slot,
            length_max: entry.length_max,
            column: name.value,
        };
        report_rival(name.place, &mapping, &mappings, report);
        mappings.push((name.place, mapping));
    }
    let mappings: Vec<_> = mappings.into_iter().map(|(_, mapping)| mapping).collect();
    if !columns.value.has_wrong {
        warn_of_gaps(columns.place, &mappings, report);
    }
    mappings
}

/// The attribute that a column fills, where its type does not tell.
fn attribute(
    column: &str,
    entry: &ColumnEntry,
    known: &KnownAttributes,
    report: &mut Report,
) -> Option<AttributeId> {
    let kind = entry.semantic_type.value;
    match &entry.attribute {
        None if kind.needs_attribute() => {
            let message = format!(
                "the type `{}` does not tell which attribute the column fills",
                kind.name()
            );
            let hint = format!(
                "write `{column}: {{ type: {}, attribute: … }}`, and declare the attribute in hub.yaml",
                kind.name()
            );
            report.error(entry.semantic_type.place, message).with_hint(hint);
            None
        }
        None => None,
        Some(attribute) if !kind.needs_attribute() => {
            report_needless(attribute, kind, report);
            None
        }
        Some(attribute) => find_attribute(attribute, kind, known, report),
    }
}

fn report_needless(attribute: &Located<String>, kind: SemanticType, report: &mut Report) {
    let message = format!("the type `{}` already tells what the column fills", kind.name());
    report.error(attribute.place, message).with_hint("remove `attribute`");
}

fn find_attribute(
    name: &Located<String>,
    kind: SemanticType,
    known: &KnownAttributes,
    report: &mut Report,
) -> Option<AttributeId> {
    let id = known.find(name, report)?;
    if let Some(holds) = known.semantic_type(id).filter(|holds| *holds != kind) {
        report_mismatch(name, holds, kind, report);
    }
    Some(id)
}

fn report_mismatch(
    name: &Located<String>,
    holds: SemanticType,
    kind: SemanticType,
    report: &mut Report,
) {
    let message = format!(
        "the attribute `{}` holds values of type `{}`, the column of type `{}`",
        name.value,
        holds.name(),
        kind.name()
    );
    report.error(name.place, message).with_hint(mismatch_hint(holds));
}

fn mismatch_hint(holds: SemanticType) -> String {
    if holds.needs_attribute() {
        format!(
            "give both the same type: here `type: {}`, or the other one in hub.yaml",
            holds.name()
        )
    } else {
        format!(
            "the attribute is built in: write `type: {}` without `attribute`, or use another attribute",
            holds.name()
        )
    }
}

/// Whether a record has at most one value of this type.
pub(super) fn is_single(kind: SemanticType) -> bool {
    use SemanticType::*;
    matches!(kind, SourceId | UpdatedAt | PartyKind)
}

/// Whether an address has at most one value of this type.
pub(super) fn is_single_in_address(kind: SemanticType) -> bool {
    use SemanticType::*;
    matches!(kind, Street | HouseNumber | Postcode | City)
}

/// Reports that an earlier column already says what this one says.
fn report_rival(
    place: Place,
    mapping: &ColumnMapping,
    earlier: &[(Place, ColumnMapping)],
    report: &mut Report,
) {
    let kind = mapping.semantic_type;
    let rival = earlier.iter().find(|(_, other)| {
        let is_same_address = is_single_in_address(kind) && other.slot == mapping.slot;
        other.semantic_type == kind && (is_single(kind) || is_same_address)
    });
    let Some((rival_place, rival)) = rival else { return };
    if is_single(kind) {
        report
            .error(
                place,
                format!(
                    "a source has one `{}`: it is `{}`, on line {}",
                    kind.name(),
                    rival.column,
                    rival_place.line
                ),
            )
            .with_hint(format!(
                "decide which it is; for the other write {}",
                single_alternative(kind)
            ));
    } else {
        report
            .warning(
                place,
                format!(
                    "`{}` and `{}` are both the `{}` of one address",
                    rival.column,
                    mapping.column,
                    kind.name()
                ),
            )
            .with_hint(format!(
                "if it is a second address, write `{{ type: {}, slot: 1 }}`",
                kind.name()
            ));
    }
}

fn single_alternative(kind: SemanticType) -> &'static str {
    match kind {
        SemanticType::SourceId => "`{ type: identifier, attribute: … }` or `ignored`",
        SemanticType::UpdatedAt => "`{ type: date, attribute: … }` or `ignored`",
        _ => "`{ type: category, attribute: … }` or `ignored`",
    }
}

/// Whether values of this type tell customers apart.
fn identifies(kind: SemanticType) -> bool {
    use SemanticType::*;
    let is_name = matches!(kind, FullName | PartyName | GivenName | FamilyName | CompanyName);
    let is_address = matches!(kind, FullAddress | AddressLine | Street | Postcode | PostcodeCity);
    is_name
        || is_address
        || kind.is_identifying_number()
        || matches!(kind, BirthDate | Email | Phone)
}

fn warn_of_gaps(place: Place, mappings: &[ColumnMapping], report: &mut Report) {
    let has_key = mappings.iter().any(|mapping| mapping.semantic_type == SemanticType::SourceId);
    let can_match = mappings.iter().any(|mapping| identifies(mapping.semantic_type));
    if !has_key {
        report
            .warning(
                place,
                "no column is the `source_id`: a changed record will look like a new one",
            )
            .with_hint("give the type `source_id` to the column that holds the key of the record");
    }
    if !can_match {
        report.warning(place, "no column tells customers apart, so nothing will match").with_hint(
            "map a name, an address, an e-mail, a phone or a number, such as `naam: full_name`",
        );
    }
}
