//! Questions: the pairs most worth asking about, as a file that people fill in.

use super::tables::{by_line, source, written_id};
use super::{MatchedFiles, MatchedType};
use crate::share::pair::{PAIR_COLUMNS, pair_fields};
use crate::share::{Destination, Field, FieldKind, Result, TableWriter};

/// Of several entity types, keeps the questions that are worth most.
pub(super) fn keep_most_valuable(types: &mut [MatchedType], wanted: usize) {
    let mut all: Vec<(f64, usize)> = (0..)
        .zip(types.iter())
        .flat_map(|(at, found)| found.questions.iter().map(move |asked| (asked.worth, at)))
        .collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    all.truncate(wanted);
    for (at, found) in types.iter_mut().enumerate() {
        found.questions.truncate(all.iter().filter(|(_, of)| *of == at).count());
    }
}

/// The label stands behind the two records.
const LABEL_AT: usize = 4;

/// Writes the pairs most worth asking about, the most valuable first, as a file of labels that
/// are still to be given.
///
/// Columns: `left_source`, `left_id`, `right_source`, `right_id`, `label` (empty), `weight` (in
/// bits), `probability`, and both values of each comparison, `left_…` and `right_…`.
pub fn write_questions(matched: &MatchedFiles, destination: &Destination) -> Result<u64> {
    let mut compared: Vec<&str> = Vec::new();
    for found in matched.types.iter().filter(|found| !found.questions.is_empty()) {
        let new = found.compared.iter().filter(|name| !compared.contains(&name.as_str()));
        compared.extend(new.map(String::as_str).collect::<Vec<_>>());
    }
    let mut columns: Vec<(String, FieldKind)> =
        PAIR_COLUMNS.map(|(name, kind)| (name.to_string(), kind)).into();
    columns.insert(LABEL_AT, ("label".into(), FieldKind::Text));
    let sides = |name: &&str| [format!("left_{name}"), format!("right_{name}")];
    columns.extend(compared.iter().flat_map(sides).map(|name| (name, FieldKind::Text)));
    let mut writer = TableWriter::create(destination, &columns)?;
    for found in &matched.types {
        let table = &found.mastered.table;
        let by_line = by_line(&matched.files, table);
        for asked in &found.questions {
            let [left, right] = [asked.left, asked.right];
            let ids = [left, right].map(|record| written_id(table, &by_line, record));
            let sides = [(source(table, left), &*ids[0]), (source(table, right), &*ids[1])];
            let probability = found.mastered.model.probability(asked.weight);
            let mut fields = Vec::from(pair_fields(sides, asked.weight, probability));
            fields.insert(LABEL_AT, Field::Missing);
            for name in &compared {
                let at = found.compared.iter().position(|known| known == name);
                let values = at.map(|at| asked.values[at].each_ref().map(String::as_str));
                let known = |value: &'_ str| !value.is_empty();
                let sides = values.map_or([None; 2], |values| values.map(Some));
                fields.extend(sides.map(|value| Field::text(value.filter(|value| known(value)))));
            }
            writer.write_row(&fields)?;
        }
    }
    writer.finish()
}
