//! Reference files: the values that checks with `ref_table` allow.

use std::path::Path;

use karat_engine::quality::check::{CheckPlan, RefTables};
use karat_model::check::{RefTable, Requirement};
use karat_model::hub_model::{Format, HubModel};
use rustc_hash::FxHashSet;

use super::problems_of_plan;
use crate::connect;
use crate::error::Error;
use crate::hub_model::{Problems, nearest};

/// The plan of the checks of a hub model, whose reference files are named from a folder.
///
/// # Errors
///
/// All texts of checks that cannot be used, and reference files that cannot be read.
pub fn check_plan(model: &HubModel, dir: &Path) -> Result<CheckPlan, Problems> {
    CheckPlan::new(model, reference_tables(model, dir)).map_err(problems_of_plan)
}

/// The values in the reference files that checks name; one that cannot be read is left out, which
/// the plan reports.
pub fn reference_tables(model: &HubModel, dir: &Path) -> RefTables {
    let mut tables = RefTables::default();
    for check in model.checks.iter() {
        if let Requirement::RefTable(table) = &check.requirement
            && !tables.0.contains_key(table)
            && let Some(values) = values(table, dir)
        {
            tables.0.insert(table.clone(), values);
        }
    }
    tables
}

/// What keeps a reference file from being used, and what to do about it; the file is named from a
/// folder.
pub fn mistake_in(table: &RefTable, dir: &Path) -> Option<(String, String)> {
    let RefTable { file, column } = table;
    let path = dir.join(file);
    if !path.is_file() {
        let hint =
            format!("paths start at the folder of the checks, so this is {}", path.display());
        return Some((format!("the reference file `{file}` is not there"), hint));
    }
    match read(table, dir) {
        Ok(Read { problem: Some((problem, hint)), .. }) => {
            let hint = hint.unwrap_or_else(|| "save it as CSV, JSON or Parquet".to_owned());
            Some((format!("the reference file `{file}` cannot be read: {problem}"), hint))
        }
        Ok(Read { values: Some(_), .. }) => None,
        Ok(Read { columns, .. }) if columns.is_empty() => {
            let hint = format!("write `{column}` in its first line, and the values below");
            Some((format!("the reference file `{file}` has no rows"), hint))
        }
        Ok(Read { columns, .. }) => {
            let hint = match nearest(column, columns.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("its columns are {}", columns.join(", ")),
            };
            Some((format!("the reference file `{file}` has no column `{column}`"), hint))
        }
        Err(error) => {
            let hint = "save it as CSV, JSON or Parquet".to_owned();
            Some((format!("the reference file `{file}` cannot be read: {error}"), hint))
        }
    }
}

/// The values of a column of a file, as they stand; `None` if either is not there.
fn values(table: &RefTable, dir: &Path) -> Option<FxHashSet<String>> {
    read(table, dir).ok()?.values
}

/// What was read of a reference file.
struct Read {
    /// The values of the column; `None` if there is no such column.
    values: Option<FxHashSet<String>>,
    columns: Vec<String>,
    /// Why it could not be read to its end, and what to do.
    problem: Option<(String, Option<String>)>,
}

fn read(table: &RefTable, dir: &Path) -> Result<Read, Error> {
    let path = dir.join(&table.file);
    let mut values = FxHashSet::default();
    let mut has_column = false;
    let mut columns = Vec::new();
    let mut take = |batch: connect::Batch| {
        let column = batch.columns.iter().position(|column| *column == table.column);
        if let Some(column) = column {
            has_column = true;
            let of_row = |row: &connect::Row| row.payload.get(column as u16).map(str::to_owned);
            values.extend(batch.rows.iter().filter_map(of_row));
        }
        columns = batch.columns.to_vec();
        Ok(())
    };
    let summary = connect::read(&[path], &Format::default(), &mut take)?;
    let mut problems = summary.files.into_iter().filter_map(|it| Some((it.problem?, it.hint)));
    let problem = problems.next();
    Ok(Read { values: has_column.then_some(values), columns, problem })
}
