//! A mapping: what somebody says of an upload and of its columns.

use karat_model::hub_model::{Country, DateOrder, Delivery, Party};
use karat_model::semantic::SemanticType;
use serde::{Deserialize, Serialize};

use super::accept::DELIVERIES;
use super::{Proposal, ProposedColumn, Upload};
use crate::hub_model::{DiscoveredColumn, DiscoveredSource, Words};

/// The most that a source can be trusted.
const TRUST_MAX: u8 = 100;

/// What is said of an upload, as somebody types it in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// What its records are about: `person`, `organisation` or `by_values`.
    pub party: String,
    /// Whether a delivery is all records or only what changed: `full` or `changes`.
    #[serde(default)]
    pub delivery: String,
    /// The code of the country of addresses and phone numbers that name none; empty if it is that of
    /// the hub.
    #[serde(default)]
    pub country: String,
    /// The order of the parts of dates: `day_first` or `month_first`.
    #[serde(default)]
    pub dates: String,
    /// How far it is trusted, 0 to 100.
    pub trust: String,
    /// The column that is the key of a record.
    pub key: String,
    /// The column that tells when a record was last changed; empty if none does.
    pub updated_at: String,
    /// What each other column means: the name of a semantic type and, where that does not tell,
    /// behind a colon the attribute that it fills.
    pub columns: Vec<(String, String)>,
}

/// What is wrong with a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MappingMistake {
    /// No column is the key of a record.
    NoKey,
    /// The trust is no number from 0 to 100.
    Trust,
    /// The country is no code of two letters.
    Country,
    /// It names a column that the file does not have.
    UnknownColumn(String),
    /// It gives a column a meaning that there is not.
    UnknownMeaning(String),
    /// It gives a column two meanings.
    TwoMeanings(String),
    /// No column tells anything of the customer.
    NothingTold,
}

impl Mapping {
    /// What is proposed.
    pub fn proposed(proposal: &Proposal) -> Mapping {
        let of_kind = |kind: SemanticType| {
            let found = proposal.columns.iter().find(|column| column.semantic_type == kind);
            found.map(|column| column.column.header.clone()).unwrap_or_default()
        };
        let column = |column: &ProposedColumn| {
            let meaning = meaning(column.semantic_type, column.attribute.as_deref());
            (column.column.header.clone(), meaning)
        };
        Mapping {
            party: proposal.source.party.word().to_string(),
            delivery: Delivery::Full.word().to_string(),
            country: String::new(),
            dates: proposal.source.date_order.word().to_string(),
            trust: proposal.source.trust.to_string(),
            key: of_kind(SemanticType::SourceId),
            updated_at: of_kind(SemanticType::UpdatedAt),
            columns: proposal.columns.iter().map(column).collect(),
        }
    }

    /// What was said of a column; that it is ignored when nothing was.
    pub fn meaning_of(&self, header: &str) -> &str {
        let found = self.columns.iter().find(|(column, _)| column == header);
        found.map_or(SemanticType::Ignored.name(), |(_, meaning)| meaning)
    }

    /// The source that the mapping makes of an upload, whose file goes where accepting puts it; or all
    /// that is wrong with the mapping.
    pub fn source(
        &self,
        upload: &Upload,
        proposal: &Proposal,
    ) -> Result<DiscoveredSource, Vec<MappingMistake>> {
        let mut mistakes = self.mistakes(proposal);
        let files = vec![format!("{DELIVERIES}/{}", upload.file())];
        let mut source =
            DiscoveredSource { name: upload.name(), files, ..proposal.found.source.clone() };
        source.party = Party::from_word(&self.party).unwrap_or(source.party);
        source.delivery = Delivery::from_word(&self.delivery).unwrap_or(source.delivery);
        source.date_order = DateOrder::from_word(&self.dates).unwrap_or(source.date_order);
        source.country = Country::from_code(self.country.trim());
        source.trust = self.trust().unwrap_or_default();
        let proposed = Mapping::proposed(proposal);
        let is_chosen_anew = (&self.key, &self.updated_at) != (&proposed.key, &proposed.updated_at);
        for column in &mut source.columns {
            let said = self.said_of(&column.column);
            // What gave way to another column would otherwise take the place of the one chosen now.
            let gave_way = is_chosen_anew && is_chosen_above(column.semantic_type.name());
            let is_corrected = gave_way || said != proposed.meaning_of(&column.column);
            if is_corrected && let Some((kind, attribute)) = read_meaning(said) {
                correct(column, kind, attribute);
            }
        }
        let tells = |column: &DiscoveredColumn| {
            !column.semantic_type.is_metadata() && !column.is_operational
        };
        if !source.columns.iter().any(tells) {
            mistakes.push(MappingMistake::NothingTold);
        }
        if mistakes.is_empty() { Ok(source) } else { Err(mistakes) }
    }

