//! The pipe to the browser: each question gets its answer, and each page what happened to it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::events::Events;

/// How long anything may take before the test is held to hang; a busy machine is slow.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// Speaks the DevTools protocol: JSON, each message ended by a zero byte.
pub(crate) struct Connection {
    input: Mutex<ChildStdin>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    told: Mutex<Told>,
    news: Condvar,
}

/// What the browser told that nobody has taken yet.
#[derive(Default)]
struct Told {
    last_question: u64,
    answers: HashMap<u64, Value>,
    pages: HashMap<String, Events>,
    is_closed: bool,
}

impl Connection {
    /// Reads on a thread of its own until the browser closes the pipe.
    pub fn new(input: ChildStdin, output: ChildStdout) -> Connection {
        let shared = Arc::<Shared>::default();
        let reading = shared.clone();
        thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message else { break };
                let Ok(message) = serde_json::from_slice(&message) else { continue };
                reading.take(message);
            }
            reading.told().is_closed = true;
            reading.news.notify_all();
        });
        Connection { input: Mutex::new(input), shared }
    }

    /// Asks the browser, or the page of this session; an answer that is an error is one.
    pub fn ask(
        &self,
        session: Option<&str>,
        method: &str,
        parameters: Value,
    ) -> Result<Value, String> {
        let id = {
            let mut told = self.shared.told();
            told.last_question += 1;
            told.last_question
        };
        let mut question = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = session {
            question["sessionId"] = session.into();
        }
        let mut bytes = question.to_string().into_bytes();
        bytes.push(0);
        let mut input = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = input.write_all(&bytes).and_then(|()| input.flush());
        drop(input);
        sent.map_err(|error| format!("{method}: the browser is gone: {error}"))?;
        let mut answer = self.wait(method, |told| told.answers.remove(&id))?;
        match answer["error"]["message"].as_str() {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(answer["result"].take()),
        }
    }

    /// Remembers from now on what happens to the page of this session.
    pub fn listen(&self, session: &str) {
        self.shared.told().pages.insert(session.into(), Events::default());
    }

    /// Forgets what happened to the page of this session.
    pub fn forget(&self, session: &str) {
        self.shared.told().pages.remove(session);
    }

    /// Looks at what happened to the page of this session, and may take of it.
    pub fn events<T>(&self, session: &str, look: impl FnOnce(&mut Events) -> T) -> T {
        look(self.shared.told().pages.entry(session.into()).or_default())
    }

    /// Waits until something has happened to the page of this session.
    pub fn wait_for_event(
        &self,
        session: &str,
        what: &str,
        happened: impl Fn(&Events) -> bool,
    ) -> Result<(), String> {
        self.wait(what, |told| told.pages.get(session).is_some_and(&happened).then_some(()))
    }

    fn wait<T>(&self, what: &str, find: impl Fn(&mut Told) -> Option<T>) -> Result<T, String> {
        let end = Instant::now() + DEADLINE;
        let mut told = self.shared.told();
        loop {
            if let Some(found) = find(&mut told) {
                return Ok(found);
            }
            let left = end.saturating_duration_since(Instant::now());
            if told.is_closed {
                return Err(format!("{what}: the browser is gone"));
            }
            if left.is_zero() {
                return Err(format!("{what}: nothing for {DEADLINE:?}"));
            }
            let waited = self.shared.news.wait_timeout(told, left);
            told = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Shared {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an answer for who asked, or what happened for its page.
    fn take(&self, message: Value) {
        let mut told = self.told();
        if let Some(id) = message["id"].as_u64() {
            told.answers.insert(id, message);
        } else if let (Some(session), Some(method)) =
            (message["sessionId"].as_str(), message["method"].as_str())
            && let Some(page) = told.pages.get_mut(session)
        {
            page.take(method, &message["params"]);
        }
        drop(told);
        self.news.notify_all();
    }
}
