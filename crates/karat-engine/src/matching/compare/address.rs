//! Compares postal addresses, all parts together.
//!
//! The parts of an address depend on each other, so that weighing postal code, street and city
//! apart would count the same evidence three times.

use std::sync::Arc;

use karat_model::attribute::AttributeId;
use karat_model::evidence::Agreement::{Close, Different, Same};
use karat_model::partition::Partition;
use karat_model::table::{NO_VALUE, RecordNo, RecordTable};

use super::{Compare, Compared, Frozen, Level, SILENT, Scope, Side, labels, level};
use crate::matching::cache::LevelCache;
use crate::matching::fold;
use crate::matching::values::{Fold, TermCounts, ValueSet};

/// The attributes of an address that are compared.
pub const ATTRIBUTES: [AttributeId; 3] =
    [AttributeId::POSTCODE, AttributeId::STREET, AttributeId::CITY];

const LEVELS: &[Level] = &[
    SILENT,
    level("different", "verschillend", Different, 0.20),
    level("alike or nearby", "lijkt erop of in de buurt", Close, 0.05),
    level("same city", "zelfde plaats", Close, 0.08),
    level("same street or postal code", "zelfde straat of postcode", Close, 0.05),
    level("a letter or digit off", "een letter of cijfer anders", Close, 0.07),
    level("same postal code, as far as known", "zelfde postcode, voor zover bekend", Same, 0.15),
    level("same address", "zelfde adres", Same, 0.40),
];

/// The comparison of postal addresses.
pub struct Address<'a> {
    table: &'a RecordTable,
    postcodes: Part,
    streets: Part,
    cities: Part,
    numbers: Vec<u32>,
    additions: Vec<Fold>,
    /// Postal code or street, with house number; folds are per record, of its first address.
    doors: Part,
}

/// One part of an address: its folded values and how rare they are.
#[derive(Default)]
struct Part {
    values: ValueSet,
    folds: Vec<Fold>,
    counts: Arc<TermCounts>,
    rarities: Vec<i32>,
}

/// One address as numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Door {
    postcode: Fold,
    street: Fold,
    city: Fold,
    number: u32,
    addition: Fold,
    door: Fold,
}

const WIDTH: usize = 7;

