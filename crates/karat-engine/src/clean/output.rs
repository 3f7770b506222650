//! What a standardiser needs to know, and where it puts what it found.

use karat_model::attribute::AttributeId;
use karat_model::claim::{Claim, Validity};
use karat_model::finding::{Finding, FindingCode};
use karat_model::hub_model::{Country, DateOrder};

/// What a standardiser needs to know besides the value.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The country of addresses and phone numbers that name none.
    pub country: Country,
    /// The order of the parts of an all-numeric date.
    pub date_order: DateOrder,
}

/// Collects the claims and findings of one record; knows the column and slot being cleaned.
#[derive(Debug, Default)]
pub struct Output {
    /// What was understood so far.
    pub claims: Vec<Claim>,
    /// What is wrong so far.
    pub findings: Vec<Finding>,
    column: u16,
    slot: u8,
}

impl Output {
    /// Says which column and slot the next claims and findings are about.
    pub fn begin(&mut self, column: u16, slot: u8) {
        self.column = column;
        self.slot = slot;
    }

    /// Adds a claim; a blank value is left out.
    pub fn claim(&mut self, attribute: AttributeId, value: impl Into<String>, validity: Validity) {
        let value = value.into();
        if !value.trim().is_empty() {
            let Output { column, slot, .. } = *self;
            self.claims.push(Claim { attribute, slot, value, validity, column });
        }
    }

    /// Adds a finding about the column.
    pub fn finding(&mut self, code: FindingCode) {
        self.findings.push(Finding { code, column: Some(self.column) });
    }
}
