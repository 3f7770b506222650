//! The semantic types that can be recognised: by which headers, and by which content.

use karat_model::semantic::SemanticType;

use super::output::Context;
use super::{birth_place, company_name, gender, job_title, legal_form, party, person_name};

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
    kind(UpdatedAt, UPDATED_AT, is_date),
    kind(SourceSystem, SOURCE_SYSTEM, anything),
    kind(TruthLabel, TRUTH_LABEL, anything),
    kind(Email, EMAIL, is_email).by_content(0.6).unmistakable(),
    kind(Iban, IBAN, is_iban).by_content(0.6).unmistakable(),
    kind(VatNumber, VAT_NUMBER, is_vat_number).by_content(0.7).unmistakable(),
    kind(Website, WEBSITE, is_website).by_content(0.6).unmistakable(),
    kind(BirthDate, BIRTH_DATE, is_date),
    kind(Phone, PHONE, is_phone).by_content(0.7).unmistakable(),
    kind(PostcodeCity, POSTCODE_CITY, is_postcode_city).by_content(0.7),
    kind(FullAddress, FULL_ADDRESS, is_full_address).by_content(0.6),
    kind(Postcode, POSTCODE, is_postcode).by_content(0.8),
    kind(AddressLine, ADDRESS_LINE, is_address_line).by_content(0.6),
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
    kind(KvkNumber, KVK_NUMBER, is_kvk_number),
    kind(BirthPlace, birth_place::HEADERS, birth_place::resembles),
    kind(JobTitle, job_title::HEADERS, job_title::resembles).by_content(0.5),
    kind(Street, STREET, is_letters),
    kind(HouseNumber, HOUSE_NUMBER, is_house_number),
    kind(HouseNumberAddition, HOUSE_NUMBER_ADDITION, anything),
    kind(AddressExtra, ADDRESS_EXTRA, anything),
    kind(City, CITY, is_letters),
    kind(Region, REGION, is_letters),
    kind(Country, COUNTRY, is_country).by_content(0.9),
    kind(Category, CATEGORY, anything),
    kind(Ignored, IGNORED, anything),
];

/// The kind of a semantic type.
pub fn of(semantic_type: SemanticType) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.semantic_type == semantic_type)
}

