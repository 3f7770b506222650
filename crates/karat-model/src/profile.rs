//! Profiles: what stands in a column, before anything is known of its meaning.

/// What stands in one column of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnProfile {
    /// The header, or the dotted path in JSON.
    pub header: String,
    /// How many rows were read.
    pub rows: u64,
    /// How many of them have a value that is not blank.
    pub filled: u64,
    /// How many different values there are; an estimate beyond some ten thousand.
    pub distinct: u64,
    /// The most frequent values with their counts, most frequent first, ties in order of text.
    pub top: Vec<(String, u64)>,
    /// The most frequent patterns with their counts: a digit is `9`, a letter `a` or `A`.
    pub patterns: Vec<(String, u64)>,
    /// The fewest and the most characters of a value.
    pub length_min_max: (u32, u32),
    /// How many values have the most characters.
    pub longest: u64,
    /// Different values spread over the file, for recognising what they mean.
    pub sample: Vec<String>,
}
