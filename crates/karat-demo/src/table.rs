//! Tables of facts from `data/`, and drawing from them by weight.

use crate::dice::Dice;

/// Items, each drawn as often as its weight says.
#[derive(Clone, Debug)]
pub struct Weighted<T> {
    items: Vec<T>,
    /// The sum of the weights up to and including each item.
    sums: Vec<u32>,
}

impl<T> Weighted<T> {
    /// A table of items with their weights; it draws nothing that weighs nothing.
    pub fn new(rows: impl IntoIterator<Item = (T, u32)>) -> Weighted<T> {
        let mut table = Weighted { items: Vec::new(), sums: Vec::new() };
        let mut sum = 0;
        for (item, weight) in rows {
            sum += weight;
            table.items.push(item);
            table.sums.push(sum);
        }
        table
    }

    /// One item.
    pub fn pick(&self, dice: &mut Dice) -> &T {
        self.at(dice.below(self.total()))
    }

    /// The item at a place between 0 and the total weight.
    pub fn at(&self, place: u32) -> &T {
        &self.items[self.sums.partition_point(|&sum| sum <= place)]
    }

    /// The sum of all weights.
    pub fn total(&self) -> u32 {
        *self.sums.last().expect("a table of the data folder has rows")
    }

    /// All items, in the order of the file.
    #[cfg(test)]
    pub fn items(&self) -> &[T] {
        &self.items
    }
}

/// The cells of each row of a tab-separated file; lines with `#` are remarks.
pub fn rows(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    file.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// The items of one kind in a file of kind, item, weight.
pub fn of_kind(file: &'static str, kind: &str) -> Weighted<&'static str> {
    Weighted::new(rows(file).filter(|row| row[0] == kind).map(|row| (row[1], weight(row[2]))))
}

/// The weight that a cell holds.
pub fn weight(cell: &str) -> u32 {
    cell.parse().expect("weights in the data folder are whole numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stand_at_their_weights() {
        let table = Weighted::new([("a", 2), ("nothing", 0), ("b", 1)]);
        let places: Vec<_> = (0..table.total()).map(|place| *table.at(place)).collect();
        assert_eq!(places, ["a", "a", "b"]);
    }
}
