//! A value from a short list, such as an occupation or a segment.
//!
//! Only case is evened out: `GOLD`, `gold` and `Gold` are one value. Up to three letters are taken
//! for a code, in capitals; mixed case within the value is kept.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;

use super::output::{Context, Output};
use super::person_name::{LetterCase, push_title};
use super::text::unless_misread;
use crate::letters::capital;

const CODE_LENGTH_MAX: usize = 3;

/// Claims the value for an attribute.
pub fn standardise(value: &str, attribute: AttributeId, _: &Context, out: &mut Output) {
    out.claim(attribute, sentence_case(value), Validity::Valid);
}

/// Writes a value that has only capitals or only small letters with a first capital.
pub(super) fn sentence_case(text: &str) -> String {
    let case = LetterCase::of(text);
    let code = text.chars().count() <= CODE_LENGTH_MAX;
    if !case.is_single() || case == LetterCase::None {
        return text.to_owned();
    }
    let mut written = String::with_capacity(text.len());
    if code {
        written.extend(text.chars().map(capital));
    } else {
        push_title(text, &mut written);
    }
    unless_misread(written, text)
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};

    use super::*;
    use crate::clean::output::check;

    #[test]
    fn case_is_evened_out() {
        for (text, expected) in [
            ("GOLD", "Gold"),
            ("gold", "Gold"),
            ("Gold", "Gold"),
            ("vip", "VIP"),
            ("VIP", "VIP"),
            ("association football player", "Association football player"),
            ("McKinsey-klant", "McKinsey-klant"),
            ("12", "12"),
        ] {
            assert_eq!(sentence_case(text), expected);
            assert_eq!(sentence_case(expected), expected);
        }
    }

    #[test]
    fn a_small_letter_and_the_mark_behind_it_are_one() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        let claim = |value: &str, context: &Context, out: &mut Output| {
            standardise(value, AttributeId(100), context, out);
        };
        check("ABİ\u{301}D", claim, &context, "Abíd");
    }

    /// Two capitals for one letter made three characters of two, which were no code any more.
    #[test]
    fn a_letter_whose_capital_is_another_stays() {
        for (text, expected) in [("ß=&", "ß=&"), ("ßa", "ßA"), ("éa", "ÉA"), ("мj", "мj")] {
            assert_eq!(sentence_case(text), expected);
            assert_eq!(sentence_case(expected), expected);
        }
    }
}
