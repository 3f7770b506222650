//! The record table: all claims of all records of one entity type, dictionary-encoded by column.
//!
//! ```text
//! record      given_name   family_name   email (slot 0)   more: (record, slot, value)
//! crm/1001    17           4             903              (0, 1, 904)
//! shop/A-9    17           4             -
//! ```
//!
//! A value is stored once per dictionary, and a column holds codes. Records stand in the order of
//! their keys, and codes count up in the order of first use, whatever order they arrived in: all
//! that is computed from a table is therefore independent of the order of files and rows.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use crate::attribute::{AttributeId, AttributeSet, EntityType};
use crate::claim::{Claim, Validity};
use crate::id::{RecordKey, SourceName};
use crate::record::Moment;

/// The number of a record within its table.
pub type RecordNo = u32;

/// The number of a value within its dictionary; [`NO_VALUE`] where there is none.
pub type ValueCode = u32;

/// The code of no value.
pub const NO_VALUE: ValueCode = 0;

/// Distinct values, each with a code from 1 up.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    text: String,
    /// End of the value with code `i + 1` in `text`.
    ends: Vec<u32>,
}

impl Dictionary {
    /// The value with this code.
    #[inline]
    pub fn value(&self, code: ValueCode) -> &str {
        let at = code as usize - 1;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    /// How many values there are; codes run from 1 to this.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All codes.
    pub fn codes(&self) -> std::ops::RangeInclusive<ValueCode> {
        1..=self.ends.len() as ValueCode
    }

    /// Adds a value that is not there yet.
    fn push(&mut self, value: &str) -> ValueCode {
        self.text.push_str(value);
        self.ends.push(u32::try_from(self.text.len()).expect("a dictionary holds less than 4 GB"));
        self.ends.len() as ValueCode
    }
}

/// A dictionary that is being made: it finds the codes of values.
#[derive(Clone, Debug, Default)]
pub struct Encoder {
    dictionary: Dictionary,
    /// The codes with the hashes of their values, so that growing does not read all values again.
    codes: HashTable<(u32, ValueCode)>,
}

impl Encoder {
    /// The code of a value, which is added when it is new.
    pub fn encode(&mut self, value: &str) -> ValueCode {
        let hash = hash(value);
        if let Some(code) = self.find_hashed(hash, value) {
            return code;
        }
        let code = self.dictionary.push(value);
        self.codes.insert_unique(spread(hash), (hash, code), |&(hash, _)| spread(hash));
        code
    }

    /// The code of a value, if it is known.
    pub fn find(&self, value: &str) -> Option<ValueCode> {
        self.find_hashed(hash(value), value)
    }

    /// The values so far.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    #[inline]
    fn find_hashed(&self, hash: u32, value: &str) -> Option<ValueCode> {
        let is_same = |&(known, code): &(u32, ValueCode)| {
            known == hash && self.dictionary.value(code) == value
        };
        self.codes.find(spread(hash), is_same).map(|&(_, code)| code)
    }
}

/// Half of a hash is enough to tell values apart before they are read.
fn hash(value: &str) -> u32 {
    (FxBuildHasher.hash_one(value) >> 32) as u32
}

/// The hash that the hash table sees: all its bits count there.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The codes of one attribute.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Per record the value in slot 0.
    first: Vec<ValueCode>,
    /// Values in further slots, in order of record and slot.
    more: Vec<(RecordNo, u8, ValueCode)>,
    /// The few values that were not claimed valid, in order of record and slot.
    doubtful: Vec<(RecordNo, u8, ValueCode, Validity)>,
    /// Which records are in `more`, so that the others need not be looked for there.
    have_more: Marks,
    /// Which records are in `doubtful`.
    have_doubtful: Marks,
}

/// A mark on some records.
#[derive(Clone, Debug, Default)]
struct Marks(Vec<u64>);

impl Marks {
    /// Marks these records, which come in order.
    fn on(records: impl Iterator<Item = RecordNo>) -> Marks {
        let mut words = Vec::new();
        for record in records {
            words.resize(record as usize / 64 + 1, 0);
            words[record as usize / 64] |= 1 << (record % 64);
        }
        Marks(words)
    }

    fn has(&self, record: RecordNo) -> bool {
        self.0.get(record as usize / 64).is_some_and(|word| word >> (record % 64) & 1 == 1)
    }
}

impl Column {
    /// The value of a record in slot 0.
    #[inline]
    pub fn first(&self, record: RecordNo) -> ValueCode {
        self.first[record as usize]
    }

