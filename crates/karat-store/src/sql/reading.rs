//! Reading what is stored.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

use karat_model::attribute::EntityType;
use karat_model::confirmation::ConfirmationNo;
use karat_model::decision::DecisionNo;
use karat_model::evidence::Weight;
use karat_model::finding::{FiledFinding, FindingNo};
use karat_model::id::{EntityId, ModelId, RecordKey, SourceName};
use karat_model::record::{Columns, Moment, Quarantined, SourceRecord};
use rustc_hash::FxHashMap;

use super::Value::{Integer, Text};
use super::integrity::broken_references;
use super::{
    Query, Row, SourceNames, access, answers, assignments, confirmations, decisions, entries,
    findings, history, look_up, match_index, profiles, rules, search, steps, taken_in, tallies,
    value_keys, verdicts,
};
use crate::access::{Account, ApiKey, SecretHash, Session};
use crate::arrival::{Load, Newcomer, Revision, StoredRecord, StoredSource};
use crate::assignment::{AssignmentRow, SavedView};
use crate::confirmation_row::{JournaledConfirmation, JournaledEntry};
use crate::delivery::{Delivery, column_names};
use crate::entity::{Resolution, StoredEntity, StoredModel};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::finding_row::{FindingFilter, FindingRow, Step, StoredRule};
use crate::golden_row;
use crate::number::{ArrivalNo, AttributeNo, EntryNo, EventNo, LoadNo, MeasureNo, RowNo, SourceNo};
use crate::payload;
use crate::potential_match::{HoldRow, PotentialMatchRow, StoredPotentialMatch};
use crate::search::SearchHit;
use crate::store::{
    Counts, Damage, EdgeRow, EntityVersion, JournaledDecision, MatchKey, Now, Reader, TakenIn,
    ValueKey,
};
use crate::subject::SubjectNo;
use crate::tally::{Measure, TallyRow};
use crate::verdict_set::VerdictSet;

/// How many current records are given at a time.
const RECORDS_PER_VISIT: usize = 8192;

macro_rules! select_records {
    ($rest:literal) => {
        concat!(
            "SELECT record.record_no, source_no, source_id, observed_at, payload, arrival.arrival_no
             FROM record JOIN arrival USING (arrival_no) ",
            $rest
        )
    };
}
pub(super) use select_records;

macro_rules! select_entities {
    ($rest:literal) => {
        concat!(
            "SELECT entity_id, entity_type, golden, title, records, weakest_link FROM entity ",
            $rest
        )
    };
}

macro_rules! select_potential_matches {
    ($rest:literal) => {
        concat!(
            "SELECT weight, left_record_no, right_record_no,
                 l.source_no, l.source_id, r.source_no, r.source_id,
                 lc.entity_id, rc.entity_id, held
             FROM potential_match
             JOIN record l ON l.record_no = left_record_no
             JOIN record r ON r.record_no = right_record_no
             LEFT JOIN crosswalk lc ON lc.record_no = left_record_no
             LEFT JOIN crosswalk rc ON rc.record_no = right_record_no ",
            $rest
        )
    };
}

impl<Q: Query + Send> Reader for Q {
    fn is_connected(&self) -> bool {
        self.is_alive()
    }

    fn at_one_moment(&self, read: &mut dyn FnMut(&dyn Reader) -> Result<()>) -> Result<()> {
        self.fixed(&mut || read(self))
    }

    fn sources(&self) -> Result<Vec<StoredSource>> {
        let select = "SELECT source_no, name, columns FROM source ORDER BY name";
        self.all(select, &[], |row| {
            let source = SourceNo(row.integer(0)? as u64);
            Ok(StoredSource {
                source,
                name: SourceName::new(&row.text(1)?),
                columns: column_names(source, &row.text(2)?)?.into(),
            })
        })
    }

    fn record_counts(&self) -> Result<Vec<(SourceNo, u64)>> {
        let select = "
            SELECT source_no,
                (SELECT count(*) FROM record WHERE record.source_no = source.source_no) -
                (SELECT count(*) FROM record
                 WHERE record.source_no = source.source_no AND digest IS NULL)
            FROM source";
        self.all(select, &[], |row| Ok((SourceNo(row.integer(0)? as u64), row.integer(1)? as u64)))
    }

    fn potential_match_count(&self) -> Result<u64> {
        Ok(self.number("SELECT count(*) FROM potential_match", &[])? as u64)
    }

