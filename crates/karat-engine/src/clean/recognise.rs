//! Recognises what the columns of a file mean, from their headers and from their content.
//!
//! A header is believed unless its column clearly holds something else. Then the columns are looked
//! at together: which one is the id, which parts form one address, whether `naam` is a person.

use karat_model::attribute::AttributeSet;
use karat_model::profile::ColumnProfile;
use karat_model::semantic::SemanticType;

use super::headers::{self, Header, Sureness};
use super::kinds::{self, HOUSE_NUMBER_BESIDE_STREET, KINDS, Kind};
use super::output::Context;
use super::person_name::{family_name_prefix, given_name};
use super::placeholder::{Judgement, judge};
use super::{company_name, date, flag, fold, number};

/// What a column means, as far as can be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Recognition {
    /// The number of the column.
    pub column: usize,
    /// What its values mean.
    pub semantic_type: SemanticType,
    /// The name of the attribute, where the semantic type needs one.
    pub attribute: Option<String>,
    /// Which address, phone or e-mail of the record.
    pub slot: u8,
    /// How sure it is, between 0 and 1.
    pub confidence: f32,
    /// Whether the header says so.
    pub by_header: bool,
    /// Whether the content says so.
    pub by_content: bool,
}

/// Recognises all columns of a file, in their order.
pub fn recognise(columns: &[ColumnProfile], context: &Context) -> Vec<Recognition> {
    let columns: Vec<Column> = columns.iter().map(Column::new).collect();
    let headless = columns.iter().all(|column| column.header.kind.is_none());
    let mut found: Vec<Recognition> = columns
        .iter()
        .enumerate()
        .map(|(number, column)| Recognition {
            column: number,
            ..column.recognise(headless, context)
        })
        .collect();
    settle_names(&columns, &mut found, context);
    settle_addresses(&columns, &mut found, context);
    settle_source_id(&columns, &mut found, headless);
    number_addresses(&columns, &mut found);
    number_contacts(&mut found);
    name_attributes(&columns, &mut found);
    found
}

/// The share below which the content contradicts the header.
const CONTRADICTION_SHARE_MAX: f32 = 0.2;

/// The share of values from which dates are recognised: some are always wrong.
const DATE_SHARE_MIN: f32 = 0.85;

/// The share of values from which other custom types are recognised.
const CUSTOM_SHARE_MIN: f32 = 0.95;

/// The most spellings of yes and no that one column has: `ja`, `J`, `1`, `nee`, `N`, `0`.
const FLAG_SPELLINGS_MAX: u64 = 8;

/// A column with what its header says and what can be asked of its content.
struct Column<'a> {
    profile: &'a ColumnProfile,
    header: Header,
    /// Its values and how often they come, without placeholders.
    values: Vec<(&'a str, u64)>,
}