    /// The values in slot 0 of all records.
    pub fn firsts(&self) -> &[ValueCode] {
        &self.first
    }

    /// The values of a record in further slots.
    pub fn more(&self, record: RecordNo) -> &[(RecordNo, u8, ValueCode)] {
        if !self.have_more.has(record) {
            return &[];
        }
        let start = self.more.partition_point(|&(at, _, _)| at < record);
        let len = self.more[start..].iter().take_while(|&&(at, _, _)| at == record).count();
        &self.more[start..start + len]
    }

    /// All further values of all records, in order of record and slot.
    pub fn all_more(&self) -> &[(RecordNo, u8, ValueCode)] {
        &self.more
    }

    /// The value of a record in a slot.
    #[inline]
    pub fn get(&self, record: RecordNo, slot: u8) -> ValueCode {
        match slot {
            0 => self.first(record),
            _ => {
                let found = self.more(record).iter().find(|&&(_, at, _)| at == slot);
                found.map_or(NO_VALUE, |&(_, _, code)| code)
            }
        }
    }

    /// All values of a record with their slots.
    pub fn values(&self, record: RecordNo) -> impl Iterator<Item = (u8, ValueCode)> + '_ {
        let first = Some((0, self.first(record))).filter(|&(_, code)| code != NO_VALUE);
        first.into_iter().chain(self.more(record).iter().map(|&(_, slot, code)| (slot, code)))
    }

    /// Whether a record has any value that cannot be relied on.
    pub fn has_doubtful(&self, record: RecordNo) -> bool {
        self.have_doubtful.has(record)
    }

    /// How far a value of a record can be relied on, as that record claimed it: what a record says
    /// of a customer may not hang on what strangers' records say.
    pub fn validity(&self, record: RecordNo, slot: u8, code: ValueCode) -> Validity {
        if !self.have_doubtful.has(record) {
            return Validity::Valid;
        }
        let start = self.doubtful.partition_point(|&(at, ..)| at < record);
        let own = self.doubtful[start..].iter().take_while(|&&(at, ..)| at == record);
        let claimed = own.filter(|&&(_, at, of, _)| (at, of) == (slot, code)).map(|doubt| doubt.3);
        claimed.max().unwrap_or(Validity::Valid)
    }

    /// Adds the value of a record that comes after all that have one, or is the last that has; so
    /// many records are expected.
    fn push(&mut self, record: RecordNo, claim: &Claim, code: ValueCode, expected: usize) {
        if claim.validity != Validity::Valid {
            self.doubtful.push((record, claim.slot, code, claim.validity));
        }
        let is_unused = self.first.get(record as usize).is_none_or(|&code| code == NO_VALUE);
        if claim.slot == 0 && is_unused {
            if self.first.is_empty() {
                self.first.reserve(expected);
            }
            self.first.resize(record as usize, NO_VALUE);
            self.first.push(code);
        } else {
            self.more.push((record, claim.slot, code));
        }
    }

    /// Whether no record has a value.
    pub fn is_blank(&self) -> bool {
        self.more.is_empty() && self.first.iter().all(|&code| code == NO_VALUE)
    }
}

/// All claims of all records of one entity type. Made with a [`TableBuilder`].
#[derive(Clone, Debug)]
pub struct RecordTable {
    /// What the records are about.
    pub entity_type: EntityType,
    sources: Vec<SourceName>,
    source: Vec<u16>,
    ids: String,
    id_ends: Vec<u32>,
    observed_at: Vec<Option<Moment>>,
    row: Vec<u64>,
    columns: Vec<Column>,
    dictionaries: Vec<Dictionary>,
    /// Per attribute the number of its dictionary.
    dictionary_of: Vec<usize>,
    /// Those of customers who are deceased, as a remark says.
    deceased: Marks,
}

impl RecordTable {
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// All record numbers, in order of their keys.
    pub fn records(&self) -> std::ops::Range<RecordNo> {
        0..self.len() as RecordNo
    }

    /// The sources, in order of their names.
    pub fn sources(&self) -> &[SourceName] {
        &self.sources
    }

    /// The source of a record, as a number in [`RecordTable::sources`].
    pub fn source(&self, record: RecordNo) -> u16 {
        self.source[record as usize]
    }

    /// The id of a record within its source.
    pub fn id(&self, record: RecordNo) -> &str {
        id_of(&self.ids, &self.id_ends, record as usize)
    }

    /// The key of a record.
    pub fn key(&self, record: RecordNo) -> RecordKey {
        RecordKey::new(self.sources[self.source(record) as usize].clone(), self.id(record))
    }

