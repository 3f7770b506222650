//! Opaque cursors: where a page ended, sealed so that a mistyped one is told from a good one.

use karat_hub::view::Cursor;

use super::problem::{Problem, ProblemKind};

const SEAL_BYTES: usize = 4;

/// A cursor as callers see it: hexadecimal digits.
pub fn written(place: &str) -> String {
    let bytes = place.bytes().chain(seal(place));
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// The place that a cursor stands for.
pub fn read(cursor: &str) -> Result<String, Box<Problem>> {
    let problem =
        || Problem::with(ProblemKind::BadParameter, "`cursor` must be one that an answer gave.");
    let is_hex = cursor.len().is_multiple_of(2) && cursor.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_hex {
        return Err(problem());
    }
    let byte = |at: usize| u8::from_str_radix(&cursor[at..at + 2], 16).expect("it is hexadecimal");
    let bytes: Vec<u8> = (0..cursor.len()).step_by(2).map(byte).collect();
    let split = bytes.len().checked_sub(SEAL_BYTES).ok_or_else(problem)?;
    let (place, sealed) = bytes.split_at(split);
    let place = String::from_utf8(place.to_vec()).map_err(|_| problem())?;
    if seal(&place) == sealed { Ok(place) } else { Err(problem()) }
}

/// The cursor of a page of the hub.
pub fn of_hub(cursor: Option<&str>) -> Result<Option<Cursor>, Box<Problem>> {
    cursor.map(|cursor| read(cursor).map(Cursor)).transpose()
}

/// The number that a cursor stands for.
pub fn number(cursor: Option<&str>) -> Result<Option<u64>, Box<Problem>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let number = read(cursor)?.parse();
    let of_another = |_| Problem::with(ProblemKind::BadParameter, "`cursor` is of another list.");
    number.map(Some).map_err(of_another)
}

fn seal(place: &str) -> [u8; SEAL_BYTES] {
    let hash = blake3::hash(place.as_bytes());
    hash.as_bytes()[..SEAL_BYTES].try_into().expect("a hash has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_a_mistyped_one_is_not() {
        let cursor = written("20.-7.13");
        assert_eq!(read(&cursor).unwrap(), "20.-7.13");
        for mistyped in ["", "0", "zz", "00", &cursor[2..], &format!("{cursor}00"), "é1"] {
            assert!(read(mistyped).is_err(), "{mistyped}");
        }
        assert!(number(Some(&cursor)).is_err());
        assert_eq!(number(Some(&written("7"))).unwrap(), Some(7));
    }
}
