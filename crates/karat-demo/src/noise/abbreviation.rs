//! Streets as they are written where room or patience is short.

use crate::dice::Dice;

/// Words in street names and their abbreviations.
const SHORT: [(&str, &str); 14] = [
    ("Burgemeester ", "Burg. "),
    ("Professor ", "Prof. "),
    ("Doctor ", "Dr. "),
    ("Dominee ", "Ds. "),
    ("Pastoor ", "Past. "),
    ("Koningin ", "Kon. "),
    ("Prinses ", "Pr. "),
    ("Prins ", "Pr. "),
    ("President ", "Pres. "),
    ("Sint ", "St. "),
    ("straat", "str."),
    ("straat", "str"),
    ("plein", "pln."),
    ("singel", "sngl"),
];

/// The street with one word abbreviated, if it has one that people abbreviate.
pub fn abbreviated(street: &str, dice: &mut Dice) -> String {
    let first = dice.below(SHORT.len() as u32) as usize;
    for step in 0..SHORT.len() {
        let (long, short) = SHORT[(first + step) % SHORT.len()];
        if let Some(place) = street.find(long) {
            return format!("{}{short}{}", &street[..place], &street[place + long.len()..]);
        }
    }
    street.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    #[test]
    fn streets_get_shorter() {
        let mut dice = Dice::new(1, Purpose::World, 0);
        assert!(["Kerkstr.", "Kerkstr"].contains(&abbreviated("Kerkstraat", &mut dice).as_str()));
        assert_eq!(abbreviated("Sint Jansweg", &mut dice), "St. Jansweg");
        assert_eq!(abbreviated("Kade", &mut dice), "Kade");
    }
}
