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
    /// The folded text, for looking it up; costs nothing.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Nothing yet.
    pub fn empty() -> Folded {
        Folded { bytes: [0; CAPACITY], length: 0 }
    }

    /// Folds a text behind what is there.
    pub fn push_text(&mut self, text: &str) {
        if text.is_ascii() {
            let free = &mut self.bytes[self.length..];
            let length = text.len().min(free.len());
            free[..length].copy_from_slice(&text.as_bytes()[..length]);
            free[..length].make_ascii_lowercase();
            self.length += length;
        } else {
            ascii_of(text).for_each(|byte| self.push(byte));
        }
    }

    fn push(&mut self, byte: u8) {
        if self.length < CAPACITY {
            self.bytes[self.length] = byte.to_ascii_lowercase();
            self.length += 1;
        }
    }
}

impl Deref for Folded {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("folded text is ASCII")
    }
}

/// Folds a text, keeping spaces and signs.
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded::empty();
    folded.push_text(text);
    folded
}

/// Folds a text, keeping letters and digits only: `B.V.` and `b v` are both `bv`.
pub fn squash(text: &str) -> Folded {
    let mut folded = Folded::empty();
    if text.is_ascii() {
        text.bytes().filter(u8::is_ascii_alphanumeric).for_each(|byte| folded.push(byte));
    } else {
        ascii_of(text).filter(u8::is_ascii_alphanumeric).for_each(|byte| folded.push(byte));
    }
    folded
}

/// The text in ASCII, as far as a folded text can hold it.
fn ascii_of(text: &str) -> impl Iterator<Item = u8> {
    text.chars().take(CAPACITY).flat_map(|character| {
        let own = character.is_ascii().then_some(character as u8);
        let spelt = if own.is_some() { "" } else { any_ascii::any_ascii_char(character) };
        own.into_iter().chain(spelt.bytes())
    })
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
