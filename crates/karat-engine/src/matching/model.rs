//! The match model `M`: everything that matching learnt, frozen.
//!
//! Two models with the same content have the same id, and a model gives the same partition of the
//! same records for ever.

use std::sync::{Arc, LazyLock};

use karat_model::attribute::{AttributeId, AttributeSet, EntityType};
use karat_model::evidence::Weight;
use karat_model::id::ModelId;
use karat_model::match_settings::{
    BlockingRule, GateSettings, KeyForm, KeyPart, MatchSettings, PairScope, Phonetics,
};
use serde::{Deserialize, Serialize};

use super::block::{self, CommonWords, Oversized};
use super::compare::{Compared, Reach};
use super::drift::Population;
use super::labels::LabelsReport;
use super::labels::calibration::Calibration;
use super::values::TermCounts;

/// A frozen match model for one entity type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatchModel {
    /// The version of matching that it is for: see [`MatchModel::VERSION`].
    pub version: u32,
    /// `person` or `organisation`.
    pub entity_type: String,
    /// The names of the attributes that had values: they decide what is compared and blocked.
    pub attributes: Vec<String>,
    /// Which pairs are compared: `both`, `within` or `between` sources.
    pub pairs: String,
    /// The blocking rules that were asked for, each as parts of an attribute and a form; none for
    /// the standard ones.
    pub blocking: Vec<Vec<[String; 2]>>,
    /// By which rules names sound alike: `dutch`, `german`, `english` or `international`.
    pub phonetics: String,
    /// The weight of a pair before any value is compared, in 1/256 bit.
    pub prior: i32,
    /// The same for two members of one household, or two branches of one company.
    pub household_prior: i32,
    /// The total from which a pair is linked, in 1/256 bit.
    pub link_threshold: i32,
    /// The total from which a pair is a potential match, in 1/256 bit.
    pub review_threshold: i32,
    /// What is added for two records that are linked with no other, in 1/256 bit.
    pub leftover_bonus: i32,
    /// Which clusters are held.
    pub gate: GateModel,
    /// What totals stand for, by what labels said.
    pub calibration: Calibration,
    /// The comparisons with their weights.
    pub comparisons: Vec<ComparisonModel>,
    /// Per blocking rule the keys whose blocks are too large.
    pub oversized: Arc<Vec<Oversized>>,
    /// How common words are, where a blocking rule asks for the rarest.
    pub common_words: Arc<Vec<CommonWords>>,
    /// How training went.
    pub training: TrainingReport,
    /// What the records were like that it was learnt from; empty in models of an earlier Karat.
    #[serde(default)]
    pub population: Population,
}

/// Which clusters a model holds: see [`GateSettings`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateModel {
    /// The names of attributes of which a customer has one value.
    pub single_valued: Vec<String>,
    /// How many records must say a value before it can hold a cluster.
    pub confirmed_by: u32,
    /// From how many records a customer is large; 0 for never.
    pub large: u32,
}

impl GateModel {
    /// The stored form of settings.
    pub fn of(settings: &GateSettings, attributes: &AttributeSet) -> GateModel {
        let name = |&id: &AttributeId| attributes.get(id).name.clone();
        GateModel {
            single_valued: settings.single_valued.iter().map(name).collect(),
            confirmed_by: settings.confirmed_by,
            large: settings.large,
        }
    }

    /// The settings, attributes that are gone left out.
    pub fn settings(&self, attributes: &AttributeSet) -> GateSettings {
        GateSettings {
            single_valued: self.single_valued.iter().filter_map(|n| attributes.find(n)).collect(),
            confirmed_by: self.confirmed_by,
            large: self.large,
        }
    }
}

/// What a model knows of one comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparisonModel {
    /// The name of the comparison.
    pub name: String,
    /// Its levels, silence first.
    pub levels: Vec<LevelModel>,
    /// The places of the comparisons that it says over again: see [`Repeats`]; none for most.
    pub repeats: Vec<usize>,
    /// How often its values occur.
    pub terms: Vec<Arc<TermCounts>>,
}

