//! The living hub under load, by way of its API: a server and its clients on one machine.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use crate::karat;
use crate::process::processor_seconds;

/// How many changes come one after the other.
const SINGLE: usize = 2_000;
/// How many requests are matched while others change the hub.
const MATCHED: usize = 2_000;
/// How many changes a second come meanwhile.
const CHANGES_PER_SECOND: u64 = 200;
/// How many clients change the hub at the same time, and for how long.
const CLIENTS: u64 = 16;
const SUSTAINED: Duration = Duration::from_secs(15);
/// How many merges are undone.
const UNMERGED: usize = 20;

/// Lets clients at some servers of a hub of invented persons.
pub fn live(dir: &Path, nodes: usize) -> io::Result<()> {
    let hub = dir.join("hub");
    let key = api_key(&hub)?;
    let servers: io::Result<Vec<Server>> =
        (0..nodes).map(|_| Server::start(&hub, key.clone())).collect();
    let servers = servers?;
    let people = People::read(&dir.join("persons.csv"))?;
    let client = servers[0].client();

    let mut took = Vec::with_capacity(SINGLE);
    for number in 0..SINGLE as u64 {
        took.push(client.put(&people.change(number))?);
    }
    tell("a record changed", &mut took);

    let took = matched_meanwhile(&servers[0], &people)?;
    tell(&format!("match, beside {CHANGES_PER_SECOND} changes/s"), &mut { took });

    let busy = || -> f64 {
        servers.iter().filter_map(|server| processor_seconds(server.process.id())).sum()
    };
    let before = busy();
    let done = sustained(&servers, &people)? as f64;
    let busy = (busy() - before) * 1e3 / done;
    println!(
        "{:<36} {:>8.0} a second from {CLIENTS} clients on {nodes} server(s), {busy:.2} CPU ms each",
        "records changed",
        done / SUSTAINED.as_secs_f64()
    );

    let mut took = unmerged(&client)?;
    tell("a merge undone", &mut took);
    Ok(())
}

