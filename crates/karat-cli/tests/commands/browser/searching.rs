//! Somebody calls: who is it, and what does the hub know, and why.

use karat_test_browser::Page;

use super::{Console, customer_of, demo, nothing_went_wrong};

/// More than any page has that can be reached with the key Tab.
const STOPS_MAX: usize = 300;

/// Goes on with the key Tab until an element of a selector has the focus.
fn tab_to(page: &Page, css: &str) {
    for _ in 0..STOPS_MAX {
        page.press("Tab");
        if page.evaluate(&format!("document.activeElement.matches({css:?})")) == true {
            return;
        }
    }
    panic!("the key Tab does not lead to {css}:\n{}", page.text("body"));
}

#[test]
fn a_customer_is_found_and_understood_by_keyboard() {
    let console = Console::open(demo());
    let (customer, record) = customer_of(3);
    let page = console.visit("/");
    page.press("/");
    page.type_text(&record);
    page.press("Enter");
    assert_eq!(page.address(), "/search", "what is searched for stays out of the address");
    assert!(page.text("[data-answer] h2").contains(&record));
    tab_to(&page, ".hit a");
    page.press("Enter");
    assert_eq!(page.address(), format!("/customers/{customer}"));
    assert!(!page.exists(".golden-value[open]"));
    tab_to(&page, ".golden-value summary");
    page.press("Enter");
    assert!(page.text(".golden-value[open] .claims .won b").len() > 1, "it says why it won");
    nothing_went_wrong(&page);
}

#[test]
fn a_customer_is_found_and_understood_without_script() {
    let console = Console::open(demo());
    let (customer, record) = customer_of(3);
    let page = Page::new();
    page.without_script();
    page.open(&console.address("/"));
    page.fill("#q", &record);
    page.click(".find button");
    assert_eq!(page.address(), "/search");
    page.click(".hit a");
    assert_eq!(page.address(), format!("/customers/{customer}"));
    page.click(".golden-value summary");
    assert!(page.text(".golden-value[open] .claims .won b").len() > 1, "it says why it won");
    nothing_went_wrong(&page);
}

#[test]
fn the_language_is_kept_from_page_to_page() {
    let console = Console::open(demo());
    let page = console.visit("/");
    let language = || page.evaluate("document.documentElement.lang");
    assert_eq!(language(), "en");
    page.click_text("Nederlands");
    assert_eq!(language(), "nl");
    page.click_text("Werkvoorraad");
    assert_eq!((page.address().as_str(), language()), ("/work", "nl".into()));
    nothing_went_wrong(&page);
}
