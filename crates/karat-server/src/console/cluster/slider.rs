//! The slider: from which weight on records would be linked.

use karat_hub::view::{Cluster, Rung};
use karat_model::evidence::Weight;

use crate::locale::Locale;

/// How far the slider goes, and where it stands, in bits.
pub(super) struct Slider {
    pub min: f64,
    pub max: f64,
    pub value: f64,
    /// From where on there are other numbers of groups.
    pub rungs: Vec<Rung>,
}

/// Half a bit, by which the slider moves.
const STEP: f64 = 0.5;

impl Slider {
    /// The slider from the link threshold to where no pair is linked; none where that is nothing.
    pub fn of(cluster: &Cluster) -> Option<Slider> {
        let heaviest = cluster.pairs.last()?.weight;
        let min = (cluster.link_threshold.bits() / STEP).floor() * STEP;
        let above = ((heaviest.bits() / STEP).floor() + 1.0) * STEP;
        let last = cluster.rungs.last().map_or(above, |rung| rung.threshold.bits());
        let max = above.max(last);
        let is_useful = max > min && cluster.records.len() <= Cluster::WEIGHED_MAX;
        let value = (cluster.threshold.bits() / STEP).floor() * STEP;
        let rungs = cluster.rungs.clone();
        is_useful.then_some(Slider { min, max, value: value.min(max), rungs })
    }
}

/// A weight as the address has it: `9.5`.
pub(super) fn written(weight: &Weight) -> String {
    format!("{:.1}", weight.bits())
}

/// The weight that an address tells, if it tells one.
pub(super) fn weight_of(written: &str) -> Option<Weight> {
    /// More than any pair weighs.
    const BITS_MAX: f64 = 1000.0;
    let bits: f64 = written.replace(',', ".").parse().ok()?;
    bits.is_finite().then(|| Weight::from_bits(bits.clamp(-BITS_MAX, BITS_MAX)))
}

/// A weight as people read it: `9.5`, `9,5`.
pub(super) fn shown(weight: &Weight, text: &Locale) -> String {
    text.decimal(weight.bits(), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_in_an_address_is_read_and_anything_else_is_none() {
        for (written, bits) in
            [("9.5", Some(9.5)), ("9,5", Some(9.5)), ("-3", Some(-3.0)), ("1e99", Some(1000.0))]
        {
            assert_eq!(weight_of(written).map(Weight::bits), bits, "{written}");
        }
        for written in ["", "NaN", "inf", "nine", "9 5"] {
            assert_eq!(weight_of(written), None, "{written}");
        }
    }
}
