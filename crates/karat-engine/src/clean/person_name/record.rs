//! Combines the name fields of one record into one name.
//!
//! Fields for parts are read first. A whole name fills what they leave open; where it contradicts
//! them they win, and the record gets a finding.

use compact_str::CompactString;
use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;
use karat_model::finding::{FindingCode, Repair};
use karat_model::gender::Gender;
use karat_model::semantic::SemanticType;

use super::known_names::{is_family_name, is_given_name};
use super::{
    Part, PersonName, family_name_prefix, initials, name_suffix, parser, prefixes, title, words,
};
use crate::clean::fold::fold;
use crate::clean::output::{Context, Output};
use crate::clean::placeholder;

/// One value of a record that stands in a field for names, tidied.
#[derive(Clone, Debug)]
pub struct NameValue {
    /// What the field is for.
    pub semantic_type: SemanticType,
    /// The slot of its mapping; above 0 it is a nickname, or the prefix of a partner.
    pub slot: u8,
    /// The column of the source.
    pub column: u16,
    /// The tidied value.
    pub text: CompactString,
    /// Whether its claims are suspect at best.
    pub doubtful: bool,
}

/// The fields for parts of a name, in the order in which they are read.
const PARTS_FIRST: [SemanticType; 7] = [
    SemanticType::GivenName,
    SemanticType::Initials,
    SemanticType::FamilyName,
    SemanticType::FamilyNamePrefix,
    SemanticType::PartnerName,
    SemanticType::Title,
    SemanticType::NameSuffix,
];

/// Claims the parts of the name that the fields give together.
pub fn standardise_record(values: &[NameValue], context: &Context, out: &mut Output) {
    let of_kind = |kind| values.iter().filter(move |value| value.semantic_type == kind);
    let given_known = of_kind(SemanticType::GivenName).next().is_some();
    let family_known = of_kind(SemanticType::FamilyName).next().is_some();
    let mut record = Record { known: Known { given_known, family_known }, ..Record::default() };
    for value in PARTS_FIRST.into_iter().flat_map(of_kind) {
        record.add_part(value, context, out);
    }
    let whole = |value: &&NameValue| !PARTS_FIRST.contains(&value.semantic_type);
    for value in values.iter().filter(whole) {
        record.add_whole(value, context, out);
    }
    record.check(out);
    record.claim(out);
}

/// Which fields the record has.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    given_known: bool,
    family_known: bool,
}

/// Where a part came from.
#[derive(Clone, Copy, Debug, Default)]
struct Origin {
    column: u16,
    doubtful: bool,
}

#[derive(Debug, Default)]
struct Record {
    known: Known,
    name: PersonName,
    origins: [Origin; Part::ALL.len()],
    gender: Option<(Gender, Origin)>,
}

impl Record {
    fn add_part(&mut self, value: &NameValue, context: &Context, out: &mut Output) {
        let text = &*value.text;
        match value.semantic_type {
            SemanticType::GivenName => self.add_given(value, context, out),
            SemanticType::Initials => self.fill(initials::parse(text, context), value, out),
            SemanticType::FamilyName => {
                let text = self.without_given_name(text);
                self.fill(parser::family_name(text, self.known.given_known, context), value, out);
            }
            SemanticType::FamilyNamePrefix => self.add_prefix(value, out),
            SemanticType::PartnerName => self.add_partner(value, out),
            SemanticType::Title => self.fill(title::parse(text), value, out),
            _ => self.fill(name_suffix::parse(text), value, out),
        }
    }

    /// Takes over the parts that are not known yet.
    fn fill(&mut self, name: PersonName, value: &NameValue, out: &mut Output) {
        let origin = note(&name, value, out);
        self.fill_parts(name, origin, &Part::ALL);
    }

    fn fill_parts(&mut self, mut name: PersonName, origin: Origin, parts: &[Part]) {
        if self.gender.is_none() {
            self.gender = name.gender.map(|gender| (gender, origin));
        }
        for &part in parts {
            if self.name[part].is_empty() && !name[part].is_empty() {
                self.name[part] = std::mem::take(&mut name[part]);
                self.origins[part as usize] = origin;
            }
        }
    }

