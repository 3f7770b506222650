//! `karat explain`: why two records are, or are not, the same customer.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::view::{Comparison, ComparisonLookup, CutView, HubReader, Standing};
use karat_model::attribute::AttributeSet;
use karat_model::evidence::{Change, Evidence, Found, PairExplanation, Verdict, Weight};
use karat_model::id::RecordKey;
use karat_model::language::Language;
use karat_model::match_settings::PairScope;
use karat_model::partition::HoldReason;

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
                print(&comparison, &model.attributes, self.lang, Terminal::stdout());
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

fn pick(texts: &[String; 2], language: Language) -> &str {
    language.say(&texts[0], &texts[1])
}

fn print(comparison: &Comparison, attributes: &AttributeSet, lang: Language, terminal: Terminal) {
    let pair = &comparison.explanation;
    say!(
        "{}  –  {}\n",
        terminal.bold(&pair.left.to_string()),
        terminal.bold(&pair.right.to_string())
    );
    say!("{}", terminal.bold(&sentence(comparison, attributes, lang)));
    if let Standing::Apart { held: None, votes: Some(votes) } = comparison.standing {
        let all = lang.say(
            "all pairs of records of the two customers together vote",
            "alle paren van records van de twee klanten samen stemmen",
        );
        say!("  {all} {votes} bits");
    }
    print_pair(pair, lang, terminal);
    print_changes(pair, lang);
    say!("\n{}", lang.say("Would they be compared at all?", "Worden ze eigenlijk vergeleken?"));
    for result in &pair.blocking {
        let outcome = match result.found {
            Found::SameKey => lang.say("yes", "ja"),
            Found::DifferentKeys => lang.say("no, different", "nee, verschillend"),
            Found::MissingKey => lang.say("no, one has none", "nee, een heeft er geen"),
            Found::BlockTooLarge => lang.say("no, too many share it", "nee, te veel delen dit"),
        };
        say!("  {:<44} {outcome}", pick(&result.rule, lang));
    }
    if let Standing::Together { chain, .. } = &comparison.standing
        && chain.len() > 1
    {
        say!("\n{}", lang.say("They are together through:", "Ze zijn samen via:"));
        for step in chain {
            say!("  {}  –  {}  {} bits", step.left, step.right, step.total);
        }
    }
    if let Standing::Together { weakest_cut: Some(cut), .. } = &comparison.standing {
        print_cut(cut, lang);
    }
}

/// What would change the answer, a line each.
fn print_changes(pair: &PairExplanation, lang: Language) {
    say!("\n{}", lang.say("What would change the answer?", "Wat zou het antwoord veranderen?"));
    if let Some(scope) = pair.out_of_scope {
        say!("  {}", out_of_scope(scope, lang));
        return;
    }
    if pair.changes.is_empty() {
        say!("  {}", lang.say("nothing alone", "niets alleen"));
    }
    let named =
        |change: &Change| format!("{}: {}", pick(&change.label, lang), pick(&change.level, lang));
    let width = pair.changes.iter().map(|change| named(change).chars().count()).max();
    let width = width.unwrap_or_default();
    for change in &pair.changes {
        let outcome = match change.verdict {
            Verdict::Same => lang.say("linked", "gekoppeld"),
            Verdict::Unsure => lang.say("a potential match", "mogelijk dezelfde"),
            Verdict::Different => lang.say("different", "verschillend"),
        };
        let difference = change.difference.to_string();
        say!("  {:<width$}  {difference:>7}  → {outcome}", named(change));
    }
}

fn out_of_scope(scope: PairScope, lang: Language) -> &'static str {
    match scope {
        PairScope::Between => lang.say(
            "nothing: both are of one source, and only different sources are compared",
            "niets: beide zijn van één bron, en alleen verschillende bronnen worden vergeleken",
        ),
        _ => lang.say(
            "nothing: they are of different sources, and only records of one are compared",
            "niets: ze zijn van verschillende bronnen, en alleen records van één worden vergeleken",
        ),
    }
}

fn print_cut(cut: &CutView, lang: Language) {
    let keys =
        |side: &[RecordKey]| side.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    say!(
        "\n{}",
        lang.say(
            "The customer would break first between:",
            "De klant zou het eerst breken tussen:"
        )
    );
    say!("  {}", keys(&cut.left));
    say!("  {}", keys(&cut.right));
    let above =
        lang.say("bits above what a link needs", "bits boven wat een koppeling nodig heeft");
    let links = lang.say("links between them, together", "koppelingen ertussen, samen");
    say!("  {} {links} {} {above}", cut.links, cut.excess);
}

