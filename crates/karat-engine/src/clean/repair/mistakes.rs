//! Mistakes in steps: what could never be done, or would not come to rest.

use karat_model::repair_step::{RepairStep, RepairVerb};

use super::regex;
use super::step::ValueVerb;

/// A mistake in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairMistake {
    /// The key of the step that is wrong.
    pub key: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: String,
}

/// What is wrong with a step that stands behind others.
pub fn mistakes_of(step: &RepairStep, earlier: &[RepairStep]) -> Vec<RepairMistake> {
    let mut mistakes = Vec::new();
    let mut add = |key: &'static str, message: String, hint: &str| {
        mistakes.push(RepairMistake { key, message, hint: hint.to_owned() });
    };
    for condition in &step.conditions {
        if let Err(wrong) = regex::compiled(&condition.pattern) {
            let key = if condition.must_match { "when" } else { "unless" };
            add(key, format!("the pattern is not understood: {wrong}"), PATTERN_HINT);
        }
    }
    let word = step.verb.word();
    match &step.verb {
        RepairVerb::Replace { text, .. } if text.is_empty() => {
            add(word, "no text is replaced".into(), "say which, as in `text: \"(oud)\"`");
        }
        RepairVerb::Replace { text, with } if with.contains(text.as_str()) => add(
            word,
            "what comes in its place holds the text again, so that it would grow each time".into(),
            "use `regex` with `^` and `$`, so that only what is to be changed matches",
        ),
        RepairVerb::Regex { pattern, with } => match regex::compiled(pattern) {
            Err(wrong) => {
                add(word, format!("the pattern is not understood: {wrong}"), PATTERN_HINT);
            }
            Ok(pattern) => regex_mistakes(&pattern, with, &mut add),
        },
        RepairVerb::Map(entries) => map_mistakes(entries, step, earlier, &mut add),
        RepairVerb::Split { at, .. } if at.is_empty() => {
            add(word, "it does not say where to split".into(), "write `at: \",\"`, for example");
        }
        RepairVerb::Swap { .. } if step.conditions.is_empty() => add(
            word,
            "a swap without a condition would swap back when it is done again".into(),
            "add `when`, with a pattern that the column matches only before it is swapped",
        ),
        _ => {}
    }
    if step.verb.other_column() == Some(step.column.as_str()) {
        add(word, "both columns are the same".into(), "name another column");
    }
    mistakes
}

const PATTERN_HINT: &str =
    "write a regular expression between single quotes, such as '^06'; look-around is not known";

fn regex_mistakes(
    pattern: &::regex::Regex,
    with: &str,
    add: &mut dyn FnMut(&'static str, String, &str),
) {
    if pattern.is_match("") {
        let hint = "match at least one character: write `+` where `*` stands";
        return add("regex", "the pattern matches where nothing stands".into(), hint);
    }
    let groups = regex::groups_in(with);
    if let Some(unknown) = groups.iter().find(|group| !regex::has_group(pattern, group)) {
        let digits: String = unknown.chars().take_while(char::is_ascii_digit).collect();
        let hint = match digits.is_empty() || digits == *unknown {
            true => "count the `(` of the pattern from 1; a dollar itself is `$$`".to_owned(),
            false => format!("write `${{{digits}}}` where a letter or digit follows"),
        };
        return add("regex", format!("the pattern has no group `{unknown}`"), &hint);
    }
    let literal = with.replace("$$", "$");
    let grows = groups.is_empty()
        && regex::apply(pattern, with, &literal).is_some_and(|again| again != literal);
    if grows {
        let message = "what comes in its place matches again, so that it would change each time";
        add("regex", message.into(), "end the pattern with what tells that it was not changed yet");
    }
}

fn map_mistakes(
    entries: &[(String, String)],
    step: &RepairStep,
    earlier: &[RepairStep],
    add: &mut dyn FnMut(&'static str, String, &str),
) {
    if entries.is_empty() {
        return add("map", "no value is mapped".into(), "write `map: { Adam: Amsterdam }`");
    }
    for (from, to) in entries {
        if from.trim().is_empty() {
            add("map", "an empty value is mapped".into(), "values that are not there stay so");
        } else if let Some((_, further)) =
            entries.iter().find(|(other, target)| other.trim() == to.trim() && target != to)
        {
            let message = format!("`{from}` becomes `{to}`, which becomes `{further}` in its turn");
            add("map", message, &format!("map `{from}` to where it ends, or leave `{to}` out"));
        } else if let Some(other) = earlier.iter().find(|earlier| would_change(earlier, step, to)) {
            let message = format!(
                "`{from}` becomes `{to}`, which the step `{}` would change again",
                other.id
            );
            add("map", message, &format!("put this step before `{}`", other.id));
        }
    }
}

/// Whether an earlier step would change what a later one makes of a value of their column.
fn would_change(earlier: &RepairStep, later: &RepairStep, value: &str) -> bool {
    let is_always = earlier.conditions.is_empty() && earlier.column == later.column;
    let verb = ValueVerb::of(&earlier.verb).filter(|_| is_always);
    verb.is_some_and(|verb| verb.apply(value).is_some())
}
