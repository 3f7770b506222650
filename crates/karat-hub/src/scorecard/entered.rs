//! Measures how well customers are entered, from the journal of arrivals and what became of them.
//!
//! ```text
//! day 0          a new record comes: typed in, or in a delivery that is not the first of its source
//! … 30 days      corrected where the entry gate asks │ found to be known already │ taken back
//! day 30         right the first time, or not
//! ```
//!
//! What a source delivers first is what it had, and nobody entered it then. What comes later is as
//! new as the hub can know; when it came is the day on which it was published.
//!
//! First-time-right is told of the last [`DAYS_TOLD`] days that are long enough ago, and of at most
//! [`SAMPLE`] records for each source and channel, the last ones. The other figure is the
//! Friday-afternoon measurement (Nagle, Redman and Sammon, Only 3% of Companies' Data Meets Basic
//! Quality Standards, Harvard Business Review 2017), over the last [`LAST`] records.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use karat_model::attribute::AttributeId;
use karat_model::check::{Check, CheckName, Day, Scope};
use karat_model::claim::{CleanRecord, Validity};
use karat_model::finding::{Severity, Subject};
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::record::{Moment, SourceRecord};
use karat_store::{
    ArrivalNo, EntryNo, EntryRow, EventNo, LoadNo, Newcomer, Reader, RowNo, SourceNo, SubjectNo,
    TakenIn,
};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::flow::clean::SourceCleaner;
use crate::flow::quality::{Fault, Judge, Quality};
use crate::view::{Channel, Entered, EntryReason, FirstTimeRight, FridayAfternoon, OverrideCount};

/// For so long it is watched whether a record was right.
const DAYS_WATCHED: usize = 30;
/// Records of so many days are told of together.
const DAYS_TOLD: usize = 90;
/// Of so many records of a source and channel it is told, the last ones.
const SAMPLE: usize = 2_000;
/// So many of the last records of a source are looked at for errors.
const LAST: usize = 100;
/// So many of the last overrides are looked after.
const OVERRIDES_WATCHED: usize = 10_000;
/// So many entries or records are read at a time.
const AT_A_TIME: usize = 1_000;

/// What was measured of entering, and what is kept for the next time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KeptEntered {
    /// By source the load that brought its first records; 0 for one whose records came one by one.
    first_loads: BTreeMap<String, u64>,
    /// The figures.
    entered: Entered,
}

/// What was measured before all is published; what of the last records is wrong comes then.
pub struct Entering {
    kept: KeptEntered,
    /// By source the last records that are new.
    last: Vec<(SourceName, Vec<RowNo>)>,
}

impl KeptEntered {
    const NAME: &'static str = "entered";

    /// What was kept; `None` in a hub where it was never measured.
    fn read(reader: &dyn Reader) -> Result<Option<KeptEntered>, Error> {
        let json = reader.statistic(KeptEntered::NAME)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
    }
}

/// The figures of the last measure.
pub fn entered(reader: &dyn Reader) -> Result<Entered, Error> {
    Ok(KeptEntered::read(reader)?.unwrap_or_default().entered)
}

/// Measures what is known before all is published.
pub fn measure(reader: &dyn Reader, model: &HubModel, as_of: Day) -> Result<Entering, Error> {
    let before = KeptEntered::read(reader)?;
    let days = Days::read(reader, as_of)?;
    // Where no first load is known all are asked; afterwards only those that are told of.
    let from = before.as_ref().map_or(ArrivalNo(0), |_| days.begin());
    let mut first_loads = before.unwrap_or_default().first_loads;
    let arrived = Arrived::read(reader, &days, from, &mut first_loads)?;
    let watching = Watching::new(reader, model)?;
    let mut first_time_right = Vec::new();
    for ((source, channel), group) in &arrived.groups {
        first_time_right.push(watching.count(reader, &days, source, *channel, group)?);
    }
    let overrides = overrides(reader, model)?;
    let entered = Entered { first_time_right, friday_afternoon: Vec::new(), overrides };
    let last = arrived.last.into_iter().map(|(source, rows)| (source, rows.into())).collect();
    Ok(Entering { kept: KeptEntered { first_loads, entered }, last })
}

