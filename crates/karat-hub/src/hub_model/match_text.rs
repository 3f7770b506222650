//! The text of a `match.yaml`: settings that came from elsewhere, for a person to look at.

use std::fmt::Write as _;

use karat_model::attribute::AttributeSet;
use karat_model::hub_model::{Country, MatchSettings};
use karat_model::match_settings::{BlockingRule, FixedWeights, GateSettings};

use super::gate::gate_text;
use super::key_part::key_part_text;
use super::quote::quoted;

/// What a `match.yaml` says.
#[derive(Clone, Copy, Debug)]
pub struct MatchFileText<'a> {
    /// Remarks for whoever looks at it, a line each.
    pub remarks: &'a [String],
    /// The country of addresses and phone numbers that name none.
    pub country: Country,
    /// The column of ids.
    pub id_column: Option<&'a str>,
    /// The settings.
    pub settings: &'a MatchSettings,
    /// The attributes that the settings speak of.
    pub attributes: &'a AttributeSet,
}

/// The text of the file; what is not said is found out.
pub fn match_text(said: &MatchFileText) -> String {
    let mut text = String::new();
    for remark in said.remarks {
        line(&mut text, &format!("# {remark}"));
    }
    if !said.remarks.is_empty() {
        text.push('\n');
    }
    line(&mut text, &format!("country: {}", quoted(said.country.code())));
    if let Some(id) = said.id_column {
        line(&mut text, &format!("id: {}", quoted(id)));
    }
    settings_text(&mut text, said.settings, said.attributes);
    text
}

fn settings_text(text: &mut String, settings: &MatchSettings, attributes: &AttributeSet) {
    line(text, &format!("pairs: {}", settings.pairs.name()));
    if let Some(phonetics) = settings.phonetics {
        line(text, &format!("phonetics: {}", phonetics.name()));
    }
    match settings.link_threshold_bits {
        Some(bits) => line(text, &format!("link_threshold: {bits}")),
        None => {
            line(text, &format!("false_discovery_rate: {}", settings.false_discovery_rate));
        }
    }
    line(text, &format!("review_band: {}", settings.review_band_bits));
    if settings.gate != GateSettings::standard() {
        let gate = gate_text(&settings.gate, |id| attributes.get(id).name.clone());
        line(text, &format!("gate: {gate}"));
    }
    if let Some(bits) = settings.prior_bits {
        line(text, &format!("prior: {bits}"));
    }
    if !settings.weights.is_empty() {
        line(text, "comparisons:");
    }
    for FixedWeights { comparison, levels } in &settings.weights {
        line(text, &format!("  {}:", quoted(comparison)));
        for (label, bits) in levels {
            line(text, &format!("    {}: {bits}", quoted(label)));
        }
    }
    if !settings.blocking.is_empty() {
        line(text, "blocking:");
    }
    for BlockingRule { parts } in &settings.blocking {
        let parts: Vec<String> =
            parts.iter().map(|&part| quoted(&key_part_text(part, attributes))).collect();
        line(text, &format!("  - [{}]", parts.join(", ")));
    }
}

fn line(text: &mut String, said: &str) {
    writeln!(text, "{said}").expect("text can be written to a string");
}
