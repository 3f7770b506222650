//! The scenarios of the Dutch register of persons in our own table, and promises for any name.

use karat_model::gender::Gender;
use karat_model::language::Language;
use karat_model::name_usage::NameUsage;
use proptest::prelude::*;

use super::*;

/// Reads `given name | prefix | name | usage | partner prefix | partner | gender | title | partner
/// title`, with the codes of the register of persons.
fn read(line: &str) -> PersonName<'_> {
    let fields: Vec<&str> = line.split('|').map(str::trim).collect();
    let field = |at: usize| fields.get(at).copied().filter(|field| !field.is_empty());
    PersonName {
        given_name: field(0),
        prefix: field(1),
        family_name: field(2),
        usage: field(3).map(|code| match code {
            "E" => NameUsage::Own,
            "P" => NameUsage::Partner,
            "V" => NameUsage::PartnerOwn,
            "N" => NameUsage::OwnPartner,
            _ => panic!("no usage: {code}"),
        }),
        partner_prefix: field(4),
        partner_name: field(5),
        gender: field(6).and_then(|code| match code {
            "m" => Some(Gender::Male),
            "v" => Some(Gender::Female),
            "x" => Some(Gender::Other),
            "o" => None,
            _ => panic!("no gender: {code}"),
        }),
        title: field(7).map(title),
        partner_title: field(8).map(title),
        ..PersonName::default()
    }
}

/// The title with a code of table 38; anything else is a title as it stands.
fn title(code: &str) -> &str {
    match code {
        "B" => "baron",
        "BS" => "barones",
        "G" => "graaf",
        "GI" => "gravin",
        "H" => "hertog",
        "HI" => "hertogin",
        "JH" => "jhr.",
        "JV" => "jkvr.",
        "M" => "markies",
        "MI" => "markiezin",
        "P" => "prins",
        "PS" => "prinses",
        "R" => "ridder",
        title => title,
    }
}

fn check(write: impl Fn(&PersonName) -> String, table: &str) {
    for line in table.trim().lines() {
        let (name, expected) = line.split_once('→').expect("each line has an arrow");
        assert_eq!(write(&read(name)), expected.trim(), "{line}");
    }
}

#[test]
fn names_are_written_by_their_usage() {
    check(
        written,
        "
Franklin  |         | Groenen | E |         |         | |   |    → F. Groenen
Franklin  |         | Groenen | P |         |         | |   |    → F. Groenen
Franklin  |         | Groenen | V |         |         | |   |    → F. Groenen
Franklin  |         | Groenen | N |         |         | |   |    → F. Groenen
Franklin  | in Den  | Groenen | N |         |         | |   |    → F. in Den Groenen
Franklin  |         | Groenen | P |         | Groenlo | |   |    → F. Groenlo
Franklin  |         | Groenen | V | van den | Aedel   | |   |    → F. van den Aedel-Groenen
Franklin  |         | Groenen | N | van den | Aedel   | |   |    → F. Groenen-van den Aedel
Franklin  |         | Groenen |   | van den | Aedel   | |   |    → F. van den Aedel-Groenen
Henk      | van     | Velzen  | N | van den | Aedel   | |   |    → H. van Velzen-van den Aedel
Henk      | van     | Velzen  | V | van den | Aedel   | |   |    → H. van den Aedel-van Velzen
Henk      | van     | Velzen  | E | van den | Aedel   | |   |    → H. van Velzen
          | van     | Velzen  | E |         |         | |   |    → Van Velzen
          |         |         | E | van den | Aedel   | |   |    → Van den Aedel
Jo René   |         | Groenen | E |         |         | |   |    → J.R. Groenen
Anne-Fleur Belle |  | Groenen | E |         |         | |   |    → A.B. Groenen
Bølle Ólafur     |  | Aedel   | E |         |         | |   |    → B.Ó. Aedel
Henk      |         |         |   |         |         | |   |    → H.
          |         |         |   |         |         | |   |    →
",
    );
}

