//! Verdicts of all checks on one subject, packed.
//!
//! ```text
//! to_bytes: plan (8) │ count of checks (2) │ 2 bits a check │ count, (check, kind, why)… │
//!           count, (code, attribute)… │ attributes that are filled, a bit each
//! ```

use karat_model::attribute::AttributeId;
use karat_model::check::{Verdict, Why};
use karat_model::finding::FindingCode;

use super::plan::{CheckNo, PlanId};

/// What came of all checks of a plan on one subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    plan: PlanId,
    checks: u16,
    /// Two bits per check: not applicable, pass, fail, or one of `rare`.
    packed: Vec<u8>,
    /// The verdicts that say why, in order of check.
    rare: Vec<(CheckNo, Verdict)>,
    /// The places where checks fail, in order of check.
    failed: Vec<Failed>,
    /// The codes of cleaning, each once per attribute, in their order; `None` is the whole record.
    found: Vec<(FindingCode, Option<AttributeId>)>,
    /// The attributes of which there is a value or a finding, in their order.
    filled: Vec<AttributeId>,
}

/// Where a check fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Failed {
    /// The check.
    pub check: CheckNo,
    /// The attribute, if it is about one.
    pub attribute: Option<AttributeId>,
    /// Which of several values.
    pub slot: u8,
    /// The member that claims the value; `None` where there is no value: it is about all members.
    pub record: Option<u32>,
}

const PASS: u8 = 1;
const FAIL: u8 = 2;
const RARE: u8 = 3;

impl Verdicts {
    /// Verdicts of nothing yet; judging fills them.
    pub fn new() -> Verdicts {
        Verdicts::default()
    }

    /// Makes room for the verdicts of a plan; those of before are gone.
    pub(super) fn begin(&mut self, plan: PlanId, checks: u16) {
        self.plan = plan;
        self.checks = checks;
        self.packed.clear();
        self.packed.resize(usize::from(checks).div_ceil(4), 0);
        self.rare.clear();
        self.failed.clear();
        self.found.clear();
        self.filled.clear();
    }

    /// Sets the verdict of a check; checks come in their order.
    pub(super) fn set(&mut self, check: CheckNo, verdict: Verdict) {
        let bits = match verdict {
            Verdict::NotApplicable => return,
            Verdict::Pass => PASS,
            Verdict::Fail => FAIL,
            rare => {
                self.rare.push((check, rare));
                RARE
            }
        };
        self.packed[usize::from(check.0) / 4] |= bits << (check.0 % 4 * 2);
    }

    /// The places where checks fail, to add to.
    pub(super) fn failed_mut(&mut self) -> &mut Vec<Failed> {
        &mut self.failed
    }

    /// Sets what cleaning found, and the attributes that are filled.
    pub(super) fn note_cleaning(
        &mut self,
        found: impl Iterator<Item = (FindingCode, Option<AttributeId>)>,
        values: impl Iterator<Item = AttributeId>,
    ) {
        self.found.extend(found);
        self.found.sort_unstable();
        self.found.dedup();
        self.filled.extend(values);
        self.filled.extend(self.found.iter().filter_map(|(_, attribute)| *attribute));
        self.filled.sort_unstable();
        self.filled.dedup();
    }

    /// The plan under which it was judged.
    pub fn plan(&self) -> PlanId {
        self.plan
    }

    /// What came of a check.
    pub fn get(&self, check: CheckNo) -> Verdict {
        let byte = self.packed.get(usize::from(check.0) / 4).copied().unwrap_or(0);
        match byte >> (check.0 % 4 * 2) & 3 {
            0 => Verdict::NotApplicable,
            PASS => Verdict::Pass,
            FAIL => Verdict::Fail,
            _ => {
                let at = self.rare.binary_search_by_key(&check, |(check, _)| *check);
                at.map_or(Verdict::NotApplicable, |at| self.rare[at].1)
            }
        }
    }

