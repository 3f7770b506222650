//! Filing findings: those that are new are opened, those that are there no more are closed.
//!
//! ```text
//! open          a   b   c        d          in order of subject, rule and place
//! wanted        a   b'      c'   d   e      b' has another value, c' another place
//!                   │   │   │        │
//!               close, open  ...   open
//! ```

use std::borrow::Cow;
use std::sync::Arc;

use karat_model::finding::{
    Closed, ClosedBecause, FiledFinding, FindingNo, RuleName, RuleVersion, Subject, ValueDigest,
};
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::Moment;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Value::{self, Integer, Integers, Text};
use super::look_up::by_numbers;
use super::{Query, Row, Write, rules};
use crate::delivery::column_names;
use crate::error::{Error, Result};
use crate::finding_row::{FindingChanges, FindingFilter, FindingRow, Place};
use crate::number::{AttributeNo, RowNo, RuleNo, SourceNo};
use crate::subject::SubjectNo;

/// How many findings are opened at a time.
const OPENED_AT_A_TIME: usize = 16_384;

/// An open finding, as it is stored: subject, rule and place; value and record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Open {
    key: (u64, u64, i64),
    value: Option<i64>,
    record: Option<i64>,
}

impl Open {
    fn of(row: &FindingRow) -> Open {
        Open {
            key: (row.subject.code(), row.rule.0, row.place.code()),
            value: row.value.map(|value| value.0 as i64),
            record: row.record.map(|record| record.0 as i64),
        }
    }
}

/// An open finding with its number.
struct Known {
    no: i64,
    open: Open,
}

macro_rules! select_open {
    ($rest:literal) => {
        concat!(
            "SELECT finding_no, subject, rule_no, place, value_digest, record_no FROM finding
             WHERE closed_at IS NULL ",
            $rest
        )
    };
}

const SELECT_ALL_OPEN: &str = select_open!("ORDER BY subject, rule_no, place");

fn known(row: &dyn Row) -> Result<Known> {
    let key = (row.integer(1)? as u64, row.integer(2)? as u64, row.integer(3)?);
    let [value, record] = [row.integer_or_null(4)?, row.integer_or_null(5)?];
    Ok(Known { no: row.integer(0)?, open: Open { key, value, record } })
}

/// Says which findings there are now.
pub fn replace(write: &impl Write, at: i64, findings: Vec<FindingRow>) -> Result<FindingChanges> {
    let wanted: Vec<Open> = findings.iter().map(Open::of).collect();
    drop(findings);
    let mut difference = Difference::to(wanted);
    write.many(SELECT_ALL_OPEN, &[], &mut |row| {
        difference.meet(known(row)?);
        Ok(())
    })?;
    difference.write(write, at)
}

/// Says which findings these subjects have now.
pub fn replace_of(
    write: &impl Write,
    at: i64,
    subjects: &[SubjectNo],
    findings: &[FindingRow],
) -> Result<FindingChanges> {
    let mut subjects: Vec<u64> = subjects.iter().map(|subject| subject.code()).collect();
    subjects.extend(findings.iter().map(|row| row.subject.code()));
    subjects.sort_unstable();
    subjects.dedup();
    let mut open: Vec<Known> = Vec::new();
    by_numbers(write, select_open!("AND subject = ANY($1)"), subjects, &mut |row| {
        open.push(known(row)?);
        Ok(())
    })?;
    open.sort_unstable_by_key(|known| known.open.key);
    let mut difference = Difference::to(findings.iter().map(Open::of).collect());
    open.into_iter().for_each(|known| difference.meet(known));
    difference.write(write, at)
}

/// What is to be written so that the open findings are as wanted.
struct Difference {
    /// All that should be open, in order.
    wanted: Vec<Open>,
    /// How many of them come before what was met last.
    passed: usize,
    /// Which of them are open already.
    is_open: Vec<bool>,
    /// Open ones that should not be, and whether another value fails there.
    closing: Vec<(Known, bool)>,
    /// Open ones that another record says now.
    moved: Vec<(i64, Option<i64>)>,
}

impl Difference {
    fn to(mut wanted: Vec<Open>) -> Difference {
        wanted.sort_unstable();
        wanted.dedup_by_key(|open| open.key);
        let is_open = vec![false; wanted.len()];
        Difference { wanted, passed: 0, is_open, closing: Vec::new(), moved: Vec::new() }
    }

