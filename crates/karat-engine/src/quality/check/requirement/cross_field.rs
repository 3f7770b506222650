//! Two fields do not contradict each other.
//!
//! - `salutation_gender`: a title or form of address and the gender.
//! - `iban_country`: the country of the account number and that of the address.
//! - `postcode_country`: the form of the postal code and the country; the hub's own if none is given.
//! - `postcode_address`: postal code and house number against street and city. Only a register can
//!   tell, so it is unverified.
//!
//! Without both fields there is nothing to judge.
//!
//! ```yaml
//! iban_of_own_country: { cross_field: iban_country }
//! ```

use karat_model::attribute::AttributeId;
use karat_model::check::{AnswerBy, Pair, Register, Verdict, Why};
use karat_model::gender::Gender;
use karat_model::hub_model::Country;

use super::super::subject::Subject;
use super::passes;
use crate::clean::address::postcode;
use crate::clean::gender;

/// Judges the two fields of a pair.
pub(super) fn judge(subject: &mut Subject, pair: Pair) -> Verdict {
    match pair {
        Pair::SalutationGender => salutation_gender(subject),
        Pair::IbanCountry => iban_country(subject),
        Pair::PostcodeCountry => postcode_country(subject),
        Pair::PostcodeAddress => postcode_address(subject),
    }
}

/// Titles of nobility that are of men, and of women (BRP table 38).
const OF_MEN: [&str; 8] =
    ["baron", "graaf", "hertog", "jonkheer", "markies", "prins", "ridder", "jhr"];
const OF_WOMEN: [&str; 7] =
    ["barones", "gravin", "hertogin", "jonkvrouw", "markiezin", "prinses", "jkvr"];

fn gender_of_title(title: &str) -> Option<Gender> {
    title.split([' ', ',']).find_map(|word| {
        let word = word.trim_end_matches('.').to_lowercase();
        if OF_MEN.contains(&&*word) {
            Some(Gender::Male)
        } else if OF_WOMEN.contains(&&*word) {
            Some(Gender::Female)
        } else {
            // One or two letters are a code of a gender, or `mr.`, which is a title of both.
            gender::read(&word).filter(|_| word.len() > 2)
        }
    })
}

fn salutation_gender(subject: &mut Subject) -> Verdict {
    let title = subject.first(AttributeId::TITLE);
    let told = title.and_then(|title| gender_of_title(title.value));
    let gender = subject.first(AttributeId::GENDER);
    let (Some(title), Some(told), Some(gender)) = (title, told, gender) else {
        return Verdict::NotApplicable;
    };
    let is_met = gender.value == told.name();
    if !is_met {
        subject.fails_at(&title);
        subject.fails_at(&gender);
    }
    passes(is_met)
}

fn iban_country(subject: &mut Subject) -> Verdict {
    let country = subject.first(AttributeId::COUNTRY);
    let iban = subject.first(AttributeId::IBAN);
    let (Some(country), Some(iban)) = (country, iban) else { return Verdict::NotApplicable };
    let Some(of_iban) = iban.value.get(..2) else { return Verdict::NotApplicable };
    let is_met = of_iban == country.value;
    if !is_met {
        subject.fails_at(&country);
        subject.fails_at(&iban);
    }
    passes(is_met)
}

fn postcode_country(subject: &mut Subject) -> Verdict {
    let Some(fact) = subject.first(AttributeId::POSTCODE) else {
        return Verdict::NotApplicable;
    };
    let country = match subject.first(AttributeId::COUNTRY) {
        Some(country) => match Country::from_code(country.value) {
            Some(country) => country,
            None => return Verdict::NotApplicable,
        },
        None => subject.plan.context.country,
    };
    let Some(is_met) = postcode::is_of_country(fact.value, country) else {
        return Verdict::NotApplicable;
    };
    if !is_met {
        subject.fails_at(&fact);
    }
    passes(is_met)
}

fn postcode_address(subject: &mut Subject) -> Verdict {
    let parts = [AttributeId::POSTCODE, AttributeId::HOUSE_NUMBER];
    if !parts.into_iter().all(|id| subject.has(id)) {
        return Verdict::NotApplicable;
    }
    let Some(postcode) = subject.first(AttributeId::POSTCODE) else {
        return Verdict::NotApplicable;
    };
    match subject.known.answer(&postcode, &[AnswerBy::Register(Register::Bag)]) {
        Some(answer) => {
            if !answer.is_so {
                subject.fails_at(&postcode);
            }
            passes(answer.is_so)
        }
        None => Verdict::Unverified(Why::NoRegister),
    }
}

#[cfg(test)]
mod tests {
    use karat_model::check::{AnswerBy, Pair, Register, Requirement};

    use super::super::fixture::check;

    #[test]
    fn a_title_tells_a_gender() {
        let pair = check(Requirement::CrossField(Pair::SalutationGender));
        pair.gives("pass", "title=jonkheer_mr. gender=male");
        pair.gives("pass", "title=mevrouw gender=female");
        pair.gives("fail title gender", "title=gravin gender=male");
        pair.gives("not_applicable", "title=mr. gender=female");
        pair.gives("not_applicable", "title=drs. gender=female");
        pair.gives("not_applicable", "gender=female");
    }

    #[test]
    fn an_account_is_of_a_country() {
        let pair = check(Requirement::CrossField(Pair::IbanCountry));
        pair.gives("pass", "iban=NL91ABNA0417164300 country=NL");
        pair.gives("fail country iban", "iban=BE68539007547034 country=NL");
        pair.gives("not_applicable", "iban=BE68539007547034");
    }

    #[test]
    fn a_postcode_is_of_a_country() {
        let pair = check(Requirement::CrossField(Pair::PostcodeCountry));
        pair.gives("pass", "postcode=3526_KP");
        pair.gives("pass", "postcode=9000 country=BE");
        pair.gives("fail postcode", "postcode=3526_KP country=BE");
        pair.gives("not_applicable", "country=BE");
    }

    #[test]
    fn only_a_register_knows_addresses() {
        let pair = check(Requirement::CrossField(Pair::PostcodeAddress));
        let bag = AnswerBy::Register(Register::Bag);
        pair.gives("unverified", "postcode=3526_KP house_number=1");
        pair.gives("not_applicable", "postcode=3526_KP");
        let answered = pair.clone().answered(bag, true, 1);
        answered.gives("pass", "postcode=3526_KP house_number=1");
        let answered = pair.answered(bag, false, 1);
        answered.gives("fail postcode", "postcode=3526_KP house_number=1");
    }
}
