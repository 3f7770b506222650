//! The store's own numbers; they mean nothing outside their hub.

/// The number of a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoadNo(pub u64);

/// The number of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceNo(pub u64);

/// The number of a source record, the same for all its versions; counts up from 1 without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowNo(pub u64);

/// The number of an arrival in the journal: of a version of a record; counts up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArrivalNo(pub u64);

/// The number of an event; counts up from 1 without gaps, in the order of commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventNo(pub u64);

impl EventNo {
    /// The place before the first event, from which the whole feed is read.
    pub const START: EventNo = EventNo(0);
}

/// The number of a rule that findings are made by, the same for all its versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleNo(pub u64);

/// The number of an attribute: those of the program are others after an update, these stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeNo(pub u64);

/// The number of a measure; counts up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasureNo(pub u64);

/// The number of an entry that was typed in; counts up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryNo(pub u64);
