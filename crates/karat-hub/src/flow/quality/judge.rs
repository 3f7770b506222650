//! The judge: tells of one record or customer what is wrong with it, and where.

use std::sync::Arc;

use karat_engine::merging::{Member, Survivor};
use karat_engine::quality::check::{
    CheckMemo, CheckPlan, Fact, Facts, Known, MemberFact, RefTables, ValueKey, Verdicts,
};
use karat_engine::quality::score::currency::{ASKED, LastSeen};
use karat_engine::quality::score::subject::{Counting, SubjectScoring, Worth};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{Check, Day, Requirement, Scope};
use karat_model::claim::{CleanRecord, Validity};
use karat_model::evidence::Weight;
use karat_model::finding::{Dimension, Finding, FindingCode, ValueDigest};
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::{Moment, SourceRecord};
use karat_store::{RowNo, SourceNo};

use super::deliveries::Deliveries;
use super::digest::DigestKey;
use super::rules::{RuleAt, Rules};
use super::world::{Beyond, World};
use crate::currency::Rates;

/// What subjects are judged by; the same for a load, a change and the entry gate.
pub struct Judge {
    /// The checks, worked out.
    pub plan: Arc<CheckPlan>,
    /// All rules, by number.
    pub rules: Rules,
    /// The day as of which all is judged.
    pub as_of: Day,
    /// The values of the reference files that checks name.
    pub tables: RefTables,
    /// How values are told apart without being kept.
    pub digests: DigestKey,
    /// What people found out of values, and how fast these change.
    pub world: World,
    /// How fast values change, as it is kept.
    pub rates: Rates,
    /// What is known of deliveries.
    pub deliveries: Deliveries,
    /// Per entity type the attributes of customers whose ages are told; none while records change.
    pub aged: [Vec<AttributeId>; EntityType::ALL.len()],
    /// The attribute that tells what customers are worth, if one does.
    pub value: Option<AttributeId>,
    /// How customers of each entity type are scored.
    pub scoring: [SubjectScoring; EntityType::ALL.len()],
}

/// As what a subject was judged: what tallies tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JudgedAs {
    /// Its entity type.
    pub entity_type: EntityType,
    /// The source of a record; `None` of a customer.
    pub source: Option<SourceNo>,
}

/// What came of judging one subject.
#[derive(Clone, Debug)]
pub struct Judged {
    /// As what it was judged.
    pub of: JudgedAs,
    /// The verdicts.
    pub verdicts: Verdicts,
    /// What fails, and where.
    pub faults: Vec<Fault>,
    /// The values that others may have as well.
    pub keys: Vec<ValueKey>,
    /// When values of a customer were last known to be so.
    pub ages: Vec<(AttributeId, LastSeen)>,
    /// What a customer is worth, where that is told.
    pub worth: Option<Worth>,
}

/// Where a rule fails in a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fault {
    /// The rule.
    pub rule: RuleAt,
    /// The attribute, if it is about one.
    pub attribute: Option<AttributeId>,
    /// Which of several values.
    pub slot: u8,
    /// The column of the source, if it is about one.
    pub column: Option<u16>,
    /// The value that fails, if it is about one.
    pub value: Option<ValueDigest>,
    /// Of a customer: the record that says so.
    pub record: Option<RowNo>,
}

/// A customer that is to be judged.
pub struct Customer<'c, 'a> {
    /// Its entity type.
    pub entity_type: EntityType,
    /// Its records, as merging sees them.
    pub members: &'c [Member<'a>],
    /// Their rows, in the same order.
    pub rows: &'c [RowNo],
    /// Their sources, in the same order.
    pub sources: &'c [&'a SourceName],
    /// The values of its golden record.
    pub survivors: &'c [Survivor<'a>],
    /// The weight of its likeliest potential match.
    pub potential_match: Option<Weight>,
    /// What kind of customer it is, where somebody says so.
    pub kind: Option<&'c str>,
    /// Whether one of its records remarks that it is deceased.
    pub is_deceased: bool,
}

