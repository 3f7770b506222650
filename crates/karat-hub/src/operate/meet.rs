//! Lets entities as they would be meet those that are published, one by one.

use std::sync::mpsc::sync_channel;

use karat_model::hub_model::HubModel;
use karat_model::id::EntityId;
use karat_store::{Entity, GoldenValues, PotentialMatchRow, Reader, StoredEntity};
use rayon::prelude::*;

use crate::error::Error;
use crate::flow::derive::Derived;
use crate::flow::progress::{Progress, Stage};
use crate::flow::publish::makers;

/// An entity as it would be published.
pub struct Made {
    /// The entity.
    pub entity: Entity,
    /// The values of its golden record.
    pub golden: GoldenValues,
}

/// How many entities are made at a time: enough for all cores, few enough for memory.
const ENTITIES_AT_A_TIME: usize = 16_384;

/// Visits all entities that are published, or would be, in the order of their ids: as it would be,
/// and as it is.
pub fn meet(
    reader: &dyn Reader,
    model: &HubModel,
    derived: &Derived,
    progress: &dyn Progress,
    visit: &mut dyn FnMut(Option<&Made>, Option<&StoredEntity>),
) -> Result<(), Error> {
    let makers = makers(model, None, &derived.mastered, &derived.identified);
    let of_type = |(kind, ids): (usize, &Vec<EntityId>)| {
        ids.iter()
            .zip(0..)
            .map(move |(&id, cluster): (&EntityId, u32)| (id, kind, cluster))
            .collect::<Vec<_>>()
    };
    let ids = derived.identified.iter().map(|identified| &identified.ids);
    let mut order: Vec<(EntityId, usize, u32)> = ids.enumerate().flat_map(of_type).collect();
    order.par_sort_unstable();
    progress.begin(Stage::Compare, order.len() as u64);
    let met = std::thread::scope(|scope| {
        // The next entities are made while these are compared.
        let (made, ready) = sync_channel::<Vec<Made>>(1);
        let (makers, order) = (&makers, &order);
        scope.spawn(move || {
            let make = |&(_, kind, cluster): &(EntityId, usize, u32)| {
                let entity = makers[kind].entity(cluster);
                let golden = entity.golden.values();
                Made { entity, golden }
            };
            for some in order.chunks(ENTITIES_AT_A_TIME) {
                let entities = some.par_iter().with_min_len(256).map(make).collect();
                if made.send(entities).is_err() {
                    break;
                }
            }
        });
        let mut waiting = ready.into_iter().flatten().peekable();
        let mut done = 0;
        reader.entities(&mut |published| {
            while let Some(made) = waiting.next_if(|made| made.entity.id < published.id) {
                visit(Some(&made), None);
            }
            let same = waiting.next_if(|made| made.entity.id == published.id);
            visit(same.as_ref(), Some(&published));
            done += 1;
            if done % 1024 == 0 {
                progress.reached(done);
                if progress.is_stopped() {
                    return Err(karat_store::Error::Stopped);
                }
            }
            Ok(())
        })?;
        waiting.for_each(|made| visit(Some(&made), None));
        Ok(())
    });
    progress.end();
    met
}

/// How many potential matches are read at a time.
const POTENTIAL_MATCHES_AT_A_TIME: usize = 8192;

/// All potential matches that are published.
pub fn published_potential_matches(reader: &dyn Reader) -> Result<Vec<PotentialMatchRow>, Error> {
    let mut all: Vec<PotentialMatchRow> = Vec::new();
    loop {
        let some = reader.potential_matches(all.last().cloned(), POTENTIAL_MATCHES_AT_A_TIME)?;
        let is_end = some.len() < POTENTIAL_MATCHES_AT_A_TIME;
        all.extend(some.into_iter().map(|stored| stored.pair));
        if is_end {
            return Ok(all);
        }
    }
}
