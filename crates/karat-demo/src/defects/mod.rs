//! A table of customers with defects of twelve kinds, and the truth: which row has which.
//!
//! Arrives: a seed, and how many rows have a defect.
//! Leaves: rows of which each has one defect or none, and what stood there before.
//! Promises: rows without a defect are clean; the same seed gives the same table.
//!
//! It is for measuring what finds defects: how many it finds, and how often it is wrong. The kinds
//! are in `kinds.rs`, the clean rows in `clean.rs`.

mod clean;
mod kinds;

use std::io::{self, Write};

use crate::Retailer;
use crate::dice::{Dice, Purpose};
pub use kinds::DefectForm;

/// The lane of the dice; others use the numbers before.
const PURPOSE: Purpose = Purpose::System(12);

/// The columns of the table.
pub const COLUMNS: [&str; 16] = [
    "klantnr",
    "polisnr",
    "voornaam",
    "tussenvoegsel",
    "achternaam",
    "geslacht",
    "geboortedatum",
    "straat",
    "huisnummer",
    "postcode",
    "woonplaats",
    "telefoon",
    "email",
    "niveau",
    "opmerking",
    "gewijzigd_op",
];

/// A column by its place in [`COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Id,
    Policy,
    Given,
    Prefix,
    Family,
    Gender,
    Born,
    Street,
    Number,
    Postcode,
    Town,
    Phone,
    Email,
    Tier,
    Note,
    Updated,
}

/// The cells of a row, by column.
type Cells = [String; COLUMNS.len()];

/// A table of customers, some with defects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefectiveTable {
    /// The cells of each row, in the order of [`COLUMNS`].
    pub rows: Vec<Cells>,
    /// The defects, in the order of their rows.
    pub defects: Vec<Defect>,
}

/// A defect of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// The number of the row, from 0.
    pub row: usize,
    /// In which form.
    pub form: DefectForm,
    /// The column that has it; of two that were swapped the first.
    pub column: usize,
    /// What stood there before.
    pub before: String,
}

impl DefectiveTable {
    /// A table of so many rows, of which so many in a thousand have a defect.
    pub fn invent(rows: usize, seed: u64, per_mille: u32) -> DefectiveTable {
        let retailer = Retailer::invent(seed);
        let mut dice = Dice::new(seed, PURPOSE, 0);
        let mut table =
            DefectiveTable { rows: clean::rows(&retailer, rows, &mut dice), defects: Vec::new() };
        let forms = DefectForm::ALL;
        for row in 0..table.rows.len() {
            if row == 0 || !dice.per_mille(per_mille) {
                continue;
            }
            let form = *dice.pick(&forms);
            let (earlier, rest) = table.rows.split_at_mut(row);
            let before = rest[0].clone();
            let column = form.spoil(&mut rest[0], earlier, &mut dice) as usize;
            if rest[0] != before {
                let before = before[column].clone();
                table.defects.push(Defect { row, form, column, before });
            }
        }
        table
    }

    /// Writes the table as CSV, and the truth: row, kind, form, column, what stood there before.
    pub fn write(&self, out: &mut dyn Write, truth: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", COLUMNS.join(","))?;
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
            writeln!(out, "{}", cells.join(","))?;
        }
        writeln!(truth, "row,kind,form,column,before")?;
        for Defect { row, form, column, before } in &self.defects {
            let (kind, name, column) = (form.kind(), form.name(), COLUMNS[*column]);
            writeln!(truth, "{},{kind},{name},{column},{}", row + 1, quoted(before))?;
        }
        Ok(())
    }
}

fn quoted(cell: &str) -> String {
    let is_plain = !cell.contains([',', '"', '\n']);
    if is_plain { cell.to_string() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn rows_have_one_defect_or_none_and_the_truth_knows_them() {
        let clean = DefectiveTable::invent(4000, 5, 0);
        assert_eq!((clean.rows.len(), clean.defects.len()), (4000, 0));
        let table = DefectiveTable::invent(4000, 5, 150);
        assert_eq!(table, DefectiveTable::invent(4000, 5, 150));
        assert_ne!(table.rows, DefectiveTable::invent(4000, 6, 150).rows);
        let rows: BTreeSet<usize> = table.defects.iter().map(|defect| defect.row).collect();
        assert_eq!(rows.len(), table.defects.len());
        let mut forms: BTreeMap<&str, u32> = BTreeMap::new();
        for defect in &table.defects {
            *forms.entry(defect.form.name()).or_default() += 1;
            assert_ne!(table.rows[defect.row][defect.column], defect.before, "{defect:?}");
        }
        let kinds: BTreeSet<&str> = DefectForm::ALL.iter().map(|form| form.kind()).collect();
        assert_eq!((kinds.len(), forms.len()), (12, DefectForm::ALL.len()));
        assert!(forms.values().all(|count| *count >= 15), "{forms:?}");
    }

    #[test]
    fn keys_of_clean_rows_are_unique() {
        let clean = DefectiveTable::invent(3000, 1, 0);
        for column in [Column::Id, Column::Policy] {
            let keys: BTreeSet<&str> =
                clean.rows.iter().map(|row| &*row[column as usize]).collect();
            assert_eq!(keys.len(), 3000);
        }
    }

    #[test]
    fn tables_are_csv_with_their_truth() {
        let table = DefectiveTable::invent(300, 2, 200);
        let (mut out, mut truth) = (Vec::new(), Vec::new());
        table.write(&mut out, &mut truth).unwrap();
        let mut reader = csv::Reader::from_reader(&out[..]);
        let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
        assert_eq!(rows.len(), 300);
        assert!(
            rows.iter()
                .zip(&table.rows)
                .all(|(read, row)| read.iter().eq(row.iter().map(|it| &**it)))
        );
        let truth = csv::Reader::from_reader(&truth[..]).into_records().count();
        assert_eq!(truth, table.defects.len());
    }
}