#[test]
fn titles_of_nobility_stand_where_they_belong() {
    check(
        written,
        "
Franklin  | van den | Aedel   | E |         |         |m| JH |    → Jonkheer F. van den Aedel
Francisca | van den | Aedel   | E |         |         |v| JH |    → Jonkvrouw F. van den Aedel
Franklin  | van den | Aedel   | E |         |         |m| B  |    → F. baron van den Aedel
Franklin  | van den | Aedel   | E |         |         |m| R  |    → F. ridder van den Aedel
Francisca | van den | Aedel   | E |         |         |v| R  |    → F. van den Aedel
Franklin  | van den | Aedel   | E |         |         |o| M  |    → F. van den Aedel
Franklin  | van den | Aedel   | E |         |         |x| M  |    → F. van den Aedel
Francisca | van den | Aedel   | E |         |         |v| P  |    → F. prinses van den Aedel
Franklin  |         | Groenen | P |         | Groenlo |m| JH |    → F. Groenlo
Franklin  |         | Groenen | V |         | Groenlo |m| JH |    → F. Groenlo-jonkheer Groenen
Franklin  |         | Groenen | N |         | Groenlo |m| JH |    → Jonkheer F. Groenen-Groenlo
Henk      | van     | Velzen  | V |         | Groenlo |m| B  |    → H. Groenlo-baron van Velzen
Henk      | van     | Velzen  | N |         | Groenlo |m| B  |    → H. baron van Velzen-Groenlo
Jo Anne   | van den | Aedel   | P | de      | Boer    |v| BS |    → J.A. de Boer
Jo Anne   | van den | Aedel   | V | de      | Boer    |v| BS |    → J.A. de Boer-barones van den Aedel
Jeanne    | van den | Aedel   | N | de      | Boer    |v| JV |    → J. van den Aedel-de Boer
Jeanne    | van den | Aedel   | E | de      | Boer    |v| JV |    → Jonkvrouw J. van den Aedel
          | van den | Aedel   | E |         |         |m| B  |    → Baron van den Aedel
          | van den | Aedel   | E |         |         |m| JH |    → Jonkheer Van den Aedel
",
    );
}

#[test]
fn a_wife_may_bear_her_husbands_title() {
    check(
        written,
        "
Julia    | van | Velzen | E |         | Groenlo | v |    | G  → J. van Velzen
Julia    | van | Velzen | P |         | Groenlo | v |    | G  → J. gravin Groenlo
Julia    | van | Velzen | V |         | Groenlo | v |    | G  → J. gravin Groenlo-van Velzen
Julia    | van | Velzen | N |         | Groenlo | v |    | G  → J. van Velzen-gravin Groenlo
Julia    | van | Velzen | P |         | Groenlo | v |    | GI → J. Groenlo
Julia    | van | Velzen | P |         | Groenlo | v |    | R  → J. Groenlo
Julia    | van | Velzen | P |         | Groenlo | v |    | JH → J. Groenlo
Julia    | van | Velzen | P |         | Groenlo | v |    | B  → J. barones Groenlo
Julia    | van | Velzen | P |         | Groenlo | v |    | H  → J. hertogin Groenlo
Julia    | van | Velzen | P |         | Groenlo | v |    | M  → J. markiezin Groenlo
Julia    | van | Velzen | P |         | Groenlo | v |    | P  → J. prinses Groenlo
Franklin |     | Groenen | V |        | Groenlo | m |    | B  → F. Groenlo-Groenen
Franklin |     | Groenen | V |        | Groenlo | o |    | B  → F. Groenlo-Groenen
Anne     | de  | Bonne  | V | van den | Aedel   | v | BS | G  → A. gravin van den Aedel-barones de Bonne
Anne     | de  | Bonne  | N | van den | Aedel   | v | BS | G  → A. barones de Bonne-gravin van den Aedel
",
    );
}

#[test]
fn earned_titles_and_suffixes_are_kept() {
    let name = PersonName { suffix: Some("MSc"), initials: Some("J.P."), ..read("|de|Wit||||m") };
    for (title, expected) in [
        ("prof. dr.", "prof. dr. J.P. de Wit MSc"),
        ("mr. baron", "mr. J.P. baron de Wit MSc"),
        ("jhr. mr.", "Jonkheer mr. J.P. de Wit MSc"),
        ("mr. jhr.", "Jonkheer mr. J.P. de Wit MSc"),
    ] {
        assert_eq!(written(&PersonName { title: Some(title), ..name }), expected);
    }
    assert_eq!(everyday(&PersonName { title: Some("mr. baron"), ..name }), "J.P. de Wit MSc");
    let unnamed = PersonName { suffix: Some("jr."), ..PersonName::default() };
    assert_eq!(everyday(&unnamed), "");
}

