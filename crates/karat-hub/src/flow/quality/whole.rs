//! The quality of a whole hub: everything is judged, then again where others matter.

use std::collections::BTreeMap;

use karat_engine::clean::CleaningPlan;
use karat_engine::quality::check::{KeyRole, Population, ValueKey};
use karat_model::attribute::AttributeId;
use karat_model::check::Decimal;
use karat_model::claim::CleanRecord;
use karat_model::hub_model::{HubModel, Source};
use karat_model::id::SourceName;
use karat_store::{Publication, SourceNo, SubjectNo, VerdictSet};
use rustc_hash::{FxHashMap, FxHashSet};

use super::deliveries::JudgedDelivery;
use super::filing::{Numbers, stored_keys};
use super::judge::{Fault, Judge, Judged, read_judged, stored};
use super::tallies::Tallies;
use crate::currency::Ages;

/// What came of judging all records and customers.
#[derive(Default)]
pub struct Quality {
    /// The verdicts, packed.
    pub verdicts: VerdictSet,
    /// What fails, and where; in order once all is settled.
    pub faults: Vec<(SubjectNo, Fault)>,
    /// The values that others may have as well.
    pub keys: Vec<(ValueKey, SubjectNo)>,
    /// How many got which verdict.
    pub tallies: Tallies,
    /// How long ago values of customers were last known to be so.
    pub ages: Ages,
    /// What came of the deliveries of sources.
    pub deliveries: Vec<JudgedDelivery>,
    /// What the numbers come to that are compared with those of another source.
    pub sums: BTreeMap<(SourceNo, AttributeId), i128>,
}

impl Quality {
    /// Takes in what came of a subject.
    pub fn take(
        &mut self,
        judge: &Judge,
        subject: SubjectNo,
        source: Option<&SourceName>,
        judged: Judged,
    ) {
        self.tallies.count(judge, judged.of, source, (judged.worth, &judged.verdicts), 1);
        self.ages.count(judged.of.entity_type, &judged.ages, judge.as_of);
        self.verdicts.push(subject, &judged.to_bytes());
        self.faults.extend(judged.faults.into_iter().map(|fault| (subject, fault)));
        self.keys.extend(judged.keys.into_iter().map(|key| (key, subject)));
    }

    /// Judges those again whose verdicts hang on others, now that all are known; `again` tells what
    /// came of one among the others.
    pub fn settle(
        &mut self,
        judge: &Judge,
        again: &mut dyn FnMut(SubjectNo, &Population) -> Option<Judged>,
    ) {
        self.keys.sort_unstable();
        let suspects = suspects(&self.keys);
        if !suspects.is_empty() {
            let (records, customers) = populations(&self.keys);
            let mut before: FxHashMap<SubjectNo, &[u8]> = FxHashMap::default();
            let of_suspects = self.verdicts.iter().filter(|(it, _)| suspects.contains(it));
            before.extend(of_suspects);
            let mut order: Vec<SubjectNo> = suspects.into_iter().collect();
            order.sort_unstable();
            let mut settled = Vec::new();
            for subject in order {
                let population = match subject {
                    SubjectNo::Record(_) => &records,
                    _ => &customers,
                };
                let known = before.get(&subject).and_then(|bytes| read_judged(bytes));
                let (Some((of, worth, verdicts)), Some(judged)) =
                    (known, again(subject, population))
                else {
                    continue;
                };
                let now = verdicts.with(&judged.verdicts, &|no| judge.plan.hangs_on_others(no));
                if now != verdicts {
                    settled.push((subject, (of, worth), verdicts, now, judged.faults));
                }
            }
            for (subject, (of, worth), before, now, faults) in settled {
                // Its group is there already, so that the source need not be named.
                self.tallies.count(judge, of, None, (worth, &before), -1);
                self.tallies.count(judge, of, None, (worth, &now), 1);
                let hangs = |fault: &Fault| {
                    judge
                        .rules
                        .check_of(fault.rule)
                        .is_some_and(|no| judge.plan.hangs_on_others(no))
                };
                self.faults.extend(faults.into_iter().filter(hangs).map(|it| (subject, it)));
                let bytes = stored(of, worth, &now);
                // Of two for one subject, the last counts.
                self.verdicts.push(subject, &bytes);
            }
        }
        self.faults.sort_unstable();
    }

