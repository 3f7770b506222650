//! `/v1/snapshot`: all entities at one moment, for a consumer that begins.

use axum::extract::State;
use axum::http::Uri;
use karat_hub::view::SnapshotPart;
use serde::Serialize;
use tokio::task::spawn_blocking;
use utoipa::ToSchema;

use super::parameters::Parameters;
use super::problem::Answer;
use super::shape::EntityBody;
use super::stream::{Sending, begin};
use crate::serving::Server;

/// How many bytes of lines are sent together.
const PART_BYTES: usize = 64 * 1024;

/// A line of a snapshot: the first says after which event it was taken, the last how many entities
/// there were; between them is a line for each.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotLine {
    /// The event to go on from, as `after` of `/v1/events`.
    After(u64),
    /// An entity.
    Entity(EntityBody),
    /// How many entities there were. A snapshot without this line is not whole.
    Entities(u64),
}

/// All entities as they were after one event, and that event.
#[utoipa::path(
    get, path = "/v1/snapshot", tag = "events",
    responses((status = 200, description = "JSON lines, each a `SnapshotLine`.",
        body = String, content_type = "application/x-ndjson")),
)]
pub async fn take(State(server): State<Server>, uri: Uri) -> Answer {
    Parameters::of(&uri, &[])?;
    let (sending, response) = begin(&server, "application/x-ndjson")?;
    spawn_blocking(move || send(&server, &sending));
    Ok(response)
}

fn send(server: &Server, sending: &Sending) {
    let (mut lines, mut entities) = (Vec::new(), 0);
    let visited = server.hub.snapshot(&mut |part| {
        match part {
            SnapshotPart::After(event) => add(&mut lines, &SnapshotLine::After(event.0)),
            SnapshotPart::Entity(entity) => {
                entities += 1;
                add(&mut lines, &SnapshotLine::Entity(EntityBody::from(entity.as_ref())));
            }
        }
        lines.len() < PART_BYTES || sending.blocking_send(std::mem::take(&mut lines))
    });
    match visited {
        Ok(()) => {
            add(&mut lines, &SnapshotLine::Entities(entities));
            sending.blocking_send(lines);
        }
        Err(_unavailable) => sending.blocking_break_off(),
    }
}

fn add(lines: &mut Vec<u8>, line: &SnapshotLine) {
    serde_json::to_writer(&mut *lines, line).expect("a line becomes JSON");
    lines.push(b'\n');
}