impl Judge {
    /// Judges by the checks of a hub model.
    pub fn new(model: &HubModel, plan: Arc<CheckPlan>, as_of: Day, digests: DigestKey) -> Judge {
        let rules = Rules::of(model, &plan);
        let (tables, world) = (RefTables::default(), World::default());
        let (rates, aged) = (Rates::default(), EntityType::ALL.map(|_| Vec::new()));
        let value = model.quality.value;
        let scoring = EntityType::ALL.map(|of| match value {
            Some(_) => scoring(model, &plan, of),
            None => SubjectScoring::default(),
        });
        let deliveries = Deliveries::default();
        Judge {
            plan,
            rules,
            as_of,
            tables,
            digests,
            world,
            rates,
            deliveries,
            aged,
            value,
            scoring,
        }
    }

    /// The attributes whose numbers are compared with those of another source.
    pub fn summed(&self) -> Vec<AttributeId> {
        let sum = |(_, check): (_, &Check)| match &check.requirement {
            Requirement::Reconciliation(it) => it.sum,
            _ => None,
        };
        self.plan.checks().filter_map(sum).collect()
    }

    /// Judges a source record; `columns` are the attributes that its columns are about.
    pub fn record(
        &self,
        (source, row): (SourceNo, RowNo),
        record: &SourceRecord,
        cleaned: &CleanRecord,
        columns: &[Option<AttributeId>],
        others: &dyn Known,
        memo: &mut CheckMemo,
    ) -> Judged {
        let claims = cleaned.claims.iter();
        let values: Vec<Fact> = claims
            .map(|claim| Fact {
                attribute: claim.attribute,
                slot: claim.slot,
                value: &claim.value,
                validity: claim.validity,
                record: 0,
            })
            .collect();
        let facts = Facts {
            entity_type: cleaned.entity_type,
            scope: Scope::Records,
            source: Some(&record.key.source),
            kind: None,
            observed_at: record.observed_at,
            values: &values,
            findings: &cleaned.findings,
            columns,
            members: &[],
            potential_match: None,
        };
        let of = JudgedAs { entity_type: cleaned.entity_type, source: Some(source) };
        let mut judged = self.judge(of, &facts, &[row], others, memo);
        judged.faults.iter_mut().for_each(|fault| fault.record = None);
        judged.faults.extend(cleaned.findings.iter().map(|finding| {
            let column = finding.column.map(usize::from);
            let value = finding.column.and_then(|column| record.payload.get(column));
            Fault {
                rule: self.rules.code(finding.code),
                attribute: column.and_then(|at| columns.get(at).copied().flatten()),
                slot: 0,
                column: finding.column,
                value: value.map(|value| self.digests.of(value)),
                record: None,
            }
        }));
        once_each(&mut judged.faults);
        judged
    }

    /// Judges a customer.
    pub fn customer(
        &self,
        customer: &Customer,
        others: &dyn Known,
        memo: &mut CheckMemo,
    ) -> Judged {
        let Customer { entity_type, members, rows, sources, survivors, .. } = customer;
        let says: Vec<Vec<Fact>> = members.iter().zip(0..).map(facts_of_member).collect();
        let member = |(at, member): (usize, &Member)| MemberFact {
            source: sources[at],
            observed_at: member.observed_at,
            values: &[],
        };
        let mut seen: Vec<MemberFact> = members.iter().enumerate().map(member).collect();
        for (member, values) in seen.iter_mut().zip(&says) {
            member.values = values;
        }
        let at = |record| members.iter().position(|member| member.record == record);
        let values: Vec<Fact> = survivors
            .iter()
            .map(|survivor| Fact {
                attribute: survivor.claim.attribute,
                slot: survivor.rank,
                value: survivor.claim.value,
                validity: survivor.claim.validity,
                record: at(survivor.record).unwrap_or(0) as u32,
            })
            .collect();
        let observed: Option<Moment> = members.iter().filter_map(|member| member.observed_at).max();
        let facts = Facts {
            entity_type: *entity_type,
            scope: Scope::Customers,
            source: None,
            kind: customer.kind,
            observed_at: observed,
            values: &values,
            findings: if customer.is_deceased { &DECEASED } else { &[] },
            columns: &[],
            members: &seen,
            potential_match: customer.potential_match,
        };
        let of = JudgedAs { entity_type: *entity_type, source: None };
        let mut judged = self.judge(of, &facts, rows, others, memo);
        judged.ages = self.ages(&facts, rows);
        judged.worth = self.value.and_then(|attribute| {
            let is_told = |fact: &&Fact| {
                fact.attribute == attribute && fact.slot == 0 && fact.validity != Validity::Invalid
            };
            facts.values.iter().find(is_told).and_then(|fact| Worth::of_number(fact.value))
        });
        judged
    }