    fn loads(&self) -> Result<Vec<Load>> {
        let select = "
            SELECT load_no, started_at, finished_at, report FROM load
            WHERE is_stretch = 0 ORDER BY load_no DESC";
        self.all(select, &[], |row| {
            Ok(Load {
                load: LoadNo(row.integer(0)? as u64),
                started_at: Moment(row.integer(1)?),
                finished_at: row.integer_or_null(2)?.map(Moment),
                report: row.text_or_null(3)?.map(Cow::into_owned),
            })
        })
    }

    fn quarantined(
        &self,
        load: LoadNo,
        visit: &mut dyn FnMut(SourceNo, Quarantined) -> Result<()>,
    ) -> Result<()> {
        let select = "
            SELECT source_no, file, line, reason, raw FROM quarantine
            WHERE load_no = $1 ORDER BY quarantine_no";
        self.many(select, &[load.0 as i64], &mut |row| {
            let quarantined = Quarantined {
                file: row.text(1)?.into_owned(),
                line: row.integer(2)? as u64,
                reason: row.text(3)?.into_owned(),
                raw: row.bytes(4)?.into(),
            };
            visit(SourceNo(row.integer(0)? as u64), quarantined)
        })
    }

    fn current_records(
        &self,
        visit: &mut dyn FnMut(Vec<StoredRecord>) -> Result<()>,
    ) -> Result<()> {
        let mut batch = Vec::with_capacity(RECORDS_PER_VISIT);
        let select = select_records!("WHERE digest IS NOT NULL ORDER BY record.record_no");
        self.fixed(&mut || {
            let names = source_names(self)?;
            self.many(select, &[], &mut |row| {
                batch.push(stored_record(row, &names)?);
                if batch.len() == RECORDS_PER_VISIT {
                    visit(std::mem::replace(&mut batch, Vec::with_capacity(RECORDS_PER_VISIT)))?;
                }
                Ok(())
            })
        })?;
        if batch.is_empty() { Ok(()) } else { visit(batch) }
    }

    fn record(&self, key: &RecordKey) -> Result<Option<StoredRecord>> {
        let select = select_records!(
            "WHERE source_no = (SELECT source_no FROM source WHERE name = $1)
             AND source_id = $2 AND digest IS NOT NULL"
        );
        let key = [Text(key.source.as_str()), Text(&key.id)];
        together(self, || {
            let names = source_names(self)?;
            self.first(select, &key, |row| stored_record(row, &names))
        })
    }

    fn count_absent(&self, delivery: &Delivery, seen: &dyn Fn(RowNo) -> bool) -> Result<u64> {
        Ok(absent(self, delivery.source(), seen)?.len() as u64)
    }

    fn now(&self) -> Result<Now> {
        let select = "
            SELECT (SELECT coalesce(max(arrival_no), 0) FROM arrival),
                (SELECT coalesce(max(decision_no), 0) FROM decision),
                (SELECT coalesce(max(event_no), 0) FROM event),
                (SELECT arrival_no FROM publication ORDER BY publication_no DESC LIMIT 1),
                (SELECT decision_no FROM publication ORDER BY publication_no DESC LIMIT 1),
                (SELECT model_id FROM publication ORDER BY publication_no DESC LIMIT 1),
                (SELECT coalesce(max(confirmation_no), 0) FROM confirmation),
                (SELECT confirmation_no FROM publication ORDER BY publication_no DESC LIMIT 1)";
        let now = self.first(select, &[], |row| {
            let [arrivals, decisions] = [row.integer(0)?, row.integer(1)?];
            let derived_arrivals = row.integer_or_null(3)?.unwrap_or_default();
            let derived_decisions = row.integer_or_null(4)?.unwrap_or_default();
            let confirmations = row.integer(6)?;
            let derived_confirmations = row.integer_or_null(7)?.unwrap_or_default();
            let is_behind = arrivals > derived_arrivals
                || decisions > derived_decisions
                || confirmations > derived_confirmations;
            Ok(Now {
                settled_at: (!is_behind).then_some(ArrivalNo(arrivals as u64)),
                model_id: row.text_or_null(5)?.map(|id| ModelId::of_text(&id)),
                last_decision: DecisionNo(decisions as u64),
                last_confirmation: ConfirmationNo(confirmations as u64),
                last_event: EventNo(row.integer(2)? as u64),
            })
        })?;
        Ok(now.expect("it asks for one row"))
    }

