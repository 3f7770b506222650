//! The persons that were loaded, as clients send them.

use std::io;
use std::path::Path;
use std::time::SystemTime;

use serde_json::Value;

use crate::served::Sent;

/// The invented persons, by column.
pub struct People {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Another one each time, so that a run on the hub of an earlier one changes something.
    run: u64,
}

impl People {
    /// Reads some from all over a file.
    pub fn read(path: &Path) -> io::Result<People> {
        let mut reader = csv::Reader::from_path(path).map_err(io::Error::other)?;
        let columns = reader.headers().map_err(io::Error::other)?;
        let columns = columns.iter().map(str::to_string).collect();
        let rows = reader.records().step_by(17).take(100_000);
        let row = |row: Result<csv::StringRecord, csv::Error>| {
            Ok(row.map_err(io::Error::other)?.iter().map(str::to_string).collect())
        };
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let run = since.map_err(io::Error::other)?.as_secs();
        Ok(People { columns, rows: rows.map(row).collect::<io::Result<_>>()?, run })
    }

    fn values(&self, row: &[String]) -> Value {
        let filled = self.columns.iter().zip(row).filter(|(_, value)| !value.is_empty());
        let fields = filled.map(|(column, value)| (column.clone(), Value::from(value.as_str())));
        Value::Object(fields.collect())
    }

    fn sent(&self, id: String, row: &[String]) -> Sent {
        Sent { source: "persons".into(), id, observed_at: None, values: self.values(row) }
    }

    /// The change with this number: of two one is a known person under a new id, one a person who
    /// gets another e-mail address.
    pub fn change(&self, number: u64) -> Sent {
        let mut row = self.rows[self.at(number)].clone();
        let id = self.place("id");
        if number.is_multiple_of(2) {
            row[id] = format!("live-{}-{number}", self.run);
        } else {
            let email = self.place("email");
            row[email] = format!("changed{number}@mail{}.example", self.run);
        }
        self.sent(row[id].clone(), &row)
    }

    /// A known person, the same for the same number, under this id and with this e-mail address.
    pub fn person(&self, number: u64, id: &str, email: &str) -> Sent {
        let mut row = self.rows[self.at(number)].clone();
        row[self.place("id")] = id.into();
        row[self.place("email")] = email.into();
        self.sent(id.into(), &row)
    }

    /// The row that a number stands for.
    fn at(&self, number: u64) -> usize {
        (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as usize % self.rows.len()
    }

    fn place(&self, name: &str) -> usize {
        let found = self.columns.iter().position(|column| column == name);
        found.expect("the generator writes this column")
    }
}
