//! Serves the API of invented people to whoever has the key that it prints, to try clients and
//! testers on it.
//!
//! `cargo run -p karat-server --example api`, then ask at the address it prints.

// Test code that a second program uses; the lint only knows the first.
#[allow(clippy::unwrap_used, dead_code)]
#[path = "../src/fixture.rs"]
mod fixture;

use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use fixture::{FixtureHub, FixtureWriter};
use karat_model::record::Moment;
use karat_server::access::{
    Access, Account, ApiKey, Directory, DirectoryError, Role, Session, create_key,
};
use karat_server::serving::{Host, Server, serve};

/// Keeps the one key that there is.
#[derive(Default)]
struct OneKey(Mutex<Option<ApiKey>>);

type Kept<T> = Result<T, DirectoryError>;

impl Directory for OneKey {
    fn key(&self, hash: &[u8; 32]) -> Kept<Option<ApiKey>> {
        Ok(self.keys()?.into_iter().find(|key| key.hash == *hash))
    }

    fn keys(&self) -> Kept<Vec<ApiKey>> {
        Ok(self.0.lock().expect("nobody panics with it").iter().cloned().collect())
    }

    fn put_key(&self, key: &ApiKey) -> Kept<()> {
        *self.0.lock().expect("nobody panics with it") = Some(key.clone());
        Ok(())
    }

    fn account(&self, _: &str) -> Kept<Option<Account>> {
        Ok(None)
    }

    fn accounts(&self) -> Kept<Vec<Account>> {
        Ok(Vec::new())
    }

    fn put_account(&self, _: &Account) -> Kept<()> {
        Err(DirectoryError("there are no accounts".into()))
    }

    fn session(&self, _: &[u8; 32]) -> Kept<Option<Session>> {
        Ok(None)
    }

    fn put_session(&self, _: &Session, _: Moment) -> Kept<()> {
        Err(DirectoryError("there are no sessions".into()))
    }

    fn remove_session(&self, _: &[u8; 32]) -> Kept<()> {
        Ok(())
    }

    fn remove_sessions_of(&self, _: &str) -> Kept<()> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let began = Instant::now();
    let seconds = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let host = Host {
        now: Arc::new(move || Moment(seconds() as i64)),
        elapsed: Arc::new(move || began.elapsed()),
        // Good enough for a key to invented people.
        chance: Arc::new(move |bytes| {
            let mixed = blake3::hash(&began.elapsed().as_nanos().to_le_bytes());
            bytes.iter_mut().zip(mixed.as_bytes()).for_each(|(byte, mixed)| *byte = *mixed);
        }),
    };
    let (hub, writer) = (Arc::new(FixtureHub::new()), Arc::new(FixtureWriter::new()));
    let directory = OneKey::default();
    let key = create_key(&directory, "example", Role::Administrator, None, &host);
    let key = key.map_err(std::io::Error::other)?;
    let access = Access::Closed(Arc::new(directory));
    let server = Server::new(hub, Some(writer), access, host);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:7273").await?;
    println!("http://{}/v1", listener.local_addr()?);
    println!("{}", key.token);
    serve(listener, server, std::future::pending()).await
}
