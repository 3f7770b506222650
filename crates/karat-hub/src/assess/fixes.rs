//! Fixes: the few things to fix first.
//!
//! What comes first is what harms most: the number of records, times how bad it is for each, times
//! how much the column helps to know a customer.

use std::collections::BTreeMap;

use karat_engine::clean::CleaningPlan;
use karat_engine::quality::measure::QualityCounts;
use karat_model::finding::{FindingCode, Severity};
use karat_model::hub_model::{HubModel, Party};
use karat_model::id::SourceName;
use karat_model::semantic::SemanticType;

use super::assessment::{DuplicateMatrix, Fix, Problem};
use crate::flow::discover::Discovered;
use crate::hub_model::DiscoveredColumn;

/// How many things to fix are told.
const FIXES_SHOWN: usize = 10;

/// How many of one kind are among them at most: ten times the same tells less than ten things.
const SHOWN_OF_A_KIND: usize = 2;

/// The sureness below which nothing told what a column is about.
const RECOGNISED_MIN: f32 = 0.5;

/// The importance from which it matters that a column is mostly empty.
const TELLING_MIN: u64 = 3;

/// The importance of what is about the record as a whole.
const WHOLE_RECORD: u64 = 4;

/// What to fix first, in that order.
pub(super) fn fixes(
    discovered: &[Discovered],
    model: &HubModel,
    counts: &BTreeMap<SourceName, QualityCounts>,
    duplicates: &DuplicateMatrix,
) -> Vec<Fix> {
    let mut found = Vec::new();
    for (number, file) in discovered.iter().enumerate() {
        of_file(number, file, duplicates, &mut found);
        let (Some(source), Some(counts)) =
            (model.source(&file.source.name), counts.get(&file.source.name))
        else {
            continue;
        };
        let plan = CleaningPlan::new(model, source, &file.columns);
        let has_id = plan.source_id_column().is_some();
        if !has_id {
            let records = counts.records();
            found.push(ranked(Problem::NoRecordId, number, None, records));
        }
        of_findings(number, file, counts, has_id, &mut found);
        of_columns(number, file, &mut found);
    }
    found.sort_by_key(|(harm, _)| std::cmp::Reverse(*harm));
    varied(found.into_iter().map(|(_, fix)| fix))
}

/// The first of each kind, in the order given.
fn varied(fixes: impl Iterator<Item = Fix>) -> Vec<Fix> {
    let kind = |fix: &Fix| match fix.problem {
        Problem::DuplicatesBetween(_) => Problem::DuplicatesBetween(0),
        other => other,
    };
    let mut shown: Vec<Fix> = Vec::with_capacity(FIXES_SHOWN);
    for fix in fixes {
        let of_kind = shown.iter().filter(|other| kind(other) == kind(&fix)).count();
        if of_kind < SHOWN_OF_A_KIND && shown.len() < FIXES_SHOWN {
            shown.push(fix);
        }
    }
    shown
}

/// A thing to fix with the harm that it does.
type Ranked = (u64, Fix);

fn ranked(
    problem: Problem,
    file: usize,
    column: Option<&DiscoveredColumn>,
    records: u64,
) -> Ranked {
    let importance = column.map_or(WHOLE_RECORD, |column| importance(column.semantic_type));
    let harm = records * harm_per_record(problem) * importance;
    let column = column.map(|column| column.column.clone());
    (harm, Fix { problem, file: Some(file), column, records })
}

fn of_file(
    number: usize,
    file: &Discovered,
    duplicates: &DuplicateMatrix,
    found: &mut Vec<Ranked>,
) {
    if file.summary.quarantined > 0 {
        found.push(ranked(Problem::UnreadableRows, number, None, file.summary.quarantined));
    }
    let within = duplicates.get(number, number);
    if within > 0 {
        found.push(ranked(Problem::DuplicatesWithin, number, None, within));
    }
    for &(left, right, customers) in &duplicates.between {
        if left == number {
            found.push(ranked(Problem::DuplicatesBetween(right), number, None, customers));
        }
    }
}

fn of_findings(
    number: usize,
    file: &Discovered,
    counts: &QualityCounts,
    has_id: bool,
    found: &mut Vec<Ranked>,
) {
    for (column, code, records) in counts.findings() {
        let told_already = code == FindingCode::MissingKey && !has_id;
        let problem = Problem::Finding(code);
        if told_already || harm_per_record(problem) == 0 {
            continue;
        }
        let column = column.and_then(|column| file.source.columns.get(column as usize));
        found.push(ranked(problem, number, column, records));
    }
}

fn of_columns(number: usize, file: &Discovered, found: &mut Vec<Ranked>) {
    for (column, profile) in file.source.columns.iter().zip(&file.profiles) {
        let is_empty = profile.filled * 2 < profile.rows;
        let is_first = column.slot == 0;
        // Of a file with both persons and companies, each leaves the columns of the other empty.
        let concerns_all =
            file.source.party != Party::ByValues || !is_of_one_kind(column.semantic_type);
        let matters = importance(column.semantic_type) >= TELLING_MIN;
        if is_empty && is_first && concerns_all && matters {
            let empty = profile.rows - profile.filled;
            found.push(ranked(Problem::MostlyEmpty, number, Some(column), empty));
        }
        let is_unknown =
            column.semantic_type == SemanticType::Text && column.confidence < RECOGNISED_MIN;
        if is_unknown && profile.filled > 0 {
            found.push(ranked(Problem::UnrecognisedColumn, number, Some(column), profile.filled));
        }
    }
}

/// How bad it is for one record; 0 is not worth a line.
fn harm_per_record(problem: Problem) -> u64 {
    match problem {
        Problem::UnreadableRows => 80,
        Problem::DuplicatesWithin => 40,
        Problem::Finding(FindingCode::Repaired | FindingCode::GuessedCentury) => 5,
        Problem::Finding(code) => match code.severity() {
            Severity::Error => 40,
            Severity::Warning => 20,
            Severity::Note => 0,
        },
        Problem::DuplicatesBetween(_) | Problem::NoRecordId => 10,
        Problem::MostlyEmpty => 3,
        Problem::UnrecognisedColumn => 1,
    }
}

/// How much a column helps to know a customer, 1 to 4.
fn importance(semantic_type: SemanticType) -> u64 {
    use SemanticType::*;
    match semantic_type {
        FullName | PartyName | FamilyName | CompanyName => 4,
        BirthDate | Email | Phone | Postcode | PostcodeCity | FullAddress | KvkNumber => 3,
        GivenName | Initials | AddressLine | Street | HouseNumber | City => 2,
        kind if kind.is_identifying_number() => 2,
        _ => 1,
    }
}

/// Whether only persons, or only companies, have values of this type.
fn is_of_one_kind(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    let is_number = semantic_type.is_number_of_organisation() && semantic_type != VatNumber;
    is_number || matches!(semantic_type, FullName | FamilyName | BirthDate | CompanyName)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_things_are_not_ten_times_the_same() {
        let fix = |problem| Fix { problem, file: Some(0), column: None, records: 9 };
        let invalid = Problem::Finding(FindingCode::InvalidPhone);
        let fixes = (1..9).map(|other| fix(Problem::DuplicatesBetween(other)));
        let shown = varied(fixes.chain([fix(invalid), fix(Problem::DuplicatesWithin)]));
        let problems: Vec<Problem> = shown.into_iter().map(|fix| fix.problem).collect();
        let expected = [
            Problem::DuplicatesBetween(1),
            Problem::DuplicatesBetween(2),
            invalid,
            Problem::DuplicatesWithin,
        ];
        assert_eq!(problems, expected);
    }
}
