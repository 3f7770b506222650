//! Speed and accuracy, measured: whole processes, as a user would run them.
//!
//! ```text
//! cargo build --release --workspace
//! target/release/karat-bench load --records 1000000     # invent, init, load; time by stage, peak memory
//! target/release/karat-bench persons --records 1000000 --out DIR
//! ```

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};
use karat_engine::quality::accuracy::Accuracy;

/// Measure Karat on invented persons.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Invent a CSV file of person records, and its truth
    Persons {
        /// How many records
        #[arg(long)]
        records: u64,
        /// The folder
        #[arg(long)]
        out: PathBuf,
    },
    /// Invent a file, make a hub of it, load it, and print what that took
    Load {
        /// How many records
        #[arg(long, default_value_t = 1_000_000)]
        records: u64,
        /// The folder; what is in it is replaced
        #[arg(long, default_value = "target/bench")]
        dir: PathBuf,
    },
}

/// Another seed, another world; fixed, so that figures can be compared.
const SEED: u64 = 1;

fn main() -> io::Result<()> {
    match Arguments::parse().command {
        Task::Persons { records, out } => invent(records, &out),
        Task::Load { records, dir } => load(records, &dir),
    }
}

fn invent(records: u64, dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let mut out = BufWriter::new(File::create(dir.join("persons.csv"))?);
    let mut truth = BufWriter::new(File::create(dir.join("truth.csv"))?);
    let began = Instant::now();
    let written = karat_demo::write_persons(records, SEED, &mut out, &mut truth)?;
    let took = began.elapsed().as_secs_f64();
    println!("invented {} records of {} people in {took:.1} s", written.records, written.people);
    Ok(())
}

fn load(records: u64, dir: &Path) -> io::Result<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    invent(records, dir)?;
    let bytes = std::fs::metadata(dir.join("persons.csv"))?.len();
    let hub = dir.join("hub").display().to_string();
    let file = dir.join("persons.csv").display().to_string();
    let crosswalk = dir.join("crosswalk.csv").display().to_string();
    run("init", &["init", &file, "--hub", &hub])?;
    let loaded = run("load", &["load", "--hub", &hub, "--json"])?;
    run("load again, nothing changed", &["load", "--hub", &hub, "--json"])?;
    run("export crosswalk", &["export", "crosswalk", "--hub", &hub, "--out", &crosswalk])?;

    println!("\n{records} records, {:.0} MB", bytes as f64 / 1e6);
    let report: serde_json::Value = serde_json::from_str(&loaded)?;
    for stage in report["stages"].as_array().into_iter().flatten() {
        println!(
            "  {:<10} {:>7.1} s",
            stage["stage"].as_str().unwrap_or(""),
            stage["seconds"].as_f64().unwrap_or(0.0)
        );
    }
    println!("  {}", report["published"]["entity_types"]);
    let found = read_labels(&dir.join("crosswalk.csv"))?;
    let truth = read_labels(&dir.join("truth.csv"))?;
    // A record that is not there counts as a customer of its own.
    let customer = |key: &String| found.get(key).unwrap_or(key).clone();
    let labels: Vec<(&str, String)> =
        truth.iter().map(|(key, label)| (label.as_str(), customer(key))).collect();
    let pairs = labels.iter().map(|(label, customer)| (*label, customer.as_str()));
    let accuracy = Accuracy::of(pairs);
    println!(
        "  precision {:.4}  recall {:.4}  F1 {:.4} over pairs",
        accuracy.precision(),
        accuracy.recall(),
        accuracy.f1()
    );
    Ok(())
}

/// Runs `karat`, which stands beside this program, and prints its time and peak memory.
fn run(name: &str, arguments: &[&str]) -> io::Result<String> {
    let karat = std::env::current_exe()?.with_file_name("karat");
    let began = Instant::now();
    let child = Command::new(karat).args(arguments).stdout(Stdio::piped()).spawn()?;
    let pid = child.id();
    let watch = std::thread::spawn(move || peak_memory(pid));
    let output = child.wait_with_output()?;
    let took = began.elapsed();
    let peak = watch.join().unwrap_or(0);
    println!("{name:<28} {:>7.1} s {:>8.0} MB", took.as_secs_f64(), peak as f64 / 1e6);
    if !output.status.success() {
        return Err(io::Error::other(format!("karat {name} failed")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The most memory a process held, in bytes, read until it ends.
fn peak_memory(pid: u32) -> u64 {
    let mut peak = 0;
    while let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let Some(line) = line else { break };
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap_or(0);
        peak = peak.max(kilobytes * 1024);
        std::thread::sleep(Duration::from_millis(20));
    }
    peak
}

/// Reads `source,id,entity_id`: per source and id the entity.
fn read_labels(path: &Path) -> io::Result<HashMap<String, String>> {
    let text = std::fs::read_to_string(path)?;
    let labels = text.lines().skip(1).filter_map(|line| line.rsplit_once(','));
    Ok(labels.map(|(key, label)| (key.to_string(), label.to_string())).collect())
}
