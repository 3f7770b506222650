//! The living hub: takes changes from many at a time, and answers when they are committed.
//!
//! Arrives: records that came, changed or went; decisions and confirmations that were made or
//! undone; a new day.
//! Leaves: what became of each, committed with everything that follows from it.
//! Promises: whoever got an answer never loses what it says; more than can be done is refused
//! instead of piling up; a failure leaves nothing half done.
//! Start reading in [`LiveHub`].
//!
//! ```text
//! many requests ─► queue ─► a group ─► one transaction ─► answers
//!                  (limited)  (one record once, or a decision)
//! ```
//!
//! Waiting for the disk takes longer than most changes, so that those which wait are committed
//! together; so are those that come while other servers have their turn, and meanwhile it is looked
//! up what they will find. Between groups a small hub that has doubled learns anew, and all is
//! judged anew when the day is another.

mod arriving;
mod deciding;
mod stepping;
mod assigning;
mod confirming;
mod telling;
mod writer;

#[cfg(test)]
mod tests;

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use karat_model::record::Moment;
use tracing::field::Empty;
use tracing::{Span, info_span, warn};

pub(crate) use arriving::as_payload;
use writer::Asked;
pub use writer::Writer;

use crate::alone::spawn_alone;
use crate::error::Error;
use crate::hub::Hub;
use crate::view::{Answer, ChangeRequest, Changed, HubWriter, Refused};

/// How many changes wait at most.
const WAITING_MAX: usize = 512;

/// How many changes are committed together at most.
const GROUP_MAX: usize = 64;

/// How often it is looked whether the day is another, when nothing else happens.
const LOOKS_EVERY: Duration = Duration::from_secs(60);

/// Tells the time.
pub type Clock = Box<dyn Fn() -> Moment + Send>;

/// A hub that takes changes, on a thread of its own.
pub struct LiveHub {
    queue: Mutex<Option<SyncSender<Waiting>>>,
    thread: Mutex<Option<JoinHandle<Result<(), Error>>>>,
}

/// A change that waits, and where its answer goes.
struct Waiting {
    request: ChangeRequest,
    answer: Answer,
    /// What is traced: the request, and within it how long this waits.
    asked_in: Span,
    queue: Span,
}

impl LiveHub {
    /// Opens a hub for changes; what was not published yet is published first.
    pub fn start(hub: &Hub, clock: Clock) -> Result<LiveHub, Error> {
        let mut writer = Writer::open(hub, clock)?;
        let (queue, waiting) = sync_channel(WAITING_MAX);
        let work = move || {
            run(&mut writer, &waiting);
            writer.close()
        };
        // A change is so little work that handing parts of it to other threads takes longer.
        let thread = spawn_alone("writer", work)?;
        Ok(LiveHub { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Takes no more changes, and returns when those that wait are done.
    pub fn stop(&self) -> Result<(), Error> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        match thread.map(JoinHandle::join) {
            Some(Ok(closed)) => closed,
            // A writer that panicked has told why; what it did was not committed.
            Some(Err(_)) | None => Ok(()),
        }
    }
}

impl Drop for LiveHub {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

impl HubWriter for LiveHub {
    fn ask(&self, request: ChangeRequest, answer: Answer) {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(queue) = queue else { return answer(Err(Refused::Stopped)) };
        let (asked_in, waits) = (Span::current(), info_span!("queue"));
        match queue.try_send(Waiting { request, answer, asked_in, queue: waits }) {
            Ok(()) => {}
            Err(TrySendError::Full(waiting)) => {
                (waiting.answer)(Err(Refused::Busy { retry_after_seconds: 1 }));
            }
            Err(TrySendError::Disconnected(waiting)) => (waiting.answer)(Err(Refused::Stopped)),
        }
    }

    fn ready(&self) -> Result<(), Refused> {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        let is_running = thread.as_ref().is_some_and(|thread| !thread.is_finished());
        if is_running { Ok(()) } else { Err(Refused::Stopped) }
    }
}

/// Takes groups of changes until nobody can send any more.
fn run(writer: &mut Writer, waiting: &Receiver<Waiting>) {
    let mut next: Option<Waiting> = None;
    loop {
        if let Err(error) = writer.judge_if_new_day() {
            // Whoever has the turn may be judging; it is looked again.
            warn!(%error, "a new day was not judged yet");
        }
        let first = match next.take().map_or_else(|| waiting.recv_timeout(LOOKS_EVERY), Ok) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let mut taken = Taken::default();
        let mut group = vec![taken.take(first)];
        let first = taken.spans[0].clone();
        // What is done for all of them is traced in the first.
        let changed = first.in_scope(|| {
            writer.change_with(&mut group, &mut |group| {
                if next.is_some() || group.len() == GROUP_MAX {
                    return None;
                }
                let more = waiting.try_recv().ok()?;
                if fits(group, &more.request) {
                    return Some(taken.take(more));
                }
                next = Some(more);
                None
            })
        });
        taken.answer(changed);
        // A small hub that cannot learn anew now goes on as it is.
        let _ = writer.learn_if_grown();
    }
}

/// Where the answers to a group of changes go, and what is traced of each.
#[derive(Default)]
struct Taken {
    answers: Vec<Answer>,
    spans: Vec<Span>,
}

impl Taken {
    /// Takes a change that waited.
    fn take(&mut self, waiting: Waiting) -> Asked {
        let Waiting { request, answer, asked_in, queue } = waiting;
        drop(queue);
        self.answers.push(answer);
        self.spans.push(info_span!(parent: &asked_in, "transaction", changes = Empty));
        request.into()
    }

    fn answer(self, changed: Vec<Result<Changed, Refused>>) {
        for span in &self.spans {
            span.record("changes", self.spans.len());
        }
        drop(self.spans);
        self.answers.into_iter().zip(changed).for_each(|(answer, changed)| answer(changed));
    }
}

/// Whether a change can be made together with others: a record and a key of repetition come once,
/// and a decision, or what is only tried out, alone.
fn fits(group: &[Asked], request: &ChangeRequest) -> bool {
    let name =
        |request: &ChangeRequest| request.repetition.as_ref().map(|known| known.name.clone());
    // What is typed in is looked at among all that came before.
    let is_alone = |request: &ChangeRequest| request.entry.is_some() || request.is_trial;
    if is_alone(request) || group.iter().any(|asked| is_alone(&asked.request)) {
        return false;
    }
    let (Some(key), own_name) = (request.change.record(), name(request)) else { return false };
    group.iter().map(|asked| &asked.request).all(|other| {
        let is_other_record = other.change.record().is_some_and(|known| known != key);
        is_other_record && (own_name.is_none() || name(other) != own_name)
    })
}
