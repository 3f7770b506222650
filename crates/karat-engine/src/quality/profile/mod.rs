//! Profiles columns: what stands in them, before anything is known of its meaning.
//!
//! Arrives: the values of one column, one by one, in any order.
//! Leaves: counts, the most frequent values and patterns, and a sample of different values.
//! Promises: figures are exact up to some ten thousand different values and estimates beyond;
//! either way they depend on which values came, not on their order.
//! Start reading at [`Profiler`] and [`TableProfiler`]; `tally.rs` counts values, `sketch.rs` finds
//! frequent ones among many, `pattern.rs` makes patterns, `dependency.rs` finds columns that
//! determine others, and `state.rs` is what is kept to go on another day.

mod codec;
mod recent;
mod pattern;
mod sketch;
mod tally;
mod length;
mod characters;
mod quantile;
mod state;
mod dependency;
mod table;

use karat_model::profile::{CharacterClass, ColumnProfile};

pub use codec::StateError;
pub use state::ProfileState;
pub use table::{TableProfiler, TableState};

use characters::{has, kinds_of};
use pattern::write_pattern;
use recent::Recent;

/// How many different values are counted exactly.
const VALUES_EXACT_MAX: usize = 16 * 1024;

/// How many different patterns are counted exactly.
const PATTERNS_EXACT_MAX: usize = 2 * 1024;

/// How many frequent values and patterns a profile names.
const TOP_COUNT: usize = 20;

/// How many different values a profile gives as a sample.
const SAMPLE_COUNT: usize = 400;

/// Longer texts do not only say that there is no value.
const MISSING_WORD_BYTES_MAX: usize = 24;

/// Whether a text only says that there is no value; which words do is known where values are
/// cleaned.
pub type IsMissing = fn(&str) -> bool;

/// Gathers the profile of one column.
#[derive(Clone, Debug)]
pub struct Profiler {
    is_missing: IsMissing,
    state: ProfileState,
    recent: Recent,
    recent_patterns: Recent,
    pattern: String,
}

impl Profiler {
    /// A profiler of the column with this header.
    pub fn new(header: &str, is_missing: IsMissing) -> Profiler {
        Profiler {
            is_missing,
            state: ProfileState::new(header),
            recent: Recent::new(),
            recent_patterns: Recent::new(),
            pattern: String::new(),
        }
    }

