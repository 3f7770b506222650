//! The kind of a telephone number: mobile, fixed, of a company, of a service.
//!
//! Dutch numbers are told by the table of the regulator: ACM, *Nummerplan telefoon- en
//! ISDN-diensten* (numbering plan for telephone and ISDN services). Numbers of other countries are
//! told by the library of numbering plans.

use karat_model::phone_type::PhoneType;
use rlibphonenumber::{PhoneNumber, PhoneNumberType};

/// The type of a standardised number: in the international form, or a short one such as `112`.
pub fn type_of(number: &str) -> PhoneType {
    if let Some(national) = number.strip_prefix("+31") {
        return of_dutch(national);
    }
    if !number.starts_with('+') {
        return of_short(number);
    }
    PhoneNumber::parse(number, None)
        .ok()
        .filter(PhoneNumber::is_valid)
        .map_or(PhoneType::Unknown, |known| of_foreign(&known))
}

/// The type of a number that was read, with its international form.
pub(super) fn of_number(number: &PhoneNumber, e164: &str) -> PhoneType {
    match e164.strip_prefix("+31") {
        Some(national) => of_dutch(national),
        None => of_foreign(number),
    }
}

/// The type of a short number, which is dialled without an area code.
pub(super) fn of_short(digits: &str) -> PhoneType {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return PhoneType::Unknown;
    }
    match (digits.len(), digits) {
        (3, "112" | "113" | "144" | "911" | "999") => PhoneType::Emergency,
        (6, _) if digits.starts_with("116") => PhoneType::Emergency,
        (5 | 6, _) if digits.starts_with("140") => PhoneType::Government,
        (4, _) if digits.starts_with("18") => PhoneType::Service,
        _ => PhoneType::Unknown,
    }
}

/// The type of a Dutch number, by what follows its country code.
///
/// ```text
///   10-58, 70-79   geographic            061-065, 068   mobile        066  pager   067  machines
///   800 900 906 909  services            082  private networks        084 087  personal assistants
///   085 091        of no place           088  companies               097  machines
/// ```
fn of_dutch(national: &str) -> PhoneType {
    const DIGITS: usize = 9;
    let is_service = ["800", "900", "906", "909"].iter().any(|code| national.starts_with(code));
    if is_service {
        return PhoneType::Service;
    }
    if national.starts_with("97") {
        return PhoneType::Machine;
    }
    if national.len() != DIGITS {
        return of_short(national);
    }
    match &national.as_bytes()[..2] {
        [b'6', b'1'..=b'5' | b'8'] => PhoneType::Mobile,
        b"66" => PhoneType::Pager,
        b"67" => PhoneType::Machine,
        b"82" => PhoneType::Vpn,
        b"84" | b"87" => PhoneType::PersonalAssistant,
        b"85" | b"91" => PhoneType::NonGeographic,
        b"88" => PhoneType::Company,
        [b'1'..=b'5' | b'7', _] => PhoneType::Fixed,
        _ => PhoneType::Unknown,
    }
}

fn of_foreign(number: &PhoneNumber) -> PhoneType {
    match number.get_type() {
        PhoneNumberType::Mobile => PhoneType::Mobile,
        // In North America nobody can tell which; such a number can be called all the same.
        PhoneNumberType::FixedLine | PhoneNumberType::FixedLineOrMobile => PhoneType::Fixed,
        PhoneNumberType::TollFree | PhoneNumberType::PremiumRate | PhoneNumberType::SharedCost => {
            PhoneType::Service
        }
        PhoneNumberType::VoIP => PhoneType::NonGeographic,
        PhoneNumberType::PersonalNumber | PhoneNumberType::VoiceMail => {
            PhoneType::PersonalAssistant
        }
        PhoneNumberType::Pager => PhoneType::Pager,
        PhoneNumberType::UAN => PhoneType::Company,
        PhoneNumberType::Unknown => PhoneType::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_that_of_the_numbering_plan() {
        for (number, expected) in [
            ("+31201234568", "fixed"),
            ("+31701234568", "fixed"),
            ("+31299412345", "fixed"),
            ("+31612345987", "mobile"),
            ("+31681234567", "mobile"),
            ("+31661234567", "pager"),
            ("+31671234567", "machine"),
            ("+31821234567", "vpn"),
            ("+31841234567", "personal_assistant"),
            ("+31871234567", "personal_assistant"),
            ("+31851234560", "non_geographic"),
            ("+31911234567", "non_geographic"),
            ("+31881234560", "company"),
            ("+3197012345678", "machine"),
            ("+318001351", "service"),
            ("+319008844", "service"),
            ("+319061234", "service"),
            ("+319091234", "service"),
            ("1801", "service"),
            ("14020", "government"),
            ("112", "emergency"),
            ("116111", "emergency"),
            ("+32470123456", "mobile"),
            ("+3222345671", "fixed"),
            ("+3280012345", "service"),
            ("+492211234568", "fixed"),
            ("+447400123456", "mobile"),
            ("+31181612345", "fixed"),
            ("+3114020", "government"),
            ("+3225550123", "fixed"),
            ("jan", "unknown"),
            // Near misses: too short, of no plan, or no number at all.
            ("+3161234598", "unknown"),
            ("+31601234567", "unknown"),
            ("+99912345678", "unknown"),
            ("0612345987", "unknown"),
            ("112a", "unknown"),
            ("+31ä1234567", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(type_of(number).name(), expected, "{number}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_type(text in "\\PC{0,20}", number in "\\+?[0-9]{0,15}") {
            type_of(&text);
            type_of(&number);
        }
    }
}
