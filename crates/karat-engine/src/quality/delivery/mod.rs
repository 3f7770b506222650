//! Looks at what a source delivers, column by column, while it comes.
//!
//! Arrives: the values of a column, each once, in any order.
//! Leaves: [`ColumnCounts`]: how many there are, how often each value came where there are few, and
//! else how often each form.
//! Promises: pure; the same values in any order give the same counts, and memory does not grow with
//! the number of values.
//! Start reading at [`ColumnWatch`].

mod shape;

use std::collections::BTreeMap;

use karat_model::check::Decimal;
use rustc_hash::FxHashMap;

use self::shape::shape;
use super::check::Groups;

/// With more different values than this only their forms are told.
pub const VALUES_MAX: usize = 64;
/// The same for a column that somebody asks the values of.
pub const ASKED_VALUES_MAX: usize = 1_000;
/// The most frequent forms are told apart, the others together.
const SHAPES_MAX: usize = 64;
/// So many forms are counted, until the most frequent ones are known.
const SHAPES_COUNTED: usize = 8_192;
/// What the other forms are called: no form is.
const OTHER: &str = "…";

/// Counts the values of a column of a delivery.
#[derive(Clone, Debug)]
pub struct ColumnWatch {
    filled: u64,
    values_max: usize,
    /// `None` once there were too many.
    values: Option<FxHashMap<Box<str>, u64>>,
    shapes: FxHashMap<Box<str>, u64>,
    others: u64,
    is_asked: bool,
    numbers: u64,
    sum: i128,
    /// The form of the value at hand.
    written: String,
}

/// What was counted of a column of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnCounts {
    /// How many values there are.
    pub filled: u64,
    /// How often each value came; `None` if there are too many.
    pub values: Option<Groups>,
    /// How often values of each form came.
    pub shapes: Groups,
    /// Whether its values are asked for.
    pub is_asked: bool,
    /// The mean of its numbers, if they were added up.
    pub mean: Option<Decimal>,
}

impl ColumnWatch {
    /// Watches a column; of one that is asked for more values are told apart.
    pub fn new(is_asked: bool) -> ColumnWatch {
        ColumnWatch {
            filled: 0,
            values_max: if is_asked { ASKED_VALUES_MAX } else { VALUES_MAX },
            values: Some(FxHashMap::default()),
            shapes: FxHashMap::default(),
            others: 0,
            is_asked,
            numbers: 0,
            sum: 0,
            written: String::new(),
        }
    }

    /// Counts a value; one of white space alone is none.
    pub fn see(&mut self, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        self.filled += 1;
        if let Some(values) = &mut self.values {
            count(values, value);
            if values.len() > self.values_max {
                self.values = None;
            }
        }
        self.written.clear();
        shape(value, &mut self.written);
        if self.shapes.len() < SHAPES_COUNTED || self.shapes.contains_key(self.written.as_str()) {
            count(&mut self.shapes, &self.written);
        } else {
            self.others += 1;
        }
    }

    /// Adds the number that a value stands for.
    pub fn add(&mut self, number: Decimal) {
        self.numbers += 1;
        self.sum += i128::from(number.0);
    }

    /// What was counted.
    pub fn counts(&self) -> ColumnCounts {
        let mut shapes: Vec<(&str, u64)> =
            self.shapes.iter().map(|(shape, count)| (&**shape, *count)).collect();
        shapes.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let rest = shapes.split_off(shapes.len().min(SHAPES_MAX - 1));
        let others = self.others + rest.iter().map(|(_, count)| count).sum::<u64>();
        let mut told: Groups =
            shapes.into_iter().map(|(shape, count)| (shape.to_string(), count)).collect();
        if others > 0 {
            told.insert(OTHER.to_string(), others);
        }
        let values = self.values.as_ref().map(|values| {
            let counted = values.iter().map(|(value, count)| (value.to_string(), *count));
            counted.collect::<BTreeMap<String, u64>>()
        });
        let mean =
            (self.numbers > 0).then(|| Decimal((self.sum / i128::from(self.numbers)) as i64));
        let (filled, is_asked) = (self.filled, self.is_asked);
        ColumnCounts { filled, values, shapes: told, is_asked, mean }
    }
}

fn count(counts: &mut FxHashMap<Box<str>, u64>, key: &str) {
    match counts.get_mut(key) {
        Some(count) => *count += 1,
        None => {
            counts.insert(key.into(), 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted<'v>(is_asked: bool, values: impl IntoIterator<Item = &'v str>) -> ColumnCounts {
        let mut watch = ColumnWatch::new(is_asked);
        values.into_iter().for_each(|value| watch.see(value));
        watch.counts()
    }

    fn groups(groups: &[(&str, u64)]) -> Groups {
        groups.iter().map(|(group, count)| (group.to_string(), *count)).collect()
    }

    #[test]
    fn few_values_are_told_apart_and_nothing_is_none() {
        let counts = counted(false, ["NL", "BE", " NL ", "", "  "]);
        assert_eq!(counts.filled, 3);
        assert_eq!(counts.values, Some(groups(&[("BE", 1), ("NL", 2)])));
        assert_eq!(counts.shapes, groups(&[("A", 3)]));
    }

    #[test]
    fn of_many_values_their_forms_are_told() {
        let numbers: Vec<String> = (1_000..2_000).map(|it| format!("{it} AB")).collect();
        let values = || numbers.iter().map(String::as_str);
        let counts = counted(false, values());
        assert_eq!((counts.values, counts.shapes), (None, groups(&[("9999 A", 1_000)])));
        assert!(counted(true, values()).values.is_some());
        assert_eq!(counted(false, values().rev()).shapes, groups(&[("9999 A", 1_000)]));
    }

    #[test]
    fn seldom_forms_are_told_together() {
        let forms: Vec<String> = (1..200).map(|count| ".a".repeat(count)).collect();
        let counts = counted(false, forms.iter().map(String::as_str));
        assert!(counts.shapes.len() <= SHAPES_MAX);
        assert_eq!(counts.shapes.values().sum::<u64>(), 199);
    }
}
