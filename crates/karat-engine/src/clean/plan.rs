//! Cleans the records of one source: which column is cleaned how, worked out once per delivery.
//!
//! ```text
//!   payload ──▶ tidy ──▶ placeholder? ──▶ by semantic type ──▶ the record as a whole ──▶ claims
//!               text.rs   placeholder.rs   one file each        names, party, addresses
//! ```

use compact_str::CompactString;
use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::claim::{Claim, CleanRecord, Validity};
use karat_model::finding::{Finding, FindingCode, Repair};
use karat_model::hub_model::{ColumnMapping, HubModel, Party, Source};
use karat_model::record::{Moment, Payload, SourceRecord};
use karat_model::semantic::SemanticType;

use super::fold::fold_header;
use super::memo::{Few, Memo, Outcome};
use super::output::{Context, Output};
use super::party::{Evidence, PartyKind};
use super::person_name::NameValue;
use super::placeholder::Judgement;
use super::{
    address, birth_place, category, company_name, date, email, flag, gender, iban, identifier,
    job_title, kvk_number, legal_form, number, party, person_name, phone, placeholder, text,
    updated_at, vat_number, website,
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
    /// The columns that may hold citizen service numbers, which are not kept.
    watched: Vec<u16>,
}

/// What one column means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) semantic_type: SemanticType,
    pub(super) attribute: Option<AttributeId>,
    pub(super) slot: u8,
}

impl Field {
    pub(super) fn name(self, column: u16, text: CompactString, doubtful: bool) -> NameValue {
        NameValue { semantic_type: self.semantic_type, slot: self.slot, column, text, doubtful }
    }
}

/// Whether values of a type are those of many records; the others are not worth remembering.
fn comes_again(semantic_type: SemanticType) -> bool {
    use SemanticType::*;
    let is_of_one = matches!(semantic_type, KvkNumber | VatNumber | Website | Identifier | Text);
    !is_of_one && collected_at(semantic_type).is_none()
}

/// The types of which a record may have several values.
const COLLECTED: [SemanticType; 3] = [SemanticType::Email, SemanticType::Phone, SemanticType::Iban];

fn collected_at(semantic_type: SemanticType) -> Option<usize> {
    COLLECTED.iter().position(|collected| *collected == semantic_type)
}

impl CleaningPlan {
    /// Finds the mapping of each column, first by its exact header, then by its folded one.
    pub fn new(model: &HubModel, source: &Source, columns: &[String]) -> CleaningPlan {
        let mappings: Vec<Option<&ColumnMapping>> =
            columns.iter().map(|column| mapping(&source.columns, column)).collect();
        let mut fields: Vec<Option<Field>> =
            mappings.iter().map(|mapping| field((*mapping)?)).collect();
        let is_watched = |at: &u16| {
            let column = &columns[*at as usize];
            is_watched(column, mappings[*at as usize], &model.attributes)
        };
        let order = in_turn(&source.columns, columns, &mappings);
        let free_slots = COLLECTED.map(|collected| number_slots(&mut fields, &order, collected));
        let first = |wanted| {
            let is_wanted =
                |at: &&usize| fields[**at].is_some_and(|field| field.semantic_type == wanted);
            order.iter().find(is_wanted).map(|at| *at as u16)
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
            turns: turns(&order, columns.len()),
            fields,
        }
    }

    /// The column with the id of the record in its source.
    pub fn source_id_column(&self) -> Option<u16> {
        self.source_id
    }