/// Prints the middle and the slow end of some durations.
fn tell(what: &str, took: &mut [Duration]) {
    took.sort_unstable();
    let at = |share: f64| {
        let place = ((took.len() as f64 * share) as usize).min(took.len() - 1);
        took[place].as_secs_f64() * 1e3
    };
    println!(
        "{what:<36} p50 {:>6.2} ms  p95 {:>6.2} ms  p99 {:>6.2} ms  longest {:>7.2} ms",
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
}

/// Makes a key for the server of the hub.
fn api_key(hub: &Path) -> io::Result<String> {
    let arguments = ["key", "create", "bench", "--role", "administrator", "--json", "--hub"];
    let output = Command::new(karat()?).args(arguments).arg(hub).output()?;
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let key = told["key"].as_str().ok_or_else(|| io::Error::other("no key was made"))?;
    Ok(key.to_string())
}

/// A server that ends with its benchmark.
struct Server {
    process: Child,
    url: String,
    key: String,
}

impl Server {
    fn start(hub: &Path, key: String) -> io::Result<Server> {
        // The port is free now, and most likely a moment later.
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let process = Command::new(karat()?)
            .args(["serve", "--port", &port.to_string(), "--hub"])
            .arg(hub)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Server { process, url: format!("http://127.0.0.1:{port}"), key };
        let began = Instant::now();
        while server.client().get("/readyz").is_err() {
            if began.elapsed() > Duration::from_secs(60) {
                return Err(io::Error::other("the server does not start"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }

    fn client(&self) -> Client {
        Client { agent: ureq::agent(), url: self.url.clone(), key: self.key.clone() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One client with one connection.
struct Client {
    agent: ureq::Agent,
    url: String,
    key: String,
}

/// A record that a client sends.
struct Sent {
    id: String,
    values: Value,
}

impl Client {
    /// Sends a record; tells how long the answer took.
    fn put(&self, record: &Sent) -> io::Result<Duration> {
        let url = format!("{}/v1/sources/persons/records/{}", self.url, record.id);
        let began = Instant::now();
        let answer = self
            .agent
            .put(url)
            .header("Authorization", format!("Bearer {}", self.key))
            .send_json(json!({ "values": record.values }));
        let mut answer = answer.map_err(io::Error::other)?;
        answer.body_mut().read_to_vec().map_err(io::Error::other)?;
        Ok(began.elapsed())
    }

    fn post(&self, path: &str, body: &Value) -> io::Result<(Value, Duration)> {
        let began = Instant::now();
        let answer = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("Authorization", format!("Bearer {}", self.key))
            .send_json(body);
        let body = answer.map_err(io::Error::other)?.body_mut().read_to_vec();
        let took = began.elapsed();
        Ok((serde_json::from_slice(&body.map_err(io::Error::other)?)?, took))
    }

    fn get(&self, path: &str) -> io::Result<Value> {
        let answer = self
            .agent
            .get(format!("{}{path}", self.url))
            .header("Authorization", format!("Bearer {}", self.key))
            .call();
        let body = answer.map_err(io::Error::other)?.body_mut().read_to_vec();
        Ok(serde_json::from_slice(&body.map_err(io::Error::other)?)?)
    }
}

/// The invented persons, by column.
struct People {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    /// Another one each time, so that a run on the hub of an earlier one changes something.
    run: u64,
}

impl People {
    fn read(path: &Path) -> io::Result<People> {
        let mut reader = csv::Reader::from_path(path).map_err(io::Error::other)?;
        let columns = reader.headers().map_err(io::Error::other)?;
        let columns = columns.iter().map(str::to_string).collect();
        // Some from all over the file.
        let rows = reader.records().step_by(17).take(100_000);
        let row = |row: Result<csv::StringRecord, csv::Error>| {
            Ok(row.map_err(io::Error::other)?.iter().map(str::to_string).collect())
        };
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let run = since.map_err(io::Error::other)?.as_secs();
        Ok(People { columns, rows: rows.map(row).collect::<io::Result<_>>()?, run })
    }

    fn values(&self, row: &[String]) -> Value {
        let filled = self.columns.iter().zip(row).filter(|(_, value)| !value.is_empty());
        let fields = filled.map(|(column, value)| (column.clone(), Value::from(value.as_str())));
        Value::Object(fields.collect())
    }

    /// The change with this number: of two one is a known person under a new id, one a person who
    /// gets another e-mail address.
    fn change(&self, number: u64) -> Sent {
        let at = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) as usize % self.rows.len();
        let mut row = self.rows[at].clone();
        let id = self.place("id");
        if number.is_multiple_of(2) {
            row[id] = format!("live-{}-{number}", self.run);
        } else {
            let email = self.place("email");
            row[email] = format!("changed{number}@mail{}.example", self.run);
        }
        Sent { id: row[id].clone(), values: self.values(&row) }
    }

    fn place(&self, name: &str) -> usize {
        let found = self.columns.iter().position(|column| column == name);
        found.expect("the generator writes this column")
    }
}

/// Asks who is meant, while others change the hub.
fn matched_meanwhile(server: &Server, people: &People) -> io::Result<Vec<Duration>> {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let changing = scope.spawn(|| -> io::Result<()> {
            let client = server.client();
            let began = Instant::now();
            for number in 0.. {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                client.put(&people.change(1_000_000 + number))?;
                let due = Duration::from_secs_f64(number as f64 / CHANGES_PER_SECOND as f64);
                std::thread::sleep(due.saturating_sub(began.elapsed()));
            }
            Ok(())
        });
        let client = server.client();
        let asked = (0..MATCHED as u64).map(|number| {
            let sent = people.change(2_000_000 + 2 * number);
            let body = json!({ "source": "persons", "values": sent.values });
            Ok(client.post("/v1/person/match", &body)?.1)
        });
        let took = asked.collect::<io::Result<Vec<Duration>>>();
        is_over.store(true, Ordering::Relaxed);
        changing.join().expect("the other client does not panic")?;
        took
    })
}

/// How many changes many clients make in some seconds.
fn sustained(servers: &[Server], people: &People) -> io::Result<u64> {
    let done = AtomicU64::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        let clients = (0..CLIENTS).map(|client| {
            let server = &servers[client as usize % servers.len()];
            let done = &done;
            scope.spawn(move || -> io::Result<()> {
                let connection = server.client();
                for number in 0.. {
                    if began.elapsed() > SUSTAINED {
                        break;
                    }
                    connection.put(&people.change(10_000_000 + number * CLIENTS + client))?;
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            })
        });
        let clients: Vec<_> = clients.collect();
        clients.into_iter().try_for_each(|client| client.join().expect("a client does not panic"))
    })?;
    Ok(done.load(Ordering::Relaxed))
}

/// Joins customers and takes that back; how long the latter took.
fn unmerged(client: &Client) -> io::Result<Vec<Duration>> {
    let potential = client.get("/v1/potential-matches")?;
    let pairs = potential["potential_matches"].as_array().cloned().unwrap_or_default();
    let mut took = Vec::with_capacity(pairs.len());
    for pair in pairs.into_iter().take(UNMERGED) {
        let key = |side: &str| {
            let key = &pair["pair"][side];
            let text = |name: &str| key[name].as_str().unwrap_or_default().to_string();
            format!("{}/{}", text("source"), text("id"))
        };
        let decide = json!({ "kind": "same", "left": [key("left")], "right": [key("right")] });
        let decision = json!({ "decide": decide, "reason": "benchmark" });
        let (made, _) = client.post("/v1/decisions", &decision)?;
        let number = made["decisions"][0].as_u64().unwrap_or_default();
        let undo = format!("/v1/decisions/{number}/undo");
        took.push(client.post(&undo, &json!({ "reason": "benchmark" }))?.1);
    }
    Ok(took)
}
