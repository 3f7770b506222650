//! Display: the name of a customer as people write it, and the address on one line.

use karat_model::attribute::{AttributeId, EntityType};
use karat_model::golden::GoldenRecord;

use crate::naming::{self, PersonName};

/// What stands where nothing is known.
pub const UNKNOWN: &str = "—";

/// The name by which people know a customer: `Jan van den Berg`, `Bakkerij Jansen B.V.`
pub fn title(golden: &GoldenRecord) -> String {
    title_of(golden.entity_type, &|attribute| golden.best(attribute))
}

/// The address of a customer on one line: `Kerkstraat 12 A, 1234 AB Utrecht`; empty if unknown.
pub fn subtitle(golden: &GoldenRecord) -> String {
    subtitle_of(&|attribute| golden.best(attribute))
}

/// The [`title`] of a customer of which `best` tells the best value of an attribute.
///
/// A person goes by name, an organisation by company name; then by what the other goes by, by
/// e-mail address and by phone number.
pub fn title_of<'a>(
    entity_type: EntityType,
    best: &dyn Fn(AttributeId) -> Option<&'a str>,
) -> String {
    let person_name = || naming::everyday(&PersonName::of(best));
    let (name, other_name) = match entity_type {
        EntityType::Person => (person_name(), company_name(best)),
        EntityType::Organisation => (company_name(best), person_name()),
    };
    let names = [name, other_name].into_iter().find(|name| !name.is_empty());
    let contact = || best(AttributeId::EMAIL).or(best(AttributeId::PHONE)).unwrap_or(UNKNOWN);
    names.unwrap_or_else(|| contact().into())
}

/// The [`subtitle`] of a customer of which `best` tells the best value of an attribute.
pub fn subtitle_of<'a>(best: &dyn Fn(AttributeId) -> Option<&'a str>) -> String {
    let street = spaced([
        best(AttributeId::STREET),
        best(AttributeId::HOUSE_NUMBER),
        best(AttributeId::HOUSE_NUMBER_ADDITION),
    ]);
    let city = spaced([best(AttributeId::POSTCODE), best(AttributeId::CITY)]);
    let lines: Vec<_> = [street, city].into_iter().filter(|line| !line.is_empty()).collect();
    lines.join(", ")
}

/// The name with its legal form, unless the name ends with it already.
fn company_name<'a>(best: &dyn Fn(AttributeId) -> Option<&'a str>) -> String {
    let Some(name) = best(AttributeId::COMPANY_NAME) else { return String::new() };
    let legal_form = best(AttributeId::LEGAL_FORM).filter(|form| !ends_with_form(name, form));
    spaced([Some(name), legal_form])
}

/// Whether the last words of a name are its legal form, dots and case aside.
fn ends_with_form(name: &str, legal_form: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.split_whitespace().map(|word| word.replace('.', "").to_lowercase()).collect()
    };
    words(name).ends_with(&words(legal_form))
}

fn spaced<const N: usize>(parts: [Option<&str>; N]) -> String {
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeSet;

    use super::*;

    /// Reads `attribute=value | attribute=value`.
    fn shown(
        show: impl Fn(&dyn Fn(AttributeId) -> Option<&'static str>) -> String,
        values: &'static str,
    ) -> String {
        let attributes = AttributeSet::builtin();
        let find = |id| {
            let name = &attributes.get(id).name;
            let fields = values.split(" | ").filter_map(|field| field.split_once('='));
            fields.into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
        };
        show(&find)
    }

    fn check(entity_type: EntityType, table: &'static str) {
        for line in table.trim().lines() {
            let (values, expected) = line.split_once('→').expect("each line has an arrow");
            let title = shown(|best| title_of(entity_type, best), values.trim());
            assert_eq!(title, expected.trim(), "{line}");
        }
    }

    #[test]
    fn persons_are_named_as_people_write_them() {
        check(
            EntityType::Person,
            "
given_name=Jan | family_name=Jansen                                               → Jan Jansen
given_name=Jan | initials=J.P. | family_name=Jansen | name_suffix=jr.             → Jan Jansen jr.
initials=J.P. | family_name_prefix=van den | family_name=Berg                     → J.P. van den Berg
family_name_prefix=van den | family_name=Berg                                     → Van den Berg
given_name=Eva | family_name=Smit | partner_name_prefix=de | partner_name=Vries   → Eva de Vries-Smit
given_name=Eva | partner_name_prefix=de | partner_name=Vries                      → Eva de Vries
family_name=Smit | partner_name_prefix=de | partner_name=Vries                    → De Vries-Smit
given_name=Eva                                                                    → Eva
title=dr. | company_name=Bakkerij Smit | email=eva@example.org                    → Bakkerij Smit
email=eva@example.org | phone=+31612345678                                        → eva@example.org
phone=+31612345678                                                                → +31612345678
birth_date=1980-01-02                                                             → —
",
        );
    }

    #[test]
    fn organisations_are_named_with_their_legal_form() {
        check(
            EntityType::Organisation,
            "
company_name=Bakkerij Smit | legal_form=B.V.       → Bakkerij Smit B.V.
company_name=Bakkerij Smit BV | legal_form=B.V.    → Bakkerij Smit BV
company_name=Novabv | legal_form=B.V.              → Novabv B.V.
company_name=Bakkerij Smit | family_name=Smit      → Bakkerij Smit
given_name=Eva | family_name=Smit | legal_form=VOF → Eva Smit
",
        );
    }

    #[test]
    fn addresses_fit_on_one_line() {
        for (values, expected) in [
            (
                "street=Kerkstraat | house_number=12 | house_number_addition=A | postcode=1234 AB | city=Utrecht",
                "Kerkstraat 12 A, 1234 AB Utrecht",
            ),
            ("postcode=1234 AB | house_number=12", "12, 1234 AB"),
            ("city=Utrecht", "Utrecht"),
            ("email=eva@example.org", ""),
        ] {
            assert_eq!(shown(subtitle_of, values), expected);
        }
    }
}
