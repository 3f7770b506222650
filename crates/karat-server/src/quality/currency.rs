//! How current values are, as people read it in the console.

use karat_hub::view::{AttributeCurrency, Currency};

use crate::chart::stacked;
use crate::locale::Locale;

/// The section about how current values are.
pub(crate) struct CurrencySection<'a> {
    pub text: Locale,
    pub currency: &'a Currency,
}

impl CurrencySection<'_> {
    /// Whether values of no attribute are known to age.
    pub fn is_empty(&self) -> bool {
        self.currency.attributes.is_empty()
    }

    /// The share of values that changes in a year, with what was seen.
    pub fn learnt(&self, of: &AttributeCurrency) -> String {
        self.text.percent(of.decay.yearly_share())
    }

    /// What the hub saw: how many changes in how many years of one value.
    pub fn watched(&self, of: &AttributeCurrency) -> String {
        let text = self.text;
        if of.decay.changes == 0 && of.decay.days == 0 {
            return text.say("nothing seen yet", "nog niets gezien").into();
        }
        let (one, several) = (["change", "wijziging"], ["changes", "wijzigingen"]);
        let changes = text.counted(of.decay.changes, &one, &several);
        let (one, several) = (["year", "jaar"], ["years", "jaar"]);
        format!("{changes} in {}", text.counted(of.decay.years().round() as u64, &one, &several))
    }

    /// The share that was published, and by whom.
    pub fn published(&self, of: &AttributeCurrency) -> String {
        let share = self.text.percent(of.published.yearly_share);
        match of.published.source {
            "" => format!("{share} ({})", self.text.say("assumed", "aangenomen")),
            _ => share,
        }
    }

    /// After how long half of all values are no longer so.
    pub fn half_life(&self, of: &AttributeCurrency) -> String {
        match of.decay.half_life() {
            Some(years) => {
                let years = self.text.decimal(years, 1);
                format!("{years} {}", self.text.say("years", "jaar"))
            }
            None => "–".into(),
        }
    }

    /// The share that is expected to be still so, with its limits.
    pub fn current(&self, of: &AttributeCurrency) -> String {
        match of.current {
            None => self.text.score(None),
            Some(current) => self.text.percent(current.share),
        }
    }

    /// Between which limits it lies.
    pub fn limits(&self, of: &AttributeCurrency) -> String {
        let Some(current) = of.current else { return String::new() };
        let [low, high] = [current.low, current.high].map(|share| self.text.percent(share));
        if low == high { String::new() } else { format!("{low}–{high}") }
    }

    /// How many values there are, and of how many it is not known when they were so, or known that
    /// they are not.
    pub fn values(&self, of: &AttributeCurrency) -> String {
        let text = self.text;
        let (one, several) = (["value", "waarde"], ["values", "waarden"]);
        let mut told = vec![text.counted(of.values, &one, &several)];
        if of.undated > 0 {
            let undated = text.count(of.undated);
            told.push(format!("{undated} {}", text.say("without a date", "zonder datum")));
        }
        if of.refuted > 0 {
            let refuted = text.count(of.refuted);
            told.push(format!("{refuted} {}", text.say("found wrong", "fout gebleken")));
        }
        told.join(", ")
    }

    /// The share as a bar.
    pub fn bar(&self, of: &AttributeCurrency) -> String {
        let Some(current) = of.current else { return String::new() };
        stacked(&[(current.share, "gold")])
    }
}
