//! Names of persons as people write them in one field, with the parts that they mean.
//!
//! Arrives: a seed. Leaves: lines, each with the parts of the person's name that it holds.
//! Promises: the parts are what was drawn, not what somebody read; the same seed gives the same lines.
//!
//! It is for measuring what takes names apart. People are those of the invented world, so that names
//! are as frequent as in the Netherlands, most of them rare. Of two family names with a hyphen the
//! first is the partner's, as Dutch usage has it; who writes the own name first cannot be told from
//! the line, and is left out.

use crate::Retailer;
use crate::dice::{Dice, Purpose};
use crate::names::Gender;
use crate::names::family::FamilyName;
use crate::world::calendar::TODAY;
use crate::world::person::{NameUse, Person};

/// The lane of the dice; others use the numbers before.
const PURPOSE: Purpose = Purpose::System(13);

/// A line, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenName {
    /// The line.
    pub text: String,
    /// Its parts.
    pub parts: NameParts,
    /// In which order and form it was written.
    pub form: NameForm,
    /// In which letters.
    pub letters: Letters,
}

/// The parts of a name; a part that the line does not hold is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameParts {
    /// Academic titles before the name: `prof. dr.`
    pub title: String,
    /// With dots, without spaces: `J.P.`
    pub initials: String,
    /// As written out: `Johannes Petrus`.
    pub given: String,
    /// The name in daily life, where it stands in brackets.
    pub nickname: String,
    /// `van den`.
    pub prefix: String,
    /// The own family name.
    pub family: String,
    /// `van den`.
    pub partner_prefix: String,
    /// The partner's family name.
    pub partner: String,
    /// Academic degrees behind the name: `MSc`.
    pub suffix: String,
}

impl NameParts {
    /// Each part by its name.
    pub fn fields(&self) -> [(&'static str, &str); 9] {
        [
            ("title", &self.title),
            ("initials", &self.initials),
            ("given", &self.given),
            ("nickname", &self.nickname),
            ("prefix", &self.prefix),
            ("family", &self.family),
            ("partner prefix", &self.partner_prefix),
            ("partner", &self.partner),
            ("suffix", &self.suffix),
        ]
    }
}

/// The order and form of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameForm {
    /// `Jan van den Berg`
    GivenFirst,
    /// `Johannes Petrus van den Berg`
    AllGivenNames,
    /// `J.P. van den Berg`
    InitialsFirst,
    /// `Johannes P. van den Berg`
    GivenAndInitials,
    /// `J.P. (Jan) van den Berg`
    NicknameInBrackets,
    /// `Berg, J.P. van den`
    PrefixLast,
    /// `Berg, van den, J.P.`
    PrefixBetween,
    /// `van den Berg, J.P.`
    FamilyThenInitials,
    /// `van den Berg, Jan`
    FamilyThenGiven,
    /// `Berg, Jan van den`
    FamilyGivenPrefix,
    /// `BERG VAN DEN J.P.`
    Accountant,
    /// `Bakker-van den Berg, A.`, of `A. van den Berg e.v. Bakker`, of `A. Bakker geb. van den Berg`
    Married,
    /// `mevrouw van den Berg`
    FamilyOnly,
}

/// The letters of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Letters {
    /// As they are.
    AsTheyAre,
    /// All capitals.
    Capitals,
    /// All small.
    Small,
}

/// So many lines.
pub fn written_names(count: usize, seed: u64) -> Vec<WrittenName> {
    let retailer = Retailer::invent(seed);
    let mut dice = Dice::new(seed, PURPOSE, 0);
    let people = u32::try_from(count * 2 + 100).unwrap_or(u32::MAX);
    let lives = |person: &&Person| person.is_alive(TODAY);
    let mut lines = Vec::with_capacity(count);
    for neighbourhood in retailer.neighbourhoods(people) {
        for person in neighbourhood.people.iter().filter(lives) {
            if lines.len() == count {
                return lines;
            }
            lines.push(write(person, &mut dice));
        }
    }
    lines
}

