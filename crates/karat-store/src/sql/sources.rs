//! Sources, and what they deliver.

use karat_model::id::SourceName;

use super::Value::{Integer, Text};
use super::Write;
use crate::delivery::Delivery;
use crate::error::Result;
use crate::number::{LoadNo, SourceNo};

/// Announces what a source delivers, and under which columns.
pub fn announce(
    write: &impl Write,
    load: LoadNo,
    name: &SourceName,
    columns: &[String],
) -> Result<Delivery> {
    let select = "SELECT source_no, columns FROM source WHERE name = $1";
    let known = write.first(select, &[Text(name.as_str())], |row| {
        Ok((SourceNo(row.integer(0)? as u64), row.text(1)?.into_owned()))
    })?;
    let (source, stored) = match known {
        Some(known) => known,
        None => (add(write, name)?, "[]".into()),
    };
    let (delivery, json) = Delivery::announce(load, source, &stored, columns)?;
    if let Some(json) = json {
        let update = "UPDATE source SET columns = $1 WHERE source_no = $2";
        write.execute(update, &[Text(&json), Integer(source.0 as i64)])?;
    }
    Ok(delivery)
}

fn add(write: &impl Write, name: &SourceName) -> Result<SourceNo> {
    let next = write.number("SELECT coalesce(max(source_no), 0) + 1 FROM source", &[])?;
    let insert = "INSERT INTO source (source_no, name, columns) VALUES ($1, $2, '[]')";
    write.execute(insert, &[Integer(next), Text(name.as_str())])?;
    write.known().borrow_mut().sources = None;
    Ok(SourceNo(next as u64))
}