impl Entering {
    /// The name it is kept under.
    pub const NAME: &'static str = KeptEntered::NAME;

    /// Counts what is wrong with the last records, now that all are judged; in its stored form.
    pub fn to_json(&self, model: &HubModel, judge: &Judge, quality: &Quality) -> String {
        let critical = critical(model);
        let mut kept = self.kept.clone();
        let has_error = |row: &&RowNo| {
            let faults = quality.faults_of(SubjectNo::Record(**row));
            faults.iter().any(|(_, fault)| matters(judge, &critical, fault))
        };
        kept.entered.friday_afternoon = self
            .last
            .iter()
            .map(|(source, rows)| FridayAfternoon {
                source: source.to_string(),
                records: rows.len() as u64,
                right: (rows.len() - rows.iter().filter(has_error).count()) as u64,
            })
            .collect();
        serde_json::to_string(&kept).expect("numbers become JSON")
    }
}

/// The attributes that matter most: those said to, or else those that tell customers apart.
fn critical(model: &HubModel) -> BTreeSet<AttributeId> {
    let of = |least: u8| -> BTreeSet<AttributeId> {
        let all = model.attributes.iter().map(|(id, _)| id);
        all.filter(|id| model.quality.criticality(&model.attributes, *id) >= least).collect()
    };
    let said = of(4);
    if said.is_empty() { of(2) } else { said }
}

/// Whether a fault is an error of an attribute that matters; a note is none.
fn matters(judge: &Judge, critical: &BTreeSet<AttributeId>, fault: &Fault) -> bool {
    let check = judge.rules.check_of(fault.rule).map(|no| judge.plan.check(no));
    let is_critical = match (fault.attribute, check) {
        (Some(attribute), _) => critical.contains(&attribute),
        (None, Some(check)) => check.attributes.iter().any(|it| critical.contains(it)),
        (None, None) => false,
    };
    is_critical && judge.rules.all()[usize::from(fault.rule.0)].severity > Severity::Note
}

/// What the hub had taken in by the end of each day, from today back.
struct Days(Vec<Option<TakenIn>>);

impl Days {
    fn read(reader: &dyn Reader, as_of: Day) -> Result<Days, Error> {
        let end_of = |back: i64| Moment((i64::from(as_of.0) - back + 1) * 86_400 - 1);
        let back = 0..=(DAYS_WATCHED + DAYS_TOLD) as i64;
        let taken_in = back.map(|back| reader.taken_in_at(end_of(back)));
        Ok(Days(taken_in.collect::<karat_store::Result<_>>()?))
    }

    /// The last arrival by the end of a day that is so many back.
    fn arrival(&self, back: usize) -> ArrivalNo {
        self.0[back].map_or(ArrivalNo(0), |of| of.arrival)
    }

    fn event(&self, back: usize) -> EventNo {
        self.0[back].map_or(EventNo::START, |of| of.event)
    }

    /// The last arrival before those that are told of.
    fn begin(&self) -> ArrivalNo {
        self.arrival(DAYS_WATCHED + DAYS_TOLD)
    }

    /// How many days back something came; `None` of what is not published yet.
    fn back(&self, arrival: ArrivalNo) -> Option<usize> {
        let later = (0..self.0.len()).take_while(|back| self.arrival(*back) >= arrival);
        later.last()
    }
}

/// What is new of a source through one channel.
#[derive(Default)]
struct Group {
    /// Those that came long enough ago, each with how many days back.
    watched: VecDeque<(Newcomer, usize)>,
    young: u64,
}

/// What is new, but for what sources delivered first.
#[derive(Default)]
struct Arrived {
    groups: BTreeMap<(SourceName, Channel), Group>,
    last: BTreeMap<SourceName, VecDeque<RowNo>>,
}

