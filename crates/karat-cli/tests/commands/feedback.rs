//! Feedback: findings go to the owner of a source by file and by webhook, and come back mended.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use karat_hub::feedback::webhook::signature;
use karat_model::record::Moment;
use serde_json::Value;

use crate::folder::Folder;

const ROWS: &str = "id;naam;plaats;mail\n\
    1001;Sanne de Wit;Ede;sanne@gmial.com\n\
    1002;Tom Blok;Epe;kapot\n\
    1003;Ans Smit;Ede;ans@voorbeeld.example\n";

/// A loaded hub with these rows, whose source hears so.
fn hub(feedback: &str, rows: &str) -> Folder {
    let source = format!(
        "files: [../crm.csv]\ncolumns:\n  id: source_id\n  naam: full_name\n  plaats: city\n  \
         mail: email\nfeedback: {feedback}\n"
    );
    let folder = Folder::with(&[
        ("hub/hub.yaml", b"name: Shop\n"),
        ("hub/checks/none.yaml", b"standard: false\n"),
        ("hub/sources/crm.yaml", source.as_bytes()),
        ("crm.csv", rows.as_bytes()),
    ]);
    folder.karat("load").succeeds();
    folder
}

/// The findings that are so far.
fn listed(folder: &Folder, state: &str) -> Vec<Value> {
    let listed = folder.karat(&format!("feedback list --json --state {state}")).succeeds();
    listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_work_list_is_written_once_answered_and_verified_by_the_next_delivery() {
    let folder = hub("{ owner: Sales operations }", ROWS);
    folder
        .karat("feedback send --out list.csv --by eva")
        .succeeds()
        .says("crm: 2 findings, list.csv");
    let list = folder.read("list.csv");
    assert!(list.starts_with("number,source,id,field,value,message,repair,"), "{list}");
    assert!(list.contains(",crm,1001,mail,sanne@gmial.com,The domain of the e-mail address looks misspelt.,replace,sanne@gmail.com,"), "{list}");
    assert!(list.contains(",crm,1002,mail,kapot,This is no e-mail address.,"), "{list}");
    folder.karat("feedback send").succeeds().says("crm: nothing new");
    assert!(!folder.path("work-lists").exists(), "an empty list is none");

    let number = |id: &str| {
        let sent = listed(&folder, "sent").into_iter();
        let mut of_record = sent.filter(|of| of["record"]["id"] == id);
        of_record.next().unwrap()["number"].as_u64().unwrap()
    };
    let (typo, broken) = (number("1001"), number("1002"));
    folder
        .karat(&format!("feedback acknowledge {typo} {broken}"))
        .succeeds()
        .says("2 findings: acknowledged");
    folder.karat(&format!("feedback reject {broken}")).fails().says("--reason");
    folder
        .karat(&format!("feedback accept {broken} --until 2000-01-01 --reason old"))
        .fails()
        .says("--until");
    folder.karat(&format!("feedback reject {broken} --reason right")).succeeds();
    folder.karat(&format!("feedback acknowledge {broken}")).fails().says("feedback undo");
    folder.karat(&format!("feedback undo {broken}")).succeeds().says("acknowledged");
    folder.karat("feedback acknowledge 999").fails().says("no finding 999");
    folder.karat(&format!("feedback fixed {broken} --by jan")).succeeds();
    folder.karat("feedback list").succeeds().says("fixed in the source").says("crm/1001");
    folder.karat("feedback list --lang nl").succeeds().says("hersteld in de bron");

    // The owner said that both are mended, and one is.
    folder.karat(&format!("feedback fixed {typo}")).succeeds();
    folder.replace("crm.csv", "gmial", "gmail");
    folder.karat("load").succeeds();
    let verified = listed(&folder, "verified");
    assert_eq!(verified.len(), 1);
    assert_eq!(
        [&verified[0]["number"], &verified[0]["closed_because"]],
        [&Value::from(typo), &Value::from("passes")]
    );
    assert_eq!(listed(&folder, "fixed_in_source").len(), 1);
    let figures = folder.karat("feedback figures --json").succeeds().json();
    let crm = &figures["sources"][0];
    assert_eq!([&crm["sent"], &crm["verified"], &crm["waiting"]], [2, 1, 1]);
    assert_eq!([&crm["yield"], &crm["recurrence_rate"]], [0.5, 0.0]);
    folder.karat("feedback figures").succeeds().says("Sales operations").says("50.0 %");
    folder.karat("feedback figures --lang nl").succeeds().says("opbrengst").says("50,0 %");
    folder.karat("verify").succeeds();
}

#[test]
fn values_are_masked_and_lists_have_names_of_their_own() {
    let folder = hub("{ owner: Sales }", ROWS);
    let sent = folder.karat("feedback send --mask --lang nl --json").succeeds().json();
    let file = sent["sent"][0]["file"].as_str().unwrap();
    assert!(file.starts_with("work-lists/crm-2") && file.ends_with(".csv"), "{file}");
    let list = folder.read(file);
    assert!(list.contains("s***@g***,Het domein") && !list.contains("gmial"), "{list}");
    folder.write("crm.csv", format!("{ROWS}1004;Bo Vos;Ede;stuk\n"));
    folder.karat("load").succeeds();
    let sent = folder.karat("feedback send --json").succeeds().json();
    assert!(sent["sent"][0]["file"].as_str().unwrap().ends_with("-2.csv"), "{sent}");
    assert_eq!(sent["sent"][0]["findings"], 1);

    let nobody = Folder::loaded(&[("crm.csv", ROWS.as_bytes())]);
    nobody.karat("feedback send").fails().says("karat publish");
    nobody.karat("feedback send --source crm").fails().says("karat publish");
    nobody.karat("feedback figures").succeeds().says("No source hears anything.");
}

/// A request that was posted.
struct Posted {
    head: Vec<String>,
    body: String,
}

impl Posted {
    fn header(&self, name: &str) -> &str {
        let mut headers = self.head.iter().filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    fn numbers(&self) -> Vec<u64> {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        let findings = body["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["number"].as_u64().unwrap()).collect()
    }
}

/// An application that answers each request in turn with these statuses; gives where it is and what
/// was posted to it.
fn application(statuses: &'static [u16]) -> (u16, Receiver<Posted>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, posted) = channel();
    std::thread::spawn(move || {
        for status in statuses {
            let (mut stream, _) = listener.accept().unwrap();
            // Whoever sees how it ends may be gone.
            let _ = told.send(answer(&mut stream, *status));
        }
    });
    (port, posted)
}

/// Reads what is posted, and answers.
fn answer(stream: &mut (impl Read + Write), status: u16) -> Posted {
    let posted = read(stream);
    let answer =
        format!("HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).unwrap();
    stream.flush().unwrap();
    posted
}

fn read(stream: &mut impl Read) -> Posted {
    let mut reading = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reading.read_line(&mut line).unwrap();
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_string()),
        }
    }
    let posted = Posted { head, body: String::new() };
    let mut body = vec![0; posted.header("content-length").parse().unwrap()];
    reading.read_exact(&mut body).unwrap();
    Posted { body: String::from_utf8(body).unwrap(), ..posted }
}

#[test]
fn a_webhook_is_signed_and_goes_on_where_it_failed() {
    let rows: String = (0..620).map(|no| format!("{no};Jan Jansen;Ede;kapot{no}\n")).collect();
    // The first batch passes at the second try, the next one is refused; then all is well.
    let (port, posted) = application(&[503, 200, 422, 200]);
    let feedback = format!("{{ owner: Sales, url: 'http://127.0.0.1:{port}/karat' }}");
    let folder = hub(&feedback, &format!("id;naam;plaats;mail\n{rows}"));
    folder.write("secret", "sesame\n");
    folder.karat("feedback send --secret-file secret").fails().says("only you may read");
    let path = folder.path("secret");
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(path, private).unwrap();
    let failed = folder.karat("feedback send --secret-file secret").fails();
    failed.says("500 findings were accepted before").says("answers 422");
    let posts: Vec<Posted> = posted.try_iter().collect();
    assert_eq!(posts.iter().map(|post| post.numbers().len()).collect::<Vec<_>>(), [500, 500, 120]);
    assert!(posts[0].head[0].starts_with("POST /karat HTTP/1.1"), "{:?}", posts[0].head);
    assert_eq!(posts[0].header("content-type"), "application/json");
    let keys: Vec<&str> = posts.iter().map(|post| post.header("idempotency-key")).collect();
    assert!(keys[0] == keys[1] && keys[1] != keys[2], "{keys:?}");
    for post in &posts {
        let told = post.header("karat-signature");
        let at = told.strip_prefix("t=").and_then(|rest| rest.split_once(',')).unwrap().0;
        let at = Moment(at.parse().unwrap());
        assert_eq!(told, signature(b"sesame", at, &post.body));
    }
    assert_eq!(listed(&folder, "sent").len(), 500);

    // From the environment comes the same secret.
    let running = folder.start_with("feedback send", &[("KARAT_WEBHOOK_SECRET", "sesame")]);
    running.end().succeeds().says("crm: 120 findings posted");
    let last = posted.recv().unwrap();
    assert_eq!(last.header("idempotency-key"), keys[2], "the same findings, the same key");
    let mut accepted = posts[1].numbers();
    accepted.extend(last.numbers());
    accepted.sort_unstable();
    accepted.dedup();
    assert_eq!(accepted.len(), 620, "each was accepted once");
    folder.karat("feedback send").succeeds().says("crm: nothing new").says("not signed");
}

#[test]
fn a_webhook_by_https_goes_to_whom_the_machine_trusts() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
    let private = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider);
    let tls = tls.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let tls = tls.with_single_cert(vec![made.cert.der().clone()], private.into()).unwrap();
    let tls = std::sync::Arc::new(tls);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let feedback = format!("{{ owner: Sales, url: 'https://localhost:{port}/karat' }}");
    let folder = hub(&feedback, ROWS);
    folder.write("own.pem", made.cert.pem());
    let file = folder.path("own.pem");
    let secret = ("KARAT_WEBHOOK_SECRET", "sesame");
    let trust = ("SSL_CERT_FILE", file.to_str().unwrap());

    let (told, posted) = channel();
    std::thread::spawn(move || {
        loop {
            let (stream, _) = listener.accept().unwrap();
            let talk = rustls::ServerConnection::new(tls.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(talk, stream);
            // A stranger's handshake ends here.
            if stream.conn.complete_io(&mut stream.sock).is_ok() {
                let _ = told.send(answer(&mut stream, 200));
            }
        }
    });
    let refused = folder.start_with("feedback send", &[secret]).end().fails();
    refused.says("certificate").says("SSL_CERT_FILE");
    assert!(posted.try_recv().is_err(), "nothing was said to a stranger");
    let trusting = folder.start_with("feedback send", &[secret, trust]);
    trusting.end().succeeds().says("2 findings posted");
    assert_eq!(posted.recv().unwrap().numbers().len(), 2);
}