/// What a model knows of one level of a comparison.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelModel {
    /// The share of pairs of one customer that reach the level.
    pub m: f64,
    /// The share of pairs of different customers that reach it.
    pub u: f64,
    /// The share of pairs of different members of one household that reach it.
    pub household: f64,
    /// What reaching it weighs, in 1/256 bit: log2(m/u), and the offset.
    pub weight: i32,
    /// What labels added to it, in 1/256 bit.
    pub offset: i32,
    /// log2(household/u), in 1/256 bit.
    pub household_weight: i32,
    /// log2(u), in 1/256 bit: what rarity takes the place of.
    pub log_u: i32,
    /// Whether the values agree, if only more or less.
    pub agrees: bool,
    /// What reaching it weighs less where it says over again what others said, in 1/256 bit: never
    /// more than zero.
    pub repeated: i32,
    /// The same for a household.
    pub household_repeated: i32,
    /// Whether the household explains the value, so that its rarity counts for a household as well.
    pub shared: bool,
}

/// How training went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingReport {
    /// How many records the model was trained on.
    pub records: u64,
    /// How many candidate pairs training looked at.
    pub pairs: u64,
    /// How many rounds expectation maximisation took.
    pub rounds: u32,
    /// How many pairs of one customer it expects among the candidates.
    pub matches_expected: f64,
    /// What labels taught.
    pub labels: LabelsReport,
    /// What a data engineer should know, in English and Dutch.
    pub warnings: Vec<[String; 2]>,
}

impl MatchModel {
    /// The version of matching that this build knows; one with other comparisons, levels or
    /// blocking rules has another number.
    pub const VERSION: u32 = 8;

    /// The entity type it is for.
    pub fn entity_type(&self) -> Option<EntityType> {
        EntityType::from_name(&self.entity_type)
    }

    /// The attributes that had values, those that are gone left out.
    pub fn known_attributes(&self, attributes: &AttributeSet) -> Vec<AttributeId> {
        self.attributes.iter().filter_map(|name| attributes.find(name)).collect()
    }

