//! Tables of two records and the levels that they reach: beside each agreement its near miss.

use super::*;
use crate::matching::fixture::table;
use crate::matching::matrix::{Matrix, Scratch};

/// Checks the level that pairs of records reach in one comparison, among `others` that make some
/// words common.
fn check(
    entity_type: EntityType,
    comparison: &str,
    columns: &[AttributeId],
    others: &[&str],
    pairs: &[(&str, &str, &str)],
) {
    let attributes = AttributeSet::builtin();
    let rows = pairs.iter().flat_map(|(left, right, _)| [left, right]).chain(others);
    let table = table(entity_type, columns, rows.copied());
    let all = comparisons(&table, &attributes, columns, Phonetics::Dutch, &|_| None);
    let at = all.iter().position(|known| known.name() == comparison).expect("a comparison");
    let matrix = Matrix::build(&all, table.len());
    let mut scratch = Scratch::new(all.len());
    let mut level = |left: u32, right: u32| {
        let compared = matrix.compare(&all, left, right, &mut scratch)[at];
        all[at].levels()[compared.level as usize].label[0]
    };
    for (number, (left, right, expected)) in (0..).zip(pairs) {
        let (first, second) = (2 * number, 2 * number + 1);
        assert_eq!(level(first, second), *expected, "{left} and {right}");
        assert_eq!(level(second, first), *expected, "{right} and {left}");
    }
}

fn check_given_names(pairs: &[(&str, &str, &str)]) {
    let columns = [AttributeId::GIVEN_NAME, AttributeId::INITIALS, AttributeId::FAMILY_NAME];
    check(EntityType::Person, "given_name", &columns, &[], pairs);
}

#[test]
fn given_names() {
    check_given_names(&[
        ("Anna         |      | Visser", "Anna       |      | Visser", "same"),
        ("Anna         |      | Visser", "Bram       |      | Visser", "different"),
        (
            "Anna Maria   |      | Visser",
            "Anna       |      | Visser",
            "first name same, others differ",
        ),
        ("Anna Maria   |      | Visser", "Maria      |      | Visser", "alike"),
        ("Anna Maria   |      | Visser", "Petra      |      | Visser", "different"),
        ("Jan-Willem   |      | Visser", "Jan Willem |      | Visser", "same"),
        (
            "Jan-Willem   |      | Visser",
            "Jan        |      | Visser",
            "first name same, others differ",
        ),
        ("Gijsbertus   |      | Visser", "Bert       |      | Visser", "nickname"),
        ("William      |      | Visser", "Bill       |      | Visser", "nickname"),
        ("Katharina    |      | Visser", "Kathi      |      | Visser", "nickname"),
        ("Antoinette   |      | Visser", "Toinette   |      | Visser", "nickname"),
        ("William      |      | Visser", "Bob        |      | Visser", "different"),
        (
            "Willemijn    |      | Visser",
            "Wilemijn   |      | Visser",
            "a letter off, or part of it",
        ),
        (
            "Sebastiaan   |      | Visser",
            "Sebas      |      | Visser",
            "a letter off, or part of it",
        ),
        ("Jan          |      | Visser", "Jos        |      | Visser", "different"),
        (
            "Yvonne       |      | Visser",
            "Ivonne     |      | Visser",
            "a letter off, or part of it",
        ),
        ("Anna         |      | Visser", "           | A.B. | Visser", "initial agrees"),
        ("A            |      | Visser", "Anna       |      | Visser", "initial agrees"),
        ("Anna         |      | Visser", "           | B.   | Visser", "initial differs"),
        ("Anna         |      | Visser", "           |      | Visser", "not known"),
        (
            "Visser       |      | Anna  ",
            "Anna       |      | Visser",
            "given name and family name swapped",
        ),
        ("Visser       |      | Bram  ", "Anna       |      | Visser", "different"),
    ]);
}