fn sentence(comparison: &Comparison, attributes: &AttributeSet, lang: Language) -> String {
    let pair = &comparison.explanation;
    let together = matches!(comparison.standing, Standing::Together { .. });
    if let Standing::Apart { held: Some(reason), .. } = comparison.standing {
        return held(reason, attributes, lang);
    }
    let verdict = match (together, pair.verdict()) {
        (true, Verdict::Same) => lang.say("They are the same customer.", "Dit is dezelfde klant."),
        (true, _) => lang.say(
            "They are the same customer, because of other records in between.",
            "Dit is dezelfde klant, door andere records ertussen.",
        ),
        (false, _) if pair.out_of_scope.is_some() => lang.say(
            "They are two customers, and this pair is not compared.",
            "Dit zijn twee klanten, en dit paar wordt niet vergeleken.",
        ),
        (false, Verdict::Same) if !pair.is_candidate() => lang.say(
            "They look the same, but no blocking rule brings them together.",
            "Ze lijken dezelfde, maar geen regel brengt ze bij elkaar.",
        ),
        (false, Verdict::Same) => lang.say(
            "They look the same, but the other records of their customers speak against it.",
            "Ze lijken dezelfde, maar de andere records van deze klanten spreken dat tegen.",
        ),
        (false, Verdict::Unsure) => lang.say(
            "They may be the same: a steward should look.",
            "Ze kunnen dezelfde zijn: een steward moet kijken.",
        ),
        (false, Verdict::Different) => {
            lang.say("They are different customers.", "Dit zijn verschillende klanten.")
        }
    };
    verdict.to_string()
}

fn held(reason: HoldReason, attributes: &AttributeSet, lang: Language) -> String {
    let because = match reason {
        HoldReason::Large => {
            let both =
                lang.say("both were large customers before", "beide waren al een grote klant");
            both.to_string()
        }
        HoldReason::Conflict(attribute) => format!(
            "{} ({})",
            lang.say(
                "as one they would contradict themselves",
                "samen zouden ze zichzelf tegenspreken"
            ),
            attributes.get(attribute).label(lang),
        ),
    };
    let waits = lang.say(
        "Their records would be one customer, but that is held until a steward decides:",
        "Hun records zouden één klant zijn, maar dat wacht tot een datasteward beslist:",
    );
    format!("{waits} {because}.")
}

fn print_pair(pair: &PairExplanation, lang: Language, terminal: Terminal) {
    const VALUE_WIDTH: usize = 30;
    let [prior, total, needed] = [
        lang.say("before comparing", "vóór het vergelijken"),
        lang.say("total", "totaal"),
        lang.say("needed to link", "nodig om te koppelen"),
    ];
    let labels = pair.evidence.iter().map(|evidence| pick(&evidence.label, lang));
    let lengths = labels.chain([prior, total, needed]).map(|label| label.chars().count());
    let width = lengths.max().unwrap_or_default();
    let line = |label: &str, weight: &str, words: &str| {
        say!("{}", format!("  {label:<width$}  {weight:>7}  {words}").trim_end());
    };
    say!("");
    line(prior, &pair.prior.to_string(), "");
    for evidence in &pair.evidence {
        let Evidence { left, right, .. } = evidence;
        let weight = evidence.weight + evidence.term_frequency;
        line(pick(&evidence.label, lang), &weight.to_string(), pick(&evidence.level, lang));
        let values = format!("{}  |  {}", shorten(left, VALUE_WIDTH), shorten(right, VALUE_WIDTH));
        if !left.is_empty() || !right.is_empty() {
            line("", "", &terminal.dim(&values));
        }
        if evidence.term_frequency != Weight::ZERO {
            let rarity =
                lang.say("of which for how rare it is", "waarvan voor hoe zeldzaam het is");
            line("", "", &terminal.dim(&format!("{rarity}: {}", evidence.term_frequency)));
        }
    }
    let probability = lang.say("bits: probability", "bits: kans");
    let probability = format!("{probability} {:.3}", pair.probability());
    line(&terminal.bold(&format!("{total:<width$}")), &pair.total.to_string(), &probability);
    let shown = lang.say("to be shown:", "om te tonen:");
    let shown = format!("{shown} {}", pair.review_threshold);
    line(needed, &pair.link_threshold.to_string(), &shown);
}

fn shorten(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_string();
    }
    let mut short: String = text.chars().take(length - 1).collect();
    short.push('…');
    short
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
    }
}
