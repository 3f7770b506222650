//! The kind of a phone number.

use karat_model::check::PhoneKind;
use rlibphonenumber::{PhoneNumber, PhoneNumberType};

/// The kind of a Dutch number, by what follows its country code (numbering plan of the regulator
/// ACM).
fn of_dutch(national: &str) -> PhoneKind {
    const DIGITS: usize = 9;
    let starts_with = |codes: &[&str]| codes.iter().any(|code| national.starts_with(code));
    if starts_with(&["800", "900", "906", "909"]) {
        return PhoneKind::Service;
    }
    if starts_with(&["97"]) {
        return PhoneKind::Machine;
    }
    if national.len() != DIGITS {
        return of_short(national);
    }
    match &national.as_bytes()[..2] {
        [b'6', b'1'..=b'5' | b'8'] => PhoneKind::Mobile,
        b"66" => PhoneKind::Pager,
        b"67" => PhoneKind::Machine,
        b"82" => PhoneKind::Vpn,
        b"84" | b"87" => PhoneKind::PersonalAssistant,
        b"85" | b"91" => PhoneKind::NonGeographic,
        b"88" => PhoneKind::Company,
        [b'1'..=b'5' | b'7', _] => PhoneKind::Fixed,
        _ => PhoneKind::Unknown,
    }
}

/// The kind of a short number, which is dialled without an area code.
fn of_short(digits: &str) -> PhoneKind {
    match digits.len() {
        3 if matches!(digits, "112" | "113" | "144") => PhoneKind::Emergency,
        6 if digits.starts_with("116") => PhoneKind::Emergency,
        5 | 6 if digits.starts_with("140") => PhoneKind::Government,
        4 if digits.starts_with("18") => PhoneKind::Service,
        _ => PhoneKind::Unknown,
    }
}

/// The kind of a standardised number.
pub(super) fn kind_of(number: &str) -> PhoneKind {
    if let Some(national) = number.strip_prefix("+31") {
        return of_dutch(national);
    }
    if !number.starts_with('+') {
        return of_short(number);
    }
    let Ok(number) = number.parse::<PhoneNumber>() else { return PhoneKind::Unknown };
    match number.get_type() {
        PhoneNumberType::FixedLine | PhoneNumberType::FixedLineOrMobile => PhoneKind::Fixed,
        PhoneNumberType::Mobile => PhoneKind::Mobile,
        PhoneNumberType::UAN => PhoneKind::Company,
        PhoneNumberType::VoIP => PhoneKind::NonGeographic,
        PhoneNumberType::PersonalNumber => PhoneKind::PersonalAssistant,
        PhoneNumberType::Pager => PhoneKind::Pager,
        PhoneNumberType::TollFree | PhoneNumberType::PremiumRate | PhoneNumberType::SharedCost => {
            PhoneKind::Service
        }
        _ => PhoneKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dutch_and_other_numbers_have_a_kind() {
        for (number, kind) in [
            ("+31201234568", PhoneKind::Fixed),
            ("+31612345987", PhoneKind::Mobile),
            ("+31661234567", PhoneKind::Pager),
            ("+31821234567", PhoneKind::Vpn),
            ("+31841234567", PhoneKind::PersonalAssistant),
            ("+31851234560", PhoneKind::NonGeographic),
            ("+31881234560", PhoneKind::Company),
            ("+3197012345678", PhoneKind::Machine),
            ("+319008844", PhoneKind::Service),
            ("+31181612345", PhoneKind::Fixed),
            ("+3114020", PhoneKind::Government),
            ("1801", PhoneKind::Service),
            ("112", PhoneKind::Emergency),
            ("+32470123456", PhoneKind::Mobile),
            ("+3225550123", PhoneKind::Fixed),
            ("jan", PhoneKind::Unknown),
        ] {
            assert_eq!(kind_of(number), kind, "{number}");
        }
    }
}