#[test]
fn family_names() {
    let columns =
        [AttributeId::FAMILY_NAME_PREFIX, AttributeId::FAMILY_NAME, AttributeId::PARTNER_NAME];
    check(
        EntityType::Person,
        "name",
        &columns,
        &[],
        &[
            ("        | Visser       |       ", "        | Visser      |       ", "same"),
            ("        | Visser       |       ", "        | Bakker      |       ", "different"),
            ("van den | Berg         |       ", "van den | Berg        |       ", "same"),
            (
                "van den | Berg         |       ",
                "        | Berg        |       ",
                "same, but for the prefix",
            ),
            (
                "van den | Berg         |       ",
                "van der | Berg        |       ",
                "same, but for the prefix",
            ),
            (
                "van den | Berg         |       ",
                "        | Vandenberg  |       ",
                "sounds alike, or part of it",
            ),
            (
                "van     | Dijk         |       ",
                "        | Vandijk     |       ",
                "sounds alike, or part of it",
            ),
            ("van den | Berg         |       ", "        | Vandenbos   |       ", "different"),
            (
                "        | Meijer       |       ",
                "        | Meyer       |       ",
                "sounds alike, or part of it",
            ),
            (
                "        | Dirks        |       ",
                "        | Dierckx     |       ",
                "sounds alike, or part of it",
            ),
            (
                "        | Kuijpers     |       ",
                "        | Cuypers     |       ",
                "sounds alike, or part of it",
            ),
            ("        | Kuijpers     |       ", "        | Kramers     |       ", "different"),
            ("        | Jansen       |       ", "        | Janssen     |       ", "a letter off"),
            ("        | Jansen       |       ", "        | Jnasen      |       ", "a letter off"),
            ("        | Bos          |       ", "        | Vos         |       ", "different"),
            (
                "        | Visser       | Bakker",
                "        | Bakker      |       ",
                "name of the partner",
            ),
            (
                "        | Visser       | Bakker",
                "        | Bakker      | Visser",
                "name of the partner",
            ),
            ("        | Visser       | Bakker", "        | Dekker      |       ", "different"),
            (
                "        | Garcia Lopez |       ",
                "        | Lopez       |       ",
                "sounds alike, or part of it",
            ),
            ("        |              |       ", "        | Visser      |       ", "not known"),
        ],
    );
}

const DOOR: [AttributeId; 6] = [
    AttributeId::STREET,
    AttributeId::HOUSE_NUMBER,
    AttributeId::HOUSE_NUMBER_ADDITION,
    AttributeId::POSTCODE,
    AttributeId::CITY,
    AttributeId::ADDRESS_EXTRA,
];

fn check_addresses(pairs: &[(&str, &str, &str)]) {
    check(EntityType::Person, "address", &DOOR, &[], pairs);
}

#[test]
fn houses() {
    check_addresses(&[
        ("Kerkstraat |12| |1234AB|Zwolle", "Kerkstraat |12| |1234AB|Zwolle", "same address"),
        ("           |12| |1234AB|      ", "Kerkstraat |12| |1234AB|Zwolle", "same address"),
        ("Kerkstraat |12| |      |Zwolle", "Kerkstraat |12| |1234AB|Zwolle", "same address"),
        ("Kerkstraat |12| |8011XK|Zwolle", "Kerkstraat |12| |4811AB|Breda ", "different"),
        ("Kerkstraat |12| |      |Zwolle", "Kerkstraat |12| |      |Breda ", "different"),
        (
            "Kerkstraat |12|A|1234AB|Zwolle",
            "Kerkstraat |12|B|1234AB|Zwolle",
            "same house, another unit",
        ),
        ("Kerkstraat |12|A|1234AB|Zwolle", "Kerkstraat |12| |1234AB|Zwolle", "same address"),
        (
            "Kerkstraat |12| |1234AB|Zwolle",
            "Kerkstraat |40| |1234AC|Zwolle",
            "same street or postal code",
        ),
        (
            "Kerkstraat |12| |1234AB|Zwolle",
            "Dorpsplein |40| |1234AB|Zwolle",
            "same street or postal code",
        ),
        ("Kerkstraat |12| |8011XK|Zwolle", "Dorpsplein |40| |8044PP|Zwolle", "same city"),
        ("Kerkstraat |12| |8011XK|Zwolle", "Dorpsplein |40| |4811AB|Breda ", "different"),
        (
            "Kerkstraat |12| |1234AB|Zwolle",
            "Kerkstrat  |12| |1234AC|Zwolle",
            "a letter or digit off",
        ),
        (
            "Kerkstraat |  | |1234AB|Zwolle",
            "Kerkstraat |12| |1234AB|Zwolle",
            "same postal code, as far as known",
        ),
        ("           |  | |      |      ", "Kerkstraat |12| |1234AB|Zwolle", "not known"),
    ]);
}

