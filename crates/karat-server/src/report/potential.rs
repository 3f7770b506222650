//! One potential match: why it is likely, and why it was not linked.

use askama::Template;
use karat_model::evidence::PairExplanation;

use super::mask::shown;
use crate::chart::Waterfall;
use crate::locale::Locale;
use crate::reasons::reasons;

/// A potential match to fold open.
#[derive(Template)]
#[template(path = "report/potential.html")]
pub(super) struct PotentialCard<'a> {
    /// The language.
    pub text: Locale,
    /// Whether values are masked.
    pub masked: bool,
    /// The pair.
    pub pair: &'a PairExplanation,
    /// Whether it stands open.
    pub is_open: bool,
}

impl PotentialCard<'_> {
    fn not_linked(&self) -> String {
        reasons(self.pair, self.text).not_linked
    }

    fn waterfall(&self) -> Waterfall<'_> {
        Waterfall::of(self.pair, self.text, shown(self.masked))
    }
}
