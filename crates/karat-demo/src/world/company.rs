//! A company, its branches, and the people one talks to there.

use jiff::civil::Date;

use super::numbers::BankAccount;
use super::phone::Phone;
use super::place::Address;
use crate::names::company::LegalForm;

/// An invented company.
#[derive(Clone, Debug)]
pub struct Company {
    /// The number in the truth.
    pub id: u64,
    /// The name without the legal form.
    pub name: String,
    /// The legal form.
    pub form: LegalForm,
    /// The name until this day.
    pub former_name: Option<(Date, String)>,
    /// The number in the trade register.
    pub trade_register: String,
    /// The VAT id.
    pub vat_id: String,
    /// The bank account.
    pub account: BankAccount,
    /// The head office, then the branches; never empty.
    pub sites: Vec<Address>,
    /// The phone number of each site.
    pub phones: Vec<Phone>,
    /// The internet domain: `jansenbouw.nl`.
    pub domain: String,
    /// Whom one talks to there.
    pub contacts: Vec<Contact>,
}

/// A person in a position at a company.
#[derive(Clone, Debug)]
pub struct Contact {
    /// The place of the person among those of the neighbourhood.
    pub person: usize,
    /// What the person does there: `Inkoper`.
    pub position: &'static str,
    /// The business e-mail address.
    pub email: String,
}

impl Company {
    /// The name on a day, without the legal form.
    pub fn name_on(&self, day: Date) -> &str {
        match &self.former_name {
            Some((until, former)) if day < *until => former,
            _ => &self.name,
        }
    }

    /// The address for mail from customers.
    pub fn general_email(&self) -> String {
        format!("info@{}", self.domain)
    }
}
