//! `karat validate`: judges the records of files by checks, without a hub.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use karat_hub::connect;
use karat_hub::error::Error;
use karat_hub::share::{Destination, Field, FieldKind, TableWriter};
use karat_hub::validate::{FileProblem, ValidateRequest, Validated, Validation, validate};
use karat_model::check::Day;
use karat_model::finding::Severity;
use karat_model::hub_model::Country;
use karat_model::id::SourceName;
use karat_model::language::Language;

use super::init::country;
use super::{language, now};
use crate::failure::{FOUND, Failure};
use crate::progress::Bars;
use crate::terminal::{Terminal, say};

/// How many failing records of a check are named in the table.
const SHOWN: usize = 3;

/// How many failing records of a check stand in the JSON.
const LISTED: usize = 100;

/// Judge the records of files by checks, without a hub
///
/// Prints how many records pass and fail each check, and the first ones that fail. The checks that
/// ship with Karat are made as well, unless the files of checks say `standard: false`. The exit code
/// is 1 when fewer records pass a check of severity `error` than its `pass_min` asks for.
#[derive(Args, Debug)]
pub struct Validate {
    /// Files and patterns such as 'data/*.csv'; `-` reads standard input
    #[arg(required = true)]
    files: Vec<String>,
    /// A YAML file of checks, or a folder of such files
    #[arg(long, default_value = "hub/checks")]
    checks: PathBuf,
    /// The source whose records they are, as checks name it; else each file is one
    #[arg(long)]
    source: Option<String>,
    /// The country of addresses and phone numbers that name none (ISO 3166, two letters)
    #[arg(long, default_value = "NL", value_parser = country)]
    country: Country,
    /// The day as of which is judged, such as 2026-11-22; today if left out
    #[arg(long, value_parser = day)]
    as_of: Option<Day>,
    /// List the keys of all records that fail this check
    #[arg(long)]
    failing: Option<String>,
    /// Write all records that fail to this file (CSV, JSON lines or Parquet): check, source, id
    #[arg(long)]
    out: Option<PathBuf>,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Reads a date.
fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "write a date such as 2026-11-22".to_string())
}

impl Validate {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let (names, standard_input): (Vec<String>, Vec<String>) =
            self.files.iter().cloned().partition(|name| name != "-");
        let mut files = connect::expand(Path::new(""), &names)?;
        files.extend(standard_input.iter().map(PathBuf::from));
        let request = ValidateRequest {
            files: &files,
            checks: &self.checks,
            source: self.source.as_deref().map(SourceName::new),
            country: self.country,
            as_of: self.as_of.unwrap_or_else(|| Day::of(now())),
        };
        let validation = validate(&request, &Bars::start())?;
        if let Some(path) = &self.out {
            write_failing(path, &validation).map_err(Error::Share)?;
        }
        let terminal = Terminal::stdout();
        match &self.failing {
            Some(name) => self.list(name, &validation)?,
            None if self.json => say!("{:#}", validation.to_json(LISTED)),
            None => lines(&validation, self.lang, terminal).iter().for_each(|line| say!("{line}")),
        }
        let is_whole = validation.problems.is_empty() && !validation.is_refused();
        Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
    }

    /// Lists the keys of the records that fail a check.
    fn list(&self, name: &str, validation: &Validation) -> Result<(), Failure> {
        let check = validation.checks.iter().find(|it| it.check.name.as_str() == name);
        let Some(check) = check else {
            let names = validation.checks.iter().map(|it| it.check.name.as_str());
            return Err(Failure::new(
                format!("no check is called `{name}`"),
                format!("the checks are {}", names.collect::<Vec<&str>>().join(", ")),
            ));
        };
        for failing in &check.failing {
            if self.json {
                let names =
                    failing.attributes.iter().map(|id| &validation.attributes.get(*id).name);
                say!(
                    "{}",
                    serde_json::json!({
                        "source": failing.record.source.as_str(),
                        "id": &*failing.record.id,
                        "attributes": names.collect::<Vec<_>>(),
                    })
                );
            } else {
                say!("{}", failing.record);
            }
        }
        Ok(())
    }
}

fn write_failing(path: &Path, validation: &Validation) -> Result<(), karat_hub::share::Error> {
    let destination = Destination::new(path, None)?;
    let columns = ["check", "severity", "source", "id", "attributes"];
    let mut table =
        TableWriter::create(&destination, &columns.map(|name| (name, FieldKind::Text)))?;
    for it in &validation.checks {
        for failing in &it.failing {
            let names = failing.attributes.iter().map(|id| &*validation.attributes.get(*id).name);
            let names = names.collect::<Vec<&str>>().join(" ");
            table.write_row(&[
                Field::Text(it.check.name.as_str()),
                Field::Text(it.check.severity.name()),
                Field::Text(failing.record.source.as_str()),
                Field::Text(&failing.record.id),
                Field::Text(&names),
            ])?;
        }
    }
    table.finish()?;
    Ok(())
}

