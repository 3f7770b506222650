//! Makes the pattern of a value: `Kerkstraat 12` is `Aa+ 99`.

/// Patterns are cut off after so many characters.
const PATTERN_CHARS_MAX: usize = 40;

/// Runs of one class are written out up to this length, and as `a+` beyond.
const RUN_MAX: usize = 3;

/// Adds the pattern of a value to a text.
///
/// A digit is `9`, a capital `A`, another letter `a`; all else stands for itself.
pub(super) fn write_pattern(value: &str, pattern: &mut String) {
    if value.is_ascii() {
        let mut written = [0; PATTERN_CHARS_MAX];
        let classes = value.bytes().map(|byte| ASCII_CLASSES[usize::from(byte)]);
        let length = write_classes(classes, b'+', &mut written);
        let ascii = std::str::from_utf8(&written[..length]);
        pattern.push_str(ascii.expect("the classes of ASCII are ASCII"));
    } else {
        let mut written = ['\0'; PATTERN_CHARS_MAX];
        let length = write_classes(value.chars().map(class), '+', &mut written);
        pattern.extend(&written[..length]);
    }
}

/// Writes classes, with long runs shortened; gives how many were written.
///
/// There is no branch on what the classes are: no branch could be foretold.
fn write_classes<T: Copy + PartialEq>(
    classes: impl Iterator<Item = T>,
    plus: T,
    written: &mut [T; PATTERN_CHARS_MAX],
) -> usize {
    let (mut length, mut run, mut last) = (0, 0, plus);
    for class in classes {
        if length == PATTERN_CHARS_MAX {
            break;
        }
        run = if class == last { run + 1 } else { 1 };
        last = class;
        let is_short = run <= RUN_MAX;
        // Of the run that was written out the first class stays, and the second becomes the plus.
        let turns_long = run == RUN_MAX + 1;
        let place = if turns_long { length + 1 - RUN_MAX } else { length };
        written[place] = if turns_long { plus } else { class };
        length = if turns_long { place + 1 } else { length + usize::from(is_short) };
    }
    length
}

/// The classes of the characters of ASCII.
const ASCII_CLASSES: [u8; 128] = {
    let mut classes = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'0'..=b'9' => b'9',
            b'a'..=b'z' => b'a',
            b'A'..=b'Z' => b'A',
            other => other,
        };
        byte += 1;
    }
    classes
};

fn class(character: char) -> char {
    match character {
        _ if character.is_ascii() => ASCII_CLASSES[character as usize].into(),
        _ if character.is_uppercase() => 'A',
        _ if character.is_alphabetic() => 'a',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_patterns() {
        let (long_ascii, long_pattern) = ("a1".repeat(30), "a9".repeat(20));
        let (long_other, other_pattern) = ("é1".repeat(30), "a9".repeat(20));
        let table = [
            ("Kerkstraat 12", "Aa+ 99"),
            ("1234 AB", "9+ AA"),
            ("123 AB", "999 AA"),
            ("j.d@x.nl", "a.a@a.aa"),
            ("Zoë", "Aaa"),
            ("Éléonore É", "Aa+ A"),
            ("ÉÉN", "AAA"),
            ("31-12-1980", "99-99-9+"),
            ("-----", "-+"),
            ("€€€€€ 5", "€+ 9"),
            ("李", "a"),
            ("½ €", "½ €"),
            (&long_ascii, &long_pattern),
            (&long_other, &other_pattern),
            ("", ""),
        ];
        for (value, expected) in table {
            let mut pattern = String::from("| ");
            write_pattern(value, &mut pattern);
            assert_eq!(pattern, format!("| {expected}"), "{value}");
        }
    }
}
