//! Post office boxes and reply numbers: `Postbus 1234`, `Antwoordnummer 10`, `PO Box 5`, `Postfach 10 20`,
//! `BP 30`.
//!
//! A box has no house; its number takes the place of the house number, so that the claims are whole.

use super::Parts;

/// How boxes are written, folded, and what they are called; the longest first.
const BOXES: [(&[&str], &str); 14] = [
    (&["postbus"], "Postbus"),
    (&["antwoordnummer"], "Antwoordnummer"),
    (&["antwoordnr"], "Antwoordnummer"),
    (&["postfach"], "Postfach"),
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

/// Reads a line that starts with a box; what follows the number becomes the extra line.
pub(super) fn read(line: &str) -> Option<Parts> {
    let starts_like_one = matches!(line.as_bytes().first(), Some(byte) if b"pagbc".contains(&byte.to_ascii_lowercase()));
    if !starts_like_one {
        return None;
    }
    let (name, rest) = BOXES.iter().find_map(|&(words, name)| Some((name, after(line, words)?)))?;
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | ','));
    let is_number_part = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '.');
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
    let ends_here = rest.is_empty();
    let number_follows = rest
        .trim_start_matches([':', ' ', 'n', 'N', 'r', '.'])
        .starts_with(|c: char| c.is_ascii_digit());
    (ends_here || number_follows).then_some(rest.trim_start_matches(['n', 'N', 'r']))
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
        assert_eq!(read("Casernelaan 12"), None);
    }
}
