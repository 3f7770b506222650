//! Reference files: the values that checks with `ref_table` allow.

use std::path::Path;

use karat_engine::quality::check::{CheckPlan, RefTables};
use karat_model::check::{RefTable, Requirement};
use karat_model::hub_model::{Format, HubModel};
use rustc_hash::FxHashSet;

use super::problems_of_plan;
use crate::connect;
use crate::hub_model::Problems;

/// The plan of the checks of a hub model, whose reference files are named from a folder.
///
/// # Errors
///
/// All texts of checks that cannot be used, and reference files that cannot be read.
pub fn check_plan(model: &HubModel, dir: &Path) -> Result<CheckPlan, Problems> {
    CheckPlan::new(model, tables(model, dir)).map_err(problems_of_plan)
}

/// The values in the reference files that checks name; one that cannot be read is left out, which
/// the plan reports.
fn tables(model: &HubModel, dir: &Path) -> RefTables {
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

/// The values of a column of a file, as they stand; `None` if either is not there.
fn values(table: &RefTable, dir: &Path) -> Option<FxHashSet<String>> {
    let path = dir.join(&table.file);
    let mut values = FxHashSet::default();
    let mut has_column = false;
    let mut take = |batch: connect::Batch| {
        let column = batch.columns.iter().position(|column| *column == table.column);
        if let Some(column) = column {
            has_column = true;
            let of_row = |row: &connect::Row| row.payload.get(column as u16).map(str::to_owned);
            values.extend(batch.rows.iter().filter_map(of_row));
        }
        Ok(())
    };
    connect::read(&[path], &Format::default(), &mut take).ok()?;
    has_column.then_some(values)
}
