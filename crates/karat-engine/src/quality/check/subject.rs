//! A subject as a word sees it: the values it is about, and where it fails.

use karat_model::attribute::AttributeId;
use karat_model::check::{AnswerBy, Check, Day, Quantifier, Verdict, Why};

use super::expression::Scoped;
use super::facts::{Fact, Facts};
use super::known::Known;
use super::memo::CheckMemo;
use super::plan::{CheckNo, CheckPlan};
use super::requirement::Prepared;
use super::verdicts::Failed;

/// A subject while one check judges it.
pub(super) struct Subject<'s, 'f> {
    pub no: CheckNo,
    pub check: &'s Check,
    pub prepared: &'s Prepared,
    pub plan: &'s CheckPlan,
    pub facts: &'s Facts<'f>,
    pub order: &'s [u16],
    pub known: &'s dyn Known,
    pub as_of: Day,
    pub scoped: &'s Scoped<'s>,
    pub memo: &'s mut CheckMemo,
    pub failed: &'s mut Vec<Failed>,
}

impl<'s, 'f> Subject<'s, 'f> {
    /// The values of an attribute, in order of their slots.
    pub fn values(&self, attribute: AttributeId) -> &'s [u16] {
        let (order, facts) = (self.order, self.facts);
        let of = |at: &u16| facts.values[usize::from(*at)].attribute;
        let start = order.partition_point(|at| of(at) < attribute);
        let end = order.partition_point(|at| of(at) <= attribute);
        &order[start..end]
    }

    /// The value at a place.
    pub fn fact(&self, at: u16) -> Fact<'f> {
        self.facts.values[usize::from(at)]
    }

    /// The first value of an attribute.
    pub fn first(&self, attribute: AttributeId) -> Option<Fact<'f>> {
        self.values(attribute).first().map(|at| self.fact(*at))
    }

    /// Whether an attribute has a value.
    pub fn has(&self, attribute: AttributeId) -> bool {
        !self.values(attribute).is_empty()
    }

    /// Notes that a value fails.
    pub fn fails_at(&mut self, fact: &Fact) {
        self.failed.push(Failed {
            check: self.no,
            attribute: Some(fact.attribute),
            slot: fact.slot,
            record: Some(fact.record),
        });
    }

    /// Notes that what a member says of an attribute fails.
    pub fn fails_at_member(&mut self, attribute: AttributeId, member: usize) {
        let (attribute, record) = (Some(attribute), Some(member as u32));
        self.failed.push(Failed { check: self.no, attribute, slot: 0, record });
    }

    /// Notes that the subject as a whole fails, for want of a value or otherwise.
    pub fn fails(&mut self, attribute: Option<AttributeId>) {
        self.failed.push(Failed { check: self.no, attribute, slot: 0, record: None });
    }

    /// Judges each value of the attributes of the check, and draws them together: all must pass, or
    /// one is enough; without a value there is nothing to judge.
    pub fn each_value(
        &mut self,
        mut judge: impl FnMut(&mut Subject<'_, 'f>, &Fact<'f>) -> Verdict,
    ) -> Verdict {
        let mut all = Together::default();
        let check = self.check;
        for &attribute in &check.attributes {
            for &at in self.values(attribute) {
                let fact = self.fact(at);
                let verdict = judge(&mut self.reborrow(), &fact);
                if verdict == Verdict::Fail {
                    self.fails_at(&fact);
                }
                all.add(verdict);
            }
        }
        all.verdict(check.of_values)
    }

    /// The day on which the source of a value last said so.
    pub fn seen_on(&self, fact: &Fact) -> Option<Day> {
        let member = self.facts.members.get(fact.record as usize);
        let moment = match member {
            Some(member) => member.observed_at,
            None => self.facts.observed_at,
        };
        moment.map(Day::of)
    }

    /// What the world answered about a value: in one way that refutes it, or by the customer; the
    /// last answer counts.
    pub fn answered(&self, fact: &Fact, refuting: AnswerBy) -> Verdict {
        match self.known.answer(fact, &[refuting, AnswerBy::Customer]) {
            Some(answer) if answer.is_so => Verdict::Pass,
            Some(_) => Verdict::Fail,
            None => Verdict::Unverified(Why::NotAnswered),
        }
    }

    fn reborrow(&mut self) -> Subject<'_, 'f> {
        Subject { memo: &mut *self.memo, failed: &mut *self.failed, ..*self }
    }
}

/// Verdicts on several values of one subject.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Together {
    passes: bool,
    fails: bool,
    unverified: Option<Verdict>,
    error: Option<Verdict>,
}

impl Together {
    /// Adds the verdict on one value.
    pub fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Pass => self.passes = true,
            Verdict::Fail => self.fails = true,
            Verdict::NotApplicable => {}
            Verdict::Unverified(_) => self.unverified = self.unverified.or(Some(verdict)),
            Verdict::Error(_) => self.error = self.error.or(Some(verdict)),
        }
    }

    /// The verdict on all of them.
    pub fn verdict(self, quantifier: Quantifier) -> Verdict {
        let fails = self.fails.then_some(Verdict::Fail);
        let passes = self.passes.then_some(Verdict::Pass);
        let ladder = match quantifier {
            Quantifier::All => [fails, self.error, self.unverified, passes],
            Quantifier::Any => [passes, self.error, self.unverified, fails],
        };
        ladder.into_iter().flatten().next().unwrap_or(Verdict::NotApplicable)
    }
}
