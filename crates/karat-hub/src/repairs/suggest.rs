//! Steps that accept what findings propose, where the proposals are certain.

use std::collections::BTreeMap;

use karat_engine::clean::{Memo, fold_header};
use karat_model::finding::FindingCode;
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::SourceRecord;
use karat_model::repair_step::{RepairStep, RepairVerb, SourceRepairs};
use karat_store::Reader;

use super::list::list_under;
use super::records::{Cleaners, Source};
use crate::error::Error;
use crate::flow::progress::Progress;
use crate::hub::Hub;

/// A step that is worth it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedStep {
    /// The source.
    pub source: SourceName,
    /// The step.
    pub step: RepairStep,
    /// In how many records the finding stands in the column.
    pub found: u64,
    /// How many of these the step would mend.
    pub mended: u64,
}

/// The steps that would mend most records, the most first; those that would mend none are left out.
pub fn suggest(
    hub: &Hub,
    only: Option<&SourceName>,
    progress: &dyn Progress,
) -> Result<Vec<SuggestedStep>, Error> {
    let reader = hub.database().open_reader()?;
    let found = proposals(reader.as_ref(), hub.model(), only, progress)?;
    // Each is tried behind the steps that there are, the most frequent first.
    let mut candidates: Vec<SuggestedStep> = Vec::new();
    let mut order: Vec<_> = found.into_iter().collect();
    order.sort_by(|(one, many), (other, fewer)| fewer.cmp(many).then(one.cmp(other)));
    for ((source, column, code), found) in order {
        let known = hub.model().repairs_of(&source);
        let of_source = candidates.iter().filter(|it| it.source == source).map(|it| &it.step);
        let names: Vec<&str> = known.iter().chain(of_source).map(|step| step.id.as_str()).collect();
        let id = new_id(&format!("{}_{}", code.name(), fold_header(&column)), &names);
        let verb = RepairVerb::Accept(code);
        let step =
            RepairStep { id, column, verb, conditions: Vec::new(), by: None, at: None, why: None };
        candidates.push(SuggestedStep { source, step, found, mended: 0 });
    }
    let model = with_candidates(hub.model(), &candidates);
    for listed in list_under(reader.as_ref(), &model, only, progress)? {
        let is_it = |it: &&mut SuggestedStep| it.source == listed.source && it.step == listed.step;
        if let Some(candidate) = candidates.iter_mut().find(is_it) {
            candidate.mended = listed.records;
        }
    }
    candidates.retain(|candidate| candidate.mended > 0);
    candidates.sort_by(|one, other| {
        let by_source = one.source.cmp(&other.source);
        by_source.then(other.mended.cmp(&one.mended)).then(one.step.id.cmp(&other.step.id))
    });
    Ok(candidates)
}

/// In how many records a finding with a proposal stands in a column.
type Proposals = BTreeMap<(SourceName, String, FindingCode), u64>;

fn proposals(
    reader: &dyn Reader,
    model: &HubModel,
    only: Option<&SourceName>,
    progress: &dyn Progress,
) -> Result<Proposals, Error> {
    let is_wanted = |name: &SourceName| only.is_none_or(|only| only == name);
    let cleaners = Cleaners::new(reader, [model], is_wanted)?;
    let look = |source: &Source<1>, record: &SourceRecord, memos: &mut [Memo; 1]| {
        let cleaned = source.cleaners[0].clean_remembering(record, &mut memos[0])?;
        let proposed = cleaned.findings.iter().filter(|finding| finding.repair.is_some());
        let mut proposed: Vec<(u16, FindingCode)> =
            proposed.filter_map(|finding| Some((finding.column?, finding.code))).collect();
        proposed.sort_unstable();
        proposed.dedup();
        (!proposed.is_empty()).then_some(proposed)
    };
    let mut found = Proposals::new();
    cleaners.visit(reader, progress, look, |record, proposed| {
        let source = record.key.source;
        let Some(Source { columns, .. }) = cleaners.of(&source) else { return };
        for (column, code) in proposed {
            if let Some(column) = columns.get(usize::from(column)) {
                *found.entry((source.clone(), column.clone(), code)).or_default() += 1;
            }
        }
    })?;
    Ok(found)
}

/// A hub model with steps behind those that it has.
fn with_candidates(model: &HubModel, candidates: &[SuggestedStep]) -> HubModel {
    let repairs = model.sources.iter().map(|source| {
        let added = candidates.iter().filter(|it| it.source == source.name);
        let known = model.repairs_of(&source.name).iter();
        let steps = known.chain(added.map(|it| &it.step)).cloned().collect();
        SourceRepairs { source: source.name.clone(), steps }
    });
    HubModel { repairs: repairs.collect(), ..model.clone() }
}

/// A name that no other step has.
fn new_id(name: &str, others: &[&str]) -> String {
    let is_sign = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name: String = name.chars().map(|c| if is_sign(c) { c } else { '_' }).collect();
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let mut names = std::iter::once(name.clone()).chain(numbered);
    let is_new = |name: &String| !others.contains(&name.as_str());
    names.find(is_new).expect("there are more numbers than steps")
}
