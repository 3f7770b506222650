//! Serving: the console of a hub, to this machine, until Ctrl-C.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::customers::{CRM, SHOP};
use crate::folder::{Folder, Running};

fn hub() -> Folder {
    Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("shop.jsonl", SHOP.as_bytes())])
}

/// The address that a console says it is at, without `http://`.
fn address(serving: &mut Running) -> String {
    let line = serving.wait_for_line("http://");
    let (_, rest) = line.split_once("http://").unwrap();
    rest.split_whitespace().next().unwrap().to_string()
}

/// Asks for a page; gives the whole answer.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn the_console_answers_until_it_is_stopped() {
    let folder = hub();
    let mut serving = folder.start("serve --open --port 0");
    let address = address(&mut serving);
    assert!(address.starts_with("127.0.0.1:"), "it answers this machine only");
    let page = get(&address, "/");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("<html") && page.contains("Customers"));
    let missing = get(&address, "/no/such/page");
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
    serving.interrupt();
    let ended = serving.end().succeeds();
    assert_eq!(ended.err, "");
}

/// Sends JSON; gives the whole answer.
fn put(address: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "PUT {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// What was acknowledged is there after a kill, and the hub is what follows from its journal.
#[test]
fn a_hub_that_was_never_loaded_is_fed_by_its_api_and_survives_a_kill() {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes())]);
    folder.karat("init crm.csv").succeeds();
    let columns: Vec<&str> = CRM.lines().next().unwrap().split(';').collect();
    for lines in CRM.lines().skip(1).collect::<Vec<_>>().chunks(3) {
        let mut serving = folder.start("serve --open --port 0");
        let address = address(&mut serving);
        for line in lines {
            let cells = columns.iter().zip(line.split(';')).filter(|(_, cell)| !cell.is_empty());
            let values = cells.map(|(column, cell)| format!("{column:?}:{cell:?}"));
            let values = values.collect::<Vec<String>>().join(",");
            let id = line.split(';').next().unwrap();
            let path = format!("/v1/sources/crm/records/{id}");
            let answer = put(&address, &path, &format!("{{\"values\":{{{values}}}}}"));
            assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
        }
        serving.kill();
        drop(serving.end());
        folder.karat("verify").succeeds();
    }
    let records = folder.export("records");
    assert_eq!(records.lines().count(), CRM.lines().count(), "{records}");
}

#[test]
fn the_next_free_port_is_taken() {
    let folder = hub();
    let mut one = folder.start("serve --open --port 0");
    let first = address(&mut one);
    let (_, port) = first.rsplit_once(':').unwrap();
    let mut other = folder.start(&format!("serve --open --port {port}"));
    let second = address(&mut other);
    assert_ne!(first, second);
    for address in [first, second] {
        assert!(get(&address, "/").starts_with("HTTP/1.1 200"));
    }
}

#[test]
fn a_load_while_serving_shows_at_once() {
    let folder = hub();
    let mut serving = folder.start("serve --open --port 0");
    let address = address(&mut serving);
    assert!(get(&address, "/").contains("13 records from 2 sources make 10 customers"));
    let row = "{\"id\": \"w9\", \"name\": \"Otto Kuiper\", \"email\": \"otto@kuiper.example\"}";
    folder.write("shop.jsonl", format!("{SHOP}{row}\n"));
    assert_eq!(folder.load().events(), "1 created");
    assert!(get(&address, "/").contains("14 records from 2 sources make 11 customers"));
}
