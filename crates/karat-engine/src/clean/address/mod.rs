//! Postal addresses: columns that hold a part, a line or the whole of one.
//!
//! Arrives: one value of an address column, with the country it is in unless it says otherwise.
//! Leaves: claims for street, house number, addition, postal code, city, region, country and extra.
//! Promises: a part is never thrown away: what is no known part becomes the extra line.
//! Start reading in `line.rs`; [`finish`] sees all columns of a record together.
//!
//! ```text
//!   "Burg. Smitstr. 12A-3"        →  Burgemeester Smitstraat | 12 | A-3
//!   "12 Baker Street"             →  Baker Street | 12
//!   "Hauptstr. 5a, D-50667 Köln"  →  Hauptstraße | 5 | A | 50667 | Köln | DE
//! ```

use karat_model::attribute::AttributeId;
use karat_model::claim::{Claim, Validity};
use karat_model::finding::FindingCode;
use karat_model::hub_model::Country;

use house_number_addition::Width;

use super::output::{Context, Output};
use super::remarks;

mod abbreviations;
mod building_part;
pub(super) mod capitals;
mod country_names;
mod delivery_instruction;
mod post_office_box;
pub mod line;
pub mod street;
pub mod house_number;
pub mod house_number_addition;
pub mod address_extra;
pub mod postcode;
pub mod city;
pub mod postcode_city;
pub mod region;
pub mod country;
pub mod full_address;
pub mod bag_object_id;
pub mod kind;
pub mod bag_parts;
pub mod print;

pub use bag_object_id::BagObjectKind;
pub use bag_parts::{BagParts, HouseNumberSuffix, bag_parts};
pub use kind::AddressKind;
pub use line::parse_line;
pub use print::mail_lines;

/// The parts of a postal address, standardised; `None` where there is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The street, in full; `Postbus` for a box.
    pub street: Option<String>,
    /// The house number, digits only.
    pub house_number: Option<String>,
    /// Letter and addition, such as `A-3`, `bis` or `hs`.
    pub addition: Option<String>,
    /// The postal code, as its country prints it.
    pub postcode: Option<String>,
    /// The city or town.
    pub city: Option<String>,
    /// State, province or county.
    pub region: Option<String>,
    /// The two-letter country code.
    pub country: Option<String>,
    /// Whatever else was there: unit, building, care of, a remark.
    pub extra: Option<String>,
    /// Whether part of the extra line does not belong in an address.
    pub has_remark: bool,
}

impl Parts {
    /// Adds to the extra line.
    fn add_extra(&mut self, text: &str) {
        join_extra(self.extra.get_or_insert_default(), text);
    }

    /// Adds to the extra line something that does not belong in an address.
    fn add_remark(&mut self, text: &str) {
        self.add_extra(text);
        self.has_remark = true;
    }

    /// Says that the house is opposite or beside the number.
    fn set_near(&mut self, near: &str) {
        let Some(addition) = self.addition.replace(near.into()) else { return };
        match house_number_addition::read(&format!("{near}-{addition}"), Width::Wide) {
            Some(both) => self.addition = Some(both),
            None => self.add_remark(&addition),
        }
    }

    /// Claims every part.
    fn claim(self, out: &mut Output) {
        let number = self.house_number.unwrap_or_default();
        let is_possible = match self.street.as_deref() {
            Some(name) if post_office_box::is_street(name) => {
                post_office_box::is_possible(name, &number)
            }
            _ => house_number::is_possible(&number),
        };
        let number_validity = match is_possible {
            true => Validity::Valid,
            false => Validity::Invalid,
        };
        let mut claim = |attribute, part: Option<String>| {
            if let Some(value) = part {
                out.claim(attribute, value, Validity::Valid);
            }
        };
        claim(AttributeId::STREET, self.street);
        claim(AttributeId::HOUSE_NUMBER_ADDITION, self.addition);
        let remark = remarks::code_of(self.extra.as_deref().unwrap_or_default());
        claim(AttributeId::ADDRESS_EXTRA, self.extra);
        claim(AttributeId::POSTCODE, self.postcode);
        claim(AttributeId::CITY, self.city);
        claim(AttributeId::REGION, self.region);
        claim(AttributeId::COUNTRY, self.country);
        if !number.is_empty() {
            out.claim(AttributeId::HOUSE_NUMBER, number, number_validity);
            if number_validity == Validity::Invalid {
                out.finding(FindingCode::InvalidHouseNumber);
            }
        }
        if self.has_remark {
            out.finding(remark);
        }
    }
}