impl Arrived {
    fn read(
        reader: &dyn Reader,
        days: &Days,
        from: ArrivalNo,
        first_loads: &mut BTreeMap<String, u64>,
    ) -> Result<Arrived, Error> {
        let loads: FxHashSet<LoadNo> = reader.loads()?.into_iter().map(|it| it.load).collect();
        let names: FxHashMap<SourceNo, SourceName> =
            reader.source_columns()?.into_iter().map(|(no, name, _)| (no, name)).collect();
        let mut arrived = Arrived::default();
        reader.newcomers(from, &mut |newcomers| {
            for newcomer in newcomers {
                let Some(source) = names.get(&newcomer.source) else { continue };
                let load = newcomer.load;
                let first = match first_loads.get(source.as_str()) {
                    Some(first) => *first,
                    None => {
                        // Changes between loads come one by one: none of them is a first load.
                        let first = if loads.contains(&load) { load.0 } else { 0 };
                        first_loads.insert(source.to_string(), first);
                        first
                    }
                };
                let is_told = newcomer.arrival > days.begin();
                if load.0 != first && is_told {
                    arrived.take(days, source, newcomer);
                }
            }
            Ok(())
        })?;
        Ok(arrived)
    }

    fn take(&mut self, days: &Days, source: &SourceName, newcomer: Newcomer) {
        let channel = match newcomer.is_typed_in {
            true => Channel::EntryGate,
            false => Channel::Delivery,
        };
        let group = self.groups.entry((source.clone(), channel)).or_default();
        match days.back(newcomer.arrival).filter(|back| *back >= DAYS_WATCHED) {
            Some(back) => push(&mut group.watched, (newcomer, back), SAMPLE),
            None => group.young += 1,
        }
        if newcomer.is_there {
            push(self.last.entry(source.clone()).or_default(), newcomer.row, LAST);
        }
    }
}

/// Adds one; no more than so many stay, the last ones.
fn push<T>(to: &mut VecDeque<T>, one: T, most: usize) {
    if to.len() == most {
        to.pop_front();
    }
    to.push_back(one);
}

/// By what it is seen that a record was not right.
struct Watching {
    cleaners: FxHashMap<SourceNo, SourceCleaner>,
    asked: BTreeSet<AttributeId>,
}

impl Watching {
    fn new(reader: &dyn Reader, model: &HubModel) -> Result<Watching, Error> {
        let cleaner = |(no, name, columns)| (no, SourceCleaner::new(model, &name, &columns));
        Ok(Watching {
            cleaners: reader.source_columns()?.into_iter().map(cleaner).collect(),
            asked: asked_at_the_gate(model),
        })
    }

    fn count(
        &self,
        reader: &dyn Reader,
        days: &Days,
        source: &SourceName,
        channel: Channel,
        group: &Group,
    ) -> Result<FirstTimeRight, Error> {
        let mut by_day: BTreeMap<usize, Vec<Newcomer>> = BTreeMap::new();
        for (newcomer, back) in &group.watched {
            by_day.entry(*back).or_default().push(*newcomer);
        }
        let (mut corrected, mut withdrawn) = (BTreeSet::new(), BTreeSet::new());
        for (back, newcomers) in &by_day {
            let later = days.arrival(back - DAYS_WATCHED);
            self.watch(reader, newcomers, later, &mut corrected, &mut withdrawn)?;
        }
        let merged = merged(reader, days, &group.watched)?;
        let wrong: BTreeSet<RowNo> =
            [&corrected, &withdrawn, &merged].into_iter().flatten().copied().collect();
        Ok(FirstTimeRight {
            source: source.to_string(),
            channel,
            records: group.watched.len() as u64,
            right: (group.watched.len() - wrong.len()) as u64,
            corrected: corrected.len() as u64,
            merged: merged.len() as u64,
            withdrawn: withdrawn.len() as u64,
            young: group.young,
        })
    }

