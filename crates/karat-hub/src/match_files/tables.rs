//! Tables: clusters and pairs, as files.

use std::borrow::Cow;

use karat_model::evidence::Weight;
use karat_model::id::SourceName;
use karat_model::table::{RecordNo, RecordTable};
use rayon::prelude::*;

use super::{MatchedFile, MatchedFiles, MatchedType};
use crate::share::pair::{PAIR_COLUMNS, pair_fields};
use crate::share::{Destination, Field, FieldKind, Result, TableWriter};

/// Per source of a table whether its records go by the lines of their rows.
pub(super) fn by_line(files: &[MatchedFile], table: &RecordTable) -> Vec<bool> {
    let has_ids = |name: &SourceName| {
        let file = files.iter().find(|file| file.source == *name);
        file.is_some_and(|file| file.ids.column.is_some())
    };
    table.sources().iter().map(|name| !has_ids(name)).collect()
}

/// The id of a record as it is written: a row without an id goes by its line.
pub(super) fn written_id<'t>(
    table: &'t RecordTable,
    by_line: &[bool],
    record: RecordNo,
) -> Cow<'t, str> {
    match line(table, by_line, record) {
        Some(line) => line.to_string().into(),
        None => table.id(record).into(),
    }
}

fn line(table: &RecordTable, by_line: &[bool], record: RecordNo) -> Option<u64> {
    by_line[table.source(record) as usize].then(|| table.row(record))
}

pub(super) fn source(table: &RecordTable, record: RecordNo) -> &str {
    table.sources()[table.source(record) as usize].as_str()
}

/// Writes `source,id,entity_id`, a row for each record, in order of source and id.
pub fn write_clusters(matched: &MatchedFiles, destination: &Destination) -> Result<u64> {
    let columns = ["source", "id", "entity_id"].map(|name| (name, FieldKind::Text));
    let mut writer = TableWriter::create(destination, &columns)?;
    let by_line: Vec<Vec<bool>> =
        matched.types.iter().map(|found| by_line(&matched.files, &found.mastered.table)).collect();
    let of_type = |(at, found): (usize, &'_ MatchedType)| {
        found.mastered.table.records().map(move |record| (at, record)).collect::<Vec<_>>()
    };
    let mut rows: Vec<(usize, RecordNo)> =
        matched.types.iter().enumerate().flat_map(of_type).collect();
    let sort_key = |&(at, record): &(usize, RecordNo)| {
        let table = &matched.types[at].mastered.table;
        let line = line(table, &by_line[at], record);
        (source(table, record), line, table.id(record))
    };
    rows.par_sort_unstable_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    for (at, record) in rows {
        let MatchedType { mastered, ids, .. } = &matched.types[at];
        let entity = ids[mastered.matched.partition.cluster_of(record) as usize];
        writer.write_row(&[
            Field::Text(source(&mastered.table, record)),
            Field::Text(&written_id(&mastered.table, &by_line[at], record)),
            Field::Text(&entity.to_string()),
        ])?;
    }
    writer.finish()
}

/// Writes the pairs that weigh at least the review threshold, in order of their records.
///
/// Columns: `left_source`, `left_id`, `right_source`, `right_id`, `weight` (in bits),
/// `probability`, `linked` (at or above the link threshold), `together` (of one entity).
pub fn write_pairs(matched: &MatchedFiles, destination: &Destination) -> Result<u64> {
    let more = ["linked", "together"].map(|name| (name, FieldKind::Flag));
    let columns: Vec<_> = PAIR_COLUMNS.into_iter().chain(more).collect();
    let mut writer = TableWriter::create(destination, &columns)?;
    for MatchedType { mastered, .. } in &matched.types {
        let table = &mastered.table;
        let partition = &mastered.matched.partition;
        let by_line = by_line(&matched.files, table);
        let link = Weight(mastered.model.link_threshold);
        for edge in &mastered.matched.edges {
            let [left, right] = [edge.left, edge.right];
            let ids = [left, right].map(|record| written_id(table, &by_line, record));
            let probability = mastered.model.probability(edge.weight);
            let sides = [(source(table, left), &*ids[0]), (source(table, right), &*ids[1])];
            let mut fields = Vec::from(pair_fields(sides, edge.weight, probability));
            fields.push(Field::Flag(edge.weight >= link));
            let are_together = partition.cluster_of(left) == partition.cluster_of(right);
            fields.push(Field::Flag(are_together));
            writer.write_row(&fields)?;
        }
    }
    writer.finish()
}
