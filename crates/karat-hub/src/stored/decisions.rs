//! The journal of decisions, with what counts.

use karat_model::decision::{DecisionNo, Standing};
use karat_store::{JournaledDecision, Reader};

use super::StoredHub;
use crate::error::Error;
use crate::view::{DecisionPage, DecisionView};

impl StoredHub {
    pub(super) fn read_decisions(
        &self,
        reader: &dyn Reader,
        before: Option<DecisionNo>,
        limit: usize,
    ) -> Result<DecisionPage, Error> {
        // One more tells whether there is another page.
        let mut decisions = judged(reader.decisions_page(before, limit.saturating_add(1))?);
        decisions.retain(|view| before.is_none_or(|before| view.decision.no < before));
        decisions.reverse();
        let is_cut = decisions.len() > limit;
        decisions.truncate(limit);
        let next = decisions.last().map(|view| view.decision.no).filter(|_| is_cut);
        Ok(DecisionPage { decisions, next })
    }

    pub(super) fn read_decision(
        &self,
        reader: &dyn Reader,
        no: DecisionNo,
    ) -> Result<Option<DecisionView>, Error> {
        let before = no.0.checked_add(1).map(DecisionNo);
        let decisions = judged(reader.decisions_page(before, 1)?);
        Ok(decisions.into_iter().find(|view| view.decision.no == no))
    }
}

/// Decisions, the first one first, each with the one because of which it does not count.
///
/// They are the last of the journal, as many as there are: decisions are taken from the last to the
/// first, so whether one counts hangs on later ones alone.
pub(super) fn judged(journal: Vec<JournaledDecision>) -> Vec<DecisionView> {
    let counting = journal.iter().filter(|entry| entry.undone.is_none());
    let standing = Standing::of(counting.map(|entry| &entry.decision));
    let by = |no| standing.overruled.iter().find(|overruled| overruled.no == no).map(|it| it.by);
    let view = |entry: JournaledDecision| DecisionView {
        overruled_by: by(entry.decision.no),
        decision: entry.decision,
        undone: entry.undone,
    };
    journal.into_iter().map(view).collect()
}
