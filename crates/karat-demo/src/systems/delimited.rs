//! A row of a delimited file.

/// A row that is being written.
#[derive(Debug)]
pub struct Row {
    delimiter: char,
    quotes: bool,
    text: String,
    fields: usize,
}

impl Row {
    /// An empty row of a file that quotes fields where needed.
    pub fn quoted(delimiter: char) -> Row {
        Row { delimiter, quotes: true, text: String::new(), fields: 0 }
    }

    /// An empty row of a file that knows no quotes.
    pub fn bare(delimiter: char) -> Row {
        Row { delimiter, quotes: false, text: String::new(), fields: 0 }
    }

    /// The row with one more field.
    pub fn field(mut self, value: &str) -> Row {
        if self.fields > 0 {
            self.text.push(self.delimiter);
        }
        self.fields += 1;
        let special =
            |letter: char| letter == self.delimiter || matches!(letter, '"' | '\n' | '\r');
        if self.quotes && value.contains(special) {
            self.text.push('"');
            self.text.push_str(&value.replace('"', "\"\""));
            self.text.push('"');
        } else if self.quotes {
            self.text.push_str(value);
        } else {
            // Without quotes, a delimiter within a value would open a new field.
            self.text.extend(value.chars().map(|c| if c == self.delimiter { ' ' } else { c }));
        }
        self
    }

    /// The row with its line break.
    pub fn end(mut self, line_break: &str) -> String {
        self.text.push_str(line_break);
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_do_no_harm() {
        let quoted = Row::quoted(',').field("a,b").field("say \"c\"").field("").end("\n");
        assert_eq!(quoted, "\"a,b\",\"say \"\"c\"\"\",\n");
        assert_eq!(Row::bare(';').field("a;b").field("\"c\"").end("\r\n"), "a b;\"c\"\r\n");
    }
}
