//! The second step: what the records are about, and what each column means.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use karat_hub::onboard::{Because, Mapping, MappingMistake, ProposedColumn, Upload};
use karat_hub::view::SeenColumn;
use karat_model::attribute::AttributeSet;
use karat_model::semantic::SemanticType;

use super::super::page::{Page, Section, render};
use super::super::rules::field;
use super::super::{Console, Problem, Visit};
use super::{Begun, to};
use crate::chart::stacked;
use crate::locale::Locale;
use crate::serving::Server;

/// How many patterns of a column are shown.
const PATTERNS_SHOWN: usize = 3;

/// How the fields of the form begin that say what a column means.
const COLUMN_FIELD: &str = "column:";

#[derive(Template)]
#[template(path = "console/onboarding/mapping.html")]
struct MappingPage {
    page: Page,
    begun: Begun,
    mapping: Mapping,
    mistakes: Vec<MappingMistake>,
}

/// Meanings that are offered together.
struct Offered {
    label: &'static str,
    meanings: Vec<Meaning>,
}

/// A meaning that a column may be given.
struct Meaning {
    value: String,
    label: String,
    is_chosen: bool,
}

/// Shows what was said of the columns, or else what is proposed.
pub(super) async fn show(
    State(server): State<Server>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let begun = Begun::find(&Console::of(&server), &visit, &id).await?;
    let said = begun.upload.mapping().cloned();
    let mapping = said.unwrap_or_else(|| Mapping::proposed(&begun.proposal));
    Ok(render(MappingPage {
        page: Page::new(&visit, Section::Sources),
        begun,
        mapping,
        mistakes: Vec::new(),
    }))
}

/// Keeps what is said of the columns, and leads to the dry run; mistakes are told beside it.
pub(super) async fn save(
    State(server): State<Server>,
    Path(id): Path<String>,
    visit: Visit,
    fields: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(fields) = fields.map_err(|_| Problem::unfit_form(&visit))?;
    let console = Console::of(&server);
    let begun = Begun::find(&console, &visit, &id).await?;
    let mapping = mapping_of(&fields);
    if let Err(mistakes) = mapping.source(&begun.upload, &begun.proposal) {
        let page = Page::new(&visit, Section::Sources);
        let mut response = render(MappingPage { page, begun, mapping, mistakes });
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(response);
    }
    let mut upload = begun.upload;
    let kept = console.edit(&visit, move |_| upload.say(mapping)).await?;
    kept.map_err(|error| Problem::not_saved(&visit, &error.to_string()))?;
    Ok(to(&format!("/sources/new/{id}/dry-run")))
}

fn mapping_of(fields: &[(String, String)]) -> Mapping {
    let columns = fields.iter().filter_map(|(name, value)| {
        Some((name.strip_prefix(COLUMN_FIELD)?.to_string(), value.clone()))
    });
    Mapping {
        party: field(fields, "party"),
        delivery: field(fields, "delivery"),
        country: field(fields, "country").trim().to_string(),
        dates: field(fields, "dates"),
        trust: field(fields, "trust").trim().to_string(),
        key: field(fields, "key"),
        updated_at: field(fields, "updated_at"),
        columns: columns.collect(),
    }
}

impl MappingPage {
    fn upload(&self) -> &Upload {
        &self.begun.upload
    }

    fn columns(&self) -> &[ProposedColumn] {
        &self.begun.proposal.columns
    }

    fn told(&self, mistake: &MappingMistake) -> String {
        told(self.page.text, mistake)
    }

    fn parties(&self) -> [(&'static str, &'static str); 3] {
        let text = self.page.text;
        [
            ("person", text.say("persons", "personen")),
            ("organisation", text.say("organisations", "organisaties")),
            (
                "by_values",
                text.say(
                    "persons and companies, told by values",
                    "personen en bedrijven, naar de waarden",
                ),
            ),
        ]
    }

    /// What it means that a delivery lacks a record.
    fn deliveries(&self) -> [(&'static str, &'static str); 2] {
        let text = self.page.text;
        [
            ("full", text.say("was deleted", "is verwijderd")),
            ("changes", text.say("stays as it was", "blijft zoals het was")),
        ]
    }

    fn date_orders(&self) -> [(&'static str, &'static str); 2] {
        let text = self.page.text;
        [
            ("day_first", text.say("day first: 31-12-1980", "dag eerst: 31-12-1980")),
            ("month_first", text.say("month first: 12/31/1980", "maand eerst: 12/31/1980")),
        ]
    }

