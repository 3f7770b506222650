//! Composition: forenames, titles, prefixes and family names in the order the person uses.

use karat_model::gender::Gender;
use karat_model::name_usage::NameUsage;

use super::name::{PersonName, known};
use super::nobility::Nobility;
use crate::letters::capital;

/// The name as it is written on an envelope (*aanschrijfwijze*): `prof. dr. J.P. van den Berg-Smit`.
///
/// With initials, titles and suffix. The register of persons knows no earned titles; here they
/// stand before the initials, behind a predicate: `Jonkheer mr. J. van den Aedel`.
pub fn written(name: &PersonName) -> String {
    let Names { components, .. } = names(name);
    let nobility = own_nobility(name);
    let own_is_first = components.first().is_some_and(|component| component.is_own);
    let predicate = nobility.filter(|nobility| nobility.is_predicate);
    let opening = predicate.filter(|_| own_is_first).and_then(|it| it.form(name.gender));
    let with_title = |component: &Component| {
        let inner = nobility.filter(|nobility| !(nobility.is_predicate && own_is_first));
        let title = if component.is_own { inner } else { courtesy(name) };
        let title = title.and_then(|title| title.form(name.gender));
        format!("{} {}", title.unwrap_or_default(), component.text())
    };
    let surname = components.iter().map(with_title).collect::<Vec<_>>().join("-");
    let earned: Vec<_> = known(name.title)
        .split_whitespace()
        .filter(|word| Nobility::of_word(word).is_none())
        .collect();
    let forename = initials(name);
    let surname = if forename.is_empty() { capitalised(&surname) } else { surname };
    let opening = capitalised(opening.unwrap_or_default());
    line(&[&opening, &earned.join(" "), &forename, &surname, known(name.suffix)])
}

/// The name as people use it among themselves: `Jan van den Berg-Smit jr.`; empty where there is
/// neither a forename nor a family name.
pub fn everyday(name: &PersonName) -> String {
    if !name.is_known() {
        return String::new();
    }
    let (given_name, initials) = (known(name.given_name), known(name.initials));
    let forename = if given_name.is_empty() { initials } else { given_name };
    let surname = surname(name);
    let surname = if forename.is_empty() { capitalised(&surname) } else { surname };
    line(&[forename, &surname, known(name.suffix)])
}

/// All family names that the person goes by, each with its prefix.
pub(super) fn surname(name: &PersonName) -> String {
    let texts: Vec<_> = names(name).components.iter().map(Component::text).collect();
    line(&[&texts.join("-")])
}

/// One family name with its prefix.
pub(super) struct Component<'a> {
    pub prefix: &'a str,
    pub name: &'a str,
    is_own: bool,
}

impl Component<'_> {
    fn text(&self) -> String {
        line(&[self.prefix, self.name])
    }
}

/// The family names that a person goes by, in order.
pub(super) struct Names<'a> {
    pub components: Vec<Component<'a>>,
    uses_own: bool,
    uses_partner: bool,
}

/// The family names that the usage asks for; the one that is known where the other is not.
pub(super) fn names<'a>(name: &PersonName<'a>) -> Names<'a> {
    let component =
        |prefix, name, is_own| Component { prefix: known(prefix), name: known(name), is_own };
    let own = component(name.prefix, name.family_name, true);
    let partner = component(name.partner_prefix, name.partner_name, false);
    let usage = match (own.name, partner.name) {
        (_, "") => NameUsage::Own,
        ("", _) => NameUsage::Partner,
        _ => name.usage.unwrap_or(NameUsage::PartnerOwn),
    };
    let mut components = match usage {
        NameUsage::Own => vec![own],
        NameUsage::Partner => vec![partner],
        NameUsage::PartnerOwn => vec![partner, own],
        NameUsage::OwnPartner => vec![own, partner],
    };
    components.retain(|component| !component.name.is_empty());
    let uses_own = components.iter().any(|component| component.is_own);
    let uses_partner = components.iter().any(|component| !component.is_own);
    Names { components, uses_own, uses_partner }
}

/// The title or predicate that goes with the own name.
///
/// It goes with no other name, and a woman who goes by her partner's name leaves out a predicate.
pub(super) fn own_nobility(name: &PersonName) -> Option<&'static Nobility> {
    let Names { uses_own, uses_partner, .. } = names(name);
    let nobility = Nobility::of_title(known(name.title)).filter(|_| uses_own)?;
    let is_left_out = nobility.is_predicate && name.gender == Some(Gender::Female) && uses_partner;
    (!is_left_out).then_some(nobility)
}

/// The title that a woman may use with her husband's name (*titre de courtoisie*).
pub(super) fn courtesy(name: &PersonName) -> Option<&'static Nobility> {
    let may = name.gender == Some(Gender::Female) && names(name).uses_partner;
    Nobility::of_husband(known(name.partner_title)).filter(|_| may)
}

/// The initials, or else one for each given name: `Jo René` is `J.R.`, `Anne-Fleur` is `A.`
pub(super) fn initials(name: &PersonName) -> String {
    let (initials, given_name) = (known(name.initials), known(name.given_name));
    if !initials.is_empty() {
        return line(&[initials]);
    }
    let first_letter = |word: &str| word.chars().find(|c| c.is_alphabetic());
    let mut made = String::new();
    for letter in given_name.split_whitespace().filter_map(first_letter) {
        made.push(capital(letter));
        made.push('.');
    }
    if made.is_empty() { line(&[given_name]) } else { made }
}

/// A prefix that opens a name takes a capital: `Van den Berg`; `'t Hart` does not.
pub(super) fn capitalised(name: &str) -> String {
    let mut characters = name.trim_start().chars();
    let first = characters.next().map(capital);
    first.into_iter().chain(characters).collect()
}

/// Words on a line, one space apart, and none at a hyphen.
pub(super) fn line(parts: &[&str]) -> String {
    let mut line = String::new();
    for word in parts.iter().flat_map(|part| part.split_whitespace()) {
        let is_joined = line.is_empty() || line.ends_with('-') || word.starts_with('-');
        if !is_joined {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}