    /// The record with this key.
    pub fn find(&self, key: &RecordKey) -> Option<RecordNo> {
        let source = self.sources.binary_search(&key.source).ok()? as u16;
        let wanted = (source, &*key.id);
        let mut range = self.records();
        while !range.is_empty() {
            let middle = range.start + (range.end - range.start) / 2;
            match (self.source(middle), self.id(middle)).cmp(&wanted) {
                std::cmp::Ordering::Less => range.start = middle + 1,
                std::cmp::Ordering::Greater => range.end = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// When a record was observed.
    pub fn observed_at(&self, record: RecordNo) -> Option<Moment> {
        self.observed_at[record as usize]
    }

    /// The number by which the store knows a record.
    pub fn row(&self, record: RecordNo) -> u64 {
        self.row[record as usize]
    }

    /// Whether a record remarks that its customer is deceased.
    pub fn is_deceased(&self, record: RecordNo) -> bool {
        self.deceased.has(record)
    }

    /// The column of an attribute.
    pub fn column(&self, attribute: AttributeId) -> &Column {
        &self.columns[attribute.0 as usize]
    }

    /// The dictionary of an attribute; attributes of one semantic type share it.
    pub fn dictionary(&self, attribute: AttributeId) -> &Dictionary {
        &self.dictionaries[self.dictionary_of[attribute.0 as usize]]
    }

    /// Whether two attributes share a dictionary, so that their codes can be compared.
    pub fn shares_dictionary(&self, left: AttributeId, right: AttributeId) -> bool {
        self.dictionary_of[left.0 as usize] == self.dictionary_of[right.0 as usize]
    }

    /// The value of a record in slot 0.
    pub fn value(&self, record: RecordNo, attribute: AttributeId) -> Option<&str> {
        match self.column(attribute).first(record) {
            NO_VALUE => None,
            code => Some(self.dictionary(attribute).value(code)),
        }
    }

    /// All attributes that some record has a value of.
    pub fn filled_attributes(&self) -> impl Iterator<Item = AttributeId> + '_ {
        let filled = |at: &usize| !self.columns[*at].is_blank();
        (0..self.columns.len()).filter(filled).map(|at| AttributeId(at as u16))
    }
}

fn id_of<'a>(ids: &'a str, ends: &[u32], record: usize) -> &'a str {
    let start = if record == 0 { 0 } else { ends[record - 1] as usize };
    &ids[start..ends[record] as usize]
}

/// A record that comes into a table.
#[derive(Clone, Copy, Debug)]
pub struct NewRecord<'r> {
    /// Source and id.
    pub key: &'r RecordKey,
    /// When the source last changed it.
    pub observed_at: Option<Moment>,
    /// The number by which the store knows it.
    pub row: u64,
    /// What it says.
    pub claims: &'r [Claim],
    /// Whether it remarks that its customer is deceased.
    pub is_deceased: bool,
}

/// Takes records in any order and makes the [`RecordTable`] that is the same for every order.
#[derive(Debug)]
pub struct TableBuilder {
    /// The table, still without dictionaries.
    table: RecordTable,
    encoders: Vec<Encoder>,
    /// Those of customers who are deceased.
    deceased: Vec<RecordNo>,
    /// How many records are expected; more may come.
    expected: usize,
}

impl TableBuilder {
    /// A builder for records of an entity type that come from these sources.
    pub fn new(
        entity_type: EntityType,
        attributes: &AttributeSet,
        sources: impl IntoIterator<Item = SourceName>,
    ) -> TableBuilder {
        let mut sources: Vec<SourceName> = sources.into_iter().collect();
        sources.sort();
        sources.dedup();
        let mut semantic_types = Vec::new();
        let mut dictionary_of = Vec::new();
        for (id, attribute) in attributes.iter() {
            // Custom attributes of one kind do not share: a tier is no occupation.
            let sharer = if attribute.semantic_type.needs_attribute() { Some(id) } else { None };
            let wanted = (attribute.semantic_type, sharer);
            let known = semantic_types.iter().position(|kind| *kind == wanted);
            dictionary_of.push(known.unwrap_or_else(|| {
                semantic_types.push(wanted);
                semantic_types.len() - 1
            }));
        }
        TableBuilder {
            table: RecordTable {
                entity_type,
                sources,
                source: Vec::new(),
                ids: String::new(),
                id_ends: Vec::new(),
                observed_at: Vec::new(),
                row: Vec::new(),
                columns: vec![Column::default(); attributes.len()],
                dictionaries: Vec::new(),
                dictionary_of,
                deceased: Marks::default(),
            },
            deceased: Vec::new(),
            encoders: vec![Encoder::default(); semantic_types.len()],
            expected: 0,
        }
    }

