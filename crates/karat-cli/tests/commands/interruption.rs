//! Interruption: whatever stops a command, the hub is whole, and doing it again comes to the same.

use std::io::Write;
use std::sync::OnceLock;
use std::time::Duration;

use crate::customers::CRM;
use crate::demo::{DEMO_FILES, demo};
use crate::folder::{Folder, Running};

/// A hub whose sources are there, and were not loaded yet.
fn retailer() -> Folder {
    static RETAILER: OnceLock<Folder> = OnceLock::new();
    let made = RETAILER.get_or_init(|| {
        let folder = Folder::new();
        DEMO_FILES.iter().for_each(|(name, _)| folder.write(name, demo().bytes(name)));
        let names = DEMO_FILES.map(|(name, _)| name);
        folder.karat(&format!("init {}", names.join(" "))).succeeds();
        folder
    });
    made.copy()
}

/// What the retailer's hub comes to when nothing stops it.
fn undisturbed() -> &'static str {
    static EXPORTS: OnceLock<String> = OnceLock::new();
    EXPORTS.get_or_init(|| {
        let folder = retailer();
        folder.karat("load").succeeds();
        folder.exports()
    })
}

/// Moments in a load: how much of it is in the write-ahead log, in bytes.
const MOMENTS: [u64; 6] = [0, 1, 100_000, 200_000, 300_000, 400_000];

/// Waits until so much of a load was written; tells whether it is still at work.
fn wait_until_written(folder: &Folder, loading: &mut Running, bytes: u64) -> bool {
    let log = folder.path("hub/karat.db-wal");
    while loading.is_running() {
        let written = log.metadata().map_or(0, |found| found.len());
        if written >= bytes {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    false
}

#[test]
fn a_load_that_is_killed_leaves_a_whole_hub() {
    let mut killed = 0;
    for moment in MOMENTS {
        let folder = retailer();
        let mut loading = folder.start("load");
        killed += u32::from(wait_until_written(&folder, &mut loading, moment));
        loading.kill();
        drop(loading.end());
        folder.karat("load").succeeds();
        assert!(folder.exports() == undisturbed(), "killed at {moment} bytes");
    }
    assert!(killed >= 3, "only {killed} loads were still at work");
}

#[test]
fn a_load_that_is_stopped_leaves_a_whole_hub() {
    let mut stopped = 0;
    for moment in MOMENTS {
        let folder = retailer();
        let mut loading = folder.start("load");
        if wait_until_written(&folder, &mut loading, moment.max(1)) {
            loading.interrupt();
        }
        let ended = loading.end();
        match ended.code {
            Some(0) => {}
            _ => {
                ended.was_stopped().says("stopped; what was published before still stands");
                stopped += 1;
            }
        }
        folder.karat("load").succeeds();
        assert!(folder.exports() == undisturbed(), "stopped at {moment} bytes");
    }
    assert!(stopped >= 2, "only {stopped} loads were still at work");
}

/// A load that follows another is seen whole or not at all.
#[test]
fn a_change_is_there_whole_or_not_at_all() {
    let folder = retailer();
    folder.karat("load").succeeds();
    let crm = folder.bytes("crm.csv");
    let lines = crm.split(|&byte| byte == b'\n').enumerate();
    let fewer: Vec<&[u8]> = lines.filter(|(at, _)| at % 9 != 1).map(|(_, line)| line).collect();
    let fewer = fewer.join(&b'\n');
    let published = ["crosswalk", "golden", "potential-matches"];
    let all = |folder: &Folder| published.map(|what| folder.export(what)).concat();
    let before = all(&folder);
    let after = {
        let folder = folder.copy();
        folder.write("crm.csv", &fewer);
        folder.karat("load").succeeds();
        folder.exports()
    };
    folder.write("crm.csv", &fewer);
    for moment in MOMENTS {
        let folder = folder.copy();
        let mut loading = folder.start("load");
        wait_until_written(&folder, &mut loading, moment);
        loading.kill();
        drop(loading.end());
        let seen = all(&folder);
        let is_new = after.contains(&folder.export("golden"));
        assert!(seen == before || is_new, "half a change at {moment} bytes");
        folder.karat("load").succeeds();
        assert!(folder.exports() == after, "killed at {moment} bytes");
    }
}

/// What a hub shows of its customers.
fn shown(folder: &Folder) -> String {
    ["crosswalk", "golden", "potential-matches"].map(|what| folder.export(what)).concat()
}

/// Starts a command, and kills it when this file has so many bytes; tells whether it was still at
/// work.
fn kill_at(folder: &Folder, words: &str, file: &str, bytes: u64) -> bool {
    let mut running = folder.start(words);
    let mut is_at_work = running.is_running();
    while is_at_work && folder.path(file).metadata().map_or(0, |found| found.len()) < bytes {
        std::thread::sleep(Duration::from_millis(1));
        is_at_work = running.is_running();
    }
    running.kill();
    drop(running.end());
    is_at_work
}

#[test]
fn other_rules_that_are_killed_are_in_force_or_not_at_all() {
    let folder = retailer();
    folder.karat("load").succeeds();
    let before = shown(&folder);
    folder.replace("hub/hub.yaml", "# link_threshold: 12.5", "link_threshold: 24.5");
    let ruled = folder.copy();
    ruled.karat("publish").succeeds();
    let after = shown(&ruled);
    assert!(before != after);
    let mut killed = 0;
    for moment in [0, 1, 200_000] {
        let folder = folder.copy();
        killed += u32::from(kill_at(&folder, "publish", "hub/karat.db-wal", moment));
        let seen = shown(&folder);
        assert!(seen == before || seen == after, "half of it at {moment} bytes");
        folder.karat("verify").succeeds();
        folder.karat("publish").succeeds();
        assert!(shown(&folder) == after, "killed at {moment} bytes");

        let folder = ruled.copy();
        killed += u32::from(kill_at(&folder, "rollback", "hub/karat.db-wal", moment));
        let seen = shown(&folder);
        assert!(seen == before || seen == after, "half of it back at {moment} bytes");
        folder.karat("verify").succeeds();
        if seen == after {
            folder.karat("rollback").succeeds();
        }
        assert!(shown(&folder) == before, "killed on the way back at {moment} bytes");
    }
    assert!(killed >= 2, "only {killed} commands were still at work");
}

#[test]
fn a_restore_that_is_killed_restores_all_or_nothing() {
    let folder = retailer();
    folder.karat("load").succeeds();
    let expected = shown(&folder);
    folder.karat("backup safe.db").succeeds();
    folder.remove("hub/karat.db");
    let mut killed = 0;
    for moment in [0, 1, 1_000_000, 4_000_000] {
        let folder = folder.copy();
        killed += u32::from(kill_at(&folder, "restore safe.db", "hub/karat.db.part", moment));
        if folder.path("hub/karat.db").exists() {
            assert!(shown(&folder) == expected, "half of it at {moment} bytes");
        } else {
            folder.karat("verify").fails().says("there is no hub database");
        }
        folder.karat("restore safe.db --replace --yes").succeeds();
        folder.karat("verify").succeeds();
        assert!(shown(&folder) == expected, "killed at {moment} bytes");
        assert!(!folder.path("hub/karat.db.part").exists());
    }
    assert!(killed >= 2, "only {killed} commands were still at work");
}

/// A hub whose load waits for its only file.
fn held_up() -> (Folder, Running, std::fs::File) {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes())]);
    folder.karat("init crm.csv").succeeds();
    let pipe = folder.hold_up("crm.csv", CRM.as_bytes());
    let mut loading = folder.start("load");
    while !folder.path("hub/karat.db").exists() {
        assert!(loading.is_running());
        std::thread::sleep(Duration::from_millis(1));
    }
    (folder, loading, pipe)
}

