//! The JSON Schema of the hub's files, for editors that complete and check while one types.

use serde_json::{Value, json};

use super::checks_file::ChecksFile;
use super::hub_file::HubFile;
use super::match_file::MatchEntries;
use super::repairs_file::RepairsFile;
use super::shape::Shape;
use super::source_file::SourceFile;

/// The file of the schema of `hub.yaml`, in the hub's folder.
pub(super) const HUB_SCHEMA: &str = "hub.schema.json";

/// The file of the schema of the sources, in the hub's folder.
pub(super) const SOURCE_SCHEMA: &str = "source.schema.json";

/// The file of the schema of the checks, in the hub's folder.
pub(super) const CHECKS_SCHEMA: &str = "checks.schema.json";

/// The JSON Schema of `hub.yaml`.
pub fn hub_schema() -> Value {
    let mut schema = HubFile::schema();
    schema["required"] = json!(["name"]);
    titled(schema, "hub.yaml of a Karat hub")
}

/// The JSON Schema of `sources/<name>.yaml`.
pub fn source_schema() -> Value {
    let mut schema = SourceFile::schema();
    schema["required"] = json!(["files"]);
    titled(schema, "sources/<name>.yaml of a Karat hub")
}

/// The JSON Schema of `checks/<name>.yaml`.
pub fn checks_schema() -> Value {
    titled(ChecksFile::schema(), "checks/<name>.yaml of a Karat hub")
}

/// The JSON Schema of `repairs/<source>.yaml`.
pub fn repairs_schema() -> Value {
    titled(RepairsFile::schema(), "repairs/<source>.yaml of a Karat hub")
}

/// The JSON Schema of `match.yaml`.
pub fn match_schema() -> Value {
    titled(MatchEntries::schema(), "match.yaml of karat match")
}

/// Draft 7 is the newest draft that the YAML language server knows.
fn titled(mut schema: Value, title: &str) -> Value {
    schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    schema["title"] = title.into();
    schema
}

#[cfg(test)]
mod tests {
    use karat_model::semantic::SemanticType;

    use super::*;

    #[test]
    fn every_key_is_described() {
        check_described(&hub_schema());
        check_described(&source_schema());
        check_described(&match_schema());
        check_described(&checks_schema());
        check_described(&repairs_schema());
    }

    fn check_described(schema: &Value) {
        for (key, property) in schema["properties"].as_object().unwrap() {
            let description = property["description"].as_str().unwrap_or_default();
            assert!(description.ends_with('.'), "{key}: {description:?}");
            if property["properties"].is_object() {
                check_described(property);
            }
        }
    }

    #[test]
    fn a_column_has_one_of_all_semantic_types() {
        let schema = source_schema();
        let column = &schema["properties"]["columns"]["additionalProperties"]["anyOf"];
        let choices = column[0]["oneOf"].as_array().unwrap();
        assert_eq!(choices.len(), SemanticType::ALL.len());
        let email = choices.iter().find(|choice| choice["const"] == "email").unwrap();
        assert_eq!(email["description"], "E-mail address.");
        assert_eq!(column[1]["required"], json!(["type"]));
        assert_eq!(column[1]["additionalProperties"], false);
    }

    #[test]
    fn a_mapping_is_closed_and_typed() {
        let schema = hub_schema();
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["required"], json!(["name"]));
        let rate = &schema["properties"]["matching"]["properties"]["false_discovery_rate"];
        assert_eq!(rate["exclusiveMaximum"], 0.5);
        let kinds = &schema["properties"]["attributes"]["additionalProperties"]["anyOf"][0];
        assert_eq!(kinds["oneOf"].as_array().unwrap().len(), 6);
    }
}
