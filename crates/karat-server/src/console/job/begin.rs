//! The forms that begin a job or stop it; each leads to the page of the job.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::Response;
use karat_hub::flow::load::LoadOptions;
use karat_hub::view::{Job, JobNo, JobRefused};

use super::super::page::see_other;
use super::super::rules::field;
use super::super::{Console, Problem, Visit};
use crate::access::{Caller, Permission};

type Fields = Result<Form<Vec<(String, String)>>, FormRejection>;

/// Begins to tell what publishing would change.
pub(in crate::console) async fn preview(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Fields,
) -> Result<Response, Problem> {
    let fields = read(&visit, fields)?;
    begin(&console, &visit, Job::Preview { retrain: is_said(&fields, "retrain") }, &caller)
}

/// Begins to publish what was previewed, for whoever is sure.
pub(in crate::console) async fn publish(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Fields,
) -> Result<Response, Problem> {
    let fields = sure(&visit, fields)?;
    let seen = Some(field(&fields, "seen"));
    let job = Job::Publish { retrain: is_said(&fields, "retrain"), seen };
    begin(&console, &visit, job, &caller)
}

/// Begins to load all sources; what vanished is deleted only if the form says so.
pub(in crate::console) async fn load(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Fields,
) -> Result<Response, Problem> {
    let fields = read(&visit, fields)?;
    let allow_deletes = is_said(&fields, "allow_deletes");
    begin(&console, &visit, Job::Load(LoadOptions { retrain: false, allow_deletes }), &caller)
}

/// Begins to go back to a release, for whoever is sure.
pub(in crate::console) async fn roll_back(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Fields,
) -> Result<Response, Problem> {
    let fields = sure(&visit, fields)?;
    let to = field(&fields, "to").parse().map_err(|_| Problem::unfit_form(&visit))?;
    let job = Job::RollBack { to, discard: is_said(&fields, "discard") };
    begin(&console, &visit, job, &caller)
}

/// Stops the job of the form; of those that publish, only for whoever may publish.
pub(in crate::console) async fn stop(
    State(console): State<Console>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Fields,
) -> Result<Response, Problem> {
    let fields = read(&visit, fields)?;
    let no = field(&fields, "job").parse().map_err(|_| Problem::unfit_form(&visit))?;
    let operator = console.operator.as_ref().ok_or_else(|| Problem::only_read(&visit))?;
    let job = operator.job().filter(|job| job.no == JobNo(no));
    let is_preview = job.is_some_and(|job| matches!(job.job, Job::Preview { .. }));
    if is_preview || caller.role.may(Permission::Publish) {
        operator.stop(JobNo(no));
    }
    Ok(to_job())
}

fn begin(console: &Console, visit: &Visit, job: Job, caller: &Caller) -> Result<Response, Problem> {
    let operator = console.operator.as_ref().ok_or_else(|| Problem::only_read(visit))?;
    match operator.begin(job, &caller.name) {
        Ok(_) => Ok(to_job()),
        Err(JobRefused::AnotherRuns(running)) => Err(Problem::another_job(visit, &running)),
        Err(refused) => Err(Problem::not_begun(visit, &refused)),
    }
}

fn to_job() -> Response {
    see_other("/job")
}

fn read(visit: &Visit, fields: Fields) -> Result<Vec<(String, String)>, Problem> {
    fields.map(|Form(fields)| fields).map_err(|_| Problem::unfit_form(visit))
}

fn sure(visit: &Visit, fields: Fields) -> Result<Vec<(String, String)>, Problem> {
    let fields = read(visit, fields)?;
    if is_said(&fields, "sure") { Ok(fields) } else { Err(Problem::unfit_form(visit)) }
}

fn is_said(fields: &[(String, String)], name: &str) -> bool {
    field(fields, name) == "yes"
}
