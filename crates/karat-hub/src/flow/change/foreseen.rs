//! What a change will find, looked up before it has its turn.
//!
//! Reading the candidates of a record and weighing them is half of the work of a change, and needs
//! no turn: it is done while others have theirs. In its own turn only those are looked at that
//! changed in between; and if anything else is not as it was, all is looked up again.

use std::borrow::Borrow;

use karat_engine::matching::Matcher;
use karat_engine::matching::model::MatchModel;
use karat_model::claim::CleanRecord;
use karat_model::evidence::Weight;
use karat_model::id::{ModelId, RecordKey};
use karat_store::{ArrivalNo, EdgeRow, MatchKey, Now, Reader, RowNo};
use rustc_hash::FxHashMap;

use super::basis::Basis;
use super::newcomer::{Company, Newcomer};
use super::records::Records;
use crate::error::Error;
use crate::flow::releases::InForce;

/// More records than this that came in between are not told apart.
const SINCE_MAX: usize = 256;

/// The key of a record that comes, and the names of its columns with its values.
pub type Coming<'a> = (&'a RecordKey, &'a [(String, String)]);

/// What was looked up for a record.
pub struct Foreseen {
    /// The releases there were: they tell the hub model.
    releases: Option<String>,
    /// The last arrival that counted.
    as_of: ArrivalNo,
    /// The match models in force.
    model_id: ModelId,
    /// The record as it will be understood.
    cleaned: CleanRecord,
    /// Its keys.
    keys: Vec<MatchKey>,
    /// The records it has an edge to.
    edges: Vec<(RowNo, Weight)>,
    /// How many more records any of its blocks may take under the match model.
    room: usize,
}

impl Foreseen {
    /// Looks up what records will be compared with if they come with these values; `None` where that
    /// is better told in their turn. All that is read must be read at one moment.
    pub fn of_each(
        reader: &dyn Reader,
        records: &mut Records,
        models: &[impl Borrow<MatchModel>],
        coming: &[Coming],
    ) -> Result<Vec<Option<Foreseen>>, Error> {
        let mut foreseen: Vec<Option<Foreseen>> = coming.iter().map(|_| None).collect();
        let Now { settled_at: Some(as_of), model_id: Some(model_id), .. } = reader.now()? else {
            return Ok(foreseen);
        };
        let releases = reader.statistic(InForce::LIST)?;
        let hub_model = records.hub_model.clone();
        let keys: Vec<RecordKey> = coming.iter().map(|(key, _)| (*key).clone()).collect();
        let row_of: FxHashMap<RecordKey, RowNo> = reader.rows_of(&keys)?.into_iter().collect();
        let understood: Vec<Option<CleanRecord>> =
            coming.iter().map(|(key, values)| records.understand(key, values)).collect();
        for model in models {
            let model: &MatchModel = model.borrow();
            let is_of_type =
                |cleaned: &&CleanRecord| Some(cleaned.entity_type) == model.entity_type();
            let of_type = understood.iter().enumerate().filter_map(|(at, cleaned)| {
                let cleaned = cleaned.as_ref().filter(is_of_type)?;
                let key = coming[at].0;
                Some((at, Newcomer { key, cleaned, row: row_of.get(key).copied() }))
            });
            let (places, newcomers): (Vec<usize>, Vec<Newcomer>) = of_type.unzip();
            if newcomers.is_empty() {
                continue;
            }
            let Company { table, newcomers: own, keys } =
                Company::of(reader, records, model, &newcomers)?;
            let matcher = Matcher::around(&table, &hub_model.attributes, model.clone(), &own);
            if !matcher.outgrown().is_empty() {
                continue;
            }
            let mut edges: Vec<Vec<(RowNo, Weight)>> = vec![Vec::new(); own.len()];
            for edge in matcher.edges_with(&own) {
                let place = |record| own.iter().position(|own| *own == record);
                match (place(edge.left), place(edge.right)) {
                    (Some(at), None) => edges[at].push((RowNo(table.row(edge.right)), edge.weight)),
                    (None, Some(at)) => edges[at].push((RowNo(table.row(edge.left)), edge.weight)),
                    // What newcomers are to each other is told in their turn.
                    _ => {}
                }
            }
            let room = matcher.room();
            for (((at, newcomer), keys), edges) in
                places.into_iter().zip(&newcomers).zip(keys).zip(edges)
            {
                let (releases, model_id) = (releases.clone(), model_id.clone());
                let cleaned = newcomer.cleaned.clone();
                foreseen[at] =
                    Some(Foreseen { releases, as_of, model_id, cleaned, keys, edges, room });
            }
        }
        Ok(foreseen)
    }

