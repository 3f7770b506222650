//! The value stands in a column of a reference file.
//!
//! The file is one that Karat reads (CSV, JSON, Parquet), named from the folder of the checks.
//! Values and file are compared as cleaning writes them.
//!
//! ```yaml
//! branch_known: { attributes: branch, ref_table: { file: ../reference/branches.csv, column: code } }
//! ```

use karat_model::check::{RefTable, Verdict};
use rustc_hash::FxHashSet;

use super::super::expression::Mistake;
use super::super::plan::RefTables;
use super::super::subject::Subject;
use super::passes;

/// The values of the column.
pub(super) fn prepare(table: &RefTable, tables: &RefTables) -> Result<FxHashSet<String>, Mistake> {
    tables.0.get(table).cloned().ok_or_else(|| {
        let message = format!("no values of column `{}` of {} are there", table.column, table.file);
        (message, Some("name a file that can be read, and one of its columns".into()))
    })
}

/// Fails at each value that is not in the table.
pub(super) fn judge(subject: &mut Subject, values: &FxHashSet<String>) -> Verdict {
    subject.each_value(|_, fact| passes(values.contains(fact.value)))
}

#[cfg(test)]
mod tests {
    use karat_model::check::{RefTable, Requirement};

    use super::super::fixture::check;

    #[test]
    fn a_value_is_in_the_table_or_not() {
        let table = RefTable { file: "branches.csv".into(), column: "code".into() };
        let branch = check(Requirement::RefTable(table.clone())).of("job_title");
        let branch = branch.with_table(table, &["A1", "B2"]);
        branch.gives("pass", "job_title=A1");
        branch.gives("fail job_title", "job_title=C3");
        branch.gives("not_applicable", "city=A1");
    }
}
