//! The gate: looks at a customer that is typed in as if its record had come.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use karat_engine::matching::model::MatchModel;
use karat_engine::merging::{self, Member};
use karat_engine::quality::check::{CheckMemo, CheckNo, Known};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{Check, CustomerKind, Day, Requirement, Verdict};
use karat_model::claim::CleanRecord;
use karat_model::evidence::Weight;
use karat_model::finding::RuleName;
use karat_model::hub_model::{ColumnMapping, DateOrder, Delivery, Format, HubModel, Party, Source};
use karat_model::id::{EntityId, RecordKey, SourceName};
use karat_model::language::Language;
use karat_model::record::{Columns, SourceRecord};
use karat_store::{Reader, RowNo, SourceNo, SubjectNo};
use rustc_hash::FxHashMap;

use super::decide::decide;
use super::wording::message;
use crate::error::Error;
use crate::flow::change::{Records, judged_among};
use crate::flow::clean::SourceCleaner;
use crate::flow::publish::trust;
use crate::flow::quality::{Alone, Customer, Fault, Judge, Judged, Judging, Kept};
use crate::hub_model::CHECKS;
use crate::live::as_payload;
use crate::stored::{Met, candidates};
use crate::validate::tables::reference_tables;
use crate::view::{
    EntryAnswer, EntryCheck, EntryFinding, FoundWrong, Likeness, Need, Probe, ProbeValues,
    Understood,
};

/// No source can have an id with this character, as files and addresses cannot.
const PROBE_ID: &str = "\0";
/// The source of values that are told by attribute; none of a hub is called so.
const NO_SOURCE: &str = "probe";
/// The row that no record has.
const NO_ROW: RowNo = RowNo(u64::MAX);
/// So many ways to list columns are kept.
const CLEANERS_MAX: usize = 256;

/// A judge, with what was kept of judging and the day when it was read.
type KeptJudge = (Option<String>, Day, Arc<Judge>);

/// What typed values are looked at by; kept from one to the next.
pub struct EntryGate {
    /// The folder of the hub, where reference files are named from.
    dir: PathBuf,
    model: Arc<HubModel>,
    cleaners: Mutex<FxHashMap<Listed, Arc<Cleaner>>>,
    /// What was kept of judging, in its stored form, the day, and the judge that came of both.
    judge: Mutex<Option<KeptJudge>>,
    /// Those that no one uses now: they know how to clean the records of sources.
    records: Mutex<Vec<Records>>,
}

/// What was listed: columns of a source, or attributes.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Listed {
    Columns(SourceName, Columns),
    Attributes(EntityType, Vec<AttributeId>),
}

/// How what was listed is cleaned.
struct Cleaner {
    cleaner: SourceCleaner,
    /// By column number, the attribute that what is found there is about.
    subjects: Vec<Option<AttributeId>>,
}

/// What was typed, as if it were a record.
pub struct Asked {
    /// The record.
    pub record: SourceRecord,
    /// As it is understood.
    pub cleaned: CleanRecord,
    /// The columns, or the names of attributes, under which it was typed.
    pub names: Columns,
    /// What the hub model says that it is about.
    pub entity_type: EntityType,
    source: SourceNo,
    cleaner: Arc<Cleaner>,
}

impl Asked {
    /// What cleaning found.
    pub fn found_wrong(&self, model: &HubModel) -> Vec<FoundWrong> {
        let found = self.cleaned.findings.iter();
        found.map(|finding| FoundWrong::of(finding, &self.names, &model.attributes)).collect()
    }
}

impl EntryGate {
    /// The gate of the hub of a folder under a hub model.
    pub fn new(dir: PathBuf, model: Arc<HubModel>) -> EntryGate {
        let (cleaners, judge, records) = (Mutex::default(), Mutex::default(), Mutex::default());
        EntryGate { dir, model, cleaners, judge, records }
    }

