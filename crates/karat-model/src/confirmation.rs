//! Confirmations: what the world said of a value, such as a letter that came back.
//!
//! Arrives: that somebody found out whether a value is so; undoing that is an entry of its own.
//! Leaves: a [`Confirmation`], kept on the record whose value it is.
//! Promises: it tells of one value; another value at the same place is not confirmed by it.
//! Start reading in [`ConfirmationKind`].

use crate::finding::ValueDigest;
use crate::record::Moment;

/// The number of a confirmation: they count up in the order in which they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfirmationNo(pub u64);

/// How it was found out whether a value is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfirmationKind {
    /// The customer says that it is so.
    Customer,
    /// A letter came back.
    MailReturned,
    /// An e-mail could not be delivered.
    Bounced,
    /// Somebody else answers the phone, or nobody ever does.
    WrongNumber,
}

impl ConfirmationKind {
    /// All kinds.
    pub const ALL: [ConfirmationKind; 4] = [
        ConfirmationKind::Customer,
        ConfirmationKind::MailReturned,
        ConfirmationKind::Bounced,
        ConfirmationKind::WrongNumber,
    ];

    /// The name on the command line, in the interface and in the database.
    pub fn name(self) -> &'static str {
        match self {
            ConfirmationKind::Customer => "customer",
            ConfirmationKind::MailReturned => "mail_returned",
            ConfirmationKind::Bounced => "bounced",
            ConfirmationKind::WrongNumber => "wrong_number",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<ConfirmationKind> {
        ConfirmationKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it says that the value is so; otherwise that it is not.
    pub fn is_so(self) -> bool {
        match self {
            ConfirmationKind::Customer => true,
            ConfirmationKind::MailReturned
            | ConfirmationKind::Bounced
            | ConfirmationKind::WrongNumber => false,
        }
    }
}

/// That somebody found out whether a value of a record is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Its number.
    pub no: ConfirmationNo,
    /// The name of the attribute.
    pub attribute: String,
    /// The value that the record had.
    pub value: ValueDigest,
    /// How it was found out.
    pub kind: ConfirmationKind,
    /// Who says so.
    pub steward: String,
    /// When.
    pub at: Moment,
    /// More about it, in the steward's words; may be empty.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for kind in ConfirmationKind::ALL {
            assert_eq!(ConfirmationKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(ConfirmationKind::from_name("register"), None);
    }
}
