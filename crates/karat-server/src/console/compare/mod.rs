//! Why, or why not: any two records, down to blocking.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use karat_hub::view::{Comparison, ComparisonLookup, CutView, RecordDetail, Standing};
use karat_model::evidence::{Found, PairExplanation};
use karat_model::id::RecordKey;

use super::customer::RecordTable;
use super::page::{Page, Section, render};
use super::{Console, Problem, Visit};
use crate::chart::Waterfall;
use crate::reasons::{changes, standing};

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
        standing(comparison, self.page.attributes(), self.page.text)
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