#[test]
fn an_application_answers_by_the_api() {
    let folder = hub("{ owner: Sales }", ROWS);
    folder.karat("feedback send --out list.jsonl").succeeds();
    let no = listed(&folder, "sent")[0]["number"].as_u64().unwrap();
    let mut serving = folder.start("serve --open --port 0");
    let line = serving.wait_for_line("http://");
    let address =
        line.split_once("http://").unwrap().1.split_whitespace().next().unwrap().to_string();
    let ask = |method: &str, path: &str, body: &str| -> String {
        let mut stream = TcpStream::connect(&address).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let steps = format!("/v1/findings/{no}/steps");
    let answer = ask("POST", &steps, r#"{"state":"acknowledged","reason":"ticket 4711"}"#);
    assert!(answer.starts_with("HTTP/1.1 201") && answer.contains("ticket 4711"), "{answer}");
    let answer = ask("POST", &steps, r#"{"state":"acknowledged"}"#);
    assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
    let answer = ask("POST", &steps, r#"{"state":"verified"}"#);
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
    assert_eq!(listed(&folder, "acknowledged").len(), 1);

    // What the source sends next verifies it, at once.
    let id = listed(&folder, "acknowledged")[0]["record"]["id"].as_str().unwrap().to_string();
    let values =
        r#"{"values":{"naam":"Sanne de Wit","plaats":"Ede","mail":"s@voorbeeld.example"}}"#;
    let answer = ask("PUT", &format!("/v1/sources/crm/records/{id}"), values);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = ask("GET", &format!("/v1/findings/{no}"), "");
    assert!(answer.contains(r#""feedback":"verified""#), "{answer}");
    let answer = ask("GET", "/v1/feedback", "");
    assert!(answer.contains(r#""verified":1"#), "{answer}");
    let page = ask("GET", "/quality", "");
    assert!(page.contains("Feedback to sources"), "{page}");
    serving.interrupt();
    serving.end().succeeds();
}
