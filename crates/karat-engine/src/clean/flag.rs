//! Yes or no: `ja`, `J`, `1` and `opt-in` become `true`.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::FindingCode;

use super::folded::{folded, squeezed};
use super::output::{Context, Output};

/// Header names, folded.
pub const HEADERS: &[&str] = &[
    "actief",
    "optin",
    "opt_in",
    "opt_out",
    "nieuwsbrief",
    "toestemming",
    "mailing",
    "bel_me_niet",
    "geblokkeerd",
    "overleden",
    "vip",
    "akkoord",
    "marketing_toestemming",
    "ingeschreven",
    "active",
    "is_active",
    "enabled",
    "newsletter",
    "subscribed",
    "consent",
    "marketing_consent",
    "blocked",
    "deceased",
    "email_opt_in",
    "sms_opt_in",
    "unsubscribed",
    "aktiv",
    "gesperrt",
    "einwilligung",
];

const YES: &[&str] = &[
    "true",
    "waar",
    "wahr",
    "ja",
    "j",
    "yes",
    "y",
    "1",
    "x",
    "on",
    "aan",
    "an",
    "opt in",
    "optin",
    "akkoord",
    "subscribed",
    "actief",
    "active",
    "aktiv",
    "oui",
    "si",
];

const NO: &[&str] = &[
    "false",
    "onwaar",
    "falsch",
    "nee",
    "neen",
    "n",
    "no",
    "nein",
    "0",
    "off",
    "uit",
    "aus",
    "opt out",
    "optout",
    "niet akkoord",
    "unsubscribed",
    "inactief",
    "inactive",
    "niet actief",
    "inaktiv",
    "non",
];

/// Whether a value says yes or no in words that mean little else.
pub fn resembles(value: &str, _context: &Context) -> bool {
    let is_letter_or_digit =
        value.len() == 1 && !matches!(value, "0" | "1" | "J" | "N" | "Y" | "j" | "n" | "y");
    !is_letter_or_digit && read(value).is_some()
}

/// Claims `true` or `false`.
pub fn standardise_into(attribute: AttributeId, value: &str, _context: &Context, out: &mut Output) {
    match read(value) {
        Some(flag) => out.claim(attribute, if flag { "true" } else { "false" }, Validity::Valid),
        None => {
            out.claim(attribute, squeezed(value), Validity::Invalid);
            out.finding(FindingCode::InvalidFlag);
        }
    }
}

fn read(value: &str) -> Option<bool> {
    const LENGTH_MAX: usize = 16;
    if value.len() > LENGTH_MAX {
        return None;
    }
    let word = folded(value);
    let is_yes = YES.contains(&word.as_str());
    (is_yes || NO.contains(&word.as_str())).then_some(is_yes)
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};

    use super::*;

    #[test]
    fn yes_and_no() {
        for value in ["true", "TRUE", "Ja", "J", "yes", "1", "x", "on", "opt-in", "Waar"] {
            assert_eq!(read(value), Some(true), "{value}");
        }
        for value in ["false", "Nee", "n", "No", "0", "off", "opt-out", "Onwaar"] {
            assert_eq!(read(value), Some(false), "{value}");
        }
        for value in ["", "misschien", "2", "janee"] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn what_is_neither_is_kept_as_invalid() {
        let context = Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };
        let mut out = Output::default();
        standardise_into(AttributeId(99), "misschien", &context, &mut out);
        assert_eq!(
            (out.claims[0].value.as_str(), out.claims[0].validity),
            ("misschien", Validity::Invalid)
        );
        assert_eq!(out.findings[0].code, FindingCode::InvalidFlag);
    }
}
