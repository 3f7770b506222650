//! Attributes: what Karat knows of a customer, after cleaning.
//!
//! A column has a [`SemanticType`]; cleaning it may fill several attributes: a full name becomes
//! given name, prefix and family name. Attributes that only mean something together form a
//! [`Group`] and survive together.

use crate::language::Language;
use crate::semantic::SemanticType;

/// The kinds of entity that ship ready-made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityType {
    /// A natural person.
    Person,
    /// A company or other organisation.
    Organisation,
}

impl EntityType {
    /// All entity types.
    pub const ALL: [EntityType; 2] = [EntityType::Person, EntityType::Organisation];

    /// The name in the hub model, in files and in addresses.
    pub fn name(self) -> &'static str {
        match self {
            EntityType::Person => "person",
            EntityType::Organisation => "organisation",
        }
    }

    /// The entity type with this name.
    pub fn from_name(name: &str) -> Option<EntityType> {
        EntityType::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The word for several of them.
    pub fn plural(self, language: Language) -> &'static str {
        match self {
            EntityType::Person => language.say("persons", "personen"),
            EntityType::Organisation => language.say("organisations", "organisaties"),
        }
    }
}

/// Attributes that survive together: a street with another source's number is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// The parts of a person's name.
    Name,
    /// The parts of a postal address.
    Address,
}

impl Group {
    /// The name in the hub model.
    pub fn name(self) -> &'static str {
        match self {
            Group::Name => "name",
            Group::Address => "address",
        }
    }
}

/// How carefully the values of an attribute must be handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Privacy {
    /// Anyone may see it.
    Public,
    /// For the company only; says nothing of a person.
    Internal,
    /// Says something of a person.
    #[default]
    Personal,
    /// A special category of personal data (GDPR, article 9), such as health.
    Special,
}

impl Privacy {
    /// All classes, the most open one first.
    pub const ALL: [Privacy; 4] =
        [Privacy::Public, Privacy::Internal, Privacy::Personal, Privacy::Special];

    /// The name in the hub model.
    pub fn name(self) -> &'static str {
        match self {
            Privacy::Public => "public",
            Privacy::Internal => "internal",
            Privacy::Personal => "personal",
            Privacy::Special => "special",
        }
    }
}

/// The number of an attribute within its [`AttributeSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(pub u16);

/// One attribute of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name in the hub model and in exports.
    pub name: String,
    /// What its standardised values mean; decides comparison and dictionary.
    pub semantic_type: SemanticType,
    /// The group it survives with.
    pub group: Option<Group>,
    /// Whether a golden record keeps all values, best first, instead of one.
    pub collected: bool,
    /// The label people read, in English.
    pub english: String,
    /// The label people read, in Dutch.
    pub dutch: String,
    /// What it means to the company.
    pub definition: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// How carefully its values must be handled.
    pub privacy: Privacy,
    /// Who looks after its values.
    pub steward: Option<String>,
    /// The basis in law on which its values are kept, such as `contract`.
    pub legal_basis: Option<String>,
    /// How long its values are kept, such as `7y`.
    pub retention: Option<String>,
    /// How much its quality matters: 0, 1, 2 or 4; told by its semantic type if left out.
    pub criticality: Option<u8>,
}

impl Attribute {
    /// The label people read.
    pub fn label(&self, language: Language) -> &str {
        language.say(&self.english, &self.dutch)
    }
}

macro_rules! builtin_attributes {
    ($($constant:ident $name:literal $kind:ident $group:expr, $collected:literal, $english:literal, $dutch:literal;)+) => {
        builtin_attributes!(@constants 0u16; $($constant $name)+);

        fn builtin() -> Vec<Attribute> {
            vec![$(Attribute {
                name: $name.into(),
                semantic_type: SemanticType::$kind,
                group: $group,
                collected: $collected,
                english: $english.into(),
                dutch: $dutch.into(),
                definition: None,
                owner: None,
                privacy: Privacy::default(),
steward: None,
legal_basis: None,
retention: None,
criticality: None,
            }),+]
        }
    };
    (@constants $number:expr; $constant:ident $name:literal $($rest:tt)*) => {
        impl AttributeId {
            #[doc = concat!("The built-in attribute `", $name, "`.")]
            pub const $constant: AttributeId = AttributeId($number);
        }
        builtin_attributes!(@constants $number + 1; $($rest)*);
    };
    (@constants $number:expr;) => {};
}

const NAME: Option<Group> = Some(Group::Name);
const ADDRESS: Option<Group> = Some(Group::Address);

