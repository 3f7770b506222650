//! Profiles all columns of a table together, and which columns determine others.

use karat_model::profile::{ColumnProfile, Dependency};
use karat_model::record::Payload;
use rayon::prelude::*;

use super::codec::{Reader, StateError, Writer};
use super::dependency::{COLUMNS_MAX, Dependencies, HashedRows};
use super::state::ProfileState;
use super::tally::hash;
use super::{IsMissing, Profiler};

/// Gathers the profiles of the columns of a table.
#[derive(Clone, Debug)]
pub struct TableProfiler {
    is_missing: IsMissing,
    rows: u64,
    columns: Vec<Profiler>,
    dependencies: Option<Dependencies>,
}

/// The state of the profile of a table; states of parts come to the state of the whole.
#[derive(Clone, Debug)]
pub struct TableState {
    rows: u64,
    columns: Vec<ProfileState>,
    dependencies: Dependencies,
}

impl TableProfiler {
    /// A profiler of the columns alone.
    pub fn of_columns(is_missing: IsMissing) -> TableProfiler {
        TableProfiler { is_missing, rows: 0, columns: Vec::new(), dependencies: None }
    }

    /// A profiler that also tells which columns determine others.
    pub fn with_dependencies(is_missing: IsMissing) -> TableProfiler {
        let dependencies = Some(Dependencies::default());
        TableProfiler { dependencies, ..TableProfiler::of_columns(is_missing) }
    }

    /// Adds rows; a column that is new was blank in all rows before.
    pub fn observe(&mut self, columns: &[String], rows: &[&Payload]) {
        for header in &columns[self.columns.len()..] {
            let mut profiler = Profiler::new(header, self.is_missing);
            profiler.observe_blank(self.rows);
            self.columns.push(profiler);
        }
        self.rows += rows.len() as u64;
        // One column after the other: what a profiler keeps stays close to the processor.
        let mut values: Vec<Vec<(u32, &str)>> = vec![Vec::new(); columns.len()];
        for (number, row) in (0..).zip(rows) {
            for (column, value) in row.iter() {
                values[column as usize].push((number, value));
            }
        }
        self.columns.par_iter_mut().zip(values).for_each(|(profiler, values)| {
            let mut filled = 0;
            for of_row in values.chunk_by(|a, b| a.0 == b.0) {
                filled += 1;
                let (first, further) = of_row.split_first().expect("no chunk is empty");
                profiler.observe(first.1);
                further.iter().for_each(|(_, value)| profiler.observe_further(value));
            }
            profiler.observe_blank(rows.len() as u64 - filled);
        });
        if let Some(dependencies) = &mut self.dependencies {
            let mut hashed = HashedRows::new(columns.len(), rows.len());
            for row in rows {
                let filled = row.iter().filter(|(column, value)| {
                    usize::from(*column) < COLUMNS_MAX && !value.trim().is_empty()
                });
                hashed.push(filled.map(|(column, value)| (usize::from(column), hash(value))));
            }
            dependencies.observe(&hashed);
        }
    }

    /// The profiles of the columns.
    pub fn finish(self) -> Vec<ColumnProfile> {
        self.columns.into_iter().map(Profiler::finish).collect()
    }

    /// What was seen so far.
    pub fn into_state(self) -> TableState {
        TableState {
            rows: self.rows,
            columns: self.columns.into_iter().map(Profiler::into_state).collect(),
            dependencies: self.dependencies.unwrap_or_default(),
        }
    }
}

impl TableState {
    /// How many rows were seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The states of the columns.
    pub fn columns(&self) -> &[ProfileState] {
        &self.columns
    }

    /// Adds what was seen elsewhere; columns are the same that have the same header, and one that
    /// was not there was blank.
    pub fn merge(&mut self, other: TableState) {
        let mut numbers = Vec::with_capacity(other.columns.len());
        let mut is_taken = vec![false; self.columns.len()];
        for column in other.columns {
            let same = self.columns.iter().position(|known| known.header() == column.header());
            // Of two columns with one header the first meets the first.
            let same = same.and_then(|first| {
                let is_same = |at: &usize| self.columns[*at].header() == column.header();
                (first..is_taken.len()).find(|at| !is_taken[*at] && is_same(at))
            });
            match same {
                Some(at) => {
                    is_taken[at] = true;
                    self.columns[at].merge(column);
                    numbers.push(at);
                }
                None => {
                    let mut new = ProfileState::new(column.header());
                    new.rows = self.rows;
                    new.merge(column);
                    numbers.push(self.columns.len());
                    self.columns.push(new);
                }
            }
        }
        for (column, _) in self.columns.iter_mut().zip(is_taken).filter(|(_, taken)| !taken) {
            column.rows += other.rows;
        }
        self.rows += other.rows;
        self.dependencies.merge(other.dependencies, &numbers);
    }

