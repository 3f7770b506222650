//! Rules: all by which something may be found wrong or unfit, in one numbering.

use karat_engine::quality::check::{CheckNo, CheckPlan};
use karat_model::attribute::EntityType;
use karat_model::check::{Verdict, Why};
use karat_model::finding::{Dimension, FindingCode, Rule, RuleName, RuleVersion, Severity};
use karat_model::hub_model::HubModel;

/// The number of a rule among those of a hub model; the store has numbers of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleAt(pub u16);

/// The checks of a hub, the codes of cleaning, and the uses of its data.
#[derive(Debug)]
pub struct Rules {
    all: Vec<Rule>,
    checks: u16,
    uses: Vec<UseRule>,
    has_value: bool,
}

/// A use, and the checks that it needs by their numbers.
#[derive(Debug)]
struct UseRule {
    entity_types: Vec<EntityType>,
    needs: Vec<CheckNo>,
}

/// What the rule of a use is called: no check has a colon in its name.
pub const USE_PREFIX: &str = "use:";
/// What the rule is called that keeps how much a dimension weighs.
pub const DIMENSION_PREFIX: &str = "dimension:";
/// The rule that counts cents: what customers are worth, by their scores.
pub const VALUE_RULE: &str = "value:cents";
/// The rule that counts ten-thousandths: the scores of customers, each as much as any other.
pub const ALIKE_RULE: &str = "value:alike";

impl Rules {
    /// All rules of a hub model, whose checks are those of the plan.
    pub fn of(model: &HubModel, plan: &CheckPlan) -> Rules {
        let attributes = &model.attributes;
        let checks = plan.checks().map(|(_, check)| Rule {
            name: RuleName::new(check.name.as_str()),
            version: check.version(attributes),
            scope: check.on.name().to_string(),
            severity: check.severity,
            dimension: check.dimension,
            definition: {
                let requirement = &check.requirement;
                format!("{}: {}", requirement.word(), requirement.argument(attributes))
            },
        });
        let codes = FindingCode::ALL.iter().map(|code| Rule {
            name: RuleName::new(code.name()),
            version: RuleVersion::of(code.name()),
            scope: "records".to_string(),
            severity: code.severity(),
            dimension: code.dimension(),
            definition: code.message(karat_model::language::Language::English).to_string(),
        });
        let uses = model.uses.iter().map(|of| {
            let needs: Vec<&str> = of.needs.iter().map(|name| name.as_str()).collect();
            let definition = format!("needs: [{}]", needs.join(", "));
            Rule {
                name: RuleName::new(&format!("{USE_PREFIX}{}", of.name)),
                version: RuleVersion::of(&definition),
                scope: "customers".to_string(),
                severity: Severity::Note,
                dimension: Dimension::Completeness,
                definition,
            }
        });
        let dimensions = Dimension::ALL.into_iter().map(|dimension| {
            let name = format!("{DIMENSION_PREFIX}{}", dimension.name());
            counting_rule(&name, "definitions", dimension, format!("weighs: {}", dimension.name()))
        });
        let of_value = model.quality.value.map(|id| {
            let value = &attributes.get(id).name;
            [VALUE_RULE, ALIKE_RULE].map(|name| {
                let definition = format!("value: {value}");
                counting_rule(name, "customers", Dimension::Completeness, definition)
            })
        });
        let counting = dimensions.chain(of_value.into_iter().flatten());
        Rules {
            checks: plan.checks().count() as u16,
            all: checks.chain(codes).chain(uses).chain(counting).collect(),
            has_value: model.quality.value.is_some(),
            uses: model
                .uses
                .iter()
                .map(|of| UseRule {
                    entity_types: of.entity_types.clone(),
                    needs: of.needs.iter().filter_map(|name| plan.find(name)).collect(),
                })
                .collect(),
        }
    }

    /// All of them, by number.
    pub fn all(&self) -> &[Rule] {
        &self.all
    }

    /// The rule of a check.
    pub fn check(&self, no: CheckNo) -> RuleAt {
        RuleAt(no.0)
    }

    /// The check of a rule, if it is one.
    pub fn check_of(&self, rule: RuleAt) -> Option<CheckNo> {
        (rule.0 < self.checks).then_some(CheckNo(rule.0))
    }

    /// The rule of a code of cleaning.
    pub fn code(&self, code: FindingCode) -> RuleAt {
        RuleAt(self.checks + code as u16)
    }

    /// The uses of customers of an entity type, each with its rule and the checks that it needs.
    pub fn uses(&self, of: EntityType) -> impl Iterator<Item = (RuleAt, &[CheckNo])> {
        let first = self.first_use();
        let is_for =
            move |rule: &UseRule| rule.entity_types.is_empty() || rule.entity_types.contains(&of);
        let numbered = self.uses.iter().zip(first..);
        numbered
            .filter(move |(rule, _)| is_for(rule))
            .map(|(rule, at)| (RuleAt(at), rule.needs.as_slice()))
    }

    /// The rules that keep how much dimensions weigh.
    pub fn dimensions(&self) -> impl Iterator<Item = (RuleAt, Dimension)> {
        let first = self.first_use() + self.uses.len() as u16;
        (first..).map(RuleAt).zip(Dimension::ALL)
    }

    /// The rules that count what customers are worth, and each alike; none in a hub that does not
    /// say what tells it.
    pub fn of_value(&self) -> Option<[RuleAt; 2]> {
        let first = self.first_use() + (self.uses.len() + Dimension::ALL.len()) as u16;
        self.has_value.then_some([RuleAt(first), RuleAt(first + 1)])
    }

    fn first_use(&self) -> u16 {
        self.checks + FindingCode::ALL.len() as u16
    }
}

/// A rule by which nothing is found wrong: something is counted under it.
fn counting_rule(name: &str, scope: &str, dimension: Dimension, definition: String) -> Rule {
    Rule {
        name: RuleName::new(name),
        version: RuleVersion::of(&definition),
        scope: scope.to_string(),
        severity: Severity::Note,
        dimension,
        definition,
    }
}

/// Whether a customer is fit for a use, by the verdicts of the checks that it needs: one that fails
/// is enough to be unfit. What only experience tells, such as whether post arrives, is taken to be
/// so until somebody says otherwise.
pub fn fitness(needs: impl Iterator<Item = Verdict>) -> Verdict {
    let mut fitness = Verdict::NotApplicable;
    for verdict in needs {
        let verdict = match verdict {
            Verdict::Unverified(Why::NotAnswered) => Verdict::Pass,
            verdict => verdict,
        };
        let rank = |verdict: Verdict| match verdict {
            Verdict::NotApplicable => 0,
            Verdict::Pass => 1,
            Verdict::Unverified(_) => 2,
            Verdict::Error(_) => 3,
            Verdict::Fail => 4,
        };
        if rank(verdict) > rank(fitness) {
            fitness = verdict;
        }
    }
    fitness
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fail_makes_unfit_and_what_is_not_asked_does_not() {
        use Verdict::{Fail, NotApplicable, Pass};
        let unverified = Verdict::Unverified(Why::NoRegister);
        for (needs, expected) in [
            (vec![Pass, NotApplicable, Pass], Pass),
            (vec![Pass, Fail, unverified], Fail),
            (vec![Pass, unverified], unverified),
            (vec![Pass, Verdict::Unverified(Why::NotAnswered)], Pass),
            (vec![NotApplicable], NotApplicable),
            (vec![], NotApplicable),
        ] {
            assert_eq!(fitness(needs.clone().into_iter()), expected, "{needs:?}");
        }
    }
}
