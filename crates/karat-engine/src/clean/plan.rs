//! Cleans the records of one source: which column is cleaned how, worked out once per delivery.
//!
//! ```text
//!   payload ──▶ tidy ──▶ placeholder? ──▶ misuse? ──▶ by semantic type ──▶ the record ──▶ claims
//!               text/     placeholder.rs   misuse/     one file each        names, party, addresses
//! ```

use std::borrow::Cow;

use compact_str::CompactString;
use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::claim::{Claim, CleanRecord, Validity};
use karat_model::finding::{Finding, FindingCode, Repair};
use karat_model::hub_model::{ColumnMapping, HubModel, Party, Source};
use karat_model::record::{Moment, Payload, SourceRecord};
use karat_model::semantic::SemanticType;

use super::fold::fold_header;
use super::industry_code::Edition;
use super::memo::{Few, Memo, Outcome};
use super::misuse::{self, Misuse};
use super::output::{Context, Output};
use super::party::{Evidence, PartyKind};
use super::person_name::NameValue;
use super::placeholder::Judgement;
use super::repair::{self, RepairPlan, RepairedColumn, Understood};
use super::text::Content;
use super::{
    address, birth_place, category, citizen_number, company_name, date, duns, email,
    establishment_number, flag, gender, iban, identifier, industry_code, job_title, kbo_number,
    kvk_number, legal_form, lei, name_usage, number, party, person_name, phone, placeholder, rsin,
    text, truncation, updated_at, vat_number, website,
};

/// How the columns of one delivery of a source are cleaned.
///
/// Values are understood in the order in which the hub model lists their columns, so that nothing
/// hangs on the order in which columns came: the members of a JSON object have none (RFC 8259).
#[derive(Clone, Debug)]
pub struct CleaningPlan {
    /// By column number; `None` is left alone.
    fields: Vec<Option<Field>>,
    /// By column number, when its turn is; empty where columns come in the order of their turns.
    turns: Vec<usize>,
    context: Context,
    party: Party,
    source_id: Option<u16>,
    updated_at: Option<u16>,
    /// For each collected type the first slot that no column has.
    free_slots: [u8; COLLECTED.len()],
    /// The columns that may hold numbers of citizens, which are not kept.
    watched: Vec<u16>,
    /// The columns with tax numbers, which of a sole proprietor may be made of such a number.
    tax_numbers: Vec<u16>,
    /// The columns that may say that a record is about a sole proprietor.
    tells_legal_form: Vec<u16>,
    /// What is mended before anything is cleaned.
    repairs: RepairPlan,
}

/// What one column means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) semantic_type: SemanticType,
    pub(super) attribute: Option<AttributeId>,
    pub(super) slot: u8,
    /// Of industry codes, as far as the header of the column says so.
    pub(super) edition: Option<Edition>,
    /// The most characters that the column can hold, if that is known.
    pub(super) length_max: Option<u16>,
}

impl Field {
    pub(super) fn name(self, column: u16, text: CompactString, doubtful: bool) -> NameValue {
        NameValue { semantic_type: self.semantic_type, slot: self.slot, column, text, doubtful }
    }
}

/// Whether values of a type are those of many records; the others are not worth remembering.
fn comes_again(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    let is_of_one = matches!(semantic_type, Website | Text);
    !is_of_one && !semantic_type.is_identifying_number() && collected_at(semantic_type).is_none()
}

/// The types of which a record may have several values.
const COLLECTED: [SemanticType; 3] = [SemanticType::Email, SemanticType::Phone, SemanticType::Iban];

fn collected_at(semantic_type: SemanticType) -> Option<usize> {
    COLLECTED.iter().position(|collected| *collected == semantic_type)
}

impl CleaningPlan {
    /// Finds the mapping of each column, first by its exact header, then by its folded one.
    pub fn new(model: &HubModel, source: &Source, columns: &[String]) -> CleaningPlan {
        let mappings: Vec<Option<usize>> =
            columns.iter().map(|column| mapping(&source.columns, column)).collect();
        let mut meant: Vec<Option<Field>> = source.columns.iter().map(field).collect();
        let free_slots = COLLECTED.map(|collected| number_slots(&mut meant, collected));
        let fields: Vec<Option<Field>> =
            mappings.iter().map(|mapping| meant[(*mapping)?]).collect();
        let is_watched = |at: &u16| {
            let mapping = mappings[*at as usize].map(|mapping| &source.columns[mapping]);
            is_watched(&columns[*at as usize], mapping, &model.attributes)
        };
        let order = in_turn(columns, &mappings);
        let first = |wanted| {
            let is_wanted =
                |at: &&usize| fields[**at].is_some_and(|field| field.semantic_type == wanted);
            order.iter().find(is_wanted).map(|at| *at as u16)
        };
        let of_types = |wanted: &[SemanticType]| {
            let is_wanted = |at: &u16| {
                fields[*at as usize].is_some_and(|it| wanted.contains(&it.semantic_type))
            };
            (0..columns.len() as u16).filter(is_wanted).collect()
        };
        CleaningPlan {
            context: Context {
                country: source.country.unwrap_or(model.country),
                date_order: source.date_order,
            },
            party: source.party,
            source_id: first(SemanticType::SourceId),
            updated_at: first(SemanticType::UpdatedAt),
            free_slots,
            watched: (0..columns.len() as u16).filter(is_watched).collect(),
            tax_numbers: of_types(&[SemanticType::VatNumber, SemanticType::Rsin]),
            tells_legal_form: of_types(&[
                SemanticType::LegalForm,
                SemanticType::CompanyName,
                SemanticType::PartyName,
            ]),
            turns: turns(&order, columns.len()),
            repairs: RepairPlan::new(model.repairs_of(&source.name), columns),
            fields,
        }
    }

    /// By column number, the attribute that what is found in a column is about; of a column that
    /// fills several, the one that matters most.
    pub fn subjects(&self) -> Vec<Option<AttributeId>> {
        let subject = |field: &Option<Field>| {
            let field = (*field)?;
            field.attribute.or_else(|| attribute_of(field.semantic_type)).or_else(|| {
                use SemanticType::*;
                Some(match field.semantic_type {
                    FullName | FamilyName => AttributeId::FAMILY_NAME,
                    PartyName | CompanyName => AttributeId::COMPANY_NAME,
                    GivenName => AttributeId::GIVEN_NAME,
                    Initials => AttributeId::INITIALS,
                    FamilyNamePrefix => AttributeId::FAMILY_NAME_PREFIX,
                    PartnerName => AttributeId::PARTNER_NAME,
                    Gender => AttributeId::GENDER,
                    BirthPlace => AttributeId::BIRTH_PLACE,
                    JobTitle => AttributeId::JOB_TITLE,
                    LegalForm => AttributeId::LEGAL_FORM,
                    _ => return None,
                })
            })
        };
        self.fields.iter().map(subject).collect()
    }

    /// The column with the id of the record in its source.
    pub fn source_id_column(&self) -> Option<u16> {
        self.source_id
    }

