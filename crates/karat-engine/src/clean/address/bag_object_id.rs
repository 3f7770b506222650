//! The id in the Dutch register of addresses and buildings (BAG), sixteen digits.
//!
//! Four digits of the municipality, two of the type of object, ten that number it:
//! `0344200000128086` is a number designation in Utrecht. Types are 01 to 03 for addressable objects
//! (dwelling or other unit, berth, pitch), 10 for a building, 20 for a number designation and 30 for
//! a public space. There is no check digit. The name of the register before it, as in
//! `NL.IMBAG.Nummeraanduiding.0344200000128086`, is left out. Fifteen digits have lost their zero in
//! a spreadsheet: a suggestion tells the whole id. Source: Catalogus BAG 2018.
//!
//! The id tells where somebody is, not who: it stays with the rest of the address, and matching,
//! which compares that, does not count it a second time.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::{FindingCode, Repair};

use crate::clean::output::{Context, Output};

/// Headers of such columns.
pub const HEADERS: &[&str] = &[
    "bag_object_id",
    "bag_id",
    "bagid",
    "bag_identificatie",
    "bag_nummeraanduiding",
    "bag_nummeraanduiding_id",
    "bag_verblijfsobject",
    "bag_verblijfsobject_id",
    "bag_adres_id",
    "bag_vbo_id",
    "nummeraanduiding_id",
    "nummeraanduidingid",
    "id_nummeraanduiding",
    "identificatiecode_nummeraanduiding",
    "verblijfsobject_id",
    "verblijfsobjectid",
    "adresseerbaar_object_id",
    "identificatiecode_verblijfplaats",
];

/// What an id of the register identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BagObjectKind {
    /// A unit, berth or pitch that has an address (*adresseerbaar object*).
    AddressableObject,
    /// A building (*pand*).
    Building,
    /// A house number with what belongs to it (*nummeraanduiding*).
    NumberDesignation,
    /// A street, square or water with a name (*openbare ruimte*).
    PublicSpace,
}

impl BagObjectKind {
    /// The kind of object that a standardised id identifies; `None` if it is no such id.
    pub fn of(id: &str) -> Option<BagObjectKind> {
        let is_id = id.len() == LENGTH && id.bytes().all(|b| b.is_ascii_digit());
        let (municipality, rest) = id.split_at_checked(4).filter(|_| is_id)?;
        let is_issued = municipality != "0000";
        match &rest[..2] {
            "01" | "02" | "03" if is_issued => Some(BagObjectKind::AddressableObject),
            "10" if is_issued => Some(BagObjectKind::Building),
            "20" if is_issued => Some(BagObjectKind::NumberDesignation),
            "30" if is_issued => Some(BagObjectKind::PublicSpace),
            _ => None,
        }
    }
}

const LENGTH: usize = 16;

/// Whether a value is an id of the register.
pub fn resembles(value: &str, _: &Context) -> bool {
    BagObjectKind::of(&compact(value)).is_some()
}

/// Claims the sixteen digits.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    let id = compact(value);
    if BagObjectKind::of(&id).is_some() {
        return out.claim(AttributeId::BAG_OBJECT_ID, id, Validity::Valid);
    }
    let whole = format!("0{id}");
    if BagObjectKind::of(&whole).is_some() {
        let (attribute, value) = (AttributeId::BAG_OBJECT_ID, whole.into());
        out.finding_with(FindingCode::InvalidBagObjectId, Repair::Replace { attribute, value });
    } else {
        out.finding(FindingCode::InvalidBagObjectId);
    }
    // Letters of other scripts stay where they are: closed up, they would be taken for slips.
    let id = if id.is_ascii() { id } else { value.to_owned() };
    out.claim(AttributeId::BAG_OBJECT_ID, id, Validity::Invalid);
}

/// The letters and digits, without the name of the register before them.
fn compact(value: &str) -> String {
    let last = value.rsplit(['.', '/', ':']).find(|part| part.contains(char::is_alphanumeric));
    let is_named = last.is_some_and(|last| last.len() >= LENGTH);
    let text = if is_named { last.unwrap_or(value) } else { value };
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use karat_model::hub_model::{Country, DateOrder};
    use proptest::prelude::*;

    use super::*;
    use crate::clean::output::{check, check_settles};

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };

    #[test]
    fn ids_have_sixteen_digits_and_a_type_of_object() {
        for (text, expected) in [
            ("0344010000006589", "0344010000006589"),
            ("0344200000128086", "0344200000128086"),
            ("0344 2000 0012 8086", "0344200000128086"),
            ("NL.IMBAG.Nummeraanduiding.0344200000128086", "0344200000128086"),
            ("0344990000128086", "0344990000128086! !invalid_bag_object_id"),
            ("0000200000128086", "0000200000128086! !invalid_bag_object_id"),
            ("344200000128086", "344200000128086! !invalid_bag_object_id"),
            ("34420000012808", "34420000012808! !invalid_bag_object_id"),
            ("3,44E+14", "344E14! !invalid_bag_object_id"),
            ("03442000001280860", "03442000001280860! !invalid_bag_object_id"),
            ("3 hs (ј)", "3 hs (ј)! !invalid_bag_object_id"),
        ] {
            check(text, standardise, &DUTCH, expected);
        }
    }

    #[test]
    fn a_lost_zero_is_suggested() {
        let repair = |text| {
            let mut out = Output::default();
            standardise(text, &DUTCH, &mut out);
            out.findings.remove(0).repair
        };
        let whole = Repair::Replace {
            attribute: AttributeId::BAG_OBJECT_ID,
            value: "0344200000128086".into(),
        };
        assert_eq!(repair("344200000128086").as_deref(), Some(&whole));
        assert_eq!(repair("344990000128086"), None);
    }

    #[test]
    fn the_type_tells_what_it_identifies() {
        use BagObjectKind::*;
        for (id, kind) in [
            ("0344010000006589", Some(AddressableObject)),
            ("0344030000006589", Some(AddressableObject)),
            ("0344100000006589", Some(Building)),
            ("0344200000128086", Some(NumberDesignation)),
            ("0344300000000001", Some(PublicSpace)),
            ("0344040000006589", None),
            ("034420000012808", None),
        ] {
            assert_eq!(BagObjectKind::of(id), kind, "{id}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_standardised_once(text in "\\PC{0,40}", id in "(NL.IMBAG.)?[0-9 ./]{0,20}") {
            check_settles(&text, standardise, &DUTCH)?;
            check_settles(&id, standardise, &DUTCH)?;
        }
    }
}
