//! Compares postal addresses, all parts together.
//!
//! The parts of an address depend on each other, so that weighing postal code, street and city
//! apart would count the same evidence three times.
//!
//! A post office box is no house, and people have both: the one does not contradict the other. Who
//! lives in care of somebody will not stay, so that such an address says less either way.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::table::{NO_VALUE, RecordNo, RecordTable};

use super::{
    Compare, Compared, Frozen, Level, SILENT, Scope, Side, Terms, labels, level, out_of_line,
};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::values::{Fold, Holders, Rarities, TermCounts, Value, ValueSet};

/// The attributes of an address that are compared.
pub const ATTRIBUTES: [AttributeId; 3] =
    [AttributeId::POSTCODE, AttributeId::STREET, AttributeId::CITY];

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.20),
    level("alike or nearby", "lijkt erop of in de buurt", Close, 0.05),
    level("same city", "zelfde plaats", Close, 0.08),
    level("same street or postal code", "zelfde straat of postcode", Close, 0.05),
    level("same house, another unit", "zelfde huis, andere eenheid", Close, 0.02),
    level("a letter or digit off", "een letter of cijfer anders", Close, 0.07),
    level("same postal code, as far as known", "zelfde postcode, voor zover bekend", Same, 0.15),
    out_of_line("same address, in care of somebody", "zelfde adres, per adres", Close, 0.01),
    level("same address", "zelfde adres", Same, 0.40),
];
const DIFFERENT: u8 = 1;
const NEARBY: u8 = 2;
const SAME_CITY: u8 = 3;
const SAME_STREET: u8 = 4;
const OTHER_UNIT: u8 = 5;
const LETTER_OFF: u8 = 6;
const SAME_AS_FAR_AS_KNOWN: u8 = 7;
const SAME_IN_CARE: u8 = 8;
const SAME: u8 = 9;

/// The comparison of postal addresses.
pub struct Address<'a> {
    table: &'a RecordTable,
    postcodes: Part,
    streets: Part,
    cities: Part,
    numbers: Vec<u32>,
    additions: Vec<Fold>,
    /// Per value code the number that an addition is, or 0.
    addition_numbers: Vec<u32>,
    /// Per folded street whether it is a post office box.
    are_boxes: Vec<bool>,
    /// Per value code whether a further line names whoever lives there.
    are_in_care: Vec<bool>,
    /// Per postal code the number of its area.
    areas: Vec<Fold>,
    /// Postal code or street, with house number; folds are per record, of its first address.
    doors: Part,
}

/// One part of an address: its folded values and how rare they are.
#[derive(Default)]
struct Part {
    values: ValueSet,
    folds: Vec<Fold>,
    rarities: Rarities,
}

impl Part {
    fn rarity(&self, fold: Fold) -> i32 {
        self.rarities.of(&self.values, fold)
    }
}

/// One address, as a row keeps it.
#[derive(Clone, Copy)]
struct Door<'r>(&'r [u32]);

impl Door<'_> {
    const WIDTH: usize = 3 * Value::WIDTH + 4;

    fn value(self, at: usize) -> Value {
        Value::from_fields(&self.0[at * Value::WIDTH..])
    }
    fn postcode(self) -> Value {
        self.value(0)
    }
    fn street(self) -> Value {
        self.value(1)
    }
    fn city(self) -> Value {
        self.value(2)
    }
    fn area(self) -> Fold {
        self.0[3 * Value::WIDTH]
    }
    fn house(self) -> House {
        House(self.0[3 * Value::WIDTH + 1])
    }
    fn addition(self) -> Fold {
        self.0[3 * Value::WIDTH + 2]
    }
    fn door(self) -> Fold {
        self.0[3 * Value::WIDTH + 3]
    }
}

/// The numbers of a house, and what kind of address it is, as a row keeps them: twenty bits for the
/// first number, ten for how many more there are, one for a box and one for in care of somebody.
#[derive(Clone, Copy)]
struct House(u32);

impl House {
    const BOX: u32 = 1 << 30;
    const IN_CARE: u32 = 1 << 31;

    fn first(self) -> u32 {
        self.0 & 0xf_ffff
    }
    fn last(self) -> u32 {
        self.first() + (self.0 >> 20 & 0x3ff)
    }
    fn is_known(self) -> bool {
        self.first() != 0
    }
    fn is_box(self) -> bool {
        self.0 & House::BOX != 0
    }
    fn is_in_care(self) -> bool {
        self.0 & House::IN_CARE != 0
    }

