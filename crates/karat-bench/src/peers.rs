//! Matches the same invented file with Karat and with Splink, in turn, and compares.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use karat_engine::quality::accuracy::Accuracy;
use serde_json::Value;

use crate::process::{self, Finished};

/// A program with its arguments, and the file of clusters that it writes.
struct Contender {
    name: &'static str,
    command: Box<dyn Fn() -> Command>,
    clusters: PathBuf,
    runs: Vec<Finished>,
}

/// Runs all contenders so many times, in turn, and prints the medians and the ratios to Karat.
pub fn compare(records: u64, runs: usize, python: &Path, dir: &Path) -> io::Result<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    crate::invent(records, dir)?;
    let mut contenders = contenders(python, dir)?;
    for _ in 0..runs.max(1) {
        for contender in &mut contenders {
            contender.runs.push(process::run(&mut (contender.command)())?);
        }
    }
    println!("| {records} persons | CPU s | of it Karat | wall s | MB | precision | recall | F1 |");
    println!("|---|--:|--:|--:|--:|--:|--:|--:|");
    let ours = contenders[0].median(|run| run.cpu);
    for contender in &contenders {
        let accuracy = crate::accuracy(&contender.clusters, &dir.join("truth.csv"))?;
        println!("{}", contender.row(ours, &accuracy));
    }
    let last = contenders[0].runs.last().ok_or_else(|| io::Error::other("nothing ran"))?;
    println!("\n{}", where_time_goes(&last.output)?);
    Ok(())
}

/// The stages of a run of `karat match --json`, and how many pairs it compared a second.
fn where_time_goes(summary: &str) -> io::Result<String> {
    let summary: Value = serde_json::from_str(summary)?;
    let stages = summary["seconds_of"].as_object().into_iter().flatten();
    let told: Vec<String> = stages
        .map(|(stage, seconds)| format!("{stage} {:.1} s", seconds.as_f64().unwrap_or(0.0)))
        .collect();
    let types = summary["entity_types"].as_array().into_iter().flatten();
    let pairs: u64 = types.filter_map(|of_type| of_type["pairs_compared"].as_u64()).sum();
    let matching = summary["seconds_of"]["matching"].as_f64().unwrap_or(f64::INFINITY);
    let cores = std::thread::available_parallelism()?.get() as f64;
    Ok(format!(
        "Karat: {}; {pairs} pairs compared, {:.2} million a second and core of matching",
        told.join(", "),
        pairs as f64 / 1e6 / matching / cores,
    ))
}

fn contenders(python: &Path, dir: &Path) -> io::Result<Vec<Contender>> {
    let file = dir.join("persons.csv");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/splink_persons.py");
    let karat = crate::karat()?;
    let contender = |name, arguments: Vec<PathBuf>, program: PathBuf, clusters| Contender {
        name,
        command: Box::new(move || {
            let mut command = Command::new(&program);
            command.args(&arguments);
            command
        }),
        clusters,
        runs: Vec::new(),
    };
    let ours = dir.join("karat.csv");
    let mut all = vec![contender(
        "Karat",
        vec!["match".into(), file.clone(), "--out".into(), ours.clone(), "--json".into()],
        karat,
        ours,
    )];
    for (name, training) in [
        ("Splink, lightest training", "lightest"),
        ("Splink, training of its tutorial", "tutorial"),
    ] {
        let out = dir.join(format!("splink-{training}.csv"));
        let arguments = vec![script.clone(), file.clone(), out.clone(), training.into()];
        all.push(contender(name, arguments, python.into(), out));
    }
    Ok(all)
}

impl Contender {
    fn median(&self, figure: impl Fn(&Finished) -> f64) -> f64 {
        let mut figures: Vec<f64> = self.runs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    }

    fn row(&self, ours: f64, accuracy: &Accuracy) -> String {
        let cpu = self.median(|run| run.cpu);
        format!(
            "| {} | {cpu:.1} | {:.2} | {:.1} | {:.0} | {:.3} | {:.3} | {:.3} |",
            self.name,
            ours / cpu,
            self.median(|run| run.wall.as_secs_f64()),
            self.median(|run| run.memory as f64 / 1e6),
            accuracy.precision(),
            accuracy.recall(),
            accuracy.f1(),
        )
    }
}
