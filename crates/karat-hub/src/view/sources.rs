//! The sources: what each of them brings, how far it is trusted, and when it came last.

use karat_model::hub_model::{Delivery, Party};
use karat_model::id::SourceName;
use karat_model::record::{Moment, Quarantined};
use karat_model::semantic::SemanticType;

/// One source system, and how it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceStanding {
    /// Its name.
    pub name: SourceName,
    /// What the hub model says of it; `None` of one that the hub model does not know any more.
    pub told: Option<ToldSource>,
    /// How far it is trusted, 0 to 100.
    pub trust: u8,
    /// How many records it has.
    pub records: u64,
    /// How many customers no other source knows; `None` until the next load counts them.
    pub alone: Option<u64>,
    /// How many rows of its last delivery could not be read.
    pub quarantined: u64,
    /// How many findings its records have.
    pub findings: u64,
    /// When it delivers.
    pub feed: Feed,
    /// Why nothing came of the last load, as far as this source is concerned.
    pub failure: Option<LoadFailure>,
}

/// What the hub model says of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldSource {
    /// What its records are about.
    pub party: Party,
    /// Whether a delivery is everything, or what changed.
    pub delivery: Delivery,
    /// Its files and patterns, as the folder of the hub sees them.
    pub files: Vec<String>,
    /// Who answers for it, if the hub model says so.
    pub owner: Option<String>,
}

/// When a source delivers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// When it delivered last.
    pub last: Option<Moment>,
    /// The median of the seconds between its last ten deliveries; `None` when there are fewer than
    /// three, which say nothing of a rhythm.
    pub usual_seconds: Option<u64>,
    /// The most seconds between two of those.
    pub longest_seconds: Option<u64>,
}

/// How many deliveries tell the rhythm of a source.
const RHYTHM_OF: usize = 10;

impl Feed {
    /// The rhythm of deliveries at these moments, in order.
    pub fn of(deliveries: &[Moment]) -> Feed {
        let first = deliveries.len().saturating_sub(RHYTHM_OF);
        let last_ones = &deliveries[first..];
        let mut gaps: Vec<u64> =
            last_ones.windows(2).map(|two| seconds_between(two[0], two[1])).collect();
        gaps.sort_unstable();
        let has_rhythm = gaps.len() >= 2;
        Feed {
            last: deliveries.last().copied(),
            usual_seconds: has_rhythm.then(|| gaps[(gaps.len() - 1) / 2]),
            longest_seconds: gaps.last().copied().filter(|_| has_rhythm),
        }
    }

    /// The feed lag: how many seconds it is since the last delivery.
    pub fn lag_seconds(&self, now: Moment) -> Option<u64> {
        self.last.map(|last| seconds_between(last, now))
    }

    /// Whether the source is late: the lag is longer than any pause between its last ten deliveries,
    /// and more than one and a half times the usual one.
    pub fn is_late(&self, now: Moment) -> bool {
        let rhythm = self.usual_seconds.zip(self.longest_seconds);
        self.lag_seconds(now).zip(rhythm).is_some_and(|(lag, (usual, longest))| {
            lag > longest && lag > usual.saturating_add(usual / 2)
        })
    }
}

fn seconds_between(from: Moment, to: Moment) -> u64 {
    u64::try_from(to.0 - from.0).unwrap_or(0)
}

/// Why a load failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadFailure {
    /// When the load began.
    pub at: Moment,
    /// What went wrong, with ids and places; `None` of a load that broke off, or still runs.
    pub message: Option<String>,
    /// What to do next, if that is known.
    pub hint: Option<String>,
}

/// What a load brought of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLoad {
    /// When it began.
    pub at: Moment,
    /// How many rows were read.
    pub read: u64,
    /// How many of them were new.
    pub added: u64,
    /// How many of them had changed.
    pub changed: u64,
    /// How many records were gone.
    pub removed: u64,
    /// How many rows could not be read.
    pub quarantined: u64,
    /// Why the load failed, or what of its files could not be read.
    pub failure: Option<LoadFailure>,
}

/// All that is known of one source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceDetail {
    /// How it stands.
    pub standing: SourceStanding,
    /// What stood in the columns of its last delivery, and what they mean; those that the hub model
    /// names and that never came stand last.
    pub columns: Vec<SourceColumn>,
    /// How many rows of its last delivery were looked at for that, and when it came.
    pub profiled: Option<(u64, Moment)>,
    /// The checks that its columns suggest.
    pub suggested: Vec<ColumnSuggestion>,
    /// Its last loads, latest first.
    pub loads: Vec<SourceLoad>,
}

/// A column of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceColumn {
    /// The header, or the dotted path in JSON.
    pub header: String,
    /// What the hub model says that it means; `None` when it says nothing of it.
    pub told: Option<SemanticType>,
    /// The attribute that it fills, by its name, where the meaning does not tell.
    pub attribute: Option<String>,
    /// What its values seem to mean, and how sure that is, from 0 to 1.
    pub guess: Option<(SemanticType, f32)>,
    /// What stood in it.
    pub seen: Option<SeenColumn>,
}

