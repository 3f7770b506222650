//! Folds text for looking it up: lower case, without diacritics, ASCII only.

use std::ops::Deref;

const CAPACITY: usize = 64;

/// A short folded text on the stack; what is longer than any table entry is cut off.
#[derive(Clone, Copy, Debug)]
pub struct Folded {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Folded {
    fn new() -> Folded {
        Folded { bytes: [0; CAPACITY], length: 0 }
    }

    fn push(&mut self, byte: u8) {
        if self.length < CAPACITY {
            self.bytes[self.length] = byte.to_ascii_lowercase();
            self.length += 1;
        }
    }

    fn push_folded(&mut self, character: char, keep: impl Fn(u8) -> bool) {
        if character.is_ascii() {
            if keep(character as u8) {
                self.push(character as u8);
            }
            return;
        }
        let ascii = any_ascii::any_ascii_char(character).bytes();
        ascii.filter(|&byte| keep(byte)).for_each(|byte| self.push(byte));
    }
}

impl Deref for Folded {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).expect("folded text is ASCII")
    }
}

/// Folds a text, keeping spaces and signs.
pub fn fold(text: &str) -> Folded {
    fold_keeping(text, |_| true)
}

/// Folds a text, keeping letters and digits only: `B.V.` and `b v` are both `bv`.
pub fn squash(text: &str) -> Folded {
    fold_keeping(text, |byte| byte.is_ascii_alphanumeric())
}

fn fold_keeping(text: &str, keep: impl Fn(u8) -> bool) -> Folded {
    let mut folded = Folded::new();
    for character in text.chars() {
        if folded.length == CAPACITY {
            break;
        }
        folded.push_folded(character, &keep);
    }
    folded
}

/// Folds a header: `customer.billingAddress Street` becomes `customer_billing_address_street`.
///
/// Words are parted where a sign stands or where a capital follows a small letter.
pub fn fold_header(header: &str) -> String {
    let mut folded = String::with_capacity(header.len() + 4);
    let mut previous = ' ';
    let mut characters = header.chars().peekable();
    while let Some(character) = characters.next() {
        let next_is_small = characters.peek().is_some_and(|next| next.is_lowercase());
        let humps = previous.is_lowercase()
            || previous.is_ascii_digit()
            || previous.is_uppercase() && next_is_small;
        if character.is_uppercase() && humps && !folded.ends_with('_') {
            folded.push('_');
        }
        if character.is_alphanumeric() {
            let ascii = any_ascii::any_ascii_char(character).bytes();
            let kept = ascii.filter(u8::is_ascii_alphanumeric);
            folded.extend(kept.map(|byte| byte.to_ascii_lowercase() as char));
        } else if !folded.is_empty() && !folded.ends_with('_') {
            folded.push('_');
        }
        previous = character;
    }
    folded.trim_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_folded() {
        assert_eq!(&*fold("Zoë VAN 't Hof"), "zoe van 't hof");
        assert_eq!(&*squash("Coöperatie U.A."), "cooperatieua");
        assert_eq!(fold(&"ß".repeat(100)).len(), CAPACITY);
    }

    #[test]
    fn headers_are_folded() {
        for (header, expected) in [
            ("First Name", "first_name"),
            ("firstName", "first_name"),
            ("KLANTNR", "klantnr"),
            ("customer.billingAddress[0].Zip", "customer_billing_address_0_zip"),
            ("  E-mail adres:", "e_mail_adres"),
            ("BTWNummer", "btw_nummer"),
            ("Straße", "strasse"),
            ("customerID", "customer_id"),
            ("", ""),
            ("***", ""),
        ] {
            assert_eq!(fold_header(header), expected, "{header}");
        }
    }
}
