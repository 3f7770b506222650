//! The files `repairs/<source>.yaml`: what is mended in values before they are cleaned.

use karat_engine::clean::repair::mistakes_of;
use karat_model::check::Day;
use karat_model::finding::FindingCode;
use karat_model::hub_model::{ColumnMapping, Source};
use karat_model::repair_step::{LetterCase, RepairCondition, RepairStep, RepairVerb};
use karat_model::semantic::SemanticType;
use serde_json::json;

use super::amounts::Required;
use super::problem::{Place, Report};
use super::quote::quoted;
use super::shape::{
    Entries, Located, Shape, described, entries, mapping, report_unknown_key, scalar,
};
use super::suggest::{listed, nearest};
use super::tree::{Node, Value};
use super::words::Words;

mapping! {
    /// What is mended in the values of a source before they are cleaned.
    RepairsFile {
        /// The steps, in the order in which they are taken.
        steps "steps": Vec<Located<StepEntry>>,
    }
}

mapping! {
    /// What a step says beside what it does.
    StepParts {
        /// The name of the step; no other one of the source has it.
        id "id": String,
        /// The column that it looks at.
        column "column": String,
        /// A regular expression that the column must match, or one for each of some columns.
        when "when": Patterns,
        /// A regular expression that the column must not match, or one for each of some columns.
        unless "unless": Patterns,
        /// Who wrote it.
        by "by": String,
        /// When it was written, as `2026-11-23`.
        at "at": DayText,
        /// Why it was written.
        why "why": String,
    }
}

/// The keys of a step beside what it does.
const PARTS: [&str; 7] = ["id", "column", "when", "unless", "by", "at", "why"];

mapping! {
    /// A text, and what comes in its place.
    ReplaceEntry {
        /// The text.
        text "text": String,
        /// What comes in its place; nothing if left out.
        with "with": String,
    }
}

mapping! {
    /// A regular expression, and what comes in the place of what it matches.
    RegexEntry {
        /// The expression.
        pattern "pattern": String,
        /// What comes in its place, in which `$1` is the first group; nothing if left out.
        with "with": String,
    }
}

mapping! {
    /// Where a value is split, and where its second part goes.
    SplitEntry {
        /// The text at which it is split; it goes.
        at "at": String,
        /// The empty column that gets what stands behind it.
        to "to": String,
    }
}

/// What white space is trimmed with.
#[derive(Debug)]
pub(super) struct Signs(String);

impl Shape for Signs {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Signs> {
        match scalar(node, key, report)? {
            "true" => Some(Signs(String::new())),
            "false" => {
                report
                    .error(node.place, format!("`{key}` cannot be `false`"))
                    .with_hint("take the step out");
                None
            }
            signs => Some(Signs(signs.to_owned())),
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "anyOf": [{ "const": true }, { "type": "string" }] })
    }
}

/// A date as people write it in files.
#[derive(Debug)]
pub(super) struct DayText(String);

impl Shape for DayText {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<DayText> {
        let text = scalar(node, key, report)?;
        if Day::parse(text).is_none() {
            report
                .error(node.place, format!("`{key}` cannot be `{text}`"))
                .with_hint("write a date such as 2026-11-23");
            return None;
        }
        Some(DayText(text.to_owned()))
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string", "format": "date" })
    }
}

/// Patterns of columns: one of the step's own column, or one for each of some.
#[derive(Debug)]
pub(super) enum Patterns {
    OfItself(String),
    OfColumns(Entries<String>),
}

impl Shape for Patterns {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Patterns> {
        match node.value {
            Value::Mapping(_) => Shape::read(node, key, report).map(Patterns::OfColumns),
            _ => Shape::read(node, key, report).map(Patterns::OfItself),
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "anyOf": [String::schema(), Entries::<String>::schema()] })
    }
}

/// The code of a finding.
#[derive(Debug)]
pub(super) struct Code(FindingCode);

impl Shape for Code {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<Code> {
        let word = scalar(node, key, report)?;
        let found = FindingCode::ALL.iter().find(|code| code.name() == word);
        if found.is_none() {
            let hint = match nearest(word, FindingCode::ALL.iter().map(|code| code.name())) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "`karat repair suggest` tells what can be accepted".into(),
            };
            report.error(node.place, format!("unknown finding `{word}`")).with_hint(hint);
        }
        found.copied().map(Code)
    }

    fn schema() -> serde_json::Value {
        let codes = FindingCode::ALL.iter().map(|code| {
            let message = code.message(karat_model::language::Language::English);
            json!({ "const": code.name(), "description": message })
        });
        json!({ "oneOf": codes.collect::<Vec<_>>() })
    }
}

