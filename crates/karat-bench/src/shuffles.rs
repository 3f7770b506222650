//! The demo's records one by one through the API, in any order: the same customers as a load of all
//! of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use karat_hub::Hub;
use karat_hub::share::moment;
use karat_model::id::EntityId;
use karat_model::record::Moment;
use karat_store::{Reader, StoredModel};
use serde_json::{Map, Value};

use crate::run;
use crate::served::{Sent, Server, api_key};

/// Loads the demo, unless a loaded hub is given; then some clients send its records in so many
/// orders to a server of a hub that has its match model and no records, and the customers are
/// compared.
pub fn shuffles(times: u64, clients: usize, dir: &Path, hub: Option<&Path>) -> io::Result<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    let hub = match hub {
        Some(hub) => hub.to_path_buf(),
        None => {
            run("demo", &["demo", "--no-serve", "--out", &dir.display().to_string()])?;
            dir.join("hub")
        }
    };
    let loaded = Hub::open(&hub).map_err(io::Error::other)?;
    let reader = loaded.database().open_reader().map_err(io::Error::other)?;
    let expected = customers(reader.as_ref())?;
    let records = as_sent(reader.as_ref())?;
    let model = reader.model().map_err(io::Error::other)?;
    let model = model.ok_or_else(|| io::Error::other("the demo has no match model"))?;
    println!("{} records are {} customers", records.len(), expected.len());
    for time in 0..times {
        let folder = dir.join(format!("shuffled_{time}"));
        copy_hub_model(&hub, &folder)?;
        let hub = Hub::open(&folder).map_err(io::Error::other)?;
        put_match_model(&hub, &model)?;

        let mut server = Server::start(&folder, Some(&api_key(&folder)?))?;
        server.wait_until_ready()?;
        let began = Instant::now();
        send(&server, clients, &records, &shuffled(records.len(), time))?;
        let took = began.elapsed().as_secs_f64();
        let reader = hub.database().open_reader().map_err(io::Error::other)?;
        let found = customers(reader.as_ref())?;
        let (missing, wrong) = (told(&expected, &found), told(&found, &expected));
        let other = missing.len() + wrong.len();
        let held = reader.holds().map_err(io::Error::other)?.len();
        println!(
            "shuffle {time}: {} customers, {other} of both are others; {held} joins are held; \
             {:.0} records a second from {clients} client(s)",
            found.len(),
            records.len() as f64 / took
        );
        server.kill()?;
        if other > 0 {
            missing.iter().for_each(|customer| println!("of the load alone: {customer}"));
            wrong.iter().for_each(|customer| println!("one by one alone: {customer}"));
            let kept = folder.display();
            return Err(io::Error::other(format!("the order made a difference: see {kept}")));
        }
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

/// Sends each record once; a client takes the next one as soon as its last one is answered, so that
/// one client keeps the order and several keep it but for those that are on their way.
fn send(server: &Server, clients: usize, records: &[Sent], order: &[usize]) -> io::Result<()> {
    let taken = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let clients = (0..clients).map(|_| {
            scope.spawn(|| -> io::Result<()> {
                let client = server.client();
                while let Some(&at) = order.get(taken.fetch_add(1, Ordering::Relaxed)) {
                    let answered = client.put(&records[at])?.done()?;
                    let is_new = answered.status == 201;
                    if !is_new {
                        return Err(io::Error::other("a record was there before it was sent"));
                    }
                }
                Ok(())
            })
        });
        let clients: Vec<_> = clients.collect();
        clients.into_iter().try_for_each(|client| client.join().expect("a client does not panic"))
    })
}

/// Gives a hub without records the match model of another.
pub fn put_match_model(hub: &Hub, model: &StoredModel) -> io::Result<()> {
    let mut store = hub.database().open_writer().map_err(io::Error::other)?;
    let load = store.begin_load(now()).map_err(io::Error::other)?;
    let published = store.publish(load, now(), &mut |publication| {
        publication.put_model(&model.content, &model.hub_model)?;
        Ok(())
    });
    published.map_err(io::Error::other)?;
    store.finish_load(load, now(), "{}").map_err(io::Error::other)?;
    store.close().map_err(io::Error::other)
}

/// The customers that others do not have, each as the keys of its records.
fn told(
    customers: &BTreeSet<BTreeSet<String>>,
    others: &BTreeSet<BTreeSet<String>>,
) -> Vec<String> {
    let told = |customer: &BTreeSet<String>| customer.iter().cloned().collect::<Vec<_>>().join(" ");
    customers.difference(others).map(told).collect()
}

/// The customers, each as the keys of its records.
fn customers(reader: &dyn Reader) -> io::Result<BTreeSet<BTreeSet<String>>> {
    let mut customers: BTreeMap<EntityId, BTreeSet<String>> = BTreeMap::new();
    let visited = reader.keyed_crosswalk(&mut |key, entity| {
        customers.entry(entity).or_default().insert(key.to_string());
        Ok(())
    });
    visited.map_err(io::Error::other)?;
    Ok(customers.into_values().collect())
}

/// The current records, as an application would send them.
pub fn as_sent(reader: &dyn Reader) -> io::Result<Vec<Sent>> {
    let sources = reader.sources().map_err(io::Error::other)?;
    let mut sent = Vec::new();
    let visited = reader.current_records(&mut |some| {
        for stored in some {
            let source = sources.iter().find(|source| source.source == stored.source);
            let columns = &source.expect("each record has a source").columns;
            let mut values: Map<String, Value> = Map::new();
            for (column, value) in stored.record.payload.iter() {
                let of_column = values.entry(columns[usize::from(column)].clone());
                let of_column = of_column.or_insert_with(|| Value::Array(Vec::new()));
                of_column.as_array_mut().expect("it was made a list").push(value.into());
            }
            sent.push(Sent {
                source: stored.record.key.source.to_string(),
                id: stored.record.key.id.to_string(),
                observed_at: stored.record.observed_at.and_then(moment::written),
                values: Value::Object(values),
            });
        }
        Ok(())
    });
    visited.map_err(io::Error::other)?;
    Ok(sent)
}

/// Copies the hub model of a hub, and nothing else.
pub fn copy_hub_model(from: &Path, to: &Path) -> io::Result<()> {
    for folder in ["", "sources", "checks", "repairs"] {
        let Ok(entries) = std::fs::read_dir(from.join(folder)) else { continue };
        std::fs::create_dir_all(to.join(folder))?;
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = path.file_name().expect("an entry has a name");
                std::fs::copy(&path, to.join(folder).join(name))?;
            }
        }
    }
    Ok(())
}

/// The numbers below so many in an order that hangs on the seed: Fisher and Yates, with the
/// generator of Steele, Lea and Flood (SplitMix, OOPSLA 2014).
pub fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    };
    let mut order: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        order.swap(at, (next() % (at as u64 + 1)) as usize);
    }
    order
}

fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Moment(since.map_or(0, |since| since.as_secs() as i64))
}
