//! Speed and accuracy, measured: whole processes, as a user would run them.
//!
//! ```text
//! cargo build --release --workspace
//! target/release/karat-bench load --records 1000000     # invent, init, load; time by stage, peak memory
//! target/release/karat-bench load --database URL        # the same in PostgreSQL
//! target/release/karat-bench live --records 1000000     # load, serve, and let clients at it
//! target/release/karat-bench gate --records 1000000     # load, serve, and check what 20 clients type
//! target/release/karat-bench entry --records 20000      # who becomes a customer twice, through the entry gate?
//! target/release/karat-bench kills --times 200         # kill servers and commands at work; what is lost?
//! target/release/karat-bench shuffles                  # the demo one by one through the API, in 20 orders
//! target/release/karat-bench checks                   # a million golden records judged by 60 checks
//! target/release/karat-bench persons --records 1000000 --out DIR
//! target/release/karat-bench organisations --records 200000 --out DIR
//! target/release/karat-bench values                    # values a second and core, per semantic type
//! target/release/karat-bench defects --records 20000 --out DIR        # customers with defects, and which row has which
//! python3 -m venv splink && splink/bin/pip install splink==5.0.0
//! target/release/karat-bench peers --python splink/bin/python     # `karat match` beside Splink
//! ```

mod checks;
mod entry;
mod kills;
mod gate;
mod live;
mod peers;
mod people;
mod process;
mod served;
mod shuffles;
mod values;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::{Parser, Subcommand};
use karat_demo::defects::DefectiveTable;
use karat_engine::quality::accuracy::Accuracy;
use process::Finished;

/// Measure Karat on invented persons and organisations.
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
    /// Invent a CSV file of records of organisations, and its truth
    Organisations {
        /// How many records
        #[arg(long)]
        records: u64,
        /// The folder
        #[arg(long)]
        out: PathBuf,
    },
    /// Invent a CSV file of customers with defects of twelve kinds, and the truth
    Defects {
        /// How many rows
        #[arg(long)]
        records: usize,
        /// How many in a thousand have a defect
        #[arg(long, default_value_t = 150)]
        per_mille: u32,
        /// The folder
        #[arg(long)]
        out: PathBuf,
    },
    /// Judge invented golden records by sixty checks
    Checks {
        /// How many records
        #[arg(long, default_value_t = 1_000_000)]
        records: u64,
        /// How many threads
        #[arg(long, default_value_t = 2)]
        threads: u64,
    },
    /// Invent a file, make a hub of it, load it, and print what that took
    Load {
        /// How many records
        #[arg(long, default_value_t = 1_000_000)]
        records: u64,
        /// The folder; what is in it is replaced
        #[arg(long, default_value = "target/bench")]
        dir: PathBuf,
        /// The URL of an empty PostgreSQL database; a file in the folder if left out
        #[arg(long)]
        database: Option<String>,
    },
    /// Load invented records, serve the hub, and let clients change it and ask it
    Live {
        /// How many records
        #[arg(long, default_value_t = 1_000_000)]
        records: u64,
        /// The folder; what is in it is replaced
        #[arg(long, default_value = "target/bench-live")]
        dir: PathBuf,
        /// Take the hub that an earlier run left in the folder
        #[arg(long)]
        again: bool,
        /// The URL of an empty PostgreSQL database, for two servers; a file in the folder if left
        /// out
        #[arg(long)]
        database: Option<String>,
    },
    /// Load invented records, serve the hub, and let clients have what they type checked
    Gate {
        /// How many records
        #[arg(long, default_value_t = 1_000_000)]
        records: u64,
        /// How many clients ask at a time
        #[arg(long, default_value_t = 20)]
        clients: u64,
        /// The folder; what is in it is replaced
        #[arg(long, default_value = "target/bench-gate")]
        dir: PathBuf,
        /// Take the hub that an earlier run left in the folder
        #[arg(long)]
        again: bool,
    },
    /// Type customers at the entry gate, and count who becomes a customer twice without a warning
    Entry {
        /// How many records of invented persons
        #[arg(long, default_value_t = 20_000)]
        records: u64,
        /// Take the retailer of the demo and its five systems instead
        #[arg(long)]
        retailer: bool,
        /// The folder; what is in it is replaced
        #[arg(long, default_value = "target/bench-entry")]
        dir: PathBuf,
    },
    /// Kill servers and commands at random moments, and look for what was lost
    Kills {
        /// How often a server is killed; each command is as often as this goes into twenty
        #[arg(long, default_value_t = 200)]
        times: u64,
        /// How many records
        #[arg(long, default_value_t = 20_000)]
        records: u64,
        /// The folder; what is in it is replaced
        #[arg(long, default_value = "target/bench-kills")]
        dir: PathBuf,
        /// The URL of an empty PostgreSQL database, for two servers; a file in the folder if left
        /// out
        #[arg(long)]
        database: Option<String>,
    },
    /// Send the demo's records one by one to a server in random orders, and compare with a load of all
    Shuffles {
        /// How many orders
        #[arg(long, default_value_t = 20)]
        times: u64,
        /// How many clients send at a time; one keeps the order exactly
        #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..))]
        clients: u16,
        /// The folder; what is in it is replaced
        #[arg(long, default_value = "target/bench-shuffles")]
        dir: PathBuf,
        /// A hub that was loaded, instead of the demo
        #[arg(long)]
        hub: Option<PathBuf>,
    },
    /// Standardise values of each semantic type on one core, and tell how many in a second
    Values {
        /// The types; all if left out
        types: Vec<String>,
        /// How long each type takes
        #[arg(long, default_value_t = 1.5)]
        seconds: f64,
        /// A file for the table as JSON
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Match an invented file with Karat and with Splink in turn, and compare
    Peers {
        /// How many records
        #[arg(long, default_value_t = 1_000_000)]
        records: u64,
        /// How often each runs; the median counts
        #[arg(long, default_value_t = 3)]
        runs: usize,
        /// A Python that has Splink
        #[arg(long)]
        python: PathBuf,
        /// The folder; what is in it is replaced
        #[arg(long, default_value = "target/bench-peers")]
        dir: PathBuf,
    },
}

