//! How alike two folded texts are.
//!
//! Texts are ASCII after folding (see `fold.rs`), so bytes are characters.

/// Jaro-Winkler similarity in thousandths, 0 to 1000.
///
/// Bit-parallel for texts of at most 64 bytes; longer texts compare by their first 64 bytes.
/// Source: Winkler, String Comparator Metrics and Enhanced Decision Rules (1990), prefix weight
/// 0.1 over at most four characters, applied from a Jaro similarity of 0.7.
pub fn jaro_winkler(left: &[u8], right: &[u8]) -> u32 {
    let left = &left[..left.len().min(64)];
    let right = &right[..right.len().min(64)];
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    if short.is_empty() {
        return if long.is_empty() { 1000 } else { 0 };
    }
    let window = (long.len() / 2).saturating_sub(1);
    let mut short_matched: u64 = 0;
    let mut long_matched: u64 = 0;
    for (at, &byte) in short.iter().enumerate() {
        let start = at.saturating_sub(window);
        let end = (at + window + 1).min(long.len());
        for (other, &candidate) in long.iter().enumerate().take(end).skip(start) {
            let free = long_matched & (1 << other) == 0;
            if free && candidate == byte {
                short_matched |= 1 << at;
                long_matched |= 1 << other;
                break;
            }
        }
    }
    let matches = short_matched.count_ones();
    if matches == 0 {
        return 0;
    }
    let mut halves = 0;
    let (mut in_short, mut in_long) = (short_matched, long_matched);
    while in_short != 0 {
        let a = short[in_short.trailing_zeros() as usize];
        let b = long[in_long.trailing_zeros() as usize];
        halves += u32::from(a != b);
        in_short &= in_short - 1;
        in_long &= in_long - 1;
    }
    // In whole millionths, so that every machine gets the same level.
    let (m, t) = (u64::from(matches), u64::from(halves / 2));
    let part = |of: usize| 1_000_000 * m / of as u64;
    let jaro = (part(short.len()) + part(long.len()) + 1_000_000 * (m - t) / m) / 3;
    let prefix = short.iter().zip(long).take(4).take_while(|(a, b)| a == b).count() as u64;
    let boost = if jaro > 700_000 { prefix * (1_000_000 - jaro) / 10 } else { 0 };
    ((jaro + boost + 500) / 1000) as u32
}

/// Whether at most `limit` edits (insert, delete, replace, swap of neighbours) lie between them.
///
/// Optimal string alignment distance, banded; `limit` is at most 3.
pub fn within_edits(left: &[u8], right: &[u8], limit: usize) -> bool {
    edits(left, right, limit).is_some()
}

/// The number of edits between two texts if there are at most `limit` (at most 3).
pub fn edits(left: &[u8], right: &[u8], limit: usize) -> Option<usize> {
    const LENGTH_MAX: usize = 64;
    let (left, right) = strip_common(left, right);
    if left.len().abs_diff(right.len()) > limit || left.len().max(right.len()) > LENGTH_MAX {
        return None;
    }
    let width = right.len() + 1;
    let mut before = [0u8; LENGTH_MAX + 1];
    let mut above = [0u8; LENGTH_MAX + 1];
    let mut row = [0u8; LENGTH_MAX + 1];
    for (at, cell) in above[..width].iter_mut().enumerate() {
        *cell = at as u8;
    }
    for i in 1..=left.len() {
        row[0] = i as u8;
        let mut best = row[0];
        for j in 1..width {
            let replaced = above[j - 1] + u8::from(left[i - 1] != right[j - 1]);
            let mut cell = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            let swapped =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if swapped {
                cell = cell.min(before[j - 2] + 1);
            }
            row[j] = cell;
            best = best.min(cell);
        }
        if usize::from(best) > limit {
            return None;
        }
        before[..width].copy_from_slice(&above[..width]);
        above[..width].copy_from_slice(&row[..width]);
    }
    let distance = usize::from(above[width - 1]);
    (distance <= limit).then_some(distance)
}

fn strip_common<'a>(left: &'a [u8], right: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let start = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[start..], &right[start..]);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    (&left[..left.len() - end], &right[..right.len() - end])
}

