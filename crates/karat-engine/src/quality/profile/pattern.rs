//! Makes the pattern of a value: `Kerkstraat 12` is `Aa+ 99`.

/// Patterns are cut off after so many characters.
const PATTERN_CHARS_MAX: usize = 40;

/// Runs of one class are written out up to this length, and as `a+` beyond.
const RUN_MAX: usize = 3;

/// Adds the pattern of a value to a text.
///
/// A digit is `9`, a capital `A`, another letter `a`; all else stands for itself.
pub(super) fn write_pattern(value: &str, pattern: &mut String) {
    let mut classes = value.chars().map(class).peekable();
    let mut written = 0;
    while let Some(class) = classes.next() {
        let mut run = 1;
        while classes.next_if_eq(&class).is_some() {
            run += 1;
        }
        if written >= PATTERN_CHARS_MAX {
            pattern.push('…');
            return;
        }
        if run > RUN_MAX {
            pattern.push(class);
            pattern.push('+');
            written += 2;
        } else {
            pattern.extend(std::iter::repeat_n(class, run));
            written += run;
        }
    }
}

fn class(character: char) -> char {
    match character {
        '0'..='9' => '9',
        'a'..='z' => 'a',
        'A'..='Z' => 'A',
        _ if character.is_ascii() => character,
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
        let long_text = "a1".repeat(30);
        let long_pattern = format!("{}…", "a9".repeat(20));
        let table = [
            ("Kerkstraat 12", "Aa+ 99"),
            ("1234 AB", "9+ AA"),
            ("123 AB", "999 AA"),
            ("j.d@x.nl", "a.a@a.aa"),
            ("Zoë", "Aaa"),
            ("ÉÉN", "AAA"),
            ("31-12-1980", "99-99-9+"),
            ("-----", "-+"),
            ("李", "a"),
            ("½ €", "½ €"),
            ("", ""),
            (&long_text, &long_pattern),
        ];
        for (value, expected) in table {
            let mut pattern = String::new();
            write_pattern(value, &mut pattern);
            assert_eq!(pattern, expected, "{value}");
        }
    }
}
