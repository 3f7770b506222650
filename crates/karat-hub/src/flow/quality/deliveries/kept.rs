//! What is kept of deliveries from one time to the next.

use std::collections::BTreeMap;

use karat_engine::quality::check::{
    Groups, REMEMBERED, VALUES_MIN, chance, stability, take_in, total,
};
use karat_engine::quality::delivery::ColumnCounts;
use karat_model::check::Day;
use karat_model::id::SourceName;
use karat_model::record::Moment;
use karat_store::Reader;
use serde::{Deserialize, Serialize};

use super::super::digest::DigestKey;
use super::watch::Delivered;
use crate::error::Error;

/// What is kept of the deliveries of all sources, in its stored form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deliveries {
    /// The moment as of which they were judged last.
    judged_at: i64,
    /// Until when changes were counted by day.
    days_until: Option<i64>,
    /// By the names of sources.
    sources: BTreeMap<String, SourceDeliveries>,
}

/// What is kept of the deliveries of a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceDeliveries {
    /// The last ones, in order.
    pub deliveries: Vec<KeptDelivery>,
    /// By the names of columns.
    pub columns: BTreeMap<String, KeptColumn>,
    /// Whether it delivers record by record.
    pub by_day: bool,
    /// How many records it has now.
    pub records: u64,
    /// The sums of the numbers in attributes that are compared with another source.
    pub sums: BTreeMap<String, i64>,
}

/// The figures of one delivery.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeptDelivery {
    /// When it came.
    pub at: i64,
    /// The day that it is of.
    pub day: i32,
    /// How many rows it had.
    pub rows: u64,
    /// How many seconds it took until it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<u64>,
    /// Per column how many rows fill it.
    pub filled: BTreeMap<String, u64>,
    /// Per column how far the distribution of its values was from what was usual, as the population
    /// stability index in millionths.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub distances: BTreeMap<String, u64>,
    /// Per column the mean of its numbers, in ten-thousandths, if it was asked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub means: BTreeMap<String, i64>,
}

/// What is kept of a column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeptColumn {
    /// How often each value comes usually, by digest; `None` if there are too many values.
    pub usual_values: Option<Groups>,
    /// How often values of each form come usually.
    pub usual_shapes: Groups,
    /// What chance alone hardly makes of the distance of the last delivery, in millionths.
    pub chance: u64,
    /// How often each value came in the last delivery, by digest, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Groups>,
    /// The same of the delivery before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Groups>,
}

/// Of an index in its stored form.
pub const MILLION: f64 = 1_000_000.0;

impl Deliveries {
    /// The name it is kept under.
    pub const NAME: &'static str = "deliveries";

    /// What is kept; nothing in a hub that is new.
    pub fn read(reader: &dyn Reader) -> Result<Deliveries, Error> {
        let json = reader.statistic(Deliveries::NAME)?;
        Ok(json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// The stored form.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("numbers become JSON")
    }

    /// Whether nothing was ever judged.
    pub fn is_empty(&self) -> bool {
        self.judged_at == 0
    }

    /// What is kept of a source.
    pub fn of(&self, source: &SourceName) -> Option<&SourceDeliveries> {
        self.sources.get(source.as_str())
    }

    /// Whether a source delivered after a moment and until another.
    pub fn has_come(&self, source: &SourceName, after: Moment, until: Moment) -> bool {
        let came = |it: &KeptDelivery| it.at > after.0 && it.at <= until.0;
        self.of(source).is_some_and(|known| known.deliveries.iter().any(came))
    }

    /// What is kept of each source.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &SourceDeliveries)> {
        self.sources.iter().map(|(name, of)| (name.as_str(), of))
    }

    /// The moment as of which they are judged.
    pub fn judged_at(&self) -> Moment {
        Moment(self.judged_at)
    }

    /// They are judged as of this moment.
    pub fn judge_as_of(&mut self, at: Moment) {
        self.judged_at = at.0;
    }

    /// Since when changes are to be counted by day, if a day is over; from now on they are.
    pub fn begin_day(&mut self, now: Moment) -> Option<Moment> {
        let since = self.days_until.map(Moment);
        let is_over = since.is_none_or(|since| Day::of(since) < Day::of(now));
        if is_over {
            self.days_until = Some(now.0);
        }
        since.filter(|_| is_over)
    }

