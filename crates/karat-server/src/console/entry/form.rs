//! What a form of a new customer says: of which source its record is, and what was typed.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use karat_hub::entry::{kind_of, kinds_of};
use karat_hub::view::{Overriding, Probe, ProbeValues};
use karat_model::attribute::EntityType;
use karat_model::hub_model::{ColumnMapping, Delivery, HubModel, Source};
use karat_model::id::SourceName;
use karat_model::semantic::SemanticType;

use crate::api::REASON_CHARACTERS_MAX;
use crate::console::page::Page;
use crate::console::visit::Visit;
use crate::quality::encoded;

/// The fields of a form.
pub(super) type Fields = Vec<(String, String)>;

/// What precedes the name of a column, so that it is no other field.
const COLUMN: &str = "column:";

/// More characters than this nobody types.
const VALUE_CHARACTERS_MAX: usize = 500;

/// A form of a new customer.
pub(super) struct EntryForm {
    pub entity_type: EntityType,
    pub source: SourceName,
    pub kind: Option<String>,
    pub reason_code: String,
    pub reason: String,
    columns: Vec<ColumnMapping>,
    given: Fields,
}

/// A field of the form.
pub(super) struct Given<'f> {
    pub column: &'f str,
    pub label: String,
    pub value: &'f str,
    /// Which keyboard a phone shows for it.
    pub keyboard: &'static str,
}

impl Given<'_> {
    /// Whether its column has the name that people read anyway.
    pub fn is_called_so(&self) -> bool {
        self.column.to_lowercase() == self.label.to_lowercase()
    }
}

impl EntryForm {
    /// The form that an address asks for, with nothing in it; `None` in a hub without sources.
    pub fn empty(visit: &Visit) -> Option<EntryForm> {
        let named = visit.parameter("type").and_then(EntityType::from_name);
        let source = source(&visit.model, visit.parameter("source"))?;
        let entity_type = named.unwrap_or(EntityType::Person);
        let mut form = EntryForm::new(source, entity_type, Fields::default());
        form.kind = first_kind(&visit.model, entity_type);
        Some(form)
    }

    /// A form as it was sent; `None` when it does not say of which source it is.
    pub fn of(visit: &Visit, fields: Result<Form<Fields>, FormRejection>) -> Option<EntryForm> {
        let Form(fields) = fields.ok()?;
        let one = |name: &str| fields.iter().find(|(known, _)| known == name);
        let one = |name: &str| one(name).map(|(_, value)| value.trim().to_string());
        let entity_type = EntityType::from_name(&one("type")?)?;
        let named = one("source")?;
        let source = visit.model.sources.iter().find(|it| it.name.as_str() == named)?;
        let kind = one("kind").filter(|kind| kind_of(&visit.model, kind, entity_type).is_some());
        let (reason_code, reason) = (one("reason_code"), one("reason"));
        let used = one("use");
        let cut = |text: &str, most| text.trim().chars().take(most).collect::<String>();
        let typed = fields.iter().filter_map(|(name, value)| {
            let column = name.strip_prefix(COLUMN)?;
            Some((column.to_string(), cut(value, VALUE_CHARACTERS_MAX).replace('\0', "")))
        });
        let mut form = EntryForm::new(source, entity_type, typed.collect());
        if let Some((column, value)) = used.as_deref().and_then(|used| used.split_once('=')) {
            form.given.retain(|(known, _)| known != column);
            form.given.push((column.into(), cut(value, VALUE_CHARACTERS_MAX)));
        }
        form.kind = kind.or_else(|| first_kind(&visit.model, entity_type));
        form.reason_code = reason_code.unwrap_or_default();
        form.reason = cut(&reason.unwrap_or_default(), REASON_CHARACTERS_MAX).replace('\0', "");
        Some(form)
    }

    fn new(source: &Source, entity_type: EntityType, given: Fields) -> EntryForm {
        let is_typed = |mapping: &&ColumnMapping| is_typed(mapping.semantic_type, entity_type);
        let columns: Vec<ColumnMapping> = source.columns.iter().filter(is_typed).cloned().collect();
        let known = |(column, _): &(String, String)| {
            columns.iter().any(|mapping| mapping.column == *column)
        };
        let mut given: Fields = given.into_iter().filter(known).collect();
        // What the page itself asks before all else.
        let kind_of_party =
            |mapping: &&ColumnMapping| mapping.semantic_type == SemanticType::PartyKind;
        if let Some(mapping) = source.columns.iter().find(kind_of_party) {
            given.push((mapping.column.clone(), entity_type.name().into()));
        }
        EntryForm {
            entity_type,
            source: source.name.clone(),
            kind: None,
            reason_code: String::new(),
            reason: String::new(),
            columns,
            given,
        }
    }

