//! Names and numbers the columns of a source: the same header has the same number in all its files.

use std::sync::Arc;

use karat_model::record::Columns;
use rustc_hash::{FxHashMap, FxHashSet};

/// The columns of a source, in the order in which they were first seen.
#[derive(Debug)]
pub(super) struct ColumnRegister {
    numbers: FxHashMap<String, u16>,
    names: Vec<String>,
    shared: Columns,
}

/// A source has more columns than can be numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooManyColumns;

impl ColumnRegister {
    /// The most columns that a source can have.
    pub(super) const COLUMNS_MAX: usize = u16::MAX as usize + 1;

    /// A register without columns.
    pub(super) fn new() -> ColumnRegister {
        ColumnRegister { numbers: FxHashMap::default(), names: Vec::new(), shared: Arc::new([]) }
    }

    /// The number of the column with this name, which is added when it is new.
    pub(super) fn number(&mut self, name: &str) -> Result<u16, TooManyColumns> {
        if let Some(&number) = self.numbers.get(name) {
            return Ok(number);
        }
        let number = u16::try_from(self.names.len()).map_err(|_| TooManyColumns)?;
        self.numbers.insert(name.into(), number);
        self.names.push(name.into());
        Ok(number)
    }

    /// All columns so far.
    pub(super) fn columns(&mut self) -> Columns {
        if self.shared.len() < self.names.len() {
            self.shared = self.names.as_slice().into();
        }
        self.shared.clone()
    }
}

/// Makes column names of the cells of a header: blanks are `column_3`, repetitions `name_2`.
pub(super) fn names<'a>(cells: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let cells: Vec<String> = cells
        .into_iter()
        .map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let mut taken: FxHashMap<String, usize> = cells.iter().map(|cell| (cell.clone(), 1)).collect();
    let mut seen = FxHashSet::default();
    let mut names = Vec::with_capacity(cells.len());
    for (at, cell) in cells.into_iter().enumerate() {
        let wanted = if cell.is_empty() { format!("column_{}", at + 1) } else { cell };
        let repeated = seen.contains(&wanted);
        let name = if repeated { unused(&wanted, &mut taken) } else { wanted };
        seen.insert(name.clone());
        names.push(name);
    }
    names
}

/// The name with the lowest number that no other column has.
fn unused(name: &str, taken: &mut FxHashMap<String, usize>) -> String {
    let mut number = taken.get(name).copied().unwrap_or(1);
    let found = loop {
        number += 1;
        let candidate = format!("{name}_{number}");
        if !taken.contains_key(&candidate) {
            break candidate;
        }
    };
    taken.insert(name.into(), number);
    taken.insert(found.clone(), 1);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_cells_become_unique_names() {
        let table: &[(&[&str], &[&str])] = &[
            (&["id", " Naam ", "post\ncode"], &["id", "Naam", "post code"]),
            (&["id", "", "naam", " "], &["id", "column_2", "naam", "column_4"]),
            (&["tel", "tel", "tel"], &["tel", "tel_2", "tel_3"]),
            (&["tel", "tel", "tel_2"], &["tel", "tel_3", "tel_2"]),
            (&["", "column_1"], &["column_1", "column_1_2"]),
            (&["Tel", "tel"], &["Tel", "tel"]),
        ];
        for &(cells, expected) in table {
            assert_eq!(names(cells.iter().copied()), expected);
        }
    }

    #[test]
    fn numbers_stay_the_same() {
        let mut register = ColumnRegister::new();
        assert_eq!(register.number("id"), Ok(0));
        assert_eq!(register.number("naam"), Ok(1));
        assert_eq!(register.number("id"), Ok(0));
        assert_eq!(*register.columns(), ["id", "naam"]);
    }

    #[test]
    fn a_register_has_an_end() {
        let mut register = ColumnRegister::new();
        for at in 0..ColumnRegister::COLUMNS_MAX {
            assert_eq!(register.number(&at.to_string()), Ok(at as u16));
        }
        assert_eq!(register.number("one more"), Err(TooManyColumns));
    }
}
