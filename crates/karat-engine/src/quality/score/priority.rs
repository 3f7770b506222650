//! What to mend first: the checks that fail, worst first.

use karat_model::finding::Severity;

/// What is open of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open<'a> {
    /// The name of the check.
    pub check: &'a str,
    /// How many subjects fail it.
    pub failed: u64,
    /// How bad a fail is.
    pub severity: Severity,
    /// How much its attribute counts.
    pub criticality: u32,
    /// What a fail costs, in cents, if somebody said so.
    pub cost_cents: Option<u32>,
    /// Who answers for it.
    pub owner: Option<&'a str>,
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

/// Those that fail, the most harm first; equals in order of their names.
pub fn worst_first<'a>(mut open: Vec<Open<'a>>) -> Vec<Open<'a>> {
    open.retain(|open| open.failed > 0);
    open.sort_by(|a, b| harm(b).cmp(&harm(a)).then_with(|| a.check.cmp(b.check)));
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(check: &str, failed: u64, severity: Severity) -> Open<'_> {
        Open { check, failed, severity, criticality: 1, cost_cents: None, owner: None }
    }

    #[test]
    fn harm_is_how_many_how_bad_how_critical_and_how_costly() {
        let names = |open: Vec<Open<'static>>| -> Vec<&str> {
            worst_first(open).iter().map(|open| open.check).collect()
        };
        let many_notes = open("notes", 50, Severity::Note);
        let errors = open("errors", 10, Severity::Error);
        assert_eq!(names(vec![many_notes.clone(), errors.clone()]), ["errors", "notes"]);
        let critical = Open { criticality: 4, ..many_notes };
        assert_eq!(names(vec![critical.clone(), errors.clone()]), ["notes", "errors"]);
        let costly = Open { cost_cents: Some(1_000), ..errors };
        assert_eq!(names(vec![critical, costly]), ["errors", "notes"]);
    }

    #[test]
    fn what_nobody_fails_is_not_on_the_list() {
        let list = vec![
            open("b", 1, Severity::Note),
            open("a", 1, Severity::Note),
            open("c", 0, Severity::Error),
        ];
        let names: Vec<&str> = worst_first(list).iter().map(|open| open.check).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
