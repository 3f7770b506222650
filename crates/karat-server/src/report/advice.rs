//! What is the matter, where, why it matters and what to do: a fix in words.

use karat_hub::assess::assessment::{Assessment, Fix, Problem};
use karat_model::finding::{Dimension, FindingCode};

use crate::locale::Locale;

/// A fix in words.
pub(super) struct Advice {
    /// What is the matter.
    pub what: String,
    /// The file and the column.
    pub place: String,
    /// How many it concerns.
    pub count: u64,
    /// How many of what.
    pub unit: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do about it.
    pub action: &'static str,
}

/// Puts a fix in words.
pub(super) fn advise(fix: &Fix, assessment: &Assessment, text: Locale) -> Advice {
    let file_name = |at: usize| assessment.files.get(at).map_or("", |file| file.name.as_str());
    let [why, action] = counsel(fix.problem).map(|[english, dutch]| text.say(english, dutch));
    let what = match fix.problem {
        Problem::Finding(code) => text.finding(&code).trim_end_matches('.').to_string(),
        Problem::DuplicatesWithin => text
            .say(
                "The same customer stands in the file more than once",
                "Dezelfde klant staat meer dan eens in het bestand",
            )
            .into(),
        Problem::DuplicatesBetween(other) => format!(
            "{} {}",
            text.say(
                "The same customers stand, under other ids, in",
                "Dezelfde klanten staan, met andere nummers, in"
            ),
            file_name(other),
        ),
        Problem::MostlyEmpty => {
            text.say("The column is mostly empty", "De kolom is grotendeels leeg").into()
        }
        Problem::UnreadableRows => {
            text.say("Rows could not be read", "Rijen konden niet worden gelezen").into()
        }
        Problem::NoRecordId => text
            .say(
                "No column holds an id that is different in every row",
                "Geen kolom bevat een sleutel die in elke rij anders is",
            )
            .into(),
        Problem::UnrecognisedColumn => text
            .say(
                "It is not clear what the column means",
                "Het is niet duidelijk wat de kolom betekent",
            )
            .into(),
    };
    let file = fix.file.map(file_name);
    let place = [file, fix.column.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" › ");
    let unit = match fix.problem {
        Problem::DuplicatesBetween(_) => text.say("customers", "klanten"),
        _ => text.say("records", "records"),
    };
    Advice { what, place, count: fix.records, unit, why, action }
}

