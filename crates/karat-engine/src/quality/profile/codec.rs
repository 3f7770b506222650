//! How a state is written: numbers in as few bytes as they need, texts behind their length, and a
//! digest of all in the end, so that damage is noticed.

use std::fmt;

/// Why a state cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateError {
    /// It is no state of a profile, or a part of it was lost or changed.
    Damaged,
    /// It was written by another version.
    OtherVersion(u64),
}

impl fmt::Display for StateError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateError::Damaged => write!(out, "the state of the profile is damaged"),
            StateError::OtherVersion(version) => {
                write!(out, "the state of the profile has version {version}, and not {VERSION}")
            }
        }
    }
}

impl std::error::Error for StateError {}

/// The version of what is written; another one is not read.
const VERSION: u64 = 1;

/// How many bytes of the digest stand at the end.
const DIGEST_BYTES: usize = 8;

/// Counts from here on are not believed: no file has so many values, and sums of them would not fit.
const COUNT_END: u64 = 1 << 40;

/// Writes a state.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Begins a state.
    pub(super) fn new() -> Writer {
        let mut writer = Writer::default();
        writer.number(VERSION);
        writer
    }

    /// Ends it.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let digest = blake3::hash(&self.0);
        self.0.extend(&digest.as_bytes()[..DIGEST_BYTES]);
        self.0
    }

    /// A number: seven bits to a byte, the lowest first (LEB128).
    pub(super) fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.0.push(0x80 | (number & 0x7f) as u8);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A number that may be any, and is mostly large.
    pub(super) fn hash(&mut self, hash: u64) {
        self.0.extend(hash.to_le_bytes());
    }

    /// A text.
    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// Bytes, such as another state.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }
}

/// Reads a state.
#[derive(Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Begins to read, if the digest fits.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Reader<'a>, StateError> {
        let end = bytes.len().checked_sub(DIGEST_BYTES).ok_or(StateError::Damaged)?;
        let (content, digest) = bytes.split_at(end);
        if blake3::hash(content).as_bytes()[..DIGEST_BYTES] != *digest {
            return Err(StateError::Damaged);
        }
        let mut reader = Reader(content);
        match reader.number()? {
            VERSION => Ok(reader),
            other => Err(StateError::OtherVersion(other)),
        }
    }

    /// Ends to read: nothing may be left.
    pub(super) fn finish(self) -> Result<(), StateError> {
        if self.0.is_empty() { Ok(()) } else { Err(StateError::Damaged) }
    }

    /// A number.
    pub(super) fn number(&mut self) -> Result<u64, StateError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(StateError::Damaged);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(StateError::Damaged)
    }

    /// A number that must be below this one.
    pub(super) fn number_below(&mut self, end: u64) -> Result<u64, StateError> {
        let number = self.number()?;
        if number < end { Ok(number) } else { Err(StateError::Damaged) }
    }

    /// How often something came.
    pub(super) fn count(&mut self) -> Result<u64, StateError> {
        self.number_below(COUNT_END)
    }

    /// What [`Writer::hash`] wrote.
    pub(super) fn hash(&mut self) -> Result<u64, StateError> {
        let bytes = self.take(8)?.try_into().map_err(|_| StateError::Damaged)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// A text.
    pub(super) fn text(&mut self) -> Result<&'a str, StateError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| StateError::Damaged)
    }

    /// Bytes.
    pub(super) fn bytes(&mut self) -> Result<&'a [u8], StateError> {
        let length = usize::try_from(self.number()?).map_err(|_| StateError::Damaged)?;
        self.take(length)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], StateError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(StateError::Damaged)?;
        self.0 = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_written_is_read(numbers in prop::collection::vec(any::<u64>(), 0..20), text: String) {
            let mut writer = Writer::new();
            numbers.iter().for_each(|number| writer.number(*number));
            writer.text(&text);
            let bytes = writer.finish();
            let mut reader = Reader::new(&bytes).unwrap();
            for number in numbers {
                prop_assert_eq!(reader.number(), Ok(number));
            }
            prop_assert_eq!(reader.text(), Ok(&*text));
            prop_assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn another_version_is_told() {
        let mut writer = Writer::default();
        writer.number(2);
        let found = Reader::new(&writer.finish()).map(|_| ());
        assert_eq!(found, Err(StateError::OtherVersion(2)));
    }
}
