//! The semantic types that can be recognised: by which headers, and by which content.

use karat_model::semantic::SemanticType;

use super::output::Context;
use super::{
    address, birth_place, company_name, date, duns, email, establishment_number, gender, iban,
    industry_code, job_title, kbo_number, kvk_number, legal_form, lei, name_usage, party,
    person_name, phone, rsin, vat_number, website,
};

/// How columns of a semantic type are recognised.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The semantic type.
    pub semantic_type: SemanticType,
    /// Its headers, folded.
    pub headers: &'static [&'static str],
    /// Whether a value looks like the type.
    pub resembles: fn(&str, &Context) -> bool,
    /// The share of values that must do so to recognise the type without a header; `None` is never.
    pub share_min: Option<f32>,
    /// Whether its content outweighs a header that says otherwise.
    pub unmistakable: bool,
}

const fn kind(
    semantic_type: SemanticType,
    headers: &'static [&'static str],
    resembles: fn(&str, &Context) -> bool,
) -> Kind {
    Kind { semantic_type, headers, resembles, share_min: None, unmistakable: false }
}

impl Kind {
    const fn by_content(mut self, share_min: f32) -> Kind {
        self.share_min = Some(share_min);
        self
    }

    const fn unmistakable(mut self) -> Kind {
        self.unmistakable = true;
        self
    }
}

fn anything(_: &str, _: &Context) -> bool {
    true
}

use SemanticType::*;

/// All kinds; of two that fit a column equally well the first is taken.
pub const KINDS: &[Kind] = &[
    kind(SourceId, SOURCE_ID, anything),
    kind(UpdatedAt, UPDATED_AT, date::resembles),
    kind(SourceSystem, SOURCE_SYSTEM, anything),
    kind(TruthLabel, TRUTH_LABEL, anything),
    kind(Email, email::HEADERS, email::resembles).by_content(0.6).unmistakable(),
    kind(Iban, iban::HEADERS, iban::resembles).by_content(0.6).unmistakable(),
    kind(VatNumber, vat_number::HEADERS, vat_number::resembles).by_content(0.7).unmistakable(),
    kind(Website, website::HEADERS, website::resembles).by_content(0.6).unmistakable(),
    kind(BirthDate, date::BIRTH_DATE_HEADERS, date::resembles),
    kind(Phone, phone::HEADERS, phone::resembles).by_content(0.7).unmistakable(),
    kind(PostcodeCity, address::postcode_city::HEADERS, address::postcode_city::resembles)
        .by_content(0.7),
    kind(FullAddress, address::full_address::HEADERS, address::full_address::resembles)
        .by_content(0.6),
    kind(Postcode, address::postcode::HEADERS, address::postcode::resembles).by_content(0.8),
    kind(AddressLine, address::line::HEADERS, address::line::resembles).by_content(0.6),
    kind(NameUsage, name_usage::HEADERS, name_usage::resembles),
    kind(Gender, gender::HEADERS, gender::resembles).by_content(0.9),
    kind(PartyKind, party::HEADERS, party::resembles).by_content(0.9),
    kind(Title, person_name::title::HEADERS, person_name::title::resembles).by_content(0.8),
    kind(Initials, person_name::initials::HEADERS, person_name::initials::resembles)
        .by_content(0.8),
    kind(
        FamilyNamePrefix,
        person_name::family_name_prefix::HEADERS,
        person_name::family_name_prefix::resembles,
    )
    .by_content(0.8),
    kind(NameSuffix, person_name::name_suffix::HEADERS, person_name::name_suffix::resembles),
    kind(PartyName, PARTY_NAME, anything),
    kind(FullName, person_name::full_name::HEADERS, person_name::full_name::resembles)
        .by_content(0.5),
    kind(GivenName, person_name::given_name::HEADERS, person_name::given_name::resembles)
        .by_content(0.4),
    kind(FamilyName, person_name::family_name::HEADERS, person_name::family_name::resembles)
        .by_content(0.3),
    kind(PartnerName, person_name::partner_name::HEADERS, person_name::partner_name::resembles),
    kind(CompanyName, company_name::HEADERS, company_name::resembles).by_content(0.5),
    kind(LegalForm, legal_form::HEADERS, legal_form::resembles).by_content(0.8),
    kind(KvkNumber, kvk_number::HEADERS, kvk_number::resembles),
    kind(EstablishmentNumber, establishment_number::HEADERS, establishment_number::resembles),
    kind(Rsin, rsin::HEADERS, rsin::resembles),
    kind(KboNumber, kbo_number::HEADERS, kbo_number::resembles),
    kind(Lei, lei::HEADERS, lei::resembles),
    kind(Duns, duns::HEADERS, duns::resembles),
    kind(IndustryCode, industry_code::HEADERS, industry_code::resembles),
    kind(BirthPlace, birth_place::HEADERS, birth_place::resembles),
    kind(JobTitle, job_title::HEADERS, job_title::resembles).by_content(0.5),
    kind(Street, address::street::HEADERS, is_letters),
    kind(HouseNumber, address::house_number::HEADERS, is_house_number),
    kind(HouseNumberAddition, address::house_number_addition::HEADERS, anything),
    kind(AddressExtra, address::address_extra::HEADERS, anything),
    kind(City, address::city::HEADERS, is_letters),
    kind(Region, address::region::HEADERS, is_letters),
    kind(Country, address::country::HEADERS, address::country::resembles).by_content(0.9),
    kind(BagObjectId, address::bag_object_id::HEADERS, address::bag_object_id::resembles)
        .by_content(0.8),
    kind(Category, CATEGORY, anything),
    kind(Ignored, IGNORED, anything),
];