builtin_attributes! {
    TITLE "title" Title NAME, false, "Title", "Titel";
    INITIALS "initials" Initials NAME, false, "Initials", "Voorletters";
    GIVEN_NAME "given_name" GivenName NAME, false, "Given name", "Voornaam";
    FAMILY_NAME_PREFIX "family_name_prefix" FamilyNamePrefix NAME, false, "Prefix", "Tussenvoegsel";
    FAMILY_NAME "family_name" FamilyName NAME, false, "Family name", "Achternaam";
    PARTNER_NAME_PREFIX "partner_name_prefix" FamilyNamePrefix NAME, false, "Prefix of partner", "Tussenvoegsel partner";
    PARTNER_NAME "partner_name" FamilyName NAME, false, "Family name of partner", "Achternaam partner";
    NAME_SUFFIX "name_suffix" NameSuffix NAME, false, "Suffix", "Achtervoegsel";
    NAME_USAGE "name_usage" NameUsage None, false, "Name usage", "Naamgebruik";
    GENDER "gender" Gender None, false, "Gender", "Geslacht";
    BIRTH_DATE "birth_date" BirthDate None, false, "Date of birth", "Geboortedatum";
    BIRTH_PLACE "birth_place" BirthPlace None, false, "Place of birth", "Geboorteplaats";
    JOB_TITLE "job_title" JobTitle None, false, "Job title", "Functie";
    COMPANY_NAME "company_name" CompanyName None, false, "Company name", "Bedrijfsnaam";
    LEGAL_FORM "legal_form" LegalForm None, false, "Legal form", "Rechtsvorm";
    KVK_NUMBER "kvk_number" KvkNumber None, false, "KvK number", "KvK-nummer";
    ESTABLISHMENT_NUMBER "establishment_number" EstablishmentNumber None, false, "Establishment number", "Vestigingsnummer";
    RSIN "rsin" Rsin None, false, "RSIN", "RSIN";
    KBO_NUMBER "kbo_number" KboNumber None, false, "KBO number", "KBO-nummer";
    LEI "lei" Lei None, false, "LEI", "LEI";
    DUNS "duns" Duns None, false, "D-U-N-S number", "D-U-N-S-nummer";
    VAT_NUMBER "vat_number" VatNumber None, false, "VAT number", "Btw-nummer";
    WEBSITE "website" Website None, false, "Website", "Website";
    INDUSTRY_CODE "industry_code" IndustryCode None, false, "Industry code", "Branchecode";
    STREET "street" Street ADDRESS, false, "Street", "Straat";
    HOUSE_NUMBER "house_number" HouseNumber ADDRESS, false, "House number", "Huisnummer";
    HOUSE_NUMBER_ADDITION "house_number_addition" HouseNumberAddition ADDRESS, false, "Addition", "Toevoeging";
    ADDRESS_EXTRA "address_extra" AddressExtra ADDRESS, false, "Further address line", "Extra adresregel";
    POSTCODE "postcode" Postcode ADDRESS, false, "Postal code", "Postcode";
    CITY "city" City ADDRESS, false, "City", "Plaats";
    REGION "region" Region ADDRESS, false, "Region", "Regio";
    BAG_OBJECT_ID "bag_object_id" BagObjectId ADDRESS, false, "BAG id", "BAG-id";
    COUNTRY "country" Country ADDRESS, false, "Country", "Land";
    EMAIL "email" Email None, true, "E-mail", "E-mail";
    PHONE "phone" Phone None, true, "Phone", "Telefoon";
    IBAN "iban" Iban None, true, "IBAN", "IBAN";
}

/// All attributes of a hub: the built-in ones first, then those of its hub model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeSet {
    attributes: Vec<Attribute>,
}

impl AttributeSet {
    /// The attributes that ship with Karat.
    pub fn builtin() -> AttributeSet {
        AttributeSet { attributes: builtin() }
    }

    /// Adds an attribute of the hub model, or finds the one that has its name.
    pub fn add(&mut self, attribute: Attribute) -> AttributeId {
        self.find(&attribute.name).unwrap_or_else(|| {
            self.attributes.push(attribute);
            AttributeId(self.attributes.len() as u16 - 1)
        })
    }

    /// Adds an attribute that only has a name and a semantic type.
    pub fn add_named(&mut self, name: &str, semantic_type: SemanticType) -> AttributeId {
        let label = label_of(name);
        self.add(Attribute {
            name: name.into(),
            semantic_type,
            group: None,
            collected: false,
            english: label.clone(),
            dutch: label,
            definition: None,
            owner: None,
            privacy: Privacy::default(),
            steward: None,
            legal_basis: None,
            retention: None,
            criticality: None,
        })
    }

    /// The attribute with this name.
    pub fn find(&self, name: &str) -> Option<AttributeId> {
        self.attributes.iter().position(|a| a.name == name).map(|at| AttributeId(at as u16))
    }

    /// The attribute with this number.
    pub fn get(&self, id: AttributeId) -> &Attribute {
        &self.attributes[id.0 as usize]
    }

    /// The attribute with this number, to describe it; its name must stay.
    pub fn get_mut(&mut self, id: AttributeId) -> &mut Attribute {
        &mut self.attributes[id.0 as usize]
    }

    /// How many attributes there are.
    pub fn len(&self) -> usize {
        self.attributes.len()
    }

    /// Never: the built-in attributes are always there.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// All attributes, with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (AttributeId, &Attribute)> {
        self.attributes.iter().enumerate().map(|(at, a)| (AttributeId(at as u16), a))
    }
}

/// The label of an attribute that has only a name: `loyalty_tier` reads `Loyalty tier`.
fn label_of(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut characters = words.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_number_the_built_in_attributes() {
        let set = AttributeSet::builtin();
        assert_eq!(set.find("title"), Some(AttributeId::TITLE));
        assert_eq!(set.find("iban"), Some(AttributeId::IBAN));
        assert_eq!(set.get(AttributeId::CITY).group, Some(Group::Address));
    }

    #[test]
    fn an_attribute_is_added_once() {
        let mut set = AttributeSet::builtin();
        let tier = set.add_named("loyalty_tier", SemanticType::Category);
        assert_eq!(set.add_named("loyalty_tier", SemanticType::Category), tier);
        assert_eq!(set.get(tier).label(Language::Dutch), "Loyalty tier");
    }
}