impl Words for LetterCase {
    const WHAT: &'static str = "letter case";
    const CHOICES: &'static [LetterCase] = &LetterCase::ALL;

    fn word(self) -> &'static str {
        self.name()
    }

    fn meaning(self) -> &'static str {
        match self {
            LetterCase::Upper => "In capitals.",
            LetterCase::Lower => "In small letters.",
            LetterCase::Title => "In small letters, the first one of each word a capital.",
        }
    }

    fn synonyms() -> &'static [(&'static str, LetterCase)] {
        &[
            ("capitals", LetterCase::Upper),
            ("uppercase", LetterCase::Upper),
            ("lowercase", LetterCase::Lower),
            ("titlecase", LetterCase::Title),
        ]
    }
}

/// A step: its parts, and one verb.
#[derive(Debug)]
pub(super) struct StepEntry {
    parts: StepParts,
    verb: RepairVerb,
    /// Where the verb stands.
    verb_place: Place,
}

impl Shape for StepEntry {
    fn read(node: &Node, key: &str, report: &mut Report) -> Option<StepEntry> {
        let mut parts = Vec::new();
        let mut verbs: Vec<(&'static str, Place, &Node)> = Vec::new();
        let mut has_unknown = false;
        for (name, value) in entries(node, key, report)? {
            if let Some(word) = RepairVerb::WORDS.iter().find(|word| **word == name.text) {
                verbs.push((word, name.place, value));
            } else if PARTS.contains(&&*name.text) {
                parts.push((name.clone(), value.clone()));
            } else {
                has_unknown = true;
                let all: Vec<&'static str> =
                    PARTS.iter().chain(&RepairVerb::WORDS).copied().collect();
                report_unknown_key(name, &all, report);
            }
        }
        let parts = Node { place: node.place, value: Value::Mapping(parts) };
        let parts = StepParts::read(&parts, key, report)?;
        for (is_there, key, hint) in [
            (
                parts.id.is_some(),
                "id",
                "name it, as in `id: r1`: `karat repair undo` takes it out by its name",
            ),
            (parts.column.is_some(), "column", "name the column of the source that is mended"),
        ] {
            if !is_there && !has_unknown && !parts.wrong.contains(&key) {
                report.error(node.place, format!("the step has no `{key}`")).with_hint(hint);
            }
        }
        let (verb, verb_place) = match verbs[..] {
            [(word, place, value)] => (read_verb(word, value, report)?, place),
            [] if has_unknown => return None,
            [] => {
                report
                    .error(node.place, "the step does nothing")
                    .with_hint(format!("add one of {}", listed(RepairVerb::WORDS)));
                return None;
            }
            [(first, ..), (second, place, _), ..] => {
                report
                    .error(place, format!("the step does two things: `{first}` and `{second}`"))
                    .with_hint("make a step of each");
                return None;
            }
        };
        Some(StepEntry { parts, verb, verb_place })
    }

    fn schema() -> serde_json::Value {
        let mut schema = StepParts::schema();
        schema["description"] = json!("A step: what it does, with which column, and when.");
        schema["required"] = json!(["id", "column"]);
        for word in RepairVerb::WORDS {
            let (shape, meaning) = schema_of_verb(word);
            schema["properties"][word] = described(shape, meaning);
        }
        let one_of = RepairVerb::WORDS.iter().map(|word| json!({ "required": [word] }));
        schema["oneOf"] = one_of.collect();
        schema
    }
}

/// Reads what stands under a verb.
fn read_verb(word: &str, node: &Node, report: &mut Report) -> Option<RepairVerb> {
    Some(match word {
        "replace" => {
            let entry = ReplaceEntry::read(node, word, report)?;
            let text = needed(entry.text, "text", &entry.wrong, node, word, report)?;
            RepairVerb::Replace { text, with: entry.with.map_or_else(String::new, |it| it.value) }
        }
        "regex" => {
            let entry = RegexEntry::read(node, word, report)?;
            let pattern = needed(entry.pattern, "pattern", &entry.wrong, node, word, report)?;
            RepairVerb::Regex { pattern, with: entry.with.map_or_else(String::new, |it| it.value) }
        }
        "map" => {
            let entries = Entries::<String>::read(node, word, report)?;
            if entries.has_wrong {
                return None;
            }
            let entries = entries.entries.into_iter().map(|(from, to)| (from.value, to));
            RepairVerb::Map(entries.collect())
        }
        "trim" => RepairVerb::Trim { signs: Signs::read(node, word, report)?.0 },
        "case" => RepairVerb::Case(LetterCase::read(node, word, report)?),
        "move" => RepairVerb::Move { to: String::read(node, word, report)? },
        "swap" => RepairVerb::Swap { with: String::read(node, word, report)? },
        "split" => {
            let entry = SplitEntry::read(node, word, report)?;
            let at = needed(entry.at, "at", &entry.wrong, node, word, report);
            let to = needed(entry.to, "to", &entry.wrong, node, word, report);
            RepairVerb::Split { at: at?, to: to? }
        }
        "clear" => {
            Required::read(node, word, report)?;
            RepairVerb::Clear
        }
        "accept" => RepairVerb::Accept(Code::read(node, word, report)?.0),
        _ => return None,
    })
}

fn schema_of_verb(word: &str) -> (serde_json::Value, &'static str) {
    match word {
        "replace" => (
            ReplaceEntry::schema(),
            "Puts another text in the place of a text, wherever that stands.",
        ),
        "regex" => (
            RegexEntry::schema(),
            "Puts another text in the place of whatever a regular expression matches.",
        ),
        "map" => (Entries::<String>::schema(), "Puts other values in the place of whole values."),
        "trim" => {
            (Signs::schema(), "Takes white space off both ends, and these signs if there are any.")
        }
        "case" => (LetterCase::schema(), "Writes the value in another letter case."),
        "move" => (String::schema(), "Moves the value to another column, if that is empty."),
        "swap" => (String::schema(), "Lets two columns have each other's values."),
        "split" => (
            SplitEntry::schema(),
            "Leaves what stands before a text, and moves what stands behind it to an empty column.",
        ),
        "clear" => (Required::schema(), "Empties the column."),
        _ => (Code::schema(), "Does what a finding of this code proposes, where that is certain."),
    }
}

/// A text that must be there.
fn needed(
    given: Option<Located<String>>,
    part: &'static str,
    wrong: &[&'static str],
    node: &Node,
    word: &str,
    report: &mut Report,
) -> Option<String> {
    if given.is_none() && !wrong.contains(&part) {
        report
            .error(node.place, format!("`{word}` has no `{part}`"))
            .with_hint(format!("add `{part}: …` to it"));
    }
    given.map(|given| given.value)
}

impl RepairsFile {
    /// The steps of a source; what is wrong with them is reported. The source is `None` where its
    /// own file has mistakes.
    pub fn into_steps(self, source: Option<&Source>, report: &mut Report) -> Vec<RepairStep> {
        let mut steps: Vec<(Place, RepairStep)> = Vec::new();
        for Located { place, value } in self.steps.map(|steps| steps.value).unwrap_or_default() {
            let verb_place = value.verb_place;
            let Some(step) = value.into_step(source, report) else { continue };
            let has_name = |other: &&(Place, RepairStep)| other.1.id == step.id;
            if let Some((earlier, _)) = steps.iter().find(has_name) {
                report
                    .error(place, format!("another step is called `{}`", step.id))
                    .with_hint(format!("it is on line {}; give one another `id`", earlier.line));
                continue;
            }
            let earlier: Vec<RepairStep> = steps.iter().map(|(_, step)| step.clone()).collect();
            let mistakes = mistakes_of(&step, &earlier);
            for mistake in &mistakes {
                report
                    .error(verb_place, format!("`{}`: {}", mistake.key, mistake.message))
                    .with_hint(mistake.hint.as_str());
            }
            if mistakes.is_empty() {
                steps.push((place, step));
            }
        }
        steps.into_iter().map(|(_, step)| step).collect()
    }
}

impl StepEntry {
    fn into_step(self, source: Option<&Source>, report: &mut Report) -> Option<RepairStep> {
        let StepEntry { parts, verb, verb_place } = self;
        let (id, column) = (parts.id?, parts.column?);
        let is_name = |id: &str| {
            let is_sign = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            !id.is_empty() && id.chars().all(is_sign)
        };
        if !is_name(&id.value) {
            report
                .error(id.place, format!("`{}` cannot be the name of a step", id.value))
                .with_hint("use letters, digits, `-` and `_`");
            return None;
        }
        let mut is_right = parts.wrong.is_empty();
        if let Some(source) = source {
            is_right &= is_repairable(&column, source, report);
            if let Some(other) = verb.other_column() {
                let other = Located { place: verb_place, value: other.to_owned() };
                is_right &= is_repairable(&other, source, report);
            }
        }
        let mut conditions = Vec::new();
        for (patterns, must_match) in [(parts.when, true), (parts.unless, false)] {
            let Some(Located { place, value }) = patterns else { continue };
            let given = match value {
                Patterns::OfItself(pattern) => {
                    vec![(Located { place, value: column.value.clone() }, pattern)]
                }
                Patterns::OfColumns(entries) => {
                    is_right &= !entries.has_wrong;
                    entries.entries
                }
            };
            for (column, pattern) in given {
                is_right &= source.is_none_or(|source| find(&column, source, report).is_some());
                conditions.push(RepairCondition { column: column.value, pattern, must_match });
            }
        }
        is_right.then(|| RepairStep {
            id: id.value,
            column: column.value,
            verb,
            conditions,
            by: parts.by.map(|it| it.value),
            at: parts.at.map(|it| it.value.0),
            why: parts.why.map(|it| it.value),
        })
    }
}

/// What a source says of a column; one that it does not have is reported.
fn find<'s>(
    column: &Located<String>,
    source: &'s Source,
    report: &mut Report,
) -> Option<&'s ColumnMapping> {
    let found = source.columns.iter().find(|mapping| mapping.column == column.value);
    if found.is_none() {
        let name = &source.name;
        let columns = source.columns.iter().map(|mapping| mapping.column.as_str());
        let hint = match nearest(&column.value, columns) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!(
                "name a column of sources/{name}.yaml; one that means nothing there is `ignored`"
            ),
        };
        report
            .error(column.place, format!("the source has no column `{}`", column.value))
            .with_hint(hint);
    }
    found
}

