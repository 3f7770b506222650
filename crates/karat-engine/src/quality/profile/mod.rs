//! Profiles columns: what stands in them, before anything is known of its meaning.
//!
//! Arrives: the values of one column, one by one, in any order.
//! Leaves: counts, the most frequent values and patterns, and a sample of different values.
//! Promises: figures are exact up to some ten thousand different values and estimates beyond;
//! either way they depend on which values came, not on their order.
//! Start reading at [`Profiler`]; `tally.rs` counts values, `sketch.rs` finds frequent ones among
//! many, `pattern.rs` makes patterns.

mod pattern;
mod sketch;
mod tally;

use std::cmp::Ordering;

use karat_model::profile::ColumnProfile;

use pattern::write_pattern;
use tally::Tally;

/// How many different values are counted exactly.
const VALUES_EXACT_MAX: usize = 16 * 1024;

/// How many different patterns are counted exactly.
const PATTERNS_EXACT_MAX: usize = 2 * 1024;

/// How many frequent values and patterns a profile names.
const TOP_COUNT: usize = 20;

/// How many different values a profile gives as a sample.
const SAMPLE_COUNT: usize = 400;

/// Gathers the profile of one column.
#[derive(Clone, Debug)]
pub struct Profiler {
    header: String,
    rows: u64,
    filled: u64,
    length_min_max: Option<(u32, u32)>,
    longest: u64,
    values: Tally,
    patterns: Tally,
    pattern: String,
}

impl Profiler {
    /// A profiler of the column with this header.
    pub fn new(header: &str) -> Profiler {
        Profiler {
            header: header.into(),
            rows: 0,
            filled: 0,
            length_min_max: None,
            longest: 0,
            values: Tally::new(VALUES_EXACT_MAX),
            patterns: Tally::new(PATTERNS_EXACT_MAX),
            pattern: String::new(),
        }
    }

    /// Adds a row with a value; a blank value counts as none.
    pub fn observe(&mut self, value: &str) {
        self.rows += 1;
        if !value.trim().is_empty() {
            self.filled += 1;
            self.count(value);
        }
    }

    /// Adds a further value of the row that was added last.
    pub fn observe_further(&mut self, value: &str) {
        if !value.trim().is_empty() {
            self.count(value);
        }
    }

    /// Adds rows without a value.
    pub fn observe_blank(&mut self, rows: u64) {
        self.rows += rows;
    }

    fn count(&mut self, value: &str) {
        let characters = value.chars().count();
        let length = u32::try_from(characters).unwrap_or(u32::MAX);
        let (min, max) = self.length_min_max.unwrap_or((length, length));
        self.longest = match length.cmp(&max) {
            Ordering::Less => self.longest,
            Ordering::Equal => self.longest + 1,
            Ordering::Greater => 1,
        };
        self.length_min_max = Some((min.min(length), max.max(length)));
        self.values.add(value);
        self.pattern.clear();
        write_pattern(value, &mut self.pattern);
        self.patterns.add(&self.pattern);
    }

    /// Adds what another profiler saw of the same column.
    pub fn merge(&mut self, other: Profiler) {
        self.rows += other.rows;
        self.filled += other.filled;
        let longest = |it: &Profiler| it.length_min_max.map(|(_, max)| max);
        self.longest = match longest(self).cmp(&longest(&other)) {
            Ordering::Less => other.longest,
            Ordering::Equal => self.longest + other.longest,
            Ordering::Greater => self.longest,
        };
        self.length_min_max = match (self.length_min_max, other.length_min_max) {
            (Some((min, max)), Some((other_min, other_max))) => {
                Some((min.min(other_min), max.max(other_max)))
            }
            (one, other) => one.or(other),
        };
        self.values.merge(other.values);
        self.patterns.merge(other.patterns);
    }