    fn unpublished(&self, limit: usize) -> Result<Option<Vec<RowNo>>> {
        look_up::unpublished(self, limit)
    }

    fn arrived_after(&self, arrival: ArrivalNo, limit: usize) -> Result<Option<Vec<RowNo>>> {
        look_up::arrived_after(self, arrival, limit)
    }

    fn revisions(
        &self,
        after: ArrivalNo,
        visit: &mut dyn FnMut(Vec<Revision>) -> Result<()>,
    ) -> Result<()> {
        let mut batch = Vec::new();
        let select = "
            SELECT record.record_no, source_no, source_id, later.observed_at, later.payload,
                later.arrival_no, earlier.observed_at, earlier.payload
            FROM arrival later
            JOIN arrival earlier ON earlier.arrival_no = later.previous_no
            JOIN record ON record.record_no = later.record_no
            WHERE later.arrival_no > $1 AND later.observed_at > earlier.observed_at
                AND later.payload IS NOT NULL AND earlier.payload IS NOT NULL
            ORDER BY later.arrival_no";
        self.fixed(&mut || {
            let names = source_names(self)?;
            self.many(select, &[after.0 as i64], &mut |row| {
                batch.push(revision(row, &names)?);
                if batch.len() == RECORDS_PER_VISIT {
                    visit(std::mem::take(&mut batch))?;
                }
                Ok(())
            })
        })?;
        if batch.is_empty() { Ok(()) } else { visit(batch) }
    }

    fn newcomers(
        &self,
        after: ArrivalNo,
        visit: &mut dyn FnMut(Vec<Newcomer>) -> Result<()>,
    ) -> Result<()> {
        let mut batch = Vec::new();
        let select = "
            SELECT arrival.arrival_no, load_no, record.record_no, source_no,
                record.arrival_no,
                CASE WHEN record.digest IS NULL THEN 0 ELSE record.record_no END,
                CASE WHEN record.record_no IN (SELECT record_no FROM entry)
                    THEN record.record_no ELSE 0 END
            FROM arrival JOIN record ON record.record_no = arrival.record_no
            WHERE arrival.arrival_no > $1 AND previous_no IS NULL
            ORDER BY arrival.arrival_no";
        self.many(select, &[after.0 as i64], &mut |row| {
            let number = |column| row.integer(column).map(|number| number as u64);
            batch.push(Newcomer {
                arrival: ArrivalNo(number(0)?),
                load: LoadNo(number(1)?),
                row: RowNo(number(2)?),
                source: SourceNo(number(3)?),
                is_as_it_came: number(4)? == number(0)?,
                is_there: number(5)? > 0,
                is_typed_in: number(6)? > 0,
            });
            if batch.len() == RECORDS_PER_VISIT {
                visit(std::mem::take(&mut batch))?;
            }
            Ok(())
        })?;
        if batch.is_empty() { Ok(()) } else { visit(batch) }
    }

    fn records_by_row(&self, rows: &[RowNo]) -> Result<Vec<StoredRecord>> {
        look_up::records_by_row(self, rows)
    }

    fn rows_of(&self, keys: &[RecordKey]) -> Result<Vec<(RecordKey, RowNo)>> {
        look_up::rows_of(self, keys)
    }

    fn entities_of_rows(&self, rows: &[RowNo]) -> Result<Vec<(RowNo, EntityId)>> {
        look_up::entities_of_rows(self, rows)
    }

    fn members_of(&self, entities: &[EntityId]) -> Result<Vec<(EntityId, EntityType, RowNo)>> {
        together(self, || look_up::members_of(self, entities))
    }

    fn rows_at_retirement(&self, entity: EntityId) -> Result<Vec<RowNo>> {
        history::rows_at_retirement(self, entity)
    }

    fn match_candidates(&self, keys: &[MatchKey]) -> Result<Vec<(MatchKey, RowNo)>> {
        together(self, || match_index::candidates(self, keys))
    }

    fn edges_of(&self, records: &[RowNo]) -> Result<Vec<EdgeRow>> {
        together(self, || match_index::edges_of(self, records))
    }

    fn decisions(&self) -> Result<Vec<JournaledDecision>> {
        decisions::all(self)
    }

