//! Thresholds: from which weight pairs are linked, and from which a steward is told.

use karat_model::evidence::Weight;
use karat_model::match_settings::MatchSettings;

use super::labels::calibration::Calibration;
use super::progress::Stopped;
use super::{Matcher, share};

impl Matcher<'_> {
    /// Chooses the thresholds of a frozen model anew, as learning would have; weights stay.
    pub fn choose_thresholds(&mut self, settings: &MatchSettings) -> Result<(), Stopped> {
        self.model.leftover_bonus = 0;
        self.set_thresholds(settings, share::WEIGHED)?;
        self.learn_from_leftover();
        Ok(())
    }

    /// Chooses the link threshold: the lowest at which the expected share of wrong links is accepted.
    pub(super) fn set_thresholds(
        &mut self,
        settings: &MatchSettings,
        until: f64,
    ) -> Result<(), Stopped> {
        let band = Weight::from_bits(settings.review_band_bits);
        let link = match settings.link_threshold_bits {
            Some(bits) => Weight::from_bits(bits),
            None => {
                let even = self.model.calibration.even_odds();
                let weighed = self.weigh_all(even - band, until)?;
                let calibration = &self.model.calibration;
                let weights = weighed.edges.iter().map(|edge| edge.weight);
                let likely = weights.filter(|weight| *weight >= even).collect();
                let threshold = threshold_for(likely, calibration, settings.false_discovery_rate);
                self.weighed = Some(weighed);
                threshold
            }
        };
        self.model.link_threshold = link.0;
        self.model.review_threshold = (link - band).0;
        Ok(())
    }
}

/// The lowest threshold, not below even odds, at which the expected share of wrong pairs among
/// those above it is at most the rate: just above the heaviest pair that would be too many.
fn threshold_for(mut weights: Vec<Weight>, calibration: &Calibration, rate: f64) -> Weight {
    weights.sort_unstable_by_key(|weight| -*weight);
    let mut wrong = 0.0;
    let mut accepted = 0;
    for (at, &weight) in weights.iter().enumerate() {
        wrong += 1.0 - calibration.probability(weight);
        if wrong <= rate * (at + 1) as f64 {
            accepted = at + 1;
        }
    }
    let even = calibration.even_odds();
    weights.get(accepted).map_or(even, |&rejected| (rejected + Weight(1)).max(even))
}
