//! Edits the files `repairs/<source>.yaml`: adds steps and takes steps out, and leaves the rest of a
//! file, with its remarks, as somebody wrote it.

use std::path::Path;

use karat_model::hub_model::Source;
use karat_model::repair_step::RepairStep;

use super::folder::read_steps;
use super::problem::{Problems, Report};
use super::repairs_file::step_text;
use super::tree::{self, Value};

/// Why a file of repairs could not be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditError {
    /// The file has mistakes, or would have them.
    Problems(Problems),
    /// It has no step with this id.
    NoStep(String),
    /// It has another step with this id.
    OtherStep(String),
}

/// Adds steps behind those of a file; one that is there already is left out. Gives the text, and how
/// many steps were added.
///
/// # Errors
///
/// When the file has mistakes or would have them, or has another step with one of the ids.
pub fn with_steps(
    text: Option<&str>,
    added: &[RepairStep],
    file: &Path,
    source: &Source,
) -> Result<(String, usize), EditError> {
    let text = text.unwrap_or_default();
    let read = |text: &str| read_steps(text, file, Some(source)).map_err(EditError::Problems);
    let known = read(text)?;
    let mut wanted = known.clone();
    for step in added {
        match wanted.iter().find(|known| known.id == step.id) {
            Some(known) if does_the_same(known, step) => {}
            Some(_) => return Err(EditError::OtherStep(step.id.clone())),
            None => wanted.push(step.clone()),
        }
    }
    let new = &wanted[known.len()..];
    if new.is_empty() {
        return Ok((text.to_owned(), 0));
    }
    let indent = match Items::of(text) {
        Some(items) => items.indent,
        None => "  ".to_owned(),
    };
    let mut longer = text.to_owned();
    if known.is_empty() && Items::of(text).is_none() {
        let is_named = text.lines().any(|line| line.trim_end() == "steps:");
        if !longer.is_empty() && !longer.ends_with('\n') {
            longer.push('\n');
        }
        if !is_named {
            longer.push_str("steps:\n");
        }
    } else if !longer.ends_with('\n') {
        longer.push('\n');
    }
    for step in new {
        longer.push_str(&format!("{indent}- {}\n", step_text(step)));
    }
    let longer = if says(&longer, file, &wanted) { longer } else { written(&wanted) };
    // What is wrong between old and new steps is told now.
    read(&longer)?;
    Ok((longer, new.len()))
}

/// Takes a step out of a file; gives nothing when nothing is left of the file.
///
/// # Errors
///
/// When the file has mistakes, or no such step.
pub fn without_step(text: &str, id: &str, file: &Path) -> Result<Option<String>, EditError> {
    let known = read_steps(text, file, None).map_err(EditError::Problems)?;
    let at = known.iter().position(|step| step.id == id);
    let at = at.ok_or_else(|| EditError::NoStep(id.to_owned()))?;
    let mut wanted = known;
    wanted.remove(at);
    let shorter = Items::of(text).and_then(|items| items.without(at, text));
    let shorter = shorter.filter(|shorter| says(shorter, file, &wanted));
    let shorter = shorter.unwrap_or_else(|| written(&wanted));
    let is_nothing = wanted.is_empty() && shorter.trim() == "steps:";
    Ok((!is_nothing).then_some(shorter))
}

/// Whether two steps do the same, whoever wrote them and why.
fn does_the_same(one: &RepairStep, other: &RepairStep) -> bool {
    let done =
        |step: &RepairStep| (step.column.clone(), step.verb.clone(), step.conditions.clone());
    done(one) == done(other)
}

/// Whether a text says these steps.
fn says(text: &str, file: &Path, steps: &[RepairStep]) -> bool {
    read_steps(text, file, None).is_ok_and(|read| read == steps)
}

/// A file that says these steps and nothing else.
fn written(steps: &[RepairStep]) -> String {
    let lines = steps.iter().map(|step| format!("  - {}\n", step_text(step)));
    format!("steps:\n{}", lines.collect::<String>())
}

/// Where the steps of a file stand, each on lines of its own.
struct Items {
    /// The first line of each, counted from 0.
    lines: Vec<usize>,
    /// What stands before the dash of each.
    indent: String,
}

impl Items {
    /// The steps of a text; `None` when they do not stand on lines of their own.
    fn of(text: &str) -> Option<Items> {
        let root = tree::parse(text, &mut Report::new(""))?;
        let Value::Mapping(entries) = &root.value else { return None };
        let (_, steps) = entries.iter().find(|(key, _)| key.text == "steps")?;
        let Value::List(items) = &steps.value else { return None };
        let lines: Vec<usize> =
            items.iter().map(|item| (item.place.line as usize).saturating_sub(1)).collect();
        let indent_of = |line: &usize| {
            let line = text.lines().nth(*line)?;
            let indent = line.len() - line.trim_start_matches(' ').len();
            line[indent..].starts_with('-').then(|| line[..indent].to_owned())
        };
        let indents: Vec<String> = lines.iter().map(indent_of).collect::<Option<_>>()?;
        let indent = indents.first()?.clone();
        Some(Items { lines, indent })
    }

    /// The text without the lines of a step; remarks above the next one stay.
    fn without(&self, at: usize, text: &str) -> Option<String> {
        let all: Vec<&str> = text.split_inclusive('\n').collect();
        let first = *self.lines.get(at)?;
        let mut end = self.lines.get(at + 1).copied().unwrap_or(all.len());
        let is_remark = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        while end > first + 1 && is_remark(all.get(end - 1)?) {
            end -= 1;
        }
        Some([all.get(..first)?, all.get(end..)?].concat().concat())
    }
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{ColumnMapping, DateOrder, Delivery, Format, Party, Source};
    use karat_model::id::SourceName;
    use karat_model::semantic::SemanticType;
    use proptest::prelude::*;

