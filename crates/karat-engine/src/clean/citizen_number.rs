//! Numbers of citizens, which companies may not keep: the Dutch citizen service number (BSN) and the
//! Belgian national number (*rijksregisternummer*).
//!
//! A number is known to be one by what says so: the header of its column, or a label before it in any
//! text (`BSN: …`). It must pass its check as well, so that a mistyped customer number stays. What
//! is one is withheld before anything is stored: a mark stands in its place, so that cleaning still
//! finds that it was there. A bare number that nothing announces is never touched: of other numbers of
//! nine digits one in eleven passes.
//!
//! Sources: the Dutch act on general provisions for the BSN and article 46 of the GDPR implementation
//! act (UAVG); the Belgian act of 8 August 1983 on the national register.

use std::borrow::Cow;
use std::ops::Range;

use super::check_digits::{elfproef, number_of};
use super::output::Output;
use super::text;

/// What stands in the place of a number that is withheld.
pub const WITHHELD: &str = "*********";

/// Whether a folded header says that its column holds numbers of citizens.
pub fn is_watched(header: &str) -> bool {
    let mut words = header.split('_');
    words.any(|word| {
        let stem = word.trim_end_matches("nummer").trim_end_matches("nr");
        matches!(stem, "bsn" | "sofi" | "burgerservice" | "rijksregister" | "niss" | "insz" | "rrn")
    }) || header.contains("numero_national")
}

/// Whether a value of a watched column is the number of a citizen, or stands for one.
pub fn is_citizen_number(value: &str) -> bool {
    let digits = || value.chars().filter_map(digit).take(DIGITS_MAX + 1);
    let mut some = [0; DIGITS_MAX + 1];
    let count = some.iter_mut().zip(digits()).map(|(place, digit)| *place = digit).count();
    value == WITHHELD || passes(&some[..count])
}

/// A text without the numbers of citizens that it announces; nothing if there are none. One that
/// announces some once it is tidy is kept tidy.
pub fn without_labelled(text: &str) -> Option<String> {
    if !may_announce(text.as_bytes()) {
        return None;
    }
    let without = without_labelled_as_is(text);
    let tidied = text::tidy(without.as_deref().unwrap_or(text), &mut Output::default());
    match tidied {
        Some(Cow::Owned(tidied)) => without_labelled_as_is(&tidied).or(without),
        _ => without,
    }
}

fn without_labelled_as_is(text: &str) -> Option<String> {
    let mut found = labelled(text.as_bytes(), 0)?;
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    loop {
        kept.push_str(&text[from..found.start]);
        kept.push_str(WITHHELD);
        from = found.end;
        match labelled(text.as_bytes(), from) {
            Some(next) => found = next,
            None => break,
        }
    }
    kept.push_str(&text[from..]);
    Some(kept)
}

/// Whether a text announces a number that was withheld: a label, and the mark behind it.
pub fn holds_mark(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() <= WITHHELD.len() || !bytes.contains(&b'*') {
        return false;
    }
    let is_mark = |at: &usize| {
        let stars = bytes[*at..].iter().take_while(|byte| **byte == b'*').count();
        stars == WITHHELD.len() && bytes[*at - 1] != b'*'
    };
    (1..bytes.len()).filter(is_mark).any(|mark| {
        let labels = (0..mark).filter_map(|at| end_of_label(bytes, at));
        labels.into_iter().any(|behind| behind <= mark && mark - behind <= DISTANCE_MAX)
    })
}

/// Strikes out the numbers of citizens that are announced in a row that could not be read.
pub fn strike_out_labelled(raw: &mut [u8]) {
    let mut from = 0;
    while may_announce(raw)
        && let Some(found) = labelled(raw, from)
    {
        from = found.end;
        raw[found].fill(b'*');
    }
}

/// Strikes out what may be the number of a citizen in a row whose columns are not known, one of
/// which holds them.
pub fn strike_out(raw: &mut [u8]) {
    for signs in [&b"."[..], b".-"] {
        let is_of_number = |byte: &u8| byte.is_ascii_digit() || signs.contains(byte);
        for number in raw.chunk_by_mut(|one, next| is_of_number(one) == is_of_number(next)) {
            let digits: Vec<u8> = number.iter().copied().filter(u8::is_ascii_digit).collect();
            // Dutch numbers are written with points, so that dates with dashes stay.
            let is_one = match signs {
                b"." => passes(&digits),
                _ => is_national_number(&digits),
            };
            if is_one {
                number.fill(b'*');
            }
        }
    }
}

/// The most digits that a number has.
const DIGITS_MAX: usize = 11;

/// Whether digits pass the check of one of the numbers; a spreadsheet drops a leading zero.
fn passes(digits: &[u8]) -> bool {
    match digits.len() {
        8 | 9 => is_citizen_service_number(digits),
        10 | 11 => is_national_number(digits),
        _ => false,
    }
}