    /// What it says of blocking keys.
    pub(super) fn frozen_blocks(&self) -> block::Frozen<'_> {
        block::Frozen {
            oversized: &self.oversized,
            common_words: &self.common_words,
            records: self.training.records,
        }
    }

    /// Which pairs are compared.
    pub fn pair_scope(&self) -> PairScope {
        PairScope::from_name(&self.pairs).unwrap_or(PairScope::Both)
    }

    /// By which rules names sound alike.
    pub fn phonetics(&self) -> Phonetics {
        Phonetics::from_name(&self.phonetics).unwrap_or(Phonetics::International)
    }

    /// The blocking rules that were asked for, those of attributes that are gone left out.
    pub fn blocking_rules(&self, attributes: &AttributeSet) -> Vec<BlockingRule> {
        let part = |[attribute, form]: &[String; 2]| {
            let (attribute, form) = (attributes.find(attribute)?, KeyForm::from_name(form)?);
            Some(KeyPart { attribute, form })
        };
        let rule = |parts: &Vec<[String; 2]>| {
            Some(BlockingRule { parts: parts.iter().map(part).collect::<Option<_>>()? })
        };
        self.blocking.iter().filter_map(rule).collect()
    }

    /// The id: a hash of the content.
    pub fn id(&self) -> ModelId {
        ModelId::of(&self.to_bytes())
    }

    /// The stored form: JSON.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a model has only numbers and text")
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<MatchModel, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The model by which somebody is looked for who comes, and may be known.
    ///
    /// How rare pairs of one customer are among the records that are there says nothing of that: in
    /// a hub without duplicates there are none, and half of who comes may be in it. One in four is
    /// taken to be, unless records have partners more often than that. The link threshold is one
    /// at which a single pair is as sure as links are on the whole, where that is lower and nobody
    /// chose the threshold.
    pub fn seeking(&self, settings: &MatchSettings) -> MatchModel {
        /// How many of those who come are taken to be known.
        const KNOWN_SHARE: f64 = 0.25;
        let mut model = self.clone();
        let records = self.training.records.max(1) as f64;
        model.prior = self.prior.max(Weight::from_bits((KNOWN_SHARE / records).log2()).0);
        if settings.link_threshold_bits.is_none() {
            let wrong = settings.false_discovery_rate;
            let sure = Weight::from_bits(((1.0 - wrong) / wrong).log2());
            let link = (self.calibration.even_odds() + sure).0.min(self.link_threshold);
            model.link_threshold = link;
            model.review_threshold = link - Weight::from_bits(settings.review_band_bits).0;
        }
        model
    }

    /// The least weight of a pair that can bring two records together, with nothing but each other
    /// to match.
    pub fn near(&self) -> Weight {
        Weight(self.link_threshold) - Weight(self.leftover_bonus)
    }

    /// The value counts of a comparison.
    pub fn terms(&self, comparison: &str) -> Option<Vec<Arc<TermCounts>>> {
        let found = self.comparisons.iter().find(|known| known.name == comparison)?;
        (!found.terms.is_empty()).then(|| found.terms.clone())
    }

    /// The total weight of a pair.
    pub fn weigh(&self, compared: &[Compared]) -> Weight {
        self.sums(compared).total()
    }

    /// The probability that a pair with this total is one customer, by all that was learnt.
    pub fn probability(&self, total: Weight) -> f64 {
        self.calibration.probability(total)
    }

    /// What a pair weighs, each way that it can be explained.
    pub fn sums(&self, compared: &[Compared]) -> Sums {
        let (mut customer, mut household) = (self.prior, self.household_prior);
        for (model, compared) in self.comparisons.iter().zip(compared) {
            let level = &model.levels[compared.level as usize];
            let rarity = level.rarity_weight(*compared);
            customer += level.weight + rarity;
            household += level.household_weight + if level.shared { rarity } else { 0 };
        }
        for repetition in self.repetitions(compared) {
            customer += repetition.weight.0;
            household += repetition.household.0;
        }
        Sums { customer: Weight(customer), household: Weight(household) }
    }

    /// What a pair says over again.
    ///
    /// Who has the same name makes much the same address of it, so that an address counts for what
    /// it says beyond the name. That is what it weighs among those who agree in the name or, where
    /// it is so rare that it says more than the name does, the difference.
    pub fn repetitions<'m>(
        &'m self,
        compared: &'m [Compared],
    ) -> impl Iterator<Item = Repetition> + 'm {
        let comparisons = self.comparisons.iter().zip(compared).enumerate();
        comparisons.filter_map(|(comparison, (model, &reached))| {
            let level = &model.levels[reached.level as usize];
            if level.repeated == 0 {
                return None;
            }
            let mut said = 0;
            for &other in &model.repeats {
                let (model, reached) = (&self.comparisons[other], compared[other]);
                if !model.levels[reached.level as usize].agrees {
                    return None;
                }
                said += model.weigh(reached);
            }
            let rarity = level.rarity_weight(reached);
            let beyond = match reached.rarity {
                Some(_) => -said.max(0),
                None => i32::MIN,
            };
            let weight = (level.repeated - rarity).max(beyond).min(0);
            let more = weight - (level.repeated - rarity);
            let of_household = if level.shared { more - rarity } else { 0 };
            let household = Weight((level.household_repeated + of_household).min(0));
            Some(Repetition { comparison, weight: Weight(weight), household })
        })
    }

    /// How strongly a pair speaks for or against one cluster.
    ///
    /// A pair that is linked speaks for it with all that lies above the threshold. Any other pair
    /// speaks against it where its values contradict each other. How rare matches are does not
    /// count again: two records that have nothing to compare are silent, and a third may bring them
    /// together.
    pub fn vote(&self, compared: &[Compared]) -> Weight {
        // A pair exactly on the threshold is linked, so it speaks for the link, if only just.
        const JUST: Weight = Weight(1);
        // One wrong value contradicts each right one in the cluster, so that contradictions count
        // for a part. A quarter gave the best clusters on all truth sets, of those tried from
        // nothing to all.
        const CONTRADICTION_PART: i32 = 4;
        let above = self.weigh(compared) - Weight(self.link_threshold);
        if above >= Weight::ZERO {
            return above + JUST;
        }
        let weights = self.comparisons.iter().zip(compared).map(|(model, at)| model.weigh(*at));
        let contradictions = weights.map(|weight| weight.min(0));
        Weight(contradictions.sum::<i32>() / CONTRADICTION_PART)
    }
}

