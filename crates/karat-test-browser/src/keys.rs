//! Keys, as the protocol describes them.

use serde_json::{Value, json};

/// The keys that write nothing, or no single character: name, number, and the text they send.
const NAMED: [(&str, u32, &str); 13] = [
    ("Enter", 13, "\r"),
    ("Tab", 9, ""),
    ("Escape", 27, ""),
    ("Backspace", 8, ""),
    ("Delete", 46, ""),
    ("Space", 32, " "),
    ("ArrowLeft", 37, ""),
    ("ArrowUp", 38, ""),
    ("ArrowRight", 39, ""),
    ("ArrowDown", 40, ""),
    ("PageDown", 34, ""),
    ("Home", 36, ""),
    ("End", 35, ""),
];

/// What is held down meanwhile, and its bit.
const MODIFIERS: [(&str, u32); 4] = [("Alt+", 1), ("Control+", 2), ("Meta+", 4), ("Shift+", 8)];

/// The two events of a key such as `a`, `/`, `Enter` or `Shift+Tab`: down and up.
pub(crate) fn events(key: &str) -> [Value; 2] {
    let mut modifiers = 0;
    let mut name = key;
    while let Some((word, bit)) = MODIFIERS.iter().find(|(word, _)| name.starts_with(word)) {
        modifiers |= bit;
        name = &name[word.len()..];
    }
    let named = NAMED.iter().find(|(known, ..)| *known == name);
    let (code, number, text) = match named {
        Some((code, number, text)) => (code.to_string(), *number, *text),
        None => of_character(name),
    };
    let name = if name == "Space" { " " } else { name };
    // A command such as Control+A writes nothing.
    let text = if modifiers & !8 == 0 { text } else { "" };
    let kind = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
    let event = |kind: &str| {
        json!({
            "type": kind, "key": name, "code": code, "windowsVirtualKeyCode": number,
            "modifiers": modifiers,
        })
    };
    let mut down = event(kind);
    if !text.is_empty() {
        down["text"] = text.into();
    }
    [down, event("keyUp")]
}

fn of_character(name: &str) -> (String, u32, &str) {
    let mut characters = name.chars();
    let (Some(character), None) = (characters.next(), characters.next()) else {
        panic!("there is no key `{name}`");
    };
    let upper = character.to_ascii_uppercase();
    let code = match character {
        'a'..='z' | 'A'..='Z' => format!("Key{upper}"),
        '0'..='9' => format!("Digit{character}"),
        '/' => "Slash".into(),
        '?' => "Slash".into(),
        _ => String::new(),
    };
    let number = match character {
        '/' | '?' => 191,
        _ if upper.is_ascii_alphanumeric() => u32::from(upper),
        _ => 0,
    };
    (code, number, name)
}
