//! Values that fill a field that had to be filled.

use crate::dice::Dice;

/// A phone number that is nobody's.
pub fn phone(dice: &mut Dice) -> String {
    dice.pick(&[
        "0612345678",
        "06-12345678",
        "0600000000",
        "0000000000",
        "0123456789",
        "n.v.t.",
        "-",
    ])
    .to_string()
}

/// An e-mail address that is nobody's.
pub fn email(dice: &mut Dice) -> String {
    dice.pick(&["test@test.nl", "geen@email.nl", "info@info.nl", "onbekend@onbekend.nl", "n.v.t."])
        .to_string()
}

/// A word where a name or an address should be.
pub fn word(dice: &mut Dice) -> String {
    dice.pick(&["test", "onbekend", "n.v.t.", "nvt", "x", ".", "-", "xxx"]).to_string()
}
