//! Entry: a customer is typed in, with those who may be meant beside it, and created.
//! Start reading at [`enter`]; what a form says is in `form.rs`.
//!
//! ```text
//! what was typed ─► checked: what is wrong, who may be meant     (while typing, or asked for)
//!                     └─► created under the policy of the hub, perhaps with a reason
//! ```

mod form;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use karat_hub::entry::kinds_of;
use karat_hub::view::{
    Candidate, Change, ChangeRequest, Changed, Condition, Entry, EntryAction, EntryAnswer,
    EntryCheck, EntryFinding, Probe, RecordTag, Refused,
};
use karat_model::attribute::EntityType;
use karat_model::check::Day;
use karat_model::hub_model::{Delivery, Source};
use karat_model::id::RecordKey;

use super::page::{Page, Section, render, see_other};
use super::{Problem, Visit};
use crate::access::{Caller, Permission};
use crate::api::made_id;
use crate::quality::encoded;
use crate::reasons::{Reasons, reasons};
use crate::serving::Server;
use form::{EntryForm, Fields, Given};

/// How many customers are told that may be meant.
const CANDIDATES_MAX: usize = 5;

#[derive(Template)]
#[template(path = "console/entry/template.html")]
struct EntryPage {
    page: Page,
    form: EntryForm,
    /// What is said of what was typed; nothing before anything was.
    answer: Option<EntryAnswer>,
    /// Whether it was asked to be created, and was not.
    is_refused: bool,
}

/// Shows the empty form.
pub(super) async fn ask(visit: Visit) -> Result<Response, Problem> {
    let form = EntryForm::empty(&visit).ok_or_else(|| Problem::no_source(&visit))?;
    let page = Page::new(&visit, Section::Search);
    Ok(render(EntryPage { page, form, answer: None, is_refused: false }))
}

/// Shows what is said of what was typed; nothing is saved.
pub(super) async fn check(
    State(server): State<Server>,
    visit: Visit,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    let form = EntryForm::of(&visit, fields).ok_or_else(|| Problem::unfit_form(&visit))?;
    let answer = match form.is_blank() {
        true => None,
        false => Some(checked(&server, &visit, &form).await?),
    };
    let page = Page::new(&visit, Section::Search);
    Ok(render(EntryPage { page, form, answer, is_refused: false }))
}

/// Creates the customer, if the gate lets it in, and leads to it.
pub(super) async fn enter(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    let form = EntryForm::of(&visit, fields).ok_or_else(|| Problem::unfit_form(&visit))?;
    if form.is_blank() {
        let page = Page::new(&visit, Section::Search);
        return Ok(render(EntryPage { page, form, answer: None, is_refused: true }));
    }
    let answer = checked(&server, &visit, &form).await?;
    let key = RecordKey::new(form.source.clone(), &made_id(&server));
    let change = Change::Upsert {
        key: key.clone(),
        observed_at: Some((server.host.now)()),
        values: form.values(),
        condition: Condition::Absent,
    };
    let entry = Entry {
        check: form_check(&server, &form, answer.entity_type),
        overriding: form.overriding(),
        entered_by: caller.name,
    };
    let request = ChangeRequest { entry: Some(entry), ..ChangeRequest::of(change) };
    let outcome = match server.change(request).await {
        Ok(Changed::Now(outcome)) => outcome,
        Ok(Changed::Before(_)) => return Err(Problem::unfit_form(&visit)),
        Err(Refused::Entry(answer)) => return Ok(refused(&visit, form, *answer)),
        Err(Refused::UnknownReason) => return Ok(refused(&visit, form, answer)),
        Err(refused) => return Err(Problem::not_changed(&visit, &refused)),
    };
    let entity = outcome.entity.ok_or_else(|| Problem::unfit_form(&visit))?;
    let version = outcome.version.map_or_else(String::new, |tag| tag.to_string());
    let key = encoded(&key.to_string());
    let address = format!("/customers/{}?entered={key}&version={version}", entity.id);
    Ok(see_other(&address))
}

/// Takes back a record that was typed in, as long as nothing else became of it.
pub(super) async fn take_back(
    State(server): State<Server>,
    visit: Visit,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    let fields = fields.map_or_else(|_| Fields::default(), |Form(fields)| fields);
    let one = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, it)| it);
    let key = one("record").and_then(|key| key.parse::<RecordKey>().ok());
    let version = one("version").and_then(|tag| tag.parse::<RecordTag>().ok());
    let (key, version) = key.zip(version).ok_or_else(|| Problem::unfit_form(&visit))?;
    let change = Change::Delete { key, condition: Condition::Is(version) };
    match server.change(ChangeRequest::of(change)).await {
        Ok(_) => Ok(see_other("/customers/new")),
        Err(Refused::UnknownRecord(_) | Refused::ConditionFailed) => {
            Err(Problem::unfit_form(&visit))
        }
        Err(refused) => Err(Problem::not_changed(&visit, &refused)),
    }
}

