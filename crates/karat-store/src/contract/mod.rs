//! What every store promises, whatever database is behind it.
//!
//! Empty stores arrive.
//! Nothing leaves but passed tests.
//! The promises are made of the traits alone, so that each database runs all of them.
//! Start reading at `journal.rs`; `keeps_the_contract!` makes the tests of a database.

pub mod assignments;
pub mod change;
pub mod confirmations;
pub mod faults;
pub mod findings;
pub mod history;
pub mod journal;
pub mod match_index;
pub mod publication;
pub mod search;
pub mod verdicts;

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Moment, Payload};

use crate::{
    Arrival, Change, Delivery, Entity, EntityChange, GoldenRow, LoadNo, Reader, Result, RowNo,
    Store,
};

/// Makes a test of every promise; `with_store` calls a test with an empty store.
macro_rules! keeps_the_contract {
    ($with_store:path) => {
        keeps_the_contract! { $with_store:
            journal::only_changes_are_written
            journal::a_deleted_record_can_return
            journal::a_key_can_come_twice_in_one_call
            journal::sources_do_not_share_ids
            journal::columns_may_come_in_any_order_and_grow
            journal::any_text_is_kept_as_it_is
            journal::an_append_happens_whole_or_not_at_all
            journal::a_full_delivery_deletes_what_it_lacks
            journal::unreadable_rows_are_kept_by_load
            journal::loads_are_remembered
            journal::records_are_visited_in_order
            journal::versions_that_came_later_are_visited
            journal::newcomers_are_visited
            publication::entities_are_created_updated_and_left_alone
            publication::records_move_between_entities
            publication::every_id_resolves_for_ever
            publication::only_entities_can_be_retired
            publication::entities_may_come_in_any_order
            publication::a_failed_publication_changes_nothing
            publication::events_follow_each_other_without_gaps
            publication::holds_stay_until_they_are_replaced
            publication::potential_matches_are_replaced_and_listed_by_weight
            publication::the_model_stays_until_another_is_put
            publication::statistics_are_kept_by_name
            publication::counts_leave_out_what_is_gone
            change::a_change_happens_whole_or_not_at_all
            change::a_change_sees_what_it_wrote
            change::changes_between_loads_share_a_stretch
            change::what_was_journaled_is_behind_until_it_is_published
            change::potential_matches_of_records_are_replaced
            change::holds_are_replaced
            change::records_are_looked_up_by_number
            change::decisions_are_kept_and_undone
            change::answers_are_remembered_for_a_while
            change::access_is_kept
            change::changed_entities_are_found
            assignments::assignments_are_kept_while_their_pairs_are_there
            assignments::views_are_saved_by_account_and_name
            assignments::since_when_records_are_so_is_told
            match_index::records_are_found_by_their_keys
            match_index::edges_are_replaced_from_both_sides
            match_index::the_index_is_written_anew
            match_index::a_random_sequence_keeps_the_edges_there_are
            history::a_consumer_from_zero_comes_to_what_there_is
            history::anything_can_be_asked_as_of_any_event
            history::moments_lead_to_events
            history::ids_that_return_keep_their_history
            history::what_was_taken_in_can_be_read_again
            findings::what_fails_is_opened_once_and_closed_once
            findings::what_is_closed_says_why
            findings::findings_of_subjects_are_replaced
            findings::rules_keep_their_numbers
            findings::only_rules_that_are_asked_open_findings
            findings::findings_are_listed
            findings::a_random_sequence_keeps_the_findings_told_last
            findings::steps_are_kept_and_undone
            findings::findings_with_steps_are_listed
            findings::which_records_arrived_by_a_publication_is_told
            verdicts::verdicts_are_replaced
            verdicts::a_random_sequence_keeps_verdicts_and_tallies
            verdicts::who_has_which_value_is_told_both_ways
            verdicts::a_random_sequence_keeps_who_has_which_value
            verdicts::tallies_are_put_and_added
            verdicts::measures_keep_the_tallies_of_then
            verdicts::profiles_are_replaced
            confirmations::confirmations_are_kept_and_undone
            confirmations::what_was_confirmed_is_behind_until_it_is_published
            confirmations::entries_are_kept
            search::entities_are_found_in_spite_of_slips
            search::changed_entities_are_found_by_their_new_words_only
            search::a_common_word_finds_all_who_have_it
            search::texts_are_found_while_they_wait_and_in_the_index
        }
    };
    ($with_store:path: $($topic:ident::$promise:ident)+) => {
        $(
            #[test]
            fn $promise() {
                $with_store(&mut |store| crate::contract::$topic::$promise(store));
            }
        )+
    };
}
pub(crate) use keeps_the_contract;

