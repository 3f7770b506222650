//! Output: the bytes of one file, which appears whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;

use super::{Compression, Destination};

/// Takes the bytes of a file. Until [`Output::commit`] they stand beside it under another name,
/// and are removed when that never comes.
pub(super) struct Output {
    /// `None` only once committed or abandoned.
    stream: Option<Stream>,
    /// The unfinished file and the name it gets; `None` where bytes cannot be taken back.
    pending: Option<Pending>,
}

struct Pending {
    partial: PathBuf,
    path: PathBuf,
}

enum Stream {
    Plain(BufWriter<Target>),
    Gzip(GzEncoder<BufWriter<Target>>),
    Zstandard(zstd::Encoder<'static, BufWriter<Target>>),
}

enum Target {
    File(File),
    Stdout(Stdout),
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::File(file) => file.write(bytes),
            Target::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::File(file) => file.flush(),
            Target::Stdout(stdout) => stdout.flush(),
        }
    }
}

impl Output {
    /// Opens the output; a pipe or a device is written directly.
    pub(super) fn create(destination: &Destination) -> io::Result<Output> {
        let (target, pending) = if destination.is_stdout() {
            (Target::Stdout(io::stdout()), None)
        } else {
            open(destination.path())?
        };
        let buffered = BufWriter::new(target);
        let stream = match destination.compression() {
            Compression::None => Stream::Plain(buffered),
            Compression::Gzip => {
                Stream::Gzip(GzEncoder::new(buffered, flate2::Compression::default()))
            }
            Compression::Zstandard => {
                let level = zstd::DEFAULT_COMPRESSION_LEVEL;
                Stream::Zstandard(zstd::Encoder::new(buffered, level)?)
            }
        };
        Ok(Output { stream: Some(stream), pending })
    }

    /// Writes what is left and gives the file its name.
    pub(super) fn commit(mut self) -> io::Result<()> {
        let stream = self.stream.take().expect("an output is committed once");
        let buffered = match stream {
            Stream::Plain(buffered) => buffered,
            Stream::Gzip(encoder) => encoder.finish()?,
            Stream::Zstandard(encoder) => encoder.finish()?,
        };
        match buffered.into_inner().map_err(|error| error.into_error())? {
            Target::Stdout(mut stdout) => stdout.flush()?,
            Target::File(file) if self.pending.is_some() => file.sync_all()?,
            Target::File(_) => {}
        }
        if let Some(Pending { partial, path }) = &self.pending {
            fs::rename(partial, path)?;
            self.pending = None;
        }
        Ok(())
    }

    fn stream(&mut self) -> &mut dyn Write {
        match self.stream.as_mut().expect("nothing is written after the commit") {
            Stream::Plain(buffered) => buffered,
            Stream::Gzip(encoder) => encoder,
            Stream::Zstandard(encoder) => encoder,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream().flush()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Closed first: an open file cannot be removed everywhere.
        self.stream = None;
        if let Some(Pending { partial, .. }) = &self.pending {
            // The error that led here is being reported; a file that stays behind is no worse.
            let _ = fs::remove_file(partial);
        }
    }
}

fn open(path: &Path) -> io::Result<(Target, Option<Pending>)> {
    let is_special = fs::metadata(path).is_ok_and(|found| !found.is_file());
    if is_special {
        let file = OpenOptions::new().write(true).open(path)?;
        return Ok((Target::File(file), None));
    }
    // A link stays a link, and what it points to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.into());
    let (file, partial) = create_beside(&path)?;
    Ok((Target::File(file), Some(Pending { partial, path })))
}

/// Creates `.golden.csv.partial`, or with a number behind it while another one is being written.
fn create_beside(path: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
    let mut attempt = 0;
    loop {
        let number = if attempt == 0 { String::new() } else { format!("-{attempt}") };
        let partial = path.with_file_name(format!(".{name}.partial{number}"));
        match OpenOptions::new().write(true).create_new(true).open(&partial) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
            opened => return Ok((opened?, partial)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn output(path: &Path) -> io::Result<Output> {
        Output::create(&Destination::new(path, None).unwrap())
    }

    #[test]
    fn a_file_appears_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("golden.csv");
        fs::write(&path, "old").unwrap();
        let mut writing = output(&path).unwrap();
        writing.write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        writing.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["golden.csv"]);
    }

    #[test]
    fn what_is_abandoned_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["golden.csv", "golden.csv.gz", "golden.csv.zst"] {
            let mut writing = output(&folder.path().join(name)).unwrap();
            writing.write_all(b"half").unwrap();
            drop(writing);
        }
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn two_writers_of_one_file_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("golden.csv");
        let [mut one, mut other] = [output(&path).unwrap(), output(&path).unwrap()];
        one.write_all(b"one").unwrap();
        other.write_all(b"other").unwrap();
        other.commit().unwrap();
        one.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        assert_eq!(names(folder.path()), ["golden.csv"]);
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = output(&folder.path().join("none/golden.csv")).err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let [path, link] = ["golden.csv", "latest.csv"].map(|name| folder.path().join(name));
        fs::write(&path, "old").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut writing = output(&link).unwrap();
        writing.write_all(b"new").unwrap();
        writing.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

        let device = Destination::new(Path::new("/dev/null"), Some(super::super::FileFormat::Csv));
        let mut writing = Output::create(&device.unwrap()).unwrap();
        writing.write_all(b"nowhere").unwrap();
        writing.commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