/// What a form is looked at as, when it is of such a customer.
fn form_check(server: &Server, form: &EntryForm, entity_type: EntityType) -> EntryCheck {
    EntryCheck {
        probe: Probe { entity_type, ..form.probe() },
        kind: form.kind.clone(),
        limit: CANDIDATES_MAX,
        is_discreet: false,
        today: Day::of((server.host.now)()),
    }
}

async fn checked(server: &Server, visit: &Visit, form: &EntryForm) -> Result<EntryAnswer, Problem> {
    let check = form_check(server, form, form.entity_type);
    let answer = server.ask(move |hub| hub.check_entry(&check)).await;
    answer.map_err(|unavailable| Problem::unavailable(visit, &unavailable))
}

fn refused(visit: &Visit, form: EntryForm, answer: EntryAnswer) -> Response {
    let page = Page::new(visit, Section::Search);
    let answer = Some(answer);
    let mut response = render(EntryPage { page, form, answer, is_refused: true });
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

impl EntryPage {
    /// The entity types, each with the address of its form, and whether it is this one.
    fn types(&self) -> [(EntityType, String, bool); 2] {
        let address = |it| self.form.address(it, &self.form.source);
        EntityType::ALL.map(|it| (it, address(it), it == self.form.entity_type))
    }

    /// The sources a record can be of, each with the address of its form.
    fn sources(&self) -> Vec<(&Source, String, bool)> {
        let address = |name| self.form.address(self.form.entity_type, name);
        let sources = self.page.model().sources.iter();
        sources.map(|it| (it, address(&it.name), it.name == self.form.source)).collect()
    }

    /// Whether the source deletes what its next delivery does not have.
    fn is_swept(&self) -> bool {
        let source = self.page.model().sources.iter().find(|it| it.name == self.form.source);
        source.is_some_and(|source| source.delivery == Delivery::Full)
    }

    fn kinds(&self) -> Vec<&str> {
        let kinds = kinds_of(self.page.model(), self.form.entity_type);
        kinds.map(|kind| kind.name.as_str()).collect()
    }

    fn is_kind(&self, name: &str) -> bool {
        self.form.kind.as_deref() == Some(name)
    }

    fn fields(&self) -> Vec<Given<'_>> {
        self.form.fields(&self.page)
    }

    /// What a finding is about, as it is called on the form.
    fn about(&self, finding: &EntryFinding) -> String {
        let of_column = finding.column.as_deref();
        let field = self.fields().into_iter().find(|field| Some(field.column) == of_column);
        let of_attribute = || finding.attribute.map(|id| self.page.label(&id).to_string());
        field.map(|field| field.label).or_else(of_attribute).unwrap_or_default()
    }

    /// The value that would mend a finding, and what its button says to the form.
    fn repair(&self, finding: &EntryFinding) -> Option<(String, String)> {
        let repair = finding.repair.as_ref().filter(|repair| repair.action == "replace")?;
        let (column, value) = finding.column.as_ref().zip(repair.value.as_ref())?;
        Some((value.clone(), format!("{column}={value}")))
    }

    fn reasons(&self, candidate: &Candidate) -> Reasons {
        reasons(&candidate.pair, None, self.page.attributes(), self.page.text)
    }

    fn is_asked_why(&self, answer: &EntryAnswer) -> bool {
        answer.decision.action == EntryAction::Ask
    }

    fn is_shut_out(&self, answer: &EntryAnswer) -> bool {
        answer.decision.action == EntryAction::Refuse
    }

    fn codes(&self) -> &[String] {
        &self.page.model().entry.reason_codes
    }

    /// What a code of a reason says to people.
    fn code(&self, code: &str) -> String {
        let text = self.page.text;
        match code {
            "urgent" => text.say("It is urgent", "Het heeft haast").into(),
            "not_a_duplicate" => text.say("It is somebody else", "Het is iemand anders").into(),
            "rule_is_wrong" => {
                text.say("The rule is wrong here", "De regel klopt hier niet").into()
            }
            own => own.replace('_', " "),
        }
    }
}
