//! What a contact person does at the company.

use karat_model::attribute::AttributeId;
use karat_model::claim::Validity;

use super::category::sentence_case;
use super::fold::fold;
use super::output::{Context, Output};

/// Headers of columns with job titles.
pub const HEADERS: &[&str] = &[
    "job_title",
    "functie",
    "functietitel",
    "function",
    "job",
    "position",
    "functieomschrijving",
    "job_description",
    "stellenbezeichnung",
    "rol",
    "role",
    "job_role",
];

/// Whether a value holds a word that job titles have.
pub fn resembles(value: &str, _: &Context) -> bool {
    const WORDS: &[&str] = &[
        "manager",
        "director",
        "directeur",
        "medewerker",
        "assistent",
        "assistant",
        "engineer",
        "inkoper",
        "verkoper",
        "hoofd",
        "adviseur",
        "consultant",
        "ceo",
        "cfo",
        "coo",
        "cto",
        "eigenaar",
        "owner",
        "officer",
        "leiter",
        "geschaftsfuhrer",
        "buyer",
        "controller",
        "administrator",
        "secretaris",
        "teamleider",
        "planner",
        "accountant",
    ];
    fold(value).split(' ').any(|word| WORDS.contains(&word))
}

/// Claims the job title, in readable case.
pub fn standardise(value: &str, _: &Context, out: &mut Output) {
    out.claim(AttributeId::JOB_TITLE, sentence_case(value), Validity::Valid);
}