    /// Whether two houses have a number in common: `12-14` is 12 as well as 14.
    fn meets(self, other: House) -> bool {
        let one_side = (self.first() ^ other.first()) & 1 == 0;
        let overlap = self.first() <= other.last() && other.first() <= self.last();
        self.is_known() && other.is_known() && one_side && overlap
    }
}

/// How many numbers more a house has, if the addition is the last of them: `12-14`. Both are on one
/// side of the street; `12-2` is the second floor.
fn further_numbers(number: u32, addition: u32) -> u32 {
    const FURTHER_MAX: u32 = 20;
    match addition.checked_sub(number) {
        Some(further) if number > 0 && further <= FURTHER_MAX && further % 2 == 0 => further,
        _ => 0,
    }
}

/// What is kept per record: a door, and whether there are more.
const WIDTH: usize = Door::WIDTH + 1;
const MORE: usize = Door::WIDTH;

impl<'a> Address<'a> {
    /// Prepares the addresses of a table.
    pub fn prepare(table: &'a RecordTable, frozen: Frozen) -> Address<'a> {
        let part = |attribute, fold: fn(&str) -> String| {
            let mut values = ValueSet::default();
            let folds = values.add_all(table.dictionary(attribute), fold);
            Part { values, folds, ..Part::default() }
        };
        let numbers = table.dictionary(AttributeId::HOUSE_NUMBER);
        let mut number_of = vec![0; numbers.len() + 1];
        for code in numbers.codes() {
            number_of[code as usize] = leading_number(numbers.value(code));
        }
        let additions = table.dictionary(AttributeId::HOUSE_NUMBER_ADDITION);
        let of_addition = additions.codes().map(|code| whole_number(additions.value(code)));
        let extras = table.dictionary(AttributeId::ADDRESS_EXTRA);
        let in_care = extras.codes().map(|code| is_in_care(extras.value(code)));
        let streets = part(AttributeId::STREET, fold::words);
        let are_boxes = streets.values.folds().map(|fold| is_box(streets.values.text(fold)));
        let mut address = Address {
            table,
            postcodes: part(AttributeId::POSTCODE, fold::code),
            addition_numbers: std::iter::once(0).chain(of_addition).collect(),
            are_in_care: std::iter::once(false).chain(in_care).collect(),
            are_boxes: std::iter::once(false).chain(are_boxes).collect(),
            streets,
            cities: part(AttributeId::CITY, fold::words),
            numbers: number_of,
            additions: part(AttributeId::HOUSE_NUMBER_ADDITION, fold::code).folds,
            areas: Vec::new(),
            doors: Part::default(),
        };
        address.areas = areas(&address.postcodes.values);
        address.number_doors();
        match frozen("address") {
            Some(counts) => address.weigh(counts),
            None => address.count(Holders::Unknown(table.len())),
        }
        address
    }

    fn weigh(&mut self, counts: Vec<Arc<TermCounts>>) {
        let parts = [&mut self.postcodes, &mut self.streets, &mut self.cities, &mut self.doors];
        for (part, counts) in parts.into_iter().zip(counts) {
            part.rarities = Rarities::of_model(counts, &part.values);
        }
    }

    /// Numbers the doors of all records.
    fn number_doors(&mut self) {
        for record in self.table.records() {
            for slot in self.slots(record) {
                let text = self.door_text(record, slot);
                let door = self.doors.values.add(&text);
                if slot == 0 {
                    self.doors.folds.push(door);
                }
            }
        }
    }

    fn door_text(&self, record: RecordNo, slot: u8) -> String {
        let number = self.number(record, slot);
        if number == 0 {
            return String::new();
        }
        let postcode = self.fold(&self.postcodes, AttributeId::POSTCODE, record, slot);
        let street = self.fold(&self.streets, AttributeId::STREET, record, slot);
        let place = match (postcode, street) {
            (NO_VALUE, NO_VALUE) => return String::new(),
            (NO_VALUE, street) => self.streets.values.text(street),
            (postcode, _) => self.postcodes.values.text(postcode),
        };
        format!("{place} {number}")
    }

    /// The number of the door of an address.
    fn door(&self, record: RecordNo, slot: u8) -> Fold {
        if slot == 0 {
            return self.doors.folds[record as usize];
        }
        self.doors.values.find_text(&self.door_text(record, slot)).unwrap_or(NO_VALUE)
    }

    fn code(&self, attribute: AttributeId, record: RecordNo, slot: u8) -> usize {
        self.table.column(attribute).get(record, slot) as usize
    }

    fn fold(&self, part: &Part, attribute: AttributeId, record: RecordNo, slot: u8) -> Fold {
        part.folds[self.code(attribute, record, slot)]
    }

    fn number(&self, record: RecordNo, slot: u8) -> u32 {
        self.numbers[self.code(AttributeId::HOUSE_NUMBER, record, slot)]
    }

    fn house(&self, record: RecordNo, slot: u8) -> House {
        let number = self.number(record, slot).min(0xf_ffff);
        let addition = self.code(AttributeId::HOUSE_NUMBER_ADDITION, record, slot);
        let further = further_numbers(number, self.addition_numbers[addition]);
        let street = self.fold(&self.streets, AttributeId::STREET, record, slot);
        let flag = |is_set: bool, flag: u32| if is_set { flag } else { 0 };
        let extra = self.code(AttributeId::ADDRESS_EXTRA, record, slot);
        let is_box = flag(self.are_boxes[street as usize], House::BOX);
        let is_in_care = flag(self.are_in_care[extra], House::IN_CARE);
        House(number | further << 20 | is_box | is_in_care)
    }

    /// An address as people read it; all units of a house are one without the addition.
    fn line(&self, record: RecordNo, slot: u8, with_addition: bool) -> String {
        let part = |attribute| match self.table.column(attribute).get(record, slot) {
            NO_VALUE => "",
            code => self.table.dictionary(attribute).value(code),
        };
        let join = |parts: &[AttributeId]| {
            let parts: Vec<&str> =
                parts.iter().map(|&id| part(id)).filter(|text| !text.is_empty()).collect();
            parts.join(" ")
        };
        let house =
            [AttributeId::STREET, AttributeId::HOUSE_NUMBER, AttributeId::HOUSE_NUMBER_ADDITION];
        let house = if with_addition { &house[..] } else { &house[..2] };
        let halves = [join(house), join(&[AttributeId::POSTCODE, AttributeId::CITY])];
        let halves: Vec<String> = halves.into_iter().filter(|half| !half.is_empty()).collect();
        halves.join(", ")
    }

    fn slots(&self, record: RecordNo) -> impl Iterator<Item = u8> + use<> {
        let last = ATTRIBUTES
            .into_iter()
            .filter_map(|attribute| self.table.column(attribute).more(record).last())
            .map(|&(_, slot, _)| slot)
            .max();
        0..=last.unwrap_or(0).min(7)
    }

    fn fill_one(&self, record: RecordNo, slot: u8, fields: &mut [u32]) {
        let parts = [
            (&self.postcodes, AttributeId::POSTCODE),
            (&self.streets, AttributeId::STREET),
            (&self.cities, AttributeId::CITY),
        ];
        for ((part, attribute), fields) in
            parts.into_iter().zip(fields.chunks_exact_mut(Value::WIDTH))
        {
            let value = part.values.value(self.fold(part, attribute, record, slot));
            fields.copy_from_slice(&value.to_fields());
        }
        let postcode = self.fold(&self.postcodes, AttributeId::POSTCODE, record, slot);
        let addition = self.code(AttributeId::HOUSE_NUMBER_ADDITION, record, slot);
        fields[3 * Value::WIDTH..Door::WIDTH].copy_from_slice(&[
            self.areas[postcode as usize],
            self.house(record, slot).0,
            self.additions[addition],
            self.door(record, slot),
        ]);
    }

    fn compare_one(&self, left: Door, right: Door, cache: &mut LevelCache) -> Compared {
        let found = self.compare_doors(left, right, cache);
        let is_in_care = left.house().is_in_care() || right.house().is_in_care();
        match found.level {
            SAME if is_in_care => Compared { level: SAME_IN_CARE, ..found },
            DIFFERENT | NEARBY if is_in_care => Compared::SILENT,
            _ => found,
        }
    }

    fn compare_doors(&self, left: Door, right: Door, cache: &mut LevelCache) -> Compared {
        let comparable = both(left.postcode(), right.postcode())
            || both(left.street(), right.street())
            || both(left.city(), right.city());
        if !comparable {
            return Compared::SILENT;
        }
        let (house, other_house) = (left.house(), right.house());
        let same_postcode = same(left.postcode().fold, right.postcode().fold);
        let same_city = same(left.city().fold, right.city().fold);
        let rare = |level, part: &Part, fold: Fold| Compared::rare(level, part.rarity(fold));
        if house.is_box() != other_house.is_box() {
            return if same_postcode {
                rare(SAME_STREET, &self.postcodes, left.postcode().fold)
            } else if same_city {
                rare(SAME_CITY, &self.cities, left.city().fold)
            } else {
                Compared::SILENT
            };
        }
        let is_elsewhere = || self.is_elsewhere(left, right);
        // Boxes of all towns are in a street of one name.
        let same_street = same(left.street().fold, right.street().fold)
            && (same_postcode || same_city || !is_elsewhere())
            && (!house.is_box() || same_city);
        let same_number = house.meets(other_house);
        let number_open = !house.is_known() || !other_house.is_known();
        let has_addition = left.addition() != NO_VALUE && right.addition() != NO_VALUE;
        let other_unit = has_addition && left.addition() != right.addition();

        if same_number && (same_postcode || same_street) {
            if other_unit && same_postcode {
                return rare(OTHER_UNIT, &self.postcodes, left.postcode().fold);
            }
            if other_unit {
                return rare(OTHER_UNIT, &self.streets, left.street().fold);
            }
            let [rarity, other] = [left, right].map(|at| self.doors.rarity(at.door()));
            return Compared::rare(SAME, rarity.min(other));
        }
        if same_postcode && number_open {
            return rare(SAME_AS_FAR_AS_KNOWN, &self.postcodes, left.postcode().fold);
        }
        if same_street && number_open && (same_city || !both(left.postcode(), right.postcode())) {
            return rare(SAME_AS_FAR_AS_KNOWN, &self.streets, left.street().fold);
        }
        let number_agrees = same_number || number_open;
        let mut close_street = || {
            both(left.street(), right.street())
                && is_alike(&self.streets.values, left.street(), right.street(), cache)
                && !(house.is_box() || is_elsewhere())
        };
        if number_agrees && !other_unit && (self.close_postcode(left, right) || close_street()) {
            return Compared::at(LETTER_OFF);
        }
        if same_postcode {
            return rare(SAME_STREET, &self.postcodes, left.postcode().fold);
        }
        if same_street && !house.is_box() {
            return rare(SAME_STREET, &self.streets, left.street().fold);
        }
        if same_city {
            return rare(SAME_CITY, &self.cities, left.city().fold);
        }
        let is_near = self.close_city(left, right) || same(left.area(), right.area());
        Compared::at(if is_near { NEARBY } else { DIFFERENT })
    }

    /// Whether the places of two addresses contradict each other: a street of one name is in many
    /// towns.
    fn is_elsewhere(&self, left: Door, right: Door) -> bool {
        let comparable = both(left.postcode(), right.postcode()) || both(left.city(), right.city());
        comparable
            && !same(left.area(), right.area())
            && !same(left.city().fold, right.city().fold)
            && !self.close_postcode(left, right)
            && !self.close_city(left, right)
    }

    fn close_postcode(&self, left: Door, right: Door) -> bool {
        both(left.postcode(), right.postcode())
            && self.postcodes.values.is_letter_off(left.postcode(), right.postcode(), 4)
    }

    fn close_city(&self, left: Door, right: Door) -> bool {
        both(left.city(), right.city())
            && self.cities.values.similarity(left.city(), right.city(), ALIKE_MIN) > 0
    }
}

fn both(left: Value, right: Value) -> bool {
    left.is_known() && right.is_known()
}

fn same(left: Fold, right: Fold) -> bool {
    left == right && left != NO_VALUE
}

/// The similarity from which streets and cities are alike, in thousandths.
const ALIKE_MIN: u32 = 900;

fn is_alike(values: &ValueSet, left: Value, right: Value, cache: &mut LevelCache) -> bool {
    left.letters.may_reach(right.letters, ALIKE_MIN)
        && cache.level(left.fold, right.fold, || {
            u8::from(values.similarity(left, right, ALIKE_MIN) > 0)
        }) == 1
}

/// Per postal code the number of its area.
fn areas(postcodes: &ValueSet) -> Vec<Fold> {
    let mut areas = ValueSet::default();
    let numbers = postcodes.folds().map(|fold| areas.add(area(postcodes.text(fold))));
    std::iter::once(NO_VALUE).chain(numbers).collect()
}

/// The area of a postal code: the part before its last three characters, at least two.
fn area(postcode: &str) -> &str {
    let is_dutch = postcode.len() == 6 && postcode.bytes().take(4).all(|b| b.is_ascii_digit());
    let length = if is_dutch { 4 } else { postcode.len().saturating_sub(3).max(2) };
    postcode.get(..length).unwrap_or(postcode)
}

fn leading_number(value: &str) -> u32 {
    let digits = value.bytes().take_while(u8::is_ascii_digit).take(6);
    digits.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

/// The number that a text is, or 0.
fn whole_number(text: &str) -> u32 {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { leading_number(text) } else { 0 }
}

/// Whether a folded street is a post office box, as cleaning writes them.
fn is_box(street: &str) -> bool {
    const BOXES: [&str; 6] =
        ["postbus", "antwoordnummer", "postfach", "po box", "boite postale", "case postale"];
    BOXES.contains(&street)
}

/// Whether a further line of an address names whoever lives there: `c/o Jansen`.
fn is_in_care(extra: &str) -> bool {
    const OPENINGS: [&str; 6] = ["c/o ", "p/a ", "per adres ", "care of ", "bei ", "chez "];
    OPENINGS.iter().any(|opening| {
        extra.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening))
    })
}

