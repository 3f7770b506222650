//! Sorting: where a name stands in an alphabetical list.

use super::compose::{Component, capitalised, initials, line, names, surname};
use super::name::{PersonName, known};

/// What a country sorts the names of persons by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorting {
    /// The family name without its prefix, as in the Netherlands: `Vries, H. de`.
    WithoutPrefix,
    /// The family name with its prefix, as in Belgium: `De Vries, H.`
    WithPrefix,
}

/// By what a name is found in a list, and how it is written there; titles are left out.
pub fn sort_key(name: &PersonName, sorting: Sorting) -> String {
    let (surname, initials) = (surname(name), initials(name));
    let components = names(name).components;
    let prefix = components.first().map_or("", |first| first.prefix);
    let (entry, rest) = match sorting {
        Sorting::WithoutPrefix => (without_prefix(&components), line(&[&initials, prefix])),
        Sorting::WithPrefix => (capitalised(&surname), initials),
    };
    let parts = [&*entry, &*rest, known(name.suffix)];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    line(&[&parts.join(", ")])
}

/// The family names, of which the first goes without its prefix.
fn without_prefix(components: &[Component]) -> String {
    let texts: Vec<_> = components
        .iter()
        .enumerate()
        .map(|(at, component)| match at {
            0 => component.name.to_owned(),
            _ => line(&[component.prefix, component.name]),
        })
        .collect();
    texts.join("-")
}
