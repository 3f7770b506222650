//! Labels: what people said of pairs of records, read from files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use karat_model::evidence::Verdict;
use karat_model::record::Payload;

use super::rows::{Rows, value};
use crate::error::Error;

/// Both records of a pair, each a source and an id, in order.
pub(crate) type PairKey = [(String, String); 2];

/// What people said of pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PairLabels {
    said: BTreeMap<PairKey, BTreeSet<Verdict>>,
}

impl PairLabels {
    /// Reads a file with the columns `left_source`, `left_id`, `right_source`, `right_id` and
    /// `label`: same, different or unsure; rows without a label are passed over.
    pub fn read(path: &Path) -> Result<PairLabels, Error> {
        let rows = Rows::read(path)?;
        let label = rows.need("label")?;
        let ends = Ends::find(&rows)?;
        let mut labels = PairLabels::default();
        for row in rows.iter() {
            let Some((key, said)) = ends.key(row).zip(value(row, label)) else { continue };
            let said = match said.to_ascii_lowercase().as_str() {
                "same" => Verdict::Same,
                "different" => Verdict::Different,
                "unsure" => Verdict::Unsure,
                _ => return Err(Error::UnknownLabel { path: path.into() }),
            };
            labels.said.entry(key).or_default().insert(said);
        }
        if labels.said.is_empty() {
            return Err(Error::NoLabels { path: path.into() });
        }
        Ok(labels)
    }

    /// Adds the labels of another file.
    pub fn merge(&mut self, other: PairLabels) {
        for (key, said) in other.said {
            self.said.entry(key).or_default().extend(said);
        }
    }

    /// All pairs of which somebody said something, in order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&PairKey, Said)> {
        self.said.iter().map(|(key, said)| (key, Said::of(said)))
    }

    /// How many pairs were said to be so.
    pub(crate) fn count(&self, wanted: Said) -> u64 {
        self.pairs().filter(|(_, said)| *said == wanted).count() as u64
    }
}

/// What was said of a pair, all in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// One customer, and nothing else.
    Same,
    /// Different customers, and nothing else.
    Different,
    /// Somebody was unsure.
    Unsure,
    /// Both the one and the other.
    Contradicted,
}

impl Said {
    /// Whether the pair is one customer, where that was said and nothing else.
    pub fn is_same(self) -> Option<bool> {
        match self {
            Said::Same => Some(true),
            Said::Different => Some(false),
            Said::Unsure | Said::Contradicted => None,
        }
    }

    fn of(said: &BTreeSet<Verdict>) -> Said {
        let has = |verdict| said.contains(&verdict);
        match (has(Verdict::Unsure), has(Verdict::Same), has(Verdict::Different)) {
            (true, _, _) => Said::Unsure,
            (_, true, true) => Said::Contradicted,
            (_, true, false) => Said::Same,
            (_, false, _) => Said::Different,
        }
    }
}

/// The columns of the two records of a pair.
pub(super) struct Ends([(u16, u16); 2]);

impl Ends {
    pub fn find(rows: &Rows) -> Result<Ends, Error> {
        let end = |side: &str| -> Result<(u16, u16), Error> {
            Ok((rows.need(&format!("{side}_source"))?, rows.need(&format!("{side}_id"))?))
        };
        Ok(Ends([end("left")?, end("right")?]))
    }

    /// The pair of a row, whichever record stands left.
    pub fn key(&self, row: &Payload) -> Option<PairKey> {
        let end = |(source, id): (u16, u16)| {
            Some((value(row, source)?.to_string(), value(row, id)?.to_string()))
        };
        let mut key = [end(self.0[0])?, end(self.0[1])?];
        key.sort();
        Some(key)
    }
}