/// Blocking rules as a model keeps them.
pub fn stored_rules(rules: &[BlockingRule], attributes: &AttributeSet) -> Vec<Vec<[String; 2]>> {
    let part = |part: &KeyPart| [attributes.get(part.attribute).name.clone(), part.form.name()];
    rules.iter().map(|rule| rule.parts.iter().map(part).collect()).collect()
}

/// What is taken off because a comparison says over again what others said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repetition {
    /// The place of the comparison.
    pub comparison: usize,
    /// What is taken off.
    pub weight: Weight,
    /// What is taken off for two members of one household.
    pub household: Weight,
}

/// What a pair weighs against two strangers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// As two records of one customer.
    pub customer: Weight,
    /// As two members of one household, or two branches of one company.
    pub household: Weight,
}

impl Sums {
    /// What is taken off because two members of a household could look the same:
    /// −log2(1 + 2^weight).
    ///
    /// The odds of one customer against anyone else are m / (u + household), of which
    /// m / u is the sum of the weights.
    pub fn household_correction(self) -> Weight {
        // Every pair asks, so that the answers are worked out once, by 1/256 bit.
        static CORRECTIONS: LazyLock<Vec<i32>> = LazyLock::new(|| {
            let correction = |weight: i32| {
                let odds = Weight(weight).bits().exp2();
                Weight::from_bits(-(1.0 + odds).log2()).0
            };
            (-NEGLIGIBLE..=NEGLIGIBLE).map(correction).collect()
        });
        const NEGLIGIBLE: i32 = 16 * 256;
        match self.household.0 {
            weight if weight > NEGLIGIBLE => Weight(-weight),
            weight if weight < -NEGLIGIBLE => Weight::ZERO,
            weight => Weight(CORRECTIONS[(weight + NEGLIGIBLE) as usize]),
        }
    }

    /// The weight of one customer against anyone else.
    pub fn total(self) -> Weight {
        self.customer + self.household_correction()
    }
}

impl ComparisonModel {
    /// Weighs as if it said nothing over again.
    pub(super) fn forget_repeats(&mut self) {
        self.repeats.clear();
        for level in &mut self.levels {
            (level.repeated, level.household_repeated) = (0, 0);
        }
    }

    /// What a level weighs as one customer, the rarity of the value included.
    pub fn weigh(&self, compared: Compared) -> i32 {
        let level = &self.levels[compared.level as usize];
        level.weight + level.rarity_weight(compared)
    }

    /// What a pair weighs at most as one customer.
    pub fn most(&self, reach: Reach) -> i32 {
        let (rare, rarity) = reach.rare;
        let mut most = i32::MIN;
        let mut left = reach.levels;
        while left != 0 {
            let level = left.trailing_zeros();
            left &= left - 1;
            let rarity = (rare >> level & 1 == 1).then_some(rarity);
            most = most.max(self.weigh(Compared { level: level as u8, rarity }));
        }
        most
    }
}

