//! The queue: values that are no longer sure enough, those first that most harm is expected of.
//!
//! What is not sure enough is what a check with `current` fails at; these are filed, so that nothing
//! but the findings that are open is looked at.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{Check, Day, Requirement, Share, Use};
use karat_model::finding::{FiledFinding, FindingNo, RuleName, Subject};
use karat_model::hub_model::HubModel;
use karat_model::id::{EntityId, RecordKey};
use karat_model::record::Moment;
use karat_store::{FindingFilter, Reader, RowNo};
use rustc_hash::FxHashMap;

use super::sureness::Sureness;
use crate::error::Error;
use crate::stored::called;
use crate::view::{Queue, QueueQuery, Sure, UnsureValue};

/// How many findings are read at a time.
const READ_AT_A_TIME: usize = 4096;

/// A check that wants values current.
struct Wanting<'m> {
    check: &'m Check,
    share: Share,
    /// By attribute, the uses that ask something of it.
    uses: BTreeMap<AttributeId, Vec<&'m str>>,
}

/// The first of the values that are asked for.
pub fn queue(
    reader: &dyn Reader,
    model: &HubModel,
    query: &QueueQuery,
    limit: usize,
) -> Result<Queue, Error> {
    let confirmations = reader.confirmations()?;
    let Some(sureness) = Sureness::read(reader, model, &confirmations)? else {
        return Ok(Queue::default());
    };
    let mut first = First { limit, total: 0, values: Vec::new() };
    for wanting in wanting(model, query) {
        let filter = FindingFilter {
            rule: Some(RuleName::new(wanting.check.name.as_str())),
            is_open: Some(true),
            of_customers: Some(true),
            ..FindingFilter::default()
        };
        let mut after = FindingNo(0);
        loop {
            let found = reader.findings(&filter, after, READ_AT_A_TIME)?;
            let Some(last) = found.last() else { break };
            after = last.no;
            for value in unsure(reader, model, &sureness, &wanting, found)? {
                first.add(value);
            }
        }
    }
    let mut values = first.finish();
    let mut titles: BTreeMap<EntityId, String> = BTreeMap::new();
    for value in &mut values {
        let title = match titles.entry(value.entity) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let title = reader.entity(value.entity)?.map(|entity| called(entity.title));
                unknown.insert(title.unwrap_or_default())
            }
        };
        value.title.clone_from(title);
    }
    Ok(Queue { total: first.total, values })
}

/// The checks that want the values current that are asked for.
fn wanting<'m>(model: &'m HubModel, query: &QueueQuery) -> Vec<Wanting<'m>> {
    let uses_of = |id: AttributeId| -> Vec<&'m str> {
        let asks = |of: &&Use| {
            let needed = of.needs.iter();
            let needed = needed.filter_map(|name| model.checks.iter().find(|it| it.name == *name));
            needed.into_iter().any(|check: &Check| check.attributes.contains(&id))
        };
        model.uses.iter().filter(asks).map(|of| of.name.as_str()).collect()
    };
    let is_asked = |id: &AttributeId, uses: &[&str]| {
        let name = &model.attributes.get(*id).name;
        query.attribute.as_ref().is_none_or(|wanted| wanted == name)
            && query.use_name.as_ref().is_none_or(|wanted| uses.contains(&wanted.as_str()))
    };
    let wanting = |check: &'m Check| {
        let Requirement::Current(share) = check.requirement else { return None };
        let uses = check.attributes.iter().map(|id| (*id, uses_of(*id)));
        let uses: BTreeMap<_, _> = uses.filter(|(id, uses)| is_asked(id, uses)).collect();
        (!uses.is_empty()).then_some(Wanting { check, share, uses })
    };
    model.checks.iter().filter_map(wanting).collect()
}

/// The values that some findings are about.
fn unsure(
    reader: &dyn Reader,
    model: &HubModel,
    sureness: &Sureness,
    wanting: &Wanting,
    found: Vec<FiledFinding>,
) -> Result<Vec<UnsureValue>, Error> {
    let customer = |finding: &FiledFinding| match finding.subject {
        Subject::Customer(id) => Some(id),
        _ => None,
    };
    let entities: BTreeSet<EntityId> = found.iter().filter_map(customer).collect();
    let entities: Vec<EntityId> = entities.into_iter().collect();
    let mut members: BTreeMap<EntityId, (Option<EntityType>, Vec<RowNo>)> = BTreeMap::new();
    for (entity, entity_type, row) in reader.members_of(&entities)? {
        let known = members.entry(entity).or_default();
        known.0 = Some(entity_type);
        known.1.push(row);
    }
    let keys: BTreeSet<RecordKey> =
        found.iter().filter_map(|finding| finding.record.clone()).collect();
    let rows = reader.rows_of(&keys.into_iter().collect::<Vec<RecordKey>>())?;
    let row_of: FxHashMap<RecordKey, RowNo> = rows.into_iter().collect();
    let said = reader.records_by_row(&row_of.values().copied().collect::<Vec<RowNo>>())?;
    let said_at: FxHashMap<RowNo, Option<Moment>> =
        said.into_iter().map(|stored| (stored.row, stored.record.observed_at)).collect();
    let value = |finding: FiledFinding| {
        let entity = customer(&finding)?;
        let (entity_type, rows) = members.get(&entity)?;
        let (entity_type, record) = ((*entity_type)?, finding.record?);
        let id = model.attributes.find(finding.attribute.as_deref()?)?;
        let uses = wanting.uses.get(&id)?;
        let row = row_of.get(&record)?;
        // The record that says so comes first.
        let mut rows: Vec<RowNo> = rows.clone();
        rows.sort_unstable_by_key(|known| (known != row, *known));
        let said_on = said_at.get(row).copied().flatten().map(Day::of);
        let sure = sureness.of((entity_type, id), finding.value?, &rows, said_on);
        let Sure { last_seen, probability } = sure;
        let probability = probability?;
        let attribute = model.attributes.get(id);
        let criticality = model.quality.criticality(&model.attributes, id);
        let cost = wanting.check.cost_cents.unwrap_or(1);
        Some(UnsureValue {
            entity,
            title: String::new(),
            record,
            attribute: attribute.name.clone(),
            slot: finding.slot,
            label: [attribute.english.clone(), attribute.dutch.clone()],
            last_seen,
            probability,
            wanted: wanting.share,
            check: wanting.check.name.to_string(),
            uses: uses.iter().map(ToString::to_string).collect(),
            harm: f64::from(criticality) * (1.0 - probability) * f64::from(cost),
            owner: wanting.check.owner.clone(),
        })
    };
    Ok(found.into_iter().filter_map(value).collect())
}

/// The values that come first.
struct First {
    limit: usize,
    total: u64,
    values: Vec<UnsureValue>,
}

impl First {
    fn add(&mut self, value: UnsureValue) {
        self.total += 1;
        self.values.push(value);
        if self.values.len() > 2 * self.limit + READ_AT_A_TIME {
            self.cut();
        }
    }

    fn cut(&mut self) {
        // Harms are whole numbers times a probability, so that the same values give the same order.
        let order = |value: &UnsureValue| {
            let UnsureValue { entity, attribute, slot, check, .. } = value;
            let place = (*entity, attribute.clone(), *slot, check.clone());
            (Reverse(value.harm.to_bits()), place)
        };
        self.values.sort_by_cached_key(order);
        self.values.truncate(self.limit);
    }

    fn finish(&mut self) -> Vec<UnsureValue> {
        self.cut();
        std::mem::take(&mut self.values)
    }
}
