//! Serving: the console of a hub, to this machine, until Ctrl-C.

use std::io::{BufRead, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

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
fn send(address: &str, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn put(address: &str, path: &str, body: &str) -> String {
    send(address, "PUT", path, body)
}

/// Sends JSON; gives the status and the JSON that is answered.
fn post(address: &str, path: &str, body: &Value) -> (u16, Value) {
    let answer = send(address, "POST", path, &body.to_string());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {answer}")))
}

/// What the form component asks in turn, and what the application behind the form then sends.
#[test]
fn somebody_is_typed_mended_recognised_and_created_with_a_reason() {
    let folder = hub();
    let hub_yaml = folder.read("hub/hub.yaml");
    folder.write("hub/hub.yaml", format!("{hub_yaml}\nentry: {{ policy: soft }}\n"));
    folder.karat("publish").succeeds();
    let mut serving = folder.start("serve --open --port 0");
    let address = address(&mut serving);
    let page = get(&address, "/embed/demo?lang=en");
    assert!(page.contains("<karat-form-check") && page.contains("/embed/karat-form.js"), "{page}");
    let mut values = json!({ "given_name": "Petra", "email": "petra@gmial.com" });
    let check = |values: &Value| {
        let body = json!({ "values": values, "kind": "customer" });
        let (status, told) = post(&address, "/v1/person/check", &body);
        assert_eq!(status, 200, "{told}");
        told
    };
    // A mistake, with what would mend it; what is missing is told as well.
    let told = check(&values);
    let found = told["findings"].as_array().unwrap();
    let found = found.iter().find(|it| it["rule"] == "misspelt_email_domain").unwrap();
    let repair = &found["repair"];
    assert_eq!(
        (&repair["action"], &repair["value"]),
        (&json!("replace"), &json!("petra@gmail.com"))
    );
    assert!(told["missing"].as_array().unwrap().contains(&json!("family_name")), "{told}");
    // It is accepted, and the rest is typed: somebody whom the hub knows, and why.
    for (name, value) in [
        ("email", "petra.dewit@voorbeeld.example"),
        ("family_name", "de Wit"),
        ("birth_date", "31-1-1980"),
        ("street", "Kerkstraat"),
        ("house_number", "12"),
        ("postcode", "6711 AB"),
    ] {
        values[name] = value.into();
    }
    let told = check(&values);
    let about_values =
        told["findings"].as_array().unwrap().iter().filter(|it| !it["column"].is_null());
    assert_eq!(about_values.count(), 0, "{told}");
    assert_eq!(told["duplicate"], "likely");
    let decision = &told["decision"];
    assert_eq!(decision["action"], "ask");
    assert_eq!(decision["reason_codes"], json!(["urgent", "not_a_duplicate", "rule_is_wrong"]));
    let meant = &told["candidates"][0];
    assert_eq!(meant["entity"]["title"], "Petra de Wit");
    let evidence = meant["pair"]["evidence"].as_array().unwrap();
    assert!(evidence.iter().any(|it| it["agreement"] == "same" && it["right"] != ""), "{meant}");
    // Who is sure nevertheless gives a reason.
    let mut body = json!({ "source": "crm", "kind": "customer", "id": "9001", "values": {
        "voornaam": "Petra", "achternaam": "de Wit", "geboortedatum": "31-1-1980",
        "email": "petra.dewit@voorbeeld.example", "straat": "Kerkstraat", "huisnummer": "12",
        "postcode": "6711 AB",
    } });
    let (status, refused) = post(&address, "/v1/person", &body);
    assert_eq!(status, 422, "{refused}");
    assert_eq!(refused["entry"]["duplicate"], "likely");
    body["override"] = json!({ "reason_code": "not_a_duplicate", "reason": "her daughter" });
    let (status, made) = post(&address, "/v1/person", &body);
    assert_eq!(status, 201, "{made}");
    serving.interrupt();
    serving.end().succeeds();
    assert!(folder.export("records").contains("crm,9001,"));
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

/// A collector of spans: gives each body that is sent to it, until it is told that there is no more.
fn collector() -> (String, std::thread::JoinHandle<Vec<Vec<u8>>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let taking = std::thread::spawn(move || {
        let mut bodies = Vec::new();
        for stream in listener.incoming() {
            let mut reading = std::io::BufReader::new(stream.unwrap());
            let (mut length, mut first) = (0, String::new());
            loop {
                let mut line = String::new();
                reading.read_line(&mut line).unwrap();
                let line = line.trim_end().to_ascii_lowercase();
                if let Some(value) = line.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if first.is_empty() {
                    first = line;
                } else if line.is_empty() {
                    break;
                }
            }
            if first.starts_with("get /enough") {
                return bodies;
            }
            assert!(first.starts_with("post /v1/traces "), "{first}");
            let mut body = vec![0; length];
            reading.read_exact(&mut body).unwrap();
            bodies.push(body);
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            reading.get_mut().write_all(answer.as_bytes()).unwrap();
        }
        bodies
    });
    (address, taking)
}

#[test]
fn a_collector_gets_spans_of_the_trace_of_the_caller_and_no_value() {
    let folder = hub();
    let (collecting, taking) = collector();
    let endpoint = format!("http://{collecting}");
    let mut serving =
        folder.start_with("serve --open --port 0", &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    let address = address(&mut serving);
    let mut stream = TcpStream::connect(&address).unwrap();
    let body = "{\"values\":{\"name\":\"Tjalling Quispel\",\"email\":\"tq@secret.example\"}}";
    let request = format!(
        "PUT /v1/sources/shop/records/private-77 HTTP/1.1\r\nHost: {address}\r\n\
         traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\
         tracestate: hidden=word\r\nX-Request-Id: mine-99\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let found = get(&address, "/v1/entities?q=quispel");
    assert!(found.starts_with("HTTP/1.1 200"), "{found}");
    serving.interrupt();
    serving.end().succeeds();
    // What was left has been sent by now.
    TcpStream::connect(&collecting).unwrap().write_all(b"GET /enough HTTP/1.1\r\n\r\n").unwrap();
    let sent = taking.join().unwrap().concat();
    let is_sent = |part: &[u8]| sent.windows(part.len()).any(|window| window == part);
    let trace = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c_u128.to_be_bytes();
    let of_trace = sent.windows(16).filter(|window| *window == trace).count();
    assert_eq!(of_trace, 4, "the request, and in it the queue, the transaction and matching");
    assert!(is_sent(&0xb7ad_6b71_6920_3331_u64.to_be_bytes()), "the span of the caller");
    for name in [
        "PUT /v1/sources/{source}/records/{id}",
        "GET /v1/entities",
        "queue",
        "transaction",
        "match",
        "read",
        "service.name",
        "karat",
    ] {
        assert!(is_sent(name.as_bytes()), "{name}");
    }
    for value in ["Tjalling", "uispel", "secret", "private-77", "hidden", "mine-99", "shop"] {
        assert!(!is_sent(value.as_bytes()), "{value}");
    }
}

#[test]
fn a_collector_that_cannot_be_spoken_to_is_refused_at_once() {
    let folder = hub();
    for (name, value, complaint) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector.example", "http://"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
    ] {
        let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), (name, value)];
        folder.start_with("serve --open --port 0", &variables).end().fails().says(complaint);
    }
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
