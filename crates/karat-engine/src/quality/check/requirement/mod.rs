//! What the words of checks require: a file per word, all of one shape.
//!
//! The documentation that opens a file is the page of its word in the manual; its tests show a
//! pass, a fail, and where there is nothing to judge.
//! Arrives: a subject and one check. Leaves: a verdict, and the places where it fails.
//! Promises: a word looks at its subject and what is known beyond it, and at nothing else.
//! Start reading in `present.rs`, the shortest one.

mod age_between;
mod charset;
mod cross_field;
mod current;
mod customer_confirmed;
mod date_order;
mod drift;
mod duplicate_cluster;
mod email_deliverable;
mod equal_across_sources;
mod expression;
mod field_misuse;
mod format;
mod freshness;
mod golden_equals_source;
mod group_complete;
mod group_evolution;
mod has_definition;
mod has_legal_basis;
mod has_owner;
mod has_retention;
mod has_steward;
mod hierarchy_acyclic;
mod identifier_sharing;
mod in_set;
mod length;
mod matches_register;
mod max_age;
mod missing_tokens;
mod not_deceased;
mod not_future;
mod outlier;
mod phone_reachable;
mod phone_type;
mod present;
mod propagation_latency;
mod range;
mod reconciliation;
mod record_coverage;
mod ref_table;
mod referential;
mod regex;
mod relation_present;
mod required_if;
mod returned_mail;

mod unique_key;
mod usual_null_rate;
mod usual_values;
mod usual_volume;
mod volume;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod manual;

use ::regex::Regex;
use karat_model::attribute::{Attribute, AttributeSet};
use karat_model::check::{Check, Quantifier, Requirement, Verdict, Why};
use rustc_hash::FxHashSet;

use super::delivery::{DeliveryFacts, DeliveryFault};
use super::expression::{Expression, Mistake};
use super::facts::Facts;
use super::known::ValueKey;
use super::plan::{CheckNo, RefTables};
use super::subject::{Subject, Together};
use crate::clean::{Context, standardised};

/// What is worked out once of a requirement.
#[derive(Debug)]
pub(super) enum Prepared {
    /// Nothing is to be worked out.
    Plain,
    /// A pattern.
    Pattern(Regex),
    /// A set of values.
    Values(FxHashSet<String>),
    /// An expression.
    Expression(Expression),
}

impl Prepared {
    /// Works out a requirement.
    ///
    /// # Errors
    ///
    /// What is wrong with its text.
    pub fn new(
        check: &Check,
        attributes: &AttributeSet,
        tables: &RefTables,
        context: &Context,
    ) -> Result<Prepared, Mistake> {
        // Lists are compared with values that were cleaned, so they are read as these are.
        let cleaned = |values: FxHashSet<String>| {
            let types = check.attributes.iter().map(|id| attributes.get(*id).semantic_type);
            let written = types.flat_map(|semantic_type| {
                values.iter().map(move |value| standardised(value, semantic_type, context))
            });
            let written: Vec<String> = written.collect();
            Prepared::Values(values.into_iter().chain(written).collect())
        };
        Ok(match &check.requirement {
            Requirement::Regex(text) => Prepared::Pattern(regex::prepare(text)?),
            Requirement::InSet(values) => cleaned(values.iter().cloned().collect()),
            Requirement::MissingTokens(words) => {
                Prepared::Values(words.iter().map(|word| word.to_lowercase()).collect())
            }
            Requirement::RefTable(table) => cleaned(ref_table::prepare(table, tables)?),
            Requirement::RequiredIf(text) | Requirement::Expression(text) => {
                Prepared::Expression(Expression::new(text, attributes)?)
            }
            _ => Prepared::Plain,
        })
    }

    /// The expression, if it is one.
    pub fn expression(&self) -> Option<&Expression> {
        match self {
            Prepared::Expression(expression) => Some(expression),
            _ => None,
        }
    }
}

/// Judges a record or a customer by the check that is asked.
pub(super) fn judge(subject: &mut Subject) -> Verdict {
    let (check, prepared) = (subject.check, subject.prepared);
    match (&check.requirement, prepared) {
        (Requirement::Present, _) => present::judge(subject),
        (Requirement::RequiredIf(_), Prepared::Expression(condition)) => {
            required_if::judge(subject, condition)
        }
        (Requirement::MissingTokens(_), Prepared::Values(words)) => {
            missing_tokens::judge(subject, words)
        }
        (Requirement::GroupComplete(quantifier), _) => group_complete::judge(subject, *quantifier),
        (Requirement::RelationPresent(_), _) => relation_present::judge(subject),
        (Requirement::Regex(_), Prepared::Pattern(pattern)) => regex::judge(subject, pattern),
        (Requirement::Format(semantic_type), _) => format::judge(subject, *semantic_type),
        (Requirement::PhoneType(kinds), _) => phone_type::judge(subject, kinds),
        (Requirement::InSet(_), Prepared::Values(values)) => in_set::judge(subject, values),
        (Requirement::RefTable(_), Prepared::Values(values)) => ref_table::judge(subject, values),
        (Requirement::Length(bounds), _) => length::judge(subject, bounds),
        (Requirement::Range(range), _) => range::judge(subject, range),
        (Requirement::Charset(charset), _) => charset::judge(subject, *charset),
        (Requirement::DateOrder(order), _) => date_order::judge(subject, order),
        (Requirement::NotDeceased, _) => not_deceased::judge(subject),
        (Requirement::NotFuture, _) => not_future::judge(subject),
        (Requirement::AgeBetween(bounds), _) => age_between::judge(subject, bounds),
        (Requirement::FieldMisuse, _) => field_misuse::judge(subject),
        (Requirement::MatchesRegister(register), _) => matches_register::judge(subject, *register),
        (Requirement::EmailDeliverable, _) => email_deliverable::judge(subject),
        (Requirement::PhoneReachable, _) => phone_reachable::judge(subject),
        (Requirement::ReturnedMail, _) => returned_mail::judge(subject),
        (Requirement::CustomerConfirmed, _) => customer_confirmed::judge(subject),
        (Requirement::EqualAcrossSources, _) => equal_across_sources::judge(subject),
        (Requirement::CrossField(pair), _) => cross_field::judge(subject, *pair),
        (Requirement::Referential(_), _) => referential::judge(subject),
        (Requirement::HierarchyAcyclic(hierarchy), _) => {
            hierarchy_acyclic::judge(subject, hierarchy)
        }
        (Requirement::GoldenEqualsSource, _) => golden_equals_source::judge(subject),
        (Requirement::UniqueKey, _) => unique_key::judge(subject),
        (Requirement::DuplicateCluster(from), _) => duplicate_cluster::judge(subject, *from),
        (Requirement::SharedIdentifier(max), _) => identifier_sharing::judge(subject, *max),
        (Requirement::MaxAge(days), _) => max_age::judge(subject, *days),
        (Requirement::Current(share), _) => current::judge(subject, *share),
        (Requirement::Expression(_), Prepared::Expression(condition)) => {
            expression::judge(subject, condition)
        }
        // Words of deliveries and definitions say nothing of records and customers.
        _ => Verdict::NotApplicable,
    }
}

