//! Mentions: in which of the things that stand a record occurs.

use crate::id::RecordKey;

/// Where a record occurs; numbers are places in the lists of what stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mention {
    /// In a group of records that are the same.
    Same(u32),
    /// In a customer that is locked.
    Locked(u32),
    /// On the left (`false`) or the right side of two that are different.
    Different(u32, bool),
    /// Of two that are related.
    Related(u32, bool),
    /// Of two that were left open.
    Unsure(u32, bool),
}

impl Mention {
    /// What is said of both sides; `None` where there are no sides.
    pub fn statement(self) -> Option<Mention> {
        match self {
            Mention::Different(at, _) => Some(Mention::Different(at, false)),
            Mention::Related(at, _) => Some(Mention::Related(at, false)),
            Mention::Unsure(at, _) => Some(Mention::Unsure(at, false)),
            Mention::Same(_) | Mention::Locked(_) => None,
        }
    }

    /// On which side; `None` where there are none.
    pub fn side(self) -> Option<bool> {
        match self {
            Mention::Different(_, side) | Mention::Related(_, side) | Mention::Unsure(_, side) => {
                Some(side)
            }
            Mention::Same(_) | Mention::Locked(_) => None,
        }
    }

    /// The other side of the same.
    pub fn opposite(self) -> Option<Mention> {
        match self {
            Mention::Different(at, side) => Some(Mention::Different(at, !side)),
            Mention::Related(at, side) => Some(Mention::Related(at, !side)),
            Mention::Unsure(at, side) => Some(Mention::Unsure(at, !side)),
            Mention::Same(_) | Mention::Locked(_) => None,
        }
    }
}

/// All mentions, by record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mentions(Vec<(RecordKey, Mention)>);

impl Mentions {
    /// Puts mentions in order.
    pub fn of_all(mut mentions: Vec<(RecordKey, Mention)>) -> Mentions {
        mentions.sort_unstable();
        Mentions(mentions)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of a record.
    pub fn of(&self, record: &RecordKey) -> impl Iterator<Item = Mention> {
        let start = self.0.partition_point(|(known, _)| known < record);
        let rest = self.0[start..].iter();
        rest.take_while(move |(known, _)| known == record).map(|(_, mention)| *mention)
    }
}
