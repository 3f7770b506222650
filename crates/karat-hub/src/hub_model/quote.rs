//! Quoting: text as a YAML scalar that reads back as the same text.

/// Words that some YAML reader takes for something else than text.
const RESERVED: [&str; 11] =
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"];

/// Text as a scalar: plain where that is safe in any context, else between double quotes.
pub(super) fn quoted(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { in_double_quotes(text) }
}

fn is_plain(text: &str) -> bool {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        || ["./", "../", "/"].iter().any(|path| text.starts_with(path));
    let is_simple = |c: char| c.is_ascii_alphanumeric() || "_-./*".contains(c);
    let words_are_simple =
        text.split(' ').all(|word| !word.is_empty() && word.chars().all(is_simple));
    let is_reserved = RESERVED.iter().any(|word| text.eq_ignore_ascii_case(word));
    starts_well && words_are_simple && !is_reserved
}

/// Text between double quotes, with what cannot be seen escaped.
pub(super) fn in_double_quotes(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ if is_visible(character) => quoted.push(character),
            _ => quoted.push_str(&format!("\\U{:08X}", character as u32)),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether YAML lets the character stand as it is, and a reader can see it.
fn is_visible(character: char) -> bool {
    let is_line_break = matches!(character, '\u{85}' | '\u{2028}' | '\u{2029}');
    let is_mark = matches!(character, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    !character.is_control() && !is_line_break && !is_mark
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::problem::Report;
    use super::super::tree::{Value, parse};
    use super::*;

    #[test]
    fn text_is_quoted_only_where_it_must_be() {
        for (text, expected) in [
            ("naam", "naam"),
            ("../data/erp*.txt", "../data/erp*.txt"),
            ("E-mail adres", "E-mail adres"),
            ("billing.street", "billing.street"),
            ("No", "\"No\""),
            ("1e3", "\"1e3\""),
            ("*.csv", "\"*.csv\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            ("", "\"\""),
            (" a", "\" a\""),
            ("één", "\"één\""),
            ("a\"b\\c\r", "\"a\\\"b\\\\c\\U0000000D\""),
            ("...", "\"...\""),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_back(text in any::<String>()) {
            let yaml = format!("{}: [{}, {{ a: {} }}]", quoted(&text), quoted(&text), quoted(&text));
            let mut report = Report::new("x.yaml");
            let node = parse(&yaml, &mut report);
            prop_assert!(node.is_some(), "{:?}: {:?}", yaml, report.finish());
            let Value::Mapping(entries) = node.unwrap().value else { panic!("{yaml}") };
            prop_assert_eq!(&entries[0].0.text, &text);
            let Value::List(items) = &entries[0].1.value else { panic!("{yaml}") };
            let Value::Scalar(item) = &items[0].value else { panic!("{yaml}") };
            prop_assert_eq!(item, &text);
            let Value::Mapping(inner) = &items[1].value else { panic!("{yaml}") };
            let Value::Scalar(value) = &inner[0].1.value else { panic!("{yaml}") };
            prop_assert_eq!(value, &text);
        }
    }
}
