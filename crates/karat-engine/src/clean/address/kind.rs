//! What kind of postal address it is: a street, a post office box, a reply number, or in care of
//! somebody else.
//!
//! Mail reaches all of them; a parcel reaches no box and no reply number.

use karat_model::attribute::AttributeId;
use karat_model::language::Language;

use super::post_office_box;

/// The kind of a postal address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressKind {
    /// A door in a street.
    Street,
    /// A box at a post office: `Postbus`, `PO Box`, `Postfach`.
    PostOfficeBox,
    /// A Dutch number for replies, whose postage the receiver pays: `Antwoordnummer`.
    ReplyNumber,
    /// The door of somebody else: `c/o`, `p/a`.
    CareOf,
}

impl AddressKind {
    /// All kinds.
    pub const ALL: [AddressKind; 4] = [
        AddressKind::Street,
        AddressKind::PostOfficeBox,
        AddressKind::ReplyNumber,
        AddressKind::CareOf,
    ];

    /// The kind of an address with these standardised values; `None` without a street.
    pub fn of<'a>(best: &dyn Fn(AttributeId) -> Option<&'a str>) -> Option<AddressKind> {
        let kind = kind_of(best(AttributeId::STREET)?);
        let is_in_care = best(AttributeId::ADDRESS_EXTRA).is_some_and(is_in_care);
        let is_street = kind == AddressKind::Street;
        Some(if is_street && is_in_care { AddressKind::CareOf } else { kind })
    }

    /// The name in the API and in checks.
    pub fn name(self) -> &'static str {
        match self {
            AddressKind::Street => "street",
            AddressKind::PostOfficeBox => "post_office_box",
            AddressKind::ReplyNumber => "reply_number",
            AddressKind::CareOf => "care_of",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<AddressKind> {
        AddressKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What people call it.
    pub fn label(self, language: Language) -> &'static str {
        match self {
            AddressKind::Street => language.say("street", "straat"),
            AddressKind::PostOfficeBox => language.say("post office box", "postbus"),
            AddressKind::ReplyNumber => language.say("reply number", "antwoordnummer"),
            AddressKind::CareOf => language.say("care of", "per adres"),
        }
    }

    /// Whether a parcel can be delivered there.
    pub fn takes_parcels(self) -> bool {
        matches!(self, AddressKind::Street | AddressKind::CareOf)
    }
}

/// Whether a standardised extra line names whoever lives there: `c/o Jansen`.
fn is_in_care(extra: &str) -> bool {
    const OPENINGS: [&str; 5] = ["c/o ", "p/a ", "per adres ", "care of ", "chez "];
    extra.split(", ").any(|part| {
        OPENINGS.iter().any(|opening| {
            part.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening))
        })
    })
}

/// The kind that a standardised street tells.
pub fn kind_of(street: &str) -> AddressKind {
    match street {
        post_office_box::REPLY_NUMBER => AddressKind::ReplyNumber,
        street if post_office_box::is_street(street) => AddressKind::PostOfficeBox,
        _ => AddressKind::Street,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(street: &str, extra: &str, kind: Option<AddressKind>) {
        let best = |attribute| match attribute {
            AttributeId::STREET => Some(street).filter(|street| !street.is_empty()),
            AttributeId::ADDRESS_EXTRA => Some(extra).filter(|extra| !extra.is_empty()),
            _ => None,
        };
        assert_eq!(AddressKind::of(&best), kind, "{street}, {extra}");
    }

    #[test]
    fn addresses_are_of_a_kind() {
        use AddressKind::*;
        check("Postbus", "", Some(PostOfficeBox));
        check("Postfach", "", Some(PostOfficeBox));
        check("Antwoordnummer", "", Some(ReplyNumber));
        check("Kerkstraat", "", Some(Street));
        check("Postbusstraat", "", Some(Street));
        check("Kerkstraat", "c/o Jansen", Some(CareOf));
        check("Kerkstraat", "Unit 5, p/a Jansen", Some(CareOf));
        check("Kerkstraat", "T.A.V. de Directie", Some(Street));
        check("Postbus", "c/o Jansen", Some(PostOfficeBox));
        check("", "c/o Jansen", None);
    }

    #[test]
    fn names_lead_back_to_kinds() {
        for kind in AddressKind::ALL {
            assert_eq!(AddressKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(AddressKind::from_name("castle"), None);
        let with_parcels = AddressKind::ALL.map(AddressKind::takes_parcels);
        assert_eq!(with_parcels, [true, false, false, true]);
    }
}
