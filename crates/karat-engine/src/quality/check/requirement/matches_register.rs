//! A register knows the value as it is.
//!
//! `kvk`, `bag`, `vies`, `gleif`, `dnb`. Karat asks no register yet: a value is unverified until an
//! answer of the register was noted as a confirmation. A register that cannot be reached makes
//! nothing invalid.
//!
//! ```yaml
//! kvk_known: { attributes: kvk_number, matches_register: kvk }
//! ```

use karat_model::check::{AnswerBy, Register, Verdict, Why};

use super::super::subject::Subject;
use super::passes;

/// Judges by what the register answered.
pub(super) fn judge(subject: &mut Subject, register: Register) -> Verdict {
    subject.each_value(|subject, fact| {
        match subject.known.answer(fact, &[AnswerBy::Register(register)]) {
            Some(answer) => passes(answer.is_so),
            None => Verdict::Unverified(Why::NoRegister),
        }
    })
}

#[cfg(test)]
mod tests {
    use karat_model::check::{AnswerBy, Register, Requirement};

    use super::super::fixture::check;

    #[test]
    fn without_an_answer_it_is_unverified() {
        let kvk = check(Requirement::MatchesRegister(Register::Kvk)).of("kvk_number");
        let kvk = kvk.of_customers();
        let asked = AnswerBy::Register(Register::Kvk);
        kvk.clone().answered(asked, true, 0).gives("pass", "kvk_number=68750110");
        kvk.clone().answered(asked, false, 0).gives("fail kvk_number", "kvk_number=68750110");
        let other = AnswerBy::Register(Register::Dnb);
        kvk.clone().answered(other, true, 0).gives("unverified", "kvk_number=68750110");
        kvk.gives("not_applicable", "city=Ede");
    }
}
