//! What the forms of the work queue change: who has an item, until when it waits, saved views.

use axum::Extension;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::Response;
use karat_hub::view::{Change, ChangeRequest, Refused, SavedView};
use karat_model::id::RecordKey;
use karat_model::record::Moment;

use crate::access::Caller;
use crate::console::decisions::{DecisionForm, Fields};
use crate::console::page::see_other;
use crate::console::{Console, Problem, Visit};
use crate::serving::Server;

use super::{Filter, stewards};

const SECONDS_IN_DAY: i64 = 24 * 60 * 60;

/// For how many days an item may be snoozed at a time.
const SNOOZE_DAYS_MAX: u16 = 366;

/// Gives an item to whom a form names, or to nobody.
pub(in crate::console) async fn assign(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    let form = DecisionForm::of(fields);
    let pair = pair_of(&form).ok_or_else(|| Problem::unfit_form(&visit))?;
    let name = |field| Some(form.one(field).to_string()).filter(|name| !name.is_empty());
    let [owner, former] = ["owner", "former"].map(name);
    if let Some(owner) = &owner
        && !stewards(&Console::of(&server), &visit).await?.contains(owner)
    {
        return Err(Problem::unfit_form(&visit));
    }
    let change = Change::Assign { pair, owner, former, steward: caller.name };
    arranged(&server, &visit, &form, change).await
}

/// Puts an item off for some days, or takes that back.
pub(in crate::console) async fn snooze(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    let form = DecisionForm::of(fields);
    let pair = pair_of(&form).ok_or_else(|| Problem::unfit_form(&visit))?;
    let days: u16 = form.one("days").parse().map_err(|_| Problem::unfit_form(&visit))?;
    let until = until(days.min(SNOOZE_DAYS_MAX), (server.host.now)());
    let change = Change::Snooze { pair, until, steward: caller.name };
    arranged(&server, &visit, &form, change).await
}

/// Saves what is looked at under a name, or forgets what was saved.
pub(in crate::console) async fn keep_view(
    State(server): State<Server>,
    Extension(caller): Extension<Caller>,
    visit: Visit,
    fields: Result<Form<Fields>, FormRejection>,
) -> Result<Response, Problem> {
    let form = DecisionForm::of(fields);
    let (account, name) = (caller.name, form.one("name").replace('\0', ""));
    let change = match form.one("do") {
        "forget" => Change::ForgetView { account, name },
        _ => {
            // What is kept is a filter as this page writes it, whatever was sent.
            let filter = Filter::of(&visit).parameters();
            Change::SaveView { account, view: SavedView { name, filter } }
        }
    };
    arranged(&server, &visit, &form, change).await
}

/// The records that a form knows an item by.
fn pair_of(form: &DecisionForm) -> Option<[RecordKey; 2]> {
    Some([form.one("left").parse().ok()?, form.one("right").parse().ok()?])
}

/// Until when an item is put off: the beginning of a day, so that it is there in the morning.
fn until(days: u16, now: Moment) -> Option<Moment> {
    let today = now.0.div_euclid(SECONDS_IN_DAY);
    (days > 0).then_some(Moment((today + i64::from(days)) * SECONDS_IN_DAY))
}

/// Makes a change, and leads back to the page of its form.
async fn arranged(
    server: &Server,
    visit: &Visit,
    form: &DecisionForm,
    change: Change,
) -> Result<Response, Problem> {
    match server.change(ChangeRequest::of(change)).await {
        Ok(_) => Ok(see_other(&form.back())),
        Err(Refused::NotWaiting | Refused::AssignedMeanwhile) => {
            Err(Problem::taken_meanwhile(visit))
        }
        Err(Refused::UnfitView | Refused::UntilNotAhead) => Err(Problem::unfit_form(visit)),
        Err(refused) => Err(Problem::not_changed(visit, &refused)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_snoozed_comes_back_at_the_beginning_of_a_day() {
        let noon = Moment(100 * SECONDS_IN_DAY + SECONDS_IN_DAY / 2);
        assert_eq!(until(0, noon), None);
        assert_eq!(until(1, noon), Some(Moment(101 * SECONDS_IN_DAY)));
        assert_eq!(until(7, Moment(100 * SECONDS_IN_DAY)), Some(Moment(107 * SECONDS_IN_DAY)));
    }
}