    /// Compares records as they came with what they were by a later arrival.
    fn watch(
        &self,
        reader: &dyn Reader,
        newcomers: &[Newcomer],
        later: ArrivalNo,
        corrected: &mut BTreeSet<RowNo>,
        withdrawn: &mut BTreeSet<RowNo>,
    ) -> Result<(), Error> {
        let changed: Vec<&Newcomer> = newcomers.iter().filter(|it| !it.is_as_it_came).collect();
        let rows: Vec<RowNo> = changed.iter().map(|it| it.row).collect();
        let after = reader.records_as_of(&rows, later)?;
        let after: FxHashMap<RowNo, SourceRecord> =
            after.into_iter().map(|it| (it.row, it.record)).collect();
        for newcomer in changed {
            let Some(after) = after.get(&newcomer.row) else {
                withdrawn.insert(newcomer.row);
                continue;
            };
            let Some(cleaner) = self.cleaners.get(&newcomer.source) else { continue };
            for before in reader.records_as_of(&[newcomer.row], newcomer.arrival)? {
                let asked = |record| cleaner.clean(record).map(|it| self.asked_of(&it));
                if asked(&before.record) != asked(after) {
                    corrected.insert(newcomer.row);
                }
            }
        }
        Ok(())
    }

    /// What a record says where the entry gate asks.
    fn asked_of(&self, record: &CleanRecord) -> BTreeSet<(AttributeId, Box<str>)> {
        let asked = record.claims.iter().filter(|claim| self.asked.contains(&claim.attribute));
        let valid = asked.filter(|claim| claim.validity != Validity::Invalid);
        valid.map(|claim| (claim.attribute, claim.value.as_str().into())).collect()
    }
}

/// The attributes that the entry gate asks for: those of the checks that kinds of customers need.
fn asked_at_the_gate(model: &HubModel) -> BTreeSet<AttributeId> {
    let needs = model.kinds.iter().flat_map(|kind| &kind.needs);
    let find = |name: &CheckName| model.checks.iter().find(|check| check.name == *name);
    let asked: BTreeSet<AttributeId> =
        needs.filter_map(find).flat_map(|check: &Check| check.attributes.clone()).collect();
    if asked.is_empty() { critical(model) } else { asked }
}

/// Those whose customer the source had already: found out within the days that are watched, and
/// never undone.
fn merged(
    reader: &dyn Reader,
    days: &Days,
    watched: &VecDeque<(Newcomer, usize)>,
) -> Result<BTreeSet<RowNo>, Error> {
    let mut merged = BTreeSet::new();
    let watched: Vec<&(Newcomer, usize)> = watched.iter().collect();
    for some in watched.chunks(AT_A_TIME) {
        let rows: Vec<RowNo> = some.iter().map(|(newcomer, _)| newcomer.row).collect();
        let entity_of: FxHashMap<RowNo, EntityId> =
            reader.entities_of_rows(&rows)?.into_iter().collect();
        let mut entities: Vec<EntityId> = entity_of.values().copied().collect();
        entities.sort_unstable();
        entities.dedup();
        let mut members: FxHashMap<EntityId, Vec<RowNo>> = FxHashMap::default();
        for (entity, _, row) in reader.members_of(&entities)? {
            members.entry(entity).or_default().push(row);
        }
        members.retain(|_, rows| rows.len() > 1);
        let mut together: Vec<RowNo> = members.values().flatten().copied().collect();
        together.sort_unstable();
        let keys: FxHashMap<RowNo, (SourceNo, RecordKey)> = reader
            .records_by_row(&together)?
            .into_iter()
            .map(|it| (it.row, (it.source, it.record.key)))
            .collect();
        for (newcomer, back) in some {
            let rows = entity_of.get(&newcomer.row).and_then(|entity| members.get(entity));
            let Some((_, key)) = keys.get(&newcomer.row) else { continue };
            let older = rows.into_iter().flatten().filter(|row| **row < newcomer.row);
            let of_source = older.filter_map(|row| keys.get(row));
            let event = days.event(back - DAYS_WATCHED);
            for (_, known) in of_source.filter(|(source, _)| *source == newcomer.source) {
                let entity = reader.entity_of_at(key, event)?;
                if entity.is_some() && entity == reader.entity_of_at(known, event)? {
                    merged.insert(newcomer.row);
                    break;
                }
            }
        }
    }
    Ok(merged)
}

