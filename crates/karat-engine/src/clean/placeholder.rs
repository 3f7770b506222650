//! Placeholders: what people type when a field must be filled and they know no value.
//!
//! Which texts are placeholders depends on the kind of value: `0` is a number but no name, `Na` is
//! a family name, `NA` is a country. Words that are also rare names (`Test`, `Geen`, `Leeg`) are
//! placeholders in a name field too; [`only_with_a_given_name`] names those that a record with a
//! real given name may keep.
//!
//! Sources: placeholders seen in customer files, the zero dates of spreadsheets and databases.

use std::sync::LazyLock;

use karat_model::semantic::SemanticType;
use rustc_hash::FxHashMap;

use super::fold::{Folded, fold};

/// How a value is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// It may be a value.
    Genuine,
    /// It is a value, but often stands where none was known: 1 January 1970.
    Doubtful,
    /// It stands where a value should be.
    Placeholder,
}

/// Judges a tidied value of a semantic type.
pub fn judge(value: &str, semantic_type: SemanticType) -> Judgement {
    use SemanticType::*;
    if matches!(semantic_type, BirthDate | Date) {
        return judge_date(value, semantic_type);
    }
    let short = value.len() <= LENGTH_MAX;
    if short && may_be_word(value, semantic_type) && is_word(&fold(value), semantic_type) {
        return Judgement::Placeholder;
    }
    let made_up = match semantic_type {
        Email => is_email(value),
        Phone => is_phone(value),
        Postcode => is_postcode(value),
        KvkNumber | EstablishmentNumber | Rsin | KboNumber | Duns | Iban | VatNumber
        | BagObjectId => is_code(value),
        Identifier => is_repeated(value, |c| c == '0'),
        FullName | PartyName | GivenName | FamilyName | PartnerName | City | Street
        | BirthPlace => short && is_repeated(value, char::is_alphabetic),
        _ => false,
    };
    if made_up { Judgement::Placeholder } else { Judgement::Genuine }
}

/// Whether a trimmed value of any kind only says that there is none: `onbekend`, `n/a`, `-`.
pub fn is_missing(value: &str) -> bool {
    judge(value, SemanticType::Category) == Judgement::Placeholder
}

/// Whether a family name is a placeholder unless the record has a given name: `Test`, `Geen`.
///
/// Such family names exist, but are rarer than the placeholder.
pub fn only_with_a_given_name(family_name: &str) -> bool {
    matches!(&*fold(family_name), "test" | "geen" | "nul" | "leeg" | "na" | "none" | "null")
}

/// Whether a value may be one of the words: addresses and numbers, which are many, are not.
fn may_be_word(value: &str, semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    const DIGITS_MAX: usize = 3;
    let is_of_signs =
        matches!(semantic_type, Email | Phone | Postcode | KvkNumber | Iban | VatNumber);
    let digits = || value.bytes().filter(u8::is_ascii_digit).count();
    !is_of_signs || !value.contains('@') && digits() <= DIGITS_MAX
}

/// The longest placeholder; what is longer is looked at no further.
const LENGTH_MAX: usize = 24;

/// What a placeholder is instead of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// It says that there is no value.
    None,
    /// It says so, but is also the initials or the name of someone, or a country.
    NoneOrName,
    /// It only fills the field.
    Dummy,
    /// It says what the field is for.
    FieldName,
}

const WORDS: &[(Word, &[&str])] = &[
    (Word::NoneOrName, &["na", "n.a.", "n.a", "nn", "n.n."]),
    (
        Word::None,
        &[
            "none",
            "geen",
            "keine",
            "aucun",
            "n.v.t.",
            "n.v.t",
            "nvt",
            "nvt.",
            "n/a",
            "n/b",
            "nb",
            "n.b.",
            "k.a.",
            "niet van toepassing",
            "not applicable",
            "not available",
            "not provided",
            "nicht zutreffend",
            "onbekend",
            "onb.",
            "onbek.",
            "unknown",
            "unbekannt",
            "inconnu",
            "nog onbekend",
            "niet bekend",
            "undefined",
            "unspecified",
            "not known",
            "niet opgegeven",
            "weet niet",
            "null",
            "nil",
            "nan",
            "(null)",
            "#n/a",
            "#n/b",
            "nul",
            "leeg",
            "empty",
            "(blank)",
            "blank",
            "<null>",
            "\\n",
            "invullen",
            "nog invullen",
            "volgt",
            "tbd",
            "t.b.d.",
            "todo",
            "tba",
        ],
    ),
    (
        Word::Dummy,
        &[
            "test",
            "testen",
            "testtest",
            "test123",
            "testing",
            "tester",
            "dummy",
            "asdf",
            "asdfgh",
            "asdfasdf",
            "qwerty",
            "qwertz",
            "azerty",
            "abc",
            "abcd",
            "blabla",
            "lorem ipsum",
            "foo",
            "foobar",
            "voorbeeld",
            "fictief",
        ],
    ),
    (
        Word::FieldName,
        &[
            "naam",
            "name",
            "voornaam",
            "achternaam",
            "first name",
            "firstname",
            "last name",
            "lastname",
            "surname",
            "vorname",
            "nachname",
            "bewoner",
            "bewoners",
            "de bewoner",
            "de bewoners",
            "de heer/mevrouw",
            "anoniem",
            "anonymous",
            "anonym",
            "naamloos",
            "voornaam achternaam",
            "klant",
            "testpersoon",
            "test persoon",
            "test user",
            "testklant",
            "test klant",
            "geen naam",
            "naam onbekend",
            "first name last name",
        ],
    ),
];

