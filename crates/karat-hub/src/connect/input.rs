//! Opens a file or standard input, and takes off its compression.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use super::files::is_pattern;
use super::window::Window;
use crate::error::Error;

/// The name that stands for standard input.
pub(super) const STANDARD_INPUT: &str = "-";

/// How much of a file is looked at to find out how it is written.
pub(super) const SAMPLE_BYTES: usize = 1024 * 1024;

// RFC 1952, section 2.3.1, and RFC 8878, section 3.1.1.
const GZIP_MAGIC: &[u8] = b"\x1f\x8b";
const ZSTD_MAGIC: &[u8] = b"\x28\xb5\x2f\xfd";

/// Counts the bytes that were read from disk, for progress bars.
#[derive(Clone, Debug, Default)]
pub(super) struct Odometer(Rc<Cell<u64>>);

impl Odometer {
    /// How many bytes went by.
    pub(super) fn bytes(&self) -> u64 {
        self.0.get()
    }

    /// Adds bytes.
    pub(super) fn add(&self, count: u64) {
        self.0.set(self.0.get() + count);
    }
}

struct Counted<R> {
    stream: R,
    odometer: Odometer,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(target)?;
        self.odometer.add(count as u64);
        Ok(count)
    }
}

/// An opened file: its first [`SAMPLE_BYTES`] are in the window, without compression.
pub(super) struct Input {
    /// What the file holds.
    pub(super) window: Window<'static>,
    /// Whether it had a compression to take off.
    pub(super) compressed: bool,
}

impl Input {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path, odometer: &Odometer) -> Result<Input, Error> {
        if path.as_os_str() == STANDARD_INPUT {
            return Ok(Input::of(io::stdin(), odometer));
        }
        let unreadable = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound if is_pattern(path) => {
                Error::NothingMatches { pattern: path.to_string_lossy().into() }
            }
            io::ErrorKind::NotFound => Error::FileNotFound { path: path.into() },
            _ => Error::Unreadable { path: path.into(), source },
        };
        let file = File::open(path).map_err(unreadable)?;
        if file.metadata().map_err(unreadable)?.is_dir() {
            return Err(Error::NoFiles { folder: path.into() });
        }
        let input = Input::of(file, odometer);
        match input.window.failure() {
            Some(failure) if input.window.held().is_empty() => {
                Err(unreadable(io::Error::new(failure.kind(), failure.to_string())))
            }
            _ => Ok(input),
        }
    }

    /// Takes the compression off a stream, if its first bytes say that it has one.
    pub(super) fn of(stream: impl Read + 'static, odometer: &Odometer) -> Input {
        let mut window = Window::new(Counted { stream, odometer: odometer.clone() });
        window.fill_to(ZSTD_MAGIC.len());
        let gzip = window.held().starts_with(GZIP_MAGIC);
        let zstd = window.held().starts_with(ZSTD_MAGIC);
        let mut window = if gzip {
            Window::new(MultiGzDecoder::new(window))
        } else if zstd {
            Window::new(zstd::Decoder::new(window).expect("a zstd decoder needs only memory"))
        } else {
            window
        };
        window.fill_to(SAMPLE_BYTES);
        Input { window, compressed: gzip || zstd }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn check(bytes: Vec<u8>, expected: &[u8]) {
        let length = bytes.len() as u64;
        let odometer = Odometer::default();
        let input = Input::of(io::Cursor::new(bytes), &odometer);
        assert_eq!(input.window.held(), expected);
        assert_eq!(odometer.bytes(), length);
    }

    #[test]
    fn compression_is_told_by_the_first_bytes() {
        let gzip = |text: &[u8]| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Default::default());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap()
        };
        check(b"id\n1\n".to_vec(), b"id\n1\n");
        check(gzip(b"id\n1\n"), b"id\n1\n");
        check([gzip(b"id\n"), gzip(b"1\n")].concat(), b"id\n1\n");
        check(zstd::encode_all(&b"id\n1\n"[..], 1).unwrap(), b"id\n1\n");
        check(b"".to_vec(), b"");
    }
}
