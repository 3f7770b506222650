//! Semantic types: what the values of a column mean.

macro_rules! semantic_types {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal),+ $(,)?) => {
        /// What the values of a column mean; decides how they are cleaned and compared.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum SemanticType { $($(#[doc = $doc])+ $variant),+ }

        impl SemanticType {
            /// All semantic types, in the order of the manual.
            pub const ALL: &'static [SemanticType] = &[$(SemanticType::$variant),+];

            /// The name in the hub model.
            pub fn name(self) -> &'static str {
                match self { $(SemanticType::$variant => $name),+ }
            }

            /// The one-line definition, for the schema and the manual.
            pub fn definition(self) -> &'static str {
                match self { $(SemanticType::$variant => concat!($($doc),+).trim_ascii()),+ }
            }
        }
    };
}

semantic_types! {
    // About the record itself.
    /// The id of the record in its source system.
    SourceId "source_id",
    /// When the source last changed the record.
    UpdatedAt "updated_at",
    /// Whether the record is about a person, a company or a contact person.
    PartyKind "party_kind",
    /// The system that the record came from; not used to match.
    SourceSystem "source_system",
    /// A known answer (a cluster or truth column); never used to match.
    TruthLabel "truth_label",
    /// Kept with the record, otherwise left alone.
    Ignored "ignored",

    // Persons.
    /// The name of a person in one field.
    FullName "full_name",
    /// The name of a person or a company in one field.
    PartyName "party_name",
    /// First name or names.
    GivenName "given_name",
    /// Initials of the given names, such as `J.P.`.
    Initials "initials",
    /// The Dutch tussenvoegsel: `van den`, `de`.
    FamilyNamePrefix "family_name_prefix",
    /// The family name, with or without its prefix.
    FamilyName "family_name",
    /// The family name of the partner, with or without its prefix.
    PartnerName "partner_name",
    /// Academic or noble titles and forms of address before the name.
    Title "title",
    /// What follows the name: `MSc`, `jr.`.
    NameSuffix "name_suffix",
    /// Which family names a person with a partner goes by.
    NameUsage "name_usage",
    /// Gender, or a form of address that tells it.
    Gender "gender",
    /// Date of birth.
    BirthDate "birth_date",
    /// Place of birth.
    BirthPlace "birth_place",
    /// What a contact person does at the company.
    JobTitle "job_title",

    // Organisations.
    /// The name of a company or other organisation.
    CompanyName "company_name",
    /// The legal form: BV, GmbH, VOF.
    LegalForm "legal_form",
    /// The number in the Dutch trade register (KvK), eight digits.
    KvkNumber "kvk_number",
    /// The number of an establishment in the Dutch trade register, twelve digits.
    EstablishmentNumber "establishment_number",
    /// The Dutch number of legal entities and partnerships (RSIN), nine digits.
    Rsin "rsin",
    /// The number of a Belgian enterprise (KBO, BCE), ten digits.
    KboNumber "kbo_number",
    /// The Legal Entity Identifier, twenty letters and digits.
    Lei "lei",
    /// The D-U-N-S number of Dun & Bradstreet, nine digits.
    Duns "duns",
    /// The VAT number, with country code.
    VatNumber "vat_number",
    /// The address of a website.
    Website "website",
    /// The code of what a company does, of the SBI or NACE.
    IndustryCode "industry_code",

    // Postal addresses.
    /// A whole address in one field.
    FullAddress "full_address",
    /// Street, number and addition in one field.
    AddressLine "address_line",
    /// The name of the street.
    Street "street",
    /// The house number, with or without its addition.
    HouseNumber "house_number",
    /// Letter or addition to the house number.
    HouseNumberAddition "house_number_addition",
    /// A further line of the address: building, unit, care of.
    AddressExtra "address_extra",
    /// The postal code.
    Postcode "postcode",
    /// The city or town.
    City "city",
    /// Postal code and city in one field.
    PostcodeCity "postcode_city",
    /// State, province or county.
    Region "region",
    /// The country, as a name or an ISO 3166 code.
    Country "country",
    /// The id in the Dutch register of addresses and buildings (BAG), sixteen digits.
    BagObjectId "bag_object_id",

    // Contact points and numbers.
    /// E-mail address.
    Email "email",
    /// Telephone number.
    Phone "phone",
    /// International bank account number.
    Iban "iban",
    /// A number that identifies the customer across systems: customer number, insurance number.
    Identifier "identifier",

    // Anything else.
    /// A value from a short list: occupation, segment.
    Category "category",
    /// Yes or no.
    Flag "flag",
    /// A calendar date.
    Date "date",
    /// A quantity.
    Number "number",
    /// Free text.
    Text "text",
}

impl SemanticType {
    /// The type with this name in the hub model.
    pub fn from_name(name: &str) -> Option<SemanticType> {
        SemanticType::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether a column of this type says something about the record, not about the customer.
    pub fn is_metadata(self) -> bool {
        use SemanticType::*;
        matches!(self, SourceId | UpdatedAt | PartyKind | SourceSystem | TruthLabel | Ignored)
    }

    /// Whether values of this type are numbers that an authority gives to organisations.
    pub fn is_number_of_organisation(self) -> bool {
        use SemanticType::*;
        matches!(self, KvkNumber | EstablishmentNumber | Rsin | KboNumber | Lei | Duns | VatNumber)
    }

    /// Whether values of this type are numbers or codes that identify a customer.
    pub fn is_identifying_number(self) -> bool {
        use SemanticType::*;
        self.is_number_of_organisation() || matches!(self, Iban | Identifier)
    }

    /// Whether the hub model must name the attribute that a column of this type fills.
    pub fn needs_attribute(self) -> bool {
        use SemanticType::*;
        matches!(self, Identifier | Category | Flag | Date | Number | Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for &kind in SemanticType::ALL {
            assert_eq!(SemanticType::from_name(kind.name()), Some(kind));
            assert!(kind.definition().ends_with('.'), "{}", kind.name());
        }
    }
}
