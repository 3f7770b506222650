//! Masking: enough of a value to recognise it by who knows it, too little for who does not.

/// Hides all but the first character of each word and of each side of an `@`: `j***@v***`.
pub fn mask(text: &str) -> String {
    let words = text
        .split_whitespace()
        .map(|word| word.split('@').map(mask_part).collect::<Vec<_>>().join("@"));
    words.collect::<Vec<_>>().join(" ")
}

fn mask_part(part: &str) -> String {
    part.chars().next().map_or_else(String::new, |first| format!("{first}***"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_first_characters_are_left() {
        for (value, expected) in [
            ("Sanne de Wit", "S*** d*** W***"),
            ("jan@voorbeeld.example", "j***@v***"),
            ("1984-03-12", "1***"),
            ("Łukasz", "Ł***"),
            ("@", "@"),
            ("", ""),
        ] {
            assert_eq!(mask(value), expected);
        }
    }
}