/// Another seed, another world; fixed, so that figures can be compared.
const SEED: u64 = 1;

fn main() -> io::Result<ExitCode> {
    match Arguments::parse().command {
        Task::Persons { records, out } => invent(records, &out),
        Task::Organisations { records, out } => invent_organisations(records, &out),
        Task::Defects { records, per_mille, out } => invent_defects(records, per_mille, &out),
        Task::Checks { records, threads } => {
            checks::run(records, threads.max(1));
            Ok(())
        }
        Task::Load { records, dir, database } => load(records, &dir, database.as_deref()),
        Task::Live { records, dir, again, database } => {
            if !again {
                load(records, &dir, database.as_deref())?;
            }
            live::live(&dir, if database.is_some() { 2 } else { 1 })
        }
        Task::Gate { records, clients, dir, again } => {
            if !again {
                load(records, &dir, None)?;
            }
            gate::gate(&dir, clients)
        }
        Task::Entry { records, retailer, dir } => {
            if retailer {
                if dir.exists() {
                    std::fs::remove_dir_all(&dir)?;
                }
                run("demo", &["demo", "--no-serve", "--out", &dir.display().to_string()])?;
            } else {
                load(records, &dir, None)?;
            }
            entry::entry(&dir)
        }
        Task::Kills { times, records, dir, database } => {
            let is_whole = kills::kills(times, records, &dir, database.as_deref())?;
            return Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Task::Shuffles { times, clients, dir, hub } => {
            shuffles::shuffles(times, usize::from(clients), &dir, hub.as_deref())
        }
        Task::Values { types, seconds, out } => values::values(&types, seconds, out.as_deref()),
        Task::Peers { records, runs, python, dir } => peers::compare(records, runs, &python, &dir),
    }?;
    Ok(ExitCode::SUCCESS)
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

fn invent_organisations(records: u64, dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let mut out = BufWriter::new(File::create(dir.join("organisations.csv"))?);
    let mut truth = BufWriter::new(File::create(dir.join("truth.csv"))?);
    let began = Instant::now();
    let written = karat_demo::write_organisations(records, SEED, &mut out, &mut truth)?;
    let took = began.elapsed().as_secs_f64();
    println!(
        "invented {} records of {} organisations in {took:.1} s",
        written.records, written.organisations
    );
    Ok(())
}

fn invent_defects(records: usize, per_mille: u32, dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let mut out = BufWriter::new(File::create(dir.join("customers.csv"))?);
    let mut truth = BufWriter::new(File::create(dir.join("defects.csv"))?);
    let table = DefectiveTable::invent(records, SEED, per_mille);
    table.write(&mut out, &mut truth)?;
    println!("invented {} rows with {} defects", table.rows.len(), table.defects.len());
    Ok(())
}

fn load(records: u64, dir: &Path, database: Option<&str>) -> io::Result<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    invent(records, dir)?;
    let bytes = std::fs::metadata(dir.join("persons.csv"))?.len();
    let hub = dir.join("hub").display().to_string();
    let file = dir.join("persons.csv").display().to_string();
    let crosswalk = dir.join("crosswalk.csv").display().to_string();
    run("init", &["init", &file, "--hub", &hub])?;
    if let Some(url) = database {
        let path = dir.join("hub/hub.yaml");
        let hub_yaml = std::fs::read_to_string(&path)?;
        std::fs::write(path, format!("{hub_yaml}\ndatabase: {url}\n"))?;
    }
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
    let accuracy = accuracy(&dir.join("crosswalk.csv"), &dir.join("truth.csv"))?;
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
    let Finished { wall, cpu, memory, output } =
        process::run(Command::new(karat()?).args(arguments))?;
    let (wall, memory) = (wall.as_secs_f64(), memory as f64 / 1e6);
    println!("{name:<28} {wall:>7.1} s {cpu:>7.1} CPU s {memory:>8.0} MB");
    Ok(output)
}

fn karat() -> io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("karat"))
}

/// How well the clusters of a file agree with the truth; a record that is not there counts as a
/// customer of its own.
fn accuracy(found: &Path, truth: &Path) -> io::Result<Accuracy> {
    let (found, truth) = (read_labels(found)?, read_labels(truth)?);
    let customer = |id: &String| found.get(id).unwrap_or(id).clone();
    let labels: Vec<(&str, String)> =
        truth.iter().map(|(id, label)| (label.as_str(), customer(id))).collect();
    Ok(Accuracy::of(labels.iter().map(|(label, customer)| (*label, customer.as_str()))))
}

/// Reads a file whose last two columns are an id and a label: per id the label.
fn read_labels(path: &Path) -> io::Result<HashMap<String, String>> {
    let text = std::fs::read_to_string(path)?;
    let labels = text.lines().skip(1).filter_map(|line| line.rsplit_once(','));
    let id = |key: &str| key.rsplit(',').next().unwrap_or(key).to_string();
    Ok(labels.map(|(key, label)| (id(key), label.to_string())).collect())
}
