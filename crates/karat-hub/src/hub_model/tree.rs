//! The tree: YAML with the place of every value, before anything is known of its meaning.
//!
//! Scalars stay the text that stands in the file. What `NO`, `007` or `1e3` means is decided
//! where it is read, so that Norway is no boolean and a column may be called `1e3`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, MessageFormatter, NonFiniteFloatPolicy, Spanned};

use super::problem::{Place, Report};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub place: Place,
    pub value: Value,
}

/// What stands there.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Nothing, `~` or `null`.
    Nothing,
    /// One value, as text.
    Scalar(String),
    /// Values in a row.
    List(Vec<Node>),
    /// Keys with their values; no key comes twice.
    Mapping(Vec<(Key, Node)>),
}

/// A key and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub place: Place,
    pub text: String,
}

impl Node {
    /// Whether nothing stands there.
    pub fn is_nothing(&self) -> bool {
        matches!(self.value, Value::Nothing)
    }

    /// The word for what stands there.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Nothing => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }
}

/// Parses YAML; what is wrong is reported.
pub(super) fn parse(text: &str, report: &mut Report) -> Option<Node> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_blank = text.lines().all(|line| line.trim().is_empty() || line.starts_with('#'));
    if is_blank {
        return Some(Node { place: Place { line: 1, column: 1 }, value: Value::Nothing });
    }
    let options = serde_saphyr::options! {
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        strict_booleans: true,
        with_snippet: false,
    };
    match serde_saphyr::from_str_with_options::<Spanned<Content>>(text, options) {
        Ok(content) => Some(located(content, text, report)),
        Err(error) => {
            report_syntax(&error, text, report);
            None
        }
    }
}

fn report_syntax(error: &serde_saphyr::Error, text: &str, report: &mut Report) {
    let is_tabbed = |line: &&str| line.trim_start_matches(' ').starts_with('\t');
    if let Some(at) = text.lines().position(|line| is_tabbed(&line)) {
        report
            .error(Place { line: at as u32 + 1, column: 1 }, "a tab indents this line")
            .with_hint("YAML is indented with spaces: put two spaces for each tab");
        return;
    }
    let place = error.location().map(|location| place(&location));
    let reason = serde_saphyr::DefaultMessageFormatter.format_message(error).into_owned();
    let hint = syntax_hint(&reason, place, text);
    report.error(place, format!("this is not YAML: {reason}")).with_hint(hint);
}

/// What most likely went wrong in the line of a syntax error.
fn syntax_hint(reason: &str, place: Option<Place>, text: &str) -> String {
    let line = place.and_then(|place| text.lines().nth(place.line as usize - 1)).unwrap_or("");
    let value = line.split_once(": ").map_or(line, |(_, value)| value);
    let value = value.trim_start_matches([' ', '-', '[', '{']);
    let first = value.chars().next().unwrap_or(' ');
    if reason.contains("quoted") {
        "close the quotes that are opened on this line or above".into()
    } else if reason.contains("bracket") || reason.contains("brace") {
        "close each `[` with `]`, and each `{` with `}`".into()
    } else if "*&!|>%@`,".contains(first) {
        format!("put a text that starts with `{first}` between quotes: \"{first}…\"")
    } else if line.matches(": ").count() > 1 {
        "put a text that holds `: ` between quotes".into()
    } else {
        "look at this line and the one above: is the indentation right, and `: ` after the key?"
            .into()
    }
}

/// Gives each value its place, and each scalar its spelling.
fn located(content: Spanned<Content>, text: &str, report: &mut Report) -> Node {
    let place = place(&content.referenced);
    let value = match content.value {
        Content::Nothing => Value::Nothing,
        Content::Text(value) => Value::Scalar(value),
        Content::Inferred(value) => {
            Value::Scalar(spelling(&content.defined, text).map_or(value, str::to_owned))
        }
        Content::List(items) => {
            Value::List(items.into_iter().map(|item| located(item, text, report)).collect())
        }
        Content::Mapping(entries) => Value::Mapping(located_entries(entries, text, report)),
    };
    Node { place, value }
}

fn located_entries(
    entries: Vec<(Spanned<Content>, Spanned<Content>)>,
    text: &str,
    report: &mut Report,
) -> Vec<(Key, Node)> {
    let mut found: Vec<(Key, Node)> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let value = located(value, text, report);
        let Some(key) = located_key(key, text, report) else { continue };
        match found.iter().find(|(earlier, _)| earlier.text == key.text) {
            None => found.push((key, value)),
            Some((earlier, _)) => {
                report.error(key.place, format!("`{}` stands here twice", key.text)).with_hint(
                    format!("it is on line {} too; keep one of the two", earlier.place.line),
                )
            }
        }
    }
    found
}

