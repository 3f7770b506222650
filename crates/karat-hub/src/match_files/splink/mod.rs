//! Splink models: takes over what a model of Splink says, as settings of Karat.
//!
//! Arrives: the JSON that Splink 4 or 5 writes, settings with or without trained weights.
//! Leaves: match settings, and a remark for everything that could not be taken over.
//! Promises: nothing is left out silently; what is not taken over is learnt or built in.
//!
//! Start reading in `model.rs`, the JSON; `condition.rs` reads as much of SQL as is needed.
//!
//! The shape of the file is that of Splink's documentation of its settings dictionary.

mod model;
mod condition;
mod levels;

use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::hub_model::{ColumnMapping, HubModel, MatchSettings};
use karat_model::match_settings::{BlockingRule, FixedWeights, KeyForm, KeyPart, PairScope};
use karat_model::semantic::SemanticType;

use crate::hub_model::KnownComparison;
pub use model::SplinkModel;

use condition::{KeyColumn, columns_compared, key_columns};
use model::SplinkComparison;

/// What a Splink model comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The settings.
    pub settings: MatchSettings,
    /// What was not taken over, or not as it was, in English.
    pub remarks: Vec<String>,
}

impl SplinkModel {
    /// The settings that the model comes to, for files with these columns.
    pub(super) fn import(&self, model: &HubModel, comparisons: &[KnownComparison]) -> Imported {
        let mut import = Import { model, comparisons, remarks: Vec::new() };
        let mut settings = MatchSettings::standard();
        settings.pairs = import.pairs(self.link_type.as_deref());
        settings.prior_bits = self.probability_two_random_records_match.and_then(odds_bits);
        for comparison in &self.comparisons {
            import.weights(comparison, &mut settings.weights);
        }
        for rule in &self.blocking_rules_to_generate_predictions {
            import.blocking_rule(rule.condition(), &mut settings.blocking);
        }
        Imported { settings, remarks: import.remarks }
    }
}

/// log2 of the odds of a probability, to a hundredth of a bit.
fn odds_bits(probability: f64) -> Option<f64> {
    let is_probability = probability > 0.0 && probability < 1.0;
    is_probability.then(|| hundredths((probability / (1.0 - probability)).log2()))
}

fn hundredths(bits: f64) -> f64 {
    (bits * 100.0).round() / 100.0
}

/// An import under way.
struct Import<'i> {
    model: &'i HubModel,
    comparisons: &'i [KnownComparison],
    remarks: Vec<String>,
}

impl<'i> Import<'i> {
    fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    fn pairs(&mut self, link_type: Option<&str>) -> PairScope {
        match link_type {
            Some("dedupe_only") => PairScope::Within,
            Some("link_only") => PairScope::Between,
            Some("link_and_dedupe") | None => PairScope::Both,
            Some(other) => {
                self.remark(format!("link type `{other}` is not known: all pairs are compared"));
                PairScope::Both
            }
        }
    }

    /// What a column of Splink means here; letters in another case are the same column there.
    fn mapping(&self, column: &str) -> Option<&'i ColumnMapping> {
        let all = || self.model.sources.iter().flat_map(|source| &source.columns);
        let exactly = all().find(|mapping| mapping.column == column);
        exactly.or_else(|| all().find(|mapping| mapping.column.eq_ignore_ascii_case(column)))
    }

    fn weights(&mut self, comparison: &SplinkComparison, weights: &mut Vec<FixedWeights>) {
        let name = comparison.name();
        let conditions = comparison.comparison_levels.iter().map(|level| &*level.sql_condition);
        let columns = columns_compared(conditions);
        let [column] = &columns[..] else {
            let several = columns.join("`, `");
            self.remark(format!(
                "comparison `{name}` looks at `{several}` together: its weights are learnt"
            ));
            return;
        };
        let Some(mapping) = self.mapping(column) else {
            self.remark(format!("comparison `{name}`: no file has a column `{column}`"));
            return;
        };
        let Some(known) = comparison_of(mapping, &self.model.attributes) else {
            self.remark(format!(
                "comparison `{name}`: `{column}` is {} here, which is compared together with \
                 others: its weights are learnt",
                mapping.semantic_type.name()
            ));
            return;
        };
        let Some(known) = self.comparisons.iter().find(|it| it.name == known) else {
            self.remark(format!("comparison `{name}`: `{known}` is not compared here"));
            return;
        };
        if weights.iter().any(|fixed| fixed.comparison == known.name) {
            self.remark(format!(
                "comparison `{name}`: the weights of `{}` are those of an earlier one",
                known.name
            ));
            return;
        }
        let levels = levels::weights(comparison, column, known, &mut self.remarks);
        if !levels.is_empty() {
            weights.push(FixedWeights { comparison: known.name.clone(), levels });
        }
    }

    fn blocking_rule(&mut self, condition: &str, rules: &mut Vec<BlockingRule>) {
        let Some(columns) = key_columns(condition) else {
            self.remark(format!(
                "blocking rule `{condition}` is more than equal columns: left out"
            ));
            return;
        };
        let parts: Vec<Result<KeyPart, String>> =
            columns.iter().map(|column| self.key_part(column)).collect();
        match parts.into_iter().collect::<Result<Vec<KeyPart>, String>>() {
            Ok(parts) => rules.push(BlockingRule { parts }),
            Err(reason) => {
                self.remark(format!("blocking rule `{condition}` is left out: {reason}"));
            }
        }
    }

    fn key_part(&self, key: &KeyColumn) -> Result<KeyPart, String> {
        let column = &key.column;
        let mapping =
            self.mapping(column).ok_or_else(|| format!("no file has a column `{column}`"))?;
        let kind = mapping.semantic_type;
        let attribute = attribute_of(mapping, &self.model.attributes)
            .ok_or_else(|| format!("`{column}` is {} here, in several parts", kind.name()))?;
        let form = match key.start {
            None => KeyForm::Whole,
            Some(length) if kind == SemanticType::BirthDate => start_of_date(length)
                .ok_or_else(|| format!("{length} characters of a date are no part of it"))?,
            Some(length) if (1..=KeyForm::START_MAX).contains(&length) => KeyForm::Start(length),
            Some(length) => return Err(format!("{length} characters are too many for a start")),
        };
        Ok(KeyPart { attribute, form })
    }
}

/// The start of a date as of ISO 8601, without its hyphens.
fn start_of_date(length: u8) -> Option<KeyForm> {
    match length {
        4 => Some(KeyForm::Start(4)),
        7 => Some(KeyForm::Start(6)),
        10 => Some(KeyForm::Whole),
        _ => None,
    }
}

/// The attribute that a column fills, if it fills one.
fn attribute_of(mapping: &ColumnMapping, attributes: &AttributeSet) -> Option<AttributeId> {
    mapping.attribute.or_else(|| attributes.find(mapping.semantic_type.name()))
}

/// The comparison of a column, if it has one of its own.
fn comparison_of(mapping: &ColumnMapping, attributes: &AttributeSet) -> Option<String> {
    use SemanticType::*;
    match mapping.semantic_type {
        FamilyName => Some("name".into()),
        FullAddress => Some("address".into()),
        GivenName | BirthDate | CompanyName | Email | Phone | Gender | Iban | KvkNumber
        | EstablishmentNumber | Rsin | KboNumber | Lei | Duns | IndustryCode | VatNumber
        | BirthPlace | JobTitle | LegalForm | Website => Some(mapping.semantic_type.name().into()),
        Identifier | Category => {
            mapping.attribute.map(|attribute| attributes.get(attribute).name.clone())
        }
        _ => None,
    }
}