    /// Takes in the next open finding.
    fn meet(&mut self, known: Known) {
        let key = known.open.key;
        while self.wanted.get(self.passed).is_some_and(|wanted| wanted.key < key) {
            self.passed += 1;
        }
        match self.wanted.get(self.passed).filter(|wanted| wanted.key == key) {
            Some(wanted) if wanted.value == known.open.value => {
                self.is_open[self.passed] = true;
                if wanted.record != known.open.record {
                    self.moved.push((known.no, wanted.record));
                }
            }
            Some(_) => self.closing.push((known, true)),
            None => self.closing.push((known, false)),
        }
    }

    fn write(self, write: &impl Write, at: i64) -> Result<FindingChanges> {
        let closed = self.closing.len() as u64;
        close(write, at, self.closing)?;
        for (no, record) in self.moved {
            let update = "UPDATE finding SET record_no = $1 WHERE finding_no = $2";
            write.execute(update, &[Value::of(record), Integer(no)])?;
        }
        let opening = self.wanted.into_iter().zip(self.is_open);
        let opened =
            open(write, at, opening.filter(|(_, is_open)| !is_open).map(|(open, _)| open))?;
        Ok(FindingChanges { opened, closed })
    }
}

/// Opens findings; says how many there were.
fn open(write: &impl Write, at: i64, opening: impl Iterator<Item = Open>) -> Result<u64> {
    let mut opening = opening.peekable();
    if opening.peek().is_none() {
        return Ok(0);
    }
    let into = "finding (finding_no, subject, rule_no, version, place, value_digest, record_no,
        opened_at)";
    let versions = rules::versions(write)?;
    let first = write.number("SELECT coalesce(max(finding_no), 0) + 1 FROM finding", &[])?;
    let mut next = first;
    let mut rows = Vec::new();
    while let Some(Open { key: (subject, rule, place), value, record }) = opening.next() {
        let version = versions.get(&rule).copied().flatten();
        let version = version.ok_or(Error::UnknownRule(RuleNo(rule)))?;
        let [no, rule, subject] = [next, rule as i64, subject as i64].map(Some);
        rows.push([no, subject, rule, Some(version), Some(place), value, record, Some(at)]);
        next += 1;
        if rows.len() == OPENED_AT_A_TIME || opening.peek().is_none() {
            write.add_numbers(into, &rows)?;
            rows.clear();
        }
    }
    Ok((next - first) as u64)
}

/// Closes findings, each with whether another value fails there.
fn close(write: &impl Write, at: i64, closing: Vec<(Known, bool)>) -> Result<()> {
    if closing.is_empty() {
        return Ok(());
    }
    let versions = rules::versions(write)?;
    let gone = gone_subjects(write, closing.iter().map(|(known, _)| known.open.key.0))?;
    let mut by_reason: [(ClosedBecause, Vec<i64>); 4] =
        ClosedBecause::ALL.map(|because| (because, Vec::new()));
    for (Known { no, open: Open { key: (subject, rule, _), .. } }, is_replaced) in closing {
        let is_rule_gone = versions.get(&rule).copied().flatten().is_none();
        let because = match (is_replaced, is_rule_gone, gone.contains(&subject)) {
            (true, _, _) => ClosedBecause::ValueChanged,
            (_, true, _) => ClosedBecause::RuleGone,
            (_, _, true) => ClosedBecause::SubjectGone,
            _ => ClosedBecause::Passes,
        };
        let (_, of_reason) =
            by_reason.iter_mut().find(|(of, _)| *of == because).expect("all reasons are there");
        of_reason.push(no);
    }
    let update = "
        UPDATE finding SET closed_at = $1, closed_because = $2 WHERE finding_no = ANY($3)";
    for (because, of_reason) in by_reason.iter().filter(|(_, of_reason)| !of_reason.is_empty()) {
        let values = [Integer(at), Text(because.name()), Integers(of_reason)];
        write.execute(update, &values)?;
    }
    Ok(())
}

/// Those of these subjects that are no more: records that were deleted, customers that are none.
fn gone_subjects(
    query: &impl Query,
    subjects: impl Iterator<Item = u64>,
) -> Result<FxHashSet<u64>> {
    let mut subjects: Vec<u64> = subjects.collect();
    subjects.dedup();
    let (mut records, mut customers) = (Vec::new(), FxHashMap::default());
    for subject in subjects {
        match SubjectNo::from_code(subject) {
            Some(SubjectNo::Record(row)) => records.push(row.0),
            Some(SubjectNo::Customer(id)) => drop(customers.insert(id.as_u64(), subject)),
            _ => {}
        }
    }
    let mut gone = FxHashSet::default();
    let select = "SELECT record_no FROM record WHERE digest IS NULL AND record_no = ANY($1)";
    by_numbers(query, select, records, &mut |row| {
        gone.insert(row.integer(0)? as u64);
        Ok(())
    })?;
    let ids: Vec<u64> = customers.keys().copied().collect();
    let select = "SELECT entity_id FROM entity WHERE entity_id = ANY($1)";
    by_numbers(query, select, ids, &mut |row| {
        customers.remove(&(row.integer(0)? as u64));
        Ok(())
    })?;
    gone.extend(customers.into_values());
    Ok(gone)
}

