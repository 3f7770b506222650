//! The entry gate under load: many clients have what they type checked, with the duplicate search.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::live::tell;
use crate::people::People;
use crate::served::{Server, api_key};

/// How long is warmed up, and how long is measured.
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(15);

/// Lets clients at the gate of a hub of invented persons: half of what they type is of somebody who
/// is in the hub, with another e-mail address.
pub fn gate(dir: &Path, clients: u64) -> io::Result<()> {
    let hub = dir.join("hub");
    let key = api_key(&hub)?;
    let mut server = Server::start(&hub, Some(&key))?;
    server.wait_until_ready()?;
    let people = People::read(&dir.join("persons.csv"))?;
    let number = AtomicU64::new(0);
    let before = server.processor_seconds();
    let began = Instant::now();
    let likely = AtomicU64::new(0);
    let mut took: Vec<Duration> = std::thread::scope(|scope| {
        let (server, people, number, likely) = (&server, &people, &number, &likely);
        let client = |_| {
            scope.spawn(move || -> io::Result<Vec<Duration>> {
                let connection = server.client();
                let mut took = Vec::new();
                while began.elapsed() < WARM_UP + MEASURED {
                    let at = number.fetch_add(1, Ordering::Relaxed);
                    let sent = people.change(at);
                    let body = json!({
                        "source": "persons", "kind": "customer", "values": sent.values,
                    });
                    let answered = connection.post("/v1/person/check", &body)?.done()?;
                    if answered.body["duplicate"] == "likely" {
                        likely.fetch_add(1, Ordering::Relaxed);
                    }
                    if began.elapsed() > WARM_UP {
                        took.push(answered.took);
                    }
                }
                Ok(took)
            })
        };
        let clients: Vec<_> = (0..clients).map(client).collect();
        let took = clients.into_iter().map(|it| it.join().expect("a client does not panic"));
        took.collect::<io::Result<Vec<Vec<Duration>>>>()
    })?
    .concat();
    let asked = number.load(Ordering::Relaxed);
    tell(&format!("checked at entry, {clients} clients"), &mut took);
    let likely = likely.load(Ordering::Relaxed) as f64 / asked as f64;
    let busy = before.zip(server.processor_seconds()).map(|(before, now)| now - before);
    let busy = busy.map_or(f64::NAN, |busy| busy * 1e3 / asked as f64);
    println!(
        "{:<36} {:>8.0} a second, {busy:.2} CPU ms each, {:.1} % likely known",
        "",
        asked as f64 / began.elapsed().as_secs_f64(),
        likely * 1e2
    );
    Ok(())
}
