//! How stewards divide the work queue among them: assignments, and saved views.

use karat_model::id::{EntityId, RecordKey};
use karat_model::record::Moment;
use karat_store::{AssignmentRow, Reader, RowNo, Transaction};

use super::writer::Written;
use crate::error::Error;
use crate::view::{Refused, SavedView};

/// How many views somebody saves at most.
const VIEWS_MAX: usize = 50;

/// How long the name of a view is at most, in characters.
const NAME_CHARACTERS_MAX: usize = 60;

/// Gives an item to an account, or to nobody, unless another than before has it by now.
pub(super) fn assign(
    transaction: &mut dyn Transaction,
    pair: &[RecordKey; 2],
    [owner, former]: [Option<&str>; 2],
    steward: &str,
    now: Moment,
) -> Result<Result<Written, Refused>, Error> {
    let Some(known) = assignment_of(transaction.reader(), pair)? else {
        return Ok(Err(Refused::NotWaiting));
    };
    if known.owner != former.unwrap_or_default() {
        return Ok(Err(Refused::AssignedMeanwhile));
    }
    let owner = owner.unwrap_or_default().to_string();
    let assigned_by = steward.to_string();
    transaction.put_assignment(&AssignmentRow { owner, assigned_by, at: now, ..known })?;
    Ok(Ok(Written::Arranged))
}

/// Puts an item off; whoever has it keeps it.
pub(super) fn snooze(
    transaction: &mut dyn Transaction,
    pair: &[RecordKey; 2],
    until: Option<Moment>,
    steward: &str,
    now: Moment,
) -> Result<Result<Written, Refused>, Error> {
    if until.is_some_and(|until| until <= now) {
        return Ok(Err(Refused::UntilNotAhead));
    }
    let Some(known) = assignment_of(transaction.reader(), pair)? else {
        return Ok(Err(Refused::NotWaiting));
    };
    let assigned_by = steward.to_string();
    let snoozed = AssignmentRow { snoozed_until: until, assigned_by, at: now, ..known };
    transaction.put_assignment(&snoozed)?;
    Ok(Ok(Written::Arranged))
}

/// Saves a view under its name.
pub(super) fn save_view(
    transaction: &mut dyn Transaction,
    account: &str,
    view: &SavedView,
) -> Result<Result<Written, Refused>, Error> {
    let SavedView { name, filter } = view;
    let known = transaction.reader().saved_views(account)?;
    let is_full = known.len() >= VIEWS_MAX && known.iter().all(|it| it.name != *name);
    let is_name = !name.trim().is_empty() && name.chars().count() <= NAME_CHARACTERS_MAX;
    if is_full || !is_name {
        return Ok(Err(Refused::UnfitView));
    }
    let [account, name, filter] = [account, name, filter].map(String::from);
    transaction.put_saved_view(&karat_store::SavedView { account, name, filter })?;
    Ok(Ok(Written::Arranged))
}

/// Forgets a saved view.
pub(super) fn forget_view(
    transaction: &mut dyn Transaction,
    account: &str,
    name: &str,
) -> Result<Result<Written, Refused>, Error> {
    transaction.remove_saved_view(account, name)?;
    Ok(Ok(Written::Arranged))
}

/// What is said of the potential match of two records; `None` when they are none.
fn assignment_of(
    reader: &dyn Reader,
    pair: &[RecordKey; 2],
) -> Result<Option<AssignmentRow>, Error> {
    let rows: Vec<RowNo> = reader.rows_of(pair)?.into_iter().map(|(_, row)| row).collect();
    let entities: Vec<EntityId> =
        reader.entities_of_rows(&rows)?.into_iter().map(|(_, entity)| entity).collect();
    let found = reader.potential_matches_of(&entities)?.into_iter();
    let Some(found) =
        found.map(|it| it.pair).find(|it| rows.contains(&it.left) && rows.contains(&it.right))
    else {
        return Ok(None);
    };
    let (left, right) = (found.left, found.right);
    let known = reader.assignments()?.into_iter().find(|it| (it.left, it.right) == (left, right));
    let none = AssignmentRow {
        left,
        right,
        owner: String::new(),
        snoozed_until: None,
        assigned_by: String::new(),
        at: Moment(0),
    };
    Ok(Some(known.unwrap_or(none)))
}