#[test]
fn ranges_of_house_numbers() {
    check_addresses(&[
        ("Kerkstraat |12|14|1234AB|Zwolle", "Kerkstraat |12|  |1234AB|Zwolle", "same address"),
        ("Kerkstraat |12|14|1234AB|Zwolle", "Kerkstraat |14|  |1234AB|Zwolle", "same address"),
        ("Kerkstraat |12|16|1234AB|Zwolle", "Kerkstraat |14|  |1234AB|Zwolle", "same address"),
        (
            "Kerkstraat |12|16|1234AB|Zwolle",
            "Kerkstraat |13|  |1234AB|Zwolle",
            "same street or postal code",
        ),
        (
            "Kerkstraat |12|16|1234AB|Zwolle",
            "Kerkstraat |18|  |1234AB|Zwolle",
            "same street or postal code",
        ),
        (
            "Kerkstraat |12| 2|1234AB|Zwolle",
            "Kerkstraat | 2|  |1234AB|Zwolle",
            "same street or postal code",
        ),
    ]);
}

#[test]
fn boxes_and_addresses_in_care() {
    check_addresses(&[
        ("Postbus    |15| |8000AB|Zwolle", "Postbus    |15| |8000AB|Zwolle", "same address"),
        ("Postbus    |15| |8000AB|Zwolle", "Postbus    |15| |      |Zwolle", "same address"),
        ("Postbus    |15| |8000AB|Zwolle", "Postbus    |15| |4800AB|Breda ", "different"),
        (
            "Postbus    |15| |8000AB|Zwolle",
            "Postbus    |16| |8000AB|Zwolle",
            "same street or postal code",
        ),
        ("Postbus    |15| |8000AB|Zwolle", "Postbus    |16| |8000CD|Zwolle", "same city"),
        ("Postbus    |15| |8000AB|Zwolle", "Kerkstraat |12| |8011XK|Zwolle", "same city"),
        ("Postbus    |15| |8000AB|Zwolle", "Kerkstraat |12| |4811AB|Breda ", "not known"),
        (
            "Kerkstraat |12| |8011XK|Zwolle|c/o Jansen",
            "Kerkstraat |12| |8011XK|Zwolle",
            "same address, in care of somebody",
        ),
        (
            "Kerkstraat |12| |8011XK|Zwolle|c/o Jansen",
            "Dorpsplein |40| |4811AB|Breda ",
            "not known",
        ),
        (
            "Kerkstraat |12| |8011XK|Zwolle|Gebouw B  ",
            "Dorpsplein |40| |4811AB|Breda ",
            "different",
        ),
    ]);
}

#[test]
fn the_best_of_several_addresses_counts() {
    check_addresses(&[
        (
            "Dorpsplein + Kerkstraat |40 + 12||4811AB + 8011XK|Breda + Zwolle",
            "Kerkstraat |12| |8011XK|Zwolle",
            "same address",
        ),
        (
            "Dorpsplein + Kerkstraat |40 + 12||4811AB + 8011XK|Breda + Zwolle",
            "Kerkstraat |12| |4811AB|Breda",
            "same street or postal code",
        ),
    ]);
}

