//! Typed identifiers: of sources, records, entities and models.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The name of a source system, for instance `crm`: lower-case letters, digits, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceName(Arc<str>);

impl SourceName {
    /// Makes a source name of any text: lower case, other characters become `_`.
    pub fn new(text: &str) -> SourceName {
        let slug: String = text
            .trim()
            .chars()
            .map(|c| if c.is_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '_' })
            .collect();
        SourceName(slug.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of a source record: the source system and the id the record has there.
///
/// Keys order by source, then by id; every tie in Karat breaks on this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// The source system.
    pub source: SourceName,
    /// The id within the source system.
    pub id: Arc<str>,
}

impl RecordKey {
    /// Makes a key.
    pub fn new(source: SourceName, id: &str) -> RecordKey {
        RecordKey { source, id: id.into() }
    }
}

/// Written as `source/id`.
impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.source, self.id)
    }
}

/// Reads `source/id`; the id may itself contain `/`.
impl FromStr for RecordKey {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<RecordKey, InvalidId> {
        match text.split_once('/') {
            Some((source, id)) if !source.is_empty() && !id.is_empty() => {
                Ok(RecordKey::new(SourceName::new(source), id))
            }
            _ => Err(InvalidId("a record key is written as source/id")),
        }
    }
}

/// The stable id of an entity: 60 bits, written as twelve Crockford base-32 characters.
///
/// Source: Douglas Crockford, Base 32 (no I, L, O, U; reading is case-insensitive and takes
/// `I` and `L` for 1 and `O` for 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(u64);

const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ENTITY_ID_BITS: u32 = 60;

impl EntityId {
    /// The id that the entity founded by this record gets, unless it is taken.
    pub fn founded_by(key: &RecordKey) -> EntityId {
        let hash = blake3::Hasher::new()
            .update(key.source.as_str().as_bytes())
            .update(&[0])
            .update(key.id.as_bytes())
            .finalize();
        let first: [u8; 8] = hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes");
        EntityId(u64::from_le_bytes(first) >> (64 - ENTITY_ID_BITS))
    }

    /// The id to try next when this one is taken by another entity.
    pub fn next(self) -> EntityId {
        EntityId((self.0 + 1) & ((1 << ENTITY_ID_BITS) - 1))
    }

    /// The id as a number below 2^60.
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// The id with this number; only the lowest 60 bits count.
    pub fn from_u64(number: u64) -> EntityId {
        EntityId(number & ((1 << ENTITY_ID_BITS) - 1))
    }
}

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for shift in (0..ENTITY_ID_BITS).step_by(5).rev() {
            let digit = CROCKFORD[(self.0 >> shift & 31) as usize];
            fmt::Write::write_char(f, digit as char)?;
        }
        Ok(())
    }
}

impl FromStr for EntityId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<EntityId, InvalidId> {
        let invalid = InvalidId("an entity id has twelve letters and digits");
        if text.len() != (ENTITY_ID_BITS / 5) as usize {
            return Err(invalid);
        }
        let mut number = 0;
        for character in text.bytes() {
            let digit = match character.to_ascii_lowercase() {
                b'i' | b'l' => 1,
                b'o' => 0,
                other => CROCKFORD.iter().position(|&c| c == other).ok_or(invalid)? as u64,
            };
            number = number << 5 | digit;
        }
        Ok(EntityId(number))
    }
}

/// The content hash of a match model: the same model always has the same id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelId(String);

impl ModelId {
    /// The id of a model with this canonical text.
    pub fn of(content: &[u8]) -> ModelId {
        ModelId(blake3::hash(content).to_hex()[..16].to_string())
    }

    /// The id that was written as this text.
    pub fn of_text(text: &str) -> ModelId {
        ModelId(text.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text that is no id; says what an id looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidId(pub &'static str);

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidId {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entity_ids_read_what_they_write() {
        let key = RecordKey::new(SourceName::new("CRM"), "1001");
        let id = EntityId::founded_by(&key);
        assert_eq!(id.to_string().len(), 12);
        assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        assert_eq!(EntityId::from_u64(id.as_u64()), id);
    }

    #[test]
    fn other_texts_are_no_entity_ids() {
        for text in ["", "abc", "uuuuuuuuuuuu", "0123456789abc"] {
            assert!(text.parse::<EntityId>().is_err(), "{text}");
        }
    }

    #[test]
    fn record_keys_keep_slashes_in_the_id() {
        let key: RecordKey = "erp/NL/12".parse().unwrap();
        assert_eq!((key.source.as_str(), &*key.id), ("erp", "NL/12"));
        assert_eq!(key.to_string(), "erp/NL/12");
        assert!("erp".parse::<RecordKey>().is_err());
    }
}