    fn decisions_page(
        &self,
        before: Option<DecisionNo>,
        count: usize,
    ) -> Result<Vec<JournaledDecision>> {
        decisions::page(self, before, count)
    }

    fn rules(&self) -> Result<Vec<StoredRule>> {
        rules::all(self)
    }

    fn attributes(&self) -> Result<Vec<(AttributeNo, String)>> {
        rules::attributes(self)
    }

    fn finding(&self, no: FindingNo) -> Result<Option<FiledFinding>> {
        together(self, || findings::one(self, no))
    }

    fn findings(
        &self,
        filter: &FindingFilter,
        after: FindingNo,
        limit: usize,
    ) -> Result<Vec<FiledFinding>> {
        together(self, || findings::some(self, filter, after, limit))
    }

    fn findings_of(&self, subjects: &[SubjectNo]) -> Result<Vec<FiledFinding>> {
        together(self, || findings::of_subjects(self, subjects))
    }

    fn open_findings(&self, visit: &mut dyn FnMut(FindingRow) -> Result<()>) -> Result<()> {
        findings::visit_open(self, visit)
    }

    fn steps_of(&self, finding: FindingNo) -> Result<Vec<Step>> {
        steps::of(self, finding)
    }

    fn steps_of_findings(&self, findings: &[FindingNo]) -> Result<Vec<(FindingNo, Step)>> {
        together(self, || steps::of_several(self, findings))
    }

    fn stepped_findings(&self, after: FindingNo, limit: usize) -> Result<Vec<FiledFinding>> {
        together(self, || findings::stepped(self, after, limit))
    }

    fn arrived_by(&self, records: &[RowNo], published_at: Moment) -> Result<Vec<RowNo>> {
        together(self, || taken_in::arrived_by(self, records, published_at))
    }

    fn verdicts_of(&self, subjects: &[SubjectNo]) -> Result<VerdictSet> {
        together(self, || verdicts::of(self, subjects))
    }

    fn verdicts(&self, visit: &mut dyn FnMut(SubjectNo, &[u8]) -> Result<()>) -> Result<()> {
        verdicts::visit(self, visit)
    }

    fn value_holders(&self, keys: &[ValueKey]) -> Result<Vec<(ValueKey, SubjectNo)>> {
        together(self, || value_keys::holders(self, keys))
    }

    fn value_keys_of(&self, subjects: &[SubjectNo]) -> Result<Vec<(ValueKey, SubjectNo)>> {
        together(self, || value_keys::of_subjects(self, subjects))
    }

    fn value_keys(&self, visit: &mut dyn FnMut(ValueKey, SubjectNo) -> Result<()>) -> Result<()> {
        value_keys::visit(self, visit)
    }

    fn tallies(&self, measure: Option<MeasureNo>) -> Result<Vec<TallyRow>> {
        match measure {
            Some(measure) => tallies::of_measure(self, measure),
            None => tallies::now(self),
        }
    }

    fn measures(&self) -> Result<Vec<Measure>> {
        tallies::measures(self)
    }

    fn confirmations_of(&self, records: &[RowNo]) -> Result<Vec<JournaledConfirmation>> {
        together(self, || confirmations::of_records(self, records))
    }

    fn confirmations(&self) -> Result<Vec<JournaledConfirmation>> {
        confirmations::all(self)
    }

    fn entries(&self, after: EntryNo, limit: usize) -> Result<Vec<JournaledEntry>> {
        entries::after(self, after, limit)
    }

    fn profiles_of(&self, source: SourceNo) -> Result<Vec<(u16, Vec<u8>)>> {
        profiles::of(self, source)
    }

    fn remembered(&self, request: &str) -> Result<Option<Vec<u8>>> {
        answers::remembered(self, request)
    }

    fn last_event(&self) -> Result<EventNo> {
        history::last_event(self)
    }

    fn event_at(&self, at: Moment) -> Result<EventNo> {
        history::event_at(self, at)
    }

    fn entity_at(&self, id: EntityId, event: EventNo) -> Result<Option<EntityVersion>> {
        together(self, || history::entity_at(self, id, event))
    }

    fn resolve_at(&self, id: EntityId, event: EventNo) -> Result<Resolution> {
        together(self, || history::resolve_at(self, id, event))
    }

    fn entity_of_at(&self, key: &RecordKey, event: EventNo) -> Result<Option<EntityId>> {
        history::entity_of_at(self, key, event)
    }