macro_rules! select_findings {
    ($rest:literal) => {
        concat!(
            "SELECT finding_no, rule.name, finding.version, subject, place, value_digest, opened_at,
                 closed_at, closed_because, source_no, source_id
             FROM finding JOIN rule ON rule.rule_no = finding.rule_no
             LEFT JOIN record ON record.record_no = coalesce(finding.record_no, finding.subject) ",
            $rest
        )
    };
}

/// The finding with this number.
pub fn one(query: &impl Query, no: FindingNo) -> Result<Option<FiledFinding>> {
    let select = select_findings!("WHERE finding_no = $1");
    Ok(read(query, select, &[Integer(no.0 as i64)])?.pop())
}

/// The findings that follow a place.
pub fn some(
    query: &impl Query,
    filter: &FindingFilter,
    after: FindingNo,
    limit: usize,
) -> Result<Vec<FiledFinding>> {
    let FindingFilter { rule, source, is_open, since, of_customers } = filter;
    let mut select = select_findings!("WHERE finding_no > $1").to_string();
    let mut values = vec![Integer(after.0 as i64)];
    if let Some(rule) = rule {
        let numbered = "SELECT rule_no FROM rule WHERE name = $1";
        let Some(no) = query.first(numbered, &[Text(rule.as_str())], |row| row.integer(0))? else {
            return Ok(Vec::new());
        };
        values.push(Integer(no));
        select += &format!(" AND finding.rule_no = ${}", values.len());
    }
    if let Some(source) = source {
        values.push(Integer(source.0 as i64));
        let place = values.len();
        values.push(Integer(SubjectNo::Source(*source).code() as i64));
        select += &format!(" AND (record.source_no = ${place} OR subject = ${})", place + 1);
    }
    select += match is_open {
        None => "",
        Some(true) => " AND closed_at IS NULL",
        Some(false) => " AND closed_at IS NOT NULL",
    };
    if let Some(since) = since {
        values.push(Integer(since.0));
        let place = values.len();
        values.push(Integer(since.0));
        select += &format!(" AND (opened_at >= ${place} OR closed_at >= ${})", place + 1);
    }
    if let Some(of_customers) = of_customers {
        let [from, before] = SubjectNo::codes_of(*of_customers);
        values.push(Integer(from as i64));
        let place = values.len();
        values.push(Integer(before as i64));
        select += &format!(" AND subject >= ${place} AND subject < ${}", place + 1);
    }
    values.push(Integer(limit as i64));
    select += &format!(" ORDER BY finding_no LIMIT ${}", values.len());
    read(query, &select, &values)
}

/// The findings that follow a place and about which people did something.
pub fn stepped(query: &impl Query, after: FindingNo, limit: usize) -> Result<Vec<FiledFinding>> {
    let select = select_findings!(
        "WHERE finding_no IN (
             SELECT DISTINCT finding_no FROM finding_step WHERE finding_no > $1
             ORDER BY finding_no LIMIT $2)
         ORDER BY finding_no"
    );
    read(query, select, &[Integer(after.0 as i64), Integer(limit as i64)])
}

/// The findings of some subjects, open and closed.
pub fn of_subjects(query: &impl Query, subjects: &[SubjectNo]) -> Result<Vec<FiledFinding>> {
    let open = select_findings!("WHERE closed_at IS NULL AND subject = ANY($1)");
    let closed = select_findings!("WHERE closed_at IS NOT NULL AND subject = ANY($1)");
    let codes: Vec<i64> = subjects.iter().map(|subject| subject.code() as i64).collect();
    let mut found = read(query, open, &[Integers(&codes)])?;
    found.append(&mut read(query, closed, &[Integers(&codes)])?);
    found.sort_unstable_by_key(|finding| finding.no);
    Ok(found)
}