impl<'a> Column<'a> {
    fn new(profile: &'a ColumnProfile) -> Column<'a> {
        let top = profile.top.iter().map(|(value, count)| (value.trim(), *count));
        let frequent = |value: &&String| profile.top.iter().any(|(known, _)| known == *value);
        let sample =
            profile.sample.iter().filter(|value| !frequent(value)).map(|value| (value.trim(), 1));
        let is_value = |(value, _): &(&str, u64)| {
            !value.is_empty() && judge(value, SemanticType::Category) == Judgement::Genuine
        };
        Column {
            profile,
            header: headers::read(&profile.header),
            values: top.chain(sample).filter(is_value).collect(),
        }
    }

    /// The share of values for which a test holds; frequent values count for more.
    fn share(&self, test: impl Fn(&str) -> bool) -> f32 {
        let all: u64 = self.values.iter().map(|(_, count)| count).sum();
        let held: u64 =
            self.values.iter().filter(|(value, _)| test(value)).map(|(_, count)| count).sum();
        if all == 0 { 0.0 } else { held as f32 / all as f32 }
    }

    fn share_of(&self, kind: &Kind, context: &Context) -> f32 {
        self.share(|value| (kind.resembles)(value, context))
    }

    /// The kind that the content tells best, if any does well enough.
    fn kind_by_content(&self, context: &Context) -> Option<(&'static Kind, f32)> {
        let mut best: Option<(&'static Kind, f32)> = None;
        for kind in KINDS {
            let Some(share_min) = kind.share_min else {
                continue;
            };
            let share = self.share_of(kind, context);
            // Digits alone may be anything.
            let telling = kind.semantic_type != SemanticType::Postcode
                || self.share(|value| value.bytes().any(|byte| byte.is_ascii_alphabetic())) > 0.5;
            let better = telling && best.is_none_or(|(_, best)| share > best);
            if share >= share_min && better {
                best = Some((kind, share));
            }
        }
        best
    }

    fn recognise(&self, headless: bool, context: &Context) -> Recognition {
        let by_content = self.kind_by_content(context);
        let Some(kind) = self.header.kind else {
            return match by_content {
                Some((kind, share)) => recognition(kind.semantic_type, 0.6 * share, false, true),
                None => self.custom_type(headless, context),
            };
        };
        let share = self.share_of(kind, context);
        let empty = self.values.is_empty();
        let contradicted = !empty && share < CONTRADICTION_SHARE_MAX;
        let other = by_content.filter(|(other, _)| other.semantic_type != kind.semantic_type);
        if let Some((other, other_share)) = other {
            let only_within = self.header.sureness == Sureness::Within && other_share > share;
            let overruled = other.unmistakable
                && !is_about_the_record(kind.semantic_type)
                && other_share > 2.0 * share;
            if contradicted && (other.unmistakable || only_within) || overruled {
                return recognition(other.semantic_type, 0.5 * other_share, false, true);
            }
        }
        let doubted = contradicted
            && (self.header.sureness == Sureness::Within || has_no_other_form(kind.semantic_type));
        if doubted {
            return self.custom_type(headless, context);
        }
        let sureness = match self.header.sureness {
            Sureness::Whole => 1.0,
            Sureness::AtEnd => 0.9,
            Sureness::Within | Sureness::Nothing => 0.75,
        };
        let supported = !empty && share >= kind.share_min.unwrap_or(0.5);
        // A rare name is a name all the same, but what is no e-mail address is none.
        let least = if kind.unmistakable { 0.6 } else { 0.8 };
        let confidence =
            sureness * if supported || empty { 0.95 } else { least + (0.9 - least) * share };
        recognition(kind.semantic_type, confidence, true, supported)
    }

    /// The type of a column that is no part of what Karat knows of customers.
    fn custom_type(&self, headless: bool, context: &Context) -> Recognition {
        let folded = &self.header.folded;
        let date = self.share(|value| date::resembles(value, context)) >= DATE_SHARE_MIN;
        let number = self.share(|value| number::resembles(value, context)) >= CUSTOM_SHARE_MIN;
        let flag = self.share(|value| flag::resembles(value, context)) >= CUSTOM_SHARE_MIN
            && self.profile.distinct <= FLAG_SPELLINGS_MAX;
        let digits = self.share(|value| value.bytes().any(|byte| byte.is_ascii_digit())) > 0.5;
        let id = headers::names_an_id(folded) && digits;
        let repeated =
            self.profile.filled >= 3 * self.profile.distinct && self.profile.distinct > 0;
        let short = self.profile.length_min_max.1 <= 60;
        let semantic_type = if self.values.is_empty() {
            SemanticType::Text
        } else if date && headless && self.tells_births(context) {
            SemanticType::BirthDate
        } else if date {
            SemanticType::Date
        } else if flag {
            SemanticType::Flag
        } else if id {
            SemanticType::Identifier
        } else if number {
            SemanticType::Number
        } else if repeated && short {
            SemanticType::Category
        } else {
            SemanticType::Text
        };
        recognition(semantic_type, 0.4, false, true)
    }

    /// Whether the years are spread as those of births are: from before 1990, over twenty years.
    fn tells_births(&self, context: &Context) -> bool {
        let years = || {
            self.values
                .iter()
                .filter_map(|(value, _)| Some(date::calendar_date(value, context)?.year()))
        };
        match (years().min(), years().max()) {
            (Some(first), Some(last)) => first < 1990 && last - first >= 20,
            _ => false,
        }
    }

    /// Whether records have values of their own: a few may lack one or share one by mistake.
    fn is_unique(&self) -> bool {
        let ColumnProfile { rows, filled, distinct, .. } = *self.profile;
        let almost_all = |part: u64, of: u64| part * 100 >= of * 97;
        almost_all(filled, rows) && almost_all(distinct, filled)
    }
}

fn recognition(
    semantic_type: SemanticType,
    confidence: f32,
    by_header: bool,
    by_content: bool,
) -> Recognition {
    Recognition {
        column: 0,
        semantic_type,
        attribute: None,
        slot: 0,
        confidence,
        by_header,
        by_content,
    }
}

fn is_about_the_record(semantic_type: SemanticType) -> bool {
    semantic_type.is_metadata() && semantic_type != SemanticType::PartyKind
}

/// Whether a value of the type always has its form, so that other values are something else.
fn has_no_other_form(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    matches!(semantic_type, UpdatedAt | PartyKind | NameUsage | Gender | HouseNumber | LegalForm)
}

/// From which share of names of companies names are of persons and companies.
const COMPANIES_MIN: f32 = 0.02;

/// Tells persons from companies in `naam`, and family names from whole names.
fn settle_names(columns: &[Column], found: &mut [Recognition], context: &Context) {
    let has = |found: &[Recognition], wanted| found.iter().any(|one| one.semantic_type == wanted);
    let given = has(found, SemanticType::GivenName);
    let family = has(found, SemanticType::FamilyName);
    let company = has(found, SemanticType::CompanyName);
    for (column, one) in columns.iter().zip(found.iter_mut()) {
        let companies = || column.share(company_name::is_company);
        match one.semantic_type {
            SemanticType::PartyName if given && !family && !company => {
                one.semantic_type = SemanticType::FamilyName
            }
            SemanticType::PartyName => {
                one.by_content = !column.values.is_empty();
                one.semantic_type = match companies() {
                    0.8.. if !given => SemanticType::CompanyName,
                    COMPANIES_MIN.. => SemanticType::PartyName,
                    _ if given && company => SemanticType::PartyName,
                    _ => SemanticType::FullName,
                };
            }
            // Who calls is mostly a person.
            SemanticType::FullName if !one.by_header && companies() >= COMPANIES_MIN => {
                one.semantic_type = SemanticType::PartyName;
            }
            SemanticType::CompanyName
                if column.header.folded == "firma"
                    && column.share(|value| flag::resembles(value, context)) > 0.9 =>
            {
                one.semantic_type = SemanticType::Flag;
            }
            _ => {}
        }
    }
    let nicknames = (SemanticType::GivenName, u8::from(given));
    settle_by_header(columns, found, given_name::NICKNAME_HEADERS, nicknames);
    let partner_prefixes = (SemanticType::FamilyNamePrefix, 1);
    settle_by_header(columns, found, family_name_prefix::PARTNER_HEADERS, partner_prefixes);
}

/// Gives columns with one of these headers a type and a slot.
fn settle_by_header(
    columns: &[Column],
    found: &mut [Recognition],
    headers: &[&str],
    (semantic_type, slot): (SemanticType, u8),
) {
    for (column, one) in columns.iter().zip(found.iter_mut()) {
        let squashed = fold::squash(&column.header.folded);
        if headers.iter().any(|header| *fold::squash(header) == *squashed) {
            let by_content = one.by_content && one.semantic_type == semantic_type;
            *one = Recognition {
                column: one.column,
                slot,
                ..recognition(semantic_type, 0.9, true, by_content)
            };
        }
    }
}

/// Tells lines, streets and whole addresses apart, and finds the house number beside a street.
fn settle_addresses(columns: &[Column], found: &mut [Recognition], context: &Context) {
    for at in 0..found.len() {
        let header = &columns[at].header;
        let beside_street = at > 0
            && matches!(
                found[at - 1].semantic_type,
                SemanticType::Street | SemanticType::AddressLine
            )
            && columns[at].share(|value| {
                value.starts_with(|c: char| c.is_ascii_digit()) && value.len() <= 10
            }) > 0.8;
        let last_word = header.folded.rsplit('_').next().unwrap_or_default();
        let number = HOUSE_NUMBER_BESIDE_STREET.contains(&last_word)
            && !columns[at].profile.header.is_empty()
            && header.sureness != Sureness::Whole;
        if number && beside_street {
            found[at] = Recognition {
                column: at,
                ..recognition(SemanticType::HouseNumber, 0.8, true, true)
            };
        }
    }
    for at in 0..found.len() {
        let column = &columns[at];
        let same_group = |other: usize| columns[other].header.group == column.header.group;
        let has_number = (0..found.len()).any(|other| {
            same_group(other) && found[other].semantic_type == SemanticType::HouseNumber
        });
        let share = |semantic_type| {
            kinds::of(semantic_type).map_or(0.0, |kind| column.share_of(kind, context))
        };
        found[at].semantic_type = match found[at].semantic_type {
            SemanticType::AddressLine | SemanticType::Street
                if share(SemanticType::FullAddress) >= 0.5 =>
            {
                SemanticType::FullAddress
            }
            SemanticType::AddressLine if has_number => SemanticType::Street,
            SemanticType::Street if !has_number && share(SemanticType::AddressLine) >= 0.5 => {
                SemanticType::AddressLine
            }
            SemanticType::Postcode | SemanticType::City
                if share(SemanticType::PostcodeCity) >= 0.5 =>
            {
                SemanticType::PostcodeCity
            }
            SemanticType::Title if share(SemanticType::JobTitle) >= 0.5 => SemanticType::JobTitle,
            other => other,
        };
        // A second line with a town of its own is a second address.
        let second_line = found[at].semantic_type == SemanticType::AddressExtra
            && column.header.number.is_some_and(|number| number >= 2);
        let second_town = (0..found.len()).any(|other| {
            columns[other].header.number == column.header.number
                && matches!(
                    found[other].semantic_type,
                    SemanticType::City | SemanticType::Postcode | SemanticType::PostcodeCity
                )
        });
        if second_line && second_town {
            found[at].semantic_type = SemanticType::AddressLine;
        }
    }
}

/// Picks the one column that identifies the records; other ids become identifiers of the customer.
fn settle_source_id(columns: &[Column], found: &mut [Recognition], headless: bool) {
    let claims_to_be = |one: &Recognition| one.semantic_type == SemanticType::SourceId;
    let rank = |at: usize| {
        let whole = kinds::SOURCE_ID
            .iter()
            .position(|known| *fold::squash(known) == *fold::squash(&columns[at].header.folded));
        whole.unwrap_or(kinds::SOURCE_ID.len() + at)
    };
    let candidates = (0..found.len()).filter(|&at| {
        let id = claims_to_be(&found[at])
            || found[at].semantic_type == SemanticType::Identifier
                && headers::names_an_id(&columns[at].header.folded);
        id && columns[at].is_unique()
    });
    let codes = |at: usize| {
        columns[at]
            .share(|value| value.bytes().any(|byte| byte.is_ascii_digit()) && !value.contains(' '))
            >= CUSTOM_SHARE_MIN
    };
    let first_of_headless = || {
        let custom = matches!(
            found.first()?.semantic_type,
            SemanticType::Text | SemanticType::Number | SemanticType::Identifier
        );
        (headless && custom && columns[0].is_unique() && codes(0)).then_some(0)
    };
    let chosen = candidates.min_by_key(|&at| rank(at)).or_else(first_of_headless);
    for (column, one) in found.iter_mut().enumerate() {
        let by_header = one.by_header || claims_to_be(one);
        let settled = if Some(column) == chosen {
            recognition(SemanticType::SourceId, if by_header { 0.95 } else { 0.5 }, by_header, true)
        } else if claims_to_be(one) {
            recognition(SemanticType::Identifier, 0.6, true, false)
        } else {
            continue;
        };
        *one = Recognition { column, ..settled };
    }
}

fn is_of_an_address(semantic_type: SemanticType) -> bool {
    (SemanticType::FullAddress..=SemanticType::Country).contains(&semantic_type)
}

/// Gives parts of one address one slot, addresses in the order in which they first come.
fn number_addresses(columns: &[Column], found: &mut [Recognition]) {
    // Numbers in headers tell addresses apart only where towns or postal codes have them.
    let tells_address = |one: &Recognition| {
        matches!(
            one.semantic_type,
            SemanticType::City
                | SemanticType::Postcode
                | SemanticType::PostcodeCity
                | SemanticType::FullAddress
        )
    };
    let numbered: Vec<u32> = found
        .iter()
        .filter(|one| tells_address(one))
        .filter_map(|one| columns[one.column].header.number)
        .collect();
    let first = if numbered.contains(&0) { 0 } else { 1 };
    let mut groups: Vec<(&str, Option<u32>)> = Vec::new();
    for one in found.iter_mut().filter(|one| is_of_an_address(one.semantic_type)) {
        let header = &columns[one.column].header;
        let number = header.number.filter(|number| *number != first && numbered.contains(number));
        let group = (&*header.group, number);
        let known = groups.iter().position(|known| *known == group);
        one.slot = known.unwrap_or_else(|| {
            groups.push(group);
            groups.len() - 1
        }) as u8;
    }
}

/// Numbers e-mail, phone and account columns in their order.
fn number_contacts(found: &mut [Recognition]) {
    for collected in [SemanticType::Email, SemanticType::Phone, SemanticType::Iban] {
        let columns = found.iter_mut().filter(|one| one.semantic_type == collected);
        for (slot, one) in columns.enumerate() {
            one.slot = slot.min(u8::MAX as usize) as u8;
        }
    }
}

/// Names the attributes of custom columns after their headers; no two have the same name.
fn name_attributes(columns: &[Column], found: &mut [Recognition]) {
    let builtin = AttributeSet::builtin();
    let mut taken: Vec<String> = Vec::new();
    for one in found.iter_mut().filter(|one| one.semantic_type.needs_attribute()) {
        let folded = &columns[one.column].header.folded;
        let base =
            if folded.is_empty() { format!("column_{}", one.column + 1) } else { folded.clone() };
        let free = |name: &String| !taken.contains(name) && builtin.find(name).is_none();
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let name = std::iter::once(base.clone()).chain(numbered).find(free);
        taken.extend(name.clone());
        one.attribute = name;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use karat_model::hub_model::{Country, DateOrder};

    const DUTCH: Context =
        Context { country: Country::NETHERLANDS, date_order: DateOrder::DayFirst };

    /// Profiles a small table: a header and rows, cells parted by `|`.
    fn profiles(table: &str) -> Vec<ColumnProfile> {
        let rows: Vec<Vec<&str>> = table
            .lines()
            .map(str::trim)
            .filter(|row| !row.is_empty())
            .map(|row| row.split('|').map(str::trim).collect())
            .collect();
        let (header, rows) = rows.split_first().expect("a table has a header");
        header
            .iter()
            .enumerate()
            .map(|(at, header)| {
                let values: Vec<&str> =
                    rows.iter().map(|row| row[at]).filter(|value| !value.is_empty()).collect();
                let mut sample: Vec<String> =
                    values.iter().map(|value| value.to_string()).collect();
                sample.sort_unstable();
                sample.dedup();
                let lengths = || values.iter().map(|value| value.chars().count() as u32);
                ColumnProfile {
                    header: header.to_string(),
                    rows: rows.len() as u64,
                    filled: values.len() as u64,
                    distinct: sample.len() as u64,
                    length_min_max: (lengths().min().unwrap_or(0), lengths().max().unwrap_or(0)),
                    sample,
                    ..ColumnProfile::default()
                }
            })
            .collect()
    }

    /// Checks what each column is recognised as: `type`, `type:attribute` or `type@slot`.
    fn check(table: &str, expected: &str) {
        let found: Vec<String> = recognise(&profiles(table), &DUTCH)
            .into_iter()
            .map(|one| match (one.attribute, one.slot) {
                (Some(attribute), _) => format!("{}:{attribute}", one.semantic_type.name()),
                (None, 0) => one.semantic_type.name().to_owned(),
                (None, slot) => format!("{}@{slot}", one.semantic_type.name()),
            })
            .collect();
        let expected: Vec<&str> = expected.split_whitespace().collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_small_english_file() {
        check(
            "record_id | cluster | first_name | surname | dob        | city   | email
             0         | 0       | Robert     | Alan    | 1971-06-24 |        | robert255@smith.example
             1         | 0       | Robert     | Allen   | 1971-05-24 |        | roberta25@smith.example
             2         | 0       | Rob        | Allen   | 1971-06-24 | London | roberta25@smith.example
             4         | 1       | Grace      |         | 1997-04-26 | Hull   | grace.kelly52@jones.example",
            "source_id truth_label given_name family_name birth_date city email",
        );
    }

    #[test]
    fn an_australian_file() {
        check(
            "record_id  | cluster | given_name | surname | street_number | address_1         | address_2   | suburb         | postcode | state | date_of_birth | soc_sec_id | source_dataset
             rec-1-org  | 1       | michaela   | neumann | 8             | stanley street    | miami       | winston hills  | 4223     | nsw   | 19151111      | 5304218    | a
             rec-2-org  | 2       | courtney   | painter | 12            | pinkerton circuit | bega flats  | richlands      | 4560     | vic   | 19161214      | 4066625    | a
             rec-1-dup  | 1       | michaela   | neuman  | 8             | stanley street    | miami       | winston hill   | 4223     | nsw   | 19151111      | 5304218    | b
             rec-3-org  | 3       | charles    | green   | 38            | salkauskas cres   | kela        | dapto          | 4566     | nsw   | 19480930      | 4365168    | a",
            "source_id truth_label given_name family_name house_number street address_extra city postcode region
             birth_date identifier:soc_sec_id source_system",
        );
    }

    #[test]
    fn a_historical_file() {
        check(
            "record_id | cluster | full_name               | first_and_surname | first_name | surname   | dob        | birth_place | postcode_fake | gender | occupation
             Q1-1      | Q1      | thomas clifford, 1st baron clifford | thomas clifford | thomas | clifford | 1630-08-01 | devon | tq13 8df | male   | politician
             Q1-2      | Q1      | tom clifford            | tom clifford      | tom        | clifford  | 1630-08-01 | devon       | tq13 8df      |        | politician
             Q2-1      | Q2      | amelia matilda murray   | amelia murray     | amelia     | murray    | 1795-01-01 | kenton      | ha3 8ej       | female | writer
             Q2-2      | Q2      | amelia murray           | amelia murray     | amelia     | murray    | 1795-01-01 | kenton      | ha3 8ej       | female | writer",
            "source_id truth_label full_name full_name given_name family_name birth_date birth_place postcode gender
             category:occupation",
        );
    }

    #[test]
    fn a_dutch_erp_file() {
        check(
            "klantnr | naam               | adres            | pc_plaats       | geb_dat    | tel         | btw            | rek
             1001    | JANSEN J.P.        | DORPSSTRAAT 12   | 1234 AC ONSDORP | 01-02-1980 | 020-1234568 |                | NL91ABNA0417164300
             1002    | BAKKERIJ BOS BV    | KERKPLEIN 1 A    | 4321 BA BUITEN  |            | 0612345987  | NL853746333B01 |
             1003    | VRIES DE A.        | LAAN 3           | 5432 CA VERWEG  | 12-11-1975 | 0698765123  |                |",
            "source_id party_name address_line postcode_city birth_date phone vat_number iban",
        );
    }

    #[test]
    fn a_nested_web_shop() {
        check(
            "customer.id | customer.firstName | customer.lastName | customer.email | billingAddress.street | billingAddress.houseNumber | billingAddress.zip | billingAddress.city | shippingAddress.street | shippingAddress.houseNumber | shippingAddress.zip | shippingAddress.city | newsletter
             a1 | Jan  | de Vries | jan@post.example  | Dorpsstraat | 1 | 1234AC | Onsdorp | Kade | 2 | 4321BA | Buiten | true
             a2 | Piet | Jansen   | piet@post.example | Kerkplein   | 3 | 1234AD | Onsdorp | Kade | 4 | 4321BA | Buiten | false",
            "source_id given_name family_name email street house_number postcode city street@1 house_number@1
             postcode@1 city@1 flag:newsletter",
        );
    }

    #[test]
    fn several_phones_and_addresses() {
        check(
            "relatienummer | bedrijfsnaam | bezoekadres | bezoekpostcode | bezoekplaats | postadres  | postpostcode | postplaats | tel1       | tel2       | mobiel     | e-mail
             1             | Bos BV       | Kade 1      | 1234 AC        | Onsdorp      | Postbus 10 | 1234 ZA      | Onsdorp    | 0201234568 | 0201234569 | 0612345987 | info@bos.example
             2             | Wit VOF      | Kade 2      | 1234 AC        | Onsdorp      | Postbus 11 | 1234 ZA      | Onsdorp    | 0201234578 |            | 0612345988 | wit@wit.example",
            "source_id company_name address_line postcode city address_line@1 postcode@1 city@1 phone phone@1 phone@2
             email",
        );
    }

    #[test]
    fn numbered_addresses() {
        check(
            "id | adres_1 | postcode_1 | plaats_1 | adres_2 | postcode_2 | plaats_2
             1  | Kade 1  | 1234 AC    | Onsdorp  | Laan 2  | 4321 BA    | Buiten
             2  | Kade 3  | 1234 AC    | Onsdorp  | Laan 4  | 4321 BA    | Buiten",
            "source_id address_line postcode city address_line@1 postcode@1 city@1",
        );
        check(
            "id | address line 1 | address line 2 | town    | post code
             1  | 1 Mill Road    | Flat 2         | Oldtown | AB1 2CD
             2  | 3 Mill Road    |                | Oldtown | AB1 2CE",
            "source_id address_line address_extra city postcode",
        );
    }

    #[test]
    fn belgian_and_german_headers() {
        check(
            "Kundennummer | Anrede | Vorname | Nachname | Straße      | Hausnr | PLZ   | Ort  | Telefon       | Geburtsdatum
             7            | Herr   | Hans    | Müller   | Hauptstraße | 5      | 50667 | Köln | +492211234567 | 01.02.1970
             8            | Frau   | Anna    | Schmidt  | Ringstraße  | 7      | 50668 | Köln | +492211234568 | 11.12.1980",
            "source_id title given_name family_name street house_number postcode city phone birth_date",
        );
        check(
            "klantcode | voornaam | naam     | straat      | nr | bus | postcode | gemeente
             B1        | Jan      | Peeters  | Markt       | 1  | 2   | 2000     | Havenstad
             B2        | An       | Janssens | Kerkstraat  | 2  |     | 9000     | Bloemstad",
            "source_id given_name family_name street house_number house_number_addition postcode region",
        );
    }

    #[test]
    fn nicknames_and_partners() {
        check(
            "relatie_id | voornamen    | roepnaam | tussenvoegsel | achternaam | voorvoegsel partner | naam partner | naamgebruik
             1          | Johannes     | Jan      | de            | Boer       |                     |              | E
             2          | Maria Johanna | Marja   |               | Bakker     | van                 | Dijk         | V",
            "source_id given_name given_name@1 family_name_prefix family_name family_name_prefix@1 partner_name name_usage",
        );
    }

    #[test]
    fn columns_without_headers() {
        check(
            "1001 | Sanne | de Boer | sanne@post.example | 12-03-1981 | 1234 AC
             1002 | Jan   | Jansen  | jan@post.example   | 01-11-1955 | 1234 AD
             1003 | Piet  | Visser  | piet@post.example  | 30-06-1999 | 4321 BA",
            "source_id given_name family_name email birth_date postcode",
        );
    }

    #[test]
    fn content_outweighs_a_wrong_header() {
        let table = "klantnr | telefoon          | email
                     1       | jan@post.example  | 0612345987
                     2       | piet@post.example | 0612345986";
        check(table, "source_id email phone");
        let found = recognise(&profiles(table), &DUTCH);
        assert!(found[1].by_content && !found[1].by_header);
        assert!(found[1].confidence < found[0].confidence);
    }

    #[test]
    fn unknown_columns_get_a_general_type() {
        check(
            "code_intern | opmerking        | klantwaarde | actief | kleur | polisnr | sinds
             x           | belt graag terug | 12,50       | ja     | rood  | P-001   | 01-01-2020
             x           | heeft een hond   | 1.300,00    | nee    | blauw | P-002   | 02-01-2020
             y           | nooit thuis      | 7           | ja     | rood  | P-002   | 03-01-2020
             x           | woont achter     | 12,51       | ja     | rood  | P-003   | 04-01-2020
             x           | geen hond meer   | 12,52       | nee    | rood  | P-003   | 05-01-2020
             y           | belt nooit terug | 12,53       | ja     | rood  | P-003   | 06-01-2020",
            "category:code_intern text:opmerking number:klantwaarde flag:actief category:kleur identifier:polisnr
             date:sinds",
        );
    }

    #[test]
    fn an_id_that_is_not_unique_does_not_identify_records() {
        check(
            "id | klantnr | name
             1  | 7       | Jan Jansen
             1  | 8       | Piet Bakker",
            "identifier:id source_id full_name",
        );
    }

    #[test]
    fn an_empty_table_is_recognised_by_its_headers() {
        check("id | voornaam | achternaam | postcode", "source_id given_name family_name postcode");
        assert_eq!(recognise(&[], &DUTCH), []);
    }
}
