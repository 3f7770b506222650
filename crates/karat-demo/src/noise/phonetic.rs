//! Names as they sound over the phone.

use crate::dice::Dice;

/// Spellings that sound alike; each stands for the other.
const ALIKE: [(&str, &str); 23] = [
    ("eij", "ey"),
    ("eij", "ei"),
    ("ij", "ei"),
    ("ij", "y"),
    ("ei", "ij"),
    ("y", "ij"),
    ("c", "k"),
    ("k", "c"),
    ("ck", "k"),
    ("f", "v"),
    ("v", "f"),
    ("ph", "f"),
    ("s", "z"),
    ("z", "s"),
    ("dt", "d"),
    ("d", "dt"),
    ("ch", "g"),
    ("ou", "au"),
    ("au", "ou"),
    ("th", "t"),
    ("x", "ks"),
    ("ss", "s"),
    ("ee", "e"),
];

/// The name with one sound spelled otherwise.
pub fn by_ear(name: &str, dice: &mut Dice) -> String {
    let sounds: Vec<(usize, usize, &str)> = alike(name).collect();
    if sounds.is_empty() {
        return doubled_or_single(name, dice);
    }
    if dice.percent(25) {
        return doubled_or_single(name, dice);
    }
    let &(start, end, sound) = dice.pick(&sounds);
    let capital = name[start..end].starts_with(char::is_uppercase);
    let sound = if capital { crate::names::company::capitalised(sound) } else { sound.to_owned() };
    format!("{}{sound}{}", &name[..start], &name[end..])
}

/// Places in the name that could be spelled otherwise, with the other spelling.
fn alike(name: &str) -> impl Iterator<Item = (usize, usize, &'static str)> {
    let lower = name.to_ascii_lowercase();
    ALIKE.iter().filter_map(move |&(heard, written)| {
        let only_at_the_end = written == "dt";
        let start = if only_at_the_end { lower.rfind(heard)? } else { lower.find(heard)? };
        let end = start + heard.len();
        // `eij` is one sound, of which `ei` and `ij` are no parts.
        let within_eij = matches!(heard, "ei" | "ij") && lower.contains("eij");
        let fits = !within_eij && (!only_at_the_end || end == lower.len());
        fits.then_some((start, end, written))
    })
}

/// A double consonant heard as one, or one as two.
fn doubled_or_single(name: &str, dice: &mut Dice) -> String {
    let letters: Vec<char> = name.chars().collect();
    let is_soft =
        |place: usize| matches!(letters[place], 's' | 't' | 'n' | 'm' | 'l' | 'r' | 'k' | 'p');
    let double =
        (1..letters.len()).find(|&place| is_soft(place) && letters[place - 1] == letters[place]);
    let mut letters_heard = letters.clone();
    if let Some(place) = double {
        letters_heard.remove(place);
    } else {
        let singles: Vec<usize> = (2..letters.len()).filter(|&place| is_soft(place)).collect();
        if !singles.is_empty() {
            let place = *dice.pick(&singles);
            letters_heard.insert(place, letters[place]);
        }
    }
    letters_heard.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    fn hearings(name: &str) -> Vec<String> {
        let mut dice = Dice::new(1, Purpose::World, 0);
        let mut heard: Vec<_> = (0..300).map(|_| by_ear(name, &mut dice)).collect();
        heard.sort_unstable();
        heard.dedup();
        heard
    }

    #[test]
    fn names_are_heard_otherwise() {
        let meijer = hearings("Meijer");
        assert!(meijer.contains(&"Meyer".to_owned()), "{meijer:?}");
        let schmidt = hearings("Schmidt");
        assert!(schmidt.contains(&"Schmid".to_owned()), "{schmidt:?}");
        let visser = hearings("Visser");
        assert!(visser.contains(&"Fisser".to_owned()), "{visser:?}");
        assert!(visser.contains(&"Viser".to_owned()), "{visser:?}");
        let bert = hearings("de Waard");
        assert!(bert.contains(&"de Waardt".to_owned()), "{bert:?}");
        assert!(!bert.contains(&"dte Waard".to_owned()), "{bert:?}");
    }

    #[test]
    fn letters_beyond_ascii_are_heard_too() {
        assert!(hearings("Şahin").iter().all(|heard| heard.contains('Ş')));
    }
}
