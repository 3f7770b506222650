//! A team of stewards divides the work queue: items are claimed, snoozed, and decided together.

use karat_test_browser::Page;

use super::everybody::is_for_everybody;
use super::{Console, demo, nothing_went_wrong};

fn count(page: &Page, css: &str) -> u64 {
    page.evaluate(&format!("document.querySelectorAll({css:?}).length")).as_u64().unwrap()
}

/// Whom an item is about.
fn item(page: &Page, at: usize) -> String {
    page.text(&format!(".work > li:nth-child({at}) h2"))
}

#[test]
fn a_team_claims_snoozes_and_decides_together_and_takes_it_back() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let page = console.visit("/work");
    let [first, second, third] = [1, 2, 3].map(|at| item(&page, at));

    // One is claimed, and is found among one's own.
    page.click(".work > li:nth-child(1) form[action='/work/assign'] button");
    assert!(page.text(".work > li:nth-child(1) .owner").contains("Yours"));
    page.click_text("mine");
    assert_eq!((count(&page, ".work > li"), item(&page, 1)), (1, first.clone()));
    is_for_everybody(&page);

    // That view is saved under a name, and chosen by it.
    page.fill(".saved input[name=name]", "What I do today");
    page.click_text("Save");
    page.open(&console.address("/work"));
    page.click_text("What I do today");
    assert_eq!(page.address(), "/work?owner=mine");
    page.click_text("Release");
    assert_eq!(count(&page, ".work > li"), 0);
    page.click_text("Forget");
    assert!(!page.text(".saved").contains("What I do today"));

    // Another is snoozed: it leaves the queue, and waits where it is looked for.
    page.open(&console.address("/work"));
    page.click(".work > li:nth-child(1) .more summary");
    page.click(".work > li:nth-child(1) .more button[value='7']");
    assert_eq!([item(&page, 1), item(&page, 2)], [second.clone(), third]);
    page.click_text("snoozed");
    assert_eq!((count(&page, ".work > li"), item(&page, 1)), (1, first.clone()));
    page.click(".more summary");
    page.click(".more button[value='0']");
    assert_eq!(count(&page, ".work > li"), 0);

    // Three are decided at once, after what would change was seen.
    page.open(&console.address("/work"));
    assert_eq!(item(&page, 1), first);
    for at in 1..=3 {
        page.click(&format!(".work > li:nth-child({at}) .tick input"));
    }
    page.click(".bulk button[value=same]");
    assert_eq!(page.text("h1"), "What would change");
    assert_eq!(page.text("main").matches("are the same customer").count(), 3);
    assert!(page.text(".effect").matches("goes into").count() >= 3, "{}", page.text(".effect"));
    is_for_everybody(&page);
    page.fill("#reason", "all three at once");
    page.click(".decide-now button");
    assert!(page.text(".done").contains("Decided"));
    assert!(![1, 2, 3].map(|at| item(&page, at)).contains(&second));

    // And one undo takes all of them back.
    page.press("u");
    assert!(page.text(".done").contains("Undone"));
    assert_eq!([item(&page, 1), item(&page, 2)], [first, second]);
    page.open(&console.address("/decisions"));
    assert_eq!((count(&page, ".journal > li"), count(&page, ".journal .undone")), (3, 3));
    nothing_went_wrong(&page);
}
