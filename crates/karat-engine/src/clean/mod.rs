//! Standardises the values of source records by their semantic type.
//!
//! Arrives: a source record, with what its columns mean.
//! Leaves: its claims (values as people should read them) and findings (what is wrong with them).
//! Promises: any text in, never a panic; cleaning a standardised value gives the same value.
//! Start reading in `plan.rs`; each semantic type has a file of its own, all of one shape.

mod folded;
mod fold;
mod output;
pub mod text;
pub mod remarks;
pub mod misuse;
pub mod truncation;
pub mod placeholder;
pub mod person_name;
pub mod gender;
pub mod name_usage;
pub mod company_name;
pub mod legal_form;
pub mod address;
pub mod job_title;
pub mod birth_place;
pub mod category;
pub mod email;
mod disposable_domains;
pub mod phone;
pub mod phone_type;
pub mod iban;
mod check_digits;
pub mod citizen_number;
pub mod kvk_number;
pub mod establishment_number;
pub mod rsin;
pub mod kbo_number;
pub mod lei;
pub mod duns;
pub mod vat_number;
pub mod website;
pub mod industry_code;
pub mod identifier;
pub mod date;
pub mod number;
pub mod flag;
pub mod updated_at;
pub mod party;
pub mod memo;
pub mod repair;
pub mod plan;
mod form;
pub mod kinds;
mod headers;
pub mod recognise;
#[cfg(test)]
mod manual;

pub use fold::fold_header;
pub use form::{has_form, standardised};
pub use memo::Memo;
pub use output::{Context, Output};
pub use plan::CleaningPlan;
pub use recognise::{Recognition, recognise};