    fn taken_in_by(&self, event: EventNo) -> Result<Option<TakenIn>> {
        taken_in::by(self, event)
    }

    fn taken_in_at(&self, at: Moment) -> Result<Option<TakenIn>> {
        taken_in::at(self, at)
    }

    fn taken_in_with(&self, event: EventNo) -> Result<Option<TakenIn>> {
        taken_in::with(self, event)
    }

    fn records_as_of(&self, rows: &[RowNo], arrival: ArrivalNo) -> Result<Vec<StoredRecord>> {
        taken_in::records_as_of(self, rows, arrival)
    }

    fn events_of(&self, entity: EntityId) -> Result<Vec<Event>> {
        together(self, || history::events_of(self, entity))
    }

    fn crosswalk(&self, visit: &mut dyn FnMut(RowNo, EntityId) -> Result<()>) -> Result<()> {
        let select = "SELECT record_no, entity_id FROM crosswalk ORDER BY record_no";
        self.many(select, &[], &mut |row| {
            visit(RowNo(row.integer(0)? as u64), id_from_sql(row.integer(1)?))
        })
    }

    fn keyed_crosswalk(
        &self,
        visit: &mut dyn FnMut(RecordKey, EntityId) -> Result<()>,
    ) -> Result<()> {
        let select = "
            SELECT entity_id, source_no, source_id FROM crosswalk JOIN record USING (record_no)
            ORDER BY record_no";
        self.fixed(&mut || {
            let names = source_names(self)?;
            self.many(select, &[], &mut |row| {
                visit(key(row, 1, &names)?.1, id_from_sql(row.integer(0)?))
            })
        })
    }

    fn entity_of(&self, key: &RecordKey) -> Result<Option<EntityId>> {
        let select = "
            SELECT entity_id FROM source JOIN record USING (source_no) JOIN crosswalk USING (record_no)
            WHERE name = $1 AND source_id = $2";
        let key = [Text(key.source.as_str()), Text(&key.id)];
        self.first(select, &key, |row| Ok(id_from_sql(row.integer(0)?)))
    }

    fn records_of(&self, entity: EntityId) -> Result<Vec<StoredRecord>> {
        let select = select_records!(
            "WHERE digest IS NOT NULL AND record.record_no IN
                 (SELECT record_no FROM crosswalk WHERE entity_id = $1)"
        );
        let mut records = together(self, || {
            let names = source_names(self)?;
            self.all(select, &[id(entity)], |row| stored_record(row, &names))
        })?;
        records.sort_by(|a, b| a.record.key.cmp(&b.record.key));
        Ok(records)
    }

    fn sources_of(&self, entity: EntityId) -> Result<Vec<SourceName>> {
        let select = "
            SELECT DISTINCT name
            FROM crosswalk JOIN record USING (record_no) JOIN source USING (source_no)
            WHERE entity_id = $1 AND digest IS NOT NULL ORDER BY name";
        self.all(select, &[id(entity)], |row| Ok(SourceName::new(&row.text(0)?)))
    }

    fn former_ids(&self, entity: EntityId) -> Result<Vec<(EntityId, Moment)>> {
        let select = "
            WITH RECURSIVE former (entity_id, load_no, event_no) AS (
                SELECT entity_id, load_no, event_no FROM retired WHERE successor = $1
                UNION
                SELECT retired.entity_id, retired.load_no, retired.event_no
                FROM former JOIN retired ON successor = former.entity_id
            )
            SELECT former.entity_id, coalesce(at, started_at)
            FROM former JOIN load USING (load_no) LEFT JOIN event USING (event_no)
            ORDER BY former.load_no DESC, event_no DESC, former.entity_id";
        self.all(select, &[id(entity)], |row| {
            Ok((id_from_sql(row.integer(0)?), Moment(row.integer(1)?)))
        })
    }

    fn entity(&self, id: EntityId) -> Result<Option<StoredEntity>> {
        let select = select_entities!("WHERE entity_id = $1");
        self.first(select, &[self::id(id)], stored_entity)
    }

    fn resolve(&self, id: EntityId) -> Result<Resolution> {
        match fate(self, id)? {
            Fate::Live => Ok(Resolution::Live),
            Fate::Unknown => Ok(Resolution::Unknown),
            Fate::Retired(None) => Ok(Resolution::Retired),
            Fate::Retired(Some(_)) => together(self, || end_of_chain(self, id)),
        }
    }

