//! A file of the hub model: as it stands in the folder, to be read and edited.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use karat_hub::hub_model::{Draft, NotSaved, Problem as Mistake, Problems, Severity, digest_of};

use super::page::{Page, Section, render, see_other};
use super::rules::{field, not_saved};
use super::{Console, Problem, Visit};
use crate::access::Permission;
use crate::quality::encoded;

#[derive(Template)]
#[template(path = "console/rules_file/template.html")]
struct FilePage {
    page: Page,
    file: OpenFile,
    /// Why the text was not saved.
    mistakes: Vec<Mistake>,
    is_saved: bool,
}

/// A file as it was opened, or as somebody typed it in.
struct OpenFile {
    name: String,
    text: String,
    /// Of the folder at the time.
    digest: String,
}

impl OpenFile {
    fn read(draft: &Draft, name: &str) -> Option<OpenFile> {
        let folder = draft.text();
        let text = folder.file(name.as_ref())?.to_string();
        // Only names as they are listed: no other way to write a path.
        let name = folder.names().find(|known| *known == name)?.to_string();
        Some(OpenFile { name, text, digest: digest_of(&folder) })
    }
}

/// Shows a file.
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
) -> Result<Response, Problem> {
    let name = visit.parameter("name").unwrap_or_default().to_string();
    let file = console.edit(&visit, move |draft| OpenFile::read(draft, &name)).await?;
    let file = file.ok_or_else(|| Problem::no_such_page(&visit))?;
    let page = Page::new(&visit, Section::Rules);
    let is_saved = visit.parameter("saved").is_some();
    Ok(render(FilePage { page, file, mistakes: Vec::new(), is_saved }))
}

/// Saves a file, unless the hub model could not be read with it.
pub(super) async fn save(
    State(console): State<Console>,
    visit: Visit,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(fields) = fields.map_err(|_| Problem::unfit_form(&visit))?;
    let name = field(&fields, "name");
    // Browsers end lines as forms do, whatever the file does.
    let text = field(&fields, "text").replace("\r\n", "\n");
    let file = OpenFile { name, text, digest: field(&fields, "digest") };
    let files = [(file.name.clone(), file.text.clone())];
    let digest = file.digest.clone();
    match console.edit(&visit, move |draft| draft.save(&files, &digest)).await? {
        Ok(()) => Ok(see_other(&format!("/rules/file?name={}&saved=yes", encoded(&file.name)))),
        Err(NotSaved::Problems(Problems(mistakes))) => {
            let page = Page::new(&visit, Section::Rules);
            let mut response = render(FilePage { page, file, mistakes, is_saved: false });
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(why) => Err(not_saved(&visit, why)),
    }
}

impl FilePage {
    fn may_publish(&self) -> bool {
        self.page.may(Permission::Publish)
    }

    fn rows(&self) -> usize {
        self.file.text.lines().count().clamp(12, 40)
    }

    fn is_error(&self, mistake: &Mistake) -> bool {
        mistake.severity == Severity::Error
    }

    fn place(&self, mistake: &Mistake) -> String {
        let numbers = [mistake.line, mistake.column].into_iter().flatten();
        let place = numbers.map(|number| format!(":{number}")).collect::<String>();
        format!("{}{place}", mistake.file.display())
    }
}
