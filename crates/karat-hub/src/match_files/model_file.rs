//! Files of match models: JSON that a person can read, one line for each level.

use std::io::{self, Write};
use std::path::Path;

use karat_engine::matching::model::MatchModel;
use serde::{Deserialize, Serialize};
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::error::Error;

/// What stands in the file.
#[derive(Serialize)]
struct ModelFile<'m> {
    version: u32,
    models: &'m [&'m MatchModel],
}

/// What any version of the file has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Deserialize)]
struct StoredModels {
    models: Vec<MatchModel>,
}

/// Reads the models of a file.
pub fn read_models(path: &Path) -> Result<Vec<MatchModel>, Error> {
    let bytes = std::fs::read(path).map_err(|source| unreadable(path, source))?;
    let invalid = |error: serde_json::Error| Error::NoMatchModel {
        path: path.into(),
        reason: error.to_string(),
    };
    let Versioned { version } = serde_json::from_slice(&bytes).map_err(invalid)?;
    if version != MatchModel::VERSION {
        return Err(Error::OtherModelVersion {
            path: path.into(),
            version,
            known: MatchModel::VERSION,
        });
    }
    let StoredModels { models } = serde_json::from_slice(&bytes).map_err(invalid)?;
    Ok(models)
}

/// A file that is not there, or cannot be read.
pub(super) fn unreadable(path: &Path, source: io::Error) -> Error {
    match source.kind() {
        io::ErrorKind::NotFound => Error::FileNotFound { path: path.into() },
        _ => Error::Unreadable { path: path.into(), source },
    }
}

/// Writes models to a file.
pub fn write_models(path: &Path, models: &[&MatchModel]) -> Result<(), Error> {
    let mut text = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut text, Layout::default());
    let file = ModelFile { version: MatchModel::VERSION, models };
    file.serialize(&mut writer).expect("a model has only numbers and text");
    text.push(b'\n');
    std::fs::write(path, text)
        .map_err(|source| Error::Share(crate::share::Error::Write { path: path.into(), source }))
}

/// How deep a model is laid out; what lies deeper, such as one level of a comparison, is a line.
const DEPTH_MAX: usize = 6;

/// Lays JSON out on lines, down to some depth.
#[derive(Default)]
struct Layout {
    depth: usize,
    lines: PrettyFormatter<'static>,
}

impl Layout {
    fn is_laid_out(&self) -> bool {
        self.depth <= DEPTH_MAX
    }
}

/// Forwards to the one formatter or the other.
macro_rules! forward {
    ($($method:ident($($argument:ident: $kind:ty),*);)+) => {
        $(fn $method<W: ?Sized + Write>(&mut self, writer: &mut W, $($argument: $kind),*) -> io::Result<()> {
            if self.is_laid_out() {
                self.lines.$method(writer, $($argument),*)
            } else {
                CompactFormatter.$method(writer, $($argument),*)
            }
        })+
    };
}

impl Formatter for Layout {
    forward! {
        begin_array_value(first: bool);
        end_array_value();
        begin_object_key(first: bool);
        begin_object_value();
        end_object_value();
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.is_laid_out() { self.lines.begin_array(writer) } else { writer.write_all(b"[") }
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let is_laid_out = self.is_laid_out();
        self.depth -= 1;
        if is_laid_out { self.lines.end_array(writer) } else { writer.write_all(b"]") }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        if self.is_laid_out() { self.lines.begin_object(writer) } else { writer.write_all(b"{") }
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let is_laid_out = self.is_laid_out();
        self.depth -= 1;
        if is_laid_out { self.lines.end_object(writer) } else { writer.write_all(b"}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_down_to_some_depth() {
        let value = serde_json::json!([[[[[[{ "a": [1, 2], "b": {} }]]]]]]);
        let mut text = Vec::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut text, Layout::default());
        value.serialize(&mut writer).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        assert!(text.contains("{\"a\":[1,2],\"b\":{}}\n"), "{text}");
        assert_eq!(text.lines().count(), 13);
    }
}