impl LevelModel {
    /// What the rarity of the value adds: −log2 of its share takes the place of −log2(u).
    pub fn rarity_weight(&self, compared: Compared) -> i32 {
        compared.rarity.map_or(0, |rarity| rarity + self.log_u)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(bits: f64, agrees: bool, repeated_bits: f64) -> LevelModel {
        LevelModel {
            m: 0.5,
            u: 0.5,
            household: 0.5,
            weight: Weight::from_bits(bits).0,
            offset: 0,
            household_weight: 0,
            log_u: Weight::from_bits(-20.0).0,
            agrees,
            repeated: Weight::from_bits(repeated_bits).0,
            household_repeated: 0,
            shared: false,
        }
    }

    /// A name and an e-mail address: not known, different, made alike, another provider, same.
    fn model() -> MatchModel {
        let comparison = |name: &str, levels: Vec<LevelModel>, repeats: Vec<usize>| {
            ComparisonModel { name: name.into(), levels, repeats, terms: Vec::new() }
        };
        let silent = || level(0.0, false, 0.0);
        let name = vec![silent(), level(-6.0, false, 0.0), level(11.0, true, 0.0)];
        let email = vec![
            silent(),
            level(-5.0, false, 0.0),
            level(12.0, true, -14.0),
            level(20.0, true, -20.0),
            level(20.0, true, 0.0),
        ];
        MatchModel {
            version: MatchModel::VERSION,
            entity_type: EntityType::Person.name().to_string(),
            attributes: Vec::new(),
            pairs: PairScope::Both.name().to_string(),
            blocking: Vec::new(),
            phonetics: Phonetics::Dutch.name().to_string(),
            prior: 0,
            household_prior: Weight::from_bits(-100.0).0,
            link_threshold: 0,
            review_threshold: 0,
            leftover_bonus: 0,
            gate: GateModel { single_valued: Vec::new(), confirmed_by: 2, large: 0 },
            calibration: Calibration::default(),
            comparisons: vec![
                comparison("name", name, vec![]),
                comparison("email", email, vec![0]),
            ],
            oversized: Arc::default(),
            common_words: Arc::default(),
            training: TrainingReport::default(),
            population: Population::default(),
        }
    }

    /// What a name and an e-mail address weigh at these levels, the address being shared by as many
    /// as its rarity in bits says.
    fn bits(name: u8, email: u8, rarity: Option<f64>) -> f64 {
        let rarity = rarity.map(|bits| Weight::from_bits(bits).0);
        let compared = [Compared { level: name, rarity: None }, Compared { level: email, rarity }];
        model().sums(&compared).customer.bits()
    }

    #[test]
    fn an_address_made_of_the_name_counts_for_what_it_says_beyond_the_name() {
        const DIFFERENT: u8 = 1;
        const AGREES: u8 = 2;
        const PROVIDER: u8 = 3;
        const SAME: u8 = 4;
        for (name, email, rarity, expected, why) in [
            (AGREES, 2, None, 11.0 - 2.0, "alike, as the names are: rather against"),
            (DIFFERENT, 2, None, -6.0 + 12.0, "alike, though the names are not"),
            (0, 2, None, 12.0, "alike, and nothing is known of a name"),
            (AGREES, PROVIDER, Some(9.0), 11.0, "as common as the name"),
            (AGREES, PROVIDER, Some(18.0), 18.0, "rarer than the name, and no more"),
            (DIFFERENT, PROVIDER, Some(18.0), -6.0 + 18.0, "nothing is said twice"),
            (AGREES, PROVIDER, Some(-4.0), 11.0 - 4.0, "what everybody has says even less"),
            (AGREES, SAME, Some(20.0), 11.0 + 20.0, "an address is given out once"),
            (AGREES, DIFFERENT, None, 11.0 - 5.0, "another address"),
        ] {
            assert_eq!(bits(name, email, rarity), expected, "{why}");
        }
    }
}
