//! Numbers and codes that identify a customer across systems: in capitals, without signs around them.
//!
//! A citizen service number (BSN) or Belgian national number may not be kept by companies: it is
//! withheld where a column or the text itself says that it is one. Only a mark that it was there is
//! stored, so that cleaning still finds it.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;

use super::folded::squeezed;
use super::output::{Context, Output};
use super::text::unless_misread;
use crate::letters::capital;

/// Claims the code for an attribute.
pub fn standardise(value: &str, attribute: AttributeId, _: &Context, out: &mut Output) {
    // Signs go first: what is around a code must not decide how its letters are written.
    let code = squeezed(value.trim_matches(|c: char| !c.is_alphanumeric()));
    let capitals = code.chars().map(capital).collect();
    out.claim(attribute, unless_misread(capitals, &code), Validity::Valid);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::output::{check, check_settles};
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };

    fn claim(value: &str, context: &Context, out: &mut Output) {
        standardise(value, AttributeId(100), context, out);
    }

    #[test]
    fn codes_are_in_capitals() {
        for (text, expected) in [
            ("p-001", "P-001"),
            ("#12 34", "12 34"),
            ("(ab/12)", "AB/12"),
            ("5304218", "5304218"),
            // A small Cyrillic letter whose capital would look like a Latin one.
            ("verledenм", "verledenм"),
            ("«ã»", "Ã"),
            ("--", ""),
        ] {
            check(text, claim, &DUTCH, expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}") {
            check_settles(&text, claim, &DUTCH)?;
        }
    }
}
