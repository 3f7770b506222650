//! The state of the profile of a column: what more values, or another state, can be added to.

use karat_model::profile::ColumnProfile;

use super::characters::Characters;
use super::codec::{Reader, StateError, Writer};
use super::length::Lengths;
use super::quantile::Spread;
use super::tally::Tally;
use super::{PATTERNS_EXACT_MAX, SAMPLE_COUNT, TOP_COUNT, VALUES_EXACT_MAX};

/// What was seen of a column so far; states of parts come to the state of the whole, in any order.
#[derive(Clone, Debug)]
pub struct ProfileState {
    pub(super) header: String,
    pub(super) rows: u64,
    pub(super) filled: u64,
    pub(super) missing_words: u64,
    pub(super) values: Tally,
    pub(super) patterns: Tally,
    pub(super) lengths: Lengths,
    pub(super) characters: Characters,
    pub(super) spread: Spread,
}

impl ProfileState {
    /// The state of a column of which nothing was seen.
    pub(super) fn new(header: &str) -> ProfileState {
        ProfileState {
            header: header.into(),
            rows: 0,
            filled: 0,
            missing_words: 0,
            values: Tally::new(VALUES_EXACT_MAX),
            patterns: Tally::new(PATTERNS_EXACT_MAX),
            lengths: Lengths::default(),
            characters: Characters::default(),
            spread: Spread::default(),
        }
    }

    /// The header of the column.
    pub fn header(&self) -> &str {
        &self.header
    }

    /// How many rows were seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds what was seen elsewhere of the same column.
    pub fn merge(&mut self, other: ProfileState) {
        self.rows += other.rows;
        self.filled += other.filled;
        self.missing_words += other.missing_words;
        self.values.merge(other.values);
        self.patterns.merge(other.patterns);
        self.lengths.merge(other.lengths);
        self.characters.merge(&other.characters);
        self.spread.merge(other.spread);
    }

    /// The share of the different values that another column has too: whether this may refer to
    /// that. None if too few values can be compared to tell.
    pub fn inclusion_in(&self, other: &ProfileState, texts_min: usize) -> Option<f32> {
        self.values.inclusion_in(&other.values, texts_min)
    }

    /// Visits the different values that were kept with how often they came, in no order: all of
    /// them, or as good as picked at random once there are too many.
    pub fn each_kept(&self, visit: impl FnMut(&str, u64)) {
        self.values.each_kept(visit);
    }

    /// The profile of all that was seen.
    pub fn finish(&self) -> ColumnProfile {
        ColumnProfile {
            header: self.header.clone(),
            rows: self.rows,
            filled: self.filled,
            distinct: self.values.distinct(),
            repeated: self.values.repeated(),
            is_estimate: self.values.is_estimate(),
            top: self.values.top(TOP_COUNT),
            patterns: self.patterns.top(TOP_COUNT),
            length_min_max: self.lengths.min_max(),
            lengths: self.lengths.finish(),
            characters: self.characters.finish(),
            missing_words: self.missing_words,
            quantiles: self.spread.finish(self.lengths.values()),
            sample: self.values.sample(SAMPLE_COUNT),
        }
    }

    /// Writes the state, frequent values and a sample included.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.text(&self.header);
        out.number(self.rows);
        out.number(self.filled);
        out.number(self.missing_words);
        self.values.write(&mut out);
        self.patterns.write(&mut out);
        self.lengths.write(&mut out);
        self.characters.write(&mut out);
        self.spread.write(&mut out);
        out.finish()
    }

    /// Reads what [`ProfileState::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<ProfileState, StateError> {
        let mut from = Reader::new(bytes)?;
        let state = ProfileState {
            header: from.text()?.into(),
            rows: from.count()?,
            filled: from.count()?,
            missing_words: from.count()?,
            values: Tally::read(VALUES_EXACT_MAX, &mut from)?,
            patterns: Tally::read(PATTERNS_EXACT_MAX, &mut from)?,
            lengths: Lengths::read(&mut from)?,
            characters: Characters::read(&mut from)?,
            spread: Spread::read(&mut from)?,
        };
        from.finish()?;
        Ok(state)
    }
}
