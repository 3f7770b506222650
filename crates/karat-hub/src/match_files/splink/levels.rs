//! Levels: the weights of a comparison of Splink, on the levels of one of Karat.

use super::condition::is_equality_of;
use super::hundredths;
use super::model::{SplinkComparison, SplinkLevel};
use crate::hub_model::KnownComparison;

/// The weights of levels by their labels, the highest level first.
///
/// Equality is the highest level and "else" the lowest. Those between have other conditions than
/// Karat's, so they are put on Karat's levels between in their order, from the top.
pub(super) fn weights(
    comparison: &SplinkComparison,
    column: &str,
    known: &KnownComparison,
    remarks: &mut Vec<String>,
) -> Vec<(String, f64)> {
    let name = comparison.name();
    let telling = comparison.comparison_levels.iter().filter(|level| !level.is_null_level);
    let is_equality = |level: &&SplinkLevel| is_equality_of(column, &level.sql_condition);
    let (equal, others): (Vec<&SplinkLevel>, Vec<&SplinkLevel>) = telling.partition(is_equality);
    let (different, between): (Vec<&SplinkLevel>, Vec<&SplinkLevel>) =
        others.into_iter().partition(|level| level.is_else());
    let is_rarity_weighed = equal.iter().any(|level| level.tf_adjustment_column.is_some());
    if !equal.is_empty() && !is_rarity_weighed {
        remarks.push(format!(
            "comparison `{name}` has no term frequencies; here a rare value always weighs more"
        ));
    }

    let mut weights = Vec::new();
    let mut put = |level: &SplinkLevel, label: &str, remarks: &mut Vec<String>| match bits(level) {
        Some(bits) => weights.push((label.to_string(), bits)),
        None => remarks.push(format!(
            "comparison `{name}`: level `{}` is not trained, so `{label}` is learnt",
            level.label()
        )),
    };
    if let Some(level) = equal.first() {
        put(level, known.highest(), remarks);
    }
    for (level, label) in between.iter().zip(known.between()) {
        remarks.push(format!(
            "comparison `{name}`: level `{}` gives its weight to `{label}`",
            level.label()
        ));
        put(level, label, remarks);
    }
    for level in between.iter().skip(known.between().count()) {
        remarks
            .push(format!("comparison `{name}`: there is no level here for `{}`", level.label()));
    }
    if let Some(level) = different.first() {
        put(level, known.lowest(), remarks);
    }
    weights
}

/// log2(m/u), where both are known.
fn bits(level: &SplinkLevel) -> Option<f64> {
    let (m, u) = level.m_probability.zip(level.u_probability)?;
    (m > 0.0 && u > 0.0).then(|| hundredths((m / u).log2()))
}
