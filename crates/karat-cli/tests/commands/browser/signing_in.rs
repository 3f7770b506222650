//! A hub that is closed: who comes in, who does not, and how one leaves.

use super::{Console, demo, nothing_went_wrong};

const PASSWORD: &str = "four blue bicycles";

#[test]
fn who_has_an_account_comes_in_and_leaves() {
    let folder = demo().copy();
    let account = "account create vera --role steward";
    folder.karat_reading(account, PASSWORD.as_bytes()).succeeds();
    let console = Console::closed(&folder);
    let page = console.visit("/work");
    assert_eq!(page.text("h1"), "Sign in");
    let sign_in = |password: &str| {
        page.fill("#name", "vera");
        page.fill("#password", password);
        page.press("Enter");
    };
    sign_in("four red bicycles");
    assert_eq!(page.text("[role=alert]"), "This name and password do not belong together.");
    assert!(!page.exists("#q"), "nothing of the hub is seen");
    sign_in(PASSWORD);
    assert_eq!(page.address(), "/work", "where they wanted to go");
    let stranger = console.visit("/work");
    assert_eq!(stranger.text("h1"), "Sign in");
    page.click_text("Sign out");
    assert_eq!(page.text("h1"), "Sign in");
    page.open(&console.address("/work"));
    assert_eq!(page.text("h1"), "Sign in");
    nothing_went_wrong(&page);
}
