//! Judges what is kept of deliveries by the checks of deliveries.

use karat_engine::quality::check::{
    ColumnFacts, DeliveryFacts, DeliveryFault, Feed, Sample, ValueFacts,
};
use karat_model::attribute::AttributeId;
use karat_model::check::{Day, Decimal, Verdict};
use karat_model::hub_model::{Delivery, HubModel};
use karat_model::id::SourceName;
use karat_model::record::{Columns, Moment};
use karat_store::SourceNo;

use super::super::judge::{Fault, Judge};
use super::super::rules::RuleAt;
use super::kept::{Deliveries, KeptDelivery, MILLION, SourceDeliveries};
use crate::flow::clean::SourceCleaner;

/// What came of one check on the deliveries of a source.
#[derive(Clone, Debug)]
pub struct JudgedDelivery {
    /// The source.
    pub source: SourceNo,
    /// Its name.
    pub name: SourceName,
    /// The rule of the check.
    pub rule: RuleAt,
    /// The attribute that the check is about, if it is one.
    pub attribute: Option<AttributeId>,
    /// The verdict.
    pub verdict: Verdict,
    /// Where it fails.
    pub faults: Vec<DeliveryFault>,
}

impl JudgedDelivery {
    /// What fails, as it is filed.
    pub fn filed(&self) -> impl Iterator<Item = Fault> {
        self.faults.iter().map(|fault| Fault {
            rule: self.rule,
            attribute: fault.attribute,
            slot: 0,
            column: fault.column,
            value: None,
            record: None,
        })
    }
}

/// Judges the deliveries of these sources, each with the columns that it ever had.
///
/// Nothing is judged before anything was kept: a hub of an earlier version knows no deliveries.
pub fn judge_deliveries(
    judge: &Judge,
    model: &HubModel,
    sources: &[(SourceNo, SourceName, Columns)],
) -> Vec<JudgedDelivery> {
    let deliveries = &judge.deliveries;
    if deliveries.is_empty() {
        return Vec::new();
    }
    let known =
        |name: &str| sources.iter().map(|(_, known, _)| known).find(|it| it.as_str() == name);
    let records: Vec<(SourceName, u64)> = deliveries
        .iter()
        .filter_map(|(name, of)| Some((known(name)?.clone(), of.records)))
        .collect();
    let nothing = SourceDeliveries::default();
    let mut judged = Vec::new();
    for (no, name, columns) in sources {
        let Some(source) = model.source(name) else { continue };
        let of_source = deliveries.of(name).unwrap_or(&nothing);
        let subjects = SourceCleaner::new(model, name, columns).subjects();
        let series = Series::of(of_source, columns, &subjects);
        let values = Values::of(of_source, columns, &subjects);
        let mut values: Vec<ValueFacts> = values.0.iter().map(|it| it.facts(name)).collect();
        add_sums(deliveries, model, sources, &mut values);
        let last = of_source.deliveries.last();
        let is_whole = source.delivery == Delivery::Full && !of_source.by_day;
        let facts = DeliveryFacts {
            source: name,
            as_of: deliveries.judged_at(),
            feed: if is_whole { Feed::Whole } else { Feed::Changes },
            delivered_at: last.map(|last| Moment(last.at)),
            latency: last.and_then(|last| last.latency),
            records: &records,
            volumes: &series.volumes,
            columns: &series.columns.iter().map(ColumnSeries::facts).collect::<Vec<ColumnFacts>>(),
            values: &values,
        };
        judged.extend(judge.plan.judge_delivery(&facts).into_iter().map(|it| JudgedDelivery {
            source: *no,
            name: name.clone(),
            rule: judge.rules.check(it.check),
            attribute: match judge.plan.check(it.check).attributes[..] {
                [attribute] => Some(attribute),
                _ => None,
            },
            verdict: it.verdict,
            faults: it.faults,
        }));
    }
    judged
}

/// The figures of a source, delivery by delivery.
struct Series {
    volumes: Vec<Sample>,
    columns: Vec<ColumnSeries>,
}

/// Those of a column.
struct ColumnSeries {
    column: u16,
    attribute: Option<AttributeId>,
    empty: Vec<Sample>,
    distances: Vec<Sample>,
    chance: f64,
}

