//! The codes of findings: each with its name, severity, dimension and message.

use super::{Dimension, Severity};
use crate::language::Language;

macro_rules! finding_codes {
    ($($variant:ident $name:literal $severity:ident $dimension:ident, $english:literal, $dutch:literal;)+) => {
        /// What can be wrong with a value; the names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingCode { $(#[doc = $english] $variant),+ }

        impl FindingCode {
            /// All codes, in the order of the manual.
            pub const ALL: &'static [FindingCode] = &[$(FindingCode::$variant),+];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(FindingCode::$variant => $name),+ }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(FindingCode::$variant => Severity::$severity),+ }
            }

            /// The dimension of quality it lowers.
            pub fn dimension(self) -> Dimension {
                match self { $(FindingCode::$variant => Dimension::$dimension),+ }
            }

            /// What people read; never holds a personal value.
            pub fn message(self, language: Language) -> &'static str {
                match self { $(FindingCode::$variant => language.say($english, $dutch)),+ }
            }
        }
    };
}

finding_codes! {
    // Any value.
    Placeholder "placeholder" Warning Completeness, "A placeholder stands where a value should be.", "Er staat een opvulwaarde in plaats van een echte waarde.";
    BrokenEncoding "broken_encoding" Warning Validity, "Characters were damaged by a wrong encoding.", "Tekens zijn beschadigd door een verkeerde codering.";
    EncodedEntities "encoded_entities" Note Validity, "Characters were written in the codes of web pages (HTML entities); they were put back.", "Tekens waren geschreven in de codes van webpagina's (HTML-entiteiten); ze zijn teruggezet.";
    ExcessWhitespace "excess_whitespace" Note Validity, "More white space stands before or within the value than belongs there; it was left out.", "Voor of in de waarde staat meer witruimte dan er hoort; die is weggelaten.";
    LostLetters "lost_letters" Warning Validity, "Letters were lost in a conversion; question marks stand in their place.", "Bij een omzetting zijn letters verloren gegaan; er staan vraagtekens voor in de plaats.";
    EscapedText "escaped_text" Warning Validity, "Characters were written in the codes of programs, web addresses or mail; they were put back.", "Tekens waren geschreven in de codes van programma's, webadressen of mail; ze zijn teruggezet.";
    LookalikeCharacters "lookalike_characters" Warning Validity, "Letters or digits stand where others that look like them belong.", "Er staan letters of cijfers waar andere horen die erop lijken.";
    ControlCharacters "control_characters" Warning Validity, "The value holds control characters.", "De waarde bevat stuurtekens.";
    TooLong "too_long" Error Validity, "The value is far longer than its kind allows; it was left out.", "De waarde is veel te lang voor dit soort gegeven en is overgeslagen.";
    Truncated "truncated" Warning Completeness, "The value is as long as its field can hold and breaks off; its end is missing.", "De waarde is zo lang als het veld toelaat en breekt af; het einde ontbreekt.";
    WrongField "wrong_field" Warning Validity, "The value belongs in another field.", "De waarde hoort in een ander veld.";
    MisusedField "misused_field" Warning Validity, "The field holds something that has a field of its own, such as an e-mail address in a name.", "Het veld bevat iets waarvoor een eigen veld bestaat, zoals een e-mailadres in een naam.";
    Repaired "repaired" Warning Validity, "The value was written in an unusual way; it was repaired.", "De waarde was op een ongewone manier geschreven; ze is hersteld.";
    Remark "remark" Note Validity, "A remark stands in the field.", "Er staat een opmerking in het veld.";
    // Names.
    NameNotUnderstood "name_not_understood" Warning Validity, "The name holds characters or words that names do not have.", "De naam bevat tekens of woorden die in namen niet voorkomen.";
    SeveralPersons "several_persons" Warning Validity, "The name names more than one person.", "De naam noemt meer dan één persoon.";
    UnknownNameUsage "unknown_name_usage" Warning Validity, "The name usage is not understood.", "Het naamgebruik is niet herkend.";
    UnknownGender "unknown_gender" Warning Validity, "The gender is not understood.", "Het geslacht is niet herkend.";
    Deceased "deceased" Warning Consistency, "A remark says that the customer is deceased.", "Een opmerking zegt dat de klant is overleden.";
    Bankrupt "bankrupt" Note Plausibility, "A remark says that the customer is bankrupt or has closed down.", "Een opmerking zegt dat de klant failliet is of is gestopt.";
    // Addresses.
    MissingHouseNumber "missing_house_number" Warning Completeness, "The address has no house number.", "Het adres heeft geen huisnummer.";
    InvalidHouseNumber "invalid_house_number" Warning Validity, "The house number is not understood.", "Het huisnummer is niet herkend.";
    InvalidPostcode "invalid_postcode" Error Validity, "The postal code does not have the form of its country.", "De postcode heeft niet de vorm van het land.";
    InvalidBagObjectId "invalid_bag_object_id" Error Validity, "The id is none of the register of addresses and buildings (BAG).", "Deze id is er geen van de basisregistratie adressen en gebouwen (BAG).";
    UnknownCountry "unknown_country" Warning Validity, "The country is not known.", "Het land is niet bekend.";
    MovedAway "moved_away" Warning Currency, "A remark says that the customer has moved away.", "Een opmerking zegt dat de klant is verhuisd.";
    Undeliverable "undeliverable" Warning Accuracy, "A remark says that mail came back, or that nobody knows the customer there.", "Een opmerking zegt dat post terugkwam of dat de klant er niet bekend is.";
    SwappedAddressFields "swapped_address_fields" Note Consistency, "Two parts of the address look swapped.", "Twee delen van het adres lijken verwisseld.";
    // Contact points.
    InvalidEmail "invalid_email" Error Validity, "This is no e-mail address.", "Dit is geen e-mailadres.";
    MisspeltEmailDomain "misspelt_email_domain" Warning Validity, "The domain of the e-mail address looks misspelt.", "Het domein van het e-mailadres lijkt verkeerd gespeld.";
    RoleEmail "role_email" Note Validity, "The e-mail address belongs to a role, not to a person.", "Het e-mailadres hoort bij een functie, niet bij een persoon.";
    DisposableEmail "disposable_email" Warning Validity, "The e-mail address is of a service for addresses that are thrown away.", "Het e-mailadres is van een dienst voor wegwerpadressen.";
    UnknownEmailDomain "unknown_email_domain" Error Validity, "The domain of the e-mail address cannot exist.", "Het domein van het e-mailadres kan niet bestaan.";
    InvalidPhone "invalid_phone" Error Validity, "This is no phone number.", "Dit is geen telefoonnummer.";
    UnlikelyPhone "unlikely_phone" Warning Validity, "The phone number is of a kind that customers do not have.", "Het telefoonnummer is van een soort dat klanten niet hebben.";
    InvalidWebsite "invalid_website" Warning Validity, "This is no website.", "Dit is geen website.";
    // Numbers.
    InvalidIban "invalid_iban" Error Validity, "The bank account number fails its check.", "Het rekeningnummer doorstaat de controle niet.";
    InvalidKvkNumber "invalid_kvk_number" Error Validity, "The KvK number does not have eight digits.", "Het KvK-nummer heeft geen acht cijfers.";
    InvalidEstablishmentNumber "invalid_establishment_number" Error Validity, "The establishment number does not have twelve digits that open with four zeros.", "Het vestigingsnummer heeft geen twaalf cijfers die met vier nullen beginnen.";
    InvalidRsin "invalid_rsin" Error Validity, "The RSIN fails its check.", "Het RSIN doorstaat de controle niet.";
    InvalidKboNumber "invalid_kbo_number" Error Validity, "The number of the Belgian enterprise fails its check.", "Het Belgische ondernemingsnummer doorstaat de controle niet.";
    InvalidLei "invalid_lei" Error Validity, "The LEI fails its check.", "De LEI doorstaat de controle niet.";
    InvalidDuns "invalid_duns" Error Validity, "The D-U-N-S number does not have nine digits.", "Het D-U-N-S-nummer heeft geen negen cijfers.";
    InvalidVatNumber "invalid_vat_number" Error Validity, "The VAT number fails its check.", "Het btw-nummer doorstaat de controle niet.";
    UnknownIndustryCode "unknown_industry_code" Note Validity, "The industry code is not known in its edition.", "De branchecode is niet bekend in de uitgave ervan.";
    UnknownLegalForm "unknown_legal_form" Note Validity, "The legal form is not known.", "De rechtsvorm is niet bekend.";
    CitizenNumber "citizen_number" Error Validity, "A citizen service number (BSN) or Belgian national number stands here, which may not be kept; it was left out.", "Hier staat een burgerservicenummer (BSN) of rijksregisternummer, dat niet mag worden bewaard; het is weggelaten.";
    // Dates.
    InvalidDate "invalid_date" Error Validity, "This is no date that exists.", "Deze datum bestaat niet.";
    AmbiguousDate "ambiguous_date" Note Validity, "Day and month could be the other way round.", "Dag en maand kunnen verwisseld zijn.";
    GuessedCentury "guessed_century" Warning Validity, "The year has two digits; the century was guessed.", "Het jaar heeft twee cijfers; de eeuw is geraden.";
    ImplausibleDate "implausible_date" Warning Validity, "The date is too far back, or in the future.", "De datum ligt te ver terug of in de toekomst.";
    InvalidNumber "invalid_number" Warning Validity, "This is no number.", "Dit is geen getal.";
    InvalidFlag "invalid_flag" Warning Validity, "This is neither yes nor no.", "Dit is geen ja of nee.";
    // Between fields.
    NameConflict "name_conflict" Note Consistency, "Two fields of the record give different names.", "Twee velden van het record geven verschillende namen.";
    PostcodeCountryConflict "postcode_country_conflict" Warning Consistency, "The postal code belongs to another country.", "De postcode hoort bij een ander land.";
    NumberConflict "number_conflict" Note Consistency, "Two numbers of the record belong to different organisations.", "Twee nummers van het record horen bij verschillende organisaties.";
    SwappedNames "swapped_names" Note Consistency, "Given name and family name look swapped.", "Voornaam en achternaam lijken verwisseld.";
    NothingKnown "nothing_known" Warning Completeness, "The record says nothing that tells who it is about.", "Het record zegt niets waaruit blijkt over wie het gaat.";
    // Of the delivery.
    MissingKey "missing_key" Error Completeness, "The record has no id in its source; one was made of its values.", "Het record heeft geen sleutel in de bron; er is er een gemaakt uit de waarden.";
    DuplicateKey "duplicate_key" Error Uniqueness, "Another record of the source has the same id; both are kept.", "Een ander record van de bron heeft dezelfde sleutel; beide zijn bewaard.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = FindingCode::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FindingCode::ALL.len());
    }
}