fn is_citizen_service_number(digits: &[u8]) -> bool {
    let mut nine = [b'0'; 9];
    let fits = matches!(digits.len(), 8 | 9);
    fits && {
        nine[9 - digits.len()..].copy_from_slice(digits);
        elfproef(&nine)
    }
}

/// A birth date of six digits, three that number those born that day, and 97 less the remainder of
/// these nine, with a 2 before them for who was born from 2000.
fn is_national_number(digits: &[u8]) -> bool {
    if !matches!(digits.len(), 10 | 11) {
        return false;
    }
    let mut eleven = [b'0'; 11];
    eleven[11 - digits.len()..].copy_from_slice(digits);
    let [nine, check] = [number_of(&eleven[..9]), number_of(&eleven[9..])];
    // Months are raised by 20 or 40 for people who are not in the national register (BIS numbers),
    // and both are 0 where the date is not known.
    let is_born = number_of(&eleven[2..4]) % 20 <= 12
        && eleven[2] < b'6'
        && number_of(&eleven[4..6]) <= 31
        && nine != 0;
    is_born && (check == 97 - nine % 97 || check == 97 - (2_000_000_000 + nine) % 97)
}

/// What announces a number, in small letters.
const LABELS: [&[u8]; 6] = [b"bsn", b"burgerservice", b"sofi", b"rijksregister", b"niss", b"insz"];

/// The word for number behind a label, where there is one.
const NUMBER: [&[u8]; 3] = [b"", b"nummer", b"nr"];

/// How far behind its label a number may begin: `burgerservice-nummer is: `.
const DISTANCE_MAX: usize = 12;

/// Whether a text is long enough to announce a number. Most values are not: this is all that they
/// cost.
fn may_announce(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit() || **byte == 0xEF).count();
    digits >= 8 && text.len() >= 11
}

/// Where the next announced number stands, from a place on.
fn labelled(text: &[u8], from: usize) -> Option<Range<usize>> {
    for behind in (from..text.len()).filter_map(|at| end_of_label(text, at)) {
        let mut places = (behind..text.len()).take(DISTANCE_MAX + 1);
        let Some(first) = places.find(|&at| digit_at(text, at).is_some()) else { continue };
        if let Some(end) = end_of_number(text, first) {
            return Some(first..end);
        }
    }
    None
}

/// Where a label ends that begins at a place, with the word for number if that is written to it.
fn end_of_label(text: &[u8], start: usize) -> Option<usize> {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic();
    if !is_letter(&text[start]) || start > 0 && is_letter(&text[start - 1]) {
        return None;
    }
    let is_end = |at: &usize| !text.get(*at).is_some_and(is_letter);
    let ends = LABELS
        .iter()
        .filter_map(|label| end_of_word(text, start, label))
        .flat_map(|end| NUMBER.iter().filter_map(move |number| end_of_word(text, end, number)));
    ends.filter(is_end).max()
}

