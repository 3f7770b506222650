//! Tests of the browser itself, on pages of a few lines.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::Page;

/// Long enough for a test to see the page before, if it does not wait.
const DELAY: Duration = Duration::from_millis(300);

const FIRST: &str = "<!doctype html><html lang=en><title>First</title><main><h1>First</h1>
    <p><a href=/second>Onwards</a> <a href=#end>Below</a></p>
    <form action=/second method=post><label>Name <input name=name></label><button>Send</button></form>
    <p id=end>The end</p></main>";

/// A server of one page and one that comes late; gives where it is.
fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || answer(stream.unwrap()));
        }
    });
    format!("http://{address}")
}

fn answer(stream: TcpStream) {
    let mut reading = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    reading.read_line(&mut first).unwrap();
    let mut line = String::new();
    while reading.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some((_, value)) = line.to_lowercase().split_once("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut sent = vec![0; length];
    reading.read_exact(&mut sent).unwrap();
    let sent = String::from_utf8_lossy(&sent);
    let path = first.split(' ').nth(1).unwrap_or_default();
    let (status, page) = match path {
        "/" => ("200 OK", FIRST.to_string()),
        "/second" => {
            thread::sleep(DELAY);
            ("200 OK", format!("<title>Second</title><h1>Second</h1><p>{sent}</p>"))
        }
        "/wrong" => (
            "200 OK",
            "<title>Wrong</title><img src=http://127.0.0.1:1/x.png><p id=said></p>
             <p style='color: #ccc; background: #fff'>Faint</p>
             <script>said.innerText = 'said'; nobody.knows()</script>"
                .to_string(),
        ),
        "/favicon.ico" => ("200 OK", String::new()),
        _ => ("404 Not Found", "<title>Nothing</title><h1>Nothing</h1>".to_string()),
    };
    let head = "Content-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
    let length = page.len();
    let answer = format!("HTTP/1.1 {status}\r\n{head}Content-Length: {length}\r\n\r\n{page}");
    // A browser that has left does not listen.
    let _ = reading.get_mut().write_all(answer.as_bytes());
}

#[test]
fn what_leads_to_another_page_is_waited_for() {
    let home = server();
    let page = Page::new();
    for with_script in [true, false] {
        if !with_script {
            page.without_script();
        }
        page.open(&home);
        page.click_text("Onwards");
        assert_eq!((page.address().as_str(), page.text("h1").as_str()), ("/second", "Second"));
        page.open(&home);
        page.click_text("Below");
        assert_eq!((page.address().as_str(), page.text("h1").as_str()), ("/", "First"));
        page.fill("[name=name]", "Sanne");
        page.press("!");
        page.press("Enter");
        assert_eq!(page.text("p"), "name=Sanne%21");
        page.open(&home);
        page.fill("[name=name]", "Sanne");
        page.fill("[name=name]", "");
        page.click("button");
        assert_eq!(page.text("p"), "name=");
    }
    assert_eq!(page.console_errors(), [""; 0]);
    assert_eq!(page.requests_elsewhere(), [""; 0]);
}

#[test]
fn keys_go_where_the_focus_is() {
    let page = Page::new();
    page.open(&server());
    page.press("Tab");
    page.press("Tab");
    page.press("Shift+Tab");
    page.press("Enter");
    assert_eq!(page.address(), "/second");
}

#[test]
fn mistakes_of_a_page_are_told_once() {
    let home = server();
    let page = Page::new();
    page.open(&format!("{home}/wrong"));
    let errors = page.console_errors();
    assert!(errors.iter().any(|error| error.contains("nobody is not defined")), "{errors:?}");
    assert!(errors.iter().any(|error| error.contains("x.png")), "{errors:?}");
    assert_eq!(page.requests_elsewhere(), ["http://127.0.0.1:1/x.png"]);
    assert_eq!(page.text("#said"), "said");
    let found = page.accessibility();
    let rules: Vec<&str> = found.iter().map(|violation| violation.rule.as_str()).collect();
    for rule in ["image-alt", "html-has-lang", "color-contrast"] {
        assert!(rules.contains(&rule), "{rules:?}");
    }
    page.open(&format!("{home}/nowhere"));
    assert_eq!(page.text("h1"), "Nothing");
    assert_eq!(page.console_errors(), [""; 0], "that a page is not there is no mistake of it");
    page.without_script();
    page.open(&format!("{home}/wrong"));
    assert_eq!(page.text("#said"), "");
}

#[test]
fn a_page_that_all_can_use_breaks_no_rule_and_is_as_its_user_wants() {
    let page = Page::new();
    page.open(&server());
    assert_eq!(page.accessibility(), []);
    page.width(390, 700);
    page.dark(true);
    assert_eq!(page.evaluate("[innerWidth, innerHeight]"), json!([390, 700]));
    assert_eq!(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"), true);
    assert_eq!(page.evaluate("Promise.resolve({ a: [1.5] })"), json!({ "a": [1.5] }));
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("page.png");
    page.screenshot(&picture);
    assert!(std::fs::read(picture).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn pages_share_nothing() {
    let home = server();
    let one = Page::new();
    let other = Page::new();
    one.open(&home);
    other.open(&home);
    one.evaluate("document.cookie = 'mine=1'");
    assert_eq!(one.evaluate("document.cookie"), "mine=1");
    assert_eq!(other.evaluate("document.cookie"), "");
}
