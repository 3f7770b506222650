//! What would be otherwise under other repair steps: values, findings and customers.
//!
//! ```text
//! published steps ─► repaired ─┐
//!                              ├─► values that would be cleaned otherwise
//! other steps ─────► repaired ─┘
//!        └─► derive and judge ─► findings that would close or open, customers that would change
//! ```

use std::collections::BTreeMap;

use karat_engine::clean::Memo;
use karat_model::hub_model::HubModel;
use karat_model::id::{RecordKey, SourceName};
use karat_model::record::{Moment, Payload, SourceRecord};
use karat_store::{FindingRow, Reader, RuleNo};
use rustc_hash::FxHashMap;

use super::list::{ListedStep, list_under};
use super::records::{Cleaners, Source};
use crate::error::Error;
use crate::flow::progress::Progress;
use crate::flow::publish::judge_all;
use crate::flow::quality::{Judging, Numbers};
use crate::flow::releases::InForce;
use crate::hub::Hub;
use crate::what_if::{WhatIf, what_if_judged};

/// What publishing other repair steps would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// The steps that are not published so, with how many records each of them would change.
    pub steps: Vec<ListedStep>,
    /// Records of which some value would be cleaned otherwise.
    pub records: u64,
    /// Per source and column, in order of their names.
    pub columns: Vec<ColumnEffect>,
    /// Per rule, in order of their names; `None` where checks changed as well, or nothing was judged.
    pub findings: Option<Vec<FindingEffect>>,
    /// What would become of customers.
    pub customers: WhatIf,
}

/// What would change in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnEffect {
    /// The source.
    pub source: SourceName,
    /// The column.
    pub column: String,
    /// In how many records its values would be others.
    pub records: u64,
    /// Some of them.
    pub samples: Vec<ChangedValue>,
}

/// Values of a record that would be cleaned otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedValue {
    /// The record.
    pub record: RecordKey,
    /// The values that are cleaned now.
    pub before: Vec<String>,
    /// The values that would be.
    pub after: Vec<String>,
}

/// How many findings of a rule would be closed or opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingEffect {
    /// The name of the rule: a check, or the code of a finding.
    pub rule: String,
    /// How many would be closed.
    pub closes: u64,
    /// How many would be opened.
    pub opens: u64,
}

/// How many changed values of a column are told.
const SAMPLES_MAX: usize = 5;

/// Compares what a hub model would make of the records with what is published.
pub fn preview(
    hub: &Hub,
    model: &HubModel,
    now: Moment,
    progress: &dyn Progress,
) -> Result<Preview, Error> {
    let reader = hub.database().open_reader()?;
    let mut told = Err(Error::NothingPublished);
    reader.at_one_moment(&mut |reader| {
        told = at_this_moment(reader, hub, model, now, progress);
        Ok(())
    })?;
    told
}

fn at_this_moment(
    reader: &dyn Reader,
    hub: &Hub,
    model: &HubModel,
    now: Moment,
    progress: &dyn Progress,
) -> Result<Preview, Error> {
    let mut in_force = InForce::new(hub.dir(), hub.model().clone());
    in_force.refresh(reader)?;
    let published = in_force.model();
    let is_new = |listed: &ListedStep| !published.repairs_of(&listed.source).contains(&listed.step);
    let mut steps = list_under(reader, model, None, progress)?;
    steps.retain(is_new);
    let (records, columns) = changed_columns(reader, [published, model], progress)?;
    let judging = Judging::anew(model, hub.dir(), now);
    let (customers, mut derived) = what_if_judged(reader, model, false, judging, progress)?;
    let quality = judge_all(model, &reader.source_columns()?, &mut derived);
    let findings = match (&derived.judge, quality) {
        (Some(judge), Some(quality)) => match Numbers::read(reader, judge, &model.attributes)? {
            Some(numbers) => {
                let faults = quality.faults.iter();
                let rows = faults.map(|(subject, fault)| numbers.finding(*subject, fault));
                Some(changed_findings(reader, rows.collect())?)
            }
            None => None,
        },
        _ => None,
    };
    Ok(Preview { steps, records, columns, findings, customers })
}

/// The values that would be cleaned otherwise; also how many records have such.
fn changed_columns(
    reader: &dyn Reader,
    models: [&HubModel; 2],
    progress: &dyn Progress,
) -> Result<(u64, Vec<ColumnEffect>), Error> {
    let [before, after] = models;
    let is_changed = |name: &SourceName| before.repairs_of(name) != after.repairs_of(name);
    let cleaners = Cleaners::new(reader, models, is_changed)?;
    let look = |source: &Source<2>, record: &SourceRecord, memos: &mut [Memo; 2]| {
        let [before, after] = &source.cleaners;
        let [memo_before, memo_after] = memos;
        let before = before.repaired(record, memo_before);
        let after = after.repaired(record, memo_after);
        (before != after).then_some((before, after))
    };
    let mut records = 0;
    let mut columns: BTreeMap<(SourceName, String), ColumnEffect> = BTreeMap::new();
    cleaners.visit(reader, progress, look, |record, (before, after)| {
        records += 1;
        let source = &record.key.source;
        let names = cleaners.of(source).map(|source| source.columns.clone()).unwrap_or_default();
        for (at, name) in (0..).zip(names.iter()) {
            let values = |payload: &Payload| -> Vec<String> {
                let of_column = payload.iter().filter(|(column, _)| *column == at);
                of_column.map(|(_, value)| value.to_owned()).collect()
            };
            let (before, after) = (values(&before), values(&after));
            if before == after {
                continue;
            }
            let effect = columns.entry((source.clone(), name.clone())).or_insert_with(|| {
                let (source, column) = (source.clone(), name.clone());
                ColumnEffect { source, column, records: 0, samples: Vec::new() }
            });
            effect.records += 1;
            if effect.samples.len() < SAMPLES_MAX {
                let record = record.key.clone();
                effect.samples.push(ChangedValue { record, before, after });
            }
        }
    })?;
    Ok((records, columns.into_values().collect()))
}

/// Compares the findings that there would be with those that are open.
fn changed_findings(
    reader: &dyn Reader,
    mut expected: Vec<FindingRow>,
) -> Result<Vec<FindingEffect>, Error> {
    let mut open: Vec<FindingRow> = Vec::new();
    reader.open_findings(&mut |finding| {
        open.push(finding);
        Ok(())
    })?;
    for list in [&mut expected, &mut open] {
        list.sort_unstable();
        list.dedup();
    }
    let mut effects: BTreeMap<RuleNo, [u64; 2]> = BTreeMap::new();
    for finding in &open {
        if expected.binary_search(finding).is_err() {
            effects.entry(finding.rule).or_default()[0] += 1;
        }
    }
    for finding in &expected {
        if open.binary_search(finding).is_err() {
            effects.entry(finding.rule).or_default()[1] += 1;
        }
    }
    let rules = reader.rules()?;
    let names: FxHashMap<RuleNo, &str> =
        rules.iter().map(|stored| (stored.no, stored.rule.name.as_str())).collect();
    let effect = |(rule, [closes, opens]): (RuleNo, [u64; 2])| FindingEffect {
        rule: names.get(&rule).copied().unwrap_or_default().to_owned(),
        closes,
        opens,
    };
    let mut effects: Vec<FindingEffect> = effects.into_iter().map(effect).collect();
    effects.sort_by(|a, b| a.rule.cmp(&b.rule));
    Ok(effects)
}
