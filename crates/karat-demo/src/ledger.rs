//! The file of a system: records get their numbers as they come, and are written in order of number.
//!
//! Numbers are given out scattered over a block, so that the members of a household, who are
//! invented one after the other, do not stand together in the file. A block is written once it is
//! full, so that a file of any size needs little memory.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::dice::unrepeated;
use crate::truth::{Entity, Truth};

/// From the text of a line to the bytes of the file.
pub type Encode = fn(&str) -> Cow<'_, [u8]>;

/// Text as UTF-8.
pub fn utf8(text: &str) -> Cow<'_, [u8]> {
    text.as_bytes().into()
}

/// A line of a file, still to be written.
#[derive(Debug)]
struct Line {
    number: u64,
    text: String,
    about: Option<(String, Entity)>,
}

/// The records of a system that were not written yet.
#[derive(Debug)]
pub struct Ledger {
    source: &'static str,
    seed: u64,
    block: u64,
    given_out: u64,
    written: u64,
    lines: Vec<Line>,
}

impl Ledger {
    /// An empty ledger that scatters numbers over blocks of this size.
    pub fn new(source: &'static str, seed: u64, block: u64) -> Ledger {
        Ledger { source, seed, block, given_out: 0, written: 0, lines: Vec::new() }
    }

    /// The number of the next record.
    pub fn next_number(&mut self) -> u64 {
        let n = self.given_out;
        self.given_out += 1;
        n / self.block * self.block + unrepeated(n % self.block, self.seed, self.block)
    }

    /// Adds a record, with its line break, that the truth knows by its id.
    pub fn add(&mut self, number: u64, id: String, entity: Entity, text: String) {
        self.lines.push(Line { number, text, about: Some((id, entity)) });
    }

    /// Adds a record, with its line break, of which the truth knows nothing: it cannot be read, has
    /// no id, repeats a record or is about nobody.
    pub fn add_untrue(&mut self, number: u64, text: String) {
        self.lines.push(Line { number, text, about: None });
    }

    /// How many records were written or wait to be.
    pub fn rows(&self) -> u64 {
        self.written + self.lines.len() as u64
    }

    /// Writes the blocks that are full.
    pub fn write_full_blocks(
        &mut self,
        encode: Encode,
        out: &mut impl Write,
        truth: &mut Truth<impl Write>,
    ) -> io::Result<()> {
        let block_is_full = self.lines.len() as u64 >= self.block;
        if !block_is_full {
            return Ok(());
        }
        let end = self.given_out / self.block * self.block;
        self.write_below(end, encode, out, truth)
    }

    /// Writes all that is left.
    pub fn write_rest(
        &mut self,
        encode: Encode,
        out: &mut impl Write,
        truth: &mut Truth<impl Write>,
    ) -> io::Result<()> {
        self.write_below(u64::MAX, encode, out, truth)
    }

    fn write_below(
        &mut self,
        end: u64,
        encode: Encode,
        out: &mut impl Write,
        truth: &mut Truth<impl Write>,
    ) -> io::Result<()> {
        self.lines.sort_by_key(|line| line.number);
        let due = self.lines.partition_point(|line| line.number < end);
        for line in self.lines.drain(..due) {
            out.write_all(&encode(&line.text))?;
            if let Some((id, entity)) = line.about {
                truth.add(self.source, &id, entity)?;
            }
            self.written += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_written_in_order_of_number_block_by_block() {
        let mut ledger = Ledger::new("crm", 1, 4);
        let mut out = Vec::new();
        let mut truth = Truth::begin(Vec::new()).unwrap();
        for n in 0..5 {
            let number = ledger.next_number();
            ledger.add(number, format!("{number}"), Entity::Person(n), format!("{number} "));
        }
        ledger.write_full_blocks(utf8, &mut out, &mut truth).unwrap();
        assert_eq!(out, b"0 1 2 3 ");
        ledger.write_rest(utf8, &mut out, &mut truth).unwrap();
        assert_eq!((out.len(), ledger.rows()), (10, 5));
        assert_eq!(truth.end().unwrap(), 5);
    }
}