    /// The address of the empty form of another type or source.
    pub fn address(&self, entity_type: EntityType, source: &SourceName) -> String {
        let source = encoded(source.as_str());
        format!("/customers/new?type={}&source={source}", entity_type.name())
    }

    /// Whether nothing was typed.
    pub fn is_blank(&self) -> bool {
        self.columns.iter().all(|mapping| self.value(&mapping.column).is_empty())
    }

    /// What was typed, as the source would send it.
    pub fn values(&self) -> Fields {
        self.given.iter().filter(|(_, value)| !value.is_empty()).cloned().collect()
    }

    /// What was typed, to be looked for.
    pub fn probe(&self) -> Probe {
        let values = ProbeValues::Columns(self.source.clone(), self.values());
        Probe { entity_type: self.entity_type, values }
    }

    /// Why the customer is to be created nevertheless.
    pub fn overriding(&self) -> Option<Overriding> {
        let (reason_code, reason) = (self.reason_code.clone(), self.reason.clone());
        (!reason.is_empty()).then_some(Overriding { reason_code, reason })
    }

    /// The fields, in the order of the columns of the source.
    pub fn fields(&self, page: &Page) -> Vec<Given<'_>> {
        let columns = self.columns.iter();
        let given = columns.map(|mapping| Given {
            column: &mapping.column,
            label: label(mapping, page),
            value: self.value(&mapping.column),
            keyboard: keyboard(mapping.semantic_type),
        });
        given.collect()
    }

    fn value(&self, column: &str) -> &str {
        let given = self.given.iter().find(|(known, _)| known == column);
        given.map_or("", |(_, value)| value)
    }
}

/// The source that is named, or the one whose records are least likely to be swept away: one that
/// delivers changes, and of these the most trusted.
fn source<'m>(model: &'m HubModel, named: Option<&str>) -> Option<&'m Source> {
    let is_named = |source: &&Source| Some(source.name.as_str()) == named;
    let fit = |source: &&Source| (source.delivery == Delivery::Changes, source.trust);
    model.sources.iter().find(is_named).or_else(|| model.sources.iter().max_by_key(fit))
}

/// The kind of customer that is meant unless another is chosen; none in a hub without kinds.
fn first_kind(model: &HubModel, entity_type: EntityType) -> Option<String> {
    kinds_of(model, entity_type).next().map(|kind| kind.name.clone())
}

/// Whether a value of this type is typed in for such a customer.
fn is_typed(semantic_type: SemanticType, entity_type: EntityType) -> bool {
    use SemanticType::*;
    match semantic_type {
        SourceId | UpdatedAt | PartyKind | SourceSystem | TruthLabel | Ignored => false,
        GivenName | Initials | FamilyNamePrefix | FamilyName | PartnerName | Title | NameSuffix
        | NameUsage | Gender | BirthDate | BirthPlace | JobTitle | FullName => {
            entity_type == EntityType::Person
        }
        CompanyName | LegalForm | KvkNumber | EstablishmentNumber | Rsin | KboNumber | Lei
        | Duns | VatNumber | IndustryCode => entity_type == EntityType::Organisation,
        _ => true,
    }
}

/// What people call a field: its attribute, and which of several it is.
fn label(mapping: &ColumnMapping, page: &Page) -> String {
    let attribute =
        mapping.attribute.or_else(|| page.attributes().find(mapping.semantic_type.name()));
    let label = attribute.map_or(mapping.column.as_str(), |id| page.label(&id));
    match mapping.slot {
        0 => label.into(),
        slot => format!("{label} {}", u16::from(slot) + 1),
    }
}

fn keyboard(semantic_type: SemanticType) -> &'static str {
    match semantic_type {
        SemanticType::Email => "email",
        SemanticType::Phone => "tel",
        SemanticType::Website => "url",
        _ => "text",
    }
}