#[test]
fn company_names() {
    const LETTER_OFF: &str = "a letter off, or the words in another order";
    let others: Vec<String> = ["Bakkerij", "Garage", "Bouw", "Jansen", "Advies", "Studio"]
        .iter()
        .flat_map(|word| (0..20).map(move |at| format!("{word} Naam{at}x")))
        .collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    check(
        EntityType::Organisation,
        "company_name",
        &[AttributeId::COMPANY_NAME],
        &others,
        &[
            ("Bakkerij Quist", "Bakkerij Quist", "same"),
            ("Bakkerij Quist", "Quist Bakkerij", "a letter off, or the words in another order"),
            ("Bakkerij Quist", "Bakkerij Qiust", "a letter off, or the words in another order"),
            ("Quist & Zonen", "Quist en Zonen", "a letter off, or the words in another order"),
            ("Bakkerij Quist", "Quist", "the other with words added"),
            ("Quist", "Quist Transport", "the other with words added"),
            ("Bakkerij Quist t.a.v. crediteuren", "Bakkerij Quist", LETTER_OFF),
            ("Bakkerij Quist afd. Inkoop", "Bakkerij Quist afd. Verkoop", LETTER_OFF),
            ("Bakkerij Quist Afdeling", "Bakkerij Quist", "the other with words added"),
            ("Quist Int. Handel", "Quist International Handel", "mostly the same words"),
            ("Bakkerij Jansen Almelo", "Bakkerij Jansen Ootmarsum", "different"),
            ("Vreugdenberg Almelo", "Vreugdenberg Ootmarsum", "shares a rare word"),
            ("Bakkerij Quist", "Bakkerij Naam3x", "different"),
            ("Quist", "Quist Holding", "another company of the same group"),
            ("Quist Vastgoed", "Quist Holding", "another company of the same group"),
            ("Quist Vastgoed", "Jansen Holding", "different"),
            ("Quist Holding", "Quist Holdings", "a letter off, or the words in another order"),
            ("Studio 54", "Studio 55", "different"),
            ("Studio 54", "Studio54", "a letter off, or the words in another order"),
            ("NSB", "Noordelijke Staal Betonwerken", "abbreviation"),
            ("NSB", "Noordelijke Staal Fabrieken", "different"),
            ("Installatiebedrijf Oost", "Instalatiebedrijf van Oost", "the other with words added"),
        ],
    );
}

#[test]
fn e_mail_addresses_phones_and_identifiers_of_which_there_are_several() {
    let person = EntityType::Person;
    check(
        person,
        "email",
        &[AttributeId::EMAIL],
        &[],
        &[
            ("anna@a.example + visser@b.example", "visser@b.example", "same"),
            ("anna@a.example + visser@b.example", "visser@c.example", "another provider"),
            ("anna@a.example + visser@b.example", "bakker@b.example", "different"),
        ],
    );
    check(
        person,
        "phone",
        &[AttributeId::PHONE],
        &[],
        &[
            ("+31612345678", "0612345678", "one digit off, or without the code before it"),
            ("+31612345678", "+31687654321", "different"),
        ],
    );
    check(
        EntityType::Organisation,
        "email",
        &[AttributeId::EMAIL, AttributeId::WEBSITE],
        &[],
        &[
            ("info@quist.nl", "info@quist.nl", "same"),
            ("info@quist.nl", "j.jansen@quist.nl", "same domain"),
            ("info@quist.nl", "jansen@mail.quist.nl", "same domain"),
            ("info@quist.nl", "| quist.nl/contact", "same domain"),
            ("| quist.nl", "| quist.nl", "same domain"),
            ("info@quist.nl", "info@jansenbouw.nl", "different"),
            ("info@quistbouw.nl", "info@quistbouw.com", "not known"),
            ("anna.quist@gmail.com", "anna.qiust@gmail.com", "the address a letter off"),
            (
                "anna.quist@gmail.com",
                "jansen@gmail.com",
                "another mailbox, at a provider that many use",
            ),
            (
                "anna.quist@gmail.com",
                "info@quist.nl",
                "another mailbox, at a provider that many use",
            ),
            ("anna.quist@gmail.com", "| quist.nl", "another mailbox, at a provider that many use"),
            ("anna.quist@gmail.com + info@quist.nl", "facturen@quist.nl", "same domain"),
        ],
    );
    check(
        EntityType::Organisation,
        "kvk_number",
        &[AttributeId::KVK_NUMBER],
        &[],
        &[
            ("12345678", "12345678", "same"),
            ("12345678", "12345679", "different"),
            ("12345678", "12354678", "one character off"),
        ],
    );
    check(
        EntityType::Organisation,
        "legal_form",
        &[AttributeId::LEGAL_FORM],
        &[],
        &[
            ("BV", "BV", "same"),
            ("BV", "NV", "different"),
            ("BVBA", "BV", "the same in another language, or its successor"),
            ("BV", "", "not known"),
        ],
    );
}