/// Whether values of a column may be mended: what tells which record it is, and when it changed, is
/// taken from what the source sent.
fn is_repairable(column: &Located<String>, source: &Source, report: &mut Report) -> bool {
    let Some(mapping) = find(column, source, report) else { return false };
    let (what, hint) = match mapping.semantic_type {
        SemanticType::SourceId => ("which record it is", "mend ids in the source itself"),
        SemanticType::UpdatedAt => ("when a record changed", "mend it in the source itself"),
        _ => return true,
    };
    report
        .error(column.place, format!("`{}` tells {what}, and cannot be repaired", column.value))
        .with_hint(hint);
    false
}

/// A pattern as people write it: between single quotes, where a backslash is nothing but one.
fn pattern_text(pattern: &str) -> String {
    let is_simple = pattern.chars().all(|c| c == ' ' || c.is_ascii_graphic() && c != '\'');
    if is_simple { format!("'{pattern}'") } else { quoted(pattern) }
}

/// A step as a line of YAML, without what stands before it in a list.
pub fn step_text(step: &RepairStep) -> String {
    let RepairStep { id, column, verb, conditions, by, at, why } = step;
    let mut parts = vec![format!("id: {}", quoted(id)), format!("column: {}", quoted(column))];
    let said = match verb {
        RepairVerb::Replace { text, with } => {
            format!("{{ text: {}, with: {} }}", quoted(text), quoted(with))
        }
        RepairVerb::Regex { pattern, with } => {
            format!("{{ pattern: {}, with: {} }}", pattern_text(pattern), quoted(with))
        }
        RepairVerb::Map(entries) => {
            let entry = |(from, to): &(String, String)| format!("{}: {}", quoted(from), quoted(to));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        RepairVerb::Trim { signs } if signs.is_empty() => "true".to_owned(),
        RepairVerb::Trim { signs } => quoted(signs),
        RepairVerb::Case(letters) => letters.name().to_owned(),
        RepairVerb::Move { to } => quoted(to),
        RepairVerb::Swap { with } => quoted(with),
        RepairVerb::Split { at, to } => format!("{{ at: {}, to: {} }}", quoted(at), quoted(to)),
        RepairVerb::Clear => "true".to_owned(),
        RepairVerb::Accept(code) => code.name().to_owned(),
    };
    parts.push(format!("{}: {said}", verb.word()));
    for (key, must_match) in [("when", true), ("unless", false)] {
        let of_key: Vec<&RepairCondition> =
            conditions.iter().filter(|it| it.must_match == must_match).collect();
        match of_key[..] {
            [] => {}
            [one] if one.column == *column => {
                parts.push(format!("{key}: {}", pattern_text(&one.pattern)));
            }
            _ => {
                let one = |it: &&RepairCondition| {
                    format!("{}: {}", quoted(&it.column), pattern_text(&it.pattern))
                };
                let all = of_key.iter().map(one).collect::<Vec<_>>().join(", ");
                parts.push(format!("{key}: {{ {all} }}"));
            }
        }
    }
    for (key, text) in [("by", by), ("at", at), ("why", why)] {
        if let Some(text) = text {
            let text = if key == "at" { text.clone() } else { quoted(text) };
            parts.push(format!("{key}: {text}"));
        }
    }
    format!("{{ {} }}", parts.join(", "))
}