    /// Says how many records are to come, which saves memory.
    pub fn expect(&mut self, records: usize) {
        self.expected = records;
    }

    /// Adds a record; `row` is the number by which the store knows it.
    pub fn push(
        &mut self,
        key: &RecordKey,
        observed_at: Option<Moment>,
        row: u64,
        claims: &[Claim],
    ) {
        let is_deceased = false;
        self.push_all(std::iter::once(NewRecord { key, observed_at, row, claims, is_deceased }));
    }

    /// Adds records, which is quicker with many at a time.
    pub fn push_all<'r>(&mut self, records: impl Iterator<Item = NewRecord<'r>>) {
        let table = &mut self.table;
        // Claims are encoded one attribute after the other: its dictionary stays close to the
        // processor, where many would drive each other out.
        let mut claimed: Vec<Vec<(RecordNo, &Claim)>> = vec![Vec::new(); table.columns.len()];
        for NewRecord { key, observed_at, row, claims, is_deceased } in records {
            let record = table.len() as RecordNo;
            if is_deceased {
                self.deceased.push(record);
            }
            let source =
                table.sources.binary_search(&key.source).expect("the source was announced");
            table.source.push(source as u16);
            table.ids.push_str(&key.id);
            table.id_ends.push(table.ids.len() as u32);
            table.observed_at.push(observed_at);
            table.row.push(row);
            claims
                .iter()
                .for_each(|claim| claimed[claim.attribute.0 as usize].push((record, claim)));
        }
        for (at, claimed) in claimed.into_iter().enumerate() {
            let encoder = &mut self.encoders[table.dictionary_of[at]];
            let column = &mut table.columns[at];
            for (record, claim) in claimed {
                let code = encoder.encode(&claim.value);
                column.push(record, claim, code, self.expected);
            }
        }
    }

    /// How many records were added.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether no record was added.
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// Puts records in the order of their keys and codes in the order of first use.
    pub fn finish(self) -> RecordTable {
        let mut table = self.table;
        let mut order: Vec<RecordNo> = table.records().collect();
        order.sort_unstable_by(|&a, &b| {
            (table.source(a), table.id(a)).cmp(&(table.source(b), table.id(b)))
        });
        let mut place = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            place[old as usize] = new as RecordNo;
        }

        let mut ids = String::with_capacity(table.ids.len());
        let mut id_ends = Vec::with_capacity(order.len());
        for &old in &order {
            ids.push_str(table.id(old));
            id_ends.push(ids.len() as u32);
        }
        table.ids = ids;
        table.id_ends = id_ends;
        table.source = order.iter().map(|&old| table.source[old as usize]).collect();
        table.observed_at = order.iter().map(|&old| table.observed_at[old as usize]).collect();
        table.row = order.iter().map(|&old| table.row[old as usize]).collect();
        let mut ordered: Vec<ValueCode> = Vec::with_capacity(order.len());
        for column in &mut table.columns {
            if column.is_blank() {
                column.first = vec![NO_VALUE; order.len()];
                continue;
            }
            column.first.resize(order.len(), NO_VALUE);
            ordered.clear();
            ordered.extend(order.iter().map(|&old| column.first[old as usize]));
            // What one column was in is used for the next: memory that is new costs time.
            std::mem::swap(&mut column.first, &mut ordered);
            for entry in &mut column.more {
                entry.0 = place[entry.0 as usize];
            }
            // A stable sort: several values in one slot keep the order of the record's claims.
            column.more.sort_by_key(|&(record, slot, _)| (record, slot));
            for doubt in &mut column.doubtful {
                doubt.0 = place[doubt.0 as usize];
            }
            column.doubtful.sort_by_key(|&(record, slot, ..)| (record, slot));
            column.have_more = Marks::on(column.more.iter().map(|&(record, ..)| record));
            column.have_doubtful = Marks::on(column.doubtful.iter().map(|&(record, ..)| record));
        }
        let mut deceased: Vec<RecordNo> =
            self.deceased.iter().map(|&old| place[old as usize]).collect();
        deceased.sort_unstable();
        table.deceased = Marks::on(deceased.into_iter());
        for (number, encoder) in self.encoders.into_iter().enumerate() {
            let dictionary = renumber(&mut table, number, encoder.dictionary);
            table.dictionaries.push(dictionary);
        }
        table
    }
}