#[test]
fn ctrl_c_while_a_file_is_read_is_heard() {
    let (folder, loading, mut pipe) = held_up();
    // From here on the name stands for a plain file, so that a load that hears nothing ends too.
    folder.remove("crm.csv");
    folder.write("crm.csv", CRM);
    // More rows than can be read before the signal arrives; nobody waits for the writing to end.
    std::thread::spawn(move || {
        let (_, rows) = CRM.split_once('\n').expect("there is a header");
        (0..50_000).try_for_each(|_| pipe.write_all(rows.as_bytes()))
    });
    loading.interrupt();
    loading.end().was_stopped();
    folder.karat("load --allow-deletes").succeeds();
    assert_eq!(folder.export("crosswalk").lines().count(), 1 + 8);
}

#[test]
fn a_second_karat_hears_that_another_is_at_work() {
    let (folder, loading, pipe) = held_up();
    let refused = folder.karat("load").fails();
    refused.says("another karat is writing to the hub in hub").says("Wait until it is done");
    drop(pipe);
    drop(loading);
    folder.remove("crm.csv");
    folder.write("crm.csv", CRM);
    assert_eq!(folder.load().events(), "8 created");
}

#[test]
fn readers_go_on_while_a_load_is_at_work() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes())]);
    let before = folder.exports();
    let pipe = folder.hold_up("crm.csv", b"klantnr;voornaam\n1;An");
    let mut loading = folder.start("load");
    assert!(wait_until_written(&folder, &mut loading, 1), "its start is written first");
    folder.karat("load").fails().says("another karat is writing");
    assert_eq!(folder.exports(), before);
    folder.karat("explain crm/1001 crm/1002").succeeds();
    drop(pipe);
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let (_folder, mut loading, _pipe) = held_up();
    while loading.is_running() {
        loading.interrupt();
        std::thread::sleep(Duration::from_millis(20));
    }
    loading.end().was_stopped();
}