/// What bounds the likeness of two texts without reading them: a check of a few instructions
/// before the real thing.
///
/// ```text
/// bit 63      62..56   55..46  45..26                         25..0
/// 0 a text    length   digits  letters that come once more    letters
/// 1 a number  length   its digits, four bits each, the last one lowest
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters(u64);

impl Letters {
    const NUMBER: u64 = 1 << 63;
    const NUMBER_MAX: usize = 14;
    const LENGTH_AT: u32 = 56;
    /// Longer texts are as long as this.
    const LENGTH_MAX: usize = 127;
    /// Which digits there are.
    const DIGITS: u64 = 0x3ff << 46;
    /// Which letters there are, and what more there is of them.
    const BAG: u64 = (1 << Letters::LENGTH_AT) - 1;
    /// Letters of which a second one counts: all but the rarest.
    const COUNTED: &[u8; 20] = b"abcdefghijklmnoprstu";

    /// The letters of a text.
    pub fn of(text: &[u8]) -> Letters {
        let length = (text.len().min(Letters::LENGTH_MAX) as u64) << Letters::LENGTH_AT;
        if text.len() <= Letters::NUMBER_MAX && text.iter().all(u8::is_ascii_digit) {
            let digits = text.iter().fold(0, |digits, digit| digits << 4 | u64::from(digit - b'0'));
            return Letters(Letters::NUMBER | length | digits);
        }
        let mut bag = 0u64;
        for &byte in text {
            match byte {
                b'a'..=b'z' => {
                    let letter = 1 << (byte - b'a');
                    let counted = Letters::COUNTED.iter().position(|counted| *counted == byte);
                    match counted {
                        Some(at) if bag & letter != 0 => bag |= 1 << (26 + at),
                        _ => bag |= letter,
                    }
                }
                b'0'..=b'9' => bag |= 1 << (46 + (byte - b'0')),
                _ => {}
            }
        }
        Letters(length | bag)
    }

    /// The numbers that hold them.
    pub fn to_fields(self) -> [u32; 2] {
        [self.0 as u32, (self.0 >> 32) as u32]
    }

    /// Reads what [`Letters::to_fields`] gave.
    #[inline]
    pub fn from_fields([low, high]: [u32; 2]) -> Letters {
        Letters(u64::from(high) << 32 | u64::from(low))
    }

    fn bag(self) -> u64 {
        self.0 & Letters::BAG
    }

    /// How many there are, punctuation included.
    pub fn count(self) -> usize {
        (self.0 >> Letters::LENGTH_AT) as usize & Letters::LENGTH_MAX
    }

    /// The digits of a short number, four bits each, the last one lowest.
    pub fn number(self) -> Option<u64> {
        (self.0 & Letters::NUMBER != 0).then_some(self.bag())
    }

    /// Whether two texts have the same digits, as far as the letters tell.
    pub fn may_share_digits(self, other: Letters) -> bool {
        let are_texts = self.number().is_none() && other.number().is_none();
        !are_texts || (self.0 ^ other.0) & Letters::DIGITS == 0
    }

    /// Whether what two texts share leaves room for a Jaro-Winkler similarity of so many
    /// thousandths.
    pub fn may_reach(self, other: Letters, thousandths: u32) -> bool {
        if self.number().is_some() || other.number().is_some() {
            return true;
        }
        // What is not in the bag, such as a third of a letter, is counted as shared.
        let uncounted = |letters: Letters| letters.count() - letters.bag().count_ones() as usize;
        let spare = uncounted(self).min(uncounted(other)) as u64;
        let shared = u64::from((self.bag() & other.bag()).count_ones()) + spare;
        let (left, right) = (self.count() as u64, other.count() as u64);
        // The prefix adds at most 0.4 × (1 − Jaro), rounding at most one thousandth, and
        // transpositions take nothing off.
        let jaro_min = u64::from(thousandths).saturating_sub(401) * 10 / 6;
        let needed = (3 * jaro_min).saturating_sub(1000);
        1000 * shared * (left + right) >= needed * left * right
    }

