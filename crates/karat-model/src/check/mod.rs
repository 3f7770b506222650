//! Checks: what a company requires of its data, and what came of it.
//!
//! Arrives: what the files in `checks/` say. Leaves: [`Check`]s with one [`Requirement`] each,
//! the [`Use`]s that need them, and the [`Verdict`] of a check on a record or a customer.
//! Promises: a threshold decides what is told, never what is judged; what could not be judged is
//! neither a pass nor a fail.
//! Start reading at [`Check`], then `requirement.rs`, the list of all words.

mod name;
mod amount;
mod requirement;
mod usage;
mod verdict;
mod answer;
mod settings;
mod entry;

use crate::attribute::{AttributeId, AttributeSet, EntityType};
use crate::finding::{Dimension, RuleVersion, Severity};
use crate::id::SourceName;

pub use amount::{Day, Days, Decimal, Hours, Share};
pub use answer::{Answer, AnswerBy};
pub use entry::{EntryPolicy, EntrySettings};
pub use name::CheckName;
pub use requirement::{
    Bounds, Charset, Coverage, DateOrder, GroupEvolution, Hierarchy, Pair, RangeOf, Reconciliation,
    RefTable, Reference, Register, Requirement, Scope, Volume,
};
pub use settings::QualitySettings;
pub use usage::{CustomerKind, Use};
pub use verdict::{Verdict, Why};

/// Something that a company requires of its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name, which no other check of the hub has.
    pub name: CheckName,
    /// Of what it asks something.
    pub on: Scope,
    /// The entity types that it is for; all if empty.
    pub entity_types: Vec<EntityType>,
    /// The sources that it is for; all if empty.
    pub sources: Vec<SourceName>,
    /// The attributes of which it asks something; those of a group in their order.
    pub attributes: Vec<AttributeId>,
    /// Whether all values must meet it, or one is enough.
    pub of_values: Quantifier,
    /// What is required.
    pub requirement: Requirement,
    /// The condition under which it is required, in CEL.
    pub only_if: Option<String>,
    /// Below this share of passes somebody is told.
    pub pass_min: Option<Share>,
    /// How bad it is that it fails.
    pub severity: Severity,
    /// The dimension of quality that it measures.
    pub dimension: Dimension,
    /// How heavily it weighs beside the other checks of its attribute.
    pub weight: u16,
    /// What a failing record costs, in cents.
    pub cost_cents: Option<u32>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What people read when it fails, in English and in Dutch.
    pub message: Option<[String; 2]>,
}

impl Check {
    /// The attribute that it is about, if it is about one alone.
    pub fn own_attribute(&self) -> Option<AttributeId> {
        match self.attributes[..] {
            [attribute] => Some(attribute),
            _ => None,
        }
    }

    /// A check with this requirement, as it is if nothing else is said.
    pub fn new(name: CheckName, requirement: Requirement) -> Check {
        Check {
            name,
            on: requirement.scope(),
            entity_types: Vec::new(),
            sources: Vec::new(),
            attributes: Vec::new(),
            of_values: Quantifier::All,
            only_if: None,
            pass_min: None,
            severity: Severity::Warning,
            dimension: requirement.dimension(),
            weight: 1,
            cost_cents: None,
            owner: None,
            message: None,
            requirement,
        }
    }

    /// Everything that decides its verdicts and how they count, as text.
    pub fn definition(&self, attributes: &AttributeSet) -> String {
        // Taken apart without `..`, so that a new field cannot be forgotten.
        let Check {
            name,
            on,
            entity_types,
            sources,
            attributes: ids,
            of_values,
            requirement,
            only_if,
            pass_min: _,
            severity,
            dimension,
            weight,
            cost_cents: _,
            owner: _,
            message: _,
        } = self;
        let named = |id: &AttributeId| attributes.get(*id).name.clone();
        let parts = [
            name.to_string(),
            on.name().to_owned(),
            joined(entity_types.iter().map(|it| it.name().to_owned())),
            joined(sources.iter().map(ToString::to_string)),
            joined(ids.iter().map(named)),
            of_values.name().to_owned(),
            requirement.word().to_owned(),
            requirement.argument(attributes),
            only_if.clone().unwrap_or_default(),
            severity.name().to_owned(),
            dimension.name().to_owned(),
            weight.to_string(),
        ];
        // Lengths keep apart what a separator within a text would run together.
        parts.iter().map(|part| format!("{}:{part}", part.len())).collect()
    }

    /// The version of what it says: another one whenever a verdict could be another.
    pub fn version(&self, attributes: &AttributeSet) -> RuleVersion {
        RuleVersion::of(&self.definition(attributes))
    }
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<String>>().join(",")
}

/// How many of several values must meet a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// Every value there is.
    All,
    /// At least one.
    Any,
}

impl Quantifier {
    /// All quantifiers.
    pub const ALL: [Quantifier; 2] = [Quantifier::All, Quantifier::Any];

    /// The name in the hub model.
    pub fn name(self) -> &'static str {
        match self {
            Quantifier::All => "all",
            Quantifier::Any => "any",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check() -> Check {
        let attributes = vec![AttributeId::POSTCODE];
        Check { attributes, ..Check::new(CheckName::new("zip").unwrap(), Requirement::Present) }
    }

    #[test]
    fn the_version_hangs_on_what_decides_verdicts() {
        let set = AttributeSet::builtin();
        let version = check().version(&set);
        let told_otherwise = Check {
            owner: Some("Sales".into()),
            cost_cents: Some(450),
            pass_min: Some(Share(9_800)),
            message: Some(["a".into(), "b".into()]),
            ..check()
        };
        assert_eq!(told_otherwise.version(&set), version);
        let others = [
            Check { attributes: vec![AttributeId::CITY], ..check() },
            Check { only_if: Some("true".into()), ..check() },
            Check { on: Scope::Records, ..check() },
            Check { requirement: Requirement::UniqueKey, ..check() },
            Check { of_values: Quantifier::Any, ..check() },
            Check { weight: 2, ..check() },
        ];
        for other in others {
            assert_ne!(other.version(&set), version, "{other:?}");
        }
    }
}
