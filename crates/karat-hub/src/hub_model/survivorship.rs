//! Survivorship: by which rules a value wins, per attribute or group.

use karat_model::attribute::{AttributeId, Group};
use karat_model::hub_model::{Survivorship, SurvivorshipRule};

use super::attributes::KnownAttributes;
use super::problem::Report;
use super::shape::{Entries, Located};

/// The key of the ladder for what has none of its own.
pub(super) const DEFAULT: &str = "default";

/// Ladders as YAML gives them: what they are for, and their rules.
pub(super) type Ladders = Entries<Vec<Located<SurvivorshipRule>>>;

/// The ladders are keyed by the names of attributes and groups, so these may not meet.
pub(super) fn is_reserved(name: &str) -> bool {
    name == DEFAULT || group_named(name).is_some()
}

/// The standard ladders, with those of a hub in their place.
pub(super) fn survivorship(
    ladders: Ladders,
    known: &KnownAttributes,
    report: &mut Report,
) -> Survivorship {
    let mut survivorship = Survivorship::standard();
    for (name, rules) in ladders.entries {
        let Some(rules) = ladder(&name, rules, report) else { continue };
        if name.value == DEFAULT {
            survivorship.default = rules;
        } else if let Some(group) = group_named(&name.value) {
            put(&mut survivorship.groups, group, rules);
        } else if let Some(id) = find_survivor(&name, known, report) {
            put(&mut survivorship.attributes, id, rules);
        }
    }
    survivorship
}

fn ladder(
    name: &Located<String>,
    rules: Vec<Located<SurvivorshipRule>>,
    report: &mut Report,
) -> Option<Vec<SurvivorshipRule>> {
    let mut ladder = Vec::new();
    for rule in &rules {
        if ladder.contains(&rule.value) {
            let message = format!("`{}` stands here twice", rule.value.name());
            report.warning(rule.place, message).with_hint("the first one decides; remove this one");
        } else {
            ladder.push(rule.value);
        }
    }
    if ladder.is_empty() {
        report
            .error(name.place, format!("`{}` has no rule by which a value wins", name.value))
            .with_hint(format!("write `{}: [validity, trust, recency]`, for example", name.value));
        return None;
    }
    Some(ladder)
}

/// The attribute that a ladder is for.
fn find_survivor(
    name: &Located<String>,
    known: &KnownAttributes,
    report: &mut Report,
) -> Option<AttributeId> {
    let id = known.find(name, report)?;
    let Some(group) = known.set.get(id).group.map(Group::name) else { return Some(id) };
    let reason = "a street with another source's number is no address";
    report
        .error(name.place, format!("`{}` survives with its group `{group}`", name.value))
        .with_hint(format!("set the ladder of `{group}`: {reason}"));
    None
}

fn group_named(name: &str) -> Option<Group> {
    [Group::Name, Group::Address].into_iter().find(|group| group.name() == name)
}

/// Replaces the ladder of a key, or adds one.
fn put<K: PartialEq>(
    ladders: &mut Vec<(K, Vec<SurvivorshipRule>)>,
    key: K,
    rules: Vec<SurvivorshipRule>,
) {
    match ladders.iter_mut().find(|(other, _)| *other == key) {
        Some((_, old)) => *old = rules,
        None => ladders.push((key, rules)),
    }
}
