//! The manual of checks: the pages say what the sources say.
//!
//! A page is made of the documentation that opens the file of a word. With `UPDATE_DOCS=1` in the
//! environment the test writes the pages; else it compares.

use std::collections::BTreeMap;

use karat_model::check::Requirement;

macro_rules! sources {
    ($($word:ident $([$file:ident])?)+) => {
        &[$((stringify!($word), sources!(@text $word $($file)?))),+]
    };
    (@text $word:ident) => { include_str!(concat!(stringify!($word), ".rs")) };
    (@text $word:ident $file:ident) => { include_str!(concat!(stringify!($file), ".rs")) };
}

/// The source of each word.
const SOURCES: &[(&str, &str)] = sources! {
    present required_if missing_tokens group_complete record_coverage relation_present
    regex format phone_type in_set ref_table length range charset date_order not_future age_between
    field_misuse matches_register email_deliverable phone_reachable returned_mail customer_confirmed
    not_deceased equal_across_sources cross_field referential hierarchy_acyclic reconciliation
    golden_equals_source unique_key duplicate_cluster shared_identifier [identifier_sharing] max_age current freshness
    propagation_latency volume drift group_evolution outlier usual_volume usual_null_rate usual_values has_definition has_owner has_steward
    has_legal_basis has_retention expression
};

/// The page of a word.
fn page(word: &str, source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
    let (scope, dimension) = Requirement::standing_of(word).expect("each file is of a word");
    format!(
        "# `{word}`\n\n{}\n\nIf nothing else is said it is made on {}, and measures {}.\n",
        as_in_files(lines),
        match scope.name() {
            "both" => "records and customers",
            other => other,
        },
        dimension.name(),
    )
}

/// The text with its examples as they stand in a file of checks.
fn as_in_files<'s>(lines: impl Iterator<Item = &'s str>) -> String {
    let mut text: Vec<String> = Vec::new();
    let mut in_example = false;
    for line in lines {
        if line.starts_with("```") {
            in_example = line == "```yaml";
            text.push(line.to_owned());
            text.extend(in_example.then(|| "checks:".to_owned()));
        } else {
            let indent = if in_example { "  " } else { "" };
            text.push(format!("{indent}{line}"));
        }
    }
    text.join("\n")
}

/// The list of all words.
fn index() -> String {
    let mut text = String::from(
        "# Checks, word by word\n\nEach check has one of these words. How checks are written is in \
         [checks](../checks.md).\n\n| Word | Dimension | What it requires |\n| --- | --- | --- |\n",
    );
    for word in Requirement::WORDS {
        let (_, dimension) = Requirement::standing_of(word).expect("it is one of the words");
        let definition = Requirement::definition_of(word).expect("it is one of the words");
        text.push_str(&format!(
            "| [`{word}`]({word}.md) | {} | {definition} |\n",
            dimension.name()
        ));
    }
    text
}

/// All pages, by their path beneath `docs`.
fn pages() -> BTreeMap<String, String> {
    let of_word = |(word, source): &(&str, &str)| (format!("checks/{word}.md"), page(word, source));
    let mut pages: BTreeMap<String, String> = SOURCES.iter().map(of_word).collect();
    pages.insert("checks/README.md".into(), index());
    pages
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use super::*;

    #[test]
    fn each_word_has_a_file_and_a_page_that_opens_with_its_definition() {
        let words: Vec<&str> = SOURCES.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, Requirement::WORDS);
        for (word, source) in SOURCES {
            let definition = Requirement::definition_of(word).unwrap();
            assert!(source.starts_with(&format!("//! {definition}\n")), "{word}: {definition}");
            assert!(source.contains("//! ```yaml\n"), "{word} has no example");
        }
    }

    #[test]
    fn the_pages_say_what_the_sources_say() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        let pages = pages();
        if env::var_os("UPDATE_DOCS").is_some() {
            fs::create_dir_all(docs.join("checks")).unwrap();
            pages.iter().for_each(|(path, text)| fs::write(docs.join(path), text).unwrap());
        }
        for (path, text) in &pages {
            let written = fs::read_to_string(docs.join(path)).unwrap_or_default();
            assert_eq!(&written, text, "docs/{path} is old; UPDATE_DOCS=1 writes it anew");
        }
        for entry in fs::read_dir(docs.join("checks")).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            assert!(pages.contains_key(&format!("checks/{name}")), "{name} is of no word");
        }
    }
}
