//! The pictures of the documents: every screen, wide and narrow, in both languages.
//!
//! With `UPDATE_DOCS=1` in the environment they are taken anew; without it this makes sure that
//! there is one of each, and that each screen can still be taken.

use std::fs;
use std::path::{Path, PathBuf};

use karat_test_browser::Page;

use super::{Console, customer_of, demo};

/// The windows of a picture: that of a desk and that of a phone.
const WINDOWS: [(&str, u32, u32); 2] = [("wide", 1280, 900), ("narrow", 390, 844)];
const LANGUAGES: [&str; 2] = ["en", "nl"];

/// A screen: the name of its picture, where it is, and what is done there.
struct Screen {
    name: &'static str,
    path: String,
    then: Box<dyn Fn(&Page)>,
}

/// Uploads a file as a new source, whose name is another in each language.
fn upload(page: &Page, file: &Path) {
    let language = page.evaluate("document.documentElement.lang");
    page.fill("#name", &format!("Loyalty club {}", language.as_str().expect("it has one")));
    page.choose_file("#file", file);
    page.click("form.upload button");
    page.wait_for("form.mapping");
}

fn screens(page: &Page, console: &Console, delivery: &Path) -> Vec<Screen> {
    let (customer, _) = customer_of(5);
    page.open(&console.address("/work"));
    let why = page.evaluate(
        "(({ pathname, search }) => pathname + search)(document.querySelector('[href*=compare\\\\?]'))",
    );
    let why = why.as_str().expect("an item tells why").to_string();
    let screen = |name, path: &str| Screen { name, path: path.into(), then: Box::new(|_| {}) };
    let (mapped, tried) = (delivery.to_path_buf(), delivery.to_path_buf());
    vec![
        screen("home", "/"),
        screen("work", "/work"),
        screen("decide", "/work/next"),
        screen("customer", &format!("/customers/{customer}")),
        screen("cluster", &format!("/customers/{customer}/cluster")),
        screen("history", &format!("/customers/{customer}/history")),
        Screen {
            name: "search",
            path: "/search".into(),
            then: Box::new(|page| {
                page.fill("#q-large", "jansen");
                page.press("Enter");
                page.wait_for(".hit");
            }),
        },
        Screen {
            name: "new-customer",
            path: "/customers/new?source=crm".into(),
            then: Box::new(|page| {
                page.fill("[name='column:achternaam']", "Jansen");
                page.fill("[name='column:email']", "jansen@gmial.com");
                page.click("button[formaction='/customers/new/check']");
                page.wait_for(".found li");
            }),
        },
        screen("why", &why),
        screen("rules", "/rules"),
        screen("sources", "/sources"),
        screen("source", "/sources/crm"),
        Screen {
            name: "new-source",
            path: "/sources/new".into(),
            then: Box::new(move |page| upload(page, &mapped)),
        },
        Screen {
            name: "dry-run",
            path: "/sources/new".into(),
            then: Box::new(move |page| {
                upload(page, &tried);
                page.click("form.mapping .go button");
                page.wait_for("form[action$=accept]");
            }),
        },
        screen("quality", "/quality"),
        screen("decisions", "/decisions"),
    ]
}

fn documented(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures/console").join(name)
}

#[test]
fn every_screen_has_its_pictures() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let page = console.visit("/work/next");
    // So that something was decided.
    for key in ["s", "d", "s"] {
        page.press(key);
        page.wait_for(".done");
    }
    let is_update = std::env::var_os("UPDATE_DOCS").is_some();
    let taken = tempfile::tempdir().expect("there is room for pictures");
    for Screen { name, path, then } in screens(&page, &console, &folder.path("crm.csv")) {
        for language in LANGUAGES {
            page.width(WINDOWS[0].1, WINDOWS[0].2);
            // The language is kept in a cookie, whatever the page leads to.
            page.open(&console.address(&format!("/about?lang={language}")));
            page.open(&console.address(&path));
            then(&page);
            for (window, width, height) in WINDOWS {
                page.width(width, height);
                page.evaluate("scrollTo(0, 0)");
                let file = format!("{name}-{language}-{window}.png");
                let to = if is_update { documented(&file) } else { taken.path().join(&file) };
                page.screenshot(&to);
                let size = fs::metadata(&to).map(|it| it.len()).unwrap_or_default();
                assert!(size > 5_000, "{file} shows something");
                assert!(documented(&file).exists(), "{file} is missing; UPDATE_DOCS=1 takes it");
            }
        }
    }
}
