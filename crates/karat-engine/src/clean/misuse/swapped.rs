//! Two fields of one address that hold each other's values.
//!
//! ```text
//!   street  "Utrecht"        city      "Kerkstraat 12"   →  Kerkstraat 12 in Utrecht
//!   postcode "Utrecht"       city      "1234 AC"         →  1234 AC Utrecht
//! ```
//!
//! Each has to look like the other and not like itself.

use karat_model::attribute::AttributeId;
use karat_model::claim::{Claim, Validity};
use karat_model::finding::{Finding, FindingCode, Repair};

use crate::clean::address::{city, line, street};
use crate::clean::output::{Context, Output};

/// Exchanges the values of swapped fields; what was exchanged is suspect.
pub(in crate::clean) fn settle(out: &mut Output, context: &Context) {
    let slots = out.claims.iter().filter(|claim| is_of_address(claim.attribute));
    let Some(slot_max) = slots.map(|claim| claim.slot).max() else { return };
    for slot in 0..=slot_max {
        settle_postcode_and_city(out, slot);
        settle_street_and_city(out, slot, context);
    }
}

fn is_of_address(attribute: AttributeId) -> bool {
    (AttributeId::STREET..=AttributeId::COUNTRY).contains(&attribute)
}

fn place(
    out: &Output,
    attribute: AttributeId,
    slot: u8,
    wanted: impl Fn(&Claim) -> bool,
) -> Option<usize> {
    let is_meant =
        |claim: &Claim| claim.attribute == attribute && claim.slot == slot && wanted(claim);
    out.claims.iter().position(is_meant)
}

/// A name in the field of the postal code: the city, which has a postal code in its own field or
/// nothing.
fn settle_postcode_and_city(out: &mut Output, slot: u8) {
    let is_name = |claim: &Claim| {
        let has_digit = claim.value.contains(|c: char| c.is_ascii_digit());
        claim.validity == Validity::Invalid && !has_digit && claim.value.chars().count() > 2
    };
    let Some(at) = place(out, AttributeId::POSTCODE, slot, is_name) else { return };
    let has_city = place(out, AttributeId::CITY, slot, |_| true).is_some();
    let (column, name) = (out.claims[at].column, out.claims[at].value.clone());
    let Some(name) = city::city(&name).filter(|_| !has_city) else { return };
    let is_code = |claim: &Claim| claim.column != column && claim.validity != Validity::Invalid;
    let code = place(out, AttributeId::POSTCODE, slot, is_code);
    if code.is_none() && !city::is_known(&name) {
        return;
    }
    let other = code.map(|code| out.claims[code].column);
    if let Some(code) = code {
        out.claims[code].validity = Validity::Suspect;
    }
    out.claims.remove(at);
    out.findings.retain(|finding| {
        finding.column != Some(column) || finding.code != FindingCode::InvalidPostcode
    });
    out.begin(column, slot);
    match other {
        Some(with) => {
            out.finding_with(FindingCode::SwappedAddressFields, Repair::Swap { with });
        }
        None => {
            let repair = Repair::Move { to: AttributeId::CITY, value: name.as_str().into() };
            out.finding_with(FindingCode::MisusedField, repair);
        }
    }
    out.claim(AttributeId::CITY, name, Validity::Suspect);
}

/// A known city in the field of the street, and a street in that of the city.
fn settle_street_and_city(out: &mut Output, slot: u8, context: &Context) {
    let is_city = |claim: &Claim| city::is_known(&claim.value);
    let is_street = |claim: &Claim| {
        let value = &*claim.value;
        let looks_so = street::resembles(value, context) || line::resembles(value, context);
        looks_so && !city::is_known(value)
    };
    let Some(at_street) = place(out, AttributeId::STREET, slot, is_city) else { return };
    let Some(at_city) = place(out, AttributeId::CITY, slot, is_street) else { return };
    let (column, with) = (out.claims[at_street].column, out.claims[at_city].column);
    if column == with {
        return;
    }
    let (town, way) = (out.claims[at_street].value.clone(), out.claims[at_city].value.clone());
    out.claims.remove(at_street.max(at_city));
    out.claims.remove(at_street.min(at_city));
    out.begin(column, slot);
    out.findings.push(
        Finding::new(FindingCode::SwappedAddressFields, Some(column)).with(Repair::Swap { with }),
    );
    out.doubt();
    city::standardise(&town, context, out);
    out.begin(with, slot);
    out.doubt();
    street::standardise(&way, context, out);
}
