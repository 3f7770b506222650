//! Whether what is stored of quality is what judging everything anew gives.

use karat_model::hub_model::HubModel;
use karat_store::{FindingRow, Reader, SubjectNo, TallyRow, ValueKey};
use rustc_hash::FxHashMap;

use super::verify::{CheckKind, Finder};
use crate::error::Error;
use crate::flow::derive::Derived;
use crate::flow::publish::judge_all;
use crate::flow::quality::{Numbers, stored_keys};

/// Compares findings, verdicts, values and tallies; a hub that was never judged has none.
pub fn check_quality(
    reader: &dyn Reader,
    model: &HubModel,
    derived: &mut Derived,
    found: &mut Finder,
) -> Result<(), Error> {
    use CheckKind::{Findings, Tallies, ValueKeys, Verdicts};
    let Some(quality) = judge_all(model, &reader.source_columns()?, derived) else { return Ok(()) };
    let judge = derived.judge.as_ref().expect("it judged");
    found.begin(&[Findings, Verdicts, ValueKeys, Tallies]);
    let Some(numbers) = Numbers::read(reader, judge, &model.attributes)? else {
        found.examine(Findings);
        found.differ(Findings, "the rules are others than those that were judged by".into());
        return Ok(());
    };

    let faults = quality.faults.iter();
    let expected = faults.map(|(subject, fault)| numbers.finding(*subject, fault));
    let mut expected: Vec<FindingRow> = expected.collect();
    let mut stored: Vec<FindingRow> = Vec::new();
    reader.open_findings(&mut |finding| {
        stored.push(finding);
        Ok(())
    })?;
    compare(Findings, &mut expected, &mut stored, found, |it| told(it.subject));

    let mut expected: FxHashMap<SubjectNo, &[u8]> = quality.verdicts.iter().collect();
    reader.verdicts(&mut |subject, bytes| {
        found.examine(Verdicts);
        if expected.remove(&subject) != Some(bytes) {
            found.differ(Verdicts, told(subject));
        }
        Ok(())
    })?;
    let mut missing: Vec<SubjectNo> = expected.into_keys().collect();
    missing.sort_unstable();
    missing.into_iter().for_each(|it| found.differ(Verdicts, format!("{} has none", told(it))));

    let keys = quality
        .keys
        .iter()
        .flat_map(|(key, subject)| stored_keys(key).map(move |key| (key, *subject)));
    let mut expected: Vec<(ValueKey, SubjectNo)> = keys.collect();
    let mut stored = Vec::new();
    reader.value_keys(&mut |key, subject| {
        stored.push((key, subject));
        Ok(())
    })?;
    compare(ValueKeys, &mut expected, &mut stored, found, |(_, subject)| told(*subject));

    let mut expected: Vec<TallyRow> = quality.tallies.rows(judge, model, &numbers);
    let mut stored = reader.tallies(None)?;
    let of_rule = |tally: &TallyRow| format!("rule number {}", tally.rule.0);
    compare(Tallies, &mut expected, &mut stored, found, of_rule);
    Ok(())
}

fn told(subject: SubjectNo) -> String {
    match subject {
        SubjectNo::Record(row) => format!("record number {}", row.0),
        SubjectNo::Customer(id) => id.to_string(),
        SubjectNo::Attribute(no) => format!("attribute number {}", no.0),
        SubjectNo::Source(no) => format!("source number {}", no.0),
    }
}

/// Tells what stands in one list only.
fn compare<T: Ord>(
    kind: CheckKind,
    expected: &mut Vec<T>,
    stored: &mut Vec<T>,
    found: &mut Finder,
    told: impl Fn(&T) -> String,
) {
    for list in [&mut *expected, &mut *stored] {
        list.sort_unstable();
        list.dedup();
    }
    let (mut left, mut right) = (expected.iter().peekable(), stored.iter().peekable());
    loop {
        found.examine(kind);
        match (left.peek(), right.peek()) {
            (Some(one), Some(other)) if one == other => {
                left.next();
                right.next();
            }
            (Some(one), other) if other.is_none_or(|other| *one < *other) => {
                found.differ(kind, format!("{}: one is missing", told(one)));
                left.next();
            }
            (_, Some(other)) => {
                found.differ(kind, format!("{}: one should not be there", told(other)));
                right.next();
            }
            (_, None) => break,
        }
    }
}