static BY_TEXT: LazyLock<FxHashMap<&'static [u8], Word>> = LazyLock::new(|| {
    WORDS
        .iter()
        .flat_map(|(word, texts)| texts.iter().map(move |text| (text.as_bytes(), *word)))
        .collect()
});

/// Whether a value says in words or signs that there is none, or only fills the field.
fn is_word(folded: &Folded, semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    let name = matches!(semantic_type, FullName | PartyName | GivenName | FamilyName | PartnerName);
    let counted = matches!(semantic_type, Number | Flag | Category);
    let found = match BY_TEXT.get(folded.as_bytes()) {
        Some(Word::None) => true,
        Some(Word::NoneOrName) => says_none_as(folded, semantic_type),
        Some(Word::Dummy) => !counted,
        Some(Word::FieldName) => name,
        None => {
            let bytes = folded.as_bytes();
            let signs_only = !bytes.iter().any(u8::is_ascii_alphanumeric);
            let filled = !counted && (matches!(bytes, b"0" | b"00") || is_crossed_out(bytes));
            let words = || folded.split(' ');
            signs_only || filled || name && bytes.contains(&b' ') && words().all(is_dummy)
        }
    };
    let kept_for_the_record =
        found && semantic_type == FamilyName && only_with_a_given_name(folded);
    found && !kept_for_the_record
}

/// Initials, Namibia, and short family names look like `n.a.` and `n.n.`
fn says_none_as(folded: &str, semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    let not_known = folded.starts_with("na") || folded.starts_with("n.a");
    let a_value = match semantic_type {
        Initials => true,
        Country | FamilyName | PartnerName => not_known,
        _ => false,
    };
    !a_value
}

fn is_dummy(word: &str) -> bool {
    BY_TEXT.get(word.as_bytes()) == Some(&Word::Dummy) || is_crossed_out(word.as_bytes())
}

/// `xxx`
fn is_crossed_out(word: &[u8]) -> bool {
    word.len() >= 2 && word.iter().all(|byte| *byte == b'x')
}

/// Whether all characters are the same one of a kind, at least three of them.
fn is_repeated(value: &str, kind: impl Fn(char) -> bool) -> bool {
    let opens_alike =
        matches!(value.as_bytes(), [a, b, _, ..] if a.eq_ignore_ascii_case(b) || !a.is_ascii());
    if !opens_alike {
        return false;
    }
    let mut characters = value.chars();
    let first = characters.next().filter(|&first| kind(first));
    let same = |c: char| first.is_some_and(|first| c.to_lowercase().eq(first.to_lowercase()));
    value.chars().nth(2).is_some() && characters.all(same)
}

fn digits(value: &str) -> impl Iterator<Item = u8> + Clone {
    value.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0')
}

/// Dates that programs store for *no date*, in any order of their parts.
fn judge_date(value: &str, semantic_type: SemanticType) -> Judgement {
    let short = value.len() <= LENGTH_MAX;
    if short && is_word(&fold(value), semantic_type) {
        return Judgement::Placeholder;
    }
    let day = value.split_once(['T', ' ']).map_or(value, |(day, _)| day);
    let all_zero = digits(day).next().is_some() && digits(day).all(|digit| digit == 0);
    if all_zero {
        return Judgement::Placeholder;
    }
    let readings = read_date(day).into_iter().flatten().map(judge_day);
    readings.max().unwrap_or(Judgement::Genuine)
}

/// A year, a month and a day of it; there need not be such a day.
pub type YearMonthDay = (u32, u32, u32);

