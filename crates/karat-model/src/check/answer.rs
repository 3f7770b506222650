//! Answers: what the world said when it was asked about a value.

use super::amount::Day;
use super::requirement::Register;
use crate::confirmation::ConfirmationKind;

/// By what a value was confirmed or refuted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnswerBy {
    /// The customer said so.
    Customer,
    /// Mail to the address came back.
    MailReturned,
    /// Mail to the e-mail address bounced.
    Bounced,
    /// Somebody else answered the phone, or nobody can.
    WrongNumber,
    /// A register answered.
    Register(Register),
}

impl From<ConfirmationKind> for AnswerBy {
    fn from(kind: ConfirmationKind) -> AnswerBy {
        match kind {
            ConfirmationKind::Customer => AnswerBy::Customer,
            ConfirmationKind::MailReturned => AnswerBy::MailReturned,
            ConfirmationKind::Bounced => AnswerBy::Bounced,
            ConfirmationKind::WrongNumber => AnswerBy::WrongNumber,
        }
    }
}

/// An answer of the world about a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether the value was confirmed; else it was refuted.
    pub is_so: bool,
    /// The day of the answer.
    pub on: Day,
}