#[test]
fn letters_open_in_dutch_as_the_register_of_persons_says() {
    check(
        |name| salutation(name, Language::Dutch),
        "
Jo Rene |        | Groenen  | E |     |        | m |    | → Geachte heer Groenen
Jo Rene |        | Groenen  | E |     |        | v |    | → Geachte mevrouw Groenen
Jo Rene |        | Groenen  | E |     |        | o |    | → Geachte J.R. Groenen
Jo Rene |        | Groenen  | E |     |        | x |    | → Geachte J.R. Groenen
        | in het | Veld     | P |     |        | v |    | → Geachte mevrouw In het Veld
        | in het | Veld     | E | van | Velzen | v |    | → Geachte mevrouw In het Veld
        | in het | Veld     | P | van | Velzen | v |    | → Geachte mevrouw Van Velzen
        | in het | Veld     | V | van | Velzen | v |    | → Geachte mevrouw Van Velzen-in het Veld
        | in het | Veld     | N | van | Velzen | v |    | → Geachte mevrouw In het Veld-van Velzen
Jo Rene | in het | Zonnetje | P | 't  | Wolkje | v |    | → Geachte mevrouw 't Wolkje
Jo Rene | in het | Zonnetje | V | 't  | Wolkje | v |    | → Geachte mevrouw 't Wolkje-in het Zonnetje
Jo Rene | in het | Zonnetje | N | 't  | Wolkje | v |    | → Geachte mevrouw In het Zonnetje-'t Wolkje
Jo Rene | in het | Zonnetje | E | 't  | Wolkje | o |    | → Geachte J.R. in het Zonnetje
        | in het | Zonnetje | E | 't  | Wolkje | o |    | → Geachte In het Zonnetje
Jo Rene | Op Den | Berghe   | P | Van Der | Broeck | v | | → Geachte mevrouw Van Der Broeck
Jo Rene |        |          |   |     |        | m |    | → Geachte Jo Rene
        |        |          |   |     |        | m |    | → Geachte heer
        |        |          |   |     |        | v |    | → Geachte mevrouw
        |        |          |   |     |        | o |    | → Geachte heer of mevrouw
",
    );
}

#[test]
fn nobility_is_saluted_in_dutch_by_its_style() {
    check(
        |name| salutation(name, Language::Dutch),
        "
Franklin  |         | Groenen | E |         |         | m | B  |   → Hoogwelgeboren heer
Pieter    |         | Groenen | E |         |         | m | BS |   → Hoogwelgeboren heer
Francisca |         | Groenen | E |         |         | v | JV |   → Hoogwelgeboren vrouwe
Francisca |         | Groenen | E |         |         | v | R  |   → Hoogwelgeboren vrouwe
Franklin  |         | Groenen | E |         |         | m | G  |   → Hooggeboren heer
Francisca |         | Groenen | E |         |         | v | GI |   → Hooggeboren vrouwe
Franklin  |         | Groenen | E |         |         | o | P  |   → Hoogheid
Franklin  |         | Groenen | E |         |         | o | B  |   → Geachte F. Groenen
Franklin  |         | Groenen | P |         | Groenlo | m | B  |   → Geachte heer Groenlo
Philip    | van den | Aedel   | E |         |         | o |    |   → Geachte P. van den Aedel
Pieter    | van den | Aedel   | V | de      | Boer    | m | JH |   → Hoogwelgeboren heer
Petra     | van den | Aedel   | V | de      | Boer    | v | JV |   → Geachte mevrouw De Boer-van den Aedel
Petra     | van den | Aedel   | N | de      | Boer    | v | JV |   → Geachte mevrouw Van den Aedel-de Boer
Petra     | van den | Aedel   | N | de      | Boer    | v | GI |   → Hooggeboren vrouwe
Jo        | de      | Boer    | P | van den | Aedel   | v |    | G → Hooggeboren vrouwe
Jo        | de      | Boer    | P | van den | Aedel   | v |    | P → Hoogheid
Jo        | de      | Boer    | E | van den | Aedel   | v |    | G → Geachte mevrouw De Boer
Jo        | de      | Boer    | P | van den | Aedel   | v |    | R → Geachte mevrouw Van den Aedel
Jo        | de      | Boer    | P | van den | Aedel   | m |    | G → Geachte heer Van den Aedel
",
    );
}