    /// Looks at a customer that is typed in; nothing is saved. A kind that the hub model does not
    /// have needs nothing: whoever asks makes sure that it is there.
    pub fn check(
        &self,
        reader: &dyn Reader,
        match_model: Option<&MatchModel>,
        check: &EntryCheck,
    ) -> Result<EntryAnswer, Error> {
        self.with_records(reader, |records| {
            let asked = self.understand(records, &check.probe);
            let limit = if check.is_discreet { 0 } else { check.limit };
            let seeking = match_model.map(|of| of.seeking(&self.model.matching));
            let likely_from = self.likely_from(seeking.as_ref());
            let met = match seeking {
                Some(seeking) => {
                    candidates::meet(&self.model, reader, seeking, records, &asked, limit)?
                }
                None => Met::default(),
            };
            let duplicate = match met.likeliest {
                Some(likeliest) if likely_from.is_some_and(|from| likeliest >= from) => {
                    Likeness::Likely
                }
                Some(_) => Likeness::Possible,
                None => Likeness::None,
            };
            let judge = self.judge(reader, check.today)?;
            let judged = self.judged(reader, &judge, &asked, check)?;
            let likeliest = met.likeliest.filter(|_| !check.is_discreet);
            let needs = self.needs(reader, &judge, &asked, check, likeliest)?;
            let missing = self.missing(&judge, &asked, &needs);
            let decision = decide(self.model.entry.policy, &needs, duplicate);
            Ok(EntryAnswer {
                entity_type: asked.entity_type,
                understood: understood(&asked),
                findings: self.findings(&judge, &asked, &judged),
                needs,
                missing,
                candidates: met.candidates,
                duplicate,
                decision,
            })
        })
    }

    /// Does something with records that are cleaned as those of the hub.
    pub fn with_records<T>(
        &self,
        reader: &dyn Reader,
        work: impl FnOnce(&mut Records) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let free = lock(&self.records).pop();
        let mut records = match free {
            Some(mut records) => {
                records.begin_anew(reader)?;
                records
            }
            None => Records::new(&self.model, reader)?,
        };
        let done = work(&mut records);
        records.forget();
        lock(&self.records).push(records);
        done
    }

    /// What was typed, as if it were a record.
    pub fn understand(&self, records: &Records, probe: &Probe) -> Asked {
        let entity_type = probe.entity_type;
        let attributes = &self.model.attributes;
        let (listed, source, values, names) = match &probe.values {
            ProbeValues::Columns(source, values) => {
                let known = records.columns_of(source);
                let mut columns: Vec<String> =
                    known.map_or_else(Vec::new, |(_, columns)| columns.to_vec());
                for (column, _) in values {
                    if !columns.contains(column) {
                        columns.push(column.clone());
                    }
                }
                let names: Columns = columns.into();
                let number = known.map_or(SourceNo(0), |(number, _)| number);
                let listed = Listed::Columns(source.clone(), names.clone());
                (listed, (number, source.clone()), values.clone(), names)
            }
            ProbeValues::Attributes(values) => {
                let ids: Vec<AttributeId> = values.iter().map(|(id, _)| *id).collect();
                let names = ids.iter().map(|id| attributes.get(*id).name.clone()).collect();
                let numbered = values.iter().enumerate();
                let values = numbered.map(|(at, (_, value))| (at.to_string(), value.clone()));
                let source = (SourceNo(0), SourceName::new(NO_SOURCE));
                (Listed::Attributes(entity_type, ids), source, values.collect(), names)
            }
        };
        let columns: Columns = match &listed {
            Listed::Columns(_, columns) => columns.clone(),
            Listed::Attributes(_, ids) => (0..ids.len()).map(|at| at.to_string()).collect(),
        };
        let cleaner = self.cleaner(listed, &columns);
        let payload = cleaner.cleaner.withhold(as_payload(&columns, &values));
        let observed_at = cleaner.cleaner.updated_at(&payload);
        let key = RecordKey::new(source.1, PROBE_ID);
        let record = SourceRecord { key, observed_at, payload };
        let nothing = CleanRecord { entity_type, claims: Vec::new(), findings: Vec::new() };
        let cleaned = cleaner.cleaner.clean(&record).unwrap_or(nothing);
        let said = cleaned.entity_type;
        // Who asks knows what it is, whatever the values look like.
        let cleaned = CleanRecord { entity_type, ..cleaned };
        Asked { record, cleaned, names, entity_type: said, source: source.0, cleaner }
    }

    fn cleaner(&self, listed: Listed, columns: &Columns) -> Arc<Cleaner> {
        if let Some(known) = lock(&self.cleaners).get(&listed) {
            return known.clone();
        }
        let cleaner = match &listed {
            Listed::Columns(source, _) => SourceCleaner::new(&self.model, source, columns),
            Listed::Attributes(entity_type, ids) => {
                let source = source_of_attributes(&self.model, ids, *entity_type);
                SourceCleaner::of_source(&self.model, &source, columns)
            }
        };
        let subjects = cleaner.subjects();
        let cleaner = Arc::new(Cleaner { cleaner, subjects });
        let mut known = lock(&self.cleaners);
        if known.len() >= CLEANERS_MAX {
            known.clear();
        }
        known.insert(listed, cleaner.clone());
        cleaner
    }