impl SourceColumn {
    /// Whether nothing is made of it.
    pub fn is_unmapped(&self) -> bool {
        matches!(self.told, None | Some(SemanticType::Ignored))
    }
}

/// What stood in a column of the last delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenColumn {
    /// How many rows have a value.
    pub filled: u64,
    /// How many different values of a sample were judged by what the column means.
    pub judged: u64,
    /// How many of them are valid.
    pub valid: u64,
    /// How many different values there are.
    pub distinct: u64,
    /// Whether that is an estimate.
    pub is_estimate: bool,
    /// Whether it could be a key: each row has a value, and no value came twice.
    pub is_candidate_key: bool,
    /// Whether it seems to hold citizen service numbers.
    pub has_citizen_numbers: bool,
    /// From how many characters to how many, and how many values.
    pub lengths: Vec<(u32, u32, u64)>,
    /// The most frequent patterns with their counts: a digit is `9`, a letter `a` or `A`.
    pub patterns: Vec<(String, u64)>,
    /// The most frequent values, of columns alone whose values say nothing of one person.
    pub top: Vec<(String, u64)>,
}

/// A check that a column suggests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSuggestion {
    /// The column.
    pub column: String,
    /// The attribute that it fills.
    pub attribute: String,
    /// The word of the requirement.
    pub word: String,
    /// Which share of what was seen passes, from 0 to 1 in ten-thousandths.
    pub passed: u16,
    /// Why, in English and Dutch.
    pub because: [String; 2],
}

/// Rows of a source that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuarantinePage {
    /// When the delivery came that they are of.
    pub at: Option<Moment>,
    /// Some of them, in the order of files and lines; what they say is masked.
    pub rows: Vec<QuarantinedRow>,
    /// How many there are.
    pub total: u64,
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedRow {
    /// The file, without its folders.
    pub file: String,
    /// The line, counted from 1, or the row in a file without lines.
    pub line: u64,
    /// Why it could not be read, in English, without personal values.
    pub reason: String,
    /// The row, masked.
    pub masked: String,
}

/// So many characters of a row tell which one it is.
const MASKED_CHARACTERS_MAX: usize = 200;

impl QuarantinedRow {
    /// The row with nothing left of its values but where each of them begins.
    pub fn masked(row: &Quarantined) -> QuarantinedRow {
        let file = row.file.rsplit(['/', '\\']).next().unwrap_or_default();
        QuarantinedRow {
            file: file.to_string(),
            line: row.line,
            reason: row.reason.clone(),
            masked: masked_row(&String::from_utf8_lossy(&row.raw)),
        }
    }
}

/// The signs of a row, and the first character of each word in it: `1***;J***-d*** W***;`.
fn masked_row(text: &str) -> String {
    let mut masked = String::new();
    let mut is_in_word = false;
    for character in text.trim_end().chars().take(MASKED_CHARACTERS_MAX) {
        match (character.is_alphanumeric(), is_in_word) {
            (true, true) => {}
            (true, false) => masked.extend([character, '*', '*', '*']),
            (false, _) => masked.push(character),
        }
        is_in_word = character.is_alphanumeric();
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn feed(days: &[i64]) -> Feed {
        Feed::of(&days.iter().map(|day| Moment(day * DAY)).collect::<Vec<_>>())
    }

    #[test]
    fn a_source_is_late_when_it_never_paused_so_long() {
        // From Monday to Friday, with a weekend between.
        let weekdays = feed(&[0, 1, 2, 3, 4, 7, 8, 9, 10, 11]);
        assert_eq!(weekdays.usual_seconds, Some(DAY as u64));
        for (day, expected) in [(12, false), (14, false), (15, true)] {
            assert_eq!(weekdays.is_late(Moment(day * DAY)), expected, "day {day}");
        }
        assert_eq!(weekdays.lag_seconds(Moment(12 * DAY)), Some(DAY as u64));
    }

    #[test]
    fn two_deliveries_are_no_rhythm() {
        for days in [&[][..], &[1], &[1, 2]] {
            let feed = feed(days);
            assert_eq!((feed.usual_seconds, feed.is_late(Moment(999 * DAY))), (None, false));
        }
        // What was usual long ago does not count.
        let eleven: Vec<i64> = std::iter::once(0).chain(100..110).collect();
        assert_eq!(feed(&eleven).longest_seconds, Some(DAY as u64));
    }

    #[test]
    fn of_a_row_only_its_form_is_left() {
        for (row, expected) in [
            ("1001;Jansen-de Wit, P.;31-1-1980\n", "1***;J***-d*** W***, P***.;3***-1***-1***"),
            ("\"petra@voorbeeld.example", "\"p***@v***.e***"),
            ("", ""),
        ] {
            assert_eq!(masked_row(row), expected);
        }
    }
}