/// Adds a text to an extra line.
fn join_extra(extra: &mut String, text: &str) {
    let text = address_extra::extra(text);
    let is_there = text.is_empty() || extra.split(", ").any(|part| part == text);
    if extra.is_empty() {
        *extra = text;
    } else if !is_there {
        // A word that opened a text no longer does.
        *extra = address_extra::extra(&format!("{extra}, {text}"));
    }
}

/// Looks at all address claims of a record together, once its columns are standardised.
///
/// A house number column outranks a number read from the street; several additions or extra lines
/// of one address become one; then a missing number and a postal code of another country are found.
pub fn finish(out: &mut Output, _context: &Context) {
    let Some(slot_max) =
        out.claims.iter().filter(|claim| is_address(claim)).map(|claim| claim.slot).max()
    else {
        return;
    };
    for slot in 0..=slot_max {
        settle_house_number(out, slot);
        settle_box_number(out, slot);
        join_additions(out, slot);
        join_extras(out, slot);
        settle_country(out, slot);
        find_postcode_conflict(out, slot);
        find_missing_house_number(out, slot);
    }
}

fn is_address(claim: &Claim) -> bool {
    (AttributeId::STREET..=AttributeId::COUNTRY).contains(&claim.attribute)
}

/// Where the first claim of an attribute stands that is as wanted.
fn find(
    out: &Output,
    attribute: AttributeId,
    slot: u8,
    wanted: impl Fn(&Claim) -> bool,
) -> Option<usize> {
    let is_meant =
        |claim: &Claim| claim.attribute == attribute && claim.slot == slot && wanted(claim);
    out.claims.iter().position(is_meant)
}

fn place(out: &Output, attribute: AttributeId, slot: u8) -> Option<usize> {
    find(out, attribute, slot, |_| true)
}

/// Takes out the second claim of an attribute, if there are two; with the place of the first.
fn take_second(out: &mut Output, attribute: AttributeId, slot: u8) -> Option<(usize, Claim)> {
    let first = place(out, attribute, slot)?;
    let is_meant = |claim: &Claim| claim.attribute == attribute && claim.slot == slot;
    let second = out.claims[first + 1..].iter().position(is_meant)?;
    Some((first, out.claims.remove(first + 1 + second)))
}

/// A number in the street column repeats the number column, or is part of the street's name.
fn settle_house_number(out: &mut Output, slot: u8) {
    let Some(street) = place(out, AttributeId::STREET, slot) else { return };
    let column = out.claims[street].column;
    let of_street = find(out, AttributeId::HOUSE_NUMBER, slot, |claim| claim.column == column);
    let own = find(out, AttributeId::HOUSE_NUMBER, slot, |claim| claim.column != column);
    let (Some(of_street), Some(own)) = (of_street, own) else { return };
    let is_repeated = out.claims[of_street].value == out.claims[own].value;
    let number = out.claims.remove(of_street).value;
    if is_repeated {
        return;
    }
    let is_of_street = |claim: &Claim| claim.column == column;
    let addition = find(out, AttributeId::HOUSE_NUMBER_ADDITION, slot, is_of_street);
    let addition = addition.map(|at| out.claims.remove(at).value);
    let street =
        place(out, AttributeId::STREET, slot).expect("only number and addition were removed");
    let name = &mut out.claims[street].value;
    for part in [Some(number), addition].into_iter().flatten() {
        name.push(' ');
        name.push_str(&part);
    }
}

/// The number of a box in a column of its own may be longer than that of a house, and in groups.
fn settle_box_number(out: &mut Output, slot: u8) {
    let Some(street) = place(out, AttributeId::STREET, slot) else { return };
    let name = out.claims[street].value.clone();
    if !post_office_box::is_street(&name) {
        return;
    }
    let Some(number) = place(out, AttributeId::HOUSE_NUMBER, slot) else { return };
    if post_office_box::groups_digits(&name) {
        let column = out.claims[number].column;
        let is_group = |claim: &Claim| {
            claim.column == column && claim.value.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        };
        if let Some(at) = find(out, AttributeId::HOUSE_NUMBER_ADDITION, slot, is_group) {
            let digits = out.claims[at].value.replace('-', "");
            out.claims[number].value.push_str(&digits);
            out.claims.remove(at);
        }
    }
    let Some(number) = place(out, AttributeId::HOUSE_NUMBER, slot) else { return };
    let is_mistaken = out.claims[number].validity == Validity::Invalid
        && post_office_box::is_possible(&name, &out.claims[number].value);
    if is_mistaken {
        let column = Some(out.claims[number].column);
        out.claims[number].validity = Validity::Valid;
        out.findings.retain(|finding| {
            finding.code != FindingCode::InvalidHouseNumber || finding.column != column
        });
    }
}