    /// The id that a row brings; one that may not be kept is none.
    pub fn source_id<'p>(&self, payload: &'p Payload) -> Option<&'p str> {
        let column = self.source_id?;
        let id = payload.get(column)?.trim();
        let is_withheld = self.is_citizen_number(column, id)
            || citizen_number::holds_mark(id)
            || citizen_number::without_labelled(id).is_some();
        let is_usable = !id.is_empty() && !is_withheld;
        is_usable.then_some(id)
    }

    /// The values of a row without those that may not be kept: of these stays that there was one.
    pub fn withhold(&self, payload: Payload) -> Payload {
        let of_one_person = self.is_of_one_person(&payload);
        let instead = |(column, value): (u16, &str)| self.instead(column, value, of_one_person);
        if !payload.iter().any(|value| instead(value).is_some()) {
            return payload;
        }
        let mut kept = Payload::with_capacity(payload.bytes(), 0);
        for (column, value) in payload.iter() {
            kept.push(column, instead((column, value)).as_deref().unwrap_or(value));
        }
        kept
    }

    /// Takes what may not be kept out of a row that could not be read.
    pub fn withhold_raw(&self, raw: &mut [u8]) {
        citizen_number::strike_out_labelled(raw);
        if !self.watched.is_empty() {
            citizen_number::strike_out(raw);
        }
    }

    /// What is kept instead of a value that is, or announces, the number of a citizen; nothing for
    /// other values.
    fn instead(&self, column: u16, value: &str, of_one_person: bool) -> Option<Cow<'static, str>> {
        let is_made_of_one = of_one_person
            && self.tax_numbers.contains(&column)
            && (value == citizen_number::WITHHELD || may_hold_citizen_number(value));
        if is_made_of_one || self.is_citizen_number(column, value) {
            return Some(citizen_number::WITHHELD.into());
        }
        citizen_number::without_labelled(value).map(Into::into)
    }

    /// Whether a row has a tax number of old and says that it is about a sole proprietor, of whom that
    /// was made of the number of a citizen.
    fn is_of_one_person(&self, payload: &Payload) -> bool {
        let has_tax_number = || {
            self.tax_numbers
                .iter()
                .filter_map(|column| payload.get(*column))
                .any(|value| value == citizen_number::WITHHELD || may_hold_citizen_number(value))
        };
        let says_so = |value: &str| {
            let words = || value.split(|c: char| !c.is_alphanumeric());
            let form = legal_form::of_text(value);
            form.is_some_and(legal_form::LegalForm::is_one_person)
                || words().any(|word| word.eq_ignore_ascii_case("eenmanszaak"))
        };
        let told = self.tells_legal_form.iter().filter_map(|column| payload.get(*column));
        has_tax_number() && told.into_iter().any(says_so)
    }

    fn is_citizen_number(&self, column: u16, value: &str) -> bool {
        self.watched.contains(&column) && citizen_number::is_citizen_number(value)
    }

    /// By column number, the attribute that findings on its values are about: the one that it fills,
    /// and of a whole name or address its foremost part.
    pub fn attributes_of_columns(&self) -> Vec<Option<AttributeId>> {
        let of = |field: Field| {
            let organisation = self.party == Party::Always(EntityType::Organisation);
            field.attribute.or_else(|| foremost(field.semantic_type, organisation))
        };
        self.fields.iter().map(|field| field.and_then(of)).collect()
    }

    /// When the source last changed the record, if it tells so in a form that is understood.
    pub fn updated_at(&self, payload: &Payload) -> Option<Moment> {
        updated_at::parse(payload.get(self.updated_at?)?, &self.context)
    }

    /// Makes claims and findings of the values of a record, which are repaired first; the memo is one
    /// of this plan alone.
    pub fn standardise(&self, record: &SourceRecord, memo: &mut Memo) -> CleanRecord {
        if self.repairs.is_empty() {
            return self.understand(&record.payload, memo);
        }
        // What is only looked at was not withheld; no step may make another number of it.
        let payload = self.withhold(record.payload.clone());
        let mut understood = Understood::new(self, memo);
        let repaired = self.repairs.apply(&payload, &mut understood, None);
        understood.finish(repaired.as_ref().unwrap_or(&payload))
    }

    /// What the steps of the source do to a record, in their order.
    pub fn repairs(&self, record: &SourceRecord, memo: &mut Memo) -> Vec<RepairedColumn> {
        let mut told = Vec::new();
        if !self.repairs.is_empty() {
            let payload = self.withhold(record.payload.clone());
            self.repairs.apply(&payload, &mut Understood::new(self, memo), Some(&mut told));
        }
        told
    }

    /// The values of a record after all steps.
    pub fn repaired(&self, record: &SourceRecord, memo: &mut Memo) -> Payload {
        let payload = self.withhold(record.payload.clone());
        let repaired = self.repairs.apply(&payload, &mut Understood::new(self, memo), None);
        repaired.unwrap_or(payload)
    }

    /// How the records are repaired.
    pub fn repair_plan(&self) -> &RepairPlan {
        &self.repairs
    }

    /// Whether a value of a column is one of an attribute and says nothing else.
    pub(super) fn holds_alone(&self, column: u16, attribute: AttributeId, value: &str) -> bool {
        let Some(field) = self.fields.get(usize::from(column)).copied().flatten() else {
            return false;
        };
        let semantic_type = field.semantic_type;
        let fills = field.attribute.or_else(|| foremost(semantic_type, false));
        let is_one = is_one(semantic_type, value);
        fills == Some(attribute) && is_one && repair::is_of_one_attribute(semantic_type)
    }

    /// The columns that are for an attribute alone.
    pub(super) fn columns_of(&self, attribute: AttributeId) -> impl Iterator<Item = u16> {
        let is_for = move |field: &Option<Field>| {
            field.is_some_and(|field| {
                let fills = field.attribute.or_else(|| foremost(field.semantic_type, false));
                fills == Some(attribute) && repair::is_of_one_attribute(field.semantic_type)
            })
        };
        let columns = (0..).zip(&self.fields);
        columns.filter(move |(_, field)| is_for(field)).map(|(column, _)| column)
    }

    /// What the values of a column mean.
    pub(super) fn semantic_type_of(&self, column: u16) -> Option<SemanticType> {
        self.fields.get(usize::from(column)).copied().flatten().map(|field| field.semantic_type)
    }

    /// What values are read by.
    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Makes claims and findings of values as they are.
    pub(super) fn understand(&self, payload: &Payload, memo: &mut Memo) -> CleanRecord {
        let mut cleaning = Cleaning::new(self, memo);
        let mut values: Vec<(u16, &str)> = Vec::new();
        let in_turn = self.turns.is_empty();
        let of_one_person = self.is_of_one_person(payload);
        if !in_turn {
            values.extend(payload.iter());
            // Values of one column stay in their order.
            values.sort_by_key(|(column, _)| self.turns.get(usize::from(*column)));
        }
        let as_they_came = payload.iter().filter(|_| in_turn);
        for (column, raw) in as_they_came.chain(values) {
            // What came from the store was withheld before, what is only looked at was not.
            let instead = self.instead(column, raw, of_one_person);
            if instead.is_some() || citizen_number::holds_mark(raw) {
                cleaning.out.begin(column, 0);
                cleaning.out.finding(FindingCode::CitizenNumber);
            }
            let raw = instead.as_deref().unwrap_or(raw);
            if instead.is_some() && raw == citizen_number::WITHHELD {
                continue;
            }
            if let Some(field) = self.fields.get(column as usize).copied().flatten() {
                cleaning.value(column, field, raw);
            }
        }
        cleaning.finish()
    }
}

fn mapping(mappings: &[ColumnMapping], column: &str) -> Option<usize> {
    let exact = mappings.iter().position(|mapping| mapping.column == column);
    exact.or_else(|| {
        let folded = fold_header(column);
        mappings.iter().position(|mapping| fold_header(&mapping.column) == folded)
    })
}

/// The columns that have a mapping, in the order of these.
fn in_turn(columns: &[String], mappings: &[Option<usize>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..columns.len()).filter(|&at| mappings[at].is_some()).collect();
    order.sort_by_key(|&at| (mappings[at], &columns[at]));
    order
}

/// When the turn of each column is; nothing where that is the order of the columns.
fn turns(order: &[usize], columns: usize) -> Vec<usize> {
    if order.is_sorted() {
        return Vec::new();
    }
    let mut turns = vec![usize::MAX; columns];
    order.iter().enumerate().for_each(|(turn, &at)| turns[at] = turn);
    turns
}

/// What a mapping means for cleaning; one that lacks its attribute is left alone.
fn field(mapping: &ColumnMapping) -> Option<Field> {
    let ColumnMapping { semantic_type, attribute, slot, length_max, .. } = *mapping;
    let attribute = attribute.or_else(|| attribute_of(semantic_type));
    let complete = attribute.is_some() || !semantic_type.needs_attribute();
    let edition =
        Edition::of_header(&mapping.column).filter(|_| semantic_type == SemanticType::IndustryCode);
    complete.then_some(Field { semantic_type, attribute, slot, edition, length_max })
}

/// Whether a column may hold citizen service numbers, by its name or that of its attribute.
fn is_watched(column: &str, mapping: Option<&ColumnMapping>, attributes: &AttributeSet) -> bool {
    let says_so = |name: &str| citizen_number::is_watched(&fold_header(name));
    let attribute = mapping.and_then(|mapping| mapping.attribute);
    says_so(column)
        || mapping.is_some_and(|mapping| says_so(&mapping.column))
        || attributes.iter().any(|(id, known)| Some(id) == attribute && says_so(&known.name))
}

/// Whether a tax number may be made of the number of a citizen.
fn may_hold_citizen_number(value: &str) -> bool {
    vat_number::may_hold_citizen_number(value) || rsin::may_be_citizen_number(value)
}

/// Numbers what mappings of a collected type mean where all have slot 0, in this order; returns the
/// first free slot.
///
/// The columns that there are do not matter, as more may come with later records, and what was found
/// in earlier ones keeps its slot.
fn number_slots(meant: &mut [Option<Field>], semantic_type: SemanticType) -> u8 {
    let mut taken: Vec<u8> = Vec::new();
    for field in meant.iter_mut().flatten().filter(|field| field.semantic_type == semantic_type) {
        while taken.contains(&field.slot) && field.slot < u8::MAX {
            field.slot += 1;
        }
        taken.push(field.slot);
    }
    taken.iter().max().map_or(0, |slot| slot.saturating_add(1))
}

