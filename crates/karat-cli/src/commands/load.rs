//! `karat load`: masters what changed in the sources.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::drift::{self, Severity};
use karat_hub::flow::arrive::ArrivalReport;
use karat_hub::flow::load::{LoadOptions, LoadReport, MatchedType, Published, TrainingReason};
use karat_hub::flow::publish::Changes;
use karat_hub::flow::quality::ToldDelivery;
use karat_hub::mask::mask;
use karat_hub::stored::StoredHub;
use karat_model::id::SourceName;
use karat_model::language::Language;
use karat_model::record::Quarantined;

use super::gate_lines::gate_lines;
use super::{now, open_hub, whoever};
use crate::failure::{FOUND, Failure};
use crate::progress::Bars;
use crate::terminal::{Terminal, count, counted, say};

/// Read the sources of a hub and master what changed
#[derive(Args, Debug)]
pub struct Load {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Learn a new match model, even if there is one
    #[arg(long)]
    retrain: bool,
    /// Accept that more than a fifth of a source's records has vanished
    #[arg(long)]
    allow_deletes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Load {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let progress = Bars::start();
        let hub = open_hub(&self.hub)?.on_behalf_of(&whoever());
        let options = LoadOptions { retrain: self.retrain, allow_deletes: self.allow_deletes };
        let report = hub.load(options, &now, &progress)?;
        let quarantined = quarantined(&hub.reader()?, &report)?;
        if self.json {
            say!("{}", json(&report, &quarantined, &progress));
        } else {
            print(&report, &quarantined, &progress, Terminal::stdout());
        }
        let is_all_read = report.arrivals.iter().all(|arrival| arrival.problems.is_empty());
        Ok(if is_all_read { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
    }
}

/// How wide the column of sources is at least.
const NAME_WIDTH_MIN: usize = 16;

/// How many of the rows that cannot be read are shown.
pub const QUARANTINED_SHOWN: usize = 5;

/// How many of them are told to programs; `karat export quarantine` has them all.
const QUARANTINED_TOLD: usize = 100;

/// The first rows that a load could not read, each with its source.
pub fn quarantined(
    hub: &StoredHub,
    report: &LoadReport,
) -> Result<Vec<(SourceName, Quarantined)>, Failure> {
    let is_any = report.arrivals.iter().any(|arrival| arrival.quarantined > 0);
    if is_any { Ok(hub.quarantined(QUARANTINED_TOLD)?) } else { Ok(Vec::new()) }
}

/// Tells people what a load came to.
pub fn print(
    report: &LoadReport,
    quarantined: &[(SourceName, Quarantined)],
    progress: &Bars,
    terminal: Terminal,
) {
    let names = report.arrivals.iter().map(|arrival| arrival.source.chars().count());
    let width = names.max().unwrap_or_default().max(NAME_WIDTH_MIN);
    say!(
        "{} {:>10} {:>10} {:>10} {:>10} {:>10}",
        terminal.bold(&format!("{:<width$}", "source")),
        "rows",
        "new",
        "changed",
        "deleted",
        "unreadable"
    );
    for ArrivalReport { source, rows, new, changed, deleted, quarantined, .. } in &report.arrivals {
        say!(
            "{source:<width$} {:>10} {:>10} {:>10} {:>10} {:>10}",
            count(*rows),
            count(*new),
            count(*changed),
            count(*deleted),
            count(*quarantined)
        );
    }
    for arrival in &report.arrivals {
        print_remarks(arrival, terminal);
    }
    print_quarantined(quarantined, terminal);
    say!("");
    match &report.published {
        None => say!("Nothing has changed."),
        Some(published) => print_published(published, terminal),
    }
    print_wrong(&report.wrong, terminal);
    say!("{}", terminal.dim(&progress.told()));
}

/// How many of what is wrong with deliveries is told; `karat findings` lists all.
const WRONG_SHOWN: usize = 10;

/// Tells what is wrong with what sources delivered, errors first.
fn print_wrong(wrong: &[ToldDelivery], terminal: Terminal) {
    let mut wrong: Vec<&ToldDelivery> = wrong.iter().collect();
    wrong.sort_by_key(|told| !told.is_error());
    for told in wrong.iter().take(WRONG_SHOWN) {
        let ToldDelivery { source, check, severity, .. } = told;
        let line = told.told(Language::English);
        say!("{}", terminal.fitted(&format!("   {severity}: {source}: {line}; {check}")));
    }
    if wrong.len() > WRONG_SHOWN {
        say!("   and {} more", count((wrong.len() - WRONG_SHOWN) as u64));
    }
    if !wrong.is_empty() {
        let hint = terminal.bold("hint:");
        say!("   {hint} All was loaded; `karat findings` lists what is wrong with deliveries.");
    }
}

fn print_remarks(arrival: &ArrivalReport, terminal: Terminal) {
    let ArrivalReport { source, without_key, same_key, .. } = arrival;
    if *without_key > 0 {
        let rows = counted(*without_key, "row has no id", "rows have no id");
        say!("  {source}: {rows}; one was made of the values");
    }
    if *same_key > 0 {
        let rows = counted(*same_key, "row has", "rows have");
        say!("  {source}: {rows} the id of another row; all are kept");
    }
    for (problem, hint) in &arrival.problems {
        say!("  {problem}");
        if let Some(hint) = hint {
            say!("    {} {hint}", terminal.bold("hint:"));
        }
    }
}

/// Tells where rows could not be read, and where they are now.
fn print_quarantined(quarantined: &[(SourceName, Quarantined)], terminal: Terminal) {
    for (source, Quarantined { file, line, reason, .. }) in
        quarantined.iter().take(QUARANTINED_SHOWN)
    {
        say!("  {source}: {file}:{line}: {reason}");
    }
    if !quarantined.is_empty() {
        let hint = terminal.bold("hint:");
        say!(
            "    {hint} Unreadable rows are kept apart; `karat export quarantine` lists them all."
        );
    }
}

/// How many shifts of a match model are shown; `karat drift` has them all.
const SHIFTS_SHOWN: usize = 3;

/// Tells people what was published.
pub fn print_published(published: &Published, terminal: Terminal) {
    for matched in &published.matched {
        let MatchedType { entity_type, records, entities, pairs, potential_matches, .. } = matched;
        let told = format!(
            "{}  {} {} {}; {} to look at ({} compared)",
            terminal.bold("✓"),
            counted(*records, "record is", "records are"),
            terminal.bold(&count(*entities)),
            entity_type.plural(Language::English),
            counted(*potential_matches, "potential match", "potential matches"),
            counted(*pairs, "pair", "pairs")
        );
        say!("{}", terminal.fitted(&told));
        for [warning, _] in &matched.warnings {
            say!("{}", terminal.fitted(&format!("   note: {warning}")));
        }
        for line in gate_lines(matched.held, &matched.ladders) {
            say!("{}", terminal.fitted(&line));
        }
        for shift in matched.drift.shifts.iter().take(SHIFTS_SHOWN) {
            let told = drift::told(shift, Language::English, &mask);
            say!("{}", terminal.fitted(&format!("   note: {told}")));
        }
        if let Some(advice) = drift::advice(matched.drift.severity(), Language::English) {
            say!("{}", terminal.fitted(&format!("   {} {advice}", terminal.bold("hint:"))));
        }
    }
    say!("   {}", changes_line(&published.changes));
}

/// What happened to customers, on a line.
pub fn changes_line(changes: &Changes) -> String {
    format!(
        "{} created, {} updated, {} merged, {} split, {} deleted",
        count(changes.created),
        count(changes.updated),
        count(changes.merged),
        count(changes.split),
        count(changes.deleted)
    )
}

/// The same as JSON.
pub fn json(
    report: &LoadReport,
    quarantined: &[(SourceName, Quarantined)],
    progress: &Bars,
) -> serde_json::Value {
    let arrivals = report.arrivals.iter().map(|arrival| {
        serde_json::json!({
            "source": arrival.source,
            "rows": arrival.rows,
            "new": arrival.new,
            "changed": arrival.changed,
            "unchanged": arrival.unchanged,
            "deleted": arrival.deleted,
            "quarantined": arrival.quarantined,
            "without_key": arrival.without_key,
            "same_key": arrival.same_key,
            "problems": arrival.problems.iter().map(|(problem, _)| problem).collect::<Vec<_>>(),
        })
    });
    let published = report.published.as_ref().map(published_json);
    let unreadable = quarantined.iter().map(|(source, Quarantined { file, line, reason, .. })| {
        serde_json::json!({
            "source": source.as_str(), "file": file, "line": line, "reason": reason
        })
    });
    let seconds = progress
        .timings()
        .into_iter()
        .map(|(stage, took)| serde_json::json!({ "stage": stage, "seconds": took.as_secs_f64() }));
    serde_json::json!({
        "sources": arrivals.collect::<Vec<_>>(),
        "unreadable": unreadable.collect::<Vec<_>>(),
        "published": published,
        "wrong_deliveries": report.wrong,
        "stages": seconds.collect::<Vec<_>>(),
        "seconds": progress.elapsed().as_secs_f64(),
    })
}

fn reason(reason: TrainingReason) -> &'static str {
    match reason {
        TrainingReason::First => "first load",
        TrainingReason::HubModelChanged => "hub model changed",
        TrainingReason::Asked => "asked for",
        TrainingReason::Grown => "the hub has doubled since it learnt from few records",
        TrainingReason::Outdated => "the former one is of another version of Karat",
    }
}

/// What happened to customers, as JSON.
pub fn changes_json(changes: &Changes) -> serde_json::Value {
    serde_json::json!({
        "created": changes.created,
        "updated": changes.updated,
        "merged": changes.merged,
        "split": changes.split,
        "deleted": changes.deleted,
    })
}

/// What was published, as JSON.
pub fn published_json(published: &Published) -> serde_json::Value {
    let types = published.matched.iter().map(|matched| {
        serde_json::json!({
            "entity_type": matched.entity_type.name(),
            "records": matched.records,
            "entities": matched.entities,
            "pairs": matched.pairs,
            "potential_matches": matched.potential_matches,
            "held": matched.held,
            "drift": matched.drift.severity().map(Severity::name),
            "warnings": matched.warnings.iter().map(|[english, _]| english).collect::<Vec<_>>(),
        })
    });
    serde_json::json!({
        "entity_types": types.collect::<Vec<_>>(),
        "trained": published.trained.map(reason),
        "created": published.changes.created,
        "updated": published.changes.updated,
        "merged": published.changes.merged,
        "split": published.changes.split,
        "deleted": published.changes.deleted,
    })
}
