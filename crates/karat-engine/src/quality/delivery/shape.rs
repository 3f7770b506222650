//! Forms of values: how letters, digits and signs follow each other.

/// A form is no longer than this.
const LENGTH_MAX: usize = 24;
/// Up to so many digits in a row are told one by one.
const DIGITS_MAX: usize = 10;

/// Writes the form of a value: `a` for letters, `A` for capital ones, `Aa` for a capitalised word, a
/// `9` for each digit, and signs as they are.
pub fn shape(value: &str, into: &mut String) {
    let mut last = None;
    let mut run = 0;
    for character in value.chars() {
        let class = match character {
            '0'..='9' => '9',
            character if character.is_lowercase() => 'a',
            character if character.is_uppercase() => 'A',
            character if character.is_alphabetic() => 'a',
            character if character.is_numeric() => '9',
            character if character.is_whitespace() => ' ',
            character => character,
        };
        run = if last == Some(class) { run + 1 } else { 1 };
        let is_told = run == 1 || class == '9' && run <= DIGITS_MAX;
        if is_told {
            if into.len() >= LENGTH_MAX {
                into.push('…');
                return;
            }
            into.push(class);
        }
        last = Some(class);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_form_look_alike() {
        for (value, expected) in [
            ("1234 AB", "9999 A"),
            ("1234ab", "9999a"),
            ("Jansen-de Wit", "Aa-a Aa"),
            ("j.jansen@voorbeeld.example", "a.a@a.a"),
            ("+31 20 1234567", "+99 99 9999999"),
            ("12345678901234", "9999999999"),
            ("", ""),
        ] {
            let mut written = String::new();
            shape(value, &mut written);
            assert_eq!(written, expected, "{value}");
        }
        let mut long = String::new();
        shape(&"a.".repeat(50), &mut long);
        assert_eq!(long.chars().count(), LENGTH_MAX + 1);
    }
}