/// The attribute that a semantic type fills with one value.
pub(super) fn attribute_of(semantic_type: SemanticType) -> Option<AttributeId> {
    use SemanticType::*;
    Some(match semantic_type {
        NameUsage => AttributeId::NAME_USAGE,
        BirthDate => AttributeId::BIRTH_DATE,
        KvkNumber => AttributeId::KVK_NUMBER,
        EstablishmentNumber => AttributeId::ESTABLISHMENT_NUMBER,
        Rsin => AttributeId::RSIN,
        KboNumber => AttributeId::KBO_NUMBER,
        Lei => AttributeId::LEI,
        Duns => AttributeId::DUNS,
        VatNumber => AttributeId::VAT_NUMBER,
        Website => AttributeId::WEBSITE,
        IndustryCode => AttributeId::INDUSTRY_CODE,
        FullAddress | AddressLine | Street => AttributeId::STREET,
        HouseNumber => AttributeId::HOUSE_NUMBER,
        HouseNumberAddition => AttributeId::HOUSE_NUMBER_ADDITION,
        AddressExtra => AttributeId::ADDRESS_EXTRA,
        Postcode => AttributeId::POSTCODE,
        City | PostcodeCity => AttributeId::CITY,
        Region => AttributeId::REGION,
        Country => AttributeId::COUNTRY,
        BagObjectId => AttributeId::BAG_OBJECT_ID,
        Email => AttributeId::EMAIL,
        Phone => AttributeId::PHONE,
        Iban => AttributeId::IBAN,
        _ => return None,
    })
}

/// The attribute that a type is foremost about, where it may fill several.
fn foremost(semantic_type: SemanticType, of_organisation: bool) -> Option<AttributeId> {
    use SemanticType::*;
    Some(match semantic_type {
        PartyName if of_organisation => AttributeId::COMPANY_NAME,
        FullName | PartyName | FamilyName => AttributeId::FAMILY_NAME,
        GivenName => AttributeId::GIVEN_NAME,
        Initials => AttributeId::INITIALS,
        FamilyNamePrefix => AttributeId::FAMILY_NAME_PREFIX,
        PartnerName => AttributeId::PARTNER_NAME,
        Title => AttributeId::TITLE,
        NameSuffix => AttributeId::NAME_SUFFIX,
        Gender => AttributeId::GENDER,
        BirthPlace => AttributeId::BIRTH_PLACE,
        JobTitle => AttributeId::JOB_TITLE,
        CompanyName => AttributeId::COMPANY_NAME,
        LegalForm => AttributeId::LEGAL_FORM,
        other => attribute_of(other)?,
    })
}

/// Standardises one tidied value that needs no other value of its record.
pub(super) fn standardise_value(field: Field, value: &str, context: &Context, out: &mut Output) {
    use SemanticType::*;
    let standardise = match field.semantic_type {
        NameUsage => name_usage::standardise,
        Gender => gender::standardise,
        BirthPlace => birth_place::standardise,
        JobTitle => job_title::standardise,
        CompanyName => company_name::standardise,
        LegalForm => legal_form::standardise,
        KvkNumber => kvk_number::standardise,
        EstablishmentNumber => establishment_number::standardise,
        Rsin => rsin::standardise,
        KboNumber => kbo_number::standardise,
        Lei => lei::standardise,
        Duns => duns::standardise,
        VatNumber => vat_number::standardise,
        Website => website::standardise,
        IndustryCode => {
            return industry_code::standardise_in(field.edition, value, context, out);
        }
        FullAddress => address::full_address::standardise,
        AddressLine => address::line::standardise,
        Street => address::street::standardise,
        HouseNumber => address::house_number::standardise,
        HouseNumberAddition => address::house_number_addition::standardise,
        AddressExtra => address::address_extra::standardise,
        Postcode => address::postcode::standardise,
        City => address::city::standardise,
        PostcodeCity => address::postcode_city::standardise,
        Region => address::region::standardise,
        Country => address::country::standardise,
        BagObjectId => address::bag_object_id::standardise,
        Email => email::standardise,
        Phone => phone::standardise,
        Iban => iban::standardise,
        _ => return standardise_into(field, value, context, out),
    };
    standardise(value, context, out);
}

/// Standardises a value of a type that any attribute may have.
fn standardise_into(field: Field, value: &str, context: &Context, out: &mut Output) {
    use SemanticType::*;
    let Some(attribute) = field.attribute else { return };
    match field.semantic_type {
        BirthDate | Date => date::standardise_into(attribute, value, context, out),
        Identifier => identifier::standardise(value, attribute, context, out),
        Category => category::standardise(value, attribute, context, out),
        Flag => flag::standardise(value, attribute, context, out),
        Number => number::standardise(value, attribute, context, out),
        _ => out.claim(attribute, value, Validity::Valid),
    }
}

/// A record while it is cleaned.
struct Cleaning<'p> {
    plan: &'p CleaningPlan,
    memo: &'p mut Memo,
    out: Output,
    /// Names of persons wait for each other.
    names: Vec<NameValue>,
    kind: Option<PartyKind>,
    free_slots: [u8; COLLECTED.len()],
    /// For each collected type the slots that have a value, as bits; higher ones never have.
    taken_slots: [u128; COLLECTED.len()],
    /// What stands in fields of something else, and nothing else there.
    moved: Vec<Moved>,
}

/// A value that stands in the field of something else.
struct Moved {
    column: u16,
    /// What the field is for.
    own: SemanticType,
    misuse: Misuse,
}

