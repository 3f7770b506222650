//! The first step: the name of the source, and a file of it.

use askama::Template;
use axum::Extension;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use karat_hub::hub_model::{Draft, NotSaved};
use karat_hub::onboard::{
    NotReceived, NotTried, Proposal, Receiving, UPLOAD_BYTES_MAX, Upload, UploadId, Uploads,
};
use karat_model::id::SourceName;
use tokio::task::spawn_blocking;

use super::super::page::{Page, Section, render};
use super::super::{Console, Problem, Visit};
use super::stepwise::stepwise;
use super::{not_tried, to};
use crate::access::Caller;
use crate::locale::Locale;
use crate::serving::Server;

/// How many bytes are written at a time.
const PART_BYTES: usize = 1024 * 1024;

/// How long the name of a source may be.
const NAME_CHARACTERS_MAX: usize = 60;

/// Names that addresses of the console have already.
const NAMES_TAKEN: [&str; 2] = ["new", "load"];

#[derive(Template)]
#[template(path = "console/onboarding/upload.html")]
struct UploadPage {
    page: Page,
    /// The name that was typed in.
    name: String,
    /// What was uploaded before, and is no source yet.
    uploads: Vec<Upload>,
    refused: Option<Refused>,
}

/// Why a file was not taken.
#[derive(Debug)]
enum Refused {
    NoName,
    Taken(SourceName),
    NoFile,
    TooLarge,
    /// It did not come to its end.
    BrokenOff,
    /// It cannot be read as a table.
    NoTable {
        problem: String,
        hint: Option<String>,
    },
}

/// Why there is no upload.
enum NotTaken {
    /// Whoever sent it can mend it; this is the name that was typed in.
    Refused(String, Refused),
    Problem(Problem),
}

impl From<Problem> for NotTaken {
    fn from(problem: Problem) -> NotTaken {
        NotTaken::Problem(problem)
    }
}

/// Shows the form, and what was uploaded before.
pub(super) async fn ask(State(server): State<Server>, visit: Visit) -> Result<Response, Problem> {
    shown(&Console::of(&server), &visit, String::new(), None).await
}

async fn shown(
    console: &Console,
    visit: &Visit,
    name: String,
    refused: Option<Refused>,
) -> Result<Response, Problem> {
    let uploads = console.edit(visit, |draft| Uploads::of(draft.dir()).all()).await?;
    let status = refused.as_ref().map_or(StatusCode::OK, Refused::status);
    let page = Page::new(visit, Section::Sources);
    let mut response = render(UploadPage { page, name, uploads, refused });
    *response.status_mut() = status;
    Ok(response)
}

/// Takes a file, and leads to what its columns mean.
pub(super) async fn take(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    request: Request,
) -> Result<Response, Problem> {
    let form = Multipart::from_request(request.map(stepwise), &()).await;
    let mut form = form.map_err(|_| Problem::unfit_form(&visit))?;
    let console = Console::of(&server);
    let taking = Taking { server: &server, console: &console, visit: &visit, by: &caller.name };
    match taking.form(&mut form).await {
        Ok(upload) => Ok(to(&format!("/sources/new/{}", upload.id))),
        Err(NotTaken::Problem(problem)) => Err(problem),
        Err(NotTaken::Refused(name, refused)) => {
            read_to_end(&mut form).await;
            shown(&console, &visit, name, Some(refused)).await
        }
    }
}

/// Reads what is left of a form: a browser listens to an answer when it has sent all.
async fn read_to_end(form: &mut Multipart) {
    while let Ok(Some(mut field)) = form.next_field().await {
        while let Ok(Some(_)) = field.chunk().await {}
    }
}

/// What it takes to take a file.
struct Taking<'a> {
    server: &'a Server,
    console: &'a Console,
    visit: &'a Visit,
    by: &'a str,
}

