//! Takes in what sources brought, and files what is wrong with it where nothing else has changed.

use std::collections::BTreeMap;

use karat_model::attribute::AttributeId;
use karat_model::check::{Check, Requirement};
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::Moment;
use karat_store::{
    FindingRow, LoadNo, Reader, SourceNo, Store, SubjectNo, TallyRow, VerdictCounts,
};
use rustc_hash::FxHashMap;

use super::super::filing::Numbers;
use super::super::judge::Judge;
use super::super::kept::Judging;
use super::super::tallies::Tallies;
use super::day::came_by_day;
use super::judged::judge_deliveries;
use super::kept::Deliveries;
use super::told::WrongDeliveries;
use super::watch::Delivered;
use crate::error::Error;

/// What the numbers in attributes of sources come to.
pub type Sums = BTreeMap<(SourceNo, AttributeId), i128>;

/// Takes in what sources brought, and what came record by record until now if a day is over;
/// `sums` are those of all records, if they were worked out anew.
pub fn take_deliveries(
    reader: &dyn Reader,
    model: &HubModel,
    judge: &mut Judge,
    sums: Option<&Sums>,
    delivered: Vec<(SourceName, Delivered)>,
    now: Moment,
) -> Result<(), Error> {
    let Judge { deliveries, digests, .. } = judge;
    let names: Vec<SourceName> = delivered.iter().map(|(name, _)| name.clone()).collect();
    for (name, delivered) in delivered {
        deliveries.take(&name, delivered, None, digests);
    }
    deliveries.published(&names, now);
    if let Some(since) = deliveries.begin_day(now) {
        let is_meant = |source: &SourceName| deliveries.may_come_by_day(source);
        for (name, delivered) in came_by_day(reader, model, since, now, &is_meant)? {
            deliveries.take(&name, delivered, Some(since), digests);
        }
    }
    let counts: FxHashMap<SourceNo, u64> = reader.record_counts()?.into_iter().collect();
    for source in reader.sources()? {
        let of_source = |sums: &Sums| {
            let own = sums.iter().filter(|((no, _), _)| *no == source.source);
            let named = own.filter_map(|((_, id), sum)| {
                Some((model.attributes.get(*id).name.to_string(), i64::try_from(*sum).ok()?))
            });
            named.collect()
        };
        deliveries.know(&source.name, counts[&source.source], sums.map(of_source));
    }
    deliveries.judge_as_of(now);
    Ok(())
}

/// Lets the store know sources that are awaited and have never brought anything, so that it can be
/// told that they did not.
pub fn announce_awaited(
    store: &mut dyn Store,
    load: LoadNo,
    model: &HubModel,
) -> Result<(), Error> {
    let is_awaited = |source: &SourceName| {
        let awaits = |check: &Check| {
            matches!(check.requirement, Requirement::Freshness(_))
                && (check.sources.is_empty() || check.sources.contains(source))
        };
        model.checks.iter().any(awaits)
    };
    let awaited = model.sources.iter().map(|source| &source.name).filter(|it| is_awaited(it));
    let awaited: Vec<&SourceName> = awaited.collect();
    if awaited.is_empty() {
        return Ok(());
    }
    let known = store.reader().source_columns()?;
    for source in awaited {
        if !known.iter().any(|(_, name, _)| name == source) {
            store.delivery(load, source, &[])?;
        }
    }
    Ok(())
}

/// Judges what sources brought where no record is another than before.
pub fn judge_deliveries_alone(
    store: &mut dyn Store,
    load: LoadNo,
    model: &HubModel,
    delivered: Vec<(SourceName, Delivered)>,
    now: Moment,
) -> Result<(), Error> {
    let reader = store.reader();
    if reader.model_id()?.is_none() {
        return Ok(());
    }
    let Some(mut judge) = Judge::read(reader, model, Judging::AsBefore)? else { return Ok(()) };
    let Some(numbers) = Numbers::read(reader, &judge, &model.attributes)? else { return Ok(()) };
    take_deliveries(reader, model, &mut judge, None, delivered, now)?;
    let sources = reader.source_columns()?;
    let judged = judge_deliveries(&judge, model, &sources);
    let wrong = WrongDeliveries::of(&judge, model, &sources, &judged).to_json();
    let subjects: Vec<SubjectNo> = sources.iter().map(|(no, ..)| SubjectNo::Source(*no)).collect();
    let findings = judged.iter().flat_map(|of| {
        let subject = SubjectNo::Source(of.source);
        of.filed().map(move |fault| (subject, fault))
    });
    let findings = findings.map(|(subject, fault)| numbers.finding(subject, &fault));
    let mut findings: Vec<FindingRow> = findings.collect();
    findings.sort_unstable();
    findings.dedup();
    let mut tallies = Tallies::default();
    tallies.count_deliveries(&judged);
    let tallies = tallies.rows(&judge, model, &numbers);
    let differences = differences(reader.tallies(None)?, tallies);
    let deliveries = judge.deliveries.to_json();
    store.publish(load, now, &mut |publication| {
        publication.replace_findings_of(&subjects, &findings)?;
        publication.add_tallies(&differences)?;
        publication.put_statistic(Deliveries::NAME, &deliveries)?;
        publication.put_statistic(WrongDeliveries::NAME, &wrong)
    })?;
    Ok(())
}

/// By how much the tallies of deliveries are others than those that are stored.
fn differences(stored: Vec<TallyRow>, now: Vec<TallyRow>) -> Vec<TallyRow> {
    let is_of_delivery = |of: &TallyRow| of.source.is_some() && of.entity_type.is_none();
    let before = stored.into_iter().filter(is_of_delivery);
    let mut all: BTreeMap<_, TallyRow> = BTreeMap::new();
    for (sign, tally) in before.map(|of| (-1, of)).chain(now.into_iter().map(|of| (1, of))) {
        let place = (tally.source, tally.rule, tally.attribute);
        let nothing = TallyRow { counts: VerdictCounts::default(), ..tally };
        let known = all.entry(place).or_insert(nothing);
        // What counts now is how much it counts now.
        let counts = known.counts;
        *known = TallyRow {
            counts: VerdictCounts {
                pass: counts.pass + sign * tally.counts.pass,
                fail: counts.fail + sign * tally.counts.fail,
                not_applicable: counts.not_applicable + sign * tally.counts.not_applicable,
                unverified: counts.unverified + sign * tally.counts.unverified,
                error: counts.error + sign * tally.counts.error,
            },
            ..tally
        };
    }
    let mut differences: Vec<TallyRow> = all.into_values().collect();
    differences.retain(|of| of.counts != VerdictCounts::default());
    differences.sort_unstable();
    differences
}
