//! Decides, under the entry policy of a hub, what is to be done with who is typed in.

use karat_model::check::{EntryPolicy, EntrySettings, Verdict};
use karat_model::finding::RuleName;

use crate::view::{EntryAction, EntryDecision, EntryReason, Likeness, Need, Overriding};

/// What is to be done, by what the kind of customer needs and whether somebody is likely known.
pub fn decide(policy: EntryPolicy, needs: &[Need], duplicate: Likeness) -> EntryDecision {
    let failed = needs.iter().filter(|need| need.verdict == Verdict::Fail);
    let mut reasons: Vec<EntryReason> = failed
        .map(|need| EntryReason { rule: need.check.clone(), message: need.message.clone() })
        .collect();
    if duplicate == Likeness::Likely {
        reasons.push(EntryReason {
            rule: RuleName::new(EntryReason::DUPLICATE),
            message: [
                "This customer is probably known already.".into(),
                "Deze klant is waarschijnlijk al bekend.".into(),
            ],
        });
    }
    let action = match policy {
        _ if reasons.is_empty() => EntryAction::Accept,
        EntryPolicy::Strict => EntryAction::Refuse,
        EntryPolicy::Soft => EntryAction::Ask,
        EntryPolicy::Async => EntryAction::Accept,
    };
    EntryDecision { policy, action, reasons }
}

/// Whether this is a reason to accept somebody nevertheless: a code that the hub knows, if it knows
/// any, and words.
pub fn is_reason(overriding: &Overriding, settings: &EntrySettings) -> bool {
    let Overriding { reason_code, reason } = overriding;
    let is_known = settings.reason_codes.is_empty() || settings.reason_codes.contains(reason_code);
    is_known && !reason.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use karat_model::check::Why;

    use super::*;

    fn need(name: &str, verdict: Verdict) -> Need {
        let message = [name.to_string(), name.to_string()];
        Need { check: RuleName::new(name), verdict, message, attributes: Vec::new() }
    }

    #[test]
    fn only_what_fails_and_who_is_likely_known_counts() {
        use EntryAction::{Accept, Ask, Refuse};
        use EntryPolicy::{Async, Soft, Strict};
        let good = vec![
            need("a", Verdict::Pass),
            need("b", Verdict::NotApplicable),
            need("c", Verdict::Unverified(Why::NoRegister)),
        ];
        let bad = vec![need("a", Verdict::Pass), need("b", Verdict::Fail)];
        for (policy, needs, duplicate, action, reasons) in [
            (Strict, &good, Likeness::None, Accept, vec![]),
            (Strict, &good, Likeness::Possible, Accept, vec![]),
            (Strict, &good, Likeness::Likely, Refuse, vec![EntryReason::DUPLICATE]),
            (Strict, &bad, Likeness::Likely, Refuse, vec!["b", EntryReason::DUPLICATE]),
            (Soft, &good, Likeness::Possible, Accept, vec![]),
            (Soft, &bad, Likeness::None, Ask, vec!["b"]),
            (Soft, &good, Likeness::Likely, Ask, vec![EntryReason::DUPLICATE]),
            (Async, &good, Likeness::None, Accept, vec![]),
            (Async, &bad, Likeness::Likely, Accept, vec!["b", EntryReason::DUPLICATE]),
        ] {
            let decision = decide(policy, needs, duplicate);
            let told: Vec<&str> = decision.reasons.iter().map(|it| it.rule.as_str()).collect();
            assert_eq!((decision.action, told), (action, reasons), "{policy:?} {duplicate:?}");
        }
    }

    #[test]
    fn a_reason_has_a_known_code_and_words() {
        let settings = EntrySettings::standard();
        let reason = |code: &str, reason: &str| Overriding {
            reason_code: code.into(),
            reason: reason.into(),
        };
        assert!(is_reason(&reason("urgent", "at the counter"), &settings));
        assert!(!is_reason(&reason("urgent", " "), &settings));
        assert!(!is_reason(&reason("whim", "at the counter"), &settings));
        let any = EntrySettings { reason_codes: Vec::new(), ..settings };
        assert!(is_reason(&reason("", "at the counter"), &any));
    }
}