/// Headers of the id of a record, the surest first.
pub const SOURCE_ID: &[&str] = &[
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

const EMAIL: &[&str] = &[
    "email",
    "e_mail",
    "mail",
    "email_address",
    "e_mail_address",
    "emailadres",
    "e_mailadres",
    "mailadres",
    "email_1",
    "mail_address",
    "e_mail_adres",
    "email_adres",
    "courriel",
    "correo",
    "email_id",
    "mailbox",
    "e_post",
];

const PHONE: &[&str] = &[
    "phone",
    "phone_number",
    "telephone",
    "telephone_number",
    "tel",
    "telefoon",
    "telefoonnummer",
    "tel_nr",
    "telnr",
    "telno",
    "telefoonnr",
    "mobile",
    "mobile_phone",
    "mobiel",
    "mobiele_telefoon",
    "mobiel_nummer",
    "mobielnummer",
    "mobile_number",
    "cell",
    "cell_phone",
    "cellphone",
    "gsm",
    "gsm_nummer",
    "handy",
    "telefon",
    "telefonnummer",
    "rufnummer",
    "mobilnummer",
    "mobil",
    "phone_no",
    "vast_nummer",
    "vaste_telefoon",
    "landline",
    "contact_number",
    "fax",
    "faxnummer",
    "tel_mobiel",
    "tel_vast",
    "whatsapp",
    "msisdn",
    "mob",
];

const IBAN: &[&str] = &[
    "iban",
    "iban_nummer",
    "iban_number",
    "rekeningnummer",
    "bankrekening",
    "bankrekeningnummer",
    "bank_account",
    "rekening",
    "bank_account_number",
    "rek",
    "rekeningnummer_iban",
    "kontonummer",
    "bankverbindung",
    "rekeningnr",
    "bankaccount",
    "iban_code",
];

const VAT_NUMBER: &[&str] = &[
    "vat_number",
    "vat",
    "vat_no",
    "vat_id",
    "btw",
    "btw_nummer",
    "btwnr",
    "btw_nr",
    "btw_id",
    "ust_id",
    "ustid",
    "ust_id_nr",
    "ustidnr",
    "umsatzsteuer_id",
    "vatin",
    "vat_code",
    "tva",
    "btw_identificatienummer",
    "tax_id",
];

const KVK_NUMBER: &[&str] = &[
    "kvk",
    "kvk_number",
    "kvk_nummer",
    "kvknr",
    "kvk_nr",
    "coc",
    "coc_number",
    "chamber_of_commerce_number",
    "handelsregister",
    "handelsregisternummer",
    "kamer_van_koophandel",
    "kvk_no",
    "dossiernummer",
    "coc_no",
];

const WEBSITE: &[&str] = &[
    "website",
    "url",
    "web",
    "homepage",
    "webadres",
    "internet",
    "site",
    "web_site",
    "www",
    "webseite",
    "website_url",
];

const BIRTH_DATE: &[&str] = &[
    "birth_date",
    "date_of_birth",
    "dob",
    "geboortedatum",
    "geb_dat",
    "gebdat",
    "geb_datum",
    "gebdatum",
    "geboorte_datum",
    "birthday",
    "birthdate",
    "geburtsdatum",
    "gebdatum",
    "birth_day",
    "geboren",
    "geboren_op",
    "birth_dt",
    "date_naissance",
    "verjaardag",
    "d_o_b",
    "gebdt",
];

const FULL_ADDRESS: &[&str] = &[
    "full_address",
    "volledig_adres",
    "complete_address",
    "postal_address",
    "vollstandige_adresse",
    "mailing_address",
    "adresgegevens",
    "address_full",
    "adres_volledig",
    "naw",
];

const ADDRESS_LINE: &[&str] = &[
    "address_line",
    "address",
    "adres",
    "address_1",
    "address_line_1",
    "adres_1",
    "adresregel",
    "adresregel_1",
    "addr",
    "addr_1",
    "address_line1",
    "street_address",
    "adresse",
    "anschrift",
    "straat_en_huisnummer",
    "straat_huisnummer",
    "street_and_number",
    "straathuisnr",
    "strasse_hausnummer",
    "adresse_1",
    "straat_nr",
    "addressline",
    "street_line_1",
];

const STREET: &[&str] = &[
    "street",
    "street_name",
    "straat",
    "straatnaam",
    "strasse",
    "str",
    "strassenname",
    "openbare_ruimte",
    "rue",
    "thoroughfare",
    "straat_naam",
    "road",
];

const HOUSE_NUMBER: &[&str] = &[
    "house_number",
    "house_no",
    "huisnummer",
    "huisnr",
    "hnr",
    "street_number",
    "street_no",
    "hausnummer",
    "hausnr",
    "number_house",
    "huis_nr",
    "huis_nummer",
    "nr_huis",
    "building_number",
    "houseno",
    "straatnummer",
    "huisno",
    "hsnr",
];

/// Headers of the house number beside a street; elsewhere they mean something else.
pub const HOUSE_NUMBER_BESIDE_STREET: &[&str] = &["number", "nr", "no", "nummer", "num"];

const HOUSE_NUMBER_ADDITION: &[&str] = &[
    "house_number_addition",
    "huisnummer_toevoeging",
    "toevoeging",
    "huisnummertoevoeging",
    "huisnr_toev",
    "toev",
    "addition",
    "house_number_suffix",
    "huisletter",
    "house_letter",
    "hausnummerzusatz",
    "number_addition",
    "bus",
    "busnummer",
    "hnr_toev",
    "huisnummer_letter",
    "nr_toevoeging",
    "number_suffix",
    "huisnr_toevoeging",
    "zusatz",
];

const ADDRESS_EXTRA: &[&str] = &[
    "address_extra",
    "address_2",
    "address_line_2",
    "adres_2",
    "adresregel_2",
    "addr_2",
    "address_line2",
    "adresse_2",
    "address_3",
    "address_line_3",
    "adres_3",
    "adresregel_3",
    "addr_3",
    "unit",
    "building",
    "gebouw",
    "apartment",
    "care_of",
    "c_o",
    "adreszusatz",
    "adresszusatz",
    "locatie",
    "suite",
    "floor",
    "verdieping",
    "street_line_2",
    "complement",
    "extra_adresregel",
];

const POSTCODE: &[&str] = &[
    "postcode",
    "post_code",
    "postal_code",
    "zip",
    "zip_code",
    "zipcode",
    "plz",
    "postleitzahl",
    "pc",
    "code_postal",
    "pcode",
    "postkode",
    "postalcode",
    "post_cd",
];

const CITY: &[&str] = &[
    "city",
    "town",
    "plaats",
    "woonplaats",
    "stad",
    "place",
    "suburb",
    "ort",
    "stadt",
    "wohnort",
    "locality",
    "plaatsnaam",
    "woonplaatsnaam",
    "city_name",
    "municipality",
    "ville",
    "vestigingsplaats",
    "town_city",
    "village",
    "wplaats",
];

const POSTCODE_CITY: &[&str] = &[
    "postcode_city",
    "postcode_plaats",
    "pc_plaats",
    "postcodeplaats",
    "postcode_woonplaats",
    "pc_woonplaats",
    "plz_ort",
    "zip_city",
    "pcplaats",
    "postcode_en_plaats",
    "postcode_town",
];

const REGION: &[&str] = &[
    "region",
    "state",
    "province",
    "provincie",
    "county",
    "regio",
    "bundesland",
    "state_province",
    "gemeente",
    "department",
    "kanton",
    "state_code",
];

const COUNTRY: &[&str] = &[
    "country",
    "land",
    "country_code",
    "landcode",
    "country_name",
    "country_iso",
    "landnaam",
    "lkz",
    "pays",
    "iso_country",
    "country_region",
    "nation",
    "land_code",
];

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
    "sbi",
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

fn is_email(value: &str, _: &Context) -> bool {
    let parts = value.split_once('@');
    parts.is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.contains(' ')
    })
}

