//! A folder in which commands run, as a user's would.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;
use tempfile::TempDir;

/// The program under test.
pub const KARAT: &str = env!("CARGO_BIN_EXE_karat");

/// A folder of a test's own, gone when the test is done.
pub struct Folder {
    /// Removes the folder in the end.
    _whole: TempDir,
    /// Where commands run.
    path: PathBuf,
}

impl Folder {
    /// An empty folder.
    pub fn new() -> Folder {
        let whole = tempfile::tempdir().expect("the system has room for a folder");
        Folder { path: whole.path().into(), _whole: whole }
    }

    /// The folder within this one, in which commands run from now on.
    pub fn within(self, name: &str) -> Folder {
        Folder { path: self.path.join(name), ..self }
    }

    /// A folder with these files.
    pub fn with(files: &[(&str, &[u8])]) -> Folder {
        let folder = Folder::new();
        files.iter().for_each(|(name, content)| folder.write(name, content));
        folder
    }

    /// A folder with a hub of these files that was loaded once.
    pub fn loaded(files: &[(&str, &[u8])]) -> Folder {
        let folder = Folder::with(files);
        let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        folder.karat(&format!("init {}", names.join(" "))).succeeds();
        folder.karat("load").succeeds();
        folder
    }

    /// Where a file of the folder is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a file, and the folders on the way to it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Writes a file with something replaced in it.
    pub fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "`{from}` is not in {name}:\n{text}");
        self.write(name, text.replace(from, to));
    }

    /// The text of a file.
    pub fn read(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// The bytes of a file.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Removes a file.
    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.path(name)).unwrap();
    }

    /// Puts a pipe in place of a file, with a few bytes in it: who reads it waits for more as long
    /// as the test keeps what it is given.
    pub fn hold_up(&self, name: &str, bytes: &[u8]) -> File {
        self.remove(name);
        let made = Command::new("mkfifo").arg(self.path(name)).status().unwrap();
        assert!(made.success());
        let mut pipe = File::options().read(true).write(true).open(self.path(name)).unwrap();
        pipe.write_all(bytes).unwrap();
        pipe
    }

    /// A copy of this folder, to be changed by a test.
    pub fn copy(&self) -> Folder {
        let copy = Folder::new();
        let from = format!("{}/.", self.path.display());
        let copied = Command::new("cp").arg("-R").arg(from).arg(&copy.path).status().unwrap();
        assert!(copied.success());
        copy
    }

    /// Runs `karat` to its end; the words of the command are parted by blanks.
    pub fn karat(&self, words: &str) -> Ran {
        self.karat_reading(words, b"")
    }

    /// Runs `karat` to its end, with these bytes on its standard input.
    pub fn karat_reading(&self, words: &str, input: &[u8]) -> Ran {
        let mut running = self.start(words);
        let mut pipe = running.child.stdin.take().unwrap();
        let input = input.to_vec();
        // A program that does not read its input must not keep the test waiting.
        let writing = std::thread::spawn(move || pipe.write_all(&input));
        let ran = running.end();
        drop(writing.join());
        ran
    }

    /// Starts `karat` and does not wait for it.
    pub fn start(&self, words: &str) -> Running {
        self.start_with(words, &[])
    }

    /// The same with some variables of the environment.
    pub fn start_with(&self, words: &str, variables: &[(&str, &str)]) -> Running {
        let mut command = karat(&self.path);
        let child = command.args(words.split_whitespace()).envs(variables.iter().copied());
        Running { child: child.spawn().unwrap(), words: words.into() }
    }

    /// An export of the hub, as CSV.
    pub fn export(&self, what: &str) -> String {
        self.karat(&format!("export {what}")).succeeds().out
    }

    /// All exports of the hub, as CSV, one after the other; of findings without what hangs on when
    /// they were filed: number, state and date.
    pub fn exports(&self) -> String {
        let timeless = |what: &str| match what {
            "findings" => self.findings(),
            _ => self.export(what),
        };
        EXPORTS.map(|what| format!("== {what}\n{}", timeless(what))).concat()
    }

    /// The findings, without what hangs on when they were filed: number, state and date; in order.
    pub fn findings(&self) -> String {
        let text = self.export("findings");
        let filed_with = |line: &str| line.rsplitn(5, ',').last().map(|rest| format!("{rest}\n"));
        let mut lines: Vec<String> = text.lines().filter_map(filed_with).collect();
        lines[1..].sort();
        lines.concat()
    }

    /// Loads the hub, and gives what the load tells of each source.
    pub fn load(&self) -> Loaded {
        Loaded(self.karat("load --json").succeeds().json())
    }
}

