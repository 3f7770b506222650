//! An administrator looks after sources: makes a file of a new system one, loads what was delivered,
//! sees what could not be read, and why a load failed.

use karat_test_browser::Page;

use super::everybody::is_for_everybody;
use super::ruling::wait_for_job;
use super::{Console, nothing_went_wrong};
use crate::folder::Folder;

const HEADER: &str = "klantnr;voornaam;achternaam;geboortedatum;email;segment\n";

/// So many invented people, each with a line.
fn people(count: usize) -> String {
    let line = |at: usize| {
        let (name, segment) =
            (["Anna", "Bram", "Cees", "Dirk"][at % 4], ["gold", "silver"][at % 2]);
        let (day, month) = (at % 28 + 1, at % 12 + 1);
        format!("{at};{name};Bos{at};{day}-{month}-1980;{name}{at}@voorbeeld.example;{segment}\n")
    };
    HEADER.to_string() + &(0..count).map(line).collect::<String>()
}

/// Loads by the button, with what vanished accepted or not.
fn load(page: &Page, console: &Console, accepts_vanished: bool) {
    page.open(&console.address("/sources?lang=en"));
    if accepts_vanished {
        page.click("[name=allow_deletes]");
    }
    page.click_text("Load now");
    wait_for_job(page, console);
}

#[test]
fn a_delivery_is_loaded_and_its_bad_row_is_found_in_quarantine() {
    delivery_is_loaded_and_bad_row_found(&Page::new(), is_for_everybody);
}

#[test]
fn a_delivery_is_loaded_without_script() {
    let page = Page::new();
    page.without_script();
    // What looks for what is hard to use is a script.
    delivery_is_loaded_and_bad_row_found(&page, |_| ());
}

fn delivery_is_loaded_and_bad_row_found(page: &Page, look: fn(&Page)) {
    let folder = Folder::loaded(&[("crm.csv", people(40).as_bytes())]);
    let console = Console::open(&folder);
    folder
        .write("crm.csv", people(41) + "98;Petra;Jansen;1-2-1980;petra@voorbeeld.example;gold;x\n");
    load(page, &console, false);
    page.open(&console.address("/sources?lang=en"));
    let listed = page.text("tbody");
    assert!(listed.contains("crm") && listed.contains("41"), "{listed}");
    look(page);
    page.click("tbody th a");
    let told = page.text("main");
    assert!(told.contains("Could be a key") && told.contains("klantnr"), "{told}");
    look(page);
    page.open(&console.address("/sources/crm/quarantine?lang=en"));
    let row = page.text("tbody");
    assert!(row.contains("crm.csv:43") && row.contains("P***;J***"), "{row}");
    assert!(!row.contains("Petra") && !row.contains("Jansen"), "{row}");
    look(page);
    nothing_went_wrong(page);
}

#[test]
fn why_a_load_failed_is_told_until_one_succeeds() {
    let folder = Folder::loaded(&[("crm.csv", people(40).as_bytes())]);
    let console = Console::open(&folder);
    let page = Page::new();
    folder.write("crm.csv", people(5));
    load(&page, &console, false);
    page.open(&console.address("/sources?lang=en"));
    assert!(page.text(".notice").contains("The last load failed."), "{}", page.text("main"));
    assert!(page.text("tbody").contains("40"), "nothing was deleted");
    is_for_everybody(&page);
    load(&page, &console, true);
    page.open(&console.address("/sources?lang=en"));
    assert!(!page.exists(".notice"), "{}", page.text("main"));
    assert!(page.text("tbody").contains('5'), "{}", page.text("tbody"));
    nothing_went_wrong(&page);
}

#[test]
fn a_file_of_a_new_system_becomes_a_source() {
    file_becomes_a_source(&Page::new(), is_for_everybody);
}

#[test]
fn a_file_of_a_new_system_becomes_a_source_without_script() {
    let page = Page::new();
    page.without_script();
    // What looks for what is hard to use is a script.
    file_becomes_a_source(&page, |_| ());
}

fn file_becomes_a_source(page: &Page, look: fn(&Page)) {
    let folder = Folder::loaded(&[("crm.csv", people(40).as_bytes())]);
    let console = Console::open(&folder);
    folder.write("no-table.png", b"\x89PNG\r\n\x1a\n");
    let bad_row = "98;Petra;Jansen;1-2-1980;petra@voorbeeld.example;gold;x\n";
    folder.write("export.csv", people(30).replace("email", "e_post") + bad_row);
    page.open(&console.address("/sources?lang=en"));
    page.click_text("New source");
    look(page);
    page.fill("#name", "Web shop");
    page.choose_file("#file", &folder.path("no-table.png"));
    page.click_text("Send, and look at it");
    assert!(page.text("[role=alert]").contains("a PNG image"), "{}", page.text("main"));
    look(page);

    page.choose_file("#file", &folder.path("export.csv"));
    page.click_text("Send, and look at it");
    let told = page.text("main");
    assert!(told.contains("30 rows were looked at") && !told.contains("Bos1"), "{told}");
    look(page);
    let chosen = |css: &str| page.evaluate(&format!("document.querySelector('{css}').value"));
    assert_eq!((chosen("#key"), chosen("#party")), ("klantnr".into(), "person".into()));
    page.fill("[name='column:achternaam']", "ignored");
    page.fill("#key", "");
    page.click_text("Dry run");
    assert!(page.text("[role=alert]").contains("Choose the column with the key"));
    look(page);
    page.fill("#key", "klantnr");
    page.fill("[name='column:achternaam']", "family_name");
    page.fill("#trust", "70");
    page.click_text("Dry run");

    let told = page.text("main");
    assert!(told.contains("web_shop.csv:32") && told.contains("P***;J***"), "{told}");
    assert!(told.contains("Probably known already"), "{told}");
    look(page);
    let before = folder.export("crosswalk");
    page.click_text("Accept as a source");
    assert!(page.text(".notice").contains("web_shop"), "{}", page.text("main"));
    assert_eq!(folder.export("crosswalk"), before, "nothing is loaded yet");
    look(page);
    page.click_text("Load now");
    wait_for_job(page, &console);
    assert!(page.text("tbody").contains("web_shop"), "{}", page.text("main"));

    page.click("main a[href='/sources']");
    let listed = page.text("tbody");
    assert!(listed.contains("web_shop") && listed.contains("70"), "{listed}");
    assert!(!page.exists(".notice"), "nothing waits any more");
    page.open(&console.address("/sources/web_shop?lang=en"));
    assert!(page.text("main").contains("Load now"), "{}", page.text("main"));
    look(page);
    page.open(&console.address("/sources/web_shop/quarantine?lang=en"));
    assert!(page.text("tbody").contains("web_shop.csv:32"), "{}", page.text("tbody"));
    assert!(page.exists("a[download][href$='quarantine.csv']"));
    look(page);
    nothing_went_wrong(page);
}
