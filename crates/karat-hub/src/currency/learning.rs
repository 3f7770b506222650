//! Learns how fast values change, from what came after what, and from what people found out.
//!
//! ```text
//! record 7   said in March: Kerkstraat ──► in May: Kerkstraat ──► in July: Dorpsstraat
//!                                61 days watched          30 days watched, 1 change
//! ```
//!
//! A source speaks of a value whenever it says that it changed the record; what nobody touched was
//! not watched, so that a source that is left alone does not teach that values last for ever. What
//! is replaced on the day that it came was a slip, and no change. A value that goes without another
//! in its place tells nothing.
//!
//! Nobody knows on which day between a value changed, so that it was watched for half of them: the
//! actuarial method of life tables (Cutler and Ederer, Maximum utilization of the life table method
//! in analyzing survival, Journal of Chronic Diseases 8, 1958).

use std::collections::BTreeSet;

use karat_engine::clean::Memo;
use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::claim::{Claim, CleanRecord, Validity};
use karat_model::hub_model::HubModel;
use karat_model::record::Moment;
use karat_store::{JournaledConfirmation, Reader, Revision, RowNo, SourceNo};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::rates::{Rates, Seen, Watched};
use crate::error::Error;
use crate::flow::clean::SourceCleaner;
use crate::flow::quality::DigestKey;
use crate::hub_model::fingerprint;

/// How many versions are compared at a time by one task.
const REVISIONS_AT_A_TIME: usize = 1024;

/// What was seen of attributes, by entity type.
type ById = FxHashMap<(EntityType, AttributeId), Watched>;

/// What arrivals and confirmations teach; those that taught before are not looked at again, unless
/// records are understood otherwise since.
pub fn learn(
    reader: &dyn Reader,
    model: &HubModel,
    digests: &DigestKey,
    before: &Rates,
) -> Result<Rates, Error> {
    let learnt_under = format!("{} {}", env!("CARGO_PKG_VERSION"), fingerprint(model));
    let mut rates = match before.learnt_under == learnt_under {
        true => before.clone(),
        false => Rates { learnt_under, ..Rates::default() },
    };
    let cleaners = Cleaners::of(reader, model)?;
    let mut by_id = ById::default();
    reader.revisions(rates.last_arrival(), &mut |revisions| {
        let last = revisions.last().map(|revision| revision.arrival.0);
        rates.last_arrival = last.unwrap_or(rates.last_arrival);
        let parts = revisions.par_chunks(REVISIONS_AT_A_TIME);
        let seen = parts.map(|some| cleaners.compare(some)).reduce(ById::default, both);
        by_id = both(std::mem::take(&mut by_id), seen);
        Ok(())
    })?;
    add_all(&mut rates.arrived, by_id, &model.attributes);
    rates.confirmed = Seen::default();
    let confirmed = cleaners.confirmed(reader, &model.attributes, digests)?;
    add_all(&mut rates.confirmed, confirmed, &model.attributes);
    Ok(rates)
}

/// Sums are of whole numbers, so that their order does not matter.
fn both(mut one: ById, other: ById) -> ById {
    for (of, watched) in other {
        one.entry(of).or_default().add(watched);
    }
    one
}

fn add_all(seen: &mut Seen, by_id: ById, attributes: &AttributeSet) {
    for ((entity_type, id), watched) in by_id {
        seen.add(entity_type, &attributes.get(id).name, watched);
    }
}

/// How the records of each source are cleaned.
struct Cleaners(FxHashMap<SourceNo, SourceCleaner>);

impl Cleaners {
    fn of(reader: &dyn Reader, model: &HubModel) -> Result<Cleaners, Error> {
        let sources = reader.source_columns()?.into_iter();
        let cleaners = sources
            .map(|(number, name, columns)| (number, SourceCleaner::new(model, &name, &columns)));
        Ok(Cleaners(cleaners.collect()))
    }

