//! `karat feedback`: tells the owners of sources what is to be mended, and keeps what they answer.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use karat_hub::error::Error;
use karat_hub::feedback::webhook::{NotAccepted, Post, PostAnswer, Poster};
use karat_hub::feedback::{Dispatched, FeedbackState, Receiver, SourceFeedback, dispatch};
use karat_hub::live::Writer;
use karat_hub::share::moment;
use karat_hub::stored::ServedHub;
use karat_hub::view::{Change, ChangeRequest, FindingView, FollowUpQuery, HubReader, Refused};
use karat_model::feedback::FeedbackRoute;
use karat_model::finding::{FindingNo, FindingState, Subject};
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::language::Language;
use karat_model::record::Moment;
use karat_server::api::{feedback_json, finding_json};
use serde_json::json;

use super::{language, now, open_hub, whoever};
use crate::failure::Failure;
use crate::http;
use crate::password::private_file;
use crate::progress::Bars;
use crate::terminal::{Terminal, counted, say};

/// How many findings are told on a terminal.
const TOLD_MAX: usize = 100;
/// How many are read at a time.
const READ_AT_A_TIME: usize = 1_000;
/// How long an application may take to answer.
const TIME_MAX: Duration = Duration::from_secs(30);

/// Tell the owners of sources what is to be mended there, and keep what they answer
///
/// What `feedback` in the file of a source says decides who hears what, by a work list or a webhook.
/// A finding is sent once, and verified by the next delivery of its record that passes; nobody can
/// say that it is. docs/feedback.md tells all of it.
#[derive(Args, Debug)]
pub struct FeedbackCommand {
    #[command(subcommand)]
    work: Work,
    /// The folder of the hub
    #[arg(long, default_value = "hub", global = true)]
    hub: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Work {
    /// Send what was not sent yet: write work lists, and post to webhooks
    Send(Send),
    /// List findings of records with how far they are, towards their sources
    List(List),
    /// Tell how much of what was sent came back right, how soon, and for good
    Figures(Figures),
    /// Say that whoever answers for the source has seen findings
    Acknowledge(Answer),
    /// Say that findings were mended in the source; the next delivery verifies it
    Fixed(Answer),
    /// Say that nothing is wrong
    Reject(Answer),
    /// Accept findings as they are, until a day
    Accept(Accept),
    /// Undo the last step of findings
    Undo(Answer),
}

#[derive(Args, Debug)]
struct Send {
    /// To this source alone
    #[arg(long)]
    source: Option<String>,
    /// The file of a work list (.csv, .jsonl or .parquet), or a folder for several
    #[arg(long, default_value = "work-lists")]
    out: PathBuf,
    /// The file with the secret that webhooks are signed with, which only you may read; or else
    /// the variable KARAT_WEBHOOK_SECRET
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// Mask values
    #[arg(long)]
    mask: bool,
    /// Who sends, as the journal tells it; your name on this machine if left out
    #[arg(long)]
    by: Option<String>,
    /// The language of work lists: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct List {
    /// Those of records of this source
    #[arg(long)]
    source: Option<String>,
    /// Those that are so far: open, sent, acknowledged, fixed_in_source, verified, rejected,
    /// accepted_as_is or closed; those that wait for a source if left out
    #[arg(long, value_parser = state)]
    state: Option<FeedbackState>,
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON lines, as `GET /v1/findings` tells them
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct Figures {
    /// The language: en or nl
    #[arg(long, default_value = "en", value_parser = language)]
    lang: Language,
    /// Print JSON, as `GET /v1/feedback` answers
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct Answer {
    /// The numbers of the findings
    #[arg(required = true, value_name = "NO")]
    findings: Vec<u64>,
    /// Why
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
    /// Who says so; your name on this machine if left out
    #[arg(long)]
    by: Option<String>,
}

#[derive(Args, Debug)]
struct Accept {
    #[command(flatten)]
    answer: Answer,
    /// Until which day, such as 2027-01-31
    #[arg(long, value_parser = day)]
    until: Moment,
}

impl FeedbackCommand {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = self.hub;
        match self.work {
            Work::Send(send) => send.run(&hub),
            Work::List(list) => list.run(&hub),
            Work::Figures(figures) => figures.run(&hub),
            Work::Acknowledge(answer) => answer.step(&hub, FindingState::Acknowledged, None),
            Work::Fixed(answer) => answer.step(&hub, FindingState::FixedInSource, None),
            Work::Reject(answer) => answer.step(&hub, FindingState::Rejected, None),
            Work::Accept(Accept { answer, until }) => {
                answer.step(&hub, FindingState::AcceptedAsIs, Some(until))
            }
            Work::Undo(answer) => answer.undo(&hub),
        }
    }
}

impl Send {
    fn run(self, dir: &Path) -> Result<ExitCode, Failure> {
        let hub = open_hub(dir)?;
        let served = hub.served()?;
        let model = served.model();
        let sources = self.sources(&model)?;
        let secret = self.secret()?;
        let is_webhook = |name: &&SourceName| {
            let feedback = model.source(name).and_then(|source| source.feedback.as_ref());
            feedback.is_some_and(|it| matches!(it.route, FeedbackRoute::Webhook { .. }))
        };
        if secret.is_none() && sources.iter().any(|name| is_webhook(&name)) {
            eprintln!("note: what is posted is not signed; set KARAT_WEBHOOK_SECRET to sign it");
        }
        let progress = Bars::start();
        let mut writer = Writer::open(&hub, Box::new(now))?;
        let agent = http::agent(TIME_MAX);
        let steward = self.by.clone().unwrap_or_else(whoever);
        let mut post = |request: &Post| post(&agent, request);
        let mut receiver = Receiver {
            out: &self.out,
            language: self.lang,
            is_masked: self.mask,
            steward: &steward,
            poster: Poster {
                post: &mut post,
                wait: &mut |time| std::thread::sleep(time),
                now: &now,
                secret: secret.as_deref(),
            },
        };
        let mut sent: Vec<Dispatched> = Vec::new();
        let mut failed: Option<Error> = None;
        for source in &sources {
            match dispatch(&served, &mut writer, source, &mut receiver, &progress) {
                Ok(dispatched) => sent.push(dispatched),
                Err(Error::Stopped) => return Err(Error::Stopped.into()),
                // The others hear nevertheless.
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        writer.close()?;
        self.tell(&sent);
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(ExitCode::SUCCESS),
        }
    }

    /// The source that was named, or all that hear.
    fn sources(&self, model: &HubModel) -> Result<Vec<SourceName>, Failure> {
        if let Some(name) = &self.source {
            return Ok(vec![SourceName::new(name)]);
        }
        let hearing = model.sources.iter().filter(|source| source.feedback.is_some());
        let names: Vec<SourceName> = hearing.map(|source| source.name.clone()).collect();
        let is_file = karat_hub::share::Destination::new(&self.out, None).is_ok();
        if names.is_empty() {
            return Err(Failure::new(
                "no source hears what is wrong with its records",
                "Add `feedback: { owner: … }` to sources/NAME.yaml, then `karat publish`.",
            ));
        }
        if names.len() > 1 && is_file {
            return Err(Failure::new(
                format!("{} sources cannot have one work list", names.len()),
                "Name one with `--source`, or a folder with `--out`.",
            ));
        }
        Ok(names)
    }

    /// What webhooks are signed with.
    fn secret(&self) -> Result<Option<Vec<u8>>, Failure> {
        if let Some(file) = &self.secret_file {
            let text = private_file(file).map_err(|error| {
                let hint = "Name a file with the secret that only you may read.";
                Failure::new(format!("{}: {error}", file.display()), hint)
            })?;
            return Ok(Some(text.trim_end_matches(['\r', '\n']).as_bytes().to_vec()));
        }
        let told = std::env::var("KARAT_WEBHOOK_SECRET").ok();
        Ok(told.filter(|secret| !secret.is_empty()).map(String::into_bytes))
    }

    fn tell(&self, sent: &[Dispatched]) {
        if self.json {
            let rows = sent.iter().map(|of| {
                let file = of.file.as_ref().map(|path| path.display().to_string());
                json!({ "source": of.source.as_str(), "findings": of.findings, "file": file })
            });
            say!("{}", json!({ "sent": rows.collect::<Vec<_>>() }));
            return;
        }
        for Dispatched { source, findings, file } in sent {
            let findings_told = counted(*findings, "finding", "findings");
            match file {
                _ if *findings == 0 => say!("{source}: nothing new"),
                Some(path) => say!("{source}: {findings_told}, {}", path.display()),
                None => say!("{source}: {findings_told} posted"),
            }
        }
    }
}

/// Posts a request, and gives the answer.
fn post(agent: &ureq::Agent, request: &Post) -> Result<PostAnswer, NotAccepted> {
    let mut built = ureq::http::Request::post(&request.url)
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", &request.idempotency_key);
    if let Some(signature) = &request.signature {
        built = built.header("Karat-Signature", signature);
    }
    let built = built
        .body(request.body.clone())
        .map_err(|error| NotAccepted::Unreachable(error.to_string()))?;
    let response = agent.run(built).map_err(|error| match error {
        // A handshake that fails over a certificate.
        ureq::Error::Io(reason) if reason.kind() == ErrorKind::InvalidData => {
            NotAccepted::Untrusted(reason.to_string())
        }
        error => NotAccepted::Unreachable(error.to_string()),
    })?;
    let retry_after = response.headers().get("retry-after");
    let retry_after_seconds = retry_after.and_then(|it| it.to_str().ok()?.trim().parse().ok());
    Ok(PostAnswer { status: response.status().as_u16(), retry_after_seconds })
}

impl List {
    fn run(self, dir: &Path) -> Result<ExitCode, Failure> {
        let hub = open_hub(dir)?.served()?;
        let source = self.source.as_deref().map(SourceName::new);
        // What waits for a source is what most want to see.
        let waiting =
            [FeedbackState::Sent, FeedbackState::Acknowledged, FeedbackState::FixedInSource];
        let states = self.state.map_or_else(|| waiting.to_vec(), |state| vec![state]);
        let terminal = Terminal::stdout();
        let mut left = if self.json { usize::MAX } else { TOLD_MAX };
        let mut has_more = false;
        for state in states {
            let query = FollowUpQuery { source: source.clone(), state: Some(state) };
            has_more |= each(&hub, &query, &mut left, &mut |view| {
                match self.json {
                    true => say!("{}", finding_json(view)),
                    false => say!("{}", terminal.fitted(&line(view, self.lang, terminal))),
                }
                Ok(())
            })?;
        }
        if has_more {
            say!(
                "\n{}",
                self.lang.say(
                    "There are more: --json has all.",
                    "Er zijn er meer: --json heeft ze alle."
                )
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Visits findings, as long as there may be more of them; gives whether there are.
fn each(
    hub: &ServedHub,
    query: &FollowUpQuery,
    left: &mut usize,
    visit: &mut dyn FnMut(&FindingView) -> Result<(), Failure>,
) -> Result<bool, Failure> {
    let mut after = FindingNo(0);
    loop {
        let page = hub.follow_ups(query, after, READ_AT_A_TIME.min(*left))?;
        page.findings.iter().try_for_each(&mut *visit)?;
        *left -= page.findings.len();
        match page.next {
            None => return Ok(false),
            Some(_) if *left == 0 => return Ok(true),
            Some(next) => after = next,
        }
    }
}

fn line(view: &FindingView, language: Language, terminal: Terminal) -> String {
    let finding = &view.finding;
    let about = match (&finding.record, &finding.subject) {
        (Some(record), _) => record.to_string(),
        (None, Subject::Source(source)) => source.to_string(),
        (None, _) => String::new(),
    };
    let last = view.steps.iter().rfind(|step| step.undone.is_none());
    let since = last.map_or(finding.opened_at, |step| step.at);
    let since = moment::written(since).unwrap_or_default();
    let since = since.split('T').next().unwrap_or_default().to_string();
    let until = last.and_then(|step| step.until).and_then(moment::written);
    let until = until.map(|until| {
        let day = until.split('T').next().unwrap_or_default().to_string();
        format!(" {} {day}", language.say("until", "tot"))
    });
    let state = format!("{since} {}{}", view.state.label(language), until.unwrap_or_default());
    let message = language.say(&view.message[0], &view.message[1]);
    let rule = terminal.bold(finding.rule.as_str());
    format!("{:>6}  {about}  {rule}  {message}  {}", finding.no.0, terminal.dim(&state))
}

impl Figures {
    fn run(self, dir: &Path) -> Result<ExitCode, Failure> {
        let figures = open_hub(dir)?.served()?.feedback()?;
        if self.json {
            say!("{:#}", feedback_json(&figures));
            return Ok(ExitCode::SUCCESS);
        }
        let say_in = |english, dutch| self.lang.say(english, dutch);
        if figures.is_empty() {
            say!("{}", say_in("No source hears anything.", "Geen enkele bron hoort iets."));
            return Ok(ExitCode::SUCCESS);
        }
        for of in &figures {
            self.tell(of);
        }
        Ok(ExitCode::SUCCESS)
    }

    fn tell(&self, of: &SourceFeedback) {
        let say_in = |english, dutch| self.lang.say(english, dutch);
        let terminal = Terminal::stdout();
        let owner = of.owner.as_deref().unwrap_or(say_in("unowned", "geen eigenaar"));
        say!("{}  {}", terminal.bold(&of.source), terminal.dim(owner));
        let count = |label: &str, of: u64| say!("  {label:<26} {:>8}", self.lang.count(of));
        count(say_in("sent", "verstuurd"), of.sent);
        count(say_in("waiting for the source", "wacht op de bron"), of.waiting);
        count(say_in("acknowledged", "in behandeling"), of.acknowledged);
        count(say_in("fixed in the source", "hersteld in de bron"), of.fixed_in_source);
        count(say_in("verified", "geverifieerd"), of.verified);
        count(say_in("rejected", "afgewezen"), of.rejected);
        count(say_in("accepted as it is", "geaccepteerd"), of.accepted_as_is);
        let unknown = say_in("unknown", "onbekend");
        let text = |label: &str, told: Option<String>| {
            say!("  {label:<26} {:>8}", told.as_deref().unwrap_or(unknown));
        };
        let point = |text: String| text.replace('.', say_in(".", ","));
        let share = |share: Option<f64>| share.map(|it| point(format!("{:.1} %", 100.0 * it)));
        text(say_in("yield", "opbrengst"), share(of.feedback_yield()));
        let days = of.days_to_verified.map(|days| point(format!("{days:.1}")));
        text(say_in("median days to verified", "mediaan dagen tot herstel"), days);
        text(say_in("again within 90 days", "terug binnen 90 dagen"), share(of.recurrence_rate()));
    }
}

impl Answer {
    fn step(
        self,
        dir: &Path,
        state: FindingState,
        until: Option<Moment>,
    ) -> Result<ExitCode, Failure> {
        let findings = self.findings.iter().copied().map(FindingNo).collect();
        let steward = self.by.unwrap_or_else(whoever);
        let reason = self.reason;
        let change = Change::Step { findings, state, until, steward, reason, lenient: false };
        let mut writer = Writer::open(&open_hub(dir)?, Box::new(now))?;
        change_one(&mut writer, change)?;
        writer.close()?;
        let told = FeedbackState::from(state).label(Language::English);
        say!("{}: {told}", counted(self.findings.len() as u64, "finding", "findings"));
        Ok(ExitCode::SUCCESS)
    }

    fn undo(self, dir: &Path) -> Result<ExitCode, Failure> {
        let hub = open_hub(dir)?;
        let served = hub.served()?;
        let mut writer = Writer::open(&hub, Box::new(now))?;
        let steward = self.by.unwrap_or_else(whoever);
        for finding in self.findings.into_iter().map(FindingNo) {
            let known = served.finding(finding)?.ok_or(Refused::UnknownFinding(finding));
            let view = known.map_err(failure)?.view;
            let Some(last) = view.steps.iter().rfind(|step| step.undone.is_none()) else {
                return Err(Failure::new(
                    format!("nothing was done about finding {}", finding.0),
                    "`karat feedback list` tells about which something was.",
                ));
            };
            let (steward, reason) = (steward.clone(), self.reason.clone());
            change_one(&mut writer, Change::UndoStep { finding, step: last.no, steward, reason })?;
            let state = served.finding(finding)?.map_or(FeedbackState::Open, |it| it.view.state);
            say!("finding {}: {}", finding.0, state.label(Language::English));
        }
        writer.close()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn change_one(writer: &mut Writer, change: Change) -> Result<(), Failure> {
    let request = ChangeRequest::of(change);
    let changed = writer.change(&[request]).pop().expect("each request has an answer");
    changed.map(drop).map_err(failure)
}

/// Why a step was not taken, and what to do.
fn failure(refused: Refused) -> Failure {
    let hint = match &refused {
        Refused::UnknownFinding(_) => {
            "`karat feedback list` and `karat findings` tell the numbers."
        }
        Refused::ReasonMissing => "Say why with `--reason`.",
        Refused::UntilNotAhead => "Name a day that is yet to come with `--until`.",
        Refused::UnfitStep { state: FeedbackState::Open, .. } => {
            "It was not sent yet: `karat feedback send`."
        }
        Refused::UnfitStep { state: FeedbackState::Closed, .. } => {
            "What is closed stays so; what fails again is another finding."
        }
        Refused::UnfitStep { .. } => "`karat feedback undo NO` undoes its last step.",
        _ => "Try again when no other karat writes to the hub.",
    };
    Failure::new(refused.to_string(), hint)
}

/// Reads a day, as the moment at which it begins.
fn day(text: &str) -> Result<Moment, String> {
    let read = moment::read(&format!("{text}T00:00:00Z"));
    read.ok_or_else(|| "write a day such as 2027-01-31".to_string())
}

/// Reads the name of a state.
fn state(name: &str) -> Result<FeedbackState, String> {
    let names = FeedbackState::ALL.map(FeedbackState::name).join(", ");
    FeedbackState::from_name(name).ok_or_else(|| format!("the states are {names}"))
}