    /// The country of the hub.
    fn country(&self) -> &str {
        self.begun.model.country.code()
    }

    /// What was looked at, in a sentence.
    fn looked_at(&self) -> String {
        let (text, proposal) = (self.page.text, &self.begun.proposal);
        let rows = text.counted(proposal.rows(), &["row", "rij"], &["rows", "rijen"]);
        match proposal.is_cut() {
            true => format!(
                "{} {rows} {}",
                text.say("Only the first", "Alleen de eerste"),
                text.say("were looked at; loading reads all.", "zijn bekeken; laden leest alles.")
            ),
            false => format!("{rows} {}", text.say("were looked at.", "zijn bekeken.")),
        }
    }

    fn filled(&self, seen: &SeenColumn) -> String {
        self.page.text.share(seen.filled, self.begun.proposal.rows())
    }

    fn filled_bar(&self, seen: &SeenColumn) -> String {
        let rows = self.begun.proposal.rows().max(1);
        stacked(&[(seen.filled as f64 / rows as f64, "gold")])
    }

    /// The most frequent values where these say nothing of one person, and else patterns.
    fn samples<'s>(&self, seen: &'s SeenColumn) -> Vec<&'s str> {
        let shown = if seen.top.is_empty() { &seen.patterns } else { &seen.top };
        shown.iter().take(PATTERNS_SHOWN).map(|(label, _)| label.as_str()).collect()
    }

    /// Why a meaning is proposed, and how sure that is.
    fn why(&self, column: &ProposedColumn) -> String {
        let text = self.page.text;
        let because = because(text, column.because);
        match column.because {
            Because::Header | Because::Values | Because::HeaderAndValues => {
                let sure = text.percent(f64::from(column.confidence));
                format!("{because}, {sure} {}", text.say("sure", "zeker"))
            }
            _ => because.to_string(),
        }
    }

    /// Whether a person should look at what is proposed.
    fn is_doubtful(&self, column: &ProposedColumn) -> bool {
        column.confidence < SURE && column.semantic_type != SemanticType::Ignored
    }

    fn is_key(&self, column: &ProposedColumn) -> bool {
        self.mapping.key == column.column.header
    }

    fn is_updated_at(&self, column: &ProposedColumn) -> bool {
        self.mapping.updated_at == column.column.header
    }

    /// All meanings that a column may be given, in groups.
    fn offered(&self, column: &ProposedColumn) -> Vec<Offered> {
        let text = self.page.text;
        let said = self.mapping.meaning_of(&column.column.header);
        let meaning = |value: String, label: String| {
            let is_chosen = value == said;
            Meaning { value, label, is_chosen }
        };
        let mut offered: Vec<Offered> = Vec::new();
        for (label, kinds) in groups(text) {
            let kinds = kinds.iter();
            let of_kind = |kind: &SemanticType| {
                meaning(kind.name().to_string(), text.semantic_type(kind).to_string())
            };
            offered.push(Offered { label, meanings: kinds.map(of_kind).collect() });
        }
        let attributes = &self.begun.model.attributes;
        let own = attributes.iter().skip(AttributeSet::builtin().len());
        let own = own.filter(|(_, attribute)| attribute.semantic_type.needs_attribute());
        let own = own.map(|(id, attribute)| {
            let kind = text.semantic_type(&attribute.semantic_type);
            let label = format!("{} ({kind})", text.attribute(attributes, &id));
            meaning(format!("{}:{}", attribute.semantic_type.name(), attribute.name), label)
        });
        let label = text.say("Attributes of this hub", "Attributen van deze hub");
        offered.push(Offered { label, meanings: own.collect() });
        let name = column.attribute.as_deref().unwrap_or(&column.own_attribute);
        let is_free = attributes.find(name).is_none();
        let kinds = SemanticType::ALL.iter().filter(|kind| kind.needs_attribute() && is_free);
        let new = kinds.map(|kind| {
            let label = format!("{name}: {}", text.semantic_type(kind));
            meaning(format!("{}:{name}", kind.name()), label)
        });
        let label = text.say("A new attribute", "Een nieuw attribuut");
        offered.push(Offered { label, meanings: new.collect() });
        offered.retain(|group| !group.meanings.is_empty());
        offered
    }

    /// Whether nothing is made of a column by itself.
    fn is_ignored(&self, column: &ProposedColumn) -> bool {
        let said = self.mapping.meaning_of(&column.column.header);
        let is_among =
            self.offered(column).iter().any(|of| of.meanings.iter().any(|it| it.is_chosen));
        said == SemanticType::Ignored.name() || !is_among
    }
}

