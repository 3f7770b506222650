//! Finds the arrays of a JSON document without taking its values apart.
//!
//! It only follows brackets, quotes and commas, so that the rows of a document can be found even
//! where some of them are broken, or where the document breaks off.

use std::ops::Range;

/// Deeper objects are not searched for arrays.
const DEPTH_MAX: usize = 32;

/// Where the elements of an array stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Array {
    /// The keys that lead to it, joined by dots; empty for the document itself.
    pub(super) path: String,
    /// The places of its elements.
    pub(super) elements: Vec<Range<usize>>,
    /// How many of them are objects.
    pub(super) objects: usize,
}

/// The arrays of a document that are not within another array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outline {
    /// In the order in which they stand.
    pub(super) arrays: Vec<Array>,
    /// Where the document ends, or breaks off.
    pub(super) end: usize,
    /// Whether it breaks off or is damaged there.
    pub(super) broken: bool,
}

/// Follows the first document in a text, from a place on.
pub(super) fn outline(text: &str, start: usize) -> Outline {
    let mut walker = Walker { bytes: text.as_bytes(), at: start, found: Outline::default() };
    let mut path = Vec::new();
    let broken = walker.value(&mut path).is_none();
    Outline { end: walker.at, broken, ..walker.found }
}

/// Answers are `None` where the document breaks off or is damaged.
struct Walker<'a> {
    bytes: &'a [u8],
    at: usize,
    found: Outline,
}

impl<'a> Walker<'a> {
    fn value(&mut self, path: &mut Vec<&'a str>) -> Option<()> {
        match self.peek()? {
            b'{' if path.len() < DEPTH_MAX => self.object(path),
            b'[' => self.array(path),
            _ => self.skip(),
        }
    }

    fn object(&mut self, path: &mut Vec<&'a str>) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'}' => break,
                b',' => self.at += 1,
                b'"' => {
                    let start = self.at + 1;
                    self.string()?;
                    path.push(std::str::from_utf8(&self.bytes[start..self.at - 1]).ok()?);
                    if self.peek()? != b':' {
                        return None;
                    }
                    self.at += 1;
                    self.value(path)?;
                    path.pop();
                }
                _ => return None,
            }
        }
        self.at += 1;
        Some(())
    }

    fn array(&mut self, path: &[&str]) -> Option<()> {
        self.at += 1;
        let number = self.found.arrays.len();
        self.found.arrays.push(Array { path: path.join("."), elements: Vec::new(), objects: 0 });
        loop {
            match self.peek()? {
                b']' => break,
                b',' => self.at += 1,
                first => {
                    let start = self.at;
                    if self.skip().is_none() {
                        self.at = start;
                        return None;
                    }
                    let array = &mut self.found.arrays[number];
                    array.elements.push(start..self.at);
                    array.objects += usize::from(first == b'{');
                }
            }
        }
        self.at += 1;
        Some(())
    }

    /// Skips a value of any kind.
    fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'{' | b'[' => self.skip_brackets(),
            b'"' => self.string(),
            b'}' | b']' | b':' => None,
            _ => {
                let ends = |&byte: &u8| byte.is_ascii_whitespace() || b",]}".contains(&byte);
                let rest = &self.bytes[self.at..];
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
                Some(())
            }
        }
    }

    fn skip_brackets(&mut self) -> Option<()> {
        let mut depth = 0;
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match *self.bytes.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(())
    }

    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.bytes.get(self.at..)?;
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.bytes.get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The arrays as `path=elements`, then where the document ends.
    fn check(text: &str, expected: &str) {
        let found = outline(text, 0);
        let arrays = found.arrays.iter().map(|array| {
            let elements: Vec<&str> =
                array.elements.iter().map(|range| &text[range.clone()]).collect();
            format!("{}={}({})", array.path, elements.join(" "), array.objects)
        });
        let end = format!("{}{}", found.end, if found.broken { "!" } else { "" });
        let all: Vec<String> = arrays.chain([end]).collect();
        assert_eq!(all.join(" "), expected, "{text}");
    }

    #[test]
    fn arrays_are_found() {
        check(r#"[{"a":[1]},2]"#, r#"={"a":[1]} 2(1) 13"#);
        check(r#" { "d" : { "k" : [ {} , {} ] }, "n": 1 }"#, r#"d.k={} {}(2) 40"#);
        check(r#"{"a":[],"b":["x]",{"c":"}\""}]}"#, r#"a=(0) b="x]" {"c":"}\""}(1) 31"#);
        check(r#"{"a":1} trailing"#, "7");
        check("12", "2");
    }

    #[test]
    fn broken_documents_keep_what_came_before() {
        check(r#"[{"a":1},{"b":"#, r#"={"a":1}(1) 9!"#);
        check(r#"[{"a":1}{"b":2}]"#, r#"={"a":1} {"b":2}(2) 16"#);
        check(r#"[{"a":1}, oops, {"b":2}]"#, r#"={"a":1} oops {"b":2}(2) 24"#);
        check(r#"{"k":[{"a":1}],"n" 5}"#, r#"k={"a":1}(1) 19!"#);
        check(r#"[{"a":1}:"#, r#"={"a":1}(1) 8!"#);
        check("", "0!");
    }
}
