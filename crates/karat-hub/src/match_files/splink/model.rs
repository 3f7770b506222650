//! The JSON of a Splink model, as far as it is taken over.

use std::path::Path;

use serde::{Deserialize, Deserializer};

use crate::error::Error;
use crate::match_files::model_file::unreadable;

/// A model of Splink 4 or 5.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct SplinkModel {
    pub(super) link_type: Option<String>,
    unique_id_column_name: Option<String>,
    pub(super) probability_two_random_records_match: Option<f64>,
    pub(super) comparisons: Vec<SplinkComparison>,
    #[serde(default)]
    pub(super) blocking_rules_to_generate_predictions: Vec<SplinkRule>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct SplinkComparison {
    output_column_name: Option<String>,
    comparison_description: Option<String>,
    pub comparison_levels: Vec<SplinkLevel>,
}

/// One level of a comparison, the strongest first in its list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct SplinkLevel {
    pub sql_condition: String,
    label_for_charts: Option<String>,
    #[serde(default, deserialize_with = "number")]
    pub m_probability: Option<f64>,
    #[serde(default, deserialize_with = "number")]
    pub u_probability: Option<f64>,
    #[serde(default)]
    pub is_null_level: bool,
    pub tf_adjustment_column: Option<String>,
}

/// A number; Splink writes a text in its place where training did not see the level.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(serde_json::Value::deserialize(deserializer)?.as_f64())
}

/// A blocking rule: a condition, or an object with one.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum SplinkRule {
    Condition(String),
    Object { blocking_rule: String },
}

impl SplinkModel {
    /// Reads the model that Splink wrote to a file.
    pub fn read(path: &Path) -> Result<SplinkModel, Error> {
        let bytes = std::fs::read(path).map_err(|source| unreadable(path, source))?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Error::NoSplinkModel { path: path.into(), reason: error.to_string() })
    }

    /// The column of ids.
    pub fn id_column(&self) -> Option<&str> {
        self.unique_id_column_name.as_deref()
    }
}

impl SplinkComparison {
    /// What people call it.
    pub fn name(&self) -> &str {
        let names = [&self.output_column_name, &self.comparison_description];
        names.into_iter().flatten().next().map_or("without a name", String::as_str)
    }
}

impl SplinkLevel {
    /// What people call it.
    pub fn label(&self) -> &str {
        self.label_for_charts.as_deref().unwrap_or(&self.sql_condition)
    }

    /// Whether it holds all pairs that no other level does.
    pub fn is_else(&self) -> bool {
        self.sql_condition.trim().eq_ignore_ascii_case("else")
    }
}

impl SplinkRule {
    /// The condition in SQL.
    pub fn condition(&self) -> &str {
        match self {
            SplinkRule::Condition(condition) => condition,
            SplinkRule::Object { blocking_rule } => blocking_rule,
        }
    }
}
