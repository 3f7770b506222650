//! An administrator changes a rule, sees what it does, publishes it and goes back; a steward looks.

use std::collections::BTreeSet;

use karat_test_browser::Page;

use super::everybody::is_for_everybody;
use super::{Console, demo, nothing_went_wrong};
use crate::folder::Folder;

/// How many customers there are.
fn customers(folder: &Folder) -> usize {
    let crosswalk = folder.export("crosswalk");
    let ids = crosswalk.lines().skip(1).filter_map(|row| row.rsplit(',').next());
    ids.collect::<BTreeSet<&str>>().len()
}

/// Looks at the page of the job until it has ended.
pub fn wait_for_job(page: &Page, console: &Console) {
    while page.exists(".running") {
        page.open(&console.address("/job"));
    }
}

#[test]
fn a_threshold_is_raised_previewed_published_and_taken_back() {
    threshold_is_raised_and_taken_back(&Page::new(), is_for_everybody);
}

#[test]
fn all_of_it_goes_without_script() {
    let page = Page::new();
    page.without_script();
    // What looks for what is hard to use is a script.
    threshold_is_raised_and_taken_back(&page, |_| ());
}

fn threshold_is_raised_and_taken_back(page: &Page, look: fn(&Page)) {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let (before, joined) = (folder.export("crosswalk"), customers(&folder));
    page.open(&console.address("/rules"));
    page.fill("#link", "40");
    page.click_text("Save as a draft");
    assert!(page.text(".notice").contains("says something else"), "{}", page.text("main"));
    look(page);
    assert!(folder.read("hub/hub.yaml").contains("# bits; a fixed threshold"), "remarks stay");
    page.click_text("What was changed");
    assert!(page.text(".diff ins").contains("link_threshold: 40"), "{}", page.text("main"));
    look(page);
    page.open(&console.address("/rules"));
    page.click_text("See what it would change");
    wait_for_job(page, &console);
    let effect = page.text(".effects");
    assert!(effect.contains("new customers come out of another one"), "{}", page.text("main"));
    look(page);
    assert_eq!(folder.export("crosswalk"), before, "nothing is published yet");

    page.click(".sure [name=sure]");
    page.click(".sure button");
    wait_for_job(page, &console);
    assert!(page.text(".notice").contains("It is published."), "{}", page.text("main"));
    look(page);
    assert!(customers(&folder) > joined, "fewer are joined");

    page.click_text("Releases");
    page.click(".sure [name=sure]");
    page.click(".sure button");
    wait_for_job(page, &console);
    assert!(page.text(".notice").contains("is published again"), "{}", page.text("main"));
    assert_eq!(folder.export("crosswalk"), before, "the same customers, with the same ids");
    nothing_went_wrong(page);
}

#[test]
fn a_mistake_is_told_beside_the_text_and_nothing_is_written() {
    let folder = demo().copy();
    let console = Console::open(&folder);
    let page = console.visit("/rules");
    let before = folder.read("hub/hub.yaml");
    page.click_text("hub.yaml");
    page.fill("textarea", "name: Shop\nmatching: { link_treshold: 12 }\n");
    page.click_text("Check and save");
    assert!(page.text("#mistakes").contains("hub.yaml:2"), "{}", page.text("main"));
    is_for_everybody(&page);
    assert_eq!(folder.read("hub/hub.yaml"), before);
    page.fill("textarea", &before.replace("review_band: 4", "review_band: 5"));
    page.click_text("Check and save");
    assert!(page.text(".notice").contains("Saved as a draft"), "{}", page.text("main"));
    assert_eq!(folder.read("hub/hub.yaml"), before.replace("review_band: 4", "review_band: 5"));
    page.open(&console.address("/rules"));
    page.click_text("Discard the draft");
    assert_eq!(folder.read("hub/hub.yaml"), before);
}

#[test]
fn a_steward_sees_what_would_change_and_publishes_nothing() {
    const PASSWORD: &str = "four blue bicycles";
    let folder = demo().copy();
    let account = "account create vera --role steward";
    folder.karat_reading(account, PASSWORD.as_bytes()).succeeds();
    folder.replace("hub/hub.yaml", "# link_threshold: 12.5", "link_threshold: 40");
    let console = Console::closed(&folder);
    let page = console.visit("/rules");
    page.fill("#name", "vera");
    page.fill("#password", PASSWORD);
    page.press("Enter");
    assert!(!page.exists("[action='/rules/settings'], [action='/rules/discard']"));
    page.click_text("See what it would change");
    wait_for_job(&page, &console);
    assert!(page.text(".effects").contains("come out of another one"), "{}", page.text("main"));
    assert!(!page.exists("[action='/rules/publish']"));
    page.open(&console.address("/rules/file?name=hub.yaml"));
    assert!(page.exists("main pre") && !page.exists("textarea"));
    is_for_everybody(&page);
    nothing_went_wrong(&page);
}
