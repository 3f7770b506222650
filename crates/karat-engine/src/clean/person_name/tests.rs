//! Names in one field, and what they are taken apart into.

use proptest::prelude::*;

use super::parser::{self, DUTCH};
use super::*;

/// Writes the parts of a name in one line: `title drs. · family Vries`.
fn describe(name: &PersonName) -> String {
    const LABELS: [&str; 9] = [
        "title",
        "initials",
        "given",
        "nickname",
        "prefix",
        "family",
        "partner prefix",
        "partner",
        "suffix",
    ];
    let parts = LABELS.iter().zip(&name.parts).filter(|(_, text)| !text.is_empty());
    let mut lines: Vec<String> = parts.map(|(label, text)| format!("{label} {text}")).collect();
    lines.extend(name.gender.map(|gender| gender.name().to_owned()));
    lines.extend(name.notes.iter().map(|note| note.name().to_owned()));
    lines.join(" · ")
}

fn check(rows: &str, parse: impl Fn(&str) -> PersonName) {
    let mut wrong = String::new();
    for row in rows.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let (text, expected) = row.split_once('|').expect("a row has two columns");
        let found = describe(&parse(text.trim()));
        if found != expected.trim() {
            wrong +=
                &format!("\n{}\n  found    {found}\n  expected {}", text.trim(), expected.trim());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn full_names_are_taken_apart() {
    check(FULL_NAMES, |text| parser::full_name(text, &DUTCH));
}

const FULL_NAMES: &str = "
    Jan van den Berg                         | given Jan · prefix van den · family Berg
    Jan Jansen                               | given Jan · family Jansen
    Johannes Petrus Jansen                   | given Johannes Petrus · family Jansen
    Berg, Jan van den                        | given Jan · prefix van den · family Berg
    Berg, J.P. van den                       | initials J.P. · prefix van den · family Berg
    Berg, van den, J.P.                      | initials J.P. · prefix van den · family Berg
    van den Berg, Jan                        | given Jan · prefix van den · family Berg
    Berg, van den                            | prefix van den · family Berg
    BERG VAN DEN J.P.                        | initials J.P. · prefix van den · family Berg
    BERG VAN DEN J P                         | initials J.P. · prefix van den · family Berg
    BERG VAN DEN JAN                         | given Jan · prefix van den · family Berg
    BERG VAN DEN                             | prefix van den · family Berg
    JANSEN J.P.                              | initials J.P. · family Jansen
    JANSEN JP                                | initials J.P. · family Jansen
    Jansen JP                                | initials J.P. · family Jansen
    JANSEN AC                                | initials A.C. · family Jansen
    JANSEN OS                                | initials O.S. · family Jansen
    JAN OS                                   | given Jan · family Os
    Jansen Ac                                | given Jansen · family Ac
    Vries Jan de                             | given Jan · prefix de · family Vries
    Vries, de J.                             | initials J. · prefix de · family Vries
    J.P. van den Berg                        | initials J.P. · prefix van den · family Berg
    J. P. van den Berg                       | initials J.P. · prefix van den · family Berg
    JP van den Berg                          | initials J.P. · prefix van den · family Berg
    J P van den Berg                         | initials J.P. · prefix van den · family Berg
    jp van den berg                          | initials J.P. · prefix van den · family Berg
    J.P.van den Berg                         | initials J.P. · prefix van den · family Berg
    Th. de Boer                              | initials Th. · prefix de · family Boer
    Th.J. de Boer                            | initials Th.J. · prefix de · family Boer
    Chr. Bakker                              | initials Chr. · family Bakker
    A.H.M. Jansen                            | initials A.H.M. · family Jansen
    AHM Jansen                               | initials A.H.M. · family Jansen
    Jan P. Jansen                            | initials J.P. · given Jan · family Jansen
    J. Robert Bakker                         | initials J.R. · given Robert · family Bakker
    J.P. van den Berg-de Vries               | initials J.P. · prefix de · family Vries · partner prefix van den · partner Berg
    Petra Jansen-de Wit                      | given Petra · prefix de · family Wit · partner Jansen
    Jansen-de Wit, P.                        | initials P. · prefix de · family Wit · partner Jansen
    Petra Jansen - de Wit                    | given Petra · prefix de · family Wit · partner Jansen
    A. Bakker-Visser                         | initials A. · family Visser · partner Bakker
    Berg-de Vries, J.P. van den              | initials J.P. · prefix de · family Vries · partner prefix van den · partner Berg
    Petra Jansen-van den Berg                | given Petra · prefix van den · family Berg · partner Jansen
    A. Jansen geb. de Wit                    | initials A. · prefix de · family Wit · partner Jansen
    A. de Wit e.v. Jansen                    | initials A. · prefix de · family Wit · partner Jansen
    dhr. drs. P. de Vries MSc                | title drs. · initials P. · prefix de · family Vries · suffix MSc · male
    Mevr. S. in 't Veld                      | initials S. · prefix in 't · family Veld · female
    Mw. Bakker                               | family Bakker · female
    De heer van den Berg                     | prefix van den · family Berg · male
    de heer J. Jansen                        | initials J. · family Jansen · male
    Jansen, dhr.                             | family Jansen · male
    Jansen, mevr. A.                         | initials A. · family Jansen · female
    Jansen J. mevr.                          | initials J. · family Jansen · female
    Dhr./Mevr. Jansen                        | family Jansen
    Fam. Jansen                              | family Jansen · several_persons
    Fam. van den Berg                        | prefix van den · family Berg · several_persons
    Familie Jansen-de Vries                  | prefix de · family Vries · partner Jansen · several_persons
    Erven J. Jansen                          | initials J. · family Jansen · several_persons
    Dhr. en mevr. Jansen                     | family Jansen · several_persons
    De heer en mevrouw van Dijk              | prefix van · family Dijk · several_persons
    Jan en Marie de Vries                    | given Jan · prefix de · family Vries · several_persons
    J. & M. de Vries                         | initials J. · prefix de · family Vries · several_persons
    J. de Vries en A. Bakker                 | initials J. · prefix de · family Vries · several_persons
    Ir. K.L. ten Brink MSc                   | title ir. · initials K.L. · prefix ten · family Brink · suffix MSc
    Prof. dr. ir. A. Bakker                  | title prof. dr. ir. · initials A. · family Bakker
    prof.dr. A. Bakker PhD                   | title prof. dr. · initials A. · family Bakker · suffix PhD
    mr. P. Jansen                            | title mr. · initials P. · family Jansen
    mr drs P. Jansen                         | title mr. drs. · initials P. · family Jansen
    Mr Robert Allen Jr.                      | given Robert · family Allen · suffix jr. · male
    Robert Allen, Jr.                        | given Robert · family Allen · suffix jr.
    D.S. Jansen                              | initials D.S. · family Jansen
    J.R. Bakker                              | initials J.R. · family Bakker
    Jansen M.A.                              | initials M.A. · family Jansen
    Li Ma                                    | given Li · family Ma
    Sophie in 't Veld                        | given Sophie · prefix in 't · family Veld
    Sophie in t Veld                         | given Sophie · prefix in 't · family Veld
    Gerard t Hart                            | given Gerard · prefix 't · family Hart
    Gerard T Hart                            | initials G.T. · given Gerard · family Hart
    Karel s Gravesande                       | given Karel · prefix 's · family Gravesande
    Bob voor in t Holt                       | given Bob · prefix voor in 't · family Holt
    van 't Hof                               | prefix van 't · family Hof
    VAN T HOF                                | prefix van 't · family Hof
    J. v.d. Berg                             | initials J. · prefix v.d. · family Berg
    J. v d Berg                              | initials J. · prefix v.d. · family Berg
    J v/d Berg                               | initials J. · prefix v.d. · family Berg
    J. v. Dijk                               | initials J. · prefix van · family Dijk
    J. V. Dijk                               | initials J.V. · family Dijk
    VAN DER MEER                             | prefix van der · family Meer
    jan van der meer                         | given Jan · prefix van der · family Meer
    Jan Van Der Meer                         | given Jan · prefix van der · family Meer
    IJsbrand van IJssel                      | given IJsbrand · prefix van · family IJssel
    ijsbrand ijzerman                        | given IJsbrand · family IJzerman
    MARY MCDONALD                            | given Mary · family McDonald
    Ronald McDonald                          | given Ronald · family McDonald
    SEAN O'BRIEN                             | given Sean · family O'Brien
    Ahmed al-Sayed                           | given Ahmed · family al-Sayed
    Fatima El Amrani                         | given Fatima · prefix el · family Amrani
    Ben Jansen                               | given Ben · family Jansen
    BEN JANSEN                               | given Ben · family Jansen
    Mohamed Ben Ali                          | given Mohamed · prefix ben · family Ali
    Dr. Hans-Peter von der Heide             | title dr. · given Hans-Peter · prefix von der · family Heide
    Frau Dr. Anna Müller-Lüdenscheidt        | title dr. · given Anna · family Lüdenscheidt · partner Müller · female
    Maria da Silva                           | given Maria · prefix da · family Silva
    José dos Santos                          | given José · prefix dos · family Santos
    Zoë Özil                                 | given Zoë · family Özil
    RENÉE ÇELIK                              | given Renée · family Çelik
    Jan JANSEN                               | given Jan · family Jansen
    Pieter 's-Gravesande                     | given Pieter · family 's-Gravesande
    Willem III                               | given Willem · suffix III
    F. baron van den Aedel                   | title baron · initials F. · prefix van den · family Aedel · male
    Jhr. F. van den Aedel                    | title jhr. · initials F. · prefix van den · family Aedel · male
    Jan de Graaf                             | given Jan · prefix de · family Graaf
    J. Prins                                 | initials J. · family Prins
    Heer, J. de                              | initials J. · prefix de · family Heer
    thomas clifford, 1st baron clifford of chudleigh | given Thomas · family Clifford · suffix 1st Baron Clifford of Chudleigh
    tom 1st baron clifford of chudleigh      | given Tom · family Clifford · suffix 1st Baron Clifford of Chudleigh
    thomas clifford of chudleigh             | given Thomas · family Clifford · suffix of Chudleigh
    thomas of chudleigh                      | given Thomas · family Chudleigh
    weetman pearson, 1st cowdray             | given Weetman · family Pearson · suffix 1st Cowdray
    thomas 1st chudleigh                     | given Thomas · family Chudleigh · name_not_understood
    sir henry churchill maxwell-lyte         | title sir · given Henry Churchill · family Lyte · partner Maxwell · male
    Jan                                      | given Jan
    Jansen                                   | family Jansen
    J.P.                                     | initials J.P.
    Jan P.                                   | initials J.P. · given Jan
    Dhr. Jan                                 | family Jan · male
    Johannes (Jan) de Boer                   | given Johannes · nickname Jan · prefix de · family Boer
    J.P. (Jan) de Boer                       | initials J.P. · nickname Jan · prefix de · family Boer
    Jan de Boer (overleden)                  | given Jan · prefix de · family Boer · deceased
    Jan de Boer - OVERLEDEN                  | given Jan · prefix de · family Boer · deceased
    Jan de Boer overleden                    | given Jan · prefix de · family Boer · deceased
    Jansen Piet                              | given Jansen · family Piet · swapped_names
    Jan de B0er                              | given Jan · prefix de · family B0er · name_not_understood
    jan@mijnpost.nl                          | wrong_field
    06-12345987                              | wrong_field
    van de                                   | prefix van · family De
    -                                        |
";

#[test]
fn fields_for_given_names_are_taken_apart() {
    check(
        "
        Jan               | given Jan
        JAN               | given Jan
        jan willem        | given Jan Willem
        Jan P.            | initials J.P. · given Jan
        J.P.              | initials J.P.
        JP                | initials J.P.
        J                 | initials J.
        Jan-Willem        | given Jan-Willem
        Johannes (Jan)    | given Johannes · nickname Jan
        Jan en Marie      | given Jan · several_persons
        Dhr. Jan          | given Jan · male
        Jo                | given Jo
        ",
        |text| parser::given_names(text, &DUTCH),
    );
}

#[test]
fn fields_for_family_names_are_taken_apart() {
    check(
        "
        Berg                  | family Berg
        van den Berg          | prefix van den · family Berg
        Berg, van den         | prefix van den · family Berg
        Berg van den          | prefix van den · family Berg
        Berg, J. van den      | initials J. · prefix van den · family Berg
        Jansen J.P.           | initials J.P. · family Jansen
        J.P. Jansen           | initials J.P. · family Jansen
        Jan van den Berg      | given Jan · prefix van den · family Berg
        Jansen Bakker         | family Jansen Bakker
        Jansen-de Wit         | prefix de · family Wit · partner Jansen
        Jansen jr.            | family Jansen · suffix jr.
        Dhr. Jansen           | family Jansen · male
        GARCIA LOPEZ          | family Garcia Lopez
        de                    | family De
        Heer                  | family Heer
        ",
        |text| parser::family_name(text, false, &DUTCH),
    );
}

#[test]
fn titles_and_suffixes_become_canonical() {
    check(
        "
        Drs.              | title drs.
        PROF DR           | title prof. dr.
        De heer           | male
        Mevr. drs.        | title drs. · female
        Mr                | male
        Geachte heer      | male
        CEO               | title CEO
        ",
        title::parse,
    );
    check("M.Sc. | suffix MSc\n Jr | suffix jr.\n B. Ed. x | suffix B. Ed. x", name_suffix::parse);
    check(
        "JP | initials J.P.\n j p | initials J.P.\n th. | initials Th.\n Johannes | given Johannes",
        |text| initials::parse(text, &DUTCH),
    );
}

/// A value of each attribute, cleaned as a field of that attribute.
fn again(part: Part, text: &str) -> PersonName {
    match part {
        Part::Title => title::parse(text),
        Part::Initials => initials::parse(text, &DUTCH),
        Part::Given | Part::Nickname => parser::given_names(text, &DUTCH),
        Part::Prefix | Part::PartnerPrefix => family_name_prefix::parse(text),
        Part::Family => parser::family_name(text, true, &DUTCH),
        Part::Partner => parser::partner_name(text),
        Part::Suffix => name_suffix::parse(text),
    }
}

fn is_stable(name: &PersonName) -> Result<(), TestCaseError> {
    for part in Part::ALL {
        let text = &name[part];
        let field = match part {
            Part::Nickname => Part::Given,
            Part::PartnerPrefix => Part::Prefix,
            part => part,
        };
        prop_assert_eq!(text, &again(part, text)[field], "{:?}", part);
    }
    Ok(())
}

#[test]
fn standardised_names_of_the_table_are_stable() {
    for row in FULL_NAMES.lines().filter(|row| row.contains('|')) {
        let (text, _) = row.split_once('|').expect("a row has two columns");
        let name = parser::full_name(text.trim(), &DUTCH);
        is_stable(&name).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

fn name_word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Jan",
        "JANSEN",
        "van",
        "den",
        "de",
        "'t",
        "in",
        "J.P.",
        "J",
        "Berg",
        "Wit",
        "-",
        "dhr.",
        "drs.",
        "MSc",
        "en",
        "jr.",
        "Vries-Bakker",
        "Jansen-de",
        "geb.",
        "(Piet)",
        "1st",
        "baron",
        "of",
        "e.v.",
        "IJssel",
        "mcdonald",
        "o'brien",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "[A-Za-zé][a-zéß]{0,7}"]
}

proptest! {
    #[test]
    fn any_text_is_taken_apart(text in "\\PC{0,60}") {
        let _ = parser::full_name(&text, &DUTCH);
        let _ = parser::given_names(&text, &DUTCH);
        let _ = parser::family_name(&text, false, &DUTCH);
        let _ = parser::partner_name(&text);
        let _ = (title::parse(&text), name_suffix::parse(&text), initials::parse(&text, &DUTCH));
    }

    #[test]
    fn standardised_names_are_stable(words in prop::collection::vec(name_word(), 1..7), comma in 0usize..6) {
        let mut words = words;
        if comma > 0 && comma < words.len() {
            words[comma - 1].push(',');
        }
        is_stable(&parser::full_name(&words.join(" "), &DUTCH))?;
    }
}