    fn entities(&self, visit: &mut dyn FnMut(StoredEntity) -> Result<()>) -> Result<()> {
        let select = select_entities!("ORDER BY entity_id");
        self.many(select, &[], &mut |row| visit(stored_entity(row)?))
    }

    fn search(&self, query: &str, limit: usize) -> Result<Vec<SearchHit>> {
        let mut hits = Vec::new();
        self.fixed(&mut || {
            hits = search::search(self, query, limit)?;
            Ok(())
        })?;
        Ok(hits)
    }

    fn potential_matches(
        &self,
        after: Option<PotentialMatchRow>,
        limit: usize,
    ) -> Result<Vec<StoredPotentialMatch>> {
        let select = select_potential_matches!(
            "WHERE weight <= $1 AND (weight < $1 OR (left_record_no, right_record_no) > ($2, $3))
             ORDER BY weight DESC, left_record_no, right_record_no LIMIT $4"
        );
        let start = (Weight(i32::MAX), RowNo(0), RowNo(0));
        let (weight, left, right) = after.map_or(start, |row| (row.weight, row.left, row.right));
        let place = [
            Integer(i64::from(weight.0)),
            Integer(left.0 as i64),
            Integer(right.0 as i64),
            Integer(limit as i64),
        ];
        together(self, || {
            let names = source_names(self)?;
            self.all(select, &place, |row| stored_potential_match(row, &names))
        })
    }

    fn potential_matches_of(&self, entities: &[EntityId]) -> Result<Vec<StoredPotentialMatch>> {
        let select = select_potential_matches!(
            "WHERE left_record_no = ANY($1) OR right_record_no = ANY($1)"
        );
        together(self, || {
            let names = source_names(self)?;
            let members = look_up::members_of(self, entities)?;
            let rows: Vec<RowNo> = members.into_iter().map(|(.., row)| row).collect();
            let mut found: Vec<StoredPotentialMatch> = Vec::new();
            look_up::by_rows(self, select, &rows, &mut |row| {
                found.push(stored_potential_match(row, &names)?);
                Ok(())
            })?;
            let place = |found: &StoredPotentialMatch| {
                (Reverse(found.pair.weight), found.pair.left, found.pair.right)
            };
            found.sort_unstable_by_key(place);
            Ok(found)
        })
    }

    fn assignments(&self) -> Result<Vec<AssignmentRow>> {
        assignments::all(self)
    }

    fn saved_views(&self, account: &str) -> Result<Vec<SavedView>> {
        assignments::views_of(self, account)
    }

    fn taken_in_since(&self, records: &[RowNo]) -> Result<Vec<(RowNo, Moment)>> {
        together(self, || taken_in::since(self, records))
    }

    fn holds(&self) -> Result<Vec<HoldRow>> {
        self.all("SELECT hold_no, reason, records FROM hold ORDER BY hold_no", &[], |row| {
            let damaged = Error::Damaged { what: "hold", number: row.integer(0)? as u64 };
            let sides: [Vec<u64>; 2] = serde_json::from_str(&row.text(2)?).map_err(|_| damaged)?;
            let [left, right] = sides.map(|side| side.into_iter().map(RowNo).collect());
            Ok(HoldRow { left, right, reason: row.text(1)?.into_owned() })
        })
    }

    fn events(&self, after: EventNo, limit: usize) -> Result<Vec<Event>> {
        together(self, || history::events(self, after, limit))
    }

    fn api_keys(&self) -> Result<Vec<ApiKey>> {
        access::api_keys(self)
    }

    fn api_key(&self, hash: &SecretHash) -> Result<Option<ApiKey>> {
        access::api_key(self, hash)
    }

    fn accounts(&self) -> Result<Vec<Account>> {
        access::accounts(self)
    }

    fn account(&self, name: &str) -> Result<Option<Account>> {
        access::account(self, name)
    }

    fn session(&self, hash: &SecretHash) -> Result<Option<Session>> {
        access::session(self, hash)
    }

    fn statistic(&self, name: &str) -> Result<Option<String>> {
        let select = "SELECT json FROM statistic WHERE name = $1";
        self.first(select, &[Text(name)], |row| Ok(row.text(0)?.into_owned()))
    }

