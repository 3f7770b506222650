//! A steward decides what waits, and takes it back; what was before is then as it was.

use karat_test_browser::Page;

use super::everybody::is_for_everybody;
use super::{Console, demo, nothing_went_wrong};

/// How many items are decided in a row.
const IN_A_ROW: usize = 20;

/// What a customer's page says of it, without what was decided meanwhile.
fn told(page: &Page, console: &Console, customer: &str) -> [String; 3] {
    page.open(&console.address(&format!("/customers/{customer}")));
    ["h1", ".facts", ".golden"].map(|css| page.text(css))
}

/// The customers that stand side by side.
fn side_by_side(page: &Page) -> Vec<String> {
    let ids = page.evaluate(
        "[...document.querySelectorAll('.beside thead a')].map((it) => it.pathname.split('/').pop())",
    );
    ids.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_string()).collect()
}

#[test]
fn twenty_items_are_decided_with_the_keyboard_alone() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let page = console.visit("/work");
    page.press("g");
    let mut seen = Vec::new();
    for (at, key) in ["d", "s", "r", "n"].iter().cycle().take(IN_A_ROW).enumerate() {
        let place = page.address();
        assert!(place.starts_with("/decide?"), "after {at}: {place}");
        let customers = side_by_side(&page)[..2].to_vec();
        assert!(!seen.contains(&customers), "{customers:?} came up again");
        seen.push(customers);
        page.press(key);
        assert!(page.text(".done").contains("Decided"), "{}", page.text("main"));
    }
    is_for_everybody(&page);
    page.press("u");
    assert!(page.text(".done").contains("Undone"));
    page.open(&console.address("/decisions"));
    is_for_everybody(&page);
    let count = |css: &str| page.evaluate(&format!("document.querySelectorAll({css:?}).length"));
    assert_eq!((count(".journal > li"), count(".journal .undone")), (IN_A_ROW.into(), 1.into()));
    nothing_went_wrong(&page);
}

#[test]
fn a_merge_that_is_undone_leaves_everything_as_it_was() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let page = console.visit("/work/next");
    let item = page.address();
    let customers = side_by_side(&page)[..2].to_vec();
    let then = page.text("section[aria-labelledby=then]");
    assert!(then.contains("goes into") && then.contains("another customer id"), "{then}");
    let before: Vec<_> = customers.iter().map(|id| told(&page, &console, id)).collect();
    page.open(&console.address(&item));
    page.press("s");
    let next = page.address();
    // Both ids lead to the one customer now.
    let merged: Vec<_> = customers.iter().map(|id| told(&page, &console, id)).collect();
    assert_eq!(merged[0], merged[1]);
    assert!(before.iter().all(|before| *before != merged[0]));
    page.open(&console.address(&next));
    page.press("u");
    let after: Vec<_> = customers.iter().map(|id| told(&page, &console, id)).collect();
    assert_eq!(after, before);
    nothing_went_wrong(&page);
}

#[test]
fn what_waits_is_decided_without_script() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let page = Page::new();
    page.without_script();
    page.open(&console.address("/work"));
    page.click_text("Start deciding");
    let customers = side_by_side(&page);
    page.fill("#reason", "twins");
    page.click("button[value=different]");
    assert_ne!(side_by_side(&page), customers, "the next item is there at once");
    page.click_text("Later");
    assert!(page.address().contains("after="), "{}", page.address());
    page.click_text("Work queue");
    page.click_text("Decisions");
    let journal = page.text(".journal");
    assert!(journal.contains("are different customers") && journal.contains("twins"), "{journal}");
    page.click(".journal button");
    assert!(page.text(".journal").contains("Undone by"));
    nothing_went_wrong(&page);
}

#[test]
fn what_would_change_is_seen_before_it_is_decided() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let (customer, _) = super::customer_of(2);
    let page = console.visit(&format!("/customers/{customer}"));
    let (_, field) = correct(&page, "Onderdendam");
    page.click(&format!("form:has({field}) [formaction]"));
    assert_eq!(page.text("h1"), "What would change");
    is_for_everybody(&page);
    assert!(page.text(".becoming ins").contains("Onderdendam"), "{}", page.text("main"));
    page.click_text("Leave it");
    assert!(!page.text(".golden").contains("Onderdendam"), "nothing was changed yet");
    nothing_went_wrong(&page);
}

#[test]
fn a_correction_holds_when_the_source_is_loaded_again() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let (customer, _) = super::customer_of(3);
    let path = format!("/customers/{customer}");
    let page = console.visit(&path);
    let before = page.text(".golden");
    let (css, field) = correct(&page, "Onderdendam");
    page.fill(&format!("form:has({field}) [name=reason]"), "told by phone");
    page.press("Enter");
    let shown = || page.text(&format!("{css} > summary"));
    assert!(shown().contains("Onderdendam"), "{}", shown());
    folder.karat("load").succeeds();
    page.open(&console.address(&path));
    assert!(shown().contains("Onderdendam"), "{}", shown());
    page.click(&format!("{css} > summary"));
    assert!(page.text(css).contains("told by phone"), "{}", page.text(css));
    is_for_everybody(&page);
    page.click(&format!("{css} .settling > summary"));
    page.click_text("Undo that");
    page.open(&console.address(&path));
    assert_eq!(page.text(".golden"), before);
    nothing_went_wrong(&page);
}

/// Opens the form of the city of a customer's page, and types another; gives where the city and
/// the field are.
fn correct(page: &Page, city: &str) -> (&'static str, &'static str) {
    let (css, field) = (".golden-value:has(#correct-city-0)", "#correct-city-0");
    page.click(&format!("{css} > summary"));
    page.click(&format!("{css} .settling > summary"));
    page.fill(field, city);
    (css, field)
}
