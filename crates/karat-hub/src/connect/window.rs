//! The part of a stream that is in memory, from the row being read onward.

use std::io::{self, Read};

/// How much is asked of the stream at a time.
const CHUNK_BYTES: usize = 256 * 1024;

/// A stream with its next bytes in memory, as many as a row or a sample needs.
///
/// A failing stream counts as ended, so that all that came before is read; the failure is kept.
pub(super) struct Window<'a> {
    stream: Box<dyn Read + 'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    failure: Option<io::Error>,
}

impl<'a> Window<'a> {
    /// A window on the start of a stream.
    pub(super) fn new(stream: impl Read + 'a) -> Window<'a> {
        Window {
            stream: Box::new(stream),
            buffer: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
            failure: None,
        }
    }

    /// The bytes in memory that were not consumed.
    pub(super) fn held(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Whether [`Window::held`] are the last of the stream.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Why the stream broke off, if it did.
    pub(super) fn failure(&self) -> Option<&io::Error> {
        self.failure.as_ref()
    }

    /// Lets go of the first bytes.
    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
    }

    /// Reads at least as much again as there is, or a chunk, or what is left.
    ///
    /// Doubling keeps rows of any length linear: looking at one again after each fill costs no
    /// more than twice its length.
    pub(super) fn fill(&mut self) {
        let count = self.held().len();
        self.fill_to(count + count.max(CHUNK_BYTES));
    }

    /// Reads until so many bytes are in memory, or the stream ends.
    pub(super) fn fill_to(&mut self, wanted: usize) {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
        while self.end < wanted && !self.ended {
            match self.stream.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.failure = Some(error);
                }
            }
        }
    }
}

/// A window is itself a stream: what is in memory first, then the rest, then the failure.
impl Read for Window<'_> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && !self.ended {
            self.fill();
        }
        let count = target.len().min(self.end - self.start);
        target[..count].copy_from_slice(&self.held()[..count]);
        self.start += count;
        match self.failure.take() {
            Some(error) if count == 0 => Err(error),
            failure => {
                self.failure = failure;
                Ok(count)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives three bytes, then fails.
    struct Failing(bool);

    impl Read for Failing {
        fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::Error::other("cable pulled"));
            }
            target[..3].copy_from_slice(b"abc");
            Ok(3)
        }
    }

    #[test]
    fn what_came_before_a_failure_is_kept() {
        let mut window = Window::new(Failing(false));
        window.fill();
        assert_eq!((window.held(), window.ended()), (&b"abc"[..], true));
        assert_eq!(window.failure().unwrap().to_string(), "cable pulled");
    }

    #[test]
    fn a_window_on_a_window_passes_on_bytes_and_failure() {
        let mut inner = Window::new(Failing(false));
        inner.fill();
        let mut outer = Window::new(inner);
        outer.fill();
        assert_eq!(outer.held(), b"abc");
        assert!(outer.failure().is_some());
    }

    #[test]
    fn the_rest_stays_in_place_when_more_is_read() {
        let mut window = Window::new(&b"abcdef"[..]);
        window.fill_to(4);
        window.consume(3);
        window.fill();
        assert_eq!((window.held(), window.ended()), (&b"def"[..], true));
    }
}
