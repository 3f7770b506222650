//! Golden rows: the values of a golden record as the store and its readers have them.
//!
//! ```json
//! {"given_name":"Sanne","family_name":"Jansen","email":["sanne@example.org","s.j@example.org"]}
//! ```
//!
//! Lineage is not stored: merging the source records again gives it, and cannot contradict them.

use std::collections::BTreeMap;
use std::fmt;

use karat_model::attribute::{AttributeId, AttributeSet};
use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The values of a golden record by the names of their attributes, best first.
pub type GoldenValues = BTreeMap<String, Vec<String>>;

/// A JSON object with a text per attribute, or a list of texts when the attribute is collected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldenRow(String);

impl GoldenRow {
    /// The row of the values of a golden record; they come by attribute and rank.
    pub fn new(values: &[(AttributeId, &str)], attributes: &AttributeSet) -> GoldenRow {
        let json = serde_json::to_string(&Fields { values, attributes });
        GoldenRow(json.expect("text always becomes JSON"))
    }

    /// The JSON object, with attributes in the order of the golden record.
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

impl GoldenRow {
    /// The values by the names of their attributes, as readers see them.
    pub fn values(&self) -> GoldenValues {
        read(&self.0).expect("a golden row is written in its own form")
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
    values: &'a [(AttributeId, &'a str)],
    attributes: &'a AttributeSet,
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for values in self.values.chunk_by(|(a, _), (b, _)| a == b) {
            let (attribute, best) = values[0];
            let attribute = self.attributes.get(attribute);
            if attribute.collected {
                map.serialize_entry(&attribute.name, &Collected(values))?;
            } else {
                map.serialize_entry(&attribute.name, best)?;
            }
        }
        map.end()
    }
}

struct Collected<'a>(&'a [(AttributeId, &'a str)]);

impl Serialize for Collected<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(_, value)| value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_json_object() {
        let values = [
            (AttributeId::GIVEN_NAME, "Zoë \"Zo\""),
            (AttributeId::CITY, "Ede"),
            (AttributeId::EMAIL, "z@example.org"),
            (AttributeId::EMAIL, "zo@example.org"),
            (AttributeId::PHONE, "+31201234567"),
        ];
        let row = GoldenRow::new(&values, &AttributeSet::builtin());
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
        let empty = GoldenRow::new(&[], &AttributeSet::builtin());
        assert_eq!(read(empty.as_json()), Some(GoldenValues::new()));
    }
}