fn write(person: &Person, dice: &mut Dice) -> WrittenName {
    let (partner, own) = names_in_use(person);
    let mut parts = NameParts {
        prefix: own.prefix.to_owned(),
        family: own.name.clone().into_owned(),
        ..NameParts::default()
    };
    if let Some(partner) = partner {
        parts.partner_prefix = partner.prefix.to_owned();
        parts.partner = partner.name.clone().into_owned();
    }
    let (form, mut text) = match partner {
        Some(partner) => (NameForm::Married, married(person, partner, own, &mut parts, dice)),
        None => single(person, own, &mut parts, dice),
    };
    let letters = match dice.share([80, 13, 7]) {
        0 => Letters::AsTheyAre,
        1 => Letters::Capitals,
        _ => Letters::Small,
    };
    if !matches!(form, NameForm::FamilyOnly) {
        text = addressed(person, form, text, &mut parts, dice);
    }
    if dice.percent(4) {
        text = text.replacen(' ', "  ", 1);
    }
    let text = match letters {
        Letters::AsTheyAre => text,
        Letters::Capitals => text.to_uppercase(),
        Letters::Small => text.to_lowercase(),
    };
    WrittenName { text, parts, form, letters }
}

/// The partner's name where it is used beside another, and the name that counts as the own one.
fn names_in_use(person: &Person) -> (Option<&FamilyName>, &FamilyName) {
    match &person.wedding {
        Some(wedding) if wedding.on <= TODAY => match wedding.name_use {
            NameUse::PartnerOwn => (Some(&wedding.partner), &person.family),
            NameUse::Partner => (None, &wedding.partner),
            NameUse::Own | NameUse::OwnPartner => (None, &person.family),
        },
        _ => (None, &person.family),
    }
}

fn single(
    person: &Person,
    own: &FamilyName,
    parts: &mut NameParts,
    dice: &mut Dice,
) -> (NameForm, String) {
    use NameForm::*;
    let (prefix, name, call) = (own.prefix, &own.name, person.given.call);
    let shares = [33, 6, 22, 3, 2, 8, 3, 5, 5, 4, 7, 0, 2];
    let form = [
        GivenFirst,
        AllGivenNames,
        InitialsFirst,
        GivenAndInitials,
        NicknameInBrackets,
        PrefixLast,
        PrefixBetween,
        FamilyThenInitials,
        FamilyThenGiven,
        FamilyGivenPrefix,
        Accountant,
        Married,
        FamilyOnly,
    ][dice.share(shares)];
    let has_no_second = person.given.official.len() < 2;
    let form = match form {
        AllGivenNames | GivenAndInitials if has_no_second => GivenFirst,
        PrefixBetween if prefix.is_empty() => PrefixLast,
        other => other,
    };
    match form {
        GivenFirst | FamilyThenGiven | FamilyGivenPrefix => parts.given = call.to_owned(),
        AllGivenNames => parts.given = person.given.official.join(" "),
        GivenAndInitials => {
            parts.given = person.given.official[0].to_owned();
            parts.initials = person.initials();
        }
        NicknameInBrackets => {
            parts.initials = person.initials();
            parts.nickname = call.to_owned();
        }
        FamilyOnly => {}
        _ => parts.initials = person.initials(),
    }
    let initials = || person.initials();
    let text = match form {
        GivenFirst => format!("{call} {own}"),
        AllGivenNames => format!("{} {own}", parts.given),
        InitialsFirst => format!("{} {own}", spelled(&initials(), true, dice)),
        GivenAndInitials => {
            let (first, rest) = (parts.given.clone(), initials());
            let rest: String = rest.split_inclusive('.').skip(1).collect();
            format!("{first} {rest} {own}")
        }
        NicknameInBrackets => format!("{} ({call}) {own}", initials()),
        PrefixLast => format!("{name}, {} {prefix}", spelled(&initials(), false, dice)),
        PrefixBetween => format!("{name}, {prefix}, {}", initials()),
        FamilyThenInitials => format!("{own}, {}", spelled(&initials(), false, dice)),
        FamilyThenGiven => format!("{own}, {call}"),
        FamilyGivenPrefix => format!("{name}, {call} {prefix}"),
        Accountant => format!("{name} {prefix} {}", initials()).replace("  ", " "),
        FamilyOnly => format!("{} {own}", form_of_address(person.gender, dice)),
        Married => unreachable!("it needs a partner"),
    };
    (form, text.trim_end().to_owned())
}

