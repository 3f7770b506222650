//! Check digits: what tells most slips of the pen from numbers that were given out.
//!
//! Sources: ISO 7064 (mod 97-10 and mod 11,10), ISO/IEC 7812-1 (Luhn), the elfproef of Dutch numbers.

/// Whether nine digits pass the elfproef of Dutch numbers, of citizens (BSN) and of legal entities
/// (RSIN): weighted 9, 8, 7, 6, 5, 4, 3, 2 and -1 their sum is a multiple of 11.
pub(super) fn elfproef(digits: &[u8]) -> bool {
    const WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let nine_digits = digits.len() == WEIGHTS.len() && are_digits(digits);
    let sum = weighted_sum(digits, &WEIGHTS);
    nine_digits && sum % 11 == 0 && sum != 0
}

/// What a number leaves when divided by 97, with letters counted from 10 (ISO 7064 mod 97-10): 1 if
/// its check digits are right. Other signs are passed over.
pub(super) fn remainder_of_97(number: &str) -> u32 {
    number.chars().filter_map(|c| c.to_digit(36)).fold(0, |remainder, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (remainder * shift + value) % 97
    })
}

/// Whether ten digits of a Belgian enterprise pass: they open with 0 or 1, and the last two are 97
/// less the remainder of the others.
pub(super) fn belgian_enterprise(digits: &[u8]) -> bool {
    let has_form = digits.len() == 10 && are_digits(digits) && digits[0] <= b'1';
    has_form && number_of(&digits[8..]) == 97 - number_of(&digits[..8]) % 97
}

/// Whether the last digit is the check digit of the others by ISO 7064 mod 11,10.
pub(super) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((last, others)) = digits.split_last().filter(|_| are_digits(digits)) else {
        return false;
    };
    let product = others.iter().fold(10, |product, digit| {
        let sum = (product + value_of(*digit)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    value_of(*last) == (11 - product) % 10
}

/// The Luhn sum: every second digit from the right, the last one not, counts double, and its digits
/// are added. A number passes when it ends in 0.
pub(super) fn luhn_sum(digits: &[u8]) -> i32 {
    let counted = digits.iter().rev().enumerate().map(|(place, digit)| {
        let value = value_of(*digit) * if place % 2 == 1 { 2 } else { 1 };
        value / 10 + value % 10
    });
    counted.sum()
}

/// The sum of digits times weights; what is longer than the other is passed over.
pub(super) fn weighted_sum(digits: &[u8], weights: &[i32]) -> i32 {
    digits.iter().zip(weights).map(|(digit, weight)| value_of(*digit) * weight).sum()
}

/// The number that some digits write; they must be few enough for it.
pub(super) fn number_of(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit & 0x0f))
}

/// Whether all bytes are digits.
pub(super) fn are_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

/// The value of a digit.
pub(super) fn value_of(digit: u8) -> i32 {
    i32::from(digit & 0x0f)
}

/// Letters and digits only, in capitals: how numbers are looked at that people write with spaces,
/// points and dashes.
pub(super) fn capitals_and_digits(value: &str) -> String {
    let mut kept = String::with_capacity(value.len());
    kept.extend(
        value
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| byte.to_ascii_uppercase() as char),
    );
    kept
}

/// The same without words such as `RSIN` or `NUMMER` before the number.
pub(super) fn without_labels(value: &str, labels: &[&str]) -> String {
    let mut number = capitals_and_digits(value);
    let mut bare = &*number;
    while let Some(rest) = labels.iter().find_map(|label| bare.strip_prefix(label)) {
        bare = rest;
    }
    number.drain(..number.len() - bare.len());
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_elfproef_tells_slips() {
        for (digits, expected) in [
            ("111222333", true),
            ("123456782", true),
            ("853746333", true),
            ("123456783", false),
            ("000000000", false),
            ("12345678", false),
            ("12345678a", false),
            ("", false),
        ] {
            assert_eq!(elfproef(digits.as_bytes()), expected, "{digits}");
        }
    }

    #[test]
    fn the_checks_of_iso_7064_tell_slips() {
        for (number, expected) in
            [("HWUPKR0MPOU8FGXBT394", 1), ("HWUPKR0MPOU8FGXBT395", 2), ("", 0), ("98", 1)]
        {
            assert_eq!(remainder_of_97(number), expected, "{number}");
        }
        for (digits, expected) in [
            ("811907980", true),
            ("811907981", false),
            ("33392005961", true),
            ("33392005916", false),
            ("3339200596a", false),
            ("", false),
        ] {
            assert_eq!(mod_11_10(digits.as_bytes()), expected, "{digits}");
        }
    }

    #[test]
    fn the_luhn_sum_tells_slips_and_swaps() {
        for (digits, expected) in
            [("00743110157", true), ("00743110158", false), ("00743110175", false), ("0", true)]
        {
            assert_eq!(luhn_sum(digits.as_bytes()) % 10 == 0, expected, "{digits}");
        }
    }

    #[test]
    fn belgian_enterprises_have_ten_digits() {
        for (digits, expected) in [
            ("0417497106", true),
            ("0417497107", false),
            ("417497106", false),
            ("2417497106", false),
        ] {
            assert_eq!(belgian_enterprise(digits.as_bytes()), expected, "{digits}");
        }
    }

    #[test]
    fn labels_are_left_out() {
        for (text, expected) in
            [("RSIN-nummer: 85.37", "8537"), ("rsin rsin", ""), ("1 RSIN", "1RSIN"), ("é", "")]
        {
            assert_eq!(without_labels(text, &["RSIN", "NUMMER"]), expected, "{text}");
        }
    }
}
