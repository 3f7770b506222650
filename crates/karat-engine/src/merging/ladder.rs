//! Ladders: the first rule that tells two candidates apart decides between them.

use std::cmp::Ordering;

use karat_model::claim::Validity;
use karat_model::decision::DecisionNo;
use karat_model::hub_model::SurvivorshipRule;
use karat_model::record::Moment;

/// What the rules look at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// The last decision of a steward that it should win.
    pub(super) decided: Option<DecisionNo>,
    /// Whether it is more than a fragment.
    pub(super) is_whole: bool,
    /// How far it can be relied on.
    pub(super) validity: Validity,
    /// How far its source is trusted.
    pub(super) trust: u8,
    /// When it was said; never is earliest.
    pub(super) observed_at: Option<Moment>,
    /// How many records say so.
    pub(super) frequency: u32,
    /// How much it says.
    pub(super) completeness: u32,
    /// Which of several values of a record it is; the first is what the source holds first.
    pub(super) slot: u8,
}

impl Standing {
    /// The best of both, rule by rule.
    pub(super) fn or(self, other: Standing) -> Standing {
        Standing {
            decided: self.decided.max(other.decided),
            is_whole: self.is_whole || other.is_whole,
            validity: self.validity.max(other.validity),
            trust: self.trust.max(other.trust),
            observed_at: self.observed_at.max(other.observed_at),
            frequency: self.frequency.max(other.frequency),
            completeness: self.completeness.max(other.completeness),
            slot: self.slot.min(other.slot),
        }
    }

    fn compare_by(&self, rule: SurvivorshipRule, other: &Standing) -> Ordering {
        match rule {
            SurvivorshipRule::Validity => self.validity.cmp(&other.validity),
            SurvivorshipRule::Trust => self.trust.cmp(&other.trust),
            SurvivorshipRule::Recency => self.observed_at.cmp(&other.observed_at),
            SurvivorshipRule::Frequency => self.frequency.cmp(&other.frequency),
            SurvivorshipRule::Completeness => self.completeness.cmp(&other.completeness),
            SurvivorshipRule::Decision => self.decided.cmp(&other.decided),
        }
    }
}

/// What a ladder says of two standings: the rule that decided, and the order by it.
///
/// What a steward decided comes before any rule, the last decision first. Then a whole wins over a
/// fragment, which counts as completeness. Where no rule tells, the earlier slot wins.
pub(super) fn compare<'r>(
    ladder: impl IntoIterator<Item = &'r SurvivorshipRule>,
    one: &Standing,
    other: &Standing,
) -> (Ordering, Option<SurvivorshipRule>) {
    if one.decided != other.decided {
        return (one.decided.cmp(&other.decided), Some(SurvivorshipRule::Decision));
    }
    if one.is_whole != other.is_whole {
        return (one.is_whole.cmp(&other.is_whole), Some(SurvivorshipRule::Completeness));
    }
    let by_rule = |&rule: &SurvivorshipRule| (one.compare_by(rule, other), Some(rule));
    let decided = ladder.into_iter().map(by_rule).find(|(order, _)| order.is_ne());
    decided.unwrap_or_else(|| (other.slot.cmp(&one.slot), None))
}