    /// What a column means, with the key and the moment of change among the meanings.
    fn said_of(&self, header: &str) -> &str {
        match header {
            _ if header == self.key => SemanticType::SourceId.name(),
            _ if header == self.updated_at => SemanticType::UpdatedAt.name(),
            _ => match self.meaning_of(header) {
                // Whoever chose another column for it said that this one is not.
                said if is_chosen_above(said) => SemanticType::Ignored.name(),
                said => said,
            },
        }
    }

    fn mistakes(&self, proposal: &Proposal) -> Vec<MappingMistake> {
        let mut mistakes = Vec::new();
        if self.key.is_empty() {
            mistakes.push(MappingMistake::NoKey);
        }
        if self.trust().is_none() {
            mistakes.push(MappingMistake::Trust);
        }
        let country = self.country.trim();
        if !country.is_empty() && Country::from_code(country).is_none() {
            mistakes.push(MappingMistake::Country);
        }
        let chosen = [&self.key, &self.updated_at];
        let chosen = chosen.into_iter().filter(|header| !header.is_empty());
        let headers = self.columns.iter().map(|(header, _)| header).chain(chosen.clone());
        for header in headers.filter(|header| proposal.column(header).is_none()) {
            mistakes.push(MappingMistake::UnknownColumn(header.clone()));
        }
        for (header, said) in &self.columns {
            if read_meaning(said).is_none() {
                mistakes.push(MappingMistake::UnknownMeaning(header.clone()));
            }
        }
        let is_more = |header: &String| {
            let said = self.meaning_of(header);
            !is_chosen_above(said) && said != SemanticType::Ignored.name()
        };
        if !self.key.is_empty() && self.key == self.updated_at {
            mistakes.push(MappingMistake::TwoMeanings(self.key.clone()));
        }
        mistakes.extend(
            chosen.filter(|header| is_more(header)).cloned().map(MappingMistake::TwoMeanings),
        );
        mistakes.dedup();
        mistakes
    }

    fn trust(&self) -> Option<u8> {
        self.trust.trim().parse().ok().filter(|trust| *trust <= TRUST_MAX)
    }
}

/// Whether a meaning is chosen for the source as a whole, not at the column.
fn is_chosen_above(said: &str) -> bool {
    [SemanticType::SourceId, SemanticType::UpdatedAt].iter().any(|kind| kind.name() == said)
}

/// A meaning as it stands in a mapping.
pub(super) fn meaning(kind: SemanticType, attribute: Option<&str>) -> String {
    match attribute {
        Some(attribute) => format!("{}:{attribute}", kind.name()),
        None => kind.name().to_string(),
    }
}

/// Reads a meaning.
fn read_meaning(said: &str) -> Option<(SemanticType, Option<&str>)> {
    let (kind, attribute) = match said.split_once(':') {
        Some((kind, attribute)) => (kind, Some(attribute).filter(|name| !name.is_empty())),
        None => (said, None),
    };
    let kind = SemanticType::from_name(kind)?;
    (kind.needs_attribute() == attribute.is_some()).then_some((kind, attribute))
}

/// Lets a column mean what somebody said, who is sure.
fn correct(column: &mut DiscoveredColumn, kind: SemanticType, attribute: Option<&str>) {
    if column.semantic_type != kind {
        column.slot = 0;
        column.length_max = None;
    }
    column.semantic_type = kind;
    column.attribute = attribute.map(str::to_string);
    column.confidence = 1.0;
    column.is_operational = false;
}