/// Visits the open findings, in order.
pub fn visit_open(
    query: &impl Query,
    visit: &mut dyn FnMut(FindingRow) -> Result<()>,
) -> Result<()> {
    query.many(SELECT_ALL_OPEN, &[], &mut |row| {
        let Known { no, open: Open { key: (subject, rule, place), value, record } } = known(row)?;
        let damaged = || Error::Damaged { what: "finding", number: no as u64 };
        visit(FindingRow {
            subject: SubjectNo::from_code(subject).ok_or_else(damaged)?,
            rule: RuleNo(rule),
            place: Place::from_code(place).ok_or_else(damaged)?,
            value: value.map(|value| ValueDigest(value as u64)),
            record: record.map(|record| RowNo(record as u64)),
        })
    })
}

/// Reads what [`select_findings`] gives.
fn read(query: &impl Query, select: &str, values: &[Value]) -> Result<Vec<FiledFinding>> {
    let mut names: Option<Names> = None;
    let rows = query.all(select, values, |row| {
        Ok(Read {
            no: FindingNo(row.integer(0)? as u64),
            rule: RuleName::new(&row.text(1)?),
            version: RuleVersion(row.integer(2)? as u64),
            subject: row.integer(3)? as u64,
            place: row.integer(4)?,
            value: row.integer_or_null(5)?.map(|value| ValueDigest(value as u64)),
            opened_at: Moment(row.integer(6)?),
            closed_at: row.integer_or_null(7)?.map(Moment),
            because: row.text_or_null(8)?.map(Cow::into_owned),
            record: match row.integer_or_null(9)? {
                Some(source) => Some((SourceNo(source as u64), row.text(10)?.into())),
                None => None,
            },
        })
    })?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        if names.is_none() {
            names = Some(Names::read(query)?);
        }
        let damaged = Error::Damaged { what: "finding", number: row.no.0 };
        found.push(row.named(names.as_ref().expect("they were read")).ok_or(damaged)?);
    }
    Ok(found)
}

/// A finding by numbers.
struct Read {
    no: FindingNo,
    rule: RuleName,
    version: RuleVersion,
    subject: u64,
    place: i64,
    value: Option<ValueDigest>,
    opened_at: Moment,
    closed_at: Option<Moment>,
    because: Option<String>,
    record: Option<(SourceNo, Arc<str>)>,
}

impl Read {
    /// The finding by names; `None` when something of it is damaged.
    fn named(self, names: &Names) -> Option<FiledFinding> {
        let Place { attribute, slot, column } = Place::from_code(self.place)?;
        let (source, record) = match self.record {
            Some((source, id)) => {
                let source = names.sources.get(&source)?;
                (Some(source), Some(RecordKey { source: source.0.clone(), id }))
            }
            None => (None, None),
        };
        let subject = match SubjectNo::from_code(self.subject)? {
            SubjectNo::Record(_) => Subject::Record(record.clone()?),
            SubjectNo::Customer(id) => Subject::Customer(id),
            SubjectNo::Attribute(no) => Subject::Attribute(names.attributes.get(&no)?.clone()),
            SubjectNo::Source(no) => Subject::Source(names.sources.get(&no)?.0.clone()),
        };
        let attribute = match attribute {
            Some(no) => Some(names.attributes.get(&no)?.clone()),
            None => None,
        };
        let source = match &subject {
            Subject::Source(name) => names.sources.values().find(|(known, _)| known == name),
            _ => source,
        };
        let column = match (column, source) {
            (Some(column), Some((_, columns))) => Some(columns.get(usize::from(column))?.clone()),
            (None, _) | (_, None) => None,
        };
        let closed = match (self.closed_at, self.because) {
            (Some(at), Some(because)) => {
                Some(Closed { at, because: ClosedBecause::from_name(&because)? })
            }
            (None, None) => None,
            _ => return None,
        };
        Some(FiledFinding {
            no: self.no,
            rule: self.rule,
            version: self.version,
            subject,
            attribute,
            slot,
            record,
            column,
            value: self.value,
            opened_at: self.opened_at,
            closed,
        })
    }
}

/// What numbers in findings stand for.
struct Names {
    /// The names of sources, and of their columns.
    sources: FxHashMap<SourceNo, (SourceName, Vec<String>)>,
    attributes: FxHashMap<AttributeNo, String>,
}

impl Names {
    fn read(query: &impl Query) -> Result<Names> {
        let sources = query.all("SELECT source_no, name, columns FROM source", &[], |row| {
            let source = SourceNo(row.integer(0)? as u64);
            let name = SourceName::new(&row.text(1)?);
            Ok((source, (name, column_names(source, &row.text(2)?)?)))
        })?;
        let attributes = rules::attributes(query)?;
        Ok(Names {
            sources: sources.into_iter().collect(),
            attributes: attributes.into_iter().collect(),
        })
    }
}