    /// What fails of a subject; all is settled.
    pub fn faults_of(&self, subject: SubjectNo) -> &[(SubjectNo, Fault)] {
        let first = self.faults.partition_point(|(of, _)| *of < subject);
        let end = self.faults.partition_point(|(of, _)| *of <= subject);
        &self.faults[first..end]
    }

    /// Adds the numbers up that a record of a source has in these attributes.
    pub fn add_up(&mut self, source: SourceNo, attributes: &[AttributeId], record: &CleanRecord) {
        for claim in record.claims.iter().filter(|claim| attributes.contains(&claim.attribute)) {
            if let Some(Decimal(number)) = Decimal::parse(&claim.value) {
                *self.sums.entry((source, claim.attribute)).or_default() += i128::from(number);
            }
        }
    }

    /// Takes in what came of the deliveries of sources.
    pub fn take_deliveries(&mut self, judged: Vec<JudgedDelivery>) {
        self.tallies.count_deliveries(&judged);
        for of in &judged {
            let subject = SubjectNo::Source(of.source);
            self.faults.extend(of.filed().map(|fault| (subject, fault)));
        }
        self.faults.sort_unstable();
        self.deliveries = judged;
    }

    /// Says in the store what there is now.
    pub fn put(
        self,
        publication: &mut dyn Publication,
        judge: &Judge,
        model: &HubModel,
    ) -> Result<(), karat_store::Error> {
        let Quality { verdicts, faults, keys, mut tallies, ages, .. } = self;
        tallies.count_definitions(judge, &attributes_meant(model));
        let numbers = Numbers::given(publication, judge, &model.attributes)?;
        let findings = faults.iter().map(|(subject, fault)| numbers.finding(*subject, fault));
        publication.replace_findings(findings.collect())?;
        publication.replace_verdicts(verdicts)?;
        let of = |(key, subject): &(ValueKey, SubjectNo)| {
            let subject = *subject;
            stored_keys(key).map(move |key| (key, subject))
        };
        let keys = keys.iter().flat_map(of);
        publication.replace_value_keys(keys.collect())?;
        publication.put_tallies(&tallies.rows(judge, model, &numbers))?;
        publication.put_statistic(Ages::NAME, &ages.to_json(&model.attributes))
    }
}

/// The attributes that columns of sources fill, by what the hub model says of them.
pub fn attributes_meant(model: &HubModel) -> Vec<AttributeId> {
    let of_source = |source: &Source| {
        let columns: Vec<String> = source.columns.iter().map(|it| it.column.to_string()).collect();
        CleaningPlan::new(model, source, &columns).subjects()
    };
    let mut meant: Vec<AttributeId> = model.sources.iter().flat_map(of_source).flatten().collect();
    meant.sort_unstable();
    meant.dedup();
    meant
}

/// Whether a subject is a record, and not a customer: they are compared among themselves.
fn is_record(subject: SubjectNo) -> bool {
    matches!(subject, SubjectNo::Record(_))
}

/// The subjects of whom others matter: several hold a value, nobody has what is named, or one leads
/// to another. The keys are in order.
fn suspects(keys: &[(ValueKey, SubjectNo)]) -> FxHashSet<SubjectNo> {
    let mut suspects = FxHashSet::default();
    let of_value = |key: &(ValueKey, SubjectNo)| (key.0.check, key.0.key);
    for group in keys.chunk_by(|one, next| of_value(one) == of_value(next)) {
        for records in [true, false] {
            let among = || group.iter().filter(|(_, subject)| is_record(*subject) == records);
            let holders = among().filter(|(key, _)| key.role != KeyRole::Asks).count();
            for (key, subject) in among() {
                let matters = match key.role {
                    KeyRole::Holds => holders > 1,
                    KeyRole::Asks => holders == 0,
                    KeyRole::Leads { .. } => true,
                };
                if matters {
                    suspects.insert(*subject);
                }
            }
        }
    }
    suspects
}

/// All records, and all customers, by the values that they have.
fn populations(keys: &[(ValueKey, SubjectNo)]) -> (Population, Population) {
    let (mut records, mut customers) = (Population::default(), Population::default());
    for (key, subject) in keys {
        let population = if is_record(*subject) { &mut records } else { &mut customers };
        population.add(std::slice::from_ref(key));
    }
    (records, customers)
}