impl Taking<'_> {
    /// Takes the fields in their order: the name comes before the file.
    async fn form(&self, form: &mut Multipart) -> Result<Upload, NotTaken> {
        let mut typed = String::new();
        loop {
            let Ok(next) = form.next_field().await else {
                return Err(NotTaken::Refused(typed, Refused::BrokenOff));
            };
            let Some(field) = next else {
                return Err(NotTaken::Refused(typed, Refused::NoFile));
            };
            match field.name() {
                Some("name") => typed = short_text(field).await,
                Some("file") => return self.file(typed, field).await,
                _ => {}
            }
        }
    }

    async fn file(&self, typed: String, field: Field<'_>) -> Result<Upload, NotTaken> {
        let sent_as = field.file_name().unwrap_or_default().to_string();
        let name = SourceName::new(&typed);
        if let Some(refused) = self.refused_before(&name, &sent_as).await? {
            return Err(NotTaken::Refused(typed, refused));
        }
        let receiving = self.begin(name, sent_as.clone()).await?;
        let received = match receive(receiving, field).await {
            Ok(received) => received,
            Err(refused) => return Err(NotTaken::Refused(typed, refused)),
        };
        let upload = self.finish(received).await?;
        match self.looked_at(&upload, &sent_as).await? {
            Some(refused) => Err(NotTaken::Refused(typed, refused)),
            None => Ok(upload),
        }
    }

    /// What is wrong before any of the file was read.
    async fn refused_before(
        &self,
        name: &SourceName,
        sent_as: &str,
    ) -> Result<Option<Refused>, Problem> {
        let text = name.as_str();
        let says_nothing = !text.contains(char::is_alphanumeric);
        if says_nothing || text.chars().count() > NAME_CHARACTERS_MAX {
            return Ok(Some(Refused::NoName));
        }
        let asked = name.clone();
        let known = self.console.ask(self.visit, move |hub| hub.source(&asked)).await?;
        let described = self.console.edit(self.visit, Draft::sources).await?;
        if known.is_some() || described.contains(name) || NAMES_TAKEN.contains(&text) {
            return Ok(Some(Refused::Taken(name.clone())));
        }
        Ok(sent_as.is_empty().then_some(Refused::NoFile))
    }

    async fn begin(&self, name: SourceName, sent_as: String) -> Result<Receiving, Problem> {
        let id = UploadId::by_chance(&*self.server.host.chance);
        let (now, by) = (self.console.now(), self.by.to_string());
        let begin = move |draft: &Draft| {
            let uploads = Uploads::of(draft.dir());
            uploads.remove_old(now);
            uploads.begin(id, &name, &sent_as, &by, now)
        };
        let begun = self.console.edit(self.visit, begin).await?;
        begun.map_err(|why| not_received(self.visit, &why))
    }

    async fn finish(&self, received: Receiving) -> Result<Upload, Problem> {
        let finished = self.console.edit(self.visit, move |_| received.finish()).await?;
        finished.map_err(|why| not_received(self.visit, &why))
    }

    /// Looks at the first rows; what is no table is removed again.
    async fn looked_at(&self, upload: &Upload, sent_as: &str) -> Result<Option<Refused>, Problem> {
        let (upload, sent_as) = (upload.clone(), sent_as.to_string());
        let look = move |draft: &Draft| -> Result<Option<Refused>, NotTried> {
            let model = draft.read(&draft.text()).map_err(NotSaved::Problems)?;
            let found = Proposal::of(&upload.path(), &model)?.found;
            if !found.columns.is_empty() {
                return Ok(None);
            }
            // What stays is removed when it is old.
            let _ = Uploads::of(draft.dir()).remove(&upload.id);
            let problem = found.summary.problem.unwrap_or_default();
            let problem = problem.replace(&*upload.path().to_string_lossy(), &sent_as);
            Ok(Some(Refused::NoTable { problem, hint: found.summary.hint }))
        };
        let looked = self.console.edit(self.visit, look).await?;
        looked.map_err(|why| not_tried(self.visit, why))
    }
}

/// The page of a file that could not be written.
fn not_received(visit: &Visit, why: &NotReceived) -> Problem {
    Problem::not_tried(visit, why)
}

/// What is typed into a field, as far as it is wanted.
async fn short_text(mut field: Field<'_>) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = field.chunk().await {
        let room = (4 * NAME_CHARACTERS_MAX + 1).saturating_sub(bytes.len());
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    String::from_utf8_lossy(&bytes).trim().to_string()
}