fn is_website(value: &str, _: &Context) -> bool {
    let folded = value.to_ascii_lowercase();
    let prefixed = folded.starts_with("http://")
        || folded.starts_with("https://")
        || folded.starts_with("www.");
    let host = folded.split('/').next().unwrap_or_default();
    let top = host.rsplit('.').next().unwrap_or_default();
    let domain = host.contains('.')
        && (2..=6).contains(&top.len())
        && top.bytes().all(|b| b.is_ascii_lowercase());
    let tidy = !value.contains(['@', ' ']) && host.len() > 4 && !host.ends_with('.');
    tidy && (prefixed || domain && host.split('.').all(|label| label.len() > 1))
}

fn is_iban(value: &str, _: &Context) -> bool {
    let squashed: Vec<u8> = value.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    matches!(&squashed[..], [a, b, c, d, rest @ ..]
        if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_digit() && d.is_ascii_digit()
            && (11..=30).contains(&rest.len()) && rest.iter().all(u8::is_ascii_alphanumeric))
}

fn is_vat_number(value: &str, _: &Context) -> bool {
    let squashed: Vec<u8> = value.bytes().filter(u8::is_ascii_alphanumeric).collect();
    matches!(&squashed[..], [a, b, rest @ ..]
        if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && (8..=12).contains(&rest.len())
            && rest.iter().filter(|byte| byte.is_ascii_digit()).count() >= 8)
}

fn is_kvk_number(value: &str, _: &Context) -> bool {
    (7..=8).contains(&digit_count(value)) && !has_letters(value)
}

fn is_phone(value: &str, _: &Context) -> bool {
    let digits = digit_count(value);
    let signs = value
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | ' ' | '.' | '/'));
    let opens = value.trim_start_matches('(').starts_with(['+', '0']);
    signs && opens && (8..=15).contains(&digits) && date_parts(value).is_none()
}

fn is_postcode(value: &str, _: &Context) -> bool {
    let squashed: Vec<u8> = value.bytes().filter(|byte| *byte != b' ' && *byte != b'-').collect();
    match &squashed[..] {
        [a, b, c, d] | [_, a, b, c, d] if [a, b, c, d].iter().all(|x| x.is_ascii_digit()) => true,
        [digits @ .., x, y] if digits.len() == 4 && digits.iter().all(u8::is_ascii_digit) => {
            x.is_ascii_alphabetic() && y.is_ascii_alphabetic()
        }
        // The United Kingdom: the inward code is a digit and two letters.
        [outward @ .., digit, x, y] if (2..=4).contains(&outward.len()) => {
            outward[0].is_ascii_alphabetic()
                && digit.is_ascii_digit()
                && x.is_ascii_alphabetic()
                && y.is_ascii_alphabetic()
        }
        _ => false,
    }
}

