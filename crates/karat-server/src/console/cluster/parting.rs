//! The form that parts the records of two sides.

use askama::Template;
use karat_model::id::RecordKey;

use crate::console::page::Page;

/// A decision that the records of the one side are another customer than those of the other.
#[derive(Template)]
#[template(path = "console/cluster/parting.html")]
pub(super) struct PartingForm<'a> {
    pub page: &'a Page,
    /// The page to return to.
    pub back: String,
    /// What tells this form from others on the page.
    pub at: String,
    pub left: Vec<&'a RecordKey>,
    pub right: Vec<&'a RecordKey>,
    /// Whether a steward said that records of the two sides are the same.
    pub overrules: bool,
}

/// More keys of a side than these are counted only.
const KEYS_MAX: usize = 6;

impl PartingForm<'_> {
    /// The first keys of a side, and how many others there are.
    fn side<'k>(&self, keys: &'k [&RecordKey]) -> (&'k [&'k RecordKey], usize) {
        let (first, others) = keys.split_at(keys.len().min(KEYS_MAX));
        (first, others.len())
    }
}