    /// The id that a row brings; one that may not be kept is none.
    pub fn source_id<'p>(&self, payload: &'p Payload) -> Option<&'p str> {
        let column = self.source_id?;
        let id = payload.get(column)?.trim();
        let is_usable = !id.is_empty() && !self.is_citizen_number(column, id);
        is_usable.then_some(id)
    }

    /// The values of a row without those that may not be kept: of these stays that there was one.
    pub fn withhold(&self, payload: Payload) -> Payload {
        let is_unwanted = |(column, value): (u16, &str)| self.is_citizen_number(column, value);
        if self.watched.is_empty() || !payload.iter().any(is_unwanted) {
            return payload;
        }
        let mut kept = Payload::with_capacity(payload.bytes(), 0);
        for (column, value) in payload.iter() {
            let value = if is_unwanted((column, value)) { identifier::WITHHELD } else { value };
            kept.push(column, value);
        }
        kept
    }

    /// Takes what may not be kept out of a row that could not be read.
    pub fn withhold_raw(&self, raw: &mut [u8]) {
        if !self.watched.is_empty() {
            identifier::strike_out(raw);
        }
    }

    fn is_citizen_number(&self, column: u16, value: &str) -> bool {
        self.watched.contains(&column) && identifier::is_citizen_number(value)
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

    /// Makes claims and findings of the values of a record; the memo is one of this plan alone.
    pub fn standardise(&self, record: &SourceRecord, memo: &mut Memo) -> CleanRecord {
        let mut cleaning = Cleaning::new(self, memo);
        let mut values: Vec<(u16, &str)> = Vec::new();
        let in_turn = self.turns.is_empty();
        if !in_turn {
            values.extend(record.payload.iter());
            // Values of one column stay in their order.
            values.sort_by_key(|(column, _)| self.turns.get(usize::from(*column)));
        }
        let as_they_came = record.payload.iter().filter(|_| in_turn);
        for (column, raw) in as_they_came.chain(values) {
            if self.is_citizen_number(column, raw) {
                cleaning.out.begin(column, 0);
                cleaning.out.finding(FindingCode::CitizenNumber);
            } else if let Some(field) = self.fields.get(column as usize).copied().flatten() {
                cleaning.value(column, field, raw);
            }
        }
        cleaning.finish()
    }
}

fn mapping<'m>(mappings: &'m [ColumnMapping], column: &str) -> Option<&'m ColumnMapping> {
    let exact = mappings.iter().find(|mapping| mapping.column == column);
    exact.or_else(|| {
        let folded = fold_header(column);
        mappings.iter().find(|mapping| fold_header(&mapping.column) == folded)
    })
}

/// The columns that have a mapping, in the order of these.
fn in_turn(
    listed: &[ColumnMapping],
    columns: &[String],
    mappings: &[Option<&ColumnMapping>],
) -> Vec<usize> {
    let place = |mapping: &ColumnMapping| listed.iter().position(|it| std::ptr::eq(it, mapping));
    let mut order: Vec<usize> = (0..columns.len()).filter(|&at| mappings[at].is_some()).collect();
    order.sort_by_key(|&at| (mappings[at].and_then(place), &columns[at]));
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
    let ColumnMapping { semantic_type, attribute, slot, .. } = *mapping;
    let attribute = attribute.or_else(|| attribute_of(semantic_type));
    let complete = attribute.is_some() || !semantic_type.needs_attribute();
    complete.then_some(Field { semantic_type, attribute, slot })
}

/// Whether a column may hold citizen service numbers, by its name or that of its attribute.
fn is_watched(column: &str, mapping: Option<&ColumnMapping>, attributes: &AttributeSet) -> bool {
    let says_so = |name: &str| identifier::is_watched(&fold_header(name));
    let attribute = mapping.and_then(|mapping| mapping.attribute);
    says_so(column)
        || mapping.is_some_and(|mapping| says_so(&mapping.column))
        || attributes.iter().any(|(id, known)| Some(id) == attribute && says_so(&known.name))
}