    /// The judge of the hub as it is; one that was never judged is judged as of today, with the
    /// reference files as they are now.
    fn judge(&self, reader: &dyn Reader, today: Day) -> Result<Arc<Judge>, Error> {
        let kept = reader.statistic(Kept::NAME)?;
        if let Some((of, day, judge)) = &*lock(&self.judge)
            && *of == kept
            && (kept.is_some() || *day == today)
        {
            return Ok(judge.clone());
        }
        let as_before = Judge::read(reader, &self.model, Judging::AsBefore)?;
        let judge = match as_before {
            Some(judge) => judge,
            None => {
                let tables = reference_tables(&self.model, &self.dir.join(CHECKS));
                let anew = Judging::Anew { as_of: today, tables };
                Judge::read(reader, &self.model, anew)?.expect("it is judged anew")
            }
        };
        let judge = Arc::new(judge);
        *lock(&self.judge) = Some((kept, today, judge.clone()));
        Ok(judge)
    }

    /// The weight from which somebody is likely known.
    fn likely_from(&self, match_model: Option<&MatchModel>) -> Option<Weight> {
        let said = self.model.entry.duplicates_from_bits.map(Weight::from_bits);
        said.or(match_model.map(|of| Weight(of.link_threshold)))
    }

    /// What comes of judging the record that would come.
    fn judged(
        &self,
        reader: &dyn Reader,
        judge: &Judge,
        asked: &Asked,
        check: &EntryCheck,
    ) -> Result<Judged, Error> {
        let Asked { record, cleaned, source, cleaner, .. } = asked;
        let at = (*source, NO_ROW);
        let mut judged = |others: &dyn Known| {
            let memo = &mut CheckMemo::none();
            judge.record(at, record, cleaned, &cleaner.subjects, others, memo)
        };
        match check.is_discreet {
            true => Ok(judged(&Alone)),
            false => judged_among(reader, SubjectNo::Record(NO_ROW), &mut judged),
        }
    }

    /// What the kind needs, judged on the customer that the record alone would be.
    fn needs(
        &self,
        reader: &dyn Reader,
        judge: &Judge,
        asked: &Asked,
        check: &EntryCheck,
        likeliest: Option<Weight>,
    ) -> Result<Vec<Need>, Error> {
        let entity_type = check.probe.entity_type;
        let kind = check.kind.as_ref().and_then(|name| kind_of(&self.model, name, entity_type));
        let Some(kind) = kind else { return Ok(Vec::new()) };
        let Asked { record, cleaned, .. } = asked;
        let source = &record.key.source;
        let trust = trust(&self.model, source);
        let members = [Member::of_claims(0, trust, record.observed_at, &cleaned.claims)];
        let survivors =
            merging::survivors(&members, &self.model.attributes, &self.model.survivorship);
        let customer = Customer {
            entity_type,
            members: &members,
            rows: &[NO_ROW],
            sources: &[source],
            survivors: &survivors,
            potential_match: likeliest,
            kind: Some(&kind.name),
            is_deceased: asked.cleaned.is_deceased(),
        };
        let mut judged =
            |others: &dyn Known| judge.customer(&customer, others, &mut CheckMemo::none());
        let judged = match check.is_discreet {
            true => judged(&Alone),
            false => {
                let subject = SubjectNo::Customer(EntityId::founded_by(&record.key));
                judged_among(reader, subject, &mut judged)?
            }
        };
        let needs = kind.needs.iter().filter_map(|name| judge.plan.find(name));
        // What hangs on others tells of them.
        let is_told = |no: &CheckNo| !check.is_discreet || !tells_of_others(judge, *no);
        let need = |no: CheckNo| {
            let of = judge.plan.check(no);
            Need {
                check: RuleName::new(of.name.as_str()),
                verdict: judged.verdicts.get(no),
                message: message(of, &self.model.attributes),
                attributes: of.attributes.clone(),
            }
        };
        Ok(needs.filter(is_told).map(need).collect())
    }