    fn add_given(&mut self, value: &NameValue, context: &Context, out: &mut Output) {
        if !self.known.family_known && holds_family_name(&value.text) {
            let mut name = parser::full_name(&value.text, context);
            name.note(FindingCode::WrongField);
            return self.fill(name, value, out);
        }
        let mut name = parser::given_names(&value.text, context);
        let known = &self.name[Part::Given];
        let nickname = value.slot > 0 && !known.is_empty();
        if nickname && !name[Part::Given].is_empty() {
            name[Part::Nickname] = std::mem::take(&mut name[Part::Given]);
        }
        let second = !known.is_empty() && !name[Part::Given].is_empty();
        if second && !known.split(' ').any(|word| word == name[Part::Given]) {
            let more = std::mem::take(&mut name[Part::Given]);
            self.name[Part::Given].push(' ');
            self.name[Part::Given].push_str(&more);
        }
        self.fill(name, value, out);
    }

    /// A family name field that repeats the given name: `Jan van den Berg`.
    fn without_given_name<'t>(&self, text: &'t str) -> &'t str {
        let given = &self.name[Part::Given];
        match text.split_once(' ') {
            Some((first, rest)) if !given.is_empty() && *fold(first) == *fold(given) => rest,
            _ => text,
        }
    }

    fn add_prefix(&mut self, value: &NameValue, out: &mut Output) {
        let mut name = family_name_prefix::parse(&value.text);
        let of_first_name =
            !self.name[Part::Partner].is_empty() && self.name[Part::PartnerPrefix].is_empty();
        if value.slot > 0 || of_first_name {
            name[Part::PartnerPrefix] = std::mem::take(&mut name[Part::Prefix]);
        }
        // `van` in one field and `den Berg` in the other.
        let known = &self.name[Part::Prefix];
        if !known.is_empty() && !name[Part::Prefix].is_empty() && *known != name[Part::Prefix] {
            let joined = format!("{} {known}", name[Part::Prefix]);
            if let Some(canonical) = prefixes::canonical(&joined) {
                self.name[Part::Prefix] = canonical.to_owned();
            }
        }
        self.fill(name, value, out);
    }

    fn add_partner(&mut self, value: &NameValue, out: &mut Output) {
        let name = parser::partner_name(&value.text);
        let same = |a: &str, b: &str| !a.is_empty() && *fold(a) == *fold(b);
        let own = same(&name[Part::Partner], &self.name[Part::Family]);
        if own && self.name[Part::Partner].is_empty() {
            return;
        }
        if own {
            // The family name field has own name and partner's name in the other order.
            self.swap(Part::Family, Part::Partner);
            self.swap(Part::Prefix, Part::PartnerPrefix);
        }
        self.fill(name, value, out);
    }

    fn swap(&mut self, one: Part, other: Part) {
        self.name.parts.swap(one as usize, other as usize);
        self.origins.swap(one as usize, other as usize);
    }

    fn add_whole(&mut self, value: &NameValue, context: &Context, out: &mut Output) {
        let whole = parser::full_name(&value.text, context);
        let origin = note(&whole, value, out);
        let family = differ(&self.name[Part::Family], &whole[Part::Family], |known, other| {
            known == other || *fold(known) == *fold(&whole[Part::Partner])
        });
        let given = differ(&self.name[Part::Given], &whole[Part::Given], |known, other| {
            known.starts_with(other) || other.starts_with(known)
        });
        if family || given {
            out.finding(FindingCode::NameConflict);
        }
        let family_known = !self.name[Part::Family].is_empty();
        let same_family =
            family_known && *fold(&self.name[Part::Family]) == *fold(&whole[Part::Family]);
        let initial = |text: &str| text.chars().next().map(|c| c.to_ascii_uppercase());
        let initials_fit = self.name[Part::Given].is_empty()
            || initial(&self.name[Part::Given]) == initial(&whole[Part::Initials]);
        let mut parts = vec![Part::Title, Part::Suffix];
        if !family_known || same_family {
            parts.extend([Part::Prefix, Part::Family, Part::PartnerPrefix, Part::Partner]);
        }
        if !family && !given {
            parts.extend([Part::Given, Part::Nickname]);
            parts.extend(initials_fit.then_some(Part::Initials));
        }
        self.fill_parts(whole, origin, &parts);
    }

    /// Checks the name as a whole.
    fn check(&mut self, out: &mut Output) {
        if self.name[Part::Given].is_empty() && !self.name[Part::Nickname].is_empty() {
            self.swap(Part::Given, Part::Nickname);
        }
        if self.name[Part::Given] == self.name[Part::Nickname] {
            self.name[Part::Nickname].clear();
        }
        let family = self.origins[Part::Family as usize];
        if placeholder::only_with_a_given_name(&self.name[Part::Family]) {
            if self.name[Part::Given].is_empty() {
                self.name[Part::Family].clear();
                out.begin(family.column, 0);
                out.finding_with(FindingCode::Placeholder, Repair::Clear);
            } else {
                self.origins[Part::Family as usize].doubtful = true;
            }
        }
        let given = self.origins[Part::Given as usize];
        // A field that holds both was checked when it was taken apart.
        let own_fields = given.column != family.column;
        if own_fields && parser::look_swapped(&self.name[Part::Given], &self.name[Part::Family]) {
            out.begin(given.column, 0);
            out.finding_with(FindingCode::SwappedNames, Repair::Swap { with: family.column });
        }
    }

    fn claim(self, out: &mut Output) {
        let gender_known = out.claims.iter().any(|claim| claim.attribute == AttributeId::GENDER);
        for ((part, text), origin) in Part::ALL.into_iter().zip(self.name.parts).zip(self.origins) {
            if !text.is_empty() {
                let (attribute, slot) = part.attribute();
                begin(origin, slot, out);
                out.claim(attribute, text, Validity::Valid);
            }
        }
        if let Some((gender, origin)) = self.gender.filter(|_| !gender_known) {
            begin(origin, 0, out);
            out.claim(AttributeId::GENDER, gender.name(), Validity::Valid);
        }
    }
}