impl Compare for Address<'_> {
    fn name(&self) -> &str {
        "address"
    }
    fn label(&self) -> [String; 2] {
        labels("Address", "Adres")
    }
    fn levels(&self) -> &'static [Level] {
        LEVELS
    }
    fn scope(&self) -> Scope {
        Scope::Shared
    }
    fn width(&self) -> usize {
        WIDTH
    }
    fn fill(&self, record: RecordNo, fields: &mut [u32]) {
        self.fill_one(record, 0, fields);
        fields[MORE] = u32::from(self.slots(record).count() > 1);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        let are_single = left.fields[MORE] == 0 && right.fields[MORE] == 0;
        if are_single {
            return self.compare_one(Door(left.fields), Door(right.fields), cache);
        }
        let mut best = Compared::SILENT;
        let (mut one, mut other) = ([0; Door::WIDTH], [0; Door::WIDTH]);
        for a in self.slots(left.record) {
            self.fill_one(left.record, a, &mut one);
            for b in self.slots(right.record) {
                self.fill_one(right.record, b, &mut other);
                best = best.or(self.compare_one(Door(&one), Door(&other), cache));
            }
        }
        best
    }
    fn show(&self, record: RecordNo) -> String {
        let lines = self.slots(record).map(|slot| self.line(record, slot, true));
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        lines.join("; ")
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        [&self.postcodes, &self.streets, &self.cities, &self.doors]
            .map(|part| part.rarities.counts.clone())
            .into()
    }
    fn terms(&self) -> Vec<Terms<'_>> {
        let doors = move |record| self.slots(record).map(move |slot| self.door(record, slot));
        let show = move |record, door: Fold| {
            let mut slots = self.slots(record);
            let slot = slots.find(|&slot| self.door(record, slot) == door);
            slot.map_or(String::new(), |slot| self.line(record, slot, false))
        };
        vec![Terms {
            label: self.label(),
            level: SAME,
            values: &self.doors.values,
            rarities: &self.doors.rarities,
            of: Box::new(move |record, found| found.extend(doors(record))),
            show: Box::new(show),
        }]
    }
    fn count(&mut self, holders: Holders) {
        let count = |part: &Part, fold_of: &dyn Fn(RecordNo, u8) -> Fold| {
            Rarities::count(&part.values, holders, |record, found| {
                found.extend(self.slots(record).map(|slot| fold_of(record, slot)));
            })
        };
        let of_part = |part: &Part, attribute| {
            count(part, &|record, slot| self.fold(part, attribute, record, slot))
        };
        let counted = [
            of_part(&self.postcodes, AttributeId::POSTCODE),
            of_part(&self.streets, AttributeId::STREET),
            of_part(&self.cities, AttributeId::CITY),
            count(&self.doors, &|record, slot| self.door(record, slot)),
        ];
        let parts = [&mut self.postcodes, &mut self.streets, &mut self.cities, &mut self.doors];
        for (part, rarities) in parts.into_iter().zip(counted) {
            part.rarities = rarities;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postal_codes_have_areas() {
        for (postcode, expected) in [
            ("1234ab", "1234"),
            ("tq138df", "tq13"),
            ("bs20el", "bs2"),
            ("4223", "42"),
            ("50667", "50"),
        ] {
            assert_eq!(area(postcode), expected);
        }
    }

    #[test]
    fn house_numbers_start_with_digits() {
        assert_eq!(leading_number("12-14"), 12);
        assert_eq!(leading_number("hs"), 0);
    }
}
