//! The VAT numbers of each country: which forms they have, and what their check digits must be.
//!
//! Sources: the European Commission's table of VIES number structures and its collection of national
//! check routines; for Switzerland the standard eCH-0097 of the UID register; for the United Kingdom
//! and Northern Ireland the guide of HMRC to its two checks.

use crate::clean::check_digits::{
    are_digits, belgian_enterprise, elfproef, luhn_sum, mod_11_10, number_of, value_of,
    weighted_sum,
};

/// What is known of the VAT numbers of a country.
struct Country {
    /// The two letters before its numbers, which are not always those of ISO 3166.
    prefix: &'static str,
    /// The forms of what follows: `9` is a digit, `A` a letter, `*` either.
    forms: &'static [&'static str],
    /// Whether what follows, in one of the forms, passes its check.
    passes: fn(&[u8]) -> bool,
}

const fn country(
    prefix: &'static str,
    forms: &'static [&'static str],
    passes: fn(&[u8]) -> bool,
) -> Country {
    Country { prefix, forms, passes }
}

const COUNTRIES: &[Country] = &[
    country("NL", &["999999999A99"], netherlands),
    country("BE", &["9999999999"], belgian_enterprise),
    country("DE", &["999999999"], germany),
    country("AT", &["A99999999"], austria),
    country("BG", &["999999999", "9999999999"], bulgaria),
    country("CH", &["A999999999"], switzerland),
    country("CY", &["99999999A"], cyprus),
    country("CZ", &["99999999", "999999999", "9999999999"], czechia),
    country("DK", &["99999999"], denmark),
    country("EE", &["999999999"], estonia),
    country("EL", &["999999999"], greece),
    country("ES", &["*9999999*"], spain),
    country("FI", &["99999999"], finland),
    country("FR", &["**999999999"], france),
    country("GB", &["999999999", "999999999999", "AA999"], united_kingdom),
    country("HR", &["99999999999"], mod_11_10),
    country("HU", &["99999999"], hungary),
    country("IE", &["9999999A", "9999999AA", "9A99999A"], ireland),
    country("IT", &["99999999999"], italy),
    country("LT", &["999999999", "999999999999"], lithuania),
    country("LU", &["99999999"], luxembourg),
    country("LV", &["99999999999"], latvia),
    country("MT", &["99999999"], malta),
    country("PL", &["9999999999"], poland),
    country("PT", &["999999999"], portugal),
    country(
        "RO",
        &["99", "999", "9999", "99999", "999999", "9999999", "99999999", "999999999", "9999999999"],
        romania,
    ),
    country("SE", &["999999999999"], sweden),
    country("SI", &["99999999"], slovenia),
    country("SK", &["9999999999"], slovakia),
    country("XI", &["999999999", "999999999999", "AA999"], united_kingdom),
];

/// Whether a number with its country code has a form of that country and passes its check.
pub(super) fn passes(number: &str) -> bool {
    let Some((prefix, own)) = number.split_at_checked(2) else { return false };
    let Some(country) = COUNTRIES.iter().find(|country| country.prefix == prefix) else {
        return false;
    };
    let own = own.as_bytes();
    country.forms.iter().any(|form| has_form(own, form.as_bytes())) && (country.passes)(own)
}

fn has_form(own: &[u8], form: &[u8]) -> bool {
    let fits = |(byte, sign): (&u8, &u8)| match sign {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        _ => byte.is_ascii_alphanumeric(),
    };
    own.len() == form.len() && own.iter().zip(form).all(fits)
}

/// Nine digits that pass the elfproef (legal entities and partnerships), or a whole number that
/// leaves 1 when divided by 97 (sole proprietors since 2020); then `B` and a number from 01.
fn netherlands(own: &[u8]) -> bool {
    let has_branch = own[9] == b'B' && !own.ends_with(b"00");
    // `NL` is 23 and 21, and 2321 leaves 90.
    let whole =
        own.iter().filter_map(|byte| char::from(*byte).to_digit(36)).fold(90, |at, value| {
            let shift = if value < 10 { 10 } else { 100 };
            (at * shift + value) % 97
        });
    has_branch && (elfproef(&own[..9]) || whole == 1)
}

/// Nine digits by ISO 7064 mod 11,10.
fn germany(own: &[u8]) -> bool {
    own[0] != b'0' && mod_11_10(own)
}