    /// What came of each check, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (CheckNo, Verdict)> + '_ {
        (0..self.checks).map(|no| (CheckNo(no), self.get(CheckNo(no))))
    }

    /// The places where checks fail, in order of check; known only as long as they are not stored.
    pub fn failed(&self) -> &[Failed] {
        &self.failed
    }

    /// The codes of cleaning, each once per attribute; `None` is the record as a whole.
    pub fn found(&self) -> &[(FindingCode, Option<AttributeId>)] {
        &self.found
    }

    /// The attributes of which there is a value or a finding.
    pub fn filled(&self) -> &[AttributeId] {
        &self.filled
    }

    /// What came of a code of cleaning as a rule on an attribute: it fails where it was found, and
    /// passes where there is something that it could have been found on.
    pub fn of_code(&self, code: FindingCode, attribute: Option<AttributeId>) -> Verdict {
        let is_there = |attribute| self.filled.binary_search(&attribute).is_ok();
        if self.found.binary_search(&(code, attribute)).is_ok() {
            Verdict::Fail
        } else if attribute.is_none_or(is_there) {
            Verdict::Pass
        } else {
            Verdict::NotApplicable
        }
    }

    /// It as it is stored; the places of fails are stored as findings.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(24 + self.packed.len());
        bytes.extend(self.plan.0.to_le_bytes());
        bytes.extend(self.checks.to_le_bytes());
        bytes.extend(&self.packed);
        bytes.extend((self.rare.len() as u16).to_le_bytes());
        for (check, verdict) in &self.rare {
            let (kind, why) = match verdict {
                Verdict::Unverified(why) => (0u8, *why),
                Verdict::Error(why) => (1, *why),
                _ => unreachable!("only verdicts that say why are rare"),
            };
            bytes.extend(check.0.to_le_bytes());
            bytes.extend([kind, why as u8]);
        }
        bytes.extend((self.found.len() as u16).to_le_bytes());
        for (code, attribute) in &self.found {
            bytes.push(*code as u8);
            bytes.extend(attribute.map_or(NO_ATTRIBUTE, |id| id.0).to_le_bytes());
        }
        let last = self.filled.last().map_or(0, |id| usize::from(id.0) + 1);
        let mut filled = vec![0u8; last.div_ceil(8)];
        for id in &self.filled {
            filled[usize::from(id.0) / 8] |= 1 << (id.0 % 8);
        }
        bytes.extend(filled);
        bytes
    }

    /// It as it was stored; `None` if these are not such bytes.
    ///
    /// Numbers of checks, codes and attributes are those of the plan that it names.
    pub fn from_bytes(bytes: &[u8]) -> Option<Verdicts> {
        let mut rest = bytes;
        let plan = PlanId(u64::from_le_bytes(take(&mut rest, 8)?.try_into().ok()?));
        let checks = take_u16(&mut rest)?;
        let packed = take(&mut rest, usize::from(checks).div_ceil(4))?.to_vec();
        let mut rare = Vec::new();
        for _ in 0..take_u16(&mut rest)? {
            let check = CheckNo(take_u16(&mut rest)?);
            let [kind, why] = take(&mut rest, 2)? else { return None };
            let why = *Why::ALL.get(usize::from(*why))?;
            let verdict = match kind {
                0 => Verdict::Unverified(why),
                1 => Verdict::Error(why),
                _ => return None,
            };
            rare.push((check, verdict));
        }
        let mut found = Vec::new();
        for _ in 0..take_u16(&mut rest)? {
            let code = *FindingCode::ALL.get(usize::from(*take(&mut rest, 1)?.first()?))?;
            let attribute = take_u16(&mut rest)?;
            found.push((code, (attribute != NO_ATTRIBUTE).then_some(AttributeId(attribute))));
        }
        let bits = (0..rest.len() * 8).filter(|bit| rest[bit / 8] >> (bit % 8) & 1 == 1);
        let filled = bits.map(|bit| AttributeId(bit as u16)).collect();
        Some(Verdicts { plan, checks, packed, rare, failed: Vec::new(), found, filled })
    }
}

const NO_ATTRIBUTE: u16 = u16::MAX;

fn take<'b>(rest: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn take_u16(rest: &mut &[u8]) -> Option<u16> {
    Some(u16::from_le_bytes(take(rest, 2)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn verdict() -> impl Strategy<Value = Verdict> {
        let why = proptest::sample::select(Why::ALL.to_vec());
        prop_oneof![
            Just(Verdict::Pass),
            Just(Verdict::Fail),
            Just(Verdict::NotApplicable),
            why.clone().prop_map(Verdict::Unverified),
            why.prop_map(Verdict::Error),
        ]
    }

    proptest! {
        #[test]
        fn what_is_stored_is_read_again(
            given in proptest::collection::vec(verdict(), 0..90),
            codes in proptest::collection::vec(
                (proptest::sample::select(FindingCode::ALL.to_vec()), proptest::option::of(0u16..60)),
                0..5,
            ),
            filled in proptest::collection::vec(0u16..60, 0..20),
        ) {
            let mut verdicts = Verdicts::new();
            verdicts.begin(PlanId(7), given.len() as u16);
            for (no, verdict) in given.iter().enumerate() {
                verdicts.set(CheckNo(no as u16), *verdict);
            }
            let codes = codes.into_iter().map(|(code, id)| (code, id.map(AttributeId)));
            verdicts.note_cleaning(codes, filled.into_iter().map(AttributeId));
            let read = Verdicts::from_bytes(&verdicts.to_bytes());
            prop_assert_eq!(read.as_ref(), Some(&verdicts));
            let all: Vec<Verdict> = verdicts.iter().map(|(_, verdict)| verdict).collect();
            prop_assert_eq!(all, given);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            if let Some(verdicts) = Verdicts::from_bytes(&bytes) {
                verdicts.iter().for_each(drop);
            }
        }
    }

    #[test]
    fn a_code_passes_where_there_is_something() {
        let [email, phone, city] = [AttributeId::EMAIL, AttributeId::PHONE, AttributeId::CITY];
        let mut verdicts = Verdicts::new();
        verdicts.begin(PlanId(1), 0);
        let found = [(FindingCode::InvalidEmail, Some(email)), (FindingCode::NothingKnown, None)];
        verdicts.note_cleaning(found.into_iter(), [phone].into_iter());
        let of = |code, attribute| verdicts.of_code(code, attribute);
        assert_eq!(of(FindingCode::InvalidEmail, Some(email)), Verdict::Fail);
        assert_eq!(of(FindingCode::RoleEmail, Some(email)), Verdict::Pass);
        assert_eq!(of(FindingCode::InvalidPhone, Some(phone)), Verdict::Pass);
        assert_eq!(of(FindingCode::Placeholder, Some(city)), Verdict::NotApplicable);
        assert_eq!(of(FindingCode::NothingKnown, None), Verdict::Fail);
        assert_eq!(of(FindingCode::MissingKey, None), Verdict::Pass);
    }
}
