//! What is promised of the journals of confirmations and of what was typed in.

use karat_model::confirmation::{Confirmation, ConfirmationKind, ConfirmationNo};
use karat_model::finding::{RuleName, ValueDigest};

use super::{AT, deliver_people, moment, publish};
use crate::{
    ConfirmationRow, EntryNo, EntryRow, JournaledConfirmation, JournaledEntry, RowNo, Store,
    Withdrawn,
};

fn confirmation(row: u64, attribute: &str, kind: ConfirmationKind) -> ConfirmationRow {
    let value = ValueDigest(u64::MAX);
    ConfirmationRow { record: RowNo(row), attribute: attribute.into(), value, kind }
}

pub fn confirmations_are_kept_and_undone(store: &mut dyn Store) {
    use ConfirmationKind::{Bounced, Customer};
    deliver_people(store, 3);
    let confirmed = store.change(moment(5), &mut |change| {
        let first = change.confirm(&confirmation(1, "email", Bounced), "eva", "full")?;
        assert_eq!(first, ConfirmationNo(1));
        change.confirm(&confirmation(2, "city", Customer), "jan", "")?;
        assert!(change.withdraw(first, "jan", "mistake")?);
        assert!(!change.withdraw(first, "jan", "again")?);
        // Undoing is no confirmation that could be undone.
        assert!(!change.withdraw(ConfirmationNo(3), "jan", "")?);
        assert!(!change.withdraw(ConfirmationNo(9), "jan", "")?);
        let again = change.confirm(&confirmation(1, "email", Customer), "eva", "")?;
        assert_eq!(again, ConfirmationNo(4));
        Ok(())
    });
    confirmed.unwrap();
    let expected = |no, row, attribute: &str, kind, by: [&str; 2]| JournaledConfirmation {
        record: RowNo(row),
        confirmation: Confirmation {
            no: ConfirmationNo(no),
            attribute: attribute.into(),
            value: ValueDigest(u64::MAX),
            kind,
            steward: by[0].into(),
            at: moment(5),
            reason: by[1].into(),
        },
        undone: None,
    };
    let undone = Withdrawn { steward: "jan".into(), at: moment(5), reason: "mistake".into() };
    let first = JournaledConfirmation {
        undone: Some(undone),
        ..expected(1, 1, "email", Bounced, ["eva", "full"])
    };
    let second = expected(2, 2, "city", Customer, ["jan", ""]);
    let third = expected(4, 1, "email", Customer, ["eva", ""]);
    let reader = store.reader();
    let of_first = reader.confirmations_of(&[RowNo(1), RowNo(3), RowNo(1)]).unwrap();
    assert_eq!(of_first, [first.clone(), third.clone()]);
    assert_eq!(reader.confirmations_of(&[]).unwrap(), []);
    assert_eq!(reader.confirmations().unwrap(), [first, second, third]);
    assert_eq!(reader.now().unwrap().last_confirmation, ConfirmationNo(4));
}

pub fn what_was_confirmed_is_behind_until_it_is_published(store: &mut dyn Store) {
    deliver_people(store, 1);
    publish(store, &[]).unwrap();
    let behind = |store: &dyn Store| store.reader().is_behind().unwrap();
    assert!(!behind(store));
    let confirmation = confirmation(1, "email", ConfirmationKind::Bounced);
    let confirm = store.change(AT, &mut |c| c.confirm(&confirmation, "eva", "").map(drop));
    confirm.unwrap();
    assert!(behind(store));
    publish(store, &[]).unwrap();
    assert!(!behind(store));
    let withdraw = store.change(AT, &mut |change| {
        change.publication()?.put_statistic("a", "1")?;
        change.withdraw(ConfirmationNo(1), "eva", "").map(drop)
    });
    withdraw.unwrap();
    assert!(behind(store), "it was undone after what was published");
    store.change(AT, &mut |c| c.publication()?.put_statistic("a", "1")).unwrap();
    assert!(!behind(store));
    // Nothing to undo leaves nothing behind.
    let nothing = store.change(AT, &mut |change| {
        change.publication()?.put_statistic("a", "2")?;
        assert!(!change.withdraw(ConfirmationNo(1), "eva", "")?);
        Ok(())
    });
    nothing.unwrap();
    assert!(!behind(store));
}

pub fn entries_are_kept(store: &mut dyn Store) {
    deliver_people(store, 2);
    let entry = |row, overridden: &[&str]| EntryRow {
        record: RowNo(row),
        kind: "lead".into(),
        policy: "soft".into(),
        overridden: overridden.iter().map(|name| RuleName::new(name)).collect(),
        reason_code: "urgent".into(),
        reason: "he waits".into(),
        entered_by: "shop".into(),
    };
    let entries = [entry(1, &[]), entry(2, &["reachable", "\"odd\""])];
    let noted = store.change(moment(3), &mut |change| {
        assert_eq!(change.note_entry(&entries[0])?, EntryNo(1));
        assert_eq!(change.note_entry(&entries[1])?, EntryNo(2));
        Ok(())
    });
    noted.unwrap();
    let journaled = |no: u64| JournaledEntry {
        no: EntryNo(no),
        at: moment(3),
        entry: entries[no as usize - 1].clone(),
    };
    let after = |no, limit| store.reader().entries(EntryNo(no), limit).unwrap();
    assert_eq!(after(0, 9), [journaled(1), journaled(2)]);
    assert_eq!(after(0, 1), [journaled(1)]);
    assert_eq!(after(1, 9), [journaled(2)]);
    assert_eq!(after(2, 9), []);
}
