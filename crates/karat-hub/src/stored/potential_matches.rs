//! The list of potential matches.

use karat_model::evidence::Weight;
use karat_model::partition::HoldReason;
use karat_store::{PotentialMatchRow, Reader, RowNo, StoredPotentialMatch, StoredSource};

use super::StoredHub;
use crate::error::Error;
use crate::view::{Cursor, PotentialMatchPage, PotentialMatchPair};

impl StoredHub {
    pub(super) fn read_potential_matches(
        &self,
        reader: &dyn Reader,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<PotentialMatchPage, Error> {
        let place = after.and_then(read_cursor);
        let before = place.as_ref().map_or(0, |(before, _)| *before);
        let found = reader.potential_matches(place.map(|(_, row)| row), limit)?;
        let total = reader.potential_match_count()?;
        let reached = before + found.len() as u64;
        let last = found.last().map(|found| found.pair.clone()).filter(|_| reached < total);
        let sources = reader.sources()?;
        let mut pairs = Vec::with_capacity(found.len());
        for found in found {
            pairs.extend(self.pair(reader, &sources, found)?);
        }
        let next = last.map(|row| write_cursor(reached, row));
        Ok(PotentialMatchPage { pairs, before, total, next })
    }

    fn pair(
        &self,
        reader: &dyn Reader,
        sources: &[StoredSource],
        found: StoredPotentialMatch,
    ) -> Result<Option<PotentialMatchPair>, Error> {
        let Some((left, right)) = found.left_entity.zip(found.right_entity) else {
            return Ok(None);
        };
        let (Some(left), Some(right)) =
            (self.summary_of(reader, left)?, self.summary_of(reader, right)?)
        else {
            return Ok(None);
        };
        let pair = self.explained(reader, sources, left.entity_type, &found.left, &found.right)?;
        let held = self.hold_reason(found.pair.held.as_deref());
        Ok(pair.map(|pair| PotentialMatchPair { left, right, pair, held }))
    }

    /// The reason with this name, if the hub still knows its attribute.
    pub(super) fn hold_reason(&self, name: Option<&str>) -> Option<HoldReason> {
        HoldReason::from_name(name?, &self.model.attributes)
    }
}

/// Where a page ended: how many came before, the weight and the two record numbers.
pub(super) fn write_cursor(before: u64, row: PotentialMatchRow) -> Cursor {
    Cursor(format!("{before}.{}.{}.{}", row.weight.0, row.left.0, row.right.0))
}

pub(super) fn read_cursor(cursor: &Cursor) -> Option<(u64, PotentialMatchRow)> {
    let mut parts = cursor.0.split('.');
    let before = parts.next()?.parse().ok()?;
    let weight = Weight(parts.next()?.parse().ok()?);
    let left = RowNo(parts.next()?.parse().ok()?);
    let right = RowNo(parts.next()?.parse().ok()?);
    Some((before, PotentialMatchRow { weight, left, right, held: None }))
}
