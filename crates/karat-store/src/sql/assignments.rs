//! Assignments of items of the work queue, and saved views of it.

use karat_model::record::Moment;

use super::Value::{self, Integer, Text};
use super::{Query, Row, Write};
use crate::assignment::{AssignmentRow, SavedView};
use crate::error::Result;
use crate::number::RowNo;

/// Creates or replaces the assignment of a pair, and takes out those of pairs that are gone; one
/// that says nothing is taken out as well.
pub fn put(write: &impl Write, assignment: &AssignmentRow) -> Result<()> {
    sweep(write)?;
    let AssignmentRow { left, right, owner, snoozed_until, assigned_by, at } = assignment;
    let pair = [left, right].map(|row| Integer(row.0 as i64));
    if owner.is_empty() && snoozed_until.is_none() {
        let delete = "DELETE FROM assignment WHERE left_record_no = $1 AND right_record_no = $2";
        write.execute(delete, &pair)?;
        return Ok(());
    }
    let put = "
        INSERT INTO assignment
            (left_record_no, right_record_no, owner, snoozed_until, assigned_by, at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (left_record_no, right_record_no) DO UPDATE SET owner = excluded.owner,
            snoozed_until = excluded.snoozed_until, assigned_by = excluded.assigned_by,
            at = excluded.at";
    let [left, right] = pair;
    let snoozed_until = Value::of(snoozed_until.map(|until| until.0));
    let values = [left, right, Text(owner), snoozed_until, Text(assigned_by), Integer(at.0)];
    write.execute(put, &values)?;
    Ok(())
}

/// Takes out what is said of pairs that are no potential matches any more.
fn sweep(write: &impl Write) -> Result<()> {
    let delete = "
        DELETE FROM assignment WHERE NOT EXISTS (
            SELECT 1 FROM potential_match
            WHERE potential_match.left_record_no = assignment.left_record_no
              AND potential_match.right_record_no = assignment.right_record_no)";
    write.execute(delete, &[])?;
    Ok(())
}

/// The assignments of pairs that are potential matches, by pair.
pub fn all(query: &impl Query) -> Result<Vec<AssignmentRow>> {
    let select = "
        SELECT left_record_no, right_record_no, owner, snoozed_until, assigned_by, at
        FROM assignment JOIN potential_match USING (left_record_no, right_record_no)
        ORDER BY left_record_no, right_record_no";
    query.all(select, &[], |row| {
        Ok(AssignmentRow {
            left: RowNo(row.integer(0)? as u64),
            right: RowNo(row.integer(1)? as u64),
            owner: row.text(2)?.into_owned(),
            snoozed_until: row.integer_or_null(3)?.map(Moment),
            assigned_by: row.text(4)?.into_owned(),
            at: Moment(row.integer(5)?),
        })
    })
}

/// Creates or replaces a saved view, by its account and name.
pub fn put_view(write: &impl Write, view: &SavedView) -> Result<()> {
    let put = "
        INSERT INTO saved_view (account, name, filter) VALUES ($1, $2, $3)
        ON CONFLICT (account, name) DO UPDATE SET filter = excluded.filter";
    write.execute(put, &[Text(&view.account), Text(&view.name), Text(&view.filter)])?;
    Ok(())
}

/// Removes a saved view; `false` when there was none.
pub fn remove_view(write: &impl Write, account: &str, name: &str) -> Result<bool> {
    let delete = "DELETE FROM saved_view WHERE account = $1 AND name = $2";
    Ok(write.execute(delete, &[Text(account), Text(name)])? > 0)
}

/// The views that somebody saved, by name.
pub fn views_of(query: &impl Query, account: &str) -> Result<Vec<SavedView>> {
    let select = "SELECT account, name, filter FROM saved_view WHERE account = $1";
    let mut views = query.all(select, &[Text(account)], view_of)?;
    // Databases sort texts each in their own way.
    views.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Ok(views)
}

fn view_of(row: &dyn Row) -> Result<SavedView> {
    Ok(SavedView {
        account: row.text(0)?.into_owned(),
        name: row.text(1)?.into_owned(),
        filter: row.text(2)?.into_owned(),
    })
}