    /// The profile of all that was added.
    pub fn finish(mut self) -> ColumnProfile {
        self.values.settle();
        self.patterns.settle();
        ColumnProfile {
            header: self.header,
            rows: self.rows,
            filled: self.filled,
            distinct: self.values.distinct(),
            top: self.values.top(TOP_COUNT),
            patterns: self.patterns.top(TOP_COUNT),
            length_min_max: self.length_min_max.unwrap_or_default(),
            longest: self.longest,
            sample: self.values.sample(SAMPLE_COUNT),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn profile<'a>(values: impl IntoIterator<Item = &'a str>) -> ColumnProfile {
        let mut profiler = Profiler::new("naam");
        for value in values {
            profiler.observe(value);
        }
        profiler.finish()
    }

    #[test]
    fn a_small_column_is_counted_exactly() {
        let found = profile(["Jan", "Piet", "", "Jan", "de Vries", " "]);
        assert_eq!((found.rows, found.filled, found.distinct), (6, 4, 3));
        assert_eq!((found.length_min_max, found.longest), ((3, 8), 1));
        let top: Vec<_> = found.top.iter().map(|(value, count)| (&**value, *count)).collect();
        assert_eq!(top, [("Jan", 2), ("Piet", 1), ("de Vries", 1)]);
        let patterns: Vec<_> =
            found.patterns.iter().map(|(text, count)| (&**text, *count)).collect();
        assert_eq!(patterns, [("Aaa", 2), ("Aaaa", 1), ("aa Aa+", 1)]);
        let mut sample = found.sample;
        sample.sort();
        assert_eq!(sample, ["Jan", "Piet", "de Vries"]);
    }

    #[test]
    fn a_column_without_values_is_blank() {
        let mut profiler = Profiler::new("fax");
        profiler.observe_blank(7);
        let expected = ColumnProfile { header: "fax".into(), rows: 7, ..Default::default() };
        assert_eq!(profiler.finish(), expected);
    }

    #[test]
    fn further_values_are_no_rows() {
        let mut profiler = Profiler::new("mail");
        profiler.observe("a@x.nl");
        profiler.observe_further("b@x.nl");
        let found = profiler.finish();
        assert_eq!((found.rows, found.filled, found.distinct), (1, 1, 2));
    }

    /// 60,000 different numbers, and three placeholders among them.
    fn large_column() -> Vec<String> {
        let different = (0..60_000).map(|at| format!("06{:08}", at * 7919 % 100_000_007));
        let placeholders = [("0600000000", 900), ("onbekend", 400), ("0612345678", 120)];
        let repeated = placeholders.into_iter().flat_map(|(text, count)| vec![text.into(); count]);
        different.chain(repeated).collect()
    }

    #[test]
    fn a_large_column_is_estimated_closely() {
        let values = large_column();
        let found = profile(values.iter().map(String::as_str));
        assert!((57_000..63_000).contains(&found.distinct), "{}", found.distinct);
        assert_eq!(found.sample.len(), SAMPLE_COUNT);
        let top: Vec<&str> = found.top.iter().map(|(value, _)| &**value).collect();
        assert_eq!(top, ["0600000000", "onbekend", "0612345678"]);
        for ((_, count), expected) in found.top.iter().zip([901u64, 400, 120]) {
            assert!(count.abs_diff(expected) <= 10, "{count} {expected}");
        }
        assert_eq!(found.patterns[0], ("9+".into(), 61_020));
    }

    #[test]
    fn the_order_of_a_large_column_does_not_matter() {
        let mut values = large_column();
        let expected = profile(values.iter().map(String::as_str));
        values.reverse();
        assert_eq!(profile(values.iter().map(String::as_str)), expected);
        values.sort();
        assert_eq!(profile(values.iter().map(String::as_str)), expected);
        let mut parts: Vec<Profiler> = Vec::new();
        for part in values.chunks(17_000) {
            let mut profiler = Profiler::new("naam");
            part.iter().for_each(|value| profiler.observe(value));
            parts.push(profiler);
        }
        let merged = parts.into_iter().rev().reduce(|mut one, other| {
            one.merge(other);
            one
        });
        assert_eq!(merged.map(Profiler::finish), Some(expected));
    }

    proptest! {
        #[test]
        fn order_and_division_do_not_matter(
            values in prop::collection::vec("[ab1]{0,3}", 0..60),
            cut in 0usize..60,
        ) {
            let expected = profile(values.iter().map(String::as_str));
            let reversed = profile(values.iter().rev().map(String::as_str));
            prop_assert_eq!(&reversed, &expected);
            let (left, right) = values.split_at(cut.min(values.len()));
            let mut one = Profiler::new("naam");
            right.iter().for_each(|value| one.observe(value));
            let mut other = Profiler::new("naam");
            left.iter().for_each(|value| other.observe(value));
            one.merge(other);
            prop_assert_eq!(one.finish(), expected);
        }
    }
}
