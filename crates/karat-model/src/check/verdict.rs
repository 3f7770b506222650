//! Verdicts: what came of a check.

/// What came of one check on one subject.
///
/// The denominator of a share is passes and fails; the others are told beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is as required.
    Pass,
    /// It is not.
    Fail,
    /// There is nothing to judge: no value, or the condition does not hold.
    NotApplicable,
    /// Only the world can tell, and it has not been asked.
    Unverified(Why),
    /// The check itself failed.
    Error(Why),
}

impl Verdict {
    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::NotApplicable => "not_applicable",
            Verdict::Unverified(_) => "unverified",
            Verdict::Error(_) => "error",
        }
    }
}

/// Why a check could not judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// No register is connected that could tell.
    NoRegister,
    /// Nobody has answered yet.
    NotAnswered,
    /// It is not known when the value was last seen.
    NotDated,
    /// There are not enough records to compare with.
    TooFew,
    /// The expression could not be evaluated on these values.
    Expression,
    /// The expression gave something else than yes or no.
    NotYesOrNo,
}

impl Why {
    /// All reasons.
    pub const ALL: [Why; 6] = [
        Why::NoRegister,
        Why::NotAnswered,
        Why::NotDated,
        Why::TooFew,
        Why::Expression,
        Why::NotYesOrNo,
    ];

    /// The name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Why::NoRegister => "no_register",
            Why::NotAnswered => "not_answered",
            Why::NotDated => "not_dated",
            Why::TooFew => "too_few",
            Why::Expression => "expression",
            Why::NotYesOrNo => "not_yes_or_no",
        }
    }
}
