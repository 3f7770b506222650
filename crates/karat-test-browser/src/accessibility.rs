//! Whether a page can be used by everybody, as far as a program can tell.

use std::fmt;

use serde_json::{Value, json};

use crate::page::Page;
use crate::script;

/// The checks: see `axe/ABOUT.txt`.
const AXE: &str = include_str!("axe/axe.min.js");

/// The success criteria of WCAG 2.2, levels A and AA, and what is good practice besides.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// A rule that a page breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The id of the rule.
    pub rule: String,
    /// What the rule asks.
    pub help: String,
    /// Where it is broken, each with a selector and what is wrong there.
    pub places: Vec<(String, String)>,
}

impl Page {
    /// The rules of WCAG 2.2 and good practice that the page breaks as it stands.
    pub fn accessibility(&self) -> Vec<Violation> {
        if self.evaluate("typeof window.axe") != "object" {
            self.evaluate(&format!("{AXE}\n;null"));
        }
        // It would fetch the styles once more, which the pages forbid.
        let options = json!({
            "runOnly": { "type": "tag", "values": TAGS }, "preload": false,
            "resultTypes": ["violations"],
        });
        let function = "(options) => axe.run(document, options).then((found) => found.violations)";
        let found = self.evaluate(&script::call(function, &json!([options])));
        found.as_array().expect("axe tells a list").iter().map(Violation::of).collect()
    }
}

impl Violation {
    fn of(told: &Value) -> Violation {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let place = |node: &Value| (node["target"].to_string(), text(&node["failureSummary"]));
        let nodes = told["nodes"].as_array().into_iter().flatten();
        Violation {
            rule: text(&told["id"]),
            help: text(&told["help"]),
            places: nodes.map(place).collect(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.help)?;
        for (place, why) in &self.places {
            write!(f, "\n    {place}: {}", why.replace('\n', "\n      "))?;
        }
        Ok(())
    }
}
