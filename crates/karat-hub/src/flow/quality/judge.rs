//! The judge: tells of one record or customer what is wrong with it, and where.

use std::sync::Arc;

use karat_engine::merging::{Member, Survivor};
use karat_engine::quality::check::{
    CheckMemo, CheckPlan, Fact, Facts, KeyRole, Known, MemberFact, RefTables, ValueKey, Verdicts,
};
use karat_model::attribute::{AttributeId, EntityType};
use karat_model::check::{Day, Scope};
use karat_model::claim::CleanRecord;
use karat_model::evidence::Weight;
use karat_model::finding::ValueDigest;
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::{Moment, SourceRecord};
use karat_store::{RowNo, SourceNo};

use super::digest::DigestKey;
use super::filing::told_apart;
use super::rules::{RuleAt, Rules};
use super::world::{Beyond, World};

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
    /// What people found out of values.
    pub world: World,
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
}

impl Judge {
    /// Judges by the checks of a hub model.
    pub fn new(model: &HubModel, plan: Arc<CheckPlan>, as_of: Day, digests: DigestKey) -> Judge {
        let rules = Rules::of(model, &plan);
        Judge { plan, rules, as_of, tables: RefTables::default(), digests, world: World::default() }
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
            findings: &[],
            columns: &[],
            members: &seen,
            potential_match: customer.potential_match,
        };
        let of = JudgedAs { entity_type: *entity_type, source: None };
        self.judge(of, &facts, rows, others, memo)
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
        let mut keys = self.plan.keys(facts);
        for key in &mut keys {
            key.key = told_apart(key.key);
            if let KeyRole::Leads { to } = &mut key.role {
                *to = told_apart(*to);
            }
        }
        Judged { of, verdicts, faults, keys }
    }
}

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

impl Judged {
    /// The stored form of as what it was judged and of its verdicts.
    pub fn to_bytes(&self) -> Vec<u8> {
        let JudgedAs { entity_type, source } = self.of;
        let mut bytes = vec![entity_type as u8];
        bytes.extend((source.map_or(0, |source| source.0) as u32).to_le_bytes());
        bytes.extend(self.verdicts.to_bytes());
        bytes
    }
}

/// Reads the stored form; `None` when it is damaged, or of another version of Karat.
pub fn read_judged(bytes: &[u8]) -> Option<(JudgedAs, Verdicts)> {
    let (entity_type, rest) = bytes.split_first()?;
    let entity_type = EntityType::ALL.into_iter().find(|of| *of as u8 == *entity_type)?;
    let (source, rest) = rest.split_at_checked(4)?;
    let source = u64::from(u32::from_le_bytes(source.try_into().ok()?));
    let source = (source > 0).then_some(SourceNo(source));
    Some((JudgedAs { entity_type, source }, Verdicts::from_bytes(rest)?))
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
}
