//! The console in a browser, as people see and use it.
//!
//! Arrives: the hub of a small demo, served by the real program, and a page of a real browser.
//! Leaves: stories of people who use it, with the mouse, with the keyboard, and without script.
//! Promises: every page can be used by everybody, in both languages and themes, wide and narrow.
//! Start reading at [`Console`], then in `everybody.rs`.

mod everybody;
mod deciding;
mod working;
mod parting;
mod ruling;
mod connecting;
mod picturing;
mod searching;
mod entering;
mod signing_in;

use std::sync::OnceLock;

use karat_test_browser::Page;

use crate::folder::{Folder, Running};

/// A folder with the demo of three hundred people and its hub; nobody changes it.
pub fn demo() -> &'static Folder {
    static DEMO: OnceLock<Folder> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = Folder::new();
        folder.karat("demo --no-serve --people 300 --out demo").succeeds();
        folder.within("demo")
    })
}

/// A hub that is served, until the test is done.
pub struct Console {
    home: String,
    /// Ends the program in the end.
    _serving: Running,
}

impl Console {
    /// Serves the hub of a folder to whoever comes.
    pub fn open(folder: &Folder) -> Console {
        Console::serve(folder, "serve --open --port 0")
    }

    /// Serves the hub of a folder to those who sign in.
    pub fn closed(folder: &Folder) -> Console {
        Console::serve(folder, "serve --port 0")
    }

    fn serve(folder: &Folder, words: &str) -> Console {
        let mut serving = folder.start(words);
        let line = serving.wait_for_line("http://");
        let address = line.split_whitespace().find(|word| word.starts_with("http://"));
        let home = address.expect("the line holds it").trim_end_matches('/').to_string();
        Console { home, _serving: serving }
    }

    /// The whole address of one of its pages.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.home)
    }

    /// A page of its own in the browser, at this address.
    pub fn visit(&self, path: &str) -> Page {
        let page = Page::new();
        page.open(&self.address(path));
        page
    }
}

/// A customer of the demo with at least so many records: its id, and the key of one of them.
pub fn customer_of(records: usize) -> (String, String) {
    let crosswalk = demo().export("crosswalk");
    let rows: Vec<[&str; 3]> = crosswalk
        .lines()
        .skip(1)
        .filter_map(|line| line.splitn(3, ',').collect::<Vec<_>>().try_into().ok())
        .collect();
    let count = |entity: &str| rows.iter().filter(|[.., other]| *other == entity).count();
    let found = rows.iter().find(|[.., entity]| count(entity) >= records);
    let [source, id, entity] = found.expect("the demo has such a customer");
    (entity.to_string(), format!("{source}/{id}"))
}

/// Nothing went wrong that only the browser tells, and nobody else was asked for anything.
pub fn nothing_went_wrong(page: &Page) {
    assert_eq!(page.console_errors(), [""; 0]);
    assert_eq!(page.requests_elsewhere(), [""; 0]);
}
