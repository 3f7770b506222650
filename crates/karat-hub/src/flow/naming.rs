//! Names: gives each file a source name of its own, whatever the order of files.

use std::collections::BTreeSet;

use karat_model::id::SourceName;

use super::discover::Discovered;

/// Of files with the same name the first in order of their paths keeps it; others get a number.
pub fn give_names_of_their_own(discovered: &mut [Discovered]) {
    let wanted: Vec<SourceName> = discovered.iter().map(|file| file.source.name.clone()).collect();
    let paths = discovered.iter().map(|file| file.path.clone());
    let mut order: Vec<_> = wanted.iter().zip(paths).zip(0..).collect();
    order.sort();
    let mut taken: BTreeSet<SourceName> = BTreeSet::new();
    for ((name, _), at) in order {
        let numbered = (2..).map(|number| SourceName::new(&format!("{name}_{number}")));
        // A number may not lead to the name that another file has by itself.
        let free = numbered.filter(|numbered| !wanted.contains(numbered));
        let own = std::iter::once(name.clone())
            .chain(free)
            .find(|name| !taken.contains(name))
            .expect("some number is free");
        discovered[at as usize].source.name = own.clone();
        taken.insert(own);
    }
}