    /// What some versions of records show beside those before them.
    fn compare(&self, revisions: &[Revision]) -> ById {
        let mut memos: FxHashMap<SourceNo, Memo> = FxHashMap::default();
        let mut seen = ById::default();
        for Revision { source, before, after, .. } in revisions {
            let Some(cleaner) = self.0.get(source) else { continue };
            let days = days_between(before.observed_at, after.observed_at);
            if days == 0 {
                continue;
            }
            let memo = memos.entry(*source).or_default();
            let before = cleaner.clean_remembering(before, memo);
            let after = cleaner.clean_remembering(after, memo);
            let (Some(before), Some(after)) = (before, after) else { continue };
            if before.entity_type == after.entity_type {
                compare(&before, &after, days, &mut seen);
            }
        }
        seen
    }

    /// What people found out of values that records have now.
    fn confirmed(
        &self,
        reader: &dyn Reader,
        attributes: &AttributeSet,
        digests: &DigestKey,
    ) -> Result<ById, Error> {
        let mut by_row: FxHashMap<RowNo, Vec<JournaledConfirmation>> = FxHashMap::default();
        for confirmation in reader.confirmations()? {
            if confirmation.undone.is_none() {
                by_row.entry(confirmation.record).or_default().push(confirmation);
            }
        }
        let mut rows: Vec<RowNo> = by_row.keys().copied().collect();
        rows.sort_unstable();
        let mut seen = ById::default();
        for some in rows.chunks(REVISIONS_AT_A_TIME) {
            for stored in reader.records_by_row(some)? {
                let cleaner = self.0.get(&stored.source);
                let cleaned = cleaner.and_then(|it| it.clean(&stored.record));
                let Some(cleaned) = cleaned else { continue };
                for claim in cleaned.claims.iter().filter(|claim| is_value(claim)) {
                    let digest = digests.of(&claim.value);
                    let name = &attributes.get(claim.attribute).name;
                    let of_it = by_row[&stored.row].iter().map(|entry| &entry.confirmation);
                    let of_it = of_it.filter(|it| it.attribute == *name && it.value == digest);
                    let found: Vec<(bool, Moment)> =
                        of_it.map(|it| (it.kind.is_so(), it.at)).collect();
                    let watched = found_out(stored.record.observed_at, &found);
                    seen.entry((cleaned.entity_type, claim.attribute)).or_default().add(watched);
                }
            }
        }
        Ok(seen)
    }
}

/// What confirmations of a value, in their order, teach: whether each says that it is so, and when.
fn found_out(said_at: Option<Moment>, found: &[(bool, Moment)]) -> Watched {
    // What counts is what is known now: who confirms it after a bounce says that it never changed.
    let Some(&(is_so, at)) = found.last() else { return Watched::default() };
    let days = days_between(said_at, Some(at));
    match is_so {
        true => Watched { changes: 0, days },
        false => Watched { changes: 1, days: days / 2 },
    }
}

/// Whole days from one moment to a later one; 0 when one is not known.
fn days_between(from: Option<Moment>, to: Option<Moment>) -> u64 {
    let seconds = match (from, to) {
        (Some(from), Some(to)) => to.0.saturating_sub(from.0),
        _ => 0,
    };
    u64::try_from(seconds).unwrap_or(0) / 86_400
}

fn is_value(claim: &Claim) -> bool {
    claim.validity != Validity::Invalid
}

/// Compares two versions of a record that were said so many days apart.
fn compare(before: &CleanRecord, after: &CleanRecord, days: u64, seen: &mut ById) {
    let attributes: BTreeSet<AttributeId> =
        before.claims.iter().map(|claim| claim.attribute).collect();
    for attribute in attributes {
        let [earlier, later] = [before, after].map(|of| values_of(of, attribute));
        let same = earlier.intersection(&later).count();
        // One for another, in whichever of several places.
        let changed = earlier.len().min(later.len()) - same;
        let days = same as u64 * days + changed as u64 * days / 2;
        let watched = Watched { changes: changed as u64, days };
        seen.entry((after.entity_type, attribute)).or_default().add(watched);
    }
}

fn values_of(record: &CleanRecord, attribute: AttributeId) -> BTreeSet<&str> {
    let claims = record.claims.iter().filter(|claim| claim.attribute == attribute);
    claims.filter(|claim| is_value(claim)).map(|claim| &*claim.value).collect()
}