impl Door {
    fn of(fields: &[u32]) -> Door {
        let &[postcode, street, city, number, addition, door, _] = fields else {
            unreachable!("an address keeps seven numbers")
        };
        Door { postcode, street, city, number, addition, door }
    }
}

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
        let mut address = Address {
            table,
            postcodes: part(AttributeId::POSTCODE, fold::code),
            streets: part(AttributeId::STREET, fold::words),
            cities: part(AttributeId::CITY, fold::words),
            numbers: number_of,
            additions: part(AttributeId::HOUSE_NUMBER_ADDITION, fold::code).folds,
            doors: Part::default(),
        };
        address.number_doors();
        match frozen("address") {
            Some(counts) => address.weigh(counts),
            None => address.count(&|record| record),
        }
        address
    }

    /// Counts how many customers have each part.
    fn count(&mut self, customer: &dyn Fn(RecordNo) -> u32) {
        let mut held = [const { Vec::new() }; 4];
        for record in self.table.records() {
            for slot in self.slots(record) {
                let door = self.numbered_door(record, slot);
                let parts = [door.postcode, door.street, door.city, door.door];
                for (held, part) in held.iter_mut().zip(parts) {
                    held.push((part, customer(record)));
                }
            }
        }
        let parts = [&self.postcodes, &self.streets, &self.cities, &self.doors].into_iter();
        let counts = parts.zip(held).map(|(part, held)| TermCounts::of(&part.values, held));
        self.weigh(counts.map(Arc::new).collect());
    }

    fn weigh(&mut self, counts: Vec<Arc<TermCounts>>) {
        let parts = [&mut self.postcodes, &mut self.streets, &mut self.cities, &mut self.doors];
        for (part, counts) in parts.into_iter().zip(counts) {
            part.rarities = counts.rarities(&part.values);
            part.counts = counts;
        }
    }

    /// Numbers the doors of all records.
    fn number_doors(&mut self) {
        for record in self.table.records() {
            for slot in self.slots(record) {
                let text = self.door_text(self.door(record, slot));
                let door = self.doors.values.add(&text);
                if slot == 0 {
                    self.doors.folds.push(door);
                }
            }
        }
    }

    fn door_text(&self, door: Door) -> String {
        if door.number == 0 {
            return String::new();
        }
        let place = match (door.postcode, door.street) {
            (NO_VALUE, NO_VALUE) => return String::new(),
            (NO_VALUE, street) => self.streets.values.text(street),
            (postcode, _) => self.postcodes.values.text(postcode),
        };
        format!("{place} {}", door.number)
    }

    fn slots(&self, record: RecordNo) -> impl Iterator<Item = u8> + use<> {
        let last = ATTRIBUTES
            .into_iter()
            .filter_map(|attribute| self.table.column(attribute).more(record).last())
            .map(|&(_, slot, _)| slot)
            .max();
        0..=last.unwrap_or(0).min(7)
    }

    /// The parts of an address; its door is not looked up.
    fn door(&self, record: RecordNo, slot: u8) -> Door {
        let code = |attribute| self.table.column(attribute).get(record, slot) as usize;
        Door {
            postcode: self.postcodes.folds[code(AttributeId::POSTCODE)],
            street: self.streets.folds[code(AttributeId::STREET)],
            city: self.cities.folds[code(AttributeId::CITY)],
            number: self.numbers[code(AttributeId::HOUSE_NUMBER)],
            addition: self.additions[code(AttributeId::HOUSE_NUMBER_ADDITION)],
            door: NO_VALUE,
        }
    }

    fn numbered_door(&self, record: RecordNo, slot: u8) -> Door {
        let mut door = self.door(record, slot);
        if slot == 0 {
            door.door = self.doors.folds[record as usize];
            return door;
        }
        door.door = self.doors.values.find_text(&self.door_text(door)).unwrap_or(NO_VALUE);
        door
    }

    fn compare_doors(&self, left: Door, right: Door, cache: &mut LevelCache) -> Compared {
        let both = |a: u32, b: u32| a != NO_VALUE && b != NO_VALUE;
        let same = |a: u32, b: u32| a == b && a != NO_VALUE;
        let comparable = both(left.postcode, right.postcode)
            || both(left.street, right.street)
            || both(left.city, right.city);
        if !comparable {
            return Compared::SILENT;
        }
        let same_postcode = same(left.postcode, right.postcode);
        let same_street = same(left.street, right.street);
        let same_city = same(left.city, right.city);
        let same_number = same(left.number, right.number);
        let number_open = left.number == 0 || right.number == 0;
        let other_unit = both(left.addition, right.addition) && left.addition != right.addition;

        if same_number && !other_unit && (same_postcode || same_street) {
            let rarity = |door: Fold| self.doors.rarities[door as usize];
            return Compared::rare(7, rarity(left.door).min(rarity(right.door)));
        }
        if same_postcode && number_open {
            return Compared::rare(6, self.postcodes.rarities[left.postcode as usize]);
        }
        if same_street && number_open && (same_city || !both(left.postcode, right.postcode)) {
            return Compared::rare(6, self.streets.rarities[left.street as usize]);
        }
        let close_postcode = both(left.postcode, right.postcode)
            && self.postcodes.values.is_letter_off(left.postcode, right.postcode, 4);
        let close_street = both(left.street, right.street)
            && cache.level(left.street, right.street, || {
                u8::from(is_alike(&self.streets.values, left.street, right.street))
            }) == 1;
        let number_agrees = same_number || number_open;
        if number_agrees && !other_unit && (close_street || close_postcode) {
            return Compared::at(5);
        }
        if same_postcode {
            return Compared::rare(4, self.postcodes.rarities[left.postcode as usize]);
        }
        if same_street {
            return Compared::rare(4, self.streets.rarities[left.street as usize]);
        }
        if same_city {
            return Compared::rare(3, self.cities.rarities[left.city as usize]);
        }
        let close_city =
            both(left.city, right.city) && is_alike(&self.cities.values, left.city, right.city);
        let same_area = both(left.postcode, right.postcode)
            && area(self.postcodes.values.text(left.postcode))
                == area(self.postcodes.values.text(right.postcode));
        Compared::at(if close_city || same_area { 2 } else { 1 })
    }
}

fn is_alike(values: &ValueSet, left: Fold, right: Fold) -> bool {
    values.similarity(left, right, 900) > 0
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
        let Door { postcode, street, city, number, addition, door } = self.numbered_door(record, 0);
        let more = u32::from(self.slots(record).count() > 1);
        fields.copy_from_slice(&[postcode, street, city, number, addition, door, more]);
    }
    fn compare(&self, left: Side, right: Side, cache: &mut LevelCache) -> Compared {
        let single = left.fields[6] == 0 && right.fields[6] == 0;
        if single {
            return self.compare_doors(Door::of(left.fields), Door::of(right.fields), cache);
        }
        let mut best = Compared::SILENT;
        for a in self.slots(left.record) {
            for b in self.slots(right.record) {
                let a = self.numbered_door(left.record, a);
                let b = self.numbered_door(right.record, b);
                best = best.or(self.compare_doors(a, b, cache));
            }
        }
        best
    }
    fn show(&self, record: RecordNo) -> String {
        let lines = self.slots(record).map(|slot| {
            let part = |attribute| match self.table.column(attribute).get(record, slot) {
                NO_VALUE => "",
                code => self.table.dictionary(attribute).value(code),
            };
            let street = [
                AttributeId::STREET,
                AttributeId::HOUSE_NUMBER,
                AttributeId::HOUSE_NUMBER_ADDITION,
            ];
            let place = [AttributeId::POSTCODE, AttributeId::CITY];
            let join = |parts: &[AttributeId]| {
                let parts: Vec<&str> =
                    parts.iter().map(|&id| part(id)).filter(|text| !text.is_empty()).collect();
                parts.join(" ")
            };
            let halves = [join(&street), join(&place)];
            let halves: Vec<String> = halves.into_iter().filter(|half| !half.is_empty()).collect();
            halves.join(", ")
        });
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        lines.join("; ")
    }
    fn term_counts(&self) -> Vec<Arc<TermCounts>> {
        [&self.postcodes, &self.streets, &self.cities, &self.doors]
            .map(|part| part.counts.clone())
            .into()
    }
    fn count_by_customer(&mut self, customers: &Partition) {
        self.count(&|record| customers.cluster_of(record));
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