/// Gives the codes of one dictionary in the order of first use: by attribute, record and slot.
fn renumber(table: &mut RecordTable, number: usize, old: Dictionary) -> Dictionary {
    let mut new = Dictionary::default();
    let mut code_of = vec![NO_VALUE; old.len() + 1];
    let mut recode = |code: ValueCode| {
        if code != NO_VALUE && code_of[code as usize] == NO_VALUE {
            code_of[code as usize] = new.push(old.value(code));
        }
        code_of[code as usize]
    };
    for (column, _) in
        table.columns.iter_mut().zip(&table.dictionary_of).filter(|(_, of)| **of == number)
    {
        for code in &mut column.first {
            *code = recode(*code);
        }
        for entry in &mut column.more {
            entry.2 = recode(entry.2);
        }
        for doubt in &mut column.doubtful {
            doubt.2 = recode(doubt.2);
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(attribute: AttributeId, slot: u8, value: &str) -> Claim {
        Claim { attribute, slot, value: value.into(), validity: Validity::Valid, column: 0 }
    }

    fn table(order: [usize; 3]) -> RecordTable {
        let crm = SourceName::new("crm");
        let shop = SourceName::new("shop");
        let records = [
            (RecordKey::new(shop.clone(), "9"), vec![claim(AttributeId::EMAIL, 0, "z@x.nl")]),
            (
                RecordKey::new(crm.clone(), "2"),
                vec![
                    claim(AttributeId::EMAIL, 0, "a@x.nl"),
                    claim(AttributeId::EMAIL, 1, "z@x.nl"),
                    claim(AttributeId::PARTNER_NAME, 0, "Visser"),
                ],
            ),
            (RecordKey::new(crm.clone(), "1"), vec![claim(AttributeId::FAMILY_NAME, 0, "Visser")]),
        ];
        let mut builder =
            TableBuilder::new(EntityType::Person, &AttributeSet::builtin(), [shop, crm]);
        for at in order {
            builder.push(&records[at].0, None, at as u64, &records[at].1);
        }
        builder.finish()
    }

    #[test]
    fn any_order_of_arrival_gives_the_same_table() {
        let expected = format!("{:?}", table([0, 1, 2]).columns);
        for order in [[2, 1, 0], [1, 0, 2], [2, 0, 1]] {
            assert_eq!(format!("{:?}", table(order).columns), expected);
        }
    }

    #[test]
    fn records_and_values_are_found() {
        let table = table([0, 1, 2]);
        let key: RecordKey = "crm/2".parse().unwrap();
        let record = table.find(&key).unwrap();
        assert_eq!(table.key(record), key);
        assert_eq!(table.row(record), 1);
        assert_eq!(table.value(record, AttributeId::EMAIL), Some("a@x.nl"));
        let email = table.column(AttributeId::EMAIL);
        let shop = table.find(&"shop/9".parse().unwrap()).unwrap();
        assert_eq!(email.get(record, 1), email.first(shop));
        assert_eq!(email.values(record).count(), 2);
        assert_eq!(table.find(&"crm/3".parse().unwrap()), None);
    }

    #[test]
    fn a_value_is_as_valid_as_its_own_record_claims() {
        let keys = ["crm/2", "crm/1", "erp/7"].map(|key| key.parse::<RecordKey>().unwrap());
        let mut builder = TableBuilder::new(
            EntityType::Person,
            &AttributeSet::builtin(),
            keys.iter().map(|key| key.source.clone()),
        );
        let claimed = [Validity::Suspect, Validity::Valid, Validity::Invalid];
        for (key, validity) in keys.iter().zip(claimed) {
            let email = Claim { validity, ..claim(AttributeId::EMAIL, 1, "a@x.nl") };
            builder.push(key, None, 0, &[claim(AttributeId::EMAIL, 0, "z@x.nl"), email]);
        }
        let table = builder.finish();
        let email = table.column(AttributeId::EMAIL);
        for (key, validity) in keys.iter().zip(claimed) {
            let record = table.find(key).unwrap();
            assert_eq!(email.validity(record, 1, email.get(record, 1)), validity);
            assert_eq!(email.validity(record, 0, email.first(record)), Validity::Valid);
        }
    }

    #[test]
    fn attributes_of_one_semantic_type_share_codes() {
        let table = table([0, 1, 2]);
        assert!(table.shares_dictionary(AttributeId::FAMILY_NAME, AttributeId::PARTNER_NAME));
        assert_eq!(
            table.column(AttributeId::PARTNER_NAME).first(1),
            table.column(AttributeId::FAMILY_NAME).first(0),
        );
    }
}
