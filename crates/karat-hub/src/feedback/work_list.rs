//! Work lists: what is to be mended in a source, a row for each finding.
//!
//! Columns: `number` (of the finding), `source`, `id` (of the record in its source), `field` (the
//! column of the source), `value` (as it stands there), `message`, `repair` (`replace`, `move`,
//! `swap` or `clear`, if it is known what would mend it), `repair_value` (what it should read),
//! `repair_field` (where the value belongs), `severity`, `dimension`, `rule`, `attribute`, `since`,
//! `repeats` (the number of an earlier finding that this one repeats).

use karat_model::language::Language;

use super::work_item::WorkItem;
use crate::share::{Destination, Field, FieldKind, Result, TableWriter, moment};

/// Writes a work list.
pub struct WorkListFile {
    table: TableWriter,
    language: Language,
}

impl WorkListFile {
    /// Opens the file, with messages in this language.
    pub fn create(destination: &Destination, language: Language) -> Result<WorkListFile> {
        use FieldKind::{Number, Text};
        let columns = [
            ("number", Number),
            ("source", Text),
            ("id", Text),
            ("field", Text),
            ("value", Text),
            ("message", Text),
            ("repair", Text),
            ("repair_value", Text),
            ("repair_field", Text),
            ("severity", Text),
            ("dimension", Text),
            ("rule", Text),
            ("attribute", Text),
            ("since", Text),
            ("repeats", Number),
        ];
        Ok(WorkListFile { table: TableWriter::create(destination, &columns)?, language })
    }

    /// Adds an item.
    pub fn write(&mut self, item: &WorkItem) -> Result<()> {
        let repair = item.repair.as_ref();
        // Where a value is replaced, it belongs where it is.
        let moved = repair.filter(|repair| repair.action != "replace");
        let field = moved.and_then(|repair| repair.column.as_ref().or(repair.attribute.as_ref()));
        let since = moment::written(item.opened_at);
        self.table.write_row(&[
            Field::Number(item.no.0 as i64),
            Field::Text(item.source.as_str()),
            Field::text(item.record.as_deref()),
            Field::text(item.column.as_deref()),
            Field::text(item.value.as_deref()),
            Field::Text(self.language.say(&item.message[0], &item.message[1])),
            Field::text(repair.map(|repair| repair.action)),
            Field::text(repair.and_then(|repair| repair.value.as_deref())),
            Field::text(field.map(String::as_str)),
            Field::Text(item.severity.name()),
            Field::Text(item.dimension.name()),
            Field::Text(&item.rule),
            Field::text(item.attribute.as_deref()),
            Field::text(since.as_deref()),
            item.repeats.map_or(Field::Missing, |no| Field::Number(no.0 as i64)),
        ])
    }

    /// Completes the file and tells how many rows it has.
    pub fn finish(self) -> Result<u64> {
        self.table.finish()
    }
}