/// Numbers columns of a collected type that all have slot 0, in this order; returns the first free
/// slot.
fn number_slots(fields: &mut [Option<Field>], order: &[usize], semantic_type: SemanticType) -> u8 {
    let mut taken: Vec<u8> = Vec::new();
    for &at in order {
        let Some(field) = &mut fields[at] else { continue };
        if field.semantic_type != semantic_type {
            continue;
        }
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
        BirthDate => AttributeId::BIRTH_DATE,
        KvkNumber => AttributeId::KVK_NUMBER,
        VatNumber => AttributeId::VAT_NUMBER,
        Website => AttributeId::WEBSITE,
        FullAddress | AddressLine | Street => AttributeId::STREET,
        HouseNumber => AttributeId::HOUSE_NUMBER,
        HouseNumberAddition => AttributeId::HOUSE_NUMBER_ADDITION,
        AddressExtra => AttributeId::ADDRESS_EXTRA,
        Postcode => AttributeId::POSTCODE,
        City | PostcodeCity => AttributeId::CITY,
        Region => AttributeId::REGION,
        Country => AttributeId::COUNTRY,
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
        Gender => gender::standardise,
        BirthPlace => birth_place::standardise,
        JobTitle => job_title::standardise,
        CompanyName => company_name::standardise,
        LegalForm => legal_form::standardise,
        KvkNumber => kvk_number::standardise,
        VatNumber => vat_number::standardise,
        Website => website::standardise,
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
    collected_columns: [Option<u16>; COLLECTED.len()],
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
            collected_columns: [None; COLLECTED.len()],
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
        self.understand(column, field, raw);
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
        let lines = matches!(semantic_type, SemanticType::FullAddress | SemanticType::AddressLine);
        let tidied = if lines {
            text::tidy_lines(raw, &mut self.out)
        } else {
            text::tidy(raw, &mut self.out)
        };
        let Some(value) = tidied else { return };
        match placeholder::judge(&value, semantic_type) {
            Judgement::Placeholder => {
                return self.out.finding_with(FindingCode::Placeholder, Repair::Clear);
            }
            Judgement::Doubtful => self.out.doubt(),
            Judgement::Genuine => {}
        }
        if is_name(semantic_type) {
            let doubtful = self.out.is_doubtful();
            self.names.push(field.name(column, value.into(), doubtful));
        } else if let Some(at) = collected_at(semantic_type) {
            self.collected(at, column, field, &value);
        } else {
            standardise_value(field, &value, &self.plan.context, &mut self.out);
        }
    }

    /// A value that may hold several: `jan@post.nl; info@bedrijf.nl`.
    fn collected(&mut self, at: usize, column: u16, field: Field, value: &str) {
        let repeated = self.collected_columns[at] == Some(column);
        self.collected_columns[at] = Some(column);
        for (number, part) in split_collected(field.semantic_type, value).into_iter().enumerate() {
            let own_slot = number == 0 && !repeated;
            let slot = if own_slot { field.slot } else { self.free_slots[at] };
            if !own_slot {
                self.free_slots[at] = slot.saturating_add(1);
            }
            let doubtful = self.out.is_doubtful();
            self.out.begin(column, slot);
            if doubtful {
                self.out.doubt();
            }
            standardise_value(Field { slot, ..field }, part, &self.plan.context, &mut self.out);
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
        address::finish(&mut self.out, &self.plan.context);
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

/// Parts a value that holds several e-mail addresses, phone numbers or account numbers.
fn split_collected(semantic_type: SemanticType, value: &str) -> Vec<&str> {
    let digits = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
    let whole = |part: &str| match semantic_type {
        SemanticType::Email => part.contains('@'),
        SemanticType::Phone => digits(part) >= 8,
        _ => part.len() >= 15 && digits(part) >= 8,
    };
    let signs: &[char] = if semantic_type == SemanticType::Email {
        &[';', ',', '/', '|', ' ']
    } else {
        &[';', ',', '/', '|']
    };
    let parts: Vec<&str> =
        value.split(signs).map(str::trim).filter(|part| !part.is_empty()).collect();
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
        ];
        check(
            &plan(PERSONS, &columns),
            &[
                (
                    "dhr. J.P. van den Berg MSc | Jan | Berg |",
                    "person · initials J.P. · given_name Jan · family_name_prefix van den · family_name Berg · name_suffix MSc · gender male",
                ),
                (
                    "mevr. A. Bakker | | | V",
                    "person · gender female · initials A. · family_name Bakker",
                ),
                (
                    "Jan Jansen | Piet | Jansen |",
                    "person · given_name Piet · family_name Jansen · !name_conflict",
                ),
                (
                    "Jan Bakker | Jan | Jansen |",
                    "person · given_name Jan · family_name Jansen · !name_conflict",
                ),
                (
                    "Johannes (Jan) de Boer | | |",
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
                ("030/1234568 | | x@x.nl", "person · phone +31301234568 · !placeholder"),
            ],
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
