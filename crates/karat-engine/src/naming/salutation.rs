//! Salutation: how a letter opens (*aanhef*).

use karat_model::gender::Gender;
use karat_model::language::Language;

use super::compose::{capitalised, courtesy, initials, line, own_nobility, surname};
use super::name::{PersonName, known};

/// How a letter to this person opens: `Geachte mevrouw Van den Berg-de Wit`, `Dear Mr Jansen`.
///
/// Dutch follows the register of persons, nobility included (`Hooggeboren heer`); a person who is
/// neither man nor woman, or of whom that is not known, is addressed by initials: `Geachte J.R. in
/// het Veld`. English has `Mr` and `Ms` alone, and names in the Dutch order. Without a family name
/// the forename has to do, and without any name the words that address anyone.
pub fn salutation(name: &PersonName, language: Language) -> String {
    let of_husband = || courtesy(name).and_then(|title| title.salutation(name.gender));
    let of_own = || own_nobility(name).and_then(|title| title.salutation(name.gender));
    let noble = if language == Language::Dutch { of_husband().or_else(of_own) } else { None };
    if let Some(noble) = noble {
        return noble.into();
    }
    let dear = language.say("Dear", "Geachte");
    let (surname, initials) = (surname(name), initials(name));
    let form = match name.gender {
        Some(Gender::Male) => language.say("Mr", "heer"),
        Some(Gender::Female) => language.say("Ms", "mevrouw"),
        Some(Gender::Other) | None => "",
    };
    let given_name = known(name.given_name);
    let forename = if given_name.is_empty() { &initials } else { given_name };
    match (&*surname, forename, form) {
        ("", "", _) => anyone(name.gender, language).into(),
        ("", forename, _) => line(&[dear, forename]),
        (surname, "", "") => line(&[dear, &capitalised(surname)]),
        (surname, _, "") => line(&[dear, &initials, surname]),
        (surname, _, form) => line(&[dear, form, &capitalised(surname)]),
    }
}

/// What stands above a letter to somebody whose name is not known.
fn anyone(gender: Option<Gender>, language: Language) -> &'static str {
    match (gender, language) {
        (Some(Gender::Male), Language::Dutch) => "Geachte heer",
        (Some(Gender::Male), Language::English) => "Dear Sir",
        (Some(Gender::Female), Language::Dutch) => "Geachte mevrouw",
        (Some(Gender::Female), Language::English) => "Dear Madam",
        (_, Language::Dutch) => "Geachte heer of mevrouw",
        (_, Language::English) => "Dear Sir or Madam",
    }
}