/// Where a word ends that stands at a place, with or without dots between its letters (`B.S.N`).
fn end_of_word(text: &[u8], start: usize, word: &[u8]) -> Option<usize> {
    let mut at = start;
    for (place, letter) in word.iter().enumerate() {
        at += usize::from(place > 0 && text.get(at) == Some(&b'.'));
        if !text.get(at)?.eq_ignore_ascii_case(letter) {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// Where the number of a citizen ends that begins here, if one does.
fn end_of_number(text: &[u8], start: usize) -> Option<usize> {
    let mut digits = [0; DIGITS_MAX];
    let mut count = 0;
    let mut at = start;
    while let Some((digit, length)) = digit_at(text, at) {
        if count == DIGITS_MAX {
            return None;
        }
        digits[count] = digit;
        count += 1;
        at += length;
        let goes_on = digit_at(text, at).is_some();
        // One sign may stand between digits.
        let is_parted = text.get(at).is_some_and(|byte| b" .-/".contains(byte))
            && digit_at(text, at + 1).is_some();
        let may_end = match count {
            9 | 11 => !goes_on,
            _ => !goes_on && !is_parted,
        };
        if may_end && passes(&digits[..count]) {
            return Some(at);
        }
        at += usize::from(!goes_on && is_parted);
    }
    None
}

/// The digit that begins at a place and how many bytes it takes, also in the full width of East
/// Asian keyboards.
fn digit_at(text: &[u8], at: usize) -> Option<(u8, usize)> {
    match text.get(at..)? {
        [digit @ b'0'..=b'9', ..] => Some((*digit, 1)),
        [0xEF, 0xBC, last @ 0x90..=0x99, ..] => Some((last - 0x90 + b'0', 3)),
        _ => None,
    }
}

/// The digit that a character is, also in full width.
fn digit(character: char) -> Option<u8> {
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).as_bytes();
    digit_at(bytes, 0).map(|(digit, _)| digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_left_out_where_their_column_announces_them() {
        for (header, value, expected) in [
            ("bsn", "111222333", true),
            ("bsn", "1112.22.333", true),
            ("burgerservicenummer", "123456782", true),
            ("klant_bsn_nr", "123456782", true),
            ("sofinummer", "123456782", true),
            ("bsn", "１２３４５６７８２", true),
            ("bsn", WITHHELD, true),
            ("rijksregisternummer", "85073003328", true),
            ("rijksregisternummer", "85.07.30-033.28", true),
            ("rijksregisternummer", "00010100105", true),
            ("niss", "0010100105", true),
            ("rijksregisternummer", "85073003329", false),
            ("rijksregisternummer", "85133003370", false),
            ("bsn", "123456783", false),
            ("bsn", "********", false),
            ("bsn", "12345", false),
            ("bsn", "111222333111222333", false),
            ("klantnummer", "111222333", false),
            ("absn", "111222333", false),
        ] {
            let is_left_out = is_watched(header) && is_citizen_number(value);
            assert_eq!(is_left_out, expected, "{header} {value}");
        }
    }

    #[test]
    fn numbers_are_left_out_where_the_text_announces_them() {
        for (text, expected) in [
            ("BSN: 123456782", "BSN: *********"),
            ("belt graag, bsn 1234.56.782, na vijf", "belt graag, bsn *********, na vijf"),
            ("BSN-nr. is 123456782 06-12345987", "BSN-nr. is ********* 06-12345987"),
            ("burgerservicenummer=111222333", "burgerservicenummer=*********"),
            ("Burgerservice nummer 111222333.", "Burgerservice nummer *********."),
            ("sofi 111222333 / BSN 123456782", "sofi ********* / BSN *********"),
            ("BSN111222333", "BSN*********"),
            ("BSN １１１２２２３３３", "BSN *********"),
            ("NISS 85.07.30-033.28 ok", "NISS ********* ok"),
            ("rijksregisternr: 85073003328", "rijksregisternr: *********"),
            ("b.s.n. 123456782", "b.s.n. *********"),
            ("B.S.N.-nummer: 123456782", "B.S.N.-nummer: *********"),
            // What announces a number once it is tidy, or whose number is one then.
            ("BS\0N 123456782", "BSN *********"),
            ("BSN:  123  456 782", "BSN: *********"),
            ("&#66;SN &#49;23456782 &amp; zo", "BSN ********* & zo"),
            ("\u{412}SN 123456782", "BSN *********"),
            // Near misses.
            ("order 111222333", "order 111222333"),
            ("order 123456782", "order 123456782"),
            ("BSN: 123456783", "BSN: 123456783"),
            ("BSN 1112223334", "BSN 1112223334"),
            ("absn 111222333", "absn 111222333"),
            ("BSN is niet bekend, order 111222333", "BSN is niet bekend, order 111222333"),
            ("sofia 2024-01-31", "sofia 2024-01-31"),
            ("BSN:", "BSN:"),
            ("", ""),
        ] {
            let without = without_labelled(text);
            assert_eq!(without.as_deref().unwrap_or(text), expected, "{text}");
            assert_eq!(without.is_some(), text != expected);
            assert_eq!(holds_mark(expected), text != expected);
        }
    }

    #[test]
    fn rows_lose_what_may_be_the_number_of_a_citizen() {
        for (row, expected) in [
            ("1;Jan;123456782;x;y", "1;Jan;*********;x;y"),
            ("123456782", "*********"),
            ("1;\"1112.22.333\"", "1;\"***********\""),
            ("1;85.07.30-033.28;x", "1;***************;x"),
            ("1;123456783;0612345678", "1;123456783;0612345678"),
            ("1;2024-01-31;x", "1;2024-01-31;x"),
        ] {
            let mut raw = row.as_bytes().to_vec();
            strike_out(&mut raw);
            assert_eq!(raw.escape_ascii().to_string(), expected.escape_default().to_string());
        }
    }

    #[test]
    fn rows_lose_what_they_announce() {
        for (row, expected) in [
            ("1;Jan;BSN: 123456782;x;y", "1;Jan;BSN: *********;x;y"),
            ("bsn 1112.22.333;bsn 123456782", "bsn ***********;bsn *********"),
            ("1;Jan;123456782;x;y", "1;Jan;123456782;x;y"),
        ] {
            let mut raw = row.as_bytes().to_vec();
            strike_out_labelled(&mut raw);
            assert_eq!(raw.escape_ascii().to_string(), expected.escape_default().to_string());
        }
    }

    proptest! {
        #[test]
        fn what_is_withheld_stays_so(text in "\\PC{0,30}", more in "(bsn|sofi|NISS|x)? ?[0-9１. -]{0,16}") {
            let text = text + &more;
            let without = without_labelled(&text).unwrap_or(text);
            prop_assert_eq!(without_labelled(&without), None);
        }
    }
}
