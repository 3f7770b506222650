//! Golden rows: the values of a golden record as the store and its readers have them.
//!
//! ```json
//! {"given_name":"Sanne","family_name":"Jansen","email":["sanne@example.org","s.j@example.org"]}
//! ```
//!
//! Lineage is not stored: merging the source records again gives it, and cannot contradict them.

use std::collections::BTreeMap;
use std::fmt;

use karat_model::attribute::AttributeSet;
use karat_model::golden::{GoldenRecord, GoldenValue};
use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The values of a golden record by the names of their attributes, best first.
pub type GoldenValues = BTreeMap<String, Vec<String>>;

/// A JSON object with a text per attribute, or a list of texts when the attribute is collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldenRow(String);

impl GoldenRow {
    /// The row of a golden record; its values come by attribute and rank.
    pub fn new(golden: &GoldenRecord, attributes: &AttributeSet) -> GoldenRow {
        let json = serde_json::to_string(&Fields { golden, attributes });
        GoldenRow(json.expect("text always becomes JSON"))
    }

    /// The JSON object, with attributes in the order of the golden record.
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

/// Reads a stored row; `None` when it is damaged.
pub(crate) fn read(json: &str) -> Option<GoldenValues> {
    let fields: BTreeMap<String, Values> = serde_json::from_str(json).ok()?;
    Some(fields.into_iter().map(|(name, Values(values))| (name, values)).collect())
}

/// One text, or a list of texts.
struct Values(Vec<String>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Values, D::Error> {
        deserializer.deserialize_any(ValuesVisitor)
    }
}

/// Derived code would copy each value once more, to try it as both.
struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E>(self, value: &str) -> Result<Values, E> {
        Ok(Values(vec![value.into()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Values, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Values(values))
    }
}

struct Fields<'a> {
    golden: &'a GoldenRecord,
    attributes: &'a AttributeSet,
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for values in self.golden.values.chunk_by(|a, b| a.attribute == b.attribute) {
            let attribute = self.attributes.get(values[0].attribute);
            if attribute.collected {
                map.serialize_entry(&attribute.name, &Collected(values))?;
            } else {
                map.serialize_entry(&attribute.name, &values[0].value)?;
            }
        }
        map.end()
    }
}

struct Collected<'a>(&'a [GoldenValue]);

impl Serialize for Collected<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|value| &value.value))
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::{AttributeId, EntityType};
    use karat_model::golden::ClaimSource;
    use karat_model::id::{RecordKey, SourceName};

    use super::*;

    fn golden(values: &[(AttributeId, &str)]) -> GoldenRecord {
        let record = RecordKey::new(SourceName::new("crm"), "1");
        let value = |&(attribute, value): &(AttributeId, &str)| GoldenValue {
            attribute,
            rank: 0,
            value: value.into(),
            winner: ClaimSource { record: record.clone(), observed_at: None },
            supporters: Vec::new(),
            losers: Vec::new(),
            rule: None,
        };
        let values = values.iter().map(value).collect();
        GoldenRecord { entity_type: EntityType::Person, values }
    }

    #[test]
    fn a_row_is_a_json_object() {
        let golden = golden(&[
            (AttributeId::GIVEN_NAME, "Zoë \"Zo\""),
            (AttributeId::CITY, "Ede"),
            (AttributeId::EMAIL, "z@example.org"),
            (AttributeId::EMAIL, "zo@example.org"),
            (AttributeId::PHONE, "+31201234567"),
        ]);
        let row = GoldenRow::new(&golden, &AttributeSet::builtin());
        insta::assert_snapshot!(row.as_json(), @r#"{"given_name":"Zoë \"Zo\"","city":"Ede","email":["z@example.org","zo@example.org"],"phone":["+31201234567"]}"#);
        let values = read(row.as_json()).unwrap();
        assert_eq!(values["given_name"], ["Zoë \"Zo\""]);
        assert_eq!(values["email"], ["z@example.org", "zo@example.org"]);
    }

    #[test]
    fn other_json_is_no_row() {
        for json in ["", "[]", r#"{"city":1}"#, r#"{"city":"Ede""#] {
            assert_eq!(read(json), None, "{json}");
        }
        let empty = GoldenRow::new(&golden(&[]), &AttributeSet::builtin());
        assert_eq!(read(empty.as_json()), Some(GoldenValues::new()));
    }
}
