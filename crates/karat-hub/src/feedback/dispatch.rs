//! Sending: what was not sent goes to the owner of a source, and what went is journaled.
//!
//! ```text
//! open findings of the source ─► not sent ─► work list: a whole file, then the journal
//!                                        └─► webhook: a batch, the journal, the next batch
//! ```
//!
//! What is journaled was written or accepted. Should this be killed in between, the same findings
//! go again: a webhook then knows the batch by its key.

use std::path::{Path, PathBuf};

use karat_model::feedback::FeedbackRoute;
use karat_model::finding::{FindingNo, FindingState};
use karat_model::id::SourceName;
use karat_model::language::Language;
use karat_model::record::Moment;

use super::webhook::{Addressed, BATCH_MAX, Poster, deliver};
use super::work_item::WorkItem;
use super::work_list::WorkListFile;
use crate::error::Error;
use crate::flow::progress::{Progress, Stage};
use crate::live::Writer;
use crate::share::{Destination, moment};
use crate::stored::ServedHub;
use crate::view::{Change, ChangeRequest, HubReader};

/// How many findings are looked at at a time.
const AT_A_TIME: usize = 1_000;

/// How what is sent leaves.
pub struct Receiver<'r> {
    /// The file of a work list, or the folder in which it gets a name.
    pub out: &'r Path,
    /// The language of a work list.
    pub language: Language,
    /// Whether values are masked.
    pub is_masked: bool,
    /// Who sends, as the journal tells it.
    pub steward: &'r str,
    /// What posts.
    pub poster: Poster<'r>,
}

/// What was sent to the owner of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatched {
    /// The source.
    pub source: SourceName,
    /// How many findings.
    pub findings: u64,
    /// The work list; `None` of a webhook, and when there was nothing to send.
    pub file: Option<PathBuf>,
}

/// Sends the owner of a source what was not sent yet.
///
/// # Errors
///
/// When the source has no feedback, when a file cannot be written, or when a webhook is not accepted:
/// what was accepted before stays sent.
pub fn dispatch(
    hub: &ServedHub,
    writer: &mut Writer,
    source: &SourceName,
    receiver: &mut Receiver,
    progress: &dyn Progress,
) -> Result<Dispatched, Error> {
    let model = hub.model();
    let known = model.source(source).and_then(|known| known.feedback.as_ref());
    let feedback = known.ok_or_else(|| Error::NoFeedback { source_name: source.clone() })?;
    progress.begin(Stage::Export, 0);
    let sent = match &feedback.route {
        FeedbackRoute::WorkList => write_list(hub, writer, source, receiver, progress),
        FeedbackRoute::Webhook { url } => {
            let owner = feedback.owner.as_deref();
            let to = Addressed { hub: &model.name, source, owner, url };
            post_batches(hub, writer, &to, receiver, progress)
        }
    };
    progress.end();
    sent
}

fn write_list(
    hub: &ServedHub,
    writer: &mut Writer,
    source: &SourceName,
    receiver: &mut Receiver,
    progress: &dyn Progress,
) -> Result<Dispatched, Error> {
    let now = (receiver.poster.now)();
    let mut list: Option<(PathBuf, WorkListFile)> = None;
    let mut numbers: Vec<FindingNo> = Vec::new();
    each_page(hub, source, now, &mut |items| {
        for item in items {
            if list.is_none() {
                let path = path_of(receiver.out, source, now)?;
                let destination = Destination::new(&path, None)?;
                list = Some((path, WorkListFile::create(&destination, receiver.language)?));
            }
            let (_, file) = list.as_mut().expect("it was opened");
            numbers.push(item.no);
            file.write(&if receiver.is_masked { item.masked() } else { item })?;
        }
        progress.reached(numbers.len() as u64);
        if progress.is_stopped() { Err(Error::Stopped) } else { Ok(()) }
    })?;
    let Some((path, file)) = list else {
        return Ok(Dispatched { source: source.clone(), findings: 0, file: None });
    };
    let findings = file.finish()?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    for some in numbers.chunks(BATCH_MAX) {
        journal(writer, some, receiver.steward, &format!("work list {name}"))?;
    }
    Ok(Dispatched { source: source.clone(), findings, file: Some(path) })
}

fn post_batches(
    hub: &ServedHub,
    writer: &mut Writer,
    to: &Addressed,
    receiver: &mut Receiver,
    progress: &dyn Progress,
) -> Result<Dispatched, Error> {
    let now = (receiver.poster.now)();
    let mut accepted = 0;
    let mut waiting: Vec<WorkItem> = Vec::new();
    let mut post = |items: Vec<WorkItem>| -> Result<(), Error> {
        let numbers: Vec<FindingNo> = items.iter().map(|item| item.no).collect();
        let items: Vec<WorkItem> = match receiver.is_masked {
            true => items.into_iter().map(WorkItem::masked).collect(),
            false => items,
        };
        deliver(&mut receiver.poster, to, &items).map_err(|reason| Error::NotAccepted {
            source_name: to.source.clone(),
            accepted,
            reason,
        })?;
        journal(writer, &numbers, receiver.steward, "webhook")?;
        accepted += numbers.len() as u64;
        progress.reached(accepted);
        if progress.is_stopped() { Err(Error::Stopped) } else { Ok(()) }
    };
    each_page(hub, to.source, now, &mut |items| {
        waiting.extend(items);
        while waiting.len() >= BATCH_MAX {
            let rest = waiting.split_off(BATCH_MAX);
            post(std::mem::replace(&mut waiting, rest))?;
        }
        Ok(())
    })?;
    if !waiting.is_empty() {
        post(waiting)?;
    }
    Ok(Dispatched { source: to.source.clone(), findings: accepted, file: None })
}

/// Visits what was not sent, some at a time.
fn each_page(
    hub: &ServedHub,
    source: &SourceName,
    now: Moment,
    visit: &mut dyn FnMut(Vec<WorkItem>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut after = Some(FindingNo(0));
    while let Some(from) = after {
        let (items, next) = hub.unsent(source, from, AT_A_TIME, now)?;
        visit(items)?;
        after = next;
    }
    Ok(())
}

/// Journals that findings were sent; those that were closed meanwhile are left out.
fn journal(
    writer: &mut Writer,
    findings: &[FindingNo],
    steward: &str,
    reason: &str,
) -> Result<(), Error> {
    let change = Change::Step {
        findings: findings.to_vec(),
        state: FindingState::Sent,
        until: None,
        steward: steward.to_string(),
        reason: reason.to_string(),
        lenient: true,
    };
    let request = ChangeRequest::of(change);
    let changed = writer.change(&[request]).pop().expect("each request has an answer");
    changed.map(drop).map_err(|refused| Error::NotJournaled(Box::new(refused)))
}

/// The file of a work list: as it was named, or in the folder that was named, by source and day.
fn path_of(out: &Path, source: &SourceName, now: Moment) -> Result<PathBuf, Error> {
    if Destination::new(out, None).is_ok() {
        return Ok(out.to_path_buf());
    }
    let unwritable = |cause| Error::Unwritable { path: out.to_path_buf(), source: cause };
    std::fs::create_dir_all(out).map_err(unwritable)?;
    let written = moment::written(now).unwrap_or_default();
    let day = written.split('T').next().unwrap_or_default();
    let names = std::iter::once(format!("{source}-{day}.csv"))
        .chain((2..).map(|number| format!("{source}-{day}-{number}.csv")));
    let mut paths = names.map(|name| out.join(name));
    Ok(paths.find(|path| !path.exists()).expect("some number is free"))
}