#[test]
fn letters_open_in_english() {
    check(
        |name| salutation(name, Language::English),
        "
Jo Rene  |        | Groenen | E |     |        | m |   | → Dear Mr Groenen
         | in het | Veld    | V | van | Velzen | v |   | → Dear Ms Van Velzen-in het Veld
Jo Rene  | in het | Veld    | E |     |        | o |   | → Dear J.R. in het Veld
Franklin |        | Groenen | E |     |        | m | B | → Dear Mr Groenen
Jo Rene  |        |         |   |     |        | v |   | → Dear Jo Rene
         |        |         |   |     |        | m |   | → Dear Sir
         |        |         |   |     |        | v |   | → Dear Madam
         |        |         |   |     |        | x |   | → Dear Sir or Madam
",
    );
}

#[test]
fn lists_are_sorted_as_the_country_does() {
    check(
        |name| sort_key(name, Sorting::WithoutPrefix),
        "
Henk | de  | Vries  | E |         |       → Vries, H. de
Henk |     | Groen  | E |         |       → Groen, H.
Henk | van | Velzen | V | van den | Aedel → Aedel-van Velzen, H. van den
Henk | van | Velzen | N | van den | Aedel → Velzen-van den Aedel, H. van
     | de  | Vries  | E |         |       → Vries, de
Henk |     |        |   |         |       → H.
",
    );
    check(
        |name| sort_key(name, Sorting::WithPrefix),
        "
Henk | de  | Vries  | E |         |       → De Vries, H.
Henk | van | Velzen | V | van den | Aedel → Van den Aedel-van Velzen, H.
     | 't  | Hart   | E |         |       → 't Hart
",
    );
    let junior = PersonName { suffix: Some("jr."), ..read("Henk|de|Vries") };
    assert_eq!(sort_key(&junior, Sorting::WithoutPrefix), "Vries, H. de, jr.");
}

fn part() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[ a-zA-Z'.-]{0,12}|van den|baron|jhr\\.|é - É|\\PC{0,6}")
}

/// The letters of a text, in small letters.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

proptest! {
    #[test]
    fn any_name_is_written_tidily_and_whole(
        parts in proptest::collection::vec(part(), 9),
        gender in proptest::option::of(proptest::sample::select(Gender::ALL.to_vec())),
        usage in proptest::option::of(proptest::sample::select(NameUsage::ALL.to_vec())),
    ) {
        let part = |at: usize| parts[at].as_deref();
        let name = PersonName {
            title: part(0),
            initials: part(1),
            given_name: part(2),
            prefix: part(3),
            family_name: part(4),
            partner_prefix: part(5),
            partner_name: part(6),
            partner_title: part(7),
            suffix: part(8),
            gender,
            usage,
        };
        let texts = [
            written(&name),
            everyday(&name),
            salutation(&name, Language::Dutch),
            salutation(&name, Language::English),
            sort_key(&name, Sorting::WithoutPrefix),
            sort_key(&name, Sorting::WithPrefix),
        ];
        for text in &texts {
            prop_assert_eq!(text.trim(), text);
            for untidy in ["  ", " -", "- "] {
                prop_assert!(!text.contains(untidy), "{:?}", text);
            }
        }
        let has = |part: Option<&str>| part.is_some_and(|part| !part.trim().is_empty());
        let goes_by = match (has(name.family_name), has(name.partner_name), usage) {
            (_, false, _) | (true, true, Some(NameUsage::Own)) => vec![name.family_name],
            (false, true, _) | (true, true, Some(NameUsage::Partner)) => vec![name.partner_name],
            _ => vec![name.family_name, name.partner_name],
        };
        for family_name in goes_by.into_iter().flatten() {
            for text in [&texts[0], &texts[1], &texts[4], &texts[5]] {
                prop_assert!(letters(text).contains(&letters(family_name)), "{:?}", text);
            }
        }
    }
}
