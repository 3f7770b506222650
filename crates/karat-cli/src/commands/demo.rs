//! `karat demo`: invents a retailer with five source systems, masters them, and shows the result.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use karat_demo::{Options, TRUTH_FILE, Written};
use karat_engine::quality::accuracy::Accuracy;
use karat_hub::Hub;
use karat_hub::flow::discover::discover;
use karat_hub::flow::load::LoadOptions;
use karat_hub::score::clusters::{LabelFile, score_clusters};
use karat_hub::share::{Destination, FileFormat};
use karat_hub::stored::{ExportKind, StoredHub};
use karat_model::hub_model::Country;
use karat_model::language::Language;

use super::init::write_hub;
use super::serve::{PORT, Served, serve};
use super::{language, load, now};
use crate::failure::Failure;
use crate::progress::Bars;
use crate::terminal::{Terminal, count, percent, say};

/// Invent a retailer with five source systems, master them, and serve the console
#[derive(Args, Debug)]
pub struct Demo {
    /// How many people live in the invented world
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(10..))]
    people: u32,
    /// Another seed, another world
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Do not serve the console
    #[arg(long)]
    no_serve: bool,
    /// Keep the invented files and the hub in this folder
    #[arg(long)]
    out: Option<PathBuf>,
    /// The port of the console; the next free one is taken if it is in use
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// The language of the console: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON; does not serve the console
    #[arg(long)]
    json: bool,
}

impl Demo {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let terminal = Terminal::stdout();
        let dir = self.folder()?;
        let options = Options { people: self.people, seed: self.seed };
        let written =
            karat_demo::write(&options, &dir).map_err(|error| Failure::of_path(&dir, error))?;
        if !self.json {
            print_files(&written, &dir, terminal);
        }
        let progress = Bars::start();
        let hub = self.make_hub(&dir, &written, &progress)?;
        let options = LoadOptions { retrain: false, allow_deletes: true };
        let report = hub.load(options, &now, &progress)?;
        let reader = hub.reader()?;
        let quarantined = load::quarantined(&reader, &report)?;
        let accuracy = accuracy(&reader, &dir)?;
        if self.json {
            let mut json = load::json(&report, &quarantined, &progress);
            json["accuracy"] = serde_json::json!({
                "pairwise_precision": accuracy.precision(),
                "pairwise_recall": accuracy.recall(),
                "pairwise_f1": accuracy.f1(),
            });
            say!("{json:#}");
            return Ok(ExitCode::SUCCESS);
        }
        load::print(&report, &quarantined, &progress, terminal);
        print_accuracy(&accuracy, terminal);
        if self.no_serve {
            say!("\nThe hub is in {}", hub.dir().display());
        } else {
            // Its people are invented, and it answers this machine only.
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
            serve(&hub, Served { address, open: true, behind_tls: false })?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The folder of the files: an empty one, so that no other work is overwritten.
    fn folder(&self) -> Result<PathBuf, Failure> {
        let Some(dir) = &self.out else {
            let name = format!("karat-demo-{}-{}", self.people, self.seed);
            let dir = std::env::temp_dir().join(name);
            make_anew(&dir).map_err(|error| Failure::of_path(&dir, error))?;
            return Ok(dir);
        };
        let is_empty = make_if_absent(dir).map_err(|error| Failure::of_path(dir, error))?;
        if !is_empty {
            return Err(Failure::new(
                format!("{} is not empty", dir.display()),
                "Name a new folder; the demo overwrites nothing.",
            ));
        }
        Ok(dir.clone())
    }

    fn make_hub(&self, dir: &Path, written: &Written, progress: &Bars) -> Result<Hub, Failure> {
        let files: Vec<PathBuf> = written.files.iter().map(|file| dir.join(file.file)).collect();
        let found = discover(&files, Country::NETHERLANDS, progress)?;
        let hub = dir.join("hub");
        write_hub(&hub, "Demo retailer", self.lang, Country::NETHERLANDS, &found)?;
        Ok(Hub::open(&hub)?)
    }
}

/// Makes a folder, without what may be there of an earlier demo.
fn make_anew(dir: &Path) -> io::Result<()> {
    if dir.exists() {
        std::fs::remove_dir_all(dir)?;
    }
    std::fs::create_dir_all(dir)
}

/// Makes a folder unless it is there; tells whether it is empty.
fn make_if_absent(dir: &Path) -> io::Result<bool> {
    std::fs::create_dir_all(dir)?;
    Ok(std::fs::read_dir(dir)?.next().is_none())
}

fn print_files(written: &Written, dir: &Path, terminal: Terminal) {
    say!(
        "Invented {} people and {} companies, known to five systems, in {}\n",
        count(written.people),
        count(written.companies),
        terminal.bold(&dir.display().to_string())
    );
}

/// Compares what was mastered with what was invented.
fn accuracy(hub: &StoredHub, dir: &Path) -> Result<Accuracy, Failure> {
    let path = dir.join("crosswalk.csv");
    let failed = |error| Failure::from(karat_hub::error::Error::Share(error));
    let destination = Destination::new(&path, Some(FileFormat::Csv)).map_err(failed)?;
    hub.export(
        ExportKind::Crosswalk,
        &destination,
        Language::English,
        &karat_hub::flow::progress::Unwatched,
    )?;
    let labels = |path| LabelFile { path, id_column: None, label_column: None };
    let truth = dir.join(TRUTH_FILE);
    Ok(score_clusters(&labels(&path), &labels(&truth))?.accuracy.pairs)
}

fn print_accuracy(accuracy: &Accuracy, terminal: Terminal) {
    say!("\nAgainst the truth of the invented world, over pairs of records:");
    say!(
        "   precision {}   recall {}   F1 {:.4}",
        terminal.bold(&percent(accuracy.precision())),
        terminal.bold(&percent(accuracy.recall())),
        accuracy.f1()
    );
    say!(
        "{}",
        terminal.dim(&format!(
            "   {} pairs are right, {} were linked wrongly, {} were missed",
            count(accuracy.right),
            count(accuracy.wrong),
            count(accuracy.missed)
        ))
    );
}