    /// Whether at most so many edits may lie between two texts: each adds or takes one letter, or
    /// both.
    pub fn may_be_edits(self, other: Letters, limit: u32) -> bool {
        if self.count().abs_diff(other.count()) > limit as usize {
            return false;
        }
        match (self.number(), other.number()) {
            (None, None) => {
                (self.bag() & !other.bag()).count_ones() <= limit
                    && (other.bag() & !self.bag()).count_ones() <= limit
            }
            // In numbers of one length an edit changes one digit, or swaps two.
            (Some(left), Some(right)) if self.count() == other.count() => {
                differing_digits(left, right) <= 2 * limit
            }
            _ => true,
        }
    }
}

/// In how many places two numbers of four bits per digit differ.
fn differing_digits(left: u64, right: u64) -> u32 {
    let bits = left ^ right;
    ((bits | bits >> 1 | bits >> 2 | bits >> 3) & 0x1111_1111_1111_1111).count_ones()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn jaro_winkler_agrees_with_the_published_examples() {
        // Winkler 1990, table of examples; two digits.
        for (left, right, expected) in [
            ("martha", "marhta", 961),
            ("dwayne", "duane", 840),
            ("dixon", "dicksonx", 813),
            ("jones", "johnson", 832),
            ("abroms", "abrams", 922),
            ("", "", 1000),
            ("a", "", 0),
            ("abc", "xyz", 0),
        ] {
            assert_eq!(jaro_winkler(left.as_bytes(), right.as_bytes()), expected, "{left} {right}");
            assert_eq!(jaro_winkler(right.as_bytes(), left.as_bytes()), expected, "{right} {left}");
        }
    }

    #[test]
    fn the_bounds_never_reject_what_is_alike() {
        for (left, right) in [
            ("martha", "marhta"),
            ("anna", "annna"),
            ("jansen", "janssen"),
            ("aaaa", "aaab"),
            ("19800201", "19800202"),
            ("31612345678", "31612354678"),
            ("31612345678", "3161234567"),
            ("12345", "1234a"),
        ] {
            let (a, b) = (left.as_bytes(), right.as_bytes());
            let letters = Letters::of(a);
            assert!(letters.may_reach(Letters::of(b), jaro_winkler(a, b)), "{left}");
            let apart = edits(a, b, 3).unwrap() as u32;
            assert!(letters.may_be_edits(Letters::of(b), apart), "{left}");
        }
        let (jansen, bakker) = (Letters::of(b"jansen"), Letters::of(b"bakker"));
        assert!(!jansen.may_reach(bakker, 800));
        assert!(!jansen.may_be_edits(bakker, 3));
        let (phone, other) = (Letters::of(b"31612345678"), Letters::of(b"31687654321"));
        assert!(!phone.may_be_edits(other, 1));
        assert!(!Letters::of(b"anna85").may_share_digits(Letters::of(b"anna86")));
    }

    proptest! {
        #[test]
        fn the_bounds_hold_for_any_texts(
            left in "[aeqx01 ]{0,20}", right in "[aeqx01 ]{0,20}", more in "[0-9]{0,16}",
        ) {
            let near = format!("{left}{more}");
            for (a, b) in [(&left, &right), (&left, &near), (&more, &near)] {
                let (a, b) = (a.as_bytes(), b.as_bytes());
                let (letters, other) = (Letters::of(a), Letters::of(b));
                prop_assert!(letters.may_reach(other, jaro_winkler(a, b)));
                if let Some(apart) = edits(a, b, 3) {
                    prop_assert!(letters.may_be_edits(other, apart as u32));
                }
            }
        }
    }

    #[test]
    fn edits_count_swaps_of_neighbours_as_one() {
        for (left, right, expected) in [
            ("jansen", "jansen", Some(0)),
            ("jansen", "janssen", Some(1)),
            ("jansen", "jasnen", Some(1)),
            ("19800201", "19800102", Some(2)),
            ("jansen", "pietersen", None),
            ("", "ab", Some(2)),
        ] {
            assert_eq!(edits(left.as_bytes(), right.as_bytes(), 2), expected, "{left} {right}");
        }
    }
}
