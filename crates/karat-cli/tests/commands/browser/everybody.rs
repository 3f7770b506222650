//! Every page of the console, for everybody: those who see little, who use the keyboard, who have a
//! small screen, and who read Dutch.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use karat_test_browser::{Examined, Page, Violation};

use super::{Console, customer_of, demo};

/// The sizes of a window: that of a desk and that of a phone.
const WIDE: (u32, u32) = (1280, 900);
const NARROW: (u32, u32) = (390, 844);

/// Pages to which no link leads, or only one that hangs on the customer.
const UNLINKED: [&str; 8] = [
    "/search",
    "/compare",
    "/quality/feedback",
    "/about",
    "/job",
    "/no/such/page",
    "/embed/demo",
    "/v1/docs",
];

/// Kinds of pages that links lead to, if they are there at all.
const KINDS: [&str; 21] = [
    "/overview",
    "/customers/new",
    "/customers",
    "/customers/history",
    "/customers/cluster",
    "/findings",
    "/work",
    "/decide?",
    "/decisions",
    "/quality",
    "/quality/check?",
    "/quality/checks?",
    "/quality/feedback",
    "/compare?",
    "/rules",
    "/rules/file?",
    "/rules/releases",
    "/sources",
    "/sources/new",
    "/sources/{name}",
    "/sources/{name}/quarantine",
];

/// Rules of which axe cannot always tell, and whose other places are looked at all the same.
///
/// `color-contrast`: axe reads no colour behind the text of a chart, over the gradient of a golden
/// record, or of a single sign. All of that is in colours of the style sheet on papers of the style
/// sheet, and that each of them can be read on each is a test beside it, by arithmetic.
///
/// `th-has-data-cells`: axe looks for data to the right of a header, and does not know those of
/// `scope="rowgroup"`, which are about all rows beneath them, as the names of comparisons are.
const UNDECIDED: [&str; 2] = ["color-contrast", "th-has-data-cells"];

/// What was found wrong, and on which pages.
#[derive(Default)]
struct Complaints(BTreeMap<String, Vec<String>>);

impl Complaints {
    fn add(&mut self, place: &str, complaint: impl ToString) {
        self.0.entry(complaint.to_string()).or_default().push(place.into());
    }

    /// Looks at a page as it is, in both themes, wide and narrow, with all that can be opened open.
    fn look(&mut self, page: &Page, looks: [(bool, (u32, u32)); 2]) {
        page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })");
        for (is_dark, (width, height)) in looks {
            page.dark(is_dark);
            page.width(width, height);
            let theme = if is_dark { "dark" } else { "light" };
            let language = page.evaluate("document.documentElement.lang");
            let place = format!("{} ({language}, {theme}, {width} wide)", page.address());
            let Examined { broken, undecided } = page.examine();
            let unknown = |rule: &&Violation| !UNDECIDED.contains(&rule.rule.as_str());
            for violation in broken.iter().chain(undecided.iter().filter(unknown)) {
                self.add(&place, violation);
            }
            let sticks_out = page.evaluate(
                "document.documentElement.scrollWidth <= innerWidth ? null :
                 [...document.querySelectorAll('body *')]
                   .filter((it) => it.getBoundingClientRect().right > innerWidth + 1)
                   .map((it) => it.tagName + '.' + it.getAttribute('class')).slice(0, 5)",
            );
            if !sticks_out.is_null() {
                self.add(&place, format!("is wider than the window, by {sticks_out}"));
            }
        }
        for error in page.console_errors() {
            self.add(&page.address(), error);
        }
        for address in page.requests_elsewhere() {
            self.add(&page.address(), format!("asks {address}"));
        }
    }

    /// Looks at the page of an address in both languages, each in one theme wide and in the other
    /// narrow.
    fn visit(&mut self, page: &Page, address: &str) {
        for (language, looks) in
            [("en", [(false, WIDE), (true, NARROW)]), ("nl", [(true, WIDE), (false, NARROW)])]
        {
            let sign = if address.contains('?') { '&' } else { '?' };
            page.open(&format!("{address}{sign}lang={language}"));
            self.look(page, looks);
        }
    }

    /// Looks at a page of each kind that links lead to; gives the kinds.
    fn tour(&mut self, page: &Page, console: &Console) -> BTreeSet<String> {
        let (customer, _) = customer_of(3);
        let mut seen = BTreeSet::new();
        let mut waiting: VecDeque<String> = VecDeque::from(["/".into()]);
        waiting.push_back(format!("/customers/{customer}"));
        waiting.extend(UNLINKED.map(String::from));
        while let Some(path) = waiting.pop_front() {
            if seen.insert(kind_of_page(&path)) {
                self.visit(page, &console.address(&path));
                waiting.extend(links(page));
            }
        }
        seen
    }

    fn are_none(self) {
        let tell = |(complaint, places): (&String, &Vec<String>)| {
            format!("{complaint}\n  on {}\n\n", places.join("\n     "))
        };
        assert!(self.0.is_empty(), "{}", self.0.iter().map(tell).collect::<String>());
    }
}