/// Writes a file as it comes, part by part.
async fn receive(mut receiving: Receiving, mut field: Field<'_>) -> Result<Receiving, Refused> {
    let mut part = Vec::with_capacity(PART_BYTES);
    loop {
        let chunk = field.chunk().await.map_err(|_| Refused::BrokenOff)?;
        part.extend_from_slice(chunk.as_deref().unwrap_or_default());
        if chunk.is_none() || part.len() >= PART_BYTES {
            let bytes = std::mem::take(&mut part);
            receiving = written(receiving, bytes).await?;
        }
        if chunk.is_none() {
            return Ok(receiving);
        }
    }
}

async fn written(mut receiving: Receiving, bytes: Vec<u8>) -> Result<Receiving, Refused> {
    let write = move || receiving.take(&bytes).map(|()| receiving);
    match spawn_blocking(write).await {
        Ok(Ok(receiving)) => Ok(receiving),
        Ok(Err(NotReceived::TooLarge)) => Err(Refused::TooLarge),
        Ok(Err(NotReceived::Io(_))) | Err(_) => Err(Refused::BrokenOff),
    }
}

impl Refused {
    fn status(&self) -> StatusCode {
        match self {
            Refused::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// What is wrong, and what to do.
    fn told(&self, text: Locale) -> String {
        match self {
            Refused::NoName => text
                .say(
                    "Give the source a name of at most 60 characters with a letter or digit in it, such as webshop.",
                    "Geef de bron een naam van hoogstens 60 tekens met een letter of cijfer erin, zoals webshop.",
                )
                .into(),
            Refused::Taken(name) => format!(
                "{name}: {}",
                text.say(
                    "there is a source of this name already, or it cannot be one. Choose another; a new delivery of a source that is there goes where its files are.",
                    "er is al een bron met deze naam, of het kan er geen zijn. Kies een andere; een nieuwe levering van een bron die er al is gaat naar de plaats van zijn bestanden.",
                )
            ),
            Refused::NoFile => {
                text.say("Choose a file.", "Kies een bestand.").into()
            }
            Refused::TooLarge => format!(
                "{} {}. {}",
                text.say("The file is larger than", "Het bestand is groter dan"),
                text.bytes(UPLOAD_BYTES_MAX),
                text.say(
                    "Compress it (.gz or .zst), or describe the source on the machine of the hub with karat init.",
                    "Comprimeer het (.gz of .zst), of beschrijf de bron op de machine van de hub met karat init.",
                )
            ),
            Refused::BrokenOff => text
                .say(
                    "The file did not come to its end, or could not be written; nothing of it was kept. Send it again.",
                    "Het bestand kwam niet tot het einde, of kon niet worden geschreven; er is niets van bewaard. Stuur het opnieuw.",
                )
                .into(),
            Refused::NoTable { .. } => text
                .say(
                    "No table could be read from the file; nothing of it was kept.",
                    "Uit het bestand kon geen tabel worden gelezen; er is niets van bewaard.",
                )
                .into(),
        }
    }

    /// What reading the file says, in English, and what to do about it.
    fn detail(&self) -> Option<(&str, &str)> {
        match self {
            Refused::NoTable { problem, hint } if !problem.is_empty() => {
                Some((problem, hint.as_deref().unwrap_or_default()))
            }
            _ => None,
        }
    }
}

impl UploadPage {
    fn told(&self, refused: &Refused) -> String {
        refused.told(self.page.text)
    }

    fn bytes_max(&self) -> String {
        self.page.text.bytes(UPLOAD_BYTES_MAX)
    }

    /// When an upload was sent, by whom, and how large it is.
    fn sent(&self, upload: &Upload) -> String {
        let text = self.page.text;
        let at = text.date_time(upload.sent_at());
        format!("{}, {at}, {}", text.bytes(upload.bytes()), upload.sent_by())
    }

    fn address(&self, upload: &Upload) -> String {
        match upload.mapping() {
            Some(_) => format!("/sources/new/{}/dry-run", upload.id),
            None => format!("/sources/new/{}", upload.id),
        }
    }
}
