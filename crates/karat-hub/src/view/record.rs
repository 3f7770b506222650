//! A source record, as its source sent it and as it was understood.

use std::fmt;
use std::str::FromStr;

use karat_model::id::{EntityId, InvalidId};
use karat_model::record::{Columns, SourceRecord};

use super::RecordDetail;

/// A source record and the entity it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordView {
    /// The record.
    pub detail: RecordDetail,
    /// Its entity; `None` until it is published.
    pub entity: Option<EntityId>,
}

/// The version of a record: a hash of its values, so that the same values have the same version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordTag(pub [u8; 12]);

impl RecordTag {
    /// The version of a record with these columns; the order in which columns were numbered does
    /// not matter.
    pub fn of(record: &SourceRecord, columns: &Columns) -> RecordTag {
        let mut values: Vec<(&str, &str)> = record
            .payload
            .iter()
            .map(|(column, value)| (columns[usize::from(column)].as_str(), value))
            .collect();
        // Values of one column stay in their order.
        values.sort_by_key(|(column, _)| *column);
        let mut hasher = blake3::Hasher::new();
        let observed_at = record.observed_at.map_or(i64::MIN, |moment| moment.0);
        hasher.update(&observed_at.to_le_bytes());
        for text in values.into_iter().flat_map(|(column, value)| [column, value]) {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        let hash = hasher.finalize();
        RecordTag(hash.as_bytes()[..12].try_into().expect("a hash has 32 bytes"))
    }
}

/// Written as 24 hexadecimal digits.
impl fmt::Display for RecordTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for RecordTag {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<RecordTag, InvalidId> {
        let invalid = InvalidId("the version of a record has 24 hexadecimal digits");
        let is_hex = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hex {
            return Err(invalid);
        }
        let mut tag = [0; 12];
        for (at, byte) in tag.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| invalid)?;
        }
        Ok(RecordTag(tag))
    }
}

#[cfg(test)]
mod tests {
    use karat_model::record::{Moment, Payload};

    use super::*;

    fn tag(columns: &[&str], values: &[&str], observed_at: Option<i64>) -> RecordTag {
        let mut payload = Payload::new();
        (0..).zip(values).for_each(|(column, value)| payload.push(column, value));
        let key = "crm/1".parse().unwrap();
        let record = SourceRecord { key, observed_at: observed_at.map(Moment), payload };
        RecordTag::of(&record, &columns.iter().map(|name| name.to_string()).collect())
    }

    #[test]
    fn the_same_values_have_the_same_version_whatever_the_order_of_columns() {
        let one = tag(&["name", "city"], &["Anna", "Ede"], None);
        assert_eq!(one, tag(&["city", "name"], &["Ede", "Anna"], None));
        assert_eq!(one.to_string().parse(), Ok(one));
        for other in [
            tag(&["name", "city"], &["Ede", "Anna"], None),
            tag(&["name", "city"], &["AnnaE", "de"], None),
            tag(&["name", "city"], &["Anna", "Ede"], Some(1)),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn other_texts_are_no_versions() {
        for text in ["", "00", &"é".repeat(12), &"x".repeat(24)] {
            assert!(text.parse::<RecordTag>().is_err(), "{text}");
        }
    }
}
