//! Capitals and small letters, one letter for one.

/// The capital of a letter; one without a capital of its own stays: `ß`, and `ΐ`, whose capital is a
/// letter and two marks.
pub(crate) fn capital(letter: char) -> char {
    single(letter, letter.to_uppercase())
}

/// The small letter of a capital, where it is one letter as well.
pub(crate) fn small(letter: char) -> char {
    single(letter, letter.to_lowercase())
}

fn single(letter: char, mut changed: impl Iterator<Item = char>) -> char {
    match (changed.next(), changed.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}