    fn source_columns(&self) -> Result<Vec<(SourceNo, SourceName, Columns)>> {
        let select = "SELECT source_no, name, columns FROM source ORDER BY name";
        self.all(select, &[], |row| {
            let source = SourceNo(row.integer(0)? as u64);
            let columns = column_names(source, &row.text(2)?)?.into();
            Ok((source, SourceName::new(&row.text(1)?), columns))
        })
    }

    fn model(&self) -> Result<Option<StoredModel>> {
        let select = "
            SELECT model.load_no, content, hub_model
            FROM publication JOIN model USING (model_id) ORDER BY publication_no DESC LIMIT 1";
        self.first(select, &[], stored_model)
    }

    fn model_with(&self, id: &ModelId) -> Result<Option<StoredModel>> {
        let select = "SELECT load_no, content, hub_model FROM model WHERE model_id = $1";
        self.first(select, &[Text(id.as_str())], stored_model)
    }

    fn damages(&self) -> Result<Vec<Damage>> {
        let mut damages = Vec::new();
        self.fixed(&mut || {
            damages = self.damaged_pages()?.into_iter().map(Damage::Page).collect();
            if damages.is_empty() {
                damages = broken_references(self)?;
            }
            Ok(())
        })?;
        Ok(damages)
    }

    fn counts(&self) -> Result<Counts> {
        let count = |select| Ok::<u64, Error>(self.number(select, &[])? as u64);
        let mut counts = Counts::default();
        self.fixed(&mut || {
            let deleted = count("SELECT count(*) FROM record WHERE digest IS NULL")?;
            counts = Counts {
                records: count("SELECT count(*) FROM record")? - deleted,
                entities: count("SELECT count(*) FROM entity")?,
                potential_matches: count("SELECT count(*) FROM potential_match")?,
                quarantined: count("SELECT count(*) FROM quarantine")?,
            };
            Ok(())
        })?;
        Ok(counts)
    }
}

/// An entity id as it is stored.
pub fn id_to_sql(id: EntityId) -> i64 {
    id.as_u64() as i64
}

/// A stored entity id.
pub fn id_from_sql(number: i64) -> EntityId {
    EntityId::from_u64(number as u64)
}

fn id(id: EntityId) -> super::Value<'static> {
    Integer(id_to_sql(id))
}

/// The current records of a source that were not seen.
pub fn absent(
    query: &impl Query,
    source: SourceNo,
    seen: &dyn Fn(RowNo) -> bool,
) -> Result<Vec<RowNo>> {
    // The sum keeps the database from the index, by which it would have to sort and to look up
    // each row.
    let select = "
        SELECT record_no FROM record WHERE source_no + 0 = $1 AND digest IS NOT NULL
        ORDER BY record_no";
    let mut absent = Vec::new();
    query.many(select, &[source.0 as i64], &mut |row| {
        let row = RowNo(row.integer(0)? as u64);
        if !seen(row) {
            absent.push(row);
        }
        Ok(())
    })?;
    Ok(absent)
}

/// The names of the sources; within a transaction.
pub(super) fn source_names(query: &impl Query) -> Result<SourceNames> {
    if let Some(known) = &query.known().borrow().sources {
        return Ok(known.clone());
    }
    let names = query.all("SELECT source_no, name FROM source", &[], |row| {
        Ok((SourceNo(row.integer(0)? as u64), SourceName::new(&row.text(1)?)))
    })?;
    let names = SourceNames::new(names.into_iter().collect());
    query.known().borrow_mut().sources = Some(names.clone());
    Ok(names)
}

/// What has become of an id, as far as its own row tells.
enum Fate {
    Live,
    Retired(Option<EntityId>),
    Unknown,
}

fn fate(query: &impl Query, id: EntityId) -> Result<Fate> {
    let select = "
        SELECT entity_id, NULL FROM entity WHERE entity_id = $1
        UNION ALL SELECT NULL, successor FROM retired WHERE entity_id = $1";
    let found = query.first(select, &[self::id(id)], |row| {
        Ok(match row.integer_or_null(0)? {
            Some(_) => Fate::Live,
            None => Fate::Retired(row.integer_or_null(1)?.map(id_from_sql)),
        })
    })?;
    Ok(found.unwrap_or(Fate::Unknown))
}