/// How often the entry gate was overridden, by check and reason, and what became of it.
fn overrides(reader: &dyn Reader, model: &HubModel) -> Result<Vec<OverrideCount>, Error> {
    let mut counts: BTreeMap<(String, String), OverrideCount> = BTreeMap::new();
    let mut last: VecDeque<EntryRow> = VecDeque::new();
    let mut after = EntryNo(0);
    loop {
        let entries = reader.entries(after, AT_A_TIME)?;
        let Some(newest) = entries.last() else { break };
        after = newest.no;
        // Where nothing had to be given there is no reason, as under the policy `async`.
        let reasoned =
            entries.into_iter().map(|it| it.entry).filter(|entry| !entry.reason.is_empty());
        for entry in reasoned.filter(|entry| !entry.overridden.is_empty()) {
            for rule in &entry.overridden {
                let name = rule.as_str();
                let find = |check: &&Check| check.name.as_str() == name;
                let check = model.checks.iter().find(find);
                let can_tell = check.is_some_and(|check| check.on.includes(Scope::Records))
                    || name == EntryReason::DUPLICATE;
                let place = (name.to_string(), entry.reason_code.clone());
                let count = counts.entry(place).or_insert_with(|| OverrideCount {
                    check: name.to_string(),
                    reason_code: entry.reason_code.clone(),
                    times: 0,
                    gate_was_right: can_tell.then_some(0),
                });
                count.times += 1;
            }
            push(&mut last, entry, OVERRIDES_WATCHED);
        }
    }
    look_after(reader, &last, &mut counts)?;
    let mut counts: Vec<OverrideCount> = counts.into_values().collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.times));
    Ok(counts)
}

/// Counts where the gate turned out to be right.
fn look_after(
    reader: &dyn Reader,
    entries: &VecDeque<EntryRow>,
    counts: &mut BTreeMap<(String, String), OverrideCount>,
) -> Result<(), Error> {
    let entries: Vec<&EntryRow> = entries.iter().collect();
    for some in entries.chunks(AT_A_TIME) {
        let rows: Vec<RowNo> = some.iter().map(|entry| entry.record).collect();
        let there: FxHashMap<RowNo, RecordKey> =
            reader.records_by_row(&rows)?.into_iter().map(|it| (it.row, it.record.key)).collect();
        let subjects: Vec<SubjectNo> = rows.iter().map(|row| SubjectNo::Record(*row)).collect();
        let findings = reader.findings_of(&subjects)?;
        let open = findings.iter().filter(|finding| finding.closed.is_none());
        let open: BTreeSet<(&RecordKey, &str)> = open
            .filter_map(|finding| match &finding.subject {
                Subject::Record(key) => Some((key, finding.rule.as_str())),
                _ => None,
            })
            .collect();
        let entity_of: FxHashMap<RowNo, EntityId> =
            reader.entities_of_rows(&rows)?.into_iter().collect();
        let mut entities: Vec<EntityId> = entity_of.values().copied().collect();
        entities.sort_unstable();
        entities.dedup();
        let mut oldest: FxHashMap<EntityId, RowNo> = FxHashMap::default();
        for (entity, _, row) in reader.members_of(&entities)? {
            let known = oldest.entry(entity).or_insert(row);
            *known = row.min(*known);
        }
        for entry in some {
            let Some(key) = there.get(&entry.record) else { continue };
            let entity = entity_of.get(&entry.record);
            let has_older = entity.is_some_and(|it| oldest[it] < entry.record);
            for rule in &entry.overridden {
                let was_right = match rule.as_str() {
                    EntryReason::DUPLICATE => has_older,
                    name => !open.contains(&(key, name)),
                };
                let place = (rule.as_str().to_string(), entry.reason_code.clone());
                if let Some(count) = counts.get_mut(&place)
                    && let Some(right) = &mut count.gate_was_right
                {
                    *right += u64::from(was_right);
                }
            }
        }
    }
    Ok(())
}
