//! Feedback: how a source hears what is wrong with its records, so that it is mended there.

use crate::finding::Severity;

/// How a source hears what is wrong with its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// Who answers for the source, if that was said.
    pub owner: Option<String>,
    /// By which way the owner hears.
    pub route: FeedbackRoute,
    /// The checks and codes that are told; empty for all.
    pub rules: Vec<String>,
    /// The least severity that is told.
    pub severity_min: Severity,
}

/// By which way the owner of a source hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedbackRoute {
    /// As a file, a row for each finding.
    WorkList,
    /// As JSON that is posted to an application.
    Webhook {
        /// Where it is posted.
        url: String,
    },
}

impl FeedbackRoute {
    /// The name in the hub model.
    pub fn name(&self) -> &'static str {
        match self {
            FeedbackRoute::WorkList => "work_list",
            FeedbackRoute::Webhook { .. } => "webhook",
        }
    }
}

impl Feedback {
    /// Whether the owner hears of what this rule finds.
    pub fn tells(&self, rule: &str, severity: Severity) -> bool {
        let is_told = self.rules.is_empty() || self.rules.iter().any(|told| told == rule);
        is_told && severity >= self.severity_min
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_bad_enough_and_asked_for_is_told() {
        let all = Feedback {
            owner: None,
            route: FeedbackRoute::WorkList,
            rules: Vec::new(),
            severity_min: Severity::Warning,
        };
        assert!(all.tells("a", Severity::Warning) && all.tells("a", Severity::Error));
        assert!(!all.tells("a", Severity::Note));
        let one = Feedback { rules: vec!["a".into()], ..all };
        assert!(one.tells("a", Severity::Error) && !one.tells("b", Severity::Error));
    }
}
