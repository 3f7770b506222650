//! Slips of the finger: a neighbouring key, two letters the other way round, one too few or many.

use crate::dice::Dice;

const KEYBOARD: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// The text with one slip.
pub fn slip(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> =
        (1..letters.len()).filter(|&place| letters[place].is_alphanumeric()).collect();
    if places.is_empty() {
        return text.to_owned();
    }
    let place = *dice.pick(&places);
    match dice.share([35, 25, 25, 15]) {
        0 => letters[place] = neighbouring_key(letters[place], dice),
        1 => {
            letters.remove(place);
        }
        2 if letters[place - 1].is_alphanumeric() => swap(&mut letters, place),
        _ => letters.insert(place, letters[place]),
    }
    letters.into_iter().collect()
}

/// Two neighbours change places, but a capital stays in front.
fn swap(letters: &mut [char], place: usize) {
    let capital_in_front = letters[place - 1].is_uppercase() && letters[place].is_lowercase();
    letters.swap(place - 1, place);
    if capital_in_front {
        letters[place - 1] = letters[place - 1].to_ascii_uppercase();
        letters[place] = letters[place].to_ascii_lowercase();
    }
}

fn neighbouring_key(letter: char, dice: &mut Dice) -> char {
    let lower = letter.to_ascii_lowercase();
    let row = KEYBOARD.iter().find(|row| row.contains(lower));
    let Some(row) = row else { return letter };
    let keys: Vec<char> = row.chars().collect();
    let place = keys.iter().position(|&key| key == lower).expect("the row contains the letter");
    let hits_the_right = place == 0 || (place + 1 < keys.len() && dice.percent(50));
    let hit = keys[if hits_the_right { place + 1 } else { place - 1 }];
    if letter.is_uppercase() { hit.to_ascii_uppercase() } else { hit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    #[test]
    fn a_slip_is_small_and_keeps_the_first_letter() {
        let mut dice = Dice::new(1, Purpose::World, 0);
        let mut changed = 0;
        for _ in 0..500 {
            let slipped = slip("Oosterhuizen", &mut dice);
            assert!(slipped.len().abs_diff("Oosterhuizen".len()) <= 1, "{slipped}");
            assert!(slipped.starts_with('O'), "{slipped}");
            changed += u32::from(slipped != "Oosterhuizen");
        }
        assert!(changed > 450);
        assert_eq!(slip("J", &mut dice), "J");
    }
}
