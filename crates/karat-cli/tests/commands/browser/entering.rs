//! Somebody new is on the phone, or so it seems: who may be meant is told while one types.

use karat_test_browser::Page;

use super::everybody::is_for_everybody;
use super::{Console, customer_of, demo, nothing_went_wrong};

/// The value of a customer of the demo that the page of it shows first under a label.
fn email_of(console: &Console, page: &Page, customer: &str) -> String {
    page.open(&console.address(&format!("/customers/{customer}?lang=en")));
    let found = page.evaluate(
        "document.querySelector('main').innerText.match(/[\\w.+-]+@[\\w-]+\\.[\\w.]+/)?.[0] ?? ''",
    );
    found.as_str().expect("a text was asked for").to_string()
}

#[test]
fn who_is_meant_is_told_while_one_types() {
    let console = Console::open(demo());
    let page = Page::new();
    let (customer, _) = customer_of(4);
    let email = email_of(&console, &page, &customer);
    assert!(email.contains('@'), "the customer has an e-mail address");
    page.open(&console.address("/search"));
    page.click("#q-large");
    page.type_text(&email);
    page.wait_for(".hit a");
    assert_eq!(page.address(), "/search");
    page.click_text("New customer");
    assert_eq!(page.address(), "/customers/new");
    page.open(&console.address("/customers/new?source=crm&lang=en"));
    page.click("[name='column:email']");
    page.type_text(&email);
    page.wait_for(".answer .match a");
    let link = format!(".answer a[href='/customers/{customer}']");
    assert!(page.exists(&link), "{}", page.text(".answer"));
    is_for_everybody(&page);
    page.click(&link);
    assert_eq!(page.address(), format!("/customers/{customer}"));
    nothing_went_wrong(&page);
}

/// Types in somebody with a slip in the e-mail address, mends it, creates and takes back.
fn enter(page: &Page, console: &Console) {
    page.open(&console.address("/customers/new?source=crm&lang=en"));
    page.fill("[name='column:voornaam']", "Quirijn");
    page.fill("[name='column:achternaam']", "Zwaluwnest");
    page.fill("[name='column:email']", "q.zwaluwnest@gmial.com");
    page.click_text("Check");
    page.wait_for("button[name=use]");
    page.click("button[name=use]");
    page.wait_for("[name='column:email'][value='q.zwaluwnest@gmail.com']");
    page.click_text("Create");
    if page.exists("#reason") {
        page.fill("#reason", "he is on the phone");
        page.click_text("Create");
    }
    page.wait_for(".who h1");
    assert!(page.text(".who h1").contains("Zwaluwnest"), "{}", page.text("main"));
    assert!(page.text(".notice.done").contains("Created, as record crm/"));
}

#[test]
fn somebody_new_is_created_and_taken_back() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let page = Page::new();
    enter(&page, &console);
    is_for_everybody(&page);
    let made = page.address();
    page.press("u");
    page.wait_for("form.entry");
    page.open(&console.address(&made));
    assert!(page.text("h1").contains("is gone"), "{}", page.text("main"));
}

#[test]
fn somebody_new_is_created_without_script() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let page = Page::new();
    page.without_script();
    enter(&page, &console);
    nothing_went_wrong(&page);
}
