//! The journal of decisions, with what counts.

use karat_model::decision::{DecisionNo, Standing};
use karat_store::Reader;

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
        let mut decisions = judged(reader)?;
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
        Ok(judged(reader)?.into_iter().find(|view| view.decision.no == no))
    }
}

/// All decisions, the first one first, each with the one because of which it does not count.
pub(super) fn judged(reader: &dyn Reader) -> Result<Vec<DecisionView>, Error> {
    let journal = reader.decisions()?;
    let counting = journal.iter().filter(|entry| entry.undone.is_none());
    let standing = Standing::of(counting.map(|entry| &entry.decision));
    let by = |no| standing.overruled.iter().find(|overruled| overruled.no == no).map(|it| it.by);
    let view = |entry: karat_store::JournaledDecision| DecisionView {
        overruled_by: by(entry.decision.no),
        decision: entry.decision,
        undone: entry.undone,
    };
    Ok(journal.into_iter().map(view).collect())
}
