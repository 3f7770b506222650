//! An administrator looks after sources: loads what was delivered, sees what could not be read, and
//! why a load failed.

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
