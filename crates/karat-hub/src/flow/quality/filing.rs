//! Filing: rules and attributes get the numbers of the store, and faults become findings there.

use karat_engine::quality::check as engine;
use karat_model::attribute::{Attribute, AttributeId, AttributeSet};
use karat_model::finding::{Rule, RuleName, RuleVersion};
use karat_store::{
    AttributeNo, FindingRow, Place, Publication, Reader, RuleNo, SubjectNo, ValueKey,
};
use rustc_hash::FxHashMap;

use super::judge::{Fault, Judge};
use super::rules::RuleAt;

/// The numbers by which the store knows rules and attributes.
pub struct Numbers {
    rules: Vec<RuleNo>,
    attributes: Vec<AttributeNo>,
}

impl Numbers {
    /// Says which rules and attributes there are.
    pub fn given(
        publication: &mut dyn Publication,
        judge: &Judge,
        attributes: &AttributeSet,
    ) -> Result<Numbers, karat_store::Error> {
        let names: Vec<&str> = attributes.iter().map(|(_, it)| it.name.as_str()).collect();
        Ok(Numbers {
            rules: publication.put_rules(judge.rules.all())?,
            attributes: publication.number_attributes(&names)?,
        })
    }

    /// Those that were given when everything was judged last; `None` if there are others now.
    pub fn read(
        reader: &dyn Reader,
        judge: &Judge,
        attributes: &AttributeSet,
    ) -> Result<Option<Numbers>, karat_store::Error> {
        let stored = reader.rules()?;
        let stored: FxHashMap<&RuleName, (RuleNo, RuleVersion)> = stored
            .iter()
            .filter(|stored| stored.is_current)
            .map(|stored| (&stored.rule.name, (stored.no, stored.rule.version)))
            .collect();
        let rule = |rule: &Rule| {
            let (no, version) = stored.get(&rule.name)?;
            (*version == rule.version).then_some(*no)
        };
        let known: FxHashMap<String, AttributeNo> =
            reader.attributes()?.into_iter().map(|(no, name)| (name, no)).collect();
        let attribute = |(_, it): (_, &Attribute)| known.get(&it.name).copied();
        let rules: Option<Vec<RuleNo>> = judge.rules.all().iter().map(rule).collect();
        let attributes: Option<Vec<AttributeNo>> = attributes.iter().map(attribute).collect();
        Ok(rules.zip(attributes).map(|(rules, attributes)| Numbers { rules, attributes }))
    }

    /// The number of a rule.
    pub fn rule(&self, rule: RuleAt) -> RuleNo {
        self.rules[usize::from(rule.0)]
    }

    /// The number of an attribute.
    pub fn attribute(&self, id: AttributeId) -> AttributeNo {
        self.attributes[usize::from(id.0)]
    }

    /// A fault of a subject, as it is filed.
    pub fn finding(&self, subject: SubjectNo, fault: &Fault) -> FindingRow {
        FindingRow {
            subject,
            rule: self.rule(fault.rule),
            place: Place {
                attribute: fault.attribute.map(|id| self.attribute(id)),
                slot: fault.slot,
                column: fault.column,
            },
            value: fault.value,
            record: fault.record,
        }
    }
}

/// A value that others may have as well, as the store knows it: what is asked for, and to what
/// parent one leads, is kept under other keys than what is had, so that all are found.
pub fn stored_keys(key: &engine::ValueKey) -> impl Iterator<Item = ValueKey> + use<> {
    let (first, second) = match key.role {
        engine::KeyRole::Holds => (held_key(key.key), None),
        engine::KeyRole::Leads { to } => (held_key(key.key), Some(below_key(to))),
        engine::KeyRole::Asks => (asked_key(key.key), None),
    };
    std::iter::once(first).chain(second)
}

/// The bits of a stored key that tell what a subject has to do with the value.
const ROLE: u64 = 3;

/// The key under which those stand who have a value.
pub fn held_key(key: u64) -> ValueKey {
    ValueKey(key >> 8 & !ROLE)
}

/// The key under which those stand who name a value.
pub fn asked_key(key: u64) -> ValueKey {
    ValueKey(held_key(key).0 | 1)
}

/// The key under which those stand whose parent has a value.
pub fn below_key(key: u64) -> ValueKey {
    ValueKey(held_key(key).0 | 2)
}

/// The value of a stored key, as the engine knows it.
pub fn value_of(key: ValueKey) -> u64 {
    (key.0 & !ROLE) << 8
}

/// Whether it tells of a parent.
pub fn is_below(key: ValueKey) -> bool {
    key.0 & ROLE == 2
}