    /// When the values of a customer were last known to be so, as far as that is told.
    fn ages(&self, facts: &Facts, rows: &[RowNo]) -> Vec<(AttributeId, LastSeen)> {
        let aged = &self.aged[facts.entity_type as usize];
        let told = facts.values.iter().filter(|fact| aged.contains(&fact.attribute));
        let last_seen = |fact: &Fact| {
            let member = facts.members.get(fact.record as usize);
            let said_on = member.and_then(|member| member.observed_at).map(Day::of);
            let value = || self.digests.of(fact.value);
            let at = fact.record as usize;
            let answer = self.world.answer(rows, at, fact.attribute, &value, &ASKED);
            (fact.attribute, LastSeen::of(said_on, answer))
        };
        told.map(last_seen).collect()
    }

    fn judge(
        &self,
        of: JudgedAs,
        facts: &Facts,
        rows: &[RowNo],
        others: &dyn Known,
        memo: &mut CheckMemo,
    ) -> Judged {
        let beyond = Beyond { others, world: &self.world, rows, digests: &self.digests };
        let mut verdicts = Verdicts::new();
        self.plan.judge(facts, &beyond, self.as_of, memo, &mut verdicts);
        let failed = verdicts.failed().iter();
        let mut faults: Vec<Fault> = failed
            .map(|failed| {
                let value = facts.values.iter().find(|fact| {
                    Some(fact.attribute) == failed.attribute
                        && fact.slot == failed.slot
                        && Some(fact.record) == failed.record
                });
                Fault {
                    rule: self.rules.check(failed.check),
                    attribute: failed.attribute,
                    slot: failed.slot,
                    column: None,
                    value: value.map(|fact| self.digests.of(fact.value)),
                    record: failed.record.and_then(|at| rows.get(at as usize).copied()),
                }
            })
            .collect();
        once_each(&mut faults);
        let keys = self.plan.keys(facts);
        Judged { of, verdicts, faults, keys, ages: Vec::new(), worth: None }
    }
}

/// What was found of a customer who is deceased.
static DECEASED: [Finding; 1] =
    [Finding { code: FindingCode::Deceased, column: None, repair: None }];

/// Leaves one fault of a rule at each place: it may be the records of several members that say so.
fn once_each(faults: &mut Vec<Fault>) {
    faults.sort_unstable();
    faults.dedup_by_key(|fault| (fault.rule, fault.attribute, fault.slot, fault.column));
}

fn facts_of_member<'a>((member, at): (&Member<'a>, u32)) -> Vec<Fact<'a>> {
    let fact = |claim: &karat_engine::merging::ClaimRef<'a>| Fact {
        attribute: claim.attribute,
        slot: claim.slot,
        value: claim.value,
        validity: claim.validity,
        record: at,
    };
    member.claims.iter().map(fact).collect()
}

