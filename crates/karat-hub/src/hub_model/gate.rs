//! The gate: which clusters wait for a steward.

use karat_model::attribute::AttributeId;
use karat_model::match_settings::GateSettings;
use serde_json::json;

use super::numbers::{Confirmations, LargeFrom};
use super::problem::Report;
use super::shape::{Located, Shape, described, entries, mapping, report_unknown_key};
use super::tree::{Node, Value};

mapping! {
    /// Which clusters are not published as one customer before a steward looked.
    GateParts {
        /// Attributes of which a customer has one value: a cluster in which two contradict each
        /// other is held; `birth_date` and `kvk_number` if left out, `[]` for none.
        single_valued "single_valued": Vec<Located<String>>,
        /// How many records must say each of the two values; 2 if left out.
        confirmed_by "confirmed_by": Confirmations,
        /// From how many records a customer is large: two large customers are not joined; 5 if left
        /// out, 0 for never.
        large "large": LargeFrom,
    }
}

/// Which clusters wait for a steward: parts, or `off`.
#[derive(Debug)]
pub(super) enum GateEntry {
    Off,
    On(GateParts),
}

const OFF: &str = "off";

impl Shape for GateEntry {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<GateEntry> {
        match &node.value {
            Value::Scalar(text) if text == OFF => Some(GateEntry::Off),
            Value::Scalar(text) => {
                report
                    .error(node.place, format!("`{key}` cannot be `{text}`"))
                    .with_hint("write `off`, or `{ single_valued: [birth_date], large: 5 }`");
                None
            }
            _ => GateParts::read(node, key, report).map(GateEntry::On),
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "anyOf": [GateParts::schema(), { "const": OFF }] })
    }
}

impl GateEntry {
    /// The settings, with the attributes that are found.
    pub fn settings(
        &self,
        mut find: impl FnMut(&Located<String>) -> Option<AttributeId>,
    ) -> GateSettings {
        let standard = GateSettings::standard();
        let GateEntry::On(parts) = self else { return GateSettings::off() };
        GateSettings {
            single_valued: match &parts.single_valued {
                Some(names) => names.value.iter().filter_map(&mut find).collect(),
                None => standard.single_valued,
            },
            confirmed_by: parts.confirmed_by.as_ref().map_or(standard.confirmed_by, |c| c.value.0),
            large: parts.large.as_ref().map_or(standard.large, |large| large.value.0),
        }
    }
}

/// The settings as YAML: what follows `gate:`.
pub(super) fn gate_text(gate: &GateSettings, name: impl Fn(AttributeId) -> String) -> String {
    if !gate.is_on() {
        return OFF.to_string();
    }
    let names: Vec<String> = gate.single_valued.iter().map(|&id| name(id)).collect();
    let GateSettings { confirmed_by, large, .. } = gate;
    let names = names.join(", ");
    format!("{{ single_valued: [{names}], confirmed_by: {confirmed_by}, large: {large} }}")
}
