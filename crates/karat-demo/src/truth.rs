//! The truth: which record is about whom.

use std::fmt;
use std::io::{self, Write};

/// A person or company of the invented world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entity {
    /// The person with this number; contact persons are persons.
    Person(u64),
    /// The company with this number; a branch is part of its company.
    Company(u64),
}

/// `P000123`, `C000045`.
impl fmt::Display for Entity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entity::Person(number) => write!(out, "P{number:06}"),
            Entity::Company(number) => write!(out, "C{number:06}"),
        }
    }
}

/// Writes the truth as CSV: source, id, entity.
#[derive(Debug)]
pub struct Truth<W> {
    out: W,
    rows: u64,
}

impl<W: Write> Truth<W> {
    /// Begins the file.
    pub fn begin(mut out: W) -> io::Result<Truth<W>> {
        out.write_all(b"source,id,entity_id\n")?;
        Ok(Truth { out, rows: 0 })
    }

    /// Adds that a record is about an entity.
    pub fn add(&mut self, source: &str, id: &str, entity: Entity) -> io::Result<()> {
        self.rows += 1;
        writeln!(self.out, "{source},{id},{entity}")
    }

    /// Ends the file and tells how many records it speaks of.
    pub fn end(mut self) -> io::Result<u64> {
        self.out.flush()?;
        Ok(self.rows)
    }
}
