//! Entities, as they are put into the store and as they are read from it.

use karat_model::attribute::EntityType;
use karat_model::evidence::Weight;
use karat_model::id::{EntityId, ModelId};

use crate::golden_row::{GoldenRow, GoldenValues};
use crate::number::{LoadNo, RowNo};
use crate::payload::{self, Digest};
use crate::varint;

/// All that is published about one entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Its id.
    pub id: EntityId,
    /// What it is.
    pub entity_type: EntityType,
    /// Its golden record.
    pub golden: GoldenRow,
    /// What lists call it.
    pub title: String,
    /// The source records it was made of, in any order.
    pub members: Vec<RowNo>,
    /// The weight of the weakest link that holds it together; `None` for a single record.
    pub weakest_link: Option<Weight>,
    /// The words and codes it is found by: lower-case ASCII, with white space between.
    ///
    /// A term of six bytes or more with a digit or `@` is a code, and is only found in full.
    pub search_text: String,
}

impl Entity {
    /// A digest of all that is published, by which the store sees that nothing changed.
    pub(crate) fn digest(&self) -> Digest {
        let mut members = self.members.clone();
        members.sort_unstable();
        let mut bytes = Vec::with_capacity(1024);
        let golden = self.golden.as_json();
        for text in [self.entity_type.name(), golden, &self.title, &self.search_text] {
            varint::write(text.len() as u64, &mut bytes);
            bytes.extend_from_slice(text.as_bytes());
        }
        let weakest_link = self.weakest_link.map_or(i64::MIN, |weight| i64::from(weight.0));
        bytes.extend_from_slice(&weakest_link.to_le_bytes());
        for member in members {
            varint::write(member.0, &mut bytes);
        }
        payload::shorten(blake3::hash(&bytes))
    }
}

/// What putting an entity meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityChange {
    /// There was no entity with this id.
    Created,
    /// Something about it is different.
    Updated,
    /// It is as it was; nothing was written.
    Unchanged,
}

/// An entity as readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntity {
    /// Its id.
    pub id: EntityId,
    /// What it is.
    pub entity_type: EntityType,
    /// Its golden record.
    pub golden: GoldenValues,
    /// What lists call it.
    pub title: String,
    /// How many source records it was made of.
    pub records: u32,
    /// The weight of the weakest link that holds it together; `None` for a single record.
    pub weakest_link: Option<Weight>,
}

/// What has become of an entity id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// It is the id of an entity.
    Live,
    /// Its entity went into this one, directly or by way of others.
    Redirected(EntityId),
    /// Its entity was deleted, and no other took its place.
    Retired,
    /// It was never issued.
    Unknown,
}

/// A frozen match model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredModel {
    /// The hash of its content.
    pub id: ModelId,
    /// The load that froze it.
    pub load: LoadNo,
    /// The model, as its maker wrote it.
    pub content: Vec<u8>,
    /// The hub model it was made with, as text.
    pub hub_model: String,
}
