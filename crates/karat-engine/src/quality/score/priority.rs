//! What to mend first: how much harm a check that fails does.

use karat_model::finding::Severity;

/// What is open of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// How many subjects fail it.
    pub failed: u64,
    /// How bad a fail is.
    pub severity: Severity,
    /// How much its attribute counts.
    pub criticality: u32,
    /// What a fail costs, in cents, if somebody said so.
    pub cost_cents: Option<u32>,
}

/// How much is to be won by mending one, in points that only tell which is more.
pub fn harm(open: &Open) -> u128 {
    let severity = match open.severity {
        Severity::Note => 1,
        Severity::Warning => 3,
        Severity::Error => 9,
    };
    // One without a price counts as a euro.
    let cost = u128::from(open.cost_cents.unwrap_or(100));
    u128::from(open.failed) * severity * u128::from(open.criticality) * cost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harm_is_how_many_how_bad_how_critical_and_how_costly() {
        let notes = Open { failed: 50, severity: Severity::Note, criticality: 1, cost_cents: None };
        let errors = Open { failed: 10, severity: Severity::Error, ..notes };
        assert!(harm(&errors) > harm(&notes));
        let critical = Open { criticality: 4, ..notes };
        assert!(harm(&critical) > harm(&errors));
        let costly = Open { cost_cents: Some(1_000), ..errors };
        assert!(harm(&costly) > harm(&critical));
        assert_eq!(harm(&Open { failed: 0, ..costly }), 0);
    }
}
