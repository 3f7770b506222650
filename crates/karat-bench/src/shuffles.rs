//! The demo's records one by one, in any order: the same customers as a load of all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use karat_hub::Hub;
use karat_hub::live::LiveHub;
use karat_hub::view::{Change, ChangeRequest, Changed, Condition, HubWriter};
use karat_model::id::EntityId;
use karat_model::record::Moment;
use karat_store::Reader;

use crate::run;

/// How many records are sent at a time; each is a change of its own.
const SENT_AT_A_TIME: usize = 256;

/// Loads the demo, unless a loaded hub is given; then sends its records in so many orders to a hub
/// that has its match model and no records, and compares the customers.
pub fn shuffles(times: u64, dir: &Path, hub: Option<&Path>) -> io::Result<()> {
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
    let records = upserts(reader.as_ref())?;
    let model = reader.model().map_err(io::Error::other)?;
    let model = model.ok_or_else(|| io::Error::other("the demo has no match model"))?;
    println!("{} records are {} customers", records.len(), expected.len());
    for time in 0..times {
        let folder = dir.join(format!("shuffled_{time}"));
        copy_model(&hub, &folder)?;
        let hub = Hub::open(&folder).map_err(io::Error::other)?;
        let mut store = hub.database().open_writer().map_err(io::Error::other)?;
        let load = store.begin_load(now()).map_err(io::Error::other)?;
        let published = store.publish(load, now(), &mut |publication| {
            publication.put_model(&model.content, &model.hub_model)?;
            Ok(())
        });
        published.map_err(io::Error::other)?;
        store.finish_load(load, now(), "{}").map_err(io::Error::other)?;
        store.close().map_err(io::Error::other)?;

        let live = LiveHub::start(&hub, Box::new(now)).map_err(io::Error::other)?;
        let began = Instant::now();
        let order = shuffled(records.len(), time);
        for some in order.chunks(SENT_AT_A_TIME) {
            let requests = some.iter().map(|&at| records[at].clone()).collect();
            for answer in live.change_each(requests) {
                if !matches!(answer, Ok(Changed::Now(_))) {
                    return Err(io::Error::other("a change was refused"));
                }
            }
        }
        live.stop().map_err(io::Error::other)?;
        let took = began.elapsed().as_secs_f64();
        let reader = hub.database().open_reader().map_err(io::Error::other)?;
        let found = customers(reader.as_ref())?;
        let other = found.symmetric_difference(&expected).count();
        let held = reader.holds().map_err(io::Error::other)?.len();
        println!(
            "shuffle {time}: {} customers, {other} of both are others; {held} joins are held; \
             {:.0} records a second",
            found.len(),
            records.len() as f64 / took
        );
        std::fs::remove_dir_all(&folder)?;
        if other > 0 {
            return Err(io::Error::other("the order made a difference"));
        }
    }
    Ok(())
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
fn upserts(reader: &dyn Reader) -> io::Result<Vec<ChangeRequest>> {
    let sources = reader.sources().map_err(io::Error::other)?;
    let mut upserts = Vec::new();
    let visited = reader.current_records(&mut |some| {
        for stored in some {
            let source = sources.iter().find(|source| source.source == stored.source);
            let columns = &source.expect("each record has a source").columns;
            let named = |(column, value): (u16, &str)| {
                (columns[usize::from(column)].clone(), value.to_string())
            };
            let change = Change::Upsert {
                key: stored.record.key.clone(),
                observed_at: stored.record.observed_at,
                values: stored.record.payload.iter().map(named).collect(),
                condition: Condition::None,
            };
            upserts.push(ChangeRequest { change, repetition: None });
        }
        Ok(())
    });
    visited.map_err(io::Error::other)?;
    Ok(upserts)
}

/// Copies the hub model of a hub, and nothing else.
fn copy_model(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to.join("sources"))?;
    for folder in ["", "sources"] {
        for entry in std::fs::read_dir(from.join(folder))? {
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
fn shuffled(count: usize, seed: u64) -> Vec<usize> {
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