/// `U`, seven digits whose Luhn sum plus four is completed to tens by an eighth.
fn austria(own: &[u8]) -> bool {
    own[0] == b'U' && (luhn_sum(&own[1..8]) + 4 + value_of(own[8])) % 10 == 0
}

/// Nine digits of a legal entity; ten of a person, a foreigner or another body.
fn bulgaria(own: &[u8]) -> bool {
    let (last, others) = own.split_last().expect("the form has digits");
    let is = |check: i32| value_of(*last) == check;
    if own.len() == 9 {
        let first = weighted_sum(others, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
        let second = weighted_sum(others, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10;
        return is(if first == 10 { second } else { first });
    }
    // The month is raised by 20 or 40 for who was born before 1900 or from 2000.
    let has_birth_date = is_day(own, &[0, 20, 40]);
    let citizen = weighted_sum(others, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    let foreigner = weighted_sum(others, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
    let other = (11 - weighted_sum(others, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    has_birth_date && is(citizen) || is(foreigner) || is(other)
}

/// `E` and nine digits, weighted, of which the last makes the sum a multiple of 11.
fn switzerland(own: &[u8]) -> bool {
    own[0] == b'E' && weighted_sum(&own[1..], &[5, 4, 3, 2, 7, 6, 5, 4, 1]) % 11 == 0
}

/// Eight digits, of which those at odd places are replaced, and a letter.
fn cyprus(own: &[u8]) -> bool {
    const REPLACED: [i32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let counted = own[..8].iter().enumerate().map(|(place, digit)| match place % 2 {
        0 => REPLACED[value_of(*digit) as usize],
        _ => value_of(*digit),
    });
    !own.starts_with(b"12") && i32::from(own[8] - b'A') == counted.sum::<i32>() % 26
}

/// Eight digits of a legal entity, nine with a 6 before them of some persons, and else the number
/// of a citizen: ten digits, or nine without a check digit for who was born before 1954.
fn czechia(own: &[u8]) -> bool {
    let last = value_of(own[own.len() - 1]);
    let eight = |digits: &[u8]| weighted_sum(digits, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    match own.len() {
        8 => {
            let check = (11 - eight(own)) % 11;
            own[0] != b'9' && last == (if check == 0 { 1 } else { check }) % 10
        }
        9 if own[0] == b'6' => {
            let rest = (10 - eight(&own[1..8])).rem_euclid(11);
            last == (8 - rest).rem_euclid(10)
        }
        // Months of women are raised by 50, and by 20 where a day ran out of numbers.
        9 => is_day(own, &[0, 50]) && number_of(&own[..2]) <= 53,
        _ => {
            is_day(own, &[0, 20, 50, 70])
                && i64::from(last) == (number_of(&own[..9]) % 11 % 10) as i64
        }
    }
}

/// Eight digits whose weighted sum is a multiple of 11.
fn denmark(own: &[u8]) -> bool {
    own[0] != b'0' && weighted_sum(own, &[2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
}

/// Nine digits whose weighted sum is a multiple of 10.
fn estonia(own: &[u8]) -> bool {
    weighted_sum(own, &[3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0
}

/// Nine digits, of which the others count as powers of two.
fn greece(own: &[u8]) -> bool {
    let sum = weighted_sum(own, &[256, 128, 64, 32, 16, 8, 4, 2]);
    sum != 0 && value_of(own[8]) == sum % 11 % 10
}

/// A citizen or foreigner with a letter at the end, or a legal entity with a letter before, and a
/// letter or digit at the end.
fn spain(own: &[u8]) -> bool {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let letter = |number: u64| LETTERS[(number % 23) as usize];
    let digits = &own[1..8];
    match own[0] {
        b'0'..=b'9' => own[8] == letter(number_of(&own[..8])),
        // Residents abroad, minors and foreigners of old.
        b'K' | b'L' | b'M' => own[8] == letter(number_of(digits)),
        foreigner @ b'X'..=b'Z' => {
            let first = u64::from(foreigner - b'X');
            own[8] == letter(first * 10_000_000 + number_of(digits))
        }
        entity => {
            // Of seven digits the odd ones count double: so does Luhn once a zero follows them.
            let mut eight = [b'0'; 8];
            eight[..7].copy_from_slice(digits);
            let check = (10 - luhn_sum(&eight) % 10) % 10;
            let as_digit = own[8] == b'0' + check as u8;
            let as_letter = own[8] == b"JABCDEFGHI"[check as usize];
            // Which entities have which is told differently from list to list.
            let is_entity = matches!(entity, b'A'..=b'H' | b'J' | b'N' | b'P'..=b'S' | b'U'..=b'W');
            is_entity && (as_digit || as_letter)
        }
    }
}

/// Eight digits whose weighted sum is a multiple of 11.
fn finland(own: &[u8]) -> bool {
    weighted_sum(own, &[7, 9, 10, 5, 8, 4, 2, 1]) % 11 == 0
}

/// Two letters or digits that check a SIREN of nine digits, which has a check of its own; numbers
/// of Monaco open with three zeros instead.
fn france(own: &[u8]) -> bool {
    // Without I and O, which look like digits.
    const SIGNS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let (key, siren) = own.split_at(2);
    let is_siren = siren.starts_with(b"000") || luhn_sum(siren) % 10 == 0;
    let number = number_of(siren);
    let is_checked = if are_digits(key) {
        number_of(key) == (number * 100 + 12) % 97
    } else {
        let sign = |at: usize| SIGNS.iter().position(|sign| *sign == key[at]);
        let Some((first, second)) = sign(0).zip(sign(1)) else { return false };
        let counted = match key[0].is_ascii_digit() {
            true => (first * 24 + second).checked_sub(10),
            false => (first * 34 + second).checked_sub(100),
        };
        counted.is_some_and(|key| {
            let key = key as u64;
            (number + 1 + key / 11) % 11 == key % 11
        })
    };
    is_siren && is_checked
}

/// Nine digits, with three more for a branch; or `GD` and `HA` for departments and health bodies.
fn united_kingdom(own: &[u8]) -> bool {
    if own.len() == 5 {
        let number = number_of(&own[2..]);
        return own.starts_with(b"GD") && number < 500 || own.starts_with(b"HA") && number >= 500;
    }
    // Since 2010 a second check, 55 off, is in use as well.
    let rest = weighted_sum(own, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    number_of(&own[..9]) != 0 && (rest == 0 || matches!(rest, 42 | 55) && own[0] != b'0')
}

/// Eight digits whose weighted sum is a multiple of 10.
fn hungary(own: &[u8]) -> bool {
    weighted_sum(own, &[9, 7, 3, 1, 9, 7, 3, 1]) % 10 == 0
}

/// Seven digits, a check letter, and since 2013 another letter that counts nine times; in numbers
/// of old the second place holds a letter, and the first digit comes last.
fn ireland(own: &[u8]) -> bool {
    const LETTERS: &[u8; 23] = b"WABCDEFGHIJKLMNOPQRSTUV";
    let mut seven = [b'0'; 7];
    match own[1].is_ascii_digit() {
        true => seven.copy_from_slice(&own[..7]),
        false => {
            seven[1..6].copy_from_slice(&own[2..7]);
            seven[6] = own[0];
        }
    }
    let second = own.get(8).map_or(Some(0), |byte| LETTERS.iter().position(|it| it == byte));
    let sum = weighted_sum(&seven, &[8, 7, 6, 5, 4, 3, 2]);
    second.is_some_and(|second| own[7] == LETTERS[(sum as usize + 9 * second) % 23])
}

/// Eleven digits by Luhn, of which the eighth to the tenth name an office.
fn italy(own: &[u8]) -> bool {
    let is_office = matches!(number_of(&own[7..10]), 1..=100 | 120 | 121 | 888 | 999);
    number_of(&own[..7]) != 0 && is_office && luhn_sum(own) % 10 == 0
}

/// Nine digits, or twelve of those registered for a time; the last but one is a 1.
fn lithuania(own: &[u8]) -> bool {
    let (last, others) = own.split_last().expect("the form has digits");
    let sum = |shift: i32| -> i32 {
        (0..).zip(others).map(|(place, digit)| value_of(*digit) * (1 + (place + shift) % 9)).sum()
    };
    let check = if sum(0) % 11 == 10 { sum(2) } else { sum(0) };
    others.ends_with(b"1") && value_of(*last) == check % 11 % 10
}

/// Six digits, and their remainder of 89.
fn luxembourg(own: &[u8]) -> bool {
    number_of(&own[..6]) % 89 == number_of(&own[6..])
}

/// Eleven digits: from 4 on of a legal entity, before that the number of a citizen.
fn latvia(own: &[u8]) -> bool {
    if own[0] > b'3' {
        return weighted_sum(own, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3;
    }
    let check = (1 + weighted_sum(own, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10;
    // Day, month and year; since 2017 numbers open with 32 and tell no birth date.
    let born = matches!(number_of(&own[..2]), 1..=31) && matches!(number_of(&own[2..4]), 1..=12);
    (own.starts_with(b"32") || born) && value_of(own[10]) == check
}

/// Eight digits whose weighted sum is a multiple of 37.
fn malta(own: &[u8]) -> bool {
    own[0] != b'0' && weighted_sum(own, &[3, 4, 6, 7, 8, 9, 10, 1]) % 37 == 0
}

/// Ten digits whose weighted sum is a multiple of 11.
fn poland(own: &[u8]) -> bool {
    weighted_sum(own, &[6, 5, 7, 2, 3, 4, 5, 6, 7, -1]) % 11 == 0 && number_of(own) != 0
}

/// Nine digits, the last by a weighted sum of the others.
fn portugal(own: &[u8]) -> bool {
    let rest = weighted_sum(own, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    own[0] != b'0' && value_of(own[8]) == (11 - rest) % 11 % 10
}

/// Two to ten digits, the last by a weighted sum of the others.
fn romania(own: &[u8]) -> bool {
    const WEIGHTS: [i32; 9] = [7, 5, 3, 2, 1, 7, 5, 3, 2];
    let (last, others) = own.split_last().expect("the form has digits");
    let sum = weighted_sum(others, &WEIGHTS[WEIGHTS.len() - others.len()..]);
    own[0] != b'0' && value_of(*last) == sum * 10 % 11 % 10
}

/// The ten digits of an organisation or citizen by Luhn, and `01`.
fn sweden(own: &[u8]) -> bool {
    own.ends_with(b"01") && luhn_sum(&own[..10]) % 10 == 0
}

/// Eight digits, the last by a weighted sum of the others; 10 is written 0, 11 does not occur.
fn slovenia(own: &[u8]) -> bool {
    let check = 11 - weighted_sum(own, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    own[0] != b'0' && check != 11 && value_of(own[7]) == check % 10
}

/// Ten digits that are a multiple of 11.
fn slovakia(own: &[u8]) -> bool {
    own[0] != b'0'
        && matches!(own[2], b'2'..=b'4' | b'7'..=b'9')
        && number_of(own).is_multiple_of(11)
}

/// Whether six digits are a year, a month, raised by one of these numbers, and a day.
fn is_day(digits: &[u8], raised: &[u64]) -> bool {
    let (month, day) = (number_of(&digits[2..4]), number_of(&digits[4..6]));
    let is_month = raised.iter().any(|by| (1..=12).contains(&month.wrapping_sub(*by)));
    is_month && (1..=31).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::check_digits::remainder_of_97;

    /// Numbers that pass, of all countries; a slip in a digit must fail.
    #[test]
    fn numbers_of_all_countries_pass_and_slips_fail() {
        for (right, wrong) in [
            ("NL853746333B01", "NL853746334B01"),
            ("NL002455799B11", "NL002455799B12"),
            ("BE0417497106", "BE0417497107"),
            ("DE811907980", "DE811907981"),
            ("FR40303265045", "FR40303265046"),
            ("IT00743110157", "IT00743110158"),
            ("LU15027442", "LU15027443"),
            ("FI20774740", "FI20774741"),
            ("DK13585628", "DK13585629"),
            ("ATU13585627", "ATU13585628"),
            ("PL8567346215", "PL8567346216"),
            ("PT501964843", "PT501964844"),
            ("SE123456789701", "SE123456789702"),
            ("EL094259216", "EL094259217"),
            ("HU12892312", "HU12892313"),
            ("SI50223054", "SI50223055"),
            ("RO18547290", "RO18547291"),
            ("SK2022749619", "SK2022749610"),
            ("EE100931558", "EE100931559"),
            ("HR33392005961", "HR33392005962"),
            ("MT11679112", "MT11679113"),
            ("IE6433435F", "IE6433435A"),
            ("CZ25123891", "CZ25123892"),
            ("ESB58378431", "ESB58378432"),
        ] {
            assert!(passes(right), "{right}");
            assert!(!passes(wrong), "{wrong}");
        }
    }

    #[test]
    fn prefixes_are_known_once() {
        for (at, country) in COUNTRIES.iter().enumerate() {
            assert!(COUNTRIES[..at].iter().all(|known| known.prefix != country.prefix));
        }
        assert!(!passes("US123456789"));
        assert!(!passes("N"));
        assert_eq!(remainder_of_97("NL"), 90);
    }
}
