//! The elfproef: the check of nine-digit Dutch numbers, of citizens (BSN) and of legal entities (RSIN).

/// Whether nine digits pass: weighted 9, 8, 7, 6, 5, 4, 3, 2 and -1 their sum is a multiple of 11.
pub(super) fn passes(digits: &[u8]) -> bool {
    const WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let nine_digits = digits.len() == WEIGHTS.len() && digits.iter().all(u8::is_ascii_digit);
    let sum: i32 =
        digits.iter().zip(WEIGHTS).map(|(digit, weight)| i32::from(digit & 0x0f) * weight).sum();
    nine_digits && sum % 11 == 0 && sum != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_pass_or_fail() {
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
            assert_eq!(passes(digits.as_bytes()), expected, "{digits}");
        }
    }
}
