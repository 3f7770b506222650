//! Titles and predicates of nobility, and how they are written with a name.
//!
//! Source: national table 38 of the Dutch register of persons (*adellijke titel/predicaat*), codes
//! B/BS, G/GI, H/HI, JH/JV, M/MI, P/PS and R. Who bears one is written with the form of the own
//! gender, and without where there is no such form. A title is part of the name behind the
//! initials, a predicate stands before all (*Wet op de adeldom*).

use karat_model::gender::Gender;

/// A title or predicate, in the form for either gender.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Nobility {
    male: &'static str,
    /// A woman is no *ridder*.
    female: Option<&'static str>,
    /// Further spellings for either gender.
    others: [&'static str; 2],
    /// Whether it is a predicate: it stands before the name, not within it.
    pub is_predicate: bool,
    /// Whether the wife of who bears it may use it with his name (*titre de courtoisie*).
    is_for_wives: bool,
    style: Style,
}

/// How who bears a title is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Highness,
    Hooggeboren,
    Hoogwelgeboren,
}

const fn title(male: &'static str, female: &'static str, style: Style) -> Nobility {
    let (others, is_predicate) = (["", ""], false);
    Nobility { male, female: Some(female), others, is_predicate, is_for_wives: true, style }
}

const TABLE: [Nobility; 7] = [
    Nobility { others: ["", "baronesse"], ..title("baron", "barones", Style::Hoogwelgeboren) },
    title("graaf", "gravin", Style::Hooggeboren),
    title("hertog", "hertogin", Style::Hoogwelgeboren),
    Nobility {
        others: ["jhr", "jkvr"],
        is_predicate: true,
        is_for_wives: false,
        ..title("jonkheer", "jonkvrouw", Style::Hoogwelgeboren)
    },
    title("markies", "markiezin", Style::Hoogwelgeboren),
    title("prins", "prinses", Style::Highness),
    Nobility {
        male: "ridder",
        female: None,
        others: ["", ""],
        is_predicate: false,
        is_for_wives: false,
        style: Style::Hoogwelgeboren,
    },
];

impl Nobility {
    /// The title or predicate that a word is, in either form.
    pub fn of_word(word: &str) -> Option<&'static Nobility> {
        TABLE.iter().find(|nobility| nobility.is_male(word) || nobility.is_female(word))
    }

    /// The first title or predicate among the words of a title.
    pub fn of_title(title: &str) -> Option<&'static Nobility> {
        title.split_whitespace().find_map(Nobility::of_word)
    }

    /// What the wife of who bears this title may use with his name.
    pub fn of_husband(title: &str) -> Option<&'static Nobility> {
        let (word, nobility) = title
            .split_whitespace()
            .find_map(|word| Nobility::of_word(word).map(|nobility| (word, nobility)))?;
        (nobility.is_for_wives && nobility.is_male(word)).then_some(nobility)
    }

    /// The form for a person of this gender.
    pub fn form(&self, gender: Option<Gender>) -> Option<&'static str> {
        match gender? {
            Gender::Male => Some(self.male),
            Gender::Female => self.female,
            Gender::Other => None,
        }
    }

    /// How a person of this gender who bears it is saluted: `Hooggeboren heer`.
    pub fn salutation(&self, gender: Option<Gender>) -> Option<&'static str> {
        let by_gender = |male, female| match gender? {
            Gender::Male => Some(male),
            Gender::Female => Some(female),
            Gender::Other => None,
        };
        match self.style {
            Style::Highness => Some("Hoogheid"),
            Style::Hooggeboren => by_gender("Hooggeboren heer", "Hooggeboren vrouwe"),
            Style::Hoogwelgeboren => by_gender("Hoogwelgeboren heer", "Hoogwelgeboren vrouwe"),
        }
    }

    fn is_male(&self, word: &str) -> bool {
        is_word(word, [self.male, self.others[0]])
    }

    fn is_female(&self, word: &str) -> bool {
        is_word(word, [self.female.unwrap_or_default(), self.others[1]])
    }
}

/// Whether a word is one of some spellings, a dot at its end and case aside.
fn is_word(word: &str, spellings: [&str; 2]) -> bool {
    let word = word.trim_end_matches('.');
    let same = |spelling: &&str| !spelling.is_empty() && word.eq_ignore_ascii_case(spelling);
    spellings.iter().any(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_known_in_both_forms_and_written_in_one() {
        for (word, male, female) in [
            ("baron", "baron", Some("barones")),
            ("Baronesse", "baron", Some("barones")),
            ("jhr.", "jonkheer", Some("jonkvrouw")),
            ("jkvr.", "jonkheer", Some("jonkvrouw")),
            ("gravin", "graaf", Some("gravin")),
            ("ridder", "ridder", None),
        ] {
            let nobility = Nobility::of_word(word).expect(word);
            assert_eq!(nobility.form(Some(Gender::Male)), Some(male));
            assert_eq!(nobility.form(Some(Gender::Female)), female);
            assert_eq!(nobility.form(Some(Gender::Other)), None);
        }
        for word in ["", ".", "drs.", "B", "M", "lord", "graf"] {
            assert_eq!(Nobility::of_word(word), None, "{word}");
        }
    }
}
