//! `karat explain`: why two records are, or are not, the same customer.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::view::{Comparison, ComparisonLookup, HubReader, Standing};
use karat_model::attribute::AttributeSet;
use karat_model::evidence::{Found, Verdict, Weight};
use karat_model::id::RecordKey;
use karat_model::language::Language;
use karat_model::match_settings::PairScope;
use karat_server::report::{TextOptions, comparison_text};

use super::{language, open_hub};
use crate::failure::Failure;
use crate::terminal::{Terminal, say};

/// Explain why two records are, or are not, the same customer
#[derive(Args, Debug)]
pub struct Explain {
    /// The one record, written source/id
    left: RecordKey,
    /// The other record
    right: RecordKey,
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Explain {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?.reader()?;
        let model = hub.model();
        let found = hub.compare(&self.left, &self.right).map_err(|error| {
            Failure::new(error.to_string(), "Load the hub again: `karat load`.")
        })?;
        match found {
            ComparisonLookup::Found(comparison) if self.json => {
                say!("{}", json(&comparison, &model.attributes));
            }
            ComparisonLookup::Found(comparison) => {
                let Terminal { colour, width, .. } = Terminal::stdout();
                let options = TextOptions { language: self.lang, masked: false, width, colour };
                say!("{}", comparison_text(&comparison, &model.attributes, &options));
            }
            ComparisonLookup::Unknown(keys) => {
                let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
                return Err(Failure::new(
                    format!("there is no record {}", keys.join(" and no record ")),
                    "Write a record as source/id; `karat export crosswalk` lists them all.",
                ));
            }
            ComparisonLookup::DifferentEntityTypes => say!(
                "{}",
                self.lang.say(
                    "One is a person, the other an organisation: they are never compared.",
                    "De een is een persoon, de ander een organisatie: die worden nooit vergeleken."
                )
            ),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn json(comparison: &Comparison, attributes: &AttributeSet) -> serde_json::Value {
    let pair = &comparison.explanation;
    serde_json::json!({
        "left": pair.left.to_string(),
        "right": pair.right.to_string(),
        "same_customer": matches!(comparison.standing, Standing::Together { .. }),
        "standing": standing(comparison, attributes),
        "left_entity": comparison.left.customer.id.to_string(),
        "right_entity": comparison.right.customer.id.to_string(),
        "prior": pair.prior.bits(),
        "evidence": pair.evidence.iter().map(|evidence| serde_json::json!({
            "comparison": evidence.comparison,
            "left": evidence.left,
            "right": evidence.right,
            "level": evidence.level[0],
            "weight": evidence.weight.bits(),
            "term_frequency": evidence.term_frequency.bits(),
        })).collect::<Vec<_>>(),
        "total": pair.total.bits(),
        "probability": pair.probability(),
        "link_threshold": pair.link_threshold.bits(),
        "review_threshold": pair.review_threshold.bits(),
        "changes": pair.changes.iter().map(|change| serde_json::json!({
            "comparison": change.comparison,
            "level": change.level[0],
            "difference": change.difference.bits(),
            "verdict": verdict_name(change.verdict),
        })).collect::<Vec<_>>(),
        "out_of_scope": pair.out_of_scope.map(PairScope::name),
        "blocking": pair.blocking.iter().map(|result| serde_json::json!({
            "rule": result.rule[0],
            "candidate": result.found == Found::SameKey,
        })).collect::<Vec<_>>(),
    })
}

/// Where the two stand, and what brought them there.
fn standing(comparison: &Comparison, attributes: &AttributeSet) -> serde_json::Value {
    let keys = |side: &[RecordKey]| side.iter().map(ToString::to_string).collect::<Vec<String>>();
    match &comparison.standing {
        Standing::Together { chain, weakest_cut } => serde_json::json!({
            "chain": chain.iter().map(|step| serde_json::json!({
                "left": step.left.to_string(),
                "right": step.right.to_string(),
                "weight": step.total.bits(),
            })).collect::<Vec<_>>(),
            "weakest_cut": weakest_cut.as_ref().map(|cut| serde_json::json!({
                "left": keys(&cut.left),
                "right": keys(&cut.right),
                "links": cut.links,
                "excess": cut.excess.bits(),
            })),
        }),
        Standing::Apart { held, votes } => serde_json::json!({
            "held": held.map(|reason| reason.name(attributes)),
            "votes": votes.map(Weight::bits),
        }),
    }
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::Unsure => "unsure",
        Verdict::Different => "different",
        Verdict::Related => "related",
    }
}