/// Follows the successors of a retired entity.
fn end_of_chain(query: &impl Query, id: EntityId) -> Result<Resolution> {
    let mut passed = Vec::new();
    let mut at = id;
    loop {
        match fate(query, at)? {
            Fate::Live if at == id => return Ok(Resolution::Live),
            Fate::Live => return Ok(Resolution::Redirected(at)),
            // Two ids that were retired into each other lead nowhere.
            Fate::Retired(Some(next)) if next != at && !passed.contains(&next) => {
                passed.push(at);
                at = next;
            }
            _ => return Ok(Resolution::Retired),
        }
    }
}

/// Reads several things of one committed state.
pub(super) fn together<T>(query: &impl Query, read: impl Fn() -> Result<T>) -> Result<T> {
    let mut answer = None;
    query.fixed(&mut || {
        answer = Some(read()?);
        Ok(())
    })?;
    Ok(answer.expect("what was read without an error is there"))
}

fn key(
    row: &dyn Row,
    first_column: usize,
    names: &FxHashMap<SourceNo, SourceName>,
) -> Result<(SourceNo, RecordKey)> {
    let source = SourceNo(row.integer(first_column)? as u64);
    let damaged = Error::Damaged { what: "source", number: source.0 };
    let name = names.get(&source).ok_or(damaged)?;
    let id: Arc<str> = row.text(first_column + 1)?.into();
    Ok((source, RecordKey { source: name.clone(), id }))
}

pub(super) fn stored_record(
    row: &dyn Row,
    names: &FxHashMap<SourceNo, SourceName>,
) -> Result<StoredRecord> {
    let (source, key) = key(row, 1, names)?;
    let observed_at = row.integer_or_null(3)?.map(Moment);
    let payload = match payload::decode(row.bytes(4)?) {
        Some(payload) => payload,
        None => {
            let number = row.integer(5)? as u64;
            return Err(Error::Damaged { what: "arrival", number });
        }
    };
    let record = SourceRecord { key, observed_at, payload };
    Ok(StoredRecord { row: RowNo(row.integer(0)? as u64), source, record })
}

fn revision(row: &dyn Row, names: &FxHashMap<SourceNo, SourceName>) -> Result<Revision> {
    let StoredRecord { source, record: after, .. } = stored_record(row, names)?;
    let number = row.integer(5)? as u64;
    let damaged = Error::Damaged { what: "arrival", number };
    let payload = payload::decode(row.bytes(7)?).ok_or(damaged)?;
    let observed_at = row.integer_or_null(6)?.map(Moment);
    let before = SourceRecord { key: after.key.clone(), observed_at, payload };
    Ok(Revision { arrival: ArrivalNo(number), source, before, after })
}

fn stored_model(row: &dyn Row) -> Result<StoredModel> {
    let content = row.bytes(1)?.to_vec();
    Ok(StoredModel {
        id: ModelId::of(&content),
        load: LoadNo(row.integer(0)? as u64),
        content,
        hub_model: row.text(2)?.into_owned(),
    })
}

fn stored_entity(row: &dyn Row) -> Result<StoredEntity> {
    let id = id_from_sql(row.integer(0)?);
    let damaged = || Error::Damaged { what: "entity", number: id.as_u64() };
    Ok(StoredEntity {
        id,
        entity_type: EntityType::from_name(&row.text(1)?).ok_or_else(damaged)?,
        golden: golden_row::read(&row.text(2)?).ok_or_else(damaged)?,
        title: row.text(3)?.into_owned(),
        records: row.integer(4)?.try_into().map_err(|_| damaged())?,
        weakest_link: row.integer_or_null(5)?.map(|weight| Weight(weight as i32)),
    })
}

fn stored_potential_match(
    row: &dyn Row,
    names: &FxHashMap<SourceNo, SourceName>,
) -> Result<StoredPotentialMatch> {
    Ok(StoredPotentialMatch {
        pair: PotentialMatchRow {
            weight: Weight(row.integer(0)? as i32),
            left: RowNo(row.integer(1)? as u64),
            right: RowNo(row.integer(2)? as u64),
            held: row.text_or_null(9)?.map(Cow::into_owned),
        },
        left: key(row, 3, names)?.1,
        right: key(row, 5, names)?.1,
        left_entity: row.integer_or_null(7)?.map(id_from_sql),
        right_entity: row.integer_or_null(8)?.map(id_from_sql),
    })
}