/// Judges a date that was read, however it was written.
pub fn judge_day(date: YearMonthDay) -> Judgement {
    match date {
        _ if stands_for_no_date(date) => Judgement::Placeholder,
        (1970, 1, 1) => Judgement::Doubtful,
        _ => Judgement::Genuine,
    }
}

/// How an all-numeric date may be read, the year being the part with four digits.
fn read_date(text: &str) -> [Option<YearMonthDay>; 2] {
    let mut parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let parts = [parts.next(), parts.next(), parts.next()];
    let number = |digits: &str| digits.parse().unwrap_or(u32::MAX);
    match parts {
        [Some(date), None, None] if date.len() == 8 => [
            Some((number(&date[..4]), number(&date[4..6]), number(&date[6..]))),
            Some((number(&date[4..]), number(&date[2..4]), number(&date[..2]))),
        ],
        [Some(year), Some(month), Some(day)] if year.len() == 4 => {
            [Some((number(year), number(month), number(day))), None]
        }
        [Some(one), Some(other), Some(year)] if year.len() == 4 => [
            Some((number(year), number(other), number(one))),
            Some((number(year), number(one), number(other))),
        ],
        _ => [None, None],
    }
}

fn stands_for_no_date(date: YearMonthDay) -> bool {
    matches!(
        date,
        (0 | 1, 0 | 1, 0 | 1)
            | (1900, 0 | 1, 0 | 1)
            | (1899, 12, 30 | 31)
            | (1111, 11, 11)
            | (2099 | 2999 | 3000 | 9999, 12, 31)
            | (9999, 9, 9)
            | (9999, 99, 99)
    )
}

fn is_phone(value: &str) -> bool {
    let mut number = [0u8; 20];
    let mut length = 0;
    for digit in digits(value).take(number.len()) {
        number[length] = digit;
        length += 1;
    }
    let mut number = &number[..length];
    if let [0, 0, 3, 1, rest @ ..] | [3, 1, rest @ ..] = number {
        number = rest;
    }
    let number = if let [0, rest @ ..] = number { rest } else { number };
    let subscriber = if let [6, rest @ ..] = number { rest } else { number };
    let same = |digits: &[u8]| digits.iter().all(|digit| *digit == digits[0]);
    let rising = |digits: &[u8]| digits.windows(2).all(|pair| pair[1] == (pair[0] + 1) % 10);
    let falling = |digits: &[u8]| digits.windows(2).all(|pair| pair[0] == (pair[1] + 1) % 10);
    let made_up = |digits: &[u8]| same(digits) || rising(digits) || falling(digits);
    match number.len() {
        0 => false,
        1..=5 => same(number) && length == value.len(),
        // An area code with a made-up number: 020-1234567.
        9 => made_up(number) || made_up(subscriber) || number[2..] == [1, 2, 3, 4, 5, 6, 7],
        _ => made_up(number) || made_up(subscriber),
    }
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.split_once('@') else { return false };
    let (local, domain) = (fold(local), fold(domain));
    let stem = local.trim_end_matches(|c: char| c.is_ascii_digit());
    let says_none = matches!(
        stem,
        "test"
            | "testtest"
            | "geen"
            | "geenmail"
            | "geenemail"
            | "geen.email"
            | "geen-email"
            | "geen.mail"
            | "heeftgeenemail"
            | "onbekend"
            | "unknown"
            | "none"
            | "nomail"
            | "noemail"
            | "no-email"
            | "no.email"
            | "noreply"
            | "no-reply"
            | "donotreply"
            | "niet"
            | "nvt"
            | "n.v.t"
            | "dummy"
            | "anoniem"
            | "voorbeeld"
            | "asdf"
            | "qwerty"
            | "xxx"
            | "xx"
            | "keine"
            | "null"
            | "invalid"
    );
    let reserved = matches!(
        &*domain,
        "example.com"
            | "example.org"
            | "example.net"
            | "example.nl"
            | "voorbeeld.nl"
            | "test.nl"
            | "test.com"
            | "test.test"
            | "geen.nl"
            | "onbekend.nl"
            | "none.com"
            | "invalid.invalid"
    );
    let label = domain.split('.').next().unwrap_or_default();
    let generic = local.len() <= 3 || matches!(stem, "info" | "mail" | "email");
    let says_the_same_twice = *local == *label && generic;
    says_none || reserved || says_the_same_twice
}

