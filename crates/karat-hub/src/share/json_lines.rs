//! JSON lines: one object per line, in UTF-8; missing values are left out.

use std::io::{self, Write};

use super::output::Output;
use super::table::finite;
use super::{Field, FieldKind};

pub(super) struct JsonLinesTable {
    output: Output,
    /// Each column's name as a JSON string, with the colon behind it.
    names: Vec<String>,
}

impl JsonLinesTable {
    pub(super) fn create(output: Output, columns: &[(String, FieldKind)]) -> JsonLinesTable {
        let name = |(name, _): &(String, FieldKind)| {
            format!("{}:", serde_json::Value::from(name.as_str()))
        };
        JsonLinesTable { output, names: columns.iter().map(name).collect() }
    }

    pub(super) fn write_row(&mut self, fields: &[Field<'_>]) -> io::Result<()> {
        let output = &mut self.output;
        let mut separator = "{";
        for (name, field) in self.names.iter().zip(fields) {
            if is_missing(field) {
                continue;
            }
            write!(output, "{separator}{name}")?;
            match *field {
                Field::Text(text) => serde_json::to_writer(&mut *output, text)?,
                Field::Number(number) => write!(output, "{number}")?,
                Field::Decimal(number) => serde_json::to_writer(&mut *output, &number)?,
                Field::Flag(flag) => write!(output, "{flag}")?,
                Field::Missing => {}
            }
            separator = ",";
        }
        let is_empty = separator == "{";
        output.write_all(if is_empty { b"{}\n" } else { b"}\n" })
    }

    pub(super) fn finish(self) -> Output {
        self.output
    }
}

fn is_missing(field: &Field<'_>) -> bool {
    match *field {
        Field::Decimal(number) => finite(number).is_none(),
        Field::Missing => true,
        Field::Text(_) | Field::Number(_) | Field::Flag(_) => false,
    }
}
