//! Post office boxes and reply numbers: `Postbus 1234`, `Antwoordnummer 10`, `PO Box 5`, `Postfach 10 20`,
//! `BP 30`.
//!
//! A box has no house; its number takes the place of the house number, so that the claims are whole.

use super::Parts;
use super::house_number;

/// What a Dutch box is called.
const BOX: &str = "Postbus";
/// What a Dutch reply number is called.
pub(super) const REPLY_NUMBER: &str = "Antwoordnummer";
/// What a German box is called.
const GERMAN_BOX: &str = "Postfach";

/// How boxes are written, folded, and what they are called; the longest first.
const BOXES: [(&[&str], &str); 23] = [
    (&["postbusnummer"], BOX),
    (&["postbusnr"], BOX),
    (&["postbus"], BOX),
    (&["post", "bus"], BOX),
    (&["postb."], BOX),
    (&["pb."], BOX),
    (&["antwoordnummer"], REPLY_NUMBER),
    (&["antwoordnr"], REPLY_NUMBER),
    (&["antwoord", "nummer"], REPLY_NUMBER),
    (&["antw.nr"], REPLY_NUMBER),
    (&["antw", "nr"], REPLY_NUMBER),
    (&["antwnr"], REPLY_NUMBER),
    (&["postfach"], GERMAN_BOX),
    (&["po", "box"], "PO Box"),
    (&["p.o.", "box"], "PO Box"),
    (&["pobox"], "PO Box"),
    (&["post", "office", "box"], "PO Box"),
    (&["gpo", "box"], "PO Box"),
    (&["boîte", "postale"], "Boîte postale"),
    (&["boite", "postale"], "Boîte postale"),
    (&["case", "postale"], "Case postale"),
    (&["bp"], "Boîte postale"),
    (&["b.p."], "Boîte postale"),
];

/// Whether a standardised street is a box.
pub(super) fn is_street(street: &str) -> bool {
    BOXES.iter().any(|(_, name)| *name == street)
}

/// Whether a box can have a number: in the Netherlands 1 to 99999, in other countries longer too.
pub(super) fn is_possible(name: &str, number: &str) -> bool {
    const DIGITS_MAX: usize = 8;
    match name {
        BOX | REPLY_NUMBER => house_number::is_possible(number),
        _ => {
            let is_digits = number.bytes().all(|b| b.is_ascii_digit());
            is_digits && (1..=DIGITS_MAX).contains(&number.len()) && !number.starts_with('0')
        }
    }
}

/// Whether numbers of a box are written in groups of two digits: `10 20 30`.
pub(super) fn groups_digits(name: &str) -> bool {
    name == GERMAN_BOX
}

/// Reads a line that starts with a box; what follows the number becomes the extra line.
pub(super) fn read(line: &str) -> Option<Parts> {
    let starts_like_one = matches!(line.as_bytes().first(), Some(byte) if b"pagbc".contains(&byte.to_ascii_lowercase()));
    if !starts_like_one {
        return None;
    }
    let (name, rest) = BOXES.iter().find_map(|&(words, name)| Some((name, after(line, words)?)))?;
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | ','));
    let is_number_part =
        |c: char| c.is_ascii_digit() || c == '.' || c == ' ' && groups_digits(name);
    let end = rest.find(|c| !is_number_part(c)).unwrap_or(rest.len());
    let number: String = rest[..end].chars().filter(char::is_ascii_digit).collect();
    let number = number.trim_start_matches('0');
    let mut parts = Parts { street: Some(name.into()), ..Parts::default() };
    parts.house_number = (!number.is_empty()).then(|| number.into());
    let follows = rest[end..].trim();
    if !follows.is_empty() {
        parts.add_remark(follows);
    }
    Some(parts)
}

/// What follows these words at the start of the line, if a digit or nothing does.
fn after<'a>(line: &'a str, words: &[&str]) -> Option<&'a str> {
    let mut rest = line;
    for word in words {
        let start = rest.get(..word.len())?;
        if !start.eq_ignore_ascii_case(word) {
            return None;
        }
        rest = rest[word.len()..].trim_start_matches([' ', '.']);
    }
    let is_number_word = |c: char| matches!(c, ':' | ' ' | 'n' | 'N' | 'r' | 'R' | '.');
    let ends_here = rest.trim_start_matches(is_number_word).is_empty();
    let number_follows =
        rest.trim_start_matches(is_number_word).starts_with(|c: char| c.is_ascii_digit());
    (ends_here || number_follows).then_some(rest.trim_start_matches(['n', 'N', 'r', 'R']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, street: &str, number: &str) {
        let parts = read(line).expect("a box");
        assert_eq!(parts.street.as_deref(), Some(street), "{line}");
        assert_eq!(parts.house_number.as_deref().unwrap_or(""), number, "{line}");
    }

    #[test]
    fn boxes() {
        check("Postbus 1234", "Postbus", "1234");
        check("POSTBUS1234", "Postbus", "1234");
        check("postbus nr. 12", "Postbus", "12");
        check("Antwoordnummer 10", "Antwoordnummer", "10");
        check("P.O. Box 55", "PO Box", "55");
        check("po box 55", "PO Box", "55");
        check("Postfach 10 20 30", "Postfach", "102030");
        check("Postbus", "Postbus", "");
        check("Postbusnummer 12", "Postbus", "12");
        check("Post bus 12", "Postbus", "12");
        check("Pb. 12", "Postbus", "12");
        check("P.O.Box 55", "PO Box", "55");
        check("Antw.nr. 10", "Antwoordnummer", "10");
        check("antwoord nummer 10", "Antwoordnummer", "10");
        check("BP 30", "Boîte postale", "30");
        check("B.P. 30", "Boîte postale", "30");
        check("Boîte postale 30", "Boîte postale", "30");
        check("Case postale 12", "Case postale", "12");
    }

    #[test]
    fn streets_are_no_boxes() {
        assert_eq!(read("Postbusstraat 12"), None);
        assert_eq!(read("Poststraat 12"), None);
        assert_eq!(read("Kerkstraat 12"), None);
        assert_eq!(read("Bpostlaan 12"), None);
        assert_eq!(read("Pb-laan 12"), None);
        assert_eq!(read("Antwoordstraat 12"), None);
        assert_eq!(read("Casernelaan 12"), None);
    }

    #[test]
    fn a_dutch_box_has_at_most_five_digits() {
        assert!(is_possible("Postbus", "1") && is_possible("Antwoordnummer", "99999"));
        assert!(!is_possible("Postbus", "100000") && !is_possible("Antwoordnummer", "0"));
        assert!(is_possible("Postfach", "102030"));
        assert!(!is_possible("PO Box", "12A"));
    }
}
