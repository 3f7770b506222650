//! Flattens one JSON object to a row.
//!
//! ```text
//! {"name": {"first": "Jan"}, "emails": ["a@x.nl", "b@x.nl"], "addresses": [{"city": "Ede"}]}
//!  name.first      Jan
//!  emails          a@x.nl
//!  emails          b@x.nl
//!  addresses.0.city  Ede
//! ```

use std::borrow::Cow;
use std::fmt;

use karat_model::record::Payload;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::connect::batch::push_filled;
use crate::connect::columns::{ColumnRegister, TooManyColumns};

/// Deeper objects are quarantined.
const DEPTH_MAX: usize = 64;

/// Why an object cannot be made a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::connect) struct Fault(pub(in crate::connect) String);

impl From<TooManyColumns> for Fault {
    fn from(_: TooManyColumns) -> Fault {
        Fault(format!("more than {} columns", ColumnRegister::COLUMNS_MAX))
    }
}

/// Only the kind and the place: the message of the parser may quote values.
impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Fault {
        Fault(match error.classify() {
            serde_json::error::Category::Eof => "the JSON breaks off".into(),
            _ if error.line() == 1 => format!("not valid JSON at character {}", error.column()),
            _ => {
                let (line, character) = (error.line(), error.column());
                format!("not valid JSON at line {line} of the record, character {character}")
            }
        })
    }
}

/// Makes a row of the text of one JSON object.
pub(super) fn flatten(object: &str, columns: &mut ColumnRegister) -> Result<Payload, Fault> {
    if !object.trim_start().starts_with('{') {
        return Err(Fault("not a JSON object".into()));
    }
    let payload = Payload::with_capacity(object.len() / 2, 16);
    let mut flattener = Flattener { columns, payload, path: String::new() };
    flattener.object(object, 0)?;
    Ok(flattener.payload)
}

/// The columns and values of the text of one JSON object, as they would come from a file; tells why
/// not, without values.
pub fn values_of(object: &str) -> Result<Vec<(String, String)>, String> {
    let mut columns = ColumnRegister::new();
    let payload = flatten(object, &mut columns).map_err(|Fault(reason)| reason)?;
    let columns = columns.columns();
    let named = |(at, value): (u16, &str)| (columns[usize::from(at)].clone(), value.to_string());
    Ok(payload.iter().map(named).collect())
}

struct Flattener<'c> {
    columns: &'c mut ColumnRegister,
    payload: Payload,
    path: String,
}

impl Flattener<'_> {
    fn object(&mut self, object: &str, depth: usize) -> Result<(), Fault> {
        walk(object, |key, value| self.below(&key, |flattener| flattener.value(value, depth)))
    }

    fn array(&mut self, array: &str, depth: usize) -> Result<(), Fault> {
        let mut at = 0;
        walk(array, |_, element| {
            let nested = element.starts_with(['{', '[']);
            let number = at.to_string();
            at += 1;
            if nested {
                self.below(&number, |flattener| flattener.value(element, depth))
            } else {
                self.value(element, depth)
            }
        })
    }

    fn value(&mut self, value: &str, depth: usize) -> Result<(), Fault> {
        if depth == DEPTH_MAX {
            return Err(Fault(format!("nested deeper than {DEPTH_MAX} levels")));
        }
        match value.as_bytes()[0] {
            b'{' => self.object(value, depth + 1),
            b'[' => self.array(value, depth + 1),
            b'"' => {
                let Text(text) = serde_json::from_str(value)?;
                self.push(&text)
            }
            b'n' => Ok(()),
            _ => self.push(value),
        }
    }

    fn push(&mut self, text: &str) -> Result<(), Fault> {
        let column = self.columns.number(&self.path)?;
        push_filled(&mut self.payload, column, text);
        Ok(())
    }

    /// Does something one step further down the path.
    fn below(
        &mut self,
        key: &str,
        work: impl FnOnce(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(key);
        let result = work(self);
        self.path.truncate(length);
        result
    }
}

#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Visits the members of an object, or the elements of an array with an empty key.
fn walk<'a>(
    json: &'a str,
    visit: impl FnMut(Cow<'a, str>, &'a str) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut fault = None;
    let walk = Walk { visit, fault: &mut fault };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let result = deserializer.deserialize_any(walk).and_then(|()| deserializer.end());
    match fault {
        Some(fault) => Err(fault),
        None => Ok(result?),
    }
}

struct Walk<'f, V> {
    visit: V,
    fault: &'f mut Option<Fault>,
}

impl<'a, V: FnMut(Cow<'a, str>, &'a str) -> Result<(), Fault>> Walk<'_, V> {
    fn step<E: de::Error>(&mut self, key: Cow<'a, str>, value: &'a RawValue) -> Result<(), E> {
        (self.visit)(key, value.get()).map_err(|fault| {
            *self.fault = Some(fault);
            E::custom("stopped")
        })
    }
}

impl<'a, V: FnMut(Cow<'a, str>, &'a str) -> Result<(), Fault>> Visitor<'a> for Walk<'_, V> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<M: MapAccess<'a>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some((Text(key), value)) = map.next_entry::<Text<'a>, &'a RawValue>()? {
            self.step(key, value)?;
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'a>>(mut self, mut elements: S) -> Result<(), S::Error> {
        while let Some(element) = elements.next_element::<&'a RawValue>()? {
            self.step("".into(), element)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(object: &str, expected: &str) {
        let mut columns = ColumnRegister::new();
        let text = match flatten(object, &mut columns) {
            Ok(payload) => {
                let names = columns.columns();
                let value = |(column, value)| format!("{}={value}", names[usize::from(column)]);
                payload.iter().map(value).collect::<Vec<_>>().join(" ")
            }
            Err(Fault(reason)) => reason,
        };
        assert_eq!(text, expected, "{object}");
    }

    #[test]
    fn objects_become_rows() {
        check(r#"{"id": 1, "naam": "Jan"}"#, "id=1 naam=Jan");
        check(r#"{"a": {"b": {"c": "x"}}, "d": {}}"#, "a.b.c=x");
        check(r#"{"mail": ["a@x.nl", null, "", "b@x.nl"]}"#, "mail=a@x.nl mail=b@x.nl");
        check(
            r#"{"adres": [{"plaats": "Ede"}, {"plaats": "Ulft"}]}"#,
            "adres.0.plaats=Ede adres.1.plaats=Ulft",
        );
        check(r#"{"a": [[1, 2], [3]]}"#, "a.0=1 a.0=2 a.1=3");
        check(r#"{"a": true, "b": false, "c": null, "d": "  "}"#, "a=true b=false");
        check(
            r#"{"n": 1.10, "m": 12345678901234567890123, "e": 1E+3}"#,
            "n=1.10 m=12345678901234567890123 e=1E+3",
        );
        check(r#"{"a": "Zo\u00eb \"x\"\n", "b\u0041": 1}"#, "a=Zoë \"x\"\n bA=1");
        check("{}", "");
    }

    #[test]
    fn broken_objects_say_where_but_not_what() {
        check(r#"{"id": 1, "naam": Jan}"#, "not valid JSON at character 19");
        check(r#"{"id": {"naam": "Ja"#, "the JSON breaks off");
        check(r#"{"id": 1} en meer"#, "not valid JSON at character 11");
        check("[1, 2]", "not a JSON object");
        check(r#""Jan""#, "not a JSON object");
        let deep = |levels| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
        check(&deep(65), "nested deeper than 64 levels");
        check(&deep(3), "a.a.a=1");
    }
}