fn is_postcode_city(value: &str, context: &Context) -> bool {
    let words: Vec<&str> = value.split(' ').collect();
    let letters = |words: &[&str]| {
        !words.is_empty() && words.iter().all(|word| has_letters(word) && digit_count(word) == 0)
    };
    match &words[..] {
        _ if is_postcode(value, context) => false,
        [code, city @ ..] if is_postcode(code, context) && letters(city) => true,
        [digits, letters_of_code, city @ ..]
            if is_postcode(&format!("{digits}{letters_of_code}"), context) =>
        {
            letters(city)
        }
        _ => false,
    }
}

fn is_address_line(value: &str, _: &Context) -> bool {
    let digits = digit_count(value);
    let opens_with_letter = value.starts_with(|c: char| c.is_alphabetic() || c == '\'');
    let number_behind =
        value.split(' ').skip(1).any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let number_before = value.split_once(' ').is_some_and(|(number, street)| {
        number.starts_with(|c: char| c.is_ascii_digit())
            && street.chars().filter(|c| c.is_alphabetic()).count() > 3
    });
    (1..=6).contains(&digits)
        && !value.contains('@')
        && (opens_with_letter && number_behind || number_before)
}

fn is_full_address(value: &str, context: &Context) -> bool {
    let words: Vec<&str> = value.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let postcode = words.iter().enumerate().skip(1).any(|(at, word)| {
        let joined = words.get(at + 1).map(|next| format!("{word}{next}"));
        let dutch = joined.is_some_and(|joined| {
            joined.len() == 6 && has_letters(&joined) && is_postcode(&joined, context)
        });
        dutch || is_postcode(word, context) && (has_letters(word) || word.len() == 5)
    });
    words.len() >= 4
        && postcode
        && is_address_line(words[..words.len().min(3)].join(" ").as_str(), context)
}

fn is_house_number(value: &str, _: &Context) -> bool {
    value.len() <= 10 && value.starts_with(|c: char| c.is_ascii_digit())
}

fn is_country(value: &str, _: &Context) -> bool {
    matches!(
        &*super::fold::squash(value),
        "nl" | "be"
            | "de"
            | "fr"
            | "gb"
            | "uk"
            | "us"
            | "lu"
            | "es"
            | "it"
            | "pl"
            | "nederland"
            | "netherlands"
            | "thenetherlands"
            | "belgie"
            | "belgium"
            | "duitsland"
            | "deutschland"
            | "germany"
            | "frankrijk"
            | "france"
            | "unitedkingdom"
            | "verenigdkoninkrijk"
            | "england"
            | "unitedstates"
            | "usa"
            | "niederlande"
            | "belgien"
            | "nld"
            | "bel"
            | "deu"
            | "luxemburg"
            | "luxembourg"
            | "oostenrijk"
            | "austria"
            | "at"
            | "ch"
            | "zwitserland"
    )
}

/// Whether a value is a date, with or without a time.
pub fn is_date(value: &str, _: &Context) -> bool {
    date_parts(value).is_some()
}

/// The year of an all-numeric date, when its parts can be one.
pub fn date_parts(value: &str) -> Option<u32> {
    let day = value.split(['T', ' ']).next().unwrap_or_default();
    let number = |digits: &str| digits.parse::<u32>().ok();
    let compact = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = match compact {
        true if is_year(number(&day[..4])?) => vec![&day[..4], &day[4..6], &day[6..]],
        true => vec![&day[..2], &day[2..4], &day[4..]],
        false => day.split(['-', '/', '.']).collect(),
    };
    let [one, two, three] = parts[..] else { return None };
    let (year, others) = if one.len() == 4 { (one, [two, three]) } else { (three, [one, two]) };
    let year = number(year)?;
    let [a, b] = [number(others[0])?, number(others[1])?];
    let day_and_month = a.min(b) <= 12 && a.max(b) <= 31;
    let short_year = !compact && three.len() == 2;
    (day_and_month && (is_year(year) || short_year)).then_some(year)
}

fn is_year(year: u32) -> bool {
    (1000..=2999).contains(&year) || year == 9999
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
