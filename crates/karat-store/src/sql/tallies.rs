//! Tallies and measures: see `tally.rs`.

use std::collections::BTreeMap;

use karat_model::attribute::EntityType;
use karat_model::record::Moment;

use super::Value::{Integer, Text};
use super::buckets::{Buckets, entries_of};
use super::{Query, Value, Write, rules};
use crate::error::{Error, Result};
use crate::number::{AttributeNo, LoadNo, MeasureNo, RuleNo, SourceNo};
use crate::search::BucketRow;
use crate::tally::{self, Measure, TallyRow, VerdictCounts};

/// Says which tallies there are now.
pub fn put(write: &impl Write, tallies: &[TallyRow]) -> Result<()> {
    let rows: Vec<BucketRow> = by_bucket(tallies)
        .into_iter()
        .map(|(bucket, tallies)| (bucket, tally::encode(&tally::added(&[], &tallies))))
        .filter(|(_, entries)| !entries.is_empty())
        .collect();
    Buckets::TallyNow.replace(write, rows.into_iter())
}

/// Adds to the tallies.
pub fn add(write: &impl Write, differences: &[TallyRow]) -> Result<()> {
    let differences = by_bucket(differences);
    let buckets: Vec<u64> = differences.keys().copied().collect();
    let mut known = Buckets::TallyNow.read(write, &buckets)?;
    known.sort_unstable();
    let (mut put, mut gone) = (Vec::new(), Vec::new());
    for (bucket, differences) in differences {
        let stored = entries_of(&known, bucket);
        let sum = tally::encode(&tally::added(&decode(bucket, stored)?, &differences));
        match (sum.is_empty(), sum == stored) {
            (_, true) => {}
            (true, _) => gone.push(bucket),
            (false, _) => put.push((bucket, sum)),
        }
    }
    Buckets::TallyNow.put(write, &put)?;
    if gone.is_empty() { Ok(()) } else { Buckets::TallyNow.remove(write, &gone) }
}

/// Tallies by bucket, in order.
fn by_bucket(tallies: &[TallyRow]) -> BTreeMap<u64, Vec<TallyRow>> {
    let mut sorted = tallies.to_vec();
    // The order of two for one place stays: the last says how much it counts.
    sorted.sort_by_key(TallyRow::place);
    let mut buckets: BTreeMap<u64, Vec<TallyRow>> = BTreeMap::new();
    for tally in sorted {
        buckets.entry(tally::bucket(&tally)).or_default().push(tally);
    }
    buckets
}

fn decode(bucket: u64, stored: &[u8]) -> Result<Vec<TallyRow>> {
    tally::decode(bucket, stored).ok_or(Error::Damaged { what: "tally_now", number: bucket })
}

/// The tallies as they are now, in order.
pub fn now(query: &impl Query) -> Result<Vec<TallyRow>> {
    let mut tallies = Vec::new();
    Buckets::TallyNow.visit(query, &mut |bucket, stored| {
        tallies.append(&mut decode(bucket, stored)?);
        Ok(())
    })?;
    Ok(tallies)
}

/// Keeps the tallies there are now as a measure.
pub fn keep(
    write: &impl Write,
    load: LoadNo,
    at: i64,
    as_of_day: i64,
    release: Option<u64>,
    reason: &str,
) -> Result<MeasureNo> {
    let no = write.number("SELECT coalesce(max(measure_no), 0) + 1 FROM measure", &[])?;
    let insert = "
        INSERT INTO measure (measure_no, load_no, at, as_of_day, release_no, reason)
        VALUES ($1, $2, $3, $4, $5, $6)";
    let release = Value::of(release.map(|release| release as i64));
    let (load, as_of_day) = (Integer(load.0 as i64), Integer(as_of_day));
    write.execute(insert, &[Integer(no), load, Integer(at), as_of_day, release, Text(reason)])?;
    for tally in now(write)? {
        let insert = "
            INSERT INTO tally (measure_no, source_no, entity_type, rule_no, attribute_no, dimension,
                weight, criticality, passes, fails, not_applicable, unverified, errors)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        let number = |number: u64| Integer(number as i64);
        let mut values = vec![
            Integer(no),
            number(tally.source.map_or(0, |source| source.0)),
            Text(tally.entity_type.map_or("", EntityType::name)),
            number(tally.rule.0),
            number(tally.attribute.map_or(0, |attribute| attribute.0)),
            Text(tally.dimension.name()),
            number(tally.weight.into()),
            number(tally.criticality.into()),
        ];
        values.extend(tally.counts.all().map(Integer));
        write.execute(insert, &values)?;
    }
    Ok(MeasureNo(no as u64))
}

/// The tallies of a measure, in order.
pub fn of_measure(query: &impl Query, measure: MeasureNo) -> Result<Vec<TallyRow>> {
    let select = "
        SELECT source_no, entity_type, rule_no, attribute_no, dimension, weight, criticality,
            passes, fails, not_applicable, unverified, errors
        FROM tally WHERE measure_no = $1";
    let mut tallies = query.all(select, &[Integer(measure.0 as i64)], |row| {
        let damaged = || Error::Damaged { what: "measure", number: measure.0 };
        let entity_type = match &*row.text(1)? {
            "" => None,
            name => Some(EntityType::from_name(name).ok_or_else(damaged)?),
        };
        let number =
            |column| Ok::<_, Error>(Some(row.integer(column)? as u64).filter(|&of| of > 0));
        Ok(TallyRow {
            entity_type,
            source: number(0)?.map(SourceNo),
            rule: RuleNo(row.integer(2)? as u64),
            attribute: number(3)?.map(AttributeNo),
            dimension: rules::dimension_named(&row.text(4)?).ok_or_else(damaged)?,
            weight: row.integer(5)?.try_into().map_err(|_| damaged())?,
            criticality: row.integer(6)?.try_into().map_err(|_| damaged())?,
            counts: VerdictCounts {
                pass: row.integer(7)?,
                fail: row.integer(8)?,
                not_applicable: row.integer(9)?,
                unverified: row.integer(10)?,
                error: row.integer(11)?,
            },
        })
    })?;
    tallies.sort_unstable_by_key(TallyRow::place);
    Ok(tallies)
}

/// The measures that were kept, in order.
pub fn measures(query: &impl Query) -> Result<Vec<Measure>> {
    let select = "
        SELECT measure_no, load_no, at, as_of_day, release_no, reason FROM measure
        ORDER BY measure_no";
    query.all(select, &[], |row| {
        Ok(Measure {
            no: MeasureNo(row.integer(0)? as u64),
            load: LoadNo(row.integer(1)? as u64),
            at: Moment(row.integer(2)?),
            as_of_day: row.integer(3)?,
            release: row.integer_or_null(4)?.map(|release| release as u64),
            reason: row.text(5)?.into_owned(),
        })
    })
}
