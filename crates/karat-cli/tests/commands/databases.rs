//! Databases: a hub that is kept in PostgreSQL does all that one in a file does.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::customers::{CRM, SHOP};
use crate::demo::{DEMO_FILES, demo};
use crate::folder::Folder;

/// A folder with the files of the demo, and a hub that was not loaded yet.
fn retailer() -> Folder {
    let folder = Folder::new();
    DEMO_FILES.iter().for_each(|(name, _)| folder.write(name, demo().bytes(name)));
    let names = DEMO_FILES.map(|(name, _)| name);
    folder.karat(&format!("init {}", names.join(" "))).succeeds();
    folder
}

/// Says where the hub of a folder is kept.
fn keep_in(folder: &Folder, url: &str) {
    let hub_yaml = folder.read("hub/hub.yaml");
    folder.write("hub/hub.yaml", format!("{hub_yaml}\ndatabase: {url}\n"));
}

/// Says that it is kept in the file again.
fn keep_in_file(folder: &Folder) {
    let hub_yaml = folder.read("hub/hub.yaml");
    let lines = hub_yaml.lines().filter(|line| !line.starts_with("database:"));
    folder.write("hub/hub.yaml", lines.map(|line| format!("{line}\n")).collect::<String>());
}

#[test]
fn a_hub_moves_to_postgresql_and_back() {
    let folder = retailer();
    folder.karat("load").succeeds();
    let expected = folder.exports();
    let url = karat_test_postgres::empty_schema();
    folder.karat(&format!("migrate --to {url}")).succeeds().says("rows were copied to postgresql:");
    folder.karat(&format!("migrate --to {url}")).fails().says("is not empty");
    folder.karat("migrate --to file").fails().says("already");

    keep_in(&folder, &url);
    folder.remove("hub/karat.db");
    folder.karat("check").succeeds();
    assert!(folder.exports() == expected, "what is exported from PostgreSQL");
    assert_eq!(folder.load().events(), "", "the load goes on where the file ended");
    folder.karat("load --retrain").succeeds();
    let retrained = folder.exports();

    folder.karat("migrate --to file").succeeds().says("take the line `database` out of hub.yaml");
    keep_in_file(&folder);
    assert!(folder.exports() == retrained, "what is exported from the file");
}

/// How long a load runs before it is killed, in milliseconds.
const MOMENTS: [u64; 5] = [0, 100, 200, 400, 700];

#[test]
fn a_load_that_is_killed_frees_the_hub_and_leaves_it_whole() {
    let undisturbed = retailer();
    undisturbed.karat("load").succeeds();
    let expected = undisturbed.exports();
    let mut killed = 0;
    for moment in MOMENTS {
        let folder = retailer();
        let url = karat_test_postgres::empty_schema();
        keep_in(&folder, &url);
        let mut loading = folder.start("load");
        std::thread::sleep(Duration::from_millis(moment));
        killed += u32::from(loading.is_running());
        loading.kill();
        drop(loading.end());
        folder.karat("load").succeeds();
        assert!(folder.exports() == expected, "killed after {moment} ms");
    }
    assert!(killed > 0, "every load was done before it could be killed");
}

#[test]
fn one_at_a_time_loads_a_hub_that_several_serve() {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())]);
    folder.karat("init crm.csv shop.jsonl").succeeds();
    let url = karat_test_postgres::empty_schema();
    keep_in(&folder, &url);
    folder.karat("export golden").fails().says("there is no hub database at postgresql:");
    folder.karat("load").succeeds();
    let mut nodes = [folder.start("serve --open --port 0"), folder.start("serve --open --port 0")];
    for node in &mut nodes {
        let line = node.wait_for_line("http://");
        let address = line.split_once("http://").unwrap().1.split_whitespace().next().unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("Customers"), "{page}");
    }
    let pipe = folder.hold_up("crm.csv", b"id");
    let mut loading = folder.start("load");
    let writers = "
        SELECT count(*) FROM pg_locks
        WHERE locktype = 'advisory' AND objid = current_schema()::regnamespace::oid";
    while karat_test_postgres::run(&url, writers) != "1" {
        assert!(loading.is_running(), "the load waits for the rest of its file");
        std::thread::sleep(Duration::from_millis(10));
    }
    folder.karat("load").fails().says("another karat is writing to the hub in postgresql:");
    drop((loading, pipe));
    for node in nodes {
        node.interrupt();
        node.end().succeeds();
    }
}

#[test]
fn what_is_wrong_with_a_database_is_told() {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes())]);
    folder.karat("init crm.csv").succeeds();
    keep_in(&folder, "postgresql://karat:hunter2@localhost/karat");
    let told =
        folder.karat("check").finds_something().says("the URL of the database says the password");
    assert!(!told.out.contains("hunter2"), "{told}");
    keep_in_file(&folder);
    keep_in(&folder, "postgresql://karat@/karat?host=/no/such/folder");
    folder.karat("load").fails().says("cannot be reached").says("Check that the server runs");
    keep_in_file(&folder);
    let other = karat_test_postgres::empty_schema();
    karat_test_postgres::run(&other, "CREATE TABLE customer (name TEXT)");
    keep_in(&folder, &other);
    folder
        .karat("load")
        .fails()
        .says("is not the database of a hub")
        .says("Name an empty database");
    let told = folder.karat("migrate --to postgresql://a:hunter2@b/c").fails();
    assert!(!told.err.contains("hunter2"), "{told}");
}