/// The name of somebody who bears two.
fn married(
    person: &Person,
    partner: &FamilyName,
    own: &FamilyName,
    parts: &mut NameParts,
    dice: &mut Dice,
) -> String {
    let call = person.given.call;
    let initials = person.initials();
    let with_initials = dice.percent(55);
    let first = if with_initials { spelled(&initials, true, dice) } else { call.to_owned() };
    if with_initials {
        parts.initials = initials;
    } else {
        parts.given = call.to_owned();
    }
    match dice.share([64, 10, 8, 6, 6, 6]) {
        0 => format!("{first} {partner}-{own}"),
        1 => format!("{partner}-{own}, {first}"),
        2 => format!("{first} {partner} - {own}"),
        3 => format!("{}-{own}, {first} {}", partner.name, partner.prefix).trim_end().to_owned(),
        4 => format!("{first} {own} e.v. {partner}"),
        _ => format!("{first} {partner} geb. {own}"),
    }
}

/// `J.P.`, `J. P.`, `JP`, `J P`; where they open a line they may be without signs.
fn spelled(initials: &str, may_be_bare: bool, dice: &mut Dice) -> String {
    let bare: Vec<&str> = initials.split_terminator('.').collect();
    match dice.share([64, 12, 12, 12]) {
        1 => initials.replace('.', ". ").trim_end().to_owned(),
        2 if may_be_bare => bare.concat(),
        3 if may_be_bare => bare.join(" "),
        _ => initials.to_owned(),
    }
}

fn form_of_address(gender: Gender, dice: &mut Dice) -> &'static str {
    let words: [&'static str; 5] = match gender {
        Gender::Female => ["mevrouw", "Mevr.", "mw.", "Mw", "mevr"],
        Gender::Male => ["de heer", "Dhr.", "dhr", "Hr.", "heer"],
    };
    words[dice.below(words.len() as u32) as usize]
}

/// Adds a form of address, titles or a degree, where the name stands in its natural order.
fn addressed(
    person: &Person,
    form: NameForm,
    text: String,
    parts: &mut NameParts,
    dice: &mut Dice,
) -> String {
    let is_natural = !text.contains(',') && form != NameForm::Accountant;
    if !is_natural {
        return text;
    }
    let mut text = text;
    if dice.percent(5) {
        let titles = ["drs.", "ir.", "dr.", "ing.", "mr.", "prof. dr.", "mr. drs.", "ds."];
        let title = *dice.pick(&titles);
        parts.title = title.to_owned();
        text = format!("{title} {text}");
    }
    if dice.percent(3) {
        let degree = *dice.pick(&["MSc", "BSc", "PhD", "RA", "MBA", "LLM"]);
        parts.suffix = degree.to_owned();
        text = format!("{text}{} {degree}", dice.pick(&["", ","]));
    }
    if dice.percent(10) {
        text = format!("{} {text}", form_of_address(person.gender, dice));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn lines_hold_the_words_of_their_parts_in_every_form() {
        let lines = written_names(5_000, 1);
        assert_eq!(lines.len(), 5_000);
        assert_eq!(lines, written_names(5_000, 1));
        let mut forms: BTreeMap<NameForm, usize> = BTreeMap::new();
        for line in &lines {
            *forms.entry(line.form).or_default() += 1;
            let text = line.text.to_uppercase().replace(['.', ' '], "");
            for (field, part) in line.parts.fields() {
                let is_abbreviated = field == "initials" && !line.parts.given.is_empty();
                let part = part.to_uppercase().replace(['.', ' '], "");
                assert!(is_abbreviated || text.contains(&part), "{field}: {line:?}");
            }
        }
        assert!(forms.len() == 13 && forms.values().all(|&count| count >= 25), "{forms:?}");
    }
}