fn lines(validation: &Validation, language: Language, terminal: Terminal) -> Vec<String> {
    let count = |number: u64| language.count(number);
    let judged: Vec<&Validated> = validation.checks.iter().filter(|it| is_told(it)).collect();
    let heads = [
        language.say("check", "controle"),
        language.say("pass", "goed"),
        language.say("fail", "fout"),
        language.say("n/a", "n.v.t."),
        language.say("share", "aandeel"),
    ];
    let cells = |it: &Validated| {
        let share = it.counts.share().map_or("–".to_owned(), |share| decimal(share, language));
        [
            it.check.name.to_string(),
            count(it.counts.pass),
            count(it.counts.fail),
            count(it.counts.not_applicable),
            share,
        ]
    };
    let rows: Vec<[String; 5]> = judged.iter().map(|it| cells(it)).collect();
    let width = |at: usize| {
        let widths = rows.iter().map(|row| row[at].chars().count());
        widths.chain([heads[at].chars().count()]).max().unwrap_or(0)
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |cells: [&str; 5]| {
        let mut text = format!("{:<width$}", cells[0], width = widths[0]);
        for at in 1..5 {
            text.push_str(&format!("  {:>width$}", cells[at], width = widths[at]));
        }
        text
    };
    let mut lines = vec![format!("   {}", terminal.dim(&line(heads)))];
    for (it, row) in judged.iter().zip(&rows) {
        let mark = match (it.counts.fail, it.check.severity) {
            _ if it.is_below() => terminal.red("✗"),
            (0, _) => terminal.bold("✓"),
            (_, Severity::Error) => terminal.red("✗"),
            _ => terminal.bold("!"),
        };
        let [name, rest @ ..] = row.each_ref().map(String::as_str);
        let table = line([name, rest[0], rest[1], rest[2], rest[3]]);
        lines.push(format!("{mark}  {table}{}", failing(it, language, terminal)));
    }
    lines.push(String::new());
    lines.extend(summary(validation, judged.len(), language));
    for FileProblem { problem, hint, .. } in &validation.problems {
        lines.push(problem.clone());
        lines.extend(hint.iter().map(|hint| format!("  {} {hint}", terminal.bold("hint:"))));
    }
    lines
}

/// A check is told when some record was judged by it, or it is below what is asked.
fn is_told(it: &Validated) -> bool {
    let counts = it.counts;
    counts.pass + counts.fail + counts.unverified + counts.error > 0
}

fn decimal(share: karat_model::check::Share, language: Language) -> String {
    let written = share.to_string();
    if language == Language::Dutch { written.replace('.', ",") } else { written }
}

/// The first records that fail, and what else there is to say of a check.
fn failing(it: &Validated, language: Language, terminal: Terminal) -> String {
    let mut notes: Vec<String> = Vec::new();
    if !it.failing.is_empty() {
        let keys = it.failing.iter().take(SHOWN).map(|failing| failing.record.to_string());
        let more = if it.failing.len() > SHOWN { ", …" } else { "" };
        notes.push(format!("{}{more}", keys.collect::<Vec<String>>().join(", ")));
    }
    if let Some(pass_min) = it.check.pass_min.filter(|_| it.is_below()) {
        let word = language.say("below", "onder");
        notes.push(format!("{word} {}", decimal(pass_min, language)));
    }
    for (number, english, dutch) in [
        (it.counts.unverified, "unverified", "ongetoetst"),
        (it.counts.error, "could not be judged", "kon niet worden beoordeeld"),
    ] {
        if number > 0 {
            notes.push(format!("{} {}", language.count(number), language.say(english, dutch)));
        }
    }
    if notes.is_empty() { String::new() } else { format!("  {}", terminal.dim(&notes.join("; "))) }
}

fn summary(validation: &Validation, judged: usize, language: Language) -> Vec<String> {
    let records = language.count(validation.records);
    let below = validation.checks.iter().filter(|it| it.is_below());
    let below: Vec<&str> = below.map(|it| it.check.name.as_str()).collect();
    let all = validation.checks.len();
    let (silent, left_out) = (all - judged, validation.left_out);
    let told = match language {
        Language::English => format!("{records} records, {judged} checks."),
        Language::Dutch => format!("{records} records, {judged} controles."),
    };
    let others = match language {
        Language::English => format!(
            "{silent} checks had nothing to judge here; {left_out} are made in a hub only: of customers, \
             deliveries and definitions."
        ),
        Language::Dutch => format!(
            "{silent} controles hadden hier niets te beoordelen; {left_out} gebeuren alleen in een hub: \
             van klanten, leveringen en definities."
        ),
    };
    let mut lines = vec![told, others];
    if !below.is_empty() {
        let told =
            language.say("Below the share that they ask for:", "Halen het gevraagde aandeel niet:");
        lines.push(format!("{told} {}.", below.join(", ")));
    }
    lines
}