impl<'p> Cleaning<'p> {
    fn new(plan: &'p CleaningPlan, memo: &'p mut Memo) -> Cleaning<'p> {
        let mut out = Output::default();
        out.claims.reserve(16);
        Cleaning {
            plan,
            memo,
            out,
            names: Vec::with_capacity(4),
            kind: None,
            free_slots: plan.free_slots,
            taken_slots: [0; COLLECTED.len()],
            moved: Vec::new(),
        }
    }

    fn value(&mut self, column: u16, field: Field, raw: &str) {
        let semantic_type = field.semantic_type;
        if semantic_type.is_metadata() {
            if semantic_type == SemanticType::PartyKind {
                self.kind = PartyKind::from_text(raw);
            }
            return;
        }
        let place = if comes_again(semantic_type) { self.memo.place(column, raw) } else { None };
        let Some(place) = place else { return self.understand(column, field, raw) };
        if let Some(outcome) = self.memo.outcome(place, column, raw) {
            self.out.claims.extend_from_slice(outcome.claims.as_slice());
            self.out.findings.extend_from_slice(outcome.findings.as_slice());
            let name = outcome.name.clone();
            self.names.extend(name.map(|(text, doubtful)| field.name(column, text, doubtful)));
            return;
        }
        let before = [self.out.claims.len(), self.out.findings.len(), self.names.len()];
        let moved = self.moved.len();
        self.understand(column, field, raw);
        if self.moved.len() > moved {
            return;
        }
        let outcome = Outcome {
            claims: Few::of(&self.out.claims[before[0]..]),
            findings: Few::of(&self.out.findings[before[1]..]),
            name: self.names.get(before[2]).map(|name| (name.text.clone(), name.doubtful)),
        };
        self.memo.remember(place, column, raw, outcome);
    }

    fn understand(&mut self, column: u16, field: Field, raw: &str) {
        let semantic_type = field.semantic_type;
        self.out.begin(column, field.slot);
        let tidied = match content_of(semantic_type) {
            Some(content) => text::tidy_as(raw, content, &mut self.out),
            None => text::tidy_lines(raw, &mut self.out),
        };
        let Some(value) = tidied else { return };
        match placeholder::judge(&value, semantic_type) {
            Judgement::Placeholder if is_one(semantic_type, &value) => {
                return self.out.finding_with(FindingCode::Placeholder, Repair::Clear);
            }
            Judgement::Doubtful => self.out.doubt(),
            Judgement::Placeholder | Judgement::Genuine => {}
        }
        if field.length_max.is_some_and(|length| truncation::is_truncated(raw, length)) {
            self.out.finding(FindingCode::Truncated);
            self.out.doubt();
        }
        if let Some(code) = misuse::fact(&value, semantic_type) {
            self.out.finding(code);
        }
        self.without_misuse(column, field, &value);
    }

    /// Takes out what has a field of its own; the rest is of the type of its field.
    fn without_misuse(&mut self, column: u16, field: Field, value: &str) {
        match misuse::find(value, field.semantic_type, &self.plan.context) {
            Some(misuse) => self.misused(column, field, value, misuse),
            None => self.as_itself(column, field, value),
        }
    }

    /// A value that holds what has a field of its own.
    fn misused(&mut self, column: u16, field: Field, value: &str, misuse: Misuse) {
        use SemanticType::*;
        let repair = misuse.attribute.map(|to| Repair::Move { to, value: misuse.value.clone() });
        let finding = Finding::new(FindingCode::MisusedField, Some(column));
        self.out.findings.push(match repair {
            Some(repair) => finding.with(repair),
            None => finding,
        });
        let own = field.semantic_type;
        match own {
            // What a note says stays there, and what an address line holds is its extra line.
            Text | Category | AddressLine | Street | AddressExtra if !misuse.is_whole(value) => {
                self.as_itself(column, field, value);
            }
            Text | Category => self.as_itself(column, field, value),
            _ if misuse.is_whole(value) => self.moved.push(Moved { column, own, misuse }),
            _ => {
                let rest = misuse.rest(value);
                if placeholder::judge(&rest, own) == Judgement::Placeholder {
                    return self.out.finding_with(FindingCode::Placeholder, Repair::Clear);
                }
                self.out.doubt();
                self.without_misuse(column, field, &rest);
            }
        }
    }

    /// A value that is of the type of its field.
    fn as_itself(&mut self, column: u16, field: Field, value: &str) {
        let semantic_type = field.semantic_type;
        self.find_digits_amid_letters(field, value);
        if is_name(semantic_type) {
            let doubtful = self.out.is_doubtful();
            self.names.push(field.name(column, value.into(), doubtful));
        } else if let Some(at) = collected_at(semantic_type) {
            self.collected(at, column, field, value);
        } else {
            self.standardised(field, value);
        }
    }

    /// `J0hanna` is probably `Johanna`; a person decides.
    fn find_digits_amid_letters(&mut self, field: Field, value: &str) {
        let attribute = match field.semantic_type {
            SemanticType::GivenName => AttributeId::GIVEN_NAME,
            SemanticType::FamilyName => AttributeId::FAMILY_NAME,
            SemanticType::PartnerName => AttributeId::PARTNER_NAME,
            SemanticType::City => AttributeId::CITY,
            _ => return,
        };
        if let Some(value) = text::without_digits(value) {
            let repair = Repair::Replace { attribute, value: value.into() };
            self.out.finding_with(FindingCode::LookalikeCharacters, repair);
        }
    }

    /// Standardises a value; where only a placeholder is left of it, there is none.
    fn standardised(&mut self, field: Field, value: &str) {
        let claims = self.out.claims.len();
        standardise_value(field, value, &self.plan.context, &mut self.out);
        let attribute = field.attribute;
        let is_left = |claim: &Claim| {
            Some(claim.attribute) == attribute
                && claim.value.len() < value.len()
                && placeholder::judge(&claim.value, field.semantic_type) == Judgement::Placeholder
        };
        if let Some(at) = self.out.claims[claims..].iter().position(is_left) {
            self.out.claims.remove(claims + at);
            self.out.finding_with(FindingCode::Placeholder, Repair::Clear);
        }
    }

    /// Claims what stands in the field of something else, where its own field is empty.
    fn settle_moved(&mut self) {
        let moved = std::mem::take(&mut self.moved);
        for Moved { column, own, misuse } in &moved {
            let holds_the_other = |other: &&Moved| {
                other.own == misuse.semantic_type && other.misuse.semantic_type == *own
            };
            if let Some(other) = moved.iter().find(holds_the_other) {
                self.tell_swapped(*column, other.column);
            }
        }
        for Moved { column, misuse, .. } in moved {
            let Some(attribute) = misuse.attribute.filter(|&attribute| !self.has(attribute)) else {
                continue;
            };
            self.out.begin(column, 0);
            self.out.claim(attribute, misuse.value, Validity::Suspect);
        }
    }

    /// Says that two columns hold each other's values, rather than that one value be moved.
    fn tell_swapped(&mut self, column: u16, with: u16) {
        let is_it = |finding: &&mut Finding| {
            finding.code == FindingCode::MisusedField && finding.column == Some(column)
        };
        if let Some(finding) = self.out.findings.iter_mut().find(is_it) {
            finding.repair = Some(Box::new(Repair::Swap { with }));
        }
    }

    /// A value that may hold several: `jan@post.nl; info@bedrijf.nl`.
    fn collected(&mut self, at: usize, column: u16, field: Field, value: &str) {
        let mut parts = tidy_parts(field.semantic_type, value, &mut self.out);
        let all = parts.len();
        if all > 1 {
            let semantic_type = field.semantic_type;
            parts.retain(|part| placeholder::judge(part, semantic_type) != Judgement::Placeholder);
        }
        if parts.len() < all {
            self.out.finding_with(FindingCode::Placeholder, Repair::Clear);
        }
        for part in &parts {
            let own = 1u128.checked_shl(field.slot.into()).unwrap_or_default();
            let is_taken = self.taken_slots[at] & own != 0;
            let slot = if is_taken { self.free_slots[at] } else { field.slot };
            self.taken_slots[at] |= own;
            if is_taken {
                self.free_slots[at] = slot.saturating_add(1);
            }
            let doubtful = self.out.is_doubtful();
            self.out.begin(column, slot);
            if doubtful {
                self.out.doubt();
            }
            self.standardised(Field { slot, ..field }, part);
        }
    }

    /// Looks at the record as a whole.
    fn finish(mut self) -> CleanRecord {
        let entity_type = match self.plan.party {
            Party::Always(entity_type) => entity_type,
            Party::ByValues => party::decide(self.evidence()),
        };
        match entity_type {
            EntityType::Person => self.person_names(),
            EntityType::Organisation => self.organisation_names(),
        }
        person_name::standardise_record(&self.names, &self.plan.context, &mut self.out);
        if entity_type == EntityType::Organisation {
            self.name_of_sole_proprietor();
        }
        self.settle_moved();
        misuse::swapped::settle(&mut self.out, &self.plan.context);
        address::finish(&mut self.out, &self.plan.context);
        note_number_conflicts(&mut self.out);
        drop_repeated(&mut self.out.claims);
        if !self.out.claims.iter().any(tells_who) {
            self.out.record_finding(FindingCode::NothingKnown);
        }
        CleanRecord { entity_type, claims: self.out.claims, findings: self.out.findings }
    }

    fn evidence(&self) -> Evidence {
        let whole = |name: &&NameValue| is_whole_name(name.semantic_type);
        let company = |name: &NameValue| company_name::is_company(&name.text);
        Evidence {
            kind: self.kind,
            person_name: self.names.iter().any(|name| {
                let part_of_a_name = matches!(
                    name.semantic_type,
                    SemanticType::GivenName | SemanticType::FamilyName | SemanticType::Initials
                );
                part_of_a_name || name.semantic_type == SemanticType::FullName && !company(name)
            }),
            company: self.out.claims.iter().any(|claim| is_of_a_company(claim.attribute)),
            whole_name_is_company: self.names.iter().filter(whole).any(company),
        }
    }

    /// A company where the name of a person should be is kept as the employer.
    fn person_names(&mut self) {
        let companies = self.take_names(|name| {
            is_whole_name(name.semantic_type) && company_name::is_company(&name.text)
        });
        for name in companies {
            self.out.begin(name.column, 0);
            let (claims, findings) = (self.out.claims.len(), self.out.findings.len());
            company_name::standardise(&name.text, &self.plan.context, &mut self.out);
            if name.semantic_type == SemanticType::FullName {
                let employer = self.out.claims[claims..]
                    .iter()
                    .find(|claim| claim.attribute == AttributeId::COMPANY_NAME);
                let finding = Finding::new(FindingCode::WrongField, Some(name.column));
                let finding = match employer {
                    Some(Claim { attribute, value, .. }) => {
                        finding.with(Repair::Move { to: *attribute, value: value.clone() })
                    }
                    None => finding,
                };
                self.out.findings.insert(findings, finding);
            }
        }
    }

    /// Of an organisation a name in one field is its own, unless it has one already.
    fn organisation_names(&mut self) {
        let named = self.has(AttributeId::COMPANY_NAME);
        let names = self.take_names(|name| {
            let company = company_name::is_company(&name.text);
            match name.semantic_type {
                SemanticType::PartyName => !named || company,
                SemanticType::FullName => company,
                _ => false,
            }
        });
        for name in names {
            self.claim_company(&name);
        }
        if !self.has(AttributeId::COMPANY_NAME) {
            let wholes = self.take_names(|name| name.semantic_type == SemanticType::FullName);
            wholes.iter().for_each(|name| self.claim_company(name));
        }
    }

    fn claim_company(&mut self, name: &NameValue) {
        self.out.begin(name.column, 0);
        if name.doubtful {
            self.out.doubt();
        }
        company_name::standardise(&name.text, &self.plan.context, &mut self.out);
    }

    fn take_names(&mut self, wanted: impl Fn(&NameValue) -> bool) -> Vec<NameValue> {
        if !self.names.iter().any(&wanted) {
            return Vec::new();
        }
        let (taken, kept) =
            std::mem::take(&mut self.names).into_iter().partition(|name| wanted(name));
        self.names = kept;
        taken
    }

    /// An organisation that only has the name of a person is called after that person.
    fn name_of_sole_proprietor(&mut self) {
        if self.has(AttributeId::COMPANY_NAME) {
            return;
        }
        let value = |attribute| self.out.claims.iter().find(|claim| claim.attribute == attribute);
        let Some(family) = value(AttributeId::FAMILY_NAME) else { return };
        let given = value(AttributeId::INITIALS).or_else(|| value(AttributeId::GIVEN_NAME));
        let parts = [given, value(AttributeId::FAMILY_NAME_PREFIX), Some(family)];
        let words: Vec<&str> = parts.iter().flatten().map(|claim| &*claim.value).collect();
        let (name, column) = (words.join(" "), family.column);
        self.out.begin(column, 0);
        self.out.claim(AttributeId::COMPANY_NAME, name, Validity::Suspect);
    }

    fn has(&self, attribute: AttributeId) -> bool {
        self.out.claims.iter().any(|claim| claim.attribute == attribute)
    }
}

/// What the values of a type are read as; `None` for addresses, whose lines mean something.
fn content_of(semantic_type: SemanticType) -> Option<Content> {
    use SemanticType::*;
    let is_place = matches!(semantic_type, City | Region | Country | BirthPlace | PostcodeCity);
    let is_part = matches!(semantic_type, Street | AddressExtra | CompanyName | JobTitle);
    match semantic_type {
        FullAddress | AddressLine => None,
        Website => Some(Content::WebAddress),
        _ if is_place || is_part || is_name(semantic_type) => Some(Content::Name),
        _ => Some(Content::Text),
    }
}

