//! The living hub under load, by way of its API: a server and its clients on one machine.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::people::People;
use crate::served::{Client, Server, api_key};

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
        (0..nodes).map(|_| Server::start(&hub, Some(&key))).collect();
    let mut servers = servers?;
    servers.iter_mut().try_for_each(Server::wait_until_ready)?;
    let people = People::read(&dir.join("persons.csv"))?;
    let client = servers[0].client();

    let mut took = Vec::with_capacity(SINGLE);
    for number in 0..SINGLE as u64 {
        took.push(client.put(&people.change(number))?.done()?.took);
    }
    tell("a record changed", &mut took);

    let took = matched_meanwhile(&servers[0], &people)?;
    tell(&format!("match, beside {CHANGES_PER_SECOND} changes/s"), &mut { took });

    let busy = || -> f64 { servers.iter().filter_map(|server| server.processor_seconds()).sum() };
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
pub fn tell(what: &str, took: &mut [Duration]) {
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
                client.put(&people.change(1_000_000 + number))?.done()?;
                let due = Duration::from_secs_f64(number as f64 / CHANGES_PER_SECOND as f64);
                std::thread::sleep(due.saturating_sub(began.elapsed()));
            }
            Ok(())
        });
        let client = server.client();
        let asked = (0..MATCHED as u64).map(|number| {
            let sent = people.change(2_000_000 + 2 * number);
            let body = json!({ "source": "persons", "values": sent.values });
            Ok(client.post("/v1/person/match", &body)?.done()?.took)
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
                    connection
                        .put(&people.change(10_000_000 + number * CLIENTS + client))?
                        .done()?;
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
        let made = client.post("/v1/decisions", &decision)?.done()?.body;
        let number = made["decisions"][0].as_u64().unwrap_or_default();
        let undo = format!("/v1/decisions/{number}/undo");
        took.push(client.post(&undo, &json!({ "reason": "benchmark" }))?.done()?.took);
    }
    Ok(took)
}
