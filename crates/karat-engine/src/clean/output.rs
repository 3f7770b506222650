//! What a standardiser needs to know, and where it puts what it found.

use compact_str::CompactString;
use karat_model::attribute::AttributeId;
use karat_model::claim::{Claim, Validity};
use karat_model::finding::{Finding, FindingCode, Repair};
use karat_model::hub_model::{Country, DateOrder};

use super::{citizen_number, text};

/// What a standardiser needs to know besides the value.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The country of addresses and phone numbers that name none.
    pub country: Country,
    /// The order of the parts of an all-numeric date.
    pub date_order: DateOrder,
}

/// Collects the claims and findings of one record; knows the column and slot being cleaned.
///
/// No claim announces the number of a citizen, whatever a standardiser made of its value.
#[derive(Debug, Default)]
pub struct Output {
    /// What was understood so far.
    pub claims: Vec<Claim>,
    /// What is wrong so far.
    pub findings: Vec<Finding>,
    column: u16,
    slot: u8,
    doubtful: bool,
}

impl Output {
    /// Says which column and slot the next claims and findings are about.
    pub fn begin(&mut self, column: u16, slot: u8) {
        self.column = column;
        self.slot = slot;
        self.doubtful = false;
    }

    /// Says that the value was repaired or damaged: its claims are suspect at best.
    pub fn doubt(&mut self) {
        self.doubtful = true;
    }

    /// Whether the claims of this value are suspect at best.
    pub fn is_doubtful(&self) -> bool {
        self.doubtful
    }

    /// Adds a claim; a blank value is left out.
    pub fn claim(
        &mut self,
        attribute: AttributeId,
        value: impl Into<CompactString>,
        validity: Validity,
    ) {
        self.claim_in_slot(attribute, self.slot, value, validity);
    }

    /// Adds a claim in another slot than that of the column.
    pub fn claim_in_slot(
        &mut self,
        attribute: AttributeId,
        slot: u8,
        value: impl Into<CompactString>,
        validity: Validity,
    ) {
        // A letter in another case may combine with the mark behind it: `i` and a dot above, `İ`.
        let value = text::composed(value.into());
        // Signs may have stood between what announces a number and what is one.
        if citizen_number::without_labelled(&value).is_some() {
            return self.finding(FindingCode::CitizenNumber);
        }
        if !value.trim().is_empty() {
            let column = self.column;
            let best = if self.doubtful { Validity::Suspect } else { Validity::Valid };
            let validity = validity.min(best);
            self.claims.push(Claim { attribute, slot, value, validity, column });
        }
    }

    /// Adds a finding about the column.
    pub fn finding(&mut self, code: FindingCode) {
        self.findings.push(Finding::new(code, Some(self.column)));
    }

    /// Adds a finding about the column, with what would mend it.
    pub fn finding_with(&mut self, code: FindingCode, repair: Repair) {
        self.findings.push(Finding::new(code, Some(self.column)).with(repair));
    }

    /// Adds a finding about the record as a whole.
    pub fn record_finding(&mut self, code: FindingCode) {
        self.findings.push(Finding::new(code, None));
    }
}

/// Checks how one value is standardised: `claim | claim !finding`, with `?` for suspect and `!` for invalid.
#[cfg(test)]
pub(super) fn check(
    value: &str,
    standardise: impl Fn(&str, &Context, &mut Output),
    context: &Context,
    expected: &str,
) {
    let mut out = Output::default();
    standardise(value, context, &mut out);
    let mark = |validity| match validity {
        Validity::Valid => "",
        Validity::Suspect => "?",
        Validity::Invalid => "!",
    };
    let claims: Vec<String> =
        out.claims.iter().map(|claim| format!("{}{}", claim.value, mark(claim.validity))).collect();
    let mut shown = claims.join(" | ");
    for finding in &out.findings {
        shown.push_str(" !");
        shown.push_str(finding.code.name());
    }
    assert_eq!(shown, expected, "{value}");
}

/// Checks that standardising a standardised value gives the same value.
#[cfg(test)]
pub(super) fn check_settles(
    value: &str,
    standardise: impl Fn(&str, &Context, &mut Output),
    context: &Context,
) -> Result<(), proptest::test_runner::TestCaseError> {
    let values = |text: &str| {
        let mut out = Output::default();
        standardise(text, context, &mut out);
        out.claims.into_iter().map(|claim| claim.value).collect::<Vec<CompactString>>()
    };
    let once = values(value);
    proptest::prop_assert!(once.len() <= 1);
    for claim in &once {
        let twice = values(claim);
        proptest::prop_assert_eq!(twice.first(), Some(claim), "{}", value);
    }
    Ok(())
}