/// A page as it is now can be used by everybody; afterwards it is light and wide.
pub fn is_for_everybody(page: &Page) {
    let mut complaints = Complaints::default();
    complaints.look(page, [(true, NARROW), (false, WIDE)]);
    complaints.are_none();
}

/// The kind of page that an address leads to: without the ids in it and what is asked.
fn kind_of_page(address: &str) -> String {
    let (path, question) = address.split_once('?').unwrap_or((address, ""));
    let mut segments: Vec<&str> = path.split('/').collect();
    let prefixes = ["/customers/", "/findings/", "/quality/check/"];
    if matches!(path, "/customers/new" | "/sources/new") {
        return path.into();
    }
    if let Some(prefix) = prefixes.iter().find(|prefix| path.starts_with(**prefix)) {
        segments.remove(prefix.matches('/').count());
    }
    if path.starts_with("/sources/") {
        segments[2] = "{name}";
    }
    let asks = if question.is_empty() { "" } else { "?" };
    segments.join("/") + asks
}

/// Where the links of a page lead within the console, without the places on a page.
fn links(page: &Page) -> Vec<String> {
    let found = page.evaluate(
        "[...document.querySelectorAll('a[href]:not([download]):not(.language)')]
           .filter((it) => it.origin === location.origin).map((it) => it.pathname + it.search)",
    );
    let found = found.as_array().expect("a list was asked for").iter();
    let is_page = |link: &String| {
        !link.contains("lang=") && (!link.starts_with("/v1") || link.starts_with("/v1/docs"))
    };
    found.filter_map(|link| Some(link.as_str()?.to_string())).filter(is_page).collect()
}

#[test]
fn no_page_is_hard_to_reach_for_anyone() {
    let console = Console::open(demo());
    let (_, record) = customer_of(3);
    let page = Page::new();
    let mut complaints = Complaints::default();
    let seen = complaints.tour(&page, &console);
    for kind in KINDS {
        assert!(seen.contains(kind), "nothing leads to {kind}, but to {seen:?}");
    }
    for asked in [record.as_str(), "a", "xqzxqz"] {
        page.open(&console.address("/?lang=en"));
        page.width(WIDE.0, WIDE.1);
        page.fill("#q", asked);
        page.press("Enter");
        assert_eq!(page.address(), "/search");
        complaints.look(&page, [(false, WIDE), (true, NARROW)]);
    }
    complaints.are_none();
}

#[test]
fn who_is_not_let_in_yet_can_use_the_door() {
    let console = Console::closed(demo());
    let page = Page::new();
    let mut complaints = Complaints::default();
    for path in ["/sign-in", "/no/such/page", "/embed/demo"] {
        complaints.visit(&page, &console.address(path));
    }
    page.open(&console.address("/"));
    page.fill("#name", "nobody");
    page.fill("#password", "no such password");
    page.press("Enter");
    page.wait_for("[role=alert]");
    complaints.look(&page, [(false, WIDE), (true, NARROW)]);
    complaints.are_none();
}

#[test]
fn who_signed_in_and_may_only_read_can_use_what_they_see_and_are_told_what_they_may_not() {
    let folder = demo().copy();
    let password = "four blue bicycles";
    folder.karat_reading("account create ria --role reader", password.as_bytes()).succeeds();
    let console = Console::closed(&folder);
    let page = console.visit("/work");
    page.fill("#name", "ria");
    page.fill("#password", password);
    page.press("Enter");
    assert_eq!(page.address(), "/work");
    let mut complaints = Complaints::default();
    let seen = complaints.tour(&page, &console);
    for kind in ["/work", "/decide?", "/customers", "/rules/releases", "/sources/{name}"] {
        assert!(seen.contains(kind), "nothing leads to {kind}, but to {seen:?}");
    }
    for (language, refusal) in [("en", "You may not do this"), ("nl", "U mag dit niet")] {
        page.open(&console.address(&format!("/work?lang={language}")));
        page.evaluate(
            "const form = document.createElement('form');
             form.method = 'post';
             form.action = '/work/views';
             form.append(document.querySelector('[name=csrf]').cloneNode());
             document.body.append(form);
             form.submit();",
        );
        page.wait_for(".problem");
        assert_eq!(page.text("h1"), refusal);
        complaints.look(&page, [(false, WIDE), (true, NARROW)]);
    }
    complaints.are_none();
}

#[test]
fn remarks_on_a_form_reach_everybody() {
    let console = Console::open(demo());
    let page = console.visit("/embed/demo?lang=en");
    page.fill("[name=email]", "petra@gmial.com");
    page.wait_for(".karat-notes button");
    let mut complaints = Complaints::default();
    complaints.look(&page, [(false, WIDE), (true, NARROW)]);
    complaints.are_none();
    page.width(WIDE.0, WIDE.1);
    page.click(".karat-notes button");
    assert_eq!(page.evaluate("document.querySelector('[name=email]').value"), "petra@gmail.com");
}
