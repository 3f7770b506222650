//! Shapes: what YAML can say, each with how it is read and how the JSON Schema tells it.

use serde_json::json;

use super::problem::{Place, Report};
use super::suggest::{listed, nearest};
use super::tree::{Key, Node, Value};

/// Something that YAML can say.
pub(super) trait Shape: Sized {
    /// Reads it from the node under a key; what is wrong is reported, and nothing returned.
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Self>;

    /// Its JSON Schema.
    fn schema() -> serde_json::Value;
}

/// A value that remembers where it stood.
#[derive(Clone, Debug)]
pub(super) struct Located<T> {
    pub place: Place,
    pub value: T,
}

impl<T: Shape> Shape for Located<T> {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Located<T>> {
        T::read(node, key, report).map(|value| Located { place: node.place, value })
    }

    fn schema() -> serde_json::Value {
        T::schema()
    }
}

/// Text.
impl Shape for String {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<String> {
        scalar(node, key, report).map(str::to_owned)
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string" })
    }
}

/// Yes or no.
impl Shape for bool {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<bool> {
        let text = scalar(node, key, report)?;
        match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                report
                    .error(node.place, format!("`{key}` cannot be `{text}`"))
                    .with_hint("write `true` or `false`");
                None
            }
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "boolean" })
    }
}

/// A list; a single value is a list of one.
impl<T: Shape> Shape for Vec<Located<T>> {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Vec<Located<T>>> {
        match &node.value {
            Value::List(items) => {
                let read: Vec<Located<T>> =
                    items.iter().filter_map(|item| Located::read(item, key, report)).collect();
                let is_all_wrong = read.is_empty() && !items.is_empty();
                (!is_all_wrong).then_some(read)
            }
            _ => Located::read(node, key, report).map(|only| vec![only]),
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "anyOf": [{ "type": "array", "items": T::schema() }, T::schema()] })
    }
}

/// Keys of the user's own, each with a value of the same shape.
#[derive(Debug)]
pub(super) struct Entries<T> {
    /// The entries that could be read, in their order.
    pub entries: Vec<(Located<String>, T)>,
    /// Whether there are others, whose mistakes have been reported.
    pub has_wrong: bool,
}

impl<T: Shape> Shape for Entries<T> {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Entries<T>> {
        let given = entries(node, key, report)?;
        let read_entry = |(key, value): &(Key, Node)| {
            let name = Located { place: key.place, value: key.text.clone() };
            T::read(value, &key.text, report).map(|value| (name, value))
        };
        let entries: Vec<(Located<String>, T)> = given.iter().filter_map(read_entry).collect();
        Some(Entries { has_wrong: entries.len() < given.len(), entries })
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "object", "additionalProperties": T::schema() })
    }
}

/// The entries of a mapping; reports anything else.
pub(super) fn entries<'a>(
    node: &'a Node,
    key: &str,
    report: &mut Report,
) -> Option<&'a [(Key, Node)]> {
    match &node.value {
        Value::Mapping(entries) => Some(entries),
        _ => {
            let message = format!("`{key}` holds {} where a mapping must be", node.kind());
            report.error(node.place, message).with_hint("write lines of the form `key: value`");
            None
        }
    }
}

/// The text of a single value; reports anything else.
pub(super) fn scalar<'a>(node: &'a Node, key: &str, report: &mut Report) -> Option<&'a str> {
    match &node.value {
        Value::Scalar(text) => Some(text),
        _ => {
            let message = format!("`{key}` holds {} where a single value must be", node.kind());
            report.error(node.place, message).with_hint(format!("write `{key}: …` on one line"));
            None
        }
    }
}

/// Reports a key that the mapping does not have, and returns the one that was probably meant.
pub(super) fn report_unknown_key(
    key: &Key,
    known: &[&'static str],
    report: &mut Report,
) -> Option<&'static str> {
    let meant = nearest(&key.text, known.iter().copied());
    let hint = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the keys here are {}", listed(known.iter().copied())),
    };
    report.error(key.place, format!("unknown key `{}`", key.text)).with_hint(hint);
    meant
}

/// Adds a description to a schema.
pub(super) fn described(mut schema: serde_json::Value, description: &str) -> serde_json::Value {
    schema["description"] = description.trim().into();
    schema
}

/// Declares a mapping with known keys: the struct, how it is read, and its schema.
macro_rules! mapping {
    (
        $(#[doc = $about:literal])+
        $name:ident {
            $($(#[doc = $doc:literal])+ $field:ident $key:literal : $shape:ty,)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Default)]
        pub(super) struct $name {
            $($(#[doc = $doc])+ pub $field: Option<Located<$shape>>,)+
            /// Keys that are misspelt or have wrong values, which has been reported.
            pub wrong: Vec<&'static str>,
        }

        impl Shape for $name {
            fn read(node: &Node, key: &str, report: &mut Report) -> Option<$name> {
                let mut made = $name::default();
                for (key, value) in entries(node, key, report)? {
                    match key.text.as_str() {
                        // A key without a value says as little as no key.
                        $($key if value.is_nothing() => {})+
                        $($key => match Located::read(value, $key, report) {
                            None => made.wrong.push($key),
                            given => made.$field = given,
                        },)+
                        _ => made.wrong.extend(report_unknown_key(key, &[$($key),+], report)),
                    }
                }
                Some(made)
            }

            fn schema() -> serde_json::Value {
                serde_json::json!({
                    "type": "object",
                    "description": concat!($($about),+).trim(),
                    "properties": {
                        $($key: described(<$shape>::schema(), concat!($($doc),+)),)+
                    },
                    "additionalProperties": false,
                })
            }
        }
    };
}
pub(super) use mapping;