fn is_whole_name(semantic_type: SemanticType) -> bool {
    matches!(semantic_type, SemanticType::FullName | SemanticType::PartyName)
}

pub(super) fn is_name(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    matches!(
        semantic_type,
        FullName
            | PartyName
            | GivenName
            | Initials
            | FamilyNamePrefix
            | FamilyName
            | PartnerName
            | Title
            | NameSuffix
    )
}

fn is_of_a_company(attribute: AttributeId) -> bool {
    (AttributeId::COMPANY_NAME..=AttributeId::VAT_NUMBER).contains(&attribute)
}

/// Whether a claim tells who the record is about: a name, a contact point, an address or a number.
fn tells_who(claim: &Claim) -> bool {
    let attribute = claim.attribute;
    let name = (AttributeId::INITIALS..=AttributeId::PARTNER_NAME).contains(&attribute)
        && attribute != AttributeId::FAMILY_NAME_PREFIX
        && attribute != AttributeId::PARTNER_NAME_PREFIX;
    let number = is_of_a_company(attribute) && attribute != AttributeId::LEGAL_FORM;
    let place = attribute == AttributeId::STREET || attribute == AttributeId::POSTCODE;
    let contact = (AttributeId::EMAIL..=AttributeId::IBAN).contains(&attribute)
        || attribute == AttributeId::WEBSITE;
    name || number || place || contact || attribute > AttributeId::IBAN
}

/// Notes numbers of one organisation that belong to different ones: a RSIN, or the number of a
/// Belgian enterprise, is part of its VAT number.
fn note_number_conflicts(out: &mut Output) {
    let sure = |wanted: AttributeId| {
        let is_sure =
            |claim: &&Claim| claim.attribute == wanted && claim.validity == Validity::Valid;
        out.claims.iter().find(is_sure)
    };
    let Some(vat_number) = sure(AttributeId::VAT_NUMBER) else { return };
    let (attribute, within) = match vat_number.value.split_at(2) {
        ("BE", own) => (AttributeId::KBO_NUMBER, own),
        // The number of a sole proprietor is made of nothing.
        ("NL", own) if rsin::may_be_citizen_number(&own[..9]) => (AttributeId::RSIN, &own[..9]),
        _ => return,
    };
    let Some(number) = sure(attribute) else { return };
    if number.value != within {
        let column = number.column;
        out.begin(column, 0);
        out.finding(FindingCode::NumberConflict);
    }
}

/// Drops claims that say again what another says; of a collected attribute in any slot.
fn drop_repeated(claims: &mut Vec<Claim>) {
    let mut at = 1;
    while at < claims.len() {
        let claim = &claims[at];
        let collected = (AttributeId::EMAIL..=AttributeId::IBAN).contains(&claim.attribute);
        let repeated = claims[..at].iter().any(|earlier| {
            earlier.attribute == claim.attribute
                && (collected || earlier.slot == claim.slot)
                && earlier.value == claim.value
        });
        if repeated {
            claims.remove(at);
        } else {
            at += 1;
        }
    }
}

/// Whether a value is not several of a type that may be collected.
fn is_one(semantic_type: SemanticType, value: &str) -> bool {
    collected_at(semantic_type).is_none() || split_collected(semantic_type, value).len() == 1
}

/// Parts a value, and each part again that is tidied otherwise by itself than among the others: a
/// web address in one part must not keep the codes of another (`x@y.example;b%C3%A9@z.example`).
fn tidy_parts<'v>(
    semantic_type: SemanticType,
    value: &'v str,
    out: &mut Output,
) -> Vec<Cow<'v, str>> {
    let parts = split_collected(semantic_type, value);
    if parts.len() == 1 {
        return vec![Cow::Borrowed(value)];
    }
    let mut tidied = Vec::new();
    for part in parts {
        match text::tidy(part, out) {
            Some(Cow::Owned(right)) if right != part => {
                let anew = tidy_parts(semantic_type, &right, out);
                tidied.extend(anew.into_iter().map(|part| Cow::Owned(part.into_owned())));
            }
            _ => tidied.push(Cow::Borrowed(part)),
        }
    }
    tidied
}

