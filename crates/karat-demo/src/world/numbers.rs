//! Numbers that authorities and banks give out, with their check digits.

use std::fmt;

use crate::dice::{Dice, unrepeated};
use crate::names::company::LegalForm;

/// Letters of Dutch banks in an IBAN, with their rough shares of the accounts.
const BANKS: [(&str, u32); 9] = [
    ("INGB", 36),
    ("RABO", 30),
    ("ABNA", 20),
    ("SNSB", 5),
    ("ASNB", 3),
    ("TRIO", 2),
    ("RBRB", 2),
    ("KNAB", 1),
    ("BUNQ", 1),
];

/// A bank account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankAccount {
    bank: &'static str,
    number: u64,
}

impl BankAccount {
    /// The n-th account; no two are the same.
    pub fn nth(n: u64, seed: u64, dice: &mut Dice) -> BankAccount {
        let bank = BANKS[dice.share(BANKS.map(|(_, share)| share))].0;
        BankAccount { bank, number: unrepeated(n, seed, 1_000_000_000) }
    }
}

/// The IBAN: `NL91ABNA0417164300`.
impl fmt::Display for BankAccount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BankAccount { bank, number } = self;
        let check = 98 - remainder_97(&format!("{bank}{number:010}NL00"));
        write!(out, "NL{check:02}{bank}{number:010}")
    }
}

/// The n-th number in the trade register (KvK): eight digits, without a check digit.
pub fn trade_register(n: u64, seed: u64) -> String {
    // Numbers given out so far lie, roughly, between these.
    format!("{:08}", 1_000_000 + unrepeated(n, seed, 94_000_000))
}

/// The number in the trade register (KvK) at a place among those that were given out together: whoever
/// founds a holding and its companies in a day gets numbers in a row.
pub fn trade_register_in_turn(n: u64, seed: u64, place: u64) -> String {
    format!("{:08}", 1_000_000 + unrepeated(n, seed, 9_400_000) * 10 + place % 10)
}

/// The n-th Belgian VAT id: `BE0417497106`, the last two digits being 97 less the remainder.
pub fn belgian_vat_id(n: u64, seed: u64) -> String {
    let base = 4_000_000 + unrepeated(n, seed, 4_000_000);
    format!("BE{base:08}{:02}", 97 - base % 97)
}

/// The n-th German VAT id, its last digit by ISO 7064 mod 11,10.
pub fn german_vat_id(n: u64, seed: u64) -> String {
    let base = format!("{}", 11_000_000 + unrepeated(n, seed, 80_000_000));
    let product = base.bytes().fold(10, |product, digit| {
        let sum = (product + u32::from(digit - b'0')) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    format!("DE{base}{}", (11 - product) % 10)
}

/// The n-th French VAT id: two digits that follow from the nine of the SIREN, of which the last is a
/// check digit by Luhn.
pub fn french_vat_id(n: u64, seed: u64) -> String {
    let base = 30_000_000 + unrepeated(n, seed, 60_000_000);
    // From the right every second digit counts double, the first one included.
    let sum: u64 = (0..8)
        .map(|place| {
            let digit = base / 10_u64.pow(place) % 10 * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    let siren = base * 10 + (10 - sum % 10) % 10;
    format!("FR{:02}{siren}", (12 + 3 * (siren % 97)) % 97)
}

/// The n-th VAT id of a company of this form: `NL853746333B01`.
pub fn vat_id(n: u64, seed: u64, form: LegalForm) -> String {
    match form {
        // Since 2020 a sole trader's VAT id hides the citizen's number, and the whole is ≡ 1 mod 97.
        LegalForm::SoleTrader => {
            let body = format!("NL{:09}B", unrepeated(n, seed, 500_000_000));
            let check = 98 - remainder_97(&format!("{body}00"));
            format!("{body}{check:02}")
        }
        _ => {
            // Even numbers only, so that the next one up, where needed, is nobody else's.
            let number = with_eleven_check(80_000_000 + 2 * unrepeated(n, seed, 5_000_000));
            format!("NL{number:09}B01")
        }
    }
}

/// The first nine-digit number from `eight_digits` on that passes the elfproef.
///
/// The weights are 9 down to 2 and −1; the sum must be divisible by eleven.
fn with_eleven_check(eight_digits: u64) -> u64 {
    (eight_digits..)
        .find_map(|base| {
            let check = weighted_sum(base) % 11;
            (check < 10).then_some(base * 10 + check)
        })
        .expect("one of two neighbouring numbers has a check digit")
}

fn weighted_sum(eight_digits: u64) -> u64 {
    (2..=9)
        .scan(eight_digits, |rest, weight| {
            let digit = *rest % 10;
            *rest /= 10;
            Some(digit * weight)
        })
        .sum()
}

/// The remainder by 97 of a text in which A counts for 10 and Z for 35 (ISO 7064).
fn remainder_97(text: &str) -> u32 {
    text.chars().fold(0, |rest, letter| {
        let value = letter.to_digit(36).expect("numbers with a check digit are letters and digits");
        let shift = if value < 10 { 10 } else { 100 };
        (rest * shift + value) % 97
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    #[test]
    fn known_numbers_check() {
        let published = BankAccount { bank: "ABNA", number: 417_164_300 };
        assert_eq!(published.to_string(), "NL91ABNA0417164300");
        assert_eq!(remainder_97("NL002455799B11"), 1);
        assert_eq!(with_eleven_check(85374633), 853746333);
    }

    #[test]
    fn all_given_out_numbers_check() {
        let mut dice = Dice::new(1, Purpose::World, 0);
        for n in 0..3000 {
            let iban = BankAccount::nth(n, 9, &mut dice).to_string();
            assert_eq!(iban.len(), 18);
            assert_eq!(remainder_97(&format!("{}{}", &iban[4..], &iban[..4])), 1, "{iban}");
            let sole_trader = vat_id(n, 9, LegalForm::SoleTrader);
            assert_eq!((sole_trader.len(), remainder_97(&sole_trader)), (14, 1), "{sole_trader}");
            let company = vat_id(n, 9, LegalForm::Bv);
            let number: u64 = company[2..11].parse().unwrap();
            assert_eq!(weighted_sum(number / 10) % 11, number % 10, "{company}");
            assert_eq!(company.len(), 14);
            assert_eq!(trade_register(n, 9).len(), 8);
        }
    }
}