    /// Adds a row with a value; a blank value counts as none.
    pub fn observe(&mut self, value: &str) {
        self.state.rows += 1;
        if !value.trim().is_empty() {
            self.state.filled += 1;
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
        self.state.rows += rows;
    }

    fn count(&mut self, value: &str) {
        let hash = tally::hash(value);
        if self.recent.comes_again(hash, value) {
            return;
        }
        if let Some(other) = self.recent.remember(hash) {
            self.look_at(other.hash, &other.text, other.count);
            self.recent.give_back(other);
        }
        self.look_at(hash, value, 1);
    }

    /// Takes occurrences of a value into all figures.
    fn look_at(&mut self, hash: u64, value: &str, count: u64) {
        let state = &mut self.state;
        state.values.add(hash, count, value);
        let kinds = kinds_of(value);
        state.characters.add(kinds, count);
        let length = if value.is_ascii() { value.len() } else { value.chars().count() };
        state.lengths.add(u32::try_from(length).unwrap_or(u32::MAX), count);
        if has(kinds, CharacterClass::Digit) {
            state.spread.add(value, count);
        } else if value.len() <= MISSING_WORD_BYTES_MAX && (self.is_missing)(value.trim()) {
            state.missing_words += count;
        }
        self.pattern.clear();
        write_pattern(value, &mut self.pattern);
        self.count_pattern(count);
    }

    fn count_pattern(&mut self, count: u64) {
        let hash = tally::hash(&self.pattern);
        if count == 1 {
            if self.recent_patterns.comes_again(hash, &self.pattern) {
                return;
            }
            if let Some(other) = self.recent_patterns.remember(hash) {
                self.state.patterns.add(other.hash, other.count, &other.text);
                self.recent_patterns.give_back(other);
            }
        }
        self.state.patterns.add(hash, count, &self.pattern);
    }

    /// Adds what another profiler saw of the same column.
    pub fn merge(&mut self, other: Profiler) {
        self.settle();
        self.state.merge(other.into_state());
    }

    /// What was seen so far, to go on from another day.
    pub fn state(&mut self) -> ProfileState {
        self.settle();
        self.state.clone()
    }

    /// What was seen.
    pub fn into_state(mut self) -> ProfileState {
        self.settle();
        self.state
    }

    /// The profile of all that was added.
    pub fn finish(self) -> ColumnProfile {
        self.into_state().finish()
    }

    /// Takes the values that were added last into all figures.
    fn settle(&mut self) {
        while let Some(other) = self.recent.uncounted() {
            self.look_at(other.hash, &other.text, other.count);
            self.recent.give_back(other);
        }
        while let Some(other) = self.recent_patterns.uncounted() {
            self.state.patterns.add(other.hash, other.count, &other.text);
            self.recent_patterns.give_back(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_missing(value: &str) -> bool {
        value == "onbekend"
    }

    fn profile<'a>(values: impl IntoIterator<Item = &'a str>) -> ColumnProfile {
        let mut profiler = Profiler::new("naam", is_missing);
        for value in values {
            profiler.observe(value);
        }
        profiler.finish()
    }

    fn profile_state<'a>(values: impl IntoIterator<Item = &'a str>) -> ProfileState {
        let mut profiler = Profiler::new("naam", is_missing);
        values.into_iter().for_each(|value| profiler.observe(value));
        profiler.into_state()
    }

    #[test]
    fn a_small_column_is_counted_exactly() {
        let found = profile(["Jan", "Piet", "", "Jan", "de Vries", " "]);
        assert_eq!((found.rows, found.filled, found.distinct), (6, 4, 3));
        assert_eq!((found.length_min_max, found.longest()), ((3, 8), 1));
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
        let mut profiler = Profiler::new("fax", is_missing);
        profiler.observe_blank(7);
        let expected = ColumnProfile { header: "fax".into(), rows: 7, ..Default::default() };
        assert_eq!(profiler.finish(), expected);
    }

    #[test]
    fn further_values_are_no_rows() {
        let mut profiler = Profiler::new("mail", is_missing);
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
            let mut profiler = Profiler::new("naam", is_missing);
            part.iter().for_each(|value| profiler.observe(value));
            parts.push(profiler);
        }
        let merged = parts.into_iter().rev().reduce(|mut one, other| {
            one.merge(other);
            one
        });
        assert_eq!(merged.map(Profiler::finish), Some(expected));
    }

    #[test]
    fn a_state_goes_on_another_day() {
        let values = large_column();
        let expected = profile(values.iter().map(String::as_str));
        let mut day = Profiler::new("naam", is_missing);
        values[..40_000].iter().for_each(|value| day.observe(value));
        let bytes = day.state().to_bytes();
        let mut state = ProfileState::from_bytes(&bytes).unwrap();
        assert_eq!(state.to_bytes(), bytes);
        let mut day = Profiler::new("naam", is_missing);
        values[40_000..].iter().for_each(|value| day.observe(value));
        state.merge(day.into_state());
        assert_eq!(state.finish(), expected);
        assert_eq!((expected.missing_words, expected.is_estimate), (400, true));
    }

    #[test]
    fn repeated_values_spoil_a_key() {
        let found = profile(["a", "b", "c"]);
        assert_eq!((found.is_candidate_key(), found.key_score()), (true, 1.0));
        let found = profile(["a", "b", "b", ""]);
        assert_eq!((found.is_candidate_key(), found.key_score(), found.repeated), (false, 0.5, 1));
        assert!(!profile(["a", "b", ""]).is_candidate_key());
    }

    #[test]
    fn columns_that_refer_to_others_are_included_in_them() {
        let state = |range: std::ops::Range<u32>| {
            let mut profiler = Profiler::new("klantnr", is_missing);
            range.for_each(|number| profiler.observe(&format!("K{number}")));
            profiler.into_state()
        };
        let (customers, orders) = (state(0..60_000), state(100..300));
        let reverse = customers.inclusion_in(&orders, 20).unwrap();
        assert!(reverse < 0.01, "hardly any of the many is there: {reverse}");
        assert_eq!(orders.inclusion_in(&customers, 20), Some(1.0));
        assert_eq!(state(0..5).inclusion_in(&customers, 20), None, "too few to tell");
    }

    proptest! {
        #[test]
        fn damage_is_told(
            values in prop::collection::vec("[ab1é]{0,5}", 0..60),
            at: prop::sample::Index,
            bit in 0u8..8,
            cut: prop::sample::Index,
        ) {
            let mut profiler = Profiler::new("naam", is_missing);
            values.iter().for_each(|value| profiler.observe(value));
            let bytes = profiler.into_state().to_bytes();
            let mut damaged = bytes.clone();
            damaged[at.index(bytes.len())] ^= 1 << bit;
            prop_assert_eq!(ProfileState::from_bytes(&damaged).err(), Some(StateError::Damaged));
            let short = &bytes[..cut.index(bytes.len())];
            prop_assert_eq!(ProfileState::from_bytes(short).err(), Some(StateError::Damaged));
        }

        /// The digest is made anew, as who forges a state would.
        #[test]
        fn forged_states_never_panic(
            values in prop::collection::vec("[ab1é]{0,5}", 0..40),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let mut profiler = Profiler::new("naam", is_missing);
            values.iter().for_each(|value| profiler.observe(value));
            let mut bytes = profiler.into_state().to_bytes();
            bytes.truncate(bytes.len() - 8);
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let digest = blake3::hash(&bytes);
            bytes.extend(&digest.as_bytes()[..8]);
            if let Ok(mut state) = ProfileState::from_bytes(&bytes) {
                state.merge(profile_state(["a", "b"]));
                state.finish();
            }
        }

        #[test]
        fn order_and_division_do_not_matter(
            values in prop::collection::vec("[ab1]{0,3}", 0..60),
            cut in 0usize..60,
        ) {
            let expected = profile(values.iter().map(String::as_str));
            let reversed = profile(values.iter().rev().map(String::as_str));
            prop_assert_eq!(&reversed, &expected);
            let (left, right) = values.split_at(cut.min(values.len()));
            let mut one = Profiler::new("naam", is_missing);
            right.iter().for_each(|value| one.observe(value));
            let mut other = Profiler::new("naam", is_missing);
            left.iter().for_each(|value| other.observe(value));
            one.merge(other);
            prop_assert_eq!(one.finish(), expected);
        }
    }
}