/// All that can be exported.
pub const EXPORTS: [&str; 7] =
    ["crosswalk", "golden", "lineage", "records", "findings", "potential-matches", "quarantine"];

/// `karat`, to be run in a folder.
pub fn karat(folder: &Path) -> Command {
    let mut command = Command::new(KARAT);
    command.current_dir(folder).env_remove("NO_COLOR");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A command that was started; it ends with the test at the latest.
pub struct Running {
    child: Child,
    words: String,
}

impl Running {
    /// Sends Ctrl-C.
    pub fn interrupt(&self) {
        let kill = format!("kill -INT {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Ends it at once, as a power failure would.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
    }

    /// Whether it is still at work.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Closes its standard output, as `head` does when it has seen enough.
    pub fn stop_reading(&mut self) {
        drop(self.child.stdout.take());
    }

    /// Waits until it says something with these words, and gives the line.
    pub fn wait_for_line(&mut self, words: &str) -> String {
        let out = self.child.stdout.as_mut().expect("nobody else took it");
        let lines = BufReader::new(out).lines();
        let found = lines.map(|line| line.unwrap()).find(|line| line.contains(words));
        found.unwrap_or_else(|| panic!("`karat {}` never said `{words}`", self.words))
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ran {
        // Read side by side: a full pipe would keep it waiting.
        let out = self.child.stdout.take().map(read_aside);
        let err = self.child.stderr.take().map(read_aside);
        let status = self.child.wait().unwrap();
        let [stdout, stderr] = [out, err].map(|pipe| match pipe {
            Some(reading) => reading.join().unwrap(),
            None => Vec::new(),
        });
        Ran::new(&self.words, Output { status, stdout, stderr })
    }
}

/// Reads a pipe to its end on a thread of its own.
fn read_aside(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a command came to.
pub struct Ran {
    /// What was run.
    words: String,
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub out: String,
    /// What it wrote to standard error.
    pub err: String,
}

impl Ran {
    fn new(words: &str, output: Output) -> Ran {
        let [out, err] =
            [output.stdout, output.stderr].map(|bytes| match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => format!("{} bytes", error.as_bytes().len()),
            });
        Ran { words: words.into(), code: output.status.code(), out, err }
    }

    /// Done, and nothing to mend.
    pub fn succeeds(self) -> Ran {
        self.exits_with(0)
    }

    /// Something was found that the user should mend.
    pub fn finds_something(self) -> Ran {
        self.exits_with(1)
    }

    /// The user used it wrongly.
    pub fn rejects(self) -> Ran {
        self.exits_with(2).complains()
    }

    /// It could not do its work, and says why and what to do next.
    pub fn fails(self) -> Ran {
        self.exits_with(3).complains().says("hint: ")
    }

    /// The user stopped it.
    pub fn was_stopped(self) -> Ran {
        self.exits_with(130)
    }

    fn exits_with(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    fn complains(self) -> Ran {
        assert!(self.err.starts_with("error: "), "{self}");
        self
    }

    /// Its words to the user hold these, on either of its outputs.
    pub fn says(self, words: &str) -> Ran {
        let is_said = self.out.contains(words) || self.err.contains(words);
        assert!(is_said, "`{words}` is not said by {self}");
        self
    }

    /// Its standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Ran { words, code, out, err } = self;
        write!(f, "`karat {words}`, which ended with {code:?}:\n{out}\n{err}")
    }
}

/// What a load tells.
pub struct Loaded(pub Value);

impl Loaded {
    /// A figure of a source.
    pub fn of(&self, source: &str, figure: &str) -> u64 {
        let sources = self.0["sources"].as_array().unwrap();
        let found = sources.iter().find(|found| found["source"] == source);
        found
            .and_then(|found| found[figure].as_u64())
            .unwrap_or_else(|| panic!("there is no `{figure}` of `{source}` in {:#}", self.0))
    }

    /// The figures of a source by which something changed.
    pub fn changes(&self, source: &str) -> String {
        let figures = ["new", "changed", "deleted", "quarantined"];
        let told = figures.map(|figure| (self.of(source, figure), figure));
        let told: Vec<String> = told
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, figure)| format!("{count} {figure}"))
            .collect();
        told.join(", ")
    }

    /// What was published of all customers by which something changed; nothing if nothing was.
    pub fn events(&self) -> String {
        let published = &self.0["published"];
        let kinds = ["created", "updated", "merged", "split", "deleted"];
        let told = kinds.map(|kind| (published[kind].as_u64().unwrap_or(0), kind));
        let told: Vec<String> = told
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, kind)| format!("{count} {kind}"))
            .collect();
        told.join(", ")
    }
}
