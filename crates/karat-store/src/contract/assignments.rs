//! What is promised of assignments of the work queue, and of its saved views.

use karat_model::evidence::Weight;
use karat_model::record::Moment;

use super::{AT, deliver, deliver_people, entity, load, moment};
use crate::{AssignmentRow, PotentialMatchRow, RowNo, SavedView, Store, Transaction};

fn pairs(store: &mut dyn Store, pairs: &[(u64, u64)]) {
    let row = |&(left, right): &(u64, u64)| PotentialMatchRow {
        weight: Weight(7),
        left: RowNo(left),
        right: RowNo(right),
        held: None,
    };
    let rows: Vec<PotentialMatchRow> = pairs.iter().map(row).collect();
    let load = load(store);
    store.publish(load, AT, &mut |it| it.replace_potential_matches(&rows)).unwrap();
}

fn assignment(left: u64, owner: &str, snoozed_until: Option<i64>) -> AssignmentRow {
    AssignmentRow {
        left: RowNo(left),
        right: RowNo(9),
        owner: owner.into(),
        snoozed_until: snoozed_until.map(moment),
        assigned_by: "jan".into(),
        at: moment(left as i64),
    }
}

fn put(store: &mut dyn Store, assignments: &[AssignmentRow]) {
    let put = |change: &mut dyn Transaction| {
        assignments.iter().try_for_each(|assignment| change.put_assignment(assignment))
    };
    store.change(AT, &mut { put }).unwrap();
}

pub fn assignments_are_kept_while_their_pairs_are_there(store: &mut dyn Store) {
    deliver_people(store, 9);
    pairs(store, &[(1, 9), (2, 9), (3, 9)]);
    let all = |store: &dyn Store| store.reader().assignments().unwrap();
    assert_eq!(all(store), []);
    let [first, second] = [assignment(1, "eva", None), assignment(2, "", Some(5))];
    put(store, &[second.clone(), first.clone()]);
    assert_eq!(all(store), [first.clone(), second.clone()]);
    assert!(!store.reader().is_behind().unwrap(), "nothing follows from it");

    // Another takes the place of the first; one that says nothing is none.
    let changed = assignment(1, "jan", Some(8));
    put(store, &[changed.clone(), assignment(2, "", None), assignment(3, "", None)]);
    assert_eq!(all(store), std::slice::from_ref(&changed));

    // It counts for nothing while its pair is none, and is forgotten when another is put.
    pairs(store, &[(2, 9)]);
    assert_eq!(all(store), []);
    pairs(store, &[(1, 9), (2, 9)]);
    assert_eq!(all(store), [changed]);
    pairs(store, &[(2, 9)]);
    put(store, std::slice::from_ref(&second));
    pairs(store, &[(1, 9), (2, 9)]);
    assert_eq!(all(store), [second]);
}

pub fn views_are_saved_by_account_and_name(store: &mut dyn Store) {
    let view = |account: &str, name: &str, filter: &str| {
        let [account, name, filter] = [account, name, filter].map(String::from);
        SavedView { account, name, filter }
    };
    let put = |change: &mut dyn Transaction| {
        change.put_saved_view(&view("eva", "mine", "owner=mine"))?;
        change.put_saved_view(&view("eva", "Likely", "from=90"))?;
        change.put_saved_view(&view("jan", "mine", "owner=mine&type=person"))?;
        change.put_saved_view(&view("eva", "mine", "owner=mine&age=7"))?;
        assert!(!change.remove_saved_view("jan", "Likely")?);
        Ok(())
    };
    store.change(AT, &mut { put }).unwrap();
    let of = |store: &dyn Store, account| store.reader().saved_views(account).unwrap();
    let likely = view("eva", "Likely", "from=90");
    assert_eq!(of(store, "eva"), [likely.clone(), view("eva", "mine", "owner=mine&age=7")]);
    assert_eq!(of(store, "jan"), [view("jan", "mine", "owner=mine&type=person")]);
    assert_eq!(of(store, "nobody"), []);
    let remove = |change: &mut dyn Transaction| {
        assert!(change.remove_saved_view("eva", "mine")?);
        assert!(!change.remove_account("jan")?, "there is no such account");
        Ok(())
    };
    store.change(AT, &mut { remove }).unwrap();
    assert_eq!(of(store, "eva"), [likely]);
    assert_eq!(of(store, "jan"), [], "they go with the account");
}

pub fn since_when_records_are_so_is_told(store: &mut dyn Store) {
    let publish = |store: &mut dyn Store, at: i64| {
        let begun = load(store);
        let publish = store.publish(begun, moment(at), &mut |publication| {
            publication.put_entity(&entity('a', &format!("Ede{at}"), &[1]), None).map(drop)
        });
        publish.unwrap();
    };
    let since = |store: &dyn Store, rows: &[u64]| {
        let rows: Vec<RowNo> = rows.iter().copied().map(RowNo).collect();
        store.reader().taken_in_since(&rows).unwrap()
    };
    deliver(store, "crm", "id name\n 1 Jan\n 2 Bo");
    assert_eq!(since(store, &[1, 2]), [], "nothing was published yet");
    publish(store, 1);
    deliver(store, "crm", "id name\n 2 Bea\n 3 Kim");
    publish(store, 5);
    publish(store, 6);
    deliver(store, "crm", "id name\n 2 Bea\n 4 Lot");
    publish(store, 9);
    deliver(store, "crm", "id name\n 5 Mia");
    let at = |row: u64, seconds: i64| -> (RowNo, Moment) { (RowNo(row), moment(seconds)) };
    let expected = [at(1, 1), at(2, 5), at(3, 5), at(4, 9)];
    assert_eq!(since(store, &[4, 3, 2, 1, 5, 77, 1]), expected);
    assert_eq!(since(store, &[]), []);
}