/// Parts a value that holds several e-mail addresses, phone numbers or account numbers.
fn split_collected(semantic_type: SemanticType, value: &str) -> Vec<&str> {
    let digits = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
    let whole = |part: &str| match semantic_type {
        SemanticType::Email => part.contains('@'),
        SemanticType::Phone => digits(part) >= 8,
        _ => part.len() >= 15 && digits(part) >= 8,
    };
    let signs: &[u8] = if semantic_type == SemanticType::Email { b";,/| " } else { b";,/|" };
    if !value.bytes().any(|byte| signs.contains(&byte)) {
        return vec![value];
    }
    let parts = value.split(|c: char| c.is_ascii() && signs.contains(&(c as u8)));
    let parts: Vec<&str> = parts.map(str::trim).filter(|part| !part.is_empty()).collect();
    let several = parts.len() > 1 && parts.iter().all(|part| whole(part));
    if several { parts } else { vec![value] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use karat_model::hub_model::{DateOrder, Delivery, Format};
    use karat_model::id::{RecordKey, SourceName};

    fn plan(party: Party, columns: &[(&str, SemanticType, u8)]) -> CleaningPlan {
        plan_in("NL", party, columns)
    }

    fn plan_in(country: &str, party: Party, columns: &[(&str, SemanticType, u8)]) -> CleaningPlan {
        plan_of(country, party, columns, &columns.iter().map(|it| it.0).collect::<Vec<_>>())
    }

    /// The plan for headers that come in this order.
    fn plan_of(
        country: &str,
        party: Party,
        columns: &[(&str, SemanticType, u8)],
        headers: &[&str],
    ) -> CleaningPlan {
        let mut model = HubModel::new("test");
        let mapping = |&(column, semantic_type, slot): &(&str, SemanticType, u8)| ColumnMapping {
            column: column.to_owned(),
            semantic_type,
            attribute: semantic_type.needs_attribute().then_some(AttributeId(100)),
            slot,
            // Of the invented fields only one is short.
            length_max: (column == "kort").then_some(12),
        };
        let source = Source {
            name: SourceName::new("crm"),
            files: Vec::new(),
            format: Format::default(),
            delivery: Delivery::Full,
            trust: 50,
            party,
            country: karat_model::hub_model::Country::from_code(country),
            date_order: DateOrder::DayFirst,
            feedback: None,
            columns: columns.iter().map(mapping).collect(),
        };
        model.sources.push(source.clone());
        let headers: Vec<String> = headers.iter().map(|header| header.to_uppercase()).collect();
        CleaningPlan::new(&model, &source, &headers)
    }

    /// Cleans one record of `value | value | …` and describes what came out of it.
    fn clean(plan: &CleaningPlan, row: &str) -> String {
        let mut payload = Payload::new();
        for (column, value) in row.split('|').map(str::trim).enumerate() {
            if !value.is_empty() {
                payload.push(column as u16, value);
            }
        }
        let key = RecordKey::new(SourceName::new("crm"), "1");
        let record =
            plan.standardise(&SourceRecord { key, observed_at: None, payload }, &mut Memo::none());
        let attributes = karat_model::attribute::AttributeSet::builtin();
        let mut lines = vec![record.entity_type.name().to_owned()];
        lines.extend(record.claims.iter().map(|claim| {
            let custom = claim.attribute.0 as usize >= attributes.len();
            let name = if custom { "custom" } else { &attributes.get(claim.attribute).name };
            let slot = if claim.slot > 0 { format!("@{}", claim.slot) } else { String::new() };
            let doubt = if claim.validity == Validity::Valid { "" } else { "?" };
            format!("{name}{slot}{doubt} {}", claim.value)
        }));
        lines.extend(record.findings.iter().map(|finding| format!("!{}", finding.code.name())));
        lines.join(" · ")
    }

    fn check(plan: &CleaningPlan, rows: &[(&str, &str)]) {
        for (row, expected) in rows {
            assert_eq!(clean(plan, row), *expected, "{row}");
        }
    }

    use SemanticType::*;

    const BY_VALUES: Party = Party::ByValues;
    const PERSONS: Party = Party::Always(EntityType::Person);

    #[test]
    fn parts_of_a_name_are_combined() {
        let columns = [
            ("titel", Title, 0),
            ("voorletters", Initials, 0),
            ("voornaam", GivenName, 0),
            ("tussenvoegsel", FamilyNamePrefix, 0),
            ("achternaam", FamilyName, 0),
            ("partner", PartnerName, 0),
        ];
        check(
            &plan(PERSONS, &columns),
            &[
                (
                    "dhr. drs. | JP | Jan | van den | Berg |",
                    "person · title drs. · initials J.P. · given_name Jan · family_name_prefix van den · family_name Berg · gender male",
                ),
                (
                    "| | Jan | | van den Berg |",
                    "person · given_name Jan · family_name_prefix van den · family_name Berg",
                ),
                (
                    "| | Jan | van | den Berg |",
                    "person · given_name Jan · family_name_prefix van den · family_name Berg",
                ),
                (
                    "| | Jan | | Jan van den Berg |",
                    "person · given_name Jan · family_name_prefix van den · family_name Berg",
                ),
                (
                    "| | | | J. van den Berg |",
                    "person · initials J. · family_name_prefix van den · family_name Berg",
                ),
                (
                    "| | Petra | van den | Berg-de Vries |",
                    "person · given_name Petra · family_name_prefix de · family_name Vries · partner_name_prefix van den · partner_name Berg",
                ),
                (
                    "| | Petra | | de Wit-Jansen | Jansen",
                    "person · given_name Petra · family_name_prefix de · family_name Wit · partner_name Jansen",
                ),
                (
                    "| | Petra | de | Wit | van Dijk",
                    "person · given_name Petra · family_name_prefix de · family_name Wit · partner_name_prefix van · partner_name Dijk",
                ),
                (
                    "| | Jan Jansen | | |",
                    "person · given_name Jan · family_name Jansen · !wrong_field",
                ),
                (
                    "| | Jansen | | Piet |",
                    "person · given_name Jansen · family_name Piet · !swapped_names",
                ),
                ("| | Fabrice | | Test |", "person · given_name Fabrice · family_name? Test"),
                ("| | | | Geen |", "person · !placeholder · !nothing_known"),
                ("| | test | | Test |", "person · !placeholder · !placeholder · !nothing_known"),
                (
                    "| | RenÃ©e | | Bakker |",
                    "person · given_name? Renée · family_name Bakker · !broken_encoding",
                ),
            ],
        );
    }

    #[test]
    fn a_whole_name_fills_what_the_parts_leave_open() {
        let columns = [
            ("naam", FullName, 0),
            ("voornaam", GivenName, 0),
            ("achternaam", FamilyName, 0),
            ("geslacht", Gender, 0),
            ("naamgebruik", NameUsage, 0),
        ];
        check(
            &plan(PERSONS, &columns),
            &[
                (
                    "dhr. J.P. van den Berg MSc | Jan | Berg | |",
                    "person · initials J.P. · given_name Jan · family_name_prefix van den · family_name Berg · name_suffix MSc · gender male",
                ),
                (
                    "mevr. A. Bakker | | | V | V",
                    "person · gender female · name_usage partner_own · initials A. · family_name Bakker",
                ),
                (
                    "Jan Jansen | Piet | Jansen | | beide",
                    "person · given_name Piet · family_name Jansen · !unknown_name_usage · !name_conflict",
                ),
                (
                    "Jan Bakker | Jan | Jansen | |",
                    "person · given_name Jan · family_name Jansen · !name_conflict",
                ),
                (
                    "Johannes (Jan) de Boer | | | |",
                    "person · given_name Johannes · given_name@1 Jan · family_name_prefix de · family_name Boer",
                ),
            ],
        );
    }

    #[test]
    fn parties_are_told_by_their_values() {
        let columns = [
            ("naam", PartyName, 0),
            ("bedrijf", CompanyName, 0),
            ("achternaam", FamilyName, 0),
            ("soort", PartyKind, 0),
            ("kvk", KvkNumber, 0),
        ];
        check(
            &plan(BY_VALUES, &columns),
            &[
                (
                    "Bakkerij Bos B.V. | | | |",
                    "organisation · company_name Bakkerij Bos · legal_form BV",
                ),
                ("BOS J. | | | |", "person · initials J. · family_name Bos"),
                ("| Bakkerij Bos | | |", "organisation · company_name Bakkerij Bos"),
                (
                    "| Bakkerij Bos | Jansen | |",
                    "person · company_name Bakkerij Bos · family_name Jansen",
                ),
                (
                    "| Bakkerij Bos | Jansen | contactpersoon |",
                    "person · company_name Bakkerij Bos · family_name Jansen",
                ),
                (
                    "| Bakkerij Bos | Jansen | bedrijf |",
                    "organisation · company_name Bakkerij Bos · family_name Jansen",
                ),
                ("J. Jansen | | | zakelijk |", "organisation · company_name J. Jansen"),
                (
                    "| | Jansen | zakelijk |",
                    "organisation · family_name Jansen · company_name? Jansen",
                ),
                ("| | | | 68750110", "organisation · kvk_number 68750110"),
            ],
        );
        check(
            &plan(PERSONS, &[("naam", FullName, 0)]),
            &[(
                "Bakkerij Bos B.V.",
                "person · company_name Bakkerij Bos · legal_form BV · !wrong_field",
            )],
        );
    }

    #[test]
    fn collected_values_get_slots() {
        let columns = [("tel1", Phone, 0), ("tel2", Phone, 0), ("email", Email, 0)];
        let plan = plan(PERSONS, &columns);
        assert_eq!(plan.free_slots, [1, 2, 0]);
        check(
            &plan,
            &[
                (
                    "0201234568 | 0612345987 | jan@post.example",
                    "person · phone +31201234568 · phone@1 +31612345987 · email jan@post.example",
                ),
                (
                    "| 0612345987 | a@b.example; c@d.example",
                    "person · phone@1 +31612345987 · email a@b.example · email@1 c@d.example",
                ),
                (
                    "0201234568 / 0612345987 | 0201234568 |",
                    "person · phone +31201234568 · phone@2 +31612345987",
                ),
                ("| | geen@geen.nl; c@d.example", "person · email c@d.example · !placeholder"),
                (
                    "| | a@b.example; d@://c@; ren%C3%A9e@c.example",
                    "person · email a@b.example · email@1? d@: · email@2? c@ · email@3 renée@c.example · !escaped_text · !invalid_email · !invalid_email",
                ),
                ("030/1234568 | | x@x.nl", "person · phone +31301234568 · !placeholder"),
            ],
        );
    }

    #[test]
    fn columns_that_come_later_change_nothing() {
        let columns = [("tel 1", Phone, 0), ("tel 2", Phone, 0), ("email", Email, 0)];
        let record = "0612345987 | a@b.example; c@d.example";
        let understood = "person · phone@1 +31612345987 · email a@b.example · email@1 c@d.example";
        for headers in [&["tel 2", "email"][..], &["tel 2", "email", "tel 1", "tel_2"]] {
            check(&plan_of("NL", PERSONS, &columns, headers), &[(record, understood)]);
        }
        check(
            &plan_of("NL", PERSONS, &columns, &["tel_2", "tel 2"]),
            &[("0612345987 | 0201234568", "person · phone@1 +31201234568 · phone@2 +31612345987")],
        );
    }

    #[test]
    fn custom_attributes_and_metadata() {
        let columns = [
            ("id", SourceId, 0),
            ("gewijzigd", UpdatedAt, 0),
            ("segment", Category, 0),
            ("notitie", Text, 0),
        ];
        let plan = plan(PERSONS, &columns);
        check(
            &plan,
            &[
                ("7 | 2024-01-31 | GOLD | belt graag", "person · custom Gold · custom belt graag"),
                ("7 | 2024-01-31 | - |", "person · !placeholder · !nothing_known"),
            ],
        );
        assert_eq!(plan.source_id_column(), Some(0));
        let mut payload = Payload::new();
        payload.push(1, "1970-01-02");
        assert_eq!(plan.updated_at(&payload), Some(Moment(86_400)));
    }

    #[test]
    fn a_record_of_a_dutch_crm() {
        let columns = [
            ("aanhef", Title, 0),
            ("voornaam", GivenName, 0),
            ("achternaam", FamilyName, 0),
            ("straat", Street, 0),
            ("nr", HouseNumber, 0),
            ("toev", HouseNumberAddition, 0),
            ("postcode", Postcode, 0),
            ("plaats", City, 0),
            ("geboortedatum", BirthDate, 0),
            ("mobiel", Phone, 0),
            ("email", Email, 0),
            ("iban", Iban, 0),
        ];
        check(
            &plan(PERSONS, &columns),
            &[
                (
                    "mevr. | SANNE | de boer | Dorpsstr. | 12 | a | 1234ac | ONSDORP | 31-01-1980 | 06-12345987 | Sanne@Post.Example | nl91 abna 0417 1643 00",
                    "person · street Dorpsstraat · house_number 12 · house_number_addition A · postcode 1234 AC · city Onsdorp · birth_date 1980-01-31 · phone +31612345987 · email sanne@post.example · iban NL91ABNA0417164300 · given_name Sanne · family_name_prefix de · family_name Boer · gender female",
                ),
                (
                    "| Jan | Jansen | Kerkstraat 12 | | | 12 | | 31-02-1980 | 06-12 | jan | NL91ABNA0417164301",
                    "person · street Kerkstraat · house_number 12 · postcode? 12 · birth_date? 1980-02-31 · iban? NL91ABNA0417164301 · given_name Jan · family_name Jansen · !invalid_postcode · !invalid_date · !invalid_phone · !invalid_email · !invalid_iban",
                ),
            ],
        );
    }

    /// A city that stood in the street was taken for the city, or not, as the city's own column came
    /// behind the street or before it: the same record was two customers from a file, and one when
    /// it came as a JSON object with its members in the order of the alphabet.
    #[test]
    fn the_order_of_columns_makes_no_difference() {
        let columns = [
            ("naam", FullName, 0),
            ("straat", Street, 0),
            ("nr", HouseNumber, 0),
            ("plaats", City, 0),
            ("tel", Phone, 0),
            ("mobiel", Phone, 0),
        ];
        let row = [
            ("naam", "Jan Holland"),
            ("straat", "De Ruyterstraat, Achterom"),
            ("nr", "60"),
            ("plaats", "Kampen"),
            ("tel", "038-3311223"),
            ("mobiel", "06-12345987"),
            ("memo", "belt graag"),
        ];
        let cleaned = |order: &[usize]| {
            let headers: Vec<&str> = order.iter().map(|&at| row[at].0).collect();
            let values: Vec<&str> = order.iter().map(|&at| row[at].1).collect();
            clean(&plan_of("NL", PERSONS, &columns, &headers), &values.join(" | "))
        };
        let expected = "person · street De Ruyterstraat · city Achterom · house_number 60 · city Kampen · phone +31383311223 · phone@1 +31612345987 · given_name Jan · family_name Holland";
        for order in [
            [0, 1, 2, 3, 4, 5, 6],
            [6, 5, 4, 3, 2, 1, 0],
            [3, 6, 5, 0, 2, 1, 4],
            [5, 0, 2, 3, 1, 4, 6],
        ] {
            assert_eq!(cleaned(&order), expected, "{order:?}");
        }
        // Near miss: which column is which does make one.
        let swapped = clean(
            &plan_of("NL", PERSONS, &columns, &["straat", "plaats"]),
            "Kampen | De Ruyterstraat, Achterom",
        );
        assert_ne!(
            swapped,
            clean(
                &plan_of("NL", PERSONS, &columns, &["plaats", "straat"]),
                "Kampen | De Ruyterstraat, Achterom"
            )
        );
    }

    #[test]
    fn a_record_of_an_erp() {
        let columns = [
            ("naam", PartyName, 0),
            ("adres", AddressLine, 0),
            ("pc_plaats", PostcodeCity, 0),
            ("tel", Phone, 0),
            ("kvk", KvkNumber, 0),
            ("btw", VatNumber, 0),
            ("web", Website, 0),
        ];
        check(
            &plan(BY_VALUES, &columns),
            &[
                (
                    "BAKKERIJ BOS B.V. | POSTBUS 12 | 1234 AC ONSDORP | 020-1234568 (kantoor) | 68750110 | 853746333B01 | www.bos.example/",
                    "organisation · street Postbus · house_number 12 · postcode 1234 AC · city Onsdorp · phone +31201234568 · kvk_number 68750110 · vat_number? NL853746333B01 · website bos.example · company_name Bakkerij Bos · legal_form BV · !remark · !repaired",
                ),
                (
                    "JANSEN J.P. | KERKPLEIN 1 A | 4321BA BUITEN | 0900-8844 | | |",
                    "person · street Kerkplein · house_number_addition A · house_number 1 · postcode 4321 BA · city Buiten · phone? +319008844 · initials J.P. · family_name Jansen · !unlikely_phone",
                ),
            ],
        );
    }

    #[test]
    fn an_english_record() {
        let columns = [
            ("first name", GivenName, 0),
            ("surname", FamilyName, 0),
            ("address line 1", AddressLine, 0),
            ("address line 2", AddressExtra, 0),
            ("town", City, 0),
            ("county", Region, 0),
            ("post code", Postcode, 0),
            ("dob", BirthDate, 0),
            ("phone", Phone, 0),
        ];
        check(
            &plan_in("GB", PERSONS, &columns),
            &[
                (
                    "Grace | Kelly | 12 Mill Road | flat 2 | hull | yorkshire | hu1 1aa | 26/04/1997 | 020 7946 0958",
                    "person · street Mill Road · house_number 12 · address_extra Flat 2 · city Hull · region Yorkshire · postcode HU1 1AA · birth_date 1997-04-26 · phone +442079460958 · given_name Grace · family_name Kelly",
                ),
                (
                    "Rob | Allen | 8 Stanley Street | | London | | sw1a1aa | 24 June 1971 | +44 (0)7400 123456",
                    "person · street Stanley Street · house_number 8 · city London · postcode SW1A 1AA · birth_date 1971-06-24 · phone +447400123456 · given_name Rob · family_name Allen",
                ),
            ],
        );
    }

    #[test]
    fn an_australian_record() {
        let columns = [
            ("given_name", GivenName, 0),
            ("surname", FamilyName, 0),
            ("street_number", HouseNumber, 0),
            ("address_1", Street, 0),
            ("address_2", AddressExtra, 0),
            ("suburb", City, 0),
            ("postcode", Postcode, 0),
            ("state", Region, 0),
            ("date_of_birth", BirthDate, 0),
        ];
        let rows = [
            (
                "michaela | neumann | 8 | stanley street | miami | winston hills | 4223 | nsw | 19151111",
                "person · house_number 8 · street Stanley Street · address_extra Miami · city Winston Hills · postcode 4223 · region NSW · birth_date 1915-11-11 · given_name Michaela · family_name Neumann",
            ),
            (
                "charles | green | 38 | salkauskas cres | kela | dapto | 4566 | nsw | 19480930",
                "person · house_number 38 · street Salkauskas Crescent · address_extra Kela · city Dapto · postcode 4566 · region NSW · birth_date 1948-09-30 · given_name Charles · family_name Green",
            ),
            (
                "courtney | painter | | 12 pinkerton circuit | bega flats | richlands | 4560 | vic | 18568618",
                "person · street Pinkerton Circuit · house_number 12 · address_extra Bega Flats · city Richlands · postcode 4560 · region VIC · birth_date? 1856-86-18 · given_name Courtney · family_name Painter · !invalid_date",
            ),
        ];
        check(&plan_in("AU", PERSONS, &columns), &rows);
    }

    #[test]
    fn values_in_the_wrong_field_are_found_and_moved() {
        let columns = [
            ("voornaam", GivenName, 0),
            ("achternaam", FamilyName, 0),
            ("functie", JobTitle, 0),
            ("tel", Phone, 0),
            ("email", Email, 0),
            ("notitie", Text, 0),
        ];
        check(
            &plan(PERSONS, &columns),
            &[
                (
                    "Jan | jan@post.example | | | |",
                    "person · given_name Jan · email? jan@post.example · !misused_field",
                ),
                // The right field has one already.
                (
                    "Jan | jan@post.example | | | info@bos.example |",
                    "person · email info@bos.example · given_name Jan · !misused_field · !role_email",
                ),
                (
                    "Jan | Jansen 06-12345987 | | | |",
                    "person · given_name Jan · family_name? Jansen · !misused_field",
                ),
                (
                    "Jan | Jansen | inkoper, 020-1234568 | | |",
                    "person · job_title? Inkoper · given_name Jan · family_name Jansen · !misused_field",
                ),
                (
                    "Jan | Jansen | 020-1234568, jan@post.example, inkoper | | |",
                    "person · job_title? Inkoper · given_name Jan · family_name Jansen · !misused_field · !misused_field",
                ),
                (
                    "Jan | Jansen | nvt 020-1234568 | | |",
                    "person · given_name Jan · family_name Jansen · !misused_field · !placeholder",
                ),
                // What a note says stays there.
                (
                    "Jan | Jansen | | | | bel 06-12345987",
                    "person · custom bel 06-12345987 · given_name Jan · family_name Jansen · !misused_field",
                ),
                (
                    "Jan | Jansen | | | | klant is overleden",
                    "person · custom klant is overleden · given_name Jan · family_name Jansen · !deceased",
                ),
                (
                    "Jan | Jansen | | jan@post.example | 06-12345987 |",
                    "person · given_name Jan · family_name Jansen · email? jan@post.example · phone? +31612345987 · !misused_field · !misused_field",
                ),
                (
                    "J0hanna | Jansen | | | |",
                    "person · given_name? J0hanna · family_name Jansen · !lookalike_characters · !name_not_understood",
                ),
                // Near misses.
                (
                    "Jan | Jansen | inkoper 2 | | | order 0612345987",
                    "person · job_title Inkoper 2 · custom order 0612345987 · given_name Jan · family_name Jansen",
                ),
            ],
        );
    }

    #[test]
    fn values_that_were_cut_off_are_found() {
        let plan = plan(PERSONS, &[("kort", CompanyName, 0), ("lang", CompanyName, 0)]);
        check(
            &plan,
            &[
                (
                    "Zuivelfabrie | Koekenbakkerijtje",
                    "person · company_name? Zuivelfabrie · company_name Koekenbakkerijtje · !truncated",
                ),
                ("Zuivelfabri | |", "person · company_name Zuivelfabri"),
            ],
        );
    }

    #[test]
    fn swapped_columns_are_told() {
        let plan = plan(PERSONS, &[("tel", Phone, 0), ("email", Email, 0)]);
        let mut payload = Payload::new();
        payload.push(0, "jan@post.example");
        payload.push(1, "06-12345987");
        let key = RecordKey::new(SourceName::new("crm"), "1");
        let record = SourceRecord { key, observed_at: None, payload };
        let record = plan.standardise(&record, &mut Memo::none());
        let repairs: Vec<_> = record
            .findings
            .iter()
            .map(|finding| (finding.column, finding.repair.as_deref()))
            .collect();
        let swap = |with| Repair::Swap { with };
        assert_eq!(repairs, [(Some(0), Some(&swap(1))), (Some(1), Some(&swap(0)))]);
    }

    #[test]
    fn swapped_parts_of_an_address_are_exchanged() {
        let columns = [
            ("straat", Street, 0),
            ("nr", HouseNumber, 0),
            ("postcode", Postcode, 0),
            ("plaats", City, 0),
        ];
        check(
            &plan(PERSONS, &columns),
            &[
                (
                    "Utrecht | 12 | 1234 AC | Kerkstraat",
                    "person · house_number 12 · postcode 1234 AC · city? Utrecht · street? Kerkstraat · !swapped_address_fields",
                ),
                (
                    "Utrecht | | 1234 AC | Kerkstraat 12",
                    "person · postcode 1234 AC · city? Utrecht · street? Kerkstraat · house_number? 12 · !swapped_address_fields",
                ),
                (
                    "Kerkstraat | 12 | Ons Dorp | 1234 AC",
                    "person · street Kerkstraat · house_number 12 · postcode? 1234 AC · city? Ons Dorp · !swapped_address_fields",
                ),
                (
                    "Kerkstraat | 12 | Utrecht |",
                    "person · street Kerkstraat · house_number 12 · city? Utrecht · !misused_field",
                ),
                // Near misses: a street called after a city, a city that ends as streets do.
                (
                    "Utrechtsestraat | 12 | 1234 AC | Utrecht",
                    "person · street Utrechtsestraat · house_number 12 · postcode 1234 AC · city Utrecht",
                ),
                (
                    "Kerkstraat | 12 | 1234 AC | Ons Dorp",
                    "person · street Kerkstraat · house_number 12 · postcode 1234 AC · city Ons Dorp",
                ),
                (
                    "Utrecht | 12 | 1234 AC | Ons Dorp",
                    "person · street Utrecht · house_number 12 · postcode 1234 AC · city Ons Dorp",
                ),
                (
                    "Kerkstraat | 12 | onleesbaar |",
                    "person · street Kerkstraat · house_number 12 · postcode? ONLEESBAAR · !invalid_postcode",
                ),
            ],
        );
    }

    /// Each of these left nothing, and nothing was found.
    #[test]
    fn nothing_of_what_people_can_read_is_lost() {
        for kind in SemanticType::ALL {
            let plan = plan(PERSONS, &[("kolom", *kind, 0)]);
            for value in ["٣", "t.a.v.", "٣٤", "５", "⅓ a", "३ b"] {
                let left_out = kind.is_metadata() || *kind == Title && value == "t.a.v.";
                let record = clean(&plan, value);
                let said = record.replace("person", "").replace("!nothing_known", "");
                assert!(left_out || said.contains(char::is_alphabetic), "{} {value}", kind.name());
            }
        }
    }

    /// `-null-` became `null`, which is a placeholder when it comes by itself.
    #[test]
    fn a_placeholder_within_signs_is_one() {
        for (kind, value) in
            [(Email, "Jan <test@test.nl>"), (Street, "- geen -"), (City, "onbekend.")]
        {
            let plan = plan(PERSONS, &[("kolom", kind, 0)]);
            let found = clean(&plan, value);
            assert!(found.ends_with("!placeholder · !nothing_known"), "{value}: {found}");
        }
        let plan = plan(PERSONS, &[("kolom", City, 0)]);
        assert_eq!(clean(&plan, "Onbekender."), "person · city Onbekender · !nothing_known");
    }

    #[test]
    fn citizen_numbers_are_left_out() {
        check(
            &plan(PERSONS, &[("naam", FullName, 0), ("BSN", Identifier, 0)]),
            &[
                (
                    "Jan Jansen | 123456782",
                    "person · given_name Jan · family_name Jansen · !citizen_number",
                ),
                (
                    "Jan Jansen | *********",
                    "person · given_name Jan · family_name Jansen · !citizen_number",
                ),
                (
                    "Jan Jansen | 12-34",
                    "person · custom 12-34 · given_name Jan · family_name Jansen",
                ),
            ],
        );
    }

    #[test]
    fn numbers_of_one_organisation_agree() {
        let columns = [
            ("bedrijf", CompanyName, 0),
            ("rsin", Rsin, 0),
            ("kbo", KboNumber, 0),
            ("btw", VatNumber, 0),
        ];
        let conflict =
            |row: &str| clean(&plan(BY_VALUES, &columns), row).contains("number_conflict");
        for (row, expected) in [
            ("Bos | 853746333 | | NL853746333B01", false),
            ("Bos | 853746333 | | NL810433941B01", true),
            ("Bos | | 0417497106 | BE0417497106", false),
            ("Bos | | 0417497106 | BE0566988259", true),
            // A sole proprietor's has no number within; a wrong number says nothing.
            ("Bos | 853746333 | | NL002455799B11", false),
            ("Bos | 853746334 | | NL810433941B01", false),
            ("Bos | | 0417497106 | NL810433941B01", false),
        ] {
            assert_eq!(conflict(row), expected, "{row}");
        }
    }

    #[test]
    fn citizen_numbers_that_a_text_announces_are_left_out() {
        let columns = [("naam", FullName, 0), ("notitie", Text, 0)];
        let plan = plan_of("NL", PERSONS, &columns, &["naam", "notitie", "memo"]);
        for (row, expected) in [
            (
                "Jan Jansen | BSN: 123456782, belt graag |",
                "person · custom BSN: *********, belt graag · given_name Jan · family_name Jansen · !citizen_number",
            ),
            (
                "Jan Jansen | BSN: *********, belt graag |",
                "person · custom BSN: *********, belt graag · given_name Jan · family_name Jansen · !citizen_number",
            ),
            (
                "Jan Jansen | | bsn 123456782",
                "person · given_name Jan · family_name Jansen · !citizen_number",
            ),
            (
                "Jan Jansen | order 123456782 | 123456782",
                "person · custom order 123456782 · given_name Jan · family_name Jansen",
            ),
        ] {
            assert_eq!(clean(&plan, row), expected);
        }
    }

    #[test]
    fn tax_numbers_of_sole_proprietors_that_were_citizen_numbers_are_left_out() {
        let columns = [("bedrijf", CompanyName, 0), ("vorm", LegalForm, 0), ("btw", VatNumber, 0)];
        let plan = plan(BY_VALUES, &columns);
        for (row, expected) in [
            ("Bos | Eenmanszaak | NL111222333B01", "legal_form Eenmanszaak · !citizen_number"),
            ("Bos | eenmanszaak | *********", "legal_form Eenmanszaak · !citizen_number"),
            ("Bos | BV | NL111222333B01", "legal_form BV · vat_number NL111222333B01"),
            ("Bos | VOF | NL111222333B01", "legal_form VOF · vat_number NL111222333B01"),
            ("Bos | | NL111222333B01", "vat_number NL111222333B01"),
            (
                "Bos | Eenmanszaak | NL002455799B11",
                "legal_form Eenmanszaak · vat_number NL002455799B11",
            ),
        ] {
            assert_eq!(clean(&plan, row), format!("organisation · company_name Bos · {expected}"));
        }
        let row = |number: &str| {
            let mut payload = Payload::new();
            (0..)
                .zip(["Bos", "Eenmanszaak", number])
                .for_each(|(at, value)| payload.push(at, value));
            payload
        };
        assert_eq!(plan.withhold(row("NL111222333B01")), row("*********"));
        assert_eq!(plan.withhold(row("NL002455799B11")), row("NL002455799B11"));
    }

    #[test]
    fn citizen_numbers_are_withheld_before_they_are_stored() {
        let plan = plan(PERSONS, &[("BSN", SourceId, 0), ("naam", FullName, 0)]);
        let row = |values: [&str; 2]| {
            let mut payload = Payload::new();
            (0..).zip(values).for_each(|(column, value)| payload.push(column, value));
            payload
        };
        for (id, expected) in [("123456782", None), ("123456783", Some("123456783"))] {
            let arrived = row([id, "Jan Jansen"]);
            assert_eq!(plan.source_id(&arrived), expected);
            let stored = plan.withhold(arrived);
            assert_eq!(stored, row([expected.unwrap_or("*********"), "Jan Jansen"]));
            assert_eq!(plan.source_id(&stored), expected);
        }
        assert_eq!(
            clean(&plan, "********* | Jan Jansen"),
            "person · given_name Jan · family_name Jansen · !citizen_number"
        );
    }

    #[test]
    fn columns_without_a_mapping_are_left_alone() {
        let plan = plan(PERSONS, &[("naam", FullName, 0)]);
        assert_eq!(
            clean(&plan, "Jan Jansen | onbekende kolom | nog een"),
            "person · given_name Jan · family_name Jansen"
        );
    }
}