/// Judges what a source delivers, and tells where it fails.
pub(super) fn judge_delivery(
    check: &Check,
    facts: &DeliveryFacts,
    faults: &mut Vec<DeliveryFault>,
) -> Verdict {
    let attributes = &check.attributes;
    match &check.requirement {
        Requirement::RecordCoverage(coverage) => record_coverage::judge(facts, coverage, faults),
        Requirement::Reconciliation(it) => reconciliation::judge(facts, it, faults),
        Requirement::Freshness(hours) => freshness::judge(facts, *hours, faults),
        Requirement::PropagationLatency(hours) => propagation_latency::judge(facts, *hours, faults),
        Requirement::Volume(volume) => volume::judge(facts, volume, faults),
        Requirement::Drift(psi_max) => drift::judge(facts, attributes, *psi_max, faults),
        Requirement::GroupEvolution(it) => group_evolution::judge(facts, attributes, it, faults),
        Requirement::Outlier(max) => outlier::judge(facts, attributes, *max, faults),
        Requirement::UsualVolume(volume) => usual_volume::judge(facts, volume, faults),
        Requirement::UsualNullRate(rise_max) => {
            usual_null_rate::judge(facts, attributes, *rise_max, faults)
        }
        Requirement::UsualValues(psi_max) => {
            usual_values::judge(facts, attributes, *psi_max, faults)
        }
        _ => Verdict::NotApplicable,
    }
}

/// Judges what the hub model says of an attribute.
pub(super) fn judge_definition(check: &Check, attribute: &Attribute) -> Verdict {
    let says_it = match &check.requirement {
        Requirement::HasDefinition => has_definition::says_it(attribute),
        Requirement::HasOwner => has_owner::says_it(attribute),
        Requirement::HasSteward => has_steward::says_it(attribute),
        Requirement::HasLegalBasis => has_legal_basis::says_it(attribute),
        Requirement::HasRetention => has_retention::says_it(attribute),
        _ => return Verdict::NotApplicable,
    };
    if says_it { Verdict::Pass } else { Verdict::Fail }
}

/// Whether verdicts of a word change as days go by.
pub(super) fn is_dated(requirement: &Requirement) -> bool {
    use Requirement::*;
    matches!(
        requirement,
        NotFuture | AgeBetween(_) | MaxAge(_) | Current(_) | Freshness(_) | PropagationLatency(_)
    )
}

/// Whether verdicts of a word hang on other subjects.
pub(super) fn hangs_on_others(requirement: &Requirement) -> bool {
    use Requirement::*;
    matches!(
        requirement,
        UniqueKey | SharedIdentifier(_) | Referential(_) | RelationPresent(_) | HierarchyAcyclic(_)
    )
}

/// Adds the keys of a subject for a check that hangs on others.
pub(super) fn keys(no: CheckNo, check: &Check, facts: &Facts, into: &mut Vec<ValueKey>) {
    match &check.requirement {
        Requirement::UniqueKey => unique_key::keys(no, check, facts, into),
        Requirement::SharedIdentifier(_) => identifier_sharing::keys(no, check, facts, into),
        Requirement::Referential(reference) | Requirement::RelationPresent(reference) => {
            referential::keys(no, check, reference, facts, into)
        }
        Requirement::HierarchyAcyclic(hierarchy) => {
            hierarchy_acyclic::keys(no, check, hierarchy, facts, into)
        }
        _ => {}
    }
}

/// The verdict on those of which enough is known; that there was too little, where it was so of all.
fn of_those_with_enough(judged: Together, has_too_few: bool) -> Verdict {
    match judged.verdict(Quantifier::All) {
        Verdict::NotApplicable if has_too_few => Verdict::Unverified(Why::TooFew),
        verdict => verdict,
    }
}

/// A pass or a fail.
fn passes(is_met: bool) -> Verdict {
    if is_met { Verdict::Pass } else { Verdict::Fail }
}
