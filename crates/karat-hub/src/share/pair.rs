//! The columns that all files of pairs begin with.

use karat_model::evidence::Weight;

use super::{Field, FieldKind};

/// The two records, and what they weigh together, in bits and as a probability.
pub const PAIR_COLUMNS: [(&str, FieldKind); 6] = [
    ("left_source", FieldKind::Text),
    ("left_id", FieldKind::Text),
    ("right_source", FieldKind::Text),
    ("right_id", FieldKind::Text),
    ("weight", FieldKind::Decimal),
    ("probability", FieldKind::Decimal),
];

/// The fields of those columns for two records by source and id.
pub fn pair_fields<'a>(
    [left, right]: [(&'a str, &'a str); 2],
    weight: Weight,
    probability: f64,
) -> [Field<'a>; 6] {
    [
        Field::Text(left.0),
        Field::Text(left.1),
        Field::Text(right.0),
        Field::Text(right.1),
        Field::Decimal(rounded(weight.bits(), 100.0)),
        Field::Decimal(rounded(probability, 1e6)),
    ]
}

/// A number rounded to one part in so many.
fn rounded(number: f64, parts: f64) -> f64 {
    (number * parts).round() / parts
}