    /// Whether a source may bring something record by record: it has brought no files so far.
    pub fn may_come_by_day(&self, source: &SourceName) -> bool {
        self.of(source).is_none_or(|known| known.by_day || known.deliveries.is_empty())
    }

    /// How many records sources have now, and what their numbers come to.
    pub fn know(&mut self, source: &SourceName, records: u64, sums: Option<BTreeMap<String, i64>>) {
        let known = self.sources.entry(source.to_string()).or_default();
        known.records = records;
        known.sums = sums.unwrap_or(std::mem::take(&mut known.sums));
    }

    /// Takes in what a source brought in a load, or record by record since a moment.
    pub fn take(
        &mut self,
        source: &SourceName,
        delivered: Delivered,
        day_since: Option<Moment>,
        digests: &DigestKey,
    ) {
        let known = self.sources.entry(source.to_string()).or_default();
        known.by_day = day_since.is_some();
        let Delivered { at, rows, columns } = delivered;
        let day = Day::of(day_since.unwrap_or(at)).0;
        let mut kept = KeptDelivery { at: at.0, day, rows, ..KeptDelivery::default() };
        // A column that came before and does not come any more is empty.
        let gone = known.deliveries.last().into_iter().flat_map(|last| last.filled.keys());
        let gone: Vec<String> = gone.filter(|name| !columns.contains_key(*name)).cloned().collect();
        kept.filled.extend(gone.into_iter().map(|name| (name, 0)));
        for (name, counts) in columns {
            kept.filled.insert(name.clone(), counts.filled);
            if let Some(mean) = counts.mean {
                kept.means.insert(name.clone(), mean.0);
            }
            let column = known.columns.entry(name.clone()).or_default();
            if let Some(distance) = column.take(counts, digests) {
                kept.distances.insert(name, (distance * MILLION).round() as u64);
            }
        }
        known.deliveries.push(kept);
        let too_many = known.deliveries.len().saturating_sub(REMEMBERED + 1);
        known.deliveries.drain(..too_many);
    }

    /// What these sources brought last was published at this moment.
    pub fn published(&mut self, sources: &[SourceName], at: Moment) {
        for source in sources {
            let known = self.sources.get_mut(source.as_str());
            if let Some(last) = known.and_then(|known| known.deliveries.last_mut()) {
                last.latency = Some(u64::try_from(at.0 - last.at).unwrap_or(0));
            }
        }
    }
}

impl KeptColumn {
    /// Takes in what a delivery has; gives how far it is from what was usual, if enough is known.
    fn take(&mut self, counts: ColumnCounts, digests: &DigestKey) -> Option<f64> {
        let ColumnCounts { values, shapes, is_asked, .. } = counts;
        let digest = |(value, count): (String, u64)| {
            // What tells a few values apart need not be long.
            (format!("{:08x}", digests.of(&value).0 as u32), count)
        };
        let mut values: Option<Groups> = values.map(|it| it.into_iter().map(digest).collect());
        self.before = self.now.take().filter(|_| is_asked);
        self.now = values.clone().filter(|_| is_asked);
        values = values.filter(|values| values.len() <= FEW);
        let is_first = self.usual_shapes.is_empty();
        let distance = match (&self.usual_values, &values) {
            (Some(usual), Some(now)) => distance(now, usual),
            _ => distance(&shapes, &self.usual_shapes),
        };
        match (&mut self.usual_values, &values) {
            (Some(usual), Some(now)) => take_in(usual, now),
            (None, Some(now)) if is_first => self.usual_values = Some(now.clone()),
            (usual, _) => *usual = None,
        }
        take_in(&mut self.usual_shapes, &shapes);
        let (distance, chance) = distance?;
        self.chance = (chance * MILLION).round() as u64;
        Some(distance)
    }
}

/// How many values are few.
const FEW: usize = karat_engine::quality::delivery::VALUES_MAX;

/// How far one distribution is from another, and what chance alone hardly makes of that; `None` if
/// either has too few values.
fn distance(now: &Groups, usual: &Groups) -> Option<(f64, f64)> {
    let [counted, before] = [now, usual].map(|groups| total(groups.values()));
    if counted < VALUES_MIN || before < VALUES_MIN {
        return None;
    }
    fn pairs(groups: &Groups) -> impl Iterator<Item = (&str, u64)> {
        groups.iter().map(|(group, count)| (group.as_str(), *count))
    }
    let index = stability(pairs(now), pairs(usual));
    Some((index, chance(now.len().max(usual.len()), counted, before)))
}
