//! Why, or why not: any two records, down to blocking.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::view::{Comparison, ComparisonLookup, CutView, RecordDetail, Standing};
use karat_model::attribute::AttributeSet;
use karat_model::evidence::{Found, PairExplanation, Verdict};
use karat_model::id::RecordKey;

use super::customer::RecordTable;
use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::chart::Waterfall;
use crate::locale::Locale;
use crate::reasons::{changes, held_because, out_of_scope};

#[derive(Template)]
#[template(path = "console/compare/template.html")]
struct ComparePage {
    page: Page,
    /// The keys as they were typed.
    left: String,
    right: String,
    outcome: Outcome,
}

enum Outcome {
    /// Nothing was asked yet.
    Unasked,
    /// This is no record key.
    Unreadable(String),
    /// What the hub says.
    Answered(ComparisonLookup),
}

/// Shows why two records are, or are not, the same customer.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let [left, right] = ["left", "right"].map(|side| visit.parameter(side).map(str::to_string));
    let outcome = match (&left, &right) {
        (Some(left), Some(right)) => match (left.parse(), right.parse()) {
            (Err(_), _) => Outcome::Unreadable(left.clone()),
            (_, Err(_)) => Outcome::Unreadable(right.clone()),
            (Ok(left), Ok(right)) => answer(&console, &visit, left, right).await?,
        },
        _ => Outcome::Unasked,
    };
    Ok(render(ComparePage {
        page: Page::new(&visit, Section::Compare),
        left: left.unwrap_or_default(),
        right: right.unwrap_or_default(),
        outcome,
    }))
}

async fn answer(
    console: &Console,
    visit: &Visit,
    left: RecordKey,
    right: RecordKey,
) -> Result<Outcome, Problem> {
    let lookup = console.ask(visit, move |hub| hub.compare(&left, &right)).await?;
    Ok(Outcome::Answered(lookup))
}

impl ComparePage {
    fn waterfall<'a>(&self, pair: &'a PairExplanation) -> Waterfall<'a> {
        Waterfall::of(pair, self.page.text, |text, evidence, values| {
            text.compared(evidence, values)
        })
    }

    fn record_table<'a>(&'a self, record: &'a RecordDetail) -> RecordTable<'a> {
        RecordTable { page: &self.page, record }
    }

    fn verdict(&self, comparison: &Comparison) -> [String; 2] {
        verdict(self.page.text, self.page.attributes(), comparison)
    }

    /// The chain from left to right, when they are not linked to each other themselves.
    fn chain<'a>(&self, comparison: &'a Comparison) -> &'a [PairExplanation] {
        match &comparison.standing {
            Standing::Together { chain, .. } if chain.len() > 1 => chain,
            _ => &[],
        }
    }

    /// The weakest pair of the chain.
    fn bottleneck<'a>(&self, chain: &'a [PairExplanation]) -> Option<&'a PairExplanation> {
        chain.iter().min_by_key(|pair| pair.total)
    }

    /// Where the customer that both are would break first.
    fn weakest_cut<'a>(&self, comparison: &'a Comparison) -> Option<&'a CutView> {
        match &comparison.standing {
            Standing::Together { weakest_cut, .. } => weakest_cut.as_ref(),
            Standing::Apart { .. } => None,
        }
    }

    /// On which sides of a cut the two records are.
    fn cut_between(&self, comparison: &Comparison, cut: &CutView) -> bool {
        let [left, right] = [&comparison.left, &comparison.right]
            .map(|side| cut.left.contains(&side.detail.record.key));
        left != right
    }

    fn changes(&self, comparison: &Comparison) -> Vec<String> {
        changes(&comparison.explanation, self.page.text)
    }

    fn is_found(&self, found: &Found) -> bool {
        *found == Found::SameKey
    }
}

/// Where two records stand, in a sentence, and what brought them there.
fn verdict(text: Locale, attributes: &AttributeSet, comparison: &Comparison) -> [String; 2] {
    let together = matches!(comparison.standing, Standing::Together { .. });
    if let Standing::Apart { held: Some(reason), .. } = comparison.standing {
        let standing = text
            .say("These two are two customers, for now.", "Deze twee zijn voorlopig twee klanten.");
        return [standing.into(), held_because(reason, attributes, text)];
    }
    let is_candidate = comparison.explanation.is_candidate();
    let weighed = comparison.explanation.verdict();
    let standing = if together {
        text.say("These two are one customer.", "Deze twee zijn één klant.")
    } else {
        text.say("These two are two customers.", "Deze twee zijn twee klanten.")
    };
    let because = match (comparison.decision, together, weighed, is_candidate) {
        (Some(Verdict::Same), true, ..) => {
            text.say("A steward decided so.", "Dat heeft een datasteward beslist.")
        }
        (Some(Verdict::Different), false, ..) => {
            text.say("A steward decided so.", "Dat heeft een datasteward beslist.")
        }
        (_, false, ..) if comparison.explanation.out_of_scope.is_some() => {
            let scope = comparison.explanation.out_of_scope;
            scope.map_or("", |scope| out_of_scope(scope, text))
        }
        (_, true, Verdict::Same, true) => text.say(
            "What they have in common outweighs what is different.",
            "Wat ze gemeen hebben weegt zwaarder dan wat verschilt.",
        ),
        (_, true, ..) => text.say(
            "Not by this pair alone: other records of the customer connect them.",
            "Niet door dit paar alleen: andere records van de klant verbinden ze.",
        ),
        (_, false, Verdict::Same, true) => text.say(
            "The weight is enough, but other records of the two customers contradict it: as one customer they would not hold together.",
            "Het gewicht is voldoende, maar andere records van de twee klanten spreken het tegen: als één klant zouden ze niet bij elkaar passen.",
        ),
        (_, false, Verdict::Same, false) => text.say(
            "The weight would be enough, but no blocking rule brought them together, so they were never compared.",
            "Het gewicht zou voldoende zijn, maar geen blokregel bracht ze bij elkaar, dus ze zijn nooit vergeleken.",
        ),
        (_, false, Verdict::Unsure, true) => text.say(
            "They are a potential match: too much alike to ignore, too little to link.",
            "Ze zijn mogelijk dezelfde: te gelijk om te negeren, te verschillend om te koppelen.",
        ),
        (_, false, Verdict::Unsure, false) => text.say(
            "They would be a potential match, but no blocking rule brought them together.",
            "Ze zouden mogelijk dezelfde zijn, maar geen blokregel bracht ze bij elkaar.",
        ),
        (_, false, Verdict::Different, _) => text.say(
            "What is different outweighs what they have in common.",
            "Wat verschilt weegt zwaarder dan wat ze gemeen hebben.",
        ),
    };
    let against = match comparison.standing {
        Standing::Apart { votes: Some(votes), .. } if is_candidate => format!(
            " {} {} bits.",
            text.say(
                "All pairs of records of the two customers together vote",
                "Alle paren van records van de twee klanten samen stemmen",
            ),
            text.bits(votes)
        ),
        _ => String::new(),
    };
    [standing.into(), format!("{because}{against}")]
}