    use super::*;

    fn file() -> &'static Path {
        Path::new("repairs/crm.yaml")
    }

    fn source() -> Source {
        let column = |name: &str| ColumnMapping {
            column: name.into(),
            semantic_type: SemanticType::City,
            attribute: None,
            slot: 0,
            length_max: None,
        };
        Source {
            name: SourceName::new("crm"),
            files: Vec::new(),
            format: Format::default(),
            delivery: Delivery::Full,
            trust: 50,
            party: Party::ByValues,
            country: None,
            date_order: DateOrder::DayFirst,
            columns: ["plaats", "city"].map(column).into(),
            feedback: None,
        }
    }

    fn steps(text: &str) -> Vec<RepairStep> {
        read_steps(text, file(), Some(&source())).unwrap()
    }

    const TRIM: &str = "steps: [{ id: t, column: plaats, trim: true }]";

    #[test]
    fn a_step_that_is_added_and_taken_out_leaves_the_file_as_it_was() {
        for text in [
            "# Ours.\nsteps:\n  # Old names.\n  - id: a\n    column: plaats\n    map:\n      A: B\n\n",
            "steps:\n- { id: a, column: plaats, case: upper }\n# the end\n",
            "# Nothing yet.\nsteps:\n",
        ] {
            let added = with_steps(Some(text), &steps(TRIM), file(), &source()).unwrap();
            assert_eq!(added.1, 1);
            assert!(added.0.starts_with(text), "{}", added.0);
            assert_eq!(without_step(&added.0, "t", file()).unwrap().as_deref(), Some(text));
        }
        let (made, _) = with_steps(None, &steps(TRIM), file(), &source()).unwrap();
        assert_eq!(made, "steps:\n  - { id: t, column: plaats, trim: true }\n");
        assert_eq!(without_step(&made, "t", file()), Ok(None));
        assert_eq!(with_steps(Some(&made), &steps(TRIM), file(), &source()), Ok((made, 0)));
    }

    #[test]
    fn a_step_in_the_middle_is_taken_out_with_its_lines_alone() {
        let text = "steps:\n  - id: a\n    column: plaats\n    trim: true\n  # About b.\n  - { id: b, column: city, trim: true }\n";
        let without = |id| without_step(text, id, file()).unwrap().unwrap();
        assert_eq!(without("a"), "steps:\n  # About b.\n  - { id: b, column: city, trim: true }\n");
        assert!(without("b").ends_with("    trim: true\n  # About b.\n"));
        assert_eq!(without_step(text, "c", file()), Err(EditError::NoStep("c".into())));
    }

    #[test]
    fn steps_in_one_line_are_written_anew() {
        let text = "steps: [{ id: a, column: plaats, case: upper }]\n";
        let (longer, _) = with_steps(Some(text), &steps(TRIM), file(), &source()).unwrap();
        assert_eq!(
            longer,
            "steps:\n  - { id: a, column: plaats, case: upper }\n  - { id: t, column: plaats, trim: true }\n"
        );
        assert_eq!(without_step(text, "a", file()), Ok(None));
    }

    #[test]
    fn another_step_with_the_same_name_is_refused() {
        let text = "steps: [{ id: t, column: plaats, case: upper }]\n";
        let refused = with_steps(Some(text), &steps(TRIM), file(), &source());
        assert_eq!(refused, Err(EditError::OtherStep("t".into())));
    }

    #[test]
    fn each_verb_reads_back_as_it_is_written() {
        let text = r#"
steps:
  - { id: a, column: plaats, replace: { text: "x: \"y\"", with: "" }, by: anna, at: 2026-11-23, why: "it's old" }
  - { id: b, column: plaats, regex: { pattern: '^(\d+)\s', with: '$1 ' }, when: { city: '^$', plaats: x }, unless: '#' }
  - { id: c, column: plaats, map: { "1": one, Adam: Amsterdam, "NO": "" } }
  - { id: d, column: plaats, trim: ".," }
  - { id: e, column: plaats, case: title }
  - { id: f, column: plaats, move: city, unless: { city: a } }
  - { id: g, column: plaats, swap: city, when: '\d' }
  - { id: h, column: plaats, split: { at: " / ", to: city } }
  - { id: i, column: plaats, clear: true }
  - { id: j, column: plaats, accept: lookalike_characters }
"#;
        let read = steps(text);
        assert_eq!(read.len(), 10);
        assert_eq!(steps(&written(&read)), read);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}", at in 0..3usize) {
            let text = match at {
                0 => text,
                1 => format!("steps:\n  - {{ id: a, column: plaats, {text} }}\n"),
                _ => format!("steps:\n  - id: a\n    column: plaats\n    {text}\n"),
            };
            let read = read_steps(&text, file(), Some(&source()));
            if let Ok(read) = read {
                prop_assert_eq!(read_steps(&written(&read), file(), Some(&source())), Ok(read));
            }
        }

        #[test]
        fn anything_of_the_words_of_steps_is_read_or_refused(
            words in prop::collection::vec(prop::sample::select(vec![
                "steps", "id", "column", "plaats", "city", "map", "regex", "pattern", "with", "when",
                "split", "at", "to", "true", "accept", "move", "swap", "replace", "text", "trim",
                ": ", ": ", ": ", "{ ", " }", "[", "]", ", ", "- ", "\n", "\n  ", "\n    ", "'(a'", "'$9'",
            ]), 0..40),
        ) {
            let text = words.concat();
            let _ = read_steps(&text, file(), Some(&source()));
            let _ = with_steps(Some(&text), &steps(TRIM), file(), &source());
            let _ = without_step(&text, "a", file());
        }
    }
}
