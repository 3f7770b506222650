//! `/v1/events`: the change feed, by pages or as it happens.

use std::time::Duration;

use axum::extract::State;
use axum::http::header::{ACCEPT, HeaderMap, HeaderName};
use axum::http::{StatusCode, Uri};
use karat_hub::view::EventNo;
use serde::Serialize;
use tokio::time::sleep;
use utoipa::ToSchema;

use super::body;
use super::parameters::{ENTRIES_USUAL, Parameters};
use super::problem::{Answer, Problem, ProblemKind};
use super::shape::EventBody;
use super::stream::{Sending, begin};
use crate::serving::Server;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const PAGE_MAX: u64 = 1000;
/// How many events with their versions are read at a time, and how often it is looked for new ones.
const PIECE: usize = 100;
const PAUSE: Duration = Duration::from_millis(250);
/// After so long without an event a comment shows that the stream lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// A page of the change feed.
#[derive(Serialize, ToSchema)]
pub struct EventsBody {
    /// The events, in order.
    events: Vec<EventBody>,
    /// The number to go on from, as `after`.
    next_after: u64,
    /// Whether there was more when this was read.
    has_more: bool,
}

/// The change feed: gap-free, in the order of commits.
#[utoipa::path(
    get, path = "/v1/events", tag = "events",
    description = "With `Accept: text/event-stream` events are sent as they happen (server-sent \
        events): `id` is the number of the event, `event` its kind, `data` the event. A consumer \
        that was cut off sends `Last-Event-ID`.",
    params(
        ("after" = Option<u64>, Query, description = "The number of the last event that is known; 0 \
            for the whole feed.", maximum = 9007199254740991_u64),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 1000,
            description = "How many at a time; 100 unless it is said."),
        ("versions" = Option<bool>, Query, description = "Whether each event carries the entity \
            before and after."),
        ("Last-Event-ID" = Option<u64>, Header, description = "Instead of `after`, in a stream.",
            maximum = 9007199254740991_u64),
    ),
    responses((status = 200, description = "A page of events, or a stream without end.", content(
        (EventsBody = "application/json"),
        (String = "text/event-stream"),
    ))),
)]
pub async fn list(State(server): State<Server>, uri: Uri, headers: HeaderMap) -> Answer {
    let parameters = Parameters::of(&uri, &["after", "limit", "versions"])?;
    let limit = parameters.limit(PAGE_MAX, ENTRIES_USUAL)?;
    let after = EventNo(parameters.number("after", 0..=EVENT_MAX)?.unwrap_or(0));
    let with_versions = parameters.flag("versions")?;
    let resumed = last_event_id(&headers)?;
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("text/event-stream") {
        let after = resumed.unwrap_or(after);
        let (sending, response) = begin(&server, "text/event-stream")?;
        tokio::spawn(follow(server, after, with_versions, sending));
        return Ok(response);
    }
    let read = server.ask(move |hub| {
        let last = hub.last_event()?;
        Ok((hub.events(after, limit, with_versions)?, last))
    });
    let (events, last) = read.await?;
    let reached = events.last().map_or(after, |event| event.number);
    let body = EventsBody {
        events: events.iter().map(EventBody::from).collect(),
        next_after: reached.0,
        has_more: reached < last,
    };
    Ok(body::json(StatusCode::OK, &body))
}

/// The largest number that JSON readers hold exactly.
pub const EVENT_MAX: u64 = (1 << 53) - 1;

fn last_event_id(headers: &HeaderMap) -> Result<Option<EventNo>, Box<Problem>> {
    let Some(id) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let number = id.to_str().ok().and_then(|id| id.parse().ok()).filter(|id| *id <= EVENT_MAX);
    let problem = || {
        Problem::with(ProblemKind::BadParameter, "`Last-Event-ID` must be the number of an event.")
    };
    number.map(|number| Some(EventNo(number))).ok_or_else(problem)
}

/// Sends events as they happen, until nobody reads them or the server stops.
async fn follow(server: Server, after: EventNo, with_versions: bool, sending: Sending) {
    tokio::select! {
        () = tell(&server, after, with_versions, &sending) => {}
        () = server.stopped() => {}
        () = sending.closed() => {}
    }
}

async fn tell(server: &Server, mut after: EventNo, with_versions: bool, sending: &Sending) {
    // Sends the headers off, before there is an event.
    if !sending.send(": karat\n\n").await {
        return;
    }
    let now = || (server.host.elapsed)();
    let mut silent_since = now();
    loop {
        // A hub that cannot be read is asked again: the reader would only do the same.
        let asked = server.ask(move |hub| hub.events(after, PIECE, with_versions)).await;
        let events = asked.unwrap_or_default();
        for event in &events {
            let data = serde_json::to_string(&EventBody::from(event)).expect("it becomes JSON");
            let number = event.number.0;
            let text = format!("id: {number}\nevent: {}\ndata: {data}\n\n", event.kind.name());
            if !sending.send(text).await {
                return;
            }
            after = event.number;
            silent_since = now();
        }
        if now().saturating_sub(silent_since) >= KEEP_ALIVE {
            if !sending.send(": keep-alive\n\n").await {
                return;
            }
            silent_since = now();
        }
        if events.len() < PIECE {
            sleep(PAUSE).await;
        }
    }
}