/// How customers of an entity type are scored: by the checks that are made on them.
fn scoring(model: &HubModel, plan: &CheckPlan, of: EntityType) -> SubjectScoring {
    let concerned = plan.checks().filter(|(no, _)| plan.concerns(*no, Scope::Customers, of, None));
    let counting = concerned.map(|(no, check)| {
        let attribute = check.own_attribute();
        let criticality =
            attribute.map_or(1, |id| model.quality.criticality(&model.attributes, id));
        Counting {
            no,
            name: check.name.as_str(),
            attribute: attribute.map(|id| model.attributes.get(id).name.as_str()),
            dimension: check.dimension,
            weight: u32::from(check.weight),
            criticality: u32::from(criticality),
        }
    });
    let weights = Dimension::ALL.map(|of| (of, u32::from(model.quality.weight(of))));
    SubjectScoring::new(counting.collect(), &weights.into())
}

impl Judged {
    /// The stored form of as what it was judged and of its verdicts.
    pub fn to_bytes(&self) -> Vec<u8> {
        stored(self.of, self.worth, &self.verdicts)
    }
}

/// Set in the first byte where it is stored what a customer is worth.
const HAS_WORTH: u8 = 0x80;

/// The stored form of as what a subject was judged, of what it is worth and of its verdicts.
pub fn stored(of: JudgedAs, worth: Option<Worth>, verdicts: &Verdicts) -> Vec<u8> {
    let JudgedAs { entity_type, source } = of;
    let mut bytes = vec![entity_type as u8 | if worth.is_some() { HAS_WORTH } else { 0 }];
    bytes.extend((source.map_or(0, |source| source.0) as u32).to_le_bytes());
    bytes.extend(worth.iter().flat_map(|worth| worth.cents().to_le_bytes()));
    bytes.extend(verdicts.to_bytes());
    bytes
}

/// Reads the stored form; `None` when it is damaged, or of another version of Karat.
pub fn read_judged(bytes: &[u8]) -> Option<(JudgedAs, Option<Worth>, Verdicts)> {
    let (first, rest) = bytes.split_first()?;
    let entity_type = EntityType::ALL.into_iter().find(|of| *of as u8 == first & !HAS_WORTH)?;
    let (source, mut rest) = rest.split_at_checked(4)?;
    let source = u64::from(u32::from_le_bytes(source.try_into().ok()?));
    let source = (source > 0).then_some(SourceNo(source));
    let mut worth = None;
    if first & HAS_WORTH != 0 {
        let (cents, others) = rest.split_at_checked(8)?;
        worth = Some(Worth::of_cents(u64::from_le_bytes(cents.try_into().ok()?))?);
        rest = others;
    }
    Some((JudgedAs { entity_type, source }, worth, Verdicts::from_bytes(rest)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_one_fault_of_a_rule_whoever_says_so() {
        let fault = |rule, slot, record| Fault {
            rule: RuleAt(rule),
            attribute: Some(AttributeId::CITY),
            slot,
            column: None,
            value: None,
            record: Some(RowNo(record)),
        };
        let mut faults = vec![fault(1, 0, 9), fault(1, 0, 4), fault(1, 1, 4), fault(2, 0, 4)];
        once_each(&mut faults);
        assert_eq!(faults, [fault(1, 0, 4), fault(1, 1, 4), fault(2, 0, 4)]);
    }

    #[test]
    fn what_a_customer_is_worth_is_read_as_it_was_stored() {
        let of = |source: Option<u64>| JudgedAs {
            entity_type: EntityType::Organisation,
            source: source.map(SourceNo),
        };
        for (of, worth) in [
            (of(Some(7)), None),
            (of(None), Worth::of_cents(0)),
            (of(None), Worth::of_cents(1_250)),
        ] {
            let bytes = stored(of, worth, &Verdicts::new());
            assert_eq!(read_judged(&bytes), Some((of, worth, Verdicts::new())));
        }
        let bytes = stored(of(None), Worth::of_cents(1_250), &Verdicts::new());
        assert_eq!(read_judged(&bytes[..9]), None);
    }
}