/// When loads and publications are.
pub const AT: Moment = Moment(1_700_000_000);

/// A moment so many seconds later.
pub fn moment(seconds: i64) -> Moment {
    Moment(AT.0 + seconds)
}

pub fn load(store: &mut dyn Store) -> LoadNo {
    store.begin_load(AT).unwrap()
}

pub fn delivery(store: &mut dyn Store, source: &str, columns: &str) -> Delivery {
    let load = load(store);
    let columns: Vec<String> = columns.split_whitespace().map(String::from).collect();
    store.delivery(load, &SourceName::new(source), &columns).unwrap()
}

/// Delivers a table whose first column is the id; `-` is no value, a lone id is a deletion.
/// Gives what each row meant.
pub fn deliver(store: &mut dyn Store, source: &str, table: &str) -> String {
    let (columns, arrivals) = arrivals_of(table);
    let delivery = delivery(store, source, &columns.join(" "));
    let outcomes = store.append(&delivery, &arrivals).unwrap();
    let shown = arrivals.iter().zip(outcomes);
    shown.map(|(arrival, (_, outcome))| format!("{}:{outcome:?} ", arrival.id)).collect()
}

/// The columns and the rows of a table.
pub fn arrivals_of(table: &str) -> (Vec<String>, Vec<Arrival>) {
    let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let columns = lines.next().unwrap().strip_prefix("id").unwrap();
    (columns.split_whitespace().map(String::from).collect(), lines.map(arrival).collect())
}

fn arrival(line: &str) -> Arrival {
    let mut words = line.split_whitespace();
    let id = words.next().unwrap().into();
    let mut payload = Payload::new();
    let values: Vec<&str> = words.collect();
    for (column, value) in values.iter().enumerate().filter(|(_, value)| **value != "-") {
        payload.push(column as u16, value);
    }
    let change = if values.is_empty() { Change::Delete } else { Change::Upsert(payload) };
    Arrival { id, observed_at: Some(Moment(1_600_000_000)), change }
}

/// Delivers records `1` to `count` of `crm`, so that there are rows to publish about.
pub fn deliver_people(store: &mut dyn Store, count: u64) {
    let rows: String = (1..=count).map(|number| format!("{number} Jansen{number}\n")).collect();
    deliver(store, "crm", &format!("id name\n{rows}"));
}

/// The current records, one a line.
pub fn records(reader: &dyn Reader) -> String {
    let sources = reader.sources().unwrap();
    let mut lines = String::new();
    let visited = reader.current_records(&mut |batch| {
        for stored in batch {
            let source = sources.iter().find(|source| source.source == stored.source).unwrap();
            lines += &stored.record.key.to_string();
            for (column, value) in stored.record.payload.iter() {
                lines += &format!(" {}={value}", source.columns[column as usize]);
            }
            lines += "\n";
        }
        Ok(())
    });
    visited.unwrap();
    lines
}

pub fn key(text: &str) -> RecordKey {
    text.parse().unwrap()
}

/// The id of an entity that the tests call by a letter.
pub fn id(letter: char) -> EntityId {
    EntityId::founded_by(&key(&format!("crm/{letter}")))
}

/// An entity called by a letter; its city is all there is to its golden record.
pub fn entity(letter: char, city: &str, members: &[u64]) -> Entity {
    Entity {
        id: id(letter),
        entity_type: EntityType::Person,
        golden: GoldenRow::new(&[(AttributeId::CITY, city)], &AttributeSet::builtin()),
        title: letter.into(),
        members: members.iter().copied().map(RowNo).collect(),
        weakest_link: None,
        search_text: city.to_lowercase(),
    }
}

/// Publishes entities; says what each put meant.
pub fn publish(store: &mut dyn Store, entities: &[Entity]) -> Result<Vec<EntityChange>> {
    let load = load(store);
    let mut changes = Vec::new();
    store.publish(load, AT, &mut |publication| {
        for entity in entities {
            changes.push(publication.put_entity(entity, None)?);
        }
        Ok(())
    })?;
    Ok(changes)
}

/// The crosswalk as `1a 2a 3b`: record numbers and the letters of their entities.
pub fn crosswalk(reader: &dyn Reader) -> String {
    let mut shown = Vec::new();
    let visited = reader.crosswalk(&mut |row, entity| {
        let letter = ('a'..='z').find(|&letter| id(letter) == entity).unwrap();
        shown.push(format!("{}{letter}", row.0));
        Ok(())
    });
    visited.unwrap();
    shown.join(" ")
}

/// Seeded chance (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    /// A number below this one.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (x ^ x >> 31) % end
    }
}