/// House letter and addition may have a column each: `A` and `3` make `A-3`.
fn join_additions(out: &mut Output, slot: u8) {
    while let Some((first, second)) = take_second(out, AttributeId::HOUSE_NUMBER_ADDITION, slot) {
        let addition = &mut out.claims[first].value;
        let is_there = addition.split('-').any(|part| part == second.value);
        if !is_there {
            addition.push('-');
            addition.push_str(&second.value);
        }
    }
}

fn join_extras(out: &mut Output, slot: u8) {
    while let Some((first, second)) = take_second(out, AttributeId::ADDRESS_EXTRA, slot) {
        let mut extra = out.claims[first].value.to_string();
        join_extra(&mut extra, &second.value);
        out.claims[first].value = extra.into();
    }
}

/// A country read from a prefix (`B-9000`) yields to the country column.
fn settle_country(out: &mut Output, slot: u8) {
    let Some(postcode) = place(out, AttributeId::POSTCODE, slot) else { return };
    let column = out.claims[postcode].column;
    let of_prefix = find(out, AttributeId::COUNTRY, slot, |claim| claim.column == column);
    let own = find(out, AttributeId::COUNTRY, slot, |claim| claim.column != column);
    let (Some(of_prefix), Some(own)) = (of_prefix, own) else { return };
    let is_conflict = out.claims[of_prefix].value != out.claims[own].value;
    out.claims.remove(of_prefix);
    if is_conflict {
        out.begin(column, slot);
        out.finding(FindingCode::PostcodeCountryConflict);
    }
}

/// The record names its country: the postal code must fit it, and is printed its way.
fn find_postcode_conflict(out: &mut Output, slot: u8) {
    let code = place(out, AttributeId::POSTCODE, slot);
    let country = place(out, AttributeId::COUNTRY, slot);
    let (Some(code), Some(country)) = (code, country) else { return };
    let Some(country) = Country::from_code(&out.claims[country].value) else { return };
    let is_settled = out.claims[code].validity == Validity::Invalid || !postcode::knows(country);
    if is_settled {
        return;
    }
    let column = out.claims[code].column;
    match postcode::printed(&out.claims[code].value, country) {
        Some(printed) => out.claims[code].value = printed.into(),
        None => {
            let has_finding = out.findings.iter().any(|finding| {
                finding.code == FindingCode::PostcodeCountryConflict
                    && finding.column == Some(column)
            });
            out.claims[code].validity = Validity::Suspect;
            if !has_finding {
                out.begin(column, slot);
                out.finding(FindingCode::PostcodeCountryConflict);
            }
        }
    }
}

fn find_missing_house_number(out: &mut Output, slot: u8) {
    let Some(street) = place(out, AttributeId::STREET, slot) else { return };
    let has_number = place(out, AttributeId::HOUSE_NUMBER, slot).is_some();
    if !has_number && !post_office_box::is_street(&out.claims[street].value) {
        out.begin(out.claims[street].column, slot);
        out.finding(FindingCode::MissingHouseNumber);
    }
}

#[cfg(test)]
mod labelled;