type Words = [&'static str; 2];

/// Why a problem matters and what to do, each in English and Dutch.
fn counsel(problem: Problem) -> [Words; 2] {
    match problem {
        Problem::Finding(code) => counsel_on_finding(code),
        Problem::DuplicatesWithin => [
            [
                "One customer gets two letters, two discounts, two histories; nobody sees the whole.",
                "Eén klant krijgt twee brieven, twee kortingen en twee dossiers; niemand ziet het geheel.",
            ],
            [
                "Master the file with Karat, correct the source from the crosswalk, and search before a new customer is made.",
                "Laat Karat het bestand samenvoegen, werk de bron bij met de koppeltabel, en zoek voordat een nieuwe klant wordt aangemaakt.",
            ],
        ],
        Problem::DuplicatesBetween(_) => [
            [
                "A change of address in one system never reaches the other, and each tells the customer something else.",
                "Een verhuizing in het ene systeem bereikt het andere nooit, en elk vertelt de klant iets anders.",
            ],
            [
                "Give both systems the customer id of Karat, so that they know that they mean the same customer.",
                "Geef beide systemen het klantnummer van Karat, zodat ze weten dat ze dezelfde klant bedoelen.",
            ],
        ],
        Problem::MostlyEmpty => [
            [
                "Namesakes cannot be told apart, and real duplicates stay hidden.",
                "Naamgenoten zijn niet uit elkaar te houden, en echte dubbelen blijven verborgen.",
            ],
            [
                "Fill it from the other sources where they know it; ask for it at the next contact.",
                "Vul hem aan uit andere bronnen die het wel weten; vraag ernaar bij het volgende contact.",
            ],
        ],
        Problem::UnreadableRows => [
            [
                "These customers are in the file but in no result.",
                "Deze klanten staan in het bestand, maar in geen enkel resultaat.",
            ],
            [
                "Repair the export: quote fields that hold the delimiter or a line break.",
                "Herstel de export: zet aanhalingstekens om velden met het scheidingsteken of een regeleinde.",
            ],
        ],
        Problem::NoRecordId => [
            [
                "Without an id a changed record cannot be told from a new one.",
                "Zonder sleutel is een gewijzigd record niet te onderscheiden van een nieuw.",
            ],
            [
                "Export the key of the source system along with its records.",
                "Exporteer de sleutel van het bronsysteem mee met de records.",
            ],
        ],
        Problem::UnrecognisedColumn => [
            [
                "What is not understood cannot be cleaned, compared or shown.",
                "Wat niet wordt begrepen, kan niet worden opgeschoond, vergeleken of getoond.",
            ],
            [
                "Name its meaning in the hub model that karat init writes, or leave it out of the export.",
                "Geef de betekenis op in het hubmodel dat karat init schrijft, of laat de kolom weg uit de export.",
            ],
        ],
    }
}

fn counsel_on_finding(code: FindingCode) -> [Words; 2] {
    use FindingCode::*;
    match code {
        Placeholder => [
            [
                "It hides that nothing is known, and makes strangers look alike.",
                "Het verbergt dat er niets bekend is, en laat vreemden op elkaar lijken.",
            ],
            [
                "Allow the field to stay empty: forms that force a value get placeholders. Then clear these.",
                "Laat het veld leeg mogen blijven: formulieren die een waarde afdwingen krijgen opvulwaarden. Maak deze daarna leeg.",
            ],
        ],
        BrokenEncoding | LostLetters | LookalikeCharacters | ControlCharacters => [
            [
                "The customer's name is wrong on every letter, and cannot be found.",
                "De naam van de klant staat verkeerd op elke brief en is niet te vinden.",
            ],
            [
                "Export again as UTF-8, and repair the source.",
                "Exporteer opnieuw als UTF-8 en herstel de bron.",
            ],
        ],
        EncodedEntities | EscapedText => [
            [
                "Whoever prints or searches the source sees the codes, not the characters.",
                "Wie de bron afdrukt of doorzoekt, ziet de codes en niet de tekens.",
            ],
            [
                "Let the form store what was typed, and encode it only when a page is made.",
                "Laat het formulier opslaan wat is getypt, en codeer het pas voor een pagina.",
            ],
        ],
        ExcessWhitespace => [
            [
                "Values that read alike are not found as the same in the source.",
                "Waarden die er gelijk uitzien, worden in de bron niet als dezelfde gevonden.",
            ],
            [
                "Trim values where they are entered, and once in the source.",
                "Haal witruimte weg bij de invoer, en één keer in de bron.",
            ],
        ],
        WrongField | MisusedField | Remark | SwappedNames | SwappedAddressFields => [
            [
                "Whoever uses the field gets something else than it promises.",
                "Wie het veld gebruikt, krijgt iets anders dan het belooft.",
            ],
            [
                "Move the values to their own field; give people a field for remarks.",
                "Verplaats de waarden naar hun eigen veld; geef mensen een veld voor opmerkingen.",
            ],
        ],
        InvalidEmail | MisspeltEmailDomain | DisposableEmail | UnknownEmailDomain
        | InvalidPhone | UnlikelyPhone | InvalidWebsite => [
            ["The customer cannot be reached by it.", "De klant is er niet mee te bereiken."],
            [
                "Check it where it is entered, and ask for it at the next contact.",
                "Controleer het bij de invoer en vraag ernaar bij het volgende contact.",
            ],
        ],
        Truncated => [
            [
                "Half a name or address is found by nobody, and no letter arrives.",
                "Een halve naam of een half adres is niet te vinden, en post komt niet aan.",
            ],
            [
                "Make the field longer, and ask for what was cut off.",
                "Maak het veld langer en vraag op wat is afgekapt.",
            ],
        ],
        Deceased | MovedAway | Undeliverable | Bankrupt => [
            [
                "Somebody knew it and wrote it where no program reads it: letters still go out.",
                "Iemand wist het en schreef het waar geen programma het leest: post gaat gewoon uit.",
            ],
            [
                "Give what became of a customer a field of its own, and keep the address clean.",
                "Geef wat er van een klant is geworden een eigen veld, en houd het adres schoon.",
            ],
        ],
        MissingHouseNumber
        | InvalidHouseNumber
        | InvalidPostcode
        | InvalidBagObjectId
        | UnknownCountry
        | PostcodeCountryConflict => [
            ["Mail and parcels do not arrive.", "Post en pakketten komen niet aan."],
            [
                "Check addresses where they are entered; correct these from the other sources.",
                "Controleer adressen bij de invoer; verbeter deze uit de andere bronnen.",
            ],
        ],
        InvalidIban
        | InvalidKvkNumber
        | InvalidEstablishmentNumber
        | InvalidRsin
        | InvalidKboNumber
        | InvalidLei
        | InvalidDuns
        | InvalidVatNumber => [
            [
                "Payments and invoices bounce, and the number identifies nobody.",
                "Betalingen en facturen komen terug, en het nummer wijst niemand aan.",
            ],
            [
                "Check the number where it is entered: its own digits tell.",
                "Controleer het nummer bij de invoer: de cijfers zelf verraden het.",
            ],
        ],
        // Source: Dutch GDPR implementation act (UAVG), article 46.
        CitizenNumber => [
            [
                "A citizen service number may only be kept where a law says so (UAVG, article 46).",
                "Een burgerservicenummer mag alleen worden bewaard als een wet dat voorschrijft (UAVG, artikel 46).",
            ],
            ["Remove it from the source now.", "Verwijder het nu uit de bron."],
        ],
        InvalidDate | AmbiguousDate | ImplausibleDate => [
            [
                "A date of birth is what tells namesakes apart, and a father from his son.",
                "Een geboortedatum onderscheidt naamgenoten, en een vader van zijn zoon.",
            ],
            [
                "Write dates as year-month-day, and leave an unknown one empty.",
                "Schrijf datums als jaar-maand-dag, en laat een onbekende leeg.",
            ],
        ],
        MissingKey | DuplicateKey => [
            [
                "Without an id of its own a record cannot be followed when it changes.",
                "Zonder eigen sleutel is een record niet te volgen als het wijzigt.",
            ],
            [
                "Export the key of the source system, and make it unique there.",
                "Exporteer de sleutel van het bronsysteem en maak die daar uniek.",
            ],
        ],
        SeveralPersons | NameConflict | NameNotUnderstood => [
            [
                "It is not certain who the record is about.",
                "Het is niet zeker over wie het record gaat.",
            ],
            [
                "Keep one person per record, with the parts of the name in fields of their own.",
                "Houd één persoon per record aan, met de delen van de naam in eigen velden.",
            ],
        ],
        other => match other.dimension() {
            Dimension::Completeness => [
                ["What is missing cannot be used.", "Wat ontbreekt, is niet te gebruiken."],
                ["Fill it from the other sources.", "Vul het aan uit de andere bronnen."],
            ],
            _ => [
                ["What is wrong cannot be used.", "Wat niet klopt, is niet te gebruiken."],
                ["Check it where it is entered.", "Controleer het bij de invoer."],
            ],
        },
    }
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;
    use crate::fixture;

    fn check(problem: Problem, column: Option<&str>, expected: &str) {
        let fix = Fix { problem, file: Some(0), column: column.map(str::to_string), records: 7 };
        let advice = advise(&fix, &fixture::assessment(), Locale::of(Language::English));
        assert_eq!(format!("{} | {}", advice.what, advice.place), expected);
    }

    #[test]
    fn a_fix_names_what_and_where() {
        check(
            Problem::Finding(FindingCode::InvalidPhone),
            Some("Telefoon"),
            "This is no phone number | crm_export.csv › Telefoon",
        );
        check(
            Problem::DuplicatesBetween(2),
            None,
            "The same customers stand, under other ids, in webshop.jsonl.gz | crm_export.csv",
        );
    }

    #[test]
    fn every_finding_has_counsel_in_both_languages() {
        for &code in FindingCode::ALL {
            for [english, dutch] in counsel_on_finding(code) {
                assert!(english.ends_with('.') && dutch.ends_with(['.', ')']), "{}", code.name());
                assert_ne!(english, dutch);
            }
        }
    }
}