fn begin(origin: Origin, slot: u8, out: &mut Output) {
    out.begin(origin.column, slot);
    if origin.doubtful {
        out.doubt();
    }
}

/// Hands over the findings of a field, and tells where its parts come from.
fn note(name: &PersonName, value: &NameValue, out: &mut Output) -> Origin {
    out.begin(value.column, 0);
    name.notes.iter().for_each(|&code| out.finding(code));
    // A form of address that tells no gender, such as `Mx`, is left out of titles.
    let may_be_left_out = value.semantic_type == SemanticType::Title;
    if name.is_empty() && !may_be_left_out && value.text.contains(char::is_alphanumeric) {
        out.finding(FindingCode::NameNotUnderstood);
    }
    Origin { column: value.column, doubtful: value.doubtful || name.is_doubtful() }
}

/// Whether two values are both known and are not the same.
fn differ(known: &str, other: &str, same: impl Fn(&str, &str) -> bool) -> bool {
    !known.is_empty() && !other.is_empty() && !same(&fold(known), &fold(other))
}

/// Whether a field for given names holds a family name too: `Jan van den Berg`, `Jan Jansen`.
fn holds_family_name(text: &str) -> bool {
    if !text.contains(' ') {
        return false;
    }
    let words = words::split(text);
    let single_case = super::LetterCase::of(text).is_single();
    let prefixed = (1..words.len()).any(|at| {
        words::prefix_at(&words[at..], single_case)
            .is_some_and(|(_, count)| at + count < words.len())
    });
    let known = words.len() > 1
        && words.last().is_some_and(|last| is_family_name(last.text) && !is_given_name(last.text));
    prefixed || known
}
