//! What may be done about a finding, as forms.

use askama::Template;
use karat_hub::view::FindingView;
use karat_model::finding::{FindingState, Subject};
use karat_model::id::EntityId;

use crate::access::Permission;
use crate::console::page::Page;

/// A form for each step that may be taken from here.
#[derive(Template)]
#[template(path = "console/finding/steps.html")]
pub(in crate::console) struct StepForms<'a> {
    pub page: &'a Page,
    pub view: &'a FindingView,
    /// The customer to whose page the forms lead back; else it is that of the finding.
    pub back: Option<EntityId>,
}

impl StepForms<'_> {
    /// Whether any step may be taken.
    pub fn may_any(&self) -> bool {
        FindingState::ALL.iter().any(|step| *step != FindingState::Sent && self.may(step.name()))
    }

    /// Whether whoever reads this may take a step from here.
    fn may(&self, name: &str) -> bool {
        let of_record = matches!(self.view.finding.subject, Subject::Record(_));
        let step = FindingState::from_name(name);
        of_record
            && self.page.may(Permission::Decide)
            && step.is_some_and(|step| self.view.state.may_take(step))
    }
}