fn located_key(key: Spanned<Content>, text: &str, report: &mut Report) -> Option<Key> {
    let place = place(&key.referenced);
    let spelt = spelling(&key.defined, text);
    let text = match key.value {
        Content::Text(text) => text,
        Content::Inferred(text) => spelt.map_or(text, str::to_owned),
        Content::Nothing => spelt.unwrap_or_default().to_owned(),
        Content::List(_) | Content::Mapping(_) => {
            report.error(place, "a key must be text").with_hint("write `key: value`");
            return None;
        }
    };
    Some(Key { place, text })
}

/// What stands in the file at a location.
fn spelling<'a>(location: &serde_saphyr::Location, text: &'a str) -> Option<&'a str> {
    let span = location.span();
    let start = span.byte_offset()? as usize;
    text.get(start..start + span.byte_len()? as usize).map(str::trim)
}

fn place(location: &serde_saphyr::Location) -> Place {
    Place { line: location.line() as u32, column: location.column() as u32 }
}

/// What the parser gives.
enum Content {
    Nothing,
    Text(String),
    /// A plain scalar that looks like a boolean or a number.
    Inferred(String),
    List(Vec<Spanned<Content>>),
    Mapping(Vec<(Spanned<Content>, Spanned<Content>)>),
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Content, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Nothing)
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Text(value.to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Inferred(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Inferred(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Inferred(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Content, E> {
        Ok(Content::Inferred(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Content, E> {
        Ok(Content::Inferred(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Content, E> {
        Ok(Content::Inferred(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Content, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Content::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Content, A::Error> {
        let mut mapping = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            mapping.push(entry);
        }
        Ok(Content::Mapping(mapping))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line per scalar: its place and its text.
    fn outline(node: &Node, lines: &mut Vec<String>) {
        let at = |place: Place| format!("{}:{}", place.line, place.column);
        match &node.value {
            Value::Nothing => lines.push(format!("{} -", at(node.place))),
            Value::Scalar(text) => lines.push(format!("{} {text:?}", at(node.place))),
            Value::List(items) => items.iter().for_each(|item| outline(item, lines)),
            Value::Mapping(entries) => {
                for (key, value) in entries {
                    lines.push(format!("{} {:?}:", at(key.place), key.text));
                    outline(value, lines);
                }
            }
        }
    }

    fn check(text: &str, expected: &str) {
        let mut report = Report::new("x.yaml");
        let mut lines = Vec::new();
        if let Some(node) = parse(text, &mut report) {
            outline(&node, &mut lines);
        }
        lines.extend(report.finish().iter().map(ToString::to_string));
        assert_eq!(lines.join("\n"), expected);
    }

    #[test]
    fn scalars_keep_their_spelling() {
        check("land: NO", "1:1 \"land\":\n1:7 \"NO\"");
        check(
            "a: [007, 1e3, 0x1F, 12.50, true]",
            "1:1 \"a\":\n1:5 \"007\"\n1:10 \"1e3\"\n1:15 \"0x1F\"\n1:21 \"12.50\"\n1:28 \"true\"",
        );
        check("'007': \"1.0\"", "1:1 \"007\":\n1:8 \"1.0\"");
        check("a: .inf\nb: 1e999", "1:1 \"a\":\n1:4 \".inf\"\n2:1 \"b\":\n2:4 \"1e999\"");
    }

    #[test]
    fn keys_keep_their_spelling() {
        for key in ["007", "1e3", "true", "null", "0x1F", "~", "NO"] {
            check(&format!("{key}: a"), &format!("1:1 {key:?}:\n1:{} \"a\"", key.len() + 3));
        }
        check("7: a\n07: b", "1:1 \"7\":\n1:4 \"a\"\n2:1 \"07\":\n2:5 \"b\"");
    }

    #[test]
    fn blank_files_hold_nothing() {
        check("", "1:1 -");
        check("# a remark\n\n", "1:1 -");
        check("\u{feff}a: b", "1:1 \"a\":\n1:4 \"b\"");
    }

    #[test]
    fn anchors_point_to_their_use() {
        check("a: &x 5\nb: *x", "1:1 \"a\":\n1:7 \"5\"\n2:1 \"b\":\n2:4 \"5\"");
    }
}
