//! The stored form of the records of an entity: rising numbers with commas, so that a script in SQL
//! could write it.

use crate::number::RowNo;

/// Writes the numbers of records, which may come in any order.
pub fn to_text(members: &[RowNo]) -> String {
    let mut sorted: Vec<u64> = members.iter().map(|row| row.0).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut text = String::with_capacity(sorted.len() * 8);
    for number in sorted {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(&number.to_string());
    }
    text
}

/// Reads what was written; `None` when it is damaged.
pub fn from_text(text: &str) -> Option<Vec<RowNo>> {
    let numbers = text.split(',').filter(|_| !text.is_empty());
    numbers.map(|number| number.parse().ok().map(RowNo)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_as_written() {
        let rows = |numbers: &[u64]| numbers.iter().copied().map(RowNo).collect::<Vec<_>>();
        assert_eq!(to_text(&rows(&[17, 3])), "3,17");
        for numbers in [vec![], vec![7], vec![1, 20, 300]] {
            assert_eq!(from_text(&to_text(&rows(&numbers))), Some(rows(&numbers)));
        }
        assert_eq!(from_text("3,"), None);
    }
}
