//! Text that went through a program which took it for another encoding.

use encoding_rs::WINDOWS_1252;

/// UTF-8 read as Windows-1252: `José` is `JosÃ©`.
pub fn mojibake(text: &str) -> String {
    WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned()
}

/// Letters that a program could not show: `Jos?`.
pub fn lost(text: &str) -> String {
    text.chars().map(|letter| if letter.is_ascii() { letter } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_break_and_plain_letters_do_not() {
        assert_eq!(mojibake("José"), "JosÃ©");
        assert_eq!(lost("José"), "Jos?");
        assert_eq!(mojibake("Jan"), "Jan");
    }
}
