//! The browser of the test program: starts, is spoken to, and ends with it.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use serde_json::json;

use crate::connection::Connection;

/// The browser, as Debian calls the program and its package.
const BROWSER: &str = "chromium";

/// Runs the browser with the pipe as its descriptors 3 and 4, and cleans up after it.
///
/// The browser ends when the test program closes the pipe, however it ends itself. Interrupts are
/// left to the browser and the test program, as the folder is to be removed after them.
const GUARD: &str = r#"
folder=$1
shift
trap '' INT TERM HUP
"$@" --user-data-dir="$folder" 3<&0 4>&1 </dev/null >/dev/null
tries=0
until [ $tries -gt 20 ] || rm -rf "$folder" 2>/dev/null; do
    tries=$((tries + 1))
    sleep 0.1
done
"#;

/// Its sandbox needs rights that a container has not; it sees no pages but those of the tests.
/// All pages are equally in front, and none is kept for going back to.
const OPTIONS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-features=BackForwardCache,Translate,OptimizationHints,MediaRouter",
    "--hide-scrollbars",
];

/// The connection to the browser of this test program, which is started when first asked for.
pub(crate) fn connection() -> &'static Connection {
    static CONNECTION: OnceLock<Connection> = OnceLock::new();
    CONNECTION.get_or_init(start)
}

fn start() -> Connection {
    look_for_browser();
    let folder = private_folder();
    let mut guard = Command::new("sh")
        .args(["-c", GUARD, "guard"])
        .arg(&folder)
        .arg(BROWSER)
        .args(OPTIONS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell can be started");
    let input = guard.stdin.take().expect("it is a pipe");
    let output = guard.stdout.take().expect("it is a pipe");
    // Read to its end, as a full pipe would keep the browser waiting.
    let mut complaints = guard.stderr.take().expect("it is a pipe");
    let complaining = thread::spawn(move || {
        let mut told = Vec::new();
        let _ = complaints.read_to_end(&mut told);
        let _ = guard.wait();
        String::from_utf8_lossy(&told).into_owned()
    });
    let connection = Connection::new(input, output);
    if let Err(error) = connection.ask(None, "Browser.getVersion", json!({})) {
        drop(connection);
        let told = complaining.join().unwrap_or_default();
        panic!("no private browser could be started: {error}\n{told}");
    }
    connection
}

/// Fails where there is no browser, with what to do.
fn look_for_browser() {
    let search = format!("command -v {BROWSER}");
    let found = Command::new("sh").args(["-c", &search]).stdout(Stdio::null()).status();
    let is_there = found.is_ok_and(|status| status.success());
    assert!(is_there, "Chromium is missing: install the Debian package {BROWSER}");
}

fn private_folder() -> PathBuf {
    let made = Command::new("mktemp").args(["-d", "/tmp/karat-browser.XXXXXX"]).output();
    let made = made.expect("the program is there");
    let folder = String::from_utf8_lossy(&made.stdout).trim().to_string();
    assert!(!folder.is_empty(), "no folder can be made in /tmp");
    folder.into()
}
