//! Somebody complains: two people were taken for one. What held them together, and the way back.

use super::everybody::is_for_everybody;
use super::{Console, customer_of, demo, nothing_went_wrong};

#[test]
fn a_record_is_split_off_and_the_way_back_is_exact() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let (customer, _) = customer_of(4);
    let home = format!("/customers/{customer}");
    let page = console.visit(&home);
    // The id that is issued meanwhile leads here for ever, and is told among the facts.
    let told = || ["h1", ".facts code", ".golden"].map(|css| page.text(css));
    let before = told();
    page.click_text("Cluster");
    let records = || page.evaluate("document.querySelectorAll('.cluster-records tbody tr').length");
    let all = records();
    page.click("[name=right]");
    page.click("form:has([name=right]) [formaction]");
    assert_eq!(page.text("h1"), "What would change");
    page.click_text("Leave it");
    assert_eq!(records(), all, "nothing was changed yet");
    page.click("[name=right]");
    page.click_text("Split off what is ticked");
    assert!(page.text(".done").contains("Decided"), "{}", page.text("main"));
    assert_ne!(records(), all);
    is_for_everybody(&page);
    page.open(&console.address(&format!("{home}/history")));
    let way = page.text("section[aria-labelledby=back]");
    assert!(way.contains("exactly as it was"), "{way}");
    is_for_everybody(&page);
    page.click(".back button");
    assert!(page.text(".done").contains("Undone"), "{}", page.text("main"));
    page.open(&console.address(&home));
    assert_eq!(told(), before);
    nothing_went_wrong(&page);
}

#[test]
fn a_cluster_is_divided_anew_without_script() {
    let console = Console::open(demo());
    let (customer, _) = customer_of(4);
    let page = karat_test_browser::Page::new();
    page.without_script();
    page.open(&console.address(&format!("/customers/{customer}/cluster")));
    let told = page.text(".falls");
    assert!(told.contains("one group"), "{told}");
    page.click(".rungs a:last-of-type");
    assert!(page.address().contains("threshold="), "{}", page.address());
    assert_ne!(page.text(".falls"), told);
    nothing_went_wrong(&page);
}
