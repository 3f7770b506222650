//! Subjects: what can be judged, by number.

use karat_model::id::EntityId;

use crate::number::{AttributeNo, RowNo, SourceNo};

/// What is judged: a record, a customer, an attribute or a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectNo {
    /// A source record.
    Record(RowNo),
    /// A customer.
    Customer(EntityId),
    /// An attribute.
    Attribute(AttributeNo),
    /// A source.
    Source(SourceNo),
}

/// Below the bits that tell what kind of subject it is: entity ids have as many.
const KIND_SHIFT: u32 = 60;
/// Below the bits of an entity id that tell its bucket: a hub of a million customers has some eight
/// in each.
const CUSTOMER_SHIFT: u32 = 43;
/// Below the bits of another number that tell its bucket.
const NUMBER_SHIFT: u32 = 4;

impl SubjectNo {
    /// The stored form: the kind in front, then the number, so that those of records are their own.
    pub(crate) fn code(self) -> u64 {
        let (kind, number) = match self {
            SubjectNo::Record(row) => (0, row.0),
            SubjectNo::Customer(id) => (1, id.as_u64()),
            SubjectNo::Attribute(attribute) => (2, attribute.0),
            SubjectNo::Source(source) => (3, source.0),
        };
        kind << KIND_SHIFT | number
    }

    /// From which code, and before which, those of all customers are, or those of all records.
    pub(crate) fn codes_of(customers: bool) -> [u64; 2] {
        let kind = u64::from(customers);
        [kind << KIND_SHIFT, (kind + 1) << KIND_SHIFT]
    }

    /// Reads the stored form; `None` when it is damaged.
    pub(crate) fn from_code(code: u64) -> Option<SubjectNo> {
        let number = code & ((1 << KIND_SHIFT) - 1);
        match code >> KIND_SHIFT {
            0 => Some(SubjectNo::Record(RowNo(number))),
            1 => Some(SubjectNo::Customer(EntityId::from_u64(number))),
            2 => Some(SubjectNo::Attribute(AttributeNo(number))),
            3 => Some(SubjectNo::Source(SourceNo(number))),
            _ => None,
        }
    }

    /// The bucket in which things of subjects are kept, and the first code that belongs there.
    pub(crate) fn bucket(self) -> (u64, u64) {
        let shift = match self {
            SubjectNo::Customer(_) => CUSTOMER_SHIFT,
            SubjectNo::Record(_) | SubjectNo::Attribute(_) | SubjectNo::Source(_) => NUMBER_SHIFT,
        };
        let first = self.code() >> shift << shift;
        let kind = first >> KIND_SHIFT << KIND_SHIFT;
        (kind | (first - kind) >> shift, first)
    }

    /// The first code that belongs in a bucket.
    pub(crate) fn first_in(bucket: u64) -> u64 {
        let kind = bucket >> KIND_SHIFT;
        let shift = if kind == 1 { CUSTOMER_SHIFT } else { NUMBER_SHIFT };
        kind << KIND_SHIFT | (bucket & ((1 << KIND_SHIFT) - 1)) << shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_read_as_written_and_keep_their_order() {
        let last = (1 << 60) - 1;
        let subjects = [
            SubjectNo::Record(RowNo(1)),
            SubjectNo::Record(RowNo(16)),
            SubjectNo::Record(RowNo(17)),
            SubjectNo::Customer(EntityId::from_u64(0)),
            SubjectNo::Customer(EntityId::from_u64(1 << 43)),
            SubjectNo::Customer(EntityId::from_u64(last)),
            SubjectNo::Attribute(AttributeNo(7)),
            SubjectNo::Source(SourceNo(1)),
        ];
        let codes = subjects.map(SubjectNo::code);
        assert!(codes.is_sorted());
        assert_eq!(codes.map(SubjectNo::from_code), subjects.map(Some));
        let buckets = subjects.map(SubjectNo::bucket);
        assert!(buckets.is_sorted());
        for ((bucket, first), code) in buckets.into_iter().zip(codes) {
            assert!(first <= code && SubjectNo::first_in(bucket) == first);
        }
        assert!(buckets[1] == buckets[2] && buckets[0] != buckets[1] && buckets[3] != buckets[4]);
        assert_eq!(SubjectNo::from_code(4 << 60), None);
        for (subject, code) in subjects.into_iter().zip(codes) {
            let is_in = |customers| {
                let [from, before] = SubjectNo::codes_of(customers);
                (from..before).contains(&code)
            };
            let expected = [
                matches!(subject, SubjectNo::Record(_)),
                matches!(subject, SubjectNo::Customer(_)),
            ];
            assert_eq!([is_in(false), is_in(true)], expected, "{subject:?}");
        }
    }
}
