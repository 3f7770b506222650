//! What waits for a steward: potential matches and holds.

use std::borrow::Cow;

use karat_model::evidence::Weight;
use rustc_hash::FxHashSet;

use super::Value::{self, Integer, Text};
use super::look_up::by_rows;
use super::{Row, Write};
use crate::error::Result;
use crate::number::RowNo;
use crate::potential_match::{Difference, PotentialMatchRow, difference};

/// Says which potential matches these records have now; those of other records stay.
pub fn replace_potential_matches_of(
    write: &impl Write,
    records: &[RowNo],
    pairs: &[PotentialMatchRow],
) -> Result<()> {
    let select = "
        SELECT left_record_no, right_record_no, weight, held FROM potential_match
        WHERE left_record_no = ANY($1) OR right_record_no = ANY($1)";
    let mut known = Vec::new();
    let mut touched = records.to_vec();
    touched.extend(pairs.iter().flat_map(|pair| [pair.left, pair.right]));
    touched.sort_unstable();
    touched.dedup();
    by_rows(write, select, &touched, &mut |row| {
        known.push(potential_match(row)?);
        Ok(())
    })?;
    let mut records = records.to_vec();
    records.sort_unstable();
    let given: FxHashSet<_> = pairs.iter().map(|pair| (pair.left, pair.right)).collect();
    let is_given = |pair: &PotentialMatchRow| given.contains(&(pair.left, pair.right));
    let is_of_records = |pair: &PotentialMatchRow| {
        [pair.left, pair.right].iter().any(|record| records.binary_search(record).is_ok())
    };
    known.retain(|pair| is_of_records(pair) || is_given(pair));
    known.sort_unstable_by_key(|pair| (pair.left, pair.right));
    let Difference { gone, put } = difference(known, pairs);
    for PotentialMatchRow { left, right, .. } in gone {
        let delete = "
            DELETE FROM potential_match WHERE left_record_no = $1 AND right_record_no = $2";
        write.execute(delete, &[Integer(left.0 as i64), Integer(right.0 as i64)])?;
    }
    for PotentialMatchRow { left, right, weight, held } in put {
        let insert = "
            INSERT INTO potential_match (left_record_no, right_record_no, weight, held)
            VALUES ($1, $2, $3, $4)";
        let held = held.as_deref().map_or(Value::Null, Text);
        let weight = Integer(i64::from(weight.0));
        write.execute(insert, &[Integer(left.0 as i64), Integer(right.0 as i64), weight, held])?;
    }
    Ok(())
}

/// A row of `left_record_no, right_record_no, weight, held`.
pub fn potential_match(row: &dyn Row) -> Result<PotentialMatchRow> {
    Ok(PotentialMatchRow {
        left: RowNo(row.integer(0)? as u64),
        right: RowNo(row.integer(1)? as u64),
        weight: Weight(row.integer(2)? as i32),
        held: row.text_or_null(3)?.map(Cow::into_owned),
    })
}
