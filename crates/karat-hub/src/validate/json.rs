//! A validation as JSON.

use serde_json::{Value, json};

use super::{Validated, Validation};

impl Validation {
    /// It as JSON; of each check at most so many failing records are listed.
    pub fn to_json(&self, failing_max: usize) -> Value {
        json!({
            "records": self.records,
            "refused": self.is_refused(),
            "checks": self.checks.iter().map(|it| self.check_json(it, failing_max)).collect::<Vec<_>>(),
            "left_out": self.left_out,
            "problems": self.problems.iter().map(|it| json!({
                "file": it.file,
                "problem": it.problem,
                "hint": it.hint,
            })).collect::<Vec<_>>(),
        })
    }

    fn check_json(&self, it: &Validated, failing_max: usize) -> Value {
        let check = &it.check;
        let names = |ids: &[karat_model::attribute::AttributeId]| {
            ids.iter().map(|id| self.attributes.get(*id).name.clone()).collect::<Vec<_>>()
        };
        let failing = it.failing.iter().take(failing_max).map(|failing| {
            json!({
                "source": failing.record.source.as_str(),
                "id": &*failing.record.id,
                "attributes": names(&failing.attributes),
            })
        });
        json!({
            "name": check.name.as_str(),
            "requirement": check.requirement.word(),
            "attributes": names(&check.attributes),
            "severity": check.severity.name(),
            "dimension": check.dimension.name(),
            "pass": it.counts.pass,
            "fail": it.counts.fail,
            "not_applicable": it.counts.not_applicable,
            "unverified": it.counts.unverified,
            "error": it.counts.error,
            "share": it.counts.share().map(|share| share.as_f64()),
            "pass_min": check.pass_min.map(|share| share.as_f64()),
            "below": it.is_below(),
            "failing": failing.collect::<Vec<_>>(),
        })
    }
}
