//! What goes wrong between the truth and a record.
//!
//! A true value and dice arrive; the value as somebody or some program got it wrong leaves.
//! Slips are promised to be small and human: whoever knows the truth recognises it.
//! Start reading at [`typo`].

pub mod typo;
pub mod phonetic;
pub mod dates;
pub mod encoding;
pub mod abbreviation;
pub mod placeholder;
pub mod remark;

use crate::dice::Dice;

/// Applies a slip so many times in a thousand.
pub fn sometimes(
    per_mille: u32,
    value: String,
    slip: impl FnOnce(&str, &mut Dice) -> String,
    dice: &mut Dice,
) -> String {
    if dice.per_mille(per_mille) { slip(&value, dice) } else { value }
}

/// Leaves a value out so many times in a hundred.
pub fn unless_missing(percent: u32, value: String, dice: &mut Dice) -> String {
    if dice.percent(percent) { String::new() } else { value }
}