/// Below this confidence a person should look.
const SURE: f32 = 0.7;

fn because(text: Locale, because: Because) -> &'static str {
    match because {
        Because::Header => text.say("by its header", "naar de kop"),
        Because::Values => text.say("by its values", "naar de waarden"),
        Because::HeaderAndValues => {
            text.say("by its header and values", "naar de kop en de waarden")
        }
        Because::OwnWork => text.say(
            "about the system's own work, not about the customer",
            "over het werk van het systeem, niet over de klant",
        ),
        Because::Rival => {
            text.say("another column means that already", "een andere kolom betekent dat al")
        }
        Because::NotRecognised => text.say("not recognised", "niet herkend"),
    }
}

fn told(text: Locale, mistake: &MappingMistake) -> String {
    match mistake {
        MappingMistake::NoKey => text
            .say(
                "Choose the column with the key of a record: without one, a record that changed would look like a new one.",
                "Kies de kolom met de sleutel van een record: zonder sleutel lijkt een gewijzigd record een nieuw record.",
            )
            .into(),
        MappingMistake::Trust => text
            .say("Trust is a number from 0 to 100.", "Vertrouwen is een getal van 0 tot 100.")
            .into(),
        MappingMistake::Country => text
            .say("A country is a code of two letters, such as NL.", "Een land is een code van twee letters, zoals NL.")
            .into(),
        MappingMistake::UnknownColumn(column) => {
            format!("{column}: {}", text.say("the file has no such column.", "het bestand heeft die kolom niet."))
        }
        MappingMistake::UnknownMeaning(column) => {
            format!("{column}: {}", text.say("there is no such meaning.", "die betekenis is er niet."))
        }
        MappingMistake::TwoMeanings(column) => format!(
            "{column}: {}",
            text.say(
                "it is chosen as the key or the moment of change, and means one thing only. Choose below that nothing else is made of it, or choose another column above.",
                "gekozen als sleutel of wijzigingsmoment, en betekent maar één ding. Kies hieronder dat er niets anders van wordt gemaakt, of kies hierboven een andere kolom.",
            )
        ),
        MappingMistake::NothingTold => text
            .say(
                "No column says anything of the customer. Give at least one a meaning, such as a name or an e-mail address.",
                "Geen kolom zegt iets over de klant. Geef er minstens een een betekenis, zoals een naam of een e-mailadres.",
            )
            .into(),
    }
}

/// The meanings that need no attribute of their own, in groups.
fn groups(text: Locale) -> [(&'static str, &'static [SemanticType]); 5] {
    use SemanticType::*;
    [
        (
            text.say("Person", "Persoon"),
            &[
                FullName,
                PartyName,
                GivenName,
                Initials,
                FamilyNamePrefix,
                FamilyName,
                PartnerName,
                Title,
                NameSuffix,
                NameUsage,
                Gender,
                BirthDate,
                BirthPlace,
                JobTitle,
            ],
        ),
        (
            text.say("Organisation", "Organisatie"),
            &[
                CompanyName,
                LegalForm,
                KvkNumber,
                EstablishmentNumber,
                Rsin,
                KboNumber,
                Lei,
                Duns,
                VatNumber,
                Website,
                IndustryCode,
            ],
        ),
        (
            text.say("Address", "Adres"),
            &[
                FullAddress,
                AddressLine,
                Street,
                HouseNumber,
                HouseNumberAddition,
                AddressExtra,
                Postcode,
                City,
                PostcodeCity,
                Region,
                Country,
                BagObjectId,
            ],
        ),
        (text.say("Contact and payment", "Contact en betaling"), &[Email, Phone, Iban]),
        (text.say("The record", "Het record"), &[PartyKind, SourceSystem, TruthLabel]),
    ]
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;

    #[test]
    fn every_meaning_is_offered_once() {
        use SemanticType::{Ignored, SourceId, UpdatedAt};
        let text = Locale::of(Language::English);
        let mut offered: Vec<SemanticType> =
            groups(text).iter().flat_map(|(_, kinds)| kinds.iter().copied()).collect();
        // These are chosen above the columns, or are what is chosen when nothing is.
        offered.extend([SourceId, UpdatedAt, Ignored]);
        offered.extend(SemanticType::ALL.iter().filter(|kind| kind.needs_attribute()));
        offered.sort_unstable();
        let mut all = SemanticType::ALL.to_vec();
        all.sort_unstable();
        assert_eq!(offered, all);
    }
}
