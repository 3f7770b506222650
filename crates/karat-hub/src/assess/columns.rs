//! Columns: what was found in each, and how much of it is good.

use karat_engine::quality::measure::QualityCounts;
use karat_model::finding::FindingCode;
use karat_model::hub_model::Source;
use karat_model::profile::ColumnProfile;
use karat_model::semantic::SemanticType;

use super::assessment::AssessedColumn;
use crate::hub_model::DiscoveredColumn;

/// The columns of a file; `source` and `counts` are absent for a file without rows.
pub(super) fn assess_columns(
    profiles: Vec<ColumnProfile>,
    discovered: &[DiscoveredColumn],
    source: Option<&Source>,
    counts: Option<&QualityCounts>,
) -> Vec<AssessedColumn> {
    let columns = profiles.into_iter().zip(discovered).zip(0..);
    let column = |((profile, discovered), number): ((ColumnProfile, &DiscoveredColumn), u16)| {
        let flaws = counts.map(|counts| Flaws::of(counts, number)).unwrap_or_default();
        let mapping = source.and_then(|source| {
            source.columns.iter().find(|mapping| mapping.column == discovered.column)
        });
        let has_form = mapping.is_some_and(|mapping| has_form(mapping.semantic_type));
        let bad = flaws.malformed + flaws.placeholders + flaws.misused;
        AssessedColumn {
            semantic_type: discovered.semantic_type,
            confidence: discovered.confidence.into(),
            valid: has_form.then(|| profile.filled.saturating_sub(bad)),
            placeholders: flaws.placeholders,
            misused: flaws.misused,
            profile,
        }
    };
    columns.map(column).collect()
}

/// How many values of a column are no good, by the way in which they are not.
#[derive(Default)]
struct Flaws {
    malformed: u64,
    placeholders: u64,
    misused: u64,
}

impl Flaws {
    fn of(counts: &QualityCounts, number: u16) -> Flaws {
        let mut flaws = Flaws::default();
        for (column, code, count) in counts.findings() {
            if column != Some(number) {
                continue;
            }
            match code {
                FindingCode::Placeholder => flaws.placeholders += count,
                FindingCode::WrongField
                | FindingCode::MisusedField
                | FindingCode::SwappedNames
                | FindingCode::SwappedAddressFields => flaws.misused += count,
                code if is_malformed(code) => flaws.malformed += count,
                _ => {}
            }
        }
        flaws
    }
}

/// Whether a finding says that a value does not have the form of its type.
fn is_malformed(code: FindingCode) -> bool {
    use FindingCode::*;
    matches!(
        code,
        TooLong
            | Truncated
            | NameNotUnderstood
            | UnknownNameUsage
            | UnknownGender
            | MissingHouseNumber
            | InvalidHouseNumber
            | InvalidPostcode
            | InvalidBagObjectId
            | UnknownCountry
            | InvalidEmail
            | UnknownEmailDomain
            | InvalidPhone
            | UnlikelyPhone
            | InvalidWebsite
            | InvalidIban
            | InvalidKvkNumber
            | InvalidEstablishmentNumber
            | InvalidRsin
            | InvalidKboNumber
            | InvalidLei
            | InvalidDuns
            | InvalidVatNumber
            | CitizenNumber
            | InvalidDate
            | ImplausibleDate
            | InvalidNumber
            | InvalidFlag
    )
}

/// Whether values of this type have a form; of the others every text will do.
fn has_form(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    matches!(
        semantic_type,
        FullName
            | PartyName
            | GivenName
            | Initials
            | FamilyName
            | PartnerName
            | Gender
            | BirthDate
            | KvkNumber
            | EstablishmentNumber
            | Rsin
            | KboNumber
            | Lei
            | Duns
            | VatNumber
            | Website
            | FullAddress
            | AddressLine
            | HouseNumber
            | Postcode
            | PostcodeCity
            | Country
            | BagObjectId
            | Email
            | Phone
            | Iban
            | Flag
            | Date
            | Number
    )
}