    /// Whether it was looked up under the hub model in force.
    pub fn is_under(&self, in_force: &InForce) -> bool {
        in_force.is_current(self.releases.as_deref())
    }
}

/// What was foreseen for the changed records of an entity type, and what came in between.
#[derive(Default)]
pub struct Foresight<'f> {
    /// The records for which all that was foreseen is still so, but for those that came since; in
    /// order.
    seen: Vec<(RowNo, &'f Foreseen)>,
    /// The records that came or changed since, the changed ones included; in order.
    pub since: Vec<RowNo>,
}

impl<'f> Foresight<'f> {
    /// Looks at what changed; `own` are the changed records of an entity type, in order.
    pub fn of(
        reader: &dyn Reader,
        basis: &Basis,
        records: &mut Records,
        own: &[RowNo],
        foreseen: &[(RowNo, &'f Foreseen)],
    ) -> Result<Foresight<'f>, Error> {
        let is_as_foreseen = |(row, foreseen): &&(RowNo, &Foreseen)| {
            own.binary_search(row).is_ok()
                && basis.has_models(&foreseen.model_id)
                && records.get(*row).is_some_and(|known| {
                    known.cleaned.entity_type == foreseen.cleaned.entity_type
                        && known.cleaned.claims == foreseen.cleaned.claims
                })
        };
        let mut seen: Vec<_> = foreseen.iter().filter(is_as_foreseen).copied().collect();
        let Some(earliest) = seen.iter().map(|(_, foreseen)| foreseen.as_of).min() else {
            return Ok(Foresight::default());
        };
        let Some(mut since) = reader.arrived_after(earliest, SINCE_MAX)? else {
            return Ok(Foresight::default());
        };
        since.extend(own);
        since.sort_unstable();
        since.dedup();
        records.read(reader, since.iter().copied())?;
        seen.retain(|(_, foreseen)| foreseen.room >= since.len());
        seen.sort_unstable_by_key(|(row, _)| *row);
        Ok(Foresight { seen, since })
    }

    /// Whether the edges of a record are known, but for those to records that came since.
    pub fn has(&self, row: RowNo) -> bool {
        self.seen.binary_search_by_key(&row, |(seen, _)| *seen).is_ok()
    }

    /// The keys of the records whose edges are known.
    pub fn keys(&self) -> impl Iterator<Item = (MatchKey, RowNo)> {
        self.seen.iter().flat_map(|(row, foreseen)| foreseen.keys.iter().map(|key| (*key, *row)))
    }

    /// Their edges to records that did not come since.
    pub fn edges(&self) -> impl Iterator<Item = EdgeRow> {
        let edges = |(row, foreseen): &(RowNo, &'f Foreseen)| {
            let row = *row;
            foreseen.edges.iter().map(move |&(other, weight)| (row, other, weight))
        };
        let is_as_it_was =
            |(_, other, _): &(RowNo, RowNo, Weight)| self.since.binary_search(other).is_err();
        self.seen.iter().flat_map(edges).filter(is_as_it_was).map(|(row, other, weight)| EdgeRow {
            left: row.min(other),
            right: row.max(other),
            weight,
        })
    }
}
