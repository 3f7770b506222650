//! Whether a page can be used by everybody, as far as a program can tell.

use std::fmt;

use serde_json::{Value, json};

use crate::page::Page;
use crate::script;

/// The checks: see `axe/ABOUT.txt`.
const AXE: &str = include_str!("axe/axe.min.js");

/// The success criteria of WCAG 2.2, levels A and AA, and what is good practice besides.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// What the checks say of a page as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examined {
    /// The rules that it breaks.
    pub broken: Vec<Violation>,
    /// The rules of which a program cannot tell whether it breaks them.
    pub undecided: Vec<Violation>,
}

/// A rule that a page breaks, or may break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The id of the rule.
    pub rule: String,
    /// What the rule asks.
    pub help: String,
    /// Where it is or may be broken, each with a selector and what is wrong there.
    pub places: Vec<(String, String)>,
}

impl Page {
    /// The rules of WCAG 2.2 and good practice that the page breaks as it stands.
    pub fn accessibility(&self) -> Vec<Violation> {
        self.examine().broken
    }

    /// The same, with the rules of which a program cannot tell.
    pub fn examine(&self) -> Examined {
        if self.evaluate("typeof window.axe") != "object" {
            self.evaluate(&format!("{AXE}\n;null"));
        }
        // It would fetch the styles once more, which the pages forbid.
        let options = json!({
            "runOnly": { "type": "tag", "values": TAGS }, "preload": false,
            "resultTypes": ["violations", "incomplete"],
        });
        let function = "(options) => axe.run(document, options)
            .then(({ violations, incomplete }) => ({ violations, incomplete }))";
        let found = self.evaluate(&script::call(function, &json!([options])));
        let list = |name: &str| {
            found[name].as_array().expect("axe tells a list").iter().map(Violation::of).collect()
        };
        Examined { broken: list("violations"), undecided: list("incomplete") }
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
