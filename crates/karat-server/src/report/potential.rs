//! One potential match: why it is likely, and why it was not linked.

use askama::Template;
use karat_model::attribute::AttributeSet;
use karat_model::evidence::PairExplanation;
use karat_model::partition::HoldReason;

use super::mask::shown;
use crate::chart::Waterfall;
use crate::locale::Locale;
use crate::reasons::{changes, reasons};

/// A potential match to fold open.
#[derive(Template)]
#[template(path = "report/potential.html")]
pub(super) struct PotentialCard<'a> {
    /// The language.
    pub text: Locale,
    /// The attributes that ids stand for.
    pub attributes: &'a AttributeSet,
    /// Whether values are masked.
    pub masked: bool,
    /// The pair.
    pub pair: &'a PairExplanation,
    /// Why the join that it stands for is held, if it is.
    pub held: Option<HoldReason>,
    /// Whether it stands open.
    pub is_open: bool,
}

impl PotentialCard<'_> {
    fn not_linked(&self) -> String {
        reasons(self.pair, self.held, self.attributes, self.text).not_linked
    }

    fn changes(&self) -> Vec<String> {
        changes(self.pair, self.text)
    }

    fn waterfall(&self) -> Waterfall<'_> {
        Waterfall::of(self.pair, self.text, shown(self.masked))
    }
}

#[cfg(test)]
mod tests {
    use karat_model::attribute::AttributeId;
    use karat_model::language::Language;

    use super::*;
    use crate::fixture;

    fn card(held: Option<HoldReason>) -> String {
        let attributes = AttributeSet::builtin();
        let text = Locale::of(Language::English);
        let pair = &fixture::matching_report().heaviest_potential[0].pair;
        let card = PotentialCard {
            text,
            attributes: &attributes,
            masked: false,
            pair,
            held,
            is_open: true,
        };
        card.to_string()
    }

    #[test]
    fn a_pair_says_what_would_change_the_answer_unless_its_join_is_held() {
        let changes = "Date of birth: same → they would be linked (+10.2 bits)";
        let (open, held) = (card(None), card(Some(HoldReason::Conflict(AttributeId::BIRTH_DATE))));
        assert!(open.contains(changes) && !open.contains("held"), "{open}");
        assert!(held.contains("contradict each other: date of birth"), "{held}");
        assert!(!held.contains(changes), "{held}");
    }
}
