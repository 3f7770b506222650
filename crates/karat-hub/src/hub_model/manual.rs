//! The manual, `docs/hub-model.md`, says what the code does.

use std::fs;

use karat_model::semantic::SemanticType;
use serde_json::Value;

use super::{Problem, check, hub_schema, read, source_schema};

fn manual() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/hub-model.md");
    fs::read_to_string(path).unwrap()
}

#[test]
fn the_table_of_semantic_types_is_up_to_date() {
    let mut table = String::from("| Semantic type | What the values are |\n| --- | --- |\n");
    for kind in SemanticType::ALL {
        let name = kind.name();
        table.push_str(&format!(
            "| [`{name}`](semantic-types/{name}.md) | {} |\n",
            kind.definition()
        ));
    }
    assert!(manual().contains(&table), "the table in docs/hub-model.md should be:\n{table}");
}

#[test]
fn every_key_and_word_is_explained() {
    let manual = manual();
    for schema in [hub_schema(), source_schema()] {
        for word in words(&schema) {
            assert!(manual.contains(&format!("`{word}`")), "docs/hub-model.md lacks `{word}`");
        }
    }
}

/// The keys and the choices of a schema, at any depth.
fn words(schema: &Value) -> Vec<String> {
    let own_keys = schema["properties"].as_object().into_iter().flat_map(|it| it.keys().cloned());
    let mut words: Vec<String> = own_keys.collect();
    words.extend(schema["const"].as_str().map(str::to_owned));
    match schema {
        Value::Object(parts) => words.extend(parts.values().flat_map(self::words)),
        Value::Array(parts) => words.extend(parts.iter().flat_map(self::words)),
        _ => {}
    }
    words
}

#[test]
fn the_examples_have_no_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let hub = folder.path().join("hub");
    fs::create_dir_all(hub.join("sources")).unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/erp_2026.txt"), "").unwrap();
    for block in manual().split("```yaml\n# ").skip(1) {
        let (file, rest) = block.split_once('\n').unwrap();
        let (yaml, _) = rest.split_once("```").unwrap();
        fs::write(hub.join(file), yaml).unwrap();
    }
    assert_eq!(check(&hub), Vec::<Problem>::new());
    let model = read(&hub).unwrap();
    assert_eq!(model.sources.len(), 1);
    assert!(model.attributes.find("loyalty_tier").is_some());
}
