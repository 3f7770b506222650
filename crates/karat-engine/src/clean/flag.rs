//! Yes or no, written as `yes` and `no`.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::fold::squash;
use super::output::{Context, Output};

/// Whether a value says yes or no.
pub fn resembles(value: &str, _: &Context) -> bool {
    read(value).is_some()
}

/// Claims `yes` or `no` for an attribute.
pub fn standardise(value: &str, attribute: AttributeId, _: &Context, out: &mut Output) {
    match read(value) {
        Some(flag) => out.claim(attribute, if flag { "yes" } else { "no" }, Validity::Valid),
        None => {
            out.claim(attribute, value.trim(), Validity::Invalid);
            out.finding(FindingCode::InvalidFlag);
        }
    }
}

fn read(value: &str) -> Option<bool> {
    Some(match &*squash(value) {
        "ja" | "j" | "yes" | "y" | "true" | "t" | "waar" | "1" | "on" | "aan" | "oui" => true,
        "nee" | "n" | "no" | "nein" | "false" | "f" | "onwaar" | "0" | "off" | "uit" | "non" => {
            false
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::output::check;
    use karat_model::hub_model::{Country, DateOrder};

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };

    #[test]
    fn flags_are_understood() {
        for (text, expected) in [
            ("Ja", "yes"),
            ("J", "yes"),
            ("TRUE", "yes"),
            ("1", "yes"),
            ("yes", "yes"),
            ("nee", "no"),
            ("N", "no"),
            ("0", "no"),
            ("no", "no"),
            ("misschien", "misschien! !invalid_flag"),
            ("2", "2! !invalid_flag"),
        ] {
            let claim = |value: &str, context: &Context, out: &mut Output| {
                standardise(value, AttributeId(100), context, out);
            };
            check(text, claim, &DUTCH, expected);
        }
    }
}
