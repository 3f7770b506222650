//! A hub that is served by a process of its own, and clients that ask it.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{karat, process};

/// How long a server may take to be ready.
const START_MAX: Duration = Duration::from_secs(60);
/// How long a server may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// A server that ends with its benchmark.
pub struct Server {
    process: Child,
    url: String,
    key: Option<String>,
}

impl Server {
    /// Serves a hub; without a key to whoever asks.
    pub fn start(hub: &Path, key: Option<&str>) -> io::Result<Server> {
        // The port is free now, and most likely a moment later.
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(karat()?);
        command.args(["serve", "--port", &port.to_string(), "--hub"]).arg(hub);
        if key.is_none() {
            command.arg("--open");
        }
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let url = format!("http://127.0.0.1:{port}");
        Ok(Server { process, url, key: key.map(String::from) })
    }

    /// Waits until it answers.
    pub fn wait_until_ready(&mut self) -> io::Result<()> {
        let began = Instant::now();
        while self.client().get("/readyz").is_err() {
            let has_ended = self.process.try_wait()?.is_some();
            if has_ended || began.elapsed() > START_MAX {
                return Err(io::Error::other("the server does not start"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// The processor time that it has taken so far.
    pub fn processor_seconds(&self) -> Option<f64> {
        process::processor_seconds(self.process.id())
    }

    /// Ends it at once, as a power failure of its machine would.
    pub fn kill(&mut self) -> io::Result<()> {
        self.process.kill()?;
        self.process.wait().map(drop)
    }

    /// A client with a connection of its own.
    pub fn client(&self) -> Client {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(ANSWER_MAX))
            .build();
        Client { agent: config.into(), url: self.url.clone(), key: self.key.clone() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already, which is as well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Makes a key for the server of the hub.
pub fn api_key(hub: &Path) -> io::Result<String> {
    let arguments = ["key", "create", "bench", "--role", "administrator", "--json", "--hub"];
    let output = Command::new(karat()?).args(arguments).arg(hub).output()?;
    let told: Value = serde_json::from_slice(&output.stdout)?;
    let key = told["key"].as_str().ok_or_else(|| io::Error::other("no key was made"))?;
    Ok(key.to_string())
}

/// One client with one connection.
pub struct Client {
    agent: ureq::Agent,
    url: String,
    key: Option<String>,
}

/// A record that a client sends.
pub struct Sent {
    /// Its source.
    pub source: String,
    /// Its id in the source.
    pub id: String,
    /// When the source says it changed, as ISO 8601.
    pub observed_at: Option<String>,
    /// Its values by column.
    pub values: Value,
}

/// What a server answered.
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The body; nothing where there is none.
    pub body: Value,
    /// How long it took.
    pub took: Duration,
}

impl Answered {
    /// Whether what was asked for was done.
    pub fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The answer, if what was asked for was done.
    pub fn done(self) -> io::Result<Answered> {
        match self.is_done() {
            true => Ok(self),
            false => Err(io::Error::other(format!("answered {}: {}", self.status, self.body))),
        }
    }
}

impl Client {
    /// Sends a record.
    pub fn put(&self, record: &Sent) -> io::Result<Answered> {
        let [source, id] = [&record.source, &record.id].map(|part| percent_encoded(part));
        let path = format!("/v1/sources/{source}/records/{id}");
        let body = match &record.observed_at {
            Some(observed_at) => json!({ "values": record.values, "observed_at": observed_at }),
            None => json!({ "values": record.values }),
        };
        self.ask("PUT", &path, Some(&body))
    }

    /// Sends what is to be done.
    pub fn post(&self, path: &str, body: &Value) -> io::Result<Answered> {
        self.ask("POST", path, Some(body))
    }

    /// Deletes what has this path.
    pub fn delete(&self, path: &str) -> io::Result<Answered> {
        self.ask("DELETE", path, None)
    }

    /// Asks; whatever the status, it is an answer.
    pub fn look_up(&self, path: &str) -> io::Result<Answered> {
        self.ask("GET", path, None)
    }

    /// Asks for what is there.
    pub fn get(&self, path: &str) -> io::Result<Value> {
        Ok(self.look_up(path)?.done()?.body)
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Answered> {
        let began = Instant::now();
        let url = format!("{}{path}", self.url);
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        if let Some(key) = &self.key {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let answer = match body {
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                let request = request.body(serde_json::to_vec(body)?).map_err(io::Error::other)?;
                self.agent.run(request)
            }
            None => self.agent.run(request.body(()).map_err(io::Error::other)?),
        };
        let mut answer = answer.map_err(io::Error::other)?;
        let body = answer.body_mut().read_to_vec().map_err(io::Error::other)?;
        let took = began.elapsed();
        let status = answer.status().as_u16();
        let body = match body.is_empty() {
            true => Value::Null,
            false => serde_json::from_slice(&body).unwrap_or(Value::Null),
        };
        Ok(Answered { status, body, took })
    }
}

/// A text as a part of a path: all but unreserved characters as their bytes (RFC 3986, 2.1).
fn percent_encoded(part: &str) -> String {
    let encoded = part.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}
