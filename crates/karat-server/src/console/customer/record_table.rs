//! A source record: each column as it came, as it was standardised, and what is wrong with it.

use askama::Template;
use karat_hub::view::{RecordDetail, RepairedValue};
use karat_model::claim::{Claim, Validity};
use karat_model::finding::{Finding, Repair};

use crate::console::page::Page;

/// A source record as a table.
#[derive(Template)]
#[template(path = "console/customer/record_table.html")]
pub(in crate::console) struct RecordTable<'a> {
    pub page: &'a Page,
    pub record: &'a RecordDetail,
}

struct Row<'a> {
    header: &'a str,
    raw: &'a str,
    claims: Vec<&'a Claim>,
    findings: Vec<&'a Finding>,
    repairs: Vec<&'a RepairedValue>,
}

impl RecordTable<'_> {
    fn rows(&self) -> Vec<Row<'_>> {
        let RecordDetail { record, cleaned, repairs, .. } = self.record;
        let mut values: Vec<(u16, &str)> = record.payload.iter().collect();
        // A column that only a repair filled has a row as well: the source said nothing there.
        let mut filled: Vec<u16> = repairs.iter().map(|repaired| repaired.column).collect();
        filled.retain(|column| record.payload.get(*column).is_none());
        filled.sort_unstable();
        filled.dedup();
        values.extend(filled.into_iter().map(|column| (column, "")));
        if !repairs.is_empty() {
            values.sort_by_key(|(column, _)| *column);
        }
        values
            .into_iter()
            .map(|(column, raw)| Row {
                header: self.header(column),
                raw,
                repairs: repairs.iter().filter(|repaired| repaired.column == column).collect(),
                claims: cleaned.claims.iter().filter(|claim| claim.column == column).collect(),
                findings: cleaned
                    .findings
                    .iter()
                    .filter(|finding| finding.column == Some(column))
                    .collect(),
            })
            .collect()
    }

    fn header(&self, column: u16) -> &str {
        self.record.columns.get(column as usize).map_or("", String::as_str)
    }

    fn validity_class(&self, claim: &Claim) -> &'static str {
        if claim.validity == Validity::Invalid { "error" } else { "warning" }
    }

    /// What a repair made of a value, as people read it.
    fn repaired(&self, repaired: &RepairedValue) -> String {
        let text = self.page.text;
        match repaired.after.is_empty() {
            true => text.say("emptied", "leeggemaakt").to_string(),
            false => repaired.after.join(" | "),
        }
    }

    /// What would mend a finding, as people read it.
    fn proposal(&self, repair: &Repair) -> String {
        let text = self.page.text;
        match repair {
            Repair::Replace { attribute, value } => {
                let meant = self.page.shown(attribute, value);
                format!("{} {meant}", text.say("Suggestion:", "Voorstel:"))
            }
            Repair::Move { to, .. } => {
                let label = self.page.label(to);
                format!(
                    "{} {label}",
                    text.say("Suggestion: move it to", "Voorstel: verplaats naar")
                )
            }
            Repair::Swap { with } => {
                let header = self.header(*with);
                format!("{} {header}", text.say("Suggestion: swap with", "Voorstel: verwissel met"))
            }
            Repair::Clear => {
                text.say("Suggestion: leave it empty.", "Voorstel: laat het veld leeg.").to_string()
            }
        }
    }

    /// Findings about the record as a whole.
    fn record_findings(&self) -> Vec<&Finding> {
        self.record.cleaned.findings.iter().filter(|finding| finding.column.is_none()).collect()
    }
}