impl Series {
    fn of(
        source: &SourceDeliveries,
        columns: &Columns,
        subjects: &[Option<AttributeId>],
    ) -> Series {
        let sample = |of: &KeptDelivery, value| Sample { day: Day(of.day), value };
        let deliveries = &source.deliveries;
        let mut series = Vec::new();
        for (at, name) in columns.iter().enumerate() {
            // The second column of a name is not watched.
            if columns[..at].contains(name) {
                continue;
            }
            let empty = deliveries.iter().filter(|of| of.rows > 0).filter_map(|of| {
                let filled = *of.filled.get(name)?;
                Some(sample(of, 1.0 - filled.min(of.rows) as f64 / of.rows as f64))
            });
            let distances = deliveries
                .iter()
                .filter_map(|of| Some(sample(of, *of.distances.get(name)? as f64 / MILLION)));
            let has_now = deliveries.last().is_some_and(|last| last.filled.contains_key(name));
            let has_distance =
                deliveries.last().is_some_and(|last| last.distances.contains_key(name));
            series.push(ColumnSeries {
                column: at as u16,
                attribute: subjects.get(at).copied().flatten(),
                empty: if has_now { empty.collect() } else { Vec::new() },
                distances: if has_distance { distances.collect() } else { Vec::new() },
                chance: source.columns.get(name).map_or(0.0, |it| it.chance as f64 / MILLION),
            });
        }
        let volumes = deliveries.iter().map(|of| sample(of, of.rows as f64)).collect();
        Series { volumes, columns: series }
    }
}

impl ColumnSeries {
    fn facts(&self) -> ColumnFacts<'_> {
        ColumnFacts {
            column: self.column,
            attribute: self.attribute,
            empty: &self.empty,
            distances: &self.distances,
            chance: self.chance,
        }
    }
}

/// What is known of the values of attributes that were asked for.
struct Values<'d>(Vec<ValuesOf<'d>>);

struct ValuesOf<'d> {
    attribute: AttributeId,
    groups: Vec<(&'d str, u64)>,
    groups_before: Vec<(&'d str, u64)>,
    means: Vec<Decimal>,
}

impl<'d> Values<'d> {
    fn of(
        source: &'d SourceDeliveries,
        columns: &Columns,
        subjects: &[Option<AttributeId>],
    ) -> Values<'d> {
        let mut values: Vec<ValuesOf> = Vec::new();
        for (name, attribute) in columns.iter().zip(subjects) {
            let (Some(attribute), Some(column)) = (*attribute, source.columns.get(name)) else {
                continue;
            };
            // Of several columns that are about an attribute, the first counts.
            if values.iter().any(|known| known.attribute == attribute) {
                continue;
            }
            let groups = |of: &'d Option<_>| -> Vec<(&'d str, u64)> {
                let of: &'d Option<std::collections::BTreeMap<String, u64>> = of;
                of.iter().flatten().map(|(group, count)| (group.as_str(), *count)).collect()
            };
            let means = source.deliveries.iter().filter_map(|of| of.means.get(name));
            let has_mean = source.deliveries.last().is_some_and(|it| it.means.contains_key(name));
            values.push(ValuesOf {
                attribute,
                groups: groups(&column.now),
                groups_before: groups(&column.before),
                means: if has_mean { means.copied().map(Decimal).collect() } else { Vec::new() },
            });
        }
        Values(values)
    }
}

impl ValuesOf<'_> {
    fn facts<'f>(&'f self, source: &'f SourceName) -> ValueFacts<'f> {
        ValueFacts {
            source,
            attribute: self.attribute,
            sum: None,
            groups: &self.groups,
            groups_before: &self.groups_before,
            means: &self.means,
        }
    }
}

/// Adds what the numbers of all sources come to.
fn add_sums<'f>(
    deliveries: &Deliveries,
    model: &HubModel,
    sources: &'f [(SourceNo, SourceName, Columns)],
    values: &mut Vec<ValueFacts<'f>>,
) {
    for (_, source, _) in sources {
        let Some(known) = deliveries.of(source) else { continue };
        for (name, sum) in &known.sums {
            let Some(attribute) = model.attributes.find(name) else { continue };
            let sum = Some(Decimal(*sum));
            let of_it =
                values.iter_mut().find(|it| it.source == source && it.attribute == attribute);
            match of_it {
                Some(known) => known.sum = sum,
                None => values.push(ValueFacts {
                    source,
                    attribute,
                    sum,
                    groups: &[],
                    groups_before: &[],
                    means: &[],
                }),
            }
        }
    }
}