/// The kind of a semantic type.
pub fn of(semantic_type: SemanticType) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.semantic_type == semantic_type)
}

/// Headers of the id of a record, the surest first.
pub const SOURCE_ID: &[&str] = &[
    "ticket",
    "ticket_id",
    "ticketnr",
    "ticketnummer",
    "case_id",
    "zaaknummer",
    "record_id",
    "id",
    "source_id",
    "row_id",
    "rec_id",
    "record_key",
    "uuid",
    "guid",
    "pk",
    "key",
    "customer_id",
    "customer_no",
    "customer_number",
    "customer_nr",
    "cust_id",
    "cust_no",
    "custno",
    "client_id",
    "klant_id",
    "klantnr",
    "klantnummer",
    "klant_nr",
    "klant_nummer",
    "klantcode",
    "relatienummer",
    "relatienr",
    "relatie_id",
    "relatiecode",
    "debiteurnummer",
    "debiteurnr",
    "debnr",
    "deb_nr",
    "debiteur",
    "debiteur_id",
    "debitor_nr",
    "kundennummer",
    "kundennr",
    "kunden_id",
    "kd_nr",
    "account_id",
    "account_no",
    "account_number",
    "contact_id",
    "person_id",
    "persoon_id",
    "user_id",
    "member_id",
    "lidnummer",
    "lidnr",
    "subscriber_id",
    "party_id",
    "contact_no",
    "ticket_id",
    "shopper_id",
    "party_number",
];

const UPDATED_AT: &[&str] = &[
    "updated_at",
    "last_updated",
    "last_modified",
    "modified_at",
    "modified",
    "modified_on",
    "date_modified",
    "updated",
    "changed_at",
    "gewijzigd",
    "gewijzigd_op",
    "wijzigingsdatum",
    "laatst_gewijzigd",
    "mutatiedatum",
    "datum_gewijzigd",
    "datum_mutatie",
    "last_change",
    "last_update",
    "geandert_am",
    "anderungsdatum",
    "update_date",
    "laatste_wijziging",
];

const SOURCE_SYSTEM: &[&str] = &[
    "source_system",
    "source",
    "bronsysteem",
    "bron",
    "source_dataset",
    "dataset",
    "system",
    "systeem",
    "data_source",
    "source_name",
    "herkomst",
    "quelle",
    "quellsystem",
];

const TRUTH_LABEL: &[&str] = &[
    "cluster",
    "cluster_id",
    "true_id",
    "ground_truth",
    "entity_id",
    "truth",
    "true_cluster",
    "true_entity",
    "truth_id",
    "gold_id",
    "true_label",
    "ground_truth_id",
];

const PARTY_NAME: &[&str] = &[
    "name",
    "naam",
    "klantnaam",
    "customer_name",
    "relatienaam",
    "client_name",
    "debiteurnaam",
    "naam_klant",
    "nom",
    "kundenname",
    "customer",
    "klant",
    "tenaamstelling",
    "name_1",
    "naam_1",
    "party_name",
    "account",
    "relatie",
    "naam_relatie",
    "volledige_naam_of_bedrijfsnaam",
    "crediteurnaam",
    "adresnaam",
];

/// Headers that only say so at the end of a path, because they mean little alone.
pub const GENERIC: &[&str] = &[
    "name",
    "naam",
    "type",
    "soort",
    "kind",
    "id",
    "key",
    "no",
    "nr",
    "number",
    "nummer",
    "title",
    "state",
    "source",
    "bron",
    "first",
    "last",
    "customer",
    "klant",
    "account",
    "company",
    "system",
    "dataset",
    "modified",
    "updated",
    "status",
    "land",
    "firma",
    "bedrijf",
    "role",
    "rol",
    "job",
    "function",
    "position",
    "contact",
    "region",
    "place",
    "organisation",
    "organization",
    "organisatie",
    "relatie",
    "truth",
    "cluster",
    "prefix",
    "suffix",
    "nom",
    "employer",
];

/// Headers of the house number beside a street; elsewhere they mean something else.
pub const HOUSE_NUMBER_BESIDE_STREET: &[&str] = &["number", "nr", "no", "nummer", "num"];

const CATEGORY: &[&str] = &[
    "category",
    "categorie",
    "occupation",
    "beroep",
    "segment",
    "status",
    "tier",
    "loyalty_tier",
    "industry",
    "branche",
    "sector",
    "language",
    "taal",
    "nationality",
    "nationaliteit",
    "marital_status",
    "burgerlijke_staat",
    "beruf",
    "sprache",
    "channel",
    "kanaal",
    "klantgroep",
    "customer_group",
    "kategorie",
    "profession",
];

const IGNORED: &[&str] = &["password", "wachtwoord", "password_hash", "passwort"];

fn digit_count(value: &str) -> usize {
    value.bytes().filter(u8::is_ascii_digit).count()
}

fn has_letters(value: &str) -> bool {
    value.chars().any(char::is_alphabetic)
}

fn is_letters(value: &str, _: &Context) -> bool {
    has_letters(value) && digit_count(value) <= 2 && !value.contains('@')
}

fn is_house_number(value: &str, _: &Context) -> bool {
    value.len() <= 10 && value.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::fold::squash;

    #[test]
    fn a_header_belongs_to_one_kind() {
        let mut owners: Vec<(String, SemanticType)> = Vec::new();
        for kind in KINDS {
            for header in kind.headers {
                let squashed = squash(header).to_string();
                let other = owners
                    .iter()
                    .find(|(known, owner)| *known == squashed && *owner != kind.semantic_type);
                assert_eq!(other, None, "{header} of {}", kind.semantic_type.name());
                owners.push((squashed, kind.semantic_type));
            }
        }
    }
}
