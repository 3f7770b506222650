//! What surrounds every page: the hub's name, the navigation, the switch of language.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{Html, IntoResponse, Response};
use karat_hub::view::{CustomerSummary, FindingView};
use karat_model::attribute::{AttributeId, AttributeSet};
use karat_model::hub_model::HubModel;
use karat_model::language::Language;

use super::visit::Visit;
use crate::access::{Caller, Known, Permission};
use crate::locale::Locale;

/// The parts of the console, as the navigation lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Home,
    Sources,
    Quality,
    Rules,
    Search,
    Work,
    Decisions,
    Compare,
    Elsewhere,
    SignIn,
}

/// Decisions that were made or undone on the page before.
pub(super) struct Done {
    /// Their numbers, joined by commas.
    pub numbers: String,
    pub is_undone: bool,
}

impl Done {
    fn of(visit: &Visit) -> Option<Done> {
        let numbers = |name| {
            let numbers = visit.parameter(name)?;
            let is_list = numbers.split(',').all(|no| no.parse::<u64>().is_ok());
            is_list.then(|| numbers.to_string())
        };
        let done = numbers("done").map(|numbers| Done { numbers, is_undone: false });
        done.or_else(|| numbers("undone").map(|numbers| Done { numbers, is_undone: true }))
    }
}

/// What surrounds every page.
pub(super) struct Page {
    pub text: Locale,
    pub section: Section,
    /// What the search field holds.
    pub query: String,
    model: Arc<HubModel>,
    other: Language,
    /// This page in the other language.
    pub switch: String,
    pub is_form: bool,
    /// Whether single keys do something.
    pub has_keys: bool,
    /// What was done before this page was shown, and may be undone from it.
    pub done: Option<Done>,
    /// This page without what was done.
    pub address: String,
    caller: Option<Caller>,
}

impl Page {
    pub fn new(visit: &Visit, section: Section) -> Page {
        let other = match visit.text.language {
            Language::English => Language::Dutch,
            Language::Dutch => Language::English,
        };
        Page {
            text: visit.text,
            section,
            query: String::new(),
            model: visit.model.clone(),
            other,
            switch: visit.address_in(other),
            is_form: visit.is_form(),
            has_keys: visit.has_keys,
            done: Done::of(visit),
            address: visit.address_without(&["done", "undone"]),
            caller: visit.caller().cloned(),
        }
    }

    /// Whether it is a page for those who came in.
    pub fn is_inside(&self) -> bool {
        self.section != Section::SignIn
    }

    /// Whether anyone who reaches it may do everything.
    pub fn is_open(&self) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.by == Known::Open)
    }

    /// Whether whoever reads this may do something; nobody may where nobody is let in to change.
    pub fn may(&self, permission: Permission) -> bool {
        self.caller.as_ref().is_some_and(|caller| caller.role.may(permission))
    }

    /// Who signed in.
    pub fn signed_in(&self) -> Option<&str> {
        let caller = self.caller.as_ref()?;
        matches!(caller.by, Known::Session { .. }).then_some(&*caller.name)
    }

    /// By which name whoever reads this has items of the work queue, where it is known.
    pub fn account(&self) -> Option<&str> {
        self.caller.as_ref().map(|caller| &*caller.name)
    }

    /// What every form carries; nothing where nobody signed in.
    pub fn csrf(&self) -> &str {
        match self.caller.as_ref().map(|caller| &caller.by) {
            Some(Known::Session { csrf }) => csrf,
            _ => "",
        }
    }

    pub fn hub(&self) -> &str {
        &self.model.name
    }

    pub fn model(&self) -> &HubModel {
        &self.model
    }

    pub fn attributes(&self) -> &AttributeSet {
        &self.model.attributes
    }

    pub fn label(&self, attribute: &AttributeId) -> &str {
        self.text.attribute(self.attributes(), attribute)
    }

    /// A standardised value of an attribute as people read it.
    pub fn shown(&self, attribute: &AttributeId, value: &str) -> String {
        self.text.value(self.attributes().get(*attribute).semantic_type, value)
    }

    /// What tells a customer from its namesakes: `12 Mar 1984 · Kerkstraat 12, 1234 AB Utrecht`.
    pub fn subtitle(&self, customer: &CustomerSummary) -> String {
        let told_by = customer.told_by.as_ref().map(|(attribute, value)| match *attribute {
            AttributeId::KVK_NUMBER => format!("KvK {value}"),
            _ => self.shown(attribute, value),
        });
        let address = Some(&customer.address).filter(|address| !address.is_empty()).cloned();
        told_by.into_iter().chain(address).collect::<Vec<_>>().join(" · ")
    }

    /// What a customer is called, also when nothing is known of it.
    pub fn name<'a>(&self, customer: &'a CustomerSummary) -> &'a str {
        self.called(&customer.title)
    }

    /// A customer of this title.
    pub fn called<'a>(&self, title: &'a str) -> &'a str {
        if title.is_empty() { self.text.say("Without a name", "Zonder naam") } else { title }
    }

    /// The attribute that a finding is about; nothing if it is about none.
    pub fn attribute_of(&self, view: &FindingView) -> String {
        let Some(name) = &view.finding.attribute else { return String::new() };
        let known = self.attributes().find(name);
        known.map_or_else(|| name.clone(), |id| self.label(&id).to_string())
    }

    pub fn sections(&self) -> [(&'static str, &'static str, bool); 8] {
        let entry = |section, address, english, dutch| {
            (address, self.text.say(english, dutch), self.section == section)
        };
        [
            entry(Section::Home, "/", "Home", "Start"),
            entry(Section::Work, "/work", "Work queue", "Werkvoorraad"),
            entry(Section::Search, "/search", "Search", "Zoeken"),
            entry(Section::Quality, "/quality", "Quality", "Kwaliteit"),
            entry(Section::Sources, "/sources", "Sources", "Bronnen"),
            entry(Section::Rules, "/rules", "Rules", "Regels"),
            entry(Section::Compare, "/compare", "Why / why not", "Waarom wel of niet"),
            entry(Section::Decisions, "/decisions", "Decisions", "Beslissingen"),
        ]
    }

    /// What to say above a message that is there in English alone; nothing to English readers.
    pub fn english_note(&self) -> Option<&'static str> {
        let note = self.text.say("", "De melding zelf is in het Engels:");
        Some(note).filter(|note| !note.is_empty())
    }

    pub fn other_code(&self) -> &'static str {
        self.other.code()
    }

    pub fn other_name(&self) -> &'static str {
        self.other.say("English", "Nederlands")
    }
}

/// Leads to a page of the console.
pub(super) fn see_other(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response()
}

/// Renders a page.
pub(super) fn render(page: impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        // Rendering only fails when formatting does, which no page of ours can.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
