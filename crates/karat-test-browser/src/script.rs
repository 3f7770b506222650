//! What is asked of a page in JavaScript.

use serde_json::{Value, json};

/// Functions that the questions share: which elements can be seen, and where to point at one.
const FUNCTIONS: &str = r#"
const isSeen = (it) => it.checkVisibility({ visibilityProperty: true }) && it.getClientRects().length > 0;
const words = (it) => (it.innerText || it.value || '').replace(/\s+/g, ' ').trim();
const pressable = () => [...document.querySelectorAll('a[href], button, summary, label, input[type=submit]')].filter(isSeen);
const point = (it) => {
  it.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  for (const box of it.getClientRects()) {
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const hit = document.elementFromPoint(x, y);
    if (hit && (it.contains(hit) || hit.contains(it))) return { x, y };
  }
  const box = it.getBoundingClientRect();
  const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return { error: 'it is covered by ' + (over ? over.outerHTML.slice(0, 200) : 'the edge of the window') };
};
"#;

/// Calls a function of JavaScript with these arguments, which reach it as values.
pub(crate) fn call(function: &str, arguments: &Value) -> String {
    format!("(() => {{ {FUNCTIONS} return ({function})(...{arguments}); }})()")
}

/// Where to point at the first element of a selector that can be seen; null while there is none.
pub(crate) fn point_at(css: &str) -> String {
    let function = "(css) => {
        const it = [...document.querySelectorAll(css)].find(isSeen);
        return it ? point(it) : null;
    }";
    call(function, &json!([css]))
}

/// Where to point at the link, button, summary or label with these words, or else with these among
/// its words.
pub(crate) fn point_at_text(text: &str) -> String {
    let function = "(text) => {
        const all = pressable();
        const it = all.find((it) => words(it) === text) || all.find((it) => words(it).includes(text));
        return it ? point(it) : null;
    }";
    call(function, &json!([text]))
}

/// The words of all that can be pressed.
pub(crate) fn pressable() -> String {
    call("() => pressable().map(words).filter(Boolean)", &json!([]))
}

/// The visible text of the first element of a selector; null while there is none.
pub(crate) fn text_of(css: &str) -> String {
    let function = "(css) => {
        const it = document.querySelector(css);
        return it ? it.innerText.trim() : null;
    }";
    call(function, &json!([css]))
}

/// Readies a field for what is typed: `typed` where it takes text, `set` where it was set, null
/// while there is none.
pub(crate) fn ready_to_fill(css: &str, text: &str) -> String {
    let function = "(css, text) => {
        const it = [...document.querySelectorAll(css)].find(isSeen);
        if (!it) return null;
        it.scrollIntoView({ block: 'center', behavior: 'instant' });
        it.focus();
        const isTyped = it.matches('textarea, input:not([type]), input[type=text], input[type=search], input[type=password], input[type=email], input[type=tel], input[type=url], input[type=number]');
        if (isTyped) { it.select(); return 'typed'; }
        it.value = text;
        it.dispatchEvent(new Event('input', { bubbles: true }));
        it.dispatchEvent(new Event('change', { bubbles: true }));
        return 'set';
    }";
    call(function, &json!([css, text]))
}