#[cfg(test)]
mod tests {
    use karat_model::hub_model::DateOrder;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    fn context() -> Context {
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst }
    }

    /// Standardises `column=value` fields in order, finishes, and shows claims and findings.
    fn check(fields: &str, claims: &str, findings: &[FindingCode]) {
        let mut out = Output::default();
        for (at, field) in fields.split(" & ").enumerate() {
            let (kind, value) = field.split_once('=').expect("a field is name=value");
            out.begin(at as u16, 0);
            let standardise = match kind {
                "street" => street::standardise,
                "line" => line::standardise,
                "number" => house_number::standardise,
                "addition" => house_number_addition::standardise,
                "extra" => address_extra::standardise,
                "postcode" => postcode::standardise,
                "country" => country::standardise,
                _ => panic!("no such kind: {kind}"),
            };
            standardise(value, &context(), &mut out);
        }
        finish(&mut out, &context());
        out.claims.sort_by_key(|claim| claim.attribute);
        let shown: Vec<_> = out.claims.iter().map(|claim| claim.value.as_str()).collect();
        assert_eq!(shown.join(" | "), claims, "{fields}");
        let found: Vec<_> = out.findings.iter().map(|finding| finding.code).collect();
        assert_eq!(found, findings, "{fields}");
    }

    #[test]
    fn the_number_column_outranks_a_number_in_the_street() {
        check("street=Kerkstraat & number=12", "Kerkstraat | 12", &[]);
        check("street=Kerkstraat 12 & number=12", "Kerkstraat | 12", &[]);
        check("street=Route 66 & number=12", "Route 66 | 12", &[]);
        check("street=Plein 1944 & number=7", "Plein 1944 | 7", &[]);
        check("street=Kerkstraat 12a", "Kerkstraat | 12 | A", &[]);
    }

    #[test]
    fn several_additions_and_extras_become_one() {
        check("street=Kerkstraat & number=12a & addition=a", "Kerkstraat | 12 | A", &[]);
        check(
            "street=Kerkstraat & number=12 & addition=a & addition=3",
            "Kerkstraat | 12 | A-3",
            &[],
        );
        check(
            "line=Kerkstraat 12 unit 5 & extra=Gebouw Noord",
            "Kerkstraat | 12 | Unit 5, Gebouw Noord",
            &[],
        );
    }

    #[test]
    fn a_street_needs_a_number_unless_it_is_a_box() {
        check("street=Kerkstraat", "Kerkstraat", &[FindingCode::MissingHouseNumber]);
        check("line=Postbus 1234", "Postbus | 1234", &[]);
        check("line=Antwoordnummer", "Antwoordnummer", &[]);
        check("street=Postbus & number=1234", "Postbus | 1234", &[]);
        check("line=Postbus 123456", "Postbus | 123456", &[FindingCode::InvalidHouseNumber]);
        check("line=Postfach 10 20 30", "Postfach | 102030", &[]);
        check("street=Postfach & number=10 20 30", "Postfach | 102030", &[]);
        check("street=Postfach & number=102030", "Postfach | 102030", &[]);
        check(
            "street=Hauptstraße & number=102030",
            "Hauptstraße | 102030",
            &[FindingCode::InvalidHouseNumber],
        );
        check("street=Kerkstraat & number=x", "Kerkstraat | x", &[FindingCode::InvalidHouseNumber]);
    }

    #[test]
    fn a_postcode_fits_the_country_that_is_named() {
        check("postcode=1234ab", "1234 AB", &[]);
        check("postcode=9000 & country=België", "9000 | BE", &[]);
        check("postcode=11122 & country=Zweden", "111 22 | SE", &[]);
        check(
            "postcode=1234ab & country=BE",
            "1234 AB | BE",
            &[FindingCode::PostcodeCountryConflict],
        );
        check("postcode=9000 & country=NL", "9000 | NL", &[FindingCode::PostcodeCountryConflict]);
        check("postcode=B-9000", "9000 | BE", &[]);
        check("postcode=B-9000 & country=BE", "9000 | BE", &[]);
        check("postcode=B-9000 & country=DE", "9000 | DE", &[FindingCode::PostcodeCountryConflict]);
    }

    /// Words that caused trouble, to be put in any order.
    const NASTY: &[&str] = &[
        "Plein",
        "1944",
        "7",
        "12",
        "12A-3",
        "bis",
        "hs",
        "II",
        "t/o",
        "1e",
        "2de",
        "17.",
        "Juni",
        "van",
        "de",
        "'t",
        "'s-",
        "St.",
        "st",
        "Str.",
        "Dorpsstr",
        "v.d.",
        "V.D.",
        "Prof.Dr.",
        "Postbus",
        "po",
        "box",
        "bus",
        "3",
        "unit",
        "5/12",
        "(achter)",
        "c/o",
        "-",
        "--",
        ",",
        "1234",
        "AB",
        "ab",
        "12345",
        "123456",
        "rue",
        "Street",
        "KERK",
        "kerk",
        "ij",
        "IJ",
        "ß",
        "ŉ",
        "ǆ",
        "É",
        "D-50667",
        "Köln",
        "B-9000",
        "NL",
        "Nederland",
        "overleden",
        "a/d",
        "Rijn",
        "0",
        "00",
        "40-45",
        "1940-1945",
        "hoog",
        "etage",
        "e",
        "nr.",
        "12.0",
        "Laan12",
        "Q1",
        "SW1A",
        "1AA",
        "NSW",
        "Unit",
        "Utrecht",
        ";",
        "\n",
        "wg",
        "Ln.",
        "Av.",
        "r.",
        "s",
        "gravenhage",
        ".",
        "/",
        "d'",
        "O'",
    ];

    fn any_text() -> impl Strategy<Value = String> {
        let words = proptest::collection::vec(proptest::sample::select(NASTY), 0..8);
        prop_oneof![words.prop_map(|words| words.join(" ")), "\\PC{0,40}", "[ -~]{0,30}"]
    }

    fn any_country() -> impl Strategy<Value = Context> {
        proptest::sample::select(&["NL", "BE", "DE", "CH", "FR", "GB", "AU", "US", "SE"][..])
            .prop_map(|code| {
                let country = Country::from_code(code).expect("a code");
                Context { country, date_order: DateOrder::DayFirst }
            })
    }

    type Standardise = fn(&str, &Context, &mut Output);

    fn standardised(standardise: Standardise, value: &str, context: &Context) -> Vec<Claim> {
        let mut out = Output::default();
        standardise(value, context, &mut out);
        finish(&mut out, context);
        out.claims
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_box_or_reply_number_lacks_nothing(
            name in proptest::sample::select(&["Postbus", "POSTBUS", "postbus nr.", "Pb.", "Antwoordnummer", "antwoordnr.", "ANTW.NR."][..]),
            number in 1u32..=99_999,
            place in proptest::sample::select(&["", ", 3500 AB Utrecht", " 3500AB UTRECHT", "\n9000 Gent"][..]),
            country in proptest::sample::select(&["NL", "BE"][..]),
            in_columns in any::<bool>(),
        ) {
            let country = Country::from_code(country).expect("a code");
            let context = Context { country, ..context() };
            let mut out = Output::default();
            if in_columns {
                street::standardise(name, &context, &mut out);
                out.begin(1, 0);
                house_number::standardise(&number.to_string(), &context, &mut out);
            } else {
                line::standardise(&format!("{name} {number}{place}"), &context, &mut out);
            }
            finish(&mut out, &context);
            let found: Vec<_> = out.findings.iter().map(|finding| finding.code).collect();
            prop_assert_eq!(found, Vec::new());
            prop_assert!(out.claims.iter().all(|claim| claim.validity == Validity::Valid));
            let value = |attribute| out.claims.iter().find(|claim| claim.attribute == attribute).map(|claim| &*claim.value);
            let kind = AddressKind::of(&value).expect("a street");
            prop_assert!(!kind.takes_parcels());
            prop_assert_eq!(value(AttributeId::HOUSE_NUMBER), Some(&*number.to_string()));
        }

        #[test]
        fn cleaning_a_standardised_part_gives_the_same_part(text in any_text(), context in any_country()) {
            let columns: [Standardise; 10] = [
                line::standardise, street::standardise, house_number::standardise,
                house_number_addition::standardise, address_extra::standardise, postcode::standardise,
                city::standardise, postcode_city::standardise, full_address::standardise, country::standardise,
            ];
            for column in columns {
                let claims = standardised(column, &text, &context);
                // What was read in the country that the text names must be read there again.
                let named = claims.iter().find(|claim| claim.attribute == AttributeId::COUNTRY);
                let country = named.and_then(|claim| Country::from_code(&claim.value));
                let context = Context { country: country.unwrap_or(context.country), ..context };
                for claim in claims {
                    let own_column: Standardise = match claim.attribute {
                        AttributeId::STREET => street::standardise,
                        AttributeId::HOUSE_NUMBER => house_number::standardise,
                        AttributeId::HOUSE_NUMBER_ADDITION => house_number_addition::standardise,
                        AttributeId::ADDRESS_EXTRA => address_extra::standardise,
                        AttributeId::POSTCODE => postcode::standardise,
                        AttributeId::CITY => city::standardise,
                        AttributeId::REGION => region::standardise,
                        AttributeId::COUNTRY => country::standardise,
                        other => panic!("no address attribute: {other:?}"),
                    };
                    let again = standardised(own_column, &claim.value, &context);
                    let values: Vec<_> = again.iter().map(|claim| (claim.attribute, claim.value.as_str())).collect();
                    prop_assert_eq!(values, [(claim.attribute, claim.value.as_str())]);
                }
            }
        }
    }
}