/// `1234AB` and other made-up postal codes; 1234 is no Dutch area and 9999ZZ was never given out.
fn is_postcode(value: &str) -> bool {
    let squashed = super::fold::squash(value);
    let zeros = squashed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let all_zero = zeros.len() >= 4 && zeros.bytes().all(|byte| byte == b'0');
    all_zero || matches!(&*squashed, "1234ab" | "1234xx" | "9999zz" | "9999xx" | "99999")
}

/// Numbers that only fill the field: one digit over and over, or the digits in order.
fn is_code(value: &str) -> bool {
    let mut number = digits(value);
    let Some(first) = number.next() else { return false };
    let count = digits(value).count();
    let same = number.clone().all(|digit| digit == first);
    let rising = first <= 1
        && number.scan(first, |at, d| Some((std::mem::replace(at, d) + 1) % 10 == d)).all(|ok| ok);
    count >= 6 && (same || rising)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Judgement::*;
    use SemanticType::{
        BirthDate, City, Country, Email, FamilyName, Flag, FullName, GivenName, HouseNumber, Iban,
        Identifier, Initials, KvkNumber, Number, Phone, Postcode, Text,
    };

    #[test]
    fn placeholders_are_told_from_values() {
        for (semantic_type, values, expected) in [
            (
                Text,
                "test n.v.t. nvt n/a na onbekend unknown unbekannt xxx XXX - . ? null none geen leeg dummy asdf 0",
                Placeholder,
            ),
            (Text, "testament nationaal xl x nvtb", Genuine),
            (Number, "- n/a onbekend", Placeholder),
            (Number, "0 00 111 -1", Genuine),
            (Flag, "? n/a", Placeholder),
            (Flag, "0 n nee", Genuine),
            (HouseNumber, "0 -", Placeholder),
            (HouseNumber, "1 111 12a", Genuine),
            (Initials, "- nvt", Placeholder),
            (Initials, "N.A. NA N.N.", Genuine),
            (Country, "Onbekend ??", Placeholder),
            (Country, "NA NL", Genuine),
            (GivenName, "Test test xxx aaa Voornaam onbekend . Geen", Placeholder),
            (GivenName, "Tess Xander Aa Jan Ada", Genuine),
            (FamilyName, "Onbekend Achternaam xx bbb ?", Placeholder),
            (FamilyName, "Geen Test Nul Na Onbekender", Genuine),
            (City, "Onbekend xxx aaaa", Placeholder),
            (City, "Ee Oss Aa", Genuine),
            (
                BirthDate,
                "01-01-1900 1900-01-01 9999-12-31 31-12-9999 01-01-0001 0001-01-01T00:00:00 0000-00-00 00000000 19000101 1899-12-30 onbekend",
                Placeholder,
            ),
            (BirthDate, "1970-01-01 01-01-1970 1/1/1970T0", Doubtful),
            (BirthDate, "1900-01-02 01-02-1970 31-12-1999 19991231 12-31-1985 1985", Genuine),
            (
                Phone,
                "0612345678 06-12345678 0600000000 +31612345678 1234567890 0123456789 1111111111 020-1234567 0 0000000000",
                Placeholder,
            ),
            (Phone, "0612345687 0201234568 112 088-1234560 +32470123456", Genuine),
            (
                Email,
                "test@test.nl info@info.nl noreply@bedrijf.nl geen@email.nl x@x.nl test12@mijn.nl jan@example.com aa@aa.nl geen",
                Placeholder,
            ),
            (Email, "jansen@jansen.nl info@jansen.nl testa@mijn.nl tess@tess.nl", Genuine),
            (Postcode, "1234AB 0000AA 0000 00000 9999ZZ", Placeholder),
            (Postcode, "1234AC 1111AA 9999XL 1000AA 12345", Genuine),
            (KvkNumber, "12345678 00000000 99999999 nvt", Placeholder),
            (KvkNumber, "12345687 01234568", Genuine),
            (Iban, "NL00XXXX0000000000", Placeholder),
            (Iban, "NL91ABNA0417164300", Genuine),
            (Identifier, "0 000000 nvt", Placeholder),
            (Identifier, "123456 111111 10", Genuine),
        ] {
            for value in values.split(' ') {
                assert_eq!(
                    judge(value, semantic_type),
                    expected,
                    "{} {value}",
                    semantic_type.name()
                );
            }
        }
    }

    #[test]
    fn placeholders_of_several_words() {
        for value in ["Test Test", "test test test", "de bewoner", "niet van toepassing", "- -"] {
            assert_eq!(judge(value, FullName), Placeholder, "{value}");
        }
        for value in ["Jan Test", "De Bewonder", "Jan Geen"] {
            assert_eq!(judge(value, FullName), Genuine, "{value}");
        }
    }
}
