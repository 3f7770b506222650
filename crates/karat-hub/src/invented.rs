//! Names of people who do not exist, for the tests.

/// Given names.
pub const GIVEN: [&str; 24] = [
    "Anna", "Bram", "Carla", "Daan", "Eva", "Frits", "Greet", "Hugo", "Iris", "Joost", "Karin",
    "Luuk", "Maaike", "Niels", "Olga", "Pieter", "Roos", "Sven", "Tess", "Wout", "Yara", "Zeno",
    "Mees", "Fenna",
];

/// Family names.
pub const FAMILY: [&str; 18] = [
    "Bakker",
    "Cornelissen",
    "Dekker",
    "Evers",
    "Faber",
    "Groen",
    "Hendriks",
    "Jacobs",
    "Kuipers",
    "Laan",
    "Mulder",
    "Noordman",
    "Otten",
    "Postma",
    "Rozema",
    "Sluis",
    "Terpstra",
    "Visser",
];
