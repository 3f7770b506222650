//! A decision that stands, in words, with the form that undoes it.

use askama::Template;
use karat_model::decision::{Decision, Identity, Ruling};
use karat_model::evidence::Verdict;
use karat_model::id::RecordKey;

use crate::access::Permission;
use crate::console::page::Page;

/// A decision that stands.
#[derive(Template)]
#[template(path = "console/cluster/decided.html")]
pub(super) struct DecidedForm<'a> {
    pub page: &'a Page,
    /// The page to return to.
    pub back: String,
    pub decision: &'a Decision,
}

/// More keys than these are counted only.
const KEYS_MAX: usize = 6;

impl DecidedForm<'_> {
    fn may_undo(&self) -> bool {
        self.page.may(Permission::Decide)
    }

    /// The records of the one side, what was said of them, and the records of the other.
    fn sentence(&self) -> [String; 3] {
        let text = self.page.text;
        let (left, told, right): (&[RecordKey], &str, &[RecordKey]) = match &self.decision.ruling {
            Ruling::Identity(Identity { left, right, verdict }) => {
                let told = match verdict {
                    Verdict::Same => text.say("the same customer as", "dezelfde klant als"),
                    Verdict::Different => text.say("another customer than", "een andere klant dan"),
                    Verdict::Related => text.say(
                        "another customer than, though related to,",
                        "een andere klant dan, wel verwant met,",
                    ),
                    Verdict::Unsure => text.say("left open with", "opengelaten met"),
                };
                (left.as_slice(), told, right.as_slice())
            }
            Ruling::Move { record, to, .. } if to.is_empty() => {
                let told = text.say("made a customer of its own", "een eigen klant gemaakt");
                (std::slice::from_ref(record), told, &[])
            }
            Ruling::Move { record, to, .. } => (
                std::slice::from_ref(record),
                text.say("moved to", "verplaatst naar"),
                to.as_slice(),
            ),
            Ruling::Lock(records) => (
                records.as_slice(),
                text.say("locked: stays as it is", "vergrendeld: blijft zoals het is"),
                &[],
            ),
            Ruling::Value(_) => (&[], "", &[]),
        };
        [self.keys(left), told.into(), self.keys(right)]
    }

    /// The keys of some records; of many the first ones, and how many others there are.
    fn keys(&self, keys: &[RecordKey]) -> String {
        let first: Vec<String> = keys.iter().take(KEYS_MAX).map(RecordKey::to_string).collect();
        let text = self.page.text;
        match keys.len().saturating_sub(KEYS_MAX) {
            0 => first.join(", "),
            others => format!(
                "{} {} {} {}",
                first.join(", "),
                text.say("and", "en"),
                text.count(others),
                text.say("others", "andere"),
            ),
        }
    }
}
