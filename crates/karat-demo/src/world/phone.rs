//! Phone numbers, and the many ways of writing one.

use std::fmt;

use crate::dice::{Dice, unrepeated};

/// How many mobile numbers there are here: eight digits, the first of them 1 to 5 or 8.
const MOBILE_NUMBERS: u64 = 60_000_000;

/// A Dutch phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The area code with its zero: `020`, `0492`; `06` for mobile phones.
    area: &'static str,
    /// The rest, without leading zeros.
    subscriber: u32,
}

/// A way of writing phone numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneStyle {
    /// `0612345678`.
    Plain,
    /// `06-12345678`.
    Hyphen,
    /// `06 12345678`.
    Space,
    /// `06 12 34 56 78`.
    Pairs,
    /// `(020) 1234567`.
    Brackets,
    /// `+31612345678`.
    International,
    /// `+31 6 12345678`.
    InternationalSpaced,
    /// `+31 (0)6 12345678`.
    InternationalZero,
    /// `0031612345678`.
    DoubleZero,
    /// `612345678`, after a spreadsheet took it for a number.
    LostZero,
}

impl Phone {
    /// The n-th mobile number; no two are the same.
    pub fn mobile(n: u64, seed: u64) -> Phone {
        let number = unrepeated(n, seed, MOBILE_NUMBERS) as u32;
        let first = [1, 2, 3, 4, 5, 8][(number / 10_000_000) as usize];
        Phone { area: "06", subscriber: first * 10_000_000 + number % 10_000_000 }
    }

    /// The n-th landline of this area; numbers hardly ever repeat.
    pub fn landline(area: &'static str, n: u64, seed: u64) -> Phone {
        let digits = 10 - area.len() as u32;
        let first = 2 * 10_u64.pow(digits - 1);
        let number = first + unrepeated(n, seed, 10_u64.pow(digits) - first);
        Phone { area, subscriber: number as u32 }
    }

    /// The number in a style.
    pub fn written(&self, style: PhoneStyle) -> String {
        let Phone { area, subscriber } = *self;
        let abroad = &area[1..];
        match style {
            PhoneStyle::Plain => format!("{area}{subscriber}"),
            PhoneStyle::Hyphen => format!("{area}-{subscriber}"),
            PhoneStyle::Space => format!("{area} {subscriber}"),
            PhoneStyle::Pairs => format!("{area} {}", in_pairs(subscriber)),
            PhoneStyle::Brackets => format!("({area}) {subscriber}"),
            PhoneStyle::International => format!("+31{abroad}{subscriber}"),
            PhoneStyle::InternationalSpaced => format!("+31 {abroad} {subscriber}"),
            PhoneStyle::InternationalZero => format!("+31 (0){abroad} {subscriber}"),
            PhoneStyle::DoubleZero => format!("0031{abroad}{subscriber}"),
            PhoneStyle::LostZero => format!("{abroad}{subscriber}"),
        }
    }

    /// The number as somebody or other writes it.
    pub fn written_freely(&self, dice: &mut Dice) -> String {
        const STYLES: [PhoneStyle; 10] = [
            PhoneStyle::Plain,
            PhoneStyle::Hyphen,
            PhoneStyle::Space,
            PhoneStyle::Pairs,
            PhoneStyle::Brackets,
            PhoneStyle::International,
            PhoneStyle::InternationalSpaced,
            PhoneStyle::InternationalZero,
            PhoneStyle::DoubleZero,
            PhoneStyle::LostZero,
        ];
        self.written(STYLES[dice.share([40, 16, 8, 8, 3, 10, 5, 3, 4, 3])])
    }
}

/// `0612345678`.
impl fmt::Display for Phone {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.area, self.subscriber)
    }
}

/// `12 34 56 78`, `1 23 45 67`.
fn in_pairs(number: u32) -> String {
    let digits = number.to_string();
    let mut spaced = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(2) {
            spaced.push(' ');
        }
        spaced.push(digit);
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_ten_digits() {
        for n in 0..2000 {
            assert_eq!(Phone::mobile(n, 5).to_string().len(), 10);
            assert_eq!(Phone::landline("020", n, 5).to_string().len(), 10);
            assert_eq!(Phone::landline("0492", n, 5).to_string().len(), 10);
        }
    }

    #[test]
    fn styles() {
        let phone = Phone { area: "06", subscriber: 12345678 };
        let written = |style| phone.written(style);
        assert_eq!(written(PhoneStyle::Pairs), "06 12 34 56 78");
        assert_eq!(written(PhoneStyle::InternationalZero), "+31 (0)6 12345678");
        assert_eq!(written(PhoneStyle::LostZero), "612345678");
    }
}