    /// The attributes without a value of the needs that fail.
    fn missing(&self, judge: &Judge, asked: &Asked, needs: &[Need]) -> Vec<AttributeId> {
        let has_value =
            |id: &AttributeId| asked.cleaned.claims.iter().any(|claim| claim.attribute == *id);
        let failed = needs.iter().filter(|need| need.verdict == Verdict::Fail);
        let is_about_absence = |need: &&Need| {
            let check = judge.plan.checks().find(|(_, it)| it.name.as_str() == need.check.as_str());
            check.is_some_and(|(_, check)| asks_for_presence(check))
        };
        let mut missing: Vec<AttributeId> = Vec::new();
        for id in failed.filter(is_about_absence).flat_map(|need| &need.attributes) {
            if !has_value(id) && !missing.contains(id) {
                missing.push(*id);
            }
        }
        missing
    }

    fn findings(&self, judge: &Judge, asked: &Asked, judged: &Judged) -> Vec<EntryFinding> {
        let attributes = &self.model.attributes;
        let name = |column: u16| asked.names.get(usize::from(column)).cloned();
        let finding = |fault: &Fault| {
            let rule = &judge.rules.all()[usize::from(fault.rule.0)];
            let (message, column, repair) = match judge.rules.check_of(fault.rule) {
                Some(no) => {
                    let mut claims = asked.cleaned.claims.iter();
                    let claim = claims.find(|claim| {
                        Some(claim.attribute) == fault.attribute && claim.slot == fault.slot
                    });
                    let column = claim.and_then(|claim| name(claim.column));
                    (message(judge.plan.check(no), attributes), column, None)
                }
                None => {
                    let is_it = |found: &&karat_model::finding::Finding| {
                        judge.rules.code(found.code) == fault.rule && found.column == fault.column
                    };
                    let found = asked.cleaned.findings.iter().find(is_it)?;
                    let told = FoundWrong::of(found, &asked.names, attributes);
                    let message = [Language::English, Language::Dutch]
                        .map(|language| found.code.message(language).to_string());
                    (message, told.column, told.repair)
                }
            };
            Some(EntryFinding {
                rule: rule.name.clone(),
                severity: rule.severity,
                dimension: rule.dimension,
                message,
                attribute: fault.attribute,
                column,
                repair,
            })
        };
        judged.faults.iter().filter_map(finding).collect()
    }
}

/// The kind of customer with this name, for customers of an entity type.
pub fn kind_of<'m>(
    model: &'m HubModel,
    name: &str,
    entity_type: EntityType,
) -> Option<&'m CustomerKind> {
    kinds_of(model, entity_type).find(|kind| kind.name == name)
}

/// The kinds of customers of an entity type.
pub fn kinds_of(model: &HubModel, entity_type: EntityType) -> impl Iterator<Item = &CustomerKind> {
    let is_for = move |kind: &&CustomerKind| {
        kind.entity_types.is_empty() || kind.entity_types.contains(&entity_type)
    };
    model.kinds.iter().filter(is_for)
}

/// Whether a check asks that there is a value.
fn asks_for_presence(check: &Check) -> bool {
    use Requirement::{GroupComplete, Present, RequiredIf};
    matches!(check.requirement, Present | RequiredIf(_) | GroupComplete(_))
}

/// Whether the verdict of a check tells something of others.
fn tells_of_others(judge: &Judge, no: CheckNo) -> bool {
    let is_likeness = matches!(judge.plan.check(no).requirement, Requirement::DuplicateCluster(_));
    is_likeness || judge.plan.hangs_on_others(no)
}

fn understood(asked: &Asked) -> Vec<Understood> {
    let claims = asked.cleaned.claims.iter();
    let value = |claim: &karat_model::claim::Claim| Understood {
        attribute: claim.attribute,
        value: claim.value.to_string(),
        validity: claim.validity,
        column: asked.names.get(usize::from(claim.column)).cloned().unwrap_or_default(),
    };
    claims.map(value).collect()
}

/// A source with a column per value, which fills the attribute of that value.
fn source_of_attributes(model: &HubModel, ids: &[AttributeId], entity_type: EntityType) -> Source {
    let mapping = |(at, id): (usize, &AttributeId)| ColumnMapping {
        column: at.to_string(),
        semantic_type: model.attributes.get(*id).semantic_type,
        attribute: Some(*id),
        slot: 0,
        length_max: None,
    };
    Source {
        name: SourceName::new(NO_SOURCE),
        files: Vec::new(),
        format: Format::default(),
        delivery: Delivery::Changes,
        trust: 0,
        party: Party::Always(entity_type),
        country: None,
        date_order: DateOrder::DayFirst,
        feedback: None,
        columns: ids.iter().enumerate().map(mapping).collect(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