    /// The profiles of the columns.
    pub fn finish(&self) -> Vec<ColumnProfile> {
        self.columns.par_iter().map(ProfileState::finish).collect()
    }

    /// Which columns determine others, by their numbers.
    pub fn dependencies(&self) -> Vec<Dependency> {
        self.dependencies.finish()
    }

    /// Writes the state.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.number(self.rows);
        out.number(self.columns.len() as u64);
        let columns: Vec<Vec<u8>> = self.columns.par_iter().map(ProfileState::to_bytes).collect();
        columns.iter().for_each(|column| out.bytes(column));
        self.dependencies.write(&mut out);
        out.finish()
    }

    /// Reads what [`TableState::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<TableState, StateError> {
        let mut from = Reader::new(bytes)?;
        let rows = from.count()?;
        let mut columns = Vec::new();
        for _ in 0..from.number_below(1 << 16)? {
            columns.push(ProfileState::from_bytes(from.bytes()?)?);
        }
        let dependencies = Dependencies::read(&mut from)?;
        from.finish()?;
        Ok(TableState { rows, columns, dependencies })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn state(columns: &[&str], rows: &[Vec<String>]) -> TableState {
        let columns: Vec<String> = columns.iter().map(|header| header.to_string()).collect();
        let payloads: Vec<Payload> = rows
            .iter()
            .map(|row| {
                let mut payload = Payload::new();
                let filled = row.iter().enumerate().filter(|(_, value)| !value.is_empty());
                filled.for_each(|(at, value)| payload.push(at as u16, value));
                payload
            })
            .collect();
        let mut profiler = TableProfiler::with_dependencies(|value| value == "n/a");
        profiler.observe(&columns, &payloads.iter().collect::<Vec<_>>());
        profiler.into_state()
    }

    fn text(number: u32) -> String {
        number.to_string()
    }

    /// Towns with a region each, 7 towns to a region, and a number of their own for each row.
    fn towns(rows: u32) -> Vec<Vec<String>> {
        let row = |at: u32| vec![text(at), text(at % 500), format!("r{}", at % 500 / 7)];
        (0..rows).map(row).collect()
    }

    #[test]
    fn what_determines_is_found_and_what_does_not_is_not() {
        let columns = ["id", "town", "region"];
        let found = state(&columns, &towns(5000)).dependencies();
        let pairs: Vec<(usize, usize)> = found.iter().map(|one| (one.from, one.to)).collect();
        assert_eq!(pairs, [(1, 2)], "the region does not determine the town, nor the id anything");
        assert_eq!(found[0].share, 1.0);
        let mut rows = towns(5000);
        rows.iter_mut().step_by(3).for_each(|row| row[2] = format!("x{}", row[0]));
        assert_eq!(state(&columns, &rows).dependencies(), []);
    }

    #[test]
    fn columns_are_the_same_by_their_headers() {
        let rows = towns(900);
        let turned: Vec<Vec<String>> = rows[400..]
            .iter()
            .map(|row| vec![row[2].clone(), row[0].clone(), row[1].clone()])
            .collect();
        let whole = state(&["id", "town", "region"], &rows);
        let mut merged = state(&["id", "town", "region"], &rows[..400]);
        merged.merge(state(&["region", "id", "town"], &turned));
        assert_eq!(merged.finish(), whole.finish());
        assert_eq!(merged.dependencies(), whole.dependencies());
    }

    #[test]
    fn a_column_that_is_new_was_blank_before() {
        let mut one = state(&["a"], &[vec![text(1)], vec![text(2)]]);
        one.merge(state(&["b"], &[vec![text(3)]]));
        let found: Vec<(u64, u64)> =
            one.finish().iter().map(|column| (column.rows, column.filled)).collect();
        assert_eq!(found, [(3, 2), (3, 1)]);
    }

    proptest! {
        #[test]
        fn parts_come_to_the_whole(
            rows in prop::collection::vec(prop::collection::vec("[ab]{0,2}", 4), 0..200),
            cut in 0usize..200,
        ) {
            let columns = ["a", "b", "c", "d"];
            let whole = state(&columns, &rows);
            let (left, right) = rows.split_at(cut.min(rows.len()));
            let mut merged = state(&columns, right);
            merged.merge(state(&columns, left));
            prop_assert_eq!(merged.finish(), whole.finish());
            prop_assert_eq!(merged.dependencies(), whole.dependencies());
            let read = TableState::from_bytes(&merged.to_bytes()).unwrap();
            prop_assert_eq!(read.to_bytes(), merged.to_bytes());
            prop_assert_eq!(read.finish(), whole.finish());
            prop_assert_eq!(read.dependencies(), whole.dependencies());
        }
    }
}
