//! `karat findings`: lists what fails, where, and since when.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use karat_hub::share::filed_findings::FiledFindingsFile;
use karat_hub::share::{Destination, moment};
use karat_hub::view::{FindingQuery, FindingView, HubReader};
use karat_model::finding::{FindingCode, FindingNo, Subject};
use karat_model::id::SourceName;
use karat_model::language::Language;
use karat_server::api::finding_json;

use super::{language, open_hub};
use crate::failure::Failure;
use crate::terminal::{Terminal, counted, say};

/// List what fails, where, and since when
///
/// Findings are filed when a load or a change brings them, and closed when what fails does so no
/// more. Without `--out` the first hundred are told; the file has all of them, as CSV, JSON lines or
/// Parquet by its name. No value of a customer is told, only where it stands.
#[derive(Args, Debug)]
pub struct Findings {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// Those of this check, or of this code
    #[arg(long)]
    rule: Option<String>,
    /// Those that records of this source say
    #[arg(long)]
    source: Option<String>,
    /// Those about customers alone
    #[arg(long, conflicts_with = "records")]
    customers: bool,
    /// Those about records alone
    #[arg(long)]
    records: bool,
    /// Those that are open; as it is unless it is said otherwise
    #[arg(long, conflicts_with_all = ["closed", "all"])]
    open: bool,
    /// Those that are closed
    #[arg(long, conflicts_with = "all")]
    closed: bool,
    /// Both those that are open and those that are closed
    #[arg(long)]
    all: bool,
    /// The file to write: .csv, .jsonl or .parquet, also with .gz or .zst
    #[arg(long)]
    out: Option<PathBuf>,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON lines, as `GET /v1/findings` tells them
    #[arg(long, conflicts_with = "out")]
    json: bool,
}

/// How many are told on a terminal.
const TOLD_MAX: usize = 100;
/// How many are read at a time.
const READ_AT_A_TIME: usize = 1_000;

impl Findings {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?.served()?;
        let model = hub.model();
        if let Some(name) = &self.rule
            && !model.checks.iter().any(|check| check.name.as_str() == name)
            && !FindingCode::ALL.iter().any(|code| code.name() == name)
        {
            return Err(Failure::new(
                format!("the hub has no check `{name}`, and no finding is called so"),
                "`karat scorecard --by check` lists the checks.",
            ));
        }
        let query = FindingQuery {
            rule: self.rule.clone(),
            source: self.source.as_deref().map(SourceName::new),
            is_open: (!self.all).then_some(!self.closed),
            of_customers: (self.customers || self.records).then_some(self.customers),
            since: None,
        };
        if let Some(path) = &self.out {
            let destination = Destination::new(path, None)?;
            let mut file = FiledFindingsFile::create(&destination, self.lang)?;
            each(&hub, &query, usize::MAX, |view| Ok(file.write(view)?))?;
            let rows = file.finish()?;
            say!("{}: {}", path.display(), counted(rows, "finding", "findings"));
            return Ok(ExitCode::SUCCESS);
        }
        if self.json {
            each(&hub, &query, usize::MAX, |view| {
                say!("{}", finding_json(view));
                Ok(())
            })?;
            return Ok(ExitCode::SUCCESS);
        }
        let terminal = Terminal::stdout();
        let has_more = each(&hub, &query, TOLD_MAX, |view| {
            say!("{}", terminal.fitted(&line(view, self.lang, terminal)));
            Ok(())
        })?;
        if has_more {
            let rest = self.lang.say(
                "There are more: write all of them to a file with",
                "Er zijn er meer: schrijf ze allemaal naar een bestand met",
            );
            let first = self.lang.count(TOLD_MAX as u64);
            let told = self.lang.say("These are the first", "Dit zijn de eerste");
            say!("\n{told} {first}. {rest} --out findings.csv");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Visits findings, at most so many; gives whether there are more.
fn each(
    hub: &dyn HubReader,
    query: &FindingQuery,
    limit: usize,
    mut visit: impl FnMut(&FindingView) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let (mut after, mut left) = (FindingNo(0), limit);
    loop {
        let page = hub.findings(query, after, left.min(READ_AT_A_TIME))?;
        page.findings.iter().try_for_each(&mut visit)?;
        left -= page.findings.len();
        match page.next {
            None => return Ok(false),
            Some(_) if left == 0 => return Ok(true),
            Some(next) => after = next,
        }
    }
}

fn line(view: &FindingView, language: Language, terminal: Terminal) -> String {
    let finding = &view.finding;
    let about = match (&finding.subject, &finding.record) {
        (Subject::Customer(id), Some(record)) => format!("{id} ({record})"),
        (Subject::Customer(id), None) => id.to_string(),
        (Subject::Record(key), _) => key.to_string(),
        (Subject::Attribute(name), _) => name.clone(),
        (Subject::Source(name), _) => name.to_string(),
    };
    let since = moment::written(finding.opened_at).unwrap_or_default();
    let since = since.split('T').next().unwrap_or_default().to_string();
    let state = match finding.closed {
        None => since,
        Some(closed) => {
            let at = moment::written(closed.at).unwrap_or_default();
            let at = at.split('T').next().unwrap_or_default().to_string();
            format!("{since} – {at}, {}", closed.because.name())
        }
    };
    let message = language.say(&view.message[0], &view.message[1]);
    format!(
        "{}  {}  {message}  {}",
        about,
        terminal.bold(finding.rule.as_str()),
        terminal.dim(&state)
    )
}
